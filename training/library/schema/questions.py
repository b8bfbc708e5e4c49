"""Questions of a knowledge check, and when an answer to one is right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, model_validator

from training.library.schema.parts import Flag, Number, Part, SlugText, Text
from training.library.schema.turns import Person, Turn, faults_of_turns


class Option(Part):
    text: Text
    correct: Flag
    explanation: Text


class Step(Part):
    text: Text
    explanation: Text


class ChoiceQuestion(Part):
    id: SlugText
    kind: Literal["single-choice", "multiple-choice"]
    principle: SlugText | None = None
    stem: Text
    options: tuple[Option, ...]

    @model_validator(mode="after")
    def _has_right_options(self) -> ChoiceQuestion:
        correct = sum(option.correct for option in self.options)
        if len(self.options) < 3:
            raise ValueError("options: at least three")
        if self.kind == "single-choice" and correct != 1:
            raise ValueError(f"options: exactly one is correct, not {correct}")
        if self.kind == "multiple-choice" and not 2 <= correct < len(self.options):
            raise ValueError("options: two or more are correct, but not all")
        return self

    @property
    def positions(self) -> int:
        """How many things there are to choose from or to put in order."""
        return len(self.options)

    @property
    def right_response(self) -> list[int]:
        return [position for position, option in enumerate(self.options) if option.correct]

    def is_right(self, response: Iterable[int]) -> bool:
        """Whether exactly the right options were chosen (positions as written, from 0)."""
        return sorted(response) == self.right_response


class OrderQuestion(Part):
    id: SlugText
    kind: Literal["order"]
    principle: SlugText | None = None
    stem: Text
    steps: tuple[Step, ...] = Field(min_length=3, max_length=6)
    explanation: Text

    @property
    def positions(self) -> int:
        return len(self.steps)

    @property
    def right_response(self) -> list[int]:
        return list(range(len(self.steps)))

    def is_right(self, response: Iterable[int]) -> bool:
        """Whether the steps were put in the order in which they are written."""
        return list(response) == self.right_response


class MarkTheTurnQuestion(Part):
    id: SlugText
    kind: Literal["mark-the-turn"]
    principle: SlugText | None = None
    stem: Text
    people: tuple[Person, ...]
    turns: tuple[Turn, ...] = Field(min_length=3, max_length=12)
    correct: tuple[Number, ...] = Field(min_length=1)
    explanations: dict[int, Text]

    @model_validator(mode="after")
    def _every_turn_is_explained(self) -> MarkTheTurnQuestion:
        faults = faults_of_turns(self.people, self.turns)
        numbers = {turn.number for turn in self.turns}
        if set(self.explanations) != numbers:
            faults.append("explanations: one for every turn")
        if not set(self.correct) < numbers:
            faults.append("correct: some of the turns, not all")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def positions(self) -> int:
        return len(self.turns)

    @property
    def right_response(self) -> list[int]:
        return sorted(self.correct)

    def is_right(self, response: Iterable[int]) -> bool:
        """Whether exactly the right turns were marked (turn numbers)."""
        return sorted(response) == self.right_response


Question = Annotated[
    ChoiceQuestion | OrderQuestion | MarkTheTurnQuestion, Field(discriminator="kind")
]
