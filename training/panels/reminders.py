"""Letters to experts who are not done: three days before round one is due, and the day after.

Each is written once: whoever had it since it fell due has had it. An invitation that comes that
late stands for the reminder, and another date brings another one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select

from training.accounts.models import Person
from training.calibration.models import RatingSession
from training.clock import now
from training.database import db, write_transaction
from training.mail.models import Letter
from training.mail.post import write_letter_to
from training.panels.locking import panel_to_change
from training.panels.models import Assignment, Panel, PanelReminder, PanelSeat, PanelState
from training.panels.records import address_of
from training.panels.rules import PanelAct, Reminder, ReminderKind, due_reminder, may


@dataclass(frozen=True, slots=True)
class Sent:
    """A reminder that was just written, and about which panel."""

    kind: ReminderKind
    title: str
    letter: Letter


def send_reminders() -> Iterator[Sent]:
    """Write and send what is due, one panel after another; twice at once is once."""
    candidates = (
        select(Panel.id).filter_by(state=PanelState.RATING).where(Panel.due_at.is_not(None))
    )
    for panel_id in db.session.scalars(candidates.order_by(Panel.due_at, Panel.id)).all():
        yield from _remind(panel_id)


def _remind(panel_id: uuid.UUID) -> list[Sent]:
    with write_transaction():
        # Locked, so that two who remind at once come one after the other.
        panel = panel_to_change(panel_id)
        if panel.due_at is None or not may(PanelAct.RATE, panel.state):
            return []
        reminder = due_reminder(panel.due_at, at=now())
        if reminder is None:
            return []
        waiting = _experts_to_remind(panel_id, reminder)
        db.session.add_all(
            PanelReminder(seat_id=seat_id, kind=reminder.kind) for seat_id, _, _ in waiting
        )
        return [
            Sent(reminder.kind, panel.title, _letter(panel, panel.due_at, reminder, person, number))
            for _, person, number in waiting
        ]


def _experts_to_remind(
    panel_id: uuid.UUID, reminder: Reminder
) -> list[tuple[uuid.UUID, Person, int]]:
    """The seats of active people who have not had it, by place, with how much is not in."""
    has_had_it = exists().where(
        PanelReminder.seat_id == PanelSeat.id,
        PanelReminder.kind == reminder.kind,
        PanelReminder.written_at >= reminder.since,
    )
    rows = db.session.execute(
        select(PanelSeat.id, PanelSeat.person_id, func.count())
        .join(Assignment, Assignment.seat_id == PanelSeat.id)
        .outerjoin(RatingSession, RatingSession.id == Assignment.session_id)
        .where(
            PanelSeat.panel_id == panel_id,
            PanelSeat.withdrawn_at.is_(None),
            PanelSeat.invited_at < reminder.since,
            RatingSession.submitted_at.is_(None),
            ~has_had_it,
        )
        .group_by(PanelSeat.id)
        .order_by(PanelSeat.place)
    ).all()
    people = [
        (seat, db.session.get_one(Person, person_id), number) for seat, person_id, number in rows
    ]
    return [(seat, person, number) for seat, person, number in people if person.is_active]


def _letter(
    panel: Panel, due_at: datetime, reminder: Reminder, person: Person, waiting: int
) -> Letter:
    return write_letter_to(
        person,
        "panel-reminder",
        title=panel.title,
        due_at=due_at,
        is_overdue=reminder.kind is ReminderKind.OVERDUE,
        waiting=waiting,
        chair=panel.chair.name,
        address=address_of(panel.id),
    )
