"""A trainer's page is made of kept lines, and still shows every act as soon as it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from tests.cohorts.learning import add_raters, attempt, complete, practise, take_check
from tests.cohorts.test_raters import LENIENT, Browser, counted_queries, row_of
from training.accounts.models import Person
from training.accounts.records import change_profile
from training.calibration.models import Purpose
from training.calibration.records import Rating, open_session, save_ratings
from training.certification.models import (
    Attempt,
    AttemptState,
    Certificate,
    Review,
    ReviewAct,
    SetAside,
    SettingAsideGround,
)
from training.clock import now
from training.cohorts import kept_rows, rater_records
from training.cohorts.models import Cohort
from training.database import write_transaction
from training.modules.stages import Stage
from training.tracks.records import tracks_for


@pytest.fixture
def seen(tamar: Person, browser_of: Browser, cohort: Cohort) -> Callable[[], str]:
    """Ines' line as Tamar sees it, who has looked at it before."""
    browser = browser_of(tamar)

    def look() -> str:
        return row_of(browser.get_page(f"/cohorts/{cohort.id}"), "In")

    look()
    return look


def test_every_step_in_the_modules_is_seen_at_once(
    app: Flask, ines: Person, seen: Callable[[], str]
) -> None:
    with app.app_context():
        complete(ines, "first-things", [Stage.ORIENT])
    assert "Observe" in seen()
    with app.app_context():
        complete(ines, "first-things", [Stage.OBSERVE])
        take_check(ines, "first-things", right=2)
        take_check(ines, "first-things", right=2, number=2)
    assert "2 times without passing" in seen()
    with app.app_context():
        take_check(ines, "first-things", right=6, number=3)
        complete(ines, "first-things", [Stage.CHECK])
    assert "nothing stands out" in seen()
    with app.app_context():
        complete(ines, "first-things", [Stage.APPLY, Stage.REFLECT])
    assert seen().startswith("Ines 1 of 2 ")


def test_every_rating_that_is_submitted_is_seen_at_once(
    app: Flask, ines: Person, seen: Callable[[], str]
) -> None:
    with app.app_context():
        practise(ines, "practice-one", {1: 1, 2: 1, 3: 0, 4: -2})
    assert "1 25% 75% ±0.00 level 4" in seen()
    with app.app_context():
        practise(ines, "practice-two", {1: 1, 2: 0, 3: 0, 4: 1})
    assert "2 38% 88% +0.25 lenient 8" in seen()


def test_every_turn_of_an_attempt_is_seen_at_once(
    app: Flask, ines: Person, cleo: Person, seen: Callable[[], str]
) -> None:
    with app.app_context():
        decision = attempt(ines, AttemptState.OPEN, certifier=cleo)
    assert "Attempt 1: under way" in seen()

    def turn(state: AttemptState) -> None:
        with app.app_context(), write_transaction() as session:
            session.execute(update(Attempt).filter_by(person_id=ines.id).values(state=state))
            if state is AttemptState.CLOSED:
                declined = ReviewAct.DECLINED
                session.add(Review(decision_id=decision.id, certifier_id=cleo.id, act=declined))

    turn(AttemptState.DECIDED)
    assert "Attempt 1: waits for a certifier" in seen()
    turn(AttemptState.CLOSED)
    assert "Attempt 1: ended without a certificate" in seen()
    assert "The last attempt at certification did not end with a certificate." in seen()
    with app.app_context(), write_transaction() as session:
        session.add(
            SetAside(
                attempt_id=decision.attempt_id,
                ground=SettingAsideGround.KEY_CHANGE,
                by_id=cleo.id,
                reason="A wrong key.",
            )
        )
    assert "Attempt 1: set aside: it does not count" in seen()
    assert "The last attempt at certification did not end with a certificate." not in seen()


def test_a_certificate_is_seen_until_it_is_revoked_or_over(
    app: Flask, ines: Person, cleo: Person, seen: Callable[[], str]
) -> None:
    with app.app_context():
        attempt(ines, AttemptState.CLOSED, ReviewAct.SIGNED, certifier=cleo)
    assert "Certified until" in seen()
    with app.app_context(), write_transaction() as session:
        session.execute(update(Certificate).values(revoked_at=now()))
    assert "Certified" not in seen()
    with app.app_context(), write_transaction() as session:
        soon = now() + timedelta(hours=1)
        session.execute(update(Certificate).values(revoked_at=None, valid_until=soon))
    assert "Certified until" in seen()
    with time_machine.travel(now() + timedelta(hours=2)):
        assert "Certified" not in seen()


def test_days_go_by_for_whoever_does_nothing_and_a_saved_draft_ends_that(
    app: Flask, ines: Person, seen: Callable[[], str]
) -> None:
    with app.app_context():
        draft = open_session(ines.id, "practice-one", Purpose.PRACTICE)
    for days in (13, 14, 15):
        with time_machine.travel(now() + timedelta(days=days, minutes=1)):
            line = seen()
            assert (f"Has done nothing for {days} days." in line) == (days >= 14), days
            if days == 15:
                with app.app_context():
                    save_ratings(draft.id, {1: Rating(score=2)}, revision=0)
                assert "nothing stands out" in seen()


def test_a_new_name_is_seen_at_once(app: Flask, ines: Person, seen: Callable[[], str]) -> None:
    with app.app_context():
        change_profile(ines, name="Inês", locale="en")
    assert seen().startswith("Inês")


def test_who_has_done_nothing_since_the_last_look_is_not_asked_for_again(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser
) -> None:
    browser, address = browser_of(tamar), f"/cohorts/{cohort.id}"
    with app.app_context():
        others = add_raters(cohort, 3)
        for person in others:
            practise(person, "practice-one", LENIENT)
    browser.get_page(address)
    with counted_queries(app) as statements:
        browser.get_page(address)
    asked = [statement for statement in statements if not statement.startswith("BEGIN")]
    # Who is signed in, which cohort, whether what is in use is as before, and the marks.
    assert len(asked) == 4, asked
    with app.app_context():
        complete(others[0], "first-things")
    assert row_of(browser.get_page(address), others[0].name).startswith("Rater 001 1 of 2")


def test_kept_lines_are_given_up_when_there_are_many(
    app: Flask, cohort: Cohort, ines: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rater_records, "ROWS_KEPT", 4)
    with app.app_context():
        add_raters(cohort, 6)
        for _ in range(2):
            table = rater_records.rater_table(
                cohort.id,
                tracks=tracks_for(None),
                total=7,
                asked_page=None,
                published="these",
                at=now(),
            )
            assert len(table.rows) == 7


def test_a_page_is_whole_though_fewer_lines_are_kept_than_it_has(
    app: Flask,
    cohort: Cohort,
    tamar: Person,
    browser_of: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept_rows, "ROWS_KEPT", 2)
    with app.app_context():
        add_raters(cohort, 4)
    browser = browser_of(tamar)
    for _ in range(2):
        page = browser.get_page(f"/cohorts/{cohort.id}")
        names = [link.get_text() for link in page.soup.select("tbody .row-link")]
        assert names == ["Ines", "Rater 001", "Rater 002", "Rater 003", "Rater 004"]
