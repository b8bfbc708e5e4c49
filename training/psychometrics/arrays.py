"""The array types of the engine and the few safe ways to divide and to compare them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

# Scores are small whole numbers, so real variation is never this small; what is smaller is the
# rounding left over when one vignette's sums are taken out of the total.
NEGLIGIBLE = 1e-9


def ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """numerator / denominator, and NaN where the denominator is negligible.

    Inside the engine NaN means "undefined"; it is turned into None before anything leaves.
    """
    quotient = np.full(np.broadcast(numerator, denominator).shape, np.nan)
    np.divide(numerator, denominator, out=quotient, where=np.abs(denominator) > NEGLIGIBLE)
    return quotient


def at_most(values: FloatArray | float, limit: FloatArray | float) -> BoolArray:
    """values <= limit, where what rounding puts just beyond the limit still lies on it."""
    return np.asarray(values <= limit + NEGLIGIBLE)


def correlation(product: FloatArray, scale: FloatArray) -> FloatArray:
    """product / scale as a coefficient from -1 to 1, exactly these where only rounding is left."""
    quotient = ratio(product, scale)
    return np.where(at_most(1.0, np.abs(quotient)), np.sign(quotient), quotient)
