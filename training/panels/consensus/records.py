"""Round two: the panel somebody may open, and what lies before it, item by item."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from training.accounts.models import Person
from training.calibration.ratings import Rating, RatingFrame
from training.database import db
from training.library import records as library
from training.library.records import Version
from training.library.schema import Instrument, Item, Vignette
from training.panels.consensus import rules
from training.panels.consensus.rules import Consensus, Fault, ItemState, Lack, Stance, Standpoint
from training.panels.models import (
    ConsensusItem,
    KeySignature,
    Panel,
    PanelRating,
    PanelSeat,
    PanelState,
    PanelVignette,
    Position,
)
from training.panels.records import OVERSEERS

STATES_WITH_DISCUSSION = (PanelState.CONSENSUS, PanelState.ENDED)
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ExpertOnItem:
    """One expert who rated an item independently; `position` is None while round one stands."""

    seat: PanelSeat
    first: Rating
    position: Standpoint | None

    @property
    def stance(self) -> Stance:
        if self.position is None:
            return Stance(self.seat.place, self.first.score, self.first.score)
        return Stance(self.seat.place, self.first.score, self.position.score, self.position.reason)


@dataclass(frozen=True, slots=True)
class ItemInDiscussion:
    """One item of a vignette: what the experts gave, where they stand, what is recorded."""

    item: Item
    experts: tuple[ExpertOnItem, ...]
    consensus: Consensus | None
    frame: RatingFrame

    @property
    def number(self) -> int:
        return self.item.number

    @property
    def stances(self) -> tuple[Stance, ...]:
        return tuple(expert.stance for expert in self.experts)

    @property
    def state(self) -> ItemState:
        return rules.state_of(self.consensus)

    @property
    def range(self) -> int | None:
        """Of the positions after discussion; None where rateability itself is not settled."""
        return rules.range_of([stance.final for stance in self.stances])

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with what is recorded, by where the experts stand now."""
        if self.consensus is None:
            return ()
        return rules.faults_of(self.consensus, self.stances, self.frame)

    @property
    def dissenting_places(self) -> tuple[int, ...]:
        if self.consensus is None:
            return ()
        return tuple(stance.place for stance in rules.dissenters(self.consensus, self.stances))

    def find_expert(self, place: int) -> ExpertOnItem | None:
        return next((expert for expert in self.experts if expert.seat.place == place), None)


@dataclass(frozen=True)
class Discussion:
    """One vignette in round two, on the versions that were rated."""

    panel: Panel
    row: PanelVignette
    vignette: Version[Vignette]
    instrument: Version[Instrument]
    frame: RatingFrame
    items: dict[int, ItemInDiscussion]
    signatures: tuple[KeySignature, ...]

    @property
    def is_open(self) -> bool:
        """Whether its consensus may still be changed."""
        return self.panel.state is PanelState.CONSENSUS and self.row.ratified_at is None

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """What is missing before it can be signed."""
        return rules.lacks_of(
            {number: entry.consensus for number, entry in self.items.items()},
            {number: entry.stances for number, entry in self.items.items()},
            self.frame,
        )

    @property
    def experts(self) -> int:
        """How many rated the vignette independently."""
        return len({expert.seat.id for entry in self.items.values() for expert in entry.experts})


def find_panel_in_discussion(panel_id: uuid.UUID, person: Person) -> Panel | None:
    """A panel in round two or later that this person belongs to or may look on at."""
    panel = db.session.scalar(
        select(Panel)
        .filter_by(id=panel_id)
        .where(Panel.state.in_(STATES_WITH_DISCUSSION))
        .options(selectinload(Panel.seats), selectinload(Panel.vignettes), joinedload(Panel.chair))
    )
    if panel is None:
        return None
    return panel if is_member(panel, person) or person.has_role(*OVERSEERS) else None


def is_chair(panel: Panel, person: Person) -> bool:
    return panel.chair_id == person.id


def find_own_seat(panel: Panel, person: Person) -> PanelSeat | None:
    """The seat on which this person sits; None for the others, and once they have withdrawn."""
    return next((seat for seat in seated(panel) if seat.person_id == person.id), None)


