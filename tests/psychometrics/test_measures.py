"""Each formula on its own: worked by hand, and on the textbook warnings it exists for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.psychometrics.raters import SCALE, ratings
from training.psychometrics import Comparison, compare_with_consensus
from training.psychometrics.arrays import ratio
from training.psychometrics.measures import MEASURES, icc_agreement, mean_squares
from training.psychometrics.vignette_sums import (
    Sum,
    cell_contributions,
    sums_by_item,
    sums_by_vignette,
)

# Two meetings of three elements. d = 1, 0, -2 and 0, 1, 0.
KEY = np.array([[1.0, 2.0, 4.0], [0.0, 3.0, 3.0]])
SCORES = np.array([[2.0, 2.0, 2.0], [0.0, 4.0, 3.0]])


def compare(scores: np.ndarray, key: np.ndarray, **options: Any) -> Comparison:
    return compare_with_consensus(ratings(scores, key), scale=SCALE, **options)


def contributions(scores: np.ndarray = SCORES, key: np.ndarray = KEY) -> np.ndarray:
    return cell_contributions(scores, key, np.ones(key.shape, dtype=bool))


def by_vignette(scores: np.ndarray = SCORES, key: np.ndarray = KEY) -> np.ndarray:
    return sums_by_vignette(contributions(scores, key), scale_range=4, total_tolerance=0.1)


class TestWorkedByHand:
    @pytest.mark.parametrize(
        ("figure", "expected"),
        [
            ("exact", 3 / 6),
            ("within_one", 5 / 6),
            ("gross_misses", 1 / 6),
            ("bias", 0.0),
            ("mae", 4 / 6),
            ("rmse", 1.0),
            # Sums over six cells: r 13, g 13, rr 37, gg 39, rg 35.
            ("slope", (35 - 13 * 13 / 6) / (39 - 13 * 13 / 6)),
            ("sd_ratio", ((37 - 13 * 13 / 6) / (39 - 13 * 13 / 6)) ** 0.5),
            # Observed 6/6; expected 37/6 + 39/6 - 2 * (13/6)^2.
            ("kappa_quadratic", 1 - 1 / (37 / 6 + 39 / 6 - 2 * (13 / 6) ** 2)),
            # Within meetings: products 0 + 7, squares of g 42/9 + 6.
            ("within_vignette_slope", (0 + 7) / (42 / 9 + 6)),
            # Off by -1 and +1 of a range of 12: both within 1.2.
            ("totals", 1.0),
        ],
    )
    def test_figures(self, figure: str, expected: float) -> None:
        assert getattr(compare(SCORES, KEY), figure).value == pytest.approx(expected)

    def test_sums_of_the_first_meeting(self) -> None:
        first = by_vignette()[:, 0]
        expected = {
            Sum.CELLS: 3,
            Sum.JOINT: 3,
            Sum.MISMATCHES: 0,
            Sum.COMPARED: 3,
            Sum.EXACT: 1,
            Sum.WITHIN_ONE: 2,
            Sum.GROSS: 1,
            Sum.DIFFERENCE: -1,
            Sum.ABSOLUTE: 3,
            Sum.SQUARED: 5,
            Sum.SCORE: 6,
            Sum.REFERENCE: 7,
            Sum.SCORE_SQUARED: 12,
            Sum.REFERENCE_SQUARED: 21,
            Sum.PRODUCT: 14,
            Sum.WITHIN_SCORE: 0,
            Sum.WITHIN_REFERENCE: 42 / 9,
            Sum.WITHIN_PRODUCT: 0,
            Sum.TOTALS: 1,
            Sum.TOTALS_WITHIN: 1,
        }
        assert set(expected) == set(Sum)
        for name, value in expected.items():
            assert first[name] == pytest.approx(value), name.name

    def test_mean_squares_against_a_two_way_table(self) -> None:
        pooled = by_vignette().sum(axis=-1)
        table = np.stack([SCORES.ravel(), KEY.ravel()], axis=1)
        row_means, column_means = table.mean(axis=1), table.mean(axis=0)
        residual = table - row_means[:, None] - column_means + table.mean()
        squares = mean_squares(pooled)
        assert squares.rows == pytest.approx(2 * row_means.var(ddof=1))
        assert squares.columns == pytest.approx(6 * column_means.var(ddof=1))
        assert squares.error == pytest.approx((residual**2).sum() / 5)


class TestSums:
    def test_items_and_vignettes_add_up_to_the_same(self) -> None:
        items = sums_by_item(contributions()).sum(axis=(-1, -2))
        vignettes = by_vignette().sum(axis=-1)
        only_per_vignette = (Sum.WITHIN_SCORE, Sum.TOTALS)
        for name in Sum:
            if name < min(only_per_vignette):
                assert items[name] == vignettes[name], name.name

    def test_cells_that_were_not_asked_add_nothing(self) -> None:
        asked = np.array([[True, False, True], [True, True, True]])
        parts = cell_contributions(SCORES, KEY, asked)
        assert parts[:, 0, 1].tolist() == [0.0] * len(Sum)

    def test_a_mismatch_adds_to_nothing_but_the_comparison(self) -> None:
        scores = SCORES.copy()
        scores[0, 0] = np.nan
        cell = contributions(scores)[:, 0, 0]
        filled = {name for name in Sum if cell[name]}
        assert filled == {Sum.CELLS, Sum.MISMATCHES, Sum.COMPARED}

    def test_many_raters_have_an_axis_of_their_own(self) -> None:
        people = np.stack([SCORES, KEY, 4 - KEY])
        parts = cell_contributions(people, KEY, np.ones(KEY.shape, dtype=bool))
        sums = sums_by_vignette(parts, scale_range=4, total_tolerance=0.1)
        assert sums.shape == (len(Sum), 3, 2)
        np.testing.assert_allclose(sums[:, 0], by_vignette())

    @pytest.mark.parametrize("name", MEASURES)
    def test_every_figure_takes_any_shape(self, name: str) -> None:
        formula = MEASURES[name].formula
        sums = by_vignette()
        one, many = formula(sums.sum(axis=-1)), formula(np.stack([sums, sums], axis=1).sum(axis=-1))
        assert np.shape(many) == (2,)
        np.testing.assert_allclose(many, [one, one])

    @pytest.mark.parametrize("name", MEASURES)
    def test_every_figure_of_nothing_is_undefined(self, name: str) -> None:
        assert np.isnan(MEASURES[name].formula(np.zeros((len(Sum), 1)))).all()


class TestWhyOneNumberNeverSuffices:
    """Each figure has a rater whom it flatters; another figure must catch them."""

    def test_always_one_too_high_is_within_one_and_loses_absolute_agreement(self) -> None:
        key = np.tile([0.0, 1.0, 2.0, 3.0], (5, 3))
        comparison = compare(key + 1, key)
        assert comparison.within_one.value == 1.0
        assert comparison.slope.value == pytest.approx(1.0)
        # With d = 1 everywhere ICC(A,1) is 2 s^2 / (2 s^2 + 1), s^2 the variance of the key.
        variance = key.var(ddof=1)
        expected = 2 * variance / (2 * variance + 1)
        assert comparison.icc_agreement.value == pytest.approx(expected)

    def test_one_miss_on_a_flat_key_makes_the_icc_useless(self) -> None:
        key = np.full((10, 1), 3.0)
        scores = key.copy()
        scores[0] = 4.0
        comparison = compare(scores, key)
        assert comparison.exact.value == 0.9
        assert comparison.icc_agreement.value is None

    def test_an_always_middle_rater_is_within_one_60_times_in_100(self) -> None:
        key = np.tile([0.0, 1.0, 2.0, 3.0, 4.0], (4, 2))
        assert compare(np.full(key.shape, 2.0), key).within_one.value == pytest.approx(0.6)

    def test_a_random_rater_is_within_one_52_times_in_100(self) -> None:
        pairs = np.array([(r, g) for r in SCALE for g in SCALE], dtype=float)
        scores, key = pairs[:, 0].reshape(5, 5), pairs[:, 1].reshape(5, 5)
        comparison = compare(scores, key)
        assert comparison.within_one.value == pytest.approx(13 / 25)
        assert comparison.kappa_quadratic.value == pytest.approx(0.0)

    def test_halo_hides_from_the_slope_when_meetings_differ(self) -> None:
        key = np.array([[0.0, 0, 1, 1], [1, 1, 2, 2], [2, 2, 3, 3], [3, 3, 4, 4]])
        impression = np.rint(key.mean(axis=1, keepdims=True) + 0.01) * np.ones(4)
        comparison = compare(impression, key)
        assert comparison.slope.value is not None
        assert comparison.slope.value > 0.7
        assert comparison.within_vignette_slope.value == pytest.approx(0.0)


class TestRatio:
    def test_nothing_over_nothing_is_undefined(self) -> None:
        quotient = ratio(np.array([1.0, 0.0, 3.0]), np.array([0.0, 0.0, 2.0]))
        assert np.isnan(quotient[:2]).all()
        assert quotient[2] == 1.5

    def test_what_is_left_of_a_subtraction_is_nothing(self) -> None:
        assert np.isnan(ratio(np.array(0.3), np.array(0.1 + 0.2 - 0.3)))

    def test_shapes_are_broadcast(self) -> None:
        assert ratio(np.ones((3, 1)), np.full(4, 2.0)).shape == (3, 4)


def test_the_icc_of_a_perfect_rater_is_one() -> None:
    assert icc_agreement(by_vignette(KEY, KEY).sum(axis=-1)) == pytest.approx(1.0)
