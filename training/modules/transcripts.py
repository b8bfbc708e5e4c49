"""What a page shows of a short transcript: speakers by name, notes beside their turns. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.library.schema import Annotation, Observation, Person, Side, Turn


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """One numbered turn; a scene (silence, a gesture, a coming or a going) has no speaker."""

    number: int
    text: str
    speaker: str | None
    side: Side | None
    notes: tuple[int, ...] = ()  # the numbers of the notes about it


@dataclass(frozen=True, slots=True)
class Note:
    """What a rater would see in some turns."""

    number: int
    turns: tuple[int, ...]
    item: int | None
    item_name: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Turns that belong together because the same notes concern them, and these notes."""

    turns: tuple[ShownTurn, ...]
    notes: tuple[Note, ...]


def shown_turn(turn: Turn, people: Sequence[Person], notes: tuple[int, ...] = ()) -> ShownTurn:
    """The turn with its speaker's name and side."""
    speaker = next((person for person in people if person.id == turn.speaker), None)
    return ShownTurn(
        turn.number,
        turn.text,
        speaker.name if speaker else None,
        speaker.side if speaker else None,
        notes,
    )


def passages(observation: Observation, item_names: Mapping[int, str]) -> tuple[Passage, ...]:
    """The excerpt in passages, in the order of its turns.

    A note stands beside all turns from its first to its last one. Notes whose turns overlap
    share a passage; turns that nobody wrote about are passages of their own.
    """
    notes = _numbered_notes(observation.annotations, item_names)
    starts = [_starts_passage(turn.number, notes) for turn in observation.turns]
    found: list[list[ShownTurn]] = []
    for turn, starts_passage in zip(observation.turns, starts, strict=True):
        about = tuple(note.number for note in notes if turn.number in note.turns)
        if starts_passage:
            found.append([])
        found[-1].append(shown_turn(turn, observation.people, about))
    return tuple(Passage(tuple(turns), _notes_about(turns, notes)) for turns in found)


def _numbered_notes(
    annotations: Sequence[Annotation], item_names: Mapping[int, str]
) -> tuple[Note, ...]:
    """The notes in the order of their turns, numbered as they are met in reading."""
    in_order = sorted(annotations, key=lambda annotation: sorted(annotation.turns))
    return tuple(
        Note(
            number,
            tuple(sorted(annotation.turns)),
            annotation.item,
            item_names.get(annotation.item) if annotation.item else None,
            annotation.text,
        )
        for number, annotation in enumerate(in_order, start=1)
    )


def _starts_passage(turn: int, notes: Sequence[Note]) -> bool:
    """Whether no note reaches from before this turn into it."""
    return not any(note.turns[0] < turn <= note.turns[-1] for note in notes)


def _notes_about(turns: Sequence[ShownTurn], notes: Sequence[Note]) -> tuple[Note, ...]:
    first, last = turns[0].number, turns[-1].number
    return tuple(note for note in notes if first <= note.turns[0] <= last)
