"""How the keys of an instrument were made, for the public and for certifying bodies."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select

from training.accounts.models import Role, RoleGrant
from training.database import db
from training.keys.in_use import KeyInUse, keys_in_use
from training.keys.models import Contest, ContestOutcome, KeyChange
from training.keys.public.facts import (
    ItemCounts,
    PoolCount,
    Settling,
    item_counts,
    pool_counts,
    ratified_by_people,
    settling,
)
from training.library import records as library
from training.library.models import Document
from training.library.records import Version
from training.library.schema import Instrument
from training.panels.models import (
    Panel,
    PanelOrigin,
    PanelRating,
    PanelSeat,
    PanelState,
    PanelVignette,
)
from training.psychometrics.statistic import Statistic

if TYPE_CHECKING:
    from training.panels.agreement.records import PooledAgreement, RatifiedAgreement

# By which role a person vouches for a panel that met elsewhere, where they hold several.
VOUCHING_ROLES = (Role.CERTIFIER, Role.ADMINISTRATOR, Role.EXPERT, Role.TRAINER, Role.RATER)
FIGURES = (
    "all_exact",
    "all_within_one",
    "icc_a_1",
    "icc_a_k",
    "alpha_ordinal",
    "ac2_quadratic",
)


@dataclass(frozen=True, slots=True)
class PanelFacts:
    """A panel that ratified keys; its experts are counted and never named.

    experts          how many rated independently.
    is_vouched_for   whether somebody of this service vouches for it, as for one that met elsewhere.
    vouched_as       the role they hold now; None where they hold none any more.
    """

    experts: int
    ratified: int
    first_ratified_on: date
    last_ratified_on: date
    met_elsewhere: bool
    is_vouched_for: bool
    vouched_as: Role | None
    is_demonstration: bool


@dataclass(frozen=True, slots=True)
class ContestFacts:
    """How many contests of this instrument's keys raters have made, by what became of them."""

    waiting: int
    kept: int
    for_panel: int
    withdrawn: int

    @property
    def total(self) -> int:
        return self.waiting + self.kept + self.for_panel + self.withdrawn


