"""Intervals around a figure: jackknife over vignettes, Wilson for shares, F for the ICC.

The items of one vignette are rated in one go and are not independent, so the unit that is left
out or drawn again is the vignette, never the cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.psychometrics import distributions
from training.psychometrics.arrays import FloatArray, ratio
from training.psychometrics.measures import Measure, icc_agreement, mean_squares
from training.psychometrics.vignette_sums import Sum

JACKKNIFE = "delete-one-vignette jackknife, t"
RATE = "wider of Wilson and delete-one-vignette jackknife, cut at 0 and 1"
ICC = "wider of F (McGraw & Wong 1996) and delete-one-vignette jackknife"


@dataclass(frozen=True, slots=True)
class Estimates:
    """Figures with intervals for many raters or items at once; all arrays have the same shape.

    value, low, high, standard_error   NaN where undefined.
    units      number of units behind each value.
    vignettes  number of vignettes behind each value.
    """

    value: FloatArray
    low: FloatArray
    high: FloatArray
    standard_error: FloatArray
    units: FloatArray
    vignettes: FloatArray
    method: str


def estimate(measure: Measure, sums: FloatArray, *, confidence: float) -> Estimates:
    """The figure with its two-sided interval from sums of shape (len(Sum), ..., vignettes).

    A confidence of 0.90 gives ends that are one-sided 95 % bounds.
    """
    pooled: FloatArray = sums.sum(axis=-1)
    value = measure.formula(pooled)
    error, vignettes = jackknife_standard_error(measure, sums)
    half = distributions.t_quantile((1.0 + confidence) / 2.0, vignettes - 1.0) * error
    low, high, method = value - half, value + half, JACKKNIFE
    if measure.is_rate:
        low, high = _with_wilson(value, low, high, pooled[measure.units], confidence)
        method = RATE
    elif measure.formula is icc_agreement:
        f_low, f_high = icc_agreement_interval(pooled, confidence=confidence)
        # A perfect rater has no error variance, hence no F interval: the jackknife stands alone.
        low = np.where(np.isnan(f_low), low, np.minimum(low, f_low))
        high = np.where(np.isnan(f_high), high, np.maximum(high, f_high))
        method = ICC
    return Estimates(value, low, high, error, pooled[measure.units], vignettes, method)


def jackknife_standard_error(measure: Measure, sums: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Delete-one-vignette standard error and the number of vignettes V it rests on.

    sqrt((V - 1) / V * sum of squared deviations of the V figures without one vignette from their
    mean) (Efron & Tibshirani 1993, eq. 11.5). A vignette that adds no unit to the figure is not
    counted. NaN for V < 2, and where the figure cannot be computed without some vignette.
    """
    pooled = sums.sum(axis=-1)
    contributes = sums[measure.units] > 0
    vignettes = contributes.sum(axis=-1).astype(np.float64)
    without_one = np.where(contributes, measure.formula(pooled[..., None] - sums), 0.0)
    mean = ratio(without_one.sum(axis=-1), vignettes)
    squares = np.where(contributes, (without_one - mean[..., None]) ** 2, 0.0).sum(axis=-1)
    usable = np.where(vignettes >= 2, vignettes, np.nan)
    return np.sqrt((usable - 1.0) / usable * squares), vignettes


def wilson_interval(
    value: FloatArray, units: FloatArray, *, confidence: float
) -> tuple[FloatArray, FloatArray]:
    """Score interval of a share (Wilson 1927; Brown, Cai & DasGupta 2001, eq. 4)."""
    z = distributions.normal_quantile((1.0 + confidence) / 2.0)
    shrunk = 1.0 + ratio(np.full_like(units, z**2), units)
    centre = (value + ratio(np.full_like(units, z**2 / 2.0), units)) / shrunk
    variance = ratio(value * (1.0 - value), units) + ratio(np.full_like(units, z**2), 4 * units**2)
    half = z * np.sqrt(variance) / shrunk
    return centre - half, centre + half


def icc_agreement_interval(sums: FloatArray, *, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Interval of ICC(A,1) for two columns, cells taken as independent rows.

    McGraw & Wong (1996), table 7, with Satterthwaite's degrees of freedom left unrounded. NaN
    where there is no error variance. sums: shape (len(Sum), ...), already pooled over vignettes.
    """
    count = sums[Sum.JOINT]
    rows, columns, error = mean_squares(sums)
    icc = icc_agreement(sums)
    column_weight = ratio(2.0 * icc, count * (1.0 - icc))
    error_weight = 1.0 + column_weight * (count - 1.0)
    freedom = ratio(
        (column_weight * columns + error_weight * error) ** 2,
        (column_weight * columns) ** 2 + ratio((error_weight * error) ** 2, count - 1.0),
    )
    upper_tail = (1.0 + confidence) / 2.0
    below = distributions.f_quantile(upper_tail, count - 1.0, freedom)
    above = distributions.f_quantile(upper_tail, freedom, count - 1.0)
    noise = 2.0 * columns + (count - 2.0) * error
    low = ratio(count * (rows - below * error), below * noise + count * rows)
    high = ratio(count * (above * rows - error), noise + count * above * rows)
    return low, high


def _with_wilson(
    value: FloatArray, low: FloatArray, high: FloatArray, units: FloatArray, confidence: float
) -> tuple[FloatArray, FloatArray]:
    wilson_low, wilson_high = wilson_interval(value, units, confidence=confidence)
    # np.minimum keeps NaN: Wilson alone would take the cells of a single vignette as independent.
    return (
        np.maximum(np.minimum(low, wilson_low), 0.0),
        np.minimum(np.maximum(high, wilson_high), 1.0),
    )
