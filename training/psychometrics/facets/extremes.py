"""Measures for extreme elements, which the many-facet Rasch model alone would put at infinity."""

from __future__ import annotations

import numpy as np

from training.psychometrics.arrays import BoolArray, FloatArray, IntArray
from training.psychometrics.facets.design import Observations, Screening
from training.psychometrics.facets.model import RatingScale
from training.psychometrics.facets.shifts import solve_shifts

EXTREME_ADJUSTMENT = 0.3
"""Score points by which an extreme score is drawn in before it is measured, as in Facets."""


def measure_extremes(
    observations: Observations, screening: Screening, location: FloatArray, scale: RatingScale
) -> tuple[FloatArray, FloatArray]:
    """Locations with those of extreme elements filled in, and their standard errors.

    location   (elements,) NaN for elements that were not estimated.

    Each is estimated against parameters already known: those found extreme last come first, as
    they were left out for scores beside elements that had been left out before. Scores shared by
    two elements found extreme in the same round say nothing about either; an element with no other
    scores keeps NaN. Scores count as the highest or lowest category that was estimated.
    """
    location, error = location.copy(), np.full(len(location), np.nan)
    for extreme_round in range(len(screening.active_in), 0, -1):
        is_known = ~np.isnan(location)
        known = is_known[observations.element]
        in_round = screening.extreme_in[observations.element] == extreme_round
        active = screening.active_in[extreme_round - 1]
        for place in range(3):
            others_known = np.delete(known, place, axis=0).all(axis=0)
            counts = active & in_round[place] & others_known
            elements, group = np.unique(observations.element[place, counts], return_inverse=True)
            if not elements.size:
                continue
            others = np.delete(observations.element, place, axis=0)[:, counts]
            count = np.bincount(group).astype(np.int64)
            target = _adjusted(count, screening.is_highest[elements], scale)
            location[elements], error[elements] = solve_shifts(
                location[others].sum(axis=0), group, target, scale
            )
    return location, error


def _adjusted(count: IntArray, is_highest: BoolArray, scale: RatingScale) -> FloatArray:
    most = count * scale.rank[-1]
    return np.where(is_highest, most - EXTREME_ADJUSTMENT, EXTREME_ADJUSTMENT)
