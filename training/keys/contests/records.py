"""Questions about contests: whose they are, who may answer them, what they say about keys."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from training.accounts.models import Person, Role, RoleGrant
from training.calibration.history import FIRST
from training.calibration.models import ItemRating, Purpose, RatingSession, SessionState
from training.database import db, read_rows
from training.keys.contests.access import Access, access_to
from training.keys.models import Contest, ContestOutcome
from training.keys.reader_records import reader_of
from training.keys.readers import Barrier
from training.keys.sights import KNEW_KEY
from training.library import records as library
from training.library.schema import ASSESSED_POOLS
from training.paging import Paging, paging_of
from training.panels.models import Panel, PanelSeat, PanelVignette

# Enough to name what matters in one vignette, few enough that each is thought through and read.
MOST_WAITING_PER_VIGNETTE = 3
# With fewer, how raters were distributed would say how single ones rated.
FEWEST_RATERS_SHOWN = 5
WAITING_PER_PAGE = 50
ANSWERED_PER_PAGE = 50
ANSWERING_ROLES = (Role.EXPERT, Role.CERTIFIER)
CONTESTABLE_PURPOSES = (Purpose.PRACTICE, Purpose.APPLY)
NOBODY = uuid.UUID(int=0)

_IS_WAITING: tuple[ColumnElement[bool], ...] = (
    Contest.answered_at.is_(None),
    Contest.withdrawn_at.is_(None),
)


def _contests() -> Select[Contest]:
    """Contests with their sessions, whose ratings are loaded where they are looked at."""
    return select(Contest).options(
        joinedload(Contest.session).lazyload(RatingSession.ratings),
        joinedload(Contest.answered_by).lazyload(Person.grants),
    )


# Of a rater


def may_be_contested(session: RatingSession) -> bool:
    """Whether the key of this session was shown to its rater, and certifies nobody."""
    if not session.is_submitted or session.purpose not in CONTESTABLE_PURPOSES:
        return False
    in_use = library.find_vignette(session.vignette_slug)
    rated = library.vignette_version(session.vignette_document_id)
    pools = {version.document.pool for version in (in_use, rated) if version}
    return pools.isdisjoint(ASSESSED_POOLS)


def find_contest_of(
    person_id: uuid.UUID, key_document_id: uuid.UUID, item_number: int
) -> Contest | None:
    """A person's one contest of an item of this version of a key, also a withdrawn one."""
    return db.session.scalar(
        _contests()
        .filter_by(person_id=person_id, key_document_id=key_document_id, item_number=item_number)
        .execution_options(populate_existing=True)
    )


@dataclass(frozen=True, slots=True)
class OwnContest:
    """What a rater is told at an item they have contested."""

    contested_at: datetime
    withdrawn_at: datetime | None
    outcome: ContestOutcome | None
    answer: str
    answered_at: datetime | None


# Put together once, and of columns instead of objects: every page of feedback asks it.
_BESIDE = select(
    Contest.item_number,
    Contest.contested_at,
    Contest.withdrawn_at,
    Contest.outcome,
    Contest.answer,
    Contest.answered_at,
).where(Contest.person_id == bindparam("person"), Contest.key_document_id == bindparam("key"))


def contests_beside(session: RatingSession) -> dict[int, OwnContest] | None:
    """By item, the rater's own contests of the key this session is compared with.

    None where that key cannot be contested.
    """
    if not may_be_contested(session):
        return None
    rows = read_rows(_BESIDE, person=session.person_id, key=session.key_document_id)
    return {
        item: OwnContest(contested_at, withdrawn_at, outcome, answer, answered_at)
        for item, contested_at, withdrawn_at, outcome, answer, answered_at in rows
    }


def contests_of(person_id: uuid.UUID) -> list[Contest]:
    """Everything a person has contested, latest first."""
    return list(
        db.session.scalars(
            _contests().filter_by(person_id=person_id).order_by(Contest.contested_at.desc())
        )
    )


def number_waiting_of(person_id: uuid.UUID, vignette_slug: str) -> int:
    """How many contests of a vignette a person has that nobody has answered yet."""
    statement = (
        select(func.count())
        .select_from(Contest)
        .where(Contest.person_id == person_id, Contest.vignette_slug == vignette_slug, *_IS_WAITING)
    )
    return db.session.scalar(statement) or 0


# Of those who answer


