"""The learning modules: overview, stages, checks, excerpts, journal."""

from __future__ import annotations

from collections.abc import Callable

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

from training.access import signed_in
from training.calibration.models import Purpose
from training.calibration.records import open_session
from training.forms import form_page
from training.languages import DEFAULT_LANGUAGE, selected_language
from training.languages import gettext as _
from training.library.schema.vignette import WORDS_PER_MINUTE
from training.modules import check_records, excerpt_records, records
from training.modules.asking import asked, explained, response_of
from training.modules.check_records import Check, DrawnQuestion
from training.modules.excerpts import next_excerpt
from training.modules.forms import JournalForm, answer_form
from training.modules.journal_pages import ENTRY_NOT_REMOVED, both_texts, reflect_page
from training.modules.learning import Learning, module_or_404, open_stage
from training.modules.lesson_texts import lesson_text
from training.modules.mastery import QUESTIONS_PER_CHECK, right_answers_needed
from training.modules.progress import State
from training.modules.stages import Stage
from training.modules.transcripts import passages
from training.modules.wording import STAGE_NAMES, STAGE_SENTENCES, STATE_NAMES
from training.tracks.records import tracks_for

modules = Blueprint("modules", __name__)

Page = str | Response | tuple[str, int]


class StageConverter(BaseConverter):
    """A stage in an address; anything else is no such page."""

    regex = "|".join(Stage)

    def to_python(self, value: str) -> Stage:
        return Stage(value)


@modules.record_once
def _know_stages(setup: BlueprintSetupState) -> None:
    setup.app.url_map.converters["stage"] = StageConverter


@modules.context_processor
def _wording() -> dict[str, object]:
    return {
        "Stage": Stage,
        "State": State,
        "stage_names": STAGE_NAMES,
        "stage_sentences": STAGE_SENTENCES,
        "state_names": STATE_NAMES,
        "content_language": DEFAULT_LANGUAGE,
    }


def _own_check(learning: Learning, number: int) -> tuple[Check, list[Check]]:
    """The person's own check of this number, and all of them; or 404."""
    checks = check_records.checks(signed_in().id, learning.slug)
    check = next((check for check in checks if check.number == number), None)
    if check is None:
        abort(404)
    return check, checks


@modules.get("/modules")
def overview() -> str:
    person = signed_in()
    tracks = tracks_for(person.track)
    return render_template(
        "modules/overview.html",
        tracks=tracks,
        progress=records.learning_progress(person.id, tracks),
        principle_names=records.principle_names(),
    )


@modules.get("/modules/<slug>")
def module(slug: str) -> str:
    learning = module_or_404(slug)
    names = records.item_names(learning.document)
    return render_template(
        "modules/module.html",
        module=learning.module,
        modules=learning.progress.modules,
        elsewhere=learning.elsewhere,
        aims=learning.document.aims,
        items=[(number, names[number]) for number in learning.document.items if number in names],
        principle_names=records.principle_names(),
        next_step=learning.progress.next_step,
        module_after=learning.progress.module_after(slug),
    )


@modules.get("/modules/<slug>/<stage:stage>")
def stage(slug: str, stage: Stage) -> Page:
    return STAGE_PAGES[stage](open_stage(slug, stage))


