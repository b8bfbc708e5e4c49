"""From evidence to a decision: judge every gate, then say what follows. Pure.

In short::

    evidence = Evidence(ratings, vignettes_in_attempt=8, scale=(0, 1, 2, 3, 4))
    decision = decide(standard, evidence, now=now)      # the same evidence, the same decision
    decision.outcome                                    # Outcome.MEETS, ...
    decision.gates                                      # one GateResult per gate of the standard
    decision.further_vignettes                          # how many more are needed, 0 if none
    decision.as_dict()                                  # JSON-safe, goes into the dossier
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from training.certification.judging.gate_documents import GateKind
from training.certification.judging.gates import (
    GateReason,
    GateReasonCode,
    GateResult,
    GateStatus,
    judge,
)
from training.certification.judging.standard import Standard
from training.psychometrics import ENGINE_VERSION, Comparison

if TYPE_CHECKING:
    from training.psychometrics import Ratings

__all__ = [
    "Decision",
    "Evidence",
    "GateReason",
    "GateReasonCode",
    "GateResult",
    "GateStatus",
    "Outcome",
    "OutcomeReason",
    "conclude",
    "decide",
    "judge",
]


class Outcome(StrEnum):
    """What the evidence says about a rater."""

    MEETS = "meets"
    DOES_NOT_MEET = "does_not_meet"
    MORE_EVIDENCE = "more_evidence"


class OutcomeReason(StrEnum):
    """Why; `Decision.deciding_gates` names the gates it is about."""

    ALL_GATES_MET = "all_gates_met"
    GATE_CLEARLY_MISSED = "gate_clearly_missed"
    EVIDENCE_EXHAUSTED = "evidence_exhausted"
    GATES_UNCLEAR = "gates_unclear"
    FORM_INCOMPLETE = "form_incomplete"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a decision rests on.

    ratings               every cell that counts, those of earlier attempts included where the
                          standard pools them; one vignette name per rating session.
    vignettes_in_attempt  how many of these vignettes belong to the current attempt, which is
                          what the standard's form and maximum count.
    scale                 the instrument's categories.
    """

    ratings: Ratings
    vignettes_in_attempt: int
    scale: tuple[int, ...]

    def __post_init__(self) -> None:
        vignettes = len(self.ratings.vignettes)
        if not 0 <= self.vignettes_in_attempt <= vignettes:
            raise ValueError(
                f"vignettes_in_attempt must lie between 0 and the {vignettes} vignettes of "
                f"ratings, not {self.vignettes_in_attempt!r}"
            )


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome, every gate, and what it was computed from.

    probability        that the rater truly meets the lines, see `probability_of_meeting`;
                       None where it cannot be computed.
    deciding_gates     the gates the reason is about.
    vignettes          all vignettes behind the figures, pooled ones included.
    further_vignettes  how many more to rate now; 0 unless more evidence is needed.
    comparison         the figures at the standard's confidence.
    """

    outcome: Outcome
    reason: OutcomeReason
    deciding_gates: tuple[GateKind, ...]
    gates: tuple[GateResult, ...]
    probability: float | None
    vignettes: int
    vignettes_in_attempt: int
    further_vignettes: int
    comparison: Comparison
    standard_slug: str
    standard_version: str
    engine_version: str
    decided_at: datetime

    def gate(self, kind: GateKind) -> GateResult:
        """The result of one gate; KeyError when the standard has no such gate."""
        for result in self.gates:
            if result.gate is kind:
                return result
        raise KeyError(kind)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded, in a fixed order."""
        return {
            "outcome": self.outcome.value,
            "reason": self.reason.value,
            "deciding_gates": [kind.value for kind in self.deciding_gates],
            "gates": [result.as_dict() for result in self.gates],
            "probability": self.probability,
            "vignettes": self.vignettes,
            "vignettes_in_attempt": self.vignettes_in_attempt,
            "further_vignettes": self.further_vignettes,
            "comparison": self.comparison.as_dict(),
            "standard_slug": self.standard_slug,
            "standard_version": self.standard_version,
            "engine_version": self.engine_version,
            "decided_at": self.decided_at.isoformat(),
        }


