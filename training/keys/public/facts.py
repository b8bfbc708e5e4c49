"""What may be said in public about how keys were made: counts and figures, never a key. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from training.library.schema import Key, KeyStatus, Pool


@dataclass(frozen=True, slots=True)
class PoolCount:
    """The keys in use of one pool; `demonstration` are those of panels of simulated experts."""

    pool: Pool
    authored: int
    ratified: int
    demonstration: int

    @property
    def total(self) -> int:
        return self.authored + self.ratified + self.demonstration


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """What panels agreed on the items of their keys in use."""

    scores: int = 0
    bands: int = 0
    not_rateable: int = 0
    dropped: int = 0

    @property
    def total(self) -> int:
        return self.scores + self.bands + self.not_rateable + self.dropped


@dataclass(frozen=True, slots=True)
class Settling:
    """How the experts came to agree on these items.

    at_once     all had given the same rating independently.
    discussed   they had not, and agreed after talking.
    dissenting  somebody held another view to the end; their reason stands in the key.
    """

    at_once: int = 0
    discussed: int = 0
    dissenting: int = 0

    @property
    def total(self) -> int:
        return self.at_once + self.discussed + self.dissenting


def is_of_demonstration(key: Key) -> bool:
    """Whether simulated experts made this key."""
    return key.panel is not None and key.panel.is_demonstration


def ratified_by_people(keys: Iterable[Key]) -> list[Key]:
    """The ratified keys, without those of demonstration panels."""
    return [
        key for key in keys if key.status is KeyStatus.RATIFIED and not is_of_demonstration(key)
    ]


def pool_counts(keys: Sequence[tuple[Pool, Key]]) -> tuple[PoolCount, ...]:
    """For each pool that has keys, in the order of Pool, how many are of which kind."""
    counts = []
    for pool in Pool:
        own = [key for its_pool, key in keys if its_pool is pool]
        if not own:
            continue
        ratified = len(ratified_by_people(own))
        demonstration = sum(is_of_demonstration(key) for key in own)
        authored = len(own) - ratified - demonstration
        counts.append(PoolCount(pool, authored, ratified, demonstration))
    return tuple(counts)


def item_counts(keys: Iterable[Key]) -> ItemCounts:
    """How many items of these keys are scores, bands, not rateable, or dropped."""
    items = [item for key in keys for item in key.items.values()]
    dropped = sum(item.is_dropped for item in items)
    bands = sum(item.band is not None for item in items)
    scores = sum(item.score is not None for item in items) - bands
    return ItemCounts(scores, bands, len(items) - dropped - bands - scores, dropped)


def settling(keys: Iterable[Key]) -> Settling:
    """How the items of these keys were settled, where the key holds what the experts gave."""
    spreads = [item.spread for key in keys for item in key.items.values() if item.spread]
    dissenting = sum(bool(spread.dissents) for spread in spreads)
    at_once = sum(not spread.dissents and len(set(spread.first)) == 1 for spread in spreads)
    return Settling(at_once, len(spreads) - dissenting - at_once, dissenting)
