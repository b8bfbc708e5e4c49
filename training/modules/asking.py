"""What a page shows of a question, before and after it was answered. Pure.

Before the answer a page gets an AskedQuestion, which holds nothing that tells right from wrong:
choices are named by their place in a shuffled order that stays on the server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from training.library.schema import ChoiceQuestion, MarkTheTurnQuestion, OrderQuestion, Question
from training.modules.mastery import shuffled_positions
from training.modules.transcripts import ShownTurn, shown_turn


class Kind(StrEnum):
    """The kinds of questions; they differ in how an answer is given."""

    SINGLE_CHOICE = "single-choice"
    MULTIPLE_CHOICE = "multiple-choice"
    ORDER = "order"
    MARK_THE_TURN = "mark-the-turn"


@dataclass(frozen=True, slots=True)
class AskedChoice:
    """Something to choose, to mark or to put in order; `value` is what the form sends."""

    value: int
    text: str
    turn: ShownTurn | None = None


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that waits for its answer."""

    kind: Kind
    stem: str
    choices: tuple[AskedChoice, ...]


@dataclass(frozen=True, slots=True)
class ExplainedChoice:
    """An option, step or turn with its explanation and what the person made of it.

    `is_right` says whether it belongs to the right answer. Steps also have their right place
    and the place the person gave them, from 1.
    """

    text: str
    explanation: str
    is_right: bool
    was_chosen: bool
    turn: ShownTurn | None = None
    right_place: int | None = None
    own_place: int | None = None


@dataclass(frozen=True, slots=True)
class ExplainedQuestion:
    """A question after it was answered."""

    kind: Kind
    stem: str
    is_correct: bool
    choices: tuple[ExplainedChoice, ...]
    explanation: str | None  # of the whole; only where things were put in order


def order_to_show(question: Question, *, seed: str) -> tuple[int, ...]:
    """The positions of a question's choices in the order in which they are shown.

    The turns of a transcript keep their order: it is part of what they say.
    """
    if isinstance(question, MarkTheTurnQuestion):
        return tuple(range(question.positions))
    return shuffled_positions(question.positions, seed=seed)


def asked(question: Question, order: Sequence[int]) -> AskedQuestion:
    """The question as it is shown before it is answered."""
    return AskedQuestion(
        Kind(question.kind),
        question.stem,
        tuple(
            AskedChoice(value, _text(question, position), _turn(question, position))
            for value, position in enumerate(order)
        ),
    )


def response_of(question: Question, order: Sequence[int], values: Sequence[int]) -> list[int]:
    """What the values of a form mean: positions as written or, for turns, their numbers.

    For steps, `values` are in the order in which the person put them. Raises IndexError for a
    value that was not shown.
    """
    positions = [order[value] for value in values]
    if isinstance(question, MarkTheTurnQuestion):
        return sorted(question.turns[position].number for position in positions)
    return positions if isinstance(question, OrderQuestion) else sorted(positions)


def explained(
    question: Question, order: Sequence[int], response: Sequence[int], *, is_correct: bool
) -> ExplainedQuestion:
    """The question with all its explanations, beside what the person answered."""
    if isinstance(question, OrderQuestion):
        choices, explanation = _explained_steps(question, response), question.explanation
    elif isinstance(question, MarkTheTurnQuestion):
        choices, explanation = _explained_turns(question, response), None
    else:
        choices, explanation = _explained_options(question, order, response), None
    return ExplainedQuestion(Kind(question.kind), question.stem, is_correct, choices, explanation)


def _text(question: Question, position: int) -> str:
    if isinstance(question, ChoiceQuestion):
        return question.options[position].text
    if isinstance(question, OrderQuestion):
        return question.steps[position].text
    return question.turns[position].text


def _turn(question: Question, position: int) -> ShownTurn | None:
    if isinstance(question, MarkTheTurnQuestion):
        return shown_turn(question.turns[position], question.people)
    return None


def _explained_options(
    question: ChoiceQuestion, order: Sequence[int], response: Sequence[int]
) -> tuple[ExplainedChoice, ...]:
    """The options in the order in which they were shown."""
    return tuple(
        ExplainedChoice(
            question.options[position].text,
            question.options[position].explanation,
            question.options[position].correct,
            position in response,
        )
        for position in order
    )


def _explained_turns(
    question: MarkTheTurnQuestion, response: Sequence[int]
) -> tuple[ExplainedChoice, ...]:
    return tuple(
        ExplainedChoice(
            turn.text,
            question.explanations[turn.number],
            turn.number in question.correct,
            turn.number in response,
            turn=shown_turn(turn, question.people),
        )
        for turn in question.turns
    )


def _explained_steps(
    question: OrderQuestion, response: Sequence[int]
) -> tuple[ExplainedChoice, ...]:
    """The steps in their right order."""
    places = {position: place for place, position in enumerate(response, start=1)}
    return tuple(
        ExplainedChoice(
            step.text,
            step.explanation,
            is_right=True,
            was_chosen=places.get(position) == position + 1,
            right_place=position + 1,
            own_place=places.get(position),
        )
        for position, step in enumerate(question.steps)
    )
