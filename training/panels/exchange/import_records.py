"""Bringing in a panel that met elsewhere: what stands against it, and the act."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from training.accounts.models import Person
from training.audit import trail
from training.clock import now
from training.database import db, write_transaction
from training.keys.models import Occasion
from training.keys.sights import keys_seen, note_keys_seen_by
from training.library import records as library
from training.mail.models import Letter
from training.mail.post import write_letter_to
from training.panels.blindness import keys_kept_from
from training.panels.exchange.table import KnownVignette, PanelFile
from training.panels.models import (
    Panel,
    PanelOrigin,
    PanelRating,
    PanelSeat,
    PanelState,
)
from training.panels.records import (
    address_of,
    find_panel_made,
    panel_vignettes,
    rows_of_vignettes,
)


class Obstacle(StrEnum):
    """Why a panel cannot be brought in like this although its file is whole."""

    CHAIR_SAW_KEY = "chair-saw-key"
    CHAIR_ON_PANEL = "chair-on-panel"
    CHAIR_VOUCHES = "chair-vouches"  # and nobody would be left to sign beside them
    VOUCHER_ON_PANEL = "voucher-on-panel"


class NotBroughtInError(ValueError):
    """The panel cannot be brought in; `obstacles` names the vignettes by obstacle."""

    def __init__(self, obstacles: Mapping[Obstacle, tuple[str, ...]]) -> None:
        super().__init__(", ".join(obstacles))
        self.obstacles = obstacles


@dataclass(frozen=True, slots=True)
class Vouching:
    """What a panel that met elsewhere is called, who leads it on, and who vouches in what words."""

    title: str
    chair: Person
    voucher: Person
    words: str


def known_vignettes() -> dict[str, KnownVignette]:
    """What a file is checked against: the vignettes in use that panels may rate, by slug."""
    instruments = {version.slug: version.document for version in library.instruments()}
    known = {}
    for version in panel_vignettes():
        vignette = version.document
        instrument = instruments[vignette.instrument]
        known[version.slug] = KnownVignette(
            instrument=vignette.instrument,
            scale=instrument.scale.scores,
            items=vignette.rated_items(instrument.item_numbers),
            turns=vignette.number_of_turns,
        )
    return known


def obstacles_to(file: PanelFile, vouching: Vouching) -> dict[Obstacle, tuple[str, ...]]:
    """What stands against bringing this file in, and at which vignettes; empty where nothing does.

    Whoever leads the discussion must not know the key, and nobody on another panel that is at work
    on a vignette may read what others gave it. The experts have no accounts here, so the keys are
    signed by the chair and the voucher: two people.
    """
    chair, voucher = vouching.chair.id, vouching.voucher.id
    stands_against: dict[Obstacle, Collection[str]] = {
        Obstacle.CHAIR_SAW_KEY: keys_seen(chair),
        Obstacle.CHAIR_ON_PANEL: keys_kept_from(chair),
        Obstacle.CHAIR_VOUCHES: file.vignettes if chair == voucher else (),
        Obstacle.VOUCHER_ON_PANEL: keys_kept_from(voucher),
    }
    found = {
        obstacle: tuple(slug for slug in file.vignettes if slug in slugs)
        for obstacle, slugs in stands_against.items()
    }
    return {obstacle: named for obstacle, named in found.items() if named}


def import_panel(
    file: PanelFile, vouching: Vouching, *, panel_id: uuid.UUID, by: Person | None
) -> Panel:
    """Store a panel whose experts have rated already, and tell its chair by letter.

    panel_id   chosen when the file was read, so that confirming twice finds the panel that is
               there instead of making another one.
    by         who acts; None is a command.

    Raises NotBroughtInError, and library.records.UnknownDocumentError for a vignette that has
    gone since.
    """
    with write_transaction():
        if (stored := find_panel_made(panel_id, vouching.voucher)) is not None:
            return stored
        obstacles = obstacles_to(file, vouching)
        if obstacles:
            raise NotBroughtInError(obstacles)
        panel = _add_panel(file, vouching, panel_id)
        _add_ratings(panel, file)
        people = {vouching.chair.id, vouching.voucher.id}
        note_keys_seen_by(people, file.vignettes, Occasion.PANEL)
        trail.note(
            trail.Act.PANEL_IMPORTED,
            f"panel {panel.id}",
            person_id=by.id if by else None,
            voucher=str(vouching.voucher.id),
            experts=len(file.experts),
            vignettes=len(file.vignettes),
            ratings=len(file.rows),
        )
        _letter_to_chair(panel, vouching)
    return panel


def _add_panel(file: PanelFile, vouching: Vouching, panel_id: uuid.UUID) -> Panel:
    vignettes = [library.get_vignette_head(slug) for slug in file.vignettes]
    instrument = library.get_instrument(vignettes[0].document.instrument)
    moment = now()
    panel = Panel(
        id=panel_id,
        title=vouching.title,
        instrument_document_id=instrument.id,
        chair_id=vouching.chair.id,
        opened_by_id=vouching.voucher.id,
        opened_at=moment,
        state=PanelState.CONSENSUS,
        origin=PanelOrigin.ELSEWHERE,
        vouched_by_id=vouching.voucher.id,
        vouching=vouching.words,
        is_demonstration=vouching.chair.is_demonstration or vouching.voucher.is_demonstration,
        rating_closed_at=moment,
        rating_closed_by_id=vouching.voucher.id,
        seats=[
            PanelSeat(place=place, name=name, invited_at=moment)
            for place, name in enumerate(file.experts, start=1)
        ],
        vignettes=rows_of_vignettes(vignettes),
    )
    db.session.add(panel)
    db.session.flush()
    return panel


def _add_ratings(panel: Panel, file: PanelFile) -> None:
    seats = {seat.name: seat.id for seat in panel.seats}
    vignettes = {row.vignette_slug: row.id for row in panel.vignettes}
    db.session.add_all(
        PanelRating(
            panel_vignette_id=vignettes[row.vignette],
            seat_id=seats[row.expert],
            item_number=row.item,
            score=row.score,
            is_not_rateable=row.score is None,
            reason=row.reason,
            evidence=list(row.evidence),
        )
        for row in file.rows
    )


def _letter_to_chair(panel: Panel, vouching: Vouching) -> Letter:
    return write_letter_to(
        vouching.chair,
        "panel-imported",
        title=panel.title,
        voucher=vouching.voucher.name,
        address=address_of(panel.id),
    )
