"""Agreement among several raters, against published tables and against other packages."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.psychometrics.tables import (
    FOUR_OBSERVERS,
    NAN,
    PEAK_FLOW,
    SIX_TARGETS,
    random_scores,
    table_of,
)
from training.psychometrics import chance_corrected, moments
from training.psychometrics.agreement import STATISTICS, Agreement, agreement
from training.psychometrics.layout import Layout
from training.psychometrics.table import RatingTable
from training.psychometrics.vignette_sums import cell_contributions
from training.psychometrics.weights import WEIGHTS

# These packages warn about their own dependencies when they are imported.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import krippendorff
    import pandas
    import pingouin
    import scipy.stats
    from sklearn.metrics import cohen_kappa_score
    from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa
    from statsmodels.stats.weightstats import DescrStatsW

SEEDS = range(6)
SCALE = (0, 1, 2, 3, 4)
METRICS = ("nominal", "ordinal", "interval", "ratio")


def entries(table: RatingTable, **options: Any) -> dict[str, dict[str, Any]]:
    statistics: dict[str, dict[str, Any]] = agreement(table, **options).as_dict()["statistics"]
    return statistics


def entry_of(scores: np.ndarray, name: str, **options: Any) -> dict[str, Any]:
    return entries(table_of(scores), **options)[name]


class TestPublished:
    # Krippendorff (2011), table for the data above: nominal .743, ordinal .815, interval .849,
    # ratio .797.
    @pytest.mark.parametrize(
        ("metric", "alpha"),
        [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
    )
    def test_alpha_of_four_observers(self, metric: str, alpha: float) -> None:
        found = entry_of(FOUR_OBSERVERS, f"alpha_{metric}", scale=range(1, 6))
        assert found["value"] == pytest.approx(alpha, abs=5e-4)
        assert found["low"] < alpha < found["high"]

    # irrCAC 0.4.3 (K. L. Gwet's own package), CAC(cac.raw4raters, categories 1 to 5, digits=8):
    # coefficient and standard error.
    @pytest.mark.parametrize(
        ("name", "value", "error"),
        [
            ("ac1", 0.77544407, 0.14294995),
            ("fleiss_kappa", 0.76116928, 0.15301920),
            ("conger_kappa", 0.76281744, 0.14916815),
            ("bp", 0.77272727, 0.14471662),
            ("ac2_linear", 0.85873914, 0.11732902),
            ("ac2_quadratic", 0.91400072, 0.10396224),
            ("ac2_ordinal", 0.89893977, 0.10690352),
        ],
    )
    def test_coefficients_of_four_observers(self, name: str, value: float, error: float) -> None:
        found = entry_of(FOUR_OBSERVERS, name, scale=range(1, 6))
        assert found["value"] == pytest.approx(value, abs=5e-9)
        assert found["se"] == pytest.approx(error, abs=5e-9)
        # irrCAC takes t with units - 1 degrees of freedom, and cuts the upper end at 1.
        low = value - scipy.stats.t.ppf(0.975, 11) * error
        assert found["low"] == pytest.approx(low, abs=1e-7)
        assert found["high"] > 1.0

    def test_percent_agreement_of_four_observers(self) -> None:
        """irrCAC's pa for the same data: 0.81818182."""
        found = entry_of(FOUR_OBSERVERS, "percent_agreement", scale=range(1, 6))
        assert found["value"] == pytest.approx(9 / 11)
        assert found["n"] == 11

    # Shrout & Fleiss (1979), table 4: ICC(1,1) .17, (2,1) .29, (3,1) .71, (1,4) .44, (2,4) .62,
    # (3,4) .91. McGraw & Wong's A is their 2, C their 3.
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("icc_1_1", 0.17),
            ("icc_a_1", 0.29),
            ("icc_c_1", 0.71),
            ("icc_1_k", 0.44),
            ("icc_a_k", 0.62),
            ("icc_c_k", 0.91),
        ],
    )
    def test_icc_of_six_targets(self, name: str, value: float) -> None:
        found = entry_of(SIX_TARGETS, name, scale=range(1, 11))
        assert found["value"] == pytest.approx(value, abs=0.005)
        assert found["n"] == 6

    # R package psych, ICC(sf): lower and upper bounds for the same data, to two decimals.
    @pytest.mark.parametrize(
        ("name", "low", "high"),
        [
            ("icc_1_1", -0.13, 0.72),
            ("icc_a_1", 0.02, 0.76),
            ("icc_c_1", 0.34, 0.95),
            ("icc_1_k", -0.88, 0.91),
            ("icc_a_k", 0.07, 0.93),
            ("icc_c_k", 0.68, 0.99),
        ],
    )
    def test_icc_intervals_of_six_targets(self, name: str, low: float, high: float) -> None:
        found = entry_of(SIX_TARGETS, name, scale=range(1, 11))
        assert found["low"] == pytest.approx(low, abs=0.0051)
        assert found["high"] == pytest.approx(high, abs=0.0051)

    def test_limits_of_agreement_of_peak_flow_meters(self) -> None:
        """Bland & Altman (1986): mean difference -2.1, SD 38.8, 95 % interval -22.0 to 17.8.

        They took limits at 2 SD in 1986 and at 1.96 SD in 1999, as is done here.
        """
        statistics = entries(table_of(PEAK_FLOW))
        bias, limits = statistics["bias"], statistics["limits_of_agreement"]
        assert bias["value"] == pytest.approx(-2.1, abs=0.05)
        assert [bias["low"], bias["high"]] == pytest.approx([-22.0, 17.8], abs=0.1)
        assert statistics["sd_diff"]["value"] == pytest.approx(38.8, abs=0.05)
        sd, mean = statistics["sd_diff"]["value"], bias["value"]
        assert limits["value"] == pytest.approx([mean - 1.96 * sd, mean + 1.96 * sd])
        # The standard error they give for a limit at 2 SD is sqrt(3 s^2 / n) = 16.3.
        assert limits["se"] == pytest.approx([16.3, 16.3], abs=0.4)

    def test_fleiss_kappa_of_fourteen_raters(self) -> None:
        """The worked example of Fleiss' kappa (10 subjects, 14 raters, 5 categories): .210."""
        counts = [
            [0, 0, 0, 0, 14],
            [0, 2, 6, 4, 2],
            [0, 0, 3, 5, 6],
            [0, 3, 9, 2, 0],
            [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0],
            [2, 5, 3, 2, 2],
            [6, 5, 2, 1, 0],
            [0, 2, 2, 3, 7],
        ]
        scores = np.array([np.repeat(np.arange(1.0, 6.0), row) for row in counts])
        names = [f"rater-{number:02}" for number in range(14)]
        found = entries(table_of(scores, raters=names), scale=range(1, 6))["fleiss_kappa"]
        assert found["value"] == pytest.approx(0.210, abs=5e-4)


