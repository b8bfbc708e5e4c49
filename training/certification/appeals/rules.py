"""Whether a rater may appeal now, and until when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from training.windows import end_of_day, has_closed


class AppealFault(StrEnum):
    """Why a rater cannot appeal."""

    NOTHING_DECIDED = "nothing-decided"  # no certifier has decided against the rater
    SET_ASIDE = "set-aside"  # there is nothing left to gain
    APPEALED_BEFORE = "appealed-before"  # also when that appeal was withdrawn
    TOO_LATE = "too-late"


@dataclass(frozen=True, slots=True)
class AppealRight:
    """Whether an appeal can be made.

    fault   why not, or None.
    until   the moment from which on it is too late; None while nothing is decided.
    """

    fault: AppealFault | None
    until: datetime | None = None


def last_moment(decided_at: datetime, days: int) -> datetime:
    """When it becomes too late to appeal: at the end of the last day, in UTC."""
    return end_of_day((decided_at.astimezone(UTC) + timedelta(days=days)).date())


def right_to_appeal(
    decided_at: datetime | None,
    *,
    days: int,
    is_set_aside: bool,
    has_appealed: bool,
    now: datetime,
) -> AppealRight:
    """Whether a rater may appeal against what a certifier decided against them.

    `decided_at` is when the decision was declined or its certificate revoked, None where neither
    was; `days` how long the standard lets a rater think about it.
    """
    if decided_at is None:
        return AppealRight(AppealFault.NOTHING_DECIDED)
    until = last_moment(decided_at, days)
    if is_set_aside:
        return AppealRight(AppealFault.SET_ASIDE, until)
    if has_appealed:
        return AppealRight(AppealFault.APPEALED_BEFORE, until)
    return AppealRight(AppealFault.TOO_LATE if has_closed(until, now) else None, until)
