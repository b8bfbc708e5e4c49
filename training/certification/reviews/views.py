"""What certifiers do: read dossiers, sign, withdraw, decline, ask for more evidence, revoke."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from training.access import role_required, signed_in, signed_in_person
from training.accounts import reauthentication
from training.accounts.models import Role
from training.certification import gate_texts
from training.certification.appeals import texts as appeal_texts
from training.certification.attempts import results
from training.certification.attempts.form import TooFewVignettesError
from training.certification.certificates import records as certificates
from training.certification.certificates import renewals
from training.certification.certificates.records import AlreadyRevokedError, CertificateState
from training.certification.certificates.renewals import RevokedSinceError
from training.certification.dossiers import dossier
from training.certification.forms import (
    DeclineForm,
    MoreEvidenceForm,
    RevocationForm,
    SignForm,
)
from training.certification.judging.decision import Outcome
from training.certification.models import Certificate, Decision
from training.certification.reviews import acts as reviews
from training.certification.reviews import records, signatures
from training.certification.reviews.acts import AlreadyReviewedError, NotSignedError
from training.certification.reviews.duties import Conflict, ConflictError, signatures_missing
from training.clock import now
from training.forms import form_page
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.mail.models import Letter
from training.unsent import given_back

certifying = Blueprint("certifying", __name__)

Page = str | Response | tuple[str, int]

# Why an act was not recorded.
ACTED_BEFORE = _l("Another certifier has acted on this decision in the meantime.")
DONE_ALREADY = _l("It is done already: you have acted on this decision before.")
SET_ASIDE = _l("The attempt was set aside in the meantime.")
SIGNED_BEFORE = _l("You have signed this decision. What is left is for a second certifier.")
TOO_FEW = _l("The pool holds nothing more that this rater has not met.")
REVOKED_SINCE = _l("The certificate that this attempt would renew was revoked. Decline it.")


def decision_or_refuse(decision_id: uuid.UUID) -> Decision:
    """The decision, 404 where there is none, 403 for whoever trained the rater or is the rater.

    A conflict closes the dossier too, not only the signature: its tables say more about a rater
    than the rater and their trainers may see.
    """
    decision = records.find_decision(decision_id)
    if decision is None:
        abort(404)
    if records.conflict_with(signed_in().id, decision) is not None:
        abort(403)
    return decision


def certificate_or_refuse(number: str) -> Certificate:
    certificate = certificates.find_certificate(number)
    if certificate is None:
        abort(404)
    if records.conflict_with(signed_in().id, certificate.decision) is not None:
        abort(403)
    return certificate


@certifying.get("/certifying")
@role_required(Role.CERTIFIER)
def queue() -> Page:
    certifier = signed_in_person()
    waiting = records.waiting_decisions()
    reviewed, paging = records.reviewed_page(request.args.get("page"))
    return render_template(
        "certification/queue.html",
        waiting=waiting,
        reviewed=reviewed,
        paging=paging,
        states=certificates.states_by_decision((each.id for each in reviewed), at=now()),
        State=CertificateState,
        conflicts=records.conflicts_with(certifier.id, [*waiting, *reviewed]),
        first_signatures=signatures.first_signatures(waiting),
        standards=dossier.standards_in_use(),
        words=gate_texts,
        Outcome=Outcome,
    )


@certifying.get("/certifying/decisions/<uuid:decision_id>")
@role_required(Role.CERTIFIER)
def decision(decision_id: uuid.UUID) -> Page:
    found = decision_or_refuse(decision_id)
    certificate = records.find_certificate_of(found.id)
    return render_template(
        "certification/decision.html",
        dossier=dossier.dossier_of(found),
        review=found.review,
        signatures=signatures.signatures_of(found.id),
        certificate=certificate,
        state=certificates.state_of(certificate, at=now()) if certificate else None,
        State=CertificateState,
        renewed=renewals.find_renewed_by(found.attempt_id),
        has_further_vignettes=records.has_further_vignettes(found),
        is_rater=signed_in().has_role(Role.RATER),
        history_row=results.attempt_row,
        words=gate_texts,
        appeal_words=appeal_texts,
        Outcome=Outcome,
    )


@certifying.route("/certifying/decisions/<uuid:decision_id>/signature", methods=["GET", "POST"])
@role_required(Role.CERTIFIER)
def sign(decision_id: uuid.UUID) -> Page:
    found = _decision_to_review(decision_id, Outcome.MEETS)
    form = SignForm()
    if form.validate_on_submit() and reauthentication.is_reauthenticated(form):
        return _review(found, lambda: _sign(found))
    return _review_page("certification/sign.html", found, form)


def _sign(found: Decision) -> Letter | None:
    """The letter that tells of the certificate; None while another certifier has to sign."""
    signed = reviews.sign(found.id, certifier=signed_in_person())
    return signed[1] if signed else None


@certifying.post("/certifying/decisions/<uuid:decision_id>/signature-withdrawal")
@role_required(Role.CERTIFIER)
def withdraw_signature(decision_id: uuid.UUID) -> Page:
    found = decision_or_refuse(decision_id)
    try:
        reviews.withdraw_signature(found.id, certifier=signed_in_person())
    except (AlreadyReviewedError, NotSignedError):
        flash(_("There is no signature of yours that could be withdrawn any more."), "warning")
    else:
        flash(_("Your signature is withdrawn."), "success")
    return redirect(url_for("certifying.decision", decision_id=found.id))


@certifying.route("/certifying/decisions/<uuid:decision_id>/refusal", methods=["GET", "POST"])
@role_required(Role.CERTIFIER)
def decline(decision_id: uuid.UUID) -> Page:
    found = _decision_to_review(decision_id, *Outcome)
    form = DeclineForm()
    if form.validate_on_submit():
        reason = form.reason.data
        return _review(
            found,
            lambda: reviews.decline(found.id, certifier=signed_in_person(), reason=reason),
            typed=reason,
        )
    return _review_page("certification/decline.html", found, form)


@certifying.route(
    "/certifying/decisions/<uuid:decision_id>/further-evidence", methods=["GET", "POST"]
)
@role_required(Role.CERTIFIER)
def more_evidence(decision_id: uuid.UUID) -> Page:
    found = _decision_to_review(decision_id, Outcome.MORE_EVIDENCE)
    form = MoreEvidenceForm()
    if form.validate_on_submit():
        reason = form.reason.data
        return _review(
            found,
            lambda: reviews.ask_for_more_evidence(
                found.id, certifier=signed_in_person(), reason=reason
            ),
            typed=reason,
        )
    return _review_page("certification/more_evidence.html", found, form)


def _decision_to_review(decision_id: uuid.UUID, *outcomes: Outcome) -> Decision:
    """The decision, or 409 where the act does not fit its outcome."""
    found = decision_or_refuse(decision_id)
    if Outcome(found.outcome) not in outcomes:
        abort(409)
    return found


def _review(found: Decision, act: Callable[[], Letter | None], *, typed: str = "") -> Page:
    try:
        letter = act()
    except ConflictError as error:
        if error.conflict is not Conflict.SIGNED_BEFORE:
            abort(403)
        return _not_recorded(found, SIGNED_BEFORE, typed)
    except AlreadyReviewedError:
        return _acted_before(found, typed)
    except TooFewVignettesError:
        return _not_recorded(found, TOO_FEW, typed)
    except RevokedSinceError:
        return _not_recorded(found, REVOKED_SINCE, typed)
    _tell_recorded(letter)
    return redirect(url_for("certifying.decision", decision_id=found.id))


def _acted_before(found: Decision, typed: str) -> Page:
    review = records.find_review(found.id)
    if review is None:
        return _not_recorded(found, SET_ASIDE, typed)
    if review.certifier_id != signed_in().id:
        return _not_recorded(found, ACTED_BEFORE, typed)
    # A second click, or a second tab: nothing is lost unless it held another text.
    return _not_recorded(found, DONE_ALREADY, "" if typed == review.reason else typed)


def _not_recorded(found: Decision, reason: object, typed: str) -> Page:
    return given_back(
        _("Nothing was recorded"),
        reason,
        typed,
        back=_("Dossier of %(name)s", name=found.attempt.person.name),
        back_address=url_for("certifying.decision", decision_id=found.id),
    )


def _tell_recorded(letter: Letter | None) -> None:
    if letter is None:
        flash(_("Your signature is recorded. A second certifier signs or declines."), "success")
    else:
        flash(_("It is recorded, and the rater is told."), "success")


def _review_page(template: str, found: Decision, form: FlaskForm) -> Page:
    given, typed = signatures.signatures_of(found.id), form.data.get("reason") or ""
    if found.review is not None or found.attempt.set_aside is not None:
        return _acted_before(found, typed)
    if signed_in().id in {signature.certifier_id for signature in given}:
        return _not_recorded(found, SIGNED_BEFORE, typed)
    standard = dossier.standard_of(found)
    return form_page(
        template,
        form=form,
        decision=found,
        signatures=given,
        missing=signatures_missing(len(given), needed=standard.signatures),
        has_further_vignettes=records.has_further_vignettes(found),
        standard=standard,
        demonstration_hint=reauthentication.demonstration_hint(signed_in_person()),
        words=gate_texts,
        Outcome=Outcome,
    )


@certifying.route("/certifying/certificates/<number>/revocation", methods=["GET", "POST"])
@role_required(Role.CERTIFIER)
def revocation(number: str) -> Page:
    certificate = certificate_or_refuse(number)
    if certificates.state_of(certificate, at=now()) is CertificateState.REVOKED:
        return _revoked_before(certificate)
    form = RevocationForm()
    if form.validate_on_submit() and reauthentication.is_reauthenticated(form):
        return _revoke(certificate, form.reason.data)
    return form_page(
        "certification/revocation.html",
        form=form,
        certificate=certificate,
        successor=renewals.find_successor_of(certificate),
        demonstration_hint=reauthentication.demonstration_hint(signed_in_person()),
    )


def _revoke(certificate: Certificate, reason: str) -> Response:
    try:
        revoked, _letter = reviews.revoke(
            certificate.number, certifier=signed_in_person(), reason=reason
        )
    except ConflictError:
        abort(403)
    except AlreadyRevokedError:
        return _revoked_before(certificate)
    flash(_("The certificate is revoked, and its holder is told."), "success")
    return redirect(url_for("certificates.certificate", number=revoked.number))


def _revoked_before(certificate: Certificate) -> Response:
    flash(_("This certificate was revoked before. Its first reason and date stand."), "warning")
    return redirect(url_for("certificates.certificate", number=certificate.number))
