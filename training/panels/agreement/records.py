"""The agreement of panels as their stored ratings of round one show it."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from training.database import db
from training.library import records as library
from training.library.models import Document
from training.panels.agreement.figures import (
    ExpertRating,
    GroupAgreement,
    PanelAgreement,
    figures_of,
    group_agreement,
)
from training.panels.models import (
    Panel,
    PanelRating,
    PanelSeat,
    PanelVignette,
)


@dataclass(frozen=True, slots=True)
class PooledAgreement:
    """The experts of one or more panels, over the vignettes whose keys they ratified.

    panels      how many panels.
    sizes       how many experts each of them had, rising.
    vignettes   how many ratified vignettes; one that two panels rated counts twice.
    group       the figures; experts of different panels are different raters, so the ICC, which
                needs cells that everybody scored, says why it is missing when panels are several.
    """

    panels: int
    sizes: tuple[int, ...]
    vignettes: int
    group: GroupAgreement


@dataclass(frozen=True, slots=True)
class RatifiedAgreement:
    """What stands behind the ratified keys of an instrument; None where nothing does.

    Panels of simulated experts are kept apart: they say nothing about people.
    """

    panels: PooledAgreement | None
    demonstration: PooledAgreement | None


def ratings_of_panel(panel_id: uuid.UUID) -> list[ExpertRating]:
    """What the experts gave in round one, by vignette, item and place."""
    rows = db.session.execute(
        select(
            PanelVignette.vignette_slug,
            PanelRating.item_number,
            PanelSeat.place,
            PanelRating.score,
        )
        .join(PanelVignette, PanelVignette.id == PanelRating.panel_vignette_id)
        .join(PanelSeat, PanelSeat.id == PanelRating.seat_id)
        .where(PanelVignette.panel_id == panel_id)
        .order_by(PanelVignette.position, PanelRating.item_number, PanelSeat.place)
    )
    return [ExpertRating(*row) for row in rows]


def titles_of(panel: Panel) -> dict[str, str]:
    """The vignettes of a panel by slug, in order, with their titles in the rated version."""
    return {
        row.vignette_slug: library.vignette_version(row.vignette_document_id).document.title
        for row in panel.vignettes
    }


def agreement_of_panel(panel_id: uuid.UUID) -> PanelAgreement:
    """Every figure of one panel, on the scale of the instrument version it rated with.

    Raises LookupError when there is no such panel. Whether it may be shown is asked before.
    """
    panel = db.session.get(Panel, panel_id)
    if panel is None:
        raise LookupError(f"panel {panel_id}")
    instrument = library.instrument_version(panel.instrument_document_id).document
    return figures_of(ratings_of_panel(panel_id), scale=instrument.scale.scores)


def agreement_of_ratified(instrument_slug: str) -> RatifiedAgreement:
    """What the experts of all panels gave independently, where a ratified key came of it."""
    rows = db.session.execute(
        select(
            Panel.id,
            Panel.is_demonstration,
            Panel.instrument_document_id,
            PanelVignette.vignette_slug,
            PanelRating.item_number,
            PanelSeat.place,
            PanelRating.score,
        )
        .join(PanelVignette, PanelVignette.panel_id == Panel.id)
        .join(PanelRating, PanelRating.panel_vignette_id == PanelVignette.id)
        .join(PanelSeat, PanelSeat.id == PanelRating.seat_id)
        .join(Document, Document.id == Panel.instrument_document_id)
        .where(Document.slug == instrument_slug, PanelVignette.ratified_at.is_not(None))
        .order_by(Panel.opened_at, Panel.id)
    )
    found = [_StoredRating(*row) for row in rows]
    return RatifiedAgreement(
        panels=_pooled([row for row in found if not row.is_demonstration]),
        demonstration=_pooled([row for row in found if row.is_demonstration]),
    )


@dataclass(frozen=True, slots=True)
class _StoredRating:
    """One rating with the panel it belongs to."""

    panel_id: uuid.UUID
    is_demonstration: bool
    instrument_document_id: uuid.UUID
    vignette: str
    item: int
    place: int
    score: int | None


def _pooled(rows: Sequence[_StoredRating]) -> PooledAgreement | None:
    if not rows:
        return None
    experts = sorted({(str(row.panel_id), row.place) for row in rows})
    number_of = {expert: number for number, expert in enumerate(experts, start=1)}
    ratings = [
        ExpertRating(
            vignette=f"{row.panel_id} {row.vignette}",
            item=row.item,
            expert=number_of[str(row.panel_id), row.place],
            score=row.score,
        )
        for row in rows
    ]
    by_panel = itertools.groupby(experts, key=lambda expert: expert[0])
    sizes = tuple(sorted(len(list(seats)) for _panel, seats in by_panel))
    return PooledAgreement(
        panels=len(sizes),
        sizes=sizes,
        vignettes=len({row.vignette for row in ratings}),
        group=group_agreement(ratings, scale=_scale(rows)),
    )


def _scale(rows: Sequence[_StoredRating]) -> tuple[int, ...]:
    """The scores of all versions of the instrument that were rated with."""
    versions = {row.instrument_document_id for row in rows}
    scores = {
        score
        for version in versions
        for score in library.instrument_version(version).document.scale.scores
    }
    return tuple(sorted(scores))
