"""How raters stand with certification, for their trainers: by its outcome only.

Neither ratings nor figures of an attempt pass through this module.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select

from training.certification.models import (
    Attempt,
    AttemptState,
    Certificate,
    Decision,
    Review,
    ReviewAct,
    SetAside,
)
from training.database import db


@dataclass(frozen=True, slots=True)
class AttemptStanding:
    """How an attempt stands. What it came to is said once a certifier has acted on it."""

    id: uuid.UUID
    standard_slug: str
    number: int
    state: AttemptState
    act: ReviewAct | None
    opened_at: datetime
    closed_at: datetime | None
    is_set_aside: bool

    @property
    def is_signed(self) -> bool:
        return self._ended_with(ReviewAct.SIGNED)

    @property
    def is_declined(self) -> bool:
        return self._ended_with(ReviewAct.DECLINED)

    def _ended_with(self, act: ReviewAct) -> bool:
        return self.state is AttemptState.CLOSED and self.act is act and not self.is_set_aside


def latest_attempts_of(
    ids: Collection[uuid.UUID], standard: str
) -> dict[uuid.UUID, AttemptStanding]:
    """The latest attempt of each of these people at a standard."""
    rows = db.session.execute(_ATTEMPTS_AT, {"people": list(ids), "standard": standard})
    return dict(_attempts(rows))  # a later one replaces an earlier one


def attempts_of_rater(person_id: uuid.UUID) -> list[AttemptStanding]:
    """A rater's attempts at certification by any standard, first one first."""
    rows = db.session.execute(_ATTEMPTS, {"people": [person_id]})
    # One row for each decision: the last one says how the attempt stands.
    return list({standing.id: standing for _, standing in _attempts(rows)}.values())


def _attempts(rows: Iterable[Any]) -> Iterator[tuple[uuid.UUID, AttemptStanding]]:
    for row in rows:
        yield row.person_id, AttemptStanding(*row[1:])


def certified_until(
    ids: Collection[uuid.UUID], standard: str, at: datetime
) -> dict[uuid.UUID, datetime]:
    """Until when each of these people is certified by a standard, where they are at this moment."""
    asked = {"people": list(ids), "standard": standard, "at": at}
    return dict(db.session.execute(_CERTIFIED_UNTIL, asked).all())


# The questions of every page, put together once rather than with each look at it.
_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)

_ATTEMPTS = (
    select(
        Attempt.person_id,
        Attempt.id,
        Attempt.standard_slug,
        Attempt.number,
        Attempt.state,
        Review.act,
        Attempt.opened_at,
        Attempt.closed_at,
        SetAside.attempt_id.is_not(None),
    )
    .outerjoin(Decision, Decision.attempt_id == Attempt.id)
    .outerjoin(Review, Review.decision_id == Decision.id)
    .outerjoin(SetAside, SetAside.attempt_id == Attempt.id)
    .where(Attempt.person_id.in_(_PEOPLE))
    .order_by(Attempt.opened_at, Attempt.id, Decision.number)
)
_ATTEMPTS_AT = _ATTEMPTS.where(Attempt.standard_slug == bindparam("standard"))

_CERTIFIED_UNTIL = (
    select(Certificate.person_id, func.max(Certificate.valid_until))
    .join(Decision, Decision.id == Certificate.decision_id)
    .join(Attempt, Attempt.id == Decision.attempt_id)
    .where(
        Attempt.standard_slug == bindparam("standard"),
        Certificate.person_id.in_(_PEOPLE),
        Certificate.revoked_at.is_(None),
        Certificate.valid_until > bindparam("at"),
    )
    .group_by(Certificate.person_id)
)
