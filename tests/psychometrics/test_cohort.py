"""Many raters at once: the figures of one by one and of other packages, intervals that hold."""

from __future__ import annotations

import warnings
from functools import cache

import numpy as np
import pytest

from tests.psychometrics.raters import SCALE
from training.psychometrics import compare_raters
from training.psychometrics.cohort import (
    NEED_A_VARYING_REFERENCE,
    SUM_MEASURES,
    CohortFigures,
    compare_cohort,
    table_formulas,
)
from training.psychometrics.intraclass import ICC_FORMS, icc_interval, mean_squares_of

# These packages warn about their own dependencies when they are imported.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import krippendorff
    import scipy.stats
    from sklearn.metrics import cohen_kappa_score

FIGURES = (*SUM_MEASURES, *table_formulas(SCALE), *ICC_FORMS)

# The names by which a Comparison knows the same figures.
SAME_FIGURES = {
    "exact_agreement": "exact",
    "adjacent_agreement": "within_one",
    "gross_misses": "gross_misses",
    "rateability_mismatches": "mismatches",
    "totals": "totals",
    "bias": "bias",
    "mae": "mae",
    "rmse": "rmse",
    "slope": "slope",
    "within_vignette_slope": "within_vignette_slope",
    "sd_ratio": "sd_ratio",
    "kappa_quadratic": "kappa_quadratic",
    "icc_a_1": "icc_agreement",
}


