"""Who may be shown a key beside the one that would replace it, or has replaced it."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import or_, select

from training.accounts.models import Person, Role
from training.calibration.models import RatingSession, SessionState
from training.database import db
from training.keys.sights import keys_seen
from training.library import records as library
from training.library.schema import Pool
from training.panels.models import Panel, PanelSeat, PanelState, PanelVignette


class Barrier(StrEnum):
    """Why somebody is not shown a key."""

    PANEL = "panel"  # they sit on a panel, or chair one, that is agreeing on it
    RATING = "rating"  # they are rating the vignette themselves
    ASSESSED = "assessed"  # they are a rater, and it may be drawn for their certification
    UNSEEN = "unseen"  # they have not seen it and may yet be asked to rate; they may choose to


def barrier_for(person: Person, slug: str) -> Barrier | None:
    """Why this person is not shown the key of this vignette, or None."""
    if _is_on_panel(person, slug):
        return Barrier.PANEL
    if _is_rating(person, slug):
        return Barrier.RATING
    if not person.has_role(Role.RATER, Role.EXPERT) or slug in keys_seen(person.id):
        return None
    vignette = library.find_vignette(slug)
    is_assessed_with = vignette and vignette.document.pool in (Pool.CERTIFICATION, Pool.RECHECK)
    if person.has_role(Role.RATER) and is_assessed_with:
        return Barrier.ASSESSED
    return Barrier.UNSEEN


def _is_on_panel(person: Person, slug: str) -> bool:
    """Rating alone or agreeing: the author's key is hidden until theirs is ratified."""
    statement = (
        select(PanelVignette.id)
        .join(Panel)
        .outerjoin(PanelSeat)
        .where(
            PanelVignette.vignette_slug == slug,
            PanelVignette.ratified_at.is_(None),
            Panel.state.in_((PanelState.RATING, PanelState.CONSENSUS)),
            or_(
                Panel.chair_id == person.id,
                (PanelSeat.person_id == person.id) & PanelSeat.withdrawn_at.is_(None),
            ),
        )
    )
    return db.session.scalar(statement.limit(1)) is not None


def _is_rating(person: Person, slug: str) -> bool:
    statement = select(RatingSession.id).filter_by(
        person_id=person.id, vignette_slug=slug, state=SessionState.DRAFT
    )
    return db.session.scalar(statement.limit(1)) is not None
