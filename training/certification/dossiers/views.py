"""Handing out the files of a dossier: to certifiers only, and never without a line in the trail."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, render_template

from training.access import role_required, signed_in_person
from training.accounts.models import Role
from training.certification.dossiers import dossier
from training.certification.dossiers import files as dossier_files
from training.certification.reviews.views import decision_or_refuse
from training.keys.models import Occasion
from training.keys.reader_records import reader_of
from training.keys.readers import Barrier
from training.keys.sights import note_keys_seen

dossiers = Blueprint("dossiers", __name__)


def dossier_to_hand_out(decision_id: uuid.UUID) -> dict[str, Any]:
    """The whole dossier; who takes it stands in the trail and has seen its keys from now on.

    It holds the key's score for every cell that was rated, which is the certification key. So it
    is refused to certifiers who rate themselves, and while a panel of theirs is at work on one of
    the keys.
    """
    found = decision_or_refuse(decision_id)
    person = signed_in_person()
    if person.has_role(Role.RATER):
        abort(403)
    reader, slugs = reader_of(person), dossier.vignettes_of(found)
    barred = [slug for slug in slugs if reader.barrier_to(slug) not in (None, Barrier.UNSEEN)]
    if barred:
        titles = [slugs[slug] for slug in barred]
        page = render_template("certification/dossier_kept.html", decision=found, titles=titles)
        abort(make_response(page, 403))
    note_keys_seen(person.id, slugs, Occasion.DOSSIER)
    dossier.note_download(found, by=person.id)
    return dossier.file_of(found)


@dossiers.get("/certifying/decisions/<uuid:decision_id>/dossier.zip")
@role_required(Role.CERTIFIER)
def archive(decision_id: uuid.UUID) -> Response:
    """The dossier as files."""
    content = dossier_files.zip_of(dossier_to_hand_out(decision_id))
    return _file(Response(content, mimetype="application/zip"), f"dossier-{decision_id}.zip")


@dossiers.get("/certifying/decisions/<uuid:decision_id>/dossier.json")
@role_required(Role.CERTIFIER)
def document(decision_id: uuid.UUID) -> Response:
    """The dossier as one document."""
    return _file(jsonify(dossier_to_hand_out(decision_id)), f"dossier-{decision_id}.json")


def _file(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
