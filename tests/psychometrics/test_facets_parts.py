"""The parts of the many-facet Rasch model by hand: chances, fit, shifts, reliability, sentences."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.psychometrics.test_facets import SCALE, THRESHOLDS, Row, measure_of, simulated, table
from tests.psychometrics.test_facets_design import expected_sum
from training.psychometrics.facets.analysis import (
    Anchors,
    DisconnectedDesignError,
    ElementMeasure,
    FacetsError,
    FacetsFit,
    Group,
    UnboundedMeasuresError,
    bias_interactions,
    fit_facets,
)
from training.psychometrics.facets.design import check_categories
from training.psychometrics.facets.errors import listed
from training.psychometrics.facets.fit import reliability
from training.psychometrics.facets.model import RatingScale, moments
from training.psychometrics.facets.shifts import solve_shifts
from training.psychometrics.statistic import Reason

# The package warns about its own dependencies when it is imported.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import scipy.stats

YES_OR_NO = RatingScale(np.array([0, 1]), np.zeros(2))
# Nobody uses the third of four categories.
SKIPPING = RatingScale(np.array([0, 1, 3]), np.log([1.0, 2.0, 4.0]))


# Chances


def test_an_unused_category_keeps_its_step_and_has_no_chance() -> None:
    """At a logit of log 2 the odds are 1, 2 * 2 and 4 * 8, which makes 1, 4 and 32 of 37."""
    at = moments(np.array([math.log(2.0), 0.0]), SKIPPING)
    assert at.probability[:, 0] == pytest.approx(np.array([1, 4, 32]) / 37)
    assert at.expected == pytest.approx([100 / 37, 14 / 7])
    assert at.variance == pytest.approx([(4 + 32 * 9) / 37 - (100 / 37) ** 2, (2 + 36) / 7 - 4])
    assert at.log_normaliser == pytest.approx(np.log([37, 7]))
    assert SKIPPING.rank.tolist() == [0, 1, 3]
    # Over the gap the mean of both thresholds: -log(4 / 2) / 2.
    assert SKIPPING.thresholds == pytest.approx([-math.log(2), -math.log(2) / 2])


@pytest.mark.parametrize("logit", [-900.0, 900.0])
def test_chances_beyond_what_numbers_hold_are_sure(logit: float) -> None:
    at = moments(np.array([logit]), SKIPPING)
    sure = 2 if logit > 0 else 0
    assert at.probability[sure, 0] == 1.0
    assert at.expected[0] == SKIPPING.rank[sure]
    assert at.variance[0] == 0.0


# Fit


def anchored(rows: list[Row], standing: float, thresholds: tuple[float, ...] = (0.0,)) -> FacetsFit:
    """Everything is held fast: every meeting at this standing, every rater at 0."""
    anchors = Anchors(
        subjects={row.subject: standing for row in rows},
        raters={row.rater: 0.0 for row in rows},
        thresholds=thresholds,
    )
    return fit_facets(table(rows), scale=range(len(thresholds) + 1), anchors=anchors)


def test_what_is_a_coin_toss_has_no_standardised_fit() -> None:
    """Each square is the variance exactly, so mean squares of coins do not vary about 1."""
    rows = [Row(f"m{place}", None, "Noor", score) for place, score in enumerate((0.0, 1.0, 1.0))]
    noor = anchored(rows, standing=0.0).raters["Noor"]
    assert (noor.infit, noor.outfit) == (1.0, 1.0)
    assert (noor.infit_z, noor.outfit_z) == (None, None)
    assert noor.se == pytest.approx(1 / math.sqrt(3 / 4))


def test_mean_squares_of_three_scores_by_hand() -> None:
    """At log 3 yes has a chance of 3/4: squares 9/16 1/16 1/16 over a variance of 3/16.

    The fourth moment is 3/4 (1/4)^4 + 1/4 (3/4)^4 = 84/1024, the variance of a square 84/1024 less
    36/1024; of a mean square of three (48/1024) / (36/1024) / 3 = 4/9, and q = 2/3.
    """
    rows = [Row(f"m{place}", None, "Noor", score) for place, score in enumerate((0.0, 1.0, 1.0))]
    fit = anchored(rows, standing=math.log(3.0))
    noor = fit.raters["Noor"]
    mean_square = (11 / 16) / (9 / 16)
    z = (mean_square ** (1 / 3) - 1) * 3 / (2 / 3) + (2 / 3) / 3
    assert (noor.infit, noor.outfit) == (pytest.approx(mean_square),) * 2
    assert (noor.infit_z, noor.outfit_z) == (pytest.approx(z),) * 2
    assert fit.log_likelihood == pytest.approx(math.log(9 / 64))


def test_thresholds_over_an_unused_category_have_the_error_of_their_mean() -> None:
    """The curvature of the likelihood by the threshold over the gap, taken by differences."""
    rows, _ = simulated(27, subjects=8, items=3, raters=3)
    rows = [Row(r.subject, r.item, r.rater, 4.0 if r.score == 3 else r.score) for r in rows]
    fit = fit_facets(table(rows), scale=SCALE)
    logit, scale = fit.calibration.logit, fit.calibration.scale
    assert [threshold.category for threshold in fit.thresholds] == [1, 2, 4]

    def height(shift: float) -> float:
        """The log-likelihood with the last threshold, two steps wide, moved."""
        easiness = scale.easiness - np.array([0.0, 0.0, 0.0, 2 * shift])
        chances = moments(logit, RatingScale(scale.places, easiness)).probability
        own = chances[fit.calibration.category, np.arange(len(logit))]
        return float(np.log(own).sum())

    width = 1e-3
    curvature = (height(width) - 2 * height(0.0) + height(-width)) / width**2
    assert fit.thresholds[-1].se == pytest.approx(1 / math.sqrt(-curvature), rel=1e-4)


def test_the_only_threshold_is_nought_by_definition_and_has_no_error() -> None:
    rows, _ = simulated(5, subjects=10, items=4, raters=3, thresholds=(0.0,))
    (threshold,) = fit_facets(table(rows), scale=(0, 1)).thresholds
    assert (threshold.category, threshold.measure, threshold.se) == (1, 0.0, None)


# Shifts


@pytest.mark.parametrize("start", [0.0, -30.0, 30.0, 90.0])
def test_a_shift_makes_the_expected_sum_the_wanted_one_from_wherever_it_starts(
    start: float,
) -> None:
    """Nine of ten: log 9, with an error of 1 / sqrt(10 * .9 * .1). Half of four: 0, and 1."""
    logit, group = np.full(14, start), np.repeat([0, 1], [10, 4])
    shift, error = solve_shifts(logit, group, np.array([9.0, 2.0]), YES_OR_NO)
    assert shift == pytest.approx([math.log(9) - start, -start], abs=1e-6)
    assert error == pytest.approx([1 / math.sqrt(0.9), 1.0], rel=1e-6)


@settings(max_examples=25)
@given(
    logits=st.lists(st.floats(-4, 4), min_size=1, max_size=8),
    share=st.floats(0.02, 0.98),
    moved=st.floats(-20, 20),
)
def test_moving_all_logits_moves_the_shift_back(
    logits: list[float], share: float, moved: float
) -> None:
    group, target = np.zeros(len(logits), dtype=np.int64), np.array([share * 3 * len(logits)])
    shift, error = solve_shifts(np.array(logits), group, target, SKIPPING)
    back, same = solve_shifts(np.array(logits) + moved, group, target, SKIPPING)
    assert moments(np.array(logits) + shift[0], SKIPPING).expected.sum() == pytest.approx(target[0])
    assert back[0] == pytest.approx(shift[0] - moved, abs=1e-5)
    assert same[0] == pytest.approx(error[0], rel=1e-4)


def test_no_group_has_no_shift() -> None:
    shift, error = solve_shifts(np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0), YES_OR_NO)
    assert (shift.size, error.size) == (0, 0)


def test_a_cell_that_was_expected_to_be_extreme_has_no_bias() -> None:
    """Meetings are held fast far up: Noor's highest scores are what everybody expects of her.

    Half a point below the most would be less than expected and make her severe for a full house.
    """
    rows = [Row(f"m{place}", item, "Noor", 4.0) for place in range(2) for item in ("x", "y")]
    anchors = Anchors(
        subjects={"m0": 8.0, "m1": 8.0},
        items={"x": 0.0, "y": 0.0},
        raters={"Noor": 0.0},
        thresholds=THRESHOLDS,
    )
    for cell in bias_interactions(fit_facets(table(rows), scale=SCALE, anchors=anchors)):
        assert cell.extreme
        assert cell.n == 2
        assert cell.measure == pytest.approx(0.0, abs=1e-9)
        assert 0 < cell.observed_minus_expected < 0.25


@pytest.mark.parametrize(("score", "target"), [(4.0, 7.5), (0.0, 0.5)])
def test_an_extreme_cell_is_drawn_in_by_half_a_point(score: float, target: float) -> None:
    rows = [Row(f"m{place}", "x", "Noor", score) for place in range(2)]
    anchors = Anchors({"m0": 0.0, "m1": 0.0}, {"x": 0.0}, {"Noor": 0.0}, THRESHOLDS)
    fit = fit_facets(table(rows), scale=SCALE, anchors=anchors)
    (cell,) = bias_interactions(fit)
    expected = moments(np.full(2, cell.measure), fit.calibration.scale).expected.sum()
    assert expected == pytest.approx(target, abs=1e-6)
    assert cell.observed_minus_expected == pytest.approx(score - 2.0)
    assert set(cell.as_dict()) == {
        *("rater", "item", "measure", "se", "t"),
        *("observed_minus_expected", "n", "extreme"),
    }


# Reliability


def element(measure: float | None, se: float | None, *, extreme: bool = False) -> ElementMeasure:
    return ElementMeasure(measure, se, None, None, None, None, 12, extreme, anchored=False)


def test_reliability_of_three_measures_by_hand() -> None:
    """-1 0 1 with errors of a half: variance 1, error 1/4, of which 3/4 are true."""
    measured = [element(-1.0, 0.5), element(0.0, 0.5), element(1.0, 0.5)]
    left_out = [element(9.0, 0.5, extreme=True), element(None, None), element(5.0, None)]
    figures = reliability([*measured, *left_out])
    assert figures.as_dict() == {
        "elements": 3,
        "observed_variance": 1.0,
        "error_variance": 0.25,
        "separation": pytest.approx(math.sqrt(3)),
        "reliability": 0.75,
        "strata": pytest.approx((4 * math.sqrt(3) + 1) / 3),
        "chi_square": 8.0,
        "degrees_of_freedom": 2,
        "p_value": pytest.approx(scipy.stats.chi2.sf(8.0, 2)),
        "undefined": None,
    }


def test_measures_weigh_by_what_is_known_of_them() -> None:
    """0 and 3 with errors 1 and 2: weighted mean 3/5, chi-square (3/5)^2 + (12/5)^2 / 4 = 9/5."""
    figures = reliability([element(0.0, 1.0), element(3.0, 2.0)])
    assert figures.chi_square == pytest.approx(1.8)
    assert figures.error_variance == 2.5
    assert figures.reliability == pytest.approx(2 / 4.5)


def test_measures_that_differ_less_than_their_errors_are_not_told_apart() -> None:
    figures = reliability([element(-0.1, 0.5), element(0.1, 0.5)])
    assert (figures.separation, figures.reliability) == (0.0, 0.0)
    assert figures.strata == pytest.approx(1 / 3)
    assert (figures.observed_variance, figures.error_variance) == (pytest.approx(0.02), 0.25)
    assert figures.undefined is None


def test_measures_that_are_all_alike_have_nothing_to_be_told_apart_by() -> None:
    figures = reliability([element(0.25, 0.5)] * 3)
    assert (figures.separation, figures.reliability, figures.strata) == (None, None, None)
    assert (figures.observed_variance, figures.chi_square, figures.p_value) == (0.0, 0.0, 1.0)
    assert (figures.elements, figures.degrees_of_freedom) == (3, 2)
    assert figures.undefined is not None
    assert figures.undefined.message == "The measures do not differ at all."


@pytest.mark.parametrize(
    ("elements", "usable"),
    [
        ([], 0),
        ([element(0.5, 0.2)], 1),
        ([element(0.5, 0.2), element(2.0, 0.2, extreme=True)], 1),
        ([element(0.5, 0.2), element(1.0, None)], 1),
    ],
)
def test_one_measure_is_not_told_apart_from_itself(
    elements: list[ElementMeasure], usable: int
) -> None:
    figures = reliability(elements)
    assert figures.elements == usable
    assert (figures.reliability, figures.chi_square, figures.p_value) == (None, None, None)
    assert figures.undefined is not None
    assert figures.undefined.reason is Reason.TOO_FEW_UNITS


# Anchors and extremes


def test_who_is_held_fast_is_never_extreme() -> None:
    rows, _ = simulated(20)
    cells = dict.fromkeys((row.subject, row.item) for row in rows)
    zoe = [Row(subject, item, "Zoe", 4.0) for subject, item in cells]
    anchors = Anchors(raters={"Zoe": -2.5, "Asta": 0.0})
    fit = fit_facets(table(rows + zoe), scale=SCALE, anchors=anchors)
    assert fit.raters["Zoe"].anchored
    assert not fit.raters["Zoe"].extreme
    assert fit.raters["Zoe"].measure == -2.5
    assert fit.raters["Zoe"].infit is not None
    assert not any("left out of the estimation" in warning for warning in fit.warnings)
    # Her scores count: with them the sum of a meeting is the expected one.
    own = [row for row in rows + zoe if row.subject == "meeting-001"]
    assert expected_sum(fit, own) == pytest.approx(sum(row.score or 0.0 for row in own), abs=1e-6)


def test_beside_fixed_thresholds_only_the_ends_of_the_scale_are_extreme() -> None:
    """Asta gave 1 and 2 only, Noor only 1; beside five fixed categories that is no extreme."""
    rows = [Row(f"m{place}", None, "Asta", score) for place, score in enumerate((1.0, 1.0, 2.0))]
    held = {row.subject: 0.0 for row in rows}
    low = [Row(row.subject, None, "Noor", 1.0) for row in rows]
    lowest = [Row(row.subject, None, "Zoe", 0.0) for row in rows]
    anchors = Anchors(subjects=held, thresholds=THRESHOLDS)
    fit = fit_facets(table(rows + low + lowest), scale=SCALE, anchors=anchors)
    assert [fit.raters[name].extreme for name in ("Asta", "Noor", "Zoe")] == [False, False, True]
    assert fit.categories == (0, 1, 2, 3, 4)
    # Above the mean of the scale is lenient, and 1 is as far below 2 as 3 above.
    assert measure_of(fit.raters["Noor"]) == pytest.approx(1.0, abs=0.2)
    free = fit_facets(table(rows + low), scale=SCALE, anchors=Anchors(subjects=held))
    assert free.raters["Noor"].extreme


def test_a_hundred_logits_can_be_held_fast_and_no_more() -> None:
    assert Anchors(raters={"Asta": 100.0}, thresholds=(-100.0,)).raters == {"Asta": 100.0}
    for facet in ("subjects", "items", "raters"):
        with pytest.raises(FacetsError, match=f"'Asta' among the {facet} must lie within 100 logi"):
            Anchors(**{facet: {"Asta": -100.001}})
    with pytest.raises(FacetsError, match="an anchored threshold must lie within 100 logits"):
        Anchors(thresholds=(0.0, 100.001))


@pytest.mark.parametrize(
    ("declared", "checked"),
    [
        ((0, 1), (0.0, 1.0)),
        ((-1, 0.5, 2), (-1.0, 0.5, 2.0)),
        ((0.1 + 0.2, 1), (0.3, 1.0)),
        ((-0.0, 1), (0.0, 1.0)),
        ((0, 0), None),
        ((0, 1, 1), None),
        ((0, 0.0001), None),  # the same in thousandths, as scores are kept
        ((0, 2, 1), None),
        ((math.nan, 1), None),
        ((-math.inf, 1), None),
        ((1,), None),
        ((), None),
    ],
)
def test_a_scale_rises(declared: tuple[float, ...], checked: tuple[float, ...] | None) -> None:
    if checked is not None:
        assert check_categories(declared) == checked
        return
    with pytest.raises(FacetsError, match="scale must be two or more finite numbers that rise"):
        check_categories(declared)


# Sentences


def test_ten_names_are_listed_and_of_more_the_rest_is_counted() -> None:
    names = [f"m{place}" for place in range(11)]
    assert listed(names[:10]) == ", ".join(names[:10])
    assert listed(names) == f"{', '.join(names[:10])} and 1 more"
    assert listed(names[:2], " / ") == "m0 / m1"
    assert listed([]) == ""


def test_groups_are_told_by_what_differs_between_them() -> None:
    here, there = Group(("m1",), ("x", "y"), ("Asta",)), Group(("m2",), ("x", "y"), ("Ines",))
    refusal = DisconnectedDesignError([here, there])
    assert refusal.groups == (here, there)
    assert (
        "fall into 2 groups whose measures cannot be compared: "
        "subjects m1; raters Asta / subjects m2; raters Ines. Let some raters" in str(refusal)
    )


@pytest.mark.parametrize(
    ("elements", "words"),
    [
        ([("raters", "Ines"), ("subjects", "m1")], "without limit: rater Ines, subject m1. Coll"),
        ([], "without limit: the thresholds. Collect more ratings, declare fewer categories, or"),
        ([("items", f"i{place}") for place in range(12)], "item i9 and 2 more. Collect"),
    ],
)
def test_what_drifts_apart_is_named(elements: list[Any], words: str) -> None:
    refusal = UnboundedMeasuresError(elements)
    assert refusal.elements == tuple(elements)
    assert words in str(refusal)


def test_every_gap_in_the_categories_is_named_once() -> None:
    """Of nine categories 0 to 8 three are used, and one by Zoe alone, who is extreme."""
    rows, _ = simulated(26, thresholds=(-1.0, 1.0))
    wide = [Row(r.subject, r.item, r.rater, {0.0: 2.0, 1.0: 4.0, 2.0: 7.0}[r.score]) for r in rows]
    zoe = [Row(r.subject, r.item, "Zoe", 0.0) for r in rows if r.rater == "Asta"]
    fit = fit_facets(table(wide + zoe), scale=range(9))
    assert fit.categories == (2, 4, 7)
    assert fit.warnings[:5] == (
        "Category 0 was used by only extreme elements: the lowest end of the scale was left out.",
        "Category 1 was used by nobody: the lowest end of the scale was left out.",
        "Category 3 was used by nobody: the threshold of 4 is counted from 2.",
        "Categories 5, 6 were used by nobody: the threshold of 7 is counted from 4.",
        "Category 8 was used by nobody: the highest end of the scale was left out.",
    )
    assert fit.warnings[5].endswith("left out of the estimation: rater Zoe.")
