"""Bias by item with intervals: of raters one by one, and of all of them. Pure.

A rater's vignettes, and in the group the raters, are what is left out one at a time: the ratings
of one of them are not independent of each other.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from training.calibration.feedback import NOTICEABLE_BIAS
from training.cohorts.pictures.item_bias import BiasCell, GroupItem, Rated
from training.psychometrics.arrays import FloatArray, ratio
from training.psychometrics.intervals import VignetteSums, estimate, statistics_of
from training.psychometrics.measures import Measure
from training.psychometrics.statistic import Statistic

CONFIDENCE = 0.95

_MEAN = Measure(lambda sums: ratio(sums[1], sums[0]), units=0)
_DISTANCE = Measure(lambda sums: ratio(sums[2], sums[0]), units=0)


def rater_cells(
    rated: Iterable[Rated], raters: Sequence[uuid.UUID], items: Sequence[int]
) -> dict[uuid.UUID, tuple[BiasCell, ...]]:
    """For each of these raters a cell an item, in the order given."""
    places = {rater: place for place, rater in enumerate(raters)}
    seen = [0] * len(raters)
    cells_rated: list[tuple[int, int, Mapping[int, int]]] = []
    for each in rated:
        place = places.get(each.rater)
        if place is not None:
            cells_rated.append((place, seen[place], each.differences))
            seen[place] += 1
    sums = _sums(cells_rated, items, clusters=(len(raters), max(seen, default=0)))
    cells = _cells(np.swapaxes(sums[:2], 2, 3))
    size = len(items)
    return {
        rater: tuple(cells[place * size : (place + 1) * size]) for rater, place in places.items()
    }


def group_items(rated: Iterable[Rated], items: Sequence[int]) -> tuple[GroupItem, ...]:
    """Every item over all raters who have rated anything, in the order given."""
    places: dict[uuid.UUID, int] = {}
    cells_rated = [
        (0, places.setdefault(each.rater, len(places)), each.differences) for each in rated
    ]
    sums = _sums(cells_rated, items, clusters=(1, len(places)))[:, 0].swapaxes(1, 2)
    cells = _cells(sums[:2])
    own = _MEAN.formula(sums)  # (items, raters), NaN where one has not rated it
    distances = _DISTANCE.formula(sums.sum(axis=-1))
    return tuple(
        GroupItem(
            item=item,
            bias=cells[place],
            distance=None if np.isnan(distances[place]) else float(distances[place]),
            raters=int((sums[0, place] > 0).sum()),
            lenient=int((own[place] >= NOTICEABLE_BIAS).sum()),
            severe=int((own[place] <= -NOTICEABLE_BIAS).sum()),
        )
        for place, item in enumerate(items)
    )


def _sums(
    rated: Iterable[tuple[int, int, Mapping[int, int]]],
    items: Sequence[int],
    *,
    clusters: tuple[int, int],
) -> FloatArray:
    """(3, rows, clusters, items): how many ratings, their sum, and the sum of their amounts.

    rated  the row and the cluster of each rated vignette, and its differences by item.
    """
    column = {item: place for place, item in enumerate(items)}
    cells = [
        (row, cluster, column[item], difference)
        for row, cluster, differences in rated
        for item, difference in differences.items()
        if item in column
    ]
    sums = np.zeros((3, *clusters, len(items)))
    if cells:
        places = np.array(cells)
        where, difference = tuple(places[:, :3].T), places[:, 3]
        np.add.at(sums[0], where, 1)
        np.add.at(sums[1], where, difference)
        np.add.at(sums[2], where, np.abs(difference))
    return sums


def _cells(sums: FloatArray) -> list[BiasCell]:
    """sums: (2, ..., clusters); the cells in C order."""
    figures = statistics_of(estimate(_MEAN, VignetteSums(sums), confidence=CONFIDENCE))
    return [_cell(figure) for figure in figures]


def _cell(figure: Statistic) -> BiasCell:
    return BiasCell(figure.value, figure.low, figure.high, figure.n)
