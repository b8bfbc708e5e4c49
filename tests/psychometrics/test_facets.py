"""The many-facet Rasch model: what it says about people who rate, and that its sums hold."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import numpy as np
import pytest

from training.psychometrics.facets.analysis import (
    ElementMeasure,
    FacetsFit,
    bias_interactions,
    fit_facets,
)
from training.psychometrics.table import RatingTable

SCALE = (0, 1, 2, 3, 4)
THRESHOLDS = (-1.5, -0.5, 0.5, 1.5)
RATERS = ("Asta", "Ines", "Mirembe", "Noor", "Otto", "Pavel", "Tomasz")


@dataclass(frozen=True)
class Truth:
    """What a table was simulated from, in logits."""

    subjects: dict[str, float]
    items: dict[str, float]
    raters: dict[str, float]


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    subject: str
    item: str | None
    rater: str
    score: float | None


def table(rows: list[Row]) -> RatingTable:
    has_items = bool(rows) and rows[0].item is not None
    return RatingTable(
        subjects=[row.subject for row in rows],
        raters=[row.rater for row in rows],
        scores=[row.score for row in rows],
        items=[str(row.item) for row in rows] if has_items else None,
    )


def simulated(
    seed: int,
    *,
    subjects: int = 12,
    items: int = 6,
    raters: int = 5,
    thresholds: tuple[float, ...] = THRESHOLDS,
    missing: float = 0.0,
) -> tuple[list[Row], Truth]:
    """Ratings drawn from the model, each missing with the probability given."""
    random = np.random.default_rng(seed)
    truth = Truth(
        {f"meeting-{n + 1:03}": float(m) for n, m in enumerate(random.normal(0, 1.2, subjects))},
        centred({f"element-{n + 1:02}": m for n, m in enumerate(random.normal(0, 0.8, items))}),
        centred({rater_name(n): m for n, m in enumerate(random.normal(0, 0.7, raters))}),
    )
    rows = [
        Row(subject, item, rater, float(random.choice(len(chances), p=chances)))
        for subject, standing in truth.subjects.items()
        for item, difficulty in truth.items.items()
        for rater, severity in truth.raters.items()
        if random.random() >= missing
        for chances in [probabilities(standing - difficulty - severity, thresholds)]
    ]
    return rows, truth


def rater_name(number: int) -> str:
    return RATERS[number] if number < len(RATERS) else f"Rater {number:03}"


def centred(measures: dict[str, float]) -> dict[str, float]:
    mean = sum(measures.values()) / len(measures)
    return {name: float(measure - mean) for name, measure in measures.items()}


def probabilities(logit: float, thresholds: tuple[float, ...]) -> np.ndarray:
    """Of each category, straight from the definition of the model."""
    chances = [1.0]
    for threshold in thresholds:
        chances.append(chances[-1] * math.exp(logit - threshold))
    return np.array(chances) / sum(chances)


def measure_of(element: ElementMeasure) -> float:
    assert element.measure is not None
    return element.measure


def measures(facet: dict[str, ElementMeasure]) -> np.ndarray:
    return np.array([measure_of(element) for element in facet.values()])


def logit_of(fit: FacetsFit, row: Row) -> float:
    difficulty = measure_of(fit.items[row.item]) if row.item else 0.0
    return measure_of(fit.subjects[row.subject]) - difficulty - measure_of(fit.raters[row.rater])


def model_of(fit: FacetsFit, row: Row) -> tuple[np.ndarray, float, float]:
    """Probabilities, expectation and variance of one rating, from the measures reported."""
    steps = tuple(threshold.measure for threshold in fit.thresholds)
    chances = probabilities(logit_of(fit, row), steps)
    ranks = np.arange(len(chances))
    expected = float(chances @ ranks)
    return chances, expected, float(chances @ (ranks - expected) ** 2)


def test_severity_is_positive_for_the_rater_who_scores_low() -> None:
    """Otto scores what Ines scores, one point less where he can."""
    rows, _ = simulated(4, raters=2)
    by_ines = [row for row in rows if row.rater == "Asta"]
    of_otto = [Row(row.subject, row.item, "Otto", max(row.score - 1, 0)) for row in by_ines]
    fit = fit_facets(table(by_ines + of_otto), scale=SCALE)
    assert measure_of(fit.raters["Otto"]) > 0.3
    assert measure_of(fit.raters["Otto"]) == pytest.approx(-measure_of(fit.raters["Asta"]))


def test_items_raters_and_thresholds_have_mean_zero_and_subjects_are_free() -> None:
    rows, _ = simulated(4)
    lenient = [Row(row.subject, row.item, row.rater, min(row.score + 1, 4)) for row in rows]
    fit = fit_facets(table(lenient), scale=SCALE)
    assert measures(fit.items).mean() == pytest.approx(0, abs=1e-12)
    assert measures(fit.raters).mean() == pytest.approx(0, abs=1e-12)
    assert sum(threshold.measure for threshold in fit.thresholds) == pytest.approx(0, abs=1e-12)
    assert measures(fit.subjects).mean() > 0.5


@pytest.mark.parametrize("seed", range(4))
def test_every_observed_sum_and_count_is_the_expected_one(seed: int) -> None:
    """The score equations of joint maximum likelihood, from the measures reported alone."""
    rows, _ = simulated(seed, missing=0.4)
    fit = fit_facets(table(rows), scale=SCALE)
    difference: dict[str, float] = {}
    counts = np.zeros(len(SCALE))
    for row in rows:
        chances, expected, _ = model_of(fit, row)
        counts += (np.arange(len(SCALE)) == row.score) - chances
        for name in (row.subject, row.item, row.rater):
            difference[name] = difference.get(name, 0.0) + row.score - expected
    assert max(abs(part) for part in difference.values()) < 1e-6
    assert np.abs(counts).max() < 1e-6
    assert fit.largest_residual < 1e-6


def test_the_parameters_of_a_large_table_come_back() -> None:
    """Within chance, 3.5 standard errors: with 56 ratings per subject the joint bias is small."""
    rows, truth = simulated(5, subjects=72, items=8, raters=7)
    fit = fit_facets(table(rows), scale=SCALE)
    for facet in ("items", "raters", "subjects"):
        for name, true in getattr(truth, facet).items():
            element = getattr(fit, facet)[name]
            assert abs(element.measure - true) < 3.5 * element.se, name
    for threshold, true in zip(fit.thresholds, THRESHOLDS, strict=True):
        assert abs(threshold.measure - true) < 3.5 * threshold.se + 0.03


def test_the_joint_estimate_is_twice_the_conditional_one_for_two_raters_and_yes_or_no() -> None:
    """Andersen (1973): with two dichotomous items joint likelihood doubles their difference.

    The conditional estimate is the logarithm of how often only one and only the other said yes;
    it is consistent, so this is the bias of (L - 1) / L = 1 / 2 at its worst.
    """
    only_ines, only_otto = 30, 12
    pairs = [(1.0, 0.0)] * only_ines + [(0.0, 1.0)] * only_otto + [(1.0, 1.0), (0.0, 0.0)] * 5
    rows = [
        Row(f"meeting-{number:03}", None, rater, score)
        for number, pair in enumerate(pairs)
        for rater, score in zip(("Ines", "Otto"), pair, strict=True)
    ]
    fit = fit_facets(table(rows), scale=(0, 1))
    apart = measure_of(fit.raters["Otto"]) - measure_of(fit.raters["Ines"])
    assert apart == pytest.approx(2 * math.log(only_ines / only_otto), abs=1e-6)


def test_the_bias_of_joint_estimates_shrinks_as_subjects_have_more_ratings() -> None:
    """L ratings for each of many subjects stretch the raters by about L / (L - 1)."""
    stretched = []
    for items in (1, 4):
        slopes = []
        for seed in range(6):
            rows, truth = simulated(seed, subjects=150, items=items, raters=3, thresholds=(0.0,))
            fit = fit_facets(table(rows), scale=(0, 1))
            true = np.array(list(truth.raters.values()))
            slopes.append(measures(fit.raters) @ true / (true @ true))
        stretched.append(float(np.mean(slopes)))
    assert stretched[0] == pytest.approx(3 / 2, abs=0.2)
    assert stretched[1] == pytest.approx(12 / 11, abs=0.1)


def test_infit_and_outfit_by_hand() -> None:
    """Wright & Masters (1982, ch. 5), Wilson & Hilferty (1931), one rating after the other."""
    rows, _ = simulated(6, missing=0.3)
    fit = fit_facets(table(rows), scale=SCALE)
    for facet, column in (("raters", "rater"), ("items", "item"), ("subjects", "subject")):
        for name, element in getattr(fit, facet).items():
            own = [row for row in rows if getattr(row, column) == name]
            squares, variances, fourths = [], [], []
            for row in own:
                chances, expected, variance = model_of(fit, row)
                squares.append((row.score - expected) ** 2)
                variances.append(variance)
                fourths.append(sum(p * (k - expected) ** 4 for k, p in enumerate(chances)))
            y2, w, c = np.array(squares), np.array(variances), np.array(fourths)
            n = len(own)
            outfit, infit = (y2 / w).sum() / n, y2.sum() / w.sum()
            outfit_q = math.sqrt((c / w**2).sum() / n**2 - 1 / n)
            infit_q = math.sqrt((c - w**2).sum() / w.sum() ** 2)
            assert element.n == n
            assert element.se == pytest.approx(1 / math.sqrt(w.sum()), rel=1e-6)
            assert element.outfit == pytest.approx(outfit, rel=1e-6)
            assert element.infit == pytest.approx(infit, rel=1e-6)
            assert element.outfit_z == pytest.approx(
                (outfit ** (1 / 3) - 1) * 3 / outfit_q + outfit_q / 3, abs=1e-6
            )
            assert element.infit_z == pytest.approx(
                (infit ** (1 / 3) - 1) * 3 / infit_q + infit_q / 3, abs=1e-6
            )


def test_a_rater_who_scores_at_random_does_not_fit() -> None:
    rows, _ = simulated(7, subjects=20)
    random = np.random.default_rng(7)
    noisy = [
        Row(row.subject, row.item, row.rater, float(random.integers(0, 5)))
        if row.rater == "Noor"
        else row
        for row in rows
    ]
    fit = fit_facets(table(noisy), scale=SCALE)
    noor = fit.raters["Noor"]
    assert noor.infit is not None
    assert noor.infit > 1.5
    assert noor.infit_z is not None
    assert noor.infit_z > 3
    assert all(element.infit < 1.2 for name, element in fit.raters.items() if name != "Noor")


def test_standard_errors_are_the_curvature_of_the_likelihood() -> None:
    """1 / sqrt of minus the second derivative by one parameter alone, taken by differences."""
    rows, _ = simulated(9, subjects=8, items=3, raters=3)
    fit = fit_facets(table(rows), scale=SCALE)
    steps = [threshold.measure for threshold in fit.thresholds]

    def likelihood(place: int, shift: float) -> float:
        moved = tuple(step + (number == place) * shift for number, step in enumerate(steps))
        return sum(
            math.log(probabilities(logit_of(fit, row), moved)[int(row.score)]) for row in rows
        )

    assert likelihood(0, 0.0) == pytest.approx(fit.log_likelihood)
    width = 1e-3
    for place, threshold in enumerate(fit.thresholds):
        curvature = likelihood(place, width) - 2 * likelihood(place, 0) + likelihood(place, -width)
        assert threshold.se == pytest.approx(1 / math.sqrt(-curvature / width**2), rel=1e-4)


def test_reliability_by_hand() -> None:
    """Wright & Masters (1982, pp. 92, 105-106)."""
    rows, _ = simulated(9)
    fit = fit_facets(table(rows), scale=SCALE)
    values = measures(fit.subjects)
    errors = np.array([element.se for element in fit.subjects.values()])
    observed, error = values.var(ddof=1), (errors**2).mean()
    figures = fit.reliability["subjects"]
    assert figures.reliability == pytest.approx((observed - error) / observed)
    assert figures.separation == pytest.approx(math.sqrt((observed - error) / error))
    assert figures.strata == pytest.approx((4 * math.sqrt((observed - error) / error) + 1) / 3)
    mean = np.average(values, weights=errors**-2)
    assert figures.chi_square == pytest.approx((((values - mean) / errors) ** 2).sum())
    assert figures.degrees_of_freedom == 11
    assert figures.p_value is not None
    assert figures.p_value < 0.001


def test_raters_who_do_not_differ_have_no_reliability() -> None:
    """Ines and Otto score alike throughout: there is nothing to tell apart."""
    rows, _ = simulated(10, raters=1)
    alike = [Row(row.subject, row.item, name, row.score) for row in rows for name in RATERS[1:3]]
    fit = fit_facets(table(alike), scale=SCALE)
    figures = fit.reliability["raters"]
    assert figures.reliability is None
    assert figures.undefined is not None
    assert figures.undefined.reason == "no_variance"
    assert figures.chi_square == pytest.approx(0, abs=1e-9)


def test_not_rateable_is_no_observation() -> None:
    rows, _ = simulated(11)
    asked = [*rows, Row("meeting-001", "element-99", "Asta", None), Row("none", "x", "Zoe", None)]
    with_gaps, without = fit_facets(table(asked), scale=SCALE), fit_facets(table(rows), scale=SCALE)
    assert with_gaps.raters["Asta"] == without.raters["Asta"]
    assert with_gaps.raters["Zoe"].measure is None
    assert with_gaps.raters["Zoe"].n == 0
    assert with_gaps.warnings == (
        "No scores, no measure: subject none, item element-99, item x, rater Zoe.",
    )


def test_without_items_there_are_two_facets() -> None:
    rows, _ = simulated(12, subjects=30, items=1)
    bare = [Row(row.subject, None, row.rater, row.score) for row in rows]
    without, with_one = (
        fit_facets(table(bare), scale=SCALE),
        fit_facets(table(rows), scale=SCALE),
    )
    assert without.items == {}
    assert measures(without.raters) == pytest.approx(measures(with_one.raters))
    assert measure_of(with_one.items["element-01"]) == 0
    assert with_one.warnings == ("There is only one item: its measure is 0 by definition.",)
    assert bias_interactions(without) == ()


def test_the_figures_as_plain_values() -> None:
    rows, _ = simulated(13, subjects=5, items=2, raters=3)
    fit = fit_facets(table(rows), scale=SCALE)
    plain = json.loads(json.dumps(fit.as_dict(), allow_nan=False))
    assert list(plain["raters"]) == ["Asta", "Ines", "Mirembe"]
    assert set(plain["raters"]["Asta"]) == {
        "measure",
        "se",
        "infit",
        "outfit",
        "infit_z",
        "outfit_z",
        "n",
        "extreme",
    }
    assert plain["thresholds"] == [threshold.measure for threshold in fit.thresholds]
    assert plain["threshold_categories"] == [1, 2, 3, 4]
    assert set(plain["reliability"]) == {"subjects", "items", "raters"}
    assert plain["log_likelihood"] < 0
    assert plain["converged"] is True
    assert plain["warnings"] == []


def test_one_rater_treats_one_item_differently() -> None:
    """Noor is a fair judge of everything but the second element, which she scores two points up."""
    rows, _ = simulated(14, subjects=20)
    biased = [
        Row(row.subject, row.item, row.rater, min(row.score + 2, 4))
        if (row.rater, row.item) == ("Noor", "element-02")
        else row
        for row in rows
    ]
    fit = fit_facets(table(biased), scale=SCALE)
    interactions = bias_interactions(fit)
    assert len(interactions) == 5 * 6
    largest = max(interactions, key=lambda interaction: abs(interaction.t))
    assert (largest.rater, largest.item, largest.n) == ("Noor", "element-02", 20)
    assert largest.measure > 1
    assert largest.observed_minus_expected > 0.5


def test_each_bias_makes_the_expected_sum_of_its_cell_the_observed_one() -> None:
    rows, _ = simulated(15, missing=0.2)
    fit = fit_facets(table(rows), scale=SCALE)
    steps = tuple(threshold.measure for threshold in fit.thresholds)
    ranks = np.arange(len(SCALE))
    for interaction in bias_interactions(fit):
        own = [r for r in rows if (r.rater, r.item) == (interaction.rater, interaction.item)]
        shifted = [probabilities(logit_of(fit, row) + interaction.measure, steps) for row in own]
        variances = [p @ (ranks - p @ ranks) ** 2 for p in shifted]
        observed = sum(row.score for row in own)
        before = sum(model_of(fit, row)[1] for row in own)
        assert not interaction.extreme
        assert sum(p @ ranks for p in shifted) == pytest.approx(observed, abs=1e-6)
        assert interaction.se == pytest.approx(1 / math.sqrt(sum(variances)), rel=1e-6)
        assert interaction.t == pytest.approx(interaction.measure / interaction.se)
        assert interaction.observed_minus_expected == pytest.approx((observed - before) / len(own))
        assert interaction.n == len(own)


def test_an_extreme_cell_has_a_finite_bias_and_never_to_the_wrong_side() -> None:
    """Ines gave the first element the highest score each time."""
    rows, _ = simulated(16)
    biased = [
        Row(row.subject, row.item, row.rater, 4.0)
        if (row.rater, row.item) == ("Ines", "element-01")
        else row
        for row in rows
    ]
    fit = fit_facets(table(biased), scale=SCALE)
    (cell,) = [i for i in bias_interactions(fit) if (i.rater, i.item) == ("Ines", "element-01")]
    assert cell.extreme
    assert 1 < cell.measure < 10
    lenient = [Row(row.subject, row.item, row.rater, min(row.score + 2, 4)) for row in rows]
    for interaction in bias_interactions(fit_facets(table(lenient), scale=SCALE)):
        if interaction.extreme:
            assert interaction.measure * interaction.observed_minus_expected >= 0
