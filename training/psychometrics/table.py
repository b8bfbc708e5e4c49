"""A table of ratings in long form: who gave which score to which item of which subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.psychometrics.arrays import BoolArray, FloatArray, IntArray
from training.psychometrics.ratings import score_of

LARGEST_SCORE = 1000.0
"""Scores beyond this are no ratings; sums of their squares would lose digits that matter."""

SCORE_DECIMALS = 3
"""Scores are kept to this many decimals, so that equal ones are equal."""


@dataclass(frozen=True, slots=True, init=False, eq=False)
class RatingTable:
    """Ratings of any design: crossed, nested, with gaps.

    subjects, items, raters   the names, sorted; `items` is empty in a table without items.
    subject, item, rater      (ratings,) places in these; `item` is all 0 without items.
    score                     (ratings,) the scores, NaN = not rateable.

    Rows are sorted by subject, item and rater: no result depends on the order they came in. The
    arrays are read-only.
    """

    subjects: tuple[str, ...]
    items: tuple[str, ...]
    raters: tuple[str, ...]
    subject: IntArray
    item: IntArray
    rater: IntArray
    score: FloatArray

    def __init__(
        self,
        subjects: Sequence[str],
        raters: Sequence[str],
        scores: Sequence[float | None],
        items: Sequence[str] | None = None,
    ) -> None:
        """Columns of equal length, one row per rating; None or NaN = not rateable.

        Raises ValueError naming the argument: unequal lengths, an empty name, a score that is no
        number, infinite or beyond `LARGEST_SCORE`, a rating given twice.
        """
        columns: list[Sequence[object]] = [subjects, raters, scores]
        columns += [] if items is None else [items]
        if len({len(column) for column in columns}) != 1:
            raise ValueError("subjects, raters, scores and items must have the same length")
        subject_names, subject = _coded("subjects", subjects)
        rater_names, rater = _coded("raters", raters)
        item_names: tuple[str, ...] = ()
        item = np.zeros(len(subject), dtype=np.int64)
        if items is not None:
            item_names, item = _coded("items", items)
        score = _checked_scores(scores)
        order = np.lexsort((rater, item, subject))
        _check_given_once(subject[order], item[order], rater[order])
        for name, value in (
            ("subjects", subject_names),
            ("items", item_names),
            ("raters", rater_names),
        ):
            object.__setattr__(self, name, value)
        for name, column in (
            ("subject", subject[order]),
            ("item", item[order]),
            ("rater", rater[order]),
            ("score", score[order]),
        ):
            column.flags.writeable = False
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        """Number of ratings, those "not rateable" among them."""
        return len(self.score)

    @property
    def has_items(self) -> bool:
        """Whether subjects were rated item by item."""
        return bool(self.items)

    @property
    def is_scored(self) -> BoolArray:
        """(ratings,) whether the rating is a score rather than "not rateable"."""
        return ~np.isnan(self.score)

    @property
    def unit(self) -> IntArray:
        """(ratings,) the place of the rated unit, subject x item, among those that occur."""
        cell = self.subject * max(len(self.items), 1) + self.item
        places: IntArray = np.unique(cell, return_inverse=True)[1].astype(np.int64)
        return places


def _coded(argument: str, names: Sequence[str]) -> tuple[tuple[str, ...], IntArray]:
    for name in names:
        if not isinstance(name, str) or not name:
            raise ValueError(f"{argument} must hold non-empty names, not {name!r}")
    sorted_names = tuple(sorted(set(names)))
    place = {name: index for index, name in enumerate(sorted_names)}
    return sorted_names, np.array([place[name] for name in names], dtype=np.int64)


def _checked_scores(scores: Sequence[float | None]) -> FloatArray:
    column = np.array([score_of("scores", score) for score in scores], dtype=np.float64)
    beyond = column[np.abs(column) > LARGEST_SCORE]
    if beyond.size:
        raise ValueError(f"scores must lie within {LARGEST_SCORE:g}, not {float(beyond[0])!r}")
    # Adding 0 turns a negative zero into zero.
    return np.round(column, SCORE_DECIMALS) + 0.0


def _check_given_once(subject: IntArray, item: IntArray, rater: IntArray) -> None:
    """The columns are sorted, so a rating given twice stands beside itself."""
    same = (np.diff(subject) == 0) & (np.diff(item) == 0) & (np.diff(rater) == 0)
    if same.any():
        raise ValueError("the same rater is named twice for the same subject and item")
