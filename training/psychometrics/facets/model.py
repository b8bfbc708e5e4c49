"""The many-facet Rasch model itself: its parameters and what they make expect of each score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.psychometrics.arrays import FloatArray, IntArray
from training.psychometrics.facets.design import Observations


@dataclass(frozen=True, slots=True)
class RatingScale:
    """The categories in use.

    places     (categories,) places in the declared scale, rising.
    easiness   (categories,) minus the sum of the thresholds up to the category; 0 for the lowest.
    """

    places: IntArray
    easiness: FloatArray

    @property
    def rank(self) -> FloatArray:
        """(categories,) category steps above the lowest; an unused category keeps its step."""
        return np.asarray(self.places - self.places[0], dtype=np.float64)

    @property
    def steps(self) -> FloatArray:
        """(categories - 1,) category steps from each to the next."""
        return np.diff(self.rank)

    @property
    def thresholds(self) -> FloatArray:
        """(categories - 1,) where each and the next are equally probable, in logits."""
        return np.asarray(-np.diff(self.easiness) / self.steps + 0.0, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Moments:
    """What the model expects of each observation.

    probability      (categories, observations)
    expected         (observations,) mean, in category steps.
    variance         (observations,)
    log_normaliser   (observations,) logarithm of the sum of the numerators.
    """

    probability: FloatArray
    expected: FloatArray
    variance: FloatArray
    log_normaliser: FloatArray


@dataclass(frozen=True, slots=True)
class Calibration:
    """The active observations and the parameters that fit them.

    observations   active ones only; all elements keep their numbers.
    category       (observations,) place of the score among the categories in use.
    location       (elements,) with the sign of `SIGN`; NaN for elements without a measure.
    scale          the categories and their thresholds.
    """

    observations: Observations
    category: IntArray
    location: FloatArray
    scale: RatingScale

    @property
    def score(self) -> FloatArray:
        """(observations,) category steps above the lowest."""
        return self.scale.rank[self.category]

    @property
    def logit(self) -> FloatArray:
        """(observations,) subject minus item minus rater."""
        subject, item, rater = self.observations.element
        return np.asarray(self.location[subject] + self.location[item] + self.location[rater])

    def moments(self) -> Moments:
        """What the model expects at these parameters."""
        return moments(self.logit, self.scale)


def moments(logit: FloatArray, scale: RatingScale) -> Moments:
    """Category probabilities (Linacre 1989; Andrich 1978) where everything else adds to `logit`."""
    rank = scale.rank
    numerator = rank[:, None] * logit + scale.easiness[:, None]
    highest = numerator.max(axis=0)
    numerator -= highest
    np.exp(numerator, out=numerator)
    total = numerator.sum(axis=0)
    numerator /= total
    expected = rank @ numerator
    # From deviations, not as E(x²) - E(x)²: near certainty the difference would lose its digits.
    variance = np.zeros_like(expected)
    for step, probability in zip(rank, numerator, strict=True):
        variance += probability * (step - expected) ** 2
    return Moments(numerator, expected, variance, highest + np.log(total))


def residuals(calibration: Calibration, at: Moments) -> tuple[FloatArray, FloatArray]:
    """Observed minus expected: sums (elements,) in category steps, and counts (categories,)."""
    observations = calibration.observations
    difference = calibration.score - at.expected
    sums = element_sums(observations, difference)
    counts = np.bincount(calibration.category, minlength=len(at.probability))
    return sums, counts - at.probability.sum(axis=1)


def log_likelihood(calibration: Calibration, at: Moments) -> float:
    """Of the active scores, natural logarithm."""
    numerator = (
        calibration.score * calibration.logit + calibration.scale.easiness[calibration.category]
    )
    return float(np.sum(numerator - at.log_normaliser))


def element_sums(observations: Observations, weight: FloatArray) -> FloatArray:
    """(elements,) sums of the weights of each element's observations."""
    subject, item, rater = (
        group_sums(places, weight, len(observations.names)) for places in observations.element
    )
    return subject + item + rater


def group_sums(group: IntArray, weight: FloatArray, size: int) -> FloatArray:
    """(size,) sums of the weights of each group, given by its number."""
    return np.asarray(np.bincount(group, weight, minlength=size), dtype=np.float64)
