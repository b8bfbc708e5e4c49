"""Joining, signing in and out, passwords, the profile."""

from __future__ import annotations

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from training.access import signed_in_person
from training.accounts import password_records, reauthentication, records, signing_in, tries
from training.accounts.forms import (
    ChangePasswordForm,
    CohortCodeForm,
    ForgottenPasswordForm,
    InvitationForm,
    JoinCohortForm,
    ProfileForm,
    ResetPasswordForm,
    SignInForm,
)
from training.accounts.models import Person
from training.accounts.passwords import hash_password, is_long_enough
from training.accounts.second_factor_records import find_second_factor, has_second_factor
from training.accounts.signing_in import network_address, own_page
from training.cohorts import invitation_records
from training.cohorts import records as cohort_records
from training.cohorts.models import Cohort
from training.forms import form_page
from training.languages import LANGUAGES
from training.languages import gettext as _
from training.tracks.records import tracks_for

accounts = Blueprint("accounts", __name__)

Page = str | Response | tuple[str, int]


@accounts.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Page:
    if current_user.is_authenticated:
        return redirect(url_for("home.home"))
    form = SignInForm()
    if form.validate_on_submit():
        limits = signing_in.password_limits(form.email.data)
        if signing_in.are_exhausted(limits):
            abort(429)
        person = password_records.check_password(form.email.data, form.password.data)
        if person is not None:
            password_records.renew_outdated_hash(person, form.password.data)
            if has_second_factor(person.id):
                signing_in.begin_half_sign_in(person, request.args.get("next"))
                return redirect(url_for("second_factor.sign_in"))
            if is_long_enough(form.password.data, has_second_factor=False):
                signing_in.open_session(person)
                return redirect(signing_in.first_page(person, request.args.get("next")))
            form.refuse_short_password()
        else:
            tries.count_try(*limits)
            known = records.find_person_by_email(form.email.data)
            records.note_refused_sign_in(known.id if known else None)
            form.email.errors = [_("The e-mail address or the password is not right.")]
    status = 200 if request.method == "GET" else 422
    return render_template("accounts/sign_in.html", form=form, accounts=_shown_accounts()), status


@accounts.post("/sign-out")
def sign_out() -> Page:
    records.end_session(current_user._get_current_object())
    logout_user()
    session.clear()
    flash(_("You are signed out."), "success")
    return redirect(url_for("home.landing"))


@accounts.route("/join", methods=["GET", "POST"])
def join_by_code() -> Page:
    if current_user.is_authenticated:
        return _join_with_account()
    form = CohortCodeForm(code=request.args.get("code"))
    if form.validate_on_submit():
        _limit(tries.JOIN_PER_ADDRESS)
        cohort = cohort_records.find_cohort_by_code(form.code.data)
        if cohort is None:
            tries.count_try((tries.JOIN_PER_ADDRESS, network_address()))
            form.code.errors = [_("No open cohort has this code. Ask your trainer for it.")]
        else:
            try:
                person = cohort_records.join_as_new_person(
                    cohort,
                    name=form.name.data,
                    email=form.email.data,
                    password_hash=hash_password(form.password.data),
                    locale=session.get("language", "en"),
                )
            except cohort_records.CohortClosedError:  # while the password was hashed
                form.code.errors = [_("No open cohort has this code. Ask your trainer for it.")]
            except records.EmailTakenError:
                form.email.errors = [
                    _("There is an account with this address. Sign in first, then join.")
                ]
            else:
                signing_in.open_session(person)
                flash(_("Welcome. You have joined %(name)s.", name=cohort.name), "success")
                return redirect(url_for("home.home"))
    return form_page("accounts/join.html", form=form)


def _join_with_account() -> Page:
    form = JoinCohortForm(code=request.args.get("code"))
    if form.validate_on_submit():
        _limit(tries.JOIN_PER_ADDRESS)
        cohort = cohort_records.find_cohort_by_code(form.code.data)
        if cohort is not None and _has_joined(cohort):
            flash(_("You have joined %(name)s.", name=cohort.name), "success")
            _tell_of_another_track(cohort, signed_in_person())
            return redirect(url_for("home.home"))
        tries.count_try((tries.JOIN_PER_ADDRESS, network_address()))
        form.code.errors = [_("No open cohort has this code. Ask your trainer for it.")]
    return form_page("accounts/join_cohort.html", form=form)


def _has_joined(cohort: Cohort) -> bool:
    try:
        cohort_records.join_open(cohort, signed_in_person())
    except cohort_records.CohortClosedError:  # at this very moment
        return False
    return True


@accounts.route("/join/<token>", methods=["GET", "POST"])
def join_by_invitation(token: str) -> Page:
    invitation = invitation_records.find_invitation(token)
    if invitation is None:
        return render_template("accounts/invitation_lapsed.html"), 404
    existing = records.find_person_by_email(invitation.email)
    if existing is not None:
        return _accept_with_account(token, existing)
    form = InvitationForm()
    form.personal = (invitation.email,)
    if form.validate_on_submit():
        try:
            person = invitation_records.accept_as_new_person(
                token,
                name=form.name.data,
                password_hash=hash_password(form.password.data),
                locale=session.get("language", "en"),
            )
        except records.EmailTakenError:  # they joined in another way in the meantime
            return redirect(request.path)
        if person is None:
            return render_template("accounts/invitation_lapsed.html"), 404
        if current_user.is_authenticated:
            records.end_session(current_user._get_current_object())
        signing_in.open_session(person)
        flash(_("Welcome, %(name)s.", name=person.name), "success")
        return redirect(signing_in.first_page(person, None))
    return form_page("accounts/invitation.html", form=form, invitation=invitation)


