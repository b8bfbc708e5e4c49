"""Forms for bringing in a panel: the file with who vouches for it, and the second look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from training.accounts.models import Person
from training.forms import LONGEST_NAME, LineField, ParagraphField
from training.languages import lazy_gettext as _l
from training.panels.exchange.import_records import Obstacle
from training.panels.exchange.table import PanelFileError
from training.panels.exchange.texts import fault_texts
from training.panels.forms import CHOOSE_EXPERT, CHOSEN_NO_MORE, choices_of

SHORTEST_VOUCHING = 20

# Beside which field an obstacle is said, and what to do about it.
OBSTACLES = {
    Obstacle.CHAIR_SAW_KEY: (
        "chair",
        _l("This expert has seen the key of %(vignettes)s. Choose another chair."),
    ),
    Obstacle.CHAIR_ON_PANEL: (
        "chair",
        _l("Another panel of this expert is at work on %(vignettes)s. Choose another chair."),
    ),
    Obstacle.CHAIR_VOUCHES: (
        "chair",
        _l(
            "Whoever vouches for the panel signs its keys beside the chair, so one person cannot "
            "be both. Choose another chair, or let somebody else vouch for it."
        ),
    ),
    Obstacle.VOUCHER_ON_PANEL: (
        "file",
        _l(
            "Another panel of the one who vouches is at work on %(vignettes)s. Let somebody else "
            "bring the file in and vouch for it."
        ),
    ),
}


class ImportForm(FlaskForm):
    title = LineField(
        _l("Name of the panel"),
        [
            DataRequired(_l("Give the panel a name.")),
            Length(max=LONGEST_NAME, message=_l("A name has at most 120 characters.")),
        ],
    )
    chair = SelectField(
        _l("Chair"), [DataRequired(CHOOSE_EXPERT)], invalid_choice_message=CHOSEN_NO_MORE
    )
    vouching = ParagraphField(
        _l("How it met, and why you vouch for it"),
        [
            DataRequired(_l("Write how the panel met: the record of its keys keeps it.")),
            Length(min=SHORTEST_VOUCHING, message=_l("Write at least a sentence.")),
        ],
    )
    file = FileField(_l("File with the ratings"), [FileRequired(_l("Choose the file."))])

    def offer(self, people: Sequence[Person]) -> None:
        """Set who can chair."""
        self.chair.choices = [SelectChoice("", CHOOSE_EXPERT), *choices_of(people)]

    def tell_faults(self, error: PanelFileError) -> None:
        """Say everything that is wrong with the file."""
        self.file.errors = fault_texts(error.faults)

    def tell_obstacles(self, obstacles: Mapping[Obstacle, Sequence[str]]) -> None:
        """Say what stands against the panel beside the fields that it concerns."""
        for obstacle, text in obstacle_texts(obstacles).items():
            field = self[OBSTACLES[obstacle][0]]
            field.errors = [*field.errors, text]

    def values(self) -> dict[str, Any]:
        """What was typed, to be carried to the second look."""
        return {"title": self.title.data, "chair": self.chair.data, "words": self.vouching.data}


class ConfirmationForm(FlaskForm):
    """The same once more, as it was shown; `carried` is signed."""

    carried = HiddenField()
    is_vouched = BooleanField(
        _l("I vouch that these experts rated alone, before they talked to each other."),
        [DataRequired(_l("Tick the box to say that you vouch for it."))],
    )


def obstacle_texts(obstacles: Mapping[Obstacle, Sequence[str]]) -> dict[Obstacle, str]:
    """Each obstacle in words."""
    return {
        obstacle: str(OBSTACLES[obstacle][1]) % {"vignettes": ", ".join(slugs)}
        for obstacle, slugs in obstacles.items()
    }
