"""Certification as a rater meets it: what it asks, opening an attempt, what came of it."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from training.access import role_required, signed_in, signed_in_person
from training.accounts.models import Role
from training.certification import gate_texts
from training.certification.appeals import texts as appeal_texts
from training.certification.attempts import pool, results
from training.certification.attempts import records as attempts
from training.certification.attempts.records import NotEligibleError
from training.certification.attempts.standing import standing_of
from training.certification.certificates.records import CertificateState
from training.certification.forms import OpenAttemptForm
from training.certification.judging.standard import Standard
from training.certification.models import Attempt
from training.clock import now
from training.forms import form_page
from training.languages import gettext as _
from training.library import records as library
from training.library.records import Version
from training.tracks.records import tracks_for

certification = Blueprint("certification", __name__)

Page = str | Response | tuple[str, int]


def standard_or_404(slug: str) -> Version[Standard]:
    version = library.find_standard(slug)
    if version is None:
        abort(404)
    return version


def own_attempt(attempt_id: uuid.UUID) -> Attempt:
    attempt = attempts.find_own_attempt(attempt_id, signed_in().id)
    if attempt is None:
        abort(404)
    return attempt


@certification.get("/certification")
@role_required(Role.RATER)
def overview() -> Page:
    person, moment = signed_in_person(), now()
    tracks = tracks_for(person.track)
    certificates = results.certificate_rows(person.id, at=moment)
    return render_template(
        "certification/overview.html",
        tracks=tracks,
        standards=results.standard_views(person.id, tracks.own_first, certificates, at=moment),
        earlier=[row for row in certificates if row.standard_slug not in tracks.titles],
        module_titles=results.module_titles(),
        words=gate_texts,
        State=CertificateState,
    )


@certification.route("/certification/<slug>/new-attempt", methods=["GET", "POST"])
@role_required(Role.RATER)
def new_attempt(slug: str) -> Page:
    person, version = signed_in_person(), standard_or_404(slug)
    form = OpenAttemptForm()
    if form.validate_on_submit():
        return _open_attempt(person.id, slug, form.honour_wording)
    standing = standing_of(person.id, version, at=now())
    if not standing.eligibility.is_eligible:
        return _back_to_what_is_missing()
    renewed = standing.held.to_renew
    return form_page(
        "certification/new_attempt.html",
        form=form,
        standard=version.document,
        minutes=pool.expected_minutes(person.id, version.document, is_renewal=renewed is not None),
        renewed=renewed,
        rests_on_authored_keys=pool.rests_on_authored_keys(version.document),
    )


def _open_attempt(person_id: uuid.UUID, slug: str, honour_wording: str) -> Response:
    try:
        attempt = attempts.open_attempt(person_id, slug, honour_wording=honour_wording)
    except NotEligibleError:
        return _back_to_what_is_missing()
    return redirect(url_for("certification.attempt", attempt_id=attempt.id))


def _back_to_what_is_missing() -> Response:
    flash(_("An attempt cannot be opened now. The list below says what is missing."), "warning")
    return redirect(url_for("certification.overview"))


@certification.get("/certification/attempts/<uuid:attempt_id>")
@role_required(Role.RATER)
def attempt(attempt_id: uuid.UUID) -> Page:
    view = results.attempt_view(own_attempt(attempt_id), at=now())
    return render_template(
        "certification/attempt.html", view=view, words=gate_texts, appeal_words=appeal_texts
    )
