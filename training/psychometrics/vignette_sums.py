"""Sums per vignette: all that the figures, the jackknife and the bootstrap ever need.

Every figure is a function of sums over vignettes. So taking a vignette out is a subtraction, and
drawing vignettes again is a matrix product; no cell is visited twice.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from training.psychometrics.arrays import BoolArray, FloatArray, at_most


class Sum(IntEnum):
    """The rows of an array of sums. r = the rater's score, g = the consensus, d = r - g.

    "Jointly rated" cells have a score from both. A mismatch has a score from one only.
    """

    CELLS = 0
    JOINT = 1
    MISMATCHES = 2
    COMPARED = 3  # jointly rated or mismatched: what exact and within one are shares of
    EXACT = 4
    WITHIN_ONE = 5
    GROSS = 6
    DIFFERENCE = 7
    ABSOLUTE = 8
    SQUARED = 9
    SCORE = 10
    REFERENCE = 11
    SCORE_SQUARED = 12
    REFERENCE_SQUARED = 13
    PRODUCT = 14
    # The rest exist per vignette only; they are 0 in the sums of a single item.
    WITHIN_SCORE = 15
    WITHIN_REFERENCE = 16
    WITHIN_PRODUCT = 17
    TOTALS = 18
    TOTALS_WITHIN = 19


GROSS_MISS = 2
"""A gross miss is at least this many points away from the consensus."""


def cell_contributions(scores: FloatArray, references: FloatArray, asked: BoolArray) -> FloatArray:
    """What each cell adds to each sum.

    scores, references  (..., vignettes, items), NaN = not rateable; asked broadcasts to them.
    Returns (len(Sum), ..., vignettes, items).
    """
    scored = ~np.isnan(scores) & asked
    referenced = ~np.isnan(references) & asked
    joint = scored & referenced
    score = np.where(joint, scores, 0.0)
    reference = np.where(joint, references, 0.0)
    difference = score - reference
    distance = np.abs(difference)
    mismatch = scored ^ referenced
    contributions = np.zeros((len(Sum), *joint.shape))
    contributions[Sum.CELLS] = asked
    contributions[Sum.JOINT] = joint
    contributions[Sum.MISMATCHES] = mismatch
    contributions[Sum.COMPARED] = joint | mismatch
    contributions[Sum.EXACT] = joint & (distance == 0)
    contributions[Sum.WITHIN_ONE] = joint & at_most(distance, 1.0)
    contributions[Sum.GROSS] = joint & at_most(GROSS_MISS, distance)
    contributions[Sum.DIFFERENCE] = difference
    contributions[Sum.ABSOLUTE] = distance
    contributions[Sum.SQUARED] = difference**2
    contributions[Sum.SCORE] = score
    contributions[Sum.REFERENCE] = reference
    contributions[Sum.SCORE_SQUARED] = score**2
    contributions[Sum.REFERENCE_SQUARED] = reference**2
    contributions[Sum.PRODUCT] = score * reference
    return contributions


def sums_by_vignette(
    contributions: FloatArray, *, scale_range: float, total_tolerance: float
) -> FloatArray:
    """(len(Sum), ..., vignettes, items) to (len(Sum), ..., vignettes).

    Adds what only a whole vignette has: sums of squares and products around the vignette's own
    means, and whether its total lies within `total_tolerance` (a share, 0 to 1) of the range that
    a total over the jointly rated items can have, `scale_range` points for each of them. Raises
    ValueError for a tolerance out of range.
    """
    if not 0.0 <= total_tolerance <= 1.0:
        raise ValueError(f"total_tolerance must lie between 0 and 1, not {total_tolerance!r}")
    sums: FloatArray = contributions.sum(axis=-1)
    joint = sums[Sum.JOINT]
    counted = np.maximum(joint, 1.0)
    score, reference = sums[Sum.SCORE], sums[Sum.REFERENCE]
    sums[Sum.WITHIN_SCORE] = (counted * sums[Sum.SCORE_SQUARED] - score**2) / counted
    sums[Sum.WITHIN_REFERENCE] = (counted * sums[Sum.REFERENCE_SQUARED] - reference**2) / counted
    sums[Sum.WITHIN_PRODUCT] = (counted * sums[Sum.PRODUCT] - score * reference) / counted
    allowed = total_tolerance * scale_range * joint
    sums[Sum.TOTALS] = joint > 0
    sums[Sum.TOTALS_WITHIN] = (joint > 0) & at_most(np.abs(sums[Sum.DIFFERENCE]), allowed)
    return sums


def sums_by_item(contributions: FloatArray) -> FloatArray:
    """(len(Sum), ..., vignettes, items) to (len(Sum), ..., items, vignettes): one item each."""
    return np.swapaxes(contributions, -1, -2)
