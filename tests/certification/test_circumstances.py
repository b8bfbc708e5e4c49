"""What is frozen with a decision about how its ratings came about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.certification import stories
from tests.certification.stories import careful
from tests.pack import STANDARD
from tests.pages import PersonClient
from training.accounts.models import Person
from training.calibration import records as calibration
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.ratings import Rating
from training.certification.judging.circumstances import Circumstances, circumstances_of
from training.certification.judging.flags import FlagKind
from training.certification.models import Decision
from training.database import db

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]


def slanted(reference: int | None, cell: int) -> int | None:
    """As the key, but a point off in every fifth cell: careless enough to be recognised."""
    if reference is None or cell % 5:
        return reference
    return reference + 1 if reference < 4 else reference - 1


def frozen_with(decision_id: object) -> dict[str, Any]:
    stored = db.session.get_one(Decision, decision_id).circumstances
    assert stored is not None
    return stored


def kinds(stored: dict[str, Any]) -> set[str]:
    return {flag["kind"] for flag in stored["flags"]}


def test_otto_who_copied_from_ines_is_pointed_out_and_not_failed(
    app: Flask, act: Act, browser_of: Browsers, cleo: Person, ines: Person, otto: Person
) -> None:
    first = act(frozen_with, act(stories.decided_attempt, ines, slanted))
    assert FlagKind.SHARED_ANSWERS not in kinds(first), "there was nobody to copy from"
    decision_id = act(stories.decided_attempt, otto, slanted)
    stored = act(frozen_with, decision_id)
    (flag,) = [f for f in stored["flags"] if f["kind"] == FlagKind.SHARED_ANSWERS]
    assert (flag["person"], flag["differences"]) == (str(ines.id), 0)
    assert len(flag["vignettes"]) == 8
    with app.app_context():
        outcomes = {d.outcome for d in db.session.query(Decision)}
    assert len(outcomes) == 1, "the flag changes no outcome"
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision_id}")
    assert "Wrong answers shared with another rater" in page.text
    assert "Compared with Ines." in page.text
    assert "This decides nothing." in page.text


def test_otto_who_gives_one_score_and_marks_nothing_is_pointed_out_in_words(
    act: Act, browser_of: Browsers, cleo: Person, otto: Person
) -> None:
    attempt_id = act(stories.opened_attempt, otto)
    for session in act(stories.sessions_of, attempt_id):
        threes = {item: Rating(score=3) for item in range(1, 13)}
        act(calibration.submit, session.id, threes, revision=0, after=AFTER_SUBMISSION)
    (decision,) = act(stories.decisions_of, attempt_id)
    assert {FlagKind.SAME_SCORE, FlagKind.EVIDENCE_MISSING} <= kinds(decision.circumstances)
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision.id}")
    assert "All 12 elements that were scored have a 3, and the consensus does not." in page.text
    assert "96 of 96 scores that say something was done point to no evidence." in page.text
    assert act(stories.reviews_in_database) == [], "a flag decides nothing"


def test_careful_raters_on_the_same_form_are_not_pointed_out(
    act: Act, ines: Person, otto: Person, make_person: Callable[..., Person]
) -> None:
    act(stories.decided_attempt, ines, careful)
    exact = act(stories.decided_attempt, otto, lambda reference, _cell: reference)
    assert FlagKind.SHARED_ANSWERS not in kinds(act(frozen_with, exact))


def test_the_honour_statement_is_frozen_in_the_words_that_were_read(
    act: Act, browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    act(stories.make_eligible, ines)
    browser_of(ines).post_page(f"/certification/{STANDARD}/new-attempt", {"honour": "y"})
    (attempt,) = act(stories.attempts_in_database, ines)
    act(stories.submit_waiting, attempt.id)
    (decision,) = act(stories.decisions_of, attempt.id)
    honour = decision.circumstances["honour"]
    assert honour["person"] == str(ines.id)
    assert honour["wording"].startswith("I rate these vignettes alone")
    assert honour["digest"] == hashlib.sha256(honour["wording"].encode()).hexdigest()
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision.id}")
    assert honour["wording"] in page.text


@pytest.mark.begins(at=stories.decided(careful))
def test_circumstances_are_read_back_as_they_were_frozen(
    told: dict[str, Any], act: Act, ines: Person
) -> None:
    stored = act(frozen_with, told["decision_id"])
    found = circumstances_of(stored)
    assert isinstance(found, Circumstances)
    assert json.loads(json.dumps(found.as_dict())) == stored
    assert len(found.times) == 8


def test_nothing_a_rater_sees_speaks_of_flags(
    act: Act, browser_of: Browsers, ines: Person, otto: Person
) -> None:
    act(stories.decided_attempt, ines, slanted)
    act(stories.decided_attempt, otto, slanted)
    (attempt,) = act(stories.attempts_in_database, otto)
    page = browser_of(otto).get_page(f"/certification/attempts/{attempt.id}")
    assert "Ines" not in page.text
    assert "Wrong answers shared" not in page.text
    assert "Too little time" not in page.text
