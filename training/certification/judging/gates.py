"""Judging one gate: is its line reached, clearly missed, or is the evidence too thin to say? Pure.

A gate ends as met (its condition holds), not met (the condition fails and the whole interval lies
on the wrong side of the line), unclear (the condition fails, but the interval still reaches the
line, or the value is good and its bound not yet), or not applicable, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import nan
from typing import Any

from training.certification.judging.gate_documents import (
    AtLeastGate,
    AtMostGate,
    BiasGate,
    CriticalGate,
    Gate,
    GateKind,
    ItemsGate,
    SingleFigureGate,
    TotalsGate,
)
from training.certification.judging.lines import Line
from training.psychometrics import Comparison, Reason, Statistic, Undefined


class GateStatus(StrEnum):
    """How a gate ended."""

    MET = "met"
    NOT_MET = "not_met"
    UNCLEAR = "unclear"
    NOT_APPLICABLE = "not_applicable"


class GateReasonCode(StrEnum):
    """Why a gate ended as it did; the sentence is made in the templates."""

    REACHED = "reached"
    CLEARLY_MISSED = "clearly_missed"
    MISSED_WITHIN_ERROR = "missed_within_error"
    BOUND_NOT_REACHED = "bound_not_reached"
    NOT_COMPUTABLE = "not_computable"
    TOO_FEW_VIGNETTES = "too_few_vignettes"


@dataclass(frozen=True, slots=True)
class GateReason:
    """A code and what its sentence needs.

    vignettes   how many there are.
    needed      how many vignettes the gate needs, where it needs more.
    items       the items that the reason is about (items over their line).
    undefined   why the figure cannot be computed, where it cannot.
    """

    code: GateReasonCode
    vignettes: int
    needed: int | None = None
    items: tuple[int, ...] = ()
    undefined: Reason | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "code": self.code.value,
            "vignettes": self.vignettes,
            "needed": self.needed,
            "items": list(self.items),
            "undefined": None if self.undefined is None else self.undefined.value,
        }


@dataclass(frozen=True, slots=True)
class GateResult:
    """How one gate ended, with the figures that justify it.

    value, low, high   the figure and its interval, None where there is none.
    threshold          the line for the value.
    bound              the line for the end of the interval, where the gate has one.
    n                  units behind the value (cells; vignettes for totals and items).
    """

    gate: GateKind
    status: GateStatus
    required: bool
    value: float | None
    low: float | None
    high: float | None
    threshold: float
    bound: float | None
    n: int
    reason: GateReason
    source: str
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded."""
        return {
            "gate": self.gate.value,
            "status": self.status.value,
            "required": self.required,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "threshold": self.threshold,
            "bound": self.bound,
            "n": self.n,
            "reason": self.reason.as_dict(),
            "source": self.source,
            "sentence": self.sentence,
        }


FIGURES: dict[GateKind, str] = {
    GateKind.EXACT: "exact",
    GateKind.WITHIN_ONE: "within_one",
    GateKind.GROSS: "gross_misses",
    GateKind.BIAS: "bias",
    GateKind.SLOPE: "slope",
    GateKind.HALO: "within_vignette_slope",
    GateKind.KAPPA: "kappa_quadratic",
    GateKind.TOTALS: "totals",
    GateKind.RATEABILITY: "mismatches",
    GateKind.ICC: "icc_agreement",
}
"""Which figure of a Comparison a gate looks at; the others look at the table of items."""


NOTHING_TO_JUDGE = Statistic(
    None, None, None, None, 0, "none", Undefined.because(Reason.TOO_FEW_UNITS)
)
"""The figure of a gate on items when no item was rated often enough."""


@dataclass(frozen=True, slots=True)
class _Finding:
    """What a gate's own rule found, before the rules that all gates share."""

    figure: Statistic
    line: Line
    is_reached: bool
    is_bound_reached: bool
    is_clearly_missed: bool
    items: tuple[int, ...] = ()


