"""Several raters: shares counted by hand, laws of the coefficients, what carries an interval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.psychometrics.tables import NAN, SIX_TARGETS, random_scores, table_of
from training.psychometrics import krippendorff, several_raters
from training.psychometrics.agreement import agreement
from training.psychometrics.chance_corrected import (
    CategorisedRatings,
    Coefficient,
    brennan_prediger,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
)
from training.psychometrics.intraclass import mean_squares_of, of_the_mean
from training.psychometrics.layout import Layout
from training.psychometrics.several_raters import shares_of_agreement
from training.psychometrics.table import RatingTable
from training.psychometrics.weights import identity, quadratic

SCALE = (0, 1, 2, 3, 4)
COEFFICIENTS = (
    "fleiss_kappa",
    "conger_kappa",
    "bp",
    "ac1",
    "ac2_linear",
    "ac2_quadratic",
    "ac2_ordinal",
)


def entries(scores: Any, *, items: int | None = None, **options: Any) -> dict[str, dict[str, Any]]:
    options.setdefault("scale", SCALE)
    table = table_of(np.array(scores, dtype=float), items=items)
    statistics: dict[str, dict[str, Any]] = agreement(table, **options).as_dict()["statistics"]
    return statistics


class TestShares:
    # Of three pairs in each whole unit: the first has one the same and two one point apart, the
    # second all the same; of the third two raters gave a score, two points apart; the last has one.
    ROWS = ((1, 1, 2), (3, 3, 3), (0, 2, NAN), (NAN, NAN, 4))

    def test_pairs_and_units_by_hand(self) -> None:
        statistics = entries(self.ROWS)
        assert statistics["exact_agreement"]["value"] == pytest.approx(4 / 7)
        assert statistics["adjacent_agreement"]["value"] == pytest.approx(6 / 7)
        # Every unit with two scores counts the same: (1/3 + 1 + 0) / 3.
        assert statistics["percent_agreement"]["value"] == pytest.approx(4 / 9)
        for name in ("exact_agreement", "adjacent_agreement", "percent_agreement"):
            assert statistics[name]["n"] == 3, name

    def test_each_score_beside_each_not_rateable_is_a_pair_missed(self) -> None:
        names = ["Attic"] * 4 + ["Yard"] * 4
        raters = ["Asta", "Ines", "Noor", "Otto"] * 2
        table = RatingTable(names, raters, [2, 2, None, None, None, None, None, 1])
        statistics = agreement(table, scale=SCALE).as_dict()["statistics"]
        # In the attic one pair the same and four of a score and none; in the yard three of those.
        assert statistics["exact_agreement"]["value"] == pytest.approx(1 / 8)
        assert statistics["exact_agreement"]["n"] == 2
        assert statistics["percent_agreement"]["value"] == 1.0
        assert statistics["percent_agreement"]["n"] == 1

    def test_what_all_find_not_rateable_is_no_pair(self) -> None:
        table = RatingTable(["Attic", "Attic"], ["Ines", "Otto"], [None, None])
        found = agreement(table, scale=SCALE).as_dict()["statistics"]["exact_agreement"]
        assert (found["value"], found["n"]) == (None, 0)
        assert found["undefined"]["reason"] == "no_overlap"

    def test_within_one_is_a_point_and_not_a_step_of_the_scale(self) -> None:
        halves = entries([[0, 1], [0, 1.5], [0.5, 0.5]], scale=(0, 0.5, 1, 1.5))
        assert halves["adjacent_agreement"]["value"] == pytest.approx(2 / 3)
        wide = entries([[0, 5], [5, 10], [5, 5]], scale=(0, 5, 10))
        assert wide["adjacent_agreement"]["value"] == pytest.approx(1 / 3)

    def test_a_point_is_a_point_whatever_decimals_make_of_it(self) -> None:
        """2.2 less 1.2 is a little more than 1 to a computer."""
        found = entries([[1.2, 2.2], [0.3, 2.3]], scale=(0.3, 1.2, 2.2, 2.3))
        assert found["adjacent_agreement"]["value"] == pytest.approx(1 / 2)

    def test_who_always_agrees_is_held_to_the_number_of_units_by_wilson(self) -> None:
        found = entries(np.tile([[1], [2], [3], [4]], 3))["percent_agreement"]
        assert (found["value"], found["high"]) == (1.0, 1.0)
        assert found["low"] == pytest.approx(4 / (4 + 1.959964**2))

    def test_one_unit_has_a_share_and_no_interval(self) -> None:
        found = entries([[1, 1, 2]])["exact_agreement"]
        assert found["value"] == pytest.approx(1 / 3)
        assert found["no_interval"]["reason"] == "too_few_units"


class TestIntraclass:
    def test_consistency_of_the_mean_is_cronbachs_alpha(self) -> None:
        """Cronbach (1951): k / (k - 1) (1 - sum of the raters' variances / variance of sums)."""
        for seed in range(3):
            scores = random_scores(seed, raters=4)
            alpha = 4 / 3 * (1 - scores.var(axis=0, ddof=1).sum() / scores.sum(axis=1).var(ddof=1))
            assert entries(scores)["icc_c_k"]["value"] == pytest.approx(alpha)

    @pytest.mark.parametrize("model", ["1", "a", "c"])
    def test_what_is_true_of_one_makes_that_of_the_mean(self, model: str) -> None:
        """Spearman (1910) and Brown (1910), for the value and for both ends."""
        statistics = entries(SIX_TARGETS, scale=range(1, 11))
        single, mean = statistics[f"icc_{model}_1"], statistics[f"icc_{model}_k"]
        for field in ("value", "low", "high"):
            assert mean[field] == pytest.approx(4 * single[field] / (1 + 3 * single[field]))

    # R package psych, ICC(sf), of the same six targets: the lower bounds to three decimals.
    @pytest.mark.parametrize(
        ("name", "low"),
        [
            ("icc_1_1", -0.133),
            ("icc_a_1", 0.019),
            ("icc_c_1", 0.342),
            ("icc_1_k", -0.884),
            ("icc_a_k", 0.071),
            ("icc_c_k", 0.676),
        ],
    )
    def test_lower_bounds_of_six_targets(self, name: str, low: float) -> None:
        found = entries(SIX_TARGETS, scale=range(1, 11))[name]
        assert found["low"] == pytest.approx(low, abs=0.0006)

    def test_bounds_of_the_mean_at_their_ends(self) -> None:
        bounds = of_the_mean(np.array([0.0, 1.0, 0.5, -1.0]), 2)
        assert bounds[:3].tolist() == pytest.approx([0.0, 1.0, 2 / 3])
        assert np.isnan(bounds[3])

    def test_mean_squares_of_six_targets(self) -> None:
        """Shrout & Fleiss (1979), table 3: between 11.24, judges 32.49, residual 1.02, WMS 6.26."""
        squares = mean_squares_of(SIX_TARGETS)
        assert squares.rows == pytest.approx(11.24, abs=0.005)
        assert squares.columns == pytest.approx(32.49, abs=0.005)
        assert squares.error == pytest.approx(1.02, abs=0.005)
        assert squares.within == pytest.approx(6.26, abs=0.005)

    def test_only_units_that_all_scored_are_taken(self) -> None:
        whole = random_scores(2, units=12, raters=3)
        gappy = np.vstack([whole, [[4, NAN, 0], [NAN, 1, 3]]])
        for name in ("icc_1_1", "icc_a_k", "icc_c_1"):
            assert entries(gappy)[name] == entries(whole)[name]

    @pytest.mark.parametrize("complete", [0, 1])
    def test_fewer_than_two_complete_units_are_too_few_and_counted(self, complete: int) -> None:
        rows = [[1, 2, 3]] * complete + [[1, 2, NAN], [NAN, 2, 3], [2, NAN, 1]]
        found = entries(rows)["icc_a_1"]
        assert found["undefined"]["reason"] == "no_complete_units"
        assert found["n"] == complete

    def test_two_complete_units_are_enough(self) -> None:
        assert entries([[1, 2], [3, 3]])["icc_a_1"]["n"] == 2
        assert entries([[1, 2], [3, 3]])["icc_a_1"]["value"] is not None

    def test_raters_who_contradict_one_another_leave_no_variance_to_divide_by(self) -> None:
        statistics = entries([[0, 4], [4, 0], [1, 3], [3, 1]])
        assert statistics["icc_a_1"]["value"] < 0.0
        assert statistics["icc_c_1"]["value"] == pytest.approx(-1.0)
        assert statistics["icc_a_k"]["undefined"]["reason"] == "negative_variance"
        assert statistics["icc_c_k"]["undefined"]["reason"] == "negative_variance"

    def test_a_constant_lean_costs_agreement_and_not_consistency(self) -> None:
        scores = random_scores(4, units=20, raters=2)
        level, leaning = entries(scores), entries(scores + np.array([0, 2]), scale=range(7))
        assert leaning["icc_c_1"]["value"] == pytest.approx(level["icc_c_1"]["value"])
        assert leaning["icc_a_1"]["value"] < level["icc_a_1"]["value"] - 0.1


class TestCoefficients:
    @pytest.mark.parametrize("name", [*COEFFICIENTS, "percent_agreement", "exact_agreement"])
    @pytest.mark.parametrize("missing", [0.0, 0.2])
    def test_every_unit_twice_changes_no_coefficient(self, name: str, missing: float) -> None:
        scores = random_scores(8, units=15, missing=missing)
        once, twice = entries(scores)[name], entries(np.vstack([scores, scores]))[name]
        assert twice["value"] == pytest.approx(once["value"])
        assert twice["n"] == 2 * once["n"]

    def test_alpha_alone_corrects_for_how_few_there_are(self) -> None:
        """Do stays and De has n - 1 below: one less alpha shrinks as (2 n - 1) / (2 n - 2)."""
        scores = random_scores(8, units=15, raters=2)
        once = entries(scores)["alpha_interval"]["value"]
        twice = entries(np.vstack([scores, scores]))["alpha_interval"]["value"]
        assert (1 - once) / (1 - twice) == pytest.approx(2 * 29 / 59)

    @pytest.mark.parametrize("name", ["fleiss_kappa", "bp", "ac1", "ac2_linear"])
    def test_units_with_one_score_count_towards_chance_alone(self, name: str) -> None:
        scores = random_scores(8, units=15)
        lonely = np.vstack([scores, [[0, NAN, NAN]] * 6])
        before, after = entries(scores)[name], entries(lonely)[name]
        assert after["n"] == before["n"] == 15
        if name == "bp":
            assert after["value"] == pytest.approx(before["value"])
        else:
            assert after["value"] != pytest.approx(before["value"], abs=1e-3)

    def test_two_raters_and_two_categories_by_hand(self) -> None:
        # Four 0s and three 1s the same, three apart: pa 7/10; shares of 0 and 1 11/20 and 9/20.
        rows = [[0, 0]] * 4 + [[1, 1]] * 3 + [[0, 1]] * 3
        statistics = entries(rows, scale=(0, 1))
        pooled = (11 / 20) ** 2 + (9 / 20) ** 2
        own = (7 * 4 + 3 * 6) / 100  # 7 and 3 of the one, 4 and 6 of the other
        for name, chance in (
            ("fleiss_kappa", pooled),
            ("conger_kappa", own),
            ("kappa", own),
            ("bp", 1 / 2),
            ("ac1", 2 * (11 / 20) * (9 / 20)),
        ):
            assert statistics[name]["value"] == pytest.approx((0.7 - chance) / (1 - chance)), name
        # Of two categories every weighting is the plain one.
        for name in ("ac2_linear", "ac2_quadratic", "ac2_ordinal"):
            assert statistics[name]["value"] == pytest.approx(statistics["ac1"]["value"])
            assert statistics[name]["se"] == pytest.approx(statistics["ac1"]["se"])

    def test_error_of_brennan_and_prediger_by_hand(self) -> None:
        """With chance fixed and nothing missing it is the error of a mean of single units."""
        scores = random_scores(3, units=25, raters=2)
        same = (scores[:, 0] == scores[:, 1]).astype(float)
        found = entries(scores)["bp"]
        assert found["value"] == pytest.approx((same.mean() - 0.2) / 0.8)
        assert found["se"] == pytest.approx(same.std(ddof=1) / 5 / 0.8)

    def test_a_single_unit_has_values_and_no_errors(self) -> None:
        statistics = entries([[1, 1, 2]])
        for name in COEFFICIENTS:
            entry = statistics[name]
            assert entry["value"] is not None, name
            assert entry["se"] is None
            assert entry["no_interval"]["reason"] == "too_few_units"

    @pytest.mark.parametrize("of", [fleiss_kappa, conger_kappa, brennan_prediger, gwet_ac])
    def test_influences_of_units_add_up_to_nothing(self, of: Callable[..., Coefficient]) -> None:
        """The mean of what each unit adds is the figure itself, so nothing is left over."""
        for missing in (0.0, 0.2):
            table = table_of(random_scores(5, units=30, raters=4, missing=missing))
            found = of(Layout(table, SCALE).categorised, quadratic(SCALE))
            assert found.influence.mean() == pytest.approx(0.0, abs=1e-12)

    def test_one_rater_or_one_category_leaves_chance_nothing_to_correct(self) -> None:
        alone = Layout(table_of(np.array([[1.0], [2.0]])), SCALE).categorised
        assert np.isnan(conger_kappa(alone, identity(SCALE)).value)
        places = np.array([0, 0, 1, 1])
        single = CategorisedRatings(places, np.array([0, 1, 0, 1]), np.zeros_like(places), 1)
        for of in (fleiss_kappa, conger_kappa, brennan_prediger, gwet_ac):
            found = of(single, identity((2,)))
            assert np.isnan(found.value)
            assert np.isnan(found.standard_error)
            assert found.units == 2


class TestAlpha:
    def test_four_metrics_by_hand(self) -> None:
        # Units 0-0, 1-1, 1-2 twice: o 2, 2 and 2 on (1, 2) and (2, 1); n_0 2, n_1 4, n_2 2.
        counts = np.array([[2, 0, 0], [0, 2, 0], [0, 1, 1], [0, 1, 1]], dtype=float)
        table = krippendorff.coincidences(counts)
        assert table.tolist() == [[2, 0, 0], [0, 2, 2], [0, 2, 0]]
        pairs = {"01": 8, "02": 4, "12": 8}  # n_k n_l, of 8 pairable ratings
        for metric, squares in (
            ("nominal", {"01": 1, "02": 1, "12": 1}),
            ("interval", {"01": 1, "02": 4, "12": 1}),
            ("ordinal", {"01": 9, "02": 36, "12": 9}),
            ("ratio", {"01": 1, "02": 1, "12": 1 / 9}),
        ):
            crossed = sum(pairs[one] * squares[one] for one in pairs)
            expected = 1 - 7 * 2 * squares["12"] / crossed
            found = krippendorff.alpha(table, (0, 1, 2), krippendorff.METRICS[metric])
            assert found == pytest.approx(expected), metric

    def test_coincidences_by_unit_add_up_and_lone_ratings_add_nothing(self) -> None:
        counts = np.array([[3, 1, 0], [0, 0, 1], [0, 0, 0], [0, 2, 2]], dtype=float)
        by_unit = krippendorff.coincidences_by_unit(counts)
        assert not by_unit[..., 1:3].any()
        assert by_unit.sum(axis=(0, 1)).tolist() == pytest.approx([4, 0, 0, 4])
        np.testing.assert_allclose(by_unit.sum(axis=-1), krippendorff.coincidences(counts))
        # Of four ratings 0, 0, 0, 1 there are six ordered pairs of 0s and three of each mixture.
        np.testing.assert_allclose(by_unit[..., 0], [[2, 1, 0], [1, 0, 0], [0, 0, 0]])

    def test_a_scale_from_nought_has_ratios_and_one_from_below_has_none(self) -> None:
        rows = [[0, 1], [1, 1], [0, 0]]
        assert entries(rows, scale=(0, 1))["alpha_ratio"]["value"] is not None
        found = entries(rows, scale=(-1, 0, 1))["alpha_ratio"]
        assert found["undefined"]["reason"] == "no_ratio_scale"

    def test_meetings_are_left_out_whole(self) -> None:
        scores = random_scores(6, units=12, raters=3)
        found = entries(scores, items=3)["alpha_nominal"]
        meetings = scores.reshape(4, 3, 3)
        without = np.array(
            [
                entries(np.delete(meetings, one, 0).reshape(-1, 3))["alpha_nominal"]["value"]
                for one in range(4)
            ]
        )
        error = np.sqrt(3 / 4 * ((without - without.mean()) ** 2).sum())
        assert found["se"] == pytest.approx(error)
        # Student's t on three degrees of freedom at .975: 3.182446.
        assert found["high"] - found["value"] == pytest.approx(3.182446 * error, rel=1e-6)
        assert found["n"] == 12

    @pytest.mark.parametrize("meetings_at_once", [1, 2, 3])
    def test_meetings_in_groups_are_meetings_all_at_once(
        self, monkeypatch: pytest.MonkeyPatch, meetings_at_once: int
    ) -> None:
        scores = random_scores(6, units=15, raters=3, missing=0.1)
        whole = entries(scores, items=3)
        monkeypatch.setattr(several_raters, "ENTRIES_AT_ONCE", 25 * meetings_at_once)
        for name, entry in entries(scores, items=3).items():
            assert entry["se"] == pytest.approx(whole[name]["se"]), name

    def test_a_meeting_that_carries_all_variance_leaves_no_interval(self) -> None:
        found = entries([[2, 2], [2, 2], [1, 3]])["alpha_interval"]
        assert found["value"] is not None
        assert found["no_interval"]["reason"] == "depends_on_one_unit"
        alone = entries([[1, 3], [2, 2]], items=2)["alpha_interval"]
        assert alone["no_interval"]["reason"] == "too_few_units"


class TestClusters:
    def test_units_all_alike_within_a_meeting_are_one_unit(self) -> None:
        """Each meeting rated on three elements in the same way knows no more than one element."""
        scores = random_scores(9, units=12, raters=3)
        repeated = entries(np.repeat(scores, 3, axis=0), items=3)
        once = entries(scores)
        for name in COEFFICIENTS:
            found, plain = repeated[name]["clustered"], once[name]
            assert found["se"] == pytest.approx(plain["se"]), name
            assert [found["low"], found["high"]] == pytest.approx([plain["low"], plain["high"]])
            assert found["subjects"] == 12

    def test_one_meeting_or_nothing_to_correct_has_no_second_interval(self) -> None:
        one_meeting = entries(random_scores(9, units=4, raters=3), items=4)
        assert "clustered" not in one_meeting["ac1"]
        all_twos = entries(np.full((6, 3), 2.0), items=2)
        assert all_twos["fleiss_kappa"]["value"] is None
        assert "clustered" not in all_twos["fleiss_kappa"]
        assert all_twos["ac1"]["clustered"]["se"] == 0.0

    def test_a_meeting_nobody_scored_is_none(self) -> None:
        scores = random_scores(9, units=12, raters=3)
        rows = [
            (f"{unit // 3}", f"{unit % 3}", name, score)
            for unit, row in enumerate(scores)
            for name, score in zip(("Asta", "Ines", "Noor"), row, strict=True)
        ]
        nothing = [("9", "0", "Asta", None), ("9", "1", "Ines", None)]
        found = [
            agreement(RatingTable(subjects, raters, given, items), scale=SCALE).as_dict()
            for subjects, items, raters, given in (
                zip(*kept, strict=True) for kept in (rows, rows + nothing)
            )
        ]
        assert [each["units"] for each in found] == [12, 14]
        for name in COEFFICIENTS:
            assert found[0]["statistics"][name] == found[1]["statistics"][name]


@settings(max_examples=40)
@given(st.lists(st.tuples(*[st.sampled_from(SCALE)] * 3), min_size=2, max_size=12))
def test_a_fourth_rater_who_copies_the_first_adds_a_sure_pair_and_the_firsts_pairs_again(
    rows: list[tuple[int, int, int]],
) -> None:
    scores = np.array(rows, dtype=float)

    def exact(of: np.ndarray) -> float:
        found = shares_of_agreement(Layout(table_of(of), SCALE), 0.95)["exact_agreement"]
        return found.statistic.value or 0.0

    with_the_first = (scores[:, 1:] == scores[:, :1]).mean()
    copied = exact(np.column_stack([scores, scores[:, 0]]))
    assert copied == pytest.approx((3 * exact(scores) + 1 + 2 * with_the_first) / 6)
