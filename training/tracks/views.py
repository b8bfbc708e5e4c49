"""Changing the track, and the words of a track for every template."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from training.access import signed_in_person
from training.accounts.records import choose_track
from training.accounts.signing_in import own_page
from training.languages import gettext as _
from training.tracks.case_words import case_words
from training.tracks.forms import NOT_A_TRACK, TrackForm
from training.tracks.records import tracks_for

tracks = Blueprint("tracks", __name__)


@tracks.app_context_processor
def _words() -> dict[str, object]:
    return {"case_words": case_words}


@tracks.post("/track")
def choice() -> Response:
    person = signed_in_person()
    form = TrackForm().offer(tracks_for(person.track))
    if form.validate_on_submit():
        choose_track(person, form.track.data)
        title = tracks_for(form.track.data).titles[form.track.data]
        flash(_("Your track is now: %(title)s. What you have done stays.", title=title), "success")
    else:
        flash(str(NOT_A_TRACK), "warning")
    return redirect(own_page(request.form.get("next")) or url_for("home.home"))
