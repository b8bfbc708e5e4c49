"""What is shown of a question before and after its answer."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pack import small_pack
from training.library.schema import MarkTheTurnQuestion, OrderQuestion, Question
from training.modules.asking import (
    AskedChoice,
    AskedQuestion,
    Kind,
    asked,
    explained,
    order_to_show,
    response_of,
)

QUESTIONS = small_pack().modules["first-things"].questions
SINGLE, SEVERAL, ORDER, MARK = (QUESTIONS[i] for i in (0, 6, 8, 9))


def test_before_the_answer_nothing_tells_right_from_wrong() -> None:
    names = {field.name for model in (AskedQuestion, AskedChoice) for field in fields(model)}
    assert names == {"kind", "stem", "choices", "value", "text", "turn"}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_no_explanation_is_shown_before_the_answer(question: Question) -> None:
    shown = repr(asked(question, order_to_show(question, seed="a")))
    for word in ("Because", "Why step", "A bid", "The missed reply", "One after the other"):
        assert word not in shown


def test_choices_are_named_by_where_they_are_shown() -> None:
    shown = asked(SINGLE, (2, 0, 3, 1))
    assert shown.kind is Kind.SINGLE_CHOICE
    assert [choice.value for choice in shown.choices] == [0, 1, 2, 3]
    assert [choice.text for choice in shown.choices] == [f"Option {n} of 1" for n in (3, 1, 4, 2)]


def test_turns_keep_their_order_and_their_speakers() -> None:
    assert order_to_show(MARK, seed="anything") == (0, 1, 2)
    turns = [choice.turn for choice in asked(MARK, (0, 1, 2)).choices]
    assert [(turn.number, turn.speaker) for turn in turns if turn] == [
        (1, "Runa"),
        (2, "Piet"),
        (3, "Runa"),
    ]


@given(st.integers(0, 10**6))
def test_the_right_answer_is_recognised_whatever_the_order(seed: int) -> None:
    for question in (SINGLE, SEVERAL, ORDER, MARK):
        order = order_to_show(question, seed=str(seed))
        if isinstance(question, OrderQuestion):
            values = [order.index(position) for position in range(len(order))]
        elif isinstance(question, MarkTheTurnQuestion):
            values = [number - 1 for number in question.correct]
        else:
            values = [order.index(position) for position in question.right_response]
        assert question.is_right(response_of(question, order, values))
        assert not question.is_right(response_of(question, order, values[::-1][:-1]))


def test_a_value_that_was_not_shown_means_nothing() -> None:
    with pytest.raises(IndexError):
        response_of(SINGLE, (0, 1, 2, 3), [7])


def test_options_are_explained_beside_the_own_answer() -> None:
    shown = explained(SEVERAL, (3, 1, 0, 2), [1, 3], is_correct=False)
    assert [(c.text, c.is_right, c.was_chosen) for c in shown.choices] == [
        ("Option 4 of 7", False, True),
        ("Option 2 of 7", True, True),
        ("Option 1 of 7", True, False),
        ("Option 3 of 7", False, False),
    ]
    assert shown.choices[0].explanation == "Because of 4 in 7."
    assert shown.explanation is None


def test_steps_are_explained_in_their_right_order() -> None:
    shown = explained(ORDER, (2, 0, 1), [1, 0, 2], is_correct=False)
    assert [(c.text, c.right_place, c.own_place, c.was_chosen) for c in shown.choices] == [
        ("Step 1", 1, 2, False),
        ("Step 2", 2, 1, False),
        ("Step 3", 3, 3, True),
    ]
    assert shown.explanation == "One after the other."


def test_turns_are_explained_one_by_one() -> None:
    shown = explained(MARK, (0, 1, 2), [1], is_correct=False)
    assert [(c.explanation, c.is_right, c.was_chosen) for c in shown.choices] == [
        ("A bid.", False, True),
        ("The missed reply.", True, False),
        ("An answer.", False, False),
    ]
