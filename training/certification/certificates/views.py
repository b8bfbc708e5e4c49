"""What everybody may open: a certificate, on a page and on paper, and how to verify one."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from training.access import signed_in, signed_in_person_id
from training.accounts import tries
from training.accounts.models import Role
from training.certification import gate_texts
from training.certification.certificates import texts as certificate_texts
from training.certification.certificates.pdf import certificate_pdf, code_svg
from training.certification.certificates.public_certificate import (
    LONGEST_PRINT,
    public_certificate,
    register_page,
    whole_register,
)
from training.certification.certificates.records import CertificateState, find_certificate
from training.certification.forms import VerifyForm
from training.certification.models import Certificate
from training.certification.reviews.records import conflict_with
from training.clock import now
from training.config import Config
from training.forms import form_page
from training.languages import gettext as _

certificates = Blueprint("certificates", __name__)

# Far beyond any register; a larger number would not fit the database's integers.
LAST_PAGE = 1_000_000
# A sixth of a second of a processor each; a training room shares one address.
FILES_PER_ADDRESS = tries.Limit("certificate file address", 120, tries.QUARTER_HOUR)

Page = str | Response | tuple[str, int]


def certificate_or_404(number: str) -> Certificate:
    found = find_certificate(number)
    if found is None:
        abort(404)
    return found


def public_address(number: str) -> str:
    """Where everybody verifies a certificate; the QR code holds it."""
    config: Config = current_app.extensions["config"]
    return f"{config.public_url}{url_for('certificates.certificate', number=number)}"


@certificates.get("/certificates/<number>")
def certificate(number: str) -> Page:
    found = certificate_or_404(number)
    address = public_address(found.number)
    return render_template(
        "certification/certificate.html",
        certificate=public_certificate(found, at=now()),
        State=CertificateState,
        words=gate_texts,
        texts=certificate_texts,
        may_revoke=_may_revoke(found),
        address=address,
        code=Markup(code_svg(address)),  # noqa: S704 - segno's, and the number is ours
    )


@certificates.get("/certificates/<number>.pdf")
def certificate_file(number: str) -> Page:
    """The certificate on one sheet. Setting it takes a while, so each address gets so many."""
    found = certificate_or_404(number)
    limit = (FILES_PER_ADDRESS, request.remote_addr or "unknown")
    if tries.is_exhausted(*limit):
        abort(429)
    tries.count_try(limit)
    file = certificate_pdf(
        public_certificate(found, at=now()), address=public_address(found.number)
    )
    name = f"certificate-{found.number}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return current_app.response_class(file, mimetype="application/pdf", headers=headers)


def _may_revoke(found: Certificate) -> bool:
    if signed_in_person_id() is None or not signed_in().has_role(Role.CERTIFIER):
        return False
    return conflict_with(signed_in().id, found.decision) is None


@certificates.route("/verify", methods=["GET", "POST"])
def verify() -> Page:
    form = VerifyForm()
    if form.validate_on_submit():
        limit = (tries.VERIFY_PER_ADDRESS, request.remote_addr or "unknown")
        if tries.is_exhausted(*limit):
            abort(429)
        found = find_certificate(form.number.data)
        if found is not None:
            return redirect(url_for("certificates.certificate", number=found.number))
        tries.count_try(limit)
        form.number.errors = [_("No certificate has this number. Compare it letter by letter.")]
        return render_template("certification/verify.html", form=form), 404
    return form_page("certification/verify.html", form=form)


@certificates.get("/register")
def register() -> Page:
    state = asked_state()
    page = request.args.get("page", 1, type=int)
    if not 1 <= page <= LAST_PAGE:
        abort(404)
    moment, is_whole = now(), "whole" in request.args
    shown = whole_register(state, at=moment) if is_whole else register_page(page, state, at=moment)
    if page > shown.paging.pages:
        abort(404)
    return render_template(
        "certification/register.html",
        register=shown,
        is_whole=is_whole,
        longest_print=LONGEST_PRINT,
        moment=moment,
        State=CertificateState,
        states=certificate_texts.STATES,
    )


def asked_state() -> CertificateState | None:
    """The state a reader asked the register for; 404 for one that there is not."""
    wanted = request.args.get("state")
    if wanted is None:
        return None
    if wanted not in list(CertificateState):
        abort(404)
    return CertificateState(wanted)
