"""The categories of a table of ratings: declared, or read off the scores with a warning."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from training.psychometrics.arrays import FloatArray, IntArray
from training.psychometrics.table import RatingTable

MOST_CATEGORIES = 300
"""With more different scores than this, figures about categories mean nothing."""


def scale_of(
    table: RatingTable, scale: Sequence[float] | None
) -> tuple[tuple[float, ...], str | None]:
    """The categories in rising order and, when they had to be guessed, a warning.

    Without a declared scale these are the whole numbers from the lowest to the highest score or,
    where scores are not whole or lie too far apart, the scores that occur; none at all in a table
    without scores. Raises ValueError for a declared scale with fewer than two categories, with
    one twice, or without one that occurs.
    """
    occurring = np.unique(table.score[table.is_scored])
    if scale is not None:
        categories = _declared(scale)
        strange = occurring[~np.isin(occurring, categories)]
        if strange.size:
            raise ValueError(f"scale has no category {plain(strange[0])}, which occurs as a score")
        return categories, None
    if not occurring.size:
        return (), "No scale was given and there are no scores to read one off."
    categories = tuple(float(value) for value in occurring)
    if _are_whole(occurring) and categories[-1] - categories[0] < MOST_CATEGORIES:
        categories = tuple(
            float(value) for value in range(int(categories[0]), int(categories[-1]) + 1)
        )
    return categories, (
        "No scale was given: the range of the scores was taken, "
        f"{plain(categories[0])} to {plain(categories[-1])}. If the instrument has further "
        "categories that nobody used, chance-corrected figures change: give the scale."
    )


def places_on(scale: Sequence[float], scores: FloatArray) -> IntArray:
    """The place of each score among the categories, which hold all of them."""
    return np.searchsorted(np.asarray(scale), scores).astype(np.int64)


def plain(number: float) -> str:
    """A category as people write it: 3, not 3.0."""
    return f"{number:g}"


def plain_number(number: float) -> float | int:
    """A category for JSON: whole numbers without a decimal point."""
    return int(number) if float(number).is_integer() else float(number)


def _declared(scale: Sequence[float]) -> tuple[float, ...]:
    categories = tuple(sorted(float(category) for category in scale))
    if not all(math.isfinite(category) for category in categories):
        raise ValueError(f"scale must hold finite numbers, not {list(scale)!r}")
    if len(set(categories)) != len(categories):
        raise ValueError(f"scale names a category twice: {list(scale)!r}")
    if len(categories) < 2:
        raise ValueError(f"scale must have two categories or more, not {list(scale)!r}")
    return categories


def _are_whole(numbers: FloatArray) -> bool:
    return bool((numbers == np.round(numbers)).all())
