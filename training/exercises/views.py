"""The list of contrast pairs, answering an exercise, and what its key says."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from training.access import signed_in, signed_in_person
from training.calibration import records as ratings
from training.calibration.models import Purpose
from training.exercises import records, wording
from training.exercises.forms import ExerciseForm
from training.exercises.rules import Pair, Step, step_of
from training.languages import DEFAULT_LANGUAGE
from training.languages import gettext as _
from training.library import records as library
from training.library.records import Version
from training.library.schema import Instrument, Item, Key, Pool, Vignette

exercises = Blueprint("exercises", __name__)

Page = str | Response | tuple[str, int]
ORIGIN = "from"
"""What the address calls the rating session from whose feedback somebody came."""


@exercises.context_processor
def _wording() -> dict[str, object]:
    return {"wording": wording, "content_language": DEFAULT_LANGUAGE}


def exercise_or_404(slug: str) -> tuple[Version[Vignette], Version[Key]]:
    """A published exercise and its key, which belong together."""
    version = library.find_vignette(slug)
    if version is None or version.document.pool is not Pool.EXERCISE:
        abort(404)
    return library.get_keyed_vignette(slug)


def instrument_of(vignette: Vignette) -> Instrument:
    return library.get_instrument(vignette.instrument).document


def origin() -> dict[str, Any]:
    """The own session whose feedback led here, as further part of addresses; else nothing."""
    try:
        session_id = uuid.UUID(request.args.get(ORIGIN, ""))
    except ValueError:
        return {}
    session = ratings.find_submitted_session(session_id, signed_in().id)
    has_feedback = session and session.purpose in (Purpose.PRACTICE, Purpose.APPLY)
    return {ORIGIN: str(session_id)} if has_feedback else {}


@exercises.get("/exercises")
def overview() -> Page:
    pairs = records.pairs(signed_in().id)
    instruments = {version.slug: version.document for version in library.instruments()}
    return render_template(
        "exercises/overview.html",
        groups=[
            (instruments[slug], _by_item(instruments[slug], own))
            for slug, own in groupby(pairs, key=lambda pair: pair.instrument)
        ],
        seen=sum(pair.step is Step.SEEN for pair in pairs),
        pairs=len(pairs),
    )


def _by_item(instrument: Instrument, pairs: Iterable[Pair]) -> list[tuple[Item, list[Pair]]]:
    """The pairs of one instrument, which come in the order of its items, under each item."""
    grouped = groupby(pairs, key=lambda pair: pair.item)
    return [(instrument.item(number), [*own]) for number, own in grouped]


@exercises.route("/exercises/<slug>", methods=["GET", "POST"])
def exercise(slug: str) -> Page:
    version, key = exercise_or_404(slug)
    person, instrument = signed_in_person(), instrument_of(version.document)
    next_number = records.number_of_answers(person.id, slug) + 1
    form = ExerciseForm(version, instrument)
    if form.validate_on_submit():
        return _take_answer(form, version, key, form.number_or(next_number))
    page = render_template(
        "exercises/exercise.html",
        version=version,
        vignette=version.document,
        item=instrument.item(form.item),
        form=form,
        number=next_number,
        origin=origin(),
    )
    return (page, 422) if form.is_submitted() else page


def _take_answer(
    form: ExerciseForm, version: Version[Vignette], key: Version[Key], number: int
) -> Page:
    """Record it; whoever answered in another tab before is told which answer stands."""
    score, turns = form.score.data, form.turn_numbers
    standing = records.answer_exercise(
        signed_in().id, version, key, number=number, score=score, turns=turns
    )
    if (standing.score, tuple(standing.turns)) != (score, turns):
        flash(
            _("You had answered this already, perhaps in another tab. That answer stands."), "info"
        )
    return redirect(url_for("exercises.answer", slug=version.slug, **origin()))


@exercises.get("/exercises/<slug>/answer")
def answer(slug: str) -> Page:
    """The key beside the own answer, and only then; the step once both twins are answered."""
    own = records.answered(signed_in().id, [slug]).get(slug)
    if own is None:
        exercise_or_404(slug)
        return redirect(url_for("exercises.exercise", slug=slug, **origin()))
    twin_slug = own.vignette.contrast or ""
    twin = records.answered(signed_in().id, [twin_slug]).get(twin_slug)
    instrument = instrument_of(own.vignette)
    return render_template(
        "exercises/answer.html",
        own=own,
        vignette=own.vignette,
        instrument=instrument,
        item=instrument.item(own.latest.item_number),
        distance=records.result_of(own.latest).distance,
        marked=wording.marks_of(own),
        twin_slug=twin_slug,
        twins=sorted([own, twin], key=lambda each: each.slug) if twin else [],
        step=step_of([own.first_result, twin.first_result if twin else None]),
        origin=origin(),
    )
