"""Ines's rater role is taken away while an attempt of hers is under way, and given back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.calibration.rating_sheets import agreeing, as_draft, as_fields
from tests.certification import stories
from tests.certification.stories import sessions_of
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.accounts.records import grant_role, withdraw_role
from training.calibration.models import Purpose
from training.calibration.records import open_session
from training.certification.models import AttemptState

Browser = Callable[[Person], PersonClient]
Act = Callable[..., Any]


@pytest.fixture
def attempt_id(act: Act, ines: Person) -> uuid.UUID:
    opened: uuid.UUID = act(stories.opened_attempt, ines)
    return opened


def test_she_cannot_go_on_until_she_is_a_rater_again(
    act: Act, ines: Person, attempt_id: uuid.UUID, browser_of: Browser
) -> None:
    browser = browser_of(ines)
    here = f"/rating-sessions/{act(sessions_of, attempt_id)[0].id}"
    browser.post_page(here, as_fields(agreeing(), revision=0))
    act(withdraw_role, ines, Role.RATER, by=None)
    for address in (here, f"{here}/check", f"{here}/notes/1"):
        browser.get_page(address, expect=403)
    sent = as_fields(agreeing(), revision=1) | {"note-1": "Typed meanwhile."}
    with browser.post(here, data=sent, headers={"Origin": "http://localhost"}) as answer:
        assert answer.status_code == 403
        assert "Typed meanwhile." in answer.get_data(as_text=True)
    browser.post_page(f"{here}/submit", sent, expect=403)
    with browser.post(f"{here}/draft", json=as_draft(agreeing(), revision=1)) as answer:
        assert answer.status_code == 403
    (attempt,) = act(stories.attempts_in_database, ines)
    assert attempt.state is AttemptState.OPEN
    assert not act(sessions_of, attempt_id)[0].is_submitted
    act(grant_role, ines, Role.RATER, by=None)
    assert "12 of 12 rated" in browser.get_page(here).text


def test_practice_and_what_she_rates_for_a_panel_go_on(
    act: Act, ines: Person, browser_of: Browser
) -> None:
    act(withdraw_role, ines, Role.RATER, by=None)
    act(grant_role, ines, Role.EXPERT, by=None)
    for purpose, slug in ((Purpose.PRACTICE, "practice-one"), (Purpose.PANEL, "practice-two")):
        session = act(open_session, ines.id, slug, purpose)
        browser_of(ines).get_page(f"/rating-sessions/{session.id}")


def test_ada_is_told_before_she_takes_the_role(
    act: Act, ines: Person, ada: Person, attempt_id: uuid.UUID, browser_of: Browser
) -> None:
    here = f"/administration/people/{ines.id}"
    page = browser_of(ada).get_page(here)
    assert "An attempt at “Rater" in page.text
    assert "Ines cannot go on with it" in page.text
    act(stories.submit_waiting, attempt_id)
    assert "is under way" not in browser_of(ada).get_page(here).text
