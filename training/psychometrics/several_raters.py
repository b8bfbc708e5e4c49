"""Figures of two or more raters: shares of agreement, chance-corrected coefficients, ICC."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from training.psychometrics import chance_corrected, distributions, intraclass, krippendorff
from training.psychometrics.arrays import FloatArray, at_most, ratio
from training.psychometrics.chance_corrected import CategorisedRatings, Coefficient
from training.psychometrics.intervals import Contribution, VignetteSums, estimate
from training.psychometrics.layout import Layout
from training.psychometrics.measures import Measure
from training.psychometrics.scale import MOST_CATEGORIES
from training.psychometrics.statistic import Reason, Statistic
from training.psychometrics.table_figures import (
    Clustered,
    Figure,
    from_estimates,
    statistic,
    undefined,
)
from training.psychometrics.weights import WEIGHTS

SHARE = "wider of Wilson and delete-one-subject jackknife, cut at 0 and 1"
GWET = "Gwet (2014), t on units - 1"
JACKKNIFE = "delete-one-subject jackknife, t"
BY_F = "F (McGraw & Wong 1996), units scored by all raters"

COEFFICIENTS: dict[str, tuple[Callable[[CategorisedRatings, FloatArray], Coefficient], str]] = {
    "fleiss_kappa": (chance_corrected.fleiss_kappa, "identity"),
    "conger_kappa": (chance_corrected.conger_kappa, "identity"),
    "bp": (chance_corrected.brennan_prediger, "identity"),
    "ac1": (chance_corrected.gwet_ac, "identity"),
    "ac2_linear": (chance_corrected.gwet_ac, "linear"),
    "ac2_quadratic": (chance_corrected.gwet_ac, "quadratic"),
    "ac2_ordinal": (chance_corrected.gwet_ac, "ordinal"),
}

ENTRIES_AT_ONCE = 2_000_000


def shares_of_agreement(layout: Layout, confidence: float) -> dict[str, Figure]:
    """Exact, within one and percent agreement.

    Of all pairs of ratings of the same unit, the share that is the same, and the share not more
    than one point apart; a pair of which one is "not rateable" is neither. Percent agreement
    knows scores only, and every unit with two scores counts the same (Gwet 2014, eq. 2.10).
    """
    counts, scores = layout.counts, layout.scores
    values = np.asarray(layout.scale)
    near = at_most(np.abs(values[:, None] - values[None, :]), 1.0).astype(np.float64)
    same = ((counts**2).sum(axis=1) - scores) / 2.0
    within = ((counts @ near * counts).sum(axis=1) - scores) / 2.0
    pairs = scores * (scores - 1.0) / 2.0
    compared = pairs + scores * layout.not_rateable
    paired = (scores >= 2).astype(np.float64)
    percent = same / np.where(pairs > 0, pairs, 1.0)
    return {
        "exact_agreement": _share(layout, same, compared, confidence),
        "adjacent_agreement": _share(layout, within, compared, confidence),
        "percent_agreement": _share(layout, percent, paired, confidence),
    }


def coefficients(layout: Layout, confidence: float) -> dict[str, Figure]:
    """Fleiss, Conger, Brennan-Prediger, AC1 and AC2."""
    reason = _why_none(layout)
    if reason is not None:
        return {name: Figure(undefined(reason, GWET)) for name in COEFFICIENTS}
    return {
        name: _figure(
            layout, formula(layout.categorised, WEIGHTS[weights](layout.scale)), confidence
        )
        for name, (formula, weights) in COEFFICIENTS.items()
    }


def alphas(layout: Layout, confidence: float) -> dict[str, Figure]:
    """Krippendorff's alpha by four metrics."""
    metrics, figures = dict(krippendorff.METRICS), {}
    reason = _why_none(layout)
    if reason is not None:
        return {f"alpha_{name}": Figure(undefined(reason, JACKKNIFE)) for name in metrics}
    if layout.scale[0] < 0:
        del metrics["ratio"]
        figures["alpha_ratio"] = Figure(undefined(Reason.NO_RATIO_SCALE, JACKKNIFE))
    pooled = krippendorff.coincidences(layout.counts)
    without_one: dict[str, list[FloatArray]] = {name: [] for name in metrics}
    contributes = []
    for by_subject in _coincidences_by_subject(layout):
        contributes.append(by_subject.sum(axis=(0, 1)) > 0)
        left = pooled[..., None] - by_subject
        for name, metric in metrics.items():
            without_one[name].append(krippendorff.alpha(left, layout.scale, metric))
    contribution = Contribution(np.concatenate(contributes))
    for name, metric in metrics.items():
        value = float(krippendorff.alpha(pooled, layout.scale, metric))
        error = float(contribution.standard_error(np.concatenate(without_one[name])))
        figures[f"alpha_{name}"] = Figure(
            _alpha(layout, value, error, int(contribution.vignettes), confidence)
        )
    return figures


