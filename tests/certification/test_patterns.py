"""Patterns by principle: sums over the attempt, and nothing from which a key could be read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.certification.judging.patterns import (
    FEWEST_RATINGS,
    Lean,
    PrinciplePattern,
    furthest_from_consensus,
    patterns_by_principle,
)

PRINCIPLES = ("dialogism", "responsibility")
ITEMS = {1: ("dialogism",), 2: ("responsibility",), 3: ("dialogism", "responsibility"), 4: ()}


def evidence(*rows: tuple[int, list[list[int | None]]], attempt: int = 1) -> dict[str, Any]:
    """Sessions as (number of the attempt, cells)."""
    return {
        "attempt": attempt,
        "sessions": [{"attempt": number, "cells": cells} for number, cells in rows],
    }


def by_slug(found: tuple[PrinciplePattern, ...]) -> dict[str, PrinciplePattern]:
    return {pattern.principle: pattern for pattern in found}


def test_differences_are_averaged_over_the_elements_of_a_principle() -> None:
    rows = [(1, [[1, 3, 2], [2, 1, 1], [3, 4, 2]]) for _ in range(5)]
    found = by_slug(patterns_by_principle(evidence(*rows), PRINCIPLES, ITEMS))
    assert found["dialogism"].difference == 1.5
    assert found["dialogism"].ratings == 10
    assert found["responsibility"].difference == 1.0
    assert found["dialogism"].lean is Lean.HIGHER


def test_earlier_attempts_and_cells_that_cannot_be_rated_are_left_out() -> None:
    rows = [
        (1, [[1, 4, 0]] * 5),
        (2, [[1, 2, 2], [1, None, 2], [1, 2, None], [1, None, None]] * 5),
    ]
    found = by_slug(patterns_by_principle(evidence(*rows, attempt=2), PRINCIPLES, ITEMS))
    assert found["dialogism"].difference == 0.0
    assert found["dialogism"].ratings == 5
    assert found["dialogism"].lean is Lean.EVEN


def test_too_few_ratings_give_no_figure() -> None:
    cells: list[list[int | None]] = [[1, 4, 0]] * (FEWEST_RATINGS - 1)
    found = by_slug(patterns_by_principle(evidence((1, cells)), PRINCIPLES, ITEMS))
    assert found["dialogism"].difference is None
    assert found["dialogism"].lean is Lean.TOO_FEW
    assert found["responsibility"].ratings == 0


def test_elements_without_a_principle_and_unknown_ones_are_no_trouble() -> None:
    cells: list[list[int | None]] = [[4, 4, 0], [99, 4, 0]] * 5
    found = patterns_by_principle(evidence((1, cells)), PRINCIPLES, ITEMS)
    assert all(pattern.ratings == 0 for pattern in found)


@pytest.mark.parametrize(
    ("difference", "lean"),
    [(0.25, Lean.EVEN), (-0.25, Lean.EVEN), (0.26, Lean.HIGHER), (-0.26, Lean.LOWER)],
)
def test_a_quarter_of_a_point_is_the_line(difference: float, lean: Lean) -> None:
    assert PrinciplePattern("dialogism", difference, 40).lean is lean


def test_the_furthest_principle_is_the_next_thing_to_learn() -> None:
    found = (
        PrinciplePattern("a", 0.4, 40),
        PrinciplePattern("b", -0.9, 40),
        PrinciplePattern("c", None, 2),
    )
    furthest = furthest_from_consensus(found)
    assert furthest is not None
    assert furthest.principle == "b"
    assert furthest_from_consensus((PrinciplePattern("a", 0.1, 40),)) is None
    assert furthest_from_consensus(()) is None


def test_of_principles_equally_far_away_the_first_one_is_named() -> None:
    higher, lower = PrinciplePattern("a", 0.5, 40), PrinciplePattern("b", -0.5, 40)
    assert furthest_from_consensus((higher, lower)) == higher
    assert furthest_from_consensus((lower, higher)) == lower


def test_differences_to_both_sides_cancel_and_are_no_lean() -> None:
    rows = [(1, [[1, 4, 0], [1, 0, 4]] * 3)]
    (found, _) = patterns_by_principle(evidence(*rows), PRINCIPLES, ITEMS)
    assert (found.difference, found.ratings, found.lean) == (0.0, 6, Lean.EVEN)


scores = st.integers(0, 4)


@given(st.lists(st.tuples(st.integers(1, 4), scores, scores), max_size=60))
def test_means_stay_on_the_scale_and_swap_sign_with_the_roles(
    cells: list[tuple[int, int, int]],
) -> None:
    one = evidence((1, [list(cell) for cell in cells]))
    other = evidence((1, [[item, key, own] for item, own, key in cells]))
    forward = patterns_by_principle(one, PRINCIPLES, ITEMS)
    backward = patterns_by_principle(other, PRINCIPLES, ITEMS)
    for first, second in zip(forward, backward, strict=True):
        assert first.ratings == second.ratings
        if first.difference is None:
            assert second.difference is None
        else:
            assert abs(first.difference) <= 4
            assert first.difference == pytest.approx(-(second.difference or 0.0))
