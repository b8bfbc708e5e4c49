"""The expert key of a vignette. Kept apart, so that no page can show it by mistake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import field_validator, model_validator

from training.library.schema.parts import (
    BriefPart,
    DifferentNumbers,
    Flag,
    Number,
    Part,
    SlugText,
    Text,
)

NOT_RATEABLE = "NR"
DROPPED = "dropped"
"""The panel found no consensus: the item is not compared in this vignette."""

GivenRating = Number | Literal["NR"]


class KeyStatus(StrEnum):
    AUTHORED = "authored"  # the author's own
    RATIFIED = "ratified"  # agreed by a panel that rated independently first


class Dissent(Part):
    """An expert who would have rated otherwise to the end; `expert` counts from 1 in the spread."""

    expert: Number
    rating: GivenRating
    reason: Text


class Spread(Part):
    """What the experts of a panel gave one item, in the order of their seats.

    first   their independent ratings of round one.
    final   where they stood after the discussion.
    """

    first: tuple[GivenRating, ...]
    final: tuple[GivenRating, ...]
    dissents: tuple[Dissent, ...] = ()

    @model_validator(mode="after")
    def _one_rating_per_expert(self) -> Spread:
        if len(self.first) != len(self.final):
            raise ValueError("first and final hold one rating per expert each")
        return self


class PanelNote(Part):
    """Which panel ratified a key, when, and on which versions it did so."""

    panel: Text  # the panel's id
    title: Text
    ratified_on: date
    experts: Number
    instrument_digest: Text
    vignette_digest: Text
    met_elsewhere: Flag = False
    is_demonstration: Flag = False


class KeyRating(BriefPart):
    """The consensus on one item.

    rating   a score, NR, or dropped. In a band: the score most experts stood at.
    band     two neighbouring scores that are both right; None where one is.
    contrast exercises only: what sets it apart from its twin. It gives the twin's score away, so
             it is read when both are answered.
    """

    rating: Number | Literal["NR", "dropped"]
    evidence: DifferentNumbers
    reason: Text
    band: tuple[Number, Number] | None = None
    spread: Spread | None = None
    contrast: Text | None = None

    @field_validator("rating", mode="before")
    @classmethod
    def _refuse_booleans(cls, value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError("a rating is a score of the scale or NR")
        return value

    @model_validator(mode="after")
    def _holds_together(self) -> KeyRating:
        if self.score is not None and not self.evidence:
            raise ValueError("a score needs evidence turns")
        if self.band is not None:
            low, high = self.band
            if high != low + 1:
                raise ValueError("band: two neighbouring scores, the lower one first")
            if self.score not in self.band:
                raise ValueError("band: the rating is one of its two scores")
        return self

    @property
    def is_dropped(self) -> bool:
        return self.rating == DROPPED

    @property
    def score(self) -> int | None:
        """The consensus score; None where the item is not rateable, or dropped."""
        return int(self.rating) if isinstance(self.rating, int) else None

    @property
    def accepted(self) -> tuple[int, ...]:
        """The scores that count as exact: one, two neighbours, or none."""
        if self.band is not None:
            return self.band
        return () if self.score is None else (self.score,)

    def reference_for(self, score: int | None) -> int | None:
        """The consensus a rater's score is compared with: the accepted score nearest to it.

        None where the item is not rateable. With a band every score in it is exact, and one
        outside is as far off as it is from the band (docs/decisions/0012).
        """
        if not self.accepted:
            return None
        if score is None:
            return self.score
        return min(max(score, self.accepted[0]), self.accepted[-1])

    def score_that_differs_by(self, difference: int) -> int | None:
        """The score that lies so far from the consensus; None where more than one does.

        The way back from a stored difference: within a band both scores differ by nothing.
        """
        if not self.accepted or (difference == 0 and len(self.accepted) > 1):
            return None
        return (self.accepted[0] if difference < 0 else self.accepted[-1]) + difference


class Key(BriefPart):
    vignette: SlugText
    instrument: SlugText
    status: KeyStatus
    cases: tuple[SlugText, ...] = ()
    panel: PanelNote | None = None
    items: dict[int, KeyRating]

    @property
    def compared_items(self) -> tuple[int, ...]:
        """The items that are compared, in order: all but those the panel dropped."""
        return tuple(
            number for number, rating in sorted(self.items.items()) if not rating.is_dropped
        )

    def references_for(self, scores: Mapping[int, int | None]) -> dict[int, int | None]:
        """For each item rated and not dropped, the consensus this score is compared with."""
        return {
            number: self.items[number].reference_for(score)
            for number, score in scores.items()
            if not self.items[number].is_dropped
        }
