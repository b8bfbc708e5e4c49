"""A table of ratings laid out by unit: what agreement among its raters is reckoned from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from training.psychometrics.arrays import BoolArray, FloatArray, IntArray
from training.psychometrics.chance_corrected import CategorisedRatings
from training.psychometrics.scale import places_on
from training.psychometrics.table import RatingTable


class Layout:
    """Units are subjects, or subject x item where there are items; in the order of the table."""

    def __init__(self, table: RatingTable, scale: Sequence[float]) -> None:
        """scale: the categories, rising; every score of the table is one of them."""
        self.table = table
        self.scale = tuple(scale)

    @cached_property
    def unit(self) -> IntArray:
        """(ratings,) the place of each rating's unit."""
        return self.table.unit

    @cached_property
    def units(self) -> int:
        """Number of units with a rating, be it "not rateable"."""
        return int(self.unit.max(initial=-1)) + 1

    @cached_property
    def subject_of_unit(self) -> IntArray:
        """(units,) the place of each unit's subject."""
        subject = np.zeros(self.units, dtype=np.int64)
        subject[self.unit] = self.table.subject
        return subject

    @property
    def subjects(self) -> int:
        """Number of subjects."""
        return len(self.table.subjects)

    @property
    def raters(self) -> int:
        """Number of raters."""
        return len(self.table.raters)

    @property
    def units_share_subjects(self) -> bool:
        """Whether several units belong to one subject, so that they are not independent."""
        return self.units > self.subjects

    @cached_property
    def counts(self) -> FloatArray:
        """(units, K) how many raters gave each unit each score."""
        scored = self.table.is_scored
        size = len(self.scale)
        cell = self.unit[scored] * size + places_on(self.scale, self.table.score[scored])
        return np.bincount(cell, minlength=self.units * size).astype(float).reshape(-1, size)

    @cached_property
    def not_rateable(self) -> FloatArray:
        """(units,) how many raters found each unit not rateable."""
        unscored = ~self.table.is_scored
        return np.bincount(self.unit[unscored], minlength=self.units).astype(np.float64)

    @cached_property
    def scores(self) -> FloatArray:
        """(units,) number of scores of each unit."""
        return np.bincount(self.unit[self.table.is_scored], minlength=self.units).astype(float)

    @cached_property
    def categorised(self) -> CategorisedRatings:
        """The scored ratings, units without a score left out."""
        scored = self.table.is_scored
        return CategorisedRatings(
            unit=np.unique(self.unit[scored], return_inverse=True)[1].astype(np.int64),
            rater=np.unique(self.table.rater[scored], return_inverse=True)[1].astype(np.int64),
            category=places_on(self.scale, self.table.score[scored]),
            categories=len(self.scale),
        )

    @cached_property
    def complete(self) -> FloatArray:
        """(complete units, raters) the scores of the units that every rater scored."""
        is_complete = self.scores == self.raters
        chosen = self.table.is_scored & is_complete[self.unit]
        return np.asarray(self.table.score[chosen].reshape(-1, max(self.raters, 1)))

    def columns(self) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Of a table of two raters: (units,) each one's scores, and whether both rated the unit."""
        pair: FloatArray = np.full((2, self.units), np.nan)
        rated: BoolArray = np.zeros((2, self.units), dtype=np.bool_)
        pair[self.table.rater, self.unit] = self.table.score
        rated[self.table.rater, self.unit] = True
        return pair[0], pair[1], rated[0] & rated[1]

    def by_subject(self, values: FloatArray) -> FloatArray:
        """(rows, units) to sums (rows, subjects)."""
        return np.stack(
            [
                np.bincount(self.subject_of_unit, weights=row, minlength=self.subjects)
                for row in values
            ]
        )
