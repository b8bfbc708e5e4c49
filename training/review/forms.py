"""Which wording of a question an answer in a review is about."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField


class WordingForm(FlaskForm):
    """Sent beside the answer: the id of the version of the module that was read."""

    version = HiddenField()
