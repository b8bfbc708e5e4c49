"""Two browsers act at the very same moment, on both databases."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.calibration.rating_sheets import agreeing
from training.accounts.models import Person
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.calibration import practice_records, records
from training.calibration.models import Purpose, RatingSession, SessionAgreement
from training.calibration.ratings import BLANK, Rating
from training.calibration.records import SaveState, SubmitState
from training.clock import now
from training.database import db, write_transaction

Result = TypeVar("Result")


def together(app: Flask, act: Callable[[int], Result], times: int = 2) -> list[Result]:
    """Do something in several threads, all let go at once."""
    barrier = threading.Barrier(times)

    def run(place: int) -> Result:
        with app.app_context():
            barrier.wait(timeout=20)
            return act(place)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_a_double_click_leaves_one_submission(app: Flask, draft: uuid.UUID) -> None:
    followed = []

    def submit(_place: int) -> SubmitState:
        after = {Purpose.PRACTICE: lambda session: followed.append(session.id)}
        return records.submit(draft, agreeing(), revision=0, after=after).state

    states = together(app, submit, times=4)
    assert sorted(states) == sorted([SubmitState.SUBMITTED] + [SubmitState.ALREADY_SUBMITTED] * 3)
    assert followed == [draft]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SessionAgreement)) == 1
        lines = select(func.count()).where(AuditEntry.act == Act.RATING_SUBMITTED.value)
        assert db.session.scalar(lines) == 1


def test_of_two_different_saves_one_is_stale(app: Flask, draft: uuid.UUID) -> None:
    def save(place: int) -> SaveState:
        return records.save_ratings(draft, {1: Rating(place)}, revision=0).state

    assert sorted(together(app, save)) == [SaveState.SAVED, SaveState.STALE]


@pytest.fixture
def before_the_act(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[int], object]], None]:
    """Let something happen elsewhere after the next save was read, and before it is written."""

    def arrange(happens: Callable[[int], object]) -> None:
        @contextmanager
        def act_that_waits() -> Iterator[None]:
            monkeypatch.undo()
            together(app, happens, times=1)
            with write_transaction():
                yield

        monkeypatch.setattr(records, "write_transaction", act_that_waits)

    return arrange


def test_a_save_that_comes_between_reading_and_writing_is_kept(
    app: Flask,
    draft: uuid.UUID,
    stored: Callable[[uuid.UUID], dict[int, Rating]],
    before_the_act: Callable[[Callable[[int], object]], None],
) -> None:
    before_the_act(lambda _place: records.save_ratings(draft, {1: Rating(4)}, revision=0))
    with app.app_context():
        outcome = records.save_ratings(draft, {1: Rating(2)}, revision=0)
    assert outcome.state is SaveState.STALE
    assert stored(draft)[1] == Rating(4)


def test_a_draft_that_is_closed_between_reading_and_writing_stays_as_it_was(
    app: Flask,
    draft: uuid.UUID,
    stored: Callable[[uuid.UUID], dict[int, Rating]],
    before_the_act: Callable[[Callable[[int], object]], None],
) -> None:
    def close(_place: int) -> None:
        with write_transaction() as session:
            session.get_one(RatingSession, draft).closes_at = now()

    before_the_act(close)
    with app.app_context():
        outcome = records.save_ratings(draft, {1: Rating(2)}, revision=0)
    assert outcome.state is SaveState.CLOSED
    assert stored(draft)[1] == BLANK


def test_the_same_save_twice_is_saved_twice(app: Flask, draft: uuid.UUID) -> None:
    def save(_place: int) -> tuple[SaveState, int]:
        outcome = records.save_ratings(draft, {1: Rating(2)}, revision=0)
        return outcome.state, outcome.revision

    assert together(app, save) == [(SaveState.SAVED, 1)] * 2


def test_a_save_and_a_submission_leave_one_of_two_clean_results(
    app: Flask, draft: uuid.UUID, stored: Callable[[uuid.UUID], dict[int, Rating]]
) -> None:
    changed = agreeing() | {1: Rating(0)}
    with app.app_context():
        records.save_ratings(draft, agreeing(), revision=0)

    def act(place: int) -> str:
        if place:
            return records.save_ratings(draft, changed, revision=1).state.value
        return records.submit(draft, None, revision=1, after={}).state.value

    states = together(app, act)
    if states == ["submitted", "submitted"]:
        assert stored(draft) == agreeing()
    else:
        assert states == ["stale", "saved"]
        assert stored(draft) == changed


def test_opening_at_once_opens_one(app: Flask, ines: Person) -> None:
    def open_it(_place: int) -> uuid.UUID:
        return practice_records.open_practice(ines.id, "practice-one", again=False).id

    assert len(set(together(app, open_it, times=3))) == 1


def test_opening_a_repeat_at_once_opens_one(
    app: Flask, ines: Person, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft)

    def open_it(_place: int) -> int:
        return practice_records.open_practice(ines.id, "practice-one", again=True).number

    assert together(app, open_it) == [2, 2]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RatingSession)) == 2
