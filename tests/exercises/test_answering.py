"""Ines answers both minutes of a scene, and what she and others see before and after."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.exercises.pairs import (
    HIGH,
    LOW,
    canary,
    contrast_canary,
    key,
    pack_of_pairs,
    slugs,
    vignette,
)
from tests.pack import PRACTICE, evidence, level
from tests.pages import Page, PersonClient
from tests.test_canaries import all_shown_to
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


def pairs_published(app: Flask) -> dict[str, Any]:
    with app.app_context():
        library.publish(pack_of_pairs(), person_id=None)
        return {}


pytestmark = pytest.mark.begins(at=pairs_published)


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


def test_an_answer_numbered_0_or_not_at_all_counts_as_the_next_one(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    for score, number in enumerate(("0", "000000", "-1", "first", "", "9" * 5000)):
        send(browser, LOW, score=str(score % 5), number=number)
    assert [row[1:3] for row in answers(app)] == [(n + 1, n % 5) for n in range(6)]


def test_first_answers_alone_show_the_step_and_each_person_has_their_own(
    app: Flask, ines: Person, otto: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    assert "In 0 of 24 pairs you saw the step" in browser.get_page("/exercises").text
    send(browser, LOW, score="1")
    begun = browser.get_page("/exercises")
    assert "In 0 of 24 pairs" in begun.text
    assert begun.has_link_to(f"/exercises/{LOW}/answer")
    assert begun.has_link_to(f"/exercises/{HIGH}")
    send(browser, HIGH, score="2")
    assert "you saw the step" in browser.get_page(f"/exercises/{HIGH}/answer").text
    seen = browser.get_page("/exercises")
    assert "In 1 of 24 pairs you saw the step" in seen.text
    assert "the step was seen at first sight" in seen.text
    assert seen.has_link_to(f"/exercises/{HIGH}/answer#step")
    assert not seen.has_link_to(f"/exercises/{HIGH}")

    send(browser, LOW, score="4")
    page = browser.get_page(f"/exercises/{LOW}/answer")
    assert "further off" in page.text
    assert "Both of your first answers are the key's" in page.text
    assert "Your first answer was 1." in page.text
    assert "In 1 of 24 pairs" in browser.get_page("/exercises").text

    others = browser_of(otto)
    assert "In 0 of 24 pairs" in others.get_page("/exercises").text
    send(others, LOW, score="2")
    page = others.get_page(f"/exercises/{LOW}/answer")
    assert "one point off" in page.text
    assert page.has_link_to(f"/exercises/{HIGH}")
    assert page.has_link_to(f"/exercises/{LOW}")
    assert "a repeat" not in page.text
    with app.app_context():
        rows = db.session.scalars(select(ExerciseAnswer).order_by(ExerciseAnswer.answered_at))
        assert [
            (row.person_id, row.vignette_slug, row.number, row.item_number) for row in rows
        ] == [
            (ines.id, LOW, 1, 3),
            (ines.id, HIGH, 1, 3),
            (ines.id, LOW, 2, 3),
            (otto.id, LOW, 1, 3),
        ]


def test_turns_are_kept_in_order_and_numbers_of_answers_follow_one_another(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    for turns, error in (
        ("0", "There is no turn 0. The last turn is 8."),
        ("9", "There is no turn 9. The last turn is 8."),
        ("first", "“first” is no turn number."),
        ("1," * 250 + "1", "Write at most 500 characters."),
        ("", "Choose a score."),
    ):
        score = {} if error == "Choose a score." else {"score": "1"}
        page = send(browser, LOW, 422, turns=turns, **score)
        assert error in page.errors
    send(browser, LOW, 422, score="1", version="")
    assert answers(app) == []
    send(browser, LOW, score="1", turns="8; 3 to 4, 1 3", number="7")  # none is before it
    send(browser, LOW, score="0", number="nonsense")
    send(browser, LOW, score="2", number="", turns="1," * 250)
    assert answers(app) == [(LOW, 1, 1, [1, 3, 4, 8]), (LOW, 2, 0, []), (LOW, 3, 2, [1])]
    send(browser, LOW, score="1", turns="1, 3, 4, 8", number="1")
    assert "That answer stands" not in browser.get_page(f"/exercises/{LOW}/answer").text
    send(browser, LOW, score="1", turns="1, 3, 4", number="1")  # the same score for other turns
    assert "That answer stands" in browser.get_page(f"/exercises/{LOW}/answer").text
    assert len(answers(app)) == 3
    with app.app_context():
        noted = db.session.scalars(select(AuditEntry).filter_by(act="exercise answered")).all()
        assert [(line.person_id, line.details) for line in noted] == [
            (ines.id, {"score": score}) for score in (1, 0, 2)
        ]


def test_an_answer_stays_beside_the_text_and_the_key_it_was_given_on(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    send(browser, LOW, score="1")
    with app.app_context():
        revised = Pack()
        revised.add("vignette", LOW, vignette(LOW, setting="On the first ferry."), LOW)
        revised.add("key", LOW, key(LOW, rating=3, reason="Turn (2) is enough."), f"{LOW} key")
        library.publish(revised, person_id=None)
    page = browser.get_page(f"/exercises/{LOW}/answer")
    assert "On the last ferry." in page.text
    assert "exact" in page.text
    assert "Turn (2) is enough." not in page.text
    send(browser, LOW, score="1")
    page = browser.get_page(f"/exercises/{LOW}/answer")
    assert "On the first ferry." in page.text
    assert "Turn (2) is enough." in page.text
    assert "further off" in page.text
    with app.app_context():
        first, second = db.session.scalars(select(ExerciseAnswer).order_by(ExerciseAnswer.number))
        assert first.vignette_document_id != second.vignette_document_id
        assert first.key_document_id != second.key_document_id
        current = library.get_keyed_vignette(LOW)
        assert (second.vignette_document_id, second.key_document_id) == tuple(
            version.id for version in current
        )


def test_only_an_own_submitted_practice_is_a_way_back(
    app: Flask, ines: Person, otto: Person, browser_of: BrowserOf
) -> None:
    submitted = {
        item: Rating(score=2, evidence=tuple(evidence(item)), note="So I read it.")
        for item in range(1, 13)
    }
    with app.app_context():
        draft = open_session(ines.id, PRACTICE[1], Purpose.PRACTICE).id
        sessions = {}
        for person, purpose in (
            (ines, Purpose.PRACTICE),
            (ines, Purpose.PANEL),
            (otto, Purpose.PRACTICE),
        ):
            session = open_session(person.id, PRACTICE[0], purpose)
            assert submit(session.id, submitted, revision=0, after={}).is_submitted
            sessions[person.id, purpose] = session.id
    own = sessions[ines.id, Purpose.PRACTICE]
    browser = browser_of(ines)
    for session_id in (
        draft,
        sessions[ines.id, Purpose.PANEL],
        sessions[otto.id, Purpose.PRACTICE],
    ):
        page = browser.get_page(f"/exercises/{LOW}?from={session_id}")
        assert "Back to the feedback" not in page.text
        assert page.has_form_to(f"/exercises/{LOW}")
    address = f"/exercises/{LOW}?from={own}"
    assert browser.get_page(address).has_form_to(address)
    unanswered = browser.get_page(f"/exercises/{LOW}/answer?from={own}", expect=302)
    assert unanswered.location == address
    version = field_value(browser.get_page(address), "input[name=version]")
    taken = browser.post_page(address, {"score": "1", "version": version})
    assert taken.location == f"/exercises/{LOW}/answer?from={own}"
    page = browser.get_page(taken.location)
    assert page.has_link_to(f"/exercises/{HIGH}?from={own}")
    assert page.has_link_to(f"/rating-sessions/{own}/feedback#item-3")


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


@pytest.mark.usefixtures("cohort", "small_content_folder")
def test_no_key_of_an_exercise_sings_before_its_answer(
    app: Flask,
    request: pytest.FixtureRequest,
    browser_of: BrowserOf,
    stranger: PersonClient,
) -> None:
    def heard_by(client: PersonClient) -> set[str]:
        shown = all_shown_to(client, addresses(app))
        return {song for _, text in shown for song in SINGS.findall(text)}

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