@pytest.mark.parametrize("seed", SEEDS)
class TestTwoRaters:
    @pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
    def test_kappa_and_its_error_against_statsmodels(self, seed: int, weights: str | None) -> None:
        first, second = random_scores(seed, raters=2).T
        table = np.zeros((5, 5))
        np.add.at(table, (first.astype(int), second.astype(int)), 1)
        expected = cohens_kappa(table, wt=weights)
        name = "kappa" if weights is None else f"kappa_{weights}"
        found = entry_of(np.stack([first, second], axis=1), name, scale=SCALE)
        assert found["value"] == pytest.approx(expected.kappa, abs=1e-9)
        assert found["se"] == pytest.approx(expected.std_kappa, abs=1e-9)
        assert found["low"] == pytest.approx(expected.kappa_low, abs=1e-9)
        assert found["high"] == pytest.approx(expected.kappa_upp, abs=1e-9)

    @pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
    def test_kappa_with_missing_ratings_against_scikit_learn(
        self, seed: int, weights: str | None
    ) -> None:
        scores = random_scores(seed, raters=2, missing=0.2)
        both = scores[~np.isnan(scores).any(axis=1)]
        expected = cohen_kappa_score(*both.T, weights=weights, labels=SCALE)
        name = "kappa" if weights is None else f"kappa_{weights}"
        found = entry_of(scores, name, scale=SCALE)
        assert found["value"] == pytest.approx(expected)
        assert found["n"] == len(both)

    def test_gaps_in_the_scale_are_distances(self, seed: int) -> None:
        """On a scale 1, 2, 5 the step from 2 to 5 is three points.

        scikit-learn counts places on the list of labels and takes it for one; it sees the same
        scale only if the categories in between are named.
        """
        scores = random_scores(seed, raters=2, categories=(1, 2, 5))
        found = entry_of(scores, "kappa_quadratic", scale=(1, 2, 5))
        named = cohen_kappa_score(*scores.T, weights="quadratic", labels=[1, 2, 3, 4, 5])
        places = cohen_kappa_score(*scores.T, weights="quadratic", labels=[1, 2, 5])
        assert found["value"] == pytest.approx(named)
        assert found["value"] != pytest.approx(places, abs=1e-6)

    def test_correlations_against_scipy(self, seed: int) -> None:
        first, second = random_scores(seed, raters=2).T
        statistics = entries(table_of(np.stack([first, second], axis=1)), scale=SCALE)
        pearson = scipy.stats.pearsonr(first, second)
        interval = pearson.confidence_interval()
        assert statistics["pearson"]["value"] == pytest.approx(pearson.statistic)
        assert statistics["pearson"]["low"] == pytest.approx(interval.low)
        assert statistics["pearson"]["high"] == pytest.approx(interval.high)
        expected = scipy.stats.spearmanr(first, second).statistic
        assert statistics["spearman"]["value"] == pytest.approx(expected)
        expected = scipy.stats.kendalltau(first, second).statistic
        assert statistics["kendall_tau_b"]["value"] == pytest.approx(expected)

    def test_differences_against_statsmodels(self, seed: int) -> None:
        first, second = random_scores(seed, raters=2).T
        statistics = entries(table_of(np.stack([first, second], axis=1)), scale=SCALE)
        oracle = DescrStatsW(first - second)
        assert statistics["bias"]["value"] == pytest.approx(oracle.mean)
        assert statistics["bias"]["se"] == pytest.approx(oracle.std_mean)
        assert (statistics["bias"]["low"], statistics["bias"]["high"]) == pytest.approx(
            oracle.tconfint_mean()
        )
        assert statistics["sd_diff"]["value"] == pytest.approx(np.std(first - second, ddof=1))
        assert statistics["mae"]["value"] == pytest.approx(np.abs(first - second).mean())
        assert statistics["rmse"]["value"] == pytest.approx(np.sqrt(((first - second) ** 2).mean()))

    def test_concordance_by_its_definition(self, seed: int) -> None:
        first, second = random_scores(seed, raters=2).T
        covariance = np.cov(first, second, bias=True)
        expected = 2 * covariance[0, 1] / (covariance.trace() + (first.mean() - second.mean()) ** 2)
        found = entry_of(np.stack([first, second], axis=1), "ccc", scale=SCALE)
        assert found["value"] == pytest.approx(expected)
        assert found["low"] < expected < found["high"]

    def test_several_rater_coefficients_of_two_are_those_of_two(self, seed: int) -> None:
        """Conger's kappa of two raters is Cohen's, AC1 and alpha are those of the joint table."""
        statistics = entries(table_of(random_scores(seed, raters=2)), scale=SCALE)
        assert statistics["conger_kappa"]["value"] == pytest.approx(statistics["kappa"]["value"])


