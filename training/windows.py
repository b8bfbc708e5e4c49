"""Windows of time: when one closes, and how long that is from now. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

# A window closes with its last minute, so that the day named is a day one can still use.
LAST_MINUTE = time(23, 59, tzinfo=UTC)
LONGEST_EXTENSION = timedelta(days=366)


class ClosingFault(StrEnum):
    """Why a closing date cannot be set."""

    NOT_LATER_THAN_NOW = "not-later-than-now"
    TOO_FAR_AWAY = "too-far-away"


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long a window is still open, in the largest unit that says something."""

    days: int
    hours: int
    minutes: int


def end_of_day(day: date) -> datetime:
    """The moment at which a window closes that names this day, in UTC."""
    return datetime.combine(day, LAST_MINUTE)


def closing_of(opened_at: datetime, window_days: int | None) -> datetime | None:
    """When a window of so many days closes: at the end of the last one; None is never."""
    if window_days is None:
        return None
    return end_of_day((opened_at.astimezone(UTC) + timedelta(days=window_days)).date())


def has_closed(closes_at: datetime | None, at: datetime) -> bool:
    """Whether a window is over at a moment; what comes at the very moment is too late."""
    return closes_at is not None and at >= closes_at


def time_left(closes_at: datetime, at: datetime) -> TimeLeft:
    """The time until a window closes, in whole minutes; nothing once it has closed."""
    minutes = max(0, int((closes_at - at).total_seconds() // 60))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return TimeLeft(days, hours, minutes)


def fault_of_closing(day: date, at: datetime) -> ClosingFault | None:
    """Why no window may close on this day, or None."""
    closes_at = end_of_day(day)
    if has_closed(closes_at, at):
        return ClosingFault.NOT_LATER_THAN_NOW
    return ClosingFault.TOO_FAR_AWAY if closes_at - at > LONGEST_EXTENSION else None
