"""Forms of administrators: roles, invitations, publishing."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from training.accounts.models import Role
from training.administration.wording import ROLE_CHOICES
from training.forms import EMAIL_RULES, LineField, ParagraphField
from training.languages import lazy_gettext as _l

CHOICES = [SelectChoice(role.value, name) for role, name in ROLE_CHOICES.items()]


class RolesForm(FlaskForm):
    """Which roles somebody has; `shown` are those the form showed when it was opened."""

    shown = HiddenField()
    roles = SelectMultipleField(
        _l("Roles"), choices=CHOICES, widget=ListWidget(), option_widget=CheckboxInput()
    )

    @property
    def chosen(self) -> frozenset[Role]:
        return frozenset(Role(value) for value in self.roles.data or ())

    @property
    def shown_roles(self) -> frozenset[Role]:
        return frozenset(role for role in Role if role.value in (self.shown.data or "").split())

    def refuse_last_administrator(self) -> None:
        self.roles.errors = [
            _l(
                "This is the last active administrator. Give somebody else the role first: "
                "otherwise nobody could look after the service."
            )
        ]


class RemoveSecondFactorForm(FlaskForm):
    """Let somebody back in who has lost the app and the recovery codes."""

    reason = ParagraphField(
        _l("Reason, and how you made sure who asked"),
        [DataRequired(_l("Write the reason: the person reads it, and the trail keeps it."))],
    )


class InvitePersonForm(FlaskForm):
    email = LineField(_l("E-mail address"), EMAIL_RULES)
    role = SelectField(_l("Role"), choices=CHOICES)


class PublishForm(FlaskForm):
    """Publishes what was shown: `digest` stands for the documents as they were then."""

    digest = HiddenField()
