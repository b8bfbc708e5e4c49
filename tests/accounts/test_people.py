"""Roles, closing accounts, sessions, and what is kept of a secret."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text

from tests.accounts.test_joining import NEW_PERSON, invite
from tests.conftest import PASSWORD
from tests.databases import make_app
from tests.pages import PersonClient
from training.accounts import password_records, passwords, records, tries
from training.accounts.models import Person, Role, SignInSession, Try
from training.accounts.records import EmailTakenError, LastAdministratorError
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.clock import now
from training.config import Config
from training.database import db

BrowserOf = Callable[[Person], PersonClient]
OTHER = "a lantern under nineteen bridges"


@pytest.fixture
def in_app(app: Flask) -> Iterator[None]:
    """Behind the pages, for a whole test; not for tests that open a browser too."""
    with app.app_context():
        yield


def stored(person: Person) -> Person:
    return db.session.get_one(Person, person.id, populate_existing=True)


def details_of(act: Act) -> list[dict[str, Any]]:
    lines = select(AuditEntry).filter_by(act=act.value).order_by(AuditEntry.sequence)
    return [line.details for line in db.session.scalars(lines)]


@pytest.mark.usefixtures("in_app")
def test_setting_roles_gives_and_takes_and_writes_down_only_what_changed(
    ada: Person, otto: Person
) -> None:
    before = len(details_of(Act.ROLE_GRANTED))
    records.set_roles(otto, frozenset({Role.TRAINER, Role.EXPERT}), by=ada.id)
    assert stored(otto).roles == {Role.TRAINER, Role.EXPERT}
    assert details_of(Act.ROLE_GRANTED)[before:] == [{"role": "expert"}, {"role": "trainer"}]
    assert details_of(Act.ROLE_WITHDRAWN) == [{"role": "rater"}]
    records.set_roles(otto, frozenset({Role.TRAINER, Role.EXPERT}), by=ada.id)
    assert len(details_of(Act.ROLE_GRANTED)) == before + 2
    assert len(details_of(Act.ROLE_WITHDRAWN)) == 1


@pytest.mark.usefixtures("in_app")
def test_roles_are_set_from_what_is_stored_and_not_from_what_was_read_earlier(
    ada: Person, otto: Person
) -> None:
    # Somebody else gave Otto a role since this page was loaded.
    db.session.expunge_all()
    records.grant_role(otto, Role.CERTIFIER, by=ada.id)
    assert otto.roles == {Role.RATER}  # the object of before
    records.set_roles(otto, frozenset({Role.RATER}), by=ada.id)
    assert stored(otto).roles == {Role.RATER}


@pytest.mark.usefixtures("in_app")
def test_everybody_may_lose_every_role_but_the_last_administrator(
    ada: Person, otto: Person
) -> None:
    records.set_roles(otto, frozenset(), by=ada.id)
    assert stored(otto).roles == frozenset()
    with pytest.raises(LastAdministratorError):
        records.set_roles(ada, frozenset({Role.RATER}), by=ada.id)
    with pytest.raises(LastAdministratorError):
        records.deactivate(ada, by=ada.id)
    # The whole act is undone, also the role that was given before the refusal.
    assert stored(ada).roles == {Role.ADMINISTRATOR}
    assert stored(ada).is_active
    assert details_of(Act.PERSON_DEACTIVATED) == []


@pytest.mark.usefixtures("in_app")
def test_a_closed_account_does_not_count_as_an_administrator(
    ada: Person, make_person: Callable[..., Person]
) -> None:
    bea = make_person("Bea", Role.ADMINISTRATOR)
    records.deactivate(bea, by=ada.id)
    with pytest.raises(LastAdministratorError):
        records.withdraw_role(ada, Role.ADMINISTRATOR, by=ada.id)
    records.reactivate(bea, by=ada.id)
    records.withdraw_role(ada, Role.ADMINISTRATOR, by=bea.id)


@pytest.mark.usefixtures("in_app")
def test_an_address_is_one_address_however_it_is_written(ines: Person) -> None:
    with pytest.raises(EmailTakenError):
        records.add_person(email=" INES@Example.org ", name="I", roles=(), by=None)
    found = records.find_person_by_email(" iNes@example.ORG")
    assert found is not None
    assert found.id == ines.id


@pytest.mark.usefixtures("in_app")
def test_closing_an_account_says_how_many_browsers_it_signed_out(ada: Person, ines: Person) -> None:
    for browser in ("library", "phone", "x" * 5000):
        records.start_session(ines, browser=browser)
    assert [len(row.browser) for row in records.open_sessions(ines.id)] == [300, 5, 7]
    records.deactivate(ines, by=ada.id)
    assert records.open_sessions(ines.id) == []
    assert details_of(Act.SESSIONS_ENDED) == [{"number": 3}]
    assert records.end_sessions(ines.id, by=ada.id) == 0


@pytest.mark.usefixtures("in_app")
def test_ending_sessions_counts_them_and_leaves_the_one_in_use(ines: Person, otto: Person) -> None:
    first, second, third = (records.start_session(ines, browser=f"{n}") for n in range(3))
    records.start_session(otto, browser="his")
    records.end_session(first)
    ended = records.end_sessions(ines.id, by=ines.id, except_id=second.session_id)
    assert ended == 1  # the third; the first was ended already
    assert records.find_signed_in(third.token) is None
    assert records.find_signed_in(second.token) is not None
    assert len(records.open_sessions(otto.id)) == 1


def test_no_secret_stands_in_the_database(app: Flask, ada: Person, ines: Person) -> None:
    """Whoever reads a copy of the database can neither sign in nor use a link."""
    invitation = invite(app, ada, "noor@example.org", Role.RATER).rpartition("/")[2]
    with app.app_context():
        cookie = records.start_session(ines, browser="a test").token
        letter = password_records.ask_for_reset(ines.email, address_of="https://r.example/TOKEN")
        assert letter is not None
        found = re.search(r"https://r\.example/(\S+)", letter.body)
        assert found
        # The outbox holds letters, and with them links: it is what an administrator reads out.
        tables = [table for table in db.metadata.sorted_tables if table.name != "letter"]
        rows = [str(row) for table in tables for row in db.session.execute(select(table))]
    for secret in (invitation, cookie, found[1], PASSWORD):
        assert len(secret) > 30
        assert not [row for row in rows if secret in row]
        if secret != PASSWORD:
            assert [row for row in rows if records.digest_of_token(secret) in row]


def test_a_copied_cookie_is_worth_nothing_after_a_new_password(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    browser, thief = browser_of(ines), app.test_client()
    stolen = browser_of(ines)
    with stolen.session_transaction() as session:
        cookie = dict(session)
    with thief.session_transaction() as session:
        session.update(cookie)
    thief.get_page("/profile")
    new = {"current_password": PASSWORD, "password": OTHER, "password_again": OTHER}
    browser.post_page("/profile/password", new)
    browser.get_page("/profile")
    assert thief.get_page("/profile", expect=302).location.startswith("/sign-in")
    # Neither does the thief choose a password with the old one.
    thief.post_page("/profile/password", new, expect=302)
    with app.app_context():
        assert password_records.check_password(ines.email, OTHER) is not None


def test_signing_in_gives_the_browser_another_session_than_before(
    app: Flask, ines: Person, stranger: PersonClient
) -> None:
    """What somebody planted in this browser before does not outlive signing in."""
    with stranger.session_transaction() as session:
        session.update({"planted": "yes", "_user_id": "a token they know", "language": "hi"})
    stranger.post_page("/sign-in", {"email": ines.email, "password": PASSWORD})
    with stranger.session_transaction() as session:
        assert "planted" not in session
        assert session["_user_id"] != "a token they know"
        assert session["language"] == "hi"


def test_who_signs_in_while_a_hash_is_under_way_waits_and_gets_in(
    app: Flask, ines: Person, stranger: PersonClient
) -> None:
    led_to = []

    def sign_in() -> None:
        page = stranger.post_page("/sign-in", {"email": ines.email, "password": PASSWORD})
        led_to.append(page.location)

    thread = threading.Thread(target=sign_in)
    with passwords._hashing:
        thread.start()
        time.sleep(0.3)
        assert led_to == []
        # Pages that hash nothing are not held up.
        app.test_client().get_page("/about")
    thread.join(timeout=20)
    assert led_to == ["/home"]


def test_a_hash_that_fails_gives_its_turn_back(
    app: Flask, ines: Person, stranger: PersonClient
) -> None:
    with app.app_context():
        for _ in range(5):
            assert not passwords.is_right_password("$argon2id$broken", PASSWORD)
    stranger.post_page("/sign-in", {"email": ines.email, "password": PASSWORD})


def test_tries_of_yesterday_are_forgotten(app: Flask) -> None:
    def count() -> int:
        return db.session.scalar(select(func.count()).select_from(Try)) or 0

    pair = (tries.SIGN_IN_PER_ACCOUNT, "ines@example.org")
    with app.app_context():
        for _ in range(3):
            tries.count_try(pair)
        assert count() == 3
        with time_machine.travel(now() + timedelta(hours=23)):
            tries.count_try(pair)
            assert count() == 4
        with time_machine.travel(now() + timedelta(hours=25)):
            tries.count_try(pair)
            assert count() == 2


def test_a_try_does_not_name_who_tried(app: Flask) -> None:
    with app.app_context():
        tries.count_try((tries.SIGN_IN_PER_ACCOUNT, "Ines@example.org "))
        row = db.session.scalars(select(Try)).one()
        assert "ines" not in f"{row.kind} {row.subject_digest}".lower()
        limit = tries.Limit("sign-in account", 1, timedelta(minutes=15))
        assert tries.is_exhausted(limit, "ines@example.org")
        assert not tries.is_exhausted(limit, "otto@example.org")


def test_limits_are_counted_across_all_processes(
    app: Flask, ines: Person, stranger: PersonClient
) -> None:
    """Two applications on one database: whoever guesses at both is counted once."""
    config: Config = app.extensions["config"]
    another = make_app(config.database_url, config.instance_path)
    another.test_client_class = PersonClient
    browsers = (stranger, another.test_client())
    guess = {"email": ines.email, "password": "not the password at all"}
    for position in range(tries.SIGN_IN_PER_ACCOUNT.tries):
        browsers[position % 2].post_page("/sign-in", guess, expect=422)
    for browser in browsers:
        right = {"email": ines.email, "password": PASSWORD}
        browser.post_page("/sign-in", right, expect=429)
    with another.app_context():
        db.engine.dispose()


def test_a_guess_that_was_right_costs_no_try(app: Flask, ines: Person) -> None:
    for _ in range(tries.SIGN_IN_PER_ACCOUNT.tries + 2):
        client = app.test_client()
        client.post_page("/sign-in", {"email": ines.email, "password": PASSWORD})
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Try)) == 0
        statement = select(func.count()).select_from(SignInSession)
        assert db.session.scalar(statement) == tries.SIGN_IN_PER_ACCOUNT.tries + 2


def test_an_invitation_withdrawn_while_its_page_is_open_says_so(
    app: Flask,
    ada: Person,
    otto: Person,
    browser_of: BrowserOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Otto pressed the button; the invitation was withdrawn between the look and the act."""
    from training.cohorts import invitation_records

    address = invite(app, ada, otto.email, Role.TRAINER)
    accept = invitation_records.accept_with_account

    def withdrawn_first(token: str, person: Person) -> bool:
        db.session.execute(text("UPDATE invitation SET withdrawn_at = invited_at"))
        db.session.commit()
        return accept(token, person)

    monkeypatch.setattr(invitation_records, "accept_with_account", withdrawn_first)
    page = browser_of(otto).post_page(address, expect=404)
    assert page.heading == "This invitation cannot be used"
    with app.app_context():
        assert stored(otto).roles == {Role.RATER}


def test_who_is_invited_under_an_address_that_joined_since_is_led_to_sign_in(
    app: Flask,
    ada: Person,
    stranger: PersonClient,
    make_person: Callable[..., Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from training.accounts import views

    address = invite(app, ada, "noor@example.org", Role.EXPERT)
    monkeypatch.setattr(views, "hash_password", lambda _: make_person("Noor") and "a hash")
    assert stranger.post_page(address, NEW_PERSON, expect=302).location == address
    assert stranger.get_page(address, expect=302).location.startswith("/sign-in")
