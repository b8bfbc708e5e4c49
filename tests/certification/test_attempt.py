"""The page of an attempt: progress while it runs, patterns afterwards, never a key."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.certification import stories
from tests.certification.stories import careful, constant, uneven
from tests.pack import STANDARD
from tests.pages import Page, PersonClient
from training.accounts.models import Person
from training.calibration import records as calibration
from training.calibration.ratings import Rating
from training.certification.judging.decision import Outcome
from training.certification.models import Attempt
from training.certification.reviews import acts as reviews
from training.clock import now

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]


@pytest.fixture
def attempt_page(app: Flask, act: Act, browser_of: Browsers, ines: Person) -> Callable[[], Page]:
    """The page of Ines's last attempt, as she sees it now."""

    def fetch() -> Page:
        attempts: list[Attempt] = act(stories.attempts_in_database, ines)
        return browser_of(ines).get_page(f"/certification/attempts/{attempts[-1].id}")

    return fetch


def test_before_the_first_vignette_the_first_one_is_next(
    act: Act, attempt_page: Callable[[], Page], ines: Person
) -> None:
    attempt_id = act(stories.opened_attempt, ines)
    sessions = act(stories.sessions_of, attempt_id)
    page = attempt_page()
    assert "0 of 8 vignettes submitted" in page.text
    assert page.has_link_to(f"/rating-sessions/{sessions[0].id}")
    assert "Continue with vignette 1" in page.text
    titles = [step.get_text() for step in page.soup.select(".step-title")]
    assert titles == [f"The story of {session.vignette_slug}" for session in sessions]
    assert "1 minute of reading" in page.text
    assert page.text.count("not begun") == 8


def test_a_draft_is_shown_as_begun_and_a_submission_moves_on(
    act: Act, attempt_page: Callable[[], Page], ines: Person
) -> None:
    attempt_id = act(stories.opened_attempt, ines)
    first, second = act(stories.sessions_of, attempt_id)[:2]
    act(stories.submit, first, careful)
    act(calibration.save_ratings, second.id, {1: Rating(score=2, evidence=(3,))}, revision=0)
    page = attempt_page()
    assert "1 of 8 vignettes submitted" in page.text
    assert page.soup.select_one("progress")["value"] == "1"  # type: ignore[index]
    assert "begun" in page.soup.select(".step")[1].get_text()
    assert page.has_link_to(f"/rating-sessions/{second.id}")
    assert not page.has_link_to(f"/rating-sessions/{first.id}")


def test_what_is_left_shrinks_with_every_submission(
    act: Act, attempt_page: Callable[[], Page], ines: Person
) -> None:
    """A text of the small pack takes a minute; the third is submitted before the second."""
    attempt_id = act(stories.opened_attempt, ines)
    assert "About 8 minutes of reading are left." in attempt_page().text
    first, second, third, *_ = act(stories.sessions_of, attempt_id)
    for session in (first, third):
        act(stories.submit, session, careful)
    page = attempt_page()
    assert "About 6 minutes of reading are left." in page.text
    assert "2 of 8 vignettes submitted" in page.text
    assert "Continue with vignette 2" in page.text
    assert page.has_link_to(f"/rating-sessions/{second.id}")


def test_while_it_runs_nothing_is_said_about_the_consensus(
    act: Act, attempt_page: Callable[[], Page], ines: Person
) -> None:
    attempt_id = act(stories.opened_attempt, ines)
    for session in act(stories.sessions_of, attempt_id)[:7]:
        act(stories.submit, session, careful)
    page = attempt_page()
    assert "7 of 8 vignettes submitted" in page.text
    assert page.soup.select(".gate, .outcome, table") == []