def test_error_of_concordance_against_simulation() -> None:
    """Lin (1989, with the correction of 2000): normal pairs, so the formula holds for large n."""
    random = np.random.default_rng(8)

    def drawn(size: int) -> np.ndarray:
        pairs = random.multivariate_normal([0.0, 0.4], [[1.0, 0.7], [0.7, 1.3]], size=size)
        everything = np.ones(pairs.shape[:-1], dtype=bool)
        return cell_contributions(*pairs.T, everything.T).sum(axis=-1)

    values = [float(np.arctanh(moments.concordance(drawn(80)))) for _ in range(4000)]
    variance = float(moments.concordance_variance_of_z(drawn(200_000))) * (200_000 - 2) / 78
    assert np.std(values) == pytest.approx(np.sqrt(variance), rel=0.05)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("missing", [0.0, 0.15])
class TestSeveralRaters:
    @pytest.mark.parametrize("metric", METRICS)
    def test_alpha_against_krippendorff(self, seed: int, missing: float, metric: str) -> None:
        scores = random_scores(seed, raters=4, missing=missing)
        expected = krippendorff.alpha(
            scores.T, level_of_measurement=metric, value_domain=list(SCALE)
        )
        found = entry_of(scores, f"alpha_{metric}", scale=SCALE)
        assert found["value"] == pytest.approx(expected, abs=1e-9)

    def test_alpha_interval_against_leaving_units_out(self, seed: int, missing: float) -> None:
        scores = random_scores(seed, units=12, raters=3, missing=missing)

        def alpha(rows: np.ndarray) -> float:
            return float(
                krippendorff.alpha(rows.T, level_of_measurement="ordinal", value_domain=list(SCALE))
            )

        paired = scores[(~np.isnan(scores)).sum(axis=1) >= 2]
        without = np.array([alpha(np.delete(paired, one, 0)) for one in range(len(paired))])
        count = len(paired)
        error = np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum())
        found = entry_of(scores, "alpha_ordinal", scale=SCALE)
        assert found["se"] == pytest.approx(error)
        half = scipy.stats.t.ppf(0.975, count - 1) * error
        assert found["high"] == pytest.approx(alpha(paired) + half)

    def test_icc_against_pingouin(self, seed: int, missing: float) -> None:
        """Complete units only, as pingouin does when told to omit; its intervals are rounded."""
        scores = random_scores(seed, raters=4, missing=missing)
        complete = scores[~np.isnan(scores).any(axis=1)]
        long = pandas.DataFrame(
            [
                (unit, rater, score)
                for unit, row in enumerate(complete)
                for rater, score in enumerate(row)
            ],
            columns=["unit", "rater", "score"],
        )
        with warnings.catch_warnings():  # about a pandas option pingouin still uses
            warnings.simplefilter("ignore")
            rows = pingouin.intraclass_corr(long, "unit", "rater", "score")
        statistics = entries(table_of(scores), scale=SCALE)
        names = ("icc_1_1", "icc_a_1", "icc_c_1", "icc_1_k", "icc_a_k", "icc_c_k")
        interval = next(column for column in rows.columns if column.startswith("CI95"))
        for name, (_, row) in zip(names, rows.iterrows(), strict=True):
            assert statistics[name]["value"] == pytest.approx(row["ICC"], abs=1e-6), name
            ends = [statistics[name]["low"], statistics[name]["high"]]
            assert ends == pytest.approx(list(row[interval]), abs=0.0051), name
            assert statistics[name]["n"] == len(complete)


