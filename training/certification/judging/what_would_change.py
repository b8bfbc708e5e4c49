"""What another standard would have said about evidence that was decided on before. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from training.certification.judging.decision import Outcome, conclude, judge
from training.certification.judging.evidence import evidence_of
from training.certification.judging.gate_documents import GateKind
from training.certification.judging.standard import Standard


@dataclass(frozen=True, slots=True)
class OtherOutcome:
    """What the standard says, and the gates it turns on."""

    outcome: Outcome
    deciding_gates: tuple[GateKind, ...]


def outcome_under(standard: Standard, evidence: Mapping[str, Any]) -> OtherOutcome:
    """Judge stored evidence by a standard, which need not be the one it was decided by.

    A standard that does not pool attempts sees the ratings of the attempt decided on and no
    earlier ones; one that pools cannot see more than was kept with the decision.
    """
    from training.psychometrics import compare_with_consensus  # here, because it needs numpy

    seen = dict(evidence)
    if not standard.attempts.pooled:
        seen["sessions"] = [
            session for session in evidence["sessions"] if session["attempt"] == evidence["attempt"]
        ]
    shown = evidence_of(seen)
    comparison = compare_with_consensus(
        shown.ratings,
        scale=shown.scale,
        confidence=standard.confidence,
        total_tolerance=standard.total_tolerance,
        critical_items=standard.critical_items,
    )
    gates = tuple(judge(gate, comparison) for gate in standard.gates)
    outcome, _, deciding = conclude(standard, gates, shown.vignettes_in_attempt)
    return OtherOutcome(outcome, deciding)
