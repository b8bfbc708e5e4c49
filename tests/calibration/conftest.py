"""Ines at work on a practice vignette."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from tests.calibration.rating_sheets import agreeing
from tests.pages import PersonClient
from training.accounts.models import Person
from training.calibration import records
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import Purpose, RatingSession
from training.calibration.ratings import Rating
from training.database import db


@pytest.fixture
def ines_browser(ines: Person, browser_of: Callable[[Person], PersonClient]) -> PersonClient:
    return browser_of(ines)


@pytest.fixture
def open_for(app: Flask) -> Callable[..., uuid.UUID]:
    """Open a session: `open_for(ines, "practice-one")`, of practice unless said otherwise."""

    def open_it(person: Person, slug: str, purpose: Purpose = Purpose.PRACTICE) -> uuid.UUID:
        with app.app_context():
            return records.open_session(person.id, slug, purpose).id

    return open_it


@pytest.fixture
def draft(open_for: Callable[..., uuid.UUID], ines: Person) -> uuid.UUID:
    """Ines's session of "practice-one", opened and empty."""
    return open_for(ines, "practice-one")


@pytest.fixture
def submit_for(app: Flask) -> Callable[..., None]:
    """Submit a session with these ratings, by default those of the key of practice-one."""

    def submit(session_id: uuid.UUID, ratings: dict[int, Rating] | None = None) -> None:
        with app.app_context():
            revision = db.session.get_one(RatingSession, session_id).revision
            outcome = records.submit(
                session_id, ratings or agreeing(), revision=revision, after=AFTER_SUBMISSION
            )
            assert outcome.is_submitted, outcome.lacks

    return submit


@pytest.fixture
def stored(app: Flask) -> Callable[[uuid.UUID], dict[int, Rating]]:
    """What the database holds of a session."""

    def read(session_id: uuid.UUID) -> dict[int, Rating]:
        with app.app_context():
            return records.ratings_of(db.session.get_one(RatingSession, session_id))

    return read
