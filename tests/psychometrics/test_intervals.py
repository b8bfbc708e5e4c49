"""Intervals on their own: their units, their limits, and what they do at the edge."""

from __future__ import annotations

import numpy as np
import pytest

from tests.psychometrics.raters import KEY, careful
from training.psychometrics.intervals import (
    ICC,
    JACKKNIFE,
    RATE,
    SIZE,
    VignetteSums,
    estimate,
    icc_agreement_interval,
    jackknife_standard_error,
    wilson_interval,
)
from training.psychometrics.measures import MEASURES
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
