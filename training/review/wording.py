"""Days from now, and what somebody answered, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import format_date

from training.languages import gettext as _
from training.languages import ngettext
from training.library.schema import ChoiceQuestion, OrderQuestion, Question


def day_of(day: date) -> str:
    """A day as it stands in a sentence, "12 May 2026"."""
    return str(format_date(day, "d MMMM y"))


def comes_back(day: date, on: date) -> str:
    """When a question comes back, seen from a day before it."""
    days = (day - on).days
    if days == 1:
        return _("It comes back tomorrow.")
    return ngettext(
        "It comes back in %(num)d day, on %(day)s.",
        "It comes back in %(num)d days, on %(day)s.",
        days,
        day=day_of(day),
    )


def from_now(day: date, on: date) -> str:
    """A later day, with how far away it is."""
    days = (day - on).days
    if days == 1:
        return _("tomorrow")
    return ngettext("%(day)s, in %(num)d day", "%(day)s, in %(num)d days", days, day=day_of(day))


def answered(question: Question, response: Sequence[int]) -> list[str]:
    """What somebody answered: options or steps as they gave them, or the turns they marked."""
    if isinstance(question, ChoiceQuestion):
        return [question.options[position].text for position in response]
    if isinstance(question, OrderQuestion):
        return [question.steps[position].text for position in response]
    return [_("Turn %(number)s", number=number) for number in response]
