"""Two raters: intervals and errors worked by hand, and where there are too few units for them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from tests.psychometrics.tables import NAN, PEAK_FLOW, random_scores, table_of
from training.psychometrics import two_raters
from training.psychometrics.agreement import agreement
from training.psychometrics.joint_table import JointTable, grouped_joint_counts, joint_counts
from training.psychometrics.scale import MOST_CATEGORIES
from training.psychometrics.weights import WEIGHTS, identity, linear, ordinal, quadratic

# This package warns about its own dependencies when it is imported.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import scipy.stats

SCALE = (0, 1, 2, 3, 4)


def entries(scores: Any, *, items: int | None = None, **options: Any) -> dict[str, dict[str, Any]]:
    table = table_of(np.array(scores, dtype=float), items=items)
    statistics: dict[str, dict[str, Any]] = agreement(table, **options).as_dict()["statistics"]
    return statistics


# Differences -1, 0, 1 and 2: mean 0.5, sum of squares around it 5.
FOUR = [[1, 2], [2, 2], [3, 2], [4, 2]]


class TestDifferences:
    def test_four_differences_by_hand(self) -> None:
        statistics = entries(FOUR, scale=SCALE)
        sd = (5 / 3) ** 0.5
        assert statistics["bias"]["value"] == pytest.approx(0.5)
        assert statistics["bias"]["se"] == pytest.approx(sd / 2)
        assert statistics["mae"]["value"] == pytest.approx(1.0)
        assert statistics["rmse"]["value"] == pytest.approx(1.5**0.5)
        assert statistics["sd_diff"]["value"] == pytest.approx(sd)
        assert statistics["sd_diff"]["se"] == pytest.approx(sd / 6**0.5)
        # Chi-square on 3 degrees of freedom: .025 at 0.215795, .975 at 9.348404.
        ends = [sd * (3 / 9.348404) ** 0.5, sd * (3 / 0.215795) ** 0.5]
        assert [statistics["sd_diff"][end] for end in ("low", "high")] == pytest.approx(
            ends, abs=1e-5
        )
        assert {statistics[name]["n"] for name in ("bias", "mae", "rmse", "sd_diff")} == {4}

    def test_limits_of_agreement_of_four_differences_by_hand(self) -> None:
        """Bland & Altman (1999): variance of a limit is s^2 (1 / n + 1.96^2 / (2 (n - 1)))."""
        limits = entries(FOUR, scale=SCALE)["limits_of_agreement"]
        # sqrt(5 / 3) = 1.290994; 1 / 4 + 3.8416 / 6 = 0.890267; t on 3 degrees of freedom 3.182446.
        assert limits["value"] == pytest.approx([-2.030349, 3.030349], abs=1e-5)
        assert limits["se"] == pytest.approx([1.218106] * 2, abs=1e-5)
        half = 3.182446 * 1.218106
        assert limits["low"] == pytest.approx([-2.030349 - half, 3.030349 - half], abs=1e-4)
        assert limits["high"] == pytest.approx([-2.030349 + half, 3.030349 + half], abs=1e-4)

    @pytest.mark.parametrize("confidence", [0.8, 0.95])
    def test_the_sd_of_peak_flow_differences_against_scipy(self, confidence: float) -> None:
        found = entries(PEAK_FLOW, confidence=confidence)["sd_diff"]
        differences = PEAK_FLOW[:, 0] - PEAK_FLOW[:, 1]
        tail = (1 - confidence) / 2
        quantiles = scipy.stats.chi2.ppf([1 - tail, tail], 16)
        ends = differences.std(ddof=1) * np.sqrt(16 / quantiles)
        assert [found["low"], found["high"]] == pytest.approx(ends.tolist())

    def test_one_unit_has_a_difference_and_nothing_that_needs_two(self) -> None:
        statistics = entries([[1, 3]], scale=SCALE)
        for name in ("bias", "mae", "rmse"):
            assert abs(statistics[name]["value"]) == 2.0
            assert statistics[name]["no_interval"]["reason"] == "too_few_units"
        for name in ("sd_diff", "limits_of_agreement", "pearson"):
            assert statistics[name]["value"] is None
            assert statistics[name]["undefined"]["reason"] == "too_few_units"
        # The formula of kappa has a value, and one unit says nothing about its error.
        assert statistics["kappa"]["value"] == pytest.approx(0.0)
        assert statistics["kappa"]["se"] is None
        assert statistics["kappa"]["no_interval"]["reason"] == "too_few_units"

    def test_two_units_are_enough_for_an_interval_of_a_difference(self) -> None:
        statistics = entries([[1, 3], [2, 2]], scale=SCALE)
        for name in ("bias", "sd_diff", "limits_of_agreement", "kappa"):
            assert statistics[name]["low"] is not None, name
            assert "no_interval" not in statistics[name]

    def test_a_constant_difference_has_limits_of_no_width(self) -> None:
        statistics = entries([[1, 2], [2, 3], [3, 4]], scale=SCALE)
        assert statistics["sd_diff"]["value"] == 0.0
        limits = statistics["limits_of_agreement"]
        assert limits["value"] == limits["low"] == limits["high"] == [-1.0, -1.0]

    def test_who_shares_no_unit_has_no_difference(self) -> None:
        statistics = entries([[1, NAN], [NAN, 2]], scale=SCALE)
        for name in ("bias", "sd_diff", "limits_of_agreement", "pearson", "spearman", "ccc"):
            assert statistics[name]["undefined"]["reason"] == "no_overlap", name


class TestCorrelations:
    @pytest.mark.parametrize(
        ("name", "without", "enough"),
        [("pearson", 3, 4), ("spearman", 3, 4), ("kendall_tau_b", 4, 5)],
    )
    def test_an_interval_needs_more_units_than_its_error_takes_away(
        self, name: str, without: int, enough: int
    ) -> None:
        rows = [[0, 1], [1, 0], [2, 3], [3, 2], [4, 4]]
        few = entries(rows[:without], scale=SCALE)[name]
        assert few["value"] is not None
        assert (few["low"], few["high"], few["se"]) == (None, None, None)
        found = entries(rows[:enough], scale=SCALE)[name]
        assert found["low"] < found["value"] < found["high"]

    def test_identical_pairs_are_exactly_1_and_leave_no_error_to_measure_with(self) -> None:
        """Rounding must not decide: 1.0000000000000002, or .9999999999999999 with an interval."""
        one = np.random.default_rng(1).integers(0, 5, 30) + 0.1
        for second, sign in ((one, 1.0), (4.2 - one, -1.0)):
            statistics = entries(np.column_stack([one, second]))
            for name in ("ccc", "pearson", "spearman", "kendall_tau_b"):
                found = statistics[name]
                if name != "ccc" or sign > 0:
                    assert found["value"] == sign, name
                    assert (found["low"], found["high"], found["se"]) == (None, None, None)
                    assert found["no_interval"]["reason"] == "no_error_variance"

    def test_too_few_units_are_told_with_how_many_it_takes(self) -> None:
        statistics = entries([[0, 1], [1, 0], [2, 3]], scale=SCALE)
        for name, least in (("pearson", 4), ("spearman", 4), ("kendall_tau_b", 5)):
            why = statistics[name]["no_interval"]
            assert why["reason"] == "too_few_units"
            assert why["message"] == f"An interval needs at least {least} units that both scored."
        why = entries([[0, 1], [2, 4]], scale=SCALE)["ccc"]["no_interval"]
        assert "at least 3 units" in why["message"]

    def test_concordance_of_nothing_at_all_has_an_interval_around_nothing(self) -> None:
        found = entries([[0, 1], [0, 3], [2, 1], [2, 3], [1, 2]], scale=SCALE)["ccc"]
        assert found["value"] == 0.0
        assert found["low"] == pytest.approx(-found["high"])
        assert 0 < found["high"] < 1

    def test_errors_after_bonett_and_wright(self) -> None:
        """Bonett & Wright (2000): of Fisher's z, (1 + r^2 / 2) / (n - 3) and .437 / (n - 4)."""
        rows = [[0, 1], [1, 0], [2, 3], [3, 2], [4, 4], [0, 0], [2, 1], [4, 3], [1, 1], [3, 4]]
        statistics = entries(rows, scale=SCALE)
        for name, variance in (
            ("pearson", lambda r: 1 / 7),
            ("spearman", lambda r: (1 + r * r / 2) / 7),
            ("kendall_tau_b", lambda r: 0.437 / 6),
        ):
            found = statistics[name]
            value, error = found["value"], variance(found["value"]) ** 0.5
            assert np.arctanh(found["low"]) == pytest.approx(np.arctanh(value) - 1.959964 * error)
            assert np.arctanh(found["high"]) == pytest.approx(np.arctanh(value) + 1.959964 * error)
            assert found["se"] == pytest.approx((1 - value**2) * error)

    @pytest.mark.parametrize("seed", range(3))
    def test_error_of_concordance_as_epir_arranges_it(self, seed: int) -> None:
        """R package epiR, epi.ccc: Lin's (1989, 2000) error of the coefficient itself, and of z."""
        scores = random_scores(seed, units=25, raters=2)
        first, second = scores.T
        p = 2 * np.cov(first, second, bias=True)[0, 1]
        p /= first.var() + second.var() + (first.mean() - second.mean()) ** 2
        r = np.corrcoef(first, second)[0, 1]
        u = (second.mean() - first.mean()) / (first.var() * second.var()) ** 0.25
        variance = (
            (1 - r**2) * p**2 * (1 - p**2) / r**2
            + 2 * p**3 * (1 - p) * u**2 / r
            - 0.5 * p**4 * u**4 / r**2
        ) / 23
        found = entries(scores, scale=SCALE)["ccc"]
        assert found["value"] == pytest.approx(p)
        assert found["se"] == pytest.approx(variance**0.5)
        half = 1.959964 * variance**0.5 / (1 - p**2)
        assert [found["low"], found["high"]] == pytest.approx(
            np.tanh([np.arctanh(p) - half, np.arctanh(p) + half]).tolist()
        )

    def test_concordance_of_two_units_has_no_interval(self) -> None:
        found = entries([[0, 1], [2, 4]], scale=SCALE)["ccc"]
        assert found["value"] == pytest.approx(2 * 1.5 / (1 + 2.25 + 2.25))
        assert found["low"] is None

    def test_where_neither_rater_varies_but_they_differ_concordance_is_nothing(self) -> None:
        statistics = entries([[1, 2]] * 4, scale=SCALE)
        assert statistics["ccc"]["value"] == 0.0
        assert statistics["pearson"]["undefined"]["reason"] == "no_variance"


