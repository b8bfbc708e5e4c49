"""What a rater may learn from a finished attempt: patterns by principle, never single items. Pure.

A pattern is summed over all vignettes of the attempt, so that no rating of the key follows
from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# In scale points. The standard's own line for the mean difference is a quarter of a point.
LEAN = 0.25
# Below this many ratings a mean says more about the vignettes than about the rater.
FEWEST_RATINGS = 5


class Lean(StrEnum):
    """Which way the ratings of a principle lie from the consensus, on average."""

    HIGHER = "higher"
    LOWER = "lower"
    EVEN = "even"
    TOO_FEW = "too-few"


@dataclass(frozen=True, slots=True)
class PrinciplePattern:
    """How somebody rated the elements that draw on one principle.

    difference   mean of own score minus consensus in scale points; None below FEWEST_RATINGS.
    ratings      how many pairs of scores it is the mean of.
    """

    principle: str
    difference: float | None
    ratings: int

    @property
    def lean(self) -> Lean:
        if self.difference is None:
            return Lean.TOO_FEW
        if abs(self.difference) <= LEAN:
            return Lean.EVEN
        return Lean.HIGHER if self.difference > 0 else Lean.LOWER


def patterns_by_principle(
    evidence: Mapping[str, Any],
    principles: Iterable[str],
    principles_of_item: Mapping[int, Sequence[str]],
) -> tuple[PrinciplePattern, ...]:
    """The mean signed difference for each principle over the attempt the evidence is of.

    `evidence` is the document stored with a decision; sessions pooled from earlier attempts are
    left out, and so are cells that either side found not rateable.
    """
    differences: dict[str, list[int]] = {slug: [] for slug in principles}
    for session in evidence["sessions"]:
        if session["attempt"] != evidence["attempt"]:
            continue
        for item, score, reference in session["cells"]:
            if score is None or reference is None:
                continue
            for slug in principles_of_item.get(item, ()):
                differences[slug].append(score - reference)
    return tuple(_pattern(slug, values) for slug, values in differences.items())


def _pattern(slug: str, differences: Sequence[int]) -> PrinciplePattern:
    count = len(differences)
    mean = sum(differences) / count if count >= FEWEST_RATINGS else None
    return PrinciplePattern(slug, mean, count)


def furthest_from_consensus(
    patterns: Sequence[PrinciplePattern],
) -> PrinciplePattern | None:
    """The principle rated furthest from the consensus, or None when all are even."""
    leaning = [pattern for pattern in patterns if pattern.lean in (Lean.HIGHER, Lean.LOWER)]
    return max(leaning, key=lambda pattern: abs(pattern.difference or 0.0), default=None)