@pytest.mark.begins(at=stories.decided(careful))
def test_who_meets_the_standard_sees_every_gate_and_waits(
    told: dict[str, Any], attempt_page: Callable[[], Page], ines: Person
) -> None:
    told["decision_id"]
    page = attempt_page()
    assert "Meets the standard" in page.text
    assert "Every gate that applies is met." in page.text
    gates = page.soup.select(".gate")
    assert len(gates) == 12
    first = " ".join(gates[0].get_text(" ").split())
    assert "Same rating ✓ met" in first
    assert "at least 60%" in first
    assert "The line is reached." in first
    assert "They are computed from 8 vignettes." in page.text
    assert "Probability that the true figures lie on the right side of every line:" in page.text
    assert "This gate decides from 15 texts on; there are 8." in page.text
    assert "What to do next" not in page.text


@pytest.mark.begins(at=stories.decided(careful))
def test_a_picture_has_its_words_and_the_gates_their_table(
    told: dict[str, Any], attempt_page: Callable[[], Page], ines: Person
) -> None:
    told["decision_id"]
    page = attempt_page()
    pictures = page.soup.select("svg.gate-picture")
    assert len(pictures) == 12
    assert all(picture.title and picture["role"] == "img" for picture in pictures)
    assert len(page.soup.select("details table tbody tr")) == 12


@pytest.mark.begins(at=stories.decided(constant))
def test_who_misses_learns_what_to_do_and_when(
    told: dict[str, Any], act: Act, attempt_page: Callable[[], Page], ines: Person
) -> None:
    told["decision_id"]
    act(stories.add_vignettes, 8)
    page = attempt_page()
    assert "Does not meet the standard" in page.text
    assert "At least one gate is missed so clearly" in page.text
    assert "Use the ends of the scale where the anchors call for them." in page.text
    assert "You need not wait for it." in page.text
    assert "14 days are for learning." in page.text
    assert page.has_link_to("/practice")
    assert page.has_link_to("/instruments/dialogic-practice#item-8"), "an element to work on"


@pytest.mark.begins(at=stories.decided(constant))
def test_when_the_waiting_is_over_the_next_attempt_is_offered(
    told: dict[str, Any], act: Act, attempt_page: Callable[[], Page], ines: Person
) -> None:
    told["decision_id"]
    act(stories.add_vignettes, 8)
    with time_machine.travel(now() + timedelta(days=15)):
        page = attempt_page()
    assert "The next attempt can be opened now." in page.text
    assert page.has_link_to(f"/certification/{STANDARD}/new-attempt")


def test_patterns_are_shown_by_principle(
    act: Act, attempt_page: Callable[[], Page], ines: Person
) -> None:
    act(stories.decided_attempt, ines, lambda reference, _cell: min((reference or 0) + 1, 4))
    page = attempt_page()
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("#patterns ~ div tr")]
    assert rows[0] == "Principle Mean difference in points In words"
    assert [row.split(" +")[0] for row in rows[1:]] == ["Dialogism", "Responsibility"]
    assert all("you rate higher than the consensus" in row for row in rows[1:])
    assert page.has_link_to("/modules/first-things"), "the module about that principle"


@pytest.mark.begins(at=stories.decided(uneven))
def test_more_evidence_hides_the_figures_while_further_vignettes_may_come(
    told: dict[str, Any], act: Act, attempt_page: Callable[[], Page], ines: Person, cleo: Person
) -> None:
    decision_id = told["decision_id"]
    act(stories.add_vignettes, 4)
    waiting = attempt_page()
    assert "More evidence needed" in waiting.text
    assert "At most 4 in 100 of your ratings are two or more points away" in waiting.text
    assert waiting.soup.select(".gate") == []

    act(reviews.ask_for_more_evidence, decision_id, certifier=cleo, reason="Two gates.")
    running = attempt_page()
    assert "What the certifier wrote:" in running.text
    assert "Two gates." in running.text
    assert "8 of 10 vignettes submitted" in running.text
    assert running.soup.select(".gate") == []

    (attempt,) = act(stories.attempts_in_database, ines)
    act(stories.submit_waiting, attempt.id, careful)
    after = attempt_page()
    assert "What happened before" in after.text
    assert "Two gates." in after.text


