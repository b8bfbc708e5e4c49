"""When a missed question comes back, and which questions make up a day's set. Pure.

The days come from the scheduler FSRS with its published parameters: it models how fast a memory
fades, and asks again when it expects the answer to be known with a probability of 90 %.
Source: Ye, Su and Cao (2022), A stochastic shortest path algorithm for optimizing spaced
repetition scheduling, KDD '22; the parameters are those of the package `fsrs`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from fsrs import Card, Rating, Scheduler

QUESTIONS_A_DAY = 8
LONGEST_INTERVAL_DAYS = 180  # half a year, so that it comes back while a certificate is valid
DESIRED_RETENTION = 0.9
NEXT_DAY = timedelta(days=1)


class Outcome(StrEnum):
    """What came of an answer. Nobody is asked how hard it felt; partly right is missed."""

    RIGHT = "right"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Memory:
    """How well somebody remembers a question.

    stability   days until the answer is known with a probability of 90 %; above 0.
    difficulty  from 1, easy, to 10.
    met_on      the day of the last answer.
    due_on      the day on which the question comes back; always later than met_on.
    """

    stability: float
    difficulty: float
    met_on: date
    due_on: date


class Due(Protocol):
    """Something with a memory that may be due."""

    @property
    def due_on(self) -> date: ...
    @property
    def stability(self) -> float: ...


AnyDue = TypeVar("AnyDue", bound=Due)


def memory_after(before: Memory | None, outcome: Outcome, on: date) -> Memory:
    """The memory of a question after an answer on a day; `before` is None for the first one.

    What was missed comes back on the next day, which the scheduler calls a step of relearning.
    """
    card, _log = _scheduler().review_card(_card(before), _rating(outcome), _start_of(on))
    is_right = outcome is Outcome.RIGHT
    return Memory(
        cast(float, card.stability),  # both are there once a card was reviewed
        cast(float, card.difficulty),
        on,
        card.due.date() if is_right else on + NEXT_DAY,
    )


def todays_set(cards: Sequence[AnyDue], on: date, *, already_answered: int) -> list[AnyDue]:
    """The cards to go over on a day, in their order: those that wait longest, then the weakest.

    At most eight a day, of which some may be answered already; the others wait for tomorrow.
    """
    due = sorted(
        (card for card in cards if card.due_on <= on),
        key=lambda card: (card.due_on, card.stability),
    )
    return due[: max(0, QUESTIONS_A_DAY - already_answered)]


@cache
def _scheduler() -> Scheduler:
    # Loaded with the first question that is scheduled: a worker starts without it.
    from fsrs import Scheduler

    # Without steps of minutes, as there is one sitting a day, and without chance.
    return Scheduler(
        desired_retention=DESIRED_RETENTION,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST_INTERVAL_DAYS,
        enable_fuzzing=False,
    )


def _rating(outcome: Outcome) -> Rating:
    from fsrs import Rating

    return Rating.Good if outcome is Outcome.RIGHT else Rating.Again


def _card(memory: Memory | None) -> Card:
    from fsrs import Card, State

    if memory is None:
        return Card(card_id=0)  # a number of its own would cost it a pause
    return Card(
        card_id=0,
        state=State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_start_of(memory.due_on),
        last_review=_start_of(memory.met_on),
    )


def _start_of(day: date) -> datetime:
    # The hour of an answer says nothing about memory: days are counted.
    return datetime.combine(day, time(), tzinfo=UTC)
