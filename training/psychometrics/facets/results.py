"""What the many-facet Rasch model says about a table: measures, fit, thresholds, reliability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from training.psychometrics.statistic import Undefined

if TYPE_CHECKING:
    from training.psychometrics.facets.model import Calibration


@dataclass(frozen=True, slots=True)
class ElementMeasure:
    """One subject, item or rater.

    measure          in logits: a subject's standing, an item's difficulty, a rater's severity
                     (positive = severe).
    se               standard error in logits, 1 / sqrt(sum of the model variances of the element's
                     ratings), all other parameters taken as known.
    infit, outfit    mean squares, expectation 1; below 1 too predictable, above 1 noisy.
    infit_z, outfit_z  the same, standardised (Wilson & Hilferty 1931).
    n                number of the element's scores in the table.
    extreme          all scores that count are in the lowest or all in the highest category: left
                     out of the estimation, measured by a score adjusted by 0.3 points.
    anchored         the measure was given, not estimated.

    None where undefined; never NaN or infinite.
    """

    measure: float | None
    se: float | None
    infit: float | None
    outfit: float | None
    infit_z: float | None
    outfit_z: float | None
    n: int
    extreme: bool
    anchored: bool

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded."""
        return {
            "measure": self.measure,
            "se": self.se,
            "infit": self.infit,
            "outfit": self.outfit,
            "infit_z": self.infit_z,
            "outfit_z": self.outfit_z,
            "n": self.n,
            "extreme": self.extreme,
        }


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where two neighbouring used categories are equally probable.

    category   the upper of the two, as declared; the lower is the next lower used category.
    measure    in logits, on the line of subject minus item minus rater. Over an unused category it
               is the mean of the thresholds on both sides of it, all that can be estimated.
    se         1 / sqrt(sum of P(this or higher) * P(lower)), all other parameters taken as known;
               None for an anchored threshold, and for the only threshold, which is 0 by definition.
    """

    category: float
    measure: float
    se: float | None


@dataclass(frozen=True, slots=True)
class FacetReliability:
    """How well the measures of one facet can be told apart; extreme elements are left out.

    elements            number of measures.
    observed_variance   of the measures, divisor elements - 1.
    error_variance      mean squared standard error.
    separation          sqrt(true / error variance), the true variance being observed - error, at
                        least 0 (Wright & Masters 1982, pp. 92, 105).
    reliability         true / observed variance, 0 to 1.
    strata              (4 * separation + 1) / 3 distinct levels (Wright & Masters 1982, p. 106).
    chi_square, degrees_of_freedom, p_value   homogeneity: are all measures the same but for error?
    undefined           why figures are missing.
    """

    elements: int
    observed_variance: float | None = None
    error_variance: float | None = None
    separation: float | None = None
    reliability: float | None = None
    strata: float | None = None
    chi_square: float | None = None
    degrees_of_freedom: int | None = None
    p_value: float | None = None
    undefined: Undefined | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "undefined"}
        return plain | {"undefined": None if self.undefined is None else self.undefined.as_dict()}


@dataclass(frozen=True, slots=True)
class FacetsFit:
    """The many-facet Rasch model fitted to a table; see `fit_facets`.

    scale                    the declared categories.
    categories               those that were estimated, lowest first.
    subjects, items, raters  measures by name, sorted; no items in a table without.
    thresholds               one per category after the lowest in `categories`.
    log_likelihood           of the scores of all elements that are not extreme.
    reliability              by facet: "subjects", "items", "raters".
    warnings                 sentences for those who read the figures.
    iterations               Newton steps taken.
    largest_residual         largest |observed - expected| among element sums and category counts.
    calibration              what `bias_interactions` goes on from.
    """

    scale: tuple[float, ...]
    categories: tuple[float, ...]
    subjects: Mapping[str, ElementMeasure]
    items: Mapping[str, ElementMeasure]
    raters: Mapping[str, ElementMeasure]
    thresholds: tuple[Threshold, ...]
    log_likelihood: float
    reliability: Mapping[str, FacetReliability]
    warnings: tuple[str, ...]
    iterations: int
    largest_residual: float
    calibration: Calibration = field(repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded. A result always converged: what did not has raised."""
        facets = {
            facet: {name: element.as_dict() for name, element in getattr(self, facet).items()}
            for facet in ("raters", "subjects", "items")
        }
        return facets | {
            "thresholds": [threshold.measure for threshold in self.thresholds],
            "threshold_categories": [threshold.category for threshold in self.thresholds],
            "threshold_se": [threshold.se for threshold in self.thresholds],
            "scale": list(self.scale),
            "categories": list(self.categories),
            "log_likelihood": self.log_likelihood,
            "reliability": {name: part.as_dict() for name, part in self.reliability.items()},
            "warnings": list(self.warnings),
            "iterations": self.iterations,
            "converged": True,
            "largest_residual": self.largest_residual,
        }


@dataclass(frozen=True, slots=True)
class BiasInteraction:
    """How one rater departs on one item from what the rater's severity makes expect.

    measure                  in logits, positive = scored the item higher than expected (lenient).
    se                       1 / sqrt(sum of the model variances at this measure).
    t                        measure / se, with about n - 1 degrees of freedom.
    observed_minus_expected  mean difference in category steps.
    n                        number of scores.
    extreme                  all scores in the lowest or all in the highest category: measured by
                             a score adjusted by 0.5 points.
    """

    rater: str
    item: str
    measure: float
    se: float
    t: float
    observed_minus_expected: float
    n: int
    extreme: bool

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded."""
        return {name: getattr(self, name) for name in self.__slots__}
