"""Panels as they stand at some moment, written straight into the database to begin a story with.

How a panel comes to stand there is told in the stories of its life.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence

from flask import Flask

from tests.pack import ITEMS, PRACTICE, evidence, level
from training.accounts.models import Person, Role
from training.clock import now
from training.database import write_transaction
from training.library import records as library
from training.panels.models import (
    Panel,
    PanelRating,
    PanelSeat,
    PanelState,
    PanelVignette,
)

EXPERTS = ("Emeka", "Freya", "Goran", "Hye-jin", "Ilse")
Scores = Mapping[int, int | None]  # by item; None is not rateable


def panel_canary(expert: str, slug: str, item: int) -> str:
    """A reason that only this expert's rating of this item holds, for stories about blindness."""
    return f"panel-canary-{expert.lower()}-{slug}-{item:02d}-sings"


def make_experts(make_person: Callable[..., Person], *names: str) -> list[Person]:
    """Experts by name, five when none are named."""
    return [make_person(name, Role.EXPERT) for name in names or EXPERTS]


def authored_scores(slug: str) -> dict[int, int | None]:
    """What the key of the small pack says."""
    return {item: level(slug, item) for item in ITEMS}


def panel_in_round_two(
    app: Flask,
    experts: Sequence[Person],
    *,
    chair: Person,
    slugs: Sequence[str] = PRACTICE[:1],
    scores: Mapping[tuple[int, str], Scores] | None = None,
) -> uuid.UUID:
    """A panel whose round one is closed; `scores` by (place, slug), else what the key says."""
    with app.app_context(), write_transaction() as session:
        first = library.get_vignette(slugs[0]).document
        panel = Panel(
            title="Spring panel",
            instrument_document_id=library.get_instrument(first.instrument).id,
            chair_id=chair.id,
            opened_by_id=chair.id,
            state=PanelState.CONSENSUS,
            rating_closed_at=now(),
        )
        session.add(panel)
        session.flush()
        seats = [
            PanelSeat(panel_id=panel.id, place=place, person_id=expert.id, name=expert.name)
            for place, expert in enumerate(experts, start=1)
        ]
        vignettes = [
            PanelVignette(
                panel_id=panel.id,
                position=position,
                vignette_slug=slug,
                vignette_document_id=library.get_vignette(slug).id,
            )
            for position, slug in enumerate(slugs, start=1)
        ]
        session.add_all([*seats, *vignettes])
        session.flush()
        for vignette in vignettes:
            slug = vignette.vignette_slug
            for seat in seats:
                given = (scores or {}).get((seat.place, slug), authored_scores(slug))
                session.add_all(
                    PanelRating(
                        panel_vignette_id=vignette.id,
                        seat_id=seat.id,
                        item_number=item,
                        score=score,
                        is_not_rateable=score is None,
                        reason=panel_canary(seat.name, slug, item),
                        evidence=list(evidence(item)),
                    )
                    for item, score in given.items()
                )
        return panel.id
