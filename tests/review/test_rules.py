"""When a missed question comes back, and what makes up a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from fsrs import Card, Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from training.review.rules import (
    LONGEST_INTERVAL_DAYS,
    QUESTIONS_A_DAY,
    Memory,
    Outcome,
    memory_after,
    todays_set,
)

MONDAY = date(2026, 5, 4)
OUTCOMES = st.lists(st.sampled_from(Outcome), min_size=1, max_size=30)


def days_between(outcomes: list[Outcome]) -> list[int]:
    """How long a question stays away after each answer that is given on the day it is due."""
    memory, day, found = None, MONDAY, []
    for outcome in outcomes:
        memory = memory_after(memory, outcome, day)
        found.append((memory.due_on - day).days)
        day = memory.due_on
    return found


def test_a_question_that_is_known_stays_away_longer_each_time() -> None:
    """The days that the page tells people: two, a week, two and a half weeks, months."""
    assert days_between([Outcome.MISSED, *[Outcome.RIGHT] * 7]) == [1, 2, 6, 17, 44, 102, 180, 180]


def test_what_is_missed_comes_back_the_next_day() -> None:
    right, missed = Outcome.RIGHT, Outcome.MISSED
    assert days_between([missed, right, right, right, missed, right]) == [1, 2, 6, 17, 1, 3]


@given(OUTCOMES)
def test_a_question_never_comes_back_on_the_same_day_nor_after_half_a_year(
    outcomes: list[Outcome],
) -> None:
    assert all(1 <= days <= LONGEST_INTERVAL_DAYS for days in days_between(outcomes))


@given(OUTCOMES, st.integers(0, 400))
def test_a_right_answer_never_brings_a_question_back_sooner_than_a_miss(
    outcomes: list[Outcome], late: int
) -> None:
    memory, day = None, MONDAY
    for outcome in outcomes:
        memory = memory_after(memory, outcome, day)
        day = memory.due_on + timedelta(days=late)
    right = memory_after(memory, Outcome.RIGHT, day)
    missed = memory_after(memory, Outcome.MISSED, day)
    assert right.due_on >= missed.due_on


def test_a_memory_that_was_kept_goes_on_as_the_schedulers_own_card() -> None:
    day_by_day = [timedelta(days=1)]
    scheduler = Scheduler(
        learning_steps=day_by_day,
        relearning_steps=day_by_day,
        maximum_interval=LONGEST_INTERVAL_DAYS,
        enable_fuzzing=False,
    )
    card, memory, day = Card(card_id=0), None, MONDAY
    for rating, outcome in (
        (Rating.Again, Outcome.MISSED),
        (Rating.Good, Outcome.RIGHT),
        (Rating.Again, Outcome.MISSED),
        (Rating.Good, Outcome.RIGHT),
    ):
        card, _log = scheduler.review_card(card, rating, datetime(*day.timetuple()[:3], tzinfo=UTC))
        memory = memory_after(memory, outcome, day)
        assert memory == Memory(card.stability, card.difficulty, day, card.due.date())
        day = memory.due_on + timedelta(days=3)


@dataclass(frozen=True)
class Waiting:
    name: str
    due_on: date
    stability: float = 1.0


def names(cards: list[Waiting]) -> str:
    return "".join(card.name for card in cards)


def test_a_day_begins_with_what_waits_longest_and_then_with_the_weakest() -> None:
    cards = [
        Waiting("d", MONDAY, 2.0),
        Waiting("e", MONDAY + timedelta(days=1)),
        Waiting("c", MONDAY, 1.0),
        Waiting("a", MONDAY - timedelta(days=9), 5.0),
    ]
    assert names(todays_set(cards, MONDAY, already_answered=0)) == "acd"


def test_a_day_has_at_most_eight_whatever_has_piled_up() -> None:
    cards = [Waiting(letter, MONDAY) for letter in "abcdefghijkl"]
    sizes = {
        answered: len(todays_set(cards, MONDAY, already_answered=answered))
        for answered in (0, 3, 8, 9)
    }
    assert sizes == {0: QUESTIONS_A_DAY, 3: 5, 8: 0, 9: 0}
    assert todays_set([], MONDAY, already_answered=0) == []
