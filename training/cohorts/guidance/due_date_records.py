"""Due dates of cohorts: setting them, and who has done what they are for. Nothing closes by them.

The number of queries is the same for five raters and for five hundred.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from sqlalchemy import bindparam, func, select, true

from training.accounts.models import Person
from training.audit import trail
from training.calibration.history import FIRST
from training.calibration.models import Purpose, RatingSession, SessionState
from training.certification.models import Attempt, Decision
from training.clock import now
from training.cohorts.guidance.due_dates import Done, Task
from training.cohorts.models import Cohort, CohortMember, DueDate
from training.cohorts.records import members
from training.database import db, write_transaction
from training.library.models import Document
from training.modules.models import StageCompletion
from training.modules.stages import Stage
from training.tracks.records import Tracks, tracks_for
from training.windows import end_of_day

PEOPLE_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DueLine:
    """A due date in the trainer's list, with how many of those whom it asks have done it."""

    due: DueDate
    done: int
    raters: int  # who were in the cohort before the date and are in it now

    def is_over(self, at: datetime) -> bool:
        return self.due.due_at <= at


@dataclass(frozen=True, slots=True)
class OwnDueDate:
    """A due date as a rater has it."""

    id: uuid.UUID
    cohort: str  # its name
    task: Task
    due_at: datetime
    is_done: bool


def due_dates_of(cohort_id: uuid.UUID) -> list[DueDate]:
    """The due dates of a cohort, the first one first."""
    return list(
        db.session.scalars(
            select(DueDate).filter_by(cohort_id=cohort_id).order_by(DueDate.due_at, DueDate.id)
        )
    )


def due_lines(cohort: Cohort, tracks: Tracks) -> list[DueLine]:
    """The due dates of a cohort with how many have done what they are for.

    What was due before somebody joined was never asked of them, so that they are not counted.
    """
    dues = due_dates_of(cohort.id)
    joined = _joined_at(cohort.id) if dues else {}
    done, needed = done_by(joined, tracks), practice_needed(tracks)

    def line(due: DueDate) -> DueLine:
        asked = [done[each] for each, joined_at in joined.items() if joined_at < due.due_at]
        have = sum(each.has_done(due.task, practice_needed=needed) for each in asked)
        return DueLine(due, have, len(asked))

    return [line(due) for due in dues]


def overdue_by_rater(
    cohort: Cohort, tracks: Tracks, *, at: datetime
) -> dict[uuid.UUID, list[DueDate]]:
    """What each rater of a cohort should have done by now and has not; only who has any.

    What was due before somebody joined was never asked of them.
    """
    dues = [due for due in due_dates_of(cohort.id) if due.due_at <= at]
    if not dues:
        return {}
    needed, joined = practice_needed(tracks), _joined_at(cohort.id)
    found = {
        person_id: [
            due
            for due in dues
            if due.due_at > joined[person_id]
            and not done.has_done(due.task, practice_needed=needed)
        ]
        for person_id, done in done_by(joined, tracks).items()
    }
    return {person_id: overdue for person_id, overdue in found.items() if overdue}


# Put together once: every home page asks it.
_OWN = (
    select(DueDate, Cohort)
    .join(Cohort, Cohort.id == DueDate.cohort_id)
    .join(CohortMember, CohortMember.cohort_id == Cohort.id)
    .where(
        CohortMember.person_id == bindparam("person"),
        CohortMember.left_at.is_(None),
        CohortMember.joined_at < DueDate.due_at,
        Cohort.closed_at.is_(None),
    )
    .order_by(DueDate.due_at, DueDate.id)
)


def own_due_dates(person_id: uuid.UUID) -> list[OwnDueDate]:
    """The due dates of the open cohorts that a person learns in, the first one first."""
    rows = db.session.execute(_OWN, {"person": person_id}).all()
    on_track = {slug: _done_on(slug, person_id) for slug in {cohort.track for _, cohort in rows}}
    return [
        OwnDueDate(
            due.id,
            cohort.name,
            due.task,
            due.due_at,
            on_track[cohort.track][0].has_done(due.task, practice_needed=on_track[cohort.track][1]),
        )
        for due, cohort in rows
    ]


