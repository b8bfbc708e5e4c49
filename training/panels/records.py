"""The life of a panel: opening it, who sits on it, when it is due, who chairs it, its end."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import selectinload

from training.accounts.models import Person, Role, RoleGrant
from training.accounts.records import lock_person
from training.audit import trail
from training.clock import now
from training.database import db, write_transaction
from training.keys.models import Occasion
from training.keys.sights import keys_seen, note_keys_seen, people_who_saw
from training.library import records as library
from training.library.records import Version
from training.library.schema import RATED_POOLS, VignetteHead
from training.mail.models import Letter
from training.mail.post import address_in_letter, write_letter_to
from training.panels.locking import panel_to_change
from training.panels.models import Assignment, Panel, PanelSeat, PanelState, PanelVignette
from training.panels.round_one import close_if_complete, end_drafts
from training.panels.rules import (
    FaultyOpening,
    NotOpenedError,
    PanelAct,
    Refusal,
    RefusedError,
    faults_of_opening,
    independent,
    may,
)
from training.windows import end_of_day

# They open panels and see to them, and of round one they see who is in and nothing more.
OVERSEERS = (Role.CERTIFIER, Role.ADMINISTRATOR)


def panel_vignettes() -> list[Version[VignetteHead]]:
    """The vignettes in use that a panel may make keys for, by instrument and title."""
    versions = [version for pool in RATED_POOLS for version in library.vignettes(pool)]
    return sorted(versions, key=lambda each: (each.document.instrument, each.document.title))


def experts() -> list[Person]:
    """Everybody active who may sit on a panel or chair it, by name."""
    return list(
        db.session.scalars(
            select(Person)
            .join(RoleGrant, RoleGrant.person_id == Person.id)
            .where(RoleGrant.role == Role.EXPERT, Person.deactivated_at.is_(None))
            .order_by(Person.name)
        ).unique()
    )


def find_panel_for(person: Person, panel_id: uuid.UUID) -> Panel | None:
    """A panel this person may see; None when there is none or it is not theirs to see."""
    return db.session.scalar(
        select(Panel)
        .where(Panel.id == panel_id, _is_visible_to(person))
        .options(
            selectinload(Panel.chair),
            selectinload(Panel.seats).selectinload(PanelSeat.person),
            selectinload(Panel.vignettes),
        )
    )


def people_who_cannot_act(panel: Panel) -> list[Person]:
    """The chair and seated experts whose account is closed or who are no experts any more.

    Round one waits for them, and nobody else closes it.
    """
    seated = [seat.person for seat in panel.seats if seat.withdrawn_at is None and seat.person]
    return [
        person
        for person in dict.fromkeys([panel.chair, *seated])
        if not (person.is_active and person.has_role(Role.EXPERT, *OVERSEERS))
    ]


def panels_visible_to(person: Person) -> list[Panel]:
    """The panels on which a person sits or which they chair, or all; the latest first."""
    return list(
        db.session.scalars(
            select(Panel)
            .where(_is_visible_to(person))
            .options(
                selectinload(Panel.chair), selectinload(Panel.seats), selectinload(Panel.vignettes)
            )
            .order_by(Panel.opened_at.desc())
        )
    )


def _is_visible_to(person: Person) -> ColumnElement[bool]:
    if person.has_role(*OVERSEERS):
        return Panel.id.is_not(None)
    sits = (
        select(PanelSeat.id)
        .where(
            PanelSeat.panel_id == Panel.id,
            PanelSeat.person_id == person.id,
            PanelSeat.withdrawn_at.is_(None),
        )
        .exists()
    )
    return or_(Panel.chair_id == person.id, sits)


def find_voucher(panel: Panel) -> Person | None:
    """Who vouches for a panel that met elsewhere."""
    return db.session.get(Person, panel.vouched_by_id) if panel.vouched_by_id else None


def open_panel(
    title: str,
    slugs: Sequence[str],
    *,
    chair: Person,
    experts: Sequence[Person],
    due: date,
    by: Person,
    panel_id: uuid.UUID | None = None,
) -> Panel:
    """Open a panel on the versions in use now, and invite its experts and its chair by letter.

    Round one is due at the end of the day. `panel_id` was chosen when the form was made: sending
    it twice finds the panel that is there. Raises NotOpenedError, which holds all that stands
    against it, and library.records.UnknownDocumentError for a vignette that is not there.
    """
    vignettes = [library.get_vignette_head(slug) for slug in dict.fromkeys(slugs)]
    experts = list(dict.fromkeys(experts))
    with write_transaction() as session:
        if panel_id is not None and (stored := find_panel_made(panel_id, by)) is not None:
            return stored
        if faults := opening_faults(vignettes, experts, chair):
            raise NotOpenedError(faults)
        panel = Panel(
            id=panel_id,
            title=title,
            instrument_document_id=library.get_instrument(vignettes[0].document.instrument).id,
            chair_id=chair.id,
            opened_by_id=by.id,
            due_at=end_of_day(due),
            is_demonstration=any(person.is_demonstration for person in (chair, *experts)),
            vignettes=rows_of_vignettes(vignettes),
        )
        session.add(panel)
        session.flush()
        _note(trail.Act.PANEL_OPENED, panel, by, vignettes=len(vignettes), experts=len(experts))
        for expert in experts:
            _seat(panel, expert, by)
        _letter("panel-chair", panel, chair)
    return panel


def find_panel_made(panel_id: uuid.UUID, by: Person) -> Panel | None:
    """A panel this person has just made, in the act of making it: a double click makes one."""
    lock_person(by.id)
    return db.session.get(Panel, panel_id)


def rows_of_vignettes(versions: Sequence[Version[VignetteHead]]) -> list[PanelVignette]:
    """The vignettes of a new panel, in the versions in use."""
    return [
        PanelVignette(
            position=position, vignette_slug=version.slug, vignette_document_id=version.id
        )
        for position, version in enumerate(versions, start=1)
    ]


def opening_faults(
    vignettes: Sequence[Version[VignetteHead]], experts: Iterable[Person], chair: Person | None
) -> tuple[FaultyOpening, ...]:
    """What stands against a panel on these vignettes, also while nobody is chosen to chair it."""
    return faults_of_opening(
        {version.slug: version.document.instrument for version in vignettes},
        [expert.id for expert in experts],
        people_who_saw([version.slug for version in vignettes]),
        chair=chair.id if chair else None,
    )


def _seat(panel: Panel, expert: Person, by: Person) -> Letter:
    """Give an expert the next place, with what they can rate independently, and invite them."""
    seat = PanelSeat(panel=panel, place=len(panel.seats) + 1, person_id=expert.id, name=expert.name)
    db.session.add(seat)
    db.session.flush()
    db.session.add_all(
        Assignment(seat_id=seat.id, panel_vignette_id=vignette.id)
        for vignette in _independent_vignettes(panel, expert)
    )
    db.session.flush()
    _note(trail.Act.EXPERT_INVITED, panel, by, place=seat.place, expert=str(expert.id))
    return _letter("panel-invitation", panel, expert)


def _independent_vignettes(panel: Panel, expert: Person) -> list[PanelVignette]:
    seen = people_who_saw([vignette.vignette_slug for vignette in panel.vignettes])
    return [
        vignette
        for vignette in panel.vignettes
        if independent([expert.id], seen[vignette.vignette_slug])
    ]


def add_expert(panel_id: uuid.UUID, expert: Person, *, by: Person) -> None:
    """Seat one more expert while round one is open, and invite them.

    Raises RefusedError: round one is over, they sit or sat on it, or have seen every key.
    """
    with write_transaction():
        panel = _panel_for(PanelAct.INVITE_EXPERT, panel_id)
        if any(seat.person_id == expert.id for seat in panel.seats):
            raise RefusedError(Refusal.ALREADY_SEATED)
        if not _independent_vignettes(panel, expert):
            raise RefusedError(Refusal.KEY_SEEN, [row.vignette_slug for row in panel.vignettes])
        _seat(panel, expert, by)


def withdraw_expert(panel_id: uuid.UUID, place: int, *, by: Person, reason: str) -> None:
    """Take an expert off a panel in round one; what they have rated is not used.

    Where they were the last one missing, round one closes. Raises RefusedError.
    """
    with write_transaction():
        panel = _panel_for(PanelAct.WITHDRAW_EXPERT, panel_id)
        seat = next((each for each in panel.seats if each.place == place), None)
        if seat is None or seat.withdrawn_at is not None:
            raise RefusedError(Refusal.NOT_SEATED)
        seat.withdrawn_at, seat.withdrawal_reason = now(), reason
        end_drafts(panel.id, seat.withdrawn_at, seat_id=seat.id)
        _note(trail.Act.EXPERT_WITHDRAWN, panel, by, place=place)
        for person in _people_of([seat]):
            _letter("panel-withdrawal", panel, person, reason=reason)
        db.session.flush()
        close_if_complete(panel)


def change_due_date(panel_id: uuid.UUID, due: date, *, by: Person) -> None:
    """Give round one another date. Raises RefusedError once it is over."""
    with write_transaction():
        panel = _panel_for(PanelAct.CHANGE_DUE_DATE, panel_id)
        panel.due_at = end_of_day(due)
        _note(trail.Act.PANEL_CHANGED, panel, by, due=due.isoformat())


def change_chair(panel_id: uuid.UUID, chair: Person, *, by: Person) -> None:
    """Give a panel another chair, and tell them.

    Raises RefusedError once the panel is over, for whoever vouches for it, and in round one for
    whoever has seen a key of it. Later those who sit on the panel count as having seen them.
    """
    with write_transaction():
        panel = _panel_for(PanelAct.CHANGE_CHAIR, panel_id)
        if panel.chair_id == chair.id:
            return
        if panel.vouched_by_id == chair.id:
            raise RefusedError(Refusal.VOUCHES)
        slugs = [vignette.vignette_slug for vignette in panel.vignettes]
        seen = keys_seen(chair.id).intersection(slugs)
        if panel.state is PanelState.RATING and seen:
            raise RefusedError(Refusal.CHAIR_SAW_KEY, seen)
        panel.chair_id = chair.id
        if panel.state is PanelState.CONSENSUS:
            note_keys_seen(chair.id, slugs, Occasion.PANEL)
        _note(trail.Act.PANEL_CHANGED, panel, by, chair=str(chair.id))
        _letter("panel-chair", panel, chair)


def cancel_panel(panel_id: uuid.UUID, *, by: Person, reason: str) -> None:
    """End a panel without keys, and tell everybody on it. Raises RefusedError once it is over."""
    with write_transaction():
        panel = _panel_for(PanelAct.CANCEL, panel_id)
        moment = now()
        end_drafts(panel.id, moment)
        panel.state, panel.ended_at, panel.cancelling_reason = PanelState.CANCELLED, moment, reason
        _note(trail.Act.PANEL_CANCELLED, panel, by)
        seated = [seat for seat in panel.seats if seat.withdrawn_at is None]
        for person in dict.fromkeys([*_people_of(seated), panel.chair]):
            if person.is_active:
                _letter("panel-cancelled", panel, person, reason=reason)


def _panel_for(act: PanelAct, panel_id: uuid.UUID) -> Panel:
    """The panel, locked, if it is in a state in which this may be done."""
    panel = panel_to_change(panel_id)
    if may(act, panel.state):
        return panel
    is_of_round_one = may(act, PanelState.RATING) and not may(act, PanelState.CONSENSUS)
    raise RefusedError(Refusal.ROUND_ONE_IS_OVER if is_of_round_one else Refusal.PANEL_IS_OVER)


def _people_of(seats: Iterable[PanelSeat]) -> list[Person]:
    """Who is written to: whoever has an account that is not closed."""
    return [seat.person for seat in seats if seat.person is not None and seat.person.is_active]


def _note(act: trail.Act, panel: Panel, by: Person, **details: str | int) -> None:
    trail.note(act, f"panel {panel.id}", person_id=by.id, **details)


def _letter(template: str, panel: Panel, person: Person, **context: object) -> Letter:
    return write_letter_to(
        person,
        template,
        title=panel.title,
        due_at=panel.due_at,
        address=address_of(panel.id),
        **context,
    )


def address_of(panel_id: uuid.UUID) -> str:
    """Where a letter leads: the panel's page."""
    return address_in_letter("panels.panel", panel_id=panel_id)
