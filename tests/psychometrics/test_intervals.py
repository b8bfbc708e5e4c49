"""Intervals on their own: their units, their limits, and what they do at the edge."""

from __future__ import annotations

import numpy as np
import pytest

from tests.psychometrics.raters import KEY, careful
from training.psychometrics.cohort import SUM_MEASURES
from training.psychometrics.intervals import (
    ICC,
    JACKKNIFE,
    RATE,
    SIZE,
    SPREAD,
    Contribution,
    Estimates,
    VignetteSums,
    estimate,
    icc_agreement_interval,
    jackknife_standard_error,
    statistics_of,
    wider,
    wilson_interval,
)
from training.psychometrics.measures import MEASURES
from training.psychometrics.statistic import Reason
from training.psychometrics.vignette_sums import Sum, cell_contributions, sums_by_vignette


def sums_of(scores: np.ndarray, key: np.ndarray = KEY) -> VignetteSums:
    parts = cell_contributions(scores, key, np.ones(key.shape, dtype=bool))
    return VignetteSums(sums_by_vignette(parts, scale_range=4, total_tolerance=0.1))


class TestJackknife:
    @pytest.mark.parametrize("name", MEASURES)
    def test_all_raters_at_once_is_one_after_the_other(self, name: str) -> None:
        people = [sums_of(careful(seed, error=0.9)) for seed in range(5)]
        all_at_once = VignetteSums(np.stack([one.by_vignette for one in people], axis=1))
        together, vignettes = jackknife_standard_error(MEASURES[name], all_at_once)
        alone = [float(jackknife_standard_error(MEASURES[name], one)[0]) for one in people]
        np.testing.assert_allclose(together, alone)
        assert vignettes.tolist() == [6.0] * 5

    def test_of_a_mean_over_equal_vignettes_it_is_the_standard_error_of_the_mean(self) -> None:
        scores = careful(error=1.0)
        error, _ = jackknife_standard_error(MEASURES["bias"], sums_of(scores))
        means = (scores - KEY).mean(axis=1)
        assert error == pytest.approx(means.std(ddof=1) / np.sqrt(len(means)))

    def test_vignettes_without_a_unit_are_not_counted(self) -> None:
        scores, key = careful(error=0.9), KEY.copy()
        scores[2] = np.nan
        error, vignettes = jackknife_standard_error(MEASURES["bias"], sums_of(scores, key))
        shorter, _ = jackknife_standard_error(
            MEASURES["bias"], sums_of(np.delete(scores, 2, 0), np.delete(key, 2, 0))
        )
        assert vignettes == 5
        assert error == pytest.approx(float(shorter))

    def test_the_same_scores_twice_leave_less_error(self) -> None:
        scores = careful(error=0.9)
        once, _ = jackknife_standard_error(MEASURES["bias"], sums_of(scores))
        twice, _ = jackknife_standard_error(
            MEASURES["bias"], sums_of(np.vstack([scores] * 2), np.vstack([KEY] * 2))
        )
        # s / sqrt(V) with divisor V - 1: the ratio is sqrt((V - 1) / (2 V - 1)) for V = 6.
        assert float(twice / once) == pytest.approx(np.sqrt(5 / 11))

    def test_one_vignette_has_no_error(self) -> None:
        error, vignettes = jackknife_standard_error(
            MEASURES["exact"], sums_of(careful(key=KEY[:1]), KEY[:1])
        )
        assert np.isnan(error)
        assert vignettes == 1


class TestWilson:
    @pytest.mark.parametrize("units", [1, 8, 96])
    @pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
    def test_it_holds_the_share_and_stays_a_share(self, share: float, units: int) -> None:
        low, high = wilson_interval(np.array(share), np.array(float(units)), confidence=0.95)
        assert -1e-12 <= low <= share + 1e-12
        assert share - 1e-12 <= high <= 1 + 1e-12

    def test_it_is_symmetric_in_hits_and_misses(self) -> None:
        low, high = wilson_interval(np.array(0.3), np.array(40.0), confidence=0.90)
        mirrored_low, mirrored_high = wilson_interval(
            np.array(0.7), np.array(40.0), confidence=0.90
        )
        assert (float(low), float(high)) == pytest.approx((1 - mirrored_high, 1 - mirrored_low))

    def test_more_units_narrow_it(self) -> None:
        units = np.array([10.0, 20.0, 40.0, 80.0])
        low, high = wilson_interval(np.full(4, 0.9), units, confidence=0.95)
        assert (np.diff(high - low) < 0).all()

    def test_without_units_it_is_undefined(self) -> None:
        low, high = wilson_interval(np.array(np.nan), np.array(0.0), confidence=0.95)
        assert np.isnan(low)
        assert np.isnan(high)