def find_contest(contest_id: uuid.UUID) -> Contest | None:
    return db.session.scalar(
        _contests().filter_by(id=contest_id).execution_options(populate_existing=True)
    )


@dataclass(frozen=True, slots=True)
class ContestGroup:
    """Contests of one key that stand alike to somebody.

    by  whose they are, where that matters: their own, or those of who made the key, who do not
        answer for it then; NOBODY for all the others.
    """

    key_id: uuid.UUID
    vignette_slug: str
    by: uuid.UUID
    number: int
    standing: Access | Barrier


def waiting_groups(person: Person, vignette_slug: str | None = None) -> list[ContestGroup]:
    """How the contests nobody has answered stand to this person, by vignette: of all, or of one."""
    is_of_vignette = true() if vignette_slug is None else Contest.vignette_slug == vignette_slug
    return _groups(person, *_IS_WAITING, is_of_vignette)


def waiting_page(
    person: Person, groups: Sequence[ContestGroup], asked_page: str | None
) -> tuple[list[Contest], Paging]:
    """One page of the contests that wait for this person, by vignette and item, oldest first."""
    paging = paging_of(asked_page, size=WAITING_PER_PAGE, total=_number_open(groups))
    order = (Contest.vignette_slug, Contest.item_number, Contest.contested_at, Contest.id)
    return _open_ones(person, groups, paging, *_IS_WAITING, order=order), paging


def answered_page(person: Person, asked_page: str | None) -> tuple[list[Contest], Paging]:
    """One page of the answered contests that this person may read, latest answer first."""
    is_answered = Contest.answered_at.is_not(None)
    groups = _groups(person, is_answered)
    paging = paging_of(asked_page, size=ANSWERED_PER_PAGE, total=_number_open(groups))
    order = (Contest.answered_at.desc(), Contest.id)
    return _open_ones(person, groups, paging, is_answered, order=order), paging


def _groups(person: Person, *where: ColumnElement[bool]) -> list[ContestGroup]:
    """The contests that meet these conditions: hardly more lines than keys, however many wait."""
    key_ids = db.session.scalars(select(Contest.key_document_id).where(*where).distinct()).all()
    if not key_ids:
        return []
    reader, panels = reader_of(person), panels_behind(key_ids)
    named = {person.id}.union(*panels.values())
    by = case((Contest.person_id.in_(named), Contest.person_id), else_=NOBODY)
    alike = (
        select(Contest.key_document_id, Contest.vignette_slug, by.label("by"))
        .where(*where)
        .subquery()
    )
    counted = select(alike.c.key_document_id, alike.c.vignette_slug, alike.c.by, func.count())
    rows = db.session.execute(counted.group_by(*alike.c).order_by(alike.c.vignette_slug))
    return [
        ContestGroup(
            key_id,
            slug,
            by_whom,
            number,
            access_to(reader, slug, contested_by=by_whom, panel=panels.get(key_id, frozenset())),
        )
        for key_id, slug, by_whom, number in rows
    ]


def _number_open(groups: Iterable[ContestGroup]) -> int:
    return sum(group.number for group in groups if group.standing is Access.OPEN)


def _open_ones(
    person: Person,
    groups: Iterable[ContestGroup],
    paging: Paging,
    *where: ColumnElement[bool],
    order: tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...],
) -> list[Contest]:
    """Those of one page in this order, of the groups that are open to this person."""
    places = [(group.key_id, group.by) for group in groups if group.standing is Access.OPEN]
    # Where anybody's contests of a key are open, those of its makers are, but for one's own.
    is_of_open_key = Contest.key_document_id.in_([key for key, by in places if by == NOBODY])
    is_at_place = tuple_(Contest.key_document_id, Contest.person_id).in_(places)
    statement = (
        _contests()
        .where(*where, Contest.person_id != person.id, or_(is_of_open_key, is_at_place))
        .order_by(*order)
        .offset(paging.offset)
        .limit(paging.size)
    )
    return list(db.session.scalars(statement))


def other_contests_of_item(contest: Contest) -> list[Contest]:
    """The other contests of the same item of the same key, oldest first, but withdrawn ones."""
    return list(
        db.session.scalars(
            _contests()
            .filter_by(key_document_id=contest.key_document_id, item_number=contest.item_number)
            .where(Contest.id != contest.id, Contest.withdrawn_at.is_(None))
            .order_by(Contest.contested_at)
        )
    )


