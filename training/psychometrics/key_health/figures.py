"""What is counted of the first ratings of a cell: shares, mean differences, discrimination."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from training.psychometrics import distributions
from training.psychometrics.arrays import BoolArray, FloatArray, ratio
from training.psychometrics.intervals import wilson_interval
from training.psychometrics.key_health.verdicts import Thresholds
from training.psychometrics.statistic import Reason, Statistic, Undefined

WILSON = "Wilson"
T_OVER_RATERS = "t over raters, variance at least 1/12"
JACKKNIFE_OF_Z = "delete-one-rater jackknife of Fisher's z, t"

ROUNDING_VARIANCE = 1.0 / 12.0
"""Of a score rounded to whole points (Sheppard 1898): raters who all say the same are no surer."""

NOBODY = Undefined(Reason.NO_OVERLAP, "None of these raters rated the item.")
NO_DIFFERENCE = Undefined(
    Reason.NO_OVERLAP, "Too few of these raters and the key both gave a score."
)
TOO_FEW_RATERS = Undefined(Reason.TOO_FEW_UNITS, "Too few raters rated this and enough else.")
ALL_ALIKE = Undefined(
    Reason.NO_VARIANCE, "All raters, or all but a few, agree with the key, or none do."
)
NO_REST = Undefined(Reason.NO_VARIANCE, "The raters agree equally often with all other keys.")
ON_ONE_RATER = Undefined(
    Reason.DEPENDS_ON_ONE_UNIT,
    "Without one of the raters the figure cannot be computed, so its error is unknown.",
)


@dataclass(frozen=True, eq=False)
class FirstRatings:
    """First ratings of the cells of one instrument, raters x cells, beside its keys.

    cells         (vignette, item) by column.
    lowest        (cells,) the lowest score the key accepts, NaN = the key says not rateable.
    highest       (cells,) the highest one, the same but in a band.
    scores        (raters, cells), NaN = not rateable, or not rated.
    is_rated      (raters, cells) tells these two apart.
    is_certified  (raters,)
    months        (raters, cells) from the rater's certification to the rating, negative before
                  it; NaN where there is no certificate.

    Raises ValueError when the shapes do not fit.
    """

    cells: tuple[tuple[str, int], ...]
    lowest: FloatArray
    highest: FloatArray
    scores: FloatArray
    is_rated: BoolArray
    is_certified: BoolArray
    months: FloatArray

    def __post_init__(self) -> None:
        shape = (len(self.is_certified), len(self.cells))
        for name in ("scores", "is_rated", "months"):
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} must be raters x cells {shape}")
        for name in ("lowest", "highest"):
            if getattr(self, name).shape != shape[1:]:
                raise ValueError(f"{name} must hold one value per cell, {shape[1]}")

    @cached_property
    def is_accepted(self) -> BoolArray:
        """(raters, cells) whether the key accepts the rating: exact, in the band, or both NR."""
        with np.errstate(invalid="ignore"):
            is_inside = (self.scores >= self.lowest) & (self.scores <= self.highest)
        is_both_not_rateable = np.isnan(self.scores) & np.isnan(self.lowest)
        return np.asarray(self.is_rated & (is_inside | is_both_not_rateable))

    @cached_property
    def differences(self) -> FloatArray:
        """(raters, cells) score minus the nearest accepted score; NaN unless both gave one."""
        nearest = np.clip(self.scores, self.lowest, self.highest)
        return np.where(self.is_rated, self.scores - nearest, np.nan)


def rest_agreement(ratings: FirstRatings, *, least_cells: int) -> FloatArray:
    """(raters, cells) how often a rater agrees with the keys of all other cells they rated.

    Each agreement counts less the share of raters who agree with that cell, so that raters of
    different vignettes can be compared; where everybody rated everything this is the share itself
    less a constant. A rateability mismatch is a disagreement. NaN for the cells a rater did not
    rate, and where the others are fewer than least_cells.
    """
    agrees = ratings.is_accepted.astype(np.float64)
    easiness = ratio(agrees.sum(axis=0), ratings.is_rated.sum(axis=0).astype(np.float64))
    surplus = np.where(ratings.is_rated, agrees - easiness, 0.0)
    others = ratings.is_rated.sum(axis=1, keepdims=True) - ratings.is_rated
    rest = ratio(surplus.sum(axis=1, keepdims=True) - surplus, others.astype(np.float64))
    return np.where(ratings.is_rated & (others >= least_cells), rest, np.nan)


def top_raters(rest: FloatArray, *, share: float) -> BoolArray:
    """(raters, cells) whether a rater is among the top by agreement with all other cells.

    Leaving the cell out keeps a rater from being trusted, or not, for what they said about it.
    """
    line = np.full(rest.shape[1], np.inf)
    for cell, column in enumerate(rest.T):
        known = np.sort(column[~np.isnan(column)])[::-1]
        if known.size:
            line[cell] = known[max(1, round(share * known.size)) - 1]
    with np.errstate(invalid="ignore"):
        return np.asarray(rest >= line)


def accepted_share(
    ratings: FirstRatings, is_asked: BoolArray, thresholds: Thresholds
) -> list[Statistic]:
    """For each cell the share of these raters whose rating the key accepts, 0 to 1."""
    raters = is_asked.sum(axis=0).astype(np.float64)
    share = ratio((is_asked & ratings.is_accepted).sum(axis=0).astype(np.float64), raters)
    low, high = wilson_interval(share, raters, confidence=thresholds.confidence)
    rows = zip(share.tolist(), low.tolist(), high.tolist(), raters.tolist(), strict=True)
    return [
        Statistic(value, max(lower, 0.0), min(upper, 1.0), None, int(count), WILSON)
        if count
        else _absent(0, WILSON, NOBODY)
        for value, lower, upper, count in rows
    ]


def mean_over_raters(
    values: FloatArray, is_asked: BoolArray, thresholds: Thresholds
) -> list[Statistic]:
    """For each cell the mean of what these raters have there, in scale points, with its interval.

    values: (raters, cells), NaN where a rater has none. The raters are the units.
    """
    has_one = is_asked & ~np.isnan(values)
    count = has_one.sum(axis=0).astype(np.float64)
    kept = np.where(has_one, values, 0.0)
    mean = ratio(kept.sum(axis=0), count)
    squares = np.where(has_one, (values - mean) ** 2, 0.0).sum(axis=0)
    variance = np.maximum(ratio(squares, count - 1.0), ROUNDING_VARIANCE)
    error = np.sqrt(ratio(variance, count))
    half = _t(count - 1.0, thresholds) * error
    return [
        Statistic(value, value - width, value + width, deviation, int(number), T_OVER_RATERS)
        if number >= 2
        else _absent(int(number), T_OVER_RATERS, NO_DIFFERENCE)
        for value, width, deviation, number in zip(
            mean.tolist(), half.tolist(), error.tolist(), count.tolist(), strict=True
        )
    ]


def discrimination(
    ratings: FirstRatings, rest: FloatArray, thresholds: Thresholds
) -> list[Statistic]:
    """For each cell the corrected item-rest correlation, -1 to 1.

    Pearson's correlation of agreeing with this cell (1 or 0, hence point-biserial) and of the
    agreement with all other cells (Henrysson 1963: the item is left out of what it is correlated
    with). Negative: those who know the rest of the keys best disagree here.

    The usual error of Fisher's z, 1 / sqrt(n - 3), holds for two normal variables and not for one
    that is 1 or 0 (Bonett 2020). So the error of z is taken by leaving out one rater at a time
    (Efron & Tibshirani 1993, eq. 11.5), with t on n - 1.
    """
    return [
        _discrimination(
            ratings.is_accepted[is_known, cell].astype(np.float64),
            rest[is_known, cell],
            thresholds,
        )
        for cell, is_known in enumerate((~np.isnan(rest)).T)
    ]


def _discrimination(agrees: FloatArray, rest: FloatArray, thresholds: Thresholds) -> Statistic:
    raters, agreeing = len(agrees), int(agrees.sum())
    if raters < thresholds.least_raters:
        return _absent(raters, JACKKNIFE_OF_Z, TOO_FEW_RATERS)
    if min(agreeing, raters - agreeing) < thresholds.least_alike:
        return _absent(raters, JACKKNIFE_OF_Z, ALL_ALIKE)
    sums = np.stack([agrees, rest, agrees * rest, agrees**2, rest**2])
    value = float(_pearson(sums.sum(axis=1), float(raters)))
    if np.isnan(value):
        return _absent(raters, JACKKNIFE_OF_Z, NO_REST)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.arctanh(value)
        without_one = np.arctanh(_pearson(sums.sum(axis=1, keepdims=True) - sums, raters - 1.0))
        spread = np.sum((without_one - without_one.mean()) ** 2)
        error = float(np.sqrt((raters - 1.0) / raters * spread))
    if not np.isfinite(error):
        return Statistic(value, None, None, None, raters, JACKKNIFE_OF_Z, ON_ONE_RATER)
    half = float(_t(np.array([raters - 1.0]), thresholds)[0]) * error
    low, high = float(np.tanh(z - half)), float(np.tanh(z + half))
    return Statistic(value, low, high, error, raters, JACKKNIFE_OF_Z)


def _pearson(sums: FloatArray, count: float) -> FloatArray:
    """Of the sums of x, y, xy, x squared and y squared; NaN where either does not vary."""
    x, y, product, x_squared, y_squared = sums
    covariance = product - x * y / count
    spreads = np.maximum(x_squared - x**2 / count, 0.0), np.maximum(y_squared - y**2 / count, 0.0)
    return ratio(covariance, np.sqrt(spreads[0]) * np.sqrt(spreads[1]))


def _t(degrees_of_freedom: FloatArray, thresholds: Thresholds) -> FloatArray:
    return distributions.t_quantile((1.0 + thresholds.confidence) / 2.0, degrees_of_freedom)


def _absent(units: int, method: str, why: Undefined) -> Statistic:
    return Statistic(None, None, None, None, units, method, why)
