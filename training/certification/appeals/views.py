"""Appeals: a rater makes one, a certifier who had no part in the decision decides it."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from training.access import role_required, signed_in, signed_in_person
from training.accounts import reauthentication
from training.accounts.models import Role
from training.certification import gate_texts
from training.certification.appeals import acts
from training.certification.appeals import records as appeal_records
from training.certification.appeals import texts as appeal_texts
from training.certification.appeals.acts import AppealOverError, CannotAppealError
from training.certification.appeals.forms import AppealForm, DecideAppealForm
from training.certification.appeals.rules import AppealFault
from training.certification.attempts import results
from training.certification.attempts.views import own_attempt
from training.certification.dossiers.dossier import standard_of, standard_titles
from training.certification.models import Appeal, AppealOutcome, Attempt
from training.certification.reviews.duties import Conflict, ConflictError
from training.certification.reviews.records import find_certificate_of
from training.clock import now
from training.forms import form_page
from training.languages import gettext as _
from training.unsent import given_back

appeals = Blueprint("appeals", __name__)

Page = str | Response | tuple[str, int]


def appeal_or_refuse(appeal_id: uuid.UUID) -> tuple[Appeal, Conflict | None]:
    """The appeal, 404 where there is none, 403 for whoever trained the rater or is the rater.

    A certifier who decided about the attempt may read it: they know the dossier.
    """
    found = appeal_records.find_appeal(appeal_id) or abort(404)
    conflict = appeal_records.conflict_with(signed_in().id, found)
    if conflict not in (None, Conflict.DECIDED_BEFORE):
        abort(403)
    return found, conflict


@appeals.route("/certification/attempts/<uuid:attempt_id>/appeal", methods=["GET", "POST"])
@role_required(Role.RATER)
def appeal(attempt_id: uuid.UUID) -> Page:
    attempt = own_attempt(attempt_id)
    view = results.attempt_view(attempt, at=now())
    form = AppealForm()
    if view.appeal_right.fault:
        return _refused(attempt, view.appeal_right.fault, form.reason.data)
    if form.validate_on_submit():
        return _appeal(attempt, form.reason.data)
    return form_page("certification/appeal.html", form=form, view=view, words=gate_texts)


def _appeal(attempt: Attempt, reason: str) -> Page:
    try:
        acts.make(attempt.id, rater=signed_in_person(), reason=reason)
    except CannotAppealError as error:
        return _refused(attempt, error.fault, reason)
    flash(_("Your appeal is made. You get a letter when it is decided."), "success")
    return _back_to(attempt)


def _refused(attempt: Attempt, fault: AppealFault, typed: str | None) -> Page:
    """Why there is no appeal; what was typed is given back, unless it stands there already."""
    made = attempt.decisions[-1].appeal if attempt.decisions else None
    return given_back(
        _("No appeal was made"),
        appeal_texts.FAULTS[fault],
        None if made is not None and made.reason == typed else typed,
        back=_("Attempt %(number)s", number=attempt.number),
        back_address=url_for("certification.attempt", attempt_id=attempt.id),
    )


def _back_to(attempt: Attempt) -> Response:
    return redirect(url_for("certification.attempt", attempt_id=attempt.id))


@appeals.post("/certification/attempts/<uuid:attempt_id>/appeal/withdrawal")
@role_required(Role.RATER)
def withdrawal(attempt_id: uuid.UUID) -> Page:
    attempt = own_attempt(attempt_id)
    try:
        acts.withdraw(attempt.id, rater=signed_in_person())
    except AppealOverError:
        flash(_("There is no appeal of yours that could be withdrawn any more."), "warning")
    else:
        flash(_("Your appeal is withdrawn. The decision stands."), "success")
    return _back_to(attempt)


@appeals.get("/certifying/appeals")
@role_required(Role.CERTIFIER)
def queue() -> Page:
    certifier = signed_in_person()
    return render_template(
        "certification/appeals.html",
        waiting=appeal_records.waiting_appeals(certifier.id),
        decided=appeal_records.decided_appeals(certifier.id),
        standard_titles=standard_titles(),
        words=gate_texts,
        appeal_words=appeal_texts,
    )


@appeals.route("/certifying/appeals/<uuid:appeal_id>", methods=["GET", "POST"])
@role_required(Role.CERTIFIER)
def review(appeal_id: uuid.UUID) -> Page:
    found, conflict = appeal_or_refuse(appeal_id)
    form = DecideAppealForm()
    if form.is_submitted() and conflict:
        abort(403)
    if form.is_submitted() and not found.is_open:
        return _over(found)
    if form.validate_on_submit() and reauthentication.is_reauthenticated(form):
        return _decide(found, form)
    return form_page(
        "certification/appeal_review.html",
        appeal=found,
        conflict=conflict,
        form=form,
        standard=standard_of(found.decision),
        certificate=find_certificate_of(found.decision_id),
        demonstration_hint=reauthentication.demonstration_hint(signed_in_person()),
        words=gate_texts,
        appeal_words=appeal_texts,
    )


def _decide(found: Appeal, form: DecideAppealForm) -> Response:
    try:
        acts.decide(
            found.id,
            certifier=signed_in_person(),
            outcome=AppealOutcome(form.outcome.data),
            reason=form.reason.data,
        )
    except ConflictError:
        abort(403)
    except AppealOverError:
        return _over(found)
    flash(_("The appeal is decided, and the rater is told."), "success")
    return redirect(url_for("appeals.review", appeal_id=found.id))


def _over(found: Appeal) -> Response:
    flash(_("This appeal was decided or withdrawn in the meantime."), "warning")
    return redirect(url_for("appeals.review", appeal_id=found.id))
