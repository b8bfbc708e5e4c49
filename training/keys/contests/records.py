"""Questions about contests: whose they are, who may answer them, what they say about keys."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select, union
from sqlalchemy.orm import joinedload

from training.accounts.models import Person, Role, RoleGrant
from training.calibration.models import ItemRating, Purpose, RatingSession, SessionState
from training.database import db
from training.keys.contests.access import Access, access_to
from training.keys.models import Contest, ContestOutcome
from training.keys.reader_records import reader_of
from training.library import records as library
from training.library.schema import ASSESSED_POOLS
from training.panels.models import Panel, PanelSeat, PanelVignette

# Enough to name what matters in one vignette, few enough that each is thought through and read.
MOST_WAITING_PER_VIGNETTE = 3
# With fewer, how raters were distributed would say how single ones rated.
FEWEST_RATERS_SHOWN = 5
ANSWERING_ROLES = (Role.EXPERT, Role.CERTIFIER)
CONTESTABLE_PURPOSES = (Purpose.PRACTICE, Purpose.APPLY)

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


def contests_beside(session: RatingSession) -> dict[int, Contest] | None:
    """By item, the rater's own contests of the key this session is compared with.

    None where that key cannot be contested.
    """
    if not may_be_contested(session):
        return None
    rows = db.session.scalars(
        select(Contest).filter_by(
            person_id=session.person_id, key_document_id=session.key_document_id
        )
    )
    return {row.item_number: row for row in rows}


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


def waiting_contests() -> list[Contest]:
    """Contests nobody has answered, by vignette and item, oldest first."""
    return list(
        db.session.scalars(
            _contests()
            .where(*_IS_WAITING)
            .order_by(Contest.vignette_slug, Contest.item_number, Contest.contested_at)
        )
    )


def answered_contests() -> list[Contest]:
    """Contests with an answer, latest answer first."""
    return list(
        db.session.scalars(
            _contests()
            .where(Contest.answered_at.is_not(None))
            .order_by(Contest.answered_at.desc(), Contest.id)
        )
    )


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


def access_of(person: Person, contests: Sequence[Contest]) -> dict[uuid.UUID, Access]:
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


def access_to_key(person: Person, vignette_slug: str) -> Access | None:
    """Whether waiting contests of a vignette are closed to this person, BLIND or KEPT, or None."""
    contests = [row for row in waiting_contests() if row.vignette_slug == vignette_slug]
    closed = {Access.BLIND, Access.KEPT} & set(access_of(person, contests).values())
    return closed.pop() if closed else None


def number_waiting_for(person: Person) -> int:
    """How many contests wait for an answer that this person may read as things stand."""
    if not person.has_role(*ANSWERING_ROLES):
        return 0
    return list(access_of(person, waiting_contests()).values()).count(Access.OPEN)


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
            RatingSession.number == 1,
            RatingSession.state == SessionState.SUBMITTED,
            ItemRating.item_number == item_number,
        )
        .group_by(ItemRating.score)
    )
    counts: dict[int | None, int] = dict(rows.all())
    return counts if sum(counts.values()) >= FEWEST_RATERS_SHOWN else None
