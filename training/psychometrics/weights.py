"""Agreement weights: how much credit two categories of a scale give each other, 0 to 1.

Each is a symmetric matrix (K, K) with 1 on the diagonal. Distances are those of the declared
scale, so a category that nobody used still keeps its neighbours apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from training.psychometrics.arrays import FloatArray


def identity(scale: Sequence[float]) -> FloatArray:
    """Credit for the same category only."""
    return np.eye(len(scale))


def linear(scale: Sequence[float]) -> FloatArray:
    """1 - |k - l| / range (Cicchetti & Allison 1971), with k and l the scores themselves."""
    return 1.0 - _distances(scale) / _range(scale)


def quadratic(scale: Sequence[float]) -> FloatArray:
    """1 - (k - l)^2 / range^2 (Fleiss & Cohen 1973), with k and l the scores themselves."""
    return 1.0 - (_distances(scale) / _range(scale)) ** 2


def ordinal(scale: Sequence[float]) -> FloatArray:
    """1 - M_kl / M_1K, with M_kl the number of pairs of categories from k to l (Gwet 2014, ch. 3).

    Only the order of the categories counts: M_kl = m (m - 1) / 2 for m categories from k to l.
    """
    place = np.arange(len(scale))
    between = np.abs(place[:, None] - place[None, :]) + 1
    pairs = between * (between - 1) / 2.0
    return np.asarray(1.0 - pairs / max(pairs.max(), 1.0))


WEIGHTS: dict[str, Callable[[Sequence[float]], FloatArray]] = {
    "identity": identity,
    "linear": linear,
    "quadratic": quadratic,
    "ordinal": ordinal,
}


def _distances(scale: Sequence[float]) -> FloatArray:
    values = np.asarray(scale, dtype=np.float64)
    return np.abs(values[:, None] - values[None, :])


def _range(scale: Sequence[float]) -> float:
    """The width of the scale; a scale of one category has no distances, and any width will do."""
    return float(max(scale) - min(scale)) or 1.0
