"""Turn numbers as they are typed into a field of a form."""

from __future__ import annotations

from flask_babel import gettext as _
from wtforms import Field, ValidationError

from training.calibration.ratings import read_turns

LONGEST_TURNS = 500


def turns_in(field: Field) -> tuple[int, ...]:
    """The turns that a field names. Raises ValidationError with the part that names none."""
    try:
        return read_turns(field.data)
    except ValueError as error:
        message = _(
            "“%(value)s” is no turn number. Write numbers with commas: 4, 7.",
            value=str(error.args[0])[:40],
        )
        raise ValidationError(message) from error


def turns_within(field: Field, last_turn: int) -> tuple[int, ...]:
    """The turns that a field names, of a transcript with so many. Raises ValidationError."""
    turns = turns_in(field)
    for turn in turns:
        if not 1 <= turn <= last_turn:
            raise ValidationError(
                _(
                    "There is no turn %(value)s. The last turn is %(last)s.",
                    value=turn,
                    last=last_turn,
                )
            )
    return turns
