"""Contesting an item of a key, and answering a contest."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from training.calibration.ratings import RatingFrame, read_text
from training.calibration.turn_fields import LONGEST_TURNS, turns_within
from training.keys.models import ContestOutcome
from training.languages import lazy_gettext as _l
from training.library.reading_words import reading_words

SHORTEST_REASON = 20
LONGEST_REASON = 4000


class ReasonField(TextAreaField):
    """A reason somebody else will weigh: long enough to say why, short enough to be read."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        rules = [
            *(validators or []),
            Length(
                SHORTEST_REASON,
                LONGEST_REASON,
                _l("Write between 20 and 4,000 characters, so that others can weigh your reason."),
            ),
        ]
        super().__init__(label, rules, filters=[read_text], **kwargs)


class ContestForm(FlaskForm):
    """Why the key is doubted, and on which turns the doubt rests."""

    reason = ReasonField(
        _l("Why should the key say something else?"),
        [DataRequired(_l("Write your reason: it is what will be answered."))],
    )
    turns = StringField(
        validators=[Length(max=LONGEST_TURNS, message=_l("Write at most 500 characters."))],
        filters=[read_text],
    )

    def __init__(self, frame: RatingFrame) -> None:
        super().__init__()
        self.frame = frame
        self.turn_numbers: tuple[int, ...] = ()
        self.turns.label.text = reading_words(frame).grounds_field

    def validate_turns(self, field: StringField) -> None:
        self.turn_numbers = turns_within(field, self.frame.turns, reading_words(self.frame))


class AnswerForm(FlaskForm):
    """What becomes of the key, and why; `read` is the stamp of the contest that was read."""

    outcome = RadioField(
        _l("What follows from it"),
        [InputRequired(_l("Choose what follows from the contest."))],
        choices=[
            SelectChoice(ContestOutcome.KEPT.value, _l("The key stands")),
            SelectChoice(
                ContestOutcome.FOR_PANEL.value, _l("A panel should look at this item again")
            ),
        ],
    )
    answer = ReasonField(
        _l("Your answer to the rater"),
        [DataRequired(_l("Write the reason: the rater reads it, and the record keeps it."))],
    )
    read = HiddenField()
