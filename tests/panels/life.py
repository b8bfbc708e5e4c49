"""A panel as it comes to be by its own acts: opened by Cleo, rated by its experts."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from tests.calibration.rating_sheets import agreeing
from tests.pack import PRACTICE
from tests.panels.stories import panel_canary
from training.accounts.models import Person
from training.calibration import records as calibration
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import RatingSession
from training.calibration.ratings import Rating
from training.calibration.records import SubmitOutcome
from training.clock import now
from training.database import db
from training.mail.models import Letter
from training.panels import records, round_one
from training.panels.models import (
    Assignment,
    Panel,
    PanelReminder,
    PanelSeat,
    PanelVignette,
)

IN_DAYS = 14


def opened_panel(
    app: Flask,
    experts: Sequence[Person],
    *,
    chair: Person,
    by: Person,
    slugs: Sequence[str] = PRACTICE[:1],
    in_days: int = IN_DAYS,
) -> uuid.UUID:
    """A panel in round one, as the service opens it."""
    with app.app_context():
        panel = records.open_panel(
            "Spring panel",
            slugs,
            chair=chair,
            experts=experts,
            due=(now() + timedelta(days=in_days)).date(),
            by=by,
        )
        return panel.id


def assignment_of(panel_id: uuid.UUID, expert: Person, slug: str = PRACTICE[0]) -> uuid.UUID:
    """What this expert was assigned; inside an application context."""
    return db.session.scalars(
        select(Assignment.id)
        .join(PanelSeat, PanelSeat.id == Assignment.seat_id)
        .join(PanelVignette, PanelVignette.id == Assignment.panel_vignette_id)
        .where(
            PanelSeat.panel_id == panel_id,
            PanelSeat.person_id == expert.id,
            PanelVignette.vignette_slug == slug,
        )
    ).one()


def sheet(expert: Person, slug: str = PRACTICE[0]) -> dict[int, Rating]:
    """The key's ratings with reasons that only this expert wrote."""
    return {
        item: replace(rating, note=panel_canary(expert.name, slug, item))
        for item, rating in agreeing(slug).items()
    }


def draft_of(app: Flask, panel_id: uuid.UUID, expert: Person, slug: str = PRACTICE[0]) -> uuid.UUID:
    """Open this expert's rating and save all of it, without submitting."""
    with app.app_context():
        session = round_one.open_assignment(assignment_of(panel_id, expert, slug), expert.id)
        assert session is not None
        calibration.save_ratings(session.id, sheet(expert, slug), revision=session.revision)
        return session.id


def submit(app: Flask, session_id: uuid.UUID) -> SubmitOutcome:
    """Submit a rating as it is saved, with all that follows."""
    with app.app_context():
        revision = db.session.get_one(RatingSession, session_id).revision
        return calibration.submit(session_id, None, revision=revision, after=AFTER_SUBMISSION)


def rate(app: Flask, panel_id: uuid.UUID, *experts: Person, slug: str = PRACTICE[0]) -> None:
    """Let each of these experts rate a vignette and submit it."""
    for expert in experts:
        assert submit(app, draft_of(app, panel_id, expert, slug)).is_submitted


def read_panel(app: Flask, panel_id: uuid.UUID, read: Callable[[Panel], object]) -> object:
    """Something about a panel as it is stored now."""
    with app.app_context():
        return read(db.session.get_one(Panel, panel_id))


def ten_days_pass() -> None:
    """Whoever was invited or reminded was so ten days earlier; inside a transaction."""
    for seat in db.session.scalars(select(PanelSeat)):
        seat.invited_at -= timedelta(days=10)
    for reminder in db.session.scalars(select(PanelReminder)):
        reminder.written_at -= timedelta(days=10)


def letters_to(app: Flask, person: Person) -> list[str]:
    """The subjects of what this person was written, the first one first."""
    with app.app_context():
        statement = select(Letter.subject).filter_by(recipient=person.email)
        return list(db.session.scalars(statement.order_by(Letter.written_at)))
