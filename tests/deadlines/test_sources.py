"""Every kind of day that matters to somebody, until it has passed or there is nothing to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import select

from tests.certification import stories
from tests.deadlines.test_dates import events_at
from tests.pack import PRACTICE
from tests.pages import PersonClient
from tests.panels.life import draft_of, opened_panel, rate, submit
from tests.panels.stories import make_experts
from training.accounts.models import Person, Role
from training.accounts.records import withdraw_role
from training.certification.attempts.eligibility import RENEWAL_WINDOW
from training.certification.models import Certificate
from training.certification.reviews import acts as reviews
from training.clock import now
from training.cohorts.guidance.due_date_records import set_due_date
from training.cohorts.guidance.due_dates import DueKind, Task
from training.cohorts.models import Cohort
from training.database import db
from training.deadlines.records import events_of
from training.windows import end_of_day

BrowserOf = Callable[[Person], PersonClient]


def names_of(app: Flask, person: Person, **later: float) -> list[str]:
    """The kinds of what is still to come, in their order, seen from so much later."""
    with app.app_context(), app.test_request_context():
        found = db.session.get_one(Person, person.id)
        return [event.name for event in events_of(found, at=now() + timedelta(**later))]


def test_a_panel_has_one_date_for_all_its_vignettes_until_they_are_rated(
    app: Flask,
    cleo: Person,
    make_person: Callable[..., Person],
    browser_of: BrowserOf,
) -> None:
    experts = make_experts(make_person)
    emeka, freya = experts[:2]
    panel_id = opened_panel(app, experts, chair=emeka, by=cleo, slugs=PRACTICE[:2], in_days=14)
    due = f"panel-{panel_id}-due"
    assert names_of(app, emeka) == [due]
    assert names_of(app, cleo) == []
    browser = browser_of(freya)
    page = browser.get_page("/calendar")
    assert "Your ratings for a panel are due: Spring panel" in page.text
    assert page.has_link_to(f"/panels/{panel_id}")
    ((name, event),) = events_at(browser).items()
    assert name.startswith(due)
    assert event.start == end_of_day((now() + timedelta(days=14)).date()).replace(microsecond=0)

    rate(app, panel_id, emeka, slug=PRACTICE[0])
    assert names_of(app, emeka) == [due], "one vignette waits"
    draft = draft_of(app, panel_id, emeka, PRACTICE[1])
    assert names_of(app, emeka) == [due], "it is saved and not submitted"
    submit(app, draft)
    assert names_of(app, emeka) == []
    assert names_of(app, freya, days=15) == [], "the day has passed"
    with app.app_context():
        withdraw_role(freya, Role.EXPERT, by=None)
    assert names_of(app, freya) == []


def test_days_of_every_kind_stand_in_one_order_and_go_one_after_the_other(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, cleo: Person
) -> None:
    with app.app_context():
        reviews.sign(stories.decided_attempt(ines), certifier=cleo)
        certificate = db.session.scalars(select(Certificate)).one()
        lasts = certificate.valid_until - now()
        for task, day in (
            (Task(DueKind.MODULE, "second-things"), certificate.valid_until),
            (Task(DueKind.MODULE, "first-things"), now() + timedelta(days=5)),
        ):
            set_due_date(cohort, task, day.date(), by=tamar)
    number = certificate.number
    soon, renewable, expires, late = names_of(app, ines)
    assert soon.startswith("due-")
    assert late.startswith("due-")
    assert (renewable, expires) == (
        f"certificate-{number}-renewable",
        f"certificate-{number}-expires",
    )
    assert names_of(app, ines, days=6) == [renewable, expires, late]
    until_window = (lasts - RENEWAL_WINDOW).total_seconds()
    assert names_of(app, ines, seconds=until_window - 60) == [renewable, expires, late]
    assert names_of(app, ines, seconds=until_window + 60) == [expires, late]
    assert names_of(app, ines, seconds=lasts.total_seconds() + 1) == [late]
    assert names_of(app, ines, days=lasts.days + 2) == []


def test_the_moment_itself_is_no_longer_to_come(app: Flask, ines: Person, cleo: Person) -> None:
    with app.app_context():
        reviews.sign(stories.decided_attempt(ines), certifier=cleo)
        certificate = db.session.scalars(select(Certificate)).one()
    with app.app_context(), app.test_request_context():
        person = db.session.get_one(Person, ines.id)
        second = timedelta(seconds=1)
        begins, ends = certificate.valid_until - RENEWAL_WINDOW, certificate.valid_until
        assert [len(events_of(person, at=at)) for at in (begins - second, begins)] == [2, 1]
        assert [len(events_of(person, at=at)) for at in (ends - second, ends)] == [1, 0]
        with time_machine.travel(ends):
            assert events_of(person, at=now()) == []
