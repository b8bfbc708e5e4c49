"""Where the raters of a cohort are on its track, for the trainer who leads it.

The number of queries is the same for five raters and for fifty, and one for those who have done
nothing since somebody last looked.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Container, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Select,
    bindparam,
    exists,
    func,
    select,
    union_all,
)

from training.accounts.models import Person
from training.calibration.models import RatingSession, SessionAgreement
from training.calibration.practice_records import practice_sums
from training.certification.models import AttemptState
from training.cohorts.help import (
    ElementDifference,
    Need,
    PracticeFigures,
    RaterRecord,
    days_idle,
    elements_of_group,
    needs_of,
)
from training.cohorts.models import CohortMember
from training.cohorts.rater_certification import (
    AttemptStanding,
    certified_until,
    latest_attempts_of,
)
from training.cohorts.rater_marks import MARKED_RATERS
from training.cohorts.records import members
from training.database import db
from training.keys.sights import IS_BLIND_PRACTICE
from training.library.models import Document
from training.modules.models import KnowledgeCheck, StageCompletion
from training.modules.progress import Standing
from training.modules.records import course_on, progress_of_people
from training.modules.stages import Stage
from training.paging import Paging, paging_of
from training.tracks.records import Tracks

RATERS_PER_PAGE = 50
PAGES_KEPT = 40
NO_STANDARD = ""  # where none is in use, there is nothing that anybody has attempted


@dataclass(frozen=True, slots=True)
class Rater:
    """Somebody who learns in a cohort."""

    id: uuid.UUID
    name: str
    email: str
    joined_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class RaterRow:
    """One line of the trainer's table. Compared by identity: a changed line is a new one.

    practice  on the instrument of the track; where there is no standard, one for each instrument.
    """

    rater: Rater
    standing: Standing
    practice: tuple[PracticeFigures, ...]
    attempt: AttemptStanding | None
    certified_until: datetime | None
    last_step_at: datetime | None
    needs: tuple[Need, ...]
    days_idle: int

    @property
    def vignettes_practised(self) -> int:
        return sum(figures.vignettes for figures in self.practice)

    def is_of_today(self, at: datetime) -> bool:
        """Whether nothing has changed by the passing of time alone."""
        return self.days_idle == days_idle(self.rater.joined_at, self.last_step_at, now=at)


@dataclass(frozen=True, slots=True)
class RaterTable:
    """A page of raters. `group_elements` is what the whole group might work on next."""

    rows: tuple[RaterRow, ...]
    paging: Paging
    group_elements: tuple[ElementDifference, ...]

    @property
    def is_sorted_throughout(self) -> bool:
        """Whether all raters stand on this page."""
        return self.paging.pages <= 1

    @property
    def instruments(self) -> set[str]:
        """The slugs of the instruments that these raters have practised on."""
        return {figures.instrument for row in self.rows for figures in row.practice}


def rater_table(
    cohort_id: uuid.UUID,
    *,
    tracks: Tracks,
    total: int,
    asked_page: str | None,
    published: Hashable,
    at: datetime,
) -> RaterTable:
    """One page of a cohort of so many raters, on it those who need help first.

    Where they are is told of the track that is the own one of `tracks`.

    Each page is sorted for itself: to sort them all would take a look at everybody, and the
    page would grow slower with every rater. `published` names the versions of what is in use.
    """
    paging = paging_of(asked_page, size=RATERS_PER_PAGE, total=total)
    rows = _kept_rows(cohort_id, paging, tracks, published, at)
    rows.sort(key=lambda row: (-len(row.needs), row.rater.name.casefold()))
    return RaterTable(tuple(rows), paging, _elements_of_rows(tuple(rows)))


@lru_cache(maxsize=PAGES_KEPT)
def _elements_of_rows(rows: tuple[RaterRow, ...]) -> tuple[ElementDifference, ...]:
    return elements_of_group(figures for row in rows for figures in row.practice)


# By the marks of the rater, the track and what is published; some 3 kB each.
_rows_kept: dict[tuple[tuple[Any, ...], tuple[str, Hashable]], RaterRow] = {}
ROWS_KEPT = PAGES_KEPT * RATERS_PER_PAGE


def _kept_rows(
    cohort_id: uuid.UUID, paging: Paging, tracks: Tracks, published: Hashable, at: datetime
) -> list[RaterRow]:
    """The lines of a page: as they were, and anew for whoever has done something or been idle."""
    standard = tracks.slug or NO_STANDARD
    place = {"cohort": cohort_id, "offset": paging.offset, "size": paging.size, "at": at}
    marked = {
        (tuple(marks), (standard, published)): Rater(*marks[:4])
        for marks in db.session.execute(MARKED_RATERS, place | {"standard": standard})
    }
    rows = {key: row for key in marked if (row := _rows_kept.get(key)) and row.is_of_today(at)}
    missing = [key for key in marked if key not in rows]
    if missing:
        anew = rows_of([marked[key] for key in missing], tracks, at=at)
        rows |= zip(missing, anew, strict=True)
        if len(_rows_kept) + len(missing) > ROWS_KEPT:
            _rows_kept.clear()
        _rows_kept.update(rows)
    return list(rows.values())


def find_rater(cohort_id: uuid.UUID, person_id: uuid.UUID) -> Rater | None:
    """Somebody who is in a cohort now."""
    row = db.session.execute(raters_in(cohort_id).where(Person.id == person_id)).one_or_none()
    return Rater(*row) if row else None


def raters_in(cohort_id: uuid.UUID) -> Select[uuid.UUID, str, str, datetime]:
    """Asks for what a Rater is made of, in the order in which they joined."""
    return (
        members(cohort_id)
        .join(Person, Person.id == CohortMember.person_id)
        .with_only_columns(Person.id, Person.name, Person.email, CohortMember.joined_at)
    )


def rows_of(raters: Sequence[Rater], tracks: Tracks, *, at: datetime) -> list[RaterRow]:
    """The lines of these raters, in the order given. Always the same number of queries."""
    ids = [rater.id for rater in raters]
    standard = tracks.slug or NO_STANDARD
    course = course_on(tracks)
    standings = progress_of_people(ids, course)
    practice = practice_of(ids, tracks.instrument)
    attempts = latest_attempts_of(ids, standard)
    certified = certified_until(ids, standard, at)
    failed_checks = _failed_checks_of(ids, course.slugs)
    last_steps = _last_steps_of(ids)

    def row(rater: Rater) -> RaterRow:
        attempt = attempts.get(rater.id)
        figures = practice.get(rater.id, ())
        is_waiting = attempt is not None and attempt.state is AttemptState.DECIDED
        record = RaterRecord(
            joined_at=rater.joined_at,
            last_step_at=last_steps.get(rater.id),
            failed_checks=failed_checks.get(rater.id, {}),
            practice=figures,
            is_finished=rater.id in certified or is_waiting,
            has_missed_standard=attempt is not None and attempt.is_declined,
        )
        return RaterRow(
            rater=rater,
            standing=standings[rater.id],
            practice=figures,
            attempt=attempt,
            certified_until=certified.get(rater.id),
            last_step_at=record.last_step_at,
            needs=needs_of(record, now=at),
            days_idle=days_idle(rater.joined_at, record.last_step_at, now=at),
        )

    return [row(rater) for rater in raters]


def practice_of(
    ids: Collection[uuid.UUID], instrument: str | None = None
) -> dict[uuid.UUID, tuple[PracticeFigures, ...]]:
    """The first practice ratings of these people: on this instrument, or on each for itself."""
    sums = practice_sums(ids)
    elements = _elements_of(ids)
    practice: defaultdict[uuid.UUID, tuple[PracticeFigures, ...]] = defaultdict(tuple)
    for (person_id, slug), figures in sorted(sums.items()):
        if instrument in (None, slug):
            practice[person_id] += (PracticeFigures(slug, figures, elements[person_id, slug]),)
    return practice


def _elements_of(
    ids: Collection[uuid.UUID],
) -> dict[tuple[uuid.UUID, str], tuple[ElementDifference, ...]]:
    """The differences by element, by person and instrument."""
    rows = db.session.execute(
        select(SessionAgreement.person_id, Document.slug, SessionAgreement.differences)
        .join(RatingSession, RatingSession.id == SessionAgreement.session_id)
        .join(Document, Document.id == RatingSession.instrument_document_id)
        .where(
            SessionAgreement.person_id.in_(ids),
            IS_BLIND_PRACTICE,
        )
    )
    sums: dict[tuple[uuid.UUID, str], dict[str, tuple[int, int]]] = {}
    for person_id, slug, differences in rows:
        totals = sums.setdefault((person_id, slug), {})
        for item, difference in differences.items():
            ratings, total = totals.get(item, (0, 0))
            totals[item] = ratings + 1, total + difference
    return {
        (person_id, slug): tuple(
            sorted(ElementDifference(slug, int(item), *total) for item, total in totals.items())
        )
        for (person_id, slug), totals in sums.items()
    }


def _failed_checks_of(
    ids: Collection[uuid.UUID], modules: Container[str]
) -> dict[uuid.UUID, dict[str, int]]:
    """Ended tries at checks of these modules that are not mastered yet, by person and module."""
    failed: defaultdict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for person_id, slug, tries in db.session.execute(_FAILED_CHECKS, {"people": list(ids)}):
        if slug in modules:
            failed[person_id][slug] = tries
    return failed


def _last_steps_of(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When each of these people last finished a stage, saved a rating or took a check."""
    return dict(db.session.execute(_LAST_STEPS, {"people": list(ids)}).all())


