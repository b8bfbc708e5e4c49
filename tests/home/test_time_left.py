"""About how long the way still is."""

from __future__ import annotations

import pytest

from training.home.time_left import roughly, time_left
from training.home.way import Record, StationKind, Way, way_of

NEW = Record(
    modules_done=0,
    modules=2,
    practised=0,
    practice_needed=3,
    vignettes_submitted=0,
    vignettes_in_form=8,
    has_open_attempt=False,
    is_waiting_for_certifier=False,
    certified_until=None,
    may_open_attempt=False,
)


def way(**changes: object) -> Way:
    return way_of(Record(**{name: getattr(NEW, name) for name in NEW.__slots__} | changes))  # type: ignore[arg-type]


def test_at_the_start_all_of_it_is_left() -> None:
    left = time_left(way(), learning=95, reading_practice=[4, 6], reading_assessed=[9])
    assert left.minutes == {
        StationKind.LEARN: 95,
        StationKind.PRACTISE: 30,  # three of five minutes, and as long again for rating
        StationKind.BE_ASSESSED: 180,  # eight of nine: 144 minutes, in whole hours
    }
    assert left.total == 300  # of 269 minutes


def test_what_is_done_takes_no_time() -> None:
    done = way(modules_done=2, practised=4, vignettes_submitted=7, has_open_attempt=True)
    left = time_left(done, learning=0, reading_practice=[5], reading_assessed=[10])
    assert left.minutes == {StationKind.BE_ASSESSED: 20}
    waiting = way(modules_done=2, practised=3, is_waiting_for_certifier=True)
    assert time_left(waiting, learning=0, reading_practice=[5], reading_assessed=[10]).total == 0


def test_an_assessment_of_which_every_vignette_is_submitted_takes_no_time() -> None:
    last = way(modules_done=2, practised=3, vignettes_submitted=8, has_open_attempt=True)
    left = time_left(last, learning=0, reading_practice=[5], reading_assessed=[10])
    assert (left.minutes, left.total) == ({}, 0)


def test_where_there_is_no_vignette_nothing_is_promised() -> None:
    left = time_left(way(), learning=40, reading_practice=[], reading_assessed=[])
    assert left.minutes == {StationKind.LEARN: 40}


@pytest.mark.parametrize(
    ("minutes", "rough"),
    [(0, 0), (1, 5), (5, 5), (42, 45), (119, 120), (120, 120), (120.5, 180), (180, 180)],
)
def test_an_estimate_looks_no_more_exact_than_it_is(minutes: float, rough: int) -> None:
    assert roughly(minutes) == rough
