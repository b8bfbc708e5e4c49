"""Joining, inviting and closing at the very same moment."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from tests.at_once import at_once, inside
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.accounts.records import find_person, find_person_by_email
from training.cohorts import invitation_records, records
from training.cohorts.models import Cohort, CohortMember
from training.database import db


def members(app: Flask, cohort: Cohort) -> list[object]:
    with app.app_context():
        return list(
            db.session.scalars(select(CohortMember.person_id).filter_by(cohort_id=cohort.id))
        )


def test_a_double_click_on_join_is_joining_once(
    app: Flask, cohort: Cohort, otto: Person, browser_of: Callable[[Person], PersonClient]
) -> None:
    first, second = browser_of(otto), browser_of(otto)

    def click(browser: PersonClient) -> Callable[[], int]:
        return lambda: browser.post("/join", data={"code": cohort.code}).status_code

    assert at_once(click(first), click(second)) == [302, 302]
    assert members(app, cohort).count(otto.id) == 1


def test_closing_while_somebody_accepts_ends_in_one_of_two_ways(
    app: Flask, cohort: Cohort, tamar: Person
) -> None:
    with app.test_request_context():
        _, letter = invitation_records.invite(
            "noor@example.org",
            Role.RATER,
            cohort=cohort,
            by=tamar,
            address_of="TOKEN",
        )
        token = next(
            line for line in letter.body.splitlines() if len(line) > 40 and " " not in line
        )

    def accept() -> Person | None:
        return invitation_records.accept_as_new_person(token, name="Noor", password_hash="x")

    def close() -> None:
        trainer = find_person(tamar.id)
        assert trainer is not None
        records.close(cohort, by=trainer)

    accepted, _ = at_once(inside(app, accept), inside(app, close))
    with app.app_context():
        noor = find_person_by_email("noor@example.org")
        assert (noor is not None) == (accepted is not None)
    assert len(members(app, cohort)) == (2 if accepted else 1)


def test_who_is_invited_and_reads_hindi_goes_on_in_hindi(
    app: Flask, cohort: Cohort, tamar: Person, stranger: PersonClient
) -> None:
    with app.test_request_context():
        _, letter = invitation_records.invite(
            "noor@example.org", Role.RATER, cohort=cohort, by=tamar, address_of="/join/TOKEN"
        )
        address = next(line for line in letter.body.splitlines() if line.startswith("/join/"))
    stranger.post_page("/language", {"language": "hi"})
    password = "seven herons waded past the mill"
    form = {"name": "Noor", "password": password, "password_again": password}
    stranger.post_page(address, form)
    with app.app_context():
        noor = find_person_by_email("noor@example.org")
        assert noor is not None
        assert noor.locale == "hi"
