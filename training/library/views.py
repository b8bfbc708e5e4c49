"""The instruments, the library of resources and the glossary, as raters read them."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, Response, abort, current_app, render_template, request

from training.library import records, wording
from training.library.glossary import by_letter
from training.library.glossary_filter import glossary_in_use
from training.library.item_help import item_help
from training.library.resources import Search, by_topic, resources_of
from training.library.schema import Openness, ResourceKind, Topic
from training.marks import mark_of
from training.security import ONE_YEAR

library = Blueprint("library", __name__)

LONGEST_SEARCH = 100
ANSWERS = {"yes": True, "no": False}
Choice = TypeVar("Choice", bound=StrEnum)


@library.get("/instruments")
def instruments() -> str:
    return render_template("library/instruments.html", instruments=records.instruments())


@library.get("/instruments/<slug>")
def instrument(slug: str) -> str:
    version = records.find_instrument(slug)
    if version is None:
        abort(404)
    return render_template("library/instrument.html", instrument=version.document, version=version)


@library.get("/instruments/versions/<uuid:version_id>/item-help")
def help_with_items(version_id: uuid.UUID) -> Response:
    """Markers, drift signs and near confusions, for the scripts of the workspace."""
    try:
        text = item_help(version_id)
    except records.UnknownDocumentError:
        abort(404)
    answer = Response(text)
    if request.args.get("v") == mark_of(text):  # else it is another text than was asked for
        answer.headers["Cache-Control"] = f"private, max-age={ONE_YEAR}, immutable"
    return answer


@library.get("/library")
def resources() -> str:
    everything = resources_of(current_app.extensions["config"].content_paths)
    search = _search_asked_for()
    groups = by_topic(everything, search)
    return render_template(
        "library/resources.html",
        search=search,
        is_narrowed=search != Search(),
        groups=groups,
        count=sum(len(found) for found in groups.values()),
        all_count=len(everything),
        topic_names=wording.TOPIC_NAMES,
        kind_names=wording.KIND_NAMES,
        openness_names=wording.OPENNESS_NAMES,
        check_names=wording.CHECK_NAMES,
        language_names=wording.LANGUAGE_NAMES,
    )


@library.get("/glossary")
def glossary() -> str:
    everything = glossary_in_use()
    words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    groups = by_letter(everything.terms, words)
    resources = resources_of(current_app.extensions["config"].content_paths)
    return render_template(
        "library/glossary.html",
        words=words,
        groups=groups,
        count=sum(len(found) for found in groups.values()),
        terms=everything.by_slug,
        resources={resource.id: resource for resource in resources},
    )


def _search_asked_for() -> Search:
    return Search(
        words=request.args.get("words", "").strip()[:LONGEST_SEARCH],
        kind=_chosen("kind", ResourceKind),
        topic=_chosen("topic", Topic),
        openness=_chosen("open", Openness),
        is_verified=ANSWERS.get(request.args.get("checked", "")),
    )


def _chosen(name: str, choices: type[Choice]) -> Choice | None:
    """What the form asks for; an answer the form does not offer asks for nothing."""
    asked = request.args.get(name, "")
    return next((choice for choice in choices if choice.value == asked), None)
