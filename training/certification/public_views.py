"""What everybody may open: a certificate, the page that verifies one, and the register."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from training.access import signed_in_person, signed_in_person_id
from training.accounts import tries
from training.accounts.models import Role
from training.certification import gate_texts
from training.certification.certificates import CertificateState, find_certificate
from training.certification.forms import VerifyForm
from training.certification.public_certificate import public_certificate, register_page
from training.clock import now
from training.config import Config

certificates = Blueprint("certificates", __name__)

# Far beyond any register; a larger number would not fit the database's integers.
LAST_PAGE = 1_000_000

Page = str | Response | tuple[str, int]


@certificates.get("/certificates/<number>")
def certificate(number: str) -> Page:
    found = find_certificate(number)
    if found is None:
        abort(404)
    config: Config = current_app.extensions["config"]
    return render_template(
        "certification/certificate.html",
        certificate=public_certificate(found, at=now()),
        State=CertificateState,
        words=gate_texts,
        may_revoke=_is_certifier(),
        verify_address=f"{config.public_url}{url_for('certificates.verify')}",
    )


def _is_certifier() -> bool:
    return signed_in_person_id() is not None and signed_in_person().has_role(Role.CERTIFIER)


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
    return render_template("certification/verify.html", form=form), 422 if form.errors else 200


@certificates.get("/register")
def register() -> Page:
    page = request.args.get("page", 1, type=int)
    if not 1 <= page <= LAST_PAGE:
        abort(404)
    rows, pages = register_page(page, at=now())
    if page > max(pages, 1):
        abort(404)
    return render_template(
        "certification/register.html", rows=rows, page=page, pages=pages, State=CertificateState
    )
