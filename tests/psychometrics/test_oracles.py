"""Figures and intervals against published tables and against other packages."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.psychometrics.raters import SCALE, ratings
from training.psychometrics import (
    Comparison,
    beta_probability_above,
    compare_with_consensus,
)
from training.psychometrics.distributions import f_quantile, normal_quantile, t_quantile
from training.psychometrics.intervals import icc_agreement_interval, wilson_interval
from training.psychometrics.vignette_sums import cell_contributions

# These packages warn about their own dependencies when they are imported.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pandas
    import pingouin
    import scipy.stats
    import statsmodels.api
    from sklearn.metrics import cohen_kappa_score, mean_absolute_error, root_mean_squared_error
    from statsmodels.stats.proportion import proportion_confint
    from statsmodels.stats.weightstats import DescrStatsW

SEEDS = range(8)


def random_table(seed: int, vignettes: int = 9, items: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """A rater who follows the key loosely, and the key."""
    random = np.random.default_rng(seed)
    key = random.integers(0, 5, (vignettes, items)).astype(float)
    scores = np.clip(np.rint(key * 0.7 + random.normal(0.8, 1.0, key.shape)), 0, 4)
    return scores, key


def compared(seed: int, **options: Any) -> tuple[Comparison, np.ndarray, np.ndarray]:
    scores, key = random_table(seed)
    return compare_with_consensus(ratings(scores, key), scale=SCALE, **options), scores, key


# Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3 (score), 95 %.
@pytest.mark.parametrize(
    ("count", "units", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_against_newcombe(count: int, units: int, low: float, high: float) -> None:
    interval = wilson_interval(np.array(count / units), np.array(float(units)), confidence=0.95)
    assert [float(end) for end in interval] == pytest.approx([low, high], abs=5e-5)


# R package irr, data set `anxiety` (20 people, raters 1 and 2, scale 1 to 6), its example
# kappa2(anxiety[, 1:2], "squared"): Kappa = 0.297.
ANXIETY_1 = [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3]
ANXIETY_2 = [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4]


def test_quadratic_kappa_against_the_anxiety_example_of_irr() -> None:
    scores, key = (np.array(column, dtype=float)[:, None] for column in (ANXIETY_1, ANXIETY_2))
    comparison = compare_with_consensus(ratings(scores, key), scale=range(1, 7))
    assert comparison.kappa_quadratic.value == pytest.approx(0.297, abs=5e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_quadratic_kappa_against_scikit_learn(seed: int) -> None:
    comparison, scores, key = compared(seed)
    expected = cohen_kappa_score(scores.ravel(), key.ravel(), weights="quadratic", labels=SCALE)
    assert comparison.kappa_quadratic.value == pytest.approx(expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_errors_against_scikit_learn(seed: int) -> None:
    comparison, scores, key = compared(seed)
    assert comparison.mae.value == pytest.approx(mean_absolute_error(key.ravel(), scores.ravel()))
    expected = root_mean_squared_error(key.ravel(), scores.ravel())
    assert comparison.rmse.value == pytest.approx(expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_slope_against_statsmodels(seed: int) -> None:
    comparison, scores, key = compared(seed)
    fit = statsmodels.api.OLS(scores.ravel(), statsmodels.api.add_constant(key.ravel())).fit()
    assert comparison.slope.value == pytest.approx(fit.params[1])


@pytest.mark.parametrize("seed", SEEDS)
def test_within_vignette_slope_against_a_regression_with_one_intercept_per_vignette(
    seed: int,
) -> None:
    comparison, scores, key = compared(seed)
    intercepts = np.repeat(np.eye(len(key)), key.shape[1], axis=0)
    design = np.column_stack([key.ravel(), intercepts])
    fit = statsmodels.api.OLS(scores.ravel(), design).fit()
    assert comparison.within_vignette_slope.value == pytest.approx(fit.params[0])


@pytest.mark.parametrize("seed", SEEDS)
def test_simple_figures_against_numpy(seed: int) -> None:
    comparison, scores, key = compared(seed)
    difference = scores - key
    assert comparison.exact.value == pytest.approx((difference == 0).mean())
    assert comparison.within_one.value == pytest.approx((abs(difference) <= 1).mean())
    assert comparison.gross_misses.value == pytest.approx((abs(difference) >= 2).mean())
    assert comparison.bias.value == pytest.approx(difference.mean())
    assert comparison.sd_ratio.value == pytest.approx(scores.std() / key.std())


def pingouin_icc(scores: np.ndarray, key: np.ndarray) -> tuple[float, float, float]:
    """ICC(A,1) and its 95 % interval, which pingouin rounds to two decimals."""
    table = pandas.DataFrame(
        {
            "cell": np.tile(np.arange(scores.size), 2),
            "rater": np.repeat(["rater", "key"], scores.size),
            "score": np.concatenate([scores.ravel(), key.ravel()]),
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        forms = pingouin.intraclass_corr(table, "cell", "rater", "score").set_index("Type")
    low, high = forms.loc["ICC(A,1)", "CI95"]
    return float(forms.loc["ICC(A,1)", "ICC"]), float(low), float(high)


@pytest.mark.parametrize("seed", SEEDS)
def test_icc_against_pingouin(seed: int) -> None:
    comparison, scores, key = compared(seed)
    expected, low, high = pingouin_icc(scores, key)
    assert comparison.icc_agreement.value == pytest.approx(expected)
    # The interval is the wider of the one by F and the jackknife.
    assert comparison.icc_agreement.low <= low + 0.0051
    assert comparison.icc_agreement.high >= high - 0.0051


@pytest.mark.parametrize("seed", SEEDS)
def test_icc_interval_by_f_against_pingouin(seed: int) -> None:
    scores, key = random_table(seed)
    contributions = cell_contributions(scores, key, np.ones(key.shape, dtype=bool))
    interval = icc_agreement_interval(contributions.sum(axis=(-1, -2)), confidence=0.95)
    _, low, high = pingouin_icc(scores, key)
    assert [float(end) for end in interval] == pytest.approx([low, high], abs=0.0051)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("confidence", [0.90, 0.95])
def test_rates_take_the_wider_of_wilson_and_jackknife(seed: int, confidence: float) -> None:
    comparison, scores, key = compared(seed, confidence=confidence)
    hits = abs(scores - key) <= 1
    wilson = proportion_confint(hits.sum(), hits.size, alpha=1 - confidence, method="wilson")
    # With as many items in every vignette the jackknife of a share is the t interval of the
    # vignettes' shares.
    jackknife = DescrStatsW(hits.mean(axis=1)).tconfint_mean(alpha=1 - confidence)
    assert comparison.within_one.low == pytest.approx(max(min(wilson[0], jackknife[0]), 0.0))
    assert comparison.within_one.high == pytest.approx(min(max(wilson[1], jackknife[1]), 1.0))


@pytest.mark.parametrize("seed", SEEDS)
def test_bias_interval_is_the_t_interval_of_the_vignette_means(seed: int) -> None:
    comparison, scores, key = compared(seed)
    expected = DescrStatsW((scores - key).mean(axis=1)).tconfint_mean(alpha=0.05)
    assert (comparison.bias.low, comparison.bias.high) == pytest.approx(expected)


Formula = Callable[[np.ndarray, np.ndarray], float]


def kappa_of(scores: np.ndarray, key: np.ndarray) -> float:
    return float(cohen_kappa_score(scores.ravel(), key.ravel(), weights="quadratic", labels=SCALE))


def slope_of(scores: np.ndarray, key: np.ndarray) -> float:
    return float(scipy.stats.linregress(key.ravel(), scores.ravel()).slope)


def within_slope_of(scores: np.ndarray, key: np.ndarray) -> float:
    centred = key - key.mean(axis=1, keepdims=True)
    return float((centred * scores).sum() / (centred**2).sum())


def sd_ratio_of(scores: np.ndarray, key: np.ndarray) -> float:
    return float(scores.std() / key.std())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("figure", "formula"),
    [
        ("kappa_quadratic", kappa_of),
        ("slope", slope_of),
        ("within_vignette_slope", within_slope_of),
        ("sd_ratio", sd_ratio_of),
    ],
)
def test_jackknife_against_leaving_out_vignettes_by_hand(
    figure: str, formula: Formula, seed: int
) -> None:
    comparison, scores, key = compared(seed)
    count = len(key)
    without = np.array(
        [formula(np.delete(scores, one, 0), np.delete(key, one, 0)) for one in range(count)]
    )
    # Efron & Tibshirani (1993), eq. 11.5.
    error = np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum())
    half = scipy.stats.t.ppf(0.975, count - 1) * error
    statistic = getattr(comparison, figure)
    assert statistic.standard_error == pytest.approx(error)
    assert statistic.low == pytest.approx(formula(scores, key) - half)
    assert statistic.high == pytest.approx(formula(scores, key) + half)


def test_kappa_is_nearly_the_icc() -> None:
    """Fleiss & Cohen (1973): quadratic kappa and ICC(A,1) agree up to terms of order 1/n."""
    random = np.random.default_rng(5)
    key = random.integers(0, 5, (200, 12)).astype(float)
    scores = np.clip(np.rint(key + random.normal(0.3, 0.8, key.shape)), 0, 4)
    comparison = compare_with_consensus(ratings(scores, key), scale=SCALE)
    assert comparison.kappa_quadratic.value == pytest.approx(
        comparison.icc_agreement.value, abs=5e-4
    )


def test_quantiles_against_scipy_stats() -> None:
    for probability in (0.025, 0.05, 0.5, 0.95, 0.975):
        assert normal_quantile(probability) == pytest.approx(scipy.stats.norm.ppf(probability))
        freedom = np.array([1.0, 7.0, 11.5])
        assert t_quantile(probability, freedom) == pytest.approx(
            scipy.stats.t.ppf(probability, freedom)
        )
        assert f_quantile(probability, np.array(95.0), np.array(11.3)) == pytest.approx(
            scipy.stats.f.ppf(probability, 95.0, 11.3)
        )
    assert beta_probability_above(0.8, 8.5, 0.5) == pytest.approx(
        scipy.stats.beta.sf(0.8, 8.5, 0.5)
    )


def test_no_degrees_of_freedom_no_quantile() -> None:
    assert np.isnan(t_quantile(0.975, np.array([0.0, -1.0]))).all()
