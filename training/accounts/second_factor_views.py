"""Signing in with a second factor, setting it up, recovery codes, and removing it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from training.access import signed_in_person
from training.accounts import reauthentication, second_factor_records, signing_in
from training.accounts.models import Person, SecondFactor
from training.accounts.passwords import is_long_enough
from training.accounts.second_factor import address_for_app, in_groups, is_recovery_code
from training.accounts.second_factor_forms import (
    BeginSecondFactorForm,
    CodeForm,
    NewRecoveryCodesForm,
    RemoveSecondFactorForm,
)
from training.accounts.second_factor_records import AlreadySetUpError
from training.charts.qr_code import qr_code
from training.forms import form_page
from training.languages import gettext as _
from training.languages import ngettext

second_factor = Blueprint("second_factor", __name__)

# Shown by the app beside its codes.
ISSUER = "Open Dialogue rater training"

Page = str | Response | tuple[str, int]


@second_factor.route("/sign-in/code", methods=["GET", "POST"])
def sign_in() -> Page:
    """The second step of signing in; without the first one it leads back there."""
    person, wanted = signing_in.find_half_signed_in(), signing_in.wanted_page()
    if person is None:
        return redirect(url_for("accounts.sign_in", next=wanted))
    form = CodeForm()
    if form.validate_on_submit():
        if signing_in.are_exhausted(signing_in.code_limits(person)):
            abort(429)
        entering = second_factor_records.sign_in_with_code(
            person, form.code.data, browser=request.user_agent.string
        )
        if entering is not None:
            signing_in.enter(entering)
            _tell_of_recovery_codes(person, form.code.data)
            return redirect(signing_in.first_page(person, wanted))
        reauthentication.refuse_code(form, person)
    return form_page(
        "accounts/sign_in_code.html",
        form=form,
        demonstration_hint=reauthentication.demonstration_hint(person),
    )


def _tell_of_recovery_codes(person: Person, typed: str) -> None:
    if is_recovery_code(typed):
        left = second_factor_records.recovery_codes_left(person.id)
        message = ngettext(
            "You used a recovery code. %(num)d is left.",
            "You used a recovery code. %(num)d are left.",
            left,
        )
        flash(message, "warning")


@second_factor.route("/profile/second-factor", methods=["GET", "POST"])
def overview() -> Page:
    """What there is of a second factor, and the way to set one up."""
    person = signed_in_person()
    form = BeginSecondFactorForm()
    if form.validate_on_submit() and reauthentication.is_own_password(form, person):
        try:
            second_factor_records.begin(person)
        except AlreadySetUpError:
            return redirect(url_for("second_factor.overview"))
        return redirect(url_for("second_factor.confirmation", next=_page_afterwards()))
    return form_page(
        "accounts/second_factor.html",
        form=form,
        factor=second_factor_records.find_second_factor(person.id),
        codes_left=second_factor_records.recovery_codes_left(person.id),
        is_needed=person.has_role(*second_factor_records.ROLES_THAT_NEED_ONE),
    )


@second_factor.route("/profile/second-factor/confirmation", methods=["GET", "POST"])
def confirmation() -> Page:
    """The secret, and a first code made with it; then the recovery codes."""
    person = signed_in_person()
    begun = second_factor_records.find_begun(person.id)
    if begun is None:
        return redirect(url_for("second_factor.overview", next=_page_afterwards()))
    form = CodeForm()
    if form.validate_on_submit():
        codes = _confirm(person, form)
        if codes is not None:
            return _recovery_codes_page(codes)
    return form_page(
        "accounts/second_factor_confirmation.html",
        form=form,
        secret=in_groups(begun.secret),
        picture=_picture(begun, person),
    )


def _confirm(person: Person, form: CodeForm) -> tuple[str, ...] | None:
    if signing_in.are_exhausted(signing_in.code_limits(person)):
        form.code.errors = [reauthentication.too_many_tries()]
        return None
    try:
        codes = second_factor_records.confirm(
            person, form.code.data, keep_session=current_user.session_id
        )
    except LookupError:  # confirmed or begun anew in another tab
        abort(409)
    if codes is None:
        reauthentication.refuse_code(form, person)
    return codes


def _picture(begun: SecondFactor, person: Person) -> str:
    return qr_code(address_for_app(begun.secret, account=person.email, issuer=ISSUER))


@second_factor.route("/profile/second-factor/recovery-codes", methods=["GET", "POST"])
def recovery_codes() -> Page:
    """Make the recovery codes anew, which are then shown once."""
    person = _person_with_second_factor()
    form = NewRecoveryCodesForm()
    if form.validate_on_submit() and reauthentication.is_reauthenticated(form):
        return _recovery_codes_page(second_factor_records.make_recovery_codes(person))
    return form_page(
        "accounts/new_recovery_codes.html",
        form=form,
        codes_left=second_factor_records.recovery_codes_left(person.id),
        demonstration_hint=reauthentication.demonstration_hint(person),
    )


@second_factor.route("/profile/second-factor/removal", methods=["GET", "POST"])
def removal() -> Page:
    """Go back to the password alone."""
    person = _person_with_second_factor()
    form = RemoveSecondFactorForm()
    if form.validate_on_submit() and _may_go_without(form):
        second_factor_records.remove(person, by=person.id)
        flash(_("The second factor is removed. From now on your password is enough."), "success")
        return redirect(url_for("second_factor.overview"))
    return form_page(
        "accounts/second_factor_removal.html",
        form=form,
        is_needed=person.has_role(*second_factor_records.ROLES_THAT_NEED_ONE),
        demonstration_hint=reauthentication.demonstration_hint(person),
    )


def _may_go_without(form: RemoveSecondFactorForm) -> bool:
    """Whether who asks is the person, with a password that is long enough alone."""
    person = signed_in_person()
    if not reauthentication.is_own_password(form, person):
        return False
    if not is_long_enough(form.own_password.data, has_second_factor=False):
        form.refuse_short_password()  # before the code, so that none is spent for nothing
        return False
    return reauthentication.is_own_code(form, person)


def _person_with_second_factor() -> Person:
    """The person signed in, or 404 where there is nothing to change."""
    person = signed_in_person()
    if not second_factor_records.has_second_factor(person.id):
        abort(404)
    return person


def _recovery_codes_page(codes: tuple[str, ...]) -> Page:
    # The one answer to a POST that is a page: the codes are kept nowhere they could be led to.
    return render_template(
        "accounts/recovery_codes.html",
        codes=codes,
        afterwards=_page_afterwards() or url_for("second_factor.overview"),
    )


def _page_afterwards() -> str | None:
    return signing_in.own_page(request.args.get("next"))