@dataclass(frozen=True, slots=True)
class KeySummary:
    """Everything that is said in public about the keys of one instrument.

    panels            those of people, in the order in which they opened.
    demonstrations    those of simulated experts, apart: they say nothing about people.
    panels_at_work    how many panels of people are rating or settling keys now.
    items, settled    of the keys in use that panels of people ratified.
    key_changes       how often a key in use was replaced while its vignette stayed as it was.
    agreement         of the experts before they talked; None where no panel has ratified a key.
    """

    instrument: Version[Instrument]
    pools: tuple[PoolCount, ...]
    panels: tuple[PanelFacts, ...]
    demonstrations: tuple[PanelFacts, ...]
    panels_at_work: int
    items: ItemCounts
    settled: Settling
    contests: ContestFacts
    key_changes: int
    agreement: PooledAgreement | None
    demonstration_agreement: PooledAgreement | None

    @property
    def keys(self) -> int:
        """How many keys are in use."""
        return sum(count.total for count in self.pools)

    @property
    def ratified(self) -> int:
        """How many of them a panel of people has ratified."""
        return sum(count.ratified for count in self.pools)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, figures unrounded."""
        document = self.instrument.document
        return {
            "instrument": {
                "slug": document.slug,
                "name": document.name,
                "version": self.instrument.digest,
            },
            "pools": [asdict(count) for count in self.pools],
            "panels": [_panel_as_dict(panel) for panel in self.panels],
            "panels_at_work": self.panels_at_work,
            "items": asdict(self.items),
            "settled": asdict(self.settled),
            "agreement_before_discussion": _agreement_as_dict(self.agreement),
            "contests": asdict(self.contests),
            "key_changes": self.key_changes,
            "demonstration": {
                "panels": [_panel_as_dict(panel) for panel in self.demonstrations],
                "agreement_before_discussion": _agreement_as_dict(self.demonstration_agreement),
            },
        }


def summaries() -> list[KeySummary]:
    """One summary for each instrument in use, by slug."""
    return [_summary(instrument) for instrument in library.instruments()]


def _summary(instrument: Version[Instrument]) -> KeySummary:
    in_use = keys_in_use(instrument.slug)
    ratified = ratified_by_people(one.key.document for one in in_use)
    panels = _panels(instrument.slug)
    agreement = _agreement(instrument.slug, _state_of(panels))
    return KeySummary(
        instrument=instrument,
        pools=pool_counts([(one.vignette.document.pool, one.key.document) for one in in_use]),
        panels=tuple(facts for _, facts in panels if not facts.is_demonstration),
        demonstrations=tuple(facts for _, facts in panels if facts.is_demonstration),
        panels_at_work=_panels_at_work(instrument.slug),
        items=item_counts(ratified),
        settled=settling(ratified),
        contests=_contests(in_use),
        key_changes=_key_changes(in_use),
        agreement=agreement.panels if agreement else None,
        demonstration_agreement=agreement.demonstration if agreement else None,
    )


def _panels(instrument_slug: str) -> list[tuple[uuid.UUID, PanelFacts]]:
    """Every panel that ratified a key with any version of this instrument."""
    experts = (
        select(func.count(PanelRating.seat_id.distinct()))
        .join(PanelSeat, PanelSeat.id == PanelRating.seat_id)
        .where(PanelSeat.panel_id == Panel.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Panel.id,
            Panel.origin,
            Panel.vouched_by_id,
            Panel.is_demonstration,
            experts,
            func.count(PanelVignette.id),
            func.min(PanelVignette.ratified_at),
            func.max(PanelVignette.ratified_at),
        )
        .join(PanelVignette, PanelVignette.panel_id == Panel.id)
        .join(Document, Document.id == Panel.instrument_document_id)
        .where(Document.slug == instrument_slug, PanelVignette.ratified_at.is_not(None))
        .group_by(Panel.id, Panel.origin, Panel.vouched_by_id, Panel.is_demonstration)
        .order_by(Panel.opened_at, Panel.id)
    ).all()
    roles = _roles_of([row[2] for row in rows if row[2] is not None])
    return [
        (
            panel_id,
            PanelFacts(
                experts=number,
                ratified=ratified,
                first_ratified_on=first.date(),
                last_ratified_on=last.date(),
                met_elsewhere=origin is PanelOrigin.ELSEWHERE,
                is_vouched_for=voucher is not None,
                vouched_as=roles.get(voucher),
                is_demonstration=is_demonstration,
            ),
        )
        for panel_id, origin, voucher, is_demonstration, number, ratified, first, last in rows
    ]


def _roles_of(people: Sequence[uuid.UUID]) -> dict[uuid.UUID, Role]:
    """For each of these people the first of VOUCHING_ROLES they hold."""
    rows = db.session.execute(
        select(RoleGrant.person_id, RoleGrant.role).where(RoleGrant.person_id.in_(people))
    ).all()
    held: dict[uuid.UUID, Role] = {}
    for person_id, role in sorted(rows, key=lambda row: VOUCHING_ROLES.index(row[1])):
        held.setdefault(person_id, role)
    return held


def _panels_at_work(instrument_slug: str) -> int:
    statement = (
        select(func.count())
        .select_from(Panel)
        .join(Document, Document.id == Panel.instrument_document_id)
        .where(
            Document.slug == instrument_slug,
            Panel.state.in_((PanelState.RATING, PanelState.CONSENSUS)),
            Panel.is_demonstration.is_(False),
        )
    )
    return db.session.scalar(statement) or 0


def _contests(in_use: Sequence[KeyInUse]) -> ContestFacts:
    is_standing = Contest.withdrawn_at.is_(None)
    waiting, kept, for_panel, withdrawn = (
        func.count(case((condition, 1)))
        for condition in (
            is_standing & Contest.outcome.is_(None),
            is_standing & (Contest.outcome == ContestOutcome.KEPT),
            is_standing & (Contest.outcome == ContestOutcome.FOR_PANEL),
            ~is_standing,
        )
    )
    row = db.session.execute(
        select(waiting, kept, for_panel, withdrawn).where(
            Contest.vignette_slug.in_([one.slug for one in in_use])
        )
    ).one()
    return ContestFacts(*row)


def _key_changes(in_use: Sequence[KeyInUse]) -> int:
    statement = (
        select(func.count())
        .select_from(KeyChange)
        .where(KeyChange.vignette_slug.in_([one.slug for one in in_use]))
    )
    return db.session.scalar(statement) or 0


def _state_of(
    panels: Sequence[tuple[uuid.UUID, PanelFacts]],
) -> tuple[tuple[uuid.UUID, int, date], ...]:
    return tuple((panel_id, facts.ratified, facts.last_ratified_on) for panel_id, facts in panels)


@lru_cache(maxsize=20)
def _agreement(
    instrument_slug: str, state: tuple[tuple[uuid.UUID, int, date], ...]
) -> RatifiedAgreement | None:
    """The agreement of the panels, kept for as long as no further key is ratified.

    Everybody may open the page, and ratings of panels never change once they are stored.
    """
    from training.panels.agreement.records import agreement_of_ratified

    return agreement_of_ratified(instrument_slug) if state else None


def _panel_as_dict(panel: PanelFacts) -> dict[str, Any]:
    return {
        **asdict(panel),
        "first_ratified_on": panel.first_ratified_on.isoformat(),
        "last_ratified_on": panel.last_ratified_on.isoformat(),
    }


def _agreement_as_dict(agreement: PooledAgreement | None) -> dict[str, Any] | None:
    if agreement is None:
        return None
    group = agreement.group
    return {
        "panels": agreement.panels,
        "panel_sizes": list(agreement.sizes),
        "vignettes": agreement.vignettes,
        "cells": group.cells,
        "cells_compared": group.compared,
        "ranges": [{"points": points, "cells": count} for points, count in group.ranges],
        "figures": {name: figure.as_dict() for name, figure in figures_of(agreement)},
    }


def figures_of(agreement: PooledAgreement) -> list[tuple[str, Statistic]]:
    """The figures of agreement that are shown, by name, in order."""
    return [(name, getattr(agreement.group, name)) for name in FIGURES]
