"""Krippendorff's alpha: one minus observed over expected disagreement (Krippendorff 2004, ch. 11).

All that alpha needs is the table of coincidences o (K, K, ...): for each unit, every ordered pair
of its m ratings adds 1 / (m - 1) to the cell of their categories. Trailing axes are free, so that
many tables are reckoned at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from training.psychometrics.arrays import FloatArray, ratio

Metric = Callable[[FloatArray, FloatArray], FloatArray]


def alpha(coincidences: FloatArray, scale: Sequence[float], metric: Metric) -> FloatArray:
    """1 - Do / De, at most 1, may be negative; NaN where all pairable ratings are the same.

    coincidences  (K, K, ...), symmetric; its sum is the number n of pairable ratings.
    Do = sum o d^2, De = sum n_k n_l d^2 / (n - 1), with d^2 the squared distance of the metric.
    """
    frequencies = coincidences.sum(axis=1)
    total = frequencies.sum(axis=0)
    distances = metric(np.asarray(scale, dtype=np.float64), frequencies)
    observed = (coincidences * distances).sum(axis=(0, 1))
    crossed = frequencies[:, None] * frequencies[None, :]
    expected = ratio((crossed * distances).sum(axis=(0, 1)), total - 1.0)
    return 1.0 - ratio(observed, expected)


def nominal(scale: FloatArray, frequencies: FloatArray) -> FloatArray:
    """1 for different categories."""
    return _spread_out(1.0 - np.eye(len(scale)), frequencies)


def ordinal(_scale: FloatArray, frequencies: FloatArray) -> FloatArray:
    """The number of ratings from one category to the other, squared, the ends counting half."""
    ranks = np.cumsum(frequencies, axis=0) - frequencies / 2.0
    return np.asarray((ranks[:, None] - ranks[None, :]) ** 2)


def interval(scale: FloatArray, frequencies: FloatArray) -> FloatArray:
    """(k - l)^2."""
    return _spread_out((scale[:, None] - scale[None, :]) ** 2, frequencies)


def ratio_metric(scale: FloatArray, frequencies: FloatArray) -> FloatArray:
    """((k - l) / (k + l))^2, and 0 for two zeros; scores must not be negative."""
    quotient = ratio(scale[:, None] - scale[None, :], scale[:, None] + scale[None, :])
    return _spread_out(np.nan_to_num(quotient) ** 2, frequencies)


METRICS: dict[str, Metric] = {
    "nominal": nominal,
    "ordinal": ordinal,
    "interval": interval,
    "ratio": ratio_metric,
}


def coincidences_by_unit(counts: FloatArray) -> FloatArray:
    """(units, K) counts of ratings to (K, K, units); units with one rating add nothing."""
    pairs = counts[:, :, None] * counts[:, None, :]
    diagonal = np.arange(counts.shape[1])
    pairs[:, diagonal, diagonal] -= counts
    return np.moveaxis(pairs * _unit_weights(counts)[:, None, None], 0, -1)


def coincidences(counts: FloatArray) -> FloatArray:
    """(units, K) counts of ratings to (K, K): those of all units."""
    weighted = counts * _unit_weights(counts)[:, None]
    return np.asarray(weighted.T @ counts - np.diag(weighted.sum(axis=0)))


def _unit_weights(counts: FloatArray) -> FloatArray:
    """1 / (m - 1) for a unit with m ratings, 0 for one that cannot be paired."""
    ratings = counts.sum(axis=1)
    return np.where(ratings >= 2, 1.0 / np.maximum(ratings - 1.0, 1.0), 0.0)


def _spread_out(distances: FloatArray, frequencies: FloatArray) -> FloatArray:
    """The same distances for every trailing place."""
    return distances.reshape(distances.shape + (1,) * (frequencies.ndim - 1))
