"""How somebody rates, in one drawing: each trait left or right of the experts, who are the middle.

Below, how often each rating was given, beside the experts. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.charts.intervals import FigureStyle

WIDTH = 360.0
MARGIN = 14.0
MIDDLE = WIDTH / 2
FIRST_ROW = 26.0  # room for the word above the middle line
ROW_HEIGHT = 62.0
BARS_GAP = 30.0
BARS_HEIGHT = 84.0
BELOW_BARS = 22.0


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait: its figure with interval, and the value at which it is the experts' own.

    half_axis     how far the axis reaches to either side of `middle`, in the figure's unit.
    lower, higher what lies to the left and to the right, in a word or two.
    """

    name: str
    lower: str
    higher: str
    value: float | None
    low: float | None
    high: float | None
    middle: float
    half_axis: float
    style: FigureStyle
    words: str

    @property
    def has_interval(self) -> bool:
        return self.low is not None and self.high is not None


@dataclass(frozen=True, slots=True)
class PlacedTrait:
    """A trait with its places: `top` of its row, the mark, and the bar as (x, width)."""

    trait: Trait
    top: float
    x: float | None
    bar: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Use:
    """One rating that can be given, and the shares (0 to 1) with which it was, by either side."""

    label: str
    own: float
    experts: float


@dataclass(frozen=True, slots=True)
class PlacedUse:
    """A pair of bars: own on the left. Heights are from `base` up."""

    use: Use
    middle: float
    bar_width: float
    own_height: float
    experts_height: float

    @property
    def own_x(self) -> float:
        return self.middle - self.bar_width - 1.0

    @property
    def experts_x(self) -> float:
        return self.middle + 1.0


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The whole drawing."""

    traits: tuple[PlacedTrait, ...]
    uses: tuple[PlacedUse, ...]
    width: float = WIDTH
    start: float = MARGIN
    end: float = WIDTH - MARGIN
    middle: float = MIDDLE

    @property
    def traits_end(self) -> float:
        return FIRST_ROW + ROW_HEIGHT * len(self.traits)

    @property
    def bars_top(self) -> float:
        return self.traits_end + BARS_GAP

    @property
    def base(self) -> float:
        """The y that the bars stand on."""
        return self.bars_top + BARS_HEIGHT

    @property
    def height(self) -> float:
        return self.base + BELOW_BARS


def build_fingerprint(traits: Sequence[Trait], uses: Sequence[Use]) -> Fingerprint:
    """Place traits and uses; the tallest bar fills the height, so that small shares can be read."""
    tallest = max((share for use in uses for share in (use.own, use.experts)), default=0.0) or 1.0
    room = (WIDTH - 2 * MARGIN) / max(len(uses), 1)
    return Fingerprint(
        traits=tuple(
            PlacedTrait(trait, FIRST_ROW + ROW_HEIGHT * place, _x(trait, trait.value), _bar(trait))
            for place, trait in enumerate(traits)
        ),
        uses=tuple(
            PlacedUse(
                use=use,
                middle=round(MARGIN + room * (place + 0.5), 1),
                bar_width=round(min(room * 0.34, 22.0), 1),
                own_height=round(use.own / tallest * (BARS_HEIGHT - 16.0), 1),
                experts_height=round(use.experts / tallest * (BARS_HEIGHT - 16.0), 1),
            )
            for place, use in enumerate(uses)
        ),
    )


def _x(trait: Trait, value: float | None) -> float | None:
    """Where a value lies; outside values stop at the ends."""
    if value is None:
        return None
    share = min(max((value - trait.middle) / trait.half_axis, -1.0), 1.0)
    return round(MIDDLE + share * (MIDDLE - MARGIN), 1)


def _bar(trait: Trait) -> tuple[float, float] | None:
    """The interval, at least a hair wide."""
    low, high = _x(trait, trait.low), _x(trait, trait.high)
    if low is None or high is None:
        return None
    return low, max(1.0, round(high - low, 1))
