"""When a window closes: the last minute of a day, and how far away that is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.certification.models import Attempt, AttemptState
from training.windows import (
    LONGEST_EXTENSION,
    ClosingFault,
    TimeLeft,
    closing_of,
    end_of_day,
    fault_of_closing,
    has_closed,
    time_left,
)

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_a_window_closes_with_the_last_minute_of_its_last_day() -> None:
    assert closing_of(NOON, 14) == datetime(2026, 12, 8, 23, 59, tzinfo=UTC)
    assert closing_of(NOON.astimezone(ZoneInfo("Asia/Kolkata")), 14) == closing_of(NOON, 14)


def test_a_standard_without_a_window_never_closes() -> None:
    assert closing_of(NOON, None) is None
    assert not has_closed(None, NOON + timedelta(days=9999))


def test_what_comes_at_the_very_moment_is_too_late() -> None:
    closes_at = end_of_day(NOON.date())
    assert not has_closed(closes_at, closes_at - timedelta(microseconds=1))
    assert has_closed(closes_at, closes_at)


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        (date(2026, 11, 23), ClosingFault.NOT_LATER_THAN_NOW),
        (date(2026, 11, 24), None),
        (date(2026, 12, 24), None),
        ((NOON + LONGEST_EXTENSION).date() + timedelta(days=1), ClosingFault.TOO_FAR_AWAY),
        (date.max, ClosingFault.TOO_FAR_AWAY),
    ],
)
def test_a_closing_day_lies_ahead_and_within_a_year(day: date, fault: ClosingFault | None) -> None:
    assert fault_of_closing(day, NOON) == fault


def test_time_left_is_told_in_whole_minutes() -> None:
    assert time_left(NOON + timedelta(days=3, hours=2, seconds=119), NOON) == TimeLeft(3, 2, 1)
    assert time_left(NOON, NOON + timedelta(hours=1)) == TimeLeft(0, 0, 0)


@given(st.integers(1, 3650), st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_nobody_gets_less_than_the_days_that_were_named(days: int, later: timedelta) -> None:
    opened = NOON + later
    closes_at = closing_of(opened, days)
    assert closes_at is not None
    assert timedelta(days=days - 1) < closes_at - opened < timedelta(days=days + 1)
    assert closes_at.date() == (opened + timedelta(days=days)).date()


def test_time_left_changes_at_full_minutes_hours_and_days() -> None:
    for left, told in (
        (timedelta(seconds=59), TimeLeft(0, 0, 0)),
        (timedelta(seconds=60), TimeLeft(0, 0, 1)),
        (timedelta(minutes=59, seconds=59), TimeLeft(0, 0, 59)),
        (timedelta(hours=1), TimeLeft(0, 1, 0)),
        (timedelta(hours=23, minutes=59), TimeLeft(0, 23, 59)),
        (timedelta(days=1), TimeLeft(1, 0, 0)),
    ):
        assert time_left(NOON + left, NOON) == told


def test_the_last_day_that_can_be_chosen_ends_a_year_and_a_day_from_now() -> None:
    """So the very minute of asking decides on the last one: 366 times 24 hours lie ahead of it."""
    last = end_of_day(date(2027, 11, 25))
    at = last - timedelta(days=366)
    assert fault_of_closing(last.date(), at) is None
    assert fault_of_closing(last.date(), at - timedelta(seconds=1)) is ClosingFault.TOO_FAR_AWAY


def test_today_can_be_chosen_until_its_last_minute() -> None:
    closes_at = end_of_day(NOON.date())
    assert fault_of_closing(NOON.date(), closes_at - timedelta(seconds=1)) is None
    assert fault_of_closing(NOON.date(), closes_at) is ClosingFault.NOT_LATER_THAN_NOW


@pytest.mark.parametrize(
    ("state", "closes_in", "lapsed", "is_under_way", "has_lapsed"),
    [
        (AttemptState.OPEN, timedelta(microseconds=1), False, True, False),
        (AttemptState.OPEN, timedelta(0), False, False, True),
        (AttemptState.OPEN, None, False, True, False),
        (AttemptState.DECIDED, timedelta(0), False, False, False),
        (AttemptState.CLOSED, timedelta(0), False, False, False),
        (AttemptState.CLOSED, timedelta(0), True, False, True),
        (AttemptState.CLOSED, timedelta(days=3), True, False, True),
    ],
)
def test_an_attempt_lapses_by_time_alone_and_never_once_it_is_decided(
    state: AttemptState,
    closes_in: timedelta | None,
    lapsed: bool,
    is_under_way: bool,
    has_lapsed: bool,
) -> None:
    attempt = Attempt(
        state=state,
        closes_at=None if closes_in is None else NOON + closes_in,
        lapsed_at=NOON if lapsed else None,
    )
    assert (attempt.is_under_way(NOON), attempt.has_lapsed(NOON)) == (is_under_way, has_lapsed)
