"""What reaching a line means, for one figure and for an array of them. Pure.

A figure that cannot be computed is NaN here: it reaches no line, and misses none clearly.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.psychometrics.arrays import BoolArray, FloatArray

    Figures = float | FloatArray
    Answers = bool | BoolArray

ROUNDING = 1e-9
"""A share such as 24 of 40 must reach a line of 0.60 although neither is exact in binary."""


class Side(StrEnum):
    """Where the right side of a line is."""

    FLOOR = "floor"  # the line and above
    CEILING = "ceiling"  # the line and below
    TWO_SIDED = "two-sided"  # no further from 0 than the line, up or down


@dataclass(frozen=True, slots=True)
class Line:
    """What a figure is held against.

    at      the line for the value, in its own unit.
    bound   the line for the worse end of the interval, None where none is asked for.
    """

    side: Side
    at: float
    bound: float | None = None

    def is_reached(self, value: Figures) -> Answers:
        """Whether a value lies on the right side."""
        if self.side is Side.FLOOR:
            return value >= self.at - ROUNDING
        if self.side is Side.CEILING:
            return value <= self.at + ROUNDING
        return (value <= self.at + ROUNDING) & (value >= -self.at - ROUNDING)

    def is_bound_reached(self, low: Figures, high: Figures) -> Answers:
        """Whether the whole interval lies on the right side of the bound, if there is one."""
        if self.bound is None:
            return True
        if self.side is Side.FLOOR:
            return low >= self.bound - ROUNDING
        is_below = high <= self.bound + ROUNDING
        if self.side is Side.CEILING:
            return is_below
        return is_below & (low >= -self.bound - ROUNDING)

    def is_clearly_missed(self, low: Figures, high: Figures) -> Answers:
        """Whether the whole interval lies on the wrong side of the line for the value."""
        if self.side is Side.FLOOR:
            return high < self.at - ROUNDING
        is_above = low > self.at + ROUNDING
        if self.side is Side.CEILING:
            return is_above
        return is_above | (high < -self.at - ROUNDING)
