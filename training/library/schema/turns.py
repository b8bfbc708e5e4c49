"""What is read in numbered pieces: turns of a meeting or passages of a dossier, and who speaks."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import model_validator

from training.library.schema.parts import Number, Part, SlugText, Text


class Side(StrEnum):
    NETWORK = "network"
    TEAM = "team"


class Person(Part):
    id: SlugText
    name: Text
    about: Text
    side: Side


class Turn(Part):
    """One numbered turn; without a speaker it is silence, gesture, a coming or a going.

    In a dossier it is a passage; without a speaker it is text of a record, or a row of a table.
    """

    number: Number
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
