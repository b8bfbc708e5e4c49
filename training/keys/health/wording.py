"""The words of key health: verdicts, what they mean, and why a figure is missing."""

from __future__ import annotations

from training.languages import lazy_gettext as _l
from training.psychometrics.key_health.verdicts import Verdict
from training.psychometrics.statistic import Reason, Statistic

VERDICTS = {
    Verdict.DOUBTFUL: _l("doubtful"),
    Verdict.DRIFT: _l("raters drift"),
    Verdict.WATCH: _l("watch"),
    Verdict.SOUND: _l("sound"),
    Verdict.TOO_FEW: _l("too few ratings"),
}
# A sign beside the word, so that nothing depends on colour.
SYMBOLS = {
    Verdict.DOUBTFUL: "✗",
    Verdict.DRIFT: "↗",
    Verdict.WATCH: "?",
    Verdict.SOUND: "✓",
    Verdict.TOO_FEW: "–",
}
TONES = {
    Verdict.DOUBTFUL: "tag-bad",
    Verdict.DRIFT: "tag-accent",
    Verdict.WATCH: "tag-warm",
    Verdict.SOUND: "tag-good",
    Verdict.TOO_FEW: "",
}
MEANINGS = {
    Verdict.DOUBTFUL: _l(
        "Raters who agree with the other keys disagree with this one. A panel should look at it."
    ),
    Verdict.DRIFT: _l(
        "Raters lean here as they lean on this item in the other vignettes, or have come to since "
        "they were certified. Train the raters; the key is not to blame."
    ),
    Verdict.WATCH: _l("Something stands out, but chance may explain it. Wait for more ratings."),
    Verdict.SOUND: _l("The ratings give no reason to doubt it."),
    Verdict.TOO_FEW: _l("There are too few first ratings to say anything."),
}
WHY_MISSING = {
    Reason.NO_OVERLAP: _l("nobody to compare"),
    Reason.NO_VARIANCE: _l("nearly all agree, or nearly none"),
    Reason.TOO_FEW_UNITS: _l("too few ratings"),
    Reason.DEPENDS_ON_ONE_UNIT: _l("rests on one rater"),
}


def why_missing(figure: Statistic) -> object:
    """Why a figure, or its interval, cannot be computed."""
    return WHY_MISSING[figure.undefined.reason] if figure.undefined else ""
