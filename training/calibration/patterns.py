"""What a rater's first practice ratings show about how they rate, with intervals. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.psychometrics import Comparison, RaterEffects, rater_effects

FEWEST_VIGNETTES = 2  # one vignette shows a rating, not a rater

Cell = tuple[str, int, int | None, int | None]


@dataclass(frozen=True, slots=True)
class PracticePatterns:
    """The figures and effects over `vignettes` practice vignettes."""

    vignettes: int
    comparison: Comparison
    effects: RaterEffects


def practice_patterns(cells: Sequence[Cell], *, scale: Sequence[int]) -> PracticePatterns | None:
    """Read the patterns off (vignette, item, own score, consensus); None = too few vignettes.

    Raises ValueError for a score that is not on the scale.
    """
    if len({cell[0] for cell in cells}) < FEWEST_VIGNETTES:
        return None
    # Here, because both need numpy, which nothing else in a sign-in or a lesson does.
    from training.psychometrics import Ratings, compare_with_consensus

    comparison = compare_with_consensus(Ratings.from_cells(cells), scale=scale)
    return PracticePatterns(comparison.vignettes, comparison, rater_effects(comparison))
