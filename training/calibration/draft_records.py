"""A draft as plain rows: what is stored of it, and the next revision of it.

As objects it would take twice the time, while everybody else who saves is waiting.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, Table, Update, bindparam, func, insert, select, update

from training.calibration.models import ItemRating, RatingSession, SessionState
from training.calibration.ratings import Rating
from training.database import db, read_rows


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A session as it was at one moment; an item that was never touched has no rating."""

    session_id: uuid.UUID
    state: SessionState
    revision: int
    saved_at: datetime | None
    closes_at: datetime | None
    ratings: dict[int, Rating]


def stored_draft(session_id: uuid.UUID) -> StoredDraft:
    """What is stored of a session, in one question, so that all of it is of one moment."""
    rows = read_rows(_draft(), of_session=session_id).all()
    state, revision, saved_at, closes_at = rows[0][:4]
    ratings = {
        number: Rating(score, is_not_rateable, reason, tuple(evidence), note)
        for *_, number, score, is_not_rateable, reason, evidence, note in rows
        if number is not None  # of a session without ratings there is one row, without a rating
    }
    return StoredDraft(session_id, state, revision, saved_at, closes_at, ratings)


def lock_unchanged(draft: StoredDraft) -> bool:
    """Lock a session for the act under way, and say whether it is still what it was."""
    found = read_rows(_lock(), of_session=draft.session_id).one()
    return tuple(found) == (draft.state, draft.revision, draft.closes_at)


def write_next_revision(draft: StoredDraft, moment: datetime) -> None:
    """Make this the moment of a locked session's next revision."""
    db.session.execute(_next_revision(), {"of_session": draft.session_id, "moment": moment})


def write_ratings(
    session_id: uuid.UUID, changed: Mapping[int, Rating], *, known: Collection[int]
) -> None:
    """Store the ratings of these items; the known ones have a row already."""
    updates: list[dict[str, Any]] = []
    inserts: list[dict[str, Any]] = []
    for number, rating in changed.items():
        values = {
            "score": rating.score,
            "is_not_rateable": rating.is_not_rateable,
            "reason": rating.reason,
            "evidence": rating.evidence,
            "note": rating.note,
        }
        if number in known:
            updates.append({"of_session": session_id, "of_item": number} | values)
        else:
            inserts.append({"session_id": session_id, "item_number": number} | values)
    if updates:
        db.session.execute(_update_of_item(), updates)
    if inserts:
        db.session.execute(insert(ItemRating), inserts)


# Statements that every save sends are put together once. They are of the tables, and not of the
# classes: nothing has to be looked for among loaded objects.
@lru_cache(maxsize=1)
def _draft() -> Select[*tuple[Any, ...]]:
    session, rating = _tables()
    return (
        select(
            session.c.state,
            session.c.revision,
            session.c.saved_at,
            session.c.closes_at,
            rating.c.item_number,
            rating.c.score,
            rating.c.is_not_rateable,
            rating.c.reason,
            rating.c.evidence,
            rating.c.note,
        )
        .outerjoin_from(session, rating)
        .where(session.c.id == bindparam("of_session"))
    )


@lru_cache(maxsize=1)
def _lock() -> Select[Any]:
    session, _ = _tables()
    return (
        select(session.c.state, session.c.revision, session.c.closes_at)
        .where(session.c.id == bindparam("of_session"))
        .with_for_update()
    )


@lru_cache(maxsize=1)
def _next_revision() -> Update:
    session, _ = _tables()
    moment = bindparam("moment", type_=session.c.saved_at.type)
    return (
        update(session)
        .where(session.c.id == bindparam("of_session"))
        .values(
            revision=session.c.revision + 1,
            saved_at=moment,
            first_saved_at=func.coalesce(session.c.first_saved_at, moment),
        )
    )


@lru_cache(maxsize=1)
def _update_of_item() -> Update:
    _, rating = _tables()
    return update(rating).where(
        rating.c.session_id == bindparam("of_session"), rating.c.item_number == bindparam("of_item")
    )


def _tables() -> tuple[Table, Table]:
    return RatingSession.__table__, ItemRating.__table__  # type: ignore[return-value]