def _orient_page(learning: Learning) -> Page:
    lessons = learning.document.lesson
    language = selected_language()
    lesson_language = language if language in lessons else DEFAULT_LANGUAGE
    lesson = lessons[lesson_language]
    return render_template(
        "modules/orient.html",
        module=learning.module,
        stage=learning.module.stage(Stage.ORIENT),
        lesson_text=lesson_text(learning.document, lesson),
        lesson_language=lesson_language,
        reading_minutes=-(-len(lesson.split()) // WORDS_PER_MINUTE),
        aims=learning.document.aims,
        sources=learning.document.sources,
    )


def _observe_page(learning: Learning) -> Page:
    observation = learning.document.observe
    return render_template(
        "modules/observe.html",
        module=learning.module,
        stage=learning.module.stage(Stage.OBSERVE),
        title=observation.title,
        setting=observation.setting,
        people=observation.people,
        passages=passages(observation, records.item_names(learning.document)),
    )


def _check_page(learning: Learning) -> Page:
    return render_template(
        "modules/check.html",
        module=learning.module,
        stage=learning.module.stage(Stage.CHECK),
        checks=check_records.checks(signed_in().id, learning.slug),
        questions=QUESTIONS_PER_CHECK,
        needed=right_answers_needed(QUESTIONS_PER_CHECK),
    )


def _apply_page(learning: Learning) -> Page:
    excerpts = learning.document.excerpts
    tries = excerpt_records.excerpt_tries(signed_in().id, excerpts)
    return render_template(
        "modules/apply.html",
        module=learning.module,
        stage=learning.module.stage(Stage.APPLY),
        tries=tries,
        next_excerpt=next_excerpt(excerpts, tries),
    )


STAGE_PAGES: dict[Stage, Callable[[Learning], Page]] = {
    Stage.ORIENT: _orient_page,
    Stage.OBSERVE: _observe_page,
    Stage.CHECK: _check_page,
    Stage.APPLY: _apply_page,
    Stage.REFLECT: reflect_page,
}
# The other stages are completed by mastery, never by a button.
COMPLETED_BY_A_BUTTON = (Stage.ORIENT, Stage.OBSERVE, Stage.REFLECT)


@modules.post("/modules/<slug>/<stage:stage>/completion")
def completion(slug: str, stage: Stage) -> Page:
    if stage not in COMPLETED_BY_A_BUTTON:
        abort(404)
    learning = open_stage(slug, stage)
    records.complete_stage(signed_in().id, learning.version, stage)
    return _go_on(slug)


def _go_on(slug: str) -> Page:
    """To the next stage of this module, or, when it is done, to what comes after it."""
    person = signed_in()
    progress = records.learning_progress(person.id, tracks_for(person.track).through(slug))
    module = progress.find_module(slug)
    if module is None or module.is_done:
        flash(_("This module is complete."), "success")
        step = progress.next_step
        return redirect(
            url_for("modules.module", slug=step.module.slug)
            if step
            else url_for("modules.overview")
        )
    return redirect(url_for("modules.stage", slug=slug, stage=module.next_stage))


@modules.post("/modules/<slug>/check/tries")
def start_check(slug: str) -> Page:
    learning = open_stage(slug, Stage.CHECK)
    number = check_records.start_check(signed_in().id, learning.version)
    return redirect(url_for("modules.check_try", slug=slug, number=number))


@modules.get("/modules/<slug>/check/tries/<int:number>")
def check_try(slug: str, number: int) -> Page:
    learning = open_stage(slug, Stage.CHECK)
    check, checks = _own_check(learning, number)
    if check.next_position is not None:
        return redirect(_question_address(slug, check, check.next_position))
    return render_template(
        "modules/check_summary.html",
        module=learning.module,
        check=check,
        is_latest=check is checks[-1],
    )


@modules.route(
    "/modules/<slug>/check/tries/<int:number>/questions/<int:position>", methods=["GET", "POST"]
)
def question(slug: str, number: int, position: int) -> Page:
    learning = open_stage(slug, Stage.CHECK)
    check, checks = _own_check(learning, number)
    drawn = check.find_question(position)
    if drawn is None:
        abort(404)
    if not drawn.is_answered:
        return _ask(learning, check, drawn)
    if request.method == "POST":  # a second click, or a second tab: the first answer counts
        return redirect(_question_address(slug, check, position))
    if checks[-1].is_waiting_for(drawn.question.id):
        flash(_("You are being asked this question again. Answer it first."), "info")
        return redirect(url_for("modules.check_try", slug=slug, number=checks[-1].number))
    return _explain(learning, check, drawn)


def _ask(learning: Learning, check: Check, drawn: DrawnQuestion) -> Page:
    if drawn.position != check.next_position:
        return redirect(url_for("modules.check_try", slug=learning.slug, number=check.number))
    question = asked(drawn.question, drawn.order)
    form = answer_form(question)
    if form.validate_on_submit():
        response = response_of(drawn.question, drawn.order, form.values)
        check_records.answer_question(signed_in().id, check, drawn.position, response)
        return redirect(_question_address(learning.slug, check, drawn.position))
    return form_page(
        "modules/question.html",
        module=learning.module,
        number=check.number,
        questions=len(check.questions),
        position=drawn.position,
        question=question,
        form=form,
    )


def _explain(learning: Learning, check: Check, drawn: DrawnQuestion) -> Page:
    if drawn.answer is None:
        abort(404)
    question = explained(
        drawn.question,
        drawn.order,
        drawn.answer.chosen,
        is_correct=drawn.answer.is_correct,
    )
    return render_template(
        "modules/explanation.html",
        module=learning.module,
        number=check.number,
        questions=len(check.questions),
        position=drawn.position,
        question=question,
        next_position=check.next_position,
    )


def _question_address(slug: str, check: Check, position: int) -> str:
    return url_for("modules.question", slug=slug, number=check.number, position=position)


@modules.post("/modules/<slug>/apply/sessions")
def open_excerpt(slug: str) -> Page:
    learning = open_stage(slug, Stage.APPLY)
    if learning.module.stage(Stage.APPLY).state is State.DONE:
        return redirect(url_for("modules.stage", slug=slug, stage=Stage.APPLY))
    excerpts = learning.document.excerpts
    person_id = signed_in().id
    step = next_excerpt(excerpts, excerpt_records.excerpt_tries(person_id, excerpts))
    session = open_session(person_id, step.excerpt, Purpose.APPLY, number=step.number)
    return redirect(url_for("calibration.workspace", session_id=session.id))


@modules.post("/modules/<slug>/reflect/entry")
def journal_entry(slug: str) -> Page:
    learning = open_stage(slug, Stage.REFLECT)
    form = JournalForm()
    if not form.validate_on_submit():
        return reflect_page(learning, form)
    is_saved = records.save_journal_entry(
        signed_in().id,
        learning.version,
        text=form.text.data,
        is_shared=form.is_shared.data,
        before=form.before.data,
    )
    if not is_saved:
        return both_texts(learning, form)
    flash(_("Your entry is saved."), "success")
    if learning.module.is_done:
        return redirect(url_for("modules.stage", slug=slug, stage=Stage.REFLECT))
    return _go_on(slug)


@modules.post("/modules/<slug>/reflect/entry/removal")
def journal_entry_removal(slug: str) -> Page:
    learning, before = open_stage(slug, Stage.REFLECT), JournalForm().before.data
    if not records.remove_journal_entry(signed_in().id, slug, before=before):
        return reflect_page(learning, notice=ENTRY_NOT_REMOVED)
    flash(_("Your entry is removed."), "success")
    return redirect(url_for("modules.stage", slug=slug, stage=Stage.REFLECT))