def judge(gate: Gate, comparison: Comparison) -> GateResult:
    """Judge one gate of a standard on a rater's comparison with the consensus."""
    finding = _RULES[type(gate)](gate, comparison)
    status, reason = _conclude(gate, finding, comparison.vignettes)
    return GateResult(
        gate=gate.kind,
        status=status,
        required=gate.required,
        value=finding.figure.value,
        low=finding.figure.low,
        high=finding.figure.high,
        threshold=finding.line.at,
        bound=finding.line.bound,
        n=finding.figure.n,
        reason=reason,
        source=gate.source,
        sentence=gate.sentence,
    )


def _conclude(gate: Gate, finding: _Finding, vignettes: int) -> tuple[GateStatus, GateReason]:
    code = GateReasonCode
    reason = GateReason(code.REACHED, vignettes, items=finding.items)
    if vignettes < gate.minimum_vignettes:
        too_few = replace(reason, code=code.TOO_FEW_VIGNETTES, needed=gate.minimum_vignettes)
        return _open_if_required(gate), too_few
    if finding.figure.value is None:
        undefined = finding.figure.undefined
        why = None if undefined is None else undefined.reason
        return _open_if_required(gate), replace(reason, code=code.NOT_COMPUTABLE, undefined=why)
    if finding.is_reached and finding.is_bound_reached:
        return GateStatus.MET, reason
    if finding.is_clearly_missed:
        return GateStatus.NOT_MET, replace(reason, code=code.CLEARLY_MISSED)
    if finding.is_reached:
        return GateStatus.UNCLEAR, replace(reason, code=code.BOUND_NOT_REACHED)
    return GateStatus.UNCLEAR, replace(reason, code=code.MISSED_WITHIN_ERROR)


def _open_if_required(gate: Gate) -> GateStatus:
    # Nobody passes a required gate by leaving nothing to judge it on.
    return GateStatus.UNCLEAR if gate.required else GateStatus.NOT_APPLICABLE


def _single(gate: SingleFigureGate, comparison: Comparison) -> _Finding:
    figure: Statistic = getattr(comparison, FIGURES[gate.kind])
    return _held(figure, gate.line)


def _held(figure: Statistic, line: Line) -> _Finding:
    """A figure held against a line."""
    value, low, high = map(_or_nan, (figure.value, figure.low, figure.high))
    return _Finding(
        figure=figure,
        line=line,
        is_reached=bool(line.is_reached(value)),
        is_bound_reached=bool(line.is_bound_reached(low, high)),
        is_clearly_missed=bool(line.is_clearly_missed(low, high)),
    )


def _items(gate: ItemsGate, comparison: Comparison) -> _Finding:
    judged = {
        row.item: _held(row.mae, gate.line)
        for row in comparison.per_item
        if row.n >= gate.item_vignettes
    }
    over = {item: found for item, found in judged.items() if not found.is_reached}
    clear = {item: found for item, found in over.items() if found.is_clearly_missed}
    nothing = _held(NOTHING_TO_JUDGE, gate.line)
    worst = max((clear or over or judged).values(), key=_value, default=nothing)
    return replace(worst, is_reached=not over, is_clearly_missed=bool(clear), items=tuple(over))


def _critical(gate: CriticalGate, comparison: Comparison) -> _Finding:
    if set(comparison.critical_items) != set(gate.items):
        raise ValueError(
            f"comparison was made for critical_items {comparison.critical_items}, "
            f"the gate is about {gate.items}"
        )
    figure = comparison.critical_misses
    missed = [row for row in comparison.per_item if row.item in gate.items and row.gross_count]
    misses = sum(row.gross_count for row in missed)
    allowed = gate.allowed_misses(comparison.vignettes)
    line = replace(gate.line, at=allowed / figure.n if figure.n else 0.0)
    return replace(
        _held(figure, line),
        is_reached=misses <= allowed,
        items=tuple(row.item for row in missed) if misses > allowed else (),
    )


_RULES: dict[type[Any], Callable[[Any, Comparison], _Finding]] = {
    AtLeastGate: _single,
    AtMostGate: _single,
    BiasGate: _single,
    TotalsGate: _single,
    ItemsGate: _items,
    CriticalGate: _critical,
}


def _or_nan(number: float | None) -> float:
    return nan if number is None else number


def _value(finding: _Finding) -> float:
    return finding.figure.value or 0.0
