"""Handing out the files of a dossier: to certifiers only, and never without a line in the trail."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, abort

from training.access import role_required, signed_in_person
from training.accounts.models import Role
from training.certification import dossier, dossier_files
from training.certification.certifier_views import decision_or_refuse

dossiers = Blueprint("dossiers", __name__)


@dossiers.get("/certifying/decisions/<uuid:decision_id>/dossier.zip")
@role_required(Role.CERTIFIER)
def archive(decision_id: uuid.UUID) -> Response:
    """The whole dossier as files.

    They hold the key's score for every cell that was rated, which is the certification key. So
    they are refused to certifiers who rate themselves, and who takes them stands in the trail.
    """
    found = decision_or_refuse(decision_id)
    if signed_in_person().has_role(Role.RATER):
        abort(403)
    content = dossier_files.zip_of(dossier.file_of(found))
    dossier.note_download(found, by=signed_in_person().id)
    response = Response(content, mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="dossier-{found.id}.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response
