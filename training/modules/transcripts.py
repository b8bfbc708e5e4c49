"""What a page shows of a short transcript: speakers by name, notes beside their turns. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.library.schema import Annotation, Extract, Observation, Person, Side, Turn


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
    """Turns that belong together because the same notes concern them, and these notes.

    Of a dossier it is an extract, with the notes that can be understood once it is read.
    """

    turns: tuple[ShownTurn, ...]
    notes: tuple[Note, ...]
    extract: Extract | None = None

    @property
    def is_dossier(self) -> bool:
        return self.extract is not None


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
    share a passage; turns that nobody wrote about are passages of their own. Of a dossier each
    extract is one, and a note about several of them stands beside the last.
    """
    if observation.extracts is not None:
        in_order = sorted(observation.annotations, key=lambda each: sorted(each.turns)[::-1])
        notes = _numbered(in_order, item_names)
        return tuple(_passage_of(extract, observation, notes) for extract in observation.extracts)
    in_order = sorted(observation.annotations, key=lambda each: sorted(each.turns))
    notes = _numbered(in_order, item_names)
    starts = [_starts_passage(turn.number, notes) for turn in observation.turns]
    found: list[list[ShownTurn]] = []
    for turn, starts_passage in zip(observation.turns, starts, strict=True):
        if starts_passage:
            found.append([])
        found[-1].append(shown_turn(turn, observation.people, _numbers_of_notes(turn, notes)))
    return tuple(Passage(tuple(turns), _notes_about(turns, notes)) for turns in found)


def _passage_of(extract: Extract, observation: Observation, notes: Sequence[Note]) -> Passage:
    """An extract, with the notes whose last turn is in it."""
    return Passage(
        tuple(
            shown_turn(turn, observation.people, _numbers_of_notes(turn, notes))
            for turn in extract.passages_in(observation.turns)
        ),
        tuple(note for note in notes if extract.first <= note.turns[-1] <= extract.last),
        extract,
    )


def _numbers_of_notes(turn: Turn, notes: Sequence[Note]) -> tuple[int, ...]:
    return tuple(note.number for note in notes if turn.number in note.turns)


def _numbered(in_order: Sequence[Annotation], item_names: Mapping[int, str]) -> tuple[Note, ...]:
    """The notes, numbered as they are met in reading."""
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
