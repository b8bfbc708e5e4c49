"""The many-facet Rasch model against other ways to the same figures, and against raschpy."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from tests.psychometrics.test_facets import (
    SCALE,
    Row,
    centred,
    measure_of,
    measures,
    simulated,
    table,
)
from training.psychometrics.facets.analysis import (
    Anchors,
    DisconnectedDesignError,
    FacetsFit,
    NothingToEstimateError,
    UnboundedMeasuresError,
    fit_facets,
)

# These packages warn about their own dependencies when they are imported.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pandas
    import raschpy
    import statsmodels.api

FACETS = (("subjects", "subject", 1.0), ("items", "item", -1.0), ("raters", "rater", -1.0))


class Likelihood:
    """The joint likelihood as a multinomial logit with one long design matrix per category.

    Nothing is shared with the engine: parameters are all elements but one item and one rater, and
    the thresholds but one; categories that nobody used are impossible.
    """

    def __init__(self, rows: list[Row]) -> None:
        self.used = sorted({row.score for row in rows})
        self.columns = [
            (facet, name)
            for facet, column, _ in FACETS
            for name in sorted({getattr(row, column) for row in rows})[facet != "subjects" :]
        ] + [("category", category) for category in self.used[1:-1]]
        place = {column: number for number, column in enumerate(self.columns)}
        self.design = np.zeros((len(rows), len(self.used), len(self.columns)))
        for number, row in enumerate(rows):
            for rank, category in enumerate(self.used):
                for facet, column, sign in FACETS:
                    parameter = place.get((facet, getattr(row, column)))
                    if parameter is not None:
                        step = category - self.used[0]
                        self.design[number, rank, parameter] = sign * step
                if ("category", category) in place:
                    self.design[number, rank, place["category", category]] = 1.0
        chosen = [self.used.index(row.score) for row in rows]
        self.chosen = self.design[np.arange(len(rows)), chosen].sum(axis=0)

    def negative(self, parameters: np.ndarray) -> tuple[float, np.ndarray]:
        logit = self.design @ parameters
        highest = logit.max(axis=1, keepdims=True)
        chances = np.exp(logit - highest)
        total = chances.sum(axis=1, keepdims=True)
        value = (highest + np.log(total)).sum() - self.chosen @ parameters
        gradient = np.einsum("nk,nkp->p", chances / total, self.design) - self.chosen
        return float(value), gradient

    def maximum(self) -> tuple[dict[str, dict[str, float]], np.ndarray, float]:
        """Measures by facet, centred as the engine's, the thresholds, the log-likelihood."""
        found = minimize(
            self.negative,
            np.zeros(len(self.columns)),
            jac=True,
            method="BFGS",
            options={"gtol": 1e-8, "maxiter": 5000},
        )
        found_measures: dict[str, dict[str, float]] = {"subjects": {}, "items": {}, "raters": {}}
        easiness = {self.used[0]: 0.0, self.used[-1]: 0.0}
        for (facet, name), value in zip(self.columns, found.x, strict=True):
            (easiness if facet == "category" else found_measures[facet])[name] = float(value)
        return found_measures, self._thresholds(easiness), -float(found.fun)

    def _thresholds(self, easiness: dict[float, float]) -> np.ndarray:
        values = np.array([easiness[category] for category in self.used])
        return -np.diff(values) / np.diff(self.used)


def assert_same_maximum(fit: FacetsFit, rows: list[Row]) -> None:
    oracle, thresholds, height = Likelihood(rows).maximum()
    for facet, column, _ in FACETS[1:]:
        first = min(getattr(row, column) for row in rows)
        expected = centred({first: 0.0, **oracle[facet]})
        for name, element in getattr(fit, facet).items():
            assert measure_of(element) == pytest.approx(expected[name], abs=1e-5)
    ours = measures(fit.subjects)
    theirs = np.array([oracle["subjects"][name] for name in fit.subjects])
    assert ours - ours.mean() == pytest.approx(theirs - theirs.mean(), abs=1e-5)
    assert [t.measure for t in fit.thresholds] == pytest.approx(thresholds, abs=1e-5)
    assert fit.log_likelihood == pytest.approx(height, abs=1e-7)


