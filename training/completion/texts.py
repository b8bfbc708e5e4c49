"""The words of a confirmation, the same on its page and on paper, in the reader's language."""

from __future__ import annotations

from training.completion.records import Completion
from training.languages import gettext as _
from training.languages import ngettext
from training.templating import format_day, format_duration


def kind() -> str:
    return _("Confirmation of completed learning")


def demonstration() -> str:
    return _("Demonstration: an invented person; this confirms nothing")


def sentence(completion: Completion) -> str:
    """What is confirmed, in a sentence that begins after the name."""
    day = format_day(completion.completed_at)
    if completion.track is None:
        return _(
            "has completed the module “%(title)s” on %(day)s: read its lesson, passed its "
            "knowledge check and rated its excerpt.",
            title=completion.title,
            day=day,
        )
    return ngettext(
        "has completed %(num)d module, all of the track “%(title)s”, on %(day)s: read its lesson, "
        "passed its knowledge check and rated its excerpt.",
        "has completed %(num)d modules, all of the track “%(title)s”, the last one on %(day)s: "
        "read the lessons, passed the knowledge checks and rated the excerpts.",
        len(completion.modules),
        title=completion.title,
        day=day,
    )


def study_time(completion: Completion) -> str:
    return _(
        "%(duration)s, as the authors estimate it", duration=format_duration(completion.minutes)
    )


def notes() -> list[str]:
    """What a confirmation is not."""
    return [
        _(
            "This is no calibration, and no certificate as a rater: whether somebody's ratings "
            "agree with an expert reference is decided by an assessment, and only its certificate "
            "says so."
        ),
        _(
            "It is no practitioner's or therapist's certificate, and no authority, university or "
            "international body endorses it."
        ),
        _("A version names the wording of a module that was completed."),
    ]
