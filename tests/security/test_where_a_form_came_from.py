"""Which form was sent from where, and what of it may be shown again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, get_flashed_messages

from tests.pages import PersonClient
from training.accounts.models import Person
from training.unsent import came_from_here, given_back, page_it_came_from, unsent_text

HERE = {"Origin": "http://localhost"}
Sent = dict[str, Any]


@pytest.fixture
def sent() -> Callable[..., Any]:
    """A form as it arrives; neither our pages nor a database are needed for it."""
    bare = Flask(__name__)

    def arrives(form: Sent | None = None, **headers: str) -> Any:
        return bare.test_request_context("/profile", method="POST", data=form, headers=headers)

    return arrives


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "http://localhost", "Referer": "https://evil.example/"}, True),
        ({"Referer": "http://localhost/profile"}, True),
        ({"Referer": "http://localhost/"}, True),
        ({"Origin": "https://localhost"}, False),
        ({"Origin": "http://localhost:8080"}, False),
        ({"Origin": "http://localhost.evil.example"}, False),
        ({"Origin": "null", "Referer": "http://localhost/profile"}, False),
        ({"Referer": "http://localhost.evil.example/"}, False),
        ({"Referer": "https://evil.example/http://localhost/"}, False),
        ({}, False),
    ],
)
def test_what_a_browser_says_of_the_page_before(
    sent: Callable[..., Any], headers: dict[str, str], is_ours: bool
) -> None:
    with sent({"text": "a thought"}, **headers):
        assert came_from_here() is is_ours
        assert unsent_text() == ("text: a thought" if is_ours else "")


@pytest.mark.parametrize(
    ("referrer", "page"),
    [
        ("http://localhost/profile", "/profile"),
        ("http://localhost/modules?x=1&y=2", "/modules?x=1&y=2"),
        ("http://localhost/modules#top", "/modules"),
        ("http://localhost/", "/"),
        ("https://evil.example/profile", None),
    ],
)
def test_the_way_back_is_told_without_the_host(
    sent: Callable[..., Any], referrer: str, page: str | None
) -> None:
    with sent(Referer=referrer):
        assert page_it_came_from() == page
    with sent(Origin="http://localhost"):
        assert page_it_came_from() is None  # it says who it is, and not which page


def test_fields_stand_one_after_the_other_as_they_were_typed(sent: Callable[..., Any]) -> None:
    form = {"name": " Ines ", "empty": "  ", "text": "one\n\ntwo", "items": ["1", "2"]}
    with sent(form, **HERE):
        assert unsent_text() == "name: Ines\n\ntext: one\n\ntwo\n\nitems: 1\n\nitems: 2"
    with sent({}, **HERE):
        assert unsent_text() == ""


@pytest.mark.parametrize(
    "name",
    ["next", "revision", "version", "made_id", "track_before", "carried_text", "digest", "my_code"],
)
def test_what_nobody_typed_is_not_given_back(sent: Callable[..., Any], name: str) -> None:
    with sent({name: "something", "text": "kept"}, **HERE):
        assert unsent_text() == "text: kept"


def test_who_typed_nothing_is_led_back_at_once_and_told_why(app: Flask) -> None:
    with app.test_request_context("/profile", method="POST"):
        for typed in (None, ""):
            answer = given_back("Too late", "It is over.", typed, back="Back", back_address="/home")
            assert not isinstance(answer, tuple)
            assert (answer.status_code, answer.location) == (302, "/home")
        assert get_flashed_messages(with_categories=True) == [("warning", "It is over.")] * 2


def test_who_typed_something_reads_it_again_as_text(app: Flask) -> None:
    with app.test_request_context("/profile", method="POST"):
        answer = given_back(
            "Too late", "It is over.", "<b>half</b> an hour", back="Back", back_address="/home"
        )
        assert isinstance(answer, tuple)
        page, status = answer
        assert status == 409
        assert "&lt;b&gt;half&lt;/b&gt; an hour" in page
        assert "It is over." in page
        assert 'href="/home"' in page
        assert get_flashed_messages() == []


def test_a_file_that_is_not_there_is_kept_nowhere_and_a_file_that_is_for_a_year(
    ines: Person, browser_of: Callable[[Person], PersonClient]
) -> None:
    """The page that says so has a name on it."""
    browser = browser_of(ines)
    for address, status, kept in (
        ("/static/css/nothing.css", 404, "no-store"),
        ("/static/css/app.css", 200, "public, max-age=31536000, immutable"),
        ("/home", 200, "no-store"),
    ):
        with browser.get(address) as response:
            assert (response.status_code, response.headers["Cache-Control"]) == (status, kept)


def test_a_refusal_without_words_of_its_own_still_says_what_to_do(stranger: PersonClient) -> None:
    """A part of a file that it does not have: nobody meets it by clicking, a tool may."""
    with stranger.get("/static/css/app.css", headers={"Range": "bytes=9999999-"}) as response:
        assert response.status_code == 416
        text = response.get_data(as_text=True)
    assert "This request could not be understood" in text
    assert response.headers["X-Request-Id"] in text
