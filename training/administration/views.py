"""What an administrator sees and does: people, content, trail, letters."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from training.access import role_required, signed_in, signed_in_person
from training.accounts import password_records, second_factor_records
from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.administration import records
from training.administration.content import check_content
from training.administration.document_pages import documents_sought
from training.administration.forms import (
    InvitePersonForm,
    PublishForm,
    RemoveSecondFactorForm,
    RolesForm,
)
from training.administration.wording import (
    DATABASE_NAMES,
    KIND_NAMES,
    LETTER_STATES,
    ROLE_NAMES,
)
from training.audit import trail as audit
from training.audit.wording import act_text
from training.certification.attempts.closing_dates import attempts_under_way_of
from training.clock import now
from training.cohorts import invitation_records
from training.cohorts.invitation_records import invite
from training.cohorts.records import cohorts_of_member, cohorts_of_trainer
from training.cohorts.wording import INVITATION_STATES
from training.config import Config
from training.forms import form_page
from training.keys import publishing
from training.keys.changes.consequence_records import effects_of_publishing
from training.languages import gettext as _
from training.languages import ngettext
from training.library import records as library
from training.library.models import DocumentKind
from training.mail import post
from training.mail.models import Letter, LetterState

administration = Blueprint("administration", __name__)

Page = str | Response | tuple[str, int]


def any_person(person_id: uuid.UUID) -> Person:
    """Somebody with an account, or 404."""
    return accounts.find_person(person_id) or abort(404)


def configuration() -> Config:
    config: Config = current_app.extensions["config"]
    return config


@administration.get("/administration")
@role_required(Role.ADMINISTRATOR)
def overview() -> Page:
    return render_template(
        "administration/overview.html",
        health=records.health(),
        has_mail_server=bool(configuration().smtp_url),
        database_names=DATABASE_NAMES,
        letter_states=LETTER_STATES,
    )


@administration.get("/administration/people")
@role_required(Role.ADMINISTRATOR)
def people() -> Page:
    search = request.args.get("search", "").strip()[:100]
    role = request.args.get("role", "")
    found, paging = records.people_page(
        search=search,
        role=Role(role) if role in list(Role) else None,
        asked_page=request.args.get("page"),
    )
    return render_template(
        "administration/people.html",
        people=found,
        paging=paging,
        search=search,
        role=role,
        role_names=ROLE_NAMES,
    )


@administration.route("/administration/people/<uuid:person_id>", methods=["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def person(person_id: uuid.UUID) -> Page:
    shown = any_person(person_id)
    held = sorted(role.value for role in shown.roles)
    form = RolesForm(roles=held, shown=" ".join(held))
    if form.validate_on_submit():
        by = signed_in().id
        try:
            accounts.set_roles(shown, form.chosen, by=by, shown=form.shown_roles)
        except accounts.LastAdministratorError:
            form.refuse_last_administrator()
        else:
            flash(_("The roles of %(name)s are saved.", name=shown.name), "success")
            return _back_to(shown)
    return form_page(
        "administration/person.html",
        shown=shown,
        form=form,
        sessions=accounts.open_sessions(shown.id),
        second_factor=second_factor_records.find_second_factor(shown.id),
        learns_in=cohorts_of_member(shown.id),
        leads=cohorts_of_trainer(shown.id),
        under_way=attempts_under_way_of(shown.id, at=now()),
    )


@administration.post("/administration/people/<uuid:person_id>/deactivation")
@role_required(Role.ADMINISTRATOR)
def deactivate(person_id: uuid.UUID) -> Page:
    shown = any_person(person_id)
    if shown.id == signed_in().id:
        flash(_("You cannot close your own account. Ask another administrator."), "error")
        return _back_to(shown)
    try:
        accounts.deactivate(shown, by=signed_in().id)
    except accounts.LastAdministratorError:
        flash(_("The last active administrator has to stay."), "error")
    else:
        flash(_("The account of %(name)s is closed.", name=shown.name), "success")
    return _back_to(shown)


@administration.post("/administration/people/<uuid:person_id>/reactivation")
@role_required(Role.ADMINISTRATOR)
def reactivate(person_id: uuid.UUID) -> Page:
    shown = any_person(person_id)
    accounts.reactivate(shown, by=signed_in().id)
    flash(_("The account of %(name)s is open again.", name=shown.name), "success")
    return _back_to(shown)


@administration.post("/administration/people/<uuid:person_id>/session-ending")
@role_required(Role.ADMINISTRATOR)
def end_sessions(person_id: uuid.UUID) -> Page:
    shown = any_person(person_id)
    accounts.end_sessions(shown.id, by=signed_in().id)
    flash(_("%(name)s is signed out everywhere.", name=shown.name), "success")
    return _back_to(shown)


@administration.post("/administration/people/<uuid:person_id>/reset-letter")
@role_required(Role.ADMINISTRATOR)
def send_reset_letter(person_id: uuid.UUID) -> Page:
    shown = any_person(person_id)
    address = url_for("accounts.reset_password", token="TOKEN", _external=True)  # noqa: S106
    letter = password_records.ask_for_reset(shown.email, address_of=address, by=signed_in().id)
    if letter is None:
        flash(_("The account is closed. Open it first."), "error")
    else:
        _tell(letter)
    return _back_to(shown)


@administration.route(
    "/administration/people/<uuid:person_id>/second-factor-removal", methods=["GET", "POST"]
)
@role_required(Role.ADMINISTRATOR)
def remove_second_factor(person_id: uuid.UUID) -> Page:
    shown = any_person(person_id)
    if shown.id == signed_in().id:
        flash(_("You remove your own second factor in your profile, with a code."), "error")
        return _back_to(shown)
    form = RemoveSecondFactorForm()
    if form.validate_on_submit():
        letter = second_factor_records.remove_lost(
            shown, by=signed_in().id, reason=form.reason.data
        )
        if letter is None:
            flash(_("%(name)s has no second factor.", name=shown.name), "warning")
        else:
            flash(_("The second factor of %(name)s is removed.", name=shown.name), "success")
            _tell(letter)
        return _back_to(shown)
    return form_page("administration/second_factor_removal.html", shown=shown, form=form)


@administration.route("/administration/invitations", methods=["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def invitations() -> Page:
    form = InvitePersonForm()
    if form.validate_on_submit():
        address = url_for("accounts.join_by_invitation", token="TOKEN", _external=True)  # noqa: S106
        by, role = signed_in_person(), Role(form.role.data)
        _invitation, letter = invite(form.email.data, role, cohort=None, by=by, address_of=address)
        _tell(letter)
        return redirect(url_for("administration.invitations"))
    return form_page(
        "administration/invitations.html",
        form=form,
        invitations=invitation_records.invitations(None),
        state_names=INVITATION_STATES,
        role_names=ROLE_NAMES,
    )


@administration.post("/administration/invitations/<uuid:invitation_id>/withdrawal")
@role_required(Role.ADMINISTRATOR)
def withdraw_invitation(invitation_id: uuid.UUID) -> Page:
    by = signed_in_person()
    if invitation_records.withdraw_invitation(invitation_id, cohort_id=None, by=by):
        flash(_("The invitation is withdrawn. Its link does not work any more."), "success")
    else:  # by a second click, or accepted meanwhile: the list shows how it stands
        flash(_("This invitation is not open any more."), "info")
    return redirect(url_for("administration.invitations"))


@administration.get("/administration/content")
@role_required(Role.ADMINISTRATOR)
def content() -> Page:
    return render_template(
        "administration/content.html",
        **documents_sought(tuple(DocumentKind)),
    )


@administration.route("/administration/content/check", methods=["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def content_check() -> Page:
    checked = check_content(
        configuration().content_paths,
        records.digests_in_use(),
        lambda pack: library.keys_published_by(pack).kept,
    )
    form, has_moved_on = PublishForm(), False
    if form.validate_on_submit():
        has_moved_on = form.digest.data != checked.changes.digest
        if checked.is_publishable and not has_moved_on:
            _tell_published(publishing.publish(checked.pack, person_id=signed_in().id))
            return redirect(url_for("administration.content"))
    page = render_template(
        "administration/content_check.html",
        checked=checked,
        has_moved_on=has_moved_on,
        effects=None if checked.faults else effects_of_publishing(checked.pack),
        kind_names={kind.value: name for kind, name in KIND_NAMES.items()},
    )
    return page, 409 if has_moved_on else 422 if form.is_submitted() else 200


@administration.get("/administration/trail")
@role_required(Role.ADMINISTRATOR)
def trail() -> Page:
    act, email = request.args.get("act", ""), request.args.get("person", "").strip()[:300]
    wanted = accounts.find_person_by_email(email) if email else None
    lines, paging = records.trail_page(
        act=audit.Act(act) if act in list(audit.Act) else None,
        person_id=wanted.id if wanted else None,
        asked_page=request.args.get("page"),
    )
    return render_template(
        "administration/trail.html",
        lines=lines,
        paging=paging,
        acts=sorted(audit.Act, key=act_text),
        act_text=act_text,
        act=act,
        email=email,
        is_unknown_person=bool(email) and wanted is None,
    )


@administration.get("/administration/trail/verification")
@role_required(Role.ADMINISTRATOR)
def trail_verification() -> Page:
    return render_template(
        "administration/trail_verification.html",
        lines=audit.number_of_lines(),  # first: what is written meanwhile is verified besides
        faults=list(audit.verify()),
    )


@administration.get("/administration/letters")
@role_required(Role.ADMINISTRATOR)
def outbox() -> Page:
    return render_template(
        "administration/outbox.html",
        letters=post.outbox(),
        most=post.LETTERS_SHOWN,
        state_names=LETTER_STATES,
        has_mail_server=bool(configuration().smtp_url),
    )


@administration.get("/administration/letters/<uuid:letter_id>")
@role_required(Role.ADMINISTRATOR)
def letter(letter_id: uuid.UUID) -> Page:
    shown = post.find_letter(letter_id) or abort(404)
    return render_template(
        "administration/letter.html",
        letter=shown,
        body=post.body_to_look_at(shown),
        state_names=LETTER_STATES,
    )


@administration.post("/administration/letters/<uuid:letter_id>/sending")
@role_required(Role.ADMINISTRATOR)
def send_letter(letter_id: uuid.UUID) -> Page:
    state = records.send_again(letter_id)
    if state is None:
        abort(404)
    if state is LetterState.SENT:
        flash(_("The letter is sent."), "success")
    else:
        flash(_("The letter could not be sent. The reason stands below."), "warning")
    return redirect(url_for("administration.letter", letter_id=letter_id))


def _back_to(shown: Person) -> Response:
    """The person's page; home for who has just laid down the role of an administrator."""
    if not signed_in_person().has_role(Role.ADMINISTRATOR):
        return redirect(url_for("home.home"))
    return redirect(url_for("administration.person", person_id=shown.id))


def _tell_published(published: publishing.PublishedContent) -> None:
    publication = published.publication
    number = len(publication.published)
    flash(
        ngettext("%(num)d document is published.", "%(num)d documents are published.", number),
        "success",
    )
    if publication.no_longer_fit:
        flash(
            _(
                "Vignettes are worded or rated otherwise, so that the ratified keys of these are "
                "replaced by their authors': %(slugs)s.",
                slugs=", ".join(sorted(publication.no_longer_fit)),
            ),
            "warning",
        )
    if published.cases:
        flash(
            ngettext(
                "%(num)d decision would have ended otherwise by the new keys. Certifiers see it "
                "and decide.",
                "%(num)d decisions would have ended otherwise by the new keys. Certifiers see "
                "them and decide.",
                published.cases,
            ),
            "warning",
        )


def _tell(written: Letter) -> None:
    if written.state is LetterState.SENT:
        flash(_("A letter is sent to %(email)s.", email=written.recipient), "success")
    else:
        flash(
            _(
                "A letter to %(email)s is written but was not sent. You find it in the outbox.",
                email=written.recipient,
            ),
            "warning",
        )
