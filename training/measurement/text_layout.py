"""Laying out figures for a terminal of 80 columns: numbers, columns, paragraphs, strips. Pure."""

from __future__ import annotations

import itertools
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 80
INDENT = "  "
NO_FIGURE = "-"
STRIP_CELLS = 11
"""Odd, so that a strip has a middle; from 0 to 1 each cell is a tenth."""

# What could end a line, move the cursor or turn the direction of writing; joiners may stay, since
# names in many scripts need them.
UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its width with the gap before it, and how to fill it."""

    heading: str
    width: int
    cell: Callable[[Any], str]
    is_text: bool = False


def number(value: float | None, decimals: int = 3) -> str:
    """A figure rounded for reading, - where there is none, never a negative zero."""
    if value is None:
        return NO_FIGURE
    if abs(value) >= 1000:
        decimals = 1
    rounded = round(value, decimals) + 0.0
    return f"{rounded:.{decimals}f}"


def plain(value: float) -> str:
    """A point of a scale as people write it: 3, not 3.0."""
    return f"{value:.10g}"


def cells_wide(text: str) -> int:
    """How many columns of a terminal the text takes: accents none, Chinese letters two."""
    return sum(map(_cells_of_letter, text))


def printable(text: str) -> str:
    """The text with nothing in it that a terminal would obey instead of show."""
    return "".join("\ufffd" if _is_unprintable(letter) else letter for letter in text)


def clipped(text: str, width: int) -> str:
    """The printable text, cut in its middle to so many columns: long names differ at their ends."""
    text = printable(text)
    if cells_wide(text) <= width:
        return text
    end = _fitting(text[::-1], (width - 1) // 3)[::-1]
    return f"{_fitting(text, width - 1 - cells_wide(end))}…{end}"


def table(columns: Sequence[Column], rows: Sequence[Any]) -> list[str]:
    """The lines of a table: texts to the left, numbers to the right."""
    head = [_placed(column, column.heading) for column in columns]
    body = [[_placed(column, column.cell(row)) for column in columns] for row in rows]
    return [(INDENT + "".join(cells)).rstrip() for cells in (head, *body)]


def paragraph(text: str) -> list[str]:
    """The text in lines that fit, all of them indented."""
    return _wrapped(text, INDENT)


def bullet(text: str, sign: str = "*") -> list[str]:
    """A paragraph with a sign before it."""
    return _wrapped(text, f"{INDENT}{sign} ")


def fact(name: str, value: str) -> list[str]:
    """A line of the head of a report: what it is about, and what is to be said."""
    return _wrapped(value, f"{INDENT}{name:<12}")


def heading(text: str) -> list[str]:
    """A title with a blank line before it."""
    return ["", printable(text)]


def strip_column(draw: Callable[[Any], str], *, start: float = 0.0, end: float = 1.0) -> Column:
    """The last column of a table: strips below the ends of their line."""
    left, right = plain(start), plain(end)
    dots = "." * (STRIP_CELLS - len(left) - len(right))
    return Column(f" {left}{dots}{right}", STRIP_CELLS + 2, lambda row: f" {draw(row)}", True)


def strip(
    value: float | None,
    low: float | None = None,
    high: float | None = None,
    *,
    start: float = 0.0,
    end: float = 1.0,
) -> str:
    """A picture of a figure and its interval between start and end: |--o-|.

    What lies beyond an end stands on it as < or >.
    """
    if value is None:
        return ""
    cells = [" "] * STRIP_CELLS
    if low is not None and high is not None:
        first, last = _place(low, start, end), _place(high, start, end)
        cells[first : last + 1] = "-" * (last + 1 - first)
        cells[first] = "<" if low < start else "|"
        cells[last] = ">" if high > end else "|"
    beyond = "<" if value < start else ">" if value > end else "o"
    cells[_place(value, start, end)] = beyond
    return "".join(cells)


def _wrapped(text: str, beginning: str) -> list[str]:
    """Lines that fit; those after the first stand as far to the right as the first one's text."""
    return textwrap.wrap(
        printable(text),
        WIDTH,
        initial_indent=beginning,
        subsequent_indent=" " * len(beginning),
        break_on_hyphens=False,
    )


def _place(value: float, start: float, end: float) -> int:
    share = (value - start) / (end - start)
    return round(min(max(share, 0.0), 1.0) * (STRIP_CELLS - 1))


def _placed(column: Column, text: str) -> str:
    text = clipped(text, column.width - 1) if column.is_text else text
    padding = " " * (column.width - cells_wide(text))
    return text + padding if column.is_text else padding + text


def _fitting(text: str, width: int) -> str:
    """As much of the beginning as fits."""
    taken = itertools.accumulate(map(_cells_of_letter, text))
    return text[: sum(1 for cells in taken if cells <= width)]


def _cells_of_letter(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _is_unprintable(letter: str) -> bool:
    return unicodedata.category(letter) in UNPRINTABLE or letter in TURNING
