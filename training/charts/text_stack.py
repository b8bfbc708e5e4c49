"""Texts one below the other, broken into lines: in a drawing nothing breaks by itself. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

LINE_HEIGHT = 18.0  # of type of 14 units
GAP = 14.0
BASELINE = 14.0  # from the top of a line to the foot of its letters


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text in lines, from `top` down; `heads` lines above it are kept free for a heading."""

    lines: tuple[str, ...]
    top: float
    heads: int = 0
    line_height: float = LINE_HEIGHT

    @property
    def height(self) -> float:
        return (self.heads + len(self.lines)) * self.line_height

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def middle(self) -> float:
        return self.top + self.height / 2

    @property
    def head_baseline(self) -> float:
        """Where the first line stands, heading or not."""
        return self.top + BASELINE

    @property
    def baselines(self) -> tuple[float, ...]:
        """Where each line of the text stands."""
        first = self.head_baseline + self.heads * self.line_height
        return tuple(first + number * self.line_height for number in range(len(self.lines)))


def stacked(
    texts: Iterable[str],
    *,
    letters: int,
    top: float = 0.0,
    gap: float = GAP,
    heads: int = 0,
    line_height: float = LINE_HEIGHT,
) -> tuple[PlacedText, ...]:
    """Texts below one another, in lines of at most so many letters; no word is broken, but
    at a hyphen of its own.

    Raises ValueError unless `letters` is at least 1.
    """
    placed = []
    for text in texts:
        placed.append(PlacedText(_lines(str(text), letters), top, heads, line_height))
        top = placed[-1].bottom + gap
    return tuple(placed)


# The texts of pictures are few and ours, and breaking them is a tenth of a lesson with a picture.
@lru_cache(maxsize=500)
def _lines(text: str, letters: int) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text, letters, break_long_words=False))


def spread(stack: Sequence[PlacedText], bottom: float) -> tuple[PlacedText, ...]:
    """The same texts, moved apart evenly so that the last one ends at `bottom`."""
    if len(stack) < 2:
        return tuple(stack)
    step = (bottom - stack[-1].bottom) / (len(stack) - 1)
    return tuple(replace(text, top=text.top + n * step) for n, text in enumerate(stack))
