"""Two ratings of the same thing side by side on the scale, one line a row. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.charts.geometry import line_with_ticks, place_on_line


@dataclass(frozen=True, slots=True)
class DotRow:
    """One row: a label and two scores; None has no dot and stands in words ("NR")."""

    label: str
    own: int | None
    consensus: int | None
    own_text: str
    consensus_text: str
    words: str  # the difference, said
    address: str = ""  # where the label leads


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row with the places of its dots."""

    row: DotRow
    own_x: float | None
    consensus_x: float | None

    @property
    def is_one_point(self) -> bool:
        """Whether both dots lie on each other."""
        return self.own_x is not None and self.own_x == self.consensus_x


@dataclass(frozen=True, slots=True)
class DotStrip:
    """The rows over the ticks of a scale; `ticks` are (score, x)."""

    rows: tuple[PlacedRow, ...]
    ticks: tuple[tuple[int, float], ...]

    def line_at(self, base: float) -> str:
        """The path of the line of a row with its ticks."""
        return line_with_ticks((x for _score, x in self.ticks), base)


def build_dot_strip(rows: Sequence[DotRow], *, scale: Sequence[int]) -> DotStrip:
    """Place rows on a scale. Raises ValueError for a score that is not on it."""
    axis = (float(scale[0]), float(scale[-1]))

    def place(score: int | None) -> float | None:
        if score is None:
            return None
        if score not in scale:
            raise ValueError(f"{score} is not on the scale {tuple(scale)}")
        return place_on_line(score, axis)

    return DotStrip(
        rows=tuple(PlacedRow(row, place(row.own), place(row.consensus)) for row in rows),
        ticks=tuple((score, place_on_line(score, axis)) for score in scale),
    )
