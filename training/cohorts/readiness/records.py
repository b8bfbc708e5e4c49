"""What a forecast rests on: first practice ratings beside the keys they were compared with."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select

from training.calibration.models import ItemRating, RatingSession, SessionState
from training.cohorts.readiness.rules import Practised
from training.database import db
from training.keys.sights import IS_BLIND_PRACTICE
from training.library import records as library
from training.library.models import Document


def practice_beside_keys(
    ids: Collection[uuid.UUID], instrument: str, items: Sequence[int]
) -> dict[uuid.UUID, tuple[Practised, ...]]:
    """For each of these people their practice ratings on an instrument made blind, oldest first.

    items  the instrument's items in their order: so the columns stand.
    """
    rows = db.session.execute(
        select(
            RatingSession.person_id,
            RatingSession.id,
            RatingSession.key_document_id,
            ItemRating.item_number,
            ItemRating.score,
        )
        .join(ItemRating, ItemRating.session_id == RatingSession.id)
        .join(Document, Document.id == RatingSession.instrument_document_id)
        .where(
            RatingSession.person_id.in_(ids),
            IS_BLIND_PRACTICE,
            RatingSession.state == SessionState.SUBMITTED,
            Document.slug == instrument,
        )
        .order_by(RatingSession.submitted_at, RatingSession.id)
    )
    scores: dict[tuple[uuid.UUID, uuid.UUID, uuid.UUID], dict[int, int | None]] = {}
    for person_id, session_id, key_id, item, score in rows:
        scores.setdefault((person_id, session_id, key_id), {})[item] = score
    practice: defaultdict[uuid.UUID, tuple[Practised, ...]] = defaultdict(tuple)
    for (person_id, _session, key_id), own in scores.items():
        practice[person_id] += (_beside_key(own, key_id, items),)
    return dict(practice)


def _beside_key(own: dict[int, int | None], key_id: uuid.UUID, items: Sequence[int]) -> Practised:
    references = library.key_version(key_id).document.references_for(own)
    return Practised(
        own=tuple(own[item] if item in references else None for item in items),
        key=tuple(references.get(item) for item in items),
    )
