"""A vignette: what a rater reads. It holds nothing that hints at the key."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar

from pydantic import model_validator

from training.library.schema.parts import BriefPart, Part, SlugText, Text

WHOLE_VIGNETTE_TURNS = range(25, 61)
EXCERPT_TURNS = range(6, 21)
EXERCISE_TURNS = range(6, 13)
WORDS_PER_MINUTE = 200  # careful reading of dialogue


class Pool(StrEnum):
    """Where a vignette may be met; a text is in one pool only."""

    TEACHING = "teaching"
    PRACTICE = "practice"
    CERTIFICATION = "certification"
    RECHECK = "recheck"
    EXCERPT = "excerpt"
    EXERCISE = "exercise"  # one minute of a meeting, beside a twin that is one scale point apart


ASSESSED_POOLS = (Pool.CERTIFICATION, Pool.RECHECK)
"""What raters are certified with: whoever is a rater is never shown its keys."""
RATED_POOLS = (Pool.PRACTICE, *ASSESSED_POOLS)
"""Whole vignettes that somebody rates; panels make keys for these."""
TURNS_OF_POOLS = {Pool.EXCERPT: EXCERPT_TURNS, Pool.EXERCISE: EXERCISE_TURNS}
"""The pools of short texts, in which some items are rated; all others hold whole vignettes."""


class Form(StrEnum):
    """Where a vignette of the certification pool stands in its level plan."""

    A = "a"
    B = "b"
    RESERVE = "reserve"  # for whoever needs further evidence after either form


class Side(StrEnum):
    NETWORK = "network"
    TEAM = "team"


class Person(Part):
    id: SlugText
    name: Text
    about: Text
    side: Side


class Turn(Part):
    """One numbered turn; without a speaker it is silence, gesture, a coming or a going."""

    number: int
    speaker: SlugText | None
    text: Text

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        if isinstance(value, list):
            if len(value) != 3:
                raise ValueError("a turn is [number, speaker or ~, text]")
            return dict(zip(("number", "speaker", "text"), value, strict=True))
        return value


def faults_of_turns(people: tuple[Person, ...], turns: tuple[Turn, ...]) -> list[str]:
    """What is wrong with a transcript: numbering, unknown or repeated people."""
    faults = []
    ids = [person.id for person in people]
    if len(ids) != len(set(ids)):
        faults.append("people: an id occurs twice")
    numbers = [turn.number for turn in turns]
    if numbers != list(range(1, len(numbers) + 1)):
        faults.append("turns must be numbered 1, 2, 3 ... without gaps")
    faults += [
        f"turn {turn.number}: nobody has the id {turn.speaker!r}"
        for turn in turns
        if turn.speaker is not None and turn.speaker not in ids
    ]
    return faults


class Vignette(BriefPart):
    ALWAYS_WRITTEN: ClassVar[frozenset[str]] = frozenset({"content_note", "items"})

    slug: SlugText
    instrument: SlugText
    pool: Pool
    title: Text
    setting: Text
    content_note: Text | None = None  # what a reader may want to know before beginning
    people: tuple[Person, ...]
    turns: tuple[Turn, ...]
    items: tuple[int, ...] | None = None  # excerpts and exercises: the items rated in it
    form: Form | None = None  # the certification pool only
    contrast: SlugText | None = None  # exercises only: the twin

    @model_validator(mode="after")
    def _transcript_holds(self) -> Vignette:
        faults = faults_of_turns(self.people, self.turns)
        allowed = TURNS_OF_POOLS.get(self.pool, WHOLE_VIGNETTE_TURNS)
        if len(self.turns) not in allowed:
            faults.append(f"turns: {len(self.turns)}, should be {allowed[0]} to {allowed[-1]}")
        if self.is_whole != (self.items is None):
            faults.append("items belongs to excerpts and exercises, and every one of them needs it")
        is_exercise = self.pool is Pool.EXERCISE
        if is_exercise and self.items is not None and len(self.items) != 1:
            faults.append(f"items: {len(self.items)}, an exercise rates one")
        if is_exercise != (self.contrast is not None):
            faults.append("contrast belongs to exercises, and every exercise needs it")
        if self.form is not None and self.pool is not Pool.CERTIFICATION:
            faults.append("form: only vignettes of the certification pool belong to a form")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def is_whole(self) -> bool:
        """Whether all items are rated in it, at the length of a meeting."""
        return self.pool not in TURNS_OF_POOLS

    @cached_property
    def people_by_id(self) -> dict[str, Person]:
        return {person.id: person for person in self.people}

    @cached_property
    def words(self) -> int:
        return len(self.setting.split()) + sum(len(turn.text.split()) for turn in self.turns)

    @property
    def reading_minutes(self) -> int:
        """Minutes of careful reading, rounded up."""
        return -(-self.words // WORDS_PER_MINUTE)

    def rated_items(self, instrument_items: tuple[int, ...]) -> tuple[int, ...]:
        """The items to rate: its own, or all of the instrument."""
        return self.items if self.items is not None else instrument_items
