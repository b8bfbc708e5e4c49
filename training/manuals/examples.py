"""Worked examples of an item, and who may read what they were rated. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from training.exercises.rules import Pair
from training.library.citations import cited_turns
from training.library.schema import KeyRating, Passage, Vignette, WorkedExample


@dataclass(frozen=True, slots=True)
class Solution:
    """What an example was rated, and why.

    contrast   what sets it apart from its twin; None for one without a twin.
    """

    rating: int | Literal["NR", "dropped"]
    evidence: frozenset[int]
    reason: str
    contrast: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example as one reader has it.

    slug       names it on a page.
    vignette   an exercise's text; None where the manual has passages of its own.
    solution   None as long as this reader has to rate it first: then nothing here knows the key.
    """

    slug: str
    title: str
    vignette: Vignette | None
    passages: tuple[Passage, ...]
    solution: Solution | None


@dataclass(frozen=True, slots=True)
class ItemExamples:
    """The worked examples of an item.

    rate_first   the exercise by which this reader opens their solutions; None when they are open.
    """

    examples: tuple[Example, ...]
    rate_first: str | None = None


def exercise_before(pair: Pair, *, may_rate: bool) -> str | None:
    """The exercise somebody rates before both keys of a pair open for them; None when they are.

    `may_rate` says whether the pair might still train their eye (docs/decisions/0017).
    """
    return pair.next_twin.slug if may_rate and pair.next_twin else None


def first_pairs(pairs: Iterable[Pair]) -> dict[int, Pair]:
    """For each item the first of its pairs, which is the same for every reader."""
    found: dict[int, Pair] = {}
    for pair in pairs:
        found.setdefault(pair.item, pair)
    return found


def of_manual(written: WorkedExample, place: int) -> Example:
    """An example that stands in the manual itself; `place` counts those of its item from 1."""
    solution = Solution(written.rating, frozenset(cited_turns(written.reason)), written.reason)
    slug = f"{written.item}-{place}"
    return Example(slug, written.title, None, written.passages, solution)


def of_exercise(slug: str, vignette: Vignette, rating: KeyRating | None) -> Example:
    """A micro-exercise as an example; without its rating it stays closed."""
    solution = None
    if rating is not None:
        evidence = frozenset(rating.evidence)
        solution = Solution(rating.rating, evidence, rating.reason, rating.contrast)
    return Example(slug, vignette.title, vignette, (), solution)
