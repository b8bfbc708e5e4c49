"""The many-facet Rasch model: subjects, items and raters measured on one line."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from training.psychometrics.arrays import BoolArray, FloatArray
from training.psychometrics.facets.bias import bias_interactions
from training.psychometrics.facets.connection import check_connected
from training.psychometrics.facets.design import (
    FACETS,
    SIGN,
    Anchors,
    Frame,
    Observations,
    Screening,
    at_the_ends,
    check_categories,
    observe,
    screen,
    set_frame,
)
from training.psychometrics.facets.errors import (
    DisconnectedDesignError,
    FacetsError,
    Group,
    NothingToEstimateError,
    UnboundedMeasuresError,
)
from training.psychometrics.facets.estimation import maximise
from training.psychometrics.facets.extremes import measure_extremes
from training.psychometrics.facets.fit import mean_squares, reliability, threshold_errors
from training.psychometrics.facets.model import (
    Calibration,
    Moments,
    RatingScale,
    log_likelihood,
    residuals,
)
from training.psychometrics.facets.results import (
    BiasInteraction,
    ElementMeasure,
    FacetReliability,
    FacetsFit,
    Threshold,
)
from training.psychometrics.facets.warnings import category_warnings, element_warnings
from training.psychometrics.table import RatingTable

__all__ = [
    "Anchors",
    "BiasInteraction",
    "DisconnectedDesignError",
    "ElementMeasure",
    "FacetReliability",
    "FacetsError",
    "FacetsFit",
    "Group",
    "NothingToEstimateError",
    "Threshold",
    "UnboundedMeasuresError",
    "bias_interactions",
    "fit_facets",
]

ONLY_EXTREME = (
    "Every score belongs to a subject, item or rater with all scores in the lowest or all in the "
    "highest category in use: nothing can be estimated. Collect ratings that vary, or anchor the "
    "others and the thresholds."
)


def fit_facets(
    table: RatingTable, *, scale: Sequence[float], anchors: Anchors | None = None
) -> FacetsFit:
    """Fit log(P(k) / P(k - 1)) = subject - item - rater - threshold(k) to the scores of a table.

    Linacre (1989) with the rating scale of Andrich (1978): all items and raters share the
    thresholds. A table without items has subjects and raters only. "Not rateable" does not count.

    scale     the declared categories, rising; equal steps in the model whatever their numbers.
    anchors   measures that are given, not estimated.

    Estimation is by joint maximum likelihood (UCON; Wright & Masters 1982, ch. 4; as in Facets):
    every element's observed sum and every category's count equal what is expected. Joint estimates
    are too far from 0 where elements have few observations: by about L / (L - 1) for L ratings of
    each of many subjects. The usual correction, (L - 1) / L, is not applied.

    Items, raters and thresholds have mean 0, subjects are free. A facet with any anchor is not
    centred, and when subjects have anchors the first facet without (raters, then items) is not
    either, since something has to take up the location. Thresholds over an unused category count
    once for each step.

    A category at either end that nobody used is dropped. One in between keeps its step but has
    probability 0, which is what maximises the likelihood: the thresholds on both sides of it are
    infinite, only their mean can be estimated. With anchored thresholds every category stays.

    Elements whose scores are all in the lowest or all in the highest category are extreme: see
    `ElementMeasure`. Warnings name them and all else that a reader should know.

    Raises FacetsError for a score off the scale or anchors that do not match it, and, of its kinds,
    NothingToEstimateError, DisconnectedDesignError (measures of groups cannot be compared) and
    UnboundedMeasuresError (ratings ordered without overlap).
    """
    categories = check_categories(scale)
    anchors = anchors or Anchors()
    observations = observe(table, categories)
    frame, warnings = set_frame(observations, anchors, categories, has_items=table.has_items)
    screening = screen(observations, frame, categories)
    _check_something_left(screening)
    active = _active(observations, screening.is_active)
    is_estimated = (active.counts(np.ones(len(active.place), np.bool_)) > 0) & ~frame.is_anchored
    is_free = is_estimated & ~_references(active, frame, is_estimated)
    check_connected(active, is_free)
    try:
        calibration, iterations = maximise(
            _start(active, frame, screening, is_estimated),
            is_free,
            _free_categories(screening, frame),
        )
    except UnboundedMeasuresError as unbounded:
        lowest, highest = at_the_ends(observations, screening.is_active, screening.places)
        extreme_anchors = observations.named(frame.is_anchored & (lowest | highest))
        raise UnboundedMeasuresError(unbounded.elements, extreme_anchors) from None
    calibration = _centred(calibration, frame, is_estimated)
    at = calibration.moments()
    elements = _elements(observations, screening, frame, calibration, at)
    by_facet = _by_facet(observations, elements, table)
    _check_any_measure(by_facet)
    sums, counts = residuals(calibration, at)
    largest = np.abs(np.concatenate([sums[is_free], counts[_free_categories(screening, frame)]]))
    warnings += category_warnings(observations, screening, categories)
    warnings += element_warnings(table, observations, elements)
    used = tuple(categories[place] for place in screening.places)
    return FacetsFit(
        scale=categories,
        categories=used,
        subjects=by_facet["subjects"],
        items=by_facet["items"],
        raters=by_facet["raters"],
        thresholds=_thresholds(calibration, at, frame, used),
        log_likelihood=log_likelihood(calibration, at),
        reliability={facet: reliability(list(by_facet[facet].values())) for facet in FACETS},
        warnings=tuple(warnings),
        iterations=iterations,
        largest_residual=float(largest.max(initial=0.0)),
        calibration=calibration,
    )


def _check_something_left(screening: Screening) -> None:
    """Against anchored thresholds even an extreme element can be measured; without, nothing can."""
    if len(screening.places) < 2:
        raise NothingToEstimateError(ONLY_EXTREME)


def _check_any_measure(by_facet: dict[str, dict[str, ElementMeasure]]) -> None:
    measures = [element.measure for facet in by_facet.values() for element in facet.values()]
    if all(measure is None for measure in measures):
        raise NothingToEstimateError(ONLY_EXTREME)


def _active(observations: Observations, is_active: BoolArray) -> Observations:
    return Observations(
        observations.names,
        observations.facet,
        observations.element[:, is_active],
        observations.place[is_active],
    )


def _references(active: Observations, frame: Frame, is_estimated: BoolArray) -> BoolArray:
    """One element of each centred facet, which stands for its zero until the facet is centred."""
    is_reference = np.zeros(len(is_estimated), dtype=np.bool_)
    count = active.counts(np.ones(len(active.place), np.bool_))
    for place in frame.centred:
        of_facet = is_estimated & (active.facet == place)
        if of_facet.any():
            is_reference[np.argmax(np.where(of_facet, count, 0))] = True
    return is_reference


def _free_categories(screening: Screening, frame: Frame) -> BoolArray:
    """Centred thresholds sum to 0, so the easiness of the highest category is 0 like the lowest."""
    is_free = np.full(len(screening.places), frame.places is None)
    is_free[[0, -1]] = False
    return is_free


def _start(
    active: Observations, frame: Frame, screening: Screening, is_estimated: BoolArray
) -> Calibration:
    """From the counts of the categories alone, as if all elements of a facet were the same."""
    places = screening.places
    location = frame.location.copy()
    category = np.searchsorted(places, active.place).astype(np.int64)
    if frame.places is not None:
        steps = np.diff(places) * frame.thresholds
        easiness = -np.concatenate([[0.0], np.cumsum(steps)])
        return Calibration(active, category, location, RatingScale(places, easiness))
    count = np.bincount(category, minlength=len(places))
    log_odds = np.log(count / count[0])
    rank = places - places[0]
    slope = log_odds[-1] / rank[-1]
    if frame.floating is not None:
        location[is_estimated & (active.facet == frame.floating)] = slope
    return Calibration(active, category, location, RatingScale(places, log_odds - slope * rank))


def _centred(calibration: Calibration, frame: Frame, is_estimated: BoolArray) -> Calibration:
    """Mean 0 in each centred facet, the floating one taking up the difference."""
    facet = calibration.observations.facet
    has_measure = is_estimated | frame.is_anchored
    location = np.where(has_measure, calibration.location, np.nan)
    for place in frame.centred:
        of_facet = is_estimated & (facet == place)
        if of_facet.any():
            mean = location[of_facet].mean()
            location[of_facet] -= mean
            location[is_estimated & (facet == frame.floating)] += mean
    return Calibration(calibration.observations, calibration.category, location, calibration.scale)


def _elements(
    observations: Observations,
    screening: Screening,
    frame: Frame,
    calibration: Calibration,
    at: Moments,
) -> list[ElementMeasure]:
    """One for each element, in the order of their numbers."""
    fit = mean_squares(calibration, at)
    location, error = measure_extremes(
        observations, screening, calibration.location, calibration.scale
    )
    sign = np.array(SIGN)[observations.facet]
    # Only elements with active scores have information; adding 0 turns a negative zero into zero.
    error = np.where(fit.information > 0, _inverse_root(fit.information), error)
    figures = (sign * location + 0.0, error, fit.infit, fit.outfit, fit.infit_z, fit.outfit_z)
    rows = zip(*(column.tolist() for column in figures), strict=True)
    count = observations.counts(np.ones(len(observations.place), np.bool_)).tolist()
    return [
        ElementMeasure(
            measure=_none_unless_finite(measure),
            se=_none_unless_finite(se),
            infit=_none_unless_finite(infit),
            outfit=_none_unless_finite(outfit),
            infit_z=_none_unless_finite(infit_z),
            outfit_z=_none_unless_finite(outfit_z),
            n=count[number],
            extreme=bool(screening.extreme_in[number]),
            anchored=bool(frame.is_anchored[number]),
        )
        for number, (measure, se, infit, outfit, infit_z, outfit_z) in enumerate(rows)
    ]


def _none_unless_finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _inverse_root(information: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / np.sqrt(information), dtype=np.float64)


def _by_facet(
    observations: Observations, elements: list[ElementMeasure], table: RatingTable
) -> dict[str, dict[str, ElementMeasure]]:
    facets: dict[str, dict[str, ElementMeasure]] = {facet: {} for facet in FACETS}
    for place, name, element in zip(
        observations.facet.tolist(), observations.names, elements, strict=True
    ):
        if FACETS[place] != "items" or table.has_items:
            facets[FACETS[place]][name] = element
    return facets


def _thresholds(
    calibration: Calibration, at: Moments, frame: Frame, used: tuple[float, ...]
) -> tuple[Threshold, ...]:
    is_estimated = frame.places is None and len(used) > 2
    return tuple(
        Threshold(category, measure, error if is_estimated else None)
        for category, measure, error in zip(
            used[1:],
            calibration.scale.thresholds.tolist(),
            threshold_errors(calibration, at).tolist(),
            strict=True,
        )
    )
