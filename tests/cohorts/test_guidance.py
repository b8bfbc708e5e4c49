"""Tamar sets due dates, reminds who is behind, and writes to Ines, who reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.at_once import at_once
from tests.cohorts.learning import acts_of, add_raters, attempt, complete, practise
from tests.mail.server import MailServer
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.calibration.models import Purpose
from training.certification.models import AttemptState
from training.clock import now
from training.cohorts import records as cohorts
from training.cohorts.guidance import reminder_records
from training.cohorts.guidance.due_date_records import own_due_dates
from training.cohorts.guidance.due_dates import Done, DueKind, Task
from training.cohorts.guidance.reminder_records import Audience, remind
from training.cohorts.models import Cohort, TrainerReminder
from training.database import db
from training.mail.models import Letter, LetterState
from training.modules.stages import STAGES, Stage

Browser = Callable[[Person], PersonClient]
EVEN = dict.fromkeys(range(1, 13), 0)
MODULE, CHECK = "module:first-things:", "module:first-things:check"


def in_days(days: int) -> str:
    return (now() + timedelta(days=days)).date().isoformat()


def letters_to(person: Person) -> list[Letter]:
    return list(db.session.scalars(select(Letter).filter_by(recipient=person.email)))


@pytest.fixture
def address(cohort: Cohort) -> str:
    return f"/cohorts/{cohort.id}"


def test_what_counts_as_done() -> None:
    record = Done({"one": {*STAGES}, "two": {Stage.ORIENT}}, practised=2, has_submitted=True)
    done = [
        Task(DueKind.MODULE, "one"),
        Task(DueKind.MODULE, "two", Stage.ORIENT),
        Task(DueKind.PRACTICE),
        Task(DueKind.CERTIFICATION),
    ]
    open_ = [
        Task(DueKind.MODULE, "two"),
        Task(DueKind.MODULE, "two", Stage.CHECK),
        Task(DueKind.MODULE, "three"),
    ]
    assert all(record.has_done(task, practice_needed=2) for task in done)
    assert not any(record.has_done(task, practice_needed=2) for task in open_)
    assert not record.has_done(Task(DueKind.PRACTICE), practice_needed=3)
    assert not Done({}).has_done(Task(DueKind.CERTIFICATION), practice_needed=0)


def test_a_due_date_reaches_the_rater_until_it_is_done(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    trainer, rater = browser_of(tamar), browser_of(ines)
    page = trainer.get_page(f"{address}/due-dates")
    assert "No due date is set" in page.text
    assert trainer.get_page(address).has_link_to(f"{address}/due-dates")
    for task, days in ((CHECK, 5), (CHECK, 9), ("practice::", 20)):
        trainer.post_page(f"{address}/due-dates", {"task": task, "day": in_days(days)})
    page = trainer.get_page(f"{address}/due-dates")
    assert page.text.count("0 of 1") == 2  # the second date for the check moved the first

    home = rater.get_page("/home")
    assert "Module “The module first-things”: Check" in home.text or "Check" in home.text
    assert home.has_link_to("/modules/first-things")
    assert "Due: Practice, as much as the standard asks for" in rater.get_page("/calendar").text
    with rater.get("/calendar.ics") as response:
        assert response.get_data(as_text=True).count("UID:due-") == 2

    with app.app_context():
        complete(ines, "first-things", [Stage.CHECK])
        for slug in ("practice-one", "practice-two"):
            practise(ines, slug, EVEN)
    assert trainer.get_page(f"{address}/due-dates").text.count("1 of 1") == 2
    assert "Due in your cohort" not in rater.get_page("/home").text
    assert "No date is set for you" in rater.get_page("/calendar").text
    with app.app_context():
        due = own_due_dates(ines.id)[0]
    for _ in range(2):  # a double click
        page = trainer.post_page(f"{address}/due-dates/{due.id}/removal", follow=True)
        assert "The due date is removed." in page.text
    with app.app_context():
        changes = [act["change"] for act in acts_of("cohort changed")]
        assert changes == ["due date set"] * 3 + ["due date removed"]


def test_what_is_overdue_stays_at_home_and_a_closed_cohort_asks_for_nothing(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    trainer, day = browser_of(tamar), {"task": "certification::", "day": in_days(1)}
    trainer.post_page(f"{address}/due-dates", day)
    with time_machine.travel(now() + timedelta(days=3)):
        assert "was due on" in browser_of(ines).get_page("/home").text
        assert "No date is set for you" in browser_of(ines).get_page("/calendar").text
        assert "over" in browser_of(tamar).get_page(f"{address}/due-dates").text
    with app.app_context():
        cohorts.close(cohort, by=tamar)
    assert "Due in your cohort" not in browser_of(ines).get_page("/home").text
    trainer.get_page(f"{address}/due-dates")
    for page_of, typed in (("due-dates", day), ("reminders", {"audience": "all", "send": "yes"})):
        page = trainer.post_page(f"{address}/{page_of}", typed, follow=True)
        assert "The cohort was closed meanwhile." in page.text
    with app.app_context():
        assert letters_to(ines) == []


def test_who_submitted_an_assessment_has_done_it(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, cleo: Person, browser_of: Browser
) -> None:
    trainer, address = browser_of(tamar), f"/cohorts/{cohort.id}/due-dates"
    trainer.post_page(address, {"task": "certification::", "day": in_days(1)})
    trainer.post_page(address, {"task": MODULE, "day": in_days(1)})
    with app.app_context():
        attempt(ines, AttemptState.DECIDED, certifier=cleo)
        assert {due.task.kind: due.is_done for due in own_due_dates(ines.id)} == {
            DueKind.CERTIFICATION: True,
            DueKind.MODULE: False,
        }


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"task": "", "day": "2999-01-01"}, "Choose what is due."),
        ({"task": "module:no-such-thing:", "day": "2999-01-01"}, "Choose what is due."),
        ({"task": "practice::", "day": "2020-01-01"}, "Choose today or a later day."),
        ({"task": "practice::", "day": "soon"}, "Enter a date."),
    ],
)
def test_a_due_date_that_cannot_be(
    tamar: Person, browser_of: Browser, address: str, typed: dict[str, object], error: str
) -> None:
    page = browser_of(tamar).post_page(f"{address}/due-dates", typed, expect=422)
    assert error in page.errors
    if typed["task"] == "practice::":
        chosen = page.soup.select_one("option[selected]")
        assert chosen
        assert chosen["value"] == "practice::"


def test_those_who_are_behind_are_reminded_once(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    """Of three who joined two weeks ago only the one who has done something is not behind."""
    trainer = browser_of(tamar)
    trainer.post_page(f"{address}/due-dates", {"task": CHECK, "day": in_days(2)})
    with app.app_context():
        rita, rosa = add_raters(cohort, 2)
    with time_machine.travel(now() + timedelta(days=15), tick=False):
        trainer = browser_of(tamar)
        with app.app_context():
            complete(rita, "first-things", [Stage.CHECK])
        typed: dict[str, object] = {"audience": "behind", "message": "The next session is soon."}
        page = trainer.post_page(f"{address}/reminders", typed, expect=200)
        assert "The letter goes to 2 raters" in page.text
        assert "Ines overdue: Module" in page.text
        assert "nothing done for 15 days" in page.text
        assert "The next session is soon." in page.text
        assert "Rater 001" not in page.text
        with app.app_context():
            assert not letters_to(ines)
        page = trainer.post_page(f"{address}/reminders", typed | {"send": "yes"}, follow=True)
        assert "2 raters are reminded." in page.text
        page = trainer.post_page(f"{address}/reminders", typed | {"send": "yes"}, follow=True)
        assert "Nobody else was reminded" in page.text
        page = trainer.post_page(f"{address}/reminders", {"audience": "all"}, expect=200)
        assert "The letter goes to 1 rater: Rater 001" in page.text
        assert "reminded not long ago: Ines, Rater 002" in page.text
    with app.app_context():
        (letter,) = letters_to(ines)
        assert "from your trainer, Tamar" in letter.subject
        assert "The next session is soon." in letter.body
        assert "Check" in letter.body
        assert len(letters_to(rosa)) == 1
        assert not letters_to(rita)
        assert [(act["audience"], act["raters"]) for act in acts_of("raters reminded")] == [
            ("behind", 2)
        ]
    with time_machine.travel(now() + timedelta(days=18, minutes=1)):
        page = browser_of(tamar).post_page(
            f"{address}/reminders", {"audience": "behind"}, expect=200
        )
        assert "Ines" in page.text.partition("The letter goes to")[2]


def test_a_page_sends_so_many_letters_and_two_trainers_at_once_send_each_one_once(
    app: Flask,
    cohort: Cohort,
    tamar: Person,
    browser_of: Browser,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reminder_records, "MOST_AT_ONCE", 2)
    with app.app_context():
        add_raters(cohort, 4)
    page = browser_of(tamar).post_page(f"{address}/reminders", {"audience": "all"}, expect=200)
    assert "3 more get it the next time you send" in page.text

    def send() -> None:
        with app.app_context():
            remind(cohort, Audience.ALL, "", by=tamar)

    at_once(send, send)
    with app.app_context():
        reminded = list(db.session.scalars(select(TrainerReminder.person_id)))
        assert len(reminded) == len(set(reminded)) == 4


def test_ines_reads_what_tamar_wrote_and_tamar_sees_that_she_has(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        session = practise(ines, "practice-one", EVEN)
    trainer, rater = browser_of(tamar), browser_of(ines)
    comments = f"{address}/raters/{ines.id}/comments"
    assert trainer.get_page(f"{address}/raters/{ines.id}").has_link_to(comments)
    page = trainer.get_page(f"{comments}?about={session.id}")
    chosen = page.soup.select_one("option[selected]")
    assert chosen
    assert chosen["value"] == str(session.id)
    text = "Look at <turn 4> again.\nWho speaks?"
    trainer.post_page(comments, {"about": str(session.id), "text": text})
    trainer.post_page(comments, {"about": "", "text": "Well begun."})
    assert trainer.get_page(comments).text.count("not read yet") == 2

    assert "2 new comments from your trainers" in rater.get_page("/home").text
    page = rater.get_page("/comments")
    assert "Look at <turn 4> again. Who speaks?" in page.text
    assert page.has_link_to(f"/rating-sessions/{session.id}/feedback")
    read = [field["value"] for field in page.soup.select("input[name=comment]")]
    trainer.post_page(comments, {"about": "", "text": "One more thing."})
    rater.post_page("/comments/reading", {"comment": read})
    assert "1 new comment from your trainer" in rater.get_page("/home").text
    page = trainer.get_page(comments)
    assert (page.text.count("read on"), page.text.count("not read yet")) == (2, 1)
    with app.app_context():
        letter = letters_to(ines)[0]
        assert letter.subject == "Tamar wrote a comment to you"
        assert "turn 4" not in letter.body
        assert "/comments" in letter.body
        assert len(acts_of("comment written")) == 3


def test_comments_are_about_practice_and_between_a_rater_and_their_trainers(
    app: Flask,
    cohort: Cohort,
    tamar: Person,
    ines: Person,
    otto: Person,
    make_person: Callable[..., Person],
    browser_of: Browser,
    address: str,
) -> None:
    tilda = make_person("Tilda", Role.TRAINER)
    with app.app_context():
        assessed = practise(ines, "practice-two", EVEN, purpose=Purpose.CERTIFICATION)
        others = practise(otto, "practice-one", EVEN)
    trainer, comments = browser_of(tamar), f"{address}/raters/{ines.id}/comments"
    for session in (assessed, others):
        typed = {"about": str(session.id), "text": "What I think of it."}
        page = trainer.post_page(comments, typed, expect=422)
        assert "What I think of it." in page.html
    assert "Write the comment." in trainer.post_page(comments, {"about": ""}, expect=422).errors
    trainer.post_page(comments, {"about": "", "text": "For Ines alone."})
    field = browser_of(ines).get_page("/comments").soup.select_one("input[name=comment]")
    assert field
    browser_of(otto).post_page("/comments/reading", {"comment": str(field["value"])})
    assert "For Ines alone." not in browser_of(otto).get_page("/comments").text
    assert "1 new comment" in browser_of(ines).get_page("/home").text
    for page_address in (comments, f"{address}/due-dates", f"{address}/reminders"):
        browser_of(tilda).get_page(page_address, expect=404)
        browser_of(ines).get_page(page_address, expect=403)
    trainer.get_page(f"{address}/raters/{otto.id}/comments", expect=404)


def test_with_a_mail_server_a_reminder_needs_nobody_to_look_into_the_outbox(
    app: Flask,
    tamar: Person,
    ines: Person,
    browser_of: Browser,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    typed: dict[str, object] = {"audience": "all", "send": "yes"}
    with MailServer() as server:
        config = replace(app.extensions["config"], smtp_url=server.url)
        monkeypatch.setitem(app.extensions, "config", config)
        page = browser_of(tamar).post_page(f"{address}/reminders", typed, follow=True)
    assert "1 rater is reminded." in page.text
    assert "outbox" not in page.text
    assert [message["To"] for message in server.messages] == [ines.email]
    with app.app_context():
        assert [letter.state for letter in letters_to(ines)] == [LetterState.SENT]


def test_ratings_of_one_vignette_are_told_apart_when_a_comment_is_about_one(
    app: Flask, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        practise(ines, "practice-one", EVEN)
        again = practise(ines, "practice-one", EVEN, number=2)
    browser, comments = browser_of(tamar), f"{address}/raters/{ines.id}/comments"
    offered = [option.get_text() for option in browser.get_page(comments).soup.select("option")]
    assert offered == [
        "The training as a whole",
        "The story of practice-one, rated again (2)",
        "The story of practice-one",
    ]
    browser.post_page(comments, {"about": str(again.id), "text": "Better than before."})
    for reader, where in ((ines, "/comments"), (tamar, comments)):
        page = browser_of(reader).get_page(where)
        assert "The story of practice-one, rated again (2)" in page.soup.h3.get_text()
    assert (
        browser_of(ines).get_page("/comments").has_link_to(f"/rating-sessions/{again.id}/feedback")
    )
