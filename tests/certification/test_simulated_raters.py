"""Simulated raters: each kind rates as its name says, and a seed gives the same raters again."""

from __future__ import annotations

import numpy as np
import pytest

from tests.certification.level_plan import LEVEL_PLAN, SCALE
from training.certification.simulation.rater_kinds import (
    DESCRIPTIONS,
    FAULTY_KINDS,
    SOUND_KINDS,
    RaterKind,
)
from training.certification.simulation.simulated_raters import DRIFT, simulate_raters
from training.psychometrics import Comparison, compare_raters

MANY = 60


def simulated(kind: RaterKind, *, raters: int = MANY, seed: int = 2) -> np.ndarray:
    return simulate_raters(kind, LEVEL_PLAN, scale=SCALE, raters=raters, seed=seed)


def pooled(kind: RaterKind) -> Comparison:
    """One comparison over many raters of a kind, to see what the kind is like."""
    key = np.tile(LEVEL_PLAN, (MANY, 1))
    scores = simulated(kind).reshape(key.shape)
    names = [f"{number:04}" for number in range(len(key))]
    (comparison,) = compare_raters(
        scores[None], key, vignettes=names, items=range(1, 13), scale=SCALE
    )
    return comparison


class TestKinds:
    @pytest.mark.parametrize("kind", RaterKind)
    def test_scores_are_on_the_scale_and_repeat_with_the_seed(self, kind: RaterKind) -> None:
        scores = simulated(kind)
        assert scores.shape == (MANY, *LEVEL_PLAN.shape)
        assert set(np.unique(scores[~np.isnan(scores)])) <= set(SCALE)
        np.testing.assert_array_equal(scores, simulated(kind))

    @pytest.mark.parametrize("kind", sorted(set(RaterKind) - {RaterKind.CONSTANT}))
    def test_another_seed_is_another_rater(self, kind: RaterKind) -> None:
        assert not np.array_equal(simulated(kind), simulated(kind, seed=3), equal_nan=True)

    def test_more_error_means_less_agreement(self) -> None:
        kinds = (*SOUND_KINDS, RaterKind.BORDERLINE, RaterKind.NOISY, RaterKind.RANDOM)
        shares = [pooled(kind).exact.value for kind in kinds]
        assert shares == sorted(shares, key=lambda share: -(share or 0.0))

    # What makes each kind of rater that kind, on a key that uses the whole scale.
    @pytest.mark.parametrize(
        ("kind", "figure", "low", "high"),
        [
            (RaterKind.GOOD, "exact", 0.70, 0.85),
            (RaterKind.GOOD, "bias", -0.05, 0.05),
            (RaterKind.CONSTANT, "slope", 0.0, 0.0),
            (RaterKind.LENIENT, "bias", 0.70, 0.95),
            (RaterKind.SEVERE, "bias", -0.95, -0.70),
            (RaterKind.CENTRAL, "slope", 0.30, 0.50),
            (RaterKind.HALO, "within_vignette_slope", 0.40, 0.60),
            (RaterKind.NOISY, "exact", 0.40, 0.55),
            (RaterKind.GROSS_MISSES, "gross_misses", 0.06, 0.10),
            (RaterKind.RANDOM, "kappa_quadratic", -0.05, 0.05),
            (RaterKind.EVASIVE, "mismatches", 0.15, 0.25),
        ],
    )
    def test_each_kind_is_what_its_name_says(
        self, kind: RaterKind, figure: str, low: float, high: float
    ) -> None:
        value = getattr(pooled(kind), figure).value
        assert low - 1e-9 <= value <= high + 1e-9

    def test_not_rateable_items_are_mostly_seen(self) -> None:
        scores = simulated(RaterKind.GOOD, raters=500)
        skipped = np.isnan(scores).mean(axis=0)
        not_rateable = np.isnan(LEVEL_PLAN)
        assert skipped[not_rateable].mean() == pytest.approx(0.95, abs=0.03)
        assert skipped[~not_rateable].mean() == pytest.approx(0.003, abs=0.003)

    @pytest.mark.parametrize("shape", [(12,), (3, 8, 12)])
    def test_keys_of_another_shape_are_refused(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match="key must be vignettes x items or 5 x vignettes"):
            simulate_raters(RaterKind.GOOD, np.zeros(shape), scale=SCALE, raters=5, seed=1)

    def test_drifting_raters_begin_well_and_end_high(self) -> None:
        # Beside a good rater, because the ends of the scale hold some of it back.
        drifting, good = (
            np.nanmean(simulated(kind, raters=500), axis=(0, 2))
            for kind in (RaterKind.DRIFTING, RaterKind.GOOD)
        )
        lean = drifting - good
        assert abs(lean[0]) < 0.05
        assert lean[-1] == pytest.approx(7 * DRIFT, abs=0.2)
        assert lean[-1] > lean[4] > lean[2] > lean[0]

    def test_a_seed_of_several_numbers_is_a_stream_of_its_own(self) -> None:
        one, same, other = (
            simulate_raters(RaterKind.GOOD, LEVEL_PLAN, scale=SCALE, raters=3, seed=seed)
            for seed in ((7, 1), (7, 1), (7, 2))
        )
        np.testing.assert_array_equal(one, same)
        assert not np.array_equal(one, other, equal_nan=True)

    def test_every_kind_is_described_and_sound_faulty_or_borderline(self) -> None:
        assert set(DESCRIPTIONS) == set(RaterKind)
        assert {*SOUND_KINDS, *FAULTY_KINDS, RaterKind.BORDERLINE} == set(RaterKind)
