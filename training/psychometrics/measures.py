"""The figures as functions of sums: one textbook formula, one short function.

Each takes an array of sums of shape (len(Sum), ...) and returns an array of shape (...), NaN
where the figure is undefined. r is the rater's score, g the consensus, d = r - g.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.psychometrics import intraclass
from training.psychometrics.arrays import NEGLIGIBLE, BoolArray, FloatArray, ratio
from training.psychometrics.vignette_sums import Sum

Formula = Callable[[FloatArray], FloatArray]


def exact(sums: FloatArray) -> FloatArray:
    """Share of compared cells with r = g, 0 to 1. A rateability mismatch is not exact."""
    return ratio(sums[Sum.EXACT], sums[Sum.COMPARED])


def within_one(sums: FloatArray) -> FloatArray:
    """Share of compared cells with |d| <= 1, 0 to 1. A rateability mismatch is not within one."""
    return ratio(sums[Sum.WITHIN_ONE], sums[Sum.COMPARED])


def gross_misses(sums: FloatArray) -> FloatArray:
    """Share of jointly rated cells with |d| >= 2, 0 to 1."""
    return ratio(sums[Sum.GROSS], sums[Sum.JOINT])


def mismatches(sums: FloatArray) -> FloatArray:
    """Share of all cells that only one side found rateable, 0 to 1."""
    return ratio(sums[Sum.MISMATCHES], sums[Sum.CELLS])


def totals(sums: FloatArray) -> FloatArray:
    """Share of vignettes whose total lies near the consensus total, 0 to 1."""
    return ratio(sums[Sum.TOTALS_WITHIN], sums[Sum.TOTALS])


def bias(sums: FloatArray) -> FloatArray:
    """Mean d in scale points; positive = lenient where high is good."""
    return ratio(sums[Sum.DIFFERENCE], sums[Sum.JOINT])


def mean_absolute_error(sums: FloatArray) -> FloatArray:
    """Mean |d| in scale points."""
    return ratio(sums[Sum.ABSOLUTE], sums[Sum.JOINT])


def root_mean_squared_error(sums: FloatArray) -> FloatArray:
    """Square root of the mean d squared, in scale points."""
    return np.sqrt(ratio(sums[Sum.SQUARED], sums[Sum.JOINT]))


def slope(sums: FloatArray) -> FloatArray:
    """Least-squares slope of r on g over all cells; 1 = full use of the scale, 0 = none."""
    joint = sums[Sum.JOINT]
    product = sums[Sum.PRODUCT] - ratio(sums[Sum.SCORE] * sums[Sum.REFERENCE], joint)
    return ratio(product, spread(sums[Sum.REFERENCE_SQUARED], sums[Sum.REFERENCE], joint))


def within_vignette_slope(sums: FloatArray) -> FloatArray:
    """Slope of r on g with both centred on their vignette's mean; halo pulls it towards 0.

    Centring each group is the fixed-effects ("within") estimator (Wooldridge 2010, chapter 10).
    """
    return ratio(sums[Sum.WITHIN_PRODUCT], sums[Sum.WITHIN_REFERENCE])


def sd_ratio(sums: FloatArray) -> FloatArray:
    """Standard deviation of r over that of g; below 1 = a narrower use of the scale."""
    joint = sums[Sum.JOINT]
    scores = spread(sums[Sum.SCORE_SQUARED], sums[Sum.SCORE], joint)
    references = spread(sums[Sum.REFERENCE_SQUARED], sums[Sum.REFERENCE], joint)
    return np.sqrt(np.maximum(ratio(scores, references), 0.0))


def kappa_quadratic(sums: FloatArray) -> FloatArray:
    """Cohen's kappa with quadratic weights (Cohen 1968), at most 1, may be negative.

    One minus observed over expected mean squared difference; expected pairs every r with every g.
    The factor (K - 1) squared of the weights cancels, so the number of categories does not matter
    for this weighting. Undefined where the consensus does not vary: the formula would then say 0
    for anybody, or 0/0 for a perfect rater.
    """
    joint = sums[Sum.JOINT]
    mean_score, mean_reference = ratio(sums[Sum.SCORE], joint), ratio(sums[Sum.REFERENCE], joint)
    squares = ratio(sums[Sum.SCORE_SQUARED] + sums[Sum.REFERENCE_SQUARED], joint)
    expected = squares - 2.0 * mean_score * mean_reference
    kappa = 1.0 - ratio(ratio(sums[Sum.SQUARED], joint), expected)
    return np.where(reference_varies(sums), kappa, np.nan)


def icc_agreement(sums: FloatArray) -> FloatArray:
    """ICC(A,1), two-way, absolute agreement, single rater (McGraw & Wong 1996, table 4).

    Rater and consensus are the k = 2 columns, the cells the rows. May be negative.
    Undefined where the consensus does not vary.
    """
    return np.where(reference_varies(sums), intraclass.icc_a_1(mean_squares(sums)), np.nan)


def mean_squares(sums: FloatArray) -> intraclass.MeanSquares:
    """Of the two-way layout with the cells as rows and rater and consensus as columns."""
    joint = sums[Sum.JOINT]
    pair_sum_squares = (
        sums[Sum.SCORE_SQUARED] + sums[Sum.REFERENCE_SQUARED] + 2.0 * sums[Sum.PRODUCT]
    )
    pair_sums = sums[Sum.SCORE] + sums[Sum.REFERENCE]
    return intraclass.MeanSquares(
        n=joint,
        k=2,
        rows=ratio(spread(pair_sum_squares, pair_sums, joint), joint - 1.0) / 2.0,
        columns=ratio(sums[Sum.DIFFERENCE] ** 2, joint) / 2.0,
        error=ratio(spread(sums[Sum.SQUARED], sums[Sum.DIFFERENCE], joint), joint - 1.0) / 2.0,
    )


def spread(squares: FloatArray, total: FloatArray, count: FloatArray) -> FloatArray:
    """Sum of squared deviations from the mean."""
    return squares - ratio(total**2, count)


def reference_varies(sums: FloatArray) -> BoolArray:
    """Whether the consensus gave more than one score."""
    squares = spread(sums[Sum.REFERENCE_SQUARED], sums[Sum.REFERENCE], sums[Sum.JOINT])
    return np.asarray(squares > NEGLIGIBLE)


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure: its formula, the sum that counts its units, and what it can be.

    is_rate     a share, 0 to 1.
    is_spread   a standard deviation.
    is_size     anything else that is never below 0.
    """

    formula: Formula
    units: int
    is_rate: bool = False
    is_spread: bool = False
    is_size: bool = False


MEASURES: dict[str, Measure] = {
    "exact": Measure(exact, Sum.COMPARED, is_rate=True),
    "within_one": Measure(within_one, Sum.COMPARED, is_rate=True),
    "gross_misses": Measure(gross_misses, Sum.JOINT, is_rate=True),
    "mismatches": Measure(mismatches, Sum.CELLS, is_rate=True),
    "totals": Measure(totals, Sum.TOTALS, is_rate=True),
    "bias": Measure(bias, Sum.JOINT),
    "mae": Measure(mean_absolute_error, Sum.JOINT, is_size=True),
    "rmse": Measure(root_mean_squared_error, Sum.JOINT, is_size=True),
    "slope": Measure(slope, Sum.JOINT),
    "within_vignette_slope": Measure(within_vignette_slope, Sum.JOINT),
    "sd_ratio": Measure(sd_ratio, Sum.JOINT, is_size=True),
    "kappa_quadratic": Measure(kappa_quadratic, Sum.JOINT),
    "icc_agreement": Measure(icc_agreement, Sum.JOINT),
}