@pytest.mark.parametrize("seed", SEEDS)
def test_fleiss_kappa_against_statsmodels(seed: int) -> None:
    scores = random_scores(seed, raters=4)
    expected = fleiss_kappa(aggregate_raters(scores.astype(int), n_cat=5)[0])
    assert entry_of(scores, "fleiss_kappa", scale=SCALE)["value"] == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize(
    ("coefficient", "weights"),
    [
        (chance_corrected.fleiss_kappa, "identity"),
        (chance_corrected.conger_kappa, "linear"),
        (chance_corrected.brennan_prediger, "identity"),
        (chance_corrected.gwet_ac, "quadratic"),
    ],
)
def test_errors_of_coefficients_are_near_the_jackknife(
    coefficient: Callable[..., chance_corrected.Coefficient],
    weights: str,
    missing: float,
    seed: int,
) -> None:
    """Gwet's linearization and leaving units out are two ways to the same error."""
    scores = random_scores(seed, units=60, raters=3, missing=missing)
    kept = scores[(~np.isnan(scores)).sum(axis=1) >= 2]

    def of(rows: np.ndarray) -> chance_corrected.Coefficient:
        return coefficient(Layout(table_of(rows), SCALE).categorised, WEIGHTS[weights](SCALE))

    without = np.array([of(np.delete(kept, one, 0)).value for one in range(len(kept))])
    count = len(kept)
    error = np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum())
    assert of(kept).standard_error == pytest.approx(error, rel=0.05)


