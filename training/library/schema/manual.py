"""What a rater's manual says beside its instrument: purpose, preparation, errors, examples."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StrictInt, model_validator

from training.library.blocks import blocks_of
from training.library.schema.parts import Number, Part, SlugText, Text

FEWEST_PASSAGES, MOST_PASSAGES = 4, 8


def _in_blocks(text: str) -> str:
    blocks_of(text)  # on a page it is HTML, in the PDF it is set block by block
    return text


BlockText = Annotated[Text, AfterValidator(_in_blocks)]


class Passage(Part):
    """One numbered piece of a worked example."""

    number: Number
    text: Text

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        if isinstance(value, list):
            if len(value) != 2:
                raise ValueError("a passage is [number, text]")
            return dict(zip(("number", "text"), value, strict=True))
        return value


class WorkedExample(Part):
    """A short text with its rating and reason, for an item that has no micro-exercises.

    Every reader sees all of it: nobody is ever asked to rate it.
    """

    item: Number
    title: Text
    passages: tuple[Passage, ...] = Field(min_length=FEWEST_PASSAGES, max_length=MOST_PASSAGES)
    rating: StrictInt | Literal["NR"]
    reason: Text

    @model_validator(mode="after")
    def _passages_are_numbered(self) -> WorkedExample:
        numbers = [passage.number for passage in self.passages]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError("passages must be numbered 1, 2, 3 ... without gaps")
        return self


class CommonError(Part):
    """What raters get wrong, and what to do about it."""

    title: Text
    text: Text


class Manual(Part):
    """The written part of a manual; everything on the items comes from their instrument.

    purpose, preparation   Markdown, as far as `blocks_of` takes it.
    """

    instrument: SlugText
    purpose: BlockText
    preparation: BlockText
    common_errors: tuple[CommonError, ...] = Field(min_length=1)
    examples: tuple[WorkedExample, ...] = ()

    def examples_of(self, item: int) -> tuple[WorkedExample, ...]:
        """Its own worked examples of an item, in their order; often none."""
        return tuple(example for example in self.examples if example.item == item)
