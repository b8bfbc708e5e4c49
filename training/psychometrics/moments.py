"""Figures of two columns of scores that need only their sums, squares and products.

Like `measures`, each takes sums (len(Sum), ...) and returns (...), NaN where undefined; these are
for tables of ratings, where `measures` are those that gates and pages use.
"""

from __future__ import annotations

import numpy as np

from training.psychometrics import distributions
from training.psychometrics.arrays import FloatArray, correlation, ratio
from training.psychometrics.measures import bias, spread
from training.psychometrics.vignette_sums import Sum

LIMIT = 1.96
"""Limits of agreement lie this many SDs from the mean difference (Bland & Altman 1999)."""


def sd_of_differences(sums: FloatArray) -> FloatArray:
    """Standard deviation of d, n - 1 in the denominator; NaN for fewer than two."""
    joint = sums[Sum.JOINT]
    squares = spread(sums[Sum.SQUARED], sums[Sum.DIFFERENCE], joint)
    return np.sqrt(np.maximum(ratio(squares, joint - 1.0), 0.0))


def lower_limit_of_agreement(sums: FloatArray) -> FloatArray:
    """Mean d less 1.96 SD (Bland & Altman 1986)."""
    return bias(sums) - LIMIT * sd_of_differences(sums)


def upper_limit_of_agreement(sums: FloatArray) -> FloatArray:
    """Mean d plus 1.96 SD (Bland & Altman 1986)."""
    return bias(sums) + LIMIT * sd_of_differences(sums)


def pearson(sums: FloatArray) -> FloatArray:
    """Pearson's r, -1 to 1; NaN where a column does not vary."""
    score, reference, product = _spreads(sums)
    # Two roots, because the product of two small spreads may be too small to divide by.
    return correlation(product, np.sqrt(score) * np.sqrt(reference))


def concordance(sums: FloatArray) -> FloatArray:
    """Lin's concordance correlation (1989), with variances over n.

    2 cov / (var + var + squared difference of means); NaN where neither column varies and their
    means are the same.
    """
    joint = sums[Sum.JOINT]
    score, reference, product = _spreads(sums)
    return correlation(2.0 * product, score + reference + ratio(sums[Sum.DIFFERENCE] ** 2, joint))


def residual_sd(sums: FloatArray) -> FloatArray:
    """Scatter of r around its own line on g, in scale points; what no lean and no slope explain.

    NaN where the consensus does not vary.
    """
    score, reference, product = _spreads(sums)
    left = score - ratio(product**2, reference)
    return np.sqrt(np.maximum(ratio(left, sums[Sum.JOINT]), 0.0))


def fisher_interval(
    value: FloatArray, variance_of_z: FloatArray, *, confidence: float
) -> tuple[FloatArray, FloatArray]:
    """Interval of a coefficient between -1 and 1, normal after Fisher's z; NaN at its ends."""
    inside = np.where(np.abs(value) < 1.0, value, np.nan)
    half = distributions.normal_quantile((1.0 + confidence) / 2.0) * np.sqrt(variance_of_z)
    return np.tanh(np.arctanh(inside) - half), np.tanh(np.arctanh(inside) + half)


def concordance_variance_of_z(sums: FloatArray) -> FloatArray:
    """Variance of Fisher's z of the concordance (Lin 1989, corrected 2000), n - 2 below."""
    joint = sums[Sum.JOINT]
    score, reference, _ = _spreads(sums)
    rho, agreement = pearson(sums), concordance(sums)
    geometric = np.sqrt(score) * np.sqrt(reference)
    means_apart = ratio(sums[Sum.DIFFERENCE] ** 2, joint)
    # The shift of means in units of the geometric mean of the SDs, squared, and Lin's bias
    # correction: agreement / rho, which stands where both are 0 too.
    shift = ratio(means_apart, geometric)
    correction = ratio(2.0 * geometric, score + reference + means_apart)
    unlike = 1.0 - agreement**2
    variance = (
        ratio((1.0 - rho**2) * correction**2, unlike)
        + ratio(2.0 * agreement**2 * correction * (1.0 - agreement) * shift, unlike**2)
        - ratio(agreement**2 * correction**2 * shift**2, 2.0 * unlike**2)
    )
    enough = np.where(joint > 2, joint - 2.0, np.nan)
    return np.asarray(variance / enough)


def _spreads(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sums of squares of both columns around their means, and their sum of products."""
    joint = sums[Sum.JOINT]
    score = spread(sums[Sum.SCORE_SQUARED], sums[Sum.SCORE], joint)
    reference = spread(sums[Sum.REFERENCE_SQUARED], sums[Sum.REFERENCE], joint)
    product = sums[Sum.PRODUCT] - ratio(sums[Sum.SCORE] * sums[Sum.REFERENCE], joint)
    return np.maximum(score, 0.0), np.maximum(reference, 0.0), product
