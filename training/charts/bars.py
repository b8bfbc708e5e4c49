"""Shares as bars, several beside one another in a row. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from training.charts.geometry import LINE_MARGIN, place_on_line

BAR_HEIGHT = 7.0
BAR_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A share, 0 to 1; `series` is its look, accent, open or warm, and a legend says what it is."""

    series: str
    share: float


@dataclass(frozen=True, slots=True)
class PlacedBar:
    """A bar with its place. A share of 0 has a hair of width, so that the bar can be seen."""

    bar: Bar
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class BarRow:
    """A label and its bars, from top to bottom."""

    label: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> float:
        return len(self.bars) * (BAR_HEIGHT + BAR_GAP) + BAR_GAP

    @property
    def bar_height(self) -> float:
        return BAR_HEIGHT

    @property
    def placed(self) -> tuple[PlacedBar, ...]:
        return tuple(
            PlacedBar(
                bar,
                LINE_MARGIN,
                BAR_GAP + place * (BAR_HEIGHT + BAR_GAP),
                max(1.0, round(place_on_line(bar.share, (0.0, 1.0)) - LINE_MARGIN, 1)),
            )
            for place, bar in enumerate(self.bars)
        )
