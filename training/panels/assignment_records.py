"""Who has rated what in round one: an expert's own assignments, and who is in and who is not."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, lazyload, selectinload

from training.calibration.models import RatingSession
from training.calibration.practice_records import items_given
from training.database import db
from training.keys.sights import keys_seen, people_who_saw
from training.library import records as library
from training.panels.models import (
    Assignment,
    Panel,
    PanelRating,
    PanelSeat,
    PanelState,
    PanelVignette,
)
from training.panels.rules import experts_needed


class AssignmentState(StrEnum):
    NOT_BEGUN = "not-begun"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    KEY_SEEN = "key-seen"  # the rating would not be independent any more
    LEFT_OUT = "left-out"  # round one closed without it
    CANCELLED = "cancelled"  # the panel ended in round one, before it was submitted


@dataclass(frozen=True, slots=True)
class OwnAssignment:
    """One vignette an expert rates for a panel; neither its key nor its pool is in here."""

    id: uuid.UUID
    panel_id: uuid.UUID
    panel_title: str
    due_at: datetime | None
    title: str
    content_note: str
    instrument_name: str
    minutes: int
    items: int
    items_given: int
    state: AssignmentState
    session_id: uuid.UUID | None
    submitted_at: datetime | None

    @property
    def is_waiting(self) -> bool:
        """Whether the expert has something to do about it."""
        return self.state in (AssignmentState.NOT_BEGUN, AssignmentState.DRAFT)


def assignments_of(person_id: uuid.UUID) -> list[OwnAssignment]:
    """What an expert rates in panels that are in round one, the first due at the top."""
    found = _own(person_id).where(Panel.state == PanelState.RATING)
    return _described(person_id, found.order_by(Panel.due_at, Panel.id, PanelVignette.position))


def assignments_in(panel_id: uuid.UUID, person_id: uuid.UUID) -> list[OwnAssignment]:
    """What an expert rates, or rated, in one panel."""
    found = _own(person_id).where(Panel.id == panel_id)
    return _described(person_id, found.order_by(PanelVignette.position))


def waiting_assignments(person_id: uuid.UUID) -> list[OwnAssignment]:
    """What waits for an expert in all panels, the first due at the top."""
    return [assignment for assignment in assignments_of(person_id) if assignment.is_waiting]


def _own(person_id: uuid.UUID) -> Select[Assignment]:
    return (
        select(Assignment)
        .join(Assignment.seat)
        .join(Assignment.panel_vignette)
        .join(PanelVignette.panel)
        .where(PanelSeat.person_id == person_id, PanelSeat.withdrawn_at.is_(None))
        .options(
            contains_eager(Assignment.panel_vignette).contains_eager(PanelVignette.panel),
            selectinload(Assignment.session).options(lazyload(RatingSession.ratings)),
        )
    )


def _described(person_id: uuid.UUID, found: Select[Assignment]) -> list[OwnAssignment]:
    rows = db.session.scalars(found).all()
    seen = keys_seen(person_id) if rows else frozenset()
    given = items_given([row.session_id for row in rows if row.session_id is not None])
    return [
        _describe(row, is_key_seen=row.panel_vignette.vignette_slug in seen, given=given)
        for row in rows
    ]


def _describe(row: Assignment, *, is_key_seen: bool, given: dict[uuid.UUID, int]) -> OwnAssignment:
    panel = row.panel_vignette.panel
    vignette = library.vignette_version(row.panel_vignette.vignette_document_id).document
    instrument = library.instrument_version(panel.instrument_document_id).document
    return OwnAssignment(
        id=row.id,
        panel_id=panel.id,
        panel_title=panel.title,
        due_at=panel.due_at,
        title=vignette.title,
        content_note=vignette.content_note or "",
        instrument_name=instrument.short_name,
        minutes=vignette.reading_minutes,
        items=len(vignette.rated_items(instrument.item_numbers)),
        items_given=given.get(row.session_id, 0) if row.session_id else 0,
        state=_state(row.session, panel, is_key_seen=is_key_seen),
        session_id=row.session_id,
        submitted_at=row.session.submitted_at if row.session else None,
    )


def _state(session: RatingSession | None, panel: Panel, *, is_key_seen: bool) -> AssignmentState:
    if session is not None and session.is_submitted:
        return AssignmentState.SUBMITTED
    if panel.rating_closed_at is not None:
        return AssignmentState.LEFT_OUT
    if panel.state is PanelState.CANCELLED:
        return AssignmentState.CANCELLED
    if is_key_seen:
        return AssignmentState.KEY_SEEN
    return AssignmentState.DRAFT if session else AssignmentState.NOT_BEGUN


class SeatState(StrEnum):
    """What others may know of an expert's rating of one vignette."""

    SUBMITTED = "submitted"
    NOT_YET = "not-yet"
    NOT_ASKED = "not-asked"  # had seen the key before the panel began
    NOT_INDEPENDENT = "not-independent"  # has seen it since
    LEFT_OUT = "left-out"
    NOT_SUBMITTED = "not-submitted"  # and never will be: the panel was cancelled in round one


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat and, vignette by vignette, whether its rating is in."""

    seat: PanelSeat
    states: tuple[SeatState, ...]

    @property
    def is_in(self) -> bool:
        """Whether nothing more is expected of it."""
        return not {SeatState.NOT_YET, SeatState.NOT_INDEPENDENT}.intersection(self.states)


def seat_rows(panel: Panel) -> list[SeatRow]:
    """Every seat of a panel with where it stands, by place."""
    is_closed = panel.rating_closed_at is not None
    rated = _frozen(panel.id) if is_closed else _submitted(panel.id)
    assigned = _assigned(panel.id)
    seen = people_who_saw([vignette.vignette_slug for vignette in panel.vignettes])

    def state(seat: PanelSeat, vignette: PanelVignette) -> SeatState:
        cell = (seat.id, vignette.id)
        if cell in rated:
            return SeatState.SUBMITTED
        if is_closed:
            return SeatState.LEFT_OUT
        if cell not in assigned:
            return SeatState.NOT_ASKED
        if panel.state is PanelState.CANCELLED:
            return SeatState.NOT_SUBMITTED
        if seat.person_id in seen[vignette.vignette_slug]:
            return SeatState.NOT_INDEPENDENT
        return SeatState.NOT_YET

    return [
        SeatRow(seat, tuple(state(seat, vignette) for vignette in panel.vignettes))
        for seat in panel.seats
    ]


Cells = frozenset[tuple[uuid.UUID, uuid.UUID]]  # (seat, vignette of the panel)


def _assigned(panel_id: uuid.UUID) -> Cells:
    return _cells(
        select(Assignment.seat_id, Assignment.panel_vignette_id)
        .join(PanelSeat, PanelSeat.id == Assignment.seat_id)
        .where(PanelSeat.panel_id == panel_id)
    )


def _submitted(panel_id: uuid.UUID) -> Cells:
    return _cells(
        select(Assignment.seat_id, Assignment.panel_vignette_id)
        .join(PanelSeat, PanelSeat.id == Assignment.seat_id)
        .join(RatingSession, RatingSession.id == Assignment.session_id)
        .where(PanelSeat.panel_id == panel_id, RatingSession.submitted_at.is_not(None))
    )


def _frozen(panel_id: uuid.UUID) -> Cells:
    return _cells(
        select(PanelRating.seat_id, PanelRating.panel_vignette_id)
        .join(PanelVignette, PanelVignette.id == PanelRating.panel_vignette_id)
        .where(PanelVignette.panel_id == panel_id)
        .distinct()
    )


def _cells(statement: Select[uuid.UUID, uuid.UUID]) -> Cells:
    return frozenset((row[0], row[1]) for row in db.session.execute(statement))


def experts_missing(panel: Panel) -> list[PanelSeat]:
    """The seats that have not submitted all they were assigned."""
    return [row.seat for row in seat_rows(panel) if row.seat.withdrawn_at is None and not row.is_in]


def number_needed(panel: Panel, rows: Sequence[SeatRow]) -> int:
    """How many more experts have to be seated before round one can close at all."""
    if panel.state is not PanelState.RATING:
        return 0
    states = [row.states for row in rows if row.seat.withdrawn_at is None]
    able = (SeatState.SUBMITTED, SeatState.NOT_YET)
    return experts_needed(
        sum(each[place] in able for each in states) for place in range(len(panel.vignettes))
    )
