"""How well ratings fit the many-facet Rasch model, and how well its measures can be told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.psychometrics.arrays import NEGLIGIBLE, FloatArray
from training.psychometrics.facets.model import Calibration, Moments, element_sums
from training.psychometrics.facets.results import ElementMeasure, FacetReliability
from training.psychometrics.statistic import Reason, Undefined


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Fit of many elements at once; all arrays are (elements,), not finite where undefined."""

    information: FloatArray
    infit: FloatArray
    outfit: FloatArray
    infit_z: FloatArray
    outfit_z: FloatArray


def mean_squares(calibration: Calibration, at: Moments) -> MeanSquares:
    """Infit and outfit of every element (Wright & Masters 1982, ch. 5).

    With residual y, variance W and fourth moment C of each observation::

        outfit = sum(y² / W) / n        its variance  sum(C / W² - 1) / n²
        infit  = sum(y²) / sum(W)       its variance  sum(C - W²) / sum(W)²

    standardised by the cube root of Wilson & Hilferty (1931). A standardised value is undefined
    where the variance is 0, as for two categories that are equally probable.
    """
    squared = (calibration.score - at.expected) ** 2
    fourth = np.zeros_like(squared)
    for step, probability in zip(calibration.scale.rank, at.probability, strict=True):
        fourth += probability * ((step - at.expected) ** 2) ** 2
    observations = calibration.observations
    # Where an anchor makes a score all but impossible these divide by 0; it leaves as None.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        count = element_sums(observations, np.ones_like(squared))
        information = element_sums(observations, at.variance)
        outfit = element_sums(observations, squared / at.variance) / count
        outfit_variance = element_sums(observations, fourth / at.variance**2 - 1.0) / count**2
        infit = element_sums(observations, squared) / information
        infit_variance = element_sums(observations, fourth - at.variance**2) / information**2
        return MeanSquares(
            information,
            infit,
            outfit,
            standardised(infit, infit_variance),
            standardised(outfit, outfit_variance),
        )


def standardised(mean_square: FloatArray, variance: FloatArray) -> FloatArray:
    """(mean_square^(1/3) - 1) * 3 / q + q / 3 with q² the variance; NaN where that is 0."""
    q = np.sqrt(np.where(variance > NEGLIGIBLE, variance, np.nan))
    return np.asarray((np.cbrt(mean_square) - 1.0) * 3.0 / q + q / 3.0, dtype=np.float64)


def reliability(elements: list[ElementMeasure]) -> FacetReliability:
    """Separation, reliability, strata and homogeneity of one facet, without extreme elements.

    A true variance estimated below 0 is taken as 0, as in Facets; the two variances are given, so
    that it can be seen. Homogeneity is the weighted sum of squares about the weighted mean, chi
    square with elements - 1 degrees of freedom (Hedges & Olkin 1985, ch. 6).
    """
    from scipy import special

    usable = [
        (element.measure, element.se)
        for element in elements
        if element.measure is not None and element.se is not None and not element.extreme
    ]
    if len(usable) < 2:
        undefined = Undefined(Reason.TOO_FEW_UNITS, "Reliability needs at least two measures.")
        return FacetReliability(len(usable), undefined=undefined)
    measure, error = np.array(usable).T
    observed, mean_error = float(np.var(measure, ddof=1)), float(np.mean(error**2))
    weight = error**-2
    homogeneity = float(np.sum(weight * (measure - np.average(measure, weights=weight)) ** 2))
    true = max(observed - mean_error, 0.0)
    separation = float(np.sqrt(true / mean_error))
    varies = observed > NEGLIGIBLE
    return FacetReliability(
        elements=len(usable),
        observed_variance=observed,
        error_variance=mean_error,
        separation=separation if varies else None,
        reliability=true / observed if varies else None,
        strata=(4.0 * separation + 1.0) / 3.0 if varies else None,
        chi_square=homogeneity,
        degrees_of_freedom=len(usable) - 1,
        p_value=float(special.chdtrc(len(usable) - 1, homogeneity)),
        undefined=None
        if varies
        else Undefined(Reason.NO_VARIANCE, "The measures do not differ at all."),
    )


def threshold_errors(calibration: Calibration, at: Moments) -> FloatArray:
    """(categories - 1,) standard error of each threshold, in logits.

    1 / sqrt(sum of P(this category or higher) * P(lower)), the second derivative of the log
    likelihood (Wright & Masters 1982, ch. 4), for a step over several category steps divided
    by their number.
    """
    # Both are sums of probabilities: one minus the other may be a rounding below 0.
    or_higher = np.cumsum(at.probability[::-1], axis=0)[::-1][1:]
    lower = np.cumsum(at.probability, axis=0)[:-1]
    information = np.sum(or_higher * lower, axis=1)
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / np.sqrt(information) / calibration.scale.steps, dtype=np.float64)
