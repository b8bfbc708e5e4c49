"""How the keys were made: the page for everybody, and the same as JSON for certifying bodies."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from werkzeug.wrappers import Response

from training.keys.public import records as public_records
from training.keys.public import wording as public_wording

public_keys = Blueprint("public_keys", __name__)

ABOUT = (
    "Counts and figures of the keys in use, per instrument. Nothing here tells what a key says. "
    "Agreement is that of experts who rated independently, before they talked. Panels of "
    "simulated experts stand under 'demonstration' and are counted nowhere else."
)


@public_keys.get("/keys")
def overview() -> str:
    return render_template(
        "keys/public.html", summaries=public_records.summaries(), words=public_wording
    )


@public_keys.get("/keys.json")
def as_json() -> Response:
    summaries = [summary.as_dict() for summary in public_records.summaries()]
    return jsonify({"about": ABOUT, "instruments": summaries})
