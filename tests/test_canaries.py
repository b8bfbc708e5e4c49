"""The key never leaves the server before its time: canaries in every key, and who hears them."""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from tests.exercises.pairs import HIGH, LOW, pack_of_pairs
from tests.pack import (
    CERTIFICATION,
    ITEMS,
    MODULES,
    PRACTICE,
    STANDARD,
    canary,
    evidence,
    level,
)
from tests.pages import PersonClient
from tests.people import add_person
from training.accounts.models import Person, Role
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import Purpose, RatingSession
from training.calibration.ratings import Rating
from training.calibration.records import open_session, submit
from training.certification.attempts.records import open_attempt
from training.certification.models import Attempt, Decision
from training.cohorts.models import Cohort
from training.database import db
from training.library import records as library
from training.modules.records import complete_stage
from training.modules.stages import Stage

BrowserOf = Callable[[Person], PersonClient]
SINGS = re.compile(r"canary-([a-z0-9-]+)-\d\d-sings")
ONE_OF_EACH_POOL = (PRACTICE[0], CERTIFICATION[0], f"{MODULES[0]}-1", LOW)
EXERCISES = {LOW, HIGH}
"""A pair nobody has answered. Its key is open to who rates nothing (docs/decisions/0017)."""


def rate_and_submit(session: RatingSession, items: list[int] | None = None) -> None:
    """Submit what the key says, so that an attempt is decided."""
    ratings = {}
    for item in items or ITEMS:
        score = level(session.vignette_slug, item)
        ratings[item] = Rating(
            score=score,
            is_not_rateable=score is None,
            reason="Nobody was there." if score is None else "",
            evidence=tuple(evidence(item)) if items is None else (item,),
        )
    outcome = submit(session.id, ratings, revision=session.revision, after=AFTER_SUBMISSION)
    assert outcome.is_submitted, outcome


def learn_and_practise(person: Person) -> None:
    for module in library.modules():
        for stage in Stage:
            complete_stage(person.id, module, stage)
    for slug in PRACTICE:
        rate_and_submit(open_session(person.id, slug, Purpose.PRACTICE))


def pair_published(app: Flask) -> dict[str, Any]:
    with app.app_context():
        library.publish(pack_of_pairs([LOW, HIGH]), person_id=None)
        return {}


def drafts(app: Flask) -> dict[str, Any]:
    """Drafts of every purpose: nothing that Ines or Emeka opened is submitted."""
    pair_published(app)
    with app.app_context():
        ines, otto = add_person("Ines", Role.RATER), add_person("Otto", Role.RATER)
        emeka = add_person("Emeka", Role.EXPERT)
        open_session(ines.id, PRACTICE[0], Purpose.PRACTICE)
        open_session(ines.id, f"{MODULES[0]}-1", Purpose.APPLY)
        open_session(emeka.id, CERTIFICATION[0], Purpose.PANEL)
        open_session(emeka.id, PRACTICE[0], Purpose.PANEL)
        learn_and_practise(otto)
        open_attempt(otto.id, STANDARD)
        return {"Ines": ines, "Otto": otto, "Emeka": emeka}


def decided(app: Flask) -> dict[str, Any]:
    """Otto has practised, and his attempt is decided."""
    pair_published(app)
    with app.app_context():
        otto = add_person("Otto", Role.RATER)
        learn_and_practise(otto)
        for session in open_attempt(otto.id, STANDARD).sessions:
            rate_and_submit(session)
        assert db.session.scalar(select(Decision)) is not None
        return {"Otto": otto}


pytestmark = [
    pytest.mark.usefixtures("small_content_folder"),
    pytest.mark.begins(at=pair_published),
]


def everything(app: Flask) -> dict[str, list[str]]:
    """What may stand in an address, by the name of the part."""
    with app.app_context():

        def ids(model: type) -> list[str]:
            return [str(row) for row in db.session.scalars(select(model.id))]  # type: ignore[attr-defined]

        return {
            "session_id": ids(RatingSession),
            "attempt_id": ids(Attempt),
            "decision_id": ids(Decision),
            "cohort_id": ids(Cohort),
            "person_id": ids(Person),
            # One of each kind: no route treats a slug otherwise than another of its kind.
            "slug": [*ONE_OF_EACH_POOL, MODULES[0], "dialogic-practice", STANDARD],
            "stage": [stage.value for stage in Stage],
            "kind": ["vignette", "module"],
            "number": ["1"],
            "position": ["1"],
            "filename": ["css/app.css"],
            "item": ["3-item-3"],
        }


def addresses_of(rule: Rule, parts: dict[str, list[str]]) -> Iterator[str]:
    choices = [parts.get(name, ["a"]) for name in sorted(rule.arguments)]
    for chosen in itertools.product(*choices):
        address = rule.rule
        for name, value in zip(sorted(rule.arguments), chosen, strict=True):
            address = re.sub(rf"<(\w+:)?{name}>", value, address)
        yield address


