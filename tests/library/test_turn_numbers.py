"""Turn numbers as people read them, and as their fields read them back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.calibration.ratings import read_turns
from training.library.turn_numbers import in_runs, runs_of


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((), ""),
        ((4,), "4"),
        ((7, 8), "7, 8"),
        ((7, 8, 9), "7–9"),
        ((19, 20, 21, 33, 35, 36, 37, 38), "19–21, 33, 35–38"),
        ((9, 2, 8, 7, 2), "2, 7–9"),
    ],
)
def test_three_neighbours_are_drawn_together(numbers: tuple[int, ...], text: str) -> None:
    assert in_runs(numbers) == text


@given(st.sets(st.integers(1, 200)))
def test_what_is_read_is_what_is_meant(numbers: set[int]) -> None:
    assert read_turns(in_runs(numbers)) == tuple(sorted(numbers))
    covered = [number for first, last in runs_of(numbers) for number in range(first, last + 1)]
    assert covered == sorted(numbers)
