"""Many raters against a consensus at once: every figure with its interval, as arrays.

What pages show of one rater is a `Comparison`; this is for cohorts of any size and for tables of
ratings, with all the coefficients that a psychometrician may ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from training.psychometrics import distributions, intraclass, krippendorff, moments, weights
from training.psychometrics.arrays import BoolArray, FloatArray, ratio
from training.psychometrics.intervals import (
    ICC,
    JACKKNIFE,
    Contribution,
    Estimates,
    VignetteSums,
    estimate,
    wider,
)
from training.psychometrics.joint_table import JointTable, joint_counts
from training.psychometrics.measures import MEASURES, Measure, mean_squares, reference_varies
from training.psychometrics.results import TOTAL_TOLERANCE
from training.psychometrics.scale import MOST_CATEGORIES
from training.psychometrics.vignette_sums import (
    Sum,
    cell_contributions,
    sums_by_item,
    sums_by_vignette,
)

CELLS_AT_ONCE = 60_000
"""Raters are taken in groups of about so many cells: fast, and memory does not grow with them."""

# The names are those that several raters are described with, see `agreement`.
SUM_MEASURES: dict[str, Measure] = {
    "exact_agreement": MEASURES["exact"],
    "adjacent_agreement": MEASURES["within_one"],
    "gross_misses": MEASURES["gross_misses"],
    "rateability_mismatches": MEASURES["mismatches"],
    "totals": MEASURES["totals"],
    "bias": MEASURES["bias"],
    "sd_diff": Measure(moments.sd_of_differences, Sum.JOINT, is_spread=True),
    "mae": MEASURES["mae"],
    "rmse": MEASURES["rmse"],
    "slope": MEASURES["slope"],
    "within_vignette_slope": MEASURES["within_vignette_slope"],
    "sd_ratio": MEASURES["sd_ratio"],
    "residual_sd": Measure(moments.residual_sd, Sum.JOINT, is_spread=True),
    "pearson": Measure(moments.pearson, Sum.JOINT),
    "ccc": Measure(moments.concordance, Sum.JOINT),
}

LIMITS = (
    Measure(moments.lower_limit_of_agreement, Sum.JOINT),
    Measure(moments.upper_limit_of_agreement, Sum.JOINT),
)

ITEM_MEASURES = ("exact_agreement", "adjacent_agreement", "gross_misses", "bias", "mae")

NEED_A_VARYING_REFERENCE = frozenset(
    {"kappa", "kappa_linear", "kappa_quadratic", "ccc", *intraclass.ICC_FORMS}
)
"""On a constant consensus their formulas give 0, or 0/0, whatever the rater does."""

TableFormula = Callable[[JointTable], FloatArray]


@dataclass(frozen=True, slots=True)
class CohortFigures:
    """Figures of many raters.

    statistics  by name, arrays of shape (raters,).
    limits      the lower and the upper limit of agreement, each of shape (raters,).
    items       by name, arrays of shape (raters, items).
    use         (raters, categories) the rater's share of each category less the consensus's.
    given       (raters, categories) how often the rater gave each category.
    expected    (raters, categories) how often the consensus did, where both have a score.
    """

    statistics: dict[str, Estimates]
    limits: tuple[Estimates, Estimates]
    items: dict[str, Estimates]
    use: Estimates
    given: FloatArray
    expected: FloatArray


def compare_cohort(
    scores: FloatArray,
    references: FloatArray,
    *,
    asked: BoolArray | None = None,
    scale: Sequence[float],
    confidence: float = 0.95,
    total_tolerance: float = TOTAL_TOLERANCE,
) -> CohortFigures:
    """All figures of all raters, with intervals that leave out one vignette at a time.

    scores      (raters, vignettes, items), NaN = not rateable.
    references  (vignettes, items), or (raters, vignettes, items) where forms differ.
    asked       whether a cell was to be rated, in either shape; all, when left out.
    scale       the categories in rising order; every score is one of them. With more than
                `MOST_CATEGORIES` the figures about categories are left undefined.
    total_tolerance  share of its range (0 to 1) by which a total may be off.

    Raises ValueError for a confidence or a tolerance out of range.
    Time and memory: linear in the number of raters, and constant beyond some thousands.
    """
    distributions.check_confidence(confidence)
    references = np.broadcast_to(references, scores.shape)
    asked = np.broadcast_to(np.True_ if asked is None else asked, scores.shape)
    vignettes, items = scores.shape[1:]
    categories = min(len(scale), MOST_CATEGORIES)
    size = max(1, CELLS_AT_ONCE // max(1, vignettes * max(items, categories**2 // 4)))
    parts = [
        _figures(
            scores[start : start + size],
            references[start : start + size],
            asked[start : start + size],
            tuple(scale),
            confidence,
            total_tolerance,
        )
        for start in range(0, max(len(scores), 1), size)
    ]
    return CohortFigures(
        {name: _joined([part.statistics[name] for part in parts]) for name in parts[0].statistics},
        (_joined([part.limits[0] for part in parts]), _joined([part.limits[1] for part in parts])),
        {name: _joined([part.items[name] for part in parts]) for name in parts[0].items},
        _joined([part.use for part in parts]),
        np.concatenate([part.given for part in parts]),
        np.concatenate([part.expected for part in parts]),
    )


def table_formulas(scale: Sequence[float]) -> dict[str, TableFormula]:
    """The figures that need the joint table of categories, by name."""
    credit = {name: weigh(scale) for name, weigh in weights.WEIGHTS.items()}
    return {
        "kappa": lambda table: table.kappa(credit["identity"]),
        "kappa_linear": lambda table: table.kappa(credit["linear"]),
        "kappa_quadratic": lambda table: table.kappa(credit["quadratic"]),
        "bp": lambda table: table.brennan_prediger(credit["identity"]),
        "ac1": lambda table: table.gwet_ac(credit["identity"]),
        "ac2_linear": lambda table: table.gwet_ac(credit["linear"]),
        "ac2_quadratic": lambda table: table.gwet_ac(credit["quadratic"]),
        "ac2_ordinal": lambda table: table.gwet_ac(credit["ordinal"]),
        "alpha_nominal": lambda table: table.alpha(krippendorff.nominal),
        "alpha_ordinal": lambda table: table.alpha(krippendorff.ordinal),
        "alpha_interval": lambda table: table.alpha(krippendorff.interval),
        "alpha_ratio": lambda table: table.alpha(krippendorff.ratio_metric),
        "spearman": JointTable.spearman,
        "kendall_tau_b": JointTable.kendall_tau_b,
    }


def table_estimates(
    tables: FloatArray, scale: Sequence[float], *, confidence: float
) -> dict[str, Estimates]:
    """Of joint tables by vignette (K, K, ..., vignettes), vignettes left out one at a time."""
    pooled: FloatArray = tables.sum(axis=-1)
    whole, without_one = JointTable(pooled, scale), JointTable(pooled[..., None] - tables, scale)
    contribution = Contribution(tables.sum(axis=(0, 1)) > 0)
    return {
        name: _jackknifed(
            formula(whole), formula(without_one), contribution, whole.count, confidence
        )
        for name, formula in table_formulas(scale).items()
    }


def icc_estimates(sums: VignetteSums, *, confidence: float) -> dict[str, Estimates]:
    """Of sums by vignette, rows as in `Sum`: the six forms, the wider of two intervals."""
    squares, without_one = mean_squares(sums.pooled), mean_squares(sums.without_one)
    units, contribution = sums.pooled[Sum.JOINT], sums.contribution(Sum.JOINT)
    estimates = {}
    for name, (formula, _, _) in intraclass.ICC_FORMS.items():
        plain = _jackknifed(formula(squares), formula(without_one), contribution, units, confidence)
        by_f = intraclass.icc_interval(name, squares, confidence=confidence)
        low, high = wider((plain.low, plain.high), by_f)
        estimates[name] = Estimates(
            plain.value, low, high, plain.standard_error, plain.units, plain.vignettes, ICC
        )
    return estimates


def _figures(
    scores: FloatArray,
    references: FloatArray,
    asked: BoolArray,
    scale: tuple[float, ...],
    confidence: float,
    total_tolerance: float,
) -> CohortFigures:
    contributions = cell_contributions(scores, references, asked)
    sums = VignetteSums(
        sums_by_vignette(
            contributions, scale_range=scale[-1] - scale[0], total_tolerance=total_tolerance
        )
    )
    tables = _joint_tables(
        np.where(asked, scores, np.nan), np.where(asked, references, np.nan), scale
    )
    statistics = {
        **{
            name: estimate(measure, sums, confidence=confidence)
            for name, measure in SUM_MEASURES.items()
        },
        **table_estimates(tables, scale[: len(tables)], confidence=confidence),
        **icc_estimates(sums, confidence=confidence),
    }
    varies = reference_varies(sums.pooled)
    for name in NEED_A_VARYING_REFERENCE:
        statistics[name] = _only_where(varies, statistics[name])
    by_item = VignetteSums(sums_by_item(contributions))
    return CohortFigures(
        statistics,
        (
            estimate(LIMITS[0], sums, confidence=confidence),
            estimate(LIMITS[1], sums, confidence=confidence),
        ),
        {
            name: estimate(SUM_MEASURES[name], by_item, confidence=confidence)
            for name in ITEM_MEASURES
        },
        *_scale_use(tables, confidence),
    )


def _joint_tables(
    scores: FloatArray, references: FloatArray, scale: tuple[float, ...]
) -> FloatArray:
    """(K, K, raters, vignettes); one empty cell each when there are too many categories."""
    if len(scale) > MOST_CATEGORIES:
        return np.zeros((1, 1, *scores.shape[:2]))
    return joint_counts(scores, references, scale)


def _scale_use(tables: FloatArray, confidence: float) -> tuple[Estimates, FloatArray, FloatArray]:
    """tables: (K, K, raters, vignettes). The difference of two shares is a mean difference."""
    given, expected = (np.moveaxis(tables.sum(axis=axis), 0, 1) for axis in (1, 0))
    joint = np.broadcast_to(tables.sum(axis=(0, 1))[:, None], given.shape)
    share = Measure(lambda sums: ratio(sums[0], sums[1]), units=1)
    sums = VignetteSums(np.stack([given - expected, joint]))
    use = estimate(share, sums, confidence=confidence)
    return use, given.sum(axis=-1), expected.sum(axis=-1)


def _jackknifed(
    value: FloatArray,
    without_one: FloatArray,
    contribution: Contribution,
    units: FloatArray,
    confidence: float,
) -> Estimates:
    error = contribution.standard_error(without_one)
    half = contribution.half_width(error, confidence=confidence)
    return Estimates(
        value, value - half, value + half, error, units, contribution.vignettes, JACKKNIFE
    )


def _only_where(is_defined: BoolArray, estimates: Estimates) -> Estimates:
    value, low, high, error = (
        np.where(is_defined, column, np.nan)
        for column in (
            estimates.value,
            estimates.low,
            estimates.high,
            estimates.standard_error,
        )
    )
    return Estimates(
        value, low, high, error, estimates.units, estimates.vignettes, estimates.method
    )


def _joined(parts: list[Estimates]) -> Estimates:
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, FloatArray] = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("value", "low", "high", "standard_error", "units", "vignettes")
    }
    return Estimates(**columns, method=parts[0].method)
