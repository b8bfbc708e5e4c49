"""Drawing vignettes again: seeded, around the figures, and whole with few vignettes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.psychometrics.raters import KEY, SCALE, careful, ratings
from training.psychometrics import BootstrapDraws, bayesian_bootstrap, compare_with_consensus


def drawn(
    scores: np.ndarray, key: np.ndarray = KEY, *, draws: int = 500, seed: int = 1
) -> BootstrapDraws:
    return bayesian_bootstrap(
        ratings(scores, key), scale=SCALE, draws=draws, seed=seed, total_tolerance=0.1
    )


def test_the_same_seed_gives_the_same_draws_and_another_seed_others() -> None:
    first, again, other = (drawn(careful(error=0.9), seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.figures["bias"], again.figures["bias"])
    assert not np.array_equal(first.figures["bias"], other.figures["bias"])


def test_draws_lie_around_the_figure() -> None:
    scores = careful(error=0.9)
    comparison = compare_with_consensus(ratings(scores), scale=SCALE)
    draws = drawn(scores, draws=4000)
    for name in ("exact", "within_one", "bias", "mae", "slope"):
        assert draws.figures[name].mean() == pytest.approx(
            getattr(comparison, name).value, abs=0.02
        )


def test_a_perfect_rater_is_perfect_in_every_draw() -> None:
    draws = drawn(KEY)
    for name in ("exact", "kappa_quadratic", "slope", "within_vignette_slope", "sd_ratio"):
        np.testing.assert_allclose(draws.figures[name], 1.0)
    assert not draws.item_mae.any()


def test_one_vignette_leaves_nothing_to_vary() -> None:
    draws = drawn(careful(key=KEY[:1], error=0.9), KEY[:1])
    assert np.ptp(draws.figures["exact"]) == pytest.approx(0.0)


def test_items_have_columns_of_their_own() -> None:
    scores, key = careful(error=0.9), KEY.copy()
    key[:, 3] = np.nan
    draws = drawn(scores, key, draws=50)
    assert draws.item_mae.shape == draws.item_gross.shape == (50, 8)
    assert np.isnan(draws.item_mae[:, 3]).all()
    assert np.isfinite(np.delete(draws.item_mae, 3, axis=1)).all()


def test_two_vignettes_leave_no_draw_without_figures() -> None:
    draws = drawn(careful(key=KEY[:2], error=0.9), KEY[:2], draws=2000)
    for name in ("slope", "kappa_quadratic", "within_vignette_slope"):
        assert np.isfinite(draws.figures[name]).all()


def test_scores_off_the_scale_are_refused() -> None:
    with pytest.raises(ValueError, match="not on the scale"):
        bayesian_bootstrap(ratings(KEY), scale=(0, 1, 2), draws=5, seed=1, total_tolerance=0.1)


def test_totals_are_held_to_the_tolerance_and_to_the_width_of_the_scale() -> None:
    """Every total is eight points off, of 32 on a scale of five: a quarter."""
    shares = [
        bayesian_bootstrap(
            ratings(np.full((3, 8), 3.0), np.full((3, 8), 2.0)),
            scale=scale,
            draws=20,
            seed=1,
            total_tolerance=tolerance,
        ).figures["totals"]
        for scale, tolerance in ((SCALE, 0.24), (SCALE, 0.25), (range(9), 0.125), (range(9), 0.12))
    ]
    assert [float(share.mean()) for share in shares] == pytest.approx([0.0, 1.0, 1.0, 0.0])


def test_an_item_varies_with_the_vignettes_and_no_draw_leaves_its_range() -> None:
    """Rubin (1981): a share of k of n vignettes has mean k/n and variance p (1 - p) / (n + 1)."""
    scores = KEY.copy()
    scores[:2, 2] += np.where(KEY[:2, 2] <= 2, 2, -2)
    draws = drawn(scores, draws=4000)
    gross = draws.item_gross[:, 2]
    assert gross.mean() == pytest.approx(2 / 6, abs=0.01)
    assert gross.var() == pytest.approx(2 / 9 / 7, rel=0.05)
    assert gross.min() >= 0.0
    assert gross.max() <= 1.0
    np.testing.assert_allclose(draws.item_mae[:, 2], 2 * gross)
    assert not np.delete(draws.item_gross, 2, axis=1).any()
    assert draws.items == tuple(range(1, 9))
    assert draws.figures["exact"].shape == (4000,)
