"""Joining by code and by invitation."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.conftest import PASSWORD
from tests.pages import PersonClient
from tests.this_moment import just_before
from training.accounts import tries
from training.accounts.models import Person, Role
from training.accounts.records import find_person_by_email, open_sessions
from training.clock import now
from training.cohorts import invitation_records
from training.cohorts import records as cohorts
from training.cohorts.models import Cohort, CohortMember, Invitation
from training.database import db

NEW_PERSON = {
    "name": "Noor Haddad",
    "email": "noor@example.org",
    "password": PASSWORD,
    "password_again": PASSWORD,
}


def invite(app: Flask, by: Person, email: str, role: Role, cohort: Cohort | None = None) -> str:
    """Invite somebody and return the address in the letter."""
    with app.test_request_context():
        _, letter = invitation_records.invite(
            email, role, cohort=cohort, by=by, address_of="http://localhost/join/TOKEN"
        )
        found = re.search(r"http://localhost(/join/\S+)", letter.body)
        assert found
        assert letter.recipient == email
        return found[1]


def members(app: Flask, cohort: Cohort) -> set[str]:
    with app.app_context():
        statement = select(Person.email).join(CohortMember).filter_by(cohort_id=cohort.id)
        return set(db.session.scalars(statement))


def test_noor_joins_with_a_code_however_she_types_it(
    app: Flask, stranger: PersonClient, cohort: Cohort
) -> None:
    code = f" {str(cohort.code).lower().replace('-', ' ')} "
    page = stranger.post_page("/join", NEW_PERSON | {"code": code}, follow=True)
    assert "You have joined Autumn group." in page.text
    assert "noor@example.org" in members(app, cohort)
    with app.app_context():
        person = find_person_by_email("noor@example.org")
        assert person is not None
        assert person.roles == {Role.RATER}


def test_a_wrong_code_keeps_what_was_typed(stranger: PersonClient, cohort: Cohort) -> None:
    page = stranger.post_page("/join", NEW_PERSON | {"code": "XXXX-XXXX"}, expect=422)
    assert "No open cohort has this code" in page.errors
    assert page.soup.select_one("input[name=name]")["value"] == "Noor Haddad"  # type: ignore[index]
    assert PASSWORD not in page.html


def test_every_mistake_is_named_at_once(stranger: PersonClient, cohort: Cohort) -> None:
    page = stranger.post_page("/join", {"code": "", "email": "not an address"}, expect=422)
    for expected in ("code", "name", "e-mail address", "password"):
        assert expected in page.errors.lower()
    targets = [link["href"] for link in page.soup.select(".error-summary a")]
    assert targets == ["#code", "#name", "#email", "#password"] or len(targets) >= 4


def test_two_passwords_that_differ_are_refused(stranger: PersonClient, cohort: Cohort) -> None:
    data = NEW_PERSON | {"code": cohort.code, "password_again": "something else entirely"}
    assert "not the same" in stranger.post_page("/join", data, expect=422).errors


def test_an_address_that_is_taken_is_told_to_sign_in(
    stranger: PersonClient, cohort: Cohort, otto: Person
) -> None:
    data = NEW_PERSON | {"code": cohort.code, "email": otto.email.upper()}
    assert "Sign in first" in stranger.post_page("/join", data, expect=422).errors


def test_otto_joins_with_the_account_he_has(
    app: Flask, cohort: Cohort, otto: Person, browser_of: Callable[[Person], PersonClient]
) -> None:
    browser = browser_of(otto)
    assert browser.get_page("/join").soup.select_one("input[name=password]") is None
    assert "No open cohort" in browser.post_page("/join", {"code": "nope"}, expect=422).errors
    for _ in range(2):  # joining twice is joining once
        browser.post_page("/join", {"code": cohort.code})
    assert otto.email in members(app, cohort)


def test_codes_cannot_be_guessed_for_ever(stranger: PersonClient, cohort: Cohort) -> None:
    data = NEW_PERSON | {"code": "XXXX-XXXX"}
    for _ in range(tries.JOIN_PER_ADDRESS.tries):
        stranger.post_page("/join", data, expect=422)
    stranger.post_page("/join", NEW_PERSON | {"code": cohort.code}, expect=429)


def test_an_invited_expert_accepts(app: Flask, stranger: PersonClient, ada: Person) -> None:
    address = invite(app, ada, "noor@example.org", Role.EXPERT)
    assert "noor@example.org" in stranger.get_page(address).text
    page = stranger.post_page(address, NEW_PERSON, follow=True)
    assert "Welcome, Noor Haddad." in page.text
    with app.app_context():
        person = find_person_by_email("noor@example.org")
        assert person is not None
        assert person.roles == {Role.EXPERT}
    assert "cannot be used" in app.test_client().get_page(address, expect=404).heading


def test_an_invitation_to_a_cohort_joins_it(
    app: Flask, stranger: PersonClient, tamar: Person, cohort: Cohort
) -> None:
    address = invite(app, tamar, "noor@example.org", Role.RATER, cohort)
    assert "Autumn group" in stranger.get_page(address).text
    stranger.post_page(address, NEW_PERSON)
    assert "noor@example.org" in members(app, cohort)


def test_bad_input_leaves_the_invitation_open(
    app: Flask, stranger: PersonClient, ada: Person
) -> None:
    address = invite(app, ada, "noor@example.org", Role.RATER)
    short = {"name": "Noor", "password": "short", "password_again": "short"}
    page = stranger.post_page(address, short, expect=422)
    assert "at least 15 characters" in page.errors
    stranger.post_page(address, NEW_PERSON)


def test_an_invitation_lapses(app: Flask, stranger: PersonClient, ada: Person) -> None:
    address = invite(app, ada, "noor@example.org", Role.RATER)
    with time_machine.travel(now() + timedelta(days=31)):
        stranger.get_page(address, expect=404)
        stranger.post_page(address, NEW_PERSON, expect=404)


def test_a_withdrawn_invitation_is_refused(app: Flask, stranger: PersonClient, ada: Person) -> None:
    address = invite(app, ada, "noor@example.org", Role.RATER)
    with app.app_context():
        db.session.scalars(select(Invitation)).one().withdrawn_at = now()
        db.session.commit()
    stranger.get_page(address, expect=404)


def test_an_invented_link_is_refused(stranger: PersonClient) -> None:
    stranger.get_page("/join/no-such-token", expect=404)


def test_who_has_an_account_signs_in_and_accepts(
    app: Flask,
    stranger: PersonClient,
    ada: Person,
    otto: Person,
    ines: Person,
    browser_of: Callable[[Person], PersonClient],
) -> None:
    address = invite(app, ada, otto.email, Role.TRAINER)
    assert stranger.get_page(address, expect=302).location.startswith("/sign-in")
    browser_of(ines).get_page(address, expect=403)  # it is not hers
    browser = browser_of(otto)
    assert browser.get_page(address).heading == "You are invited"
    browser.post_page(address)
    with app.app_context():
        person = find_person_by_email(otto.email)
        assert person is not None
        assert person.roles == {Role.RATER, Role.TRAINER}
    browser.get_page(address, expect=404)


def test_who_accepts_in_a_browser_of_somebody_else_signs_them_out(
    app: Flask, ada: Person, tamar: Person, browser_of: Callable[[Person], PersonClient]
) -> None:
    """Tamar has left her browser open, and Noor opens the letter in it."""
    address = invite(app, ada, "noor@example.org", Role.EXPERT)
    browser = browser_of(tamar)
    page = browser.post_page(address, NEW_PERSON, follow=True)
    assert "Welcome, Noor Haddad." in page.text
    assert "Noor Haddad" in browser.get_page("/profile").html
    with app.app_context():
        noor = find_person_by_email("noor@example.org")
        assert noor is not None
        assert len(open_sessions(noor.id)) == 1
        assert open_sessions(tamar.id) == []


@pytest.mark.parametrize("name", ["join_as_new_person", "join_open"])
def test_a_cohort_that_is_closed_while_somebody_joins_takes_nobody_in(
    app: Flask,
    stranger: PersonClient,
    cohort: Cohort,
    tamar: Person,
    otto: Person,
    browser_of: Callable[[Person], PersonClient],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """Tamar closes it while the password is hashed; somebody with an account is as late."""
    before = members(app, cohort)
    just_before(monkeypatch, cohorts, name, lambda: cohorts.close(cohort, by=tamar))
    browser = stranger if name == "join_as_new_person" else browser_of(otto)
    page = browser.post_page("/join", NEW_PERSON | {"code": cohort.code}, expect=422)
    assert "No open cohort has this code." in page.errors
    assert members(app, cohort) == before
    with app.app_context():
        assert find_person_by_email(NEW_PERSON["email"]) is None


def test_nobody_is_invited_to_a_cohort_that_is_closed_meanwhile(
    app: Flask,
    cohort: Cohort,
    tamar: Person,
    browser_of: Callable[[Person], PersonClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = browser_of(tamar)
    just_before(
        monkeypatch, invitation_records, "invite_several", lambda: cohorts.close(cohort, by=tamar)
    )
    address = f"/cohorts/{cohort.id}/invitations"
    browser.post_page(address, {"addresses": "noor@example.org"}, expect=409)
    with app.app_context():
        assert db.session.query(Invitation).count() == 0
