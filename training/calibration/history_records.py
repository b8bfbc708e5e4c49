"""Everything somebody has submitted on an instrument whose keys they have been shown."""

from __future__ import annotations

import uuid
from functools import lru_cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import selectinload

from training.calibration import records
from training.calibration.history import PastRating
from training.calibration.models import Purpose, RatingSession, SessionState
from training.database import db
from training.keys.sights import IS_BLIND_PRACTICE, KNEW_KEY
from training.library import records as library
from training.library.models import Document
from training.library.schema import ASSESSED_POOLS
from training.panels.blindness import keys_kept_from

# After these a rater sees the key; what certifies is none of them, so none of its keys is here.
_SHOWN = (Purpose.PRACTICE, Purpose.APPLY)


def past_ratings(person_id: uuid.UUID, instrument_slug: str) -> list[PastRating]:
    """A person's submitted practice and excerpts on one instrument, in the order of submission."""
    rows = db.session.execute(
        select(RatingSession, KNEW_KEY)
        .join(Document, Document.id == RatingSession.instrument_document_id)
        .where(
            RatingSession.person_id == person_id,
            RatingSession.purpose.in_(_SHOWN),
            RatingSession.state == SessionState.SUBMITTED,
            Document.slug == instrument_slug,
        )
        .options(selectinload(RatingSession.ratings))
        .order_by(RatingSession.submitted_at, RatingSession.id)
    )
    return [past_rating(session, knew_key=knew_key) for session, knew_key in rows]


def readable_ratings(person_id: uuid.UUID, instrument_slug: str) -> list[PastRating]:
    """Those of a person's past ratings whose keys may be read again now.

    A key is closed where its vignette has come to certify since, and to whoever sits on a panel
    that is at work on it.
    """
    kept = keys_kept_from(person_id)
    assessed = {version.slug for version in library.vignettes(*ASSESSED_POOLS)}
    history = past_ratings(person_id, instrument_slug)
    return [past for past in history if past.vignette.slug not in kept | assessed]


# Put together once, and not before all models are there: every page of feedback asks it.
@lru_cache(maxsize=1)
def _latest_blind() -> Select[RatingSession]:
    return (
        select(RatingSession)
        .join(Document, Document.id == RatingSession.instrument_document_id)
        .where(
            RatingSession.person_id == bindparam("rater"),
            IS_BLIND_PRACTICE,
            RatingSession.state == SessionState.SUBMITTED,
            Document.slug == bindparam("instrument"),
        )
        .options(selectinload(RatingSession.ratings))
        .order_by(RatingSession.submitted_at.desc(), RatingSession.id.desc())
        .limit(bindparam("number"))
    )


def latest_first_ratings(
    person_id: uuid.UUID, instrument_slug: str, number: int
) -> list[PastRating]:
    """The last few practice ratings a person made blind on an instrument, in their order."""
    asked = {"rater": person_id, "instrument": instrument_slug, "number": number}
    rows = db.session.scalars(_latest_blind(), asked)
    return [past_rating(row, knew_key=False) for row in rows][::-1]


def past_rating(session: RatingSession, *, knew_key: bool) -> PastRating:
    """A submitted session whose key its rater has been shown, with its documents of then."""
    assert session.submitted_at is not None  # the database holds submitted ones to it
    documents = records.documents_of(session)
    return PastRating(
        session_id=session.id,
        is_practice=session.purpose is Purpose.PRACTICE,
        knew_key=knew_key,
        number=session.number,
        submitted_at=session.submitted_at,
        vignette=documents.vignette.document,
        key=library.key_version(session.key_document_id).document,
        instrument=documents.instrument.document,
        ratings=records.ratings_of(session),
    )
