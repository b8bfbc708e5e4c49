"""What a change of a key amounts to for what was rated and decided before it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from training.accounts.models import Person
from training.calibration.models import ItemRating, Purpose, RatingSession
from training.certification.judging.decision import Outcome
from training.certification.judging.what_would_change import OtherOutcome, outcome_under
from training.certification.models import Attempt, Certificate, Decision, SetAside
from training.certification.reviews.records import conflicts_with, latest_decisions
from training.certification.workbench.past_decisions import MOST_ATTEMPTS_JUDGED
from training.database import db
from training.keys.changes.differences import (
    AffectedDecision,
    AffectedPractice,
    Consequences,
    changed_items,
    has_other_cells,
    items_told_otherwise,
    replaced_in,
    with_keys,
)
from training.keys.changes.replacements import KeyReplacements, key_replacements
from training.keys.models import KeyChangeCase
from training.library import records as library
from training.library.reading import Pack, canonical_text, digest_of
from training.library.records import Version
from training.library.schema import Key

MOST_SESSIONS_COMPARED = 1000
JUDGED_AT_ONCE = 200  # decisions that are in memory together, without their evidence
FEEDBACK_PURPOSES = (Purpose.PRACTICE, Purpose.APPLY)  # where a rater is shown the key


@dataclass(frozen=True, slots=True)
class OtherDecision:
    """A decision that would end otherwise.

    `texts` holds the vignettes whose replaced key it rests on, each with the digest of what was
    rated.
    """

    decision: Decision
    after: OtherOutcome
    texts: dict[str, str]


@dataclass(frozen=True, slots=True)
class KeyEffect:
    """How many items of a key get another consensus, and how many practice ratings that touches."""

    slug: str
    items: int
    sessions: int


@dataclass(frozen=True, slots=True)
class PublishingEffects:
    """What the changed keys of a content folder would change, in numbers."""

    keys: tuple[KeyEffect, ...]
    decisions: int
    certificates: int
    has_more: bool


def consequences_of(
    slug: str,
    new_document_id: uuid.UUID,
    *,
    reader_id: uuid.UUID | None = None,
    limit: int = MOST_ATTEMPTS_JUDGED,
) -> Consequences:
    """What would change if this version of a key took the place of the one in use.

    Decisions on which the reader may not act are counted and not listed. Raises
    library.records.UnknownDocumentError when there is no such key.
    """
    old, new = library.get_key(slug), library.key_version(new_document_id)
    replacements = key_replacements([new])
    practice, compared, has_more_practice = _practice(slug, replacements)
    candidates = latest_decisions(*_rests_on(replacements.replaced_ids(slug)), limit=limit + 1)
    judged = candidates[:limit]
    others = list(decisions_that_change(judged, replacements))
    conflicts = conflicts_with(reader_id, [o.decision for o in others]) if reader_id else {}
    shown = [other for other in others if other.decision.id not in conflicts]
    return Consequences(
        items=changed_items(old.document, new.document),
        practice=practice,
        sessions_compared=compared,
        decisions=_described(slug, shown),
        decisions_judged=len(judged),
        withheld=len(conflicts),
        has_more=has_more_practice or len(candidates) > limit,
    )


def effects_of_publishing(pack: Pack, *, limit: int = MOST_ATTEMPTS_JUDGED) -> PublishingEffects:
    """What the changed keys of a pack would change if it were published now, all at once."""
    slugs = library.keys_published_by(pack).replaced
    if not slugs:
        return PublishingEffects((), 0, 0, has_more=False)
    versions = _keys_to_publish(pack, slugs)
    replacements = key_replacements(versions)
    candidates = latest_decisions(*_rests_on(_replaced(slugs, replacements)), limit=limit + 1)
    others = list(decisions_that_change(candidates[:limit], replacements))
    return PublishingEffects(
        keys=tuple(_effect(version, replacements) for version in versions),
        decisions=len(others),
        certificates=len(_certificate_numbers([other.decision.id for other in others])),
        has_more=len(candidates) > limit,
    )


def _keys_to_publish(pack: Pack, slugs: Iterable[str]) -> list[Version[Key]]:
    """Keys of a pack as versions, which have an id of their own once they are published."""
    keys = [(slug, pack.keys[slug]) for slug in slugs]
    return [Version(uuid.uuid4(), slug, digest_of(canonical_text(key)), key) for slug, key in keys]


def _effect(version: Version[Key], replacements: KeyReplacements) -> KeyEffect:
    changed = changed_items(library.get_key(version.slug).document, version.document)
    return KeyEffect(
        slug=version.slug,
        items=sum(item.is_rated_otherwise for item in changed),
        sessions=len(_practice(version.slug, replacements)[0]),
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """How decisions would end by some keys; found before the act that puts these in use.

    Judging takes some 3 ms each, and on SQLite everybody who writes would wait for it.

    keys     by vignette and digest of a replaced version, the digest of the one in its place.
    others   by decision, latest first; None for one that would end as it did.
    """

    keys: Mapping[tuple[str, str], str]
    others: Mapping[uuid.UUID, OtherDecision | None]


def judged_by(
    replacements: KeyReplacements, slugs: Iterable[str], known: Judged | None = None
) -> Judged:
    """How every decision that may rest on a replaced key of these vignettes would end.

    What is `known` is taken over where it was judged by the very same keys: neither evidence nor
    a stored standard ever changes. Nor has anybody been told about one of them since, because a
    case follows from a decision as it is made, or from another change of keys.
    """
    keys = {place: digest for place, (_key, digest) in replacements.by_digest.items()}
    others = dict(known.others) if known is not None and known.keys == keys else {}
    latest = _ids_of_latest(_replaced(slugs, replacements))
    unknown = [decision_id for decision_id in latest if decision_id not in others]
    for start in range(0, len(unknown), JUDGED_AT_ONCE):
        asked = Decision.id.in_(unknown[start : start + JUDGED_AT_ONCE])
        some = latest_decisions(asked, limit=JUDGED_AT_ONCE)
        others |= {other.decision.id: other for other in decisions_that_change(some, replacements)}
    return Judged(keys, {decision_id: others.get(decision_id) for decision_id in latest})


def judged_before_publishing(pack: Pack) -> Judged | None:
    """How decisions would end by the keys that a pack replaces; None where it replaces none."""
    slugs = library.keys_published_by(pack).replaced
    if not slugs:
        return None
    return judged_by(key_replacements(_keys_to_publish(pack, slugs)), slugs)


def _replaced(slugs: Iterable[str], replacements: KeyReplacements) -> list[uuid.UUID]:
    return [old for slug in slugs for old in replacements.replaced_ids(slug)]


def decisions_that_change(
    decisions: Collection[Decision], replacements: KeyReplacements
) -> Iterator[OtherDecision]:
    """Those that would end otherwise with the keys in use.

    One that certifiers were already told about, with the same outcome, is told once.
    """
    told = _outcomes_told(decisions)
    for decision in decisions:
        evidence = _evidence(decision.id)
        sessions = replaced_in(evidence, replacements.by_digest)
        if not sessions:
            continue
        scores = _scores_beyond_cells(sessions, replacements)
        other = with_keys(evidence, replacements.by_digest, scores=scores)
        if not has_other_cells(evidence, other):
            continue
        standard = library.standard_version(decision.attempt.standard_document_id).document
        after = outcome_under(standard, other)
        outcome = after.outcome.value
        if outcome != decision.outcome and (decision.id, outcome) not in told:
            texts = {session["vignette"]: session["vignette_digest"] for session in sessions}
            yield OtherDecision(decision, after, texts)


def _rests_on(key_ids: Collection[uuid.UUID]) -> tuple[ColumnElement[bool], ...]:
    """That a decision may rest on one of these keys, and still stands.

    Pooled evidence reaches into later attempts of a person. Attempts that were set aside count no
    more, and nothing is left of a revoked certificate.
    """
    rated_in = aliased(Attempt)
    rated_against = exists().where(
        RatingSession.attempt_id == rated_in.id,
        RatingSession.key_document_id.in_(key_ids),
        RatingSession.submitted_at.is_not(None),
        rated_in.person_id == Attempt.person_id,
        rated_in.standard_slug == Attempt.standard_slug,
        rated_in.number <= Attempt.number,
    )
    return (
        rated_against,
        ~exists().where(SetAside.attempt_id == Attempt.id),
        ~exists().where(
            Certificate.decision_id == Decision.id, Certificate.revoked_at.is_not(None)
        ),
    )


def _ids_of_latest(key_ids: Collection[uuid.UUID]) -> Sequence[uuid.UUID]:
    """The last decision of every attempt, where it may rest on one of these keys."""
    later = aliased(Decision)
    is_last = ~exists().where(
        later.attempt_id == Decision.attempt_id, later.number > Decision.number
    )
    return db.session.scalars(
        select(Decision.id)
        .join(Attempt)
        .where(is_last, *_rests_on(key_ids))
        .order_by(Decision.computed_at.desc(), Decision.id)
    ).all()


def _evidence(decision_id: uuid.UUID) -> dict[str, Any]:
    """Read one at a time: evidence is some 50 kB, and only what follows from it is kept."""
    return db.session.execute(select(Decision.evidence).filter_by(id=decision_id)).scalar_one()


def _outcomes_told(decisions: Collection[Decision]) -> set[tuple[uuid.UUID, str]]:
    """(decision, outcome) of the cases there are."""
    rows = db.session.execute(
        select(KeyChangeCase.decision_id, KeyChangeCase.outcome_after).where(
            KeyChangeCase.decision_id.in_([decision.id for decision in decisions])
        )
    )
    return {(decision_id, outcome) for decision_id, outcome in rows}


def _scores_beyond_cells(
    sessions: Collection[dict[str, Any]], replacements: KeyReplacements
) -> dict[str, dict[int, int | None]]:
    """What was rated on items that a replaced key had dropped, which no evidence holds."""
    reaching = [
        uuid.UUID(session["session"])
        for session in sessions
        if replacements.has_dropped(session["vignette"], session["key_digest"])
    ]
    if not reaching:
        return {}
    return {str(session): scores for session, scores in _scores(reaching).items()}


def _scores(session_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[int, int | None]]:
    rows = db.session.execute(
        select(ItemRating.session_id, ItemRating.item_number, ItemRating.score).where(
            ItemRating.session_id.in_(session_ids)
        )
    )
    scores: dict[uuid.UUID, dict[int, int | None]] = defaultdict(dict)
    for session_id, item, score in rows:
        scores[session_id][item] = score
    return scores


def _practice(
    slug: str, replacements: KeyReplacements
) -> tuple[tuple[AffectedPractice, ...], int, bool]:
    """Practice ratings told otherwise, how many were compared, and whether there are more."""
    rows = db.session.execute(
        select(
            RatingSession.id, Person.name, RatingSession.submitted_at, RatingSession.key_document_id
        )
        .join(Person, Person.id == RatingSession.person_id)
        .where(
            RatingSession.vignette_slug == slug,
            RatingSession.key_document_id.in_(replacements.replaced_ids(slug)),
            RatingSession.purpose.in_(FEEDBACK_PURPOSES),
            RatingSession.submitted_at.is_not(None),
        )
        .order_by(RatingSession.submitted_at.desc())
        .limit(MOST_SESSIONS_COMPARED + 1)
    ).all()
    compared = rows[:MOST_SESSIONS_COMPARED]
    scores = _scores([session_id for session_id, _, _, _ in compared])
    affected = []
    for session_id, name, submitted_at, key_id in compared:
        old, new = library.key_version(key_id).document, replacements.by_id[key_id].document
        items = items_told_otherwise(old, new, scores.get(session_id, {}))
        if items and submitted_at is not None:
            affected.append(AffectedPractice(session_id, name, submitted_at, items))
    return tuple(affected), len(compared), len(rows) > len(compared)


def _described(slug: str, others: Collection[OtherDecision]) -> tuple[AffectedDecision, ...]:
    numbers = _certificate_numbers([other.decision.id for other in others])
    titles = {version.slug: version.document.title for version in library.standards()}
    vignette = library.get_vignette(slug)
    return tuple(
        AffectedDecision(
            decision_id=other.decision.id,
            vignette=slug,
            rater_name=other.decision.attempt.person.name,
            attempt=other.decision.attempt.number,
            standard=titles.get(
                other.decision.attempt.standard_slug, other.decision.attempt.standard_slug
            ),
            computed_at=other.decision.computed_at,
            before=Outcome(other.decision.outcome),
            after=other.after.outcome,
            deciding_gates=other.after.deciding_gates,
            certificate_number=numbers.get(other.decision.id),
            rated_other_text=other.texts.get(slug, vignette.digest) != vignette.digest,
        )
        for other in others
    )


def _certificate_numbers(decision_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    rows = db.session.execute(
        select(Certificate.decision_id, Certificate.number).where(
            Certificate.decision_id.in_(decision_ids)
        )
    )
    return {decision_id: number for decision_id, number in rows}  # noqa: C416 - no pairs for mypy
