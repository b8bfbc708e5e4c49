"""Which items mislead a group, and what to teach next. Pure.

Every line drawn here is this project's own and provisional: it helps to plan a session.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from training.calibration.feedback import REMEDIES, Kind, Remedy, next_step_for
from training.cohorts.help import FEWEST_RATERS, FEWEST_RATINGS, NOTEWORTHY_IN_GROUP
from training.cohorts.pictures.item_bias import GroupItem
from training.exercises.rules import Pair
from training.library.schema import Item, Module

WIDE_DISTANCE = 0.75
"""Mean absolute difference, in scale points, from which an item divides a group."""

LESSONS = 3


class Misleads(StrEnum):
    """In which way an item misleads."""

    ONE_WAY = "one-way"  # nearly everybody to the same side
    BOTH_WAYS = "both-ways"  # to either side: no common picture of it
    PERHAPS = "perhaps"  # to one side, but it may be chance or a few people


@dataclass(frozen=True, slots=True)
class MisleadingItem:
    """An item to teach, and in which way it misleads."""

    group: GroupItem
    misleads: Misleads

    @property
    def item(self) -> int:
        return self.group.item

    @property
    def raters_that_way(self) -> int:
        """How many raters lie to the side where the group lies."""
        is_lenient = (self.group.bias.mean or 0.0) > 0
        return self.group.lenient if is_lenient else self.group.severe


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to teach of an item.

    kind    the most frequent kind of error over `errors` ratings that missed it; None without any.
    step    the stage of a module that helps with it; pair, a contrast pair on the item.
    """

    misleading: MisleadingItem
    kind: Kind | None
    of_kind: int
    errors: int
    step: Remedy | None
    pair: Pair | None


def misleading_items(group: Iterable[GroupItem]) -> tuple[MisleadingItem, ...]:
    """At most three items, those that lead furthest from the consensus first.

    What is certain comes before what may be chance.
    """
    found = []
    for item in group:
        way = _way_of(item)
        if way is not None:
            found.append(MisleadingItem(item, way))
    found.sort(
        key=lambda each: (
            each.misleads is Misleads.PERHAPS,
            -(each.group.distance or 0.0),
            each.item,
        )
    )
    return tuple(found[:LESSONS])


def items_with_too_little(group: Iterable[GroupItem]) -> tuple[int, ...]:
    """The items of which nothing can be said yet."""
    return tuple(item.item for item in group if _has_too_little(item))


def lesson_for(
    misleading: MisleadingItem,
    item: Item,
    kinds: Mapping[Kind, int],
    modules: Sequence[Module],
    pairs: Iterable[Pair],
) -> Lesson:
    """What to teach, from how often each kind of error was made on the item."""
    errors = Counter({kind: number for kind, number in kinds.items() if kind in REMEDIES})
    kind, number = errors.most_common(1)[0] if errors else (None, 0)
    return Lesson(
        misleading=misleading,
        kind=kind,
        of_kind=number,
        errors=errors.total(),
        step=next_step_for(item, kind or Kind.MIS_SCALED, modules),
        pair=next((pair for pair in pairs if pair.item == item.number), None),
    )


def _has_too_little(item: GroupItem) -> bool:
    return item.raters < FEWEST_RATERS or item.bias.ratings < FEWEST_RATINGS


def _way_of(item: GroupItem) -> Misleads | None:
    if _has_too_little(item) or item.bias.mean is None or item.distance is None:
        return None
    if abs(item.bias.mean) < NOTEWORTHY_IN_GROUP:
        return Misleads.BOTH_WAYS if item.distance >= WIDE_DISTANCE else None
    those = item.lenient if item.bias.mean > 0 else item.severe
    is_common = item.bias.is_clear_of_zero and 2 * those > item.raters
    return Misleads.ONE_WAY if is_common else Misleads.PERHAPS
