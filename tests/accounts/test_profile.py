"""The profile, passwords and languages."""

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
from training.accounts import password_records
from training.accounts import records as accounts
from training.accounts.models import Person
from training.accounts.passwords import is_right_password
from training.accounts.tries import SIGN_IN_PER_ACCOUNT
from training.clock import now
from training.cohorts.models import Cohort
from training.database import db
from training.mail.models import Letter, LetterState

BrowserOf = Callable[[Person], PersonClient]
OTHER = "a lantern under nineteen bridges"


def letters(app: Flask) -> list[Letter]:
    with app.app_context():
        return list(db.session.scalars(select(Letter).order_by(Letter.written_at)))


def link_in(letter: Letter) -> str:
    found = re.search(r"(/reset-password/\S+)", letter.body)
    assert found
    return found[1]


def ask(client: PersonClient, email: str) -> None:
    page = client.post_page("/forgotten-password", {"email": email}, expect=200)
    assert page.heading == "Look into your mail"


def test_ines_sees_and_changes_her_profile(
    app: Flask, ines: Person, cohort: Cohort, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    assert "Autumn group" in browser.get_page("/profile").text
    browser.post_page("/profile", {"name": " Inês Moura ", "locale": "en"})
    assert "Inês Moura" in browser.get_page("/profile").text


def test_a_profile_without_a_name_is_refused(ines: Person, browser_of: BrowserOf) -> None:
    page = browser_of(ines).post_page("/profile", {"name": " ", "locale": "xx"}, expect=422)
    assert "Enter your name" in page.errors


def test_ines_changes_her_password(
    app: Flask, ines: Person, stranger: PersonClient, browser_of: BrowserOf
) -> None:
    here, elsewhere = browser_of(ines), browser_of(ines)
    wrong = {"current_password": "wrong", "password": OTHER, "password_again": OTHER}
    assert "not your current" in here.post_page("/profile/password", wrong, expect=422).errors
    right = wrong | {"current_password": PASSWORD}
    here.post_page("/profile/password", right)
    here.get_page("/home")
    elsewhere.get_page("/home", expect=302)
    stranger.post_page("/sign-in", {"email": ines.email, "password": PASSWORD}, expect=422)
    stranger.post_page("/sign-in", {"email": ines.email, "password": OTHER})


def test_whoever_finds_her_browser_open_cannot_go_on_guessing_her_password(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    wrong = {"current_password": "wrong", "password": OTHER, "password_again": OTHER}
    right = wrong | {"current_password": PASSWORD}
    for _ in range(SIGN_IN_PER_ACCOUNT.tries):
        browser.post_page("/profile/password", wrong, expect=422)
    page = browser.post_page("/profile/password", right, expect=422)
    assert "Too many tries." in page.errors
    with app.app_context():
        assert is_right_password(accounts.find_person(ines.id).password_hash, PASSWORD)
    with time_machine.travel(now() + timedelta(minutes=16), tick=False):
        browser.post_page("/profile/password", right)


def test_a_forgotten_password_is_replaced_with_a_mailed_link(
    app: Flask, ines: Person, stranger: PersonClient, browser_of: BrowserOf
) -> None:
    signed_in = browser_of(ines)
    ask(stranger, ines.email)
    letter = letters(app)[-1]
    assert (letter.recipient, letter.state) == (ines.email, LetterState.KEPT)
    link = link_in(letter)
    stranger.get_page(link)
    stranger.post_page(link, {"password": OTHER, "password_again": OTHER})
    signed_in.get_page("/home", expect=302)
    stranger.get_page(link, expect=404)
    stranger.post_page(link, {"password": PASSWORD, "password_again": PASSWORD}, expect=404)
    stranger.post_page("/sign-in", {"email": ines.email, "password": OTHER})


def test_a_weak_new_password_leaves_the_link_open(
    app: Flask, ines: Person, stranger: PersonClient
) -> None:
    ask(stranger, ines.email)
    link = link_in(letters(app)[-1])
    stranger.post_page(link, {"password": "short", "password_again": "short"}, expect=422)
    stranger.post_page(link, {"password": OTHER, "password_again": OTHER})


def test_using_one_link_spends_the_others(app: Flask, ines: Person, stranger: PersonClient) -> None:
    ask(stranger, ines.email)
    ask(stranger, ines.email)
    first, second = (link_in(letter) for letter in letters(app))
    stranger.post_page(second, {"password": OTHER, "password_again": OTHER})
    stranger.get_page(first, expect=404)


def test_a_link_lapses_after_two_hours(app: Flask, ines: Person, stranger: PersonClient) -> None:
    ask(stranger, ines.email)
    link = link_in(letters(app)[-1])
    with time_machine.travel(now() + timedelta(hours=2, minutes=1)):
        stranger.get_page(link, expect=404)


def test_a_link_that_is_used_in_another_window_meanwhile_sets_no_second_password(
    app: Flask, ines: Person, stranger: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(stranger, ines.email)
    link = link_in(letters(app)[-1])
    token = link.rpartition("/")[2]
    just_before(
        monkeypatch, password_records, "use_reset", lambda: password_records.use_reset(token, OTHER)
    )
    late = {"password": PASSWORD, "password_again": PASSWORD}
    assert stranger.post_page(link, late, expect=404).has_link_to("/forgotten-password")
    stranger.post_page("/sign-in", {"email": ines.email, "password": PASSWORD}, expect=422)
    stranger.post_page("/sign-in", {"email": ines.email, "password": OTHER})


def test_nobody_learns_who_has_an_account(app: Flask, stranger: PersonClient) -> None:
    ask(stranger, "nobody@example.org")
    assert letters(app) == []


def test_letters_cannot_be_asked_for_without_end(
    app: Flask, ines: Person, stranger: PersonClient
) -> None:
    for _ in range(3):
        ask(stranger, ines.email)
    stranger.post_page("/forgotten-password", {"email": ines.email}, expect=429)
    assert len(letters(app)) == 3


def test_an_address_that_is_none_is_refused(stranger: PersonClient) -> None:
    page = stranger.post_page("/forgotten-password", {"email": "nobody"}, expect=422)
    assert "name@example.org" in page.errors


def test_a_stranger_chooses_a_language(stranger: PersonClient) -> None:
    stranger.post_page("/language", {"language": "hi", "next": "/about"})
    assert stranger.get_page("/about").soup.html["lang"] == "hi"  # type: ignore[index]
    stranger.post_page("/language", {"language": "xx"}, expect=400)


def test_a_chosen_language_stays_with_the_person(ines: Person, browser_of: BrowserOf) -> None:
    browser_of(ines).post_page("/language", {"language": "hi", "next": "/profile"})
    assert browser_of(ines).get_page("/profile").soup.html["lang"] == "hi"  # type: ignore[index]
