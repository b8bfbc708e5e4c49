"""Whether a rater finds items "not rateable" as often as the consensus does, and on the same ones.

Free of numpy, as are the other effects: pages read codes and figures, and compute nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from training.psychometrics.statistic import Statistic

NOTICEABLE_SHARE = 0.05
"""A share of cells; with more mismatches than this no standard is met (provisional)."""


class Rateability(StrEnum):
    """How a rater uses "not rateable" beside the consensus."""

    MORE = "more"
    LESS = "less"
    ELSEWHERE = "elsewhere"  # about as often, on other items
    IN_LINE = "in_line"
    UNSURE = "unsure"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NotRateableUse:
    """Counts of cells, and the rater's share minus the consensus's share (-1 to 1)."""

    code: Rateability
    cells: int
    count: int
    reference_count: int
    both: int
    difference: Statistic

    @property
    def mismatches(self) -> int:
        """Cells that only one side found rateable."""
        return self.count + self.reference_count - 2 * self.both


def not_rateable_use_of(
    *, cells: int, count: int, reference_count: int, both: int, difference: Statistic
) -> NotRateableUse:
    """The counts with their code."""
    use = NotRateableUse(Rateability.UNKNOWN, cells, count, reference_count, both, difference)
    return NotRateableUse(_code(use), cells, count, reference_count, both, difference)


def _code(use: NotRateableUse) -> Rateability:
    value, low, high = use.difference.value, use.difference.low, use.difference.high
    if value is None:
        return Rateability.UNKNOWN
    if use.mismatches == 0:
        return Rateability.IN_LINE
    if low is None or high is None:
        return Rateability.UNSURE
    if low > 0.0 and value >= NOTICEABLE_SHARE:
        return Rateability.MORE
    if high < 0.0 and value <= -NOTICEABLE_SHARE:
        return Rateability.LESS
    if low < -NOTICEABLE_SHARE or high > NOTICEABLE_SHARE:
        return Rateability.UNSURE
    is_elsewhere = use.mismatches > NOTICEABLE_SHARE * use.cells
    return Rateability.ELSEWHERE if is_elsewhere else Rateability.IN_LINE
