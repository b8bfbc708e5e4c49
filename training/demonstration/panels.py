"""The demonstration's panels: one finished, one in round one; their experts are simulated."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from training.accounts.models import Person
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import RatingSession
from training.calibration.ratings import Rating
from training.calibration.records import submit
from training.certification.simulation.rater_kinds import RaterKind
from training.clock import now
from training.database import db, write_transaction
from training.demonstration.doings import key_of, practice_of, simulated_scores
from training.keys.changes.records import put_in_use
from training.library import records as library
from training.library.schema.key import KeyRating
from training.panels.consensus.key_documents import digest_of_key
from training.panels.consensus.ratification import key_to_sign, sign
from training.panels.consensus.recording import Edit, record_consensus, record_position
from training.panels.consensus.records import Discussion, find_discussion
from training.panels.consensus.rules import Consensus, ConsensusKind, Stance, Standpoint, mark_of
from training.panels.models import Assignment, Panel, PanelVignette
from training.panels.records import open_panel
from training.panels.round_one import open_assignment
from training.tracks.records import tracks_for

FINISHED = "Finished panel (demonstration, simulated experts)"
UNDER_WAY = "Panel in round one (demonstration, simulated experts)"
SIMULATED = "Simulated for the demonstration."
STAYS = "Simulated: I would have needed one more moment like this to go along."


def add_panels(experts: Sequence[Person], certifier: Person) -> None:
    """Add the panels that are missing; each is a whole story or nothing of it.

    experts  the chair first; in the panel under way the chair and one more are not in yet.
    """
    finished, under_way = practice_of(tracks_for(None))[:2]
    present = set(db.session.scalars(select(Panel.title)))
    if FINISHED not in present:
        with write_transaction():
            _finish(_opened(FINISHED, finished, experts, certifier), experts, certifier)
    if UNDER_WAY not in present:
        with write_transaction():
            panel = _opened(UNDER_WAY, under_way, experts, certifier)
            for expert in experts[2:]:
                _rate(panel, expert)


def _opened(title: str, slug: str, experts: Sequence[Person], certifier: Person) -> Panel:
    due = (now() + timedelta(days=14)).date()
    return open_panel(title, [slug], chair=experts[0], experts=experts, due=due, by=certifier)


def _rate(panel: Panel, expert: Person) -> None:
    """An expert's independent rating of everything they were assigned."""
    assignments = db.session.scalars(
        select(Assignment)
        .join(Assignment.seat)
        .filter_by(panel_id=panel.id, person_id=expert.id)
        .order_by(Assignment.id)
    ).all()
    for assignment in assignments:
        session = open_assignment(assignment.id, expert.id)
        assert session is not None  # it is their own
        ratings = _ratings(session, seed=assignment.seat.place)
        outcome = submit(session.id, ratings, revision=session.revision, after=AFTER_SUBMISSION)
        if not outcome.is_submitted:
            raise RuntimeError(f"{session.vignette_slug}: {outcome.state} {outcome.lacks}")


def _ratings(session: RatingSession, *, seed: int) -> dict[int, Rating]:
    items = key_of(session).items
    return {
        item: Rating(
            score=score,
            is_not_rateable=score is None,
            reason=SIMULATED if score is None else "",
            evidence=items[item].evidence[:4],
            note="" if score is None else SIMULATED,
        )
        for item, score in simulated_scores(session, RaterKind.GOOD, seed).items()
    }


def _finish(panel: Panel, experts: Sequence[Person], certifier: Person) -> None:
    """Everybody rates, the panel settles every item, two sign, and the key is put in use."""
    for expert in experts:
        _rate(panel, expert)
    (row,) = panel.vignettes
    authored = library.get_key(row.vignette_slug).document
    for number, rating in authored.items.items():
        _settle(panel, number, rating, chair=experts[0])
    for signer in experts[:2]:
        key = key_to_sign(_discussion(panel), on=now().date())
        sign(panel.id, 1, signer=signer, digest=digest_of_key(key))
    put_in_use(row.vignette_slug, _ratified(row.id), by=certifier, reason=SIMULATED)


def _discussion(panel: Panel) -> Discussion:
    db.session.flush()
    db.session.expire_all()
    discussion = find_discussion(panel, 1)
    assert discussion is not None
    return discussion


def _ratified(panel_vignette_id: uuid.UUID) -> uuid.UUID:
    document_id = db.session.get_one(PanelVignette, panel_vignette_id).key_document_id
    assert document_id is not None  # two have signed
    return document_id


def _settle(panel: Panel, item: int, authored: KeyRating, *, chair: Person) -> None:
    """Agree on the author's score; where the experts lay far apart, on a band beside it."""
    entry = _discussion(panel).items[item]
    agreed = _agreed(entry.stances, authored)
    for stance in entry.stances:
        position = _position_of(stance, agreed, authored)
        if position is not None:
            started_from = mark_of(None)
            edit = Edit(panel.id, 1, item, started_from, chair)
            record_position(edit, stance.place, position)
    record_consensus(Edit(panel.id, 1, item, mark_of(entry.consensus), chair), agreed)


def _agreed(stances: Sequence[Stance], authored: KeyRating) -> Consensus:
    if authored.score is None:
        return Consensus(
            ConsensusKind.NOT_RATEABLE, reason=authored.reason, evidence=authored.evidence
        )
    given = [stance.first for stance in stances if stance.first is not None]
    neighbours = [score for score in given if abs(score - authored.score) == 1]
    is_apart = bool(given) and max(given) - min(given) >= 2 and bool(neighbours)
    bounds = (authored.score, neighbours[0]) if is_apart else (authored.score, authored.score)
    return Consensus(
        ConsensusKind.BAND if is_apart else ConsensusKind.SCORE,
        min(bounds),
        max(bounds),
        authored.reason,
        authored.evidence,
    )


def _position_of(stance: Stance, agreed: Consensus, authored: KeyRating) -> Standpoint | None:
    """Where an expert stands in the end, None where they never moved.

    Whoever is outside moves to the author's score, but for one who stays beside a band.
    """
    accepted = agreed.accepted or (None,)
    if stance.first in accepted:
        return None
    if agreed.kind is ConsensusKind.BAND:
        return Standpoint(stance.first, STAYS)
    return Standpoint(authored.score, SIMULATED)