class TestItems:
    """Twelve elements of one meeting hang together: whole meetings are left out."""

    @staticmethod
    def moody(seed: int, raters: int) -> np.ndarray:
        random = np.random.default_rng(seed)
        truth = random.integers(0, 5, (15, 12, 1))
        mood = random.normal(0.0, 0.9, (15, 1, raters))
        scores = np.clip(np.rint(truth + mood + random.normal(0, 0.4, (15, 12, raters))), 0, 4)
        return scores.reshape(-1, raters).astype(float)

    @pytest.mark.parametrize(
        "name",
        ["kappa_quadratic", "ccc", "pearson", "spearman", "fleiss_kappa", "ac1", "ac2_linear"],
    )
    def test_the_clustered_interval_is_wider_than_the_one_that_trusts_units(
        self, name: str
    ) -> None:
        ratios = []
        for seed in range(5):
            statistics = entries(table_of(self.moody(seed, 2), items=12), scale=SCALE)
            ratios.append(statistics[name]["clustered"]["se"] / statistics[name]["se"])
            assert statistics[name]["clustered"]["subjects"] == 15
        assert np.mean(ratios) > 1.2

    def test_clustered_kappa_leaves_meetings_out(self) -> None:
        scores = self.moody(1, 2)
        found = entries(table_of(scores, items=12), scale=SCALE)["kappa_quadratic"]
        meetings = scores.reshape(15, 12, 2)

        def kappa(rows: np.ndarray) -> float:
            first, second = rows.reshape(-1, 2).T
            return float(cohen_kappa_score(first, second, weights="quadratic", labels=SCALE))

        without = np.array([kappa(np.delete(meetings, one, 0)) for one in range(15)])
        error = np.sqrt(14 / 15 * ((without - without.mean()) ** 2).sum())
        assert found["clustered"]["se"] == pytest.approx(error)

    def test_clustered_coefficients_of_three_raters_are_near_the_jackknife(self) -> None:
        scores = self.moody(2, 3)
        found = entries(table_of(scores, items=12), scale=SCALE)["ac2_quadratic"]
        meetings = scores.reshape(15, 12, 3)
        without = np.array(
            [
                entries(
                    table_of(np.delete(meetings, one, 0).reshape(-1, 3), items=12), scale=SCALE
                )["ac2_quadratic"]["value"]
                for one in range(15)
            ]
        )
        error = np.sqrt(14 / 15 * ((without - without.mean()) ** 2).sum())
        assert found["clustered"]["se"] == pytest.approx(error, rel=0.1)

    def test_without_items_there_is_nothing_to_cluster(self) -> None:
        statistics = entries(table_of(random_scores(1, raters=2)), scale=SCALE)
        assert not any("clustered" in entry for entry in statistics.values())

    def test_a_warning_says_which_interval_to_read(self) -> None:
        found = agreement(table_of(self.moody(3, 2), items=12), scale=SCALE)
        assert any("clustered" in warning for warning in found.warnings)


class TestRateability:
    """Noor and Otto rate the same six meetings; None is "not rateable"."""

    def rated(self, noor: list[Any], otto: list[Any]) -> Agreement:
        names = [f"meeting-{number}" for number in range(len(noor))]
        table = RatingTable(names * 2, ["Noor"] * len(noor) + ["Otto"] * len(otto), [*noor, *otto])
        return agreement(table, scale=SCALE)

    def test_a_mismatch_is_neither_exact_nor_within_one_and_leaves_the_rest(self) -> None:
        found = self.rated([1, 2, 3, None, 4, 0], [1, 3, 3, 2, 4, 1]).as_dict()
        statistics = found["statistics"]
        assert statistics["exact_agreement"]["value"] == pytest.approx(3 / 6)
        assert statistics["adjacent_agreement"]["value"] == pytest.approx(5 / 6)
        assert statistics["percent_agreement"]["value"] == pytest.approx(3 / 5)
        assert statistics["bias"]["n"] == 5
        assert found["ratings"] == 12
        assert any("something to rate" in warning for warning in found["warnings"])

    def test_not_rateable_for_both_is_left_out(self) -> None:
        with_it = self.rated([1, 2, 3, None, 4, 0], [1, 3, 3, None, 4, 1]).as_dict()
        without = self.rated([1, 2, 3, 4, 0], [1, 3, 3, 4, 1]).as_dict()
        for name in STATISTICS:
            left, right = with_it["statistics"][name], without["statistics"][name]
            assert left["value"] == pytest.approx(right["value"]), name
        assert with_it["units"] == 6


