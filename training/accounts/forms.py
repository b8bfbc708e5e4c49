"""Forms for joining, signing in and the profile."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, EqualTo, Length, ValidationError

from training.accounts.passwords import LONGEST_PASSWORD, weakness_of
from training.forms import EMAIL_RULES, LONGEST_NAME, NAME_RULES, LineField
from training.languages import LANGUAGES
from training.languages import lazy_gettext as _l

PASSWORD_AGAIN_RULES = [EqualTo("password", message=_l("The two passwords are not the same."))]


class NewPasswordMixin:
    """A password that is good enough, typed twice. `personal` is what others know.

    Who has a second factor may choose a shorter one.
    """

    password = PasswordField(_l("New password"), [DataRequired(_l("Choose a password."))])
    password_again = PasswordField(_l("New password, once more"), PASSWORD_AGAIN_RULES)
    personal: tuple[str, ...] = ()
    has_second_factor = False

    def validate_password(self, field: StringField) -> None:
        weakness = weakness_of(
            field.data or "",
            personal=self.known_to_others(),
            has_second_factor=self.has_second_factor,
        )
        if weakness:
            raise ValidationError(weakness)

    def known_to_others(self) -> tuple[str, ...]:
        typed = [getattr(self, name, None) for name in ("name", "email")]
        return (*self.personal, *(field.data for field in typed if field and field.data))


class SignInForm(FlaskForm):
    email = LineField(_l("E-mail address"), [DataRequired(_l("Enter your e-mail address."))])
    password = PasswordField(
        _l("Password"),
        [DataRequired(_l("Enter your password.")), Length(max=LONGEST_PASSWORD)],
    )

    def refuse_short_password(self) -> None:
        self.password.errors = [
            _l(
                "Your password has fewer than 15 characters, which is enough only with a second "
                "factor. Choose a longer one with the link below the button."
            )
        ]


class CohortCodeForm(NewPasswordMixin, FlaskForm):
    """Join a cohort with its code and make an account on the way."""

    code = LineField(_l("Cohort code"), [DataRequired(_l("Enter the code your trainer gave you."))])
    name = LineField(_l("Your name"), NAME_RULES)
    email = LineField(_l("E-mail address"), EMAIL_RULES)
    password = PasswordField(_l("Password"), [DataRequired(_l("Choose a password."))])
    password_again = PasswordField(_l("Password, once more"), PASSWORD_AGAIN_RULES)


class JoinCohortForm(FlaskForm):
    """Join a cohort with its code when there is an account already."""

    code = LineField(_l("Cohort code"), [DataRequired(_l("Enter the code your trainer gave you."))])


class InvitationForm(NewPasswordMixin, FlaskForm):
    name = LineField(_l("Your name"), NAME_RULES)
    password = PasswordField(_l("Password"), [DataRequired(_l("Choose a password."))])
    password_again = PasswordField(_l("Password, once more"), PASSWORD_AGAIN_RULES)


class ForgottenPasswordForm(FlaskForm):
    email = LineField(_l("E-mail address"), EMAIL_RULES)


class ResetPasswordForm(NewPasswordMixin, FlaskForm):
    pass


class ProfileForm(FlaskForm):
    name = LineField(
        _l("Your name"),
        [DataRequired(_l("Enter your name.")), Length(max=LONGEST_NAME)],
    )
    locale = SelectField(
        _l("Language"), choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()]
    )


class ChangePasswordForm(NewPasswordMixin, FlaskForm):
    current_password = PasswordField(
        _l("Current password"), [DataRequired(_l("Enter your current password."))]
    )
    password = PasswordField(_l("New password"), [DataRequired(_l("Choose a password."))])
    password_again = PasswordField(_l("New password, once more"), PASSWORD_AGAIN_RULES)