def decide(standard: Standard, evidence: Evidence, *, now: datetime) -> Decision:
    """Apply a standard to the evidence.

    Meets when every applicable gate is met. Does not meet when a gate is clearly missed, its
    whole interval on the wrong side, or when the attempt has reached its maximum of vignettes.
    Otherwise, and always before the form is complete, more evidence is needed.

    Raises ValueError for a score off the scale, a `now` without a time zone, and for evidence
    pooled over attempts under a standard that does not pool.
    """
    # Here, because both need numpy, and most workers never decide.
    from training.certification.judging.probability import probability_of_meeting
    from training.psychometrics import compare_with_consensus

    _check(standard, evidence, now)
    comparison = compare_with_consensus(
        evidence.ratings,
        scale=evidence.scale,
        confidence=standard.confidence,
        total_tolerance=standard.total_tolerance,
        critical_items=standard.critical_items,
    )
    gates = tuple(judge(gate, comparison) for gate in standard.gates)
    outcome, reason, deciding = conclude(standard, gates, evidence.vignettes_in_attempt)
    return Decision(
        outcome=outcome,
        reason=reason,
        deciding_gates=deciding,
        gates=gates,
        probability=probability_of_meeting(standard, evidence.ratings, comparison),
        vignettes=comparison.vignettes,
        vignettes_in_attempt=evidence.vignettes_in_attempt,
        further_vignettes=_further_vignettes(standard, outcome, evidence.vignettes_in_attempt),
        comparison=comparison,
        standard_slug=standard.slug,
        standard_version=standard.version,
        engine_version=ENGINE_VERSION,
        decided_at=now,
    )


def conclude(
    standard: Standard, gates: Sequence[GateResult], vignettes_in_attempt: int
) -> tuple[Outcome, OutcomeReason, tuple[GateKind, ...]]:
    """What follows from the gates: the outcome, why, and the gates it turns on."""
    missed = _with_status(gates, GateStatus.NOT_MET)
    unclear = _with_status(gates, GateStatus.UNCLEAR)
    met = _with_status(gates, GateStatus.MET)
    if vignettes_in_attempt < standard.form.vignettes:
        return Outcome.MORE_EVIDENCE, OutcomeReason.FORM_INCOMPLETE, ()
    if missed:
        return Outcome.DOES_NOT_MEET, OutcomeReason.GATE_CLEARLY_MISSED, missed
    if not unclear:  # and then some gate is met, because a standard has a required one
        return Outcome.MEETS, OutcomeReason.ALL_GATES_MET, met
    if vignettes_in_attempt >= standard.form.maximum:
        return Outcome.DOES_NOT_MEET, OutcomeReason.EVIDENCE_EXHAUSTED, unclear
    return Outcome.MORE_EVIDENCE, OutcomeReason.GATES_UNCLEAR, unclear


def _check(standard: Standard, evidence: Evidence, now: datetime) -> None:
    if now.tzinfo is None:
        raise ValueError(f"now must have a time zone, not {now!r}")
    pooled = len(evidence.ratings.vignettes) - evidence.vignettes_in_attempt
    if pooled and not standard.attempts.pooled:
        raise ValueError(
            f"ratings holds {pooled} vignettes of earlier attempts, "
            f"and {standard.slug} does not pool attempts"
        )


def _further_vignettes(standard: Standard, outcome: Outcome, vignettes_in_attempt: int) -> int:
    if outcome is not Outcome.MORE_EVIDENCE:
        return 0
    form = standard.form
    if vignettes_in_attempt < form.vignettes:
        return form.vignettes - vignettes_in_attempt
    return min(form.step, form.maximum - vignettes_in_attempt)


def _with_status(gates: Sequence[GateResult], status: GateStatus) -> tuple[GateKind, ...]:
    return tuple(result.gate for result in gates if result.status is status)
