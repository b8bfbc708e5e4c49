"""Contesting one item of a practice key, and answering what was contested."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from training.access import role_required, signed_in, signed_in_person
from training.calibration import records as ratings
from training.calibration.models import RatingSession
from training.keys.contests import acts as contest_acts
from training.keys.contests import records as contest_records
from training.keys.contests.access import Access
from training.keys.contests.acts import SettledError, TooManyContestsError
from training.keys.contests.forms import AnswerForm, ContestForm
from training.keys.contests.pages import (
    answer_page,
    contest_page,
    mine_page,
    opening_page,
    queue_page,
)
from training.keys.models import Contest, ContestOutcome, Occasion
from training.keys.reader_records import KeptKeyError, choose_to_see
from training.keys.readers import Barrier
from training.keys.sights import keys_seen
from training.languages import gettext as _

contests = Blueprint("contests", __name__)

Page = str | Response | tuple[str, int]


def own_session_to_contest(session_id: uuid.UUID, item: int) -> RatingSession:
    """An own submitted session whose key was shown and in which this item was rated, else 404."""
    session = ratings.find_submitted_session(session_id, signed_in().id)
    if session is None or not contest_records.may_be_contested(session):
        abort(404)
    if item not in ratings.documents_of(session).frame.items:
        abort(404)
    return session


@contests.route(
    "/rating-sessions/<uuid:session_id>/items/<int:item>/contest", methods=["GET", "POST"]
)
def contest(session_id: uuid.UUID, item: int) -> Page:
    session = own_session_to_contest(session_id, item)
    found = contest_records.find_contest_of(session.person_id, session.key_document_id, item)
    form = ContestForm(ratings.documents_of(session).frame)
    if form.validate_on_submit():
        return _contest(session, item, form)
    page = contest_page(session, item, form, contest=found)
    return (page, 422) if form.is_submitted() else page


def _contest(session: RatingSession, item: int, form: ContestForm) -> Page:
    """Contest the item; whoever contested it before in other words sees both."""
    reason, turns = form.reason.data or "", form.turn_numbers
    try:
        made = contest_acts.contest_item(session, item, reason=reason, turns=turns)
    except TooManyContestsError:
        return contest_page(session, item, form, contest=None), 409
    if (made.reason, tuple(made.turns)) != (reason, turns):
        return contest_page(session, item, form, contest=made, unsent=reason), 409
    flash(_("Your contest is with the experts. You will get a letter with the answer."), "success")
    address = url_for("calibration.feedback", session_id=session.id, _anchor=f"item-{item}")
    return redirect(address)


@contests.get("/contests/mine")
def mine() -> Page:
    return mine_page(signed_in_person())


@contests.post("/contests/<uuid:contest_id>/withdrawal")
def withdraw(contest_id: uuid.UUID) -> Page:
    person = signed_in_person()
    found = contest_records.find_contest(contest_id)
    if found is None or found.person_id != person.id:
        abort(404)
    try:
        contest_acts.withdraw(contest_id, by=person)
    except SettledError:
        flash(_("It was answered in the meantime, and the answer stands below."), "warning")
    else:
        flash(_("Your contest is withdrawn. Nobody will answer it."), "success")
    return redirect(url_for("contests.mine", _anchor=f"contest-{contest_id}"))


@contests.get("/contests")
@role_required(*contest_records.ANSWERING_ROLES)
def queue() -> Page:
    return queue_page(signed_in_person(), request.args)


@contests.route("/contests/keys/<slug>/opening", methods=["GET", "POST"])
@role_required(*contest_records.ANSWERING_ROLES)
def opening(slug: str) -> Page:
    """Seeing a key is chosen: it costs the freedom to rate its vignette independently."""
    person = signed_in_person()
    barrier = contest_records.barrier_to_waiting(person, slug)
    if barrier is None:
        return _to_open_contests(slug) if slug in keys_seen(person.id) else abort(404)
    if request.method == "POST" and barrier is Barrier.UNSEEN:
        try:
            choose_to_see(person, slug, Occasion.CONTEST)
        except KeptKeyError:
            barrier = Barrier.PANEL
        else:
            return _to_open_contests(slug)
    page = opening_page(slug, barrier)
    return (page, 409) if request.method == "POST" else page


def _to_open_contests(slug: str) -> Response:
    """Where the contests of a key lead whoever has seen it, also by a double click."""
    return redirect(url_for("contests.queue", _anchor=f"vignette-{slug}"))


def _way_round(found: Contest) -> Page | None:
    """Where a contest leads whoever may not read it; None for those who may, once it is noted."""
    person = signed_in_person()
    access = contest_records.access_of(person, [found])[found.id]
    if access is Access.OWN:
        flash(_("This is your own contest. Somebody else answers it."), "warning")
        return redirect(url_for("contests.mine", _anchor=f"contest-{found.id}"))
    if access is Access.ELSEWHERE:
        abort(403)
    if isinstance(access, Barrier):
        return redirect(url_for("contests.opening", slug=found.vignette_slug))
    try:
        choose_to_see(person, found.vignette_slug, Occasion.CONTEST)
    except KeptKeyError:  # seated on a panel this very moment
        return redirect(url_for("contests.opening", slug=found.vignette_slug))
    return None


@contests.route("/contests/<uuid:contest_id>", methods=["GET", "POST"])
@role_required(*contest_records.ANSWERING_ROLES)
def answer(contest_id: uuid.UUID) -> Page:
    found = contest_records.find_contest(contest_id) or abort(404)
    if way_round := _way_round(found):
        return way_round
    form = AnswerForm()
    if form.validate_on_submit():
        return _answer(found, form)
    page = answer_page(found, form)
    return (page, 422) if form.is_submitted() else page


def _answer(found: Contest, form: AnswerForm) -> Page:
    """Answer the contest; whoever comes second sees the first answer, and keeps their own text."""
    text = form.answer.data or ""
    try:
        contest_acts.answer(
            found.id,
            ContestOutcome(form.outcome.data),
            text,
            read=form.read.data or "",
            by=signed_in_person(),
        )
    except SettledError:
        changed = contest_records.find_contest(found.id) or abort(404)
        return answer_page(changed, form, unsent=text), 409
    flash(_("The answer is recorded, and the rater is told."), "success")
    return redirect(url_for("contests.queue"))
