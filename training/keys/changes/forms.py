"""Forms for putting a key in use and for deciding what it means for one decision."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.validators import DataRequired, InputRequired

from training.accounts.second_factor_forms import ReauthenticationMixin
from training.forms import ParagraphField
from training.keys.changes.texts import CASE_ACTS
from training.keys.models import CaseAct
from training.languages import gettext as _
from training.languages import lazy_gettext as _l


class PutInUseForm(FlaskForm):
    """`instead_of` is the version in use that the consequences on the page were shown against."""

    reason = ParagraphField(
        _l("Reason"),
        [DataRequired(_l("Write the reason: it is kept with the change of the key."))],
    )
    confirmed = BooleanField(
        _l("I have read what this key would change."),
        [DataRequired(_l("Confirm that you have read what this key would change."))],
    )
    instead_of = HiddenField()

    @property
    def seen_version(self) -> uuid.UUID:
        """The version the person saw; one that there is not where the field was tampered with."""
        try:
            return uuid.UUID(self.instead_of.data or "")
        except ValueError:
            return uuid.UUID(int=0)

    def refuse_outdated(self) -> None:
        """Ask to read the page once more: it was about another key than the one in use now."""
        self.confirmed.errors = [
            _("Another key was put in use meanwhile. Read below what this one would change now.")
        ]
        self.confirmed.data = False


CHANGED_MEANWHILE = _l("What can be decided has changed meanwhile. Choose again.")


class CaseForm(ReauthenticationMixin, FlaskForm):
    """What is decided about one decision, with the password and a code."""

    act = RadioField(
        _l("Your decision"),
        [InputRequired(_l("Choose what you decide."))],
        invalid_choice_message=CHANGED_MEANWHILE,
    )
    reason = ParagraphField(
        _l("Reason"),
        [DataRequired(_l("Write the reason: the person reads it, and the record keeps it."))],
    )

    def offer(self, acts: Sequence[CaseAct]) -> None:
        """Let these be chosen, and no others."""
        self.act.choices = [(act.value, CASE_ACTS[act]) for act in acts]

    def offer_anew(self, acts: Sequence[CaseAct]) -> None:
        """Ask to choose again among these, without losing the reason."""
        self.offer(acts)
        self.act.errors = [CHANGED_MEANWHILE]
