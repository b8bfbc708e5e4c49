"""Forms for panels: opening one, seeing to it, closing round one, taking experts on and off."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from training.accounts.models import Person
from training.forms import LONGEST_NAME, LastDayField, LineField, OnceMixin, ParagraphField
from training.languages import lazy_gettext as _l
from training.library.schema import VignetteHead
from training.panels.rules import FaultyOpening, OpeningFault
from training.panels.wording import opening_fault_text

REASON_RULES = [DataRequired(_l("Write the reason: the record of the panel keeps it."))]
CHOOSE_EXPERT = _l("Choose an expert.")
DUE_ON = _l("Round one is due on")
CHOSEN_NO_MORE = _l(
    "Whoever was chosen cannot be chosen any more: perhaps they are on the panel already. Choose "
    "again."
)
# Beside which field a fault of the whole is said.
FIELDS_OF_FAULTS = {
    OpeningFault.NO_VIGNETTE: "vignettes",
    OpeningFault.SEVERAL_INSTRUMENTS: "vignettes",
    OpeningFault.TOO_FEW_EXPERTS: "experts",
    OpeningFault.TOO_FEW_INDEPENDENT: "experts",
    OpeningFault.CHAIR_SAW_KEY: "chair",
}


class ChecksField(SelectMultipleField):
    """Several of the choices, each with a box to tick."""

    widget = ListWidget()
    option_widget = CheckboxInput()


class NewPanelForm(OnceMixin, FlaskForm):
    """A panel: what it rates, who sits on it, who chairs it, and until when they rate."""

    title = LineField(
        _l("Name of the panel"),
        [
            DataRequired(_l("Give the panel a name.")),
            Length(max=LONGEST_NAME, message=_l("A name has at most 120 characters.")),
        ],
    )
    vignettes = ChecksField(_l("Vignettes"))
    experts = ChecksField(_l("Experts"))
    chair = SelectField(
        _l("Chair"), [DataRequired(CHOOSE_EXPERT)], invalid_choice_message=CHOSEN_NO_MORE
    )
    due = LastDayField(DUE_ON)

    def offer(
        self,
        vignettes: Sequence[SelectChoice],
        experts: Sequence[SelectChoice],
        chairs: Sequence[SelectChoice],
    ) -> None:
        """Set what can be chosen."""
        self.vignettes.choices = list(vignettes)
        self.experts.choices = list(experts)
        self.chair.choices = [SelectChoice("", CHOOSE_EXPERT), *chairs]

    def tell(
        self, faults: Collection[FaultyOpening], vignettes: Mapping[str, VignetteHead]
    ) -> None:
        """Say what stands against the panel beside the fields that it concerns."""
        titles = {slug: vignette.title for slug, vignette in vignettes.items()}
        for fault in faults:
            field = self[FIELDS_OF_FAULTS[fault.fault]]
            field.errors = [*field.errors, opening_fault_text(fault, titles)]


class DueDateForm(FlaskForm):
    """Another date for round one."""

    due = LastDayField(DUE_ON)


class ExpertForm(FlaskForm):
    """One expert: a further one, or another chair."""

    expert = SelectField(
        _l("Expert"), [DataRequired(CHOOSE_EXPERT)], invalid_choice_message=CHOSEN_NO_MORE
    )

    def offer(self, experts: Sequence[SelectChoice]) -> None:
        """Set who can be chosen."""
        self.expert.choices = [SelectChoice("", CHOOSE_EXPERT), *experts]

    @property
    def chosen(self) -> UUID:
        """Who was chosen, once the form is valid."""
        return UUID(self.expert.data)


class WithdrawalForm(FlaskForm):
    reason = ParagraphField(_l("Reason for taking them off"), REASON_RULES)


class ClosingForm(FlaskForm):
    reason = ParagraphField(_l("Reason for closing early"), REASON_RULES)


class CancellationForm(FlaskForm):
    reason = ParagraphField(_l("Reason for cancelling"), REASON_RULES)


def choices_of(people: Sequence[Person]) -> list[SelectChoice]:
    """People to choose from, by name."""
    return [SelectChoice(str(person.id), person.name) for person in people]
