"""What a rater effect means, in one English sentence about the rater, for reports and exports.

Pages say it to the rater, in the rater's language; that is done where pages are made.
"""

from __future__ import annotations

from training.psychometrics.rater_effects import (
    Centrality,
    Halo,
    Inconsistency,
    ScaleUse,
    Severity,
)
from training.psychometrics.results import Direction
from training.psychometrics.scale import plain

NOTHING = "There is nothing to compare."

SEVERITY = {
    Severity.LENIENT: "Scores higher than the reference: lenient.",
    Severity.SEVERE: "Scores lower than the reference: severe.",
    Severity.IN_LINE: "Scores on the level of the reference.",
    Severity.UNSURE: "Too few subjects to tell whether the rater leans to one side.",
    Severity.UNKNOWN: NOTHING,
}

CENTRALITY = {
    Centrality.NARROW: "Keeps to the middle of the scale more than the reference does.",
    Centrality.WIDE: "Goes to the ends of the scale more than the reference does.",
    Centrality.IN_LINE: "Uses the width of the scale as the reference does.",
    Centrality.UNSURE: "Too few subjects to tell how wide the rater uses the scale.",
    Centrality.UNKNOWN: "The reference does not vary, so there is no width to compare with.",
}

HALO = {
    Halo.FLATTENED: (
        "Scores within a subject are more alike than in the reference: an overall impression may "
        "colour single items."
    ),
    Halo.UNRELATED: "Within a subject, scores hardly follow the reference from item to item.",
    Halo.EXAGGERATED: "Sets the items of a subject further apart than the reference does.",
    Halo.IN_LINE: "Tells the items of a subject apart as the reference does.",
    Halo.UNSURE: "Too few subjects to tell whether items are told apart as in the reference.",
    Halo.UNKNOWN: "The reference does not vary within subjects, so halo cannot be seen.",
}

INCONSISTENCY = {
    Inconsistency.ERRATIC: (
        "Scores scatter widely around the rater's own level: neither a lean nor a narrow use of "
        "the scale explains the misses."
    ),
    Inconsistency.IN_LINE: "Scores scatter little around the rater's own level.",
    Inconsistency.UNSURE: "Too few subjects to tell whether the rater is consistent.",
    Inconsistency.UNKNOWN: "The reference does not vary, so scatter cannot be told from level.",
}

ITEM_KINDS = {
    Direction.LENIENT: "higher than the reference",
    Direction.SEVERE: "lower than the reference",
    Direction.BOTH_WAYS: "misses to both sides",
    Direction.EVEN: "no lean",
    Direction.UNKNOWN: "nothing to compare",
}


def scale_use_sentence(code: ScaleUse, categories: tuple[float, ...]) -> str:
    """The sentence with the scale points it is about."""
    points = ", ".join(plain(category) for category in categories)
    return {
        ScaleUse.NEVER_USED: f"Never gives {points}, which the reference does give.",
        ScaleUse.OVERUSED: f"Gives {points} clearly more often than the reference.",
        ScaleUse.IN_LINE: "Gives each scale point about as often as the reference.",
        ScaleUse.UNKNOWN: NOTHING,
    }[code]
