"""Answering an exercise: one score, and the turns it rests on."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from training.calibration.ratings import TURN, read_text
from training.calibration.turn_fields import LONGEST_TURNS, turns_within
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.library.reading_words import reading_words
from training.library.records import Version
from training.library.schema import Instrument, Vignette


class ExerciseForm(FlaskForm):
    """One score of the scale; `version` and `number` say which text and which answer is meant."""

    score = RadioField(_l("Your score"), [InputRequired(_l("Choose a score."))], coerce=int)
    turns = StringField(
        validators=[Length(max=LONGEST_TURNS, message=_l("Write at most 500 characters."))],
        filters=[read_text],
    )
    version = HiddenField()
    number = HiddenField()

    def __init__(self, vignette: Version[Vignette], instrument: Instrument) -> None:
        super().__init__()
        self.vignette = vignette
        self.turn_numbers: tuple[int, ...] = ()
        self.reading = reading_words(vignette.document)
        self.turns.label.text = self.reading.score_field
        self.score.choices = [
            (score, instrument.scale.labels[score]) for score in instrument.scale.scores
        ]

    @property
    def item(self) -> int:
        """The one item that is rated."""
        return next(iter(self.vignette.document.items or ()))

    def validate_score(self, field: RadioField) -> None:
        if self.version.data != str(self.vignette.id):
            raise ValidationError(
                _("This excerpt was reworded after you opened it. Read it again, then answer.")
            )

    def validate_turns(self, field: StringField) -> None:
        self.turn_numbers = turns_within(field, len(self.vignette.document.turns), self.reading)

    def number_or(self, next_number: int) -> int:
        """Which answer was sent, counted from 1; the next one where no such number is said."""
        sent = self.number.data or ""
        number = int(sent) if TURN.fullmatch(sent) else 0
        return number or next_number