@pytest.mark.begins(at=stories.decided(uneven))
def test_a_declined_attempt_shows_the_reason_and_its_figures(
    told: dict[str, Any], act: Act, attempt_page: Callable[[], Page], ines: Person, cleo: Person
) -> None:
    decision_id = told["decision_id"]
    act(reviews.decline, decision_id, certifier=cleo, reason="The pool <b>is</b> empty.")
    page = attempt_page()
    assert "A certifier closed this attempt without a certificate" in page.text
    assert "The pool <b>is</b> empty." in page.text
    assert len(page.soup.select(".gate")) == 12


@pytest.mark.begins(at=stories.decided(constant))
def test_evidence_of_an_earlier_attempt_is_counted_and_said(
    told: dict[str, Any], act: Act, attempt_page: Callable[[], Page], ines: Person
) -> None:
    first = told["decision_id"]
    act(stories.add_vignettes, 8)
    with time_machine.travel(now() + timedelta(days=15)):
        second = act(stories.next_attempt, ines, careful)
        page = attempt_page()
    assert act(stories.outcome_of, first) is Outcome.DOES_NOT_MEET
    assert act(stories.outcome_of, second) is not Outcome.MEETS, "the first eight still count"
    assert "They are computed from 16 vignettes." in page.text
    assert "8 of them come from earlier attempts" in page.text


def test_under_a_standard_that_does_not_pool_the_second_attempt_stands_alone(
    act: Act, attempt_page: Callable[[], Page], ines: Person
) -> None:
    alone = {"maximum": 3, "within_months": 12, "cooling_off_days": 0, "pooled": False}
    act(stories.publish_standard, attempts=alone)
    act(stories.decided_attempt, ines, constant)
    act(stories.add_vignettes, 8)
    second = act(stories.next_attempt, ines, careful)
    page = attempt_page()
    assert act(stories.outcome_of, second) is Outcome.MEETS
    assert "come from earlier attempts" not in page.text
    decision = act(stories.decisions_of, act(stories.attempts_in_database, ines)[-1].id)[-1]
    assert decision.figures["vignettes"] == 8


@pytest.mark.begins(at=stories.decided(careful))
def test_an_attempt_that_was_declined_although_it_met_is_pooled_too(
    told: dict[str, Any], act: Act, ines: Person, cleo: Person
) -> None:
    first = told["decision_id"]
    act(reviews.decline, first, certifier=cleo, reason="Two people rated.")
    act(stories.add_vignettes, 8)
    with time_machine.travel(now() + timedelta(days=15)):
        act(stories.next_attempt, ines, careful)
    decision = act(stories.decisions_of, act(stories.attempts_in_database, ines)[-1].id)[-1]
    assert decision.figures["vignettes"] == 16


@pytest.mark.begins(at=stories.decided(careful))
def test_after_a_certificate_evidence_begins_anew(
    told: dict[str, Any], act: Act, ines: Person, cleo: Person
) -> None:
    first = told["decision_id"]
    certificate, _letter = act(reviews.sign, first, certifier=cleo)
    act(stories.add_vignettes, 8)
    with time_machine.travel(certificate.valid_until - timedelta(days=30)):
        act(stories.next_attempt, ines, careful)
    attempts = sorted(act(stories.attempts_in_database, ines), key=lambda one: one.number)
    decision = act(stories.decisions_of, attempts[-1].id)[-1]
    assert decision.figures["vignettes"] == 8


def test_somebody_elses_attempt_and_none_look_alike(
    act: Act, browser_of: Browsers, ines: Person, otto: Person
) -> None:
    attempt_id = act(stories.opened_attempt, ines)
    browser = browser_of(otto)
    theirs = browser.get_page(f"/certification/attempts/{attempt_id}", expect=404)
    none = browser.get_page(f"/certification/attempts/{uuid.uuid4()}", expect=404)
    assert theirs.heading == none.heading


def test_strangers_and_other_roles_are_refused(
    act: Act, browser_of: Browsers, stranger: PersonClient, ines: Person, tamar: Person
) -> None:
    address = f"/certification/attempts/{act(stories.opened_attempt, ines)}"
    assert stranger.get_page(address, expect=302).location.startswith("/sign-in")
    browser_of(tamar).get_page(address, expect=403)
