"""What trainers do twice, or too late: it is done once, and what they typed comes back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.cohorts.learning import acts_of, add_raters
from tests.pack import programme_pack
from tests.pages import Page, PersonClient
from training.accounts.models import Person, Role
from training.clock import now
from training.cohorts import records
from training.cohorts.guidance.comment_records import comments_in
from training.cohorts.guidance.due_date_records import own_due_dates, set_due_date
from training.cohorts.guidance.due_dates import DueKind, Task
from training.cohorts.guidance.reminder_records import Audience, remind
from training.cohorts.models import Cohort
from training.database import db
from training.library import records as library
from training.mail.models import Letter

Browser = Callable[[Person], PersonClient]


@pytest.fixture
def tova(make_person: Callable[..., Person]) -> Person:
    """A trainer of another cohort."""
    return make_person("Tova", Role.TRAINER)


@pytest.fixture
def address(cohort: Cohort) -> str:
    return f"/cohorts/{cohort.id}"


def letters_to(app: Flask, person: Person) -> list[str]:
    with app.app_context():
        return [each.subject for each in db.session.query(Letter).filter_by(recipient=person.email)]


def test_a_double_click_writes_one_comment_and_one_letter(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    browser, comments = browser_of(tamar), f"{address}/raters/{ines.id}/comments"
    made = browser.get_page(comments).soup.select_one("input[name=made_id]")
    assert made is not None
    typed = {"text": "Well read.", "about": "", "made_id": str(made["value"])}
    for _ in range(2):
        page = browser.post_page(comments, typed, follow=True)
        assert "Ines can read your comment now." in page.text
    with app.app_context():
        assert [each.text for each in comments_in(cohort.id, ines.id)] == ["Well read."]
    assert len(letters_to(app, ines)) == 1
    browser.post_page(comments, typed | {"made_id": "nothing of the kind"})
    with app.app_context():
        assert len(comments_in(cohort.id, ines.id)) == 2


def test_a_double_click_opens_one_cohort(app: Flask, tamar: Person, browser_of: Browser) -> None:
    browser = browser_of(tamar)
    made = browser.get_page("/cohorts").soup.select_one("input[name=made_id]")
    assert made is not None
    typed = {"name": "Winter group", "made_id": str(made["value"])}
    first = browser.post_page("/cohorts", typed)
    assert browser.post_page("/cohorts", typed).location == first.location
    with app.app_context():
        assert db.session.query(Cohort).filter_by(name="Winter group").count() == 1
        assert len(acts_of("cohort opened")) == 1


def test_nobody_opens_a_cohort_under_the_name_of_another_trainers(
    app: Flask, cohort: Cohort, tova: Person, browser_of: Browser
) -> None:
    """A made-up form names Tamar's cohort: it stays hers, and Tova's has a name of its own."""
    typed = {"name": "Mine now", "made_id": str(cohort.id)}
    page = browser_of(tova).post_page("/cohorts", typed)
    assert page.location != f"/cohorts/{cohort.id}"
    with app.app_context():
        assert records.find_led_cohort(cohort.id, tova.id) is None
        assert db.session.get_one(Cohort, cohort.id).name == "Autumn group"


def test_a_comment_to_somebody_who_was_taken_out_meanwhile_is_given_back(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    browser, comments = browser_of(tamar), f"{address}/raters/{ines.id}/comments"
    browser.get_page(comments)
    with app.app_context():
        records.remove_member(cohort, ines.id, by=tamar)
    page = browser.post_page(comments, {"text": "Half an hour of thought."}, expect=409)
    assert page.heading == "Nothing was sent"
    assert "Half an hour of thought." in page.html
    assert letters_to(app, ines) == []
    browser.get_page(comments, expect=404)


@pytest.mark.parametrize(
    ("page_of", "field", "typed"),
    [
        ("invitations", "addresses", "noor@example.org"),
        ("reminders", "message", "The next session is soon."),
        ("due-dates", "task", "practice::"),
    ],
)
def test_what_is_sent_to_a_cohort_that_was_closed_meanwhile_is_given_back(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser, address: str,
    page_of: str, field: str, typed: str,
) -> None:  # fmt: skip
    browser = browser_of(tamar)
    with app.app_context():
        records.close(cohort, by=tamar)
    has_text = field != "task"
    sent = browser.post(f"{address}/{page_of}", data={field: typed}, follow_redirects=True)
    page = Page(sent)
    assert page.status == (409 if has_text else 200)
    assert "Open it again first, in its settings." in page.text
    assert not has_text or typed in page.html
    assert letters_to(app, ines) == []


def test_an_old_page_of_settings_does_not_put_the_track_back(
    app: Flask, cohort: Cohort, tamar: Person, browser_of: Browser, address: str
) -> None:
    """In one tab Tamar changes the track, in the other, opened before, the name."""
    with app.app_context():
        library.publish(programme_pack(), person_id=None)
        first, other = (version.slug for version in library.standards())
    browser = browser_of(tamar)
    field = browser.get_page(f"{address}/settings").soup.select_one("input[name=track_before]")
    assert field is not None
    before = str(field["value"])
    wanted = other if before == first else first
    shown = {"track_before": before, "name": "Autumn group"}
    browser.post_page(f"{address}/settings", shown | {"track": wanted})
    browser.post_page(f"{address}/settings", shown | {"track": before, "name": "Late autumn"})
    with app.app_context():
        stored = db.session.get_one(Cohort, cohort.id)
        assert (stored.name, stored.track) == ("Late autumn", wanted)


def test_whoever_reminds_a_rater_rests_for_three_days(
    app: Flask, cohort: Cohort, tamar: Person, tova: Person, ines: Person
) -> None:
    with app.app_context():
        other = records.open_cohort("Spring group", trainer=tova)
        records.join(other, ines)
        assert len(remind(cohort, Audience.ALL, "", by=tamar)) == 1
        assert remind(other, Audience.ALL, "", by=tova) == ()
    with app.app_context(), time_machine.travel(now() + timedelta(days=3)):
        assert len(remind(other, Audience.ALL, "", by=tova)) == 1


def test_nobody_is_blamed_for_the_time_they_were_not_there(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    """Ines leaves, and comes back after a hundred days; a date has passed meanwhile."""
    with app.app_context():
        (late,) = add_raters(cohort, 1)
        set_due_date(cohort, Task(DueKind.PRACTICE), (now() + timedelta(days=5)).date(), by=tamar)
        records.remove_member(cohort, ines.id, by=tamar)
        records.remove_member(cohort, late.id, by=tamar)
    with time_machine.travel(now() + timedelta(days=100)):
        with app.app_context():
            records.join(cohort, ines)
            assert own_due_dates(ines.id) == []
        page = browser_of(tamar).get_page(address)
        (row,) = page.soup.select("tbody tr")
        assert "Has not begun" not in row.get_text(" ")
        reminders = f"{address}/reminders"
        page = browser_of(tamar).post_page(reminders, {"audience": "behind"}, expect=200)
        assert "Ines" not in page.soup.main.get_text(" ")  # type: ignore[union-attr]


def test_a_second_click_on_taking_a_rater_out_leads_back_to_the_cohort(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    browser = browser_of(tamar)
    for words in ("Ines is not in this cohort", "Whoever that was is not in this cohort"):
        page = browser.post_page(f"{address}/raters/{ines.id}/removal", follow=True)
        assert words in page.text
    browser.post_page(f"{address}/raters/{uuid.uuid4()}/removal", expect=404)
