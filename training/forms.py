"""What all forms share: trimmed text fields and limits with their messages."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import render_template
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, Length, ValidationError

from training.clock import now
from training.languages import lazy_gettext as _l
from training.windows import ClosingFault, fault_of_closing

LONGEST_NAME = 120
LONGEST_EMAIL = 254
LONGEST_TEXT = 5000

EMAIL_RULES = [
    DataRequired(_l("Enter an e-mail address.")),
    Length(max=LONGEST_EMAIL, message=_l("An e-mail address has at most 254 characters.")),
    Email(_l("Enter an e-mail address like name@example.org."), check_deliverability=False),
]
NAME_RULES = [
    DataRequired(_l("Enter your name as it should stand on a certificate.")),
    Length(max=LONGEST_NAME, message=_l("A name has at most 120 characters.")),
]

CLOSING_FAULTS = {
    ClosingFault.NOT_LATER_THAN_NOW: _l("Choose today or a later day."),
    ClosingFault.TOO_FAR_AWAY: _l("Choose a day within a year."),
}


def form_page(template: str, *, form: FlaskForm, **context: Any) -> tuple[str, int]:
    """A page with its form; its status is 422 where something has to be put right first."""
    return render_template(template, form=form, **context), 422 if form.errors else 200


def without_edges(text: Any) -> Any:
    """Text without the spaces that copying brings along."""
    return text.strip() if isinstance(text, str) else text


class LineField(StringField):
    """One line of text, trimmed."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, filters=[without_edges], **kwargs)


class ParagraphField(TextAreaField):
    """Several lines of text, trimmed, of a bounded length."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        rules = [
            *(validators or []),
            Length(max=LONGEST_TEXT, message=_l("Write at most 5,000 characters.")),
        ]
        super().__init__(label, rules, filters=[without_edges], **kwargs)


class LastDayField(DateField):
    """The day with which something closes: today or later, and within a year."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        rules = [DataRequired(_l("Enter a date.")), _may_close]
        super().__init__(label, rules, **kwargs)

    def refuse(self, fault: ClosingFault) -> None:
        """Say why it cannot be this day."""
        self.errors = [CLOSING_FAULTS[fault]]


def _may_close(_form: Any, field: LastDayField) -> None:
    fault = fault_of_closing(field.data, now())
    if fault is not None:
        raise ValidationError(CLOSING_FAULTS[fault])


class OnceMixin:
    """For a form that makes something: what it makes is named with the page that shows it.

    So sending it twice, by a double click or after a lost answer, makes one thing.
    """

    made_id = HiddenField(default=uuid4)

    @property
    def chosen_id(self) -> UUID:
        """What it makes is to have this id; another one where the field was tampered with."""
        try:
            return UUID(str(self.made_id.data))
        except ValueError:
            return uuid4()