class TestTrouble:
    def test_three_raters_leave_what_needs_two_undefined(self) -> None:
        statistics = entries(table_of(random_scores(0, raters=3)), scale=SCALE)
        for name in ("kappa", "ccc", "bias", "limits_of_agreement", "kendall_tau_b"):
            assert statistics[name]["value"] is None
            assert statistics[name]["undefined"]["reason"] == "needs_exactly_two_raters"

    def test_one_rater_agrees_with_nobody(self) -> None:
        statistics = entries(table_of(random_scores(0, raters=1)), scale=SCALE)
        assert {entry["value"] for entry in statistics.values()} == {None}
        assert statistics["exact_agreement"]["undefined"]["reason"] == "needs_two_raters"

    def test_two_raters_who_share_no_unit(self) -> None:
        scores = np.array([[1, NAN], [2, NAN], [NAN, 3], [NAN, 1]])
        statistics = entries(table_of(scores), scale=SCALE)
        assert {entry["value"] for entry in statistics.values()} == {None}
        assert statistics["kappa"]["undefined"]["reason"] == "no_overlap"
        assert statistics["ac1"]["undefined"]["reason"] == "no_overlap"
        assert statistics["icc_a_1"]["undefined"]["reason"] == "no_complete_units"

    def test_everybody_always_gives_a_two(self) -> None:
        """krippendorff raises here, and others say 1 or NaN: nothing varies, nothing is known."""
        statistics = entries(table_of(np.full((8, 2), 2.0)), scale=SCALE)
        for name in ("kappa", "fleiss_kappa", "alpha_ordinal", "icc_a_1", "pearson", "ccc"):
            assert statistics[name]["value"] is None, name
            assert statistics[name]["undefined"]["reason"] == "no_variance", name
        # Chance spread over the declared scale does not depend on what was used.
        assert statistics["ac1"]["value"] == pytest.approx(1.0)
        assert statistics["bp"]["value"] == pytest.approx(1.0)
        assert statistics["exact_agreement"]["value"] == 1.0

    def test_one_rater_constant_gives_kappa_zero(self) -> None:
        scores = np.array([[2, 0], [2, 1], [2, 2], [2, 3], [2, 4]], dtype=float)
        statistics = entries(table_of(scores), scale=SCALE)
        assert statistics["kappa_quadratic"]["value"] == pytest.approx(0.0)
        assert statistics["pearson"]["undefined"]["reason"] == "no_variance"

    def test_a_constant_difference_has_no_error_to_measure_with(self) -> None:
        scores = np.array([[0, 1], [1, 2], [2, 3], [3, 4]], dtype=float)
        statistics = entries(table_of(scores), scale=SCALE)
        assert statistics["icc_c_1"]["value"] == pytest.approx(1.0)
        assert statistics["icc_c_1"]["low"] is None
        assert statistics["icc_c_1"]["undefined"] is None
        assert statistics["icc_c_1"]["no_interval"]["reason"] == "no_error_variance"

    def test_a_single_unit_has_values_and_no_intervals(self) -> None:
        statistics = entries(table_of(np.array([[1.0, 3.0]])), scale=SCALE)
        assert statistics["bias"]["value"] == -2.0
        assert statistics["bias"]["low"] is None
        assert statistics["bias"]["no_interval"]["reason"] == "too_few_units"

    def test_negative_scores_have_no_ratios(self) -> None:
        scores = random_scores(3, raters=3, categories=(-2, -1, 0, 1, 2))
        statistics = entries(table_of(scores), scale=range(-2, 3))
        assert statistics["alpha_ratio"]["undefined"]["reason"] == "no_ratio_scale"
        assert statistics["alpha_interval"]["value"] == pytest.approx(
            krippendorff.alpha(scores.T, level_of_measurement="interval")
        )

    def test_measures_without_categories_keep_what_needs_none(self) -> None:
        random = np.random.default_rng(2)
        truth = random.uniform(0, 100, (400, 1))
        scores = np.round(truth + random.normal(0, 4, (400, 2)), 3)
        statistics = entries(table_of(scores))
        assert statistics["kappa"]["undefined"]["reason"] == "too_many_categories"
        assert statistics["alpha_interval"]["undefined"]["reason"] == "too_many_categories"
        assert statistics["pearson"]["value"] == pytest.approx(
            scipy.stats.pearsonr(*scores.T).statistic
        )
        assert statistics["icc_a_1"]["value"] > 0.9

    def test_nobody_scored_anything(self) -> None:
        table = RatingTable(["a", "a", "b", "b"], ["Noor", "Otto"] * 2, [None] * 4)
        found = agreement(table).as_dict()
        assert found["scale"] == []
        assert {entry["value"] for entry in found["statistics"].values()} == {None}

    def test_a_scale_that_was_not_given_is_read_off_and_said(self) -> None:
        scores = np.array([[1, 1], [2, 1], [4, 4]], dtype=float)
        found = agreement(table_of(scores))
        assert found.scale == (1, 2, 3, 4)
        assert found.warnings[0].startswith("No scale was given")

    def test_a_category_nobody_used_still_counts(self) -> None:
        scores = random_scores(4, raters=2, categories=(1, 2, 3))
        narrow = entry_of(scores, "ac1", scale=(1, 2, 3))["value"]
        wide = entry_of(scores, "ac1", scale=(0, 1, 2, 3, 4))["value"]
        assert wide > narrow

    @pytest.mark.parametrize("scale", [(0,), (0, 0, 1), (0, 1), (0, float("inf"))])
    def test_a_bad_scale_is_refused(self, scale: tuple[float, ...]) -> None:
        with pytest.raises(ValueError, match=r"^scale"):
            agreement(table_of(np.array([[0, 2], [1, 2]], dtype=float)), scale=scale)

    @pytest.mark.parametrize("confidence", [0.0, 1.0, -1.0, 2.0])
    def test_a_bad_confidence_is_refused(self, confidence: float) -> None:
        with pytest.raises(ValueError, match=r"^confidence"):
            agreement(table_of(random_scores(0)), scale=SCALE, confidence=confidence)


