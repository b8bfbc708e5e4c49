"""The excerpts a person has rated at the end of the modules, and how that went."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import select

from training.calibration.models import ItemRating, Purpose, RatingSession
from training.database import db
from training.library import records as library
from training.library.schema import Key
from training.modules.excerpts import ExcerptTry
from training.modules.mastery import (
    NOT_RATEABLE,
    ExcerptResult,
    RatedItem,
    Rating,
    excerpt_result,
)


def excerpt_tries(person_id: uuid.UUID, excerpt_slugs: Collection[str]) -> list[ExcerptTry]:
    """A person's tries at these excerpts, first one first."""
    sessions = db.session.scalars(
        select(RatingSession)
        .filter_by(person_id=person_id, purpose=Purpose.APPLY)
        .where(RatingSession.vignette_slug.in_(excerpt_slugs))
        .order_by(RatingSession.opened_at)
    )
    return [
        ExcerptTry(
            session_id=session.id,
            excerpt=session.vignette_slug,
            title=library.vignette_version(session.vignette_document_id).document.title,
            number=session.number,
            opened_at=session.opened_at,
            submitted_at=session.submitted_at,
            result=result_of(session) if session.is_submitted else None,
        )
        for session in sessions
    ]


def result_of(session: RatingSession) -> ExcerptResult:
    """How the ratings of an excerpt compare with the version of the key they are rated against."""
    key = library.key_version(session.key_document_id).document
    given = {rating.item_number: rating for rating in session.ratings}
    return excerpt_result(
        [
            RatedItem(
                number, _rating(given.get(number)), _consensus(key, given.get(number), number)
            )
            for number in key.compared_items
        ]
    )


def _consensus(key: Key, given: ItemRating | None, number: int) -> Rating:
    reference = key.items[number].reference_for(given.score if given is not None else None)
    return NOT_RATEABLE if reference is None else reference


def _rating(given: ItemRating | None) -> Rating | None:
    if given is not None and given.is_not_rateable:
        return NOT_RATEABLE
    return given.score if given is not None else None
