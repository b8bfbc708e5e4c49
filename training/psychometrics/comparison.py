"""One rater against the consensus: every figure, with its interval and what lies behind it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from training.psychometrics.arrays import BoolArray, FloatArray
from training.psychometrics.distributions import check_confidence
from training.psychometrics.intervals import VignetteSums, estimate, statistics_of
from training.psychometrics.measures import MEASURES
from training.psychometrics.ratings import Ratings, check_scale, check_scores_on_scale
from training.psychometrics.results import (
    TOTAL_TOLERANCE,
    CategoryUse,
    Comparison,
    Direction,
    ItemComparison,
    VignetteComparison,
)
from training.psychometrics.statistic import Statistic
from training.psychometrics.vignette_sums import (
    Sum,
    cell_contributions,
    sums_by_item,
    sums_by_vignette,
)

ITEM_BIAS = 0.25
"""An item's mean difference beyond this many points counts as leaning to one side."""

ITEM_SCATTER = 0.75
"""An item without a lean but with a mean absolute error this large misses to both sides."""


def compare_with_consensus(
    ratings: Ratings,
    *,
    scale: Sequence[int],
    confidence: float = 0.95,
    total_tolerance: float = TOTAL_TOLERANCE,
    critical_items: Sequence[int] = (),
) -> Comparison:
    """Compare one rater with the consensus.

    ratings          the cells; see `Ratings`.
    scale            the instrument's categories, consecutive whole numbers.
    confidence       of the two-sided intervals; 0.90 makes their ends one-sided 95 % bounds.
    total_tolerance  share of its range (0 to 1) by which a total may be off.
    critical_items   item numbers whose gross misses are also counted on their own.

    Intervals leave out one vignette at a time (t on V - 1 degrees of freedom); shares take the
    wider of this and Wilson on each side. Raises ValueError for a score that is not on the scale
    and for arguments out of range. Never raises for lack of data: what cannot be computed comes
    back as a Statistic with its reason.
    """
    (comparison,) = compare_raters(
        ratings.scores[None],
        ratings.references,
        asked=ratings.asked,
        vignettes=ratings.vignettes,
        items=ratings.items,
        scale=scale,
        confidence=confidence,
        total_tolerance=total_tolerance,
        critical_items=critical_items,
    )
    return comparison


def compare_raters(
    scores: FloatArray,
    references: FloatArray,
    *,
    asked: BoolArray | None = None,
    vignettes: Sequence[str],
    items: Sequence[int],
    scale: Sequence[int],
    confidence: float = 0.95,
    total_tolerance: float = TOTAL_TOLERANCE,
    critical_items: Sequence[int] = (),
) -> list[Comparison]:
    """Compare many raters of the same vignettes in one go; one Comparison each, in order.

    scores      (raters, vignettes, items), NaN = not rateable.
    references  (vignettes, items), or (raters, vignettes, items) where each rater has a form of
                their own; NaN = not rateable.
    asked       (vignettes, items) whether the cell was to be rated; all, when left out.
    Otherwise as `compare_with_consensus`.
    """
    categories = check_scale(scale)
    check_confidence(confidence)
    _check_shapes(scores, references, len(vignettes), len(items))
    check_scores_on_scale("scores", scores, categories)
    check_scores_on_scale("references", references, categories)
    references = np.broadcast_to(references, scores.shape)
    asked = np.ones((len(vignettes), len(items)), dtype=np.bool_) if asked is None else asked
    contributions = cell_contributions(scores, references, asked)
    by_vignette = sums_by_vignette(
        contributions,
        scale_range=categories[-1] - categories[0],
        total_tolerance=total_tolerance,
    )
    is_critical = [item in critical_items for item in items]
    critical = contributions[..., is_critical].sum(axis=-1)
    overall = _overall(by_vignette, critical, confidence)
    item_rows = _item_rows(sums_by_item(contributions), tuple(items), confidence)
    use_rows = _scale_use(scores, references, asked, categories, confidence)
    return [
        Comparison(
            scale=categories,
            confidence=confidence,
            critical_items=tuple(critical_items),
            vignettes=len(vignettes),
            cells=int(by_vignette[Sum.CELLS, rater].sum()),
            jointly_rated=int(by_vignette[Sum.JOINT, rater].sum()),
            mismatched=int(by_vignette[Sum.MISMATCHES, rater].sum()),
            per_item=item_rows[rater],
            per_vignette=_vignette_rows(by_vignette[:, rater], vignettes),
            scale_use=use_rows[rater],
            **{name: statistics[rater] for name, statistics in overall.items()},
        )
        for rater in range(len(scores))
    ]


def _overall(
    by_vignette: FloatArray, critical: FloatArray, confidence: float
) -> dict[str, list[Statistic]]:
    """Every figure by its name in Comparison, each a list with one Statistic per rater."""
    sums = VignetteSums(by_vignette)
    figures = {
        name: statistics_of(estimate(measure, sums, confidence=confidence))
        for name, measure in MEASURES.items()
    }
    gross = estimate(MEASURES["gross_misses"], VignetteSums(critical), confidence=confidence)
    return figures | {"critical_misses": statistics_of(gross)}


