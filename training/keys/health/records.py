"""The first ratings that keys are tried by, and which keys a panel should look at again."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, func, or_, select

from training.accounts.models import Person
from training.audit import trail
from training.calibration.models import ItemRating, Purpose, RatingSession, SessionState
from training.certification.models import Attempt, Certificate, Decision
from training.clock import now
from training.database import db, write_transaction
from training.keys.contests import records as contest_records
from training.keys.contests.records import ContestCounts
from training.keys.in_use import KeyInUse, keys_in_use
from training.keys.models import KeySight
from training.keys.sights import IS_BLIND_PRACTICE, KNEW_KEY
from training.library import records as library
from training.library.records import Version
from training.library.schema import RATED_POOLS, Instrument
from training.psychometrics.key_health.verdicts import CellHealth, ItemDrift, KeyHealth, Verdict

if TYPE_CHECKING:
    from training.psychometrics.key_health.figures import FirstRatings

# What computes needs numpy, which a worker loads only once it computes: imported where it is used.

A_MONTH = timedelta(days=365.25 / 12)
SESSIONS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class KeyItem:
    """One item of a key in use, and what ratings and raters say about it."""

    vignette: KeyInUse
    name: str
    cell: CellHealth
    contests: ContestCounts

    @property
    def is_for_panel(self) -> bool:
        """Whether the ratings make it doubtful, or a contest was answered so."""
        return self.cell.verdict is Verdict.DOUBTFUL or self.contests.for_panel > 0

    @property
    def stands_out(self) -> bool:
        """Whether there is anything to look at."""
        is_quiet = self.cell.verdict in (Verdict.SOUND, Verdict.TOO_FEW)
        return not is_quiet or self.is_for_panel or self.contests.waiting > 0


@dataclass(frozen=True, slots=True)
class InstrumentHealth:
    """Every key of an instrument that is rated whole, item by item in their order.

    raters, certified   how many people gave first ratings, and hold a certificate now.
    drifts              each item over all vignettes.
    """

    instrument: Version[Instrument]
    items: tuple[KeyItem, ...]
    drifts: tuple[ItemDrift, ...]
    raters: int
    certified: int

    def of(self, vignette_slug: str) -> tuple[KeyItem, ...]:
        """The items of one vignette's key."""
        return tuple(item for item in self.items if item.vignette.slug == vignette_slug)


def health_of(instrument: Version[Instrument]) -> InstrumentHealth:
    """How the keys in use of an instrument stand the test of all first ratings.

    A rating counts when it was given blind: the first in practice, or one in certification, of
    the versions of vignette and instrument in use, by somebody who had not seen the key. Which
    key it was compared with then does not matter, so that a new key is tried by the ratings that
    accused the old one. Ratings of panels never count: they made the key.
    """
    keys = [
        one for one in keys_in_use(instrument.slug) if one.vignette.document.pool in RATED_POOLS
    ]
    found = _figures(_basis_of(instrument, keys))
    contests = contest_records.counts_by_item({one.key.id for one in keys})
    by_slug = {one.slug: one for one in keys}
    items = tuple(
        KeyItem(
            vignette=by_slug[cell.vignette],
            name=instrument.document.item(cell.item).short_name,
            cell=cell,
            contests=contests.get((by_slug[cell.vignette].key.id, cell.item), ContestCounts()),
        )
        for cell in found.health.cells
    )
    return InstrumentHealth(instrument, items, found.health.items, found.raters, found.certified)


@dataclass(frozen=True, slots=True)
class _Basis:
    """What the figures rest on, in brief: as long as it is the same, so are they.

    keys        (vignette, key) by the ids of their versions.
    submitted   how many ratings of these vignettes there are, and when the last one came in.
    sights      how often one of these keys was seen. What is seen now takes nothing from what was
                rated before; this is for sights that are brought in later.
    certified   who holds a valid certificate now, and since when.
    """

    instrument_id: uuid.UUID
    keys: tuple[tuple[uuid.UUID, uuid.UUID], ...]
    submitted: tuple[int, datetime | None]
    sights: int
    certified: tuple[tuple[uuid.UUID, datetime], ...]


@dataclass(frozen=True, slots=True)
class _Figures:
    health: KeyHealth
    raters: int
    certified: int


def _basis_of(instrument: Version[Instrument], keys: Sequence[KeyInUse]) -> _Basis:
    count, last = db.session.execute(
        select(func.count(RatingSession.submitted_at), func.max(RatingSession.submitted_at)).where(
            RatingSession.vignette_document_id.in_([one.vignette.id for one in keys]),
            RatingSession.purpose.in_((Purpose.PRACTICE, Purpose.CERTIFICATION)),
        )
    ).one()
    sights = select(func.count(KeySight.id)).where(
        KeySight.vignette_slug.in_([one.slug for one in keys])
    )
    return _Basis(
        instrument.id,
        tuple((one.vignette.id, one.key.id) for one in keys),
        (count, last),
        db.session.scalar(sights) or 0,
        tuple(sorted(_certified(instrument.slug, at=now()).items())),
    )


@lru_cache(maxsize=8)
def _figures(basis: _Basis) -> _Figures:
    """Computed of every first rating, which may be a million: kept until its basis changes."""
    from training.psychometrics.key_health.report import key_health

    ratings = _first_ratings(basis)
    certified = int(ratings.is_certified.sum())
    return _Figures(key_health(ratings), len(ratings.is_certified), certified)


