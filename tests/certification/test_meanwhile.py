"""What somebody else does between the look at a page and the act: the act is refused in words."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from types import ModuleType
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests import second_factors
from tests.at_once import inside
from tests.certification import stories
from tests.certification.stories import careful
from tests.certification.test_closing_dates import closing_page, in_days
from tests.certification.test_reviewing import letters, shown_again, signing
from tests.certification.test_revocation import REVOKE
from tests.certification.test_setting_aside import set_aside
from tests.databases import Beginning
from tests.pages import PersonClient
from tests.this_moment import just_before
from training.accounts.models import Person
from training.certification.appeals import acts as appeals
from training.certification.attempts import closing_dates
from training.certification.attempts.closing_dates import NotUnderWayError
from training.certification.models import Appeal, Attempt, Certificate, Decision, WindowChange
from training.certification.reviews import acts as reviews
from training.certification.reviews.duties import ConflictError
from training.cohorts import records as cohorts
from training.database import db

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]
Meanwhile = Callable[[ModuleType, str, Callable[[], object]], None]
FIRST = "In the first tab: on the third evening the service was down, and two drafts were gone."
SECOND = "In the second tab: on the third evening the service was down, and two drafts were gone."


@pytest.fixture
def meanwhile(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Let something happen elsewhere after the next page was looked at, right before its act."""

    def arrange(acts: ModuleType, name: str, happens: Callable[[], object]) -> None:
        def elsewhere() -> None:
            with ThreadPoolExecutor(1) as somebody_else:
                somebody_else.submit(inside(app, happens)).result()

        just_before(monkeypatch, acts, name, elsewhere)

    return arrange


def begin_to_train(trainer: Person, rater: Person) -> None:
    """From now on this person trains that one."""
    cohorts.join(cohorts.open_cohort("Another group", trainer=trainer), rater)


# Appeals


@pytest.fixture
def beginning(request: pytest.FixtureRequest, beginning: Beginning | None) -> Beginning | None:
    return stories.declined if "attempt_id" in request.fixturenames else beginning


@pytest.fixture
def attempt_id(act: Act, told: dict[str, Any]) -> uuid.UUID:
    """Ines's attempt, which Cleo declined."""
    found: uuid.UUID = act(db.session.get_one, Decision, told["decision_id"]).attempt_id
    return found


@pytest.fixture
def appeal_page(act: Act, attempt_id: uuid.UUID, dora: Person, ines: Person) -> str:
    """The page of Ines's appeal, which Dora may decide."""
    act(appeals.make, attempt_id, rater=ines, reason=FIRST)
    return f"/certifying/appeals/{act(only_appeal).id}"


def only_appeal() -> Appeal:
    return db.session.scalars(select(Appeal)).one()


def deciding(app: Flask, certifier: Person) -> dict[str, object]:
    """What a certifier fills in to grant an appeal."""
    shown_again = second_factors.reauthentication(app, certifier)
    return {"outcome": "granted", "reason": "It was down.", "confirmed": "y", **shown_again}


def test_an_appeal_from_a_second_tab_is_told_of_the_first(
    act: Act, browser_of: Browsers, meanwhile: Meanwhile, attempt_id: uuid.UUID, ines: Person
) -> None:
    meanwhile(appeals, "make", lambda: appeals.make(attempt_id, rater=ines, reason=FIRST))
    address = f"/certification/attempts/{attempt_id}/appeal"
    page = browser_of(ines).post_page(address, {"reason": SECOND, "confirmed": "y"}, expect=409)
    assert "You have appealed against this decision already." in page.text
    assert SECOND in page.html
    assert act(only_appeal).reason == FIRST
    assert len(act(stories.acts_noted, "appeal made")) == 1


