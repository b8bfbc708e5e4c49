"""Drift of raters told apart from an error of one key.

The difference of a rater from the key in a cell is taken apart into what the rater does on that
item in other vignettes, and what is left over in this cell: d(r, c) = elsewhere(r, item) + rest.
The first part is drift, or a lean that training left (Wolfe, Moulder & Myford 2001 on detecting
differential rater functioning over time): it shows in many vignettes, whose keys were made one
by one, or grows with the time since certification. What is left over is about this key alone.
"""

from __future__ import annotations

import numpy as np

from training.psychometrics import distributions
from training.psychometrics.arrays import BoolArray, FloatArray, ratio
from training.psychometrics.key_health.figures import FirstRatings, mean_over_raters
from training.psychometrics.key_health.verdicts import ItemDrift, Thresholds
from training.psychometrics.statistic import Reason, Statistic, Undefined

T_OVER_VIGNETTES = "t over vignettes"
JACKKNIFE = "delete-one-vignette jackknife, t"

TOO_FEW_VIGNETTES = Undefined(
    Reason.TOO_FEW_UNITS, "Too few other vignettes in which enough trusted raters scored the item."
)
TOO_FEW_LATE = Undefined(
    Reason.TOO_FEW_UNITS, "Too few vignettes that were rated both early and late."
)


def item_drift(
    ratings: FirstRatings, is_trusted: BoolArray, thresholds: Thresholds
) -> dict[int, ItemDrift]:
    """How the raters lean on each item, over all its vignettes and over time."""
    means = _means_of_cells(ratings.differences, is_trusted, thresholds.least_per_vignette)
    items = np.array([item for _, item in ratings.cells], dtype=np.int64)
    return {
        item: ItemDrift(
            item,
            _mean_over_vignettes(means[items == item], thresholds),
            _late_less_early(ratings, items == item, thresholds),
        )
        for item in sorted(set(items.tolist()))
    }


def lean_elsewhere(
    ratings: FirstRatings, is_trusted: BoolArray, thresholds: Thresholds
) -> tuple[list[Statistic], list[Statistic]]:
    """For each cell, the raters' lean on its item in other vignettes, and what is left over.

    Elsewhere: the mean over the other vignettes, which are the units. Left over: the mean over
    raters of their difference here less their own mean difference on the item elsewhere, so that
    each rater is held against nobody but themselves.
    """
    items = np.array([item for _, item in ratings.cells], dtype=np.int64)
    has_one = ~np.isnan(ratings.differences)
    given = np.where(has_one, ratings.differences, 0.0)
    beyond = np.full(ratings.scores.shape, np.nan)
    elsewhere: dict[int, Statistic] = {}
    for item in set(items.tolist()):
        cells = np.flatnonzero(items == item)
        count, total = has_one[:, cells].astype(np.float64), given[:, cells]
        own = ratio(
            total.sum(axis=1, keepdims=True) - total, count.sum(axis=1, keepdims=True) - count
        )
        beyond[:, cells] = ratings.differences[:, cells] - own
        # Row c, column c': what those trusted in c do in c'.
        here = is_trusted[:, cells].astype(np.float64).T
        raters = here @ count
        means = np.where(
            raters >= thresholds.least_per_vignette, ratio(here @ total, raters), np.nan
        )
        np.fill_diagonal(means, np.nan)
        for cell, row in zip(cells.tolist(), means, strict=True):
            elsewhere[cell] = _mean_over_vignettes(row, thresholds)
    columns = [elsewhere[cell] for cell in range(len(items))]
    return columns, mean_over_raters(beyond, is_trusted, thresholds)


def _means_of_cells(values: FloatArray, is_asked: BoolArray, least: int) -> FloatArray:
    """(cells,) the mean of each column over these raters; NaN where fewer than `least` have one."""
    has_one = is_asked & ~np.isnan(values)
    count = has_one.sum(axis=0).astype(np.float64)
    mean = ratio(np.where(has_one, values, 0.0).sum(axis=0), count)
    return np.where(count >= least, mean, np.nan)


def _mean_over_vignettes(means: FloatArray, thresholds: Thresholds) -> Statistic:
    known = means[~np.isnan(means)]
    count = len(known)
    if count < thresholds.least_vignettes:
        return Statistic(None, None, None, None, count, T_OVER_VIGNETTES, TOO_FEW_VIGNETTES)
    value, error = float(known.mean()), float(known.std(ddof=1) / np.sqrt(count))
    half = _t(count, thresholds) * error
    return Statistic(value, value - half, value + half, error, count, T_OVER_VIGNETTES)


def _late_less_early(
    ratings: FirstRatings, is_of_item: BoolArray, thresholds: Thresholds
) -> Statistic:
    """Weighted mean over cells of late less earlier ratings of the same cell.

    A cell with e early and l late ratings weighs e l / (e + l), the inverse of the variance of
    its contrast. The interval leaves out one vignette at a time.
    """
    differences = ratings.differences[:, is_of_item]
    months = ratings.months[:, is_of_item]
    has_one = ratings.is_certified[:, None] & ~np.isnan(differences) & ~np.isnan(months)
    is_late = months >= thresholds.late_months
    late, late_count = _mean_and_count(differences, has_one & is_late)
    early, early_count = _mean_and_count(differences, has_one & ~is_late)
    least = thresholds.least_per_vignette
    is_known = (late_count >= least) & (early_count >= least)
    count = int(is_known.sum())
    if count < thresholds.least_vignettes:
        return Statistic(None, None, None, None, count, JACKKNIFE, TOO_FEW_LATE)
    contrast = (late - early)[is_known]
    weight = ratio(late_count * early_count, late_count + early_count)[is_known]
    value = float((weight * contrast).sum() / weight.sum())
    without = ((weight * contrast).sum() - weight * contrast) / (weight.sum() - weight)
    error = float(np.sqrt((count - 1) / count * np.sum((without - without.mean()) ** 2)))
    half = _t(count, thresholds) * error
    return Statistic(value, value - half, value + half, error, count, JACKKNIFE)


def _mean_and_count(values: FloatArray, is_counted: BoolArray) -> tuple[FloatArray, FloatArray]:
    count = is_counted.sum(axis=0).astype(np.float64)
    return ratio(np.where(is_counted, values, 0.0).sum(axis=0), count), count


def _t(units: int, thresholds: Thresholds) -> float:
    quantile = distributions.t_quantile(
        (1.0 + thresholds.confidence) / 2.0, np.array([units - 1.0])
    )
    return float(quantile[0])