def _first_ratings(basis: _Basis) -> FirstRatings:
    """The ratings as arrays, raters x cells. An item the panel dropped is no cell."""
    import numpy as np

    from training.psychometrics.key_health.figures import FirstRatings

    keys = {
        library.vignette_version(vignette_id).slug: library.key_version(key_id).document
        for vignette_id, key_id in basis.keys
    }
    # In documents that were stored item 10 comes before item 2.
    cells = tuple((slug, item) for slug, key in keys.items() for item in sorted(key.compared_items))
    accepted = [keys[slug].items[item].accepted for slug, item in cells]
    column = {cell: place for place, cell in enumerate(cells)}
    sessions = _sessions(basis)
    certified = dict(basis.certified)
    people = sorted({person_id for person_id, _, _ in sessions.values()})
    line = {person_id: place for place, person_id in enumerate(people)}
    shape = (len(people), len(cells))
    scores, months = np.full(shape, np.nan), np.full(shape, np.nan)
    is_rated = np.zeros(shape, dtype=np.bool_)
    for session_id, item, score in _ratings(sessions):
        person_id, slug, submitted_at = sessions[session_id]
        place = (line[person_id], column.get((slug, item), -1))
        if place[1] < 0:
            continue
        is_rated[place] = True
        scores[place] = np.nan if score is None else score
        if person_id in certified:
            months[place] = (submitted_at - certified[person_id]) / A_MONTH
    return FirstRatings(
        cells=cells,
        lowest=np.array([scores[0] if scores else np.nan for scores in accepted], dtype=float),
        highest=np.array([scores[-1] if scores else np.nan for scores in accepted], dtype=float),
        scores=scores,
        is_rated=is_rated,
        is_certified=np.array([one in certified for one in people], dtype=np.bool_),
        months=months,
    )


def _sessions(basis: _Basis) -> dict[uuid.UUID, tuple[uuid.UUID, str, datetime]]:
    """Who rated which vignette when, by the session."""
    rows = db.session.execute(
        select(
            RatingSession.id,
            RatingSession.person_id,
            RatingSession.vignette_slug,
            RatingSession.submitted_at,
        ).where(*_is_first_and_blind(basis))
    )
    return {session_id: (person_id, slug, at) for session_id, person_id, slug, at in rows if at}


def _ratings(sessions: Collection[uuid.UUID]) -> Iterator[tuple[uuid.UUID, int, int | None]]:
    """(session, item, score), of some sessions at a time: there may be a million."""
    every = list(sessions)
    for start in range(0, len(every), SESSIONS_AT_ONCE):
        yield from db.session.execute(
            select(ItemRating.session_id, ItemRating.item_number, ItemRating.score).where(
                ItemRating.session_id.in_(every[start : start + SESSIONS_AT_ONCE])
            )
        )


def _is_first_and_blind(basis: _Basis) -> tuple[ColumnElement[bool], ...]:
    return (
        or_(IS_BLIND_PRACTICE, and_(RatingSession.purpose == Purpose.CERTIFICATION, ~KNEW_KEY)),
        RatingSession.state == SessionState.SUBMITTED,
        RatingSession.instrument_document_id == basis.instrument_id,
        RatingSession.vignette_document_id.in_([vignette_id for vignette_id, _ in basis.keys]),
    )


def _certified(instrument_slug: str, *, at: datetime) -> dict[uuid.UUID, datetime]:
    """Who holds a valid certificate on this instrument at a moment, and since when they hold any.

    Now, and not when they rated: nearly every first rating is older than the certificate it
    helped to earn, and says as much about the key.
    """
    standards = [
        one.slug for one in library.standards() if one.document.instrument == instrument_slug
    ]
    rows = db.session.execute(
        select(Certificate.person_id, Certificate.issued_at, Certificate.valid_until)
        .join(Decision, Decision.id == Certificate.decision_id)
        .join(Attempt, Attempt.id == Decision.attempt_id)
        .where(Attempt.standard_slug.in_(standards), Certificate.revoked_at.is_(None))
    ).all()
    holding = {person_id for person_id, _, valid_until in rows if valid_until > at}
    since: dict[uuid.UUID, datetime] = {}
    for person_id, issued_at, _ in rows:
        if person_id in holding:
            since[person_id] = min(issued_at, since.get(person_id, issued_at))
    return since


def keys_for_panel() -> list[KeyItem]:
    """The panel's list: items of keys that ratings make doubtful or contests were answered so."""
    return [
        item
        for instrument in library.instruments()
        for item in health_of(instrument).items
        if item.is_for_panel
    ]


def note_export(instrument_slug: str, *, items: int, by: Person) -> None:
    """Keep that somebody took the table of an instrument's keys with so many items."""
    with write_transaction():
        trail.note(
            trail.Act.DATA_EXPORTED,
            f"health of the keys of {instrument_slug}",
            person_id=by.id,
            items=items,
        )


def verdict_counts(items: Sequence[KeyItem]) -> Mapping[Verdict, int]:
    """How many of these items have which verdict, every verdict named."""
    words = [item.cell.verdict for item in items]
    return {word: words.count(word) for word in Verdict}