def test_an_appeal_withdrawn_while_dora_writes_is_not_decided(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    meanwhile: Meanwhile,
    attempt_id: uuid.UUID,
    appeal_page: str,
    dora: Person,
    ines: Person,
) -> None:
    browser = browser_of(dora)
    meanwhile(appeals, "decide", lambda: appeals.withdraw(attempt_id, rater=ines))
    page = browser.post_page(appeal_page, deciding(app, dora), follow=True)
    assert "This appeal was decided or withdrawn in the meantime." in page.text
    appeal = act(only_appeal)
    assert appeal.withdrawn_at is not None
    assert (appeal.outcome, appeal.reviewer_id) == (None, None)
    assert act(stories.acts_noted, "attempt set aside") == []
    assert "granted" not in act(letters)[-1].subject


def test_who_began_to_train_the_rater_while_writing_does_not_decide_the_appeal(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    meanwhile: Meanwhile,
    appeal_page: str,
    dora: Person,
    ines: Person,
) -> None:
    browser = browser_of(dora)
    meanwhile(appeals, "decide", lambda: begin_to_train(dora, ines))
    browser.post_page(appeal_page, deciding(app, dora), expect=403)
    assert act(only_appeal).is_open
    assert act(stories.acts_noted, "appeal decided") == []


# Signing and revoking


@pytest.mark.begins(at=stories.decided(careful))
def test_who_began_to_train_the_rater_while_writing_does_not_sign(
    told: dict[str, Any],
    app: Flask,
    act: Act,
    browser_of: Browsers,
    meanwhile: Meanwhile,
    cleo: Person,
    ines: Person,
) -> None:
    decision_id = told["decision_id"]
    browser = browser_of(cleo)
    meanwhile(reviews, "sign", lambda: begin_to_train(cleo, ines))
    address = f"/certifying/decisions/{decision_id}/signature"
    browser.post_page(address, signing(app, cleo), expect=403)
    assert act(stories.certificates_in_database) == []
    assert act(stories.acts_noted, "decision signed") == []


@pytest.mark.begins(at=stories.decided(careful))
def test_a_reason_is_not_lost_when_the_attempt_is_set_aside_while_cleo_writes(
    told: dict[str, Any],
    browser_of: Browsers,
    meanwhile: Meanwhile,
    cleo: Person,
    dora: Person,
    ines: Person,
) -> None:
    decision_id = told["decision_id"]
    browser, address = browser_of(cleo), f"/certifying/decisions/{decision_id}/refusal"
    meanwhile(reviews, "decline", lambda: set_aside(decision_id, dora))
    page = browser.post_page(address, {"reason": "Two people rated."}, expect=409)
    assert "The attempt was set aside in the meantime." in page.text
    assert shown_again(page) == "Two people rated."
    page = browser.get_page(address, follow=True)
    assert "The attempt was set aside in the meantime." in page.text


def test_who_began_to_train_the_holder_while_writing_does_not_revoke(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    meanwhile: Meanwhile,
    certificate: Certificate,
    dora: Person,
    ines: Person,
) -> None:
    browser = browser_of(dora)
    meanwhile(reviews, "revoke", lambda: begin_to_train(dora, ines))
    address = f"/certifying/certificates/{certificate.number}/revocation"
    sent = {**REVOKE, **second_factors.reauthentication(app, dora)}
    browser.post_page(address, sent, expect=403)
    (stored,) = act(stories.certificates_in_database)
    assert (stored.revoked_at, stored.revocation_reason) == (None, "")
    assert act(stories.acts_noted, "certificate revoked") == []
    assert [letter for letter in act(letters) if "revoked" in letter.subject] == []


def test_a_revocation_that_comes_second_is_told_that_the_first_stands(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    meanwhile: Meanwhile,
    certificate: Certificate,
    cleo: Person,
    dora: Person,
) -> None:
    browser = browser_of(dora)

    def revoke_first() -> None:
        reviews.revoke(certificate.number, certifier=cleo, reason="First.")

    meanwhile(reviews, "revoke", revoke_first)
    address = f"/certifying/certificates/{certificate.number}/revocation"
    sent = {**REVOKE, **second_factors.reauthentication(app, dora)}
    page = browser.post_page(address, sent, follow=True)
    assert "Its first reason and date stand." in page.text
    (stored,) = act(stories.certificates_in_database)
    assert (stored.revocation_reason, stored.revoked_by_id) == ("First.", cleo.id)
    assert len([letter for letter in act(letters) if "revoked" in letter.subject]) == 1


