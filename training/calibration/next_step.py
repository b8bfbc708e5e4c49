"""The one thing to do next: which kind of error misled most, on which item, and its exercise. Pure.

The kind is chosen by the points it led away from the consensus over the latest vignettes, not by
how often it happened: one item missed by three points misleads more than two missed by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from training.calibration.feedback import ItemFeedback, Kind, Remedy
from training.exercises.rules import Pair

K = TypeVar("K", Kind, int)

LATEST = 3
"""Vignettes looked at: what was mended since should not be practised again."""

MISMATCH_POINTS = 2
"""One side scored what the other found no opportunity for: it weighs like a gross miss."""

KINDS = (Kind.NOT_SEEN, Kind.OTHER_LENS, Kind.MIS_SCALED, Kind.RATEABILITY)
"""In the order in which they are mended where two weigh the same: noticing comes before scaling."""


class ExerciseKind(StrEnum):
    """What a next step opens."""

    PAIR = "pair"  # a contrast pair on the item
    STAGE = "stage"  # a stage of a module
    MANUAL = "manual"  # the item in the manual, where there is nothing to do yet


@dataclass(frozen=True, slots=True)
class Exercise:
    """The very exercise for a kind of error on an item; `pair` or `stage` as its kind says."""

    kind: ExerciseKind
    item: int
    pair: Pair | None = None
    stage: Remedy | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """What misled most: the kind, over how many ratings and points, and the item to begin with.

    `example` is that item as it was missed last.
    """

    kind: Kind
    vignettes: int
    ratings: int
    points: int
    example: ItemFeedback


def points_of(item: ItemFeedback) -> int:
    """How far an item was from the consensus, in scale points; 0 where it agreed."""
    if not item.needs_work:
        return 0
    return MISMATCH_POINTS if item.difference is None else abs(item.difference)


def lesson_of(latest: Sequence[Sequence[ItemFeedback]]) -> Lesson | None:
    """The most misleading kind over these vignettes, oldest first; None where nothing was missed.

    Of its items the one with the most points comes first, a critical one before others.
    """
    missed = [item for items in latest for item in items if item.needs_work]
    if not missed:
        return None
    by_kind = _points_by(missed, lambda item: item.kind)
    kind = max(KINDS, key=lambda each: by_kind[each])
    of_kind = [item for item in missed if item.kind is kind]
    by_item = _points_by(of_kind, lambda item: item.number)
    example = max(
        reversed(of_kind), key=lambda item: (by_item[item.number], item.is_critical, -item.number)
    )
    return Lesson(kind, len(latest), len(of_kind), by_kind[kind], example)


def _points_by(items: Iterable[ItemFeedback], of: Callable[[ItemFeedback], K]) -> dict[K, int]:
    points: dict[K, int] = defaultdict(int)
    for item in items:
        points[of(item)] += points_of(item)
    return points


def exercise_for(item: ItemFeedback, pair: Pair | None) -> Exercise | None:
    """What to open for a missed item; None where it agreed.

    pair  the contrast pair on this item that is to be answered next, where there is one.

    Who saw and mis-scaled compares one scale point with the next; everybody else goes back to
    where noticing and the element itself are taught.
    """
    if not item.needs_work:
        return None
    by_pair = Exercise(ExerciseKind.PAIR, item.number, pair=pair) if pair else None
    by_stage = (
        Exercise(ExerciseKind.STAGE, item.number, stage=item.next_step) if item.next_step else None
    )
    wanted = (by_pair, by_stage) if item.kind is Kind.MIS_SCALED else (by_stage, by_pair)
    manual = Exercise(ExerciseKind.MANUAL, item.number)
    return next((exercise for exercise in wanted if exercise), manual)
