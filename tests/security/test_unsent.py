"""A form that could not be taken is given back to whoever sent it, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from tests.pages import PersonClient
from training.accounts.models import Person
from training.accounts.records import end_sessions
from training.unsent import unsent_text

BrowserOf = Callable[[Person], PersonClient]
HERE = {"Origin": "http://localhost", "Referer": "http://localhost/profile?from=home"}
ELSEWHERE = {"Origin": "https://elsewhere.example", "Referer": "https://elsewhere.example/profile"}
TYPED = {"name": "Ines Larsen", "locale": "en", "text": "Half an hour\n<b>of thought</b>"}


def test_who_was_signed_out_meanwhile_gets_back_what_they_typed_and_the_way_there(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    with app.app_context():
        end_sessions(ines.id, by=ines.id)
    with browser.post("/profile", data=TYPED, headers=HERE) as response:
        assert response.status_code == 401
        text = response.get_data(as_text=True)
    assert "You are signed out" in text
    assert "Half an hour\n&lt;b&gt;of thought&lt;/b&gt;" in text
    assert "/sign-in?next=/profile?from%3Dhome" in text


def test_another_site_makes_us_show_no_text_of_its_own(stranger: PersonClient) -> None:
    for headers in (ELSEWHERE, {}, {"Origin": "http://localhost.elsewhere.example"}):
        with stranger.post("/profile", data=TYPED, headers=headers) as response:
            assert response.status_code == 302
            assert response.location == "/sign-in"


def test_a_form_that_is_too_old_is_given_back_as_well(ines: Person, browser_of: BrowserOf) -> None:
    browser = browser_of(ines)
    with browser.post("/profile", data=TYPED, headers=HERE, has_token=False) as response:
        assert response.status_code == 400
        assert "Half an hour" in response.get_data(as_text=True)
    with browser.post("/profile", data=TYPED, headers=ELSEWHERE, has_token=False) as response:
        assert response.status_code == 400
        assert "Half an hour" not in response.get_data(as_text=True)


def test_so_is_what_was_sent_to_a_page_that_is_gone(ines: Person, browser_of: BrowserOf) -> None:
    address = f"/rating-sessions/{UUID(int=1)}"
    with browser_of(ines).post(address, data=TYPED, headers=HERE) as response:
        assert response.status_code == 404
        assert "Half an hour" in response.get_data(as_text=True)


def test_nothing_secret_and_nothing_that_nobody_typed_is_given_back(app: Flask) -> None:
    form = {
        "own_password": "seven herons",
        "password_again": "seven herons",
        "code": "123456",
        "recovery_code": "ABCD",
        "csrf_token": "IjAw",
        "revision": "7",
        "text": " kept\x00 ",
    }
    with app.test_request_context("/profile", method="POST", data=form, headers=HERE):
        assert unsent_text() == "text: kept"


@pytest.mark.parametrize("size", [3 * 1024 * 1024])
def test_what_is_too_large_to_be_read_is_not_read_for_this_either(
    ines: Person, browser_of: BrowserOf, size: int
) -> None:
    with browser_of(ines).post("/profile", data={"text": "x" * size}, headers=HERE) as response:
        assert response.status_code == 413
        assert "Shorten the text" in response.get_data(as_text=True)
