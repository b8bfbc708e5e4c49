"""Drawing questions, and what counts as mastery."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.modules.mastery import (
    NOT_RATEABLE,
    QUESTIONS_PER_CHECK,
    CheckResult,
    RatedItem,
    Rating,
    draw_questions,
    excerpt_result,
    right_answers_needed,
    shuffled_positions,
)

TEN = [f"question-{number}" for number in range(1, 11)]
ids = st.lists(st.sampled_from(TEN), unique=True)


def test_a_first_check_asks_six_different_questions() -> None:
    drawn = draw_questions(TEN, seen=set(), missed=set(), seed="a")
    assert len(drawn) == QUESTIONS_PER_CHECK
    assert len(set(drawn)) == QUESTIONS_PER_CHECK


def test_a_retry_asks_what_was_never_seen_then_what_was_missed() -> None:
    seen, missed = set(TEN[:6]), {"question-2", "question-5"}
    drawn = draw_questions(TEN, seen=seen, missed=missed, seed="a")
    assert set(drawn) == {*TEN[6:], "question-2", "question-5"}


def test_when_everything_was_seen_the_missed_ones_come_again() -> None:
    missed = {"question-1", "question-10"}
    assert missed < set(draw_questions(TEN, seen=set(TEN), missed=missed, seed="a"))


def test_the_order_of_asking_does_not_tell_which_ones_were_missed() -> None:
    seen, missed = set(TEN[:6]), {"question-2", "question-5"}
    places = {
        draw_questions(TEN, seen=seen, missed=missed, seed=str(seed)).index("question-2")
        for seed in range(60)
    }
    assert places == set(range(6))


def test_the_seed_decides() -> None:
    def draw(seed: str) -> tuple[str, ...]:
        return draw_questions(TEN, seen=set(), missed=set(), seed=seed)

    assert draw("a") == draw("a")
    assert len({draw(str(seed)) for seed in range(20)}) > 10


def test_a_short_list_is_asked_whole() -> None:
    assert set(draw_questions(TEN[:4], seen=set(), missed=set(), seed="a")) == set(TEN[:4])


@given(ids, st.sets(st.sampled_from(TEN)), st.sets(st.sampled_from(TEN)), st.text(max_size=5))
def test_nothing_seen_is_drawn_while_something_unseen_is_left(
    questions: list[str], seen: set[str], missed: set[str], seed: str
) -> None:
    drawn = draw_questions(questions, seen=seen, missed=missed, seed=seed)
    assert len(drawn) == len(set(drawn)) == min(len(questions), QUESTIONS_PER_CHECK)
    left = [name for name in questions if name not in drawn]
    group = {name: 0 if name not in seen else 1 if name in missed else 2 for name in questions}
    assert max((group[name] for name in drawn), default=0) <= min(
        (group[name] for name in left), default=2
    )


def test_options_are_shuffled_and_none_is_lost() -> None:
    orders = {shuffled_positions(4, seed=str(seed)) for seed in range(200)}
    assert len(orders) == 24  # every order occurs
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)


@pytest.mark.parametrize(("questions", "needed"), [(6, 5), (5, 4), (10, 8), (4, 4), (1, 1)])
def test_mastery_needs_four_fifths(questions: int, needed: int) -> None:
    assert right_answers_needed(questions) == needed
    assert CheckResult(questions, needed).is_mastered
    assert not CheckResult(questions, needed - 1).is_mastered
    assert CheckResult(questions, 0).needed == needed


@pytest.mark.parametrize(
    ("own", "consensus", "is_exact", "is_within_one"),
    [
        (2, 2, True, True),
        (3, 2, False, True),
        (1, 2, False, True),
        (4, 2, False, False),
        (0, 2, False, False),
        (NOT_RATEABLE, NOT_RATEABLE, True, True),
        (NOT_RATEABLE, 0, False, False),
        (0, NOT_RATEABLE, False, False),
        (None, 0, False, False),
        (None, NOT_RATEABLE, False, False),
    ],
)
def test_a_rated_item_beside_its_key(
    own: Rating | None, consensus: Rating, is_exact: bool, is_within_one: bool
) -> None:
    item = RatedItem(1, own, consensus)
    assert (item.is_exact, item.is_within_one) == (is_exact, is_within_one)


@pytest.mark.parametrize(
    ("pairs", "is_mastered"),
    [
        ([(2, 2), (3, 3)], True),
        ([(2, 2), (3, 2)], True),  # half exact, the other within one
        ([(1, 2), (3, 2)], False),  # all within one, none exact
        ([(2, 2), (4, 2)], False),  # one is two points off
        ([(2, 2), (3, 3), (1, 1), (4, 2)], False),  # three of four exact do not make up for it
        ([(2, 2), (3, 2), (1, 2)], False),  # a third exact
        ([(2, 2), (3, 3), (1, 2)], True),
        ([(NOT_RATEABLE, NOT_RATEABLE), (1, 2)], True),
        ([(NOT_RATEABLE, 2), (2, 2)], False),
        ([], False),  # nothing rated is nothing mastered
    ],
)
def test_when_an_excerpt_is_mastered(pairs: list[tuple[Rating, Rating]], is_mastered: bool) -> None:
    result = excerpt_result([RatedItem(1, own, key) for own, key in pairs])
    assert result.items == len(pairs)
    assert result.is_mastered is is_mastered


def test_always_saying_the_middle_does_not_pass() -> None:
    assert not excerpt_result([RatedItem(1, 2, key) for key in (1, 3, 1, 3)]).is_mastered
