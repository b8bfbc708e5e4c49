"""What is said to trainers in the pictures of a cohort."""

from __future__ import annotations

from collections.abc import Mapping

from training.calibration.feedback import Feedback, Kind
from training.calibration.wording import marks_beside_turns
from training.cohorts.pictures.item_bias import Direction
from training.cohorts.pictures.stage_matrix import Mark
from training.cohorts.pictures.teaching import MisleadingItem, Misleads
from training.cohorts.readiness.rules import Outlook
from training.keys.readers import Barrier
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.languages import ngettext

# A sign beside each word, so that nothing depends on colour.
MARK_SYMBOLS = {Mark.DONE: "✓", Mark.UNDER_WAY: "◐", Mark.OPEN: "○", Mark.LOCKED: "–"}
MARK_NAMES = {
    Mark.DONE: _l("done"),
    Mark.UNDER_WAY: _l("under way"),
    Mark.OPEN: _l("not begun"),
    Mark.LOCKED: _l("locked"),
}
DIRECTION_SYMBOLS = {
    Direction.LENIENT: "▲",
    Direction.SEVERE: "▼",
    Direction.LEVEL: "=",
    Direction.NONE: "–",
}
DIRECTION_NAMES = {
    Direction.LENIENT: _l("lenient"),
    Direction.SEVERE: _l("severe"),
    Direction.LEVEL: _l("level"),
    Direction.NONE: _l("not rated"),
}
OUTLOOKS = {
    Outlook.LIKELY: _l("would probably meet it"),
    Outlook.RATHER_LIKELY: _l("rather would than would not"),
    Outlook.OPEN: _l("could go either way"),
    Outlook.RATHER_UNLIKELY: _l("rather would not yet"),
    Outlook.UNLIKELY: _l("would probably not meet it yet"),
}
BARRIERS = {
    Barrier.ASSESSED: _l("This vignette is used for certification now, so its key is closed."),
    Barrier.PANEL: _l(
        "You sit on a panel that is at work on the key of this vignette. It opens when the panel "
        "is done."
    ),
    Barrier.RATING: _l(
        "You are rating this vignette yourself. Submit your rating first: then this page opens."
    ),
    Barrier.UNSEEN: _l(
        "You are an expert, too, and have not seen this key. Once you have, you can no longer be "
        "asked to rate this vignette for a panel. That you open it is written down."
    ),
}
UNRATED = _l(
    "You are a rater, too, and have not rated this vignette. Rate it first in your own practice: "
    "then this page opens."
)


def reason_to_teach(misleading: MisleadingItem) -> str:
    """Why an item is worth a session, in one sentence without its figures."""
    those, everybody = misleading.raters_that_way, misleading.group.raters
    if misleading.misleads is Misleads.ONE_WAY:
        return _(
            "It misleads nearly everybody the same way: %(those)s of %(all)s raters.",
            those=those,
            all=everybody,
        )
    if misleading.misleads is Misleads.BOTH_WAYS:
        return _(
            "The group is divided: %(lenient)s of %(all)s raters are lenient on it, %(severe)s "
            "severe. They lack a common picture of it.",
            lenient=misleading.group.lenient,
            severe=misleading.group.severe,
            all=everybody,
        )
    return _(
        "It may mislead the group, or a few raters, or it is chance: %(those)s of %(all)s raters "
        "lie that way.",
        those=those,
        all=everybody,
    )


def error_text(kind: Kind, number: int, of: int) -> str:
    """How often the most frequent kind of error was made, and what to do in a session."""
    texts = {
        Kind.NOT_SEEN: _("nothing the experts went by was marked. Train noticing"),
        Kind.MIS_SCALED: _("the right places were seen and scaled otherwise. Train the anchors"),
        Kind.OTHER_LENS: _("other things than the experts' were gone by. Train what belongs to it"),
        Kind.RATEABILITY: _(
            "it was rateable for one side only. Train when there is an opportunity"
        ),
    }
    return ngettext(
        "Of %(num)s miss, %(number)s was of this kind: %(what)s.",
        "Of %(num)s misses, %(number)s were of this kind: %(what)s.",
        of,
        number=number,
        what=texts[kind],
    )


def kind_sentence(kind: Kind) -> str:
    """Which kind of error a rater made, said to the trainer."""
    texts: Mapping[Kind, str] = {
        Kind.AGREED: _("Both agree."),
        Kind.NOT_SEEN: _("Nothing that the consensus rests on was marked by the rater."),
        Kind.MIS_SCALED: _(
            "The rater saw what the consensus rests on and placed it elsewhere on the scale."
        ),
        Kind.OTHER_LENS: _("Most of what the rater marked is not what the consensus rests on."),
        Kind.RATEABILITY: _("Only one side found an opportunity for this item."),
        Kind.NOT_COMPARED: _("The panel came to no consensus on this item here."),
    }
    return texts[kind]


def marks_of_rater(feedback: Feedback) -> dict[int, list[dict[str, object]]]:
    """For each turn who marked it for which items; as for the rater, but said of the rater."""
    return {
        turn: [
            mark | ({"text": _("rater, item:")} if mark["by"] == "own" else {}) for mark in marks
        ]
        for turn, marks in marks_beside_turns(feedback).items()
    }