@pytest.mark.parametrize("seed", range(8))
def test_the_maximum_is_the_one_that_scipy_finds(seed: int) -> None:
    """Random tables of different sizes with up to half the ratings missing."""
    missing = (0.0, 0.15, 0.3, 0.5)[seed % 4]
    rows, _ = simulated(
        100 + seed, subjects=6 + seed, items=4, raters=3 + seed % 3, missing=missing
    )
    fit = fit_facets(table(rows), scale=SCALE)
    assert not any(element.extreme for element in fit.subjects.values())
    assert_same_maximum(fit, rows)


@pytest.mark.parametrize(
    "recoded",
    [
        {3.0: 4.0},
        {1.0: 0.0},
        {1.0: 0.0, 3.0: 4.0},
        {1.0: 2.0, 3.0: 2.0},
        {0.0: 1.0},
        {4.0: 3.0, 2.0: 3.0},
    ],
    ids=["no 3", "no 1", "no 1 or 3", "0, 2, 4", "no 0", "no 2 or 4"],
)
def test_unused_categories_are_impossible_and_keep_their_steps(recoded: dict[float, float]) -> None:
    rows, _ = simulated(130, subjects=10, items=4, raters=4, missing=0.1)
    rows = [
        Row(row.subject, row.item, row.rater, recoded.get(row.score, row.score)) for row in rows
    ]
    assert_same_maximum(fit_facets(table(rows), scale=SCALE), rows)


@pytest.mark.parametrize("seed", range(3))
def test_two_categories_against_logistic_regression(seed: int) -> None:
    """With dummy variables the model for yes and no is a logistic regression (statsmodels)."""
    rows, _ = simulated(140 + seed, subjects=10, items=6, raters=5, thresholds=(0.0,), missing=0.2)
    rows = without_extremes(rows)
    fit = fit_facets(table(rows), scale=(0, 1))
    names = [("subject", name) for name in fit.subjects]
    names += [("item", name) for name in list(fit.items)[1:]]
    names += [("rater", name) for name in list(fit.raters)[1:]]
    design = np.array(
        [[float(getattr(row, facet) == name) for facet, name in names] for row in rows]
    )
    model = statsmodels.api.Logit(np.array([row.score for row in rows]), design)
    found = model.fit(disp=False, tol=1e-12, maxiter=100)
    value = dict(zip(names, found.params, strict=True))
    for facet, column in ((fit.items, "item"), (fit.raters, "rater")):
        first = next(iter(facet))
        for name in list(facet)[1:]:
            apart = measure_of(facet[name]) - measure_of(facet[first])
            assert apart == pytest.approx(-value[column, name], abs=1e-6)
    reference = measure_of(next(iter(fit.items.values())))
    reference += measure_of(next(iter(fit.raters.values())))
    for name, element in fit.subjects.items():
        assert measure_of(element) - reference == pytest.approx(value["subject", name], abs=1e-6)
    assert fit.log_likelihood == pytest.approx(found.llf)
    assert [threshold.measure for threshold in fit.thresholds] == [0.0]


def random_rows(seed: int) -> list[Row]:
    """A few ratings here and there; in every other table raters have subjects of their own."""
    random = np.random.default_rng(seed)
    subjects, items, raters = random.integers(1, 6, 3)
    share, standing = random.uniform(0.3, 1.0), random.normal(0, 1.0, subjects)
    categories = random.integers(2, 5)
    return [
        Row(f"s{subject}", f"i{item}", f"r{rater}", score)
        for subject in range(subjects)
        for item in range(items)
        for rater in range(raters)
        if random.random() < share and (seed % 2 or subject % raters == rater)
        for noise in [random.normal(categories / 2, 1.2)]
        for score in [float(np.clip(np.rint(standing[subject] + noise), 0, categories - 1))]
    ]


