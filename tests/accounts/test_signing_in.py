"""Signing in and out, and the limits on guessing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.conftest import PASSWORD
from tests.pages import PersonClient
from training.accounts import password_records, records, tries
from training.accounts.models import Person, Role, SignInSession
from training.audit.models import AuditEntry
from training.clock import now
from training.database import db


def acts_of(app: Flask, person: Person) -> list[str]:
    with app.app_context():
        statement = select(AuditEntry.act).filter_by(person_id=person.id)
        return list(db.session.scalars(statement.order_by(AuditEntry.sequence)))


def sign_in(client: PersonClient, person: Person, password: str = PASSWORD, **more: object) -> None:
    client.post_page("/sign-in", {"email": person.email, "password": password}, **more)  # type: ignore[arg-type]


def test_ines_signs_in_and_is_led_home(app: Flask, stranger: PersonClient, ines: Person) -> None:
    page = stranger.post_page("/sign-in", {"email": " Ines@Example.org ", "password": PASSWORD})
    assert page.location == "/home"
    assert "Ines" in stranger.get_page("/home").text
    assert acts_of(app, ines)[-1] == "signed in"


def test_who_is_signed_in_needs_no_sign_in_page(
    ines: Person, browser_of: Callable[[Person], PersonClient]
) -> None:
    assert browser_of(ines).get_page("/sign-in", expect=302).location == "/home"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ines@example.org", "not the password at all"),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("ines@example.org", ""),
        ("x" * 5000, "y" * 5000),
        ("' OR 1=1 --", "' OR 1=1 --"),
    ],
)
def test_what_is_not_right_is_refused_in_the_same_words(
    stranger: PersonClient, ines: Person, email: str, password: str
) -> None:
    page = stranger.post_page("/sign-in", {"email": email, "password": password}, expect=422)
    assert page.errors
    assert PASSWORD not in page.html
    assert stranger.get_page("/home", expect=302).location.startswith("/sign-in")


def test_a_wrong_address_and_a_wrong_password_look_alike(
    stranger: PersonClient, ines: Person
) -> None:
    wrong = "not the password at all"
    known = stranger.post_page("/sign-in", {"email": ines.email, "password": wrong}, expect=422)
    unknown = stranger.post_page("/sign-in", {"email": "a@b.org", "password": wrong}, expect=422)
    assert known.errors == unknown.errors


def test_a_refused_sign_in_is_written_down_without_the_password(
    app: Flask, stranger: PersonClient, ines: Person
) -> None:
    sign_in(stranger, ines, "the wrong secret words", expect=422)
    assert acts_of(app, ines)[-1] == "sign-in refused"
    with app.app_context():
        texts = [str(line.details) for line in db.session.scalars(select(AuditEntry))]
    assert not any("wrong secret" in text for text in texts)


def test_an_account_is_closed_for_a_while_after_ten_misses(
    app: Flask, stranger: PersonClient, ines: Person, otto: Person
) -> None:
    for _ in range(tries.SIGN_IN_PER_ACCOUNT.tries):
        sign_in(stranger, ines, "not the password at all", expect=422)
    sign_in(stranger, ines, expect=429)
    # Somebody else at the same address still gets in.
    sign_in(app.test_client(), otto)
    with time_machine.travel(now() + timedelta(minutes=16)):
        sign_in(stranger, ines)


def test_an_address_is_closed_after_many_misses_on_many_accounts(
    app: Flask, stranger: PersonClient, ines: Person
) -> None:
    with app.app_context():
        for position in range(tries.SIGN_IN_PER_ADDRESS.tries):
            tries.count_try(
                (tries.SIGN_IN_PER_ADDRESS, "127.0.0.1"),
                (tries.SIGN_IN_PER_ACCOUNT, f"{position}@example.org"),
            )
    sign_in(stranger, ines, expect=429)


def test_signing_out_ends_the_session_on_the_server(
    app: Flask, ines: Person, browser_of: Callable[[Person], PersonClient]
) -> None:
    browser = browser_of(ines)
    with browser.session_transaction() as session:
        cookie = dict(session)
    browser.post_page("/sign-out")
    copied = app.test_client()
    with copied.session_transaction() as session:
        session.update(cookie)
    assert copied.get_page("/home", expect=302).location.startswith("/sign-in")
    assert acts_of(app, ines)[-1] == "signed out"


def test_ines_signs_out_everywhere_else(
    app: Flask, ines: Person, browser_of: Callable[[Person], PersonClient]
) -> None:
    library, phone = browser_of(ines), browser_of(ines)
    phone.post_page("/profile/end-sessions")
    phone.get_page("/home")
    assert library.get_page("/home", expect=302).location.startswith("/sign-in")


def test_a_session_lapses_when_nobody_is_seen_for_two_weeks(
    ines: Person, browser_of: Callable[[Person], PersonClient]
) -> None:
    browser = browser_of(ines)
    with time_machine.travel(now() + timedelta(days=13)):
        browser.get_page("/home")  # being seen renews it
    with time_machine.travel(now() + timedelta(days=26)):
        browser.get_page("/home")
    with time_machine.travel(now() + timedelta(days=41)):
        assert browser.get_page("/home", expect=302).location.startswith("/sign-in")


def test_being_seen_is_not_written_at_every_page(
    app: Flask, ines: Person, browser_of: Callable[[Person], PersonClient]
) -> None:
    browser = browser_of(ines)

    def last_seen() -> object:
        with app.app_context():
            return db.session.scalar(select(SignInSession.last_seen_at))

    before = last_seen()
    browser.get_page("/home")
    assert last_seen() == before
    with time_machine.travel(now() + timedelta(minutes=6)):
        browser.get_page("/home")
        assert last_seen() != before


def test_the_cookie_lasts_from_the_last_day_it_was_used(
    stranger: PersonClient, ines: Person
) -> None:
    noon = now().replace(hour=12)

    def expires(at: datetime) -> datetime | None:
        with time_machine.travel(at):
            stranger.get_page("/home")
        cookie = stranger.get_cookie("session")
        return cookie.expires if cookie else None

    with time_machine.travel(noon):
        sign_in(stranger, ines)
    first = expires(noon + timedelta(minutes=1))
    assert first is not None
    assert expires(noon + timedelta(hours=2)) == first
    tomorrow = expires(noon + timedelta(days=1))
    assert tomorrow is not None
    assert tomorrow >= first + timedelta(hours=23)


def test_a_deactivated_person_is_signed_out_and_stays_out(
    app: Flask,
    ines: Person,
    ada: Person,
    stranger: PersonClient,
    browser_of: Callable[[Person], PersonClient],
) -> None:
    browser = browser_of(ines)
    with app.app_context():
        records.deactivate(ines, by=ada.id)
    assert browser.get_page("/home", expect=302).location.startswith("/sign-in")
    sign_in(stranger, ines, expect=422)
    with app.app_context():
        records.reactivate(ines, by=ada.id)
    sign_in(stranger, ines)


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/profile", "/profile"),
        ("/modules?x=1", "/modules?x=1"),
        ("https://evil.example/", "/home"),
        ("//evil.example/", "/home"),
        ("/\\evil.example", "/home"),
        ("/\n\\evil.example", "/home"),
        ("javascript:alert(1)", "/home"),
        ("", "/home"),
    ],
)
def test_after_signing_in_one_is_led_to_own_pages_only(
    stranger: PersonClient, ines: Person, wanted: str, led_to: str
) -> None:
    page = stranger.post(
        "/sign-in", query_string={"next": wanted}, data={"email": ines.email, "password": PASSWORD}
    )
    assert page.location == led_to


def test_a_stranger_is_led_to_the_page_they_wanted(stranger: PersonClient, ines: Person) -> None:
    refused = stranger.get_page("/profile", expect=302)
    page = stranger.post_page(
        refused.location, {"email": ines.email, "password": PASSWORD}, follow=True
    )
    assert page.heading == "Your profile"


def test_no_demonstration_account_is_shown_outside_a_demonstration(
    stranger: PersonClient, make_person: Callable[..., Person]
) -> None:
    make_person("Somebody", Role.RATER)
    assert "demonstration" not in stranger.get_page("/sign-in").text.lower()


def test_an_old_hash_is_renewed_when_its_owner_signs_in(
    app: Flask, ines: Person, stranger: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        before = db.session.get_one(Person, ines.id).password_hash
    monkeypatch.setattr(password_records, "is_outdated", lambda _hash: True)
    sign_in(stranger, ines)
    with app.app_context():
        after = db.session.get_one(Person, ines.id).password_hash
    assert before != after
    sign_in(app.test_client(), ines)