def _accept_with_account(token: str, existing: Person) -> Page:
    """The invited person has an account: they sign in with it, then the link does the rest."""
    if not current_user.is_authenticated:
        flash(_("You have an account already. Sign in to accept the invitation."), "info")
        return redirect(url_for("accounts.sign_in", next=request.path))
    if current_user.person.id != existing.id:
        abort(403)
    invitation = invitation_records.find_invitation(token)
    if request.method == "POST":
        if not invitation_records.accept_with_account(token, existing):
            return render_template("accounts/invitation_lapsed.html"), 404
        flash(_("The invitation is accepted."), "success")
        if invitation is not None and invitation.cohort is not None:
            _tell_of_another_track(invitation.cohort, existing)
        return redirect(url_for("home.home"))
    return render_template("accounts/invitation_accept.html", invitation=invitation)


def _tell_of_another_track(cohort: Cohort, person: Person) -> None:
    """Say it where somebody keeps a track that is not their new cohort's."""
    of_cohort, own = tracks_for(cohort.track), tracks_for(person.track)
    if of_cohort.standard is not None and of_cohort.slug != own.slug:
        text = _(
            "This cohort is on the track “%(title)s”, and you are on another one. You can change "
            "yours below; nothing is lost.",
            title=of_cohort.standard.title,
        )
        flash(text, "info")


@accounts.route("/forgotten-password", methods=["GET", "POST"])
def forgotten_password() -> Page:
    form = ForgottenPasswordForm()
    if form.validate_on_submit():
        limits = (
            (tries.RESET_PER_ACCOUNT, form.email.data),
            (tries.RESET_PER_ADDRESS, network_address()),
        )
        if any(tries.is_exhausted(*pair) for pair in limits):
            abort(429)
        tries.count_try(*limits)
        address = url_for("accounts.reset_password", token="TOKEN", _external=True)  # noqa: S106
        password_records.ask_for_reset(form.email.data, address_of=address)
        # The same answer whether or not the account exists.
        return render_template("accounts/reset_sent.html", email=form.email.data)
    return form_page("accounts/forgotten_password.html", form=form)


@accounts.route("/reset-password/<token>", methods=["GET", "POST"])
def reset_password(token: str) -> Page:
    reset = password_records.find_reset(token)
    if reset is None:
        return render_template("accounts/reset_lapsed.html"), 404
    person = records.find_person(reset.person_id)
    form = ResetPasswordForm()
    form.personal = (person.name, person.email) if person else ()
    form.has_second_factor = has_second_factor(reset.person_id)
    if form.validate_on_submit():
        if password_records.use_reset(token, form.password.data) is None:
            return render_template("accounts/reset_lapsed.html"), 404
        flash(_("Your new password is set. Sign in with it."), "success")
        return redirect(url_for("accounts.sign_in"))
    return form_page("accounts/reset_password.html", form=form)


@accounts.route("/profile", methods=["GET", "POST"])
def profile() -> Page:
    person = signed_in_person()
    form = ProfileForm(obj=person)
    if form.validate_on_submit():
        records.change_profile(person, name=form.name.data, locale=form.locale.data)
        flash(_("Your profile is saved."), "success")
        return redirect(url_for("accounts.profile"))
    return form_page(
        "accounts/profile.html",
        form=form,
        sessions=records.open_sessions(person.id),
        this_session=current_user.session_id,
        cohorts=cohort_records.cohorts_of_member(person.id),
        second_factor=find_second_factor(person.id),
    )


@accounts.route("/profile/password", methods=["GET", "POST"])
def change_password() -> Page:
    person = signed_in_person()
    form = ChangePasswordForm()
    form.personal = (person.name, person.email)
    form.has_second_factor = has_second_factor(person.id)
    if form.validate_on_submit() and reauthentication.is_password_in(
        form.current_password, person, refusal=_("This is not your current password.")
    ):
        password_records.change_password(
            person, form.password.data, by=person.id, keep_session=current_user.session_id
        )
        flash(_("Your password is changed. Other browsers are signed out."), "success")
        return redirect(url_for("accounts.profile"))
    return form_page("accounts/change_password.html", form=form)


@accounts.post("/profile/end-sessions")
def end_sessions() -> Page:
    person = signed_in_person()
    records.end_sessions(person.id, by=person.id, except_id=current_user.session_id)
    flash(_("You are signed out everywhere else."), "success")
    return redirect(url_for("accounts.profile"))


@accounts.post("/language")
def choose_language() -> Page:
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        abort(400)
    session["language"] = language
    if current_user.is_authenticated:
        person = signed_in_person()
        records.change_profile(person, name=person.name, locale=language)
    return redirect(own_page(request.form.get("next")) or url_for("home.landing"))


def _limit(limit: tries.Limit) -> None:
    if tries.is_exhausted(limit, network_address()):
        abort(429)


def _shown_accounts() -> list[Person]:
    """The demonstration accounts, where this is a demonstration."""
    if not current_app.extensions["config"].is_demonstration:
        return []
    return records.demonstration_people()
