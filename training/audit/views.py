"""The checkpoints of the trail, as an administrator sees and makes them."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from training.access import role_required, signed_in
from training.accounts.models import Role
from training.audit import checkpoints
from training.languages import gettext as _

trail_checkpoints = Blueprint("trail_checkpoints", __name__)


@trail_checkpoints.route("/administration/trail/checkpoints", methods=["GET", "POST"])
@role_required(Role.ADMINISTRATOR)
def overview() -> str | AnyResponse:
    if request.method == "POST":
        made = checkpoints.make_checkpoint(person_id=signed_in().id)
        flash(_("Line %(number)s is signed. Keep the file elsewhere.", number=made.sequence))
        return redirect(url_for("trail_checkpoints.overview"))
    return render_template(
        "audit/checkpoints.html",
        made=checkpoints.stored_checkpoints(),
        method=checkpoints.METHOD,
    )


@trail_checkpoints.get("/administration/trail/checkpoints/<uuid:checkpoint_id>/checkpoint.json")
@role_required(Role.ADMINISTRATOR)
def file(checkpoint_id: uuid.UUID) -> Response:
    found = checkpoints.find_checkpoint(checkpoint_id)
    if found is None:
        abort(404)
    response = Response(checkpoints.as_text(found), mimetype="application/json")
    name = f"checkpoint-{found.sequence}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
