"""What is said to raters about their patterns: severity, use of the scale, halo."""

from __future__ import annotations

from training.calibration.patterns import PracticePatterns
from training.charts.intervals import FigureStyle, IntervalRow
from training.languages import gettext as _
from training.psychometrics import (
    Centrality,
    Halo,
    Reason,
    ScaleUse,
    Severity,
    Statistic,
)


def severity_text(code: Severity) -> str:
    texts = {
        Severity.LENIENT: _("You score higher than the consensus: lenient."),
        Severity.SEVERE: _("You score lower than the consensus: severe."),
        Severity.IN_LINE: _("Your level is that of the consensus."),
        Severity.UNSURE: _(
            "Not clear yet whether you lean to one side: the interval allows more than one answer."
        ),
        Severity.UNKNOWN: _("There is nothing to compare yet."),
    }
    return str(texts[code])


def centrality_text(code: Centrality) -> str:
    texts = {
        Centrality.NARROW: _("You keep to the middle of the scale. Use its ends where they fit."),
        Centrality.WIDE: _("You go to the ends of the scale more than the consensus does."),
        Centrality.IN_LINE: _("You use the width of the scale as the consensus does."),
        Centrality.UNSURE: _(
            "Not clear yet how wide you use the scale: the interval allows more than one answer."
        ),
        Centrality.UNKNOWN: _("There is nothing to compare yet."),
    }
    return str(texts[code])


def halo_text(code: Halo) -> str:
    texts = {
        Halo.FLATTENED: _(
            "Within a vignette your scores are more alike than the consensus: an overall "
            "impression may colour single items. Rate one item at a time, from its evidence."
        ),
        Halo.UNRELATED: _(
            "Within a vignette your scores hardly follow the consensus from item to item."
        ),
        Halo.EXAGGERATED: _(
            "You set the items of a vignette further apart than the consensus does."
        ),
        Halo.IN_LINE: _("You tell the items of a vignette apart as the consensus does."),
        Halo.UNSURE: _(
            "Not clear yet whether you tell the items of a vignette apart as the consensus does: "
            "the interval allows more than one answer."
        ),
        Halo.UNKNOWN: _("There is nothing to compare yet."),
    }
    return str(texts[code])


def scale_use_text(code: ScaleUse, categories: tuple[float, ...]) -> str:
    scores = ", ".join(map(str, categories))
    texts = {
        ScaleUse.NEVER_USED: _("You never gave %(scores)s, and the consensus did.", scores=scores),
        ScaleUse.OVERUSED: _("You give %(scores)s more often than the consensus.", scores=scores),
        ScaleUse.IN_LINE: _("You use the scores about as often as the consensus."),
        ScaleUse.UNKNOWN: _("There is nothing to compare yet."),
    }
    return str(texts[code])


def undefined_text(statistic: Statistic) -> str:
    """Why a figure or its interval is missing; empty where nothing is."""
    if statistic.undefined is None:
        return ""
    texts = {
        Reason.NO_OVERLAP: _("Nothing that counts towards this yet."),
        Reason.NO_VARIANCE: _("All scores are the same, so there is nothing to relate."),
        Reason.TOO_FEW_UNITS: _("An interval needs at least two vignettes."),
        Reason.DEPENDS_ON_ONE_UNIT: _("Rests on one vignette alone, so its error is unknown."),
    }
    # The other reasons belong to tables of several raters, which this page does not show.
    cannot = _("This cannot be computed from these ratings.")
    return str(texts.get(statistic.undefined.reason, cannot))


def agreement_rows(patterns: PracticePatterns) -> list[IntervalRow]:
    """Shares of agreement with their intervals."""
    comparison = patterns.comparison
    return [
        _row(_("Exact"), comparison.exact),
        _row(_("Within one point"), comparison.within_one),
        _row(_("Two or more points off"), comparison.gross_misses),
    ]


def _row(label: str, statistic: Statistic) -> IntervalRow:
    return IntervalRow(
        label=label,
        value=statistic.value,
        low=statistic.low,
        high=statistic.high,
        style=FigureStyle.SHARE,
        note=undefined_text(statistic),
    )
