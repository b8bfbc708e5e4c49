"""The validated input: one rater's scores beside the consensus, cell by cell."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from training.psychometrics.arrays import BoolArray, FloatArray

Cell = tuple[str, int, float | None, float | None]
"""Vignette name, item number, the rater's score, the consensus; None = not rateable."""


@dataclass(frozen=True, slots=True, init=False, eq=False)
class Ratings:
    """A rater's scores and the consensus for the same cells; a cell is one item of one vignette.

    vignettes   the names, sorted; the unit that intervals resample. When a person rates the same
                vignette in two attempts, give the two sessions two names.
    items       the item numbers, sorted.
    scores      (vignettes, items) the rater's scores, NaN = not rateable or not asked.
    references  (vignettes, items) the consensus, NaN = not rateable or not asked.
    asked       (vignettes, items) whether the item was to be rated in this vignette, which tells
                "not rateable" from "not asked".

    The arrays are read-only. Sorting makes every result independent of the order of the rows.
    """

    vignettes: tuple[str, ...]
    items: tuple[int, ...]
    scores: FloatArray
    references: FloatArray
    asked: BoolArray

    def __init__(
        self,
        vignettes: Sequence[str],
        items: Sequence[int],
        scores: Sequence[float | None],
        references: Sequence[float | None],
    ) -> None:
        """Four columns of equal length, one row per cell; None or NaN = not rateable.

        Raises ValueError naming argument and value: unequal lengths, a nameless vignette, an item
        number below 1 or not whole, a score that is no number or infinite, a cell given twice.
        """
        _check_lengths(vignettes, items, scores, references)
        names = [_vignette_name(name) for name in vignettes]
        numbers = [_item_number(number) for number in items]
        _check_duplicates(names, numbers)
        _set(self, "vignettes", tuple(sorted(set(names))))
        _set(self, "items", tuple(sorted(set(numbers))))
        rows = np.searchsorted(
            np.array(self.vignettes, dtype=object), np.array(names, dtype=object)
        )
        columns = np.searchsorted(self.items, numbers)
        place = (rows.astype(np.intp), columns.astype(np.intp))
        shape = (len(self.vignettes), len(self.items))
        _set(self, "scores", _grid(shape, place, _column("scores", scores)))
        _set(self, "references", _grid(shape, place, _column("references", references)))
        asked = np.zeros(shape, dtype=np.bool_)
        asked[place] = True
        asked.flags.writeable = False
        _set(self, "asked", asked)

    @classmethod
    def from_cells(cls, cells: Iterable[Cell]) -> Ratings:
        """From rows of (vignette, item, score, reference). Errors as in the constructor."""
        rows = list(cells)
        return cls(
            [row[0] for row in rows],
            [row[1] for row in rows],
            [row[2] for row in rows],
            [row[3] for row in rows],
        )

    def __len__(self) -> int:
        """Number of cells."""
        return int(self.asked.sum())

    def cells(self) -> list[Cell]:
        """The rows again, sorted by vignette and item."""
        return [
            (
                self.vignettes[row],
                self.items[column],
                _or_none(self.scores[row, column]),
                _or_none(self.references[row, column]),
            )
            for row, column in zip(*np.nonzero(self.asked), strict=True)
        ]

    def check_scale(self, scale: Sequence[int]) -> None:
        """ValueError when a score or a reference is no category of the scale."""
        check_scores_on_scale("scores", self.scores, scale)
        check_scores_on_scale("references", self.references, scale)


def check_scale(scale: Sequence[int]) -> tuple[int, ...]:
    """The declared categories, checked: two or more consecutive whole numbers, rising.

    Raises ValueError. The scale comes from the instrument, never from the data: a category that
    nobody used still counts.
    """
    try:
        categories = tuple(operator.index(category) for category in scale)
    except TypeError:
        raise ValueError(f"scale must hold whole numbers, not {scale!r}") from None
    if len(categories) < 2 or categories != tuple(range(categories[0], categories[-1] + 1)):
        raise ValueError(f"scale must be two or more consecutive whole numbers, not {scale!r}")
    return categories


def check_scores_on_scale(argument: str, values: FloatArray, scale: Sequence[int]) -> None:
    """ValueError naming the first value that is neither NaN nor a category of the scale."""
    outside = values[~np.isnan(values) & ~np.isin(values, np.asarray(scale, dtype=np.float64))]
    if outside.size:
        raise ValueError(f"{argument} holds {outside[0]:g}, which is not on the scale {scale!r}")


def _set(ratings: Ratings, name: str, value: object) -> None:
    object.__setattr__(ratings, name, value)


def _check_lengths(*columns: Sequence[object]) -> None:
    lengths = [len(column) for column in columns]
    if len(set(lengths)) != 1:
        raise ValueError(
            "vignettes, items, scores and references must have the same length, "
            f"not {', '.join(map(str, lengths))}"
        )


def _vignette_name(name: object) -> str:
    if not isinstance(name, str) or not name:
        raise ValueError(f"vignettes must hold non-empty names, not {name!r}")
    return name


def _item_number(number: object) -> int:
    try:
        whole = operator.index(number)  # type: ignore[arg-type]
    except TypeError:
        raise ValueError(f"items must hold whole numbers, not {number!r}") from None
    if isinstance(number, bool) or whole < 1:
        raise ValueError(f"items must hold numbers from 1 upwards, not {number!r}")
    return whole


def _check_duplicates(names: list[str], numbers: list[int]) -> None:
    seen: set[tuple[str, int]] = set()
    for cell in zip(names, numbers, strict=True):
        if cell in seen:
            raise ValueError(f"vignettes and items name the cell {cell!r} twice")
        seen.add(cell)


def _column(argument: str, values: Sequence[float | None]) -> FloatArray:
    column = np.empty(len(values), dtype=np.float64)
    for index, value in enumerate(values):
        column[index] = number = score_of(argument, value)
        if np.isinf(number):
            raise ValueError(f"{argument} must hold finite numbers or None, not {value!r}")
    return column


def score_of(argument: str, value: object) -> float:
    """A score as a number, None as NaN; ValueError naming argument and value for anything else."""
    if value is None:
        return float("nan")
    # A flag is no score, although Python would count it as 0 or 1.
    if isinstance(value, bool | np.bool_ | str | bytes):
        raise ValueError(f"{argument} must hold numbers or None, not {value!r}")
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{argument} must hold numbers or None, not {value!r}") from None


def _grid(
    shape: tuple[int, int], place: tuple[np.ndarray, np.ndarray], column: FloatArray
) -> FloatArray:
    grid = np.full(shape, np.nan)
    grid[place] = column
    grid.flags.writeable = False
    return grid


def _or_none(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
