"""Setting up a second factor, recovery codes, removing it, and who needs one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests import second_factors
from tests.conftest import PASSWORD
from tests.pages import Page, PersonClient
from tests.this_moment import just_before
from training.accounts import password_records, records, second_factor, second_factor_records, tries
from training.accounts.models import Person, RecoveryCode, Role, SecondFactor
from training.accounts.passwords import hash_password
from training.audit.models import AuditEntry
from training.clock import now
from training.database import db, write_transaction

BrowserOf = Callable[[Person], PersonClient]
OVERVIEW = "/profile/second-factor"
CONFIRMATION = f"{OVERVIEW}/confirmation"
SHORT = "kW4#tz9Q"  # eight characters that nobody would guess


@pytest.fixture
def signed_in(app: Flask) -> BrowserOf:
    """A browser in which somebody is signed in, without being given a second factor."""

    def open_browser(person: Person) -> PersonClient:
        with app.app_context():
            token = records.start_session(person, browser="a test").get_id()
        client: PersonClient = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return client

    return open_browser


def begin(browser: PersonClient, address: str = OVERVIEW) -> str:
    """Begin to set up; the secret that the page shows."""
    page = browser.post_page(address, {"own_password": PASSWORD}, follow=True)
    assert page.heading == "Scan and confirm"
    return shown_secret(page)


def shown_secret(page: Page) -> str:
    code = page.soup.select_one("dd code")
    assert code is not None
    return code.get_text().replace(" ", "")


def first_code(secret: str) -> dict[str, object]:
    code = second_factor.next_code(secret, at=now(), after=0)
    assert code is not None
    return {"code": code}


def set_up(browser: PersonClient) -> list[str]:
    """Set up a second factor; the recovery codes."""
    page = browser.post_page(CONFIRMATION, first_code(begin(browser)), expect=200)
    return recovery_codes(page)


def recovery_codes(page: Page) -> list[str]:
    assert page.heading == "Your recovery codes"
    return [code.get_text() for code in page.soup.select("ol code")]


def acts_of(app: Flask, person: Person) -> list[str]:
    with app.app_context():
        statement = select(AuditEntry.act).filter_by(person_id=person.id)
        return list(db.session.scalars(statement.order_by(AuditEntry.sequence)))


def has_one(app: Flask, person: Person) -> bool:
    with app.app_context():
        return second_factor_records.has_second_factor(person.id)


def give_short_password(app: Flask, person: Person) -> None:
    with app.app_context(), write_transaction() as session:
        session.get_one(Person, person.id).password_hash = hash_password(SHORT)


class TestSettingUp:
    def test_ines_sets_it_up_of_her_own_will(
        self, app: Flask, ines: Person, signed_in: BrowserOf
    ) -> None:
        browser = signed_in(ines)
        assert browser.get_page("/profile").has_link_to(OVERVIEW)
        page = browser.get_page(OVERVIEW)
        assert "You certify or administer" not in page.text
        codes = set_up(browser)
        assert len(set(codes)) == 10
        assert has_one(app, ines)
        page = browser.get_page(OVERVIEW)
        assert "10 are left" in page.text
        assert acts_of(app, ines)[-3:] == [
            "second factor added",
            "sessions ended",
            "recovery codes made",
        ]
        assert "set up on" in browser.get_page("/profile").text

    def test_it_counts_only_when_a_code_has_confirmed_it(
        self, app: Flask, ines: Person, signed_in: BrowserOf, stranger: PersonClient
    ) -> None:
        browser = signed_in(ines)
        begin(browser)
        page = browser.post_page(CONFIRMATION, {"code": "000000"}, expect=422)
        assert "This code is not right" in page.errors
        page = browser.post_page(CONFIRMATION, {"code": ""}, expect=422)
        assert "Enter a code" in page.errors
        assert not has_one(app, ines)
        data = {"email": ines.email, "password": PASSWORD}
        assert stranger.post_page("/sign-in", data).location == "/home"

    def test_beginning_again_makes_another_secret(self, ines: Person, signed_in: BrowserOf) -> None:
        browser = signed_in(ines)
        first, second = begin(browser), begin(browser)
        assert first != second
        assert shown_secret(browser.get_page(CONFIRMATION)) == second
        browser.post_page(CONFIRMATION, first_code(first), expect=422)
        browser.post_page(CONFIRMATION, first_code(second), expect=200)

    def test_it_takes_the_password(self, app: Flask, ines: Person, signed_in: BrowserOf) -> None:
        browser = signed_in(ines)
        page = browser.post_page(OVERVIEW, {"own_password": "another one"}, expect=422)
        assert "This is not your password." in page.errors
        page = browser.post_page(OVERVIEW, {}, expect=422)
        assert "Enter your password." in page.errors
        assert browser.get_page(CONFIRMATION, expect=302).location == OVERVIEW
        with app.app_context():
            assert db.session.scalar(select(SecondFactor)) is None

    def test_other_browsers_are_signed_out(self, ines: Person, signed_in: BrowserOf) -> None:
        here, elsewhere = signed_in(ines), signed_in(ines)
        set_up(here)
        here.get_page("/home")
        assert elsewhere.get_page("/home", expect=302).location.startswith("/sign-in")

    def test_a_second_one_is_not_set_up_beside_the_first(
        self, app: Flask, ines: Person, signed_in: BrowserOf
    ) -> None:
        browser = signed_in(ines)
        set_up(browser)
        assert not browser.get_page(OVERVIEW).soup.select("main form")
        browser.post_page(OVERVIEW, {"own_password": PASSWORD})
        assert browser.get_page(CONFIRMATION, expect=302).location == OVERVIEW
        assert browser.post_page(CONFIRMATION, {"code": "123456"}).location == OVERVIEW
        with app.app_context(), pytest.raises(second_factor_records.AlreadySetUpError):
            second_factor_records.begin(ines)

    def test_the_code_that_confirmed_it_does_not_sign_in(
        self, app: Flask, ines: Person, signed_in: BrowserOf, stranger: PersonClient
    ) -> None:
        browser = signed_in(ines)
        code = first_code(begin(browser))
        browser.post_page(CONFIRMATION, code, expect=200)
        stranger.post_page("/sign-in", {"email": ines.email, "password": PASSWORD})
        page = stranger.post_page("/sign-in/code", code, expect=422)
        assert "was used before" in page.errors

    def test_guessing_is_limited_here_too(self, ines: Person, signed_in: BrowserOf) -> None:
        browser = signed_in(ines)
        secret = begin(browser)
        for _ in range(tries.CODE_PER_ACCOUNT.tries):
            browser.post_page(CONFIRMATION, {"code": "000000"}, expect=422)
        page = browser.post_page(CONFIRMATION, first_code(secret), expect=422)
        assert "Too many tries." in page.errors

    def test_the_secret_is_nowhere_but_in_its_table_and_the_codes_are_digests(
        self, app: Flask, ines: Person, signed_in: BrowserOf
    ) -> None:
        browser = signed_in(ines)
        secret = begin(browser)
        page = browser.post_page(CONFIRMATION, first_code(secret), expect=200)
        digits = [code.replace("-", "") for code in recovery_codes(page)]
        with app.app_context():
            tables = [table for table in db.metadata.sorted_tables if table.name != "second_factor"]
            rows = [str(row) for table in tables for row in db.session.execute(select(table))]
        for text in (secret, *digits):
            assert not [row for row in rows if text in row]
        with browser.session_transaction() as session:
            assert secret not in str(dict(session))


class TestWhoNeedsOne:
    @pytest.mark.parametrize(
        ("role", "own_page"),
        [(Role.CERTIFIER, "/certifying"), (Role.ADMINISTRATOR, "/administration/people")],
    )
    def test_who_decides_about_others_is_led_to_it_right_after_signing_in(
        self,
        app: Flask,
        make_person: Callable[..., Person],
        stranger: PersonClient,
        role: Role,
        own_page: str,
    ) -> None:
        make_person("Cleo", role, Role.RATER)
        refused = stranger.get_page(own_page, expect=302)
        data = {"email": "cleo@example.org", "password": PASSWORD}
        page = stranger.post_page(refused.location, data)
        assert page.location == f"{OVERVIEW}?next={own_page}"
        assert "Those pages open once you have a second factor." in (
            stranger.get_page(page.location).text
        )
        # The pages of the role lead here; those of a rater stay open.
        assert stranger.get_page(own_page, expect=302).location.startswith(OVERVIEW)
        for address in ("/home", "/modules", "/practice", "/certification", "/profile"):
            stranger.get_page(address)
        code = first_code(begin(stranger, page.location))
        page = stranger.post_page(f"{CONFIRMATION}?next={own_page}", code, expect=200)
        assert page.has_link_to(own_page)
        stranger.get_page(own_page)

    def test_nothing_is_done_by_a_post_without_one(
        self, app: Flask, ada: Person, ines: Person, signed_in: BrowserOf
    ) -> None:
        page = signed_in(ada).post_page(f"/administration/people/{ines.id}/deactivation")
        assert page.location == OVERVIEW
        with app.app_context():
            assert db.session.get_one(Person, ines.id).is_active

    def test_a_role_given_later_leads_to_it_too(
        self, app: Flask, tamar: Person, signed_in: BrowserOf
    ) -> None:
        browser = signed_in(tamar)
        with app.app_context():
            records.grant_role(tamar, Role.CERTIFIER, by=None)
        assert browser.get_page("/certifying", expect=302).location.startswith(OVERVIEW)
        browser.get_page("/cohorts")

    @pytest.mark.parametrize(
        "wanted", ["https://evil.example/", "//evil.example", "/\\evil", "/\t\\evil"]
    )
    def test_the_way_on_is_never_somebody_elses_page(
        self, cleo: Person, signed_in: BrowserOf, wanted: str
    ) -> None:
        browser = signed_in(cleo)
        code = first_code(begin(browser))
        with browser.post(CONFIRMATION, query_string={"next": wanted}, data=code) as response:
            page = Page(response)
        assert page.has_link_to(OVERVIEW)
        assert "evil" not in page.html


class TestRecoveryCodes:
    def test_new_ones_take_password_and_code_and_end_the_old_ones(
        self, app: Flask, ines: Person, signed_in: BrowserOf
    ) -> None:
        browser = signed_in(ines)
        old = set_up(browser)
        address = f"{OVERVIEW}/recovery-codes"
        assert "10 codes that are left" in browser.get_page(address).text
        wrong = {"own_password": PASSWORD, "code": "000000"}
        browser.post_page(address, wrong, expect=422)
        fields = second_factors.reauthentication(app, ines)
        new = recovery_codes(browser.post_page(address, fields, expect=200))
        assert len(new) == 10
        assert set(new).isdisjoint(old)
        with app.app_context():
            assert not second_factor_records.use_code(ines.id, old[0])
            assert second_factor_records.use_code(ines.id, new[0])
            assert second_factor_records.recovery_codes_left(ines.id) == 9
        assert acts_of(app, ines)[-2:] == ["recovery codes made", "recovery code used"]

    def test_each_works_once_and_for_its_owner_only(
        self, app: Flask, ines: Person, otto: Person, signed_in: BrowserOf
    ) -> None:
        codes, others = set_up(signed_in(ines)), set_up(signed_in(otto))
        with app.app_context():
            assert not second_factor_records.use_code(ines.id, others[0])
            assert second_factor_records.use_code(ines.id, codes[0].replace("-", " "))
            assert not second_factor_records.use_code(ines.id, codes[0])
            assert second_factor_records.recovery_codes_left(ines.id) == 9
            assert second_factor_records.recovery_codes_left(otto.id) == 10

    def test_few_left_are_warned_about(
        self, app: Flask, ines: Person, signed_in: BrowserOf
    ) -> None:
        browser = signed_in(ines)
        codes = set_up(browser)
        with app.app_context():
            for code in codes[:8]:
                second_factor_records.use_code(ines.id, code)
        page = browser.get_page(OVERVIEW)
        assert "2 are left" in page.text
        assert "Few recovery codes are left." in page.text

    def test_without_a_second_factor_there_are_none(
        self, app: Flask, ines: Person, signed_in: BrowserOf
    ) -> None:
        browser = signed_in(ines)
        for tail in ("recovery-codes", "removal"):
            browser.get_page(f"{OVERVIEW}/{tail}", expect=404)
            browser.post_page(f"{OVERVIEW}/{tail}", {}, expect=404)
        with app.app_context():
            assert db.session.scalar(select(RecoveryCode)) is None


class TestRemoving:
    def test_it_takes_password_and_code(
        self, app: Flask, ines: Person, signed_in: BrowserOf, stranger: PersonClient
    ) -> None:
        browser = signed_in(ines)
        codes = set_up(browser)
        address = f"{OVERVIEW}/removal"
        page = browser.post_page(address, {}, expect=422)
        assert "Enter your password." in page.errors
        assert "Enter a code" in page.errors
        wrong = {"own_password": "not mine at all, no", "code": codes[0]}
        page = browser.post_page(address, wrong, expect=422)
        assert "This is not your password." in page.errors
        assert has_one(app, ines)
        # The code was not spent for nothing.
        fields = {"own_password": PASSWORD, "code": codes[0]}
        assert browser.post_page(address, fields).location == OVERVIEW
        assert not has_one(app, ines)
        assert acts_of(app, ines)[-1] == "second factor removed"
        data = {"email": ines.email, "password": PASSWORD}
        assert stranger.post_page("/sign-in", data).location == "/home"

    def test_with_a_short_password_a_longer_one_comes_first(
        self, app: Flask, ines: Person, signed_in: BrowserOf
    ) -> None:
        browser = signed_in(ines)
        codes = set_up(browser)
        give_short_password(app, ines)
        fields = {"own_password": SHORT, "code": codes[0]}
        page = browser.post_page(f"{OVERVIEW}/removal", fields, expect=422)
        assert "Change it to a longer one first." in page.errors
        assert page.has_link_to("/profile/password")
        assert has_one(app, ines)
        with app.app_context():
            assert second_factor_records.recovery_codes_left(ines.id) == 10

    def test_a_certifier_without_it_is_led_back(
        self, app: Flask, cleo: Person, signed_in: BrowserOf
    ) -> None:
        browser = signed_in(cleo)
        codes = set_up(browser)
        browser.get_page("/certifying")
        page = browser.get_page(f"{OVERVIEW}/removal")
        assert "stay closed to you until you set up a new one" in page.text
        browser.post_page(f"{OVERVIEW}/removal", {"own_password": PASSWORD, "code": codes[0]})
        assert browser.get_page("/certifying", expect=302).location.startswith(OVERVIEW)

    def test_no_old_code_opens_anything_afterwards(
        self, app: Flask, ines: Person, signed_in: BrowserOf
    ) -> None:
        browser = signed_in(ines)
        codes = set_up(browser)
        fields = {"own_password": PASSWORD, "code": codes[0]}
        browser.post_page(f"{OVERVIEW}/removal", fields)
        set_up(browser)
        with app.app_context():
            for code in codes:
                assert not second_factor_records.use_code(ines.id, code)


class TestShortPasswords:
    def test_eight_characters_are_enough_beside_a_second_factor(
        self, app: Flask, ines: Person, signed_in: BrowserOf, stranger: PersonClient
    ) -> None:
        browser = signed_in(ines)
        new = {"current_password": PASSWORD, "password": SHORT, "password_again": SHORT}
        page = browser.post_page("/profile/password", new, expect=422)
        assert "at least 15 characters (or 8 with a second factor)" in page.errors
        codes = set_up(browser)
        too_short = new | {"password": SHORT[:7], "password_again": SHORT[:7]}
        browser.post_page("/profile/password", too_short, expect=422)
        browser.post_page("/profile/password", new)
        page = stranger.post_page("/sign-in", {"email": ines.email, "password": SHORT})
        assert page.location == "/sign-in/code"
        assert stranger.post_page("/sign-in/code", {"code": codes[1]}).location == "/home"

    def test_a_mailed_link_lets_whoever_has_one_choose_a_short_one(
        self, app: Flask, ines: Person, otto: Person, signed_in: BrowserOf, stranger: PersonClient
    ) -> None:
        set_up(signed_in(ines))
        for person, status in ((ines, 302), (otto, 422)):
            with app.app_context():
                letter = password_records.ask_for_reset(
                    person.email, address_of="/reset-password/TOKEN"
                )
                assert letter is not None
                link = re.search(r"/reset-password/\S+", letter.body)
            assert link
            new = {"password": SHORT, "password_again": SHORT}
            stranger.post_page(link[0], new, expect=status)

    def test_alone_a_short_one_opens_nothing(
        self, app: Flask, ines: Person, ada: Person, signed_in: BrowserOf, stranger: PersonClient
    ) -> None:
        """An administrator removed the lost second factor; the short password stays behind."""
        set_up(signed_in(ines))
        give_short_password(app, ines)
        with app.app_context():
            second_factor_records.remove_lost(ines, by=ada.id, reason="Lost.")
        data = {"email": ines.email, "password": SHORT}
        page = stranger.post_page("/sign-in", data, expect=422)
        assert "fewer than 15 characters" in page.errors
        assert page.has_link_to("/forgotten-password")
        assert stranger.get_page("/home", expect=302).location.startswith("/sign-in")


def test_after_a_quarter_of_an_hour_one_may_try_again(
    app: Flask, ines: Person, signed_in: BrowserOf
) -> None:
    browser = signed_in(ines)
    codes = set_up(browser)
    address = f"{OVERVIEW}/recovery-codes"
    right: dict[str, Any] = {"own_password": PASSWORD, "code": codes[0]}
    for _ in range(tries.CODE_PER_ACCOUNT.tries):
        browser.post_page(address, right | {"code": "000000"}, expect=422)
    page = browser.post_page(address, right, expect=422)
    assert "Too many tries." in page.errors
    assert acts_of(app, ines).count("code refused") == tries.CODE_PER_ACCOUNT.tries
    with time_machine.travel(now() + timedelta(minutes=16)):
        browser.post_page(address, right, expect=200)


def test_a_second_factor_that_is_confirmed_in_another_tab_meanwhile_is_confirmed_once(
    app: Flask, ines: Person, signed_in: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(ines)
    secret = begin(browser)
    code = first_code(secret)
    made: list[object] = []

    def other_tab() -> None:
        made.append(second_factor_records.confirm(ines, str(code["code"]), keep_session=ines.id))

    just_before(monkeypatch, second_factor_records, "confirm", other_tab)
    page = browser.post_page(CONFIRMATION, code, expect=409)
    assert secret not in page.html
    assert len(made) == 1
    with app.app_context():
        assert second_factor_records.recovery_codes_left(ines.id) == 10
