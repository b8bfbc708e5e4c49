"""The form that changes a track."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from training.languages import lazy_gettext as _l
from training.tracks.records import Tracks

NOT_A_TRACK = _l("There is no such track any more. Choose one from the list.")


class TrackForm(FlaskForm):
    track = RadioField(_l("Track"), [DataRequired(NOT_A_TRACK)])

    def offer(self, tracks: Tracks) -> TrackForm:
        """Let one of these be chosen."""
        self.track.choices = choices(tracks)
        return self


def choices(tracks: Tracks) -> list[SelectChoice]:
    """The tracks as a field offers them."""
    return [SelectChoice(version.slug, version.document.title) for version in tracks.every]
