"""Which exercises make a pair, how an answer compares, whether the step was seen. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from training.calibration.feedback import Distance, distance_of
from training.library.schema import VignetteHead


class Step(StrEnum):
    """What the two answers to a pair show together."""

    OPEN = "open"  # not both are answered
    SEEN = "seen"  # both are the key's
    NOT_SEEN = "not-seen"


@dataclass(frozen=True, slots=True)
class Result:
    """A first answer beside the key."""

    own: int
    key: int | None

    @property
    def distance(self) -> Distance:
        return distance_of(self.own, self.key)


@dataclass(frozen=True, slots=True)
class Twin:
    """One exercise of a pair; without a result while it has no answer."""

    slug: str
    title: str
    result: Result | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two minutes of one scene that differ by one scale point on one item."""

    instrument: str
    item: int
    title: str
    twins: tuple[Twin, Twin]

    @property
    def next_twin(self) -> Twin | None:
        """The one to answer next; None when both are answered."""
        return next((twin for twin in self.twins if twin.result is None), None)

    @property
    def is_begun(self) -> bool:
        return any(twin.result for twin in self.twins)

    @property
    def step(self) -> Step:
        return step_of([twin.result for twin in self.twins])


def step_of(results: Iterable[Result | None]) -> Step:
    """Whether both answers of a pair are exact: only then was the difference seen."""
    distances = [result.distance if result else None for result in results]
    if None in distances:
        return Step.OPEN
    return Step.SEEN if set(distances) == {Distance.EXACT} else Step.NOT_SEEN


def pairs_of(exercises: Mapping[str, VignetteHead], results: Mapping[str, Result]) -> list[Pair]:
    """The pairs among these exercises, by instrument, item and slug; each with its results."""
    found = []
    for slug, vignette in exercises.items():
        twin_slug = vignette.contrast or ""
        twin = exercises.get(twin_slug)
        if twin is None or slug > twin_slug or not vignette.items:
            continue
        first, second = (
            Twin(each, exercises[each].title, results.get(each)) for each in (slug, twin_slug)
        )
        title = scene_title(vignette.title, twin.title)
        found.append(Pair(vignette.instrument, vignette.items[0], title, (first, second)))
    return sorted(found, key=lambda pair: (pair.instrument, pair.item, pair.twins[0].slug))


def scene_title(first: str, second: str) -> str:
    """What two titles have in common before their last comma; the first title where nothing is."""
    scene = first.rpartition(",")[0]
    return scene if scene and scene == second.rpartition(",")[0] else first


def next_pairs(pairs: Iterable[Pair]) -> dict[int, Pair]:
    """For each item the first pair that is not answered yet; items without one are left out."""
    found: dict[int, Pair] = {}
    for pair in pairs:
        if pair.next_twin is not None:
            found.setdefault(pair.item, pair)
    return found
