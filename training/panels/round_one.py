"""Round one: experts rate alone, and what they gave is copied and frozen when it closes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import selectinload

from training.accounts.models import Person
from training.accounts.records import lock_person
from training.audit import trail
from training.calibration.models import Purpose, RatingSession, SessionState
from training.calibration.ratings import Rating
from training.calibration.records import open_session, ratings_of
from training.clock import now
from training.database import db, write_transaction
from training.keys.models import Occasion
from training.keys.sights import keys_seen, note_keys_seen_by
from training.panels.locking import (
    fresh_panel,
    hold_vignettes,
    locked_panel,
    panel_to_change,
)
from training.panels.models import (
    Assignment,
    Panel,
    PanelRating,
    PanelSeat,
    PanelState,
    PanelVignette,
)
from training.panels.rules import (
    PanelAct,
    Refusal,
    RefusedError,
    Round,
    is_complete,
    may,
    short_of_ratings,
)


def open_assignment(assignment_id: uuid.UUID, person_id: uuid.UUID) -> RatingSession | None:
    """The rating session in which an expert does what they were assigned, opened if need be.

    None where it is not theirs. Raises RefusedError when round one is over, or when they have
    seen the key and their rating would not be independent.
    """
    panel_id = _panel_of_seat(assignment_id, person_id)
    if panel_id is None:
        return None
    with write_transaction():
        hold_vignettes(panel_id)
        lock_person(person_id)
        panel, assignment = fresh_panel(panel_id), _assignment_of(assignment_id)
        if assignment is None:
            return None
        if not may(PanelAct.RATE, panel.state):
            raise RefusedError(Refusal.ROUND_ONE_IS_OVER)
        if (slug := assignment.panel_vignette.vignette_slug) in keys_seen(person_id):
            raise RefusedError(Refusal.KEY_SEEN, [slug])
        return assignment.session or _open(assignment, panel, person_id)


def _panel_of_seat(assignment_id: uuid.UUID, person_id: uuid.UUID) -> uuid.UUID | None:
    return db.session.scalar(
        select(PanelSeat.panel_id)
        .join(Assignment, Assignment.seat_id == PanelSeat.id)
        .where(Assignment.id == assignment_id, PanelSeat.person_id == person_id)
    )


def _assignment_of(assignment_id: uuid.UUID) -> Assignment | None:
    """The assignment as it is now; None once its expert was withdrawn."""
    return db.session.scalar(
        select(Assignment)
        .join(PanelSeat, PanelSeat.id == Assignment.seat_id)
        .where(Assignment.id == assignment_id, PanelSeat.withdrawn_at.is_(None))
        .execution_options(populate_existing=True)
    )


def _open(assignment: Assignment, panel: Panel, person_id: uuid.UUID) -> RatingSession:
    vignette = assignment.panel_vignette
    highest = db.session.scalar(
        select(func.max(RatingSession.number)).filter_by(
            person_id=person_id, vignette_slug=vignette.vignette_slug, purpose=Purpose.PANEL
        )
    )
    opened = open_session(
        person_id, vignette.vignette_slug, Purpose.PANEL, number=(highest or 0) + 1
    )
    # All experts rate the versions the panel was opened with, whatever is in use by now.
    opened.vignette_document_id = vignette.vignette_document_id
    opened.instrument_document_id = panel.instrument_document_id
    assignment.session_id = opened.id
    return opened


def is_no_longer_independent(session: RatingSession) -> bool:
    """Whether this is a panel rating under way whose key the expert has seen since."""
    if session.purpose is not Purpose.PANEL or session.is_submitted or session.is_closed(now()):
        return False
    return session.vignette_slug in keys_seen(session.person_id)


def rating_submitted(session: RatingSession) -> None:
    """Close round one with the last rating, in the transaction of its submission."""
    panel_id = db.session.scalar(
        select(PanelSeat.panel_id)
        .join(Assignment, Assignment.seat_id == PanelSeat.id)
        .where(Assignment.session_id == session.id)
    )
    if panel_id is not None:  # a session from before there were panels belongs to none
        close_if_complete(locked_panel(panel_id))


def close_if_complete(panel: Panel) -> None:
    """Close round one where everybody is in; inside an act that has locked the panel."""
    if may(PanelAct.CLOSE_ROUND_ONE, panel.state) and is_complete(stand_of(panel.id)):
        _close(panel, now(), by=None, reason="")


def close_early(panel_id: uuid.UUID, *, by: Person, reason: str) -> None:
    """Close round one without those who are not in; what they have saved stays theirs.

    Raises RefusedError when it is closed, or when a vignette has too few ratings.
    """
    with write_transaction():
        panel = panel_to_change(panel_id)
        if not may(PanelAct.CLOSE_ROUND_ONE, panel.state):
            raise RefusedError(Refusal.ROUND_ONE_IS_OVER)
        if short_of_ratings(stand_of(panel.id)):
            raise RefusedError(Refusal.TOO_FEW_RATINGS)
        moment = now()
        end_drafts(panel.id, moment)
        _close(panel, moment, by=by, reason=reason)


def stand_of(panel_id: uuid.UUID) -> Round:
    """For each vignette of a panel, whether each of its experts has submitted."""
    rows = db.session.execute(
        select(PanelVignette.position, RatingSession.state)
        .join(Assignment, Assignment.panel_vignette_id == PanelVignette.id)
        .join(PanelSeat, PanelSeat.id == Assignment.seat_id)
        .outerjoin(RatingSession, RatingSession.id == Assignment.session_id)
        .where(PanelVignette.panel_id == panel_id, PanelSeat.withdrawn_at.is_(None))
    ).all()
    positions = db.session.scalars(
        select(PanelVignette.position).filter_by(panel_id=panel_id).order_by(PanelVignette.position)
    )
    return {
        position: [state is SessionState.SUBMITTED for at, state in rows if at == position]
        for position in positions
    }


def _close(panel: Panel, moment: datetime, *, by: Person | None, reason: str) -> None:
    copied = [rating for row in _submitted(panel.id) for rating in _ratings_from(*row)]
    db.session.add_all(copied)
    first = panel.vignettes[0]
    panel.state = PanelState.CONSENSUS
    panel.rating_closed_at = moment
    panel.rating_closed_by_id = by.id if by else None
    panel.rating_closing_reason = reason
    panel.current_position = first.position
    panel.current_item = min(
        rating.item_number for rating in copied if rating.panel_vignette_id == first.id
    )
    trail.note(
        trail.Act.ROUND_ONE_CLOSED,
        f"panel {panel.id}",
        person_id=by.id if by else None,
        is_early=by is not None,
        ratings=len(copied),
    )
    _note_sights(panel)


def _submitted(panel_id: uuid.UUID) -> Iterable[tuple[Assignment, RatingSession]]:
    """What counts: the submitted ratings of everybody who still sits on the panel."""
    rows = db.session.execute(
        select(Assignment, RatingSession)
        .join(PanelSeat, PanelSeat.id == Assignment.seat_id)
        .join(RatingSession, RatingSession.id == Assignment.session_id)
        .where(
            PanelSeat.panel_id == panel_id,
            PanelSeat.withdrawn_at.is_(None),
            RatingSession.state == SessionState.SUBMITTED,
        )
        .options(selectinload(RatingSession.ratings))
        .execution_options(populate_existing=True)
    )
    return [(assignment, session) for assignment, session in rows]


def _ratings_from(assignment: Assignment, session: RatingSession) -> list[PanelRating]:
    return [
        PanelRating(
            panel_vignette_id=assignment.panel_vignette_id,
            seat_id=assignment.seat_id,
            item_number=number,
            score=rating.score,
            is_not_rateable=rating.is_not_rateable,
            reason=_reason_of(rating),
            evidence=list(rating.evidence),
        )
        for number, rating in ratings_of(session).items()
    ]


def _reason_of(rating: Rating) -> str:
    return rating.reason if rating.is_not_rateable else rating.note


def _note_sights(panel: Panel) -> None:
    """From now on all of them see what the key will be made of."""
    slugs = [vignette.vignette_slug for vignette in panel.vignettes]
    seated = {
        seat.person_id
        for seat in panel.seats
        if seat.withdrawn_at is None and seat.person_id is not None
    }
    note_keys_seen_by({panel.chair_id, *seated}, slugs, Occasion.PANEL)


def end_drafts(panel_id: uuid.UUID, moment: datetime, *, seat_id: uuid.UUID | None = None) -> None:
    """Take nothing more for what is not submitted: of one seat, or of the whole panel."""
    drafts = (
        select(Assignment.session_id)
        .join(PanelSeat, PanelSeat.id == Assignment.seat_id)
        .where(PanelSeat.panel_id == panel_id, Assignment.session_id.is_not(None))
    )
    if seat_id is not None:
        drafts = drafts.where(PanelSeat.id == seat_id)
    db.session.execute(
        update(RatingSession)
        .where(RatingSession.id.in_(drafts), RatingSession.state == SessionState.DRAFT)
        .values(closes_at=moment)
        .execution_options(synchronize_session=False)
    )
