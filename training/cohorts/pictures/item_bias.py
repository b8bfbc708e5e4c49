"""How far each rater, and the whole group, lie from the consensus on each item. Pure.

Positive is lenient where high is good. The figures are made in `bias_figures`, which needs numpy.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from training.calibration.feedback import NOTICEABLE_BIAS
from training.cohorts.help import FEWEST_RATINGS_OF_ELEMENT

DEPTHS = (NOTICEABLE_BIAS, 0.5, 1.0)
"""Scale points from which a cell is drawn deeper; provisional."""


class Direction(StrEnum):
    """Where ratings lie on average; it has a symbol and a word, so that no colour is needed."""

    LENIENT = "lenient"
    SEVERE = "severe"
    LEVEL = "level"
    NONE = "none"  # nothing was rated


@dataclass(frozen=True, slots=True)
class Rated:
    """One first practice rating: by item what it differs from the consensus, own minus theirs."""

    rater: uuid.UUID
    differences: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class BiasCell:
    """One item of one rater, or of all of them.

    mean, low, high   scale points; None where nothing was rated, or an interval needs more.
    """

    mean: float | None
    low: float | None
    high: float | None
    ratings: int

    @property
    def direction(self) -> Direction:
        if self.mean is None:
            return Direction.NONE
        if abs(self.mean) < NOTICEABLE_BIAS:
            return Direction.LEVEL
        return Direction.LENIENT if self.mean > 0 else Direction.SEVERE

    @property
    def depth(self) -> int:
        """0 to 3: how deep it is drawn. Few ratings stay pale, whatever they say."""
        if self.mean is None or self.has_few_ratings:
            return 0
        return sum(abs(self.mean) >= line for line in DEPTHS)

    @property
    def has_few_ratings(self) -> bool:
        return self.ratings < FEWEST_RATINGS_OF_ELEMENT

    @property
    def has_interval(self) -> bool:
        return self.low is not None and self.high is not None

    @property
    def is_clear_of_zero(self) -> bool:
        """Whether the whole interval lies to one side."""
        return self.low is not None and self.high is not None and self.low * self.high > 0


@dataclass(frozen=True, slots=True)
class GroupItem:
    """One item over the whole group.

    bias              with an interval that leaves out one rater at a time.
    distance          mean absolute difference in scale points, to whichever side; None = nothing.
    raters            how many have rated it.
    lenient, severe   how many of them lie a noticeable way to that side on their own average.
    """

    item: int
    bias: BiasCell
    distance: float | None
    raters: int
    lenient: int
    severe: int
