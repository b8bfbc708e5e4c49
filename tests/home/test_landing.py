"""What somebody finds who comes by: the landing page, what this is, verifying a certificate."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.certification import stories
from tests.pages import PersonClient
from training.accounts.models import Person
from training.certification.reviews import acts as reviews

BrowserOf = Callable[[Person], PersonClient]


def test_a_stranger_reads_what_this_is_and_where_to_begin(stranger: PersonClient) -> None:
    page = stranger.get_page("/")
    steps = [step.get_text() for step in page.soup.select(".way-steps h3")]
    assert steps == ["Learn", "Practise", "Be assessed", "Hold a certificate"]
    for address in ("/sign-in", "/join", "/about", "/verify"):
        assert page.has_link_to(address), address
        stranger.get_page(address)
    assert "provisional" in page.text


def test_who_is_signed_in_is_led_home(ines: Person, browser_of: BrowserOf) -> None:
    browser = browser_of(ines)
    assert browser.get_page("/", expect=302).location == "/home"
    assert browser.get_page("/", follow=True).heading == "Hello, Ines"


def test_after_signing_out_the_landing_page_is_there_again(
    ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    page = browser.post_page("/sign-out", follow=True)
    assert "You are signed out." in page.text
    assert page.has_link_to("/sign-in")
    assert "Ines" not in page.text


def test_a_certificate_is_verified_from_the_landing_page(
    app: Flask, stranger: PersonClient, ines: Person, cleo: Person
) -> None:
    with app.app_context():
        decision_id = stories.decided_attempt(ines)
        certificate, _letter = reviews.sign(decision_id, certifier=cleo)
    form = stranger.get_page("/").soup.select_one(".verify-card form")
    assert form is not None
    assert form["method"] == "post"
    (field,) = form.select("input:not([type=hidden])")
    typed = f" {certificate.number.lower().replace('-', ' ')} "
    found = stranger.post_page(str(form["action"]), {str(field["name"]): typed}, follow=True)
    assert found.heading == "Ines"


@pytest.mark.parametrize(("number", "status"), [("K7QX-4MTD-9BWZ", 404), ("", 422), (" ", 422)])
def test_a_number_that_is_none_is_answered_with_a_form(
    stranger: PersonClient, number: str, status: int
) -> None:
    page = stranger.post_page("/verify", {"number": number}, expect=status)
    assert page.errors
    field = page.soup.select_one("input[name=number]")
    assert field is not None
    assert field.get("value", "") == number.strip()


def test_the_form_of_the_landing_page_needs_its_token(stranger: PersonClient) -> None:
    with stranger.post("/verify", data={"number": "K7QX-4MTD-9BWZ"}, has_token=False) as answer:
        assert answer.status_code == 400


def test_about_says_what_a_certificate_does_not_say(stranger: PersonClient) -> None:
    page = stranger.get_page("/about")
    assert "is a therapist" in page.text
    assert "No organisation, ministry or university endorses it." in page.text
    assert "The certifying body of this service is: Test body." in page.text


def test_about_is_there_for_people_who_are_signed_in_too(
    ines: Person, browser_of: BrowserOf
) -> None:
    page = browser_of(ines).get_page("/about")
    assert page.has_form_to("/sign-out")


def test_outside_a_demonstration_nothing_calls_itself_one(stranger: PersonClient) -> None:
    for address in ("/", "/about", "/sign-in", "/verify", "/register"):
        assert "demonstration" not in stranger.get_page(address).text.lower(), address
