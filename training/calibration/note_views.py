"""Margin notes: a page for each without scripts, and an address at which a script saves them."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length

from training.calibration import records
from training.calibration.models import RatingSession
from training.calibration.note_records import NoteState, notes_of, save_note
from training.calibration.pages import held_back_page, home_of, result_address
from training.calibration.ratings import LONGEST_TEXT, read_text
from training.calibration.views import (
    closed_address,
    is_held_back,
    own_rating_session,
    sent_document,
)
from training.clock import now
from training.languages import gettext as _
from training.languages import lazy_gettext as _l

turn_notes = Blueprint("turn_notes", __name__)

Page = str | Response | tuple[str, int]
JsonAnswer = tuple[dict[str, object], int]


class NoteForm(FlaskForm):
    """A note, and what stood there when its writing began."""

    text = TextAreaField(
        _l("Your note"),
        [Length(max=LONGEST_TEXT, message=_l("A note has at most %(max)d characters."))],
        filters=[read_text],
    )
    before = TextAreaField(filters=[read_text])


def session_with_turn(session_id: uuid.UUID, turn: int) -> RatingSession:
    """An own session whose text has this turn; 404 for every other."""
    session = own_rating_session(session_id)
    if not 1 <= turn <= records.documents_of(session).frame.turns:
        abort(404)
    return session


@turn_notes.route("/rating-sessions/<uuid:session_id>/notes/<int:turn>", methods=["GET", "POST"])
def note(session_id: uuid.UUID, turn: int) -> Page:
    session = session_with_turn(session_id, turn)
    form = NoteForm()
    if request.method == "GET":
        if is_held_back(session):
            return held_back_page(records.documents_of(session).vignette.document), 409
        if address := closed_address(session):
            return redirect(address)
        if session.is_closed(now()):
            return redirect(result_address(session))
        form.text.data = form.before.data = notes_of(session.id).get(turn, "")
        return _note_page(session, turn, form)
    if not form.validate():
        return _note_page(session, turn, form), 422
    outcome = save_note(session.id, turn, form.text.data, before=form.before.data)
    if outcome.state is NoteState.STALE:
        form.text.data = f"{outcome.stored}\n\n{form.text.data}".strip()
        form.before.data = outcome.stored
        return _note_page(session, turn, form, was_changed=True), 409
    return redirect(url_for("calibration.workspace", session_id=session.id, _anchor=f"turn-{turn}"))


def _note_page(
    session: RatingSession, turn: int, form: NoteForm, *, was_changed: bool = False
) -> str:
    vignette = records.documents_of(session).vignette.document
    return render_template(
        "calibration/note.html",
        session=session,
        home=home_of(session),
        vignette=vignette,
        turn=vignette.turns[turn - 1],
        form=form,
        was_changed=was_changed,
    )


@turn_notes.put("/rating-sessions/<uuid:session_id>/notes/<int:turn>")
def note_draft(session_id: uuid.UUID, turn: int) -> JsonAnswer:
    session = session_with_turn(session_id, turn)
    sent = sent_document()
    try:
        text, before = (read_text(sent[name]) for name in ("text", "before"))  # type: ignore[index]
    except (TypeError, KeyError):
        return {"state": "refused", "message": _("A note is a text.")}, 422
    if len(text) > LONGEST_TEXT:
        message = _("A note has at most %(max)d characters.", max=LONGEST_TEXT)
        return {"state": "refused", "message": message}, 422
    outcome = save_note(session.id, turn, text, before=before)
    status = 200 if outcome.state is NoteState.SAVED else 409
    return {"state": outcome.state.value, "stored": outcome.stored}, status
