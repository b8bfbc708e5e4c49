"""The ratings of a panel as they leave the application, and the note that they did."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import Select, and_, select

from training.accounts.models import Person
from training.audit import trail
from training.database import snapshot, write_transaction
from training.library import records as library
from training.panels.consensus.rules import ConsensusKind
from training.panels.exchange.table import NOT_RATEABLE, ExportedRating
from training.panels.models import (
    ConsensusItem,
    Panel,
    PanelRating,
    PanelSeat,
    PanelVignette,
    Position,
)

ROWS_AT_ONCE = 200


def note_export(panel: Panel, *, by: Person | None) -> None:
    """Keep who took the ratings of a panel away; None is a command."""
    with write_transaction():
        trail.note(
            trail.Act.DATA_EXPORTED,
            f"panel {panel.id}",
            person_id=by.id if by else None,
            what="ratings",
        )


def exported_ratings(panel: Panel) -> Iterator[ExportedRating]:
    """Every rating of round one, by vignette, place and item, as they are at one moment.

    They come some rows at a time. Whether they may leave is asked before.
    """
    instrument = library.instrument_version(panel.instrument_document_id).document
    with snapshot() as session:
        for vignette, place, rating, position, consensus in session.execute(_rows(panel.id)):
            stands = position or rating
            yield ExportedRating(
                panel=panel.title,
                vignette=vignette,
                expert=f"Expert {place}",
                item=rating.item_number,
                item_name=instrument.item(rating.item_number).name,
                rating=_given(rating),
                reason=rating.reason,
                evidence=" ".join(map(str, rating.evidence)),
                position=_given(stands),
                position_reason=position.reason if position else "",
                consensus=_agreed(consensus),
            )


def _rows(
    panel_id: uuid.UUID,
) -> Select[str, int, PanelRating, Position | None, ConsensusItem | None]:
    same_item = and_(
        Position.panel_vignette_id == PanelRating.panel_vignette_id,
        Position.seat_id == PanelRating.seat_id,
        Position.item_number == PanelRating.item_number,
    )
    agreed_item = and_(
        ConsensusItem.panel_vignette_id == PanelRating.panel_vignette_id,
        ConsensusItem.item_number == PanelRating.item_number,
    )
    return (
        select(PanelVignette.vignette_slug, PanelSeat.place, PanelRating, Position, ConsensusItem)
        .join(PanelVignette, PanelVignette.id == PanelRating.panel_vignette_id)
        .join(PanelSeat, PanelSeat.id == PanelRating.seat_id)
        .outerjoin(Position, same_item)
        .outerjoin(ConsensusItem, agreed_item)
        .where(PanelVignette.panel_id == panel_id)
        .order_by(PanelVignette.position, PanelSeat.place, PanelRating.item_number)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )


def _given(row: PanelRating | Position) -> str:
    return NOT_RATEABLE if row.score is None else str(row.score)


def _agreed(row: ConsensusItem | None) -> str:
    """A consensus in a cell: a score, "3 or 4", NR, dropped, or nothing yet."""
    if row is None:
        return ""
    texts = {
        ConsensusKind.SCORE: str(row.lowest),
        ConsensusKind.BAND: f"{row.lowest} or {row.highest}",
        ConsensusKind.NOT_RATEABLE: NOT_RATEABLE,
        ConsensusKind.DROPPED: "dropped",
    }
    return texts[row.kind]
