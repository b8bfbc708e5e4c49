"""Forms for second factors, and the fields with which somebody shows again who they are."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import DataRequired, Length

from training.accounts.passwords import LONGEST_PASSWORD
from training.forms import LineField
from training.languages import lazy_gettext as _l

LONGEST_CODE = 60  # a recovery code, however it was spaced
OWN_PASSWORD_RULES = [DataRequired(_l("Enter your password.")), Length(max=LONGEST_PASSWORD)]
CODE_RULES = [
    DataRequired(_l("Enter a code from your app.")),
    Length(max=LONGEST_CODE, message=_l("A code has six digits, a recovery code twenty.")),
]


class CodeForm(FlaskForm):
    """The second step of signing in, and the confirmation of a new second factor."""

    code = LineField(_l("Code"), CODE_RULES)


class BeginSecondFactorForm(FlaskForm):
    """Who sets up a second factor shows that the open browser is theirs."""

    own_password = PasswordField(_l("Your password"), OWN_PASSWORD_RULES)


class ReauthenticationMixin:
    """Password and code once more, for acts that somebody at a forgotten browser must not do."""

    own_password: PasswordField
    code: LineField

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # Fields come in the order in which they are made, and so do their errors: made after
        # those of the form itself, these two are last, as they are on the page.
        cls.own_password = PasswordField(_l("Your password"), OWN_PASSWORD_RULES)
        cls.code = LineField(_l("Code"), CODE_RULES)


class NewRecoveryCodesForm(ReauthenticationMixin, FlaskForm):
    pass


class RemoveSecondFactorForm(ReauthenticationMixin, FlaskForm):
    def refuse_short_password(self) -> None:
        self.own_password.errors = [
            _l(
                "Your password has fewer than 15 characters, which is enough only with a second "
                "factor. Change it to a longer one first."
            )
        ]
