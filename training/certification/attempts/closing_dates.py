"""Closing dates: the attempts under way, and giving one of them a date of its own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import lazyload, selectinload

from training.accounts.models import Person
from training.audit import trail
from training.calibration.models import RatingSession
from training.certification.attempts.records import attempt_to_change, close_if_lapsed
from training.certification.models import Attempt, AttemptState, WindowChange
from training.certification.reviews.duties import Conflict, ConflictError
from training.certification.reviews.records import conflicts
from training.clock import now
from training.database import db, write_transaction
from training.library import records as library
from training.mail.models import Letter
from training.mail.post import address_in_letter, write_letter_to
from training.windows import ClosingFault, end_of_day, fault_of_closing


class ClosingDayError(ValueError):
    """Nobody can be given this day; `fault` says why."""

    def __init__(self, fault: ClosingFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class NotUnderWayError(ValueError):
    """The attempt is decided, over, or its window has closed: no date can open it again."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An attempt that is being rated, as a certifier may see it: how far, and until when."""

    attempt: Attempt
    submitted: int
    vignettes: int
    conflict: Conflict | None


def attempts_under_way(certifier_id: uuid.UUID, *, at: datetime) -> list[UnderWay]:
    """Every attempt whose vignettes can be rated now, the one that closes first at the top."""
    found = db.session.scalars(
        select(Attempt)
        .filter_by(state=AttemptState.OPEN)
        .options(
            selectinload(Attempt.person),
            selectinload(Attempt.sessions).options(lazyload(RatingSession.ratings)),
        )
        .order_by(Attempt.closes_at.is_(None), Attempt.closes_at, Attempt.opened_at)
    )
    under_way = [attempt for attempt in found if attempt.is_under_way(at)]
    near = conflicts(certifier_id, {attempt.person_id for attempt in under_way})
    return [
        UnderWay(
            attempt,
            sum(session.is_submitted for session in attempt.sessions),
            len(attempt.sessions),
            near.get(attempt.person_id),
        )
        for attempt in under_way
    ]


def attempts_under_way_of(person_id: uuid.UUID, *, at: datetime) -> list[tuple[Attempt, str]]:
    """A person's attempts whose vignettes can be rated now, each with the title of its standard."""
    found = db.session.scalars(
        select(Attempt)
        .filter_by(person_id=person_id, state=AttemptState.OPEN)
        .order_by(Attempt.opened_at)
    )
    return [(attempt, _standard_title(attempt)) for attempt in found if attempt.is_under_way(at)]


def find_attempt(attempt_id: uuid.UUID) -> Attempt | None:
    """An attempt with whose it is and the dates it was given."""
    return db.session.scalar(
        select(Attempt)
        .filter_by(id=attempt_id)
        .options(
            selectinload(Attempt.person),
            selectinload(Attempt.window_changes).selectinload(WindowChange.certifier),
        )
    )


def conflict_with(certifier_id: uuid.UUID, attempt: Attempt) -> Conflict | None:
    """Why this certifier may not give this attempt a date, or None."""
    return conflicts(certifier_id, [attempt.person_id]).get(attempt.person_id)


def set_closing_date(attempt_id: uuid.UUID, day: date, *, certifier: Person, reason: str) -> Letter:
    """Let an attempt close at the end of this day, and tell its rater.

    Raises ConflictError, NotUnderWayError, and ClosingDayError for a day that cannot be one.
    Deliver the letter after it.
    """
    with write_transaction() as transaction:
        attempt, sessions = attempt_to_change(attempt_id)
        moment = now()
        conflict = conflict_with(certifier.id, attempt)
        if conflict is not None:
            raise ConflictError(conflict)
        if not attempt.is_under_way(moment):
            raise NotUnderWayError(str(attempt_id))
        if fault := fault_of_closing(day, moment):
            raise ClosingDayError(fault)
        before, closes_at = attempt.closes_at, end_of_day(day)
        transaction.add(
            WindowChange(
                attempt_id=attempt.id,
                certifier_id=certifier.id,
                closed_before_at=before,
                closes_at=closes_at,
                reason=reason,
            )
        )
        _close_at(closes_at, attempt, sessions)
        trail.note(
            trail.Act.WINDOW_CHANGED,
            f"attempt {attempt.id}",
            person_id=certifier.id,
            before=before.isoformat() if before else None,
            now=closes_at.isoformat(),
        )
        rater = attempt.person
        return write_letter_to(
            rater,
            "closing-date",
            closes_at=closes_at,
            standard=_standard_title(attempt),
            reason=reason,
            address=address_in_letter("certification.attempt", attempt_id=attempt.id),
        )


def _standard_title(attempt: Attempt) -> str:
    return library.standard_version(attempt.standard_document_id).document.title


def _close_at(closes_at: datetime, attempt: Attempt, sessions: Sequence[RatingSession]) -> None:
    attempt.closes_at = closes_at
    for session in sessions:
        if not session.is_submitted:
            session.closes_at = closes_at
    db.session.flush()
    db.session.expire(attempt, ["window_changes"])


def close_lapsed_attempts() -> list[Letter]:
    """Write down every attempt whose window has closed too early, and tell its rater.

    Each in an act of its own. Deliver the letters after it.
    """
    candidates = db.session.scalars(
        select(Attempt.id).where(Attempt.state == AttemptState.OPEN, Attempt.closes_at <= now())
    ).all()
    letters = (_close(attempt_id) for attempt_id in candidates)
    return [letter for letter in letters if letter is not None]


def _close(attempt_id: uuid.UUID) -> Letter | None:
    with write_transaction():
        if not close_if_lapsed(attempt_id, now()):
            return None  # it was submitted, or given another date, in the meantime
        attempt = db.session.get_one(Attempt, attempt_id)
        rater = attempt.person
        return write_letter_to(
            rater,
            "attempt-lapsed",
            closes_at=attempt.closes_at,
            standard=_standard_title(attempt),
            address=address_in_letter("certification.attempt", attempt_id=attempt.id),
        )
