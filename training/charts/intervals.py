"""Figures with their intervals and the lines they are held against, one bar a row. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from training.charts.geometry import LINE_MARGIN, LINE_WIDTH, place_on_line


class FigureStyle(StrEnum):
    """How a figure is written."""

    SHARE = "share"  # 0.72 as 72 %
    NUMBER = "number"  # 0.72
    SIGNED = "signed"  # +0.72


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One figure: its label, value and interval, the lines it is held against, its axis.

    A value of None has no mark, and `note` says why. `tone` is "good", "bad", "warm" or nothing;
    it colours the bar, so whatever it means must also stand in `note`. Ends and thresholds
    outside the axis are drawn at its ends and written as they are.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    thresholds: tuple[float, ...] = ()
    axis: tuple[float, float] = (0.0, 1.0)
    style: FigureStyle = FigureStyle.NUMBER
    note: str = ""
    tone: str = ""

    @property
    def has_interval(self) -> bool:
        return self.low is not None and self.high is not None

    @property
    def line_start(self) -> float:
        return LINE_MARGIN

    @property
    def line_end(self) -> float:
        return LINE_WIDTH - LINE_MARGIN

    @property
    def value_x(self) -> float | None:
        return None if self.value is None else place_on_line(self.value, self.axis)

    @property
    def bar_x(self) -> float | None:
        return None if self.low is None else place_on_line(self.low, self.axis)

    @property
    def bar_width(self) -> float | None:
        """At least a hair, so that an interval of no width can still be seen."""
        if self.low is None or self.high is None:
            return None
        width = place_on_line(self.high, self.axis) - place_on_line(self.low, self.axis)
        return max(1.0, round(width, 1))

    @property
    def threshold_xs(self) -> tuple[float, ...]:
        return tuple(place_on_line(threshold, self.axis) for threshold in self.thresholds)
