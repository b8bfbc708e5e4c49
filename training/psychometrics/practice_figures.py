"""Figures as they grow vignette by vignette, and how often "not rateable" was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.psychometrics.arrays import FloatArray
from training.psychometrics.intervals import VignetteSums, estimate, statistics_of
from training.psychometrics.measures import MEASURES
from training.psychometrics.rateability import NotRateableUse, not_rateable_use_of
from training.psychometrics.ratings import Ratings
from training.psychometrics.statistic import Statistic
from training.psychometrics.vignette_sums import Sum, cell_contributions


@dataclass(frozen=True, slots=True)
class RunningFigures:
    """The figures over the first `vignettes` vignettes; intervals are clustered by vignette."""

    vignettes: int
    exact: Statistic
    within_one: Statistic
    bias: Statistic


def running_figures(
    ratings: Ratings, order: Sequence[str], *, confidence: float = 0.95
) -> tuple[RunningFigures, ...]:
    """The figures after the first vignette, after the first two, and so on to all of them.

    order  the names of the vignettes as they were rated, each once. Raises ValueError otherwise.

    Rates take the wider of Wilson and the delete-one-vignette jackknife, the bias the jackknife
    alone. The intervals overlap in what they rest on: two of them are no test of a change.
    """
    if sorted(order) != list(ratings.vignettes):
        raise ValueError(f"order must name every vignette once, not {list(order)!r}")
    contributions = cell_contributions(ratings.scores, ratings.references, ratings.asked)
    places = [ratings.vignettes.index(name) for name in order]
    sums: FloatArray = contributions.sum(axis=-1)[:, places]
    return tuple(_first(sums[:, :count], confidence) for count in range(1, len(places) + 1))


def _first(sums: FloatArray, confidence: float) -> RunningFigures:
    """sums: (len(Sum), vignettes)."""
    of_one_rater = VignetteSums(sums[:, None, :])
    exact, within_one, bias = (
        statistics_of(estimate(MEASURES[name], of_one_rater, confidence=confidence))[0]
        for name in ("exact", "within_one", "bias")
    )
    return RunningFigures(sums.shape[-1], exact, within_one, bias)


def not_rateable_use(ratings: Ratings, *, confidence: float = 0.95) -> NotRateableUse:
    """How often a rater and the consensus found an item not rateable, and the difference."""
    own = np.isnan(ratings.scores) & ratings.asked
    consensus = np.isnan(ratings.references) & ratings.asked
    # The difference of two shares is a mean of differences, so the bias and its interval serve.
    sums = np.zeros((len(Sum), 1, len(ratings.vignettes)))
    sums[Sum.DIFFERENCE, 0] = own.sum(axis=-1) - consensus.sum(axis=-1)
    sums[Sum.JOINT, 0] = ratings.asked.sum(axis=-1)
    (difference,) = statistics_of(
        estimate(MEASURES["bias"], VignetteSums(sums), confidence=confidence)
    )
    return not_rateable_use_of(
        cells=len(ratings),
        count=int(own.sum()),
        reference_count=int(consensus.sum()),
        both=int((own & consensus).sum()),
        difference=difference,
    )
