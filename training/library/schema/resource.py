"""A work of others in the library of resources: what it is, where it is, what we say of it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from training.library.schema.parts import Flag, Number, Part, SlugText, Text

FEWEST_SENTENCES, MOST_SENTENCES = 2, 4
# A sentence ends at a mark that is followed by a capital or by nothing: "et al. (2019)" ends none.
SENTENCE_END = re.compile(r"[.!?][\"')\]’”]*(?=\s+[^\Wa-z\d_]|\s*$)")


class ResourceKind(StrEnum):
    PAPER = "paper"
    GUIDANCE = "guidance"
    TRAINING = "training"
    TOOL = "tool"
    BOOK = "book"
    SITE = "site"
    STANDARD = "standard"


class Topic(StrEnum):
    """What a resource is about, in the order in which the library is laid out."""

    OPEN_DIALOGUE = "open-dialogue"
    EVIDENCE = "evidence"
    IMPLEMENTATION = "implementation"
    FIDELITY = "fidelity"
    RATER_TRAINING = "rater-training"
    MEASUREMENT = "measurement"
    RECOVERY = "recovery"
    RIGHTS = "rights"
    LIVED_EXPERIENCE = "lived-experience"


class Openness(StrEnum):
    """Who can read the work: everybody, everybody in part, or only who pays or asks."""

    OPEN = "open"
    PARTLY = "partly"
    CLOSED = "closed"


class Resource(Part):
    """One entry of the library.

    year         of publication; none for a page that carries no date
    topics       the first is the one under which the library lists it
    language     ISO 639-1 code of the work
    verified     whether we held the reference, and what we say, against the work's abstract or page
    annotation   two to four sentences of ours: what it says, and how sure that is
    """

    id: SlugText
    title: Text
    authors: Text
    year: Number | None = Field(default=None, ge=1900, le=2100)
    reference: Annotated[Text, StringConstraints(pattern=r"^[^\n]+$")]
    address: Annotated[str, StringConstraints(pattern=r"^https://[^\s/]+\.[^\s/]+(/\S*)?$")]
    kind: ResourceKind
    topics: tuple[Topic, ...] = Field(min_length=1)
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    open: Openness
    verified: Flag
    annotation: Text

    @property
    def site(self) -> str:
        """The site the address is on, as in doi.org."""
        return self.address.removeprefix("https://").partition("/")[0].removeprefix("www.")

    @field_validator("annotation")
    @classmethod
    def _has_two_to_four_sentences(cls, annotation: str) -> str:
        sentences = len(SENTENCE_END.findall(annotation))
        if not FEWEST_SENTENCES <= sentences <= MOST_SENTENCES:
            raise ValueError(
                f"has {sentences} sentences, should have {FEWEST_SENTENCES} to {MOST_SENTENCES}"
            )
        return annotation

    @field_validator("topics")
    @classmethod
    def _names_each_topic_once(cls, topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
        if len(set(topics)) < len(topics):
            raise ValueError("names a topic twice")
        return topics
