"""The raters on a page of a cohort, each with marks that say whether their line has changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, Select, Text, bindparam, func, select, type_coerce

from training.accounts.models import Person
from training.calibration.models import RatingSession
from training.certification.models import Attempt, Certificate, Decision, Review, SetAside
from training.cohorts.records import members
from training.modules.models import KnowledgeCheck, StageCompletion

# The raters on a page with their marks: numbers and words that change with everything a line
# shows of them. What a rater does adds a row or fills in a moment and is never taken back, so
# that to count is enough; attempts and certificates are looked at themselves.
_PAGE = (
    members(bindparam("cohort"))
    .offset(bindparam("offset"))
    .limit(bindparam("size", type_=Integer, literal_execute=True))
    .subquery("page")
)


def _mark(person: Any, mark: Any) -> Select[Any]:
    return select(mark).where(person == _PAGE.c.person_id).correlate(_PAGE)


_MARKS = (
    _mark(StageCompletion.person_id, func.count()),
    _mark(
        RatingSession.person_id,
        func.count() + func.sum(RatingSession.revision) + func.count(RatingSession.submitted_at),
    ),
    _mark(KnowledgeCheck.person_id, func.count() + func.count(KnowledgeCheck.finished_at)),
    _mark(
        Attempt.person_id,
        func.aggregate_strings(
            type_coerce(Attempt.state, Text)
            + func.coalesce(type_coerce(Review.act, Text), "")
            + func.coalesce(type_coerce(SetAside.ground, Text), ""),
            " ",
        ),
    )
    .outerjoin(Decision, Decision.attempt_id == Attempt.id)
    .outerjoin(Review, Review.decision_id == Decision.id)
    .outerjoin(SetAside, SetAside.attempt_id == Attempt.id)
    .where(Attempt.standard_slug == bindparam("standard")),
    # The longest valid one only of the standard that the line shows: one of another standard that
    # lasts longer would hide that this one was revoked.
    _mark(Certificate.person_id, func.max(Certificate.valid_until))
    .join(Decision, Decision.id == Certificate.decision_id)
    .join(Attempt, Attempt.id == Decision.attempt_id)
    .where(
        Certificate.revoked_at.is_(None),
        Certificate.valid_until > bindparam("at"),
        Attempt.standard_slug == bindparam("standard"),
    ),
)
MARKED_RATERS = select(
    _PAGE.c.person_id,
    # Not joined: for so many people PostgreSQL would read through everybody there is.
    _mark(Person.id, Person.name).scalar_subquery(),
    _mark(Person.id, Person.email).scalar_subquery(),
    _PAGE.c.joined_at,
    *(mark.scalar_subquery() for mark in _MARKS),
)
