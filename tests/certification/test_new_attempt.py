"""Opening an attempt: what is confirmed, what is refused, and what the form holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.certification import stories
from tests.certification.stories import constant
from tests.pack import CERTIFICATION, STANDARD, small_pack
from tests.pages import PersonClient
from training.accounts.models import Person
from training.calibration import records as calibration
from training.calibration.models import Purpose
from training.certification.attempts import pool
from training.certification.attempts import records as attempts
from training.certification.attempts.eligibility import RequirementKind
from training.certification.attempts.records import NotEligibleError
from training.certification.models import AttemptState
from training.clock import now
from training.library.records import UnknownDocumentError

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]
PAGE = f"/certification/{STANDARD}/new-attempt"


def test_the_confirmation_says_what_begins(act: Act, browser_of: Browsers, ines: Person) -> None:
    act(stories.make_eligible, ines)
    page = browser_of(ines).get_page(PAGE)
    minutes = sum(small_pack().vignettes[slug].reading_minutes for slug in CERTIFICATION)
    assert "8 vignettes, each rated once." in page.text
    assert f"About {minutes} minutes of reading" in page.text
    assert "you see patterns" in page.text
    assert "I rate these vignettes alone" in page.text
    assert "your name, the certificate's number, its figures and its state are public" in page.text
    assert act(stories.attempts_in_database, ines) == [], "looking opens nothing"


def test_without_the_honour_statement_nothing_opens(
    act: Act, browser_of: Browsers, ines: Person
) -> None:
    act(stories.make_eligible, ines)
    page = browser_of(ines).post_page(PAGE, {}, expect=422)
    (beside_the_tick,) = page.soup.select("#honour-error")
    for place in (page.errors, beside_the_tick.get_text()):
        assert "Confirm that you rate alone" in place
    assert act(stories.attempts_in_database, ines) == []


def test_an_attempt_is_opened_and_noted(act: Act, browser_of: Browsers, ines: Person) -> None:
    act(stories.make_eligible, ines)
    page = browser_of(ines).post_page(PAGE, {"honour": "y"})
    (attempt,) = act(stories.attempts_in_database, ines)
    assert page.location == f"/certification/attempts/{attempt.id}"
    assert (attempt.number, attempt.state) == (1, AttemptState.OPEN)
    (line,) = act(stories.acts_noted, "attempt opened")
    assert line.subject == f"attempt {attempt.id}"
    assert line.person_id == ines.id
    wording = attempt.honour_wording
    assert wording.startswith("I rate these vignettes alone")
    digest = hashlib.sha256(wording.encode()).hexdigest()
    assert line.details == {"standard": STANDARD, "number": 1, "honour": digest}


def test_a_double_click_opens_one_attempt(act: Act, browser_of: Browsers, ines: Person) -> None:
    act(stories.make_eligible, ines)
    browser = browser_of(ines)
    first = browser.post_page(PAGE, {"honour": "y"})
    second = browser.post_page(PAGE, {"honour": "y"})
    assert first.location == second.location
    (attempt,) = act(stories.attempts_in_database, ines)
    assert len(act(stories.sessions_of, attempt.id)) == 8
    assert len(act(stories.acts_noted, "attempt opened")) == 1


def test_who_is_not_ready_is_led_to_what_is_missing(
    act: Act, browser_of: Browsers, ines: Person
) -> None:
    browser = browser_of(ines)
    assert browser.get_page(PAGE, expect=302).location == "/certification"
    page = browser.post_page(PAGE, {"honour": "y"}, follow=True)
    assert "An attempt cannot be opened now." in page.text
    assert "0 of 2 learning modules completed" in page.text
    assert act(stories.attempts_in_database, ines) == []


def test_a_standard_that_does_not_exist_is_not_found(browser_of: Browsers, ines: Person) -> None:
    browser_of(ines).get_page("/certification/no-such-standard/new-attempt", expect=404)


def test_strangers_and_other_roles_are_refused(
    browser_of: Browsers, stranger: PersonClient, tamar: Person, cleo: Person
) -> None:
    assert stranger.get_page(PAGE, expect=302).location.startswith("/sign-in")
    browser_of(tamar).get_page(PAGE, expect=403)
    browser_of(cleo).post_page(PAGE, {"honour": "y"}, expect=403)


@pytest.mark.begins(at=stories.decided(constant))
def test_a_second_attempt_needs_time_and_unseen_vignettes(
    told: dict[str, Any], app: Flask, act: Act, ines: Person
) -> None:
    told["decision_id"]
    with app.app_context(), pytest.raises(NotEligibleError) as refused:
        attempts.open_attempt(ines.id, STANDARD)
    kinds = [item.kind for item in refused.value.eligibility.unmet]
    assert kinds == [RequirementKind.COOLING_OFF, RequirementKind.UNSEEN_VIGNETTES]

    further = act(stories.add_vignettes, 8)
    with time_machine.travel(now() + timedelta(days=15)):
        attempt = act(attempts.open_attempt, ines.id, STANDARD)
    assert attempt.number == 2
    drawn = {session.vignette_slug for session in act(stories.sessions_of, attempt.id)}
    assert drawn == set(further), "nobody rates a vignette twice"


def test_vignettes_rated_on_the_panel_are_never_drawn(app: Flask, act: Act, ines: Person) -> None:
    act(stories.make_eligible, ines)
    act(calibration.open_session, ines.id, CERTIFICATION[0], Purpose.PANEL)
    with app.app_context(), pytest.raises(NotEligibleError) as refused:
        attempts.open_attempt(ines.id, STANDARD)
    (item,) = refused.value.eligibility.unmet
    assert (item.kind, item.done, item.needed) == (RequirementKind.UNSEEN_VIGNETTES, 7, 8)

    act(stories.add_vignettes, 1)
    attempt = act(attempts.open_attempt, ines.id, STANDARD)
    drawn = {session.vignette_slug for session in act(stories.sessions_of, attempt.id)}
    assert CERTIFICATION[0] not in drawn
    assert len(drawn) == 8


def test_vignettes_that_fewest_people_met_are_drawn_first(
    act: Act, ines: Person, otto: Person
) -> None:
    act(stories.opened_attempt, otto)
    further = act(stories.add_vignettes, 2)
    attempt_id = act(stories.opened_attempt, ines)
    drawn = {session.vignette_slug for session in act(stories.sessions_of, attempt_id)}
    assert set(further) <= drawn


def test_where_keys_must_be_ratified_authored_ones_are_no_pool(
    act: Act, browser_of: Browsers, ines: Person
) -> None:
    act(stories.publish_standard, keys={"authored_allowed": False})
    act(stories.make_eligible, ines)
    page = browser_of(ines).get_page("/certification")
    assert "there are 0" in page.text
    assert not page.has_link_to(PAGE)


def test_the_pool_tells_how_it_is_keyed(act: Act, ines: Person) -> None:
    standard = small_pack().standards[STANDARD]
    assert act(pool.rests_on_authored_keys, standard)
    assert [entry.vignette.slug for entry in act(pool.pool_of, standard)] == list(CERTIFICATION)
    assert act(pool.expected_minutes, ines.id, standard) == 8


def test_the_level_of_a_key_leaves_out_what_is_not_rateable(act: Act) -> None:
    key = small_pack().keys[CERTIFICATION[6]]
    scores = [2, 4, 2, 3, 2, 3, 2, 0, 4, 2, 0]
    assert pool.mean_level(key) == sum(scores) / len(scores)


def test_no_attempt_is_opened_for_a_standard_that_was_never_published(
    act: Act, browser_of: Browsers, ines: Person
) -> None:
    act(stories.make_eligible, ines)
    address = "/certification/none-such/new-attempt"
    browser_of(ines).post_page(address, {"honour": "y"}, expect=404)
    with pytest.raises(UnknownDocumentError, match="no standard 'none-such' is published"):
        act(attempts.open_attempt, ines.id, "none-such")
    assert act(stories.attempts_in_database, ines) == []
