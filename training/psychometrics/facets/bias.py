"""Bias interactions of the many-facet Rasch model: raters who treat single items differently."""

from __future__ import annotations

import numpy as np

from training.psychometrics.arrays import FloatArray
from training.psychometrics.facets.design import ITEMS, RATERS
from training.psychometrics.facets.model import group_sums
from training.psychometrics.facets.results import BiasInteraction, FacetsFit
from training.psychometrics.facets.shifts import solve_shifts

EXTREME_ADJUSTMENT = 0.5
"""Score points by which an extreme sum is drawn in: nearer than half a point no score can be."""


def bias_interactions(fit: FacetsFit) -> tuple[BiasInteraction, ...]:
    """One interaction for each rater and item with scores, all other parameters held.

    The logit by which the rater departs on the item: the expected sum of the cell at this shift
    equals the observed sum (Linacre 1989). Where all scores of a cell are in the lowest or
    the highest category, the sum is drawn in by 0.5 points, but never past what was expected.
    Cells of extreme elements are left out, a table without items has none. Sorted by rater, item.
    """
    if not fit.items:
        return ()
    calibration = fit.calibration
    observations = calibration.observations
    element = observations.element
    pair = element[RATERS] * len(observations.names) + element[ITEMS]
    cells, group = np.unique(pair, return_inverse=True)
    at = calibration.moments()
    count = group_sums(group, np.ones(len(group)), len(cells))
    observed = group_sums(group, calibration.score, len(cells))
    expected = group_sums(group, at.expected, len(cells))
    most = count * calibration.scale.rank[-1]
    target = _drawn_in(observed, expected, most)
    measure, error = solve_shifts(calibration.logit, group, target, calibration.scale)
    raters, items = np.divmod(cells, len(observations.names))
    difference = (observed - expected) / count
    is_extreme = (observed == 0) | (observed == most)
    columns = (raters, items, measure, error, measure / error, difference, count, is_extreme)
    return tuple(
        BiasInteraction(
            rater=observations.names[rater],
            item=observations.names[item],
            measure=shift,
            se=se,
            t=t,
            observed_minus_expected=mean,
            n=int(n),
            extreme=extreme,
        )
        for rater, item, shift, se, t, mean, n, extreme in zip(
            *(column.tolist() for column in columns), strict=True
        )
    )


def _drawn_in(observed: FloatArray, expected: FloatArray, most: FloatArray) -> FloatArray:
    """An expected sum within half a point of an extreme one is as near as can be observed."""
    low = np.minimum(EXTREME_ADJUSTMENT, expected)
    high = np.maximum(most - EXTREME_ADJUSTMENT, expected)
    return np.where(observed == 0, low, np.where(observed == most, high, observed))
