"""Joint maximum likelihood for the many-facet Rasch model: damped Newton steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.psychometrics.arrays import BoolArray, FloatArray, IntArray
from training.psychometrics.facets.design import FACETS, Observations
from training.psychometrics.facets.errors import UnboundedMeasuresError
from training.psychometrics.facets.model import (
    Calibration,
    Moments,
    RatingScale,
    group_sums,
    log_likelihood,
    residuals,
)

TOLERANCE = 1e-7
"""Largest |observed - expected|, in score points or counts, and largest last step, in logits."""

MOST_ITERATIONS = 200

LONGEST_STEP = 4.0
"""In logits. Far from the solution the likelihood is too flat for a full Newton step."""

DRIFT = 0.1
"""A step that moves an expected score by about this much although all score equations hold.

Newton's steps shrink quadratically towards a finite solution; towards one at infinity they stay
at about a logit, or 1 / k logits where scores differ by k steps, while residuals go on shrinking.
"""

FLATTEST = 1e-10
"""Added to the diagonal of the information, so that steps from where it underflows are defined."""


@dataclass(frozen=True, slots=True)
class NormalEquations:
    """An information matrix in two parts, the first of which is diagonal.

    many       numbers of the free elements of the facet with the most elements.
    few        numbers of the other free elements.
    diagonal   (many,), cross (many, few + categories), corner (few + categories, same).
    """

    many: IntArray
    few: IntArray
    diagonal: FloatArray
    cross: FloatArray
    corner: FloatArray

    def reduced(self, diagonal: FloatArray) -> FloatArray:
        """What is left for the few once the many are eliminated (the Schur complement)."""
        complement: FloatArray = self.corner - self.cross.T @ (self.cross / diagonal[:, None])
        return complement

    def solve(self, many: FloatArray, few: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The steps that remove these residuals."""
        diagonal = self.diagonal + FLATTEST
        reduced = self.reduced(diagonal) + FLATTEST * np.eye(len(few))
        remaining = few - self.cross.T @ (many / diagonal)
        try:
            few_step = np.asarray(np.linalg.solve(reduced, remaining), dtype=np.float64)
        except np.linalg.LinAlgError:
            # Only far from the solution, where rounding swallows the flattest directions.
            few_step = np.asarray(np.linalg.lstsq(reduced, remaining)[0], dtype=np.float64)
        return (many - self.cross @ few_step) / diagonal, few_step


def normal_equations(
    observations: Observations,
    weight: FloatArray,
    is_free: BoolArray,
    covariance: FloatArray,
    category_information: FloatArray,
) -> NormalEquations:
    """Information of the free elements and the free categories.

    weight                 (observations,) model variance.
    covariance             (free categories, observations) of the score with each category.
    category_information   (free categories, free categories).
    """
    sizes = [np.count_nonzero(is_free & (observations.facet == place)) for place in range(3)]
    largest = int(np.argmax(sizes))
    others = [place for place in range(3) if place != largest]
    column = np.full(len(is_free), -1)
    many = np.flatnonzero(is_free & (observations.facet == largest))
    few = np.flatnonzero(is_free & (observations.facet != largest))
    column[many], column[few] = np.arange(len(many)), np.arange(len(few))
    categories = len(covariance)
    places = column[observations.element]
    diagonal = _summed(places[largest], weight, len(many))
    cross = np.zeros((len(many), len(few) + categories))
    corner = np.zeros((len(few) + categories, len(few) + categories))
    for other in others:
        cross[:, : len(few)] += _cross_summed(
            places[largest], places[other], weight, len(many), len(few)
        )
        corner[: len(few), : len(few)] += np.diag(_summed(places[other], weight, len(few)))
    both = _cross_summed(places[others[0]], places[others[1]], weight, len(few), len(few))
    corner[: len(few), : len(few)] += both + both.T
    for place in range(categories):
        cross[:, len(few) + place] = _summed(places[largest], covariance[place], len(many))
        row = sum(_summed(places[other], covariance[place], len(few)) for other in others)
        corner[len(few) + place, : len(few)] = corner[: len(few), len(few) + place] = row
    corner[len(few) :, len(few) :] = category_information
    return NormalEquations(many, few, diagonal, cross, corner)


