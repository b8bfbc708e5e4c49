"""Where a value lies on the drawn line, and the line itself. Pure."""

from __future__ import annotations

from collections.abc import Iterable

LINE_WIDTH = 300.0
LINE_MARGIN = 10.0  # room for a mark that sits on either end


def place_on_line(value: float, axis: tuple[float, float]) -> float:
    """The x of a value on a line from axis[0] to axis[1]; outside values stop at the ends.

    Raises ValueError for an axis that does not rise.
    """
    first, last = axis
    if not first < last:
        raise ValueError(f"axis must rise, not {axis!r}")
    share = (min(max(value, first), last) - first) / (last - first)
    return round(LINE_MARGIN + share * (LINE_WIDTH - 2 * LINE_MARGIN), 1)


def line_with_ticks(ticks: Iterable[float], base: float) -> str:
    """The SVG path of the whole line at a height, with a tick across it at each of these x."""
    line = f"M{LINE_MARGIN} {base}H{LINE_WIDTH - LINE_MARGIN}"
    return line + "".join(f"M{x} {base - 4}v8" for x in ticks)