def cohort(
    seed: int, raters: int = 40, vignettes: int = 9, items: int = 7, not_rateable: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Raters of every kind, and the key."""
    random = np.random.default_rng(seed)
    key = random.integers(0, 5, (vignettes, items)).astype(float)
    lean = random.normal(0.0, 0.6, (raters, 1, 1))
    slope = random.uniform(0.3, 1.2, (raters, 1, 1))
    shape = (raters, vignettes, items)
    noise = random.normal(0.0, 1.0, shape) * random.uniform(0.2, 1.2, (raters, 1, 1))
    scores = np.clip(np.rint(2.0 + lean + slope * (key - 2.0) + noise), 0, 4)
    scores[random.random(shape) < not_rateable] = np.nan
    key[random.random(key.shape) < not_rateable] = np.nan
    return scores, key


@pytest.mark.parametrize("not_rateable", [0.0, 0.08])
@pytest.mark.parametrize("name", SAME_FIGURES)
def test_a_cohort_is_its_raters_one_by_one(name: str, not_rateable: float) -> None:
    scores, key = cohort(3, not_rateable=not_rateable)
    figures = compare_cohort(scores, key, scale=SCALE).statistics[name]
    one_by_one = compare_raters(
        scores,
        key,
        vignettes=[f"{number:02}" for number in range(len(key))],
        items=range(1, key.shape[1] + 1),
        scale=SCALE,
    )
    for place, comparison in enumerate(one_by_one):
        statistic = getattr(comparison, SAME_FIGURES[name])
        assert figures.value[place] == pytest.approx(statistic.value)
        assert figures.low[place] == pytest.approx(statistic.low)
        assert figures.high[place] == pytest.approx(statistic.high)
        assert figures.units[place] == statistic.n


@pytest.mark.parametrize("seed", range(3))
def test_figures_of_the_joint_table_against_other_packages(seed: int) -> None:
    scores, key = cohort(seed, raters=8)
    figures = compare_cohort(scores, key, scale=SCALE).statistics
    for place, own in enumerate(scores):
        first, second = own.ravel(), key.ravel()
        for name, weights in (
            ("kappa", None),
            ("kappa_linear", "linear"),
            ("kappa_quadratic", "quadratic"),
        ):
            expected = cohen_kappa_score(first, second, weights=weights, labels=SCALE)
            assert figures[name].value[place] == pytest.approx(expected)
        for metric in ("nominal", "ordinal", "interval", "ratio"):
            expected = krippendorff.alpha(
                np.stack([first, second]), level_of_measurement=metric, value_domain=list(SCALE)
            )
            assert figures[f"alpha_{metric}"].value[place] == pytest.approx(expected)
        for name, function in (
            ("pearson", scipy.stats.pearsonr),
            ("spearman", scipy.stats.spearmanr),
            ("kendall_tau_b", scipy.stats.kendalltau),
        ):
            assert figures[name].value[place] == pytest.approx(function(first, second).statistic)


def test_ac2_of_the_joint_table_by_its_definition() -> None:
    """Gwet (2014), eq. 5.4: pe = T_w / (K (K - 1)) sum pi (1 - pi)."""
    scores, key = cohort(5, raters=1)
    first, second = scores.ravel().astype(int), key.ravel().astype(int)
    credit = 1.0 - ((np.arange(5)[:, None] - np.arange(5)) / 4.0) ** 2
    prevalence = (np.bincount(first, minlength=5) + np.bincount(second, minlength=5)) / 2
    prevalence = prevalence / len(first)
    expected = credit.sum() / 20 * (prevalence * (1 - prevalence)).sum()
    found = compare_cohort(scores, key, scale=SCALE).statistics["ac2_quadratic"].value[0]
    assert found == pytest.approx((credit[first, second].mean() - expected) / (1 - expected))


@pytest.mark.parametrize("name", ["kappa", "ac2_ordinal", "alpha_ordinal", "kendall_tau_b"])
def test_intervals_leave_out_vignettes(name: str) -> None:
    scores, key = cohort(7, raters=1)
    whole = compare_cohort(scores, key, scale=SCALE).statistics[name]
    count = len(key)
    without = np.array(
        [
            compare_cohort(np.delete(scores, one, 1), np.delete(key, one, 0), scale=SCALE)
            .statistics[name]
            .value[0]
            for one in range(count)
        ]
    )
    error = np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum())
    assert whole.standard_error[0] == pytest.approx(error)
    half = scipy.stats.t.ppf(0.975, count - 1) * error
    assert whole.high[0] == pytest.approx(whole.value[0] + half)


def test_raters_in_groups_are_raters_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many fit into memory at a time, the figures are the same."""
    scores, key = cohort(4, not_rateable=0.05)
    together = compare_cohort(scores, key, scale=SCALE)
    monkeypatch.setattr("training.psychometrics.cohort.CELLS_AT_ONCE", 200)
    apart = compare_cohort(scores, key, scale=SCALE)
    for name, estimates in together.statistics.items():
        np.testing.assert_allclose(apart.statistics[name].value, estimates.value)
        np.testing.assert_allclose(apart.statistics[name].low, estimates.low)
    np.testing.assert_array_equal(apart.given, together.given)


def test_raters_may_have_forms_of_their_own() -> None:
    """Ines rated the first six vignettes, Otto the last seven: nobody is held to the others'."""
    scores, key = cohort(6, raters=2, vignettes=9)
    asked = np.zeros((2, 9, 7), dtype=bool)
    asked[0, :6], asked[1, 2:] = True, True
    together = compare_cohort(scores, key, asked=asked, scale=SCALE)
    ines = compare_cohort(scores[:1, :6], key[:6], scale=SCALE)
    otto = compare_cohort(scores[1:, 2:], key[2:], scale=SCALE)
    for name in FIGURES:
        for place, alone in enumerate((ines, otto)):
            found = together.statistics[name]
            assert found.value[place] == pytest.approx(alone.statistics[name].value[0], nan_ok=True)
            assert found.high[place] == pytest.approx(alone.statistics[name].high[0], nan_ok=True)


@pytest.mark.parametrize("name", sorted(NEED_A_VARYING_REFERENCE))
def test_on_a_constant_consensus_chance_correction_says_nothing(name: str) -> None:
    scores, _ = cohort(2, raters=3)
    found = compare_cohort(scores, np.full(scores.shape[1:], 2.0), scale=SCALE).statistics[name]
    assert np.isnan(found.value).all()


def test_use_of_the_scale_counts_jointly_rated_cells() -> None:
    scores, key = cohort(8, raters=2, not_rateable=0.1)
    figures = compare_cohort(scores, key, scale=SCALE)
    joint = ~np.isnan(scores) & ~np.isnan(key)
    for category in SCALE:
        given = ((scores == category) & joint).sum(axis=(1, 2))
        assert figures.given[:, category].tolist() == given.tolist()
    shares = (figures.given - figures.expected) / joint.sum(axis=(1, 2))[:, None]
    np.testing.assert_allclose(figures.use.value, shares)


@pytest.mark.parametrize("name", ICC_FORMS)
def test_icc_of_sums_is_that_of_two_columns(name: str) -> None:
    scores, key = cohort(9, raters=3)
    figures = compare_cohort(scores, key, scale=SCALE).statistics[name]
    for place, own in enumerate(scores):
        squares = mean_squares_of(np.stack([own.ravel(), key.ravel()], axis=1))
        assert figures.value[place] == pytest.approx(float(ICC_FORMS[name][0](squares)))
        low, high = icc_interval(name, squares, confidence=0.95)
        assert figures.low[place] <= low + 1e-9
        assert figures.high[place] >= high - 1e-9


def test_spread_limits_and_items_against_numpy() -> None:
    scores, key = cohort(10, raters=4)
    figures = compare_cohort(scores, key, scale=SCALE)
    differences = scores - key
    sd = differences.reshape(4, -1).std(axis=1, ddof=1)
    np.testing.assert_allclose(figures.statistics["sd_diff"].value, sd)
    mean = differences.mean(axis=(1, 2))
    for limit, sign in zip(figures.limits, (-1, 1), strict=True):
        np.testing.assert_allclose(limit.value, mean + sign * 1.96 * sd)
    for place, own in enumerate(scores):
        fit = scipy.stats.linregress(key.ravel(), own.ravel())
        left = own.ravel() - fit.intercept - fit.slope * key.ravel()
        assert figures.statistics["residual_sd"].value[place] == pytest.approx(left.std())
    for name, by_cell in (
        ("exact_agreement", differences == 0),
        ("adjacent_agreement", abs(differences) <= 1),
        ("gross_misses", abs(differences) >= 2),
        ("bias", differences),
        ("mae", abs(differences)),
    ):
        found = figures.items[name]
        np.testing.assert_allclose(found.value, by_cell.mean(axis=1), err_msg=name)
        assert (found.units == 9).all()
    errors = differences.std(axis=1, ddof=1) / 3
    np.testing.assert_allclose(figures.items["bias"].standard_error, errors)


def test_confidence_and_tolerance_are_arguments() -> None:
    scores, key = np.full((1, 4, 8), 3.0), np.full((4, 8), 2.0)
    for tolerance, share in ((0.24, 0.0), (0.25, 1.0)):
        found = compare_cohort(scores, key, scale=SCALE, total_tolerance=tolerance)
        assert found.statistics["totals"].value.tolist() == [share]
    with pytest.raises(ValueError, match="total_tolerance must lie between 0 and 1, not -1"):
        compare_cohort(scores, key, scale=SCALE, total_tolerance=-1)
    scores, key = cohort(1, raters=3)
    wide = compare_cohort(scores, key, scale=SCALE, confidence=0.99)
    narrow = compare_cohort(scores, key, scale=SCALE, confidence=0.8)
    for name in FIGURES:
        assert (wide.statistics[name].low <= narrow.statistics[name].low).all(), name
        assert (wide.statistics[name].high >= narrow.statistics[name].high).all(), name
    with pytest.raises(ValueError, match="confidence"):
        compare_cohort(scores, key, scale=SCALE, confidence=1.0)


def test_with_too_many_categories_sums_stay_and_tables_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.psychometrics.cohort.MOST_CATEGORIES", len(SCALE))
    scores, key = cohort(1, raters=2)
    few = compare_cohort(scores, key, scale=SCALE)
    many = compare_cohort(scores, key, scale=(*SCALE, 5))
    for name in table_formulas(SCALE):
        assert np.isfinite(few.statistics[name].value).all(), name
        assert np.isnan(many.statistics[name].value).all(), name
    for name in ("bias", "pearson", "icc_a_1", "exact_agreement"):
        np.testing.assert_array_equal(few.statistics[name].value, many.statistics[name].value)


def test_what_is_asked_may_be_the_same_for_all() -> None:
    scores, key = cohort(6, raters=2)
    asked = np.ones(key.shape, dtype=bool)
    asked[3], asked[:, 2] = False, False
    found = compare_cohort(scores, key, asked=asked, scale=SCALE)
    kept = np.delete(np.delete(scores, 3, 1), 2, 2)
    whole = compare_cohort(kept, np.delete(np.delete(key, 3, 0), 2, 1), scale=SCALE)
    for name in FIGURES:
        np.testing.assert_allclose(found.statistics[name].value, whole.statistics[name].value)
        np.testing.assert_allclose(found.statistics[name].high, whole.statistics[name].high)
    np.testing.assert_array_equal(found.given, whole.given)
    np.testing.assert_array_equal(found.expected, whole.expected)
    assert found.items["bias"].units[:, 2].tolist() == [0, 0]


def test_nobody_has_figures_of_nobody() -> None:
    _, key = cohort(1)
    found = compare_cohort(np.empty((0, *key.shape)), key, scale=SCALE)
    assert all(estimates.value.shape == (0,) for estimates in found.statistics.values())
    assert found.given.shape == (0, len(SCALE))


RATERS_SIMULATED = 4000


@cache
def simulated(vignettes: int) -> CohortFigures:
    return compare_cohort(*_simulation(vignettes, RATERS_SIMULATED, vignettes), scale=SCALE)


@cache
def truth() -> CohortFigures:
    """The same rater over so many vignettes that chance no longer matters."""
    return compare_cohort(*_simulation(99, 1, 40_000), scale=SCALE)


def _simulation(seed: int, raters: int, vignettes: int) -> tuple[np.ndarray, np.ndarray]:
    """A lenient rater with a mood in each vignette, so that its twelve errors hang together.

    One element in twelve is not rateable, and in some vignettes the rater is more ready than in
    others to rate it nevertheless, or to leave another one out.
    """
    random = np.random.default_rng(seed)
    shape = (raters, vignettes, 12)
    keys = random.integers(0, 5, shape).astype(float)
    mood = random.normal(0.0, 0.5, (raters, vignettes, 1))
    scores = np.clip(np.rint(0.5 + 0.75 * keys + mood + random.normal(0.0, 0.6, shape)), 0, 4)
    keys[random.random(shape) < 1 / 12] = np.nan
    evasive = random.beta(2.0, 14.0, (raters, vignettes, 1))
    scores[random.random(shape) < evasive] = np.nan
    return scores, keys


@pytest.mark.parametrize("vignettes", [8, 10, 12])
@pytest.mark.parametrize("name", FIGURES)
def test_nominal_95_percent_intervals_cover_90_to_97_percent(name: str, vignettes: int) -> None:
    estimates, true_value = simulated(vignettes).statistics[name], truth().statistics[name].value
    covered = np.mean((estimates.low <= true_value) & (true_value <= estimates.high))
    # With 4,000 raters the error of a coverage of .90 is .005, of one of .97 it is .003. A share of
    # eight yes-or-no units, as that of totals, has few values, so its coverage comes in steps.
    assert 0.89 <= covered <= (0.98 if name == "totals" else 0.976), f"{covered:.3f}"
