"""What a panel does in round two, for stories that begin after it or tell of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Flask

from tests.pack import ITEMS, PRACTICE, evidence, level
from training.accounts.models import Person
from training.clock import now
from training.panels.consensus import ratification, recording
from training.panels.consensus.key_documents import digest_of_key
from training.panels.consensus.recording import Edit
from training.panels.consensus.records import Discussion, find_discussion, find_panel_in_discussion
from training.panels.consensus.rules import Consensus, ConsensusKind, Standpoint, mark_of

NOTHING = mark_of(None)


def consensus_on(item: int, slug: str = PRACTICE[0], *, reason: str = "") -> Consensus:
    """What a panel agrees on that stands where the key of the small pack does."""
    score = level(slug, item)
    kind = ConsensusKind.NOT_RATEABLE if score is None else ConsensusKind.SCORE
    turns = () if score is None else tuple(evidence(item))
    return Consensus(kind, score, score, reason or f"The panel's reason for item {item}.", turns)


def discussion_of(app: Flask, panel_id: uuid.UUID, chair: Person, position: int = 1) -> Discussion:
    with app.app_context():
        panel = find_panel_in_discussion(panel_id, chair)
        assert panel is not None
        discussion = find_discussion(panel, position)
        assert discussion is not None
        return discussion


def record(
    app: Flask,
    panel_id: uuid.UUID,
    chair: Person,
    item: int,
    consensus: Consensus,
    position: int = 1,
) -> None:
    """The chair writes a consensus down, whatever was there before."""
    stored = discussion_of(app, panel_id, chair, position).items[item].consensus
    with app.app_context():
        edit = Edit(panel_id, position, item, mark_of(stored), chair)
        recording.record_consensus(edit, consensus)


def stand_at(
    app: Flask, panel_id: uuid.UUID, chair: Person, item: int, stands: Mapping[int, Standpoint]
) -> None:
    """The chair writes down where the experts of these places stand on an item."""
    for place, standpoint in stands.items():
        entry = discussion_of(app, panel_id, chair).items[item].find_expert(place)
        assert entry is not None
        with app.app_context():
            edit = Edit(panel_id, 1, item, mark_of(entry.position), chair)
            recording.record_position(edit, place, standpoint)


def settle(
    app: Flask, panel_id: uuid.UUID, chair: Person, slug: str = PRACTICE[0], position: int = 1
) -> None:
    """Record every item as the experts of the small story stand."""
    with app.app_context():
        for item in ITEMS:
            edit = Edit(panel_id, position, item, NOTHING, chair)
            recording.record_consensus(edit, consensus_on(item, slug))


def digest_to_sign(app: Flask, panel_id: uuid.UUID, chair: Person, position: int = 1) -> str:
    """The digest of what stands on the page that is signed."""
    discussion = discussion_of(app, panel_id, chair, position)
    return digest_of_key(ratification.key_to_sign(discussion, on=now().date()))


def sign(
    app: Flask, panel_id: uuid.UUID, signer: Person, chair: Person, position: int = 1
) -> ratification.Signed:
    """Sign what is on the page."""
    digest = digest_to_sign(app, panel_id, chair, position)
    with app.app_context():
        return ratification.sign(panel_id, position, signer=signer, digest=digest)