def intraclass_correlations(layout: Layout, confidence: float) -> dict[str, Figure]:
    """The six forms, from the units that every rater scored."""
    scores = layout.complete
    n, k = scores.shape
    if k < 2 or n < 2:
        reason = Reason.NEEDS_TWO_RATERS if k < 2 else Reason.NO_COMPLETE_UNITS
        return {name: Figure(undefined(reason, BY_F, n)) for name in intraclass.ICC_FORMS}
    squares = intraclass.mean_squares_of(scores)
    return {name: Figure(_icc(name, squares, n, confidence)) for name in intraclass.ICC_FORMS}


def _share(layout: Layout, hits: FloatArray, trials: FloatArray, confidence: float) -> Figure:
    """A share over all units, with an interval over subjects; `n` counts the units."""
    sums = layout.by_subject(np.stack([hits, trials, (trials > 0).astype(np.float64)]))
    measure = Measure(lambda sums: ratio(sums[0], sums[1]), units=2, is_rate=True)
    made = estimate(measure, VignetteSums(sums), confidence=confidence)
    found = from_estimates(made, SHARE)
    if found.value is None and layout.raters < 2:
        found = undefined(Reason.NEEDS_TWO_RATERS, SHARE)
    return Figure(found)


def _why_none(layout: Layout) -> Reason | None:
    """Why no coefficient of categories can be computed, if so."""
    if layout.raters < 2:
        return Reason.NEEDS_TWO_RATERS
    if len(layout.scale) > MOST_CATEGORIES:
        return Reason.TOO_MANY_CATEGORIES
    if not (layout.scores >= 2).any():
        return Reason.NO_OVERLAP
    return None


def _figure(layout: Layout, coefficient: Coefficient, confidence: float) -> Figure:
    count = len(coefficient.influence)
    half = _t_half(count, confidence) * coefficient.standard_error
    return Figure(
        statistic(
            coefficient.value,
            coefficient.value - half,
            coefficient.value + half,
            coefficient.standard_error,
            coefficient.units,
            GWET,
        ),
        _clustered(layout, coefficient, confidence),
    )


def _clustered(layout: Layout, coefficient: Coefficient, confidence: float) -> Clustered | None:
    """The linearized standard error with the influences of a subject's units added up first."""
    if not layout.units_share_subjects or np.isnan(coefficient.value):
        return None
    subject = layout.subject_of_unit[layout.scores > 0]
    place = np.unique(subject, return_inverse=True)[1]
    together = np.bincount(place, weights=coefficient.influence)
    subjects, units = len(together), len(coefficient.influence)
    if subjects < 2:
        return None
    variance = subjects / (subjects - 1.0) * float((together**2).sum()) / units**2
    error = float(np.sqrt(variance))
    half = _t_half(subjects, confidence) * error
    return Clustered(coefficient.value - half, coefficient.value + half, error, subjects)


def _t_half(count: int, confidence: float) -> float:
    return float(distributions.t_quantile((1.0 + confidence) / 2.0, np.array([count - 1.0]))[0])


def _alpha(
    layout: Layout, value: float, error: float, subjects: int, confidence: float
) -> Statistic:
    half = _t_half(subjects, confidence) * error
    return statistic(
        value,
        value - half,
        value + half,
        error,
        int((layout.scores >= 2).sum()),
        JACKKNIFE,
        without_interval=(Reason.TOO_FEW_UNITS if subjects < 2 else Reason.DEPENDS_ON_ONE_UNIT),
    )


def _coincidences_by_subject(layout: Layout) -> Iterator[FloatArray]:
    """(K, K, subjects), some subjects at a time; units stand in the order of their subjects."""
    at_once = max(1, ENTRIES_AT_ONCE // len(layout.scale) ** 2)
    starts = np.searchsorted(layout.subject_of_unit, np.arange(layout.subjects + 1))
    for first in range(0, layout.subjects, at_once):
        last = min(first + at_once, layout.subjects)
        units = krippendorff.coincidences_by_unit(layout.counts[starts[first] : starts[last]])
        yield np.add.reduceat(units, starts[first:last] - starts[first], axis=-1)


def _icc(name: str, squares: intraclass.MeanSquares, n: int, confidence: float) -> Statistic:
    value = float(intraclass.ICC_FORMS[name][0](squares))
    low, high = intraclass.icc_interval(name, squares, confidence=confidence)
    varies = bool(squares.rows + squares.columns + squares.error > 0)
    return statistic(
        value,
        float(low),
        float(high),
        float("nan"),
        n,
        BY_F,
        without_value=Reason.NEGATIVE_VARIANCE if varies else Reason.NO_VARIANCE,
        without_interval=Reason.NO_ERROR_VARIANCE,
    )
