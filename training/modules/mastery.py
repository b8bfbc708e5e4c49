"""Drawing the questions of a check, and what counts as mastery of a check or an excerpt. Pure.

Both rules of mastery are this project's own and provisional. They open the next stage of a
module and say nothing about calibration.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

QUESTIONS_PER_CHECK = 6
MASTERY_PERCENT = 80

NOT_RATEABLE: Final = "NR"
Rating = int | Literal["NR"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How a check went."""

    questions: int
    right: int

    @property
    def needed(self) -> int:
        return right_answers_needed(self.questions)

    @property
    def is_mastered(self) -> bool:
        return self.right >= self.needed


def right_answers_needed(questions: int) -> int:
    """The fewest right answers that are at least 80 % of the questions: five of six."""
    return -(-questions * MASTERY_PERCENT // 100)


def draw_questions(
    question_ids: Sequence[str], *, seen: Set[str], missed: Set[str], seed: str
) -> tuple[str, ...]:
    """The six questions of a check, in the order in which they are asked.

    Those never seen come in first, then those whose latest answer was wrong, then the rest.
    Within each group, and in the order of asking, the seed decides.
    """
    random = Random(seed)  # noqa: S311 - fairness, not secrecy
    unseen = [name for name in question_ids if name not in seen]
    wrong = [name for name in question_ids if name in seen and name in missed]
    rest = [name for name in question_ids if name in seen and name not in missed]
    for group in (unseen, wrong, rest):
        random.shuffle(group)
    drawn = (unseen + wrong + rest)[:QUESTIONS_PER_CHECK]
    random.shuffle(drawn)
    return tuple(drawn)


def shuffled_positions(number: int, *, seed: str) -> tuple[int, ...]:
    """The positions 0 to number - 1 in the order in which they are shown."""
    positions = list(range(number))
    Random(seed).shuffle(positions)  # noqa: S311 - fairness, not secrecy
    return tuple(positions)


@dataclass(frozen=True, slots=True)
class RatedItem:
    """One item of an excerpt: the rater's rating (None: none was given) and the key's."""

    item: int
    own: Rating | None
    consensus: Rating

    @property
    def is_exact(self) -> bool:
        """The same score; agreeing that an item cannot be rated counts as exact."""
        return self.own == self.consensus

    @property
    def is_within_one(self) -> bool:
        """At most one point apart; one score and one "not rateable" are not."""
        if isinstance(self.own, int) and isinstance(self.consensus, int):
            return abs(self.own - self.consensus) <= 1
        return self.is_exact


@dataclass(frozen=True, slots=True)
class ExcerptResult:
    """How the rating of an excerpt compares with its key."""

    items: int
    exact: int
    within_one: int

    @property
    def is_mastered(self) -> bool:
        """Provisional rule: every item within one point, and at least half of them exact.

        An excerpt has two to four items, too few for any statistic. "Within one" alone would
        pass whoever always says the middle; "all exact" would ask more than experts reach
        among themselves. Without an item there is nothing to master.
        """
        return self.items > 0 and self.within_one == self.items and 2 * self.exact >= self.items


def excerpt_result(ratings: Sequence[RatedItem]) -> ExcerptResult:
    """Count how the ratings of one excerpt compare with its key."""
    return ExcerptResult(
        items=len(ratings),
        exact=sum(rating.is_exact for rating in ratings),
        within_one=sum(rating.is_within_one for rating in ratings),
    )
