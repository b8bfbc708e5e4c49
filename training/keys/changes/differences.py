"""What a new version of a key changes: items, practice feedback, decisions. Pure."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from training.certification.judging.decision import Outcome
from training.certification.judging.gate_documents import GateKind
from training.library.schema import Key
from training.library.schema.key import KeyRating

Scores = Mapping[int, int | None]  # by item; None is not rateable
Replacements = Mapping[tuple[str, str], tuple[Key, str]]
"""By vignette and digest of a key that was replaced: the key in its place, and its digest."""


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """An item on which two versions of a key differ, in whatever."""

    number: int
    old: KeyRating
    new: KeyRating

    @property
    def is_rated_otherwise(self) -> bool:
        """Whether the consensus differs: its score, its band, not rateable, or dropped."""
        return (self.old.rating, self.old.band) != (self.new.rating, self.new.band)

    @property
    def has_other_evidence(self) -> bool:
        return self.old.evidence != self.new.evidence

    @property
    def has_other_reason(self) -> bool:
        return self.old.reason != self.new.reason


def changed_items(old: Key, new: Key) -> tuple[ChangedItem, ...]:
    """The items on which two keys of the same text differ, in order.

    Rating, evidence turns and reason are told apart by the item itself. What the panel's experts
    gave (the spread) is no difference: the same consensus is the same, whoever agreed on it.
    """
    both = (
        ChangedItem(number, old.items[number], new.items[number])
        for number in sorted(old.items.keys() & new.items.keys())
    )
    return tuple(
        item
        for item in both
        if item.is_rated_otherwise or item.has_other_evidence or item.has_other_reason
    )


def items_told_otherwise(old: Key, new: Key, scores: Scores) -> tuple[int, ...]:
    """The items on which somebody who rated so would be told something else about agreement.

    A score that both keys accept is exact by both, even where the consensus moved.
    """
    return tuple(
        number
        for number, score in sorted(scores.items())
        if number in old.items
        and number in new.items
        and _comparison(old.items[number], score) != _comparison(new.items[number], score)
    )


def _comparison(rating: KeyRating, score: int | None) -> tuple[bool, bool, int | None]:
    """Whether the item is compared, whether both sides found it rateable or not, and how far."""
    if rating.is_dropped:
        return False, False, None
    reference = rating.reference_for(score)
    if score is None or reference is None:
        return True, (score is None) == (reference is None), None
    return True, True, score - reference


def with_keys(
    evidence: Mapping[str, Any],
    replacements: Replacements,
    *,
    scores: Mapping[str, Scores] | None = None,
) -> dict[str, Any]:
    """The evidence document as it would read with other keys; the one given is left as it is.

    Every score is compared anew, and items the new key drops leave the cells. Items that the old
    key had dropped are in no cell: `scores`, by session, holds what was rated there.
    """
    sessions = [_session_with(session, replacements, scores or {}) for session in _of(evidence)]
    return {**evidence, "sessions": sessions}


def replaced_in(
    evidence: Mapping[str, Any], replacements: Replacements
) -> tuple[dict[str, Any], ...]:
    """The sessions of this evidence whose key was replaced."""
    return tuple(
        session
        for session in _of(evidence)
        if (session["vignette"], session["key_digest"]) in replacements
    )


def has_other_cells(evidence: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether anything that is counted differs between two versions of the same evidence."""
    return [session["cells"] for session in _of(evidence)] != [
        session["cells"] for session in _of(other)
    ]


def _of(evidence: Mapping[str, Any]) -> list[dict[str, Any]]:
    sessions: list[dict[str, Any]] = evidence["sessions"]
    return sessions


def _session_with(
    session: dict[str, Any], replacements: Replacements, scores: Mapping[str, Scores]
) -> dict[str, Any]:
    found = replacements.get((session["vignette"], session["key_digest"]))
    if found is None:
        return session
    key, digest = found
    rated = dict(scores.get(session["session"], {}))
    rated |= {item: score for item, score, _reference in session["cells"]}
    in_order = {item: rated[item] for item in sorted(rated)}
    references = key.references_for(in_order)
    return {
        **session,
        "key_digest": digest,
        "key_status": key.status.value,
        "cells": [[item, in_order[item], reference] for item, reference in references.items()],
    }


@dataclass(frozen=True, slots=True)
class AffectedPractice:
    """A practice rating whose feedback would read otherwise, and on which items."""

    session_id: uuid.UUID
    rater_name: str
    submitted_at: datetime
    items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AffectedDecision:
    """A decision that would end otherwise; a certificate rests on it where it has a number.

    rated_other_text  whether the vignette has been worded otherwise since it was rated.
    """

    decision_id: uuid.UUID
    vignette: str
    rater_name: str
    attempt: int
    standard: str
    computed_at: datetime
    before: Outcome
    after: Outcome
    deciding_gates: tuple[GateKind, ...]
    certificate_number: str | None
    rated_other_text: bool


@dataclass(frozen=True, slots=True)
class Consequences:
    """All that a new version of a key would change, latest first in every list.

    sessions_compared  practice ratings that were held against both versions.
    decisions_judged   decisions that rest on the replaced version and were judged anew.
    withheld           how many decisions the reader may not see: their own, and those of people
                       they train.
    has_more           whether there are earlier ones that were not looked at.
    """

    items: tuple[ChangedItem, ...]
    practice: tuple[AffectedPractice, ...]
    sessions_compared: int
    decisions: tuple[AffectedDecision, ...]
    decisions_judged: int
    withheld: int
    has_more: bool

    @property
    def certificates(self) -> tuple[AffectedDecision, ...]:
        """The decisions that would change and on which a certificate rests."""
        return tuple(decision for decision in self.decisions if decision.certificate_number)

    @property
    def number_of_decisions(self) -> int:
        """Those that would end otherwise, the withheld ones included."""
        return len(self.decisions) + self.withheld

    @property
    def sessions_per_item(self) -> Mapping[int, int]:
        """On how many practice ratings the feedback on an item would read otherwise."""
        return Counter(number for session in self.practice for number in session.items)
