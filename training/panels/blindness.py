"""What a panel at work keeps from its own people."""

from __future__ import annotations

import uuid

from sqlalchemy import bindparam, or_, select

from training.database import read_rows
from training.panels.models import Panel, PanelSeat, PanelState, PanelVignette

AT_WORK = (PanelState.RATING, PanelState.CONSENSUS)


# Put together once: it is asked with nearly every page that may lead to a key.
_SITS = (
    select(PanelSeat.id)
    .where(
        PanelSeat.panel_id == Panel.id,
        PanelSeat.person_id == bindparam("person"),
        PanelSeat.withdrawn_at.is_(None),
    )
    .exists()
)
KEPT_FROM_PERSON = (
    select(PanelVignette.vignette_slug)
    .join(Panel, Panel.id == PanelVignette.panel_id)
    .where(
        Panel.state.in_(AT_WORK),
        PanelVignette.ratified_at.is_(None),
        or_(Panel.chair_id == bindparam("person"), _SITS),
    )
)


def keys_kept_from(person_id: uuid.UUID) -> frozenset[str]:
    """The vignettes whose key this person must not see yet: a panel of theirs is at work on them.

    From the invitation to the ratified key, for the experts and for the chair.
    """
    return frozenset(read_rows(KEPT_FROM_PERSON, person=person_id).scalars())
