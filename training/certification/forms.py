"""Forms for opening an attempt, for what certifiers do, and for verifying a certificate."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import DataRequired, Length

from training.accounts.second_factor_forms import ReauthenticationMixin
from training.forms import LastDayField, LineField, ParagraphField
from training.languages import lazy_gettext as _l

LONGEST_NUMBER = 60  # three groups of four, however they were typed

REASON_RULES = [DataRequired(_l("Write the reason: the person reads it, and the record keeps it."))]


class OpenAttemptForm(FlaskForm):
    """The honour statement: nobody watches, so the rater says it."""

    honour = BooleanField(
        _l(
            "I rate these vignettes alone, without help, and tell nobody what is in them or how "
            "I rated them."
        ),
        [DataRequired(_l("Confirm that you rate alone, or come back when you can."))],
    )

    @property
    def honour_wording(self) -> str:
        """The statement as this person reads it, in their language."""
        return str(self.honour.label.text)


class ClosingDateForm(FlaskForm):
    """A closing date for one attempt: longer for whoever needs it, or set where none was."""

    day = LastDayField(_l("Last day"))
    reason = ParagraphField(
        _l("Reason"),
        [DataRequired(_l("Write the reason: the person reads it, and the record keeps it."))],
    )


class SignForm(ReauthenticationMixin, FlaskForm):
    """Signing cannot be undone, only revoked: it takes a tick, the password and a code."""

    confirmed = BooleanField(
        _l("I have read the dossier, and I answer for this certificate."),
        [DataRequired(_l("Confirm that you have read the dossier and answer for it."))],
    )


class DeclineForm(FlaskForm):
    """Close the attempt without a certificate."""

    reason = ParagraphField(_l("Reason for declining"), REASON_RULES)


class MoreEvidenceForm(FlaskForm):
    """Send the rater further vignettes."""

    reason = ParagraphField(_l("What is not clear yet"), REASON_RULES)


class RevocationForm(ReauthenticationMixin, FlaskForm):
    """Revoke a certificate for good, with the password and a code."""

    reason = ParagraphField(
        _l("Reason for revoking"),
        [DataRequired(_l("Write the reason: it is shown to everybody who verifies."))],
    )
    confirmed = BooleanField(
        _l("I know that revoking cannot be undone."),
        [DataRequired(_l("Confirm that you want to revoke for good."))],
    )


class VerifyForm(FlaskForm):
    """The number on a certificate, however it is typed."""

    number = LineField(
        _l("Number of the certificate"),
        [
            DataRequired(_l("Enter the number on the certificate.")),
            Length(
                max=LONGEST_NUMBER,
                message=_l("A number has 12 letters and digits, like K7QX-4MTD-9BWZ."),
            ),
        ],
    )
