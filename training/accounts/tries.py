"""Limits on guessing: tries are counted in the database, so all processes count together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select

from training.accounts.models import Try
from training.clock import now
from training.database import db, write_transaction


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries of a kind by one subject within a window."""

    kind: str
    tries: int
    window: timedelta


QUARTER_HOUR = timedelta(minutes=15)
SIGN_IN_PER_ACCOUNT = Limit("sign-in account", 10, QUARTER_HOUR)
# A training room shares one address; ten people may each mistype a few times.
SIGN_IN_PER_ADDRESS = Limit("sign-in address", 60, QUARTER_HOUR)
# A code has six digits, of which three are right at a time: 30 wrong ones in a day leave a
# chance of 1 in 10,000 a day to somebody who knows the password already.
CODE_PER_ACCOUNT = Limit("code account", 5, QUARTER_HOUR)
CODE_PER_DAY = Limit("code account day", 30, timedelta(days=1))
CODE_PER_ADDRESS = Limit("code address", 60, QUARTER_HOUR)
RESET_PER_ACCOUNT = Limit("reset account", 3, QUARTER_HOUR)
RESET_PER_ADDRESS = Limit("reset address", 20, QUARTER_HOUR)
JOIN_PER_ADDRESS = Limit("join address", 40, QUARTER_HOUR)
VERIFY_PER_ADDRESS = Limit("verify address", 120, QUARTER_HOUR)
KEPT_FOR = timedelta(days=1)


def is_exhausted(limit: Limit, subject: str) -> bool:
    """Whether this subject (an e-mail address, a network address) has to wait."""
    count = db.session.scalar(
        select(func.count())
        .select_from(Try)
        .where(
            Try.kind == limit.kind,
            Try.subject_digest == _digest(subject),
            Try.tried_at > now() - limit.window,
        )
    )
    return (count or 0) >= limit.tries


def count_try(*limits_and_subjects: tuple[Limit, str]) -> None:
    """Count one try against each limit, and forget tries of yesterday."""
    with write_transaction() as session:
        session.execute(delete(Try).where(Try.tried_at < now() - KEPT_FOR))
        for limit, subject in limits_and_subjects:
            session.add(Try(kind=limit.kind, subject_digest=_digest(subject), tried_at=now()))


def _digest(subject: str) -> str:
    # Digests, so that the table does not become a list of who tried to sign in.
    return hashlib.sha256(subject.strip().lower().encode()).hexdigest()
