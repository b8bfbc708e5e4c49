"""The ratings of a draft as plain rows: read and written inside the act that saves them.

As objects they would take twice the time, while everybody else who saves is waiting.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from functools import lru_cache

from sqlalchemy import Select, Update, bindparam, insert, select, update

from training.calibration.models import ItemRating
from training.calibration.ratings import Rating
from training.database import db


def stored_rows(session_id: uuid.UUID) -> dict[int, Rating]:
    """What is stored in a session, by item; an item without a row was never touched."""
    rows = db.session.execute(_rows_of_session(), {"of_session": session_id})
    return {
        number: Rating(score, is_not_rateable, reason, tuple(evidence), note)
        for number, score, is_not_rateable, reason, evidence, note in rows
    }


def write_rows(
    session_id: uuid.UUID, changed: Mapping[int, Rating], *, known: Collection[int]
) -> None:
    """Store the ratings of these items; the known ones have a row already."""
    updates, inserts = [], []
    for number, rating in changed.items():
        values = {
            "score": rating.score,
            "is_not_rateable": rating.is_not_rateable,
            "reason": rating.reason,
            "evidence": list(rating.evidence),
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


# Statements that every save sends are put together once.
@lru_cache(maxsize=1)
def _rows_of_session() -> Select[int, int | None, bool, str, list[int], str]:
    return select(
        ItemRating.item_number,
        ItemRating.score,
        ItemRating.is_not_rateable,
        ItemRating.reason,
        ItemRating.evidence,
        ItemRating.note,
    ).where(ItemRating.session_id == bindparam("of_session"))


@lru_cache(maxsize=1)
def _update_of_item() -> Update:
    # Of the table, and not of the class: nothing has to be looked for among loaded objects.
    cells = ItemRating.__table__
    return update(cells).where(  # type: ignore[arg-type]
        cells.c.session_id == bindparam("of_session"), cells.c.item_number == bindparam("of_item")
    )
