"""The array types of the engine and the one safe way to divide them."""

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
