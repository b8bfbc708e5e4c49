"""A figure as it grows: one point a step, and the figure so far with its interval. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from training.charts.intervals import FigureStyle

WIDTH, HEIGHT = 340.0, 132.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 12.0, 10.0, 24.0
MOST_NUMBERS = 12  # below the drawing; of more steps only some are numbered


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its own value, and the running value with its interval; None where undefined."""

    label: str
    value: float | None
    running: float | None = None
    low: float | None = None
    high: float | None = None
    address: str = ""

    @property
    def has_interval(self) -> bool:
        return self.low is not None and self.high is not None


@dataclass(frozen=True, slots=True)
class PlacedStep:
    """A step with its places; None where there is nothing to draw."""

    step: Step
    number: int
    x: float
    value_y: float | None
    running_y: float | None
    low_y: float | None
    high_y: float | None
    is_numbered: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """The drawing of one figure: `ticks` are (value, y), `reference_y` where nothing is off."""

    label: str
    style: FigureStyle
    steps: tuple[PlacedStep, ...]
    ticks: tuple[tuple[float, float], ...]
    reference_y: float | None
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    base: float = HEIGHT - BOTTOM

    @property
    def line(self) -> str:
        """The corners of the running figure's line, as an SVG takes them."""
        return _corners((each.x, each.running_y) for each in self.steps)

    @property
    def band(self) -> str:
        """The corners of the intervals: along their upper ends and back along the lower ones."""
        with_interval = [each for each in self.steps if each.low_y is not None]
        upper = [(each.x, each.high_y) for each in with_interval]
        return _corners([*upper, *((each.x, each.low_y) for each in reversed(with_interval))])

    @property
    def last(self) -> Step | None:
        """The latest step, whose running figure is the one over all."""
        return self.steps[-1].step if self.steps else None


def build_trend(
    label: str,
    steps: Sequence[Step],
    *,
    axis: tuple[float, float],
    ticks: Sequence[float],
    style: FigureStyle,
    reference: float | None = None,
) -> Trend:
    """Place steps from left to right; values outside the axis are drawn at its ends.

    axis       the lowest and highest value drawn; ValueError unless it rises.
    reference  a value with a line of its own, such as a mean difference of 0.
    """
    first, last = axis
    if not first < last:
        raise ValueError(f"axis must rise, not {axis!r}")

    def height_of(value: float | None) -> float | None:
        if value is None:
            return None
        share = (min(max(value, first), last) - first) / (last - first)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1)

    every = -(-len(steps) // MOST_NUMBERS) or 1
    room = WIDTH - LEFT - RIGHT
    return Trend(
        label=label,
        style=style,
        steps=tuple(
            PlacedStep(
                step=step,
                number=number,
                x=round(LEFT + room * (number - 0.5) / len(steps), 1),
                value_y=height_of(step.value),
                running_y=height_of(step.running),
                low_y=height_of(step.low) if step.has_interval else None,
                high_y=height_of(step.high) if step.has_interval else None,
                is_numbered=(number - 1) % every == 0,
            )
            for number, step in enumerate(steps, start=1)
        ),
        ticks=tuple((tick, y) for tick in ticks if (y := height_of(tick)) is not None),
        reference_y=height_of(reference),
    )


def _corners(points: Iterable[tuple[float, float | None]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points if y is not None)