def panels_behind(key_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """For each ratified key among these, the experts who made it and can still answer for it."""
    made = PanelVignette.key_document_id.in_(key_ids)
    seated = (
        select(PanelVignette.key_document_id, PanelSeat.person_id)
        .join(PanelSeat, PanelSeat.panel_id == PanelVignette.panel_id)
        .where(made, PanelSeat.person_id.is_not(None), PanelSeat.withdrawn_at.is_(None))
    )
    chairs = (
        select(PanelVignette.key_document_id, Panel.chair_id)
        .join(Panel, Panel.id == PanelVignette.panel_id)
        .where(made)
    )
    experts = select(Person.id).join(RoleGrant, RoleGrant.person_id == Person.id)
    experts = experts.where(RoleGrant.role == Role.EXPERT, Person.deactivated_at.is_(None))
    makers = union(seated, chairs).subquery()
    rows = db.session.execute(select(*makers.c).where(makers.c[1].in_(experts)))
    behind: dict[uuid.UUID, set[uuid.UUID]] = {}
    for key_id, person_id in rows:
        behind.setdefault(key_id, set()).add(person_id)
    return {key_id: frozenset(people) for key_id, people in behind.items()}


def access_of(person: Person, contests: Sequence[Contest]) -> dict[uuid.UUID, Access | Barrier]:
    """How each of these contests stands to this person, by the id of the contest."""
    if not contests:
        return {}
    reader = reader_of(person)
    panels = panels_behind({contest.key_document_id for contest in contests})
    return {
        contest.id: access_to(
            reader,
            contest.vignette_slug,
            contested_by=contest.person_id,
            panel=panels.get(contest.key_document_id, frozenset()),
        )
        for contest in contests
    }


def barrier_to_waiting(person: Person, vignette_slug: str) -> Barrier | None:
    """Why waiting contests of a vignette are closed to this person, or None."""
    standings = (group.standing for group in waiting_groups(person, vignette_slug))
    return next((each for each in standings if isinstance(each, Barrier)), None)


def number_waiting_for(person: Person) -> int:
    """How many contests wait for an answer that this person may read as things stand."""
    if not person.has_role(*ANSWERING_ROLES):
        return 0
    return _number_open(waiting_groups(person))


# Of keys


@dataclass(frozen=True, slots=True)
class ContestCounts:
    """How many contests of an item wait, left the key as it is, or asked for a panel."""

    waiting: int = 0
    kept: int = 0
    for_panel: int = 0


def counts_by_item(
    key_ids: Collection[uuid.UUID],
) -> dict[tuple[uuid.UUID, int], ContestCounts]:
    """For each contested item of these keys, how its contests stand, but for withdrawn ones."""
    rows = db.session.execute(
        select(Contest.key_document_id, Contest.item_number, Contest.outcome, func.count())
        .where(Contest.key_document_id.in_(key_ids), Contest.withdrawn_at.is_(None))
        .group_by(Contest.key_document_id, Contest.item_number, Contest.outcome)
    )
    by_outcome: dict[tuple[uuid.UUID, int], dict[ContestOutcome | None, int]] = {}
    for key_id, item, outcome, count in rows:
        by_outcome.setdefault((key_id, item), {})[outcome] = count
    return {
        place: ContestCounts(
            counts.get(None, 0),
            counts.get(ContestOutcome.KEPT, 0),
            counts.get(ContestOutcome.FOR_PANEL, 0),
        )
        for place, counts in by_outcome.items()
    }


def first_ratings(session: RatingSession, item_number: int) -> dict[int | None, int] | None:
    """How raters rated an item of this text when they did not know its key yet.

    By score, None being not rateable; None where too few have rated it to say.
    """
    rows = db.session.execute(
        select(ItemRating.score, func.count())
        .join(RatingSession, RatingSession.id == ItemRating.session_id)
        .where(
            RatingSession.vignette_document_id == session.vignette_document_id,
            RatingSession.purpose.in_(CONTESTABLE_PURPOSES),
            RatingSession.number == FIRST,
            ~KNEW_KEY,
            RatingSession.state == SessionState.SUBMITTED,
            ItemRating.item_number == item_number,
        )
        .group_by(ItemRating.score)
    )
    counts: dict[int | None, int] = dict(rows.all())
    return counts if sum(counts.values()) >= FEWEST_RATERS_SHOWN else None