class TestClusters:
    """Ines and Otto rate five meetings of four elements."""

    SCORES = random_scores(6, units=20, raters=2)
    WITH_TABLE = ("kappa", "kappa_linear", "kappa_quadratic", "spearman", "kendall_tau_b")
    WITH_SUMS = ("ccc", "pearson")

    def test_correlations_leave_whole_meetings_out(self) -> None:
        statistics = entries(self.SCORES, items=4, scale=SCALE)
        meetings = self.SCORES.reshape(5, 4, 2)
        for name, formula in (
            ("pearson", scipy.stats.pearsonr),
            ("spearman", scipy.stats.spearmanr),
            ("kendall_tau_b", scipy.stats.kendalltau),
        ):
            without = np.array(
                [
                    formula(*np.delete(meetings, one, 0).reshape(-1, 2).T).statistic
                    for one in range(5)
                ]
            )
            error = np.sqrt(4 / 5 * ((without - without.mean()) ** 2).sum())
            found = statistics[name]["clustered"]
            assert found["se"] == pytest.approx(error)
            half = scipy.stats.t.ppf(0.975, 4) * error
            assert found["high"] - found["low"] == pytest.approx(2 * half)
            assert found["subjects"] == 5

    def test_figures_that_leave_meetings_out_anyway_have_no_second_interval(self) -> None:
        statistics = entries(self.SCORES, items=4, scale=SCALE)
        for name in ("bias", "sd_diff", "limits_of_agreement", "mae", "rmse"):
            assert "clustered" not in statistics[name]

    def test_the_method_says_what_was_done(self) -> None:
        statistics = entries(self.SCORES, items=4, scale=SCALE)
        plain = "delete-one-subject jackknife, t"
        assert statistics["bias"]["method"] == statistics["limits_of_agreement"]["method"] == plain
        assert {statistics[name]["method"] for name in ("mae", "rmse")} == {f"{plain}, cut at 0"}
        of_logarithm = "delete-one-subject jackknife of the logarithm, t"
        assert statistics["sd_diff"]["method"] == of_logarithm
        assert entries(self.SCORES, scale=SCALE)["sd_diff"]["method"] == "chi-square"

    def test_the_spread_and_the_limits_leave_meetings_out_too(self) -> None:
        together = entries(self.SCORES, items=4, scale=SCALE)
        apart = entries(self.SCORES, scale=SCALE)
        for name in ("sd_diff", "limits_of_agreement"):
            assert together[name]["value"] == pytest.approx(apart[name]["value"])
            assert together[name]["se"] != pytest.approx(apart[name]["se"])
        differences = (self.SCORES[:, 0] - self.SCORES[:, 1]).reshape(5, 4)
        without = np.array([np.delete(differences, one, 0).std(ddof=1) for one in range(5)])
        error = np.sqrt(4 / 5 * ((without - without.mean()) ** 2).sum())
        assert together["sd_diff"]["se"] == pytest.approx(error)

    def test_one_meeting_alone_has_nothing_to_leave_out(self) -> None:
        statistics = entries(self.SCORES[:4], items=4, scale=SCALE)
        for name in (*self.WITH_TABLE, *self.WITH_SUMS):
            assert statistics[name]["value"] is not None
            assert "clustered" not in statistics[name], name

    def test_tables_too_large_to_make_leave_what_needs_none(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = entries(self.SCORES, items=4, scale=SCALE)
        monkeypatch.setattr(two_raters, "ENTRIES_AT_MOST", 25 * 5)
        assert entries(self.SCORES, items=4, scale=SCALE) == whole
        monkeypatch.setattr(two_raters, "ENTRIES_AT_MOST", 25 * 5 - 1)
        found = entries(self.SCORES, items=4, scale=SCALE)
        for name in self.WITH_TABLE:
            assert found[name]["value"] == whole[name]["value"]
            assert "clustered" not in found[name]
        for name in self.WITH_SUMS:
            assert found[name] == whole[name]


@pytest.mark.parametrize(
    ("widest", "is_defined"), [(MOST_CATEGORIES - 1, True), (MOST_CATEGORIES, False)]
)
def test_three_hundred_categories_are_the_most(widest: int, is_defined: bool) -> None:
    statistics = entries([[0, 0], [7, 8], [200, 190]], scale=range(widest + 1))
    of_categories = ("kappa", "kappa_linear", "spearman", "kendall_tau_b", "ac1", "alpha_nominal")
    for name in of_categories:
        entry = statistics[name]
        assert (entry["value"] is not None) is is_defined, name
        assert is_defined or entry["undefined"]["reason"] == "too_many_categories", name
    assert statistics["pearson"]["value"] is not None


class TestJointTable:
    # Five pairs on 0 to 2: (0, 0) (0, 1) (1, 1) (2, 1) (2, 2).
    FIRST, SECOND = np.array([0.0, 0, 1, 2, 2]), np.array([0.0, 1, 1, 1, 2])

    def table(self) -> JointTable:
        return JointTable(joint_counts(self.FIRST, self.SECOND, (0, 1, 2)), (0, 1, 2))

    def test_pairs_are_counted_first_by_second(self) -> None:
        table = self.table()
        assert table.counts.tolist() == [[1, 1, 0], [0, 1, 0], [0, 1, 1]]
        assert table.count == 5
        assert table.first.tolist() == pytest.approx([2 / 5, 1 / 5, 2 / 5])
        assert table.second.tolist() == pytest.approx([1 / 5, 3 / 5, 1 / 5])

    def test_kappa_by_hand(self) -> None:
        # Observed 3/5; expected (2 * 1 + 1 * 3 + 2 * 1) / 25 = 7/25.
        assert self.table().kappa(identity((0, 1, 2))) == pytest.approx((15 - 7) / (25 - 7))
        # Linear credit: observed 4/5; expected 7/25 + half of (2*3 + 1*1 + 1*1 + 2*3) / 25 = 14/25.
        assert self.table().kappa(linear((0, 1, 2))) == pytest.approx((20 - 14) / (25 - 14))

    def test_the_others_by_hand(self) -> None:
        credit = identity((0, 1, 2))
        assert self.table().brennan_prediger(credit) == pytest.approx((3 / 5 - 1 / 3) / (2 / 3))
        # Prevalence 3/10, 4/10, 3/10: chance (21 + 24 + 21) / 100 / 2.
        assert self.table().gwet_ac(credit) == pytest.approx((0.6 - 0.33) / 0.67)
        # Of ten couples of pairs five rise together, none against; the first ties two, the
        # second three: tau-b is 5 / sqrt(8 * 7).
        assert self.table().kendall_tau_b() == pytest.approx(5 / 56**0.5)

    def test_a_table_of_nobody_is_undefined(self) -> None:
        empty = JointTable(np.zeros((3, 3)), (0, 1, 2))
        for value in (
            empty.kappa(identity((0, 1, 2))),
            empty.kappa_error(identity((0, 1, 2))),
            empty.gwet_ac(identity((0, 1, 2))),
            empty.spearman(),
            empty.kendall_tau_b(),
        ):
            assert np.isnan(value)

    def test_one_category_has_no_chance_to_correct_for(self) -> None:
        single = JointTable(np.array([[4.0]]), (2,))
        for weigh in WEIGHTS.values():
            assert np.isnan(single.kappa(weigh((2,))))
            assert np.isnan(single.brennan_prediger(weigh((2,))))
            assert np.isnan(single.gwet_ac(weigh((2,))))

    def test_what_one_rater_left_out_is_counted_nowhere(self) -> None:
        first, second = np.array([0.0, NAN, 1, 1]), np.array([0.0, 1, NAN, 2])
        counts = grouped_joint_counts(first, second, np.array([0, 0, 1, 2]), 3, (0, 1, 2))
        assert counts.sum(axis=(0, 1)).tolist() == [1, 0, 1]
        assert counts[0, 0].tolist() == [1, 0, 0]
        assert counts[1, 2].tolist() == [0, 0, 1]


class TestWeights:
    def test_nominal_credit_is_for_the_same_alone(self) -> None:
        assert identity((0, 1, 5)).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]

    def test_linear_and_quadratic_credit_follow_the_scores_themselves(self) -> None:
        assert linear((0, 1, 4))[0].tolist() == [1, 0.75, 0]
        assert linear((0, 1, 4))[1].tolist() == [0.75, 1, 0.25]
        assert quadratic((0, 1, 4))[1].tolist() == pytest.approx([15 / 16, 1, 7 / 16])
        assert quadratic((-1, 0, 1))[0].tolist() == [1, 0.75, 0]

    def test_ordinal_credit_follows_places_alone(self) -> None:
        # Of five categories: 1 - 1/10, 1 - 3/10, 1 - 6/10, 1 - 10/10.
        assert ordinal(range(5))[0].tolist() == pytest.approx([1, 0.9, 0.7, 0.4, 0])
        np.testing.assert_array_equal(ordinal((0, 1, 2, 3, 4)), ordinal((1, 2, 10, 50, 51)))

    @pytest.mark.parametrize("name", WEIGHTS)
    def test_every_weighting_is_whole_on_itself_and_the_same_both_ways(self, name: str) -> None:
        for scale in ((3,), (0, 1), (0, 1, 2.5, 7)):
            credit = WEIGHTS[name](scale)
            assert np.diag(credit).tolist() == [1.0] * len(scale)
            np.testing.assert_array_equal(credit, credit.T)
            assert credit.min() == (0.0 if len(scale) > 1 else 1.0)

    @pytest.mark.parametrize("name", WEIGHTS)
    def test_of_two_categories_all_weightings_are_one(self, name: str) -> None:
        assert WEIGHTS[name]((0, 1)).tolist() == [[1, 0], [0, 1]]
