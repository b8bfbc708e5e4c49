"""Quantiles and probabilities of the distributions that intervals are made of.

The only place that imports scipy, and only scipy.special, inside the functions: scipy.stats
costs seconds and many megabytes, and a worker that never computes an interval pays nothing.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from training.psychometrics.arrays import FloatArray

BEYOND_ALL_NUMBERS = 1e12
"""A larger F quantile says nothing about a rater and would only overflow what follows."""


def check_confidence(confidence: float) -> None:
    """ValueError unless 0 < confidence < 1."""
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie strictly between 0 and 1, not {confidence!r}")


@lru_cache(maxsize=64)
def normal_quantile(probability: float) -> float:
    """Standard normal quantile."""
    from scipy import special

    return float(special.ndtri(probability))


def t_quantile(probability: float, degrees_of_freedom: FloatArray) -> FloatArray:
    """Student's t quantile for each number of degrees of freedom; NaN where there are none."""
    from scipy import special

    # Few numbers of vignettes occur, whatever the number of raters: each is looked up once.
    freedom, places = np.unique(degrees_of_freedom, return_inverse=True)
    usable = np.where(freedom > 0, freedom, np.nan)
    quantiles = np.asarray(special.stdtrit(usable, probability), dtype=np.float64)
    return quantiles[places].reshape(np.shape(degrees_of_freedom))


def f_quantile(probability: float, numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """F quantile; degrees of freedom need not be whole numbers.

    NaN where the quantile is beyond all numbers, as it is with next to no degrees of freedom.
    """
    from scipy import special

    quantile = np.asarray(special.fdtri(numerator, denominator, probability), dtype=np.float64)
    return np.where(quantile < BEYOND_ALL_NUMBERS, quantile, np.nan)


def chi_square_quantile(probability: float, degrees_of_freedom: float) -> float:
    """Chi-square quantile."""
    from scipy import special

    return float(special.chdtri(degrees_of_freedom, 1.0 - probability))


def beta_probability_above(threshold: float, alpha: float, beta: float) -> float:
    """Probability that a Beta(alpha, beta) variable exceeds the threshold."""
    from scipy import special

    return float(special.betaincc(alpha, beta, threshold))


def beta_quantile(probability: float, alpha: float, beta: float) -> float:
    """Beta quantile; alpha and beta are above 0."""
    from scipy import special

    return float(special.betaincinv(alpha, beta, probability))
