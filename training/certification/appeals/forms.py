"""Forms for making an appeal and for deciding one."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from training.accounts.second_factor_forms import ReauthenticationMixin
from training.certification.models import AppealOutcome
from training.forms import ParagraphField
from training.languages import lazy_gettext as _l

SHORTEST_REASON = 50  # letters: less than a sentence gives nobody anything to look into


class AppealForm(FlaskForm):
    """A rater says why a decision should be looked at again."""

    reason = ParagraphField(
        _l("What went wrong, and why it matters for the decision"),
        [
            DataRequired(_l("Write why the decision should be looked at again.")),
            Length(
                min=SHORTEST_REASON,
                message=_l("Write at least 50 letters, so that somebody else can look into it."),
            ),
        ],
    )
    confirmed = BooleanField(
        _l("I know that I can appeal against this decision only once."),
        [DataRequired(_l("Confirm that you know you can appeal only once."))],
    )


class DecideAppealForm(ReauthenticationMixin, FlaskForm):
    """Deciding an appeal is final: it takes a reason, a tick, the password and a code."""

    outcome = RadioField(
        _l("What you decide"),
        [DataRequired(_l("Choose what you decide."))],
        choices=[
            SelectChoice(AppealOutcome.DISMISSED.value, _l("Dismiss it: the decision stands")),
            SelectChoice(AppealOutcome.GRANTED.value, _l("Grant it: the attempt is set aside")),
        ],
    )
    reason = ParagraphField(
        _l("Reason"),
        [DataRequired(_l("Write the reason: the rater reads it, and the dossier keeps it."))],
    )
    confirmed = BooleanField(
        _l("I have read the appeal and the dossier, and I had no part in what was decided."),
        [DataRequired(_l("Confirm that you have read both and had no part in the decision."))],
    )
