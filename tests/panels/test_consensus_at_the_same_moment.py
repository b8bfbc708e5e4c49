"""Round two, when several act at the very same moment: one outcome, on both databases."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.at_once import at_once, inside
from tests.panels.round_two import (
    NOTHING,
    consensus_on,
    digest_to_sign,
    discussion_of,
    settle,
    sign,
)
from tests.panels.stories import make_experts, panel_in_round_two
from training.accounts.models import Person, Role
from training.audit import trail
from training.database import db
from training.library.models import Document, DocumentKind
from training.panels.consensus import ratification, recording
from training.panels.consensus.ratification import ChangedSinceError, ObstacleError, Signed
from training.panels.consensus.recording import Edit, OverError, StaleEditError
from training.panels.consensus.rules import Standpoint, mark_of
from training.panels.models import KeySignature, Panel, PanelState, PanelVignette


@pytest.fixture
def experts(make_person: Callable[..., Person]) -> list[Person]:
    return make_experts(make_person)


@pytest.fixture
def chair(make_person: Callable[..., Person]) -> Person:
    return make_person("Noor", Role.EXPERT)


@pytest.fixture
def panel_id(app: Flask, experts: list[Person], chair: Person) -> uuid.UUID:
    return panel_in_round_two(app, experts, chair=chair)


def test_of_two_edits_of_an_item_one_is_stale_and_others_are_in_nobodys_way(
    app: Flask, experts: list[Person], chair: Person, panel_id: uuid.UUID
) -> None:
    edit = Edit(panel_id, 1, 1, NOTHING, chair)
    first, second = (consensus_on(1, reason=f"From window {number}.") for number in (1, 2))
    own = Edit(panel_id, 1, 1, NOTHING, experts[0])
    results = at_once(
        inside(app, partial(recording.record_consensus, edit, first)),
        inside(app, partial(recording.record_consensus, edit, second)),
        inside(app, partial(recording.record_position, own, 1, Standpoint(3, "As before."))),
    )
    stale = [result for result in results[:2] if isinstance(result, StaleEditError)]
    assert len(stale) == 1
    assert results[2] == []
    entry = discussion_of(app, panel_id, chair).items[1]
    assert stale[0].stored == entry.consensus
    assert entry.consensus == (second if results[0] is stale[0] else first)
    with app.app_context():
        assert db.session.get_one(Panel, panel_id).revision == 2


def test_two_second_signatures_at_once_ratify_once(
    app: Flask, experts: list[Person], chair: Person, panel_id: uuid.UUID
) -> None:
    settle(app, panel_id, chair)
    sign(app, panel_id, chair, chair)
    digest = digest_to_sign(app, panel_id, chair)
    results = at_once(
        *(
            inside(app, partial(ratification.sign, panel_id, 1, signer=signer, digest=digest))
            for signer in experts[:3]
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["OverError"] * 2 + ["Signed"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(KeySignature)) == 2
        ratified = select(func.count()).select_from(Document).filter_by(kind=DocumentKind.KEY)
        before = ratified.where(Document.digest != digest)
        assert db.session.scalar(ratified) == (db.session.scalar(before) or 0) + 1
        assert db.session.get_one(Panel, panel_id).state is PanelState.ENDED
        assert list(trail.verify()) == []


def test_a_double_click_signs_once(app: Flask, chair: Person, panel_id: uuid.UUID) -> None:
    settle(app, panel_id, chair)
    digest = digest_to_sign(app, panel_id, chair)
    click = inside(app, partial(ratification.sign, panel_id, 1, signer=chair, digest=digest))
    results = at_once(click, click)
    assert {type(result) for result in results} == {ObstacleError, Signed}


def test_an_edit_while_somebody_signs_leaves_no_signature_under_another_text(
    app: Flask, experts: list[Person], chair: Person, panel_id: uuid.UUID
) -> None:
    settle(app, panel_id, chair)
    sign(app, panel_id, experts[0], chair)
    digest = digest_to_sign(app, panel_id, chair)
    edit = Edit(panel_id, 1, 1, mark_of(consensus_on(1)), chair)
    better = consensus_on(1, reason="Better said.")
    signed, recorded = at_once(
        inside(app, partial(ratification.sign, panel_id, 1, signer=chair, digest=digest)),
        inside(app, partial(recording.record_consensus, edit, better)),
    )
    consensus = discussion_of(app, panel_id, chair).items[1].consensus
    with app.app_context():
        row = db.session.scalars(select(PanelVignette)).one()
        names = db.session.scalar(select(func.count()).select_from(KeySignature))
    if isinstance(signed, Signed):
        assert signed.is_ratified
        assert isinstance(recorded, OverError)
        assert consensus == consensus_on(1)
        assert (row.ratified_at is None, names) == (False, 2)
    else:
        assert isinstance(signed, ChangedSinceError)
        assert len(recorded) == 1  # Emeka is told
        assert consensus == better
        assert (row.ratified_at, names) == (None, 0)
