"""The scores of a table laid out by the effects they belong to: subjects, raters, items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from training.psychometrics.arrays import FloatArray, IntArray
from training.psychometrics.table import RatingTable

SUBJECT, RATER, ITEM, RESIDUAL = "subject", "rater", "item", "residual"

Effects = dict[str, tuple[str, ...]]

SUBJECT_BY_RATER: Effects = {
    SUBJECT: (SUBJECT,),
    RATER: (RATER,),
    RESIDUAL: (SUBJECT, RATER),
}
"""The residual is the interaction of subject and rater, confounded with error."""

SUBJECT_BY_RATER_BY_ITEM: Effects = {
    SUBJECT: (SUBJECT,),
    RATER: (RATER,),
    ITEM: (ITEM,),
    "subject:rater": (SUBJECT, RATER),
    "subject:item": (SUBJECT, ITEM),
    "rater:item": (RATER, ITEM),
    RESIDUAL: (SUBJECT, RATER, ITEM),
}
"""The residual is the interaction of all three, confounded with error."""


class GeneralizabilityError(ValueError):
    """Nothing can be estimated from the table; the sentence says what would be needed."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The scores of a table and the effects they belong to.

    effects     the facets of each effect, by its name.
    levels      number of subjects, raters and items with at least one score, by facet.
    codes       (scores,) for each effect the place of the level that a score belongs to.
    deviations  (scores,) the scores minus their mean, in scale points.
    """

    effects: Effects
    levels: dict[str, int]
    codes: dict[str, IntArray]
    deviations: FloatArray

    @property
    def cells(self) -> int:
        """Number of scores that a complete table would hold."""
        return int(np.prod([self.levels[facet] for facet in self.effects[RESIDUAL]]))

    @property
    def is_complete(self) -> bool:
        """Whether every cell holds a score."""
        return self.cells == len(self.deviations)

    def levels_per_subject(self, facet: str) -> float:
        """Harmonic mean over subjects of the number of levels of a facet that scored them."""
        pairs = np.unique(np.stack([self.codes[SUBJECT], self.codes[facet]]), axis=1)
        counts, times = np.unique(np.bincount(pairs[0]), return_counts=True)
        # In fractions: where every subject has three levels, this is 3 and not 3.0000000000000004.
        shares = map(Fraction, times.tolist(), counts.tolist())
        return float(self.levels[SUBJECT] / sum(shares))


def lay_out(table: RatingTable) -> Layout:
    """The scored cells of a table; "not rateable" and missing are alike.

    A table whose scores all belong to one item is laid out as subject x rater. Raises
    GeneralizabilityError where there are no two subjects or no two raters with a score.
    """
    scored = table.is_scored
    columns = {SUBJECT: table.subject, RATER: table.rater, ITEM: table.item}
    places = {facet: _places(column[scored]) for facet, column in columns.items()}
    levels = {facet: int(place.max(initial=-1)) + 1 for facet, place in places.items()}
    _check_enough(levels)
    effects = SUBJECT_BY_RATER_BY_ITEM if levels[ITEM] > 1 else SUBJECT_BY_RATER
    codes = {
        effect: _combined([places[facet] for facet in facets], [levels[facet] for facet in facets])
        for effect, facets in effects.items()
    }
    scores = table.score[scored]
    # Every figure here is unchanged when all scores move by a constant; sums of squares of small
    # deviations keep the digits that matter.
    return Layout(effects, levels, codes, scores - scores.mean())


def _check_enough(levels: Mapping[str, int]) -> None:
    if levels[SUBJECT] == 0:
        raise GeneralizabilityError("There is no score: enter ratings before asking for variance.")
    if levels[SUBJECT] < 2:
        raise GeneralizabilityError(
            "Only one subject was scored: let the raters score at least two."
        )
    if levels[RATER] < 2:
        raise GeneralizabilityError(
            "Only one rater gave scores: let at least two raters score the same subjects."
        )


def _places(column: IntArray) -> IntArray:
    places: IntArray = np.unique(column, return_inverse=True)[1].astype(np.int64)
    return places


def _combined(places: list[IntArray], levels: list[int]) -> IntArray:
    """(scores,) the place of each combination of levels among those that occur."""
    code = np.zeros_like(places[0])
    for place, size in zip(places, levels, strict=True):
        code = code * size + place
    return _places(code)
