"""The short daily set of questions to go over, and the history of all that were answered."""

from __future__ import annotations

import uuid
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from training.access import signed_in
from training.clock import now
from training.forms import form_page
from training.languages import DEFAULT_LANGUAGE
from training.languages import gettext as _
from training.library import records as library
from training.modules.asking import asked, explained, response_of
from training.modules.forms import answer_form
from training.review import history_records, records, wording
from training.review.asking import order_shown
from training.review.forms import WordingForm
from training.review.models import ReviewAnswer
from training.review.records import Review, ReviewQuestion
from training.review.rules import QUESTIONS_A_DAY

review = Blueprint("review", __name__)

Page = str | Response | tuple[str, int]
MISSED = "missed"
"""What the address of a history says when it holds only what was missed."""


@review.context_processor
def _wording() -> dict[str, object]:
    return {"wording": wording, "content_language": DEFAULT_LANGUAGE}


def today() -> date:
    """The day in UTC, which ends for everybody at the same moment."""
    return now().date()


def own_card(card_id: uuid.UUID) -> ReviewQuestion:
    """A card of the person behind this request, or 404."""
    return records.find_card(card_id, signed_in().id) or abort(404)


def address_of(question: ReviewQuestion) -> str:
    """Where the next answer to a question is given."""
    return url_for("review.question", card_id=question.card.id, number=question.number)


@review.get("/review")
def overview() -> str:
    day = today()
    found = records.review_of(signed_in().id, day)
    return render_template(
        "review/overview.html",
        review=found,
        today=day,
        questions_a_day=QUESTIONS_A_DAY,
        next_address=address_of(found.next_question) if found.next_question else None,
    )


@review.route("/review/questions/<uuid:card_id>/<int:number>", methods=["GET", "POST"])
def question(card_id: uuid.UUID, number: int) -> Page:
    """The question, or, once this answer is given, what speaks for and against each choice."""
    own = own_card(card_id)
    found = records.review_of(signed_in().id, today())
    is_waiting = found.holds(own.card)
    if is_waiting and number == own.number:
        return _ask(own, found)
    given = records.find_answer(own.card, number)
    if given is None:
        flash(_("This question does not come back today."), "info")
        return redirect(url_for("review.overview"))
    if is_waiting:
        flash(_("You are being asked this question again. Answer it first."), "info")
        return redirect(address_of(own))
    if request.method == "POST":  # a second click, or a second tab: the first answer counts
        return redirect(url_for("review.question", card_id=card_id, number=number))
    return _explain(own, given, found)


def _ask(own: ReviewQuestion, found: Review) -> Page:
    version = records.version_asked(own, WordingForm().version.data)
    wanted = version.document.question(own.card.question_id)
    order = order_shown(own.card, wanted)
    shown = asked(wanted, order)
    address, form = address_of(own), answer_form(shown)
    if form.validate_on_submit():
        response = response_of(wanted, order, form.values)
        records.answer_question(
            own.card, version, number=own.number, order=order, response=response, on=today()
        )
        return redirect(address)
    return form_page(
        "review/question.html",
        address=address,
        version=version,
        question=shown,
        form=form,
        position=found.answered + 1,
        questions=found.questions,
    )


def _explain(own: ReviewQuestion, given: ReviewAnswer, found: Review) -> Page:
    version = library.module_version(given.module_document_id)
    return render_template(
        "review/explanation.html",
        module=version.document,
        question=explained(
            version.document.question(own.card.question_id),
            given.order_shown,
            given.response["answer"],
            is_correct=given.is_correct,
        ),
        is_latest=given.number == own.card.answers,
        comes_on=records.waits_until(own.card, today()),
        today=today(),
        next_address=address_of(found.next_question) if found.next_question else None,
    )


@review.get("/review/history")
def history() -> str:
    """Every question that was answered, module by module, without its explanations."""
    return render_template(
        "review/history.html",
        modules=history_records.modules_answered(signed_in().id),
        is_missed_only=_is_missed_only(),
    )


@review.get("/review/history/<slug>")
def module_history(slug: str) -> str:
    """The questions of a module that were answered: what, when, and what it has to say."""
    found = history_records.history_of(signed_in().id, slug, on=today())
    if found is None:
        abort(404)
    return render_template(
        "review/module_history.html", history=found, is_missed_only=_is_missed_only()
    )


def _is_missed_only() -> bool:
    return request.args.get("show") == MISSED
