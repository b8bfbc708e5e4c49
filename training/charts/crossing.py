"""Lines from one column to another, side by side where several begin at one place. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LINE_STEP = 4.0  # between two lines that begin at the same place


@dataclass(frozen=True, slots=True)
class Line:
    """From an entry of the left column to one of the right, by place from 0, and how high."""

    left: int
    right: int
    left_y: float
    right_y: float


def crossing(
    pairs: Iterable[tuple[int, int]], left: Sequence[float], right: Sequence[float]
) -> tuple[Line, ...]:
    """A line for each pair (place on the left, place on the right), in order.

    left, right  how high the middle of each entry is; the lines of an entry lie around it, in the
                 order of where they lead, so that they do not cross before they part.

    Raises IndexError for a place that a column does not have.
    """
    links = sorted(set(pairs))
    return tuple(
        Line(
            a,
            b,
            _beside(left[a], [other for one, other in links if one == a], b),
            _beside(right[b], [one for one, other in links if other == b], a),
        )
        for a, b in links
    )


def bundle_height(
    lines: Sequence[Line], *, left: int | None = None, right: int | None = None
) -> float:
    """How high the lines of an entry are together; 0 without any."""
    return LINE_STEP * sum(left == line.left or right == line.right for line in lines)


def _beside(middle: float, places: Sequence[int], place: int) -> float:
    return middle + (places.index(place) - (len(places) - 1) / 2) * LINE_STEP
