"""The overview: what the standard asks, what is missing, what came of earlier attempts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete

from tests.certification import stories
from tests.certification.stories import careful, constant
from tests.pack import MODULES, STANDARD
from tests.pages import PersonClient
from training.accounts.models import Person
from training.certification.models import Certificate
from training.certification.reviews import acts as reviews
from training.clock import now
from training.database import write_transaction
from training.library.models import CurrentDocument, DocumentKind

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]
PAGE = "/certification"
NEW_ATTEMPT = f"/certification/{STANDARD}/new-attempt"


def test_a_beginner_sees_what_is_asked_and_what_is_missing(
    browser_of: Browsers, ines: Person
) -> None:
    page = browser_of(ines).get_page(PAGE)
    assert "0 of 2 learning modules completed" in page.text
    assert "0 of 2 practice vignettes rated" in page.text
    assert all(page.has_link_to(f"/modules/{slug}") for slug in MODULES)
    assert page.has_link_to("/practice")
    assert not page.has_link_to(NEW_ATTEMPT)
    assert "You have not opened an attempt yet." in page.text


def test_every_gate_is_told_in_its_sentence_with_its_source(
    browser_of: Browsers, ines: Person
) -> None:
    page = browser_of(ines).get_page(PAGE)
    assert "At least 60 in 100 of your ratings are the same as the consensus." in page.text
    assert "A-CRA coders were held to 60 %" in page.text
    assert "Decides from 15 vignettes on." in page.text
    assert len(page.soup.select(".gate-sentences > li")) == 12


def test_it_says_that_lines_are_provisional_and_keys_authored(
    browser_of: Browsers, ines: Person
) -> None:
    page = browser_of(ines).get_page(PAGE)
    assert "The lines of this standard are provisional" in page.text
    assert "no panel has rated these vignettes independently" in page.text


def test_half_the_way_is_shown_as_half_the_way(
    act: Act, browser_of: Browsers, ines: Person
) -> None:
    act(stories.complete_modules, ines, slugs=MODULES[:1])
    act(stories.practise, ines, slugs=("practice-one",))
    page = browser_of(ines).get_page(PAGE)
    assert "1 of 2 learning modules completed" in page.text
    assert "1 of 2 practice vignettes rated" in page.text
    assert not page.has_link_to(f"/modules/{MODULES[0]}")
    assert page.has_link_to(f"/modules/{MODULES[1]}")


def test_what_others_did_is_not_hers(
    act: Act, browser_of: Browsers, ines: Person, otto: Person
) -> None:
    act(stories.make_eligible, otto)
    page = browser_of(ines).get_page(PAGE)
    assert "0 of 2 learning modules completed" in page.text
    assert not page.has_link_to(NEW_ATTEMPT)


def test_an_attempt_under_way_is_continued_from_here(
    act: Act, browser_of: Browsers, ines: Person
) -> None:
    attempt_id = act(stories.opened_attempt, ines)
    page = browser_of(ines).get_page(PAGE)
    assert page.has_link_to(f"/certification/attempts/{attempt_id}")
    assert "Continue your attempt" in page.text
    assert "An attempt is under way." in page.text


@pytest.mark.begins(at=stories.decided(constant))
def test_after_a_miss_the_day_of_the_next_attempt_is_named(
    act: Act, browser_of: Browsers, ines: Person
) -> None:
    act(stories.add_vignettes, 8)
    page = browser_of(ines).get_page(PAGE)
    assert "Does not meet the standard" in page.text
    assert "After an attempt without a certificate 14 days are for learning." in page.text
    assert not page.has_link_to(NEW_ATTEMPT)
    with time_machine.travel(now() + timedelta(days=14, minutes=1)):
        page = browser_of(ines).get_page(PAGE)
    assert page.has_link_to(NEW_ATTEMPT)
    assert "1 of 3 attempts of the last months used." in page.text


@pytest.mark.begins(at=stories.decided(constant))
def test_a_used_up_pool_is_explained(browser_of: Browsers, ines: Person) -> None:
    page = browser_of(ines).get_page(PAGE)
    assert "needs 8 vignettes that you have never met, and there are 0" in page.text


def test_a_certificate_is_shown_and_stands_in_the_way_of_another(
    browser_of: Browsers, ines: Person, certificate: Certificate
) -> None:
    page = browser_of(ines).get_page(PAGE)
    assert page.has_link_to(f"/certificates/{certificate.number}")
    assert "You hold a valid certificate. It can be renewed from" in page.text
    assert "signed" in page.text


def test_a_certificate_can_be_renewed_before_it_lapses(
    act: Act, browser_of: Browsers, ines: Person, certificate: Certificate
) -> None:
    act(stories.add_vignettes, 8)
    with time_machine.travel(certificate.valid_until - timedelta(days=59)):
        page = browser_of(ines).get_page(PAGE)
    assert page.has_link_to(NEW_ATTEMPT)


@pytest.mark.begins(at=stories.decided(careful))
def test_a_declined_attempt_is_listed_as_closed(
    told: dict[str, Any], act: Act, browser_of: Browsers, ines: Person, cleo: Person
) -> None:
    decision_id = told["decision_id"]
    act(reviews.decline, decision_id, certifier=cleo, reason="Two people rated.")
    page = browser_of(ines).get_page(PAGE)
    assert "closed without a certificate" in page.text
    assert "14 days are for learning" in page.text
    table = page.soup.select_one("table.stacking-table")
    assert table is not None
    cells = [(cell["role"], cell["data-label"]) for cell in table.select("tbody td")]
    assert cells == [("cell", "Opened"), ("cell", "Outcome")]


def test_without_a_standard_the_page_says_what_to_do(
    app: Flask, browser_of: Browsers, ines: Person
) -> None:
    with app.app_context(), write_transaction() as session:
        session.execute(delete(CurrentDocument).filter_by(kind=DocumentKind.STANDARD))
    page = browser_of(ines).get_page(PAGE)
    assert "No certification standard is published yet." in page.text


def test_strangers_are_led_to_the_sign_in(stranger: PersonClient) -> None:
    assert stranger.get_page(PAGE, expect=302).location.startswith("/sign-in")


@pytest.mark.parametrize("who", ["tamar", "emeka", "cleo", "ada"])
def test_it_is_for_raters(request: pytest.FixtureRequest, browser_of: Browsers, who: str) -> None:
    browser_of(request.getfixturevalue(who)).get_page(PAGE, expect=403)
