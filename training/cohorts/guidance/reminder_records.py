"""Reminding the raters of a cohort: whom it would reach, and sending it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from training.accounts.models import Person
from training.audit import trail
from training.clock import now
from training.cohorts.guidance.due_date_records import PEOPLE_AT_ONCE, overdue_by_rater
from training.cohorts.guidance.due_date_wording import module_titles, task_text
from training.cohorts.guidance.due_dates import Task
from training.cohorts.help import NeedCode
from training.cohorts.models import Cohort, CohortMember, TrainerReminder
from training.cohorts.rater_records import Rater, raters_in, rows_of
from training.database import db, write_transaction
from training.languages import speaking
from training.mail.models import Letter
from training.mail.post import address_in_letter, write_letter_to
from training.tracks.records import tracks_for

REST = timedelta(days=3)
"""A rater is reminded at most once in this time, whoever of their trainers reminds."""

MOST_AT_ONCE = 100
"""Letters that are sent while somebody waits for the page; the others are sent the next time."""

IDLE = (NeedCode.NOT_BEGUN, NeedCode.IDLE)


class Audience(StrEnum):
    """Whom a reminder is for."""

    BEHIND = "behind"  # something is overdue, or nothing was done for long
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A rater whom a reminder may reach.

    overdue      what they should have done by now.
    idle         whole days since they did anything, or joined; None where that is no reason.
    reminded_at  when any of their trainers last reminded them.
    """

    id: uuid.UUID
    name: str
    overdue: tuple[Task, ...]
    idle: int | None
    reminded_at: datetime | None

    @property
    def is_behind(self) -> bool:
        return bool(self.overdue) or self.idle is not None

    def rests(self, at: datetime) -> bool:
        """Whether the last reminder is too fresh for another one."""
        return self.reminded_at is not None and at < self.reminded_at + REST


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a reminder reaches now, who was reminded not long ago, and how many are left over."""

    recipients: tuple[Recipient, ...]
    resting: tuple[Recipient, ...]
    left_over: int = 0


def reach_of(cohort: Cohort, audience: Audience, *, at: datetime) -> Reach:
    """Whom a reminder would reach, in the order in which they joined. Deactivated people never."""
    everybody = _recipients(cohort, at)
    meant = [each for each in everybody if audience is Audience.ALL or each.is_behind]
    awake = [each for each in meant if not each.rests(at)]
    return Reach(
        tuple(awake[:MOST_AT_ONCE]),
        tuple(each for each in meant if each.rests(at)),
        max(0, len(awake) - MOST_AT_ONCE),
    )


def _recipients(cohort: Cohort, at: datetime) -> list[Recipient]:
    tracks = tracks_for(cohort.track)
    overdue, reminded = overdue_by_rater(cohort, tracks, at=at), _last_reminders(cohort.id, at)
    raters = _active_raters(cohort.id)
    some = (raters[start:][:PEOPLE_AT_ONCE] for start in range(0, len(raters), PEOPLE_AT_ONCE))
    return [
        Recipient(
            row.rater.id,
            row.rater.name,
            tuple(due.task for due in overdue.get(row.rater.id, ())),
            row.days_idle if any(need.code in IDLE for need in row.needs) else None,
            reminded.get(row.rater.id),
        )
        for rows in some
        for row in rows_of(rows, tracks, at=at)
    ]


def _active_raters(cohort_id: uuid.UUID) -> list[Rater]:
    rows = db.session.execute(raters_in(cohort_id).where(Person.deactivated_at.is_(None)))
    return [Rater(*row) for row in rows]


def _last_reminders(cohort_id: uuid.UUID, at: datetime) -> dict[uuid.UUID, datetime]:
    """Of those in the cohort who are still to rest, whatever cohort they were reminded in."""
    rows = db.session.execute(
        select(TrainerReminder.person_id, func.max(TrainerReminder.sent_at))
        .join(CohortMember, CohortMember.person_id == TrainerReminder.person_id)
        .where(CohortMember.cohort_id == cohort_id, TrainerReminder.sent_at > at - REST)
        .group_by(TrainerReminder.person_id)
    )
    return dict(rows.all())


def remind(cohort: Cohort, audience: Audience, message: str, *, by: Person) -> tuple[Letter, ...]:
    """Write to everybody whom it reaches now."""
    with write_transaction() as session:
        # Two trainers who remind at once come one after the other, and the second finds who has
        # been reminded.
        session.scalars(select(Cohort.id).filter_by(id=cohort.id).with_for_update()).one()
        reached = reach_of(cohort, audience, at=now()).recipients
        for each in reached:
            session.add(TrainerReminder(cohort_id=cohort.id, person_id=each.id, sent_by_id=by.id))
        if reached:
            trail.note(
                trail.Act.RATERS_REMINDED,
                f"cohort {cohort.id}",
                person_id=by.id,
                audience=audience.value,
                raters=len(reached),
            )
        return tuple(_letter(cohort, each, message, by) for each in reached)


def _letter(cohort: Cohort, to: Recipient, message: str, by: Person) -> Letter:
    rater = db.session.get_one(Person, to.id)
    titles = module_titles()
    with speaking(rater.locale):
        overdue = [task_text(task, titles) for task in to.overdue]
    return write_letter_to(
        rater,
        "trainer-reminder",
        sender=by.name,
        cohort=cohort.name,
        overdue=overdue,
        idle=to.idle,
        message=message,
        address=address_in_letter("home.home"),
    )
