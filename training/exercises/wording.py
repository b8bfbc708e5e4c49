"""What the results of exercises are called, with a symbol where words alone are hard to scan."""

from __future__ import annotations

from training.calibration.feedback import Distance
from training.exercises.records import Answered
from training.exercises.rules import Step
from training.languages import gettext as _
from training.languages import lazy_gettext as _l

DISTANCES = {
    Distance.EXACT: _l("exact"),
    Distance.ONE_OFF: _l("one point off"),
    Distance.FURTHER: _l("further off"),
}
SYMBOLS = {Distance.EXACT: "✓", Distance.ONE_OFF: "±1", Distance.FURTHER: "✗"}
LOOKS = {Distance.EXACT: "tag-good", Distance.ONE_OFF: "tag-warm", Distance.FURTHER: "tag-bad"}
STEPS = {
    Step.OPEN: _l("not both answered yet"),
    Step.SEEN: _l("the step was seen at first sight"),
    Step.NOT_SEEN: _l("the step was not seen at first sight"),
}


def marks_of(found: Answered) -> dict[int, list[dict[str, str]]]:
    """Beside each turn, who rests on it; it leads to both ratings."""
    own, key = set(found.latest.turns), set(found.rating.evidence)
    texts = {"both": _("you and the key"), "experts": _("the key"), "own": _("you")}
    turns_by = {"both": own & key, "experts": key - own, "own": own - key}
    return {
        turn: [{"by": by, "text": str(texts[by]), "anchor": "ratings"}]
        for by, turns in turns_by.items()
        for turn in turns
    }
