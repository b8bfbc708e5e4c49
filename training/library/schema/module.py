"""A learning module: its lesson, observed excerpt, questions, excerpts to rate, journal prompt."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, model_validator

from training.library.schema.extracts import Extract, faults_of_extracts
from training.library.schema.parts import BriefPart, Number, Part, SlugText, Text
from training.library.schema.questions import Question
from training.library.schema.turns import Person, Turn, faults_of_turns

FEWEST_QUESTIONS = 6
FIRST_INSTRUMENT = "dialogic-practice"
"""What modules that name no instrument are about: they are older than the second one."""


class Annotation(Part):
    turns: tuple[Number, ...] = Field(min_length=1)
    item: Number | None = None
    text: Text


class Observation(BriefPart):
    """An excerpt with notes at its side: what a rater would see; extracts as in a vignette."""

    title: Text
    setting: Text
    people: tuple[Person, ...]
    turns: tuple[Turn, ...]
    annotations: tuple[Annotation, ...] = Field(min_length=3)
    extracts: tuple[Extract, ...] | None = None

    @model_validator(mode="after")
    def _annotations_point_to_turns(self) -> Observation:
        faults = faults_of_turns(self.people, self.turns)
        if self.extracts is not None:
            faults += faults_of_extracts(self.extracts, self.turns)
        numbers = {turn.number for turn in self.turns}
        for position, annotation in enumerate(self.annotations, start=1):
            if unknown := set(annotation.turns) - numbers:
                faults.append(f"annotation {position}: no turns {sorted(unknown)}")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def is_dossier(self) -> bool:
        """Whether it shows extracts about a service, rather than turns of a meeting."""
        return self.extracts is not None


class Reflection(Part):
    prompt: Text
    hints: tuple[Text, ...] = ()


class Source(BriefPart):
    """What a lesson rests on; `resource` is the same work in the library of resources."""

    ALWAYS_WRITTEN: ClassVar[frozenset[str]] = frozenset({"address", "note"})

    reference: Text
    address: Text | None = None
    note: Text | None = None
    resource: SlugText | None = None


class Module(BriefPart):
    slug: SlugText
    number: Number
    title: Text
    principle: SlugText | None
    summary: Text
    minutes: Number = Field(gt=0)
    items: tuple[Number, ...] = Field(min_length=1)
    aims: tuple[Text, ...] = Field(min_length=3)
    reflect: Reflection
    sources: tuple[Source, ...] = ()
    lesson: dict[str, Text]  # Markdown by language; English is always there
    observe: Observation
    questions: tuple[Question, ...] = Field(min_length=FEWEST_QUESTIONS)
    excerpts: tuple[SlugText, ...] = Field(min_length=1)  # vignettes of the pool "excerpt"
    instrument: SlugText | None = None  # the one it prepares for; `instrument_slug` fills it in

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Module:
        faults = []
        if "en" not in self.lesson:
            faults.append("lesson: English is missing")
        ids = [question.id for question in self.questions]
        if repeated := {name for name in ids if ids.count(name) > 1}:
            faults.append(f"questions: ids occur twice: {sorted(repeated)}")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def instrument_slug(self) -> str:
        """The instrument the module prepares for, and its items are those of."""
        return self.instrument or FIRST_INSTRUMENT

    def question(self, question_id: str) -> Question:
        """The question of this id; KeyError when there is none."""
        return {question.id: question for question in self.questions}[question_id]
