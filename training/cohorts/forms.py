"""Forms of trainers: a cohort and its invitations."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from training.cohorts.addresses import read_addresses
from training.forms import LONGEST_NAME, LineField, OnceMixin, ParagraphField
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.tracks.forms import NOT_A_TRACK, choices
from training.tracks.records import Tracks

MOST_ADDRESSES = 50


class CohortForm(FlaskForm):
    """A cohort's name, and its track where there are several.

    `track_before` is what the page showed: a track that was not touched is left as it is.
    """

    name = LineField(
        _l("Name of the cohort"),
        [
            DataRequired(_l("Give the cohort a name.")),
            Length(max=LONGEST_NAME, message=_l("A name has at most 120 characters.")),
        ],
    )
    track = SelectField(_l("Track"), invalid_choice_message=NOT_A_TRACK)
    track_before = HiddenField()

    def offer(self, tracks: Tracks) -> CohortForm:
        """Let one of these be chosen; nothing where there is nothing to choose."""
        self.track.choices = choices(tracks)
        if not tracks.are_several:
            del self.track
        return self

    @property
    def chosen_track(self) -> str | None:
        """The track that was chosen; None where there is none to choose, or it was not touched."""
        chosen: str | None = self.track.data if self.track else None
        return chosen if chosen != self.track_before.data else None


class NewCohortForm(OnceMixin, CohortForm):
    """The same for a cohort that is opened."""


class InvitationsForm(FlaskForm):
    """E-mail addresses, one a line; `read` holds them once the form is valid."""

    addresses = ParagraphField(
        _l("E-mail addresses, one a line"),
        [DataRequired(_l("Enter at least one e-mail address."))],
    )
    read: tuple[str, ...] = ()

    def validate_addresses(self, field: StringField) -> None:
        result = read_addresses(field.data or "")
        errors: list[Any] = [
            _(
                "Line %(number)s is not an e-mail address: %(text)s",
                number=line.number,
                text=line.text,
            )
            for line in result.faulty
        ]
        number = len(result.addresses) + len(result.faulty)
        if number > MOST_ADDRESSES:
            errors.insert(
                0,
                _(
                    "These are %(number)s addresses. Invite at most %(most)s at once.",
                    number=number,
                    most=MOST_ADDRESSES,
                ),
            )
        if errors:
            field.errors = [*field.errors, *errors[:-1]]
            raise ValidationError(errors[-1])
        self.read = result.addresses
