"""Practice, the rating workspace, checking and submitting, feedback."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from training.access import signed_in
from training.accounts.models import Role
from training.calibration import practice_records, records, wording
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.check_page import check_page
from training.calibration.feedback_pages import feedback_page
from training.calibration.forms import ItemFields, RatingForm, fields_of, read_draft
from training.calibration.models import Purpose, RatingSession
from training.calibration.pages import (
    closed_page,
    conflict_page,
    draft_answer,
    held_back_page,
    result_address,
    workspace_page,
)
from training.calibration.records import SaveState, SubmitState
from training.clock import now
from training.languages import gettext as _
from training.library import records as library
from training.library.schema import Pool
from training.panels.blindness import keys_kept_from
from training.panels.round_one import is_no_longer_independent
from training.tracks.records import tracks_for

calibration = Blueprint("calibration", __name__)

Page = str | Response | tuple[str, int]
JsonAnswer = tuple[dict[str, object], int]

# The purposes after which a rater sees the key; after the others never.
PURPOSES_WITH_FEEDBACK = frozenset({Purpose.PRACTICE, Purpose.APPLY})
# Only raters are assessed. Who has lost the role goes on where they were once they have it again.
PURPOSES_OF_RATERS = frozenset({Purpose.CERTIFICATION, Purpose.RECHECK})


def own_rating_session(session_id: uuid.UUID) -> RatingSession:
    """The signed-in person's rating session; 404 for a missing one and for somebody else's."""
    session = records.find_own_session(session_id, signed_in().id) or abort(404)
    refuse_without_role(session.purpose)
    return session


def refuse_without_role(purpose: Purpose) -> None:
    if purpose in PURPOSES_OF_RATERS and not signed_in().has_role(Role.RATER):
        abort(403)


def closed_address(session: RatingSession) -> str | None:
    """Where a session that cannot be rated any more leads; None while it can."""
    if session.is_submitted or is_no_longer_independent(session):
        return result_address(session)
    return None


def is_held_back(session: RatingSession) -> bool:
    """Whether submitting it would show a key that is kept from this person for now."""
    if session.purpose is not Purpose.PRACTICE or session.is_submitted:
        return False
    return session.vignette_slug in keys_kept_from(session.person_id)


def own_feedback_session(session_id: uuid.UUID) -> RatingSession:
    """An own submitted session whose key may be shown; 404 for every other."""
    session = records.find_submitted_session(session_id, signed_in().id)
    if session is None or session.purpose not in PURPOSES_WITH_FEEDBACK:
        abort(404)
    return session


@calibration.get("/practice")
def practice() -> Page:
    person = signed_in()
    tracks, held_back = tracks_for(person.track), keys_kept_from(person.id)
    groups = practice_records.by_instrument(
        practice_records.practice_overview(person.id), tracks.instrument
    )
    own = groups[0].entries if groups else ()
    return render_template(
        "calibration/practice.html",
        tracks=tracks,
        groups=groups,
        held_back=held_back,
        next_entry=practice_records.next_practice([e for e in own if e.slug not in held_back]),
        waits_for_panel=any(e.first_id is None and e.slug in held_back for e in own),
    )


@calibration.post("/practice/<slug>")
def open_practice(slug: str) -> Page:
    version = library.find_vignette(slug)
    if version is None or version.document.pool is not Pool.PRACTICE:
        abort(404)
    if slug in keys_kept_from(signed_in().id):
        return held_back_page(version.document), 409
    session = practice_records.open_practice(signed_in().id, slug, again="again" in request.form)
    return redirect(url_for("calibration.workspace", session_id=session.id))


@calibration.route("/rating-sessions/<uuid:session_id>", methods=["GET", "POST"])
def workspace(session_id: uuid.UUID) -> Page:
    session = own_rating_session(session_id)
    if closed_address(session) or session.is_closed(now()):
        return _too_late(session)
    if request.method == "GET":
        if is_held_back(session):
            return held_back_page(records.documents_of(session).vignette.document), 409
        records.note_shown(session)
        return workspace_page(session, fields_of(records.ratings_of(session)))
    form = RatingForm(request.form, records.documents_of(session).frame)
    if form.faults:
        return workspace_page(session, form.typed, faults=form.faults, revision=form.revision), 422
    outcome = records.save_ratings(session.id, form.ratings, revision=form.revision)
    if outcome.state is SaveState.STALE:
        return conflict_page(session, form.ratings, outcome), 409
    if outcome.state is not SaveState.SAVED:
        return _too_late(records.as_it_is_now(session))
    return redirect(_address_after_saving(session))


def _address_after_saving(session: RatingSession) -> str:
    """Where the button that saved leads: to the check page, to a note, or back to rating."""
    if "check" in request.form:
        return url_for("calibration.check", session_id=session.id)
    if "write-note" in request.form:
        turn = request.form.get("note-turn", 0, type=int)
        return url_for("turn_notes.note", session_id=session.id, turn=turn)
    return url_for("calibration.workspace", session_id=session.id)


def _too_late(session: RatingSession) -> Page:
    """Nothing is taken any more: what was sent is shown again, and whoever only looks is led away.

    But for a panel there is no other page that shows an expert's own draft.
    """
    if request.method == "GET":
        if session.purpose is Purpose.PANEL and not closed_address(session):
            return closed_page(session, fields_of(records.ratings_of(session)))
        return redirect(result_address(session))
    form = RatingForm(request.form, records.documents_of(session).frame)
    if session.is_submitted and not _says_more(form, session):
        return redirect(result_address(session))
    return closed_page(session, form.typed), 409


def _says_more(form: RatingForm, session: RatingSession) -> bool:
    """Whether anything was sent that is not what is stored: a second click says nothing more."""
    is_empty = all(fields == ItemFields() for fields in form.typed.values())
    is_stored = not form.faults and form.ratings == records.ratings_of(session)
    return not (is_empty or is_stored)


@calibration.route("/rating-sessions/<uuid:session_id>/draft", methods=["PUT", "POST"])
def draft(session_id: uuid.UUID) -> JsonAnswer:
    documents = records.find_own_documents(session_id, signed_in().id) or abort(404)
    refuse_without_role(documents.purpose)
    frame = documents.frame
    sent = read_draft(sent_document(), frame)
    if sent.parsed.faults:
        faults = [
            {"item": fault.item, "field": fault.field, "message": wording.fault_text(fault, frame)}
            for fault in sent.parsed.faults
        ]
        return {"state": "refused", "faults": faults}, 422
    outcome = records.save_ratings(session_id, sent.parsed.ratings, revision=sent.revision)
    answer = draft_answer(outcome, sent.parsed.ratings)
    if outcome.state is SaveState.SAVED:
        return answer, 200
    if outcome.state is not SaveState.STALE:
        answer["address"] = result_address(own_rating_session(session_id))
    return answer, 409


def sent_document() -> object:
    """The JSON that was sent, or None where it cannot be read."""
    try:
        return request.get_json(silent=True, force=True)
    except RecursionError:  # brackets within brackets, without end
        return None


@calibration.get("/rating-sessions/<uuid:session_id>/check")
def check(session_id: uuid.UUID) -> Page:
    session = own_rating_session(session_id)
    if address := closed_address(session):
        return redirect(address)
    if session.is_closed(now()):
        return _too_late(session)
    return check_page(session)


@calibration.post("/rating-sessions/<uuid:session_id>/submit")
def submit(session_id: uuid.UUID) -> Page:
    session = own_rating_session(session_id)
    if address := closed_address(session):
        return redirect(address)
    documents = records.documents_of(session)
    if is_held_back(session):
        return held_back_page(documents.vignette.document), 409
    form = RatingForm(request.form, documents.frame)
    outcome = records.submit(session.id, None, revision=form.revision, after=AFTER_SUBMISSION)
    if outcome.state is SubmitState.CLOSED:
        return closed_page(outcome.session, fields_of(records.ratings_of(outcome.session))), 409
    if outcome.state is SubmitState.STALE:
        return check_page(outcome.session, has_changed=True), 409
    if outcome.state is SubmitState.INCOMPLETE:
        return check_page(outcome.session, was_refused=True), 422
    if outcome.state is SubmitState.SUBMITTED:
        flash(_("Your rating is submitted. It is kept as it is, for good."), "success")
    return redirect(result_address(outcome.session))


@calibration.get("/rating-sessions/<uuid:session_id>/feedback")
def feedback(session_id: uuid.UUID) -> Page:
    session = own_feedback_session(session_id)
    return feedback_page(session)
