"""Ines answers both minutes of a scene, and what she and others see before and after."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from tests.exercises.pairs import HIGH, LOW, canary, contrast_canary, pack_of_pairs, slugs, vignette
from tests.pack import PRACTICE, evidence, level
from tests.pages import Page, PersonClient
from training.accounts.models import Person
from training.audit.models import AuditEntry
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import Purpose, RatingSession, SessionAgreement
from training.calibration.ratings import Rating
from training.calibration.records import open_session, submit
from training.database import db
from training.exercises.models import ExerciseAnswer
from training.library import records as library
from training.library.reading import Pack

SINGS = re.compile(r"canary-(ferry[a-z0-9-]+)-\d\d-sings")
BrowserOf = Callable[[Person], PersonClient]


@pytest.fixture(autouse=True)
def _pairs_published(app: Flask) -> None:
    with app.app_context():
        library.publish(pack_of_pairs(), person_id=None)


def send(browser: PersonClient, slug: str, expect: int = 302, **changes: object) -> Page:
    """Open an exercise and send its form as it came, with these fields filled."""
    page = browser.get_page(f"/exercises/{slug}")
    hidden = page.soup.select("main input[type=hidden]")
    data = {str(field["name"]): field["value"] for field in hidden if field["name"] != "csrf_token"}
    return browser.post_page(f"/exercises/{slug}", data | changes, expect=expect)


def field_value(page: Page, selector: str) -> str:
    (field,) = page.soup.select(selector)
    return str(field["value"])


def answers(app: Flask) -> list[tuple[str, int, int, list[int]]]:
    with app.app_context():
        rows = db.session.scalars(select(ExerciseAnswer).order_by(ExerciseAnswer.answered_at))
        return [(row.vignette_slug, row.number, row.score, row.turns) for row in rows]


def test_both_minutes_of_a_scene_and_what_makes_the_step(
    app: Flask, ines: Person, otto: Person, browser_of: BrowserOf, stranger: PersonClient
) -> None:
    browser = browser_of(ines)
    for address in (f"/exercises/{LOW}", f"/exercises/{LOW}/answer"):
        assert stranger.get_page(address, expect=302).location.startswith("/sign-in")
    assert browser.get_page("/exercises").has_link_to(f"/exercises/{LOW}")
    assert browser.get_page(f"/exercises/{LOW}/answer", expect=302).location.endswith(LOW)
    page = browser.get_page(f"/exercises/{LOW}")
    assert len(page.soup.select("input[type=radio]")) == 5
    assert not page.soup.select("input[checked]")
    assert "Anchor 4 of element 3." in page.text

    assert "Choose a score" in send(browser, LOW, 422).errors
    refused = send(browser, LOW, 422, score="1", turns="2, 99")
    assert "There is no turn 99. The last turn is 8." in refused.errors
    assert field_value(refused, "input[name=score][checked]") == "1"
    assert field_value(refused, "input[name=turns]") == "2, 99"
    send(browser, LOW, 422, score="9")
    assert answers(app) == []

    assert send(browser, LOW, score="1", turns="2, 3").location == f"/exercises/{LOW}/answer"
    page = browser.get_page(f"/exercises/{LOW}/answer")
    assert canary(LOW) in page.text
    assert contrast_canary(LOW) not in page.text, "it gives the twin away"
    assert page.has_link_to(f"/exercises/{HIGH}")
    marked = {
        str(turn["id"]): turn.select(".turn-mark") for turn in page.soup.select(".turn-marked")
    }
    assert {name: mark.text for name, (mark,) in marked.items()} == {
        "turn-2": "you and the key",
        "turn-3": "you",
        "turn-4": "the key",
    }

    send(browser, HIGH, score="4")
    page = browser.get_page(f"/exercises/{HIGH}/answer")
    assert "further off" in page.text
    assert all(
        text(slug) in page.text for text in (canary, contrast_canary) for slug in (LOW, HIGH)
    )
    assert "Anchor 1 of element 3." in page.text
    assert "Not both of your first answers" in page.text
    assert "the step was not seen at first sight" in browser.get_page("/exercises").text
    assert browser_of(otto).get_page(f"/exercises/{LOW}/answer", expect=302)
    with app.app_context():
        noted = db.session.scalars(select(AuditEntry).filter_by(act="exercise answered")).all()
        assert {line.subject for line in noted} == {f"vignette {LOW}", f"vignette {HIGH}"}
        assert not db.session.scalars(select(RatingSession)).all(), "it counts for nothing"
        assert not db.session.scalars(select(SessionAgreement)).all()


def test_a_repeat_is_labelled_a_second_click_changes_nothing_a_new_wording_is_read_first(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    send(browser, LOW, score="0")
    assert send(browser, LOW, score="0", number="1").location.endswith("/answer")  # a double click
    assert "That answer stands" not in browser.get_page(f"/exercises/{LOW}/answer").text
    send(browser, LOW, score="3", number="1")  # another tab
    assert "That answer stands" in browser.get_page(f"/exercises/{LOW}/answer").text
    assert answers(app) == [(LOW, 1, 0, [])]
    assert "This is a repeat" in browser.get_page(f"/exercises/{LOW}").text
    send(browser, LOW, score="1")
    assert answers(app) == [(LOW, 1, 0, []), (LOW, 2, 1, [])]
    page = browser.get_page(f"/exercises/{LOW}/answer")
    assert "a repeat, given knowing the key" in page.text
    assert "Your first answer was 0." in page.text
    assert "one point off" in browser.get_page("/exercises").text

    page = browser.get_page(f"/exercises/{HIGH}")
    old = field_value(page, "input[name=version]")
    with app.app_context():
        reworded = Pack()
        reworded.add("vignette", HIGH, vignette(HIGH, setting="On the first ferry."), HIGH)
        library.publish(reworded, person_id=None)
    page = send(browser, HIGH, 422, score="2", version=old)
    assert "reworded after you opened it" in page.errors
    assert field_value(page, "input[name=score][checked]") == "2"
    assert "On the first ferry." in page.text
    for slug in ("nobody", PRACTICE[0]):
        browser.get_page(f"/exercises/{slug}", expect=404)
        browser.get_page(f"/exercises/{slug}/answer", expect=404)


def test_feedback_leads_to_the_first_pair_not_yet_answered_and_back(
    app: Flask, ines: Person, otto: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    with app.app_context():
        session = open_session(ines.id, PRACTICE[0], Purpose.PRACTICE)
        ratings = {}
        for item in range(1, 13):
            score = level(PRACTICE[0], item)
            own = 4 - (score or 0) if item == 3 else score
            ratings[item] = Rating(score=own, evidence=tuple(evidence(item)))
        assert submit(session.id, ratings, revision=0, after=AFTER_SUBMISSION).is_submitted
    feedback = f"/rating-sessions/{session.id}/feedback"
    first = f"/exercises/{LOW}?from={session.id}"
    page = browser.get_page(feedback)
    assert page.text.count("Contrast pair on this item:") == 1
    assert page.has_link_to(first)
    assert browser.get_page(first).has_link_to(f"{feedback}#item-3")
    assert not browser_of(otto).get_page(first).has_link_to(f"{feedback}#item-3")
    browser.get_page(f"/exercises/{LOW}?from=nonsense")
    for slug in (LOW, HIGH):
        send(browser, slug, score="2")
    assert browser.get_page(feedback).has_link_to(f"/exercises/ferry-03-b-1?from={session.id}")


def addresses(app: Flask) -> Iterator[str]:
    """Every page that may be asked for an exercise by its name, and all without a name."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.endswith("static"):
            continue
        if rule.arguments <= {"slug", "kind"}:
            for slug in (LOW, HIGH) if rule.arguments else ("",):
                address = re.sub(r"<(\w+:)?slug>", slug, rule.rule)
                yield re.sub(r"<(\w+:)?kind>", "vignette", address) + "?key=beside"


@pytest.mark.usefixtures("cohort")
def test_no_key_of_an_exercise_sings_before_its_answer(
    app: Flask,
    request: pytest.FixtureRequest,
    browser_of: BrowserOf,
    stranger: PersonClient,
) -> None:
    def heard_by(client: PersonClient) -> set[str]:
        found: set[str] = set()
        for address in addresses(app):
            with client.get(address) as response:
                assert response.status_code < 500, address
                found |= set(SINGS.findall(response.get_data(as_text=True) + str(response.headers)))
        return found

    people = ["ines", "emeka", "tamar", "cleo", "ada"]
    browsers = {name: browser_of(request.getfixturevalue(name)) for name in people}
    for slug in slugs():
        page = browsers["ines"].get_page(f"/exercises/{slug}")
        assert not SINGS.search(page.html + str(page.response.headers))
    for client in (*browsers.values(), stranger):
        assert heard_by(client) == set()
    send(browsers["ines"], LOW, score="1")
    assert heard_by(browsers["ines"]) == {LOW}, "and of its twin nothing"
    for name in people[1:]:
        assert heard_by(browsers[name]) == set()