def without_extremes(rows: list[Row]) -> list[Row]:
    """The rows of elements that are not extreme, found by plain looking."""
    used = {row.score for row in rows}
    for end in (min(used, default=0.0), max(used, default=0.0)):
        for _, column, _ in FACETS:
            for name in {getattr(row, column) for row in rows}:
                if all(row.score == end for row in rows if getattr(row, column) == name):
                    return without_extremes([r for r in rows if getattr(r, column) != name])
    return rows


def is_connected(rows: list[Row]) -> bool:
    """Whether the dummy variables, without two of them, have full column rank."""
    names = sorted({(c, getattr(row, c)) for row in rows for _, c, _ in FACETS})
    design = np.array([[float(getattr(row, c) == name) for c, name in names] for row in rows])
    return int(np.linalg.matrix_rank(design)) == len(names) - 2


def has_finite_maximum(rows: list[Row]) -> bool:
    """No direction in which no score becomes less likely and some more, by linear programming."""
    likelihood = Likelihood(rows)
    chosen = [likelihood.used.index(row.score) for row in rows]
    own = likelihood.design[np.arange(len(rows)), chosen]
    gains = (own[:, None, :] - likelihood.design).reshape(-1, own.shape[1])
    found = linprog(
        -gains.sum(axis=0), A_ub=-gains, b_ub=np.zeros(len(gains)), bounds=(-1, 1), method="highs"
    )
    return bool(found.fun > -1e-7)


def test_what_is_refused_and_why_by_rank_and_linear_programming() -> None:
    """Of 300 random small tables exactly those are refused that have no single finite maximum.

    Disconnected = rank of the design; unbounded = a direction of recession of the likelihood
    (Albert & Anderson 1984, complete or quasi-complete separation).
    """
    reached = {"fitted": 0, "disconnected": 0, "unbounded": 0, "extreme": 0}
    for seed in range(300):
        rows = random_rows(seed)
        left = without_extremes(rows)
        try:
            fit_facets(table(rows), scale=range(4))
        except NothingToEstimateError:
            outcome = "extreme"
            assert not left
        except DisconnectedDesignError:
            outcome = "disconnected"
            assert not is_connected(left)
        except UnboundedMeasuresError:
            outcome = "unbounded"
            assert is_connected(left)
            assert not has_finite_maximum(left)
        else:
            outcome = "fitted"
            assert is_connected(left)
            assert has_finite_maximum(left)
        reached[outcome] += 1
    assert min(reached.values()) >= 10, reached


def is_determined(rows: list[Row], anchors: Anchors) -> bool:
    """The same with anchored elements known, and facets without anchors of mean 0, all but one."""
    names = sorted({(f, getattr(row, c)) for row in rows for f, c, _ in FACETS})
    free = [(facet, name) for facet, name in names if name not in getattr(anchors, facet)]
    columns = {facet: column for facet, column, _ in FACETS}
    design = [[float(getattr(row, columns[f]) == name) for f, name in free] for row in rows]
    without = [f for f in ("subjects", "raters", "items") if not getattr(anchors, f)]
    design += [[float(facet == f) for f, _ in free] for facet in without[1:]]
    return not free or int(np.linalg.matrix_rank(np.array(design))) == len(free)


def test_what_anchors_determine_by_rank() -> None:
    """Anchors that name somebody present; extremes depend on anchors, so there are none here."""
    reached = {True: 0, False: 0}
    for seed in range(300):
        rows = without_extremes(random_rows(seed))
        if not rows:
            continue
        random = np.random.default_rng(seed)
        anchors = Anchors(
            **{
                facet: {
                    n: 0.0 for n in sorted({getattr(r, c) for r in rows}) if random.random() < p
                }
                for facet, c, _ in FACETS
                for p in [random.choice([0.0, 0.3])]
            }
        )
        try:
            fit_facets(table(rows), scale=range(4), anchors=anchors)
        except DisconnectedDesignError:
            determined = False
        except UnboundedMeasuresError:
            determined = True
        else:
            determined = True
        assert determined == is_determined(rows, anchors)
        reached[determined] += 1
    assert min(reached.values()) >= 10, reached


