"""Ines takes her dates into her calendar, once or with an address that it looks at by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar, Event
from sqlalchemy import select

from tests.certification import stories
from tests.pages import PersonClient
from training.accounts import records as accounts
from training.accounts.models import Person
from training.audit.models import AuditEntry
from training.certification.attempts.closing_dates import set_closing_date
from training.certification.attempts.eligibility import RENEWAL_WINDOW
from training.certification.certificates.records import revoke
from training.certification.models import Attempt, Certificate
from training.certification.reviews import acts as reviews
from training.clock import now
from training.database import db
from training.deadlines.models import CalendarFeed

BrowserOf = Callable[[Person], PersonClient]
FILE = "/calendar.ics"


def events_at(client: PersonClient, address: str = FILE) -> dict[str, Event]:
    """The events of a calendar file by their names."""
    with client.get(address) as response:
        assert response.status_code == 200
        assert response.content_type == "text/calendar; charset=utf-8"
        calendar = Calendar.from_ical(response.get_data())
    assert calendar.errors == []
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def attempt_that_closes(app: Flask, person: Person, cleo: Person, *, in_days: int) -> Attempt:
    """An attempt of this person, to which Cleo gives a closing date."""
    with app.app_context():
        attempt = db.session.scalar(select(Attempt))
        attempt_id = attempt.id if attempt else stories.opened_attempt(person)
        day = (now() + timedelta(days=in_days)).date()
        set_closing_date(attempt_id, day, certifier=cleo, reason="A stay in hospital.")
        return db.session.get_one(Attempt, attempt_id)


def test_a_closing_date_that_is_moved_moves_in_the_calendar(
    app: Flask, ines: Person, otto: Person, cleo: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    assert "No date is set for you." in browser.get_page("/calendar").text
    assert events_at(browser) == {}
    attempt = attempt_that_closes(app, ines, cleo, in_days=20)
    page = browser.get_page("/calendar")
    assert "Your assessment closes: " in page.text
    assert page.has_link_to(f"/certification/attempts/{attempt.id}")
    ((name, event),) = events_at(browser).items()
    assert name == f"attempt-{attempt.id}-closes@open-dialogue-rater-training"
    assert event.start == attempt.closes_at
    assert event["dtstart"].to_ical().endswith(b"Z")
    assert event["url"].endswith(f"/certification/attempts/{attempt.id}")
    attempt_that_closes(app, ines, cleo, in_days=29)
    ((same_name, moved),) = events_at(browser).items()
    assert same_name == name
    assert moved.start == event.start + timedelta(days=9)
    assert "hospital" not in str(moved)
    assert events_at(browser_of(otto)) == {}


def test_a_certificate_has_two_dates_until_it_is_revoked(
    app: Flask, ines: Person, cleo: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        reviews.sign(stories.decided_attempt(ines), certifier=cleo)
        certificate = db.session.scalars(select(Certificate)).one()
    number, browser = certificate.number, browser_of(ines)
    found = events_at(browser)
    renewable, expires = (
        found[f"certificate-{number}-{what}@open-dialogue-rater-training"]
        for what in ("renewable", "expires")
    )
    assert expires.start == certificate.valid_until.replace(microsecond=0)
    assert expires.start - renewable.start == RENEWAL_WINDOW
    assert len(found) == 2
    with app.app_context():
        revoke(number, reason="Another person rated.", by=cleo.id)
    assert events_at(browser) == {}


def test_within_the_window_of_renewal_only_the_end_of_a_certificate_is_still_to_come(
    app: Flask, ines: Person, cleo: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        reviews.sign(stories.decided_attempt(ines), certifier=cleo)
        certificate = db.session.scalars(select(Certificate)).one()
    with time_machine.travel(certificate.valid_until - RENEWAL_WINDOW + timedelta(days=1)):
        (name,) = events_at(browser_of(ines))
    assert name.startswith(f"certificate-{certificate.number}-expires@")


def address_shown(client: PersonClient) -> str:
    """Make a private address, which the page shows this once."""
    page = client.post_page("/calendar/feed", expect=200)
    (code,) = page.soup.select("main code")
    return urlsplit(code.get_text()).path


def test_a_private_address_is_shown_once_and_ends_when_ines_says_so(
    app: Flask, ines: Person, cleo: Person, browser_of: BrowserOf, stranger: PersonClient
) -> None:
    attempt_that_closes(app, ines, cleo, in_days=20)
    browser = browser_of(ines)
    first = address_shown(browser)
    page = browser.get_page("/calendar")
    assert "You made an address on" in page.text
    assert first not in page.html
    assert events_at(stranger, first).keys() == events_at(browser).keys()
    second = address_shown(browser)
    stranger.get_page(first, expect=404)
    assert len(events_at(stranger, second)) == 1
    browser.post_page("/calendar/feed/removal")
    browser.post_page("/calendar/feed/removal")  # a second click
    stranger.get_page(second, expect=404)
    with app.app_context():
        acts = db.session.scalars(select(AuditEntry.act).filter_by(person_id=ines.id)).all()
        assert db.session.scalar(select(CalendarFeed)) is None
        lines = [str(entry.details) for entry in db.session.scalars(select(AuditEntry))]
    assert [acts.count(f"calendar address {what}") for what in ("made", "ended")] == [2, 1]
    assert not [line for line in lines if first.split("/")[-1] in line]


def test_who_has_left_is_no_longer_read(
    app: Flask, ines: Person, ada: Person, browser_of: BrowserOf, stranger: PersonClient
) -> None:
    address = address_shown(browser_of(ines))
    assert events_at(stranger, address) == {}
    with app.app_context():
        accounts.deactivate(ines, by=ada.id)
    stranger.get_page(address, expect=404)


@pytest.mark.parametrize("address", ["/calendar/feeds/guess.ics", "/calendar/feeds/.ics"])
def test_a_guess_finds_nothing(stranger: PersonClient, address: str) -> None:
    stranger.get_page(address, expect=404)


def test_dates_are_told_in_the_readers_language(
    app: Flask, ines: Person, browser_of: BrowserOf, stranger: PersonClient
) -> None:
    address = address_shown(browser_of(ines))
    with app.app_context():
        accounts.change_profile(ines, name=ines.name, locale="hi")
    with stranger.get(address) as response:
        calendar = Calendar.from_ical(response.get_data())
    assert "ओपन" in str(calendar["x-wr-calname"])
