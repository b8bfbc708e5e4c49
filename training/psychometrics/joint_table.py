"""Two columns of scores as a joint table: kappa, AC, rank correlation and what else it holds.

A table has the shape (K, K, ...): how often the first rater gave category k where the second gave
l. Trailing axes are free, so that many raters, and many tables with a vignette left out, are
reckoned at once. NaN = undefined.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from training.psychometrics import krippendorff
from training.psychometrics.arrays import FloatArray, IntArray, correlation, ratio


class JointTable:
    """Counts of pairs of categories, with what several figures need kept once."""

    def __init__(self, counts: FloatArray, scale: Sequence[float]) -> None:
        """counts: (K, K, ...), first rater by second; scale: the K categories, rising."""
        self.counts = counts
        self.scale = scale

    @cached_property
    def count(self) -> FloatArray:
        """Number of pairs."""
        return np.asarray(self.counts.sum(axis=(0, 1)))

    @cached_property
    def shares(self) -> FloatArray:
        """(K, K, ...) as shares of all pairs."""
        return ratio(self.counts, self.count)

    @cached_property
    def first(self) -> FloatArray:
        """(K, ...) shares of the first rater's categories."""
        return np.asarray(self.shares.sum(axis=1))

    @cached_property
    def second(self) -> FloatArray:
        """(K, ...) shares of the second rater's categories."""
        return np.asarray(self.shares.sum(axis=0))

    def observed(self, weights: FloatArray) -> FloatArray:
        """Weighted share of agreement."""
        return np.asarray(np.tensordot(weights, self.shares, axes=2))

    def kappa(self, weights: FloatArray) -> FloatArray:
        """Cohen's kappa (1960; weighted 1968); NaN where each always gives one and the same."""
        expected = (self.first * np.tensordot(weights, self.second, axes=1)).sum(axis=0)
        return ratio(self.observed(weights) - expected, 1.0 - expected)

    def kappa_error(self, weights: FloatArray) -> FloatArray:
        """Standard error of kappa for independent pairs (Fleiss, Cohen & Everitt 1969, eq. 13)."""
        expected_credit = (
            np.tensordot(weights, self.second, axes=1)[:, None]
            + np.tensordot(weights, self.first, axes=1)[None, :]
        )
        expected = (self.first * np.tensordot(weights, self.second, axes=1)).sum(axis=0)
        kappa = self.kappa(weights)
        spread = weights.reshape(weights.shape + (1,) * self.count.ndim)
        squares = (self.shares * (spread - expected_credit * (1.0 - kappa)) ** 2).sum(axis=(0, 1))
        variance = squares - (kappa - expected * (1.0 - kappa)) ** 2
        return ratio(np.sqrt(np.maximum(ratio(variance, self.count), 0.0)), 1.0 - expected)

    def brennan_prediger(self, weights: FloatArray) -> FloatArray:
        """Brennan & Prediger (1981): chance spread evenly over the declared categories."""
        expected = weights.mean()
        return ratio(self.observed(weights) - expected, np.asarray(1.0 - expected))

    def gwet_ac(self, weights: FloatArray) -> FloatArray:
        """Gwet (2008): AC1 with identity weights, AC2 with others."""
        size = len(self.scale)
        if size < 2:
            return np.full_like(self.count, np.nan)
        prevalence = (self.first + self.second) / 2.0
        doubt = (prevalence * (1.0 - prevalence)).sum(axis=0)
        expected = float(weights.sum()) / (size * (size - 1.0)) * doubt
        return ratio(self.observed(weights) - expected, 1.0 - expected)

    def alpha(self, metric: krippendorff.Metric) -> FloatArray:
        """Krippendorff's alpha of the two."""
        return krippendorff.alpha(self.counts + np.swapaxes(self.counts, 0, 1), self.scale, metric)

    def spearman(self) -> FloatArray:
        """Spearman's rho: Pearson's r of the mid-ranks."""
        first, second = _mid_ranks(self.first), _mid_ranks(self.second)
        product = (self.shares * first[:, None] * second[None, :]).sum(axis=(0, 1))
        first_square = (self.first * first**2).sum(axis=0)
        second_square = (self.second * second**2).sum(axis=0)
        return correlation(product, np.sqrt(first_square * second_square))

    def kendall_tau_b(self) -> FloatArray:
        """Kendall's tau-b (1945): concordant less discordant pairs, ties allowed for."""
        lower = _sums_before(self.shares)
        before_after = _sums_before(self.shares[:, ::-1])[:, ::-1]
        concordant = (self.shares * lower).sum(axis=(0, 1))
        discordant = (self.shares * before_after).sum(axis=(0, 1))
        first_untied = 1.0 - (self.first**2).sum(axis=0)
        second_untied = 1.0 - (self.second**2).sum(axis=0)
        return correlation(2.0 * (concordant - discordant), np.sqrt(first_untied * second_untied))


def joint_counts(first: FloatArray, second: FloatArray, scale: Sequence[float]) -> FloatArray:
    """(..., units) columns of scores, NaN = none, to (K, K, ...) counts of jointly scored units."""
    lead = first.shape[:-1]
    groups = int(np.prod(lead, dtype=np.int64))
    group = np.broadcast_to(np.arange(groups).reshape((*lead, 1)), first.shape)
    counts = grouped_joint_counts(first, second, group, groups, scale)
    return counts.reshape((*counts.shape[:2], *lead))


def grouped_joint_counts(
    first: FloatArray, second: FloatArray, group: IntArray, groups: int, scale: Sequence[float]
) -> FloatArray:
    """Columns of scores, each unit in one of the groups, to (K, K, groups) counts."""
    size, values = len(scale), np.asarray(scale)
    joint = ~np.isnan(first) & ~np.isnan(second)
    cell = np.searchsorted(values, first[joint]) * size + np.searchsorted(values, second[joint])
    counts = np.bincount(group[joint] * size**2 + cell, minlength=groups * size**2)
    return np.moveaxis(counts.astype(np.float64).reshape(groups, size, size), 0, -1)


def _mid_ranks(shares: FloatArray) -> FloatArray:
    """(K, ...) the mid-rank of each category as a share, centred on the mean rank."""
    return np.asarray(np.cumsum(shares, axis=0) - shares / 2.0 - 0.5)


def _sums_before(shares: FloatArray) -> FloatArray:
    """(K, K, ...) to the sum of all cells lower in both categories."""
    sums = np.zeros_like(shares)
    sums[1:, 1:] = np.cumsum(np.cumsum(shares, axis=0), axis=1)[:-1, :-1]
    return sums
