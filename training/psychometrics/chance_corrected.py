"""Chance-corrected agreement among two or more raters who need not all have rated everything.

One scheme for all: (pa - pe) / (1 - pe), with the observed weighted agreement pa, a share, and
what each author expects by chance, pe. Missing ratings are handled as in Gwet (2014), Handbook of
Inter-Rater Reliability, 4th ed., chapters 2 to 5: pa averages the units with two ratings or more,
chance counts every unit. Standard errors are his too, for units drawn from a large population.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from training.psychometrics.arrays import NEGLIGIBLE, FloatArray, IntArray


@dataclass(frozen=True)
class CategorisedRatings:
    """Scored ratings by unit, rater and category; at least one unit.

    unit, rater, category  (ratings,) places, without gaps in units and raters.
    categories             number K of declared categories.
    """

    unit: IntArray
    rater: IntArray
    category: IntArray
    categories: int

    @cached_property
    def counts(self) -> FloatArray:
        """(units, K) how many raters put each unit into each category."""
        cell = self.unit * self.categories + self.category
        size = (int(self.unit.max()) + 1) * self.categories
        return np.bincount(cell, minlength=size).astype(np.float64).reshape(-1, self.categories)

    @cached_property
    def ratings(self) -> FloatArray:
        """(units,) number of ratings of each unit."""
        return np.asarray(self.counts.sum(axis=1))

    @cached_property
    def shares(self) -> FloatArray:
        """(units, K) the share of each unit's ratings in each category."""
        return np.asarray(self.counts / self.ratings[:, None])

    @property
    def prevalence(self) -> FloatArray:
        """(K,) the mean share of each category, every unit counting once."""
        return np.asarray(self.shares.mean(axis=0))

    @property
    def raters(self) -> int:
        """Number of raters."""
        return int(self.rater.max()) + 1


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient with its standard error; NaN where undefined.

    units      number of units with two ratings or more.
    influence  (all units,) what each unit adds to the coefficient, mean 0: the standard error
               is that of its mean.
    """

    value: float
    standard_error: float
    units: int
    influence: FloatArray


Chance = Callable[[CategorisedRatings, FloatArray], tuple[float, FloatArray]]
"""The chance agreement pe and, by unit, half of what the unit's own weight changes in it, plus pe.

"Half" because Gwet writes the influence of a unit as 2 (pe_i - pe).
"""


def observed_by_unit(ratings: CategorisedRatings, weights: FloatArray) -> FloatArray:
    """(units,) weighted share of agreeing pairs of ratings; 0 with fewer than two ratings."""
    counts = ratings.counts
    agreeing = (counts * (counts @ weights - 1.0)).sum(axis=1)
    pairs = ratings.ratings * (ratings.ratings - 1.0)
    return np.asarray(agreeing / np.where(pairs > 0, pairs, 1.0))


def fleiss_kappa(ratings: CategorisedRatings, weights: FloatArray) -> Coefficient:
    """Fleiss (1971), generalized to weights and missing ratings: chance from pooled categories."""
    return _corrected(ratings, weights, _chance_of_pooled_categories)


def conger_kappa(ratings: CategorisedRatings, weights: FloatArray) -> Coefficient:
    """Conger (1980): chance from each rater's own use of the categories; Cohen's kappa for two."""
    return _corrected(ratings, weights, _chance_of_own_categories)


def brennan_prediger(ratings: CategorisedRatings, weights: FloatArray) -> Coefficient:
    """Brennan & Prediger (1981): chance spread evenly over the K declared categories."""
    return _corrected(ratings, weights, _even_chance)


def gwet_ac(ratings: CategorisedRatings, weights: FloatArray) -> Coefficient:
    """Gwet (2008): AC1 with identity weights, AC2 with others."""
    return _corrected(ratings, weights, _chance_of_hard_units)


def _corrected(ratings: CategorisedRatings, weights: FloatArray, chance: Chance) -> Coefficient:
    """(pa - pe) / (1 - pe) and Gwet's (2014, eq. 5.6 and alike) standard error."""
    paired = ratings.ratings >= 2
    units, count = int(paired.sum()), len(paired)
    by_unit = observed_by_unit(ratings, weights)
    expected, expected_by_unit = chance(ratings, weights)
    if units == 0 or 1.0 - expected <= NEGLIGIBLE:
        return Coefficient(np.nan, np.nan, units, np.full(count, np.nan))
    value = (by_unit.sum() / units - expected) / (1.0 - expected)
    own = count / units * (by_unit - expected * paired) / (1.0 - expected)
    influence = own - 2.0 * (1.0 - value) * (expected_by_unit - expected) / (1.0 - expected) - value
    squares = (influence**2).sum()
    error = np.sqrt(squares / (count * (count - 1.0))) if count > 1 else np.nan
    return Coefficient(float(value), float(error), units, influence)


def _even_chance(ratings: CategorisedRatings, weights: FloatArray) -> tuple[float, FloatArray]:
    expected = float(weights.mean())
    return expected, np.full(len(ratings.ratings), expected)


def _chance_of_pooled_categories(
    ratings: CategorisedRatings, weights: FloatArray
) -> tuple[float, FloatArray]:
    credit = weights @ ratings.prevalence
    return float(ratings.prevalence @ credit), ratings.shares @ credit


def _chance_of_hard_units(
    ratings: CategorisedRatings, weights: FloatArray
) -> tuple[float, FloatArray]:
    size = ratings.categories
    if size < 2:
        return 1.0, np.ones(len(ratings.ratings))
    factor = float(weights.sum()) / (size * (size - 1.0))
    doubt = 1.0 - ratings.prevalence
    return factor * float(ratings.prevalence @ doubt), factor * (ratings.shares @ doubt)


def _chance_of_own_categories(
    ratings: CategorisedRatings, weights: FloatArray
) -> tuple[float, FloatArray]:
    """Two different raters drawn at random, each drawing from the own use of the categories.

    The influence of a unit on rater g's share of category l is n / n_g (is l - share of l) where
    g rated the unit, and 0 elsewhere.
    """
    units, raters = len(ratings.ratings), ratings.raters
    cell = ratings.rater * ratings.categories + ratings.category
    use = np.bincount(cell, minlength=raters * ratings.categories).astype(np.float64)
    use = use.reshape(raters, ratings.categories)
    rated = use.sum(axis=1)
    use /= rated[:, None]
    if raters < 2:
        return 1.0, np.ones(units)
    others = use.sum(axis=0) - use
    credit = others @ weights
    pairs = raters * (raters - 1.0)
    expected = float((use * credit).sum() / pairs)
    mean_credit = (use * credit).sum(axis=1)
    gain = credit[ratings.rater, ratings.category] - mean_credit[ratings.rater]
    influence = np.bincount(
        ratings.unit, weights=units / rated[ratings.rater] * gain, minlength=units
    )
    return expected, expected + influence / pairs
