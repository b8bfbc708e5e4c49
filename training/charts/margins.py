"""How far figures lie on the right side of their lines, with all lines in one place. Pure.

A figure is drawn by its distance from its line, counted in ways from the line to perfect. So all
lines stand under one another, right is good whatever is measured, and the right end is perfect.
"""

from __future__ import annotations

from dataclasses import dataclass

from training.charts.geometry import LINE_MARGIN, LINE_WIDTH, place_on_line

AXIS = (-1.0, 1.0)
"""From as far on the wrong side as perfect is on the right one. What lies beyond is cut off."""
WITHOUT_A_WAY = 1.0
"""What counts as the way where the line itself is perfect, as "none at all" is."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a figure is held against; perfect is 0 under a ceiling, and 1 above a floor.

    at            the line, in the figure's own unit.
    is_ceiling    whether the figure may not exceed it; otherwise it may not fall short of it.
    is_two_sided  under a ceiling: whether that goes for the figure on either side of 0.
    is_point      above a floor: whether perfect is the point 1, and a figure may lie beyond it.
    bound         the line for the worse end of the interval, where there is one.
    """

    at: float
    is_ceiling: bool = False
    is_two_sided: bool = False
    is_point: bool = False
    bound: float | None = None

    def margin(self, value: float) -> float:
        """How far a value lies on the right side, below 0 on the wrong one; 1 is perfect."""
        if self.is_ceiling:
            distance = abs(value) if self.is_two_sided else value
            return (self.at - distance) / (self.at or WITHOUT_A_WAY)
        way = 1.0 - self.at
        if way <= 0.0:  # a line at perfect or beyond it: right of it is still the right side
            return (value - self.at) / WITHOUT_A_WAY
        if self.is_point and value > 1.0:
            # As far from perfect as on the other side, but never past the line: it is reached.
            return max(0.0, 1.0 - (value - 1.0) / way)
        return (value - self.at) / way

    def margins(self, low: float, high: float) -> tuple[float, float]:
        """The worst and the best margin of all values from low to high."""
        found = [self.margin(low), self.margin(high)]
        if self._perfect is not None and low < self._perfect < high:
            found.append(self.margin(self._perfect))
        return min(found), max(found)

    def is_beyond(self, value: float) -> bool:
        """Whether a figure, written with two decimals, lies on the far side of perfect."""
        return self.is_point and self.at < 1.0 and round(value, 2) > 1.0

    @property
    def _perfect(self) -> float | None:
        """Where the margin stops rising and falls again."""
        if self.is_two_sided:
            return 0.0
        return 1.0 if self.is_point and self.at < 1.0 else None


@dataclass(frozen=True, slots=True)
class MarginRow:
    """One figure with its interval as margins; None where it cannot be computed.

    `is_beyond` where the figure lies on the far side of perfect: the drawing cannot tell.
    `tone` is "good", "bad", "warm" or nothing: it colours, and never says anything alone.
    """

    value: float | None
    low: float | None
    high: float | None
    bound: float | None
    tone: str = ""
    is_beyond: bool = False

    @property
    def has_interval(self) -> bool:
        return self.low is not None and self.high is not None

    @property
    def start_x(self) -> float:
        return LINE_MARGIN

    @property
    def line_x(self) -> float:
        return place_on_line(0.0, AXIS)

    @property
    def end_x(self) -> float:
        return LINE_WIDTH - LINE_MARGIN

    @property
    def value_x(self) -> float | None:
        return _place(self.value)

    @property
    def bound_x(self) -> float | None:
        return _place(self.bound)

    @property
    def bar_x(self) -> float | None:
        return _place(self.low)

    @property
    def bar_width(self) -> float | None:
        """At least a hair, so that an interval of no width can still be seen."""
        start, end = _place(self.low), _place(self.high)
        return None if start is None or end is None else max(1.0, round(end - start, 1))

    @property
    def is_value_cut(self) -> bool:
        """Whether the figure lies further on the wrong side than the drawing reaches."""
        return _is_cut(self.value)

    @property
    def is_bar_cut(self) -> bool:
        """Whether its interval does."""
        return _is_cut(self.low)


def margin_row(
    line: Line, value: float | None, low: float | None, high: float | None, *, tone: str = ""
) -> MarginRow:
    """The row of one figure from the figure itself, in its own unit."""
    worst, best = (None, None) if low is None or high is None else line.margins(low, high)
    return MarginRow(
        value=None if value is None else line.margin(value),
        low=worst,
        high=best,
        bound=None if line.bound is None else line.margin(line.bound),
        tone=tone,
        is_beyond=value is not None and line.is_beyond(value),
    )


def _is_cut(margin: float | None) -> bool:
    return margin is not None and round(margin, 9) < AXIS[0]


def _place(margin: float | None) -> float | None:
    return None if margin is None else place_on_line(margin, AXIS)
