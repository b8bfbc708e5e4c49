"""A rater's practice vignette as a trainer may look at it: beside its key, or why not."""

from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import exists, select

from training.accounts.models import Person, Role
from training.calibration.history import FIRST
from training.calibration.models import Purpose, RatingSession, SessionState
from training.database import db
from training.keys.sights import keys_seen
from training.library import records as library
from training.library.schema import ASSESSED_POOLS
from training.panels.blindness import keys_kept_from


class Barrier(StrEnum):
    """Why a key is closed to a trainer, although the rater has seen it."""

    ASSESSED = "assessed"  # the vignette has come to certify since
    PANEL = "panel"  # a panel of the trainer is at work on its key
    OWN_RATING = "own-rating"  # the trainer is a rater, too, and has not rated it yet
    UNSEEN = "unseen"  # the trainer is an expert, too, and may yet be asked for it; they may choose


def find_practised(person_id: uuid.UUID, session_id: uuid.UUID) -> RatingSession | None:
    """A person's submitted first practice rating; None for anything else, be it certification."""
    return db.session.scalar(
        select(RatingSession).filter_by(
            id=session_id,
            person_id=person_id,
            purpose=Purpose.PRACTICE,
            number=FIRST,
            state=SessionState.SUBMITTED,
        )
    )


def barrier_before(vignette_slug: str, trainer: Person) -> Barrier | None:
    """Why this trainer must not see the key of a vignette now; None where they may."""
    if any(version.slug == vignette_slug for version in library.vignettes(*ASSESSED_POOLS)):
        return Barrier.ASSESSED
    if vignette_slug in keys_kept_from(trainer.id):
        return Barrier.PANEL
    if trainer.has_role(Role.RATER) and not _has_rated(vignette_slug, trainer.id):
        return Barrier.OWN_RATING
    if trainer.has_role(Role.EXPERT) and vignette_slug not in keys_seen(trainer.id):
        return Barrier.UNSEEN
    return None


def _has_rated(vignette_slug: str, person_id: uuid.UUID) -> bool:
    rated = exists().where(
        RatingSession.person_id == person_id,
        RatingSession.vignette_slug == vignette_slug,
        RatingSession.purpose == Purpose.PRACTICE,
        RatingSession.state == SessionState.SUBMITTED,
    )
    return bool(db.session.scalar(select(rated)))
