"""Turn numbers as they are typed into a field of a form."""

from __future__ import annotations

from wtforms import Field, ValidationError

from training.calibration.ratings import read_turns
from training.library.reading_words import ReadingWords

LONGEST_TURNS = 500


def turns_in(field: Field, reading: ReadingWords) -> tuple[int, ...]:
    """The turns that a field names. Raises ValidationError with the part that names none."""
    try:
        return read_turns(field.data)
    except ValueError as error:
        raise ValidationError(reading.is_no_number(str(error.args[0])[:40])) from error


def turns_within(field: Field, last_turn: int, reading: ReadingWords) -> tuple[int, ...]:
    """The turns that a field names, of a text with so many. Raises ValidationError."""
    turns = turns_in(field, reading)
    for turn in turns:
        if not 1 <= turn <= last_turn:
            raise ValidationError(reading.is_missing(turn, last_turn))
    return turns