def _check_shapes(scores: FloatArray, references: FloatArray, vignettes: int, items: int) -> None:
    if scores.ndim != 3 or scores.shape[1:] != (vignettes, items):
        raise ValueError(f"scores must be raters x {vignettes} x {items}, not {scores.shape}")
    if references.shape not in (scores.shape, scores.shape[1:]):
        raise ValueError(
            f"references must be {vignettes} x {items}, or that for each rater, "
            f"not {references.shape}"
        )


_ITEM_MEASURES = ("exact", "within_one", "gross_misses", "bias", "mae")


def _item_rows(
    sums: FloatArray, items: tuple[int, ...], confidence: float
) -> list[tuple[ItemComparison, ...]]:
    """sums: (len(Sum), raters, items, vignettes)."""
    by_item = VignetteSums(sums)
    columns = {
        name: statistics_of(estimate(MEASURES[name], by_item, confidence=confidence))
        for name in _ITEM_MEASURES
    }
    gross_counts = sums[Sum.GROSS].sum(axis=-1).astype(int).ravel().tolist()
    raters = sums.shape[1]
    rows = [
        ItemComparison(
            item=items[index % len(items)],
            n=columns["bias"][index].n,
            gross_count=gross_counts[index],
            direction=direction(columns["bias"][index].value, columns["mae"][index].value),
            **{name: columns[name][index] for name in _ITEM_MEASURES},
        )
        for index in range(raters * len(items))
    ]
    return [tuple(rows[rater * len(items) : (rater + 1) * len(items)]) for rater in range(raters)]


def direction(bias: float | None, mae: float | None) -> Direction:
    """Which way the misses go, from mean difference and mean absolute error in scale points."""
    if bias is None or mae is None:
        return Direction.UNKNOWN
    if bias > ITEM_BIAS:
        return Direction.LENIENT
    if bias < -ITEM_BIAS:
        return Direction.SEVERE
    return Direction.BOTH_WAYS if mae >= ITEM_SCATTER else Direction.EVEN


def _vignette_rows(sums: FloatArray, vignettes: Sequence[str]) -> tuple[VignetteComparison, ...]:
    """sums: (len(Sum), vignettes)."""
    columns = {
        name: MEASURES[name].formula(sums).tolist()
        for name in ("exact", "within_one", "bias", "mae")
    }
    return tuple(
        VignetteComparison(
            vignette=name,
            n=int(sums[Sum.JOINT, place]),
            mismatches=int(sums[Sum.MISMATCHES, place]),
            exact=_none_if_nan(columns["exact"][place]),
            within_one=_none_if_nan(columns["within_one"][place]),
            gross_count=int(sums[Sum.GROSS, place]),
            bias=_none_if_nan(columns["bias"][place]),
            mae=_none_if_nan(columns["mae"][place]),
            total=_if_rated(sums, place, float(sums[Sum.SCORE, place])),
            reference_total=_if_rated(sums, place, float(sums[Sum.REFERENCE, place])),
            is_total_within=(
                bool(sums[Sum.TOTALS_WITHIN, place]) if sums[Sum.TOTALS, place] else None
            ),
        )
        for place, name in enumerate(vignettes)
    )


def _scale_use(
    scores: FloatArray,
    references: FloatArray,
    asked: BoolArray,
    categories: tuple[int, ...],
    confidence: float,
) -> list[tuple[CategoryUse, ...]]:
    joint = ~np.isnan(scores) & ~np.isnan(references) & asked
    given = _category_counts(np.where(joint, scores, np.nan), categories)
    expected = _category_counts(np.where(joint, references, np.nan), categories)
    # The difference of two shares is the mean of (r is this category) - (g is this category):
    # a bias, so the bias and its interval serve.
    sums = np.zeros((len(Sum), *given.shape))
    sums[Sum.DIFFERENCE] = given - expected
    sums[Sum.JOINT] = joint.sum(axis=-1)[:, None, :]
    differences = statistics_of(
        estimate(MEASURES["bias"], VignetteSums(sums), confidence=confidence)
    )
    rows = [
        CategoryUse(category, int(count), int(reference_count), difference)
        for category, count, reference_count, difference in zip(
            list(categories) * len(scores),
            given.sum(axis=-1).ravel(),
            expected.sum(axis=-1).ravel(),
            differences,
            strict=True,
        )
    ]
    size = len(categories)
    return [tuple(rows[rater * size : (rater + 1) * size]) for rater in range(len(scores))]


def _category_counts(values: FloatArray, categories: tuple[int, ...]) -> FloatArray:
    """(raters, vignettes, items) to (raters, categories, vignettes)."""
    return np.stack(
        [(values == category).sum(axis=-1).astype(np.float64) for category in categories], axis=1
    )


def _none_if_nan(number: float) -> float | None:
    return None if math.isnan(number) else number


def _if_rated(sums: FloatArray, place: int, number: float) -> float | None:
    return number if sums[Sum.JOINT, place] else None