class TestIcc:
    def test_a_perfect_rater_has_no_interval_by_f(self) -> None:
        low, high = icc_agreement_interval(sums_of(KEY).pooled, confidence=0.95)
        assert np.isnan(low)
        assert np.isnan(high)
        whole = estimate(MEASURES["icc_agreement"], sums_of(KEY), confidence=0.95)
        assert (float(whole.low), float(whole.high)) == pytest.approx((1.0, 1.0))

    @pytest.mark.parametrize("seed", range(6))
    def test_it_is_no_narrower_than_either_of_its_parts(self, seed: int) -> None:
        sums = sums_of(careful(seed, error=1.0))
        whole = estimate(MEASURES["icc_agreement"], sums, confidence=0.90)
        low, high = icc_agreement_interval(sums.pooled, confidence=0.90)
        assert whole.low <= low
        assert whole.high >= high
        assert whole.low < whole.value < whole.high


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("bias", JACKKNIFE),
        ("slope", JACKKNIFE),
        ("exact", RATE),
        ("mae", SIZE),
        ("icc_agreement", ICC),
    ],
)
def test_every_estimate_says_how_it_was_made(name: str, method: str) -> None:
    made = estimate(MEASURES[name], sums_of(careful(error=0.9)), confidence=0.95)
    assert made.method == method
    assert made.vignettes == 6
    assert made.units == sums_of(careful()).pooled[MEASURES[name].units]


@pytest.mark.parametrize("name", ["mae", "rmse", "sd_ratio"])
def test_what_is_never_below_0_has_an_interval_that_is_not_either(name: str) -> None:
    """All misses of Ines lie in one vignette, so the jackknife alone reaches below 0."""
    scores = KEY.copy() if name != "sd_ratio" else np.full_like(KEY, 2.0)
    scores[0] = 4.0 - KEY[0]
    sums = sums_of(scores)
    made = estimate(MEASURES[name], sums, confidence=0.95)
    half = float(made.high - made.value)
    assert float(made.value) - half < 0.0
    assert float(made.low) == 0.0
    single = sums_of(scores[:1], KEY[:1])
    assert np.isnan(estimate(MEASURES[name], single, confidence=0.95).low)


def test_a_difference_may_be_below_0() -> None:
    assert estimate(MEASURES["bias"], sums_of(KEY - 1.0), confidence=0.95).low < 0.0


def test_totals_count_vignettes_and_not_cells() -> None:
    made = estimate(MEASURES["totals"], sums_of(careful()), confidence=0.95)
    assert made.units == 6
    assert sums_of(careful()).pooled[Sum.JOINT] == 48


class TestContribution:
    """Three raters of four vignettes; the second left two out, the third all but one."""

    CONTRIBUTES = np.array(
        [[True, True, True, True], [True, True, False, False], [False, True, False, False]]
    )

    def test_the_jackknife_by_hand_over_those_that_contribute(self) -> None:
        contribution = Contribution(self.CONTRIBUTES)
        assert contribution.vignettes.tolist() == [4, 2, 1]
        without_one = np.array([[1.0, 2.0, 3.0, 6.0], [1.0, 2.0, 9.0, 9.0], [9.0, 1.0, 9.0, 9.0]])
        error = contribution.standard_error(without_one)
        # Around 3: 4 + 1 + 0 + 9, of which three quarters; around 1.5: 1/4 + 1/4, and half of it.
        assert error[:2].tolist() == pytest.approx([(14 * 3 / 4) ** 0.5, 0.5])
        assert np.isnan(error[2])

    def test_half_the_width_is_students_t_on_one_vignette_less(self) -> None:
        contribution = Contribution(self.CONTRIBUTES)
        for confidence, quantiles in ((0.95, (3.182446, 12.706205)), (0.90, (2.353363, 6.313752))):
            half = contribution.half_width(np.ones(3), confidence=confidence)
            assert half[:2].tolist() == pytest.approx(quantiles, abs=1e-5)
            assert np.isnan(half[2])

    def test_a_figure_that_one_vignette_alone_allows_has_no_error(self) -> None:
        without_one = np.array([1.0, np.nan, 1.0, 1.0])
        assert np.isnan(Contribution(np.full(4, True)).standard_error(without_one))
        assert Contribution(np.array([True, False, True, True])).standard_error(without_one) == 0.0


