"""Questions about the certification pool: what a person has not met yet, and how it is keyed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, union

from training.calibration.models import Purpose, RatingSession
from training.certification.attempts.form import Candidate
from training.certification.judging.standard import Standard
from training.database import db, read_rows
from training.keys.models import KeySight
from training.library import records as library
from training.library.schema import ASSESSED_POOLS, Key, KeyStatus, Pool, VignetteHead
from training.panels.blindness import KEPT_FROM_PERSON


@dataclass(frozen=True, slots=True)
class KeyedVignette:
    """A vignette of the pool beside its key. Never handed to a template: it holds the key."""

    vignette: VignetteHead
    key: Key


def pool_of(standard: Standard, *, is_renewal: bool = False) -> list[KeyedVignette]:
    """The vignettes in use that an attempt at this standard may draw, by slug.

    A renewal may also draw those that are kept for it. Where the standard demands ratified keys,
    vignettes without one are left out.
    """
    pools = ASSESSED_POOLS if is_renewal else (Pool.CERTIFICATION,)
    versions = [
        version
        for pool in pools
        for version in library.vignettes(pool)
        if version.document.instrument == standard.instrument
    ]
    keys = library.keys_of([version.slug for version in versions])
    pool = [KeyedVignette(version.document, keys[version.slug].document) for version in versions]
    is_any_allowed = standard.keys.authored_allowed
    return [each for each in pool if is_any_allowed or each.key.status is KeyStatus.RATIFIED]


# Put together once: every home page asks it.
_MET = union(
    select(RatingSession.vignette_slug).where(RatingSession.person_id == bindparam("person")),
    select(KeySight.vignette_slug).where(KeySight.person_id == bindparam("person")),
    KEPT_FROM_PERSON,
)


def unseen_vignettes(
    person_id: uuid.UUID, standard: Standard, *, is_renewal: bool = False
) -> list[KeyedVignette]:
    """The vignettes of the pool this person has never met in whatever role, nor seen the key of.

    Nor those a panel of theirs is at work on: they would read what others gave it while they rate.
    """
    met = set(read_rows(_MET, person=person_id).scalars())
    pool = pool_of(standard, is_renewal=is_renewal)
    return [entry for entry in pool if entry.vignette.slug not in met]


def unseen_candidates(
    person_id: uuid.UUID, standard: Standard, *, is_renewal: bool = False
) -> list[Candidate]:
    """The vignettes this person has never met, ready to be drawn."""
    exposures = _exposures()
    return [
        Candidate(
            entry.vignette.slug,
            mean_level(entry.key),
            exposures.get(entry.vignette.slug, 0),
            is_kept_for_renewals=entry.vignette.pool is Pool.RECHECK,
        )
        for entry in unseen_vignettes(person_id, standard, is_renewal=is_renewal)
    ]


def expected_minutes(person_id: uuid.UUID, standard: Standard, *, is_renewal: bool = False) -> int:
    """About how many minutes of reading an attempt of this person will hold."""
    unseen = unseen_vignettes(person_id, standard, is_renewal=is_renewal)
    minutes = [entry.vignette.reading_minutes for entry in unseen]
    return round(standard.form.vignettes * sum(minutes) / len(minutes)) if minutes else 0


def rests_on_authored_keys(standard: Standard) -> bool:
    """Whether any key of the pool is the author's own rather than agreed by a panel."""
    return any(entry.key.status is KeyStatus.AUTHORED for entry in pool_of(standard))


def mean_level(key: Key) -> float:
    """The mean of a key over its rateable items, in scale points; 0 when there are none."""
    scores = [rating.score for rating in key.items.values() if rating.score is not None]
    return sum(scores) / len(scores) if scores else 0.0


def _exposures() -> dict[str, int]:
    rows = db.session.execute(
        select(RatingSession.vignette_slug, func.count())
        .filter_by(purpose=Purpose.CERTIFICATION)
        .group_by(RatingSession.vignette_slug)
    )
    return {slug: count for slug, count in rows}  # noqa: C416 - rows are no pairs for mypy
