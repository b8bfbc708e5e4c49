"""Forms of the modules: answers to the kinds of questions, and the journal."""

from __future__ import annotations

from collections import Counter
from string import ascii_uppercase
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from training.calibration.ratings import read_text
from training.forms import ParagraphField
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.modules.asking import AskedQuestion, Kind

NO_PLACE = ""


class SingleChoiceForm(FlaskForm):
    """One option of several."""

    answer = RadioField(_l("Your answer"), [InputRequired(_l("Choose one answer."))], coerce=int)

    def offer(self, asked: AskedQuestion) -> None:
        self.answer.choices = [(choice.value, choice.text) for choice in asked.choices]

    @property
    def values(self) -> list[int]:
        return [self.answer.data]


class SeveralChoicesForm(FlaskForm):
    """Some options of several, or some turns of a transcript."""

    answer = SelectMultipleField(
        _l("Your answer"),
        [InputRequired(_l("Choose at least one."))],
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(),
    )

    def offer(self, asked: AskedQuestion) -> None:
        self.answer.choices = [(choice.value, choice.text) for choice in asked.choices]

    @property
    def values(self) -> list[int]:
        return sorted(set(self.answer.data))


class OrderForm(FlaskForm):
    """A place for every step. Its fields are made for the question by `order_form`."""

    def offer(self, asked: AskedQuestion) -> None:
        places = [(NO_PLACE, _l("Place"))]
        places += [(str(place), str(place)) for place in range(1, len(asked.choices) + 1)]
        for field in self.places:
            field.choices = places

    @property
    def places(self) -> list[SelectField]:
        return [field for field in self if isinstance(field, SelectField)]

    @property
    def letters(self) -> str:
        """What the steps are called on the page and in errors: A, B, C and so on."""
        return ascii_uppercase[: len(self.places)]

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        times = Counter(field.data for field in self.places)
        for letter, field in zip(self.letters, self.places, strict=True):
            if times[field.data] > 1:
                field.errors = [
                    _(
                        "Step %(step)s shares place %(place)s with another step.",
                        step=letter,
                        place=field.data,
                    )
                ]
        return max(times.values()) == 1

    @property
    def values(self) -> list[int]:
        """The steps, as numbered when they were shown, in the order of their places."""
        return sorted(range(len(self.places)), key=lambda step: int(self.places[step].data))


AnswerForm = SingleChoiceForm | SeveralChoicesForm | OrderForm
FORMS: dict[Kind, type[SingleChoiceForm] | type[SeveralChoicesForm]] = {
    Kind.SINGLE_CHOICE: SingleChoiceForm,
    Kind.MULTIPLE_CHOICE: SeveralChoicesForm,
    Kind.MARK_THE_TURN: SeveralChoicesForm,
}


def answer_form(asked: AskedQuestion) -> AnswerForm:
    """The form for answering this question, filled with what was sent."""
    is_order = asked.kind is Kind.ORDER
    form: AnswerForm = order_form(len(asked.choices)) if is_order else FORMS[asked.kind]()
    form.offer(asked)
    return form


def order_form(steps: int) -> OrderForm:
    """An OrderForm with one field for each step."""
    fields = {
        f"place_{number}": SelectField(
            validators=[DataRequired(_("Give step %(step)s a place.", step=letter))]
        )
        for number, letter in enumerate(ascii_uppercase[:steps])
    }
    form: OrderForm = type("OrderForm", (OrderForm,), fields)()
    return form


class JournalForm(FlaskForm):
    """What a rater writes for themselves about a module, and what stood there when they began."""

    text = ParagraphField(
        _l("Your entry"),
        [DataRequired(_l("Write something first, or finish without writing."))],
    )
    is_shared = BooleanField(_l("Let my trainers read this"))
    before = TextAreaField(filters=[read_text])