class TestSpread:
    def test_ends_stand_in_the_same_ratio_to_a_spread(self) -> None:
        sums = sums_of(careful(error=0.9))
        for name in ("sd_diff", "residual_sd"):
            made = estimate(SUM_MEASURES[name], sums, confidence=0.95)
            assert made.method == SPREAD
            half = 2.570582 * made.standard_error  # Student's t on five degrees of freedom
            factor = np.exp(half / made.value)
            assert made.high == pytest.approx(float(made.value * factor), rel=1e-5)
            assert made.low == pytest.approx(float(made.value / factor), rel=1e-5)

    def test_no_spread_at_all_is_sure_and_a_spread_from_one_vignette_is_not_known(self) -> None:
        level = estimate(SUM_MEASURES["sd_diff"], sums_of(KEY + 1.0), confidence=0.95)
        assert (float(level.value), float(level.low), float(level.high)) == (0.0, 0.0, 0.0)
        single = estimate(SUM_MEASURES["sd_diff"], sums_of(KEY[:1] * 0, KEY[:1]), confidence=0.95)
        assert single.value > 0.0
        assert np.isnan(single.low)
        assert np.isnan(single.high)

    def test_a_spread_that_may_be_any_number_is_not_known(self) -> None:
        """Two vignettes, one without any spread: on one degree of freedom e^20 times as much."""
        scores, key = np.full((2, 8), 2.0), np.full((2, 8), 2.0)
        scores[0, 0] = 3.0
        made = estimate(SUM_MEASURES["sd_diff"], sums_of(scores, key), confidence=0.999)
        assert made.value > 0.0
        assert np.isnan(made.low)
        assert np.isnan(made.high)


def test_the_further_end_is_taken_on_each_side_and_the_jackknife_where_f_has_none() -> None:
    jackknife = np.array([0.2, 0.4, 0.3, np.nan]), np.array([0.8, 0.6, 0.7, np.nan])
    by_f = np.array([0.3, 0.1, np.nan, 0.1]), np.array([0.7, 0.9, np.nan, 0.9])
    low, high = wider(jackknife, by_f)
    assert low[:3].tolist() == [0.2, 0.1, 0.3]
    assert high[:3].tolist() == [0.8, 0.9, 0.7]
    assert np.isnan([low[3], high[3]]).all()


@pytest.mark.parametrize(
    ("value", "low", "high", "units", "vignettes", "reason"),
    [
        (0.5, 0.4, 0.6, 8, 2, None),
        (0.5, np.nan, np.nan, 8, 2, Reason.DEPENDS_ON_ONE_UNIT),
        (0.5, np.nan, 0.6, 8, 2, Reason.DEPENDS_ON_ONE_UNIT),
        (0.5, 0.4, np.nan, 8, 2, Reason.DEPENDS_ON_ONE_UNIT),
        (0.5, 0.4, 0.6, 8, 1, Reason.TOO_FEW_UNITS),
        (np.nan, np.nan, np.nan, 8, 2, Reason.NO_VARIANCE),
        (np.nan, np.nan, np.nan, 1, 1, Reason.NO_VARIANCE),
        (np.nan, np.nan, np.nan, 0, 0, Reason.NO_OVERLAP),
    ],
)
def test_what_is_missing_says_why(
    value: float, low: float, high: float, units: int, vignettes: int, reason: Reason | None
) -> None:
    columns = (np.array([float(number)]) for number in (value, low, high, 0.05, units, vignettes))
    (found,) = statistics_of(Estimates(*columns, method="t"))
    assert (None if found.undefined is None else found.undefined.reason) is reason
    assert found.value == (None if np.isnan(value) else value)
    whole = (0.4, 0.6, 0.05) if reason is None else (None, None, None)
    assert (found.low, found.high, found.standard_error) == whole
    assert (found.n, found.method) == (units, "t")