def by_raschpy(rows: list[Row]) -> Any:
    frame = pandas.DataFrame([vars(row) for row in rows])
    wide = frame.pivot(index=["rater", "subject"], columns="item", values="score")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = raschpy.MFRM(wide.rename_axis(index=["Rater", "Person"]), max_score=4)
        model.calibrate(model="global")
    return model


def slope(of: np.ndarray, on: np.ndarray) -> float:
    """Of a line through 0."""
    return float(of @ on / (on @ on))


def of_both(rows: list[Row]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Items and raters of ours and of raschpy, then the thresholds of ours and of raschpy."""
    fit, model = fit_facets(table(rows), scale=SCALE), by_raschpy(rows)
    theirs = [model.items[name] for name in fit.items]
    theirs += [model.facet_effects_global[name] for name in fit.raters]
    return (
        np.concatenate([measures(fit.items), measures(fit.raters)]),
        np.array(theirs),
        np.array([threshold.measure for threshold in fit.thresholds]),
        model.thresholds.to_numpy(),
    )


@pytest.mark.parametrize(("items", "raters"), [(3, 3), (8, 5)])
def test_raschpy_agrees_but_for_the_bias_of_joint_estimates(items: int, raters: int) -> None:
    """raschpy 1.4 compares pairs, so that subjects cancel; its items and raters are consistent.

    Both agree about who is more severe and which item is harder, almost on a straight line. Ours
    lie further from 0 by about L / (L - 1) for L ratings of each subject: 9 / 8 with 3 items and 3
    raters, 40 / 39 with 8 and 5; thresholds a little more. raschpy is right about this: on average
    it is nearer to the truth, as theory has it, and the difference vanishes as L grows.
    """
    ratings, slopes = items * raters, []
    for seed in range(150, 154):
        rows, truth = simulated(seed, subjects=150, items=items, raters=raters)
        ours, theirs, our_thresholds, their_thresholds = of_both(rows)
        true = np.array([*truth.items.values(), *truth.raters.values()])
        assert np.corrcoef(ours, theirs)[0, 1] > 0.999
        slopes.append(
            [
                slope(ours, theirs),
                slope(our_thresholds, their_thresholds),
                slope(ours, true),
                slope(theirs, true),
            ]
        )
    apart, thresholds_apart, ours_stretched, theirs_stretched = np.mean(slopes, axis=0)
    assert apart == pytest.approx(ratings / (ratings - 1), abs=0.03)
    assert thresholds_apart == pytest.approx(ratings / (ratings - 1), abs=0.07)
    assert ours_stretched == pytest.approx(ratings / (ratings - 1), abs=0.04)
    assert abs(theirs_stretched - 1) < abs(ours_stretched - 1)


def test_given_the_same_parameters_raschpy_finds_the_same_subjects() -> None:
    """Anchored at raschpy's items, raters and thresholds, both give the maximum of one score."""
    rows, _ = simulated(151, subjects=40, items=5, raters=3)
    model = by_raschpy(rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.person_estimates(model="global", warm_corr=False)
    anchors = Anchors(
        items={name: float(value) for name, value in model.items.items()},
        raters={name: float(value) for name, value in model.facet_effects_global.items()},
        thresholds=model.thresholds.tolist(),
    )
    fit = fit_facets(table(rows), scale=SCALE, anchors=anchors)
    for name, element in fit.subjects.items():
        if not element.extreme:
            assert measure_of(element) == pytest.approx(model.persons_global[name], abs=1e-4)
