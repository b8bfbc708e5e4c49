"""Why a gate ended as it did, in one English sentence with its figures, for files and terminals.

Pages say it in the reader's language, see `gate_texts`.
"""

from __future__ import annotations

from training.certification.judging.gate_documents import GateKind
from training.certification.judging.gates import GateReasonCode, GateResult
from training.certification.judging.lines import ROUNDING, Side
from training.psychometrics.statistic import MESSAGES, Reason

DECIMALS = 3
MOST_DECIMALS = 6

SUBJECTS = {
    GateKind.EXACT: "The share of ratings equal to the reference",
    GateKind.WITHIN_ONE: "The share of ratings within one point",
    GateKind.GROSS: "The share of ratings two or more points away",
    GateKind.BIAS: "The mean difference",
    GateKind.SLOPE: "The slope on the reference",
    GateKind.HALO: "The slope within vignettes",
    GateKind.KAPPA: "The quadratic weighted kappa",
    GateKind.ITEMS: "The mean distance on the furthest item",
    GateKind.TOTALS: "The share of totals near the reference",
    GateKind.CRITICAL: "The share of critical ratings two or more points away",
    GateKind.RATEABILITY: "The share that only one side found rateable",
    GateKind.ICC: "The ICC(A,1)",
}


def sentence_of(result: GateResult) -> str:
    """The value, its line, its interval, and what follows from them."""
    subject, value = SUBJECTS[result.gate], result.value
    reason = result.reason
    if reason.code is GateReasonCode.TOO_FEW_VIGNETTES:
        shown = (
            "" if value is None else f"; so far it is {plain_figure(value)}{_in_brackets(result)}"
        )
        return (
            f"This gate decides from {reason.needed} vignettes on, "
            f"and there are {reason.vignettes}{shown}."
        )
    if value is None:
        return f"{subject} cannot be computed. {_undefined(result)}".strip()
    beginning = f"{subject} is {beside(value, result.threshold)}"
    ends = {
        GateReasonCode.REACHED: _reached,
        GateReasonCode.CLEARLY_MISSED: _clearly_missed,
        GateReasonCode.MISSED_WITHIN_ERROR: _missed_within_error,
        GateReasonCode.BOUND_NOT_REACHED: _bound_not_reached,
    }
    return f"{beginning}, {ends[reason.code](result)}.{_items(result)}"


def plain_figure(value: float, decimals: int = DECIMALS) -> str:
    """Rounded for reading, never a negative zero."""
    return f"{round(value, decimals) + 0.0:.{decimals}f}"


def beside(value: float, line: float) -> str:
    """A value with as many decimals as it takes to see on which side of the line it lies."""
    return plain_figure(value, decimals_beside(value, line))


def decimals_beside(value: float, line: float, *, fewest: int = DECIMALS) -> int:
    """How many decimals show on which side of the line, or of its negative, a value lies."""
    value, line = abs(value), abs(line)
    if abs(value - line) <= ROUNDING:
        return fewest
    for decimals in range(fewest, MOST_DECIMALS):
        if round(value, decimals) != round(line, decimals):
            return decimals
    return MOST_DECIMALS


def line_beside(end: float, result: GateResult) -> float:
    """The line that an end of the interval is read against: the nearer one of the gate's two."""
    lines = [result.threshold] + ([] if result.bound is None else [result.bound])
    return min(lines, key=lambda line: abs(abs(end) - abs(line)))


def line_of(result: GateResult) -> str:
    """What the value has to reach: at least .600, at most .040, within ±.250."""
    line = plain_figure(result.threshold)
    if result.gate.side is Side.TWO_SIDED:
        return f"within ±{line}"
    return f"at most {line}" if result.gate.side is Side.CEILING else f"at least {line}"


def _reached(result: GateResult) -> str:
    words = f"which {_verb(result)} the line ({line_of(result)}){_with_interval(result)}"
    return words if result.bound is None else f"{words}, which keeps to {_bound(result)}"


def _verb(result: GateResult) -> str:
    return "reaches" if result.gate.side is Side.FLOOR else "keeps to"


def _clearly_missed(result: GateResult) -> str:
    return (
        f"which misses the line ({line_of(result)}), and the whole interval, "
        f"{_interval(result)}, lies on the wrong side of it"
    )


def _missed_within_error(result: GateResult) -> str:
    beginning = f"which misses the line ({line_of(result)})"
    if result.low is None or result.high is None:
        return f"{beginning}, and without an interval nobody can say how surely"
    return f"{beginning}, but its interval, {_interval(result)}, still reaches it"


def _bound_not_reached(result: GateResult) -> str:
    beginning = f"which {_verb(result)} the line ({line_of(result)})"
    if result.low is None or result.high is None:
        return f"{beginning}, but there is no interval, which has to keep to {_bound(result)}"
    return (
        f"{beginning}, but its interval, {_interval(result)}, does not yet keep to {_bound(result)}"
    )


def _bound(result: GateResult) -> str:
    assert result.bound is not None  # only gates with a bound come here
    bound = plain_figure(result.bound)
    if result.gate.side is Side.TWO_SIDED:
        return f"±{bound}"
    return f"at most {bound}" if result.gate.side is Side.CEILING else f"at least {bound}"


def _interval(result: GateResult) -> str:
    if result.low is None or result.high is None:
        return "which cannot be computed"
    low, high = (beside(end, line_beside(end, result)) for end in (result.low, result.high))
    return f"{low} to {high}"


def _with_interval(result: GateResult) -> str:
    return "" if result.low is None else f", with an interval of {_interval(result)}"


def _in_brackets(result: GateResult) -> str:
    return "" if result.low is None else f" ({_interval(result)})"


def _undefined(result: GateResult) -> str:
    undefined = result.reason.undefined
    if undefined is None:
        return ""
    if undefined is Reason.TOO_FEW_UNITS:
        return "Too few vignettes hold ratings for it."
    return MESSAGES[undefined]


def _items(result: GateResult) -> str:
    items = result.reason.items
    if not items or result.reason.code is GateReasonCode.REACHED:
        return ""
    words = "Item" if len(items) == 1 else "Items"
    return f" {words} beyond the line: {', '.join(map(str, items))}."