def test_every_named_statistic_is_there_in_order() -> None:
    for raters in (1, 2, 3):
        assert tuple(entries(table_of(random_scores(0, raters=raters)))) == STATISTICS


def test_names_of_raters_change_only_the_sign_of_differences() -> None:
    scores = random_scores(5, raters=2)
    there = entries(table_of(scores, raters=("Asta", "Ines")), scale=SCALE)
    back = entries(table_of(scores, raters=("Ines", "Asta")), scale=SCALE)
    for name in STATISTICS:
        if name in ("bias", "limits_of_agreement"):
            continue
        assert there[name]["value"] == pytest.approx(back[name]["value"], abs=1e-12), name
    assert there["bias"]["value"] == pytest.approx(-back["bias"]["value"])
    mirrored = [-end for end in reversed(back["limits_of_agreement"]["value"])]
    assert there["limits_of_agreement"]["value"] == pytest.approx(mirrored)


def test_higher_confidence_widens_every_interval() -> None:
    for raters, missing in itertools.product((2, 3), (0.0, 0.1)):
        table = table_of(random_scores(7, raters=raters, missing=missing))
        narrow = entries(table, scale=SCALE, confidence=0.8)
        wide = entries(table, scale=SCALE, confidence=0.99)
        for name in STATISTICS:
            if narrow[name]["low"] is not None and name != "limits_of_agreement":
                assert wide[name]["low"] <= narrow[name]["low"], name
                assert wide[name]["high"] >= narrow[name]["high"], name
