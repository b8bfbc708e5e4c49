"""What of a table enters the many-facet Rasch model: its scores, its anchors, who is extreme."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from training.psychometrics.arrays import BoolArray, FloatArray, IntArray
from training.psychometrics.facets.errors import FacetsError, NothingToEstimateError, listed
from training.psychometrics.table import SCORE_DECIMALS, RatingTable

FACETS = ("subjects", "items", "raters")

SUBJECTS, ITEMS, RATERS = range(3)

SIGN = (1.0, -1.0, -1.0)
"""Inside the model everything adds to the score: subject measure, item easiness, leniency."""

LARGEST_MEASURE = 100.0
"""Anchors beyond this many logits are slips; probabilities would vanish from floating point."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """Measures that are given and not estimated, by name, in logits.

    subjects, items, raters   any of the elements; names that are not in the table do no harm.
    thresholds                of all categories after the lowest, in order.
    categories                those the thresholds belong to, lowest first: `FacetsFit.categories`
                              where a former fit did not use them all; the whole scale if left out.

    Raises FacetsError for a measure that is not finite or beyond `LARGEST_MEASURE`.
    """

    subjects: Mapping[str, float] = field(default_factory=dict)
    items: Mapping[str, float] = field(default_factory=dict)
    raters: Mapping[str, float] = field(default_factory=dict)
    thresholds: Sequence[float] | None = None
    categories: Sequence[float] | None = None

    def __post_init__(self) -> None:
        for facet in FACETS:
            for name, measure in getattr(self, facet).items():
                _check_measure(f"the anchor of {name!r} among the {facet}", measure)
        for threshold in self.thresholds or ():
            _check_measure("an anchored threshold", threshold)


@dataclass(frozen=True, slots=True)
class Observations:
    """The scores of a table. Elements are numbered through: subjects, then items, then raters.

    names     (elements,) of each element.
    facet     (elements,) place of its facet in `FACETS`.
    element   (3, observations) subject, item and rater of each score.
    place     (observations,) category, as place in the declared scale.

    A table without items has one nameless item, anchored at 0.
    """

    names: tuple[str, ...]
    facet: IntArray
    element: IntArray
    place: IntArray

    def counts(self, is_counted: BoolArray) -> IntArray:
        """(elements,) how many of the counted observations each element has."""
        counted = self.element[:, is_counted].ravel()
        return np.bincount(counted, minlength=len(self.names)).astype(np.int64)

    def named(self, is_meant: BoolArray) -> list[str]:
        """The elements meant, each with its facet: "rater Ines"."""
        return [
            f"{FACETS[self.facet[element]].removesuffix('s')} {self.names[element]}"
            for element in np.flatnonzero(is_meant)
        ]


@dataclass(frozen=True, slots=True)
class Frame:
    """What is fixed, and where the zero of each facet lies.

    location       (elements,) anchored measures with the sign of `SIGN`, 0 elsewhere.
    is_anchored    (elements,)
    centred        facets whose measures have mean 0: all without anchors but one.
    floating       that one, which takes up the location: the first without anchors among subjects,
                   raters, items; None where every facet has anchors.
    places         categories with anchored thresholds, as places in the scale; None without.
    thresholds     (len(places) - 1,) the anchored thresholds; empty without.
    """

    location: FloatArray
    is_anchored: BoolArray
    centred: tuple[int, ...]
    floating: int | None
    places: IntArray | None
    thresholds: FloatArray


@dataclass(frozen=True, slots=True)
class Screening:
    """Who is extreme, found in rounds: leaving out one element may make another extreme.

    is_active    (observations,) whether the score belongs to no extreme element.
    places       categories that remain, as places in the declared scale.
    extreme_in   (elements,) the round, from 1, in which the element was found extreme; 0 = never.
    is_highest   (elements,) of an extreme element: highest rather than lowest category.
    active_in    for each round, which observations were active when it began.
    """

    is_active: BoolArray
    places: IntArray
    extreme_in: IntArray
    is_highest: BoolArray
    active_in: tuple[BoolArray, ...]


def check_categories(scale: Sequence[float]) -> tuple[float, ...]:
    """The declared categories, checked: two or more different finite numbers, rising."""
    categories = tuple(round(float(category), SCORE_DECIMALS) + 0.0 for category in scale)
    rises = all(low < high for low, high in pairwise(categories))
    if len(categories) < 2 or not rises or not all(map(math.isfinite, categories)):
        raise FacetsError(f"scale must be two or more finite numbers that rise, not {scale!r}")
    return categories


def observe(table: RatingTable, scale: tuple[float, ...]) -> Observations:
    """The scores of the table; "not rateable" is no observation."""
    is_scored = table.is_scored
    score = table.score[is_scored]
    place = np.searchsorted(scale, score).clip(max=len(scale) - 1)
    outside = score[np.asarray(scale)[place] != score]
    if outside.size:
        raise FacetsError(f"scores holds {outside[0]:g}, which is not on the scale {scale!r}")
    if not score.size:
        raise NothingToEstimateError("The table has no scores: there is nothing to estimate.")
    names = (table.subjects, table.items or ("",), table.raters)
    starts = np.cumsum([0, len(names[0]), len(names[1])])
    columns = np.stack([table.subject, table.item, table.rater])[:, is_scored]
    return Observations(
        names=sum(names, ()),
        facet=np.repeat(np.arange(3), [len(part) for part in names]),
        element=columns + starts[:, None],
        place=place.astype(np.int64),
    )


def set_frame(
    observations: Observations, anchors: Anchors, scale: tuple[float, ...], *, has_items: bool
) -> tuple[Frame, list[str]]:
    """The frame that the anchors make, and warnings about anchors that name nobody."""
    location = np.zeros(len(observations.names))
    is_anchored = np.zeros(len(observations.names), dtype=np.bool_)
    warnings = []
    for place, facet in enumerate(FACETS):
        numbers = np.flatnonzero(observations.facet == place).tolist()
        number = dict(zip((observations.names[n] for n in numbers), numbers, strict=True))
        given = getattr(anchors, facet)
        if facet == "items" and not has_items:
            is_anchored[numbers] = True
            number = {}
        for name in given.keys() & number.keys():
            location[number[name]] = SIGN[place] * given[name]
            is_anchored[number[name]] = True
        unknown = sorted(given.keys() - number.keys())
        if unknown:
            warnings.append(f"Anchors name {facet} that are not in the table: {listed(unknown)}.")
    has_anchor = [bool(is_anchored[observations.facet == place].any()) for place in range(3)]
    without = [place for place in (0, 2, 1) if not has_anchor[place]]
    places, thresholds = _anchored_thresholds(anchors, scale)
    floating = without[0] if without else None
    return Frame(location, is_anchored, tuple(without[1:]), floating, places, thresholds), warnings


def _anchored_thresholds(
    anchors: Anchors, scale: tuple[float, ...]
) -> tuple[IntArray | None, FloatArray]:
    if anchors.thresholds is None:
        return None, np.zeros(0)
    categories = scale if anchors.categories is None else check_categories(anchors.categories)
    if not set(categories) <= set(scale):
        raise FacetsError(f"anchored categories {categories!r} are not all on the scale {scale!r}")
    if len(anchors.thresholds) != len(categories) - 1:
        raise FacetsError(
            f"{len(categories)} categories have {len(categories) - 1} thresholds, "
            f"but {len(anchors.thresholds)} are anchored"
        )
    places = np.array([scale.index(category) for category in categories], dtype=np.int64)
    return places, np.asarray(anchors.thresholds, dtype=np.float64)


def screen(observations: Observations, frame: Frame, scale: tuple[float, ...]) -> Screening:
    """Leave out extreme elements until none is left.

    An extreme element has all its active scores in the lowest, or all in the highest category
    that is still used: no finite measure makes its expected score equal its observed score.
    With anchored thresholds every anchored category stays. Raises FacetsError for a score in a
    category without an anchored threshold.
    """
    is_active = np.ones(len(observations.place), dtype=np.bool_)
    extreme_in = np.zeros(len(observations.names), dtype=np.int64)
    is_highest = np.zeros(len(observations.names), dtype=np.bool_)
    active_in: list[BoolArray] = []
    if frame.places is not None:
        _check_anchored_categories(observations, frame.places, scale)
    while True:
        used = np.unique(observations.place[is_active])
        places = used if frame.places is None else frame.places
        if not is_active.any():
            break
        at_lowest, at_highest = at_the_ends(observations, is_active, places)
        is_extreme = (at_lowest | at_highest) & ~frame.is_anchored
        if not is_extreme.any():
            break
        active_in.append(is_active)
        extreme_in[is_extreme] = len(active_in)
        is_highest |= is_extreme & at_highest
        is_active = is_active & ~is_extreme[observations.element].any(axis=0)
    return Screening(is_active, places, extreme_in, is_highest, tuple(active_in))


def at_the_ends(
    observations: Observations, is_active: BoolArray, places: IntArray
) -> tuple[BoolArray, BoolArray]:
    """(elements,) whose active scores, of which there are some, are all lowest, or all highest."""
    count = observations.counts(is_active)
    lowest, highest = (
        (count > 0) & (observations.counts(is_active & (observations.place == end)) == count)
        for end in (places[0], places[-1])
    )
    return lowest, highest


def _check_anchored_categories(
    observations: Observations, places: IntArray, scale: tuple[float, ...]
) -> None:
    without = observations.place[~np.isin(observations.place, places)]
    if without.size:
        raise FacetsError(
            f"category {scale[without[0]]:g} was used but has no anchored threshold: "
            "anchor thresholds of all categories, or none"
        )


def _check_measure(what: str, measure: float) -> None:
    if not abs(measure) <= LARGEST_MEASURE:
        raise FacetsError(f"{what} must lie within {LARGEST_MEASURE:g} logits, not {measure!r}")
