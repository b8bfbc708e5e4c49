"""Intervals around a figure: jackknife over vignettes, Wilson for shares, F for the ICC.

The items of one vignette are rated in one go and are not independent, so the unit that is left
out or drawn again is the vignette, never the cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from training.psychometrics import distributions, intraclass
from training.psychometrics.arrays import NEGLIGIBLE, BoolArray, FloatArray, ratio
from training.psychometrics.measures import Measure, icc_agreement, mean_squares
from training.psychometrics.statistic import Reason, Statistic, Undefined

JACKKNIFE = "delete-one-vignette jackknife, t"
RATE = "wider of Wilson and delete-one-vignette jackknife, cut at 0 and 1"
SIZE = "delete-one-vignette jackknife, t, cut at 0"
SPREAD = "delete-one-vignette jackknife of the logarithm, t"
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


class Contribution:
    """Which vignettes add to a figure at all, and what follows for its jackknife.

    contributes  (..., vignettes)
    vignettes    (...) how many do: the V of the jackknife.
    """

    def __init__(self, contributes: BoolArray) -> None:
        self.contributes = contributes
        self.vignettes = contributes.sum(axis=-1).astype(np.float64)
        self._is_every_one = bool(contributes.all())
        self._quantiles: dict[float, FloatArray] = {}

    def standard_error(self, without_one: FloatArray) -> FloatArray:
        """From the figures without one vignette each (..., vignettes)."""
        kept = self._only_contributing(without_one)
        mean = ratio(kept.sum(axis=-1), self.vignettes)
        squares = self._only_contributing((kept - mean[..., None]) ** 2).sum(axis=-1)
        usable = np.where(self.vignettes >= 2, self.vignettes, np.nan)
        return np.asarray(np.sqrt((usable - 1.0) / usable * squares))

    def half_width(self, error: FloatArray, *, confidence: float) -> FloatArray:
        """Of the two-sided interval: t on V - 1 degrees of freedom."""
        if confidence not in self._quantiles:
            self._quantiles[confidence] = distributions.t_quantile(
                (1.0 + confidence) / 2.0, self.vignettes - 1.0
            )
        return self._quantiles[confidence] * error

    def _only_contributing(self, values: FloatArray) -> FloatArray:
        return values if self._is_every_one else np.where(self.contributes, values, 0.0)


class VignetteSums:
    """Sums by vignette with what every jackknife needs of them, reckoned once.

    by_vignette  (rows, ..., vignettes), for most figures the rows of `Sum`.
    """

    def __init__(self, by_vignette: FloatArray) -> None:
        self.by_vignette = by_vignette
        self._contributions: dict[int, Contribution] = {}

    @cached_property
    def pooled(self) -> FloatArray:
        """(rows, ...) over all vignettes."""
        return np.asarray(self.by_vignette.sum(axis=-1))

    @cached_property
    def without_one(self) -> FloatArray:
        """(rows, ..., vignettes) over all vignettes but the one."""
        return self.pooled[..., None] - self.by_vignette

    def contribution(self, row: int) -> Contribution:
        """Of the vignettes that have any of the units counted in this row."""
        if row not in self._contributions:
            self._contributions[row] = Contribution(self.by_vignette[row] > 0)
        return self._contributions[row]


def estimate(measure: Measure, sums: VignetteSums, *, confidence: float) -> Estimates:
    """The figure with its two-sided interval.

    A confidence of 0.90 gives ends that are one-sided 95 % bounds.
    """
    value, units = measure.formula(sums.pooled), sums.pooled[measure.units]
    error, vignettes = jackknife_standard_error(measure, sums)
    half = sums.contribution(measure.units).half_width(error, confidence=confidence)
    low, high, method = value - half, value + half, JACKKNIFE
    if measure.is_rate:
        low, high = _with_wilson(value, low, high, units, confidence)
        method = RATE
    elif measure.is_spread:
        low, high = _of_a_logarithm(value, half)
        method = SPREAD
    elif measure.is_size:
        low, method = np.maximum(low, 0.0), SIZE  # which keeps NaN
    elif measure.formula is icc_agreement:
        by_f = icc_agreement_interval(sums.pooled, confidence=confidence)
        low, high = wider((low, high), by_f)
        method = ICC
    return Estimates(value, low, high, error, units, vignettes, method)


def jackknife_standard_error(measure: Measure, sums: VignetteSums) -> tuple[FloatArray, FloatArray]:
    """Delete-one-vignette standard error and the number of vignettes V it rests on.

    sqrt((V - 1) / V * sum of squared deviations of the V figures without one vignette from their
    mean) (Efron & Tibshirani 1993, eq. 11.5). A vignette that adds no unit to the figure is not
    counted. NaN for V < 2, and where the figure cannot be computed without some vignette.
    """
    contribution = sums.contribution(measure.units)
    error = contribution.standard_error(measure.formula(sums.without_one))
    return error, contribution.vignettes


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
    return intraclass.agreement_interval(mean_squares(sums), confidence=confidence)


LARGEST_LOG_HALF_WIDTH = 20.0
"""A spread that may be e^20 times as large is not known at all."""


def _of_a_logarithm(value: FloatArray, half: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Ends that stand in the same ratio to a standard deviation, which is never below 0.

    Spreads come out too small more often than too large: on their logarithm the interval reaches
    further up, and holds the truth more nearly as often as it says.
    """
    relative = ratio(half, value)
    factor = np.exp(np.where(relative < LARGEST_LOG_HALF_WIDTH, relative, np.nan))
    is_none = (value <= NEGLIGIBLE) & (half <= NEGLIGIBLE)
    return np.where(is_none, value, value / factor), np.where(is_none, value, value * factor)


def wider(
    jackknife: tuple[FloatArray, FloatArray], by_f: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """The further end on each side.

    A perfect rater has no error variance, hence no F interval: the jackknife stands alone.
    """
    low = np.where(np.isnan(by_f[0]), jackknife[0], np.minimum(jackknife[0], by_f[0]))
    high = np.where(np.isnan(by_f[1]), jackknife[1], np.maximum(jackknife[1], by_f[1]))
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


def statistics_of(estimates: Estimates) -> list[Statistic]:
    """One Statistic per element, in C order; NaN becomes None with its reason."""
    columns = (
        estimates.value,
        estimates.low,
        estimates.high,
        estimates.standard_error,
        estimates.units,
        estimates.vignettes,
    )
    rows = zip(*(column.ravel().tolist() for column in columns), strict=True)
    return [_statistic(*row, method=estimates.method) for row in rows]


def _statistic(
    value: float,
    low: float,
    high: float,
    error: float,
    units: float,
    vignettes: float,
    *,
    method: str,
) -> Statistic:
    reason = _reason(value, low, high, units, vignettes)
    undefined = None if reason is None else Undefined.because(reason)
    if math.isnan(value):
        return Statistic(None, None, None, None, int(units), method, undefined)
    if undefined is not None:
        return Statistic(value, None, None, None, int(units), method, undefined)
    return Statistic(value, low, high, error, int(units), method)


def _reason(value: float, low: float, high: float, units: float, vignettes: float) -> Reason | None:
    if math.isnan(value):
        return Reason.NO_OVERLAP if units == 0 else Reason.NO_VARIANCE
    if vignettes < 2:
        return Reason.TOO_FEW_UNITS
    if math.isnan(low) or math.isnan(high):
        return Reason.DEPENDS_ON_ONE_UNIT
    return None
