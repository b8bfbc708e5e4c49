"""Drawing vignettes again: how the figures would vary with other vignettes of the same kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.psychometrics.arrays import FloatArray, ratio
from training.psychometrics.measures import MEASURES
from training.psychometrics.ratings import Ratings, check_scale
from training.psychometrics.vignette_sums import Sum, cell_contributions, sums_by_vignette


@dataclass(frozen=True, slots=True)
class BootstrapDraws:
    """Figures recomputed under random weights of the vignettes.

    figures    by name, each of shape (draws,); NaN where a draw leaves a figure undefined.
    item_mae   (draws, items) mean absolute error of each item; NaN where never jointly rated.
    item_gross (draws, items) share of gross misses of each item.
    """

    items: tuple[int, ...]
    figures: dict[str, FloatArray]
    item_mae: FloatArray
    item_gross: FloatArray


def bayesian_bootstrap(
    ratings: Ratings,
    *,
    scale: tuple[int, ...],
    draws: int,
    seed: int,
    total_tolerance: float,
) -> BootstrapDraws:
    """Posterior draws of every figure under Dirichlet(1, ..., 1) weights (Rubin 1981).

    Weights instead of resampled counts keep every vignette in every draw, so that few vignettes
    leave no draw degenerate. The vignettes are first put in an order that depends on their scores
    alone: the same evidence gives the same draws, whatever the vignettes are called.
    """
    categories = check_scale(scale)
    ratings.check_scale(categories)
    contributions = cell_contributions(ratings.scores, ratings.references, ratings.asked)
    contributions = contributions[:, _canonical_order(ratings)]
    sums = sums_by_vignette(
        contributions,
        scale_range=categories[-1] - categories[0],
        total_tolerance=total_tolerance,
    )
    vignettes = sums.shape[-1]
    weights = np.random.default_rng(seed).dirichlet(np.ones(vignettes), size=draws) * vignettes
    drawn = np.einsum("sv,dv->sd", sums, weights)
    by_item = np.einsum("svi,dv->sdi", contributions[[Sum.JOINT, Sum.ABSOLUTE, Sum.GROSS]], weights)
    return BootstrapDraws(
        items=ratings.items,
        figures={name: measure.formula(drawn) for name, measure in MEASURES.items()},
        item_mae=ratio(by_item[1], by_item[0]),
        item_gross=ratio(by_item[2], by_item[0]),
    )


def _canonical_order(ratings: Ratings) -> list[int]:
    rows = [
        (
            tuple(ratings.asked[place].tolist()),
            tuple(np.nan_to_num(ratings.scores[place], nan=np.inf).tolist()),
            tuple(np.nan_to_num(ratings.references[place], nan=np.inf).tolist()),
        )
        for place in range(len(ratings.vignettes))
    ]
    return sorted(range(len(rows)), key=rows.__getitem__)