# Closing dates


def window_changes() -> list[WindowChange]:
    return list(db.session.scalars(select(WindowChange)))


def test_an_attempt_that_is_decided_while_cleo_writes_gets_no_other_date(
    act: Act, browser_of: Browsers, meanwhile: Meanwhile, cleo: Person, ines: Person
) -> None:
    attempt_id = act(stories.opened_attempt, ines)
    meanwhile(closing_dates, "set_closing_date", lambda: stories.submit_waiting(attempt_id))
    sent = {"day": in_days(30).isoformat(), "reason": "Ill."}
    page = browser_of(cleo).post_page(closing_page(attempt_id), sent, follow=True)
    assert "not under way any more. Its date stands as it was." in page.text
    assert act(db.session.get_one, Attempt, attempt_id).closes_at is None
    assert act(window_changes) == []
    assert act(letters) == []


def test_who_began_to_train_the_rater_while_writing_gives_no_date(
    act: Act, browser_of: Browsers, meanwhile: Meanwhile, cleo: Person, ines: Person
) -> None:
    attempt_id = act(stories.opened_attempt, ines)
    meanwhile(closing_dates, "set_closing_date", lambda: begin_to_train(cleo, ines))
    sent = {"day": in_days(30).isoformat(), "reason": "Ill."}
    browser_of(cleo).post_page(closing_page(attempt_id), sent, expect=403)
    assert act(window_changes) == []
    assert act(stories.acts_noted, "closing date changed") == []


def test_the_records_refuse_a_date_that_the_page_would_refuse(
    act: Act, cleo: Person, ines: Person
) -> None:
    attempt_id = act(stories.opened_attempt, ines)
    give = closing_dates.set_closing_date
    with pytest.raises(ConflictError):
        act(give, attempt_id, in_days(3), certifier=ines, reason="For myself.")
    with pytest.raises(ValueError, match="not-later-than-now"):
        act(give, attempt_id, in_days(-1), certifier=cleo, reason="Yesterday.")
    with pytest.raises(ValueError, match="too-far-away"):
        act(give, attempt_id, in_days(400), certifier=cleo, reason="Whenever.")
    act(give, attempt_id, in_days(3), certifier=cleo, reason="As agreed.")
    with (
        time_machine.travel(act(db.session.get_one, Attempt, attempt_id).closes_at),
        pytest.raises(NotUnderWayError),
    ):
        act(give, attempt_id, in_days(9), certifier=cleo, reason="Too late.")
    (change,) = act(window_changes)
    assert change.reason == "As agreed."


def test_a_day_that_ends_between_the_look_and_the_act_is_asked_for_again(
    act: Act,
    browser_of: Browsers,
    cleo: Person,
    ines: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Cleo sends the form a second before midnight, for today."""
    attempt_id = act(stories.opened_attempt, ines)
    browser = browser_of(cleo)
    midnight = datetime.combine(in_days(1), time(), tzinfo=UTC)
    clock = iter([midnight - timedelta(minutes=2)])  # as the form looks; then it is later
    monkeypatch.setattr("training.forms.now", lambda: next(clock, midnight + timedelta(seconds=1)))
    monkeypatch.setattr(
        "training.certification.attempts.closing_dates.now",
        lambda: midnight + timedelta(seconds=1),
    )
    sent = {"day": in_days(0).isoformat(), "reason": "Ill."}
    page = browser.post_page(closing_page(attempt_id), sent, expect=422)
    assert page.errors
    assert "Ill." in page.html
    assert act(window_changes) == []
