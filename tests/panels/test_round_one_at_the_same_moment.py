"""The end of round one when several act at the very same moment, on both databases."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.at_once import at_once, inside
from tests.pack import ITEMS, PRACTICE
from tests.panels.life import assignment_of, draft_of, opened_panel, rate, read_panel, submit
from tests.panels.stories import make_experts
from training.accounts.models import Person
from training.audit import trail
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.calibration.models import RatingSession
from training.calibration.records import SubmitState
from training.clock import now
from training.database import db
from training.keys.models import KeySight
from training.mail.models import Letter
from training.panels import records, round_one
from training.panels.models import Panel, PanelRating, PanelState
from training.panels.rules import RefusedError


@pytest.fixture
def experts(make_person: Callable[..., Person]) -> list[Person]:
    return make_experts(make_person)


@pytest.fixture
def panel_id(app: Flask, experts: list[Person], cleo: Person) -> uuid.UUID:
    return opened_panel(app, experts[:4], chair=experts[0], by=cleo)


def test_a_double_click_opens_one_panel_and_invites_once(
    app: Flask, experts: list[Person], cleo: Person
) -> None:
    click = inside(
        app,
        partial(
            records.open_panel,
            "Spring panel",
            PRACTICE[:1],
            chair=experts[0],
            experts=experts,
            due=now().date(),
            by=cleo,
            panel_id=uuid.uuid4(),
        ),
    )
    first, second = at_once(click, click)
    assert first.id == second.id
    with app.app_context():
        assert db.session.query(Panel).count() == 1
        assert db.session.query(Letter).count() == len(experts) + 1


def test_two_panels_of_the_same_people_close_at_once(
    app: Flask, experts: list[Person], cleo: Person
) -> None:
    """In opposite order of seats: each notes that the same people have seen the same key."""
    three = experts[:3]
    panels = [
        opened_panel(app, order, chair=cleo, by=cleo) for order in (three, list(reversed(three)))
    ]
    for panel_id in panels:
        rate(app, panel_id, *three[:2])
    drafts = [draft_of(app, panel_id, three[2]) for panel_id in panels]
    outcomes = at_once(*(lambda draft=draft: submit(app, draft).state for draft in drafts))
    assert outcomes == [SubmitState.SUBMITTED] * 2
    with app.app_context():
        sights = db.session.query(KeySight.person_id, KeySight.vignette_slug).all()
        assert sorted(sights) == sorted((person.id, PRACTICE[0]) for person in (*three, cleo))
        assert list(trail.verify()) == []


def frozen(app: Flask) -> int:
    """How many whole ratings were copied; the round was closed exactly once."""
    with app.app_context():
        closings = select(func.count()).where(AuditEntry.act == Act.ROUND_ONE_CLOSED)
        assert db.session.scalar(closings) == 1
        rows = db.session.scalar(select(func.count()).select_from(PanelRating)) or 0
        assert rows % len(ITEMS) == 0
        return rows // len(ITEMS)


def test_of_two_last_experts_one_closes_the_round(
    app: Flask, panel_id: uuid.UUID, experts: list[Person]
) -> None:
    rate(app, panel_id, *experts[:2])
    drafts = [draft_of(app, panel_id, expert) for expert in experts[2:4]]
    outcomes = at_once(*(lambda draft=draft: submit(app, draft).state for draft in drafts))
    assert outcomes == [SubmitState.SUBMITTED] * 2
    assert frozen(app) == 4
    assert read_panel(app, panel_id, lambda panel: panel.state) is PanelState.CONSENSUS


def test_a_rating_that_comes_with_the_closing_is_in_or_refused(
    app: Flask, panel_id: uuid.UUID, experts: list[Person]
) -> None:
    rate(app, panel_id, *experts[:3])
    draft = draft_of(app, panel_id, experts[3])

    def close() -> None:
        round_one.close_early(panel_id, by=experts[0], reason="Time is up.")

    closing, outcome = at_once(inside(app, close), lambda: submit(app, draft))
    with app.app_context():
        is_in = db.session.get_one(RatingSession, draft).is_submitted
    if is_in:
        assert outcome.state is SubmitState.SUBMITTED
        assert isinstance(closing, RefusedError)  # the last rating had closed it
    else:
        assert outcome.state is SubmitState.CLOSED
        assert closing is None
    assert frozen(app) == (4 if is_in else 3)


def test_a_rating_the_chair_and_the_certifier_at_once_leave_one_outcome(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person
) -> None:
    """Goran submits, Ilse is added, Hye-jin opens hers in two tabs, and the chair closes."""
    rate(app, panel_id, *experts[:2])
    goran = draft_of(app, panel_id, experts[2])

    def open_twice() -> uuid.UUID | None:
        opened = round_one.open_assignment(assignment_of(panel_id, experts[3]), experts[3].id)
        return opened.id if opened else None

    results = at_once(
        lambda: submit(app, goran).state,
        inside(app, lambda: records.add_expert(panel_id, experts[4], by=cleo)),
        inside(app, open_twice),
        inside(app, open_twice),
        inside(app, lambda: round_one.close_early(panel_id, by=experts[0], reason="Time is up.")),
    )
    # Goran is never too late: with two ratings in, the chair cannot close before him.
    assert results[0] is SubmitState.SUBMITTED
    opened = {result for result in results[2:4] if isinstance(result, uuid.UUID)}
    assert len(opened) <= 1
    state = read_panel(app, panel_id, lambda panel: panel.state)
    if isinstance(results[4], RefusedError):
        assert state is PanelState.RATING
        assert len(opened) == 1
    else:
        assert state is PanelState.CONSENSUS
        assert frozen(app) == 3
