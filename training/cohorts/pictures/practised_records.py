"""A rater's practice vignette as a trainer may look at it: beside its key, or why not."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from training.accounts.models import Person
from training.calibration.history import FIRST
from training.calibration.models import Purpose, RatingSession, SessionState
from training.database import db
from training.keys.reader_records import assessed_with, reader_of
from training.keys.readers import Barrier


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
    """Why this trainer must not see the key of a vignette now; None where they may.

    What has come to certify since it was practised is shown to no trainer, also to none who rates
    nothing.
    """
    if vignette_slug in assessed_with():
        return Barrier.ASSESSED
    return reader_of(trainer).barrier_to(vignette_slug)
