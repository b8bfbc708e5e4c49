"""The panel: vignettes an expert may rate independently, and opening one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from training.accounts.records import lock_person
from training.calibration.models import Purpose, RatingSession
from training.calibration.practice_records import items_given
from training.calibration.records import open_session
from training.database import db, write_transaction
from training.library import records as library
from training.library.schema import Pool

PANEL_POOLS = (Pool.PRACTICE, Pool.CERTIFICATION, Pool.RECHECK)


class PanelState(StrEnum):
    NOT_BEGUN = "not-begun"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    KEY_SEEN = "key-seen"  # rated in practice: no longer independent


@dataclass(frozen=True, slots=True)
class PanelEntry:
    """One vignette as an expert finds it in the list; neither its key nor its pool is in here."""

    slug: str
    title: str
    minutes: int
    turns: int
    items: int
    instrument_name: str
    state: PanelState
    session: RatingSession | None
    items_given: int


def panel_overview(person_id: uuid.UUID) -> list[PanelEntry]:
    """What an expert may rate for the panel, by title, and where they stand with it."""
    own = {row.vignette_slug: row for row in _panel_sessions(person_id)}
    seen = _keys_seen(person_id)
    given = items_given([row.id for row in own.values() if not row.is_submitted])
    names = {version.slug: version.document for version in library.instruments()}
    entries = []
    for version in [version for pool in PANEL_POOLS for version in library.vignettes(pool)]:
        vignette = version.document
        instrument = names[vignette.instrument]
        session = own.get(version.slug)
        entries.append(
            PanelEntry(
                slug=version.slug,
                title=vignette.title,
                minutes=vignette.reading_minutes,
                turns=len(vignette.turns),
                items=len(vignette.rated_items(instrument.item_numbers)),
                instrument_name=instrument.short_name,
                state=_state(session, is_key_seen=version.slug in seen),
                session=session,
                items_given=given.get(session.id, 0) if session else 0,
            )
        )
    return sorted(entries, key=lambda entry: (entry.instrument_name, entry.title))


def _panel_sessions(person_id: uuid.UUID) -> list[RatingSession]:
    return list(
        db.session.scalars(
            select(RatingSession)
            .filter_by(person_id=person_id, purpose=Purpose.PANEL)
            .options(lazyload(RatingSession.ratings))
        )
    )


def _keys_seen(person_id: uuid.UUID) -> frozenset[str]:
    rows = db.session.scalars(
        select(RatingSession.vignette_slug).where(
            RatingSession.person_id == person_id,
            RatingSession.purpose == Purpose.PRACTICE,
            RatingSession.submitted_at.is_not(None),
        )
    )
    return frozenset(rows)


def is_no_longer_independent(session: RatingSession) -> bool:
    """Whether this is a panel rating under way whose key the expert has seen in practice since."""
    if session.purpose is not Purpose.PANEL or session.is_submitted:
        return False
    return session.vignette_slug in _keys_seen(session.person_id)


def _state(session: RatingSession | None, *, is_key_seen: bool) -> PanelState:
    if session is not None and session.is_submitted:
        return PanelState.SUBMITTED
    if is_key_seen:
        return PanelState.KEY_SEEN
    return PanelState.DRAFT if session else PanelState.NOT_BEGUN


def open_panel_session(person_id: uuid.UUID, slug: str) -> RatingSession | None:
    """An expert's one independent rating of a vignette.

    None where it is not for the panel, or where its key was seen and the rating would not be
    independent.
    """
    version = library.find_vignette(slug)
    if version is None or version.document.pool not in PANEL_POOLS:
        return None
    with write_transaction():
        lock_person(person_id)
        if slug in _keys_seen(person_id):
            return None
        return open_session(person_id, slug, Purpose.PANEL)
