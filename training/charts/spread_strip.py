"""Several raters' ratings of the same thing on the scale, one dot each, one line a row. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.charts.geometry import LINE_MARGIN, line_with_ticks, place_on_line

DOT_RADIUS = 7.0
DOT_STEP = 2 * DOT_RADIUS + 1.0  # from one dot to the one stacked on it
NOT_RATEABLE_TEXT = "NR"


@dataclass(frozen=True, slots=True)
class SpreadRow:
    """One row: a label and a rating for each place of a panel.

    ratings   by place, rising; None is "not rateable". A place that gave none is left out.
    words     the spread, said.
    accepted  the scores that count as right, where a consensus is shown: one, two neighbours, none.
    address   where the label leads.
    """

    label: str
    ratings: Mapping[int, int | None]
    words: str
    accepted: tuple[int, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """One rating: whose, and where it lies in its row."""

    place: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class PlacedSpread:
    """A row with its dots, and the box around the accepted scores: (x, width) or None."""

    row: SpreadRow
    dots: tuple[Dot, ...]
    height: float
    accepted_box: tuple[float, float] | None

    @property
    def base(self) -> float:
        """The y of the line that the dots stand on."""
        return self.height - 4.0

    @property
    def accepted_text(self) -> str:
        """The accepted scores as a table shows them: 3, or 3–4."""
        return "–".join(str(score) for score in self.row.accepted)

    def text_of(self, place: int) -> str:
        """A place's rating as a table shows it; a dash where there is none."""
        if place not in self.row.ratings:
            return "–"
        score = self.row.ratings[place]
        return NOT_RATEABLE_TEXT if score is None else str(score)


@dataclass(frozen=True, slots=True)
class SpreadStrip:
    """The rows over the ticks of a scale; `ticks` are (text, x), NR last where anybody gave it."""

    rows: tuple[PlacedSpread, ...]
    ticks: tuple[tuple[str, float], ...]
    places: tuple[int, ...]

    @property
    def has_accepted(self) -> bool:
        """Whether some row shows a consensus."""
        return any(placed.row.accepted for placed in self.rows)

    def line_at(self, base: float) -> str:
        """The path of the line of a row with its ticks."""
        return line_with_ticks((x for _text, x in self.ticks), base)


def build_spread_strip(rows: Sequence[SpreadRow], *, scale: Sequence[int]) -> SpreadStrip:
    """Place rows on a scale; equal ratings are stacked, the lowest place at the bottom.

    scale   the instrument's scores, rising.

    Raises ValueError for a score that is not on the scale.
    """
    columns: list[int | None] = [*scale]
    if any(None in row.ratings.values() for row in rows):
        columns.append(None)
    axis = (0.0, float(len(columns) - 1))
    x_of = {column: place_on_line(index, axis) for index, column in enumerate(columns)}
    return SpreadStrip(
        rows=tuple(_placed(row, x_of) for row in rows),
        ticks=tuple(
            (NOT_RATEABLE_TEXT if column is None else str(column), x) for column, x in x_of.items()
        ),
        places=tuple(sorted({place for row in rows for place in row.ratings})),
    )


def _placed(row: SpreadRow, x_of: Mapping[int | None, float]) -> PlacedSpread:
    for score in (*row.ratings.values(), *row.accepted):
        if score not in x_of:
            raise ValueError(f"{score} is not on the scale {tuple(x_of)}")
    stacks: dict[int | None, list[int]] = {}
    for place, score in sorted(row.ratings.items()):
        stacks.setdefault(score, []).append(place)
    height = max(map(len, stacks.values()), default=1) * DOT_STEP + 8.0
    lowest = height - 4.0 - DOT_RADIUS - 1.0
    dots = tuple(
        Dot(place, x_of[score], lowest - level * DOT_STEP)
        for score, stack in stacks.items()
        for level, place in enumerate(stack)
    )
    return PlacedSpread(row, dots, height, _box(row.accepted, x_of))


def _box(accepted: tuple[int, ...], x_of: Mapping[int | None, float]) -> tuple[float, float] | None:
    """Around the dots of the accepted scores, kept within the drawing."""
    if not accepted:
        return None
    half = LINE_MARGIN - 0.5
    return x_of[accepted[0]] - half, x_of[accepted[-1]] - x_of[accepted[0]] + 2 * half
