"""Intervals must hold the truth about as often as they say: shown by simulation, seeds fixed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.psychometrics.raters import SCALE
from training.psychometrics import Comparison, bayesian_bootstrap, compare_raters
from training.psychometrics.ratings import Ratings

REPLICATIONS = 1500
VIGNETTES = 12
ITEMS = 12


def simulated(seed: int, replications: int, vignettes: int) -> tuple[np.ndarray, np.ndarray]:
    """Raters who are milder in some meetings than in others, so that items hang together."""
    random = np.random.default_rng(seed)
    shape = (replications, vignettes, ITEMS)
    keys = random.integers(0, 5, shape).astype(float)
    mood = random.normal(0.0, 0.5, (replications, vignettes, 1))
    scores = np.clip(np.rint(0.5 + 0.75 * keys + mood + random.normal(0.0, 0.6, shape)), 0, 4)
    return scores, keys


def compared(seed: int, replications: int, vignettes: int) -> list[Comparison]:
    scores, keys = simulated(seed, replications, vignettes)
    return compare_raters(
        scores,
        keys,
        vignettes=[f"{number:05}" for number in range(vignettes)],
        items=range(1, ITEMS + 1),
        scale=SCALE,
    )


@pytest.fixture(scope="module")
def many() -> list[Comparison]:
    return compared(seed=20, replications=REPLICATIONS, vignettes=VIGNETTES)


@pytest.fixture(scope="module")
def truth() -> Comparison:
    """The same rater over so many meetings that chance no longer matters."""
    return compared(seed=21, replications=1, vignettes=40_000)[0]


@pytest.mark.parametrize(
    "figure",
    [
        "exact",
        "within_one",
        "bias",
        "mae",
        "rmse",
        "slope",
        "within_vignette_slope",
        "sd_ratio",
        "kappa_quadratic",
        "icc_agreement",
        "totals",
    ],
)
def test_intervals_cover(many: list[Comparison], truth: Comparison, figure: str) -> None:
    true_value = getattr(truth, figure).value
    statistics = [getattr(comparison, figure) for comparison in many]
    covered = np.mean([one.low <= true_value <= one.high for one in statistics])
    # With 1,500 replications the error of this share is about 0.006. With twelve vignettes the
    # jackknife keeps most of its 95 %, not all: the share of totals, twelve yes-or-no units,
    # comes down to .91.
    assert 0.90 <= covered <= 0.995, f"{figure}: {covered:.3f}"


def test_taking_cells_for_units_would_not_cover(many: list[Comparison], truth: Comparison) -> None:
    """Why vignettes are the units: the usual interval over cells misses far too often."""
    scores, keys = simulated(20, REPLICATIONS, VIGNETTES)
    differences = (scores - keys).reshape(REPLICATIONS, -1)
    half = 1.96 * differences.std(axis=1, ddof=1) / np.sqrt(differences.shape[1])
    assert truth.bias.value is not None
    covered = np.mean(np.abs(differences.mean(axis=1) - truth.bias.value) <= half)
    assert covered < 0.80


def test_bootstrap_spread_agrees_with_the_jackknife() -> None:
    scores, keys = simulated(22, 1, 30)
    cells = [
        (f"{row:02}", column + 1, scores[0, row, column], keys[0, row, column])
        for row in range(30)
        for column in range(ITEMS)
    ]
    ratings = Ratings.from_cells(cells)
    draws = bayesian_bootstrap(ratings, scale=SCALE, draws=4000, seed=1, total_tolerance=0.1)
    (comparison,) = compare_raters(
        ratings.scores[None],
        ratings.references,
        vignettes=ratings.vignettes,
        items=ratings.items,
        scale=SCALE,
    )
    for figure in ("exact", "bias", "slope", "kappa_quadratic", "within_vignette_slope"):
        statistic = getattr(comparison, figure)
        assert draws.figures[figure].std() == pytest.approx(statistic.standard_error, rel=0.12)
        assert draws.figures[figure].mean() == pytest.approx(statistic.value, abs=0.02)