def addresses(app: Flask, parts: dict[str, list[str]]) -> Iterator[str]:
    """Every address of a page, and one of those that lead to none and are all answered alike."""
    routes = app.url_map.bind("localhost")
    yield "/nowhere"
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.endpoint.endswith("static"):
            yield from filter(routes.test, addresses_of(rule, parts))


def all_shown_to(client: PersonClient, found: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each of these addresses, and all that this client gets to see there.

    Asked as our scripts ask, to whom a refusal is told in a line. The page that tells it to people
    does not know what it refuses, and is looked at once of each kind.
    """
    refusals: set[int] = set()
    for address in found:
        status, text = answer(client, address, Accept="application/json")
        yield address, text
        if status >= 400 and status not in refusals:
            refusals.add(status)
            yield address, answer(client, address)[1]


def answer(client: PersonClient, address: str, **headers: str) -> tuple[int, str]:
    """The status of an answer, and its body with its headers."""
    with client.get(address, headers=headers) as response:
        assert response.status_code < 500, address
        # A file that is no text, such as a certificate's, is listened to as well.
        text = response.get_data().decode(errors="replace") + str(response.headers)
        return response.status_code, text


def heard_by(app: Flask, client: PersonClient) -> set[str]:
    """The vignettes whose canaries sing anywhere this client can look, in bodies and headers."""
    shown = all_shown_to(client, addresses(app, everything(app)))
    return {song for _, text in shown for song in SINGS.findall(text)}


@pytest.mark.begins(at=drafts)
@pytest.mark.usefixtures("cohort")
@pytest.mark.parametrize("who", ["ines", "emeka", "tamar", "cleo", "ada", None])
def test_before_submission_no_canary_sings_for_anybody(
    app: Flask,
    who: str | None,
    request: pytest.FixtureRequest,
    browser_of: BrowserOf,
    stranger: PersonClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = browser_of(request.getfixturevalue(who)) if who else stranger
    may_hear = set() if who in ("ines", None) else EXERCISES
    with caplog.at_level(logging.DEBUG, logger="training"):
        assert heard_by(app, client) == may_hear
    assert not SINGS.search(caplog.text)


@pytest.mark.begins(at=drafts)
@pytest.mark.usefixtures("cohort")
def test_after_practice_only_what_was_practised_sings_and_only_for_who_did(
    app: Flask, ines: Person, otto: Person, browser_of: BrowserOf
) -> None:
    assert heard_by(app, browser_of(otto)) == set(PRACTICE)
    assert heard_by(app, browser_of(ines)) == set()
    with app.app_context():
        rate_and_submit(open_session(ines.id, f"{MODULES[0]}-1", Purpose.APPLY), [3, 4])
    assert heard_by(app, browser_of(ines)) == {f"{MODULES[0]}-1"}


@pytest.mark.begins(at=decided)
@pytest.mark.usefixtures("cohort")
@pytest.mark.parametrize("who", ["otto", "tamar", "cleo", "emeka", "ada", None])
def test_a_certification_key_never_sings_also_after_the_decision(
    app: Flask,
    who: str | None,
    request: pytest.FixtureRequest,
    browser_of: BrowserOf,
    stranger: PersonClient,
) -> None:
    client = browser_of(request.getfixturevalue(who)) if who else stranger
    may_hear = set(PRACTICE) if who in ("otto", None) else EXERCISES
    assert heard_by(app, client) <= may_hear


@pytest.mark.begins(at=drafts)
def test_saving_a_draft_answers_without_a_note_of_the_key(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    with app.app_context():
        session = open_session(ines.id, PRACTICE[0], Purpose.PRACTICE)
        address = f"/rating-sessions/{session.id}"
    answers = [
        browser.post(f"{address}/draft", json={"revision": 0, "ratings": {"3": {"rating": 2}}}),
        browser.post(f"{address}/draft", json={"revision": 99, "ratings": {}}),
        browser.post(f"{address}/draft", json=["nonsense"]),
        browser.post(f"{address}/draft", data=b"{", content_type="application/json"),
        browser.post(address, data={"revision": "0", "rating-3": "9"}),
        browser.post(f"{address}/submit", data={"revision": "1"}),
    ]
    for answer in answers:
        assert not SINGS.search(answer.get_data(as_text=True) + str(answer.headers))
        assert answer.status_code < 500


def test_canaries_do_sing_where_they_may(app: Flask, otto: Person, browser_of: BrowserOf) -> None:
    """The other tests would pass in silence if nothing ever sang."""
    with app.app_context():
        learn_and_practise(otto)
        session = open_session(otto.id, PRACTICE[0], Purpose.PRACTICE)
    page = browser_of(otto).get_page(f"/rating-sessions/{session.id}/feedback")
    assert canary(PRACTICE[0], 3) in page.html
