"""Variance components of subjects, raters and items, from complete and incomplete tables.

All facets are random and crossed, with one score per cell. A component is the variance of one
effect of the model score = mean + effects (Brennan 2001, chapters 2 and 3).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from training.psychometrics.arrays import FloatArray, IntArray
from training.psychometrics.generalizability.layout import GeneralizabilityError, Layout

# The coefficients below are shares of the number of scores, so they are of the order of 1 and
# anything this small is rounding.
RANK_TOLERANCE = 1e-9

RESOLVED = 1e-7
"""A combination of components is estimable if the equations return it up to this."""

ROUNDING = 1e-12
"""A component smaller than this share of the mean square of the scores is 0."""

MOST_SCORES_FOR_ERRORS = 1500
"""Standard errors in an incomplete table need a scores x scores matrix, 18 MB at this size."""


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Estimated variance components, in scale points squared.

    solution            (effects,) the estimates. Components that the table cannot tell apart
                        share their sum here; only combinations that are estimable mean anything.
    resolution          (effects, effects) projection on the combinations that are estimable.
    errors              by effect, standard error of the solution, in scale points squared; None
                        where there is none.
    mean_squares        by effect, complete tables only.
    degrees_of_freedom  by effect, complete tables only.
    """

    layout: Layout
    solution: FloatArray
    resolution: FloatArray
    errors: dict[str, float | None]
    mean_squares: dict[str, float] | None
    degrees_of_freedom: dict[str, int] | None

    @property
    def estimates(self) -> dict[str, float | None]:
        """Each component as estimated, negative ones too; None where it is not estimable."""
        return {
            effect: value if self.is_estimable({effect: 1.0}) else None
            for effect, value in zip(self.layout.effects, self.solution.tolist(), strict=True)
        }

    @property
    def standard_errors(self) -> dict[str, float | None]:
        """Standard error of each component under normality; None where there is none."""
        return {
            effect: error if self.is_estimable({effect: 1.0}) else None
            for effect, error in self.errors.items()
        }

    def is_estimable(self, weights: Mapping[str, float]) -> bool:
        """Whether the table determines this weighted sum of components."""
        wanted = np.array([weights.get(effect, 0.0) for effect in self.layout.effects])
        lost = np.abs(self.resolution @ wanted - wanted).max()
        return bool(lost <= RESOLVED * np.abs(wanted).max())

    def weighted_sum(self, weights: Mapping[str, float]) -> float | None:
        """Weighted sum of the components, negative estimates taken as 0; None if not estimable."""
        if not self.is_estimable(weights):
            return None
        values = zip(self.layout.effects, self.solution.tolist(), strict=True)
        return float(sum(weights.get(effect, 0.0) * max(value, 0.0) for effect, value in values))

    @property
    def confounded(self) -> list[list[str]]:
        """Groups of components that the table cannot tell apart; one alone never varies."""
        names = list(self.layout.effects)
        mixed = np.abs(np.eye(len(names)) - self.resolution) > RESOLVED
        groups: list[list[str]] = []
        for place, name in enumerate(names):
            if mixed[place, place] and not any(name in group for group in groups):
                groups.append(
                    [other for other, is_mixed in zip(names, mixed[place], strict=True) if is_mixed]
                )
        return groups


def estimate_components(layout: Layout) -> Components:
    """Henderson's Method I, the "analogous ANOVA" (Henderson 1953; Brennan 2001, chapter 7).

    For each effect T = sum over its levels of (sum of scores)^2 / (number of scores). The
    expectation of T is a known weighted sum of all components, so equating the T to their
    expectations gives linear equations for the components. Their solution is unbiased whatever
    cells are missing, as long as what is missing does not depend on the scores, and is the
    ANOVA estimate (from expected mean squares) where no cell is missing.

    Raises GeneralizabilityError where the design leaves no component estimable.
    """
    coefficients, sums = _equations(layout)
    inverse = np.asarray(np.linalg.pinv(coefficients, rcond=RANK_TOLERANCE), dtype=np.float64)
    solution = inverse @ sums
    rounding = ROUNDING * float(np.mean(layout.deviations**2))
    solution[np.abs(solution) <= rounding] = 0.0
    freedom = _degrees_of_freedom(layout) if layout.is_complete else None
    squares = None if freedom is None else _mean_squares(layout, freedom)
    if squares is not None and freedom is not None:
        errors = _standard_errors_complete(layout, squares, freedom)
    else:
        errors = _standard_errors_incomplete(layout, solution, inverse)
    components = Components(layout, solution, inverse @ coefficients, errors, squares, freedom)
    if all(value is None for value in components.estimates.values()):
        raise GeneralizabilityError(
            "No variance component can be told from the others: let at least two raters score "
            "the same two subjects."
        )
    return components


def _sum_of_squared_totals(code: IntArray, deviations: FloatArray) -> float:
    """T of one effect: squared total of each level over its number of scores."""
    return float((np.bincount(code, weights=deviations) ** 2 / np.bincount(code)).sum())


