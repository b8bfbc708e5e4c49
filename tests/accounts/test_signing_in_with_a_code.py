"""The second step of signing in: what it takes, what it refuses, and what it never opens."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests import second_factors
from tests.conftest import PASSWORD
from tests.pages import PersonClient
from training.accounts import password_records, records, second_factor, second_factor_records, tries
from training.accounts.models import Person, SignInSession
from training.audit.models import AuditEntry
from training.clock import now
from training.database import db

CODE_PAGE = "/sign-in/code"
OTHER = "a lantern under nineteen bridges"
WRONG = "000000"


@pytest.fixture(autouse=True)
def ines_has_a_second_factor(app: Flask, ines: Person) -> None:
    second_factors.give(app, ines)


def first_step(
    client: PersonClient, person: Person, *, next_page: str = "", password: str = PASSWORD
) -> None:
    with client.post(
        "/sign-in",
        query_string={"next": next_page} if next_page else None,
        data={"email": person.email, "password": password},
    ) as response:
        assert response.location == CODE_PAGE


def refused(client: PersonClient, code: str) -> str:
    page = client.post_page(CODE_PAGE, {"code": code}, expect=422)
    assert client.get_page("/home", expect=302).location.startswith("/sign-in")
    return page.errors


def code_at(moment: datetime) -> str:
    """What the app of everybody in the tests shows at a moment."""
    return second_factor.code_of_step(second_factors.SECRET, second_factor.step_at(moment))


def acts_of(app: Flask, person: Person) -> list[str]:
    with app.app_context():
        statement = select(AuditEntry.act).filter_by(person_id=person.id)
        return list(db.session.scalars(statement.order_by(AuditEntry.sequence)))


def test_ines_is_asked_for_a_code_and_led_to_the_page_she_wanted(
    app: Flask, stranger: PersonClient, ines: Person
) -> None:
    first_step(stranger, ines, next_page="/profile")
    page = stranger.get_page(CODE_PAGE)
    field = page.soup.select_one("#code")
    assert field is not None
    assert field["autocomplete"] == "one-time-code"
    assert field["inputmode"] == "numeric"
    page = stranger.post_page(CODE_PAGE, {"code": second_factors.code_of(app, ines)})
    assert page.location == "/profile"
    stranger.get_page("/profile")
    assert acts_of(app, ines)[-1] == "signed in"


def test_a_password_alone_opens_no_page(app: Flask, stranger: PersonClient, ines: Person) -> None:
    first_step(stranger, ines)
    for address in ("/home", "/profile", "/modules", "/profile/second-factor", "/practice"):
        assert stranger.get_page(address, expect=302).location.startswith("/sign-in?next=")
    assert stranger.post_page("/profile/end-sessions").location.startswith("/sign-in")
    with app.app_context():
        assert db.session.scalar(select(SignInSession)) is None
    assert "signed in" not in acts_of(app, ines)


def test_without_the_first_step_there_is_no_second(
    app: Flask, stranger: PersonClient, ines: Person
) -> None:
    assert stranger.get_page(CODE_PAGE, expect=302).location == "/sign-in"
    page = stranger.post_page(CODE_PAGE, {"code": second_factors.code_of(app, ines)})
    assert page.location == "/sign-in"
    stranger.get_page("/home", expect=302)


def test_whoever_has_none_is_asked_for_none(stranger: PersonClient, otto: Person) -> None:
    page = stranger.post_page("/sign-in", {"email": otto.email, "password": PASSWORD})
    assert page.location == "/home"


@pytest.mark.parametrize(
    "code", ["", WRONG, "abcdef", "12345", "1234567", "' OR 1=1 --", "9" * 59, "१२३", "x" * 5000]
)
def test_what_is_no_code_is_refused(
    app: Flask, stranger: PersonClient, ines: Person, code: str
) -> None:
    first_step(stranger, ines)
    assert refused(stranger, code)
    stranger.post_page(CODE_PAGE, {"code": second_factors.code_of(app, ines)})


def test_a_refused_code_is_written_down_without_it(
    app: Flask, stranger: PersonClient, ines: Person
) -> None:
    first_step(stranger, ines)
    refused(stranger, "135791")
    assert acts_of(app, ines)[-1] == "code refused"
    with app.app_context():
        lines = list(db.session.scalars(select(AuditEntry)))
    assert not [line for line in lines if "135791" in f"{line.subject} {line.details}"]


def test_a_code_works_once_also_in_another_browser(
    app: Flask, stranger: PersonClient, ines: Person
) -> None:
    code = second_factors.code_of(app, ines)
    first_step(stranger, ines)
    stranger.post_page(CODE_PAGE, {"code": code})
    thief = app.test_client()
    first_step(thief, ines)
    assert "was used before" in refused(thief, code)


def test_after_a_code_no_earlier_one_works(
    app: Flask, stranger: PersonClient, ines: Person
) -> None:
    moment = now()
    first_step(stranger, ines)
    stranger.post_page(CODE_PAGE, {"code": code_at(moment)})
    thief = app.test_client()
    first_step(thief, ines)
    refused(thief, code_at(moment - timedelta(seconds=30)))


@pytest.mark.parametrize(
    ("seconds", "works"), [(-70, False), (-30, True), (0, True), (30, True), (70, False)]
)
def test_a_clock_may_be_half_a_minute_off(
    stranger: PersonClient, ines: Person, seconds: int, works: bool
) -> None:
    with time_machine.travel(now(), tick=False):
        first_step(stranger, ines)
        code = code_at(now() + timedelta(seconds=seconds))
        stranger.post_page(CODE_PAGE, {"code": code}, expect=302 if works else 422)


def test_somebody_elses_code_is_not_ones_own(
    app: Flask, stranger: PersonClient, ines: Person, otto: Person
) -> None:
    with app.app_context():
        secret = second_factor.new_secret()
        second_factor_records.add_known(otto, secret)
        theirs = second_factor_records.make_recovery_codes(otto)
    first_step(stranger, ines)
    code = second_factor.next_code(secret, at=now(), after=0)
    assert code
    refused(stranger, code)
    refused(stranger, theirs[0])
    with app.app_context():
        assert second_factor_records.recovery_codes_left(otto.id) == 10


def test_a_recovery_code_works_once(app: Flask, stranger: PersonClient, ines: Person) -> None:
    with app.app_context():
        codes = second_factor_records.make_recovery_codes(ines)
    first_step(stranger, ines)
    page = stranger.post_page(CODE_PAGE, {"code": codes[0]}, follow=True)
    assert "You used a recovery code. 9 are left." in page.text
    thief = app.test_client()
    first_step(thief, ines)
    refused(thief, codes[0])
    thief.post_page(CODE_PAGE, {"code": codes[1]})
    assert acts_of(app, ines).count("recovery code used") == 2


def test_half_a_sign_in_lapses_after_five_minutes(
    app: Flask, stranger: PersonClient, ines: Person
) -> None:
    first_step(stranger, ines, next_page="/profile")
    with time_machine.travel(now() + timedelta(minutes=4, seconds=50)):
        stranger.get_page(CODE_PAGE)
    with time_machine.travel(now() + timedelta(minutes=5, seconds=10)):
        page = stranger.get_page(CODE_PAGE, expect=302)
        assert page.location == "/sign-in?next=/profile"
        page = stranger.post_page(CODE_PAGE, {"code": second_factors.code_of(app, ines)})
        assert page.location == "/sign-in?next=/profile"
        stranger.get_page("/home", expect=302)


def test_a_changed_password_ends_half_a_sign_in(
    app: Flask, stranger: PersonClient, ines: Person
) -> None:
    first_step(stranger, ines)
    with app.app_context():
        password_records.change_password(ines, OTHER, by=ines.id)
    stranger.get_page(CODE_PAGE, expect=302)
    stranger.post_page(CODE_PAGE, {"code": second_factors.code_of(app, ines)})
    stranger.get_page("/home", expect=302)


def test_a_closed_account_ends_half_a_sign_in(
    app: Flask, stranger: PersonClient, ines: Person, ada: Person
) -> None:
    first_step(stranger, ines)
    with app.app_context():
        records.deactivate(ines, by=ada.id)
    stranger.get_page(CODE_PAGE, expect=302)


def test_removed_meanwhile_the_second_step_starts_again(
    app: Flask, stranger: PersonClient, ines: Person, ada: Person
) -> None:
    first_step(stranger, ines)
    code = second_factors.code_of(app, ines)
    with app.app_context():
        second_factor_records.remove_lost(ines, by=ada.id, reason="Lost.")
    refused(stranger, code)
    page = stranger.post_page("/sign-in", {"email": ines.email, "password": PASSWORD})
    assert page.location == "/home"


def test_half_a_sign_in_of_one_browser_is_nothing_in_another(
    app: Flask, stranger: PersonClient, ines: Person
) -> None:
    first_step(stranger, ines)
    assert app.test_client().get_page(CODE_PAGE, expect=302).location == "/sign-in"


def test_a_forged_half_sign_in_is_nothing(app: Flask, stranger: PersonClient, ines: Person) -> None:
    """The session is signed: whoever changes it without the key has an empty one."""
    first_step(stranger, ines)
    cookie = stranger.get_cookie("session")
    assert cookie is not None
    payload, _, signature = cookie.value.rpartition(".")
    other = app.test_client()
    other.set_cookie("session", f"{payload}.{signature[::-1]}")
    other.get_page(CODE_PAGE, expect=302)


def test_half_a_sign_in_holds_neither_secret_nor_password(
    app: Flask, stranger: PersonClient, ines: Person
) -> None:
    first_step(stranger, ines)
    with stranger.session_transaction() as session:
        held = str(dict(session))
    with app.app_context():
        password_hash = db.session.get_one(Person, ines.id).password_hash
    assert password_hash
    for secret in (second_factors.SECRET, PASSWORD, password_hash, password_hash[-20:]):
        assert secret not in held


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_the_way_on_is_never_somebody_elses_page(
    app: Flask, stranger: PersonClient, ines: Person, wanted: str
) -> None:
    first_step(stranger, ines, next_page=wanted)
    page = stranger.post_page(CODE_PAGE, {"code": second_factors.code_of(app, ines)})
    assert page.location == "/home"


def test_the_second_step_gives_the_browser_another_session(
    app: Flask, stranger: PersonClient, ines: Person
) -> None:
    with stranger.session_transaction() as session:
        session.update({"planted": "yes", "language": "hi"})
    first_step(stranger, ines)
    stranger.post_page(CODE_PAGE, {"code": second_factors.code_of(app, ines)})
    with stranger.session_transaction() as session:
        assert "planted" not in session
        assert "half_sign_in" not in session
        assert session["language"] == "hi"


class TestGuessing:
    def test_five_wrong_codes_close_the_second_step_for_a_while(
        self, app: Flask, stranger: PersonClient, ines: Person, otto: Person
    ) -> None:
        first_step(stranger, ines)
        for _ in range(tries.CODE_PER_ACCOUNT.tries):
            refused(stranger, WRONG)
        right = second_factors.code_of(app, ines)
        stranger.post_page(CODE_PAGE, {"code": right}, expect=429)
        # Neither a new first step nor another browser helps.
        other = app.test_client()
        first_step(other, ines)
        other.post_page(CODE_PAGE, {"code": right}, expect=429)
        with time_machine.travel(now() + timedelta(minutes=16)):
            first_step(other, ines)
            other.post_page(CODE_PAGE, {"code": second_factors.code_of(app, ines)})

    def test_thirty_wrong_ones_close_it_for_a_day(
        self, app: Flask, stranger: PersonClient, ines: Person
    ) -> None:
        with app.app_context():
            for _ in range(tries.CODE_PER_DAY.tries):
                tries.count_try((tries.CODE_PER_DAY, str(ines.id)))
        with time_machine.travel(now() + timedelta(hours=23)):
            first_step(stranger, ines)
            code = second_factors.code_of(app, ines)
            stranger.post_page(CODE_PAGE, {"code": code}, expect=429)
        with time_machine.travel(now() + timedelta(hours=24, minutes=1)):
            first_step(stranger, ines)
            stranger.post_page(CODE_PAGE, {"code": second_factors.code_of(app, ines)})

    def test_an_address_is_closed_after_many_wrong_codes_of_many_people(
        self, app: Flask, stranger: PersonClient, ines: Person
    ) -> None:
        with app.app_context():
            for position in range(tries.CODE_PER_ADDRESS.tries):
                tries.count_try(
                    (tries.CODE_PER_ADDRESS, "127.0.0.1"), (tries.CODE_PER_ACCOUNT, f"{position}")
                )
        first_step(stranger, ines)
        code = second_factors.code_of(app, ines)
        stranger.post_page(CODE_PAGE, {"code": code}, expect=429)

    def test_wrong_passwords_close_the_first_step_before_the_second(
        self, app: Flask, stranger: PersonClient, ines: Person
    ) -> None:
        data = {"email": ines.email, "password": "not the password at all"}
        for _ in range(tries.SIGN_IN_PER_ACCOUNT.tries):
            stranger.post_page("/sign-in", data, expect=422)
        stranger.post_page("/sign-in", data | {"password": PASSWORD}, expect=429)


def test_a_code_is_asked_for_wherever_an_account_is_opened(
    app: Flask, stranger: PersonClient, ines: Person
) -> None:
    """A mailed link for a new password replaces the password, never the second step."""
    with app.app_context():
        letter = password_records.ask_for_reset(ines.email, address_of="/reset-password/TOKEN")
        assert letter is not None
        link = next(line for line in letter.body.splitlines() if line.startswith("/reset"))
    page = stranger.post_page(link, {"password": OTHER, "password_again": OTHER})
    assert page.location == "/sign-in"
    first_step(stranger, ines, password=OTHER)
    stranger.get_page("/home", expect=302)