def maximise(
    start: Calibration, is_free: BoolArray, is_free_category: BoolArray
) -> tuple[Calibration, int]:
    """The maximum of the joint likelihood over the free parameters, and the Newton steps taken.

    The log-likelihood is concave, so Newton's method with a halved step wherever a step would
    lower it comes from any start to the only maximum. Raises UnboundedMeasuresError where that is
    at infinity.
    """
    current = start
    at = current.moments()
    height = log_likelihood(current, at)
    element_step, category_step = np.zeros(len(is_free)), np.zeros(len(is_free_category))
    for iteration in range(MOST_ITERATIONS):
        elements, categories = residuals(current, at)
        residual = _largest(elements[is_free], categories[is_free_category])
        element_step, category_step = _newton_step(
            current, at, elements, categories, is_free, is_free_category
        )
        longest = _largest(element_step, category_step)
        if residual < TOLERANCE and longest < TOLERANCE:
            return current, iteration
        if residual < TOLERANCE / 100 and longest * current.scale.rank[-1] > DRIFT:
            break
        shorter = min(1.0, LONGEST_STEP / longest)
        current, at, height = _rise(
            current, height, shorter * element_step, shorter * category_step
        )
    drift = DRIFT / current.scale.rank[-1]
    raise UnboundedMeasuresError(_drifting(current.observations, np.abs(element_step) > drift))


def _newton_step(
    current: Calibration,
    at: Moments,
    elements: FloatArray,
    categories: FloatArray,
    is_free: BoolArray,
    is_free_category: BoolArray,
) -> tuple[FloatArray, FloatArray]:
    probability = at.probability[is_free_category]
    rank = current.scale.rank[is_free_category]
    equations = normal_equations(
        current.observations,
        at.variance,
        is_free,
        covariance=probability * (rank[:, None] - at.expected),
        category_information=np.diag(probability.sum(axis=1)) - probability @ probability.T,
    )
    few = len(equations.few)
    many_step, few_step = equations.solve(
        elements[equations.many],
        np.concatenate([elements[equations.few], categories[is_free_category]]),
    )
    element_step, category_step = np.zeros(len(is_free)), np.zeros(len(is_free_category))
    element_step[equations.many], element_step[equations.few] = many_step, few_step[:few]
    category_step[is_free_category] = few_step[few:]
    return element_step, category_step


def _rise(
    current: Calibration, height: float, element_step: FloatArray, category_step: FloatArray
) -> tuple[Calibration, Moments, float]:
    """Go the step, or the part of it, halved and halved again, that does not lower the height."""
    for halving in range(MOST_ITERATIONS):
        part = 0.5**halving
        scale = RatingScale(current.scale.places, current.scale.easiness + part * category_step)
        location = current.location + part * element_step
        candidate = Calibration(current.observations, current.category, location, scale)
        at = candidate.moments()
        reached = log_likelihood(candidate, at)
        if reached >= height - 1e-12 * (1.0 + abs(height)):
            break
    return candidate, at, reached


def _drifting(observations: Observations, drifts: BoolArray) -> list[tuple[str, str]]:
    return sorted(
        (FACETS[observations.facet[element]], observations.names[element])
        for element in np.flatnonzero(drifts)
    )


def _largest(*parts: FloatArray) -> float:
    return max(float(np.abs(part).max(initial=0.0)) for part in parts)


def _summed(places: IntArray, weight: FloatArray, size: int) -> FloatArray:
    """Sums by place; a place of -1 does not count."""
    return group_sums(places + 1, weight, size + 1)[1:]


def _cross_summed(
    rows: IntArray, columns: IntArray, weight: FloatArray, height: int, width: int
) -> FloatArray:
    cell = np.where((rows < 0) | (columns < 0), -1, rows * width + columns)
    return _summed(cell, weight, height * width).reshape(height, width)
