"""The key never leaves the server before its time: canaries in every key, and who hears them."""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Callable, Iterator

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
from training.accounts.models import Person
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

pytestmark = pytest.mark.usefixtures("small_content_folder")
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


@pytest.fixture(autouse=True)
def _pair_published(app: Flask) -> None:
    with app.app_context():
        library.publish(pack_of_pairs([LOW, HIGH]), person_id=None)


@pytest.fixture
def drafts(app: Flask, ines: Person, otto: Person, emeka: Person) -> None:
    """Drafts of every purpose: nothing that Ines or Emeka opened is submitted."""
    with app.app_context():
        open_session(ines.id, PRACTICE[0], Purpose.PRACTICE)
        open_session(ines.id, f"{MODULES[0]}-1", Purpose.APPLY)
        open_session(emeka.id, CERTIFICATION[0], Purpose.PANEL)
        open_session(emeka.id, PRACTICE[0], Purpose.PANEL)
        learn_and_practise(otto)
        open_attempt(otto.id, "dialogic-practice-rater")


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


def heard_by(app: Flask, client: PersonClient) -> set[str]:
    """The vignettes whose canaries sing anywhere this client can look, in bodies and headers."""
    parts = everything(app)
    heard: set[str] = set()
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.endswith("static"):
            continue
        for address in addresses_of(rule, parts):
            with client.get(address) as response:
                assert response.status_code < 500, address
                # A file that is no text, such as a certificate's, is listened to as well.
                text = response.get_data().decode(errors="replace") + str(response.headers)
            heard |= set(SINGS.findall(text))
    return heard


@pytest.mark.usefixtures("drafts", "cohort")
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


@pytest.mark.usefixtures("drafts", "cohort")
def test_after_practice_only_what_was_practised_sings_and_only_for_who_did(
    app: Flask, ines: Person, otto: Person, browser_of: BrowserOf
) -> None:
    assert heard_by(app, browser_of(otto)) == set(PRACTICE)
    assert heard_by(app, browser_of(ines)) == set()
    with app.app_context():
        rate_and_submit(open_session(ines.id, f"{MODULES[0]}-1", Purpose.APPLY), [3, 4])
    assert heard_by(app, browser_of(ines)) == {f"{MODULES[0]}-1"}


@pytest.mark.usefixtures("cohort")
@pytest.mark.parametrize("who", ["otto", "tamar", "cleo", "emeka", "ada", None])
def test_a_certification_key_never_sings_also_after_the_decision(
    app: Flask,
    who: str | None,
    otto: Person,
    request: pytest.FixtureRequest,
    browser_of: BrowserOf,
    stranger: PersonClient,
) -> None:
    with app.app_context():
        learn_and_practise(otto)
        for session in open_attempt(otto.id, "dialogic-practice-rater").sessions:
            rate_and_submit(session)
        assert db.session.scalar(select(Decision)) is not None
    client = browser_of(request.getfixturevalue(who)) if who else stranger
    may_hear = set(PRACTICE) if who in ("otto", None) else EXERCISES
    assert heard_by(app, client) <= may_hear


@pytest.mark.usefixtures("drafts")
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
