"""A vignette: what a rater reads. It holds nothing that hints at the key."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import ceil
from typing import ClassVar

from pydantic import model_validator

from training.library.schema.extracts import Extract, faults_of_extracts, words_in
from training.library.schema.parts import BriefPart, DifferentNumbers, SlugText, Text
from training.library.schema.turns import Person, Turn, faults_of_turns

WHOLE_VIGNETTE_TURNS = range(25, 61)
DOSSIER_PASSAGES = range(40, 91)
EXCERPT_TURNS = range(6, 21)
EXERCISE_TURNS = range(6, 13)
WORDS_PER_MINUTE = 200  # careful reading of dialogue
TABLE_WORDS_PER_MINUTE = 70  # rows are read and then counted; our own estimate


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


@dataclass(frozen=True, slots=True)
class VignetteHead:
    """What a list of vignettes or a draw goes by: all but the people and what they say.

    It is as small as that: a process that serves everybody's pages keeps one of every vignette.
    """

    slug: str
    instrument: str
    pool: Pool
    title: str
    content_note: str | None
    items: tuple[int, ...] | None
    contrast: str | None
    is_dossier: bool
    number_of_turns: int
    reading_minutes: int

    def rated_items(self, instrument_items: tuple[int, ...]) -> tuple[int, ...]:
        """The items to rate: its own, or all of the instrument."""
        return self.items if self.items is not None else instrument_items


class Vignette(BriefPart):
    """What is rated: a meeting, told in turns, or a service, told in the passages of a dossier.

    extracts  of a dossier: which passages come from which source, and which are rows of tables.
    """

    ALWAYS_WRITTEN: ClassVar[frozenset[str]] = frozenset({"content_note", "items"})

    slug: SlugText
    instrument: SlugText
    pool: Pool
    title: Text
    setting: Text
    content_note: Text | None = None  # what a reader may want to know before beginning
    people: tuple[Person, ...]
    turns: tuple[Turn, ...]
    items: DifferentNumbers | None = None  # excerpts and exercises: the items rated in it
    form: Form | None = None  # the certification pool only
    contrast: SlugText | None = None  # exercises only: the twin
    extracts: tuple[Extract, ...] | None = None

    @model_validator(mode="after")
    def _transcript_holds(self) -> Vignette:
        faults = faults_of_turns(self.people, self.turns)
        if self.extracts is not None:
            faults += faults_of_extracts(self.extracts, self.turns)
        whole = DOSSIER_PASSAGES if self.is_dossier else WHOLE_VIGNETTE_TURNS
        allowed = TURNS_OF_POOLS.get(self.pool, whole)
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
    def is_dossier(self) -> bool:
        """Whether it tells of a service in extracts, rather than of a meeting in turns."""
        return self.extracts is not None

    @property
    def is_whole(self) -> bool:
        """Whether all items are rated in it, at the length of a meeting or of a dossier."""
        return self.pool not in TURNS_OF_POOLS

    @cached_property
    def people_by_id(self) -> dict[str, Person]:
        return {person.id: person for person in self.people}

    @cached_property
    def words(self) -> int:
        """The words of setting and turns; of a dossier also what stands above its extracts."""
        heads = (text for extract in self.extracts or () for text in extract.heading_texts)
        return sum(map(words_in, (self.setting, *heads, *(turn.text for turn in self.turns))))

    @property
    def reading_minutes(self) -> int:
        """Minutes of careful reading, and of counting in tables, rounded up."""
        in_tables = sum(
            words_in(row.text)
            for extract in self.extracts or ()
            if extract.is_table
            for row in extract.passages_in(self.turns)
        )
        minutes = (self.words - in_tables) / WORDS_PER_MINUTE + in_tables / TABLE_WORDS_PER_MINUTE
        return ceil(minutes)

    def rated_items(self, instrument_items: tuple[int, ...]) -> tuple[int, ...]:
        """The items to rate: its own, or all of the instrument."""
        return self.head.rated_items(instrument_items)

    @cached_property
    def head(self) -> VignetteHead:
        return VignetteHead(
            self.slug,
            self.instrument,
            self.pool,
            self.title,
            self.content_note,
            self.items,
            self.contrast,
            self.is_dossier,
            len(self.turns),
            self.reading_minutes,
        )
