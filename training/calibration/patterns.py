"""What a rater's first practice ratings show about how they rate, with intervals. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.psychometrics import Comparison, RaterEffects, rater_effects
from training.psychometrics.rateability import NotRateableUse

if TYPE_CHECKING:
    from training.psychometrics.practice_figures import RunningFigures

FEWEST_VIGNETTES = 2  # one vignette shows a rating, not a rater
FEWEST_TO_JUDGE = 3
"""Two vignettes that happen to be alike have an interval of no width, which proves nothing."""

Cell = tuple[str, int, int | None, int | None]


@dataclass(frozen=True, slots=True)
class PracticePatterns:
    """The figures and effects over `vignettes` practice vignettes.

    `running` are the figures after the first vignette, the first two, and so on, in the order in
    which the vignettes were rated, which is that of `order`.
    """

    vignettes: int
    comparison: Comparison
    effects: RaterEffects
    not_rateable: NotRateableUse
    order: tuple[str, ...]
    running: tuple[RunningFigures, ...]

    @property
    def is_enough(self) -> bool:
        """Whether a word about the rater is justified; below it there are figures only."""
        return self.vignettes >= FEWEST_TO_JUDGE


def practice_patterns(cells: Sequence[Cell], *, scale: Sequence[int]) -> PracticePatterns | None:
    """Read the patterns off (vignette, item, own score, consensus); None = too few vignettes.

    The vignettes come in the order in which they were rated. Raises ValueError for a score that
    is not on the scale.
    """
    order = tuple(dict.fromkeys(cell[0] for cell in cells))
    if len(order) < FEWEST_VIGNETTES:
        return None
    # Here, because both need numpy, which nothing else in a sign-in or a lesson does.
    from training.psychometrics import Ratings, compare_with_consensus
    from training.psychometrics.practice_figures import not_rateable_use, running_figures

    ratings = Ratings.from_cells(cells)
    comparison = compare_with_consensus(ratings, scale=scale)
    return PracticePatterns(
        vignettes=comparison.vignettes,
        comparison=comparison,
        effects=rater_effects(comparison),
        not_rateable=not_rateable_use(ratings),
        order=order,
        running=running_figures(ratings, order),
    )
