"""The confirmations a person may have: their list, each on a page and on paper."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template
from werkzeug.wrappers import Response

from training.access import signed_in_person
from training.completion import records, texts
from training.completion.completion_pdf import completion_pdf
from training.completion.records import Completion
from training.config import Config
from training.languages import DEFAULT_LANGUAGE

completion = Blueprint("completion", __name__)


@completion.context_processor
def _wording() -> dict[str, object]:
    return {"texts": texts, "content_language": DEFAULT_LANGUAGE}


def module_completion(slug: str) -> Completion:
    """The own confirmation for a module, or 404 while it is not complete."""
    return records.find_module_completion(signed_in_person(), slug) or abort(404)


def track_completion(slug: str) -> Completion:
    """The own confirmation for a track, or 404 while it is not complete."""
    return records.find_track_completion(signed_in_person(), slug) or abort(404)


@completion.get("/completion")
def overview() -> str:
    person = signed_in_person()
    done = records.completed_modules(person.id)
    return render_template(
        "completion/overview.html",
        modules=list(done.values()),
        tracks=records.track_completions(person, done),
    )


@completion.get("/completion/modules/<slug>")
def module(slug: str) -> str:
    return _page(module_completion(slug))


@completion.get("/completion/modules/<slug>.pdf")
def module_file(slug: str) -> Response:
    return _file(module_completion(slug), f"completed-module-{slug}.pdf")


@completion.get("/completion/tracks/<slug>")
def track(slug: str) -> str:
    return _page(track_completion(slug))


@completion.get("/completion/tracks/<slug>.pdf")
def track_file(slug: str) -> Response:
    return _file(track_completion(slug), f"completed-track-{slug}.pdf")


def _page(found: Completion) -> str:
    return render_template("completion/completion.html", completion=found)


def _file(found: Completion, name: str) -> Response:
    config: Config = current_app.extensions["config"]
    pdf = completion_pdf(found, body=config.body_name, is_demonstration=config.is_demonstration)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return current_app.response_class(pdf, mimetype="application/pdf", headers=headers)