def seated(panel: Panel) -> list[PanelSeat]:
    """The experts who have not withdrawn, by place."""
    return [seat for seat in panel.seats if seat.withdrawn_at is None]


def is_member(panel: Panel, person: Person) -> bool:
    return is_chair(panel, person) or find_own_seat(panel, person) is not None


def discussions_of(panel: Panel) -> list[Discussion]:
    """Every vignette of a panel with all that was said about it, in order."""
    return _discussions(panel, panel.vignettes)


def find_discussion(panel: Panel, position: int) -> Discussion | None:
    """The vignette at a position of a panel; None where there is none."""
    rows = [row for row in panel.vignettes if row.position == position]
    return next(iter(_discussions(panel, rows)), None)


def _discussions(panel: Panel, rows: Sequence[PanelVignette]) -> list[Discussion]:
    instrument = library.instrument_version(panel.instrument_document_id)
    ids = [row.id for row in rows]
    ratings = _by_cell(select(PanelRating).where(PanelRating.panel_vignette_id.in_(ids)))
    positions = _by_cell(select(Position).where(Position.panel_vignette_id.in_(ids)))
    recorded = {
        (entry.panel_vignette_id, entry.item_number): consensus_of(entry)
        for entry in _fresh(select(ConsensusItem).where(ConsensusItem.panel_vignette_id.in_(ids)))
    }
    signatures = signatures_of(ids)
    discussions = []
    for row in rows:
        vignette = library.vignette_version(row.vignette_document_id)
        frame = frame_of(vignette.document, instrument.document)
        items = {
            number: ItemInDiscussion(
                instrument.document.item(number),
                _experts(panel, ratings[row.id, number], positions[row.id, number]),
                recorded.get((row.id, number)),
                frame,
            )
            for number in frame.items
        }
        discussions.append(
            Discussion(panel, row, vignette, instrument, frame, items, signatures[row.id])
        )
    return discussions


def frame_of(vignette: Vignette, instrument: Instrument) -> RatingFrame:
    return RatingFrame(
        items=vignette.rated_items(instrument.item_numbers),
        scores=instrument.scale.scores,
        turns=len(vignette.turns),
        is_dossier=vignette.is_dossier,
        not_rateable_limit=instrument.not_rateable.limit,
    )


def signatures_of(vignette_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[KeySignature, ...]]:
    """The signatures under each of these vignettes' consensus, the first one first."""
    found: dict[uuid.UUID, tuple[KeySignature, ...]] = defaultdict(tuple)
    for signature in _fresh(
        select(KeySignature)
        .where(KeySignature.panel_vignette_id.in_(vignette_ids))
        .options(joinedload(KeySignature.person))
        .order_by(KeySignature.place)
    ):
        found[signature.panel_vignette_id] += (signature,)
    return found


def _experts(
    panel: Panel, ratings: Sequence[PanelRating], positions: Sequence[Position]
) -> tuple[ExpertOnItem, ...]:
    rated = {rating.seat_id: rating for rating in ratings}
    stands = {position.seat_id: standpoint_of(position) for position in positions}
    return tuple(
        ExpertOnItem(seat, _first(rated[seat.id]), stands.get(seat.id))
        for seat in seated(panel)
        if seat.id in rated
    )


def _first(row: PanelRating) -> Rating:
    return Rating(row.score, row.is_not_rateable, row.reason, tuple(row.evidence))


def standpoint_of(row: Position) -> Standpoint:
    return Standpoint(row.score, row.reason)


def consensus_of(row: ConsensusItem) -> Consensus:
    return Consensus(row.kind, row.lowest, row.highest, row.reason, tuple(row.evidence))


def _by_cell(statement: Select[Any]) -> dict[tuple[uuid.UUID, int], list[Any]]:
    found: dict[tuple[uuid.UUID, int], list[Any]] = defaultdict(list)
    for row in _fresh(statement):
        found[row.panel_vignette_id, row.item_number].append(row)
    return found


def _fresh(statement: Select[Row]) -> Sequence[Row]:
    # An act decides on what is stored now, and not on what its page was made from.
    return db.session.scalars(statement.execution_options(populate_existing=True)).unique().all()
