"""Private notes in the margin of a rating session: for whoever wrote them, and for nobody else.

In short::

    save_note(session.id, 7, "He waits here.", before="")   # an empty text takes the note away
    notes_of(session.id)                                    # {7: "He waits here."}
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import bindparam, select
from sqlalchemy.orm import lazyload

from training.calibration.models import RatingSession, TurnNote
from training.database import db, read_rows, write_transaction


class NoteState(StrEnum):
    SAVED = "saved"
    STALE = "stale"  # it was changed elsewhere since it was read here


@dataclass(frozen=True, slots=True)
class NoteOutcome:
    """What became of a note, and what is stored now."""

    state: NoteState
    stored: str


# Put together once, and of columns instead of objects: every page of a session asks it.
_NOTES = (
    select(TurnNote.turn, TurnNote.text)
    .where(TurnNote.session_id == bindparam("session"))
    .order_by(TurnNote.turn)
)


def notes_of(session_id: uuid.UUID) -> dict[int, str]:
    """The notes of a session by turn, in the order of the text."""
    return dict(read_rows(_NOTES, session=session_id).all())


def save_note(session_id: uuid.UUID, turn: int, text: str, *, before: str) -> NoteOutcome:
    """Store what stands beside a turn now, written on top of `before`.

    What is stored already counts as saved: it is the retry of a save whose answer was lost. Where
    something else than `before` is stored, nothing changes: both texts are somebody's work. Notes
    decide nothing, so they may still come when the rating is submitted or its time is over.
    """
    with write_transaction() as transaction:
        _lock(session_id)
        note = transaction.get(TurnNote, (session_id, turn), populate_existing=True)
        stored = note.text if note else ""
        if stored == text:
            return NoteOutcome(NoteState.SAVED, stored)
        if stored != before:
            return NoteOutcome(NoteState.STALE, stored)
        if note is None:
            transaction.add(TurnNote(session_id=session_id, turn=turn, text=text))
        elif text:
            note.text = text
        else:
            transaction.delete(note)
    return NoteOutcome(NoteState.SAVED, text)


def _lock(session_id: uuid.UUID) -> None:
    """Let one save of a session wait for the other, also where there is no note to lock yet."""
    db.session.scalars(
        select(RatingSession)
        .filter_by(id=session_id)
        .options(lazyload(RatingSession.ratings))
        .with_for_update()
    ).one()
