"""The input of a comparison: what is refused, and what order does not matter."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.psychometrics.raters import KEY, SCALE, careful, cells
from training.psychometrics import Ratings, compare_with_consensus
from training.psychometrics.ratings import check_scale


def test_cells_come_back_as_they_went_in() -> None:
    rows = [("b", 2, 3.0, None), ("a", 1, None, None), ("b", 1, 4.0, 3.0)]
    assert Ratings.from_cells(rows).cells() == sorted(rows, key=lambda row: row[:2])


def test_not_asked_is_not_the_same_as_not_rateable() -> None:
    ratings = Ratings.from_cells([("a", 1, 2, 2), ("a", 2, None, None), ("b", 1, 2, 2)])
    assert len(ratings) == 3
    assert ratings.asked.tolist() == [[True, True], [True, False]]
    assert compare_with_consensus(ratings, scale=SCALE).cells == 3


def test_columns_and_rows_give_the_same_ratings() -> None:
    rows = cells(careful())
    vignettes, items, scores, references = zip(*rows, strict=True)
    assert Ratings(vignettes, items, scores, references).cells() == rows


def test_the_order_of_rows_does_not_matter() -> None:
    rows = cells(careful())
    shuffled = list(rows)
    random.Random(3).shuffle(shuffled)
    assert shuffled != rows
    comparison = compare_with_consensus(Ratings.from_cells(shuffled), scale=SCALE)
    assert comparison == compare_with_consensus(Ratings.from_cells(rows), scale=SCALE)


def test_arrays_are_read_only() -> None:
    ratings = Ratings.from_cells(cells(KEY))
    for array in (ratings.scores, ratings.references, ratings.asked):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


def test_no_cells_at_all_is_allowed() -> None:
    assert len(Ratings.from_cells([])) == 0


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("", 1, 2, 2), r"vignettes must hold non-empty names, not ''"),
        ((7, 1, 2, 2), r"vignettes must hold non-empty names, not 7"),
        (("a", 0, 2, 2), r"items must hold numbers from 1 upwards, not 0"),
        (("a", True, 2, 2), r"items must hold numbers from 1 upwards, not True"),
        (("a", 1.5, 2, 2), r"items must hold whole numbers, not 1\.5"),
        (("a", "1", 2, 2), r"items must hold whole numbers, not '1'"),
        (("a", 1, float("inf"), 2), r"scores must hold finite numbers or None, not inf"),
        (("a", 1, 2, float("-inf")), r"references must hold finite numbers or None, not -inf"),
        (("a", 1, "3", 2), r"scores must hold numbers or None, not '3'"),
        (("a", 1, True, 2), r"scores must hold numbers or None, not True"),
        (("a", 1, 2, "NR"), r"references must hold numbers or None, not 'NR'"),
        (("a", 1, object(), 2), r"scores must hold numbers or None, not <object"),
        (("a", 1, 10**400, 2), r"scores must hold numbers or None"),
    ],
)
def test_bad_cells_are_refused(row: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Ratings.from_cells([row])


def test_a_cell_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"name the cell \('a', 1\) twice"):
        Ratings.from_cells([("a", 1, 2, 2), ("a", 1, 3, 2)])


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r"same length, not 1, 2, 1, 1"):
        Ratings(["a"], [1, 2], [3], [3])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("a", 1, 5, 2), "scores holds 5, which is not on the scale"),
        (("a", 1, 2, -1), "references holds -1, which is not on the scale"),
        (("a", 1, 2.5, 2), "scores holds 2.5, which is not on the scale"),
    ],
)
def test_scores_off_the_scale_are_refused(row: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compare_with_consensus(Ratings.from_cells([row]), scale=SCALE)


@pytest.mark.parametrize(
    "scale", [(), (1,), (1, 1), (2, 1), (0, 2, 4), (0, 0.5, 1), "01", (0, None)]
)
def test_scales_that_are_none_are_refused(scale: tuple) -> None:
    with pytest.raises(ValueError, match="scale must"):
        check_scale(scale)


def test_a_scale_may_start_anywhere() -> None:
    assert check_scale(range(1, 6)) == (1, 2, 3, 4, 5)
    assert check_scale(np.array([-1, 0, 1])) == (-1, 0, 1)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 95, float("nan")])
def test_impossible_confidence_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence must lie strictly between 0 and 1"):
        compare_with_consensus(Ratings.from_cells(cells(KEY)), scale=SCALE, confidence=confidence)


@pytest.mark.parametrize("tolerance", [-0.1, 1.1, float("nan")])
def test_impossible_tolerance_is_refused(tolerance: float) -> None:
    with pytest.raises(ValueError, match="total_tolerance must lie between 0 and 1"):
        compare_with_consensus(
            Ratings.from_cells(cells(KEY)), scale=SCALE, total_tolerance=tolerance
        )
