"""A term of the glossary: what it means here, how it is written, what it may be called in Hindi."""

from __future__ import annotations

from pydantic import field_validator, model_validator

from training.library.schema.parts import Flag, Part, SlugText, Text
from training.library.schema.resource import SENTENCE_END

FEWEST_SENTENCES, MOST_SENTENCES = 1, 3


class HindiProposal(Part):
    """What we propose to call a term in Hindi: nobody has settled it.

    trap   what the word may be mistaken for, in plain English.
    """

    text: Text
    trap: Text | None = None


class Term(Part):
    """One entry of the glossary.

    term        as it stands in a sentence: `bias`, `Open Dialogue`, `ICC`
    also        other forms under which texts have it, plurals among them
    definition  one to three sentences of ours
    see         slugs of related terms
    resource    the work in the library that says more
    tooltip     whether lessons explain the word where it is first met; not where its common
                meaning would often be explained wrongly
    """

    slug: SlugText
    term: Text
    also: tuple[Text, ...] = ()
    definition: Text
    hi: HindiProposal | None = None
    see: tuple[SlugText, ...] = ()
    resource: SlugText | None = None
    tooltip: Flag = True

    @property
    def forms(self) -> tuple[str, ...]:
        """Every way in which texts write it."""
        return (self.term, *self.also)

    @field_validator("definition")
    @classmethod
    def _has_one_to_three_sentences(cls, definition: str) -> str:
        sentences = len(SENTENCE_END.findall(definition))
        if not FEWEST_SENTENCES <= sentences <= MOST_SENTENCES:
            raise ValueError(
                f"has {sentences} sentences, should have {FEWEST_SENTENCES} to {MOST_SENTENCES}"
            )
        return definition

    @model_validator(mode="after")
    def _leads_elsewhere(self) -> Term:
        if self.slug in self.see or len(set(self.see)) < len(self.see):
            raise ValueError("see: name other terms, each of them once")
        return self