def _coefficient(code: IntArray, other: IntArray) -> float:
    """Weight of the other effect's component in the expectation of this effect's T.

    Sum over this effect's levels a of (sum over the other's levels b of n_ab^2) / n_a.
    """
    joint = code * (int(other.max()) + 1) + other
    _, first, counts = np.unique(joint, return_index=True, return_counts=True)
    return float((counts.astype(np.float64) ** 2 / np.bincount(code)[code[first]]).sum())


def _equations(layout: Layout) -> tuple[FloatArray, FloatArray]:
    """Coefficients (effects, effects) and left-hand sides (effects,), per score.

    T of the grand mean is taken from every T, which removes the unknown mean; it is 0 itself,
    since the scores are deviations from their mean.
    """
    codes = list(layout.codes.values())
    everything = np.zeros_like(codes[0])
    mean = np.array([_coefficient(everything, other) for other in codes])
    coefficients = np.array([[_coefficient(code, other) for other in codes] for code in codes])
    sums = np.array([_sum_of_squared_totals(code, layout.deviations) for code in codes])
    scores = len(layout.deviations)
    return (coefficients - mean) / scores, sums / scores


def _degrees_of_freedom(layout: Layout) -> dict[str, int]:
    return {
        effect: int(np.prod([layout.levels[facet] - 1 for facet in facets]))
        for effect, facets in layout.effects.items()
    }


def _mean_squares(layout: Layout, freedom: Mapping[str, int]) -> dict[str, float]:
    """Mean square of each effect of a complete table, by including and excluding the T."""
    totals = {
        frozenset(facets): _sum_of_squared_totals(layout.codes[effect], layout.deviations)
        for effect, facets in layout.effects.items()
    }
    return {
        effect: max(_sum_of_squares(totals, facets), 0.0) / freedom[effect]
        for effect, facets in layout.effects.items()
    }


def _sum_of_squares(totals: Mapping[frozenset[str], float], facets: tuple[str, ...]) -> float:
    parts = (
        (-1.0) ** (len(facets) - size) * totals[frozenset(part)]
        for size in range(1, len(facets) + 1)
        for part in itertools.combinations(facets, size)
    )
    return sum(parts)


def _standard_errors_complete(
    layout: Layout, squares: Mapping[str, float], freedom: Mapping[str, int]
) -> dict[str, float | None]:
    """Searle (1971, chapter 9): under normality 2 MS^2 / (df + 2) is unbiased for var(MS).

    A component is a sum of mean squares with signs, over the number of scores per level, and
    the mean squares of a complete table are independent.
    """
    variances = {effect: 2.0 * squares[effect] ** 2 / (freedom[effect] + 2) for effect in squares}
    errors: dict[str, float | None] = {}
    for effect, facets in layout.effects.items():
        scores_per_level = layout.cells / np.prod([layout.levels[facet] for facet in facets])
        within = [
            variances[other]
            for other, other_facets in layout.effects.items()
            if set(facets) <= set(other_facets)
        ]
        errors[effect] = float(np.sqrt(sum(within)) / scores_per_level)
    return errors


def _standard_errors_incomplete(
    layout: Layout, solution: FloatArray, inverse: FloatArray
) -> dict[str, float | None]:
    """Under normality cov(y'Ay, y'By) = 2 tr(AVBV) (Searle 1971, chapter 2).

    V is the covariance matrix of the scores at the estimated components, negative ones taken as
    0. With few levels this is too large rather than too small: with f degrees of freedom by about
    sqrt(1 + 2 / f). None for more than `MOST_SCORES_FOR_ERRORS` scores.
    """
    if len(layout.deviations) > MOST_SCORES_FOR_ERRORS:
        return dict.fromkeys(layout.effects)
    codes = list(layout.codes.values())
    covariance = np.zeros((len(layout.deviations),) * 2)
    for code, component in zip(codes, np.maximum(solution, 0.0), strict=True):
        covariance += component * (code[:, None] == code)
    codes.append(np.zeros_like(codes[0]))
    halves = [_grouped(covariance, code) for code in codes]
    of_sums = np.array(
        [[2.0 * (_grouped(half.T, code) ** 2).sum() for code in codes] for half in halves]
    )
    # The last row and column belong to the grand mean, whose T is taken from every T.
    contrast = np.hstack([np.eye(len(codes) - 1), -np.ones((len(codes) - 1, 1))])
    to_components = inverse @ contrast / len(layout.deviations)
    variances = np.diag(to_components @ of_sums @ to_components.T)
    return {
        effect: float(np.sqrt(max(variance, 0.0)))
        for effect, variance in zip(layout.effects, variances.tolist(), strict=True)
    }


def _grouped(matrix: FloatArray, code: IntArray) -> FloatArray:
    """Rows summed within each level and divided by the root of its size: (levels, columns)."""
    order = np.argsort(code, kind="stable")
    sizes = np.bincount(code)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    summed: FloatArray = np.add.reduceat(matrix[order], starts, axis=0)
    return summed / np.sqrt(sizes)[:, None]
