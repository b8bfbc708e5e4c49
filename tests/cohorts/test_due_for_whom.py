"""Of whom a due date asks something, and whom a reminder spares."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete

from tests.cohorts.learning import add_raters, complete, practise
from tests.pack import PROGRAMME_PRACTICE, PROGRAMME_STANDARD, programme_pack
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.accounts.records import deactivate
from training.calibration.models import Purpose
from training.calibration.records import open_session
from training.clock import now
from training.cohorts import records as cohorts
from training.cohorts.guidance.due_date_records import (
    DueLine,
    due_dates_of,
    due_lines,
    overdue_by_rater,
    own_due_dates,
    remove_due_date,
    set_due_date,
)
from training.cohorts.guidance.due_dates import DueKind, Task
from training.cohorts.guidance.reminder_records import Audience, Recipient, reach_of, remind
from training.cohorts.models import Cohort, DueDate
from training.database import write_transaction
from training.library import records as library
from training.library.models import CurrentDocument, DocumentKind
from training.modules.stages import Stage
from training.tracks.records import tracks_for
from training.windows import end_of_day

EVEN = dict.fromkeys(range(1, 13), 0)
CHECK = Task(DueKind.MODULE, "first-things", Stage.CHECK)
PRACTICE = Task(DueKind.PRACTICE)
MOMENT = datetime(2026, 3, 10, 12, tzinfo=UTC)


def day_in(days: int) -> datetime:
    return now() + timedelta(days=days)


def test_a_reminder_rests_for_three_days_to_the_minute() -> None:
    def recipient(reminded_at: datetime | None) -> Recipient:
        return Recipient(uuid.UUID(int=1), "Ines", (), None, reminded_at)

    three_days, minute = timedelta(days=3), timedelta(minutes=1)
    assert not recipient(None).rests(MOMENT)
    assert recipient(MOMENT).rests(MOMENT)
    assert recipient(MOMENT - three_days + minute).rests(MOMENT)
    assert not recipient(MOMENT - three_days).rests(MOMENT)


@pytest.mark.parametrize(
    ("overdue", "idle", "is_behind"),
    [((), None, False), ((CHECK,), None, True), ((), 14, True), ((), 0, True)],
)
def test_who_is_behind_owes_something_or_has_been_idle(
    overdue: tuple[Task, ...], idle: int | None, is_behind: bool
) -> None:
    recipient = Recipient(uuid.UUID(int=1), "Ines", overdue, idle, None)
    assert recipient.is_behind is is_behind


def test_a_date_is_over_when_its_last_moment_has_come() -> None:
    line = DueLine(DueDate(due_at=MOMENT), 0, 1)
    assert not line.is_over(MOMENT - timedelta(seconds=1))
    assert line.is_over(MOMENT)


def test_what_was_due_before_somebody_joined_is_not_asked_of_them(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, otto: Person
) -> None:
    with app.app_context():
        set_due_date(cohort, CHECK, day_in(1).date(), by=tamar)
        set_due_date(cohort, PRACTICE, day_in(9).date(), by=tamar)
    with time_machine.travel(day_in(4), tick=False), app.app_context():
        cohorts.join(cohort, otto)
        tracks = tracks_for(cohort.track)
        overdue = overdue_by_rater(cohort, tracks, at=now())
        assert {person: [due.task for due in dues] for person, dues in overdue.items()} == {
            ines.id: [CHECK]
        }
        assert [due.task for due in own_due_dates(ines.id)] == [CHECK, PRACTICE]
        assert [due.task for due in own_due_dates(otto.id)] == [PRACTICE]
        reach = reach_of(cohort, Audience.BEHIND, at=now())
        assert [each.name for each in reach.recipients] == ["Ines"]
        lines = due_lines(cohort, tracks)
        assert [(line.due.task, line.done, line.raters) for line in lines] == [
            (CHECK, 0, 1),
            (PRACTICE, 0, 2),
        ]
    with time_machine.travel(day_in(10), tick=False), app.app_context():
        overdue = overdue_by_rater(cohort, tracks_for(cohort.track), at=now())
        assert [[due.task for due in dues] for dues in overdue.values()] == [
            [CHECK, PRACTICE],
            [PRACTICE],
        ]
        complete(ines, "first-things", [Stage.CHECK])
        cohorts.remove_member(cohort, otto.id, by=tamar)
        overdue = overdue_by_rater(cohort, tracks_for(cohort.track), at=now())
        assert [[due.task for due in dues] for dues in overdue.values()] == [[PRACTICE]]
        assert own_due_dates(otto.id) == []


def test_a_date_is_overdue_with_its_last_moment_and_not_before(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person
) -> None:
    with app.app_context():
        set_due_date(cohort, CHECK, day_in(2).date(), by=tamar)
        (due,) = due_dates_of(cohort.id)
        assert due.due_at == end_of_day(day_in(2).date())
        tracks = tracks_for(cohort.track)
        early = due.due_at - timedelta(seconds=1)
        assert overdue_by_rater(cohort, tracks, at=early) == {}
        assert list(overdue_by_rater(cohort, tracks, at=due.due_at)) == [ines.id]


def test_dates_stand_in_their_order_and_each_says_how_many_have_done_it(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person
) -> None:
    """The small standard asks for two practised vignettes; Ines has rated one of them twice."""
    module = Task(DueKind.MODULE, "first-things")
    with app.app_context():
        for task, days in ((PRACTICE, 30), (module, 10), (CHECK, 20)):
            set_due_date(cohort, task, day_in(days).date(), by=tamar)
        (rita,) = add_raters(cohort, 1)
        complete(rita, "first-things")
        practise(rita, "practice-one", EVEN)
        practise(rita, "practice-two", EVEN)
        complete(ines, "first-things", [Stage.ORIENT, Stage.OBSERVE, Stage.CHECK])
        practise(ines, "practice-one", EVEN)
        practise(ines, "practice-one", EVEN, number=2)
        practise(ines, "practice-two", EVEN, purpose=Purpose.APPLY)
        open_session(ines.id, "practice-two", Purpose.PRACTICE)  # not submitted yet
        lines = due_lines(cohort, tracks_for(cohort.track))
        assert [(line.due.task, line.done, line.raters) for line in lines] == [
            (module, 1, 2),
            (CHECK, 2, 2),
            (PRACTICE, 1, 2),
        ]
        set_due_date(cohort, CHECK, day_in(5).date(), by=tamar)
        assert [due.task for due in due_dates_of(cohort.id)] == [CHECK, module, PRACTICE]


def test_practice_on_another_instrument_is_not_what_the_cohort_asks_for(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person
) -> None:
    with app.app_context():
        library.publish(programme_pack(), person_id=None)
        other = cohorts.open_cohort("Programmes", trainer=tamar, track=PROGRAMME_STANDARD)
        cohorts.join(other, ines)
        for each in (cohort, other):
            set_due_date(each, PRACTICE, day_in(5).date(), by=tamar)
        for slug in PROGRAMME_PRACTICE:
            practise(ines, slug, {1: 0})
        assert {due.cohort: due.is_done for due in own_due_dates(ines.id)} == {
            "Autumn group": False,
            "Programmes": True,
        }


def test_before_there_is_any_standard_one_vignette_is_practice_whatever_its_instrument(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person
) -> None:
    with app.app_context():
        set_due_date(cohort, PRACTICE, day_in(5).date(), by=tamar)
        with write_transaction() as session:
            session.execute(delete(CurrentDocument).filter_by(kind=DocumentKind.STANDARD))
        assert [due.is_done for due in own_due_dates(ines.id)] == [False]
        practise(ines, "practice-one", EVEN)
        assert [due.is_done for due in own_due_dates(ines.id)] == [True]
        (line,) = due_lines(cohort, tracks_for(cohort.track))
        assert (line.done, line.raters) == (1, 1)


def test_a_date_is_removed_by_the_cohort_it_belongs_to_alone(
    app: Flask, cohort: Cohort, tamar: Person
) -> None:
    with app.app_context():
        other = cohorts.open_cohort("Spring group", trainer=tamar)
        set_due_date(cohort, CHECK, day_in(5).date(), by=tamar)
        (due,) = due_dates_of(cohort.id)
        remove_due_date(other, due.id, by=tamar)
        assert [each.id for each in due_dates_of(cohort.id)] == [due.id]
        assert due_dates_of(other.id) == []
        remove_due_date(cohort, due.id, by=tamar)
        assert due_dates_of(cohort.id) == []


def test_a_reminder_reaches_nobody_whose_account_is_closed_or_who_was_reminded_elsewhere(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, ada: Person
) -> None:
    with app.app_context():
        rita, rosa = add_raters(cohort, 2)
        other = cohorts.open_cohort("Spring group", trainer=tamar)
        cohorts.join(other, rosa)
        deactivate(rita, by=ada.id)
        assert [letter.recipient for letter in remind(other, Audience.ALL, "", by=tamar)] == [
            rosa.email
        ]
        reach = reach_of(cohort, Audience.ALL, at=now())
        assert [each.name for each in reach.recipients] == ["Ines"]
        assert [each.name for each in reach.resting] == ["Rater 002"]
        assert reach.left_over == 0
        behind = reach_of(cohort, Audience.BEHIND, at=now())
        assert (behind.recipients, behind.resting) == ((), ())


def test_who_leads_no_cohort_sets_no_date(
    app: Flask,
    cohort: Cohort,
    make_person: Callable[..., Person],
    browser_of: Callable[[Person], PersonClient],
) -> None:
    tilda = browser_of(make_person("Tilda", Role.TRAINER))
    typed = {"task": "practice::", "day": day_in(5).date().isoformat()}
    tilda.post_page(f"/cohorts/{cohort.id}/due-dates", typed, expect=404)
    with app.app_context():
        assert due_dates_of(cohort.id) == []
