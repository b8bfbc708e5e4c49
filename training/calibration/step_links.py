"""Where a next step leads, and what it is called."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from training.calibration import wording
from training.calibration.feedback import ItemFeedback, Kind
from training.calibration.next_step import Exercise, Lesson, exercise_for, lesson_of
from training.exercises.rules import Pair
from training.languages import gettext as _
from training.languages import ngettext
from training.library.schema import Instrument


@dataclass(frozen=True, slots=True)
class StepLink:
    """One exercise: what kind of thing it is, its title, its address.

    `button` names it where nothing stands before it.
    """

    what: str
    title: str
    address: str
    button: str


@dataclass(frozen=True, slots=True)
class DoNext:
    """The one thing to do next and why; without a lesson nothing was missed lately."""

    lesson: Lesson | None
    reason: str
    link: StepLink | None


def step_link(
    exercise: Exercise, instrument: Instrument, *, session_id: uuid.UUID | None = None
) -> StepLink:
    """The link to an exercise; with a session the exercise leads back to its feedback."""
    if exercise.pair and exercise.pair.next_twin:
        origin: dict[str, Any] = {"from": str(session_id)} if session_id else {}
        address = url_for("exercises.exercise", slug=exercise.pair.next_twin.slug, **origin)
        title = exercise.pair.title
        button = _("Open the contrast pair “%(title)s”", title=title)
        return StepLink(_("Contrast pair on this item:"), title, address, button)
    if exercise.stage:
        step = exercise.stage
        title = _(
            "%(module)s: %(stage)s",
            module=step.module_title,
            stage=wording.stage_text(step.stage),
        )
        address = url_for("modules.stage", slug=step.module_slug, stage=step.stage)
        button = _("Open “%(title)s”", title=title)
        return StepLink(_("In a module:"), title, address, button)
    item = instrument.item(exercise.item)
    address = url_for("manuals.item", slug=instrument.slug, item=f"{item.number}-{item.slug}")
    title = f"{item.number}. {item.short_name}"
    button = _("Read “%(title)s” in the manual", title=title)
    return StepLink(_("In the manual:"), title, address, button)


def step_links(
    items: Sequence[ItemFeedback],
    pairs: Mapping[int, Pair],
    instrument: Instrument,
    session_id: uuid.UUID,
) -> dict[int, StepLink]:
    """For every missed item the one exercise that helps with how it was missed."""
    exercises = {item.number: exercise_for(item, pairs.get(item.number)) for item in items}
    return {
        number: step_link(exercise, instrument, session_id=session_id)
        for number, exercise in exercises.items()
        if exercise
    }


def do_next(
    latest: Sequence[Sequence[ItemFeedback]],
    instrument: Instrument,
    pairs: Mapping[int, Pair],
) -> DoNext | None:
    """What to do next after the feedback on these ratings, oldest first; None where none is."""
    if not latest:
        return None
    lesson = lesson_of(latest)
    exercise = exercise_for(lesson.example, pairs.get(lesson.example.number)) if lesson else None
    if lesson is None or exercise is None:
        return DoNext(None, _agreed_text(len(latest)), None)
    return DoNext(lesson, lesson_text(lesson), step_link(exercise, instrument))


def _agreed_text(vignettes: int) -> str:
    return ngettext(
        "You agree with the consensus on every item of your latest vignette.",
        "You agree with the consensus on every item of your latest %(num)s vignettes.",
        vignettes,
    )


def lesson_text(lesson: Lesson) -> str:
    """Why this comes next: what kind of error it was, how often, and on which item most."""
    item = f"{lesson.example.number}. {lesson.example.name}"
    texts = {
        Kind.NOT_SEEN: _("what the experts went by was not among what you marked"),
        Kind.MIS_SCALED: _("you saw what the experts saw and placed it elsewhere on the scale"),
        Kind.OTHER_LENS: _("you went by other things than the experts"),
        Kind.RATEABILITY: _("you and the experts differ on whether there was an opportunity"),
    }
    where = ngettext(
        "In your latest vignette", "In your latest %(num)s vignettes", lesson.vignettes
    )
    times = ngettext("%(num)s rating", "%(num)s ratings", lesson.ratings)
    return _(
        "%(where)s one thing led you furthest from the consensus: %(what)s (%(times)s, "
        "%(points)s points together). Most of all on %(item)s.",
        where=where,
        what=texts[lesson.kind],
        times=times,
        points=lesson.points,
        item=item,
    )
