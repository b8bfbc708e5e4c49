"""The shift in logits that makes expected sums equal given sums, for many groups of scores."""

from __future__ import annotations

import numpy as np

from training.psychometrics.arrays import FloatArray, IntArray
from training.psychometrics.facets.estimation import (
    FLATTEST,
    LONGEST_STEP,
    MOST_ITERATIONS,
    TOLERANCE,
)
from training.psychometrics.facets.model import RatingScale, group_sums, moments


def solve_shifts(
    logit: FloatArray, group: IntArray, target: FloatArray, scale: RatingScale
) -> tuple[FloatArray, FloatArray]:
    """The shift of each group of observations at which its expected sum equals the target.

    logit    (observations,) without the shift.
    group    (observations,) number of the group.
    target   (groups,) sum in category steps, strictly between the lowest and highest possible.
    Returns the shift and its standard error, both (groups,), in logits. The expected sum rises
    with the shift, so Newton's method is held between the shifts that gave too little and too much.
    """
    shift = np.zeros(len(target))
    low, high = np.full(len(target), -np.inf), np.full(len(target), np.inf)
    for _ in range(MOST_ITERATIONS):
        at = moments(logit + shift[group], scale)
        missing = target - group_sums(group, at.expected, len(target))
        information = group_sums(group, at.variance, len(target)) + FLATTEST
        if np.abs(missing).max(initial=0.0) < TOLERANCE / 10:
            break
        low, high = np.where(missing > 0, shift, low), np.where(missing < 0, shift, high)
        step = np.clip(missing / information, -LONGEST_STEP, LONGEST_STEP)
        beyond = (shift + step <= low) | (shift + step >= high)
        bracketed = beyond & np.isfinite(low) & np.isfinite(high)
        middle = np.where(bracketed, low, 0.0) / 2 + np.where(bracketed, high, 0.0) / 2
        shift = np.where(bracketed, middle, shift + step)
    return shift, 1.0 / np.sqrt(information)