# The questions of every page, put together once rather than with each look at it.
_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)

_FAILED_CHECKS = (
    select(KnowledgeCheck.person_id, KnowledgeCheck.module_slug, func.count())
    .where(
        KnowledgeCheck.person_id.in_(_PEOPLE),
        KnowledgeCheck.finished_at.is_not(None),
        ~exists().where(
            StageCompletion.person_id == KnowledgeCheck.person_id,
            StageCompletion.module_slug == KnowledgeCheck.module_slug,
            StageCompletion.stage == Stage.CHECK,
        ),
    )
    .group_by(KnowledgeCheck.person_id, KnowledgeCheck.module_slug)
)


def _latest(person: Any, moment: Any) -> Select[Any]:
    return (
        select(person.label("person_id"), func.max(moment).label("moment"))
        .where(person.in_(_PEOPLE))
        .group_by(person)
    )


_STEPS = union_all(
    _latest(StageCompletion.person_id, StageCompletion.completed_at),
    _latest(
        RatingSession.person_id, func.coalesce(RatingSession.saved_at, RatingSession.opened_at)
    ),
    _latest(
        KnowledgeCheck.person_id,
        func.coalesce(KnowledgeCheck.finished_at, KnowledgeCheck.started_at),
    ),
).subquery()
_LAST_STEPS = select(_STEPS.c.person_id, func.max(_STEPS.c.moment)).group_by(_STEPS.c.person_id)
