"""Why the many-facet Rasch model cannot be fitted to a table, as exceptions that say what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NAMES_SHOWN = 10
"""A sentence lists at most this many names and counts the rest."""


class FacetsError(ValueError):
    """The table, the scale or the anchors do not allow an estimate; the message says what to do."""


class NothingToEstimateError(FacetsError):
    """There are no scores, or none that are not extreme."""


@dataclass(frozen=True, slots=True)
class Group:
    """Elements whose measures can be compared with each other, by name, sorted."""

    subjects: tuple[str, ...]
    items: tuple[str, ...]
    raters: tuple[str, ...]


class DisconnectedDesignError(FacetsError):
    """The ratings leave open how groups of elements stand to each other.

    groups   the `Group`s; measures could be compared within each, not between them.
    """

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = tuple(groups)
        shown = [_described(group, self.groups) for group in self.groups]
        super().__init__(
            f"The ratings fall into {len(self.groups)} groups whose measures cannot be compared: "
            f"{listed(shown, ' / ')}. Let some raters rate subjects and items of more than one "
            "group, or anchor elements of each group."
        )


class UnboundedMeasuresError(FacetsError):
    """Some measures have no finite estimate although none of their elements is extreme.

    It happens where the ratings are ordered without overlap, such as one set of subjects always
    rated 2 or lower and all others always 2 or higher: the likelihood then rises for ever as the
    two sets drift apart (for two categories: Fischer 1981).

    It also happens where the only anchored elements of a facet have extreme scores alone, so that
    everything else drifts away from them.

    elements          (facet, name) of the elements that drift, sorted.
    extreme_anchors   the anchored elements with extreme scores alone, each with its facet.
    """

    def __init__(
        self, elements: Sequence[tuple[str, str]], extreme_anchors: Sequence[str] = ()
    ) -> None:
        self.elements = tuple(elements)
        self.extreme_anchors = tuple(extreme_anchors)
        shown = [f"{facet.removesuffix('s')} {name}" for facet, name in self.elements]
        drifting = listed(shown) if shown else "the thresholds"
        message = (
            "Some ratings are ordered without any overlap, so that measures drift apart without "
            f"limit: {drifting}. Collect more ratings, declare fewer categories, or anchor."
        )
        if self.extreme_anchors:
            message += (
                " Anchored, but with scores in the lowest or the highest category alone: "
                f"{listed(self.extreme_anchors)}. Nothing can be measured from there: anchor "
                "elements whose scores vary."
            )
        super().__init__(message)


def listed(names: Sequence[str], separator: str = ", ") -> str:
    """The names in one line, the rest counted where there are many."""
    shown = separator.join(names[:NAMES_SHOWN])
    rest = len(names) - NAMES_SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown


def _described(group: Group, groups: Sequence[Group]) -> str:
    """What tells the group from the others: a facet that is the same in all is not named."""
    parts = [
        f"{facet} {listed(getattr(group, facet))}"
        for facet in Group.__slots__
        if len({getattr(other, facet) for other in groups}) > 1
    ]
    return "; ".join(parts)
