"""The words of a decision: outcomes, gates, figures and reasons, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import format_percent

from training.certification.judging.decision import Outcome, OutcomeReason
from training.certification.judging.figures import Summary
from training.certification.judging.gate_documents import GateKind
from training.certification.judging.gate_sentences import decimals_beside, line_beside
from training.certification.judging.gates import GateReasonCode, GateResult, GateStatus
from training.certification.judging.lines import Side
from training.certification.models import ReviewAct
from training.charts.intervals import IntervalRow
from training.charts.margins import Line, MarginRow, margin_row
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.library.schema import KeyStatus
from training.psychometrics import Direction, Reason
from training.templating import format_number, format_signed

SHARES = frozenset(
    {
        GateKind.EXACT,
        GateKind.WITHIN_ONE,
        GateKind.GROSS,
        GateKind.TOTALS,
        GateKind.CRITICAL,
        GateKind.RATEABILITY,
    }
)
DECIMALS = 2  # of points and coefficients
SHARE_DECIMALS = 3  # of a share: one decimal of its percentage
# Perfect is 1, and a figure may lie beyond it.
SLOPES = frozenset({GateKind.SLOPE, GateKind.HALO})

# What the picture of a gate spans; an end outside is drawn at the edge and written as it is.
AXES = {
    GateKind.WITHIN_ONE: (0.5, 1.0),
    GateKind.GROSS: (0.0, 0.2),
    GateKind.RATEABILITY: (0.0, 0.2),
    GateKind.CRITICAL: (0.0, 0.5),
    GateKind.BIAS: (-1.0, 1.0),
    GateKind.SLOPE: (0.0, 1.5),
    GateKind.HALO: (0.0, 1.5),
    GateKind.ITEMS: (0.0, 2.0),
}
WHOLE_SHARE = (0.0, 1.0)

GATE_NAMES = {
    GateKind.EXACT: _l("Same rating"),
    GateKind.WITHIN_ONE: _l("Within one point"),
    GateKind.GROSS: _l("Two or more points away"),
    GateKind.BIAS: _l("Lean"),
    GateKind.SLOPE: _l("Width of the scale"),
    GateKind.HALO: _l("Strong and weak told apart"),
    GateKind.KAPPA: _l("Agreement beyond chance"),
    GateKind.ITEMS: _l("Every element"),
    GateKind.TOTALS: _l("Totals"),
    GateKind.CRITICAL: _l("Elements that bear on safety and rights"),
    GateKind.RATEABILITY: _l("What can be rated"),
    GateKind.ICC: _l("Standing in for each other"),
}
# What stands in the column of figures.
MEASURES = {
    GateKind.EXACT: _l("share of ratings equal to the consensus"),
    GateKind.WITHIN_ONE: _l("share of ratings within one point"),
    GateKind.GROSS: _l("share of ratings two or more points away"),
    GateKind.BIAS: _l("mean difference in points; + is higher than the consensus"),
    GateKind.SLOPE: _l("slope on the consensus; 1 is the same width"),
    GateKind.HALO: _l("slope within one text; 1 is the same width"),
    GateKind.KAPPA: _l("weighted kappa; 0 is chance, 1 is perfect"),
    GateKind.ITEMS: _l("mean distance in points on the furthest element"),
    GateKind.TOTALS: _l("share of texts whose total is near the consensus"),
    GateKind.CRITICAL: _l("share of ratings on these elements two or more points away"),
    GateKind.RATEABILITY: _l("share of ratings that only one side found rateable"),
    GateKind.ICC: _l("intraclass correlation; 1 is perfect"),
}
ADVICE = {
    GateKind.EXACT: _l(
        "Before you settle on a score, read the anchor of the score above and the one below, and "
        "say what each would still need."
    ),
    GateKind.WITHIN_ONE: _l(
        "Look for ratings that rest on one striking place. Mark a second one for every rating."
    ),
    GateKind.GROSS: _l(
        "Two points apart usually means that a part of the text was missed. Read once more for "
        "the elements you rated lowest."
    ),
    GateKind.BIAS: _l(
        "Practise twice more and compare each rating with its anchor, not with the impression "
        "that the whole left."
    ),
    GateKind.SLOPE: _l(
        "Use the ends of the scale where the anchors call for them. The middle is not the safe "
        "side."
    ),
    GateKind.HALO: _l(
        "Rate element by element, not the whole: where much is done well an element can be "
        "missing, and where little is, one can be done well."
    ),
    GateKind.KAPPA: _l("Practise on what differs widely, strong examples and poor ones."),
    GateKind.ITEMS: _l("Read these elements in the instrument again, with their near neighbours."),
    GateKind.TOTALS: _l(
        "Small differences that all point the same way add up. Look at which way yours point."
    ),
    GateKind.CRITICAL: _l(
        "Read these elements again, with what each score asks for: a miss here weighs more than "
        "one elsewhere."
    ),
    GateKind.RATEABILITY: _l(
        "Not rateable means that there was no opportunity. Where there was one and nobody took "
        "it, the element is absent."
    ),
    GateKind.ICC: _l("Practise more."),
}
OUTCOMES = {
    Outcome.MEETS: _l("Meets the standard"),
    Outcome.DOES_NOT_MEET: _l("Does not meet the standard"),
    Outcome.MORE_EVIDENCE: _l("More evidence needed"),
}
OUTCOME_REASONS = {
    OutcomeReason.ALL_GATES_MET: _l("Every gate that applies is met."),
    OutcomeReason.GATE_CLEARLY_MISSED: _l(
        "At least one gate is missed so clearly that chance does not explain it."
    ),
    OutcomeReason.EVIDENCE_EXHAUSTED: _l(
        "Some gates are still not met with all the evidence that an attempt may have."
    ),
    OutcomeReason.GATES_UNCLEAR: _l(
        "No gate is clearly missed, but for some the evidence is too thin to say."
    ),
    OutcomeReason.FORM_INCOMPLETE: _l("The form is not complete."),
}
STATUSES = {
    GateStatus.MET: _l("met"),
    GateStatus.NOT_MET: _l("not met"),
    GateStatus.UNCLEAR: _l("unclear"),
    GateStatus.NOT_APPLICABLE: _l("does not apply"),
}
# A sign beside the word, so that nothing depends on colour.
SYMBOLS = {
    GateStatus.MET: "✓",
    GateStatus.NOT_MET: "✗",
    GateStatus.UNCLEAR: "?",
    GateStatus.NOT_APPLICABLE: "–",
}
TONES = {
    GateStatus.MET: "tag-good",
    GateStatus.NOT_MET: "tag-bad",
    GateStatus.UNCLEAR: "tag-warm",
    GateStatus.NOT_APPLICABLE: "",
}
OUTCOME_TONES = {
    Outcome.MEETS: "good",
    Outcome.DOES_NOT_MEET: "bad",
    Outcome.MORE_EVIDENCE: "warm",
}
ACTS = {
    ReviewAct.SIGNED: _l("Signed"),
    ReviewAct.DECLINED: _l("Declined"),
    ReviewAct.MORE_EVIDENCE: _l("Asked for more evidence"),
}
DIRECTIONS = {
    Direction.LENIENT: _l("higher than the consensus"),
    Direction.SEVERE: _l("lower than the consensus"),
    Direction.BOTH_WAYS: _l("off to both sides"),
    Direction.EVEN: _l("even"),
    Direction.UNKNOWN: _l("cannot be said"),
}
KEY_STATUSES = {
    KeyStatus.AUTHORED: _l("authored"),
    KeyStatus.RATIFIED: _l("ratified by a panel"),
}
UNDEFINED = {
    Reason.NO_OVERLAP: _l("There is nothing to compare for this gate."),
    Reason.NO_VARIANCE: _l("The ratings do not vary, so there is nothing to relate."),
    Reason.TOO_FEW_UNITS: _l("An interval needs at least two texts."),
    Reason.DEPENDS_ON_ONE_UNIT: _l(
        "Without one of the texts the figure could not be computed, so its error is unknown."
    ),
    Reason.NEEDS_TWO_RATERS: _l("Agreement needs units that two or more raters have scored."),
    Reason.NEEDS_EXACTLY_TWO_RATERS: _l("This figure compares exactly two raters."),
    Reason.NO_COMPLETE_UNITS: _l("Fewer than two units were scored by all raters."),
    Reason.NO_ERROR_VARIANCE: _l(
        "The raters differ by nothing but a constant, so there is no error to measure with."
    ),
    Reason.TOO_MANY_CATEGORIES: _l(
        "There are too many different scores for a figure about categories; see the ICC."
    ),
    Reason.NO_RATIO_SCALE: _l("Scores below 0 have no ratios."),
    Reason.NEGATIVE_VARIANCE: _l(
        "What was rated differs so little that the variance to divide by is estimated as 0 or less."
    ),
}


@dataclass(frozen=True, slots=True)
class GateText:
    """One gate in words and figures, ready to be shown."""

    result: GateResult
    name: str
    measure: str
    value: str
    interval: str
    line: str
    status: str
    symbol: str
    tone: str
    reason: str
    advice: str
    picture: IntervalRow
    margin: MarginRow

    @property
    def needs_work(self) -> bool:
        return self.result.status in (GateStatus.NOT_MET, GateStatus.UNCLEAR)


def gate_texts(summary: Summary, item_names: Mapping[int, str]) -> tuple[GateText, ...]:
    """Every gate of a decision in words; `item_names` names the elements by number."""
    return tuple(_gate_text(result, item_names) for result in summary.gates)


def _gate_text(result: GateResult, item_names: Mapping[int, str]) -> GateText:
    return GateText(
        result=result,
        name=str(GATE_NAMES[result.gate]),
        measure=str(MEASURES[result.gate]),
        value=figure(result.gate, result.value, beside=result.threshold),
        interval=interval_text(result),
        line=line_text(result),
        status=str(STATUSES[result.status]),
        symbol=SYMBOLS[result.status],
        tone=TONES[result.status],
        reason=reason_text(result, item_names),
        advice=str(ADVICE[result.gate]),
        picture=_picture(result),
        margin=_margin(result),
    )


def _picture(result: GateResult) -> IntervalRow:
    line = result.threshold
    return IntervalRow(
        label=str(GATE_NAMES[result.gate]),
        value=result.value,
        low=result.low,
        high=result.high,
        thresholds=(-line, line) if result.gate.side is Side.TWO_SIDED else (line,),
        axis=AXES.get(result.gate, WHOLE_SHARE),
        tone=TONES[result.status].removeprefix("tag-"),
    )


def _margin(result: GateResult) -> MarginRow:
    line = Line(
        result.threshold,
        is_ceiling=result.gate.side is not Side.FLOOR,
        is_two_sided=result.gate.side is Side.TWO_SIDED,
        is_point=result.gate in SLOPES,
        bound=result.bound,
    )
    tone = TONES[result.status].removeprefix("tag-")
    return margin_row(line, result.value, result.low, result.high, tone=tone)


def figure(kind: GateKind, value: float | None, *, beside: float | None = None) -> str:
    """A figure of a gate: a percentage, a difference with its sign, or a plain number.

    Beside a line it has as many decimals as it takes to see on which side of it it lies.
    """
    if value is None:
        return "–"
    fewest = SHARE_DECIMALS if kind in SHARES else DECIMALS
    decimals = fewest if beside is None else decimals_beside(value, beside, fewest=fewest)
    if kind in SHARES:
        return str(format_percent(value, f"0.{'#' * (decimals - 2)}%"))
    if kind is GateKind.BIAS:
        return format_signed(value, decimals)
    return format_number(value, decimals).replace("-", "−")


def interval_text(result: GateResult) -> str:
    """The interval around a figure, or a dash."""
    if result.low is None or result.high is None:
        return "–"
    low, high = (
        figure(result.gate, end, beside=line_beside(end, result))
        for end in (result.low, result.high)
    )
    return _("%(low)s to %(high)s", low=low, high=high)


def line_text(result: GateResult) -> str:
    """What the figure, and its interval where the gate asks for it, must reach."""
    line, bound = _plain_figure(result.gate, result.threshold), result.bound
    if bound is None:
        if result.gate.side is Side.CEILING:
            return _("at most %(line)s", line=line)
        return _("at least %(line)s", line=line)
    shown = _plain_figure(result.gate, bound)
    if result.gate.side is Side.TWO_SIDED:
        return _("within ±%(line)s, interval within ±%(bound)s", line=line, bound=shown)
    if result.gate.side is Side.CEILING:
        return _("at most %(line)s, upper end at most %(bound)s", line=line, bound=shown)
    return _("at least %(line)s, lower end at least %(bound)s", line=line, bound=shown)


def _plain_figure(kind: GateKind, value: float) -> str:
    return format_number(value) if kind is GateKind.BIAS else figure(kind, value)


def reason_text(result: GateResult, item_names: Mapping[int, str]) -> str:
    """Why a gate ended as it did, as a sentence."""
    reason = result.reason
    has_interval = result.low is not None and result.high is not None
    sentences = {
        GateReasonCode.REACHED: _("The line is reached."),
        GateReasonCode.CLEARLY_MISSED: _(
            "The whole interval lies on the wrong side of the line, so chance does not explain it."
        ),
        GateReasonCode.MISSED_WITHIN_ERROR: _(
            "The figure misses the line, but its interval still reaches it."
        )
        if has_interval
        else _("The figure misses the line, and without an interval nobody can say how surely."),
        GateReasonCode.BOUND_NOT_REACHED: _(
            "The figure reaches the line, but its interval is still too wide to be sure."
        )
        if has_interval
        else _("The figure reaches the line, but there is no interval, and this gate needs one."),
        GateReasonCode.NOT_COMPUTABLE: _("The figure cannot be computed."),
        GateReasonCode.TOO_FEW_VIGNETTES: _(
            "This gate decides from %(needed)s texts on; there are %(there)s.",
            needed=reason.needed,
            there=reason.vignettes,
        ),
    }
    parts = [sentences[reason.code]]
    if reason.undefined is not None:
        parts.append(str(UNDEFINED[reason.undefined]))
    if reason.items and reason.code is not GateReasonCode.REACHED:
        names = "; ".join(named_item(number, item_names) for number in reason.items)
        parts.append(_("Beyond the line: %(elements)s.", elements=names))
    return " ".join(parts)


def named_item(number: int, item_names: Mapping[int, str]) -> str:
    """An element by number and name."""
    name = item_names.get(number)
    return f"{number} {name}" if name else str(number)