def _done_on(track: str | None, person_id: uuid.UUID) -> tuple[Done, int]:
    """What a person has done on a track, and how much practice it asks for."""
    tracks = tracks_for(track)
    return done_by([person_id], tracks)[person_id], practice_needed(tracks)


def practice_needed(tracks: Tracks) -> int:
    """How many vignettes the standard of the track wants practised.

    Where there is none it is 1, on any instrument.
    """
    return tracks.standard.prerequisites.practice_vignettes if tracks.standard else 1


def _joined_at(cohort_id: uuid.UUID) -> dict[uuid.UUID, datetime]:
    """Who is in a cohort now and since when, in the order in which they joined."""
    return dict(db.session.execute(members(cohort_id)).all())


def done_by(people: Collection[uuid.UUID], tracks: Tracks) -> dict[uuid.UUID, Done]:
    """What each of these people has done on the own track. Three queries for five hundred."""
    rest, found = iter(people), dict[uuid.UUID, Done]()
    while some := list(islice(rest, PEOPLE_AT_ONCE)):
        stages, practised = _stages_of(some), _practised_by(some, tracks.instrument)
        submitted = _who_submitted(some, tracks.slug)
        found |= {
            each: Done(stages[each], practised.get(each, 0), each in submitted) for each in some
        }
    return found


def _stages_of(people: list[uuid.UUID]) -> dict[uuid.UUID, dict[str, set[Stage]]]:
    found: dict[uuid.UUID, dict[str, set[Stage]]] = {each: defaultdict(set) for each in people}
    rows = db.session.execute(
        select(StageCompletion.person_id, StageCompletion.module_slug, StageCompletion.stage).where(
            StageCompletion.person_id.in_(people)
        )
    )
    for person_id, module, stage in rows:
        found[person_id][module].add(stage)
    return found


def _practised_by(people: list[uuid.UUID], instrument: str | None) -> dict[uuid.UUID, int]:
    """How many vignettes these people have practised, on this instrument or on any."""
    rows = db.session.execute(
        select(RatingSession.person_id, func.count())
        .join(Document, Document.id == RatingSession.instrument_document_id)
        .where(
            RatingSession.person_id.in_(people),
            RatingSession.purpose == Purpose.PRACTICE,
            RatingSession.state == SessionState.SUBMITTED,
            RatingSession.number == FIRST,
            true() if instrument is None else Document.slug == instrument,
        )
        .group_by(RatingSession.person_id)
    )
    return dict(rows.all())


def _who_submitted(people: list[uuid.UUID], standard: str | None) -> set[uuid.UUID]:
    return set(
        db.session.scalars(
            select(Attempt.person_id)
            .join(Decision, Decision.attempt_id == Attempt.id)
            .where(Attempt.person_id.in_(people), Attempt.standard_slug == standard)
        )
    )


def set_due_date(cohort: Cohort, task: Task, day: date, *, by: Person) -> None:
    """Ask for this by the end of that day, in UTC; a date set for it before is moved."""
    with write_transaction() as session:
        _lock(cohort)
        named = {"kind": task.kind, "module_slug": task.module, "stage": task.stage or ""}
        due = session.scalar(select(DueDate).filter_by(cohort_id=cohort.id, **named))
        if due is None:
            due = DueDate(cohort_id=cohort.id, **named)
            session.add(due)
        due.due_at, due.set_at = end_of_day(day), now()
        _note(cohort, "due date set", by, task, day=day.isoformat())


def remove_due_date(cohort: Cohort, due_id: uuid.UUID, *, by: Person) -> None:
    """Ask for it by no date any more; removing it twice is removing it once."""
    with write_transaction() as session:
        _lock(cohort)
        due = session.scalar(select(DueDate).filter_by(id=due_id, cohort_id=cohort.id))
        if due is not None:
            session.delete(due)
            _note(cohort, "due date removed", by, due.task)


def _lock(cohort: Cohort) -> None:
    # Whoever sets the same date in another tab comes after this one.
    db.session.scalars(select(Cohort.id).filter_by(id=cohort.id).with_for_update()).one()


def _note(cohort: Cohort, change: str, by: Person, task: Task, **details: str) -> None:
    trail.note(
        trail.Act.COHORT_CHANGED,
        f"cohort {cohort.id}",
        person_id=by.id,
        change=change,
        what=" ".join(filter(None, (task.kind, task.module, task.stage))),
        **details,
    )
