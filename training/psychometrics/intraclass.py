"""Intraclass correlation in its six forms, with intervals by F (McGraw & Wong 1996).

Rows are the n rated units, columns the k raters. The first letter tells the model: 1 = raters are
not told apart (one-way), A = absolute agreement, C = consistency, both two-way; the second, whether
one rating is judged or the mean of the k. Case 2 and case 3 models share their formulas.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.psychometrics import distributions
from training.psychometrics.arrays import FloatArray, ratio


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Mean squares of a complete n x k layout; arrays of any common shape.

    n        number of rows (units).
    k        number of columns (raters).
    rows     between units, n - 1 degrees of freedom.
    columns  between raters, k - 1 degrees of freedom.
    error    what is left, (n - 1) (k - 1) degrees of freedom.
    """

    n: FloatArray
    k: int
    rows: FloatArray
    columns: FloatArray
    error: FloatArray

    @property
    def within(self) -> FloatArray:
        """Within units, n (k - 1) degrees of freedom: columns and error together."""
        return ratio(self.columns + (self.n - 1.0) * self.error, self.n)


Interval = tuple[FloatArray, FloatArray]


def mean_squares_of(scores: FloatArray) -> MeanSquares:
    """Of a complete table (n, k), n and k at least 2."""
    n, k = scores.shape
    centred = scores - scores.mean()
    unit_effects = centred.mean(axis=1, keepdims=True)
    rater_effects = centred.mean(axis=0, keepdims=True)
    residuals = centred - unit_effects - rater_effects
    return MeanSquares(
        n=np.array(float(n)),
        k=k,
        rows=np.array(k * float((unit_effects**2).sum()) / (n - 1)),
        columns=np.array(n * float((rater_effects**2).sum()) / (k - 1)),
        error=np.array(float((residuals**2).sum()) / ((n - 1) * (k - 1))),
    )


def icc_1_1(squares: MeanSquares) -> FloatArray:
    """ICC(1): one rating, raters not told apart."""
    within = squares.within
    return ratio(squares.rows - within, squares.rows + (squares.k - 1.0) * within)


def icc_a_1(squares: MeanSquares) -> FloatArray:
    """ICC(A,1): absolute agreement of one rating."""
    total = (
        squares.rows
        + (squares.k - 1.0) * squares.error
        + squares.k * ratio(squares.columns - squares.error, squares.n)
    )
    return ratio(squares.rows - squares.error, total)


def icc_c_1(squares: MeanSquares) -> FloatArray:
    """ICC(C,1): consistency of one rating; a constant difference between raters is forgiven."""
    return ratio(squares.rows - squares.error, squares.rows + (squares.k - 1.0) * squares.error)


def icc_1_k(squares: MeanSquares) -> FloatArray:
    """ICC(k): the mean of k ratings, raters not told apart."""
    return ratio(squares.rows - squares.within, squares.rows)


def icc_a_k(squares: MeanSquares) -> FloatArray:
    """ICC(A,k): absolute agreement of the mean of k ratings.

    NaN where the variance to divide by is estimated as 0 or less: what was rated then differs less
    than chance lets it, and the formula would give an agreement far above 1.
    """
    total = squares.rows + ratio(squares.columns - squares.error, squares.n)
    return ratio(squares.rows - squares.error, np.where(total > 0.0, total, np.nan))


def icc_c_k(squares: MeanSquares) -> FloatArray:
    """ICC(C,k): consistency of the mean of k ratings; equals Cronbach's alpha."""
    return ratio(squares.rows - squares.error, squares.rows)


def one_way_interval(squares: MeanSquares, *, confidence: float) -> Interval:
    """Of ICC(1), McGraw & Wong (1996), table 7."""
    return _ratio_interval(
        squares, squares.within, squares.n * (squares.k - 1.0), confidence=confidence
    )


def consistency_interval(squares: MeanSquares, *, confidence: float) -> Interval:
    """Of ICC(C,1), McGraw & Wong (1996), table 7."""
    freedom = (squares.n - 1.0) * (squares.k - 1.0)
    return _ratio_interval(squares, squares.error, freedom, confidence=confidence)


def agreement_interval(squares: MeanSquares, *, confidence: float) -> Interval:
    """Of ICC(A,1), McGraw & Wong (1996), table 7; Satterthwaite's freedom is left unrounded.

    NaN where there is no error variance.
    """
    n, k, icc = squares.n, squares.k, icc_a_1(squares)
    column_weight = ratio(k * icc, n * (1.0 - icc))
    error_weight = 1.0 + column_weight * (n - 1.0)
    freedom = ratio(
        (column_weight * squares.columns + error_weight * squares.error) ** 2,
        (column_weight * squares.columns) ** 2 / (k - 1.0)
        + ratio((error_weight * squares.error) ** 2, (n - 1.0) * (k - 1.0)),
    )
    upper_tail = (1.0 + confidence) / 2.0
    below = distributions.f_quantile(upper_tail, n - 1.0, freedom)
    above = distributions.f_quantile(upper_tail, freedom, n - 1.0)
    noise = k * squares.columns + (k * n - k - n) * squares.error
    low = ratio(n * (squares.rows - below * squares.error), below * noise + n * squares.rows)
    high = ratio(n * (above * squares.rows - squares.error), noise + n * above * squares.rows)
    return low, high


def of_the_mean(bound: FloatArray, k: int) -> FloatArray:
    """A bound for one rating turned into that for the mean of k (Spearman 1910; Brown 1910).

    For all three models this is the same as McGraw & Wong's own bounds for the mean of k.
    """
    return ratio(k * bound, 1.0 + (k - 1.0) * bound)


Formula = Callable[[MeanSquares], FloatArray]

ICC_FORMS: dict[str, tuple[Formula, Callable[..., Interval], bool]] = {
    "icc_1_1": (icc_1_1, one_way_interval, False),
    "icc_a_1": (icc_a_1, agreement_interval, False),
    "icc_c_1": (icc_c_1, consistency_interval, False),
    "icc_1_k": (icc_1_k, one_way_interval, True),
    "icc_a_k": (icc_a_k, agreement_interval, True),
    "icc_c_k": (icc_c_k, consistency_interval, True),
}
"""Name: the formula, the interval for one rating, and whether the mean of k is judged."""


def icc_interval(name: str, squares: MeanSquares, *, confidence: float) -> Interval:
    """The F interval of one of the six forms; NaN where there is no error variance."""
    _, interval, is_of_the_mean = ICC_FORMS[name]
    low, high = interval(squares, confidence=confidence)
    if is_of_the_mean:
        low, high = of_the_mean(low, squares.k), of_the_mean(high, squares.k)
    return low, high


def _ratio_interval(
    squares: MeanSquares, noise: FloatArray, freedom: FloatArray, *, confidence: float
) -> Interval:
    """F = rows / noise, its interval, and from F to the ICC: (F - 1) / (F + k - 1)."""
    upper_tail = (1.0 + confidence) / 2.0
    quotient = ratio(squares.rows, noise)
    low = ratio(quotient, distributions.f_quantile(upper_tail, squares.n - 1.0, freedom))
    high = quotient * distributions.f_quantile(upper_tail, freedom, squares.n - 1.0)
    return _from_f(low, squares.k), _from_f(high, squares.k)


def _from_f(quotient: FloatArray, k: int) -> FloatArray:
    return ratio(quotient - 1.0, quotient + k - 1.0)
