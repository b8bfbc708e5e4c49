"""The figures stored with a decision, read back as frozen values for pages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from training.certification.judging.decision import Outcome, OutcomeReason
from training.certification.judging.gate_documents import GateKind
from training.certification.judging.gates import GateResult, GateStatus
from training.library.schema import KeyStatus
from training.psychometrics import Direction


@dataclass(frozen=True, slots=True)
class Summary:
    """What a decision says, without the tables behind it and without any key."""

    outcome: Outcome
    reason: OutcomeReason
    gates: tuple[GateResult, ...]
    deciding_gates: tuple[GateKind, ...]
    probability: float | None
    vignettes: int
    vignettes_in_attempt: int
    further_vignettes: int
    confidence: float
    engine_version: str

    @property
    def pooled_vignettes(self) -> int:
        """How many vignettes of earlier attempts count."""
        return self.vignettes - self.vignettes_in_attempt

    @property
    def elements_to_work_on(self) -> tuple[int, ...]:
        """The item numbers that the gates on single items name, each once."""
        named = {
            item
            for gate in self.gates
            if gate.status is not GateStatus.MET
            for item in gate.reason.items
        }
        return tuple(sorted(named))


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item over all vignettes, for the certifier; shares are of `n` and `mismatches`."""

    item: int
    n: int
    mismatches: int
    exact: float | None
    within_one: float | None
    gross_count: int
    bias: float | None
    mae: float | None
    direction: Direction


@dataclass(frozen=True, slots=True)
class VignetteRow:
    """One vignette over all items, for the certifier; totals are left out, they hold the key's."""

    session: str
    attempt: int
    slug: str
    vignette_digest: str
    key_digest: str
    key_status: KeyStatus
    n: int
    mismatches: int
    exact: float | None
    within_one: float | None
    gross_count: int
    bias: float | None
    mae: float | None
    is_total_within: bool | None


def summary_of(figures: Mapping[str, Any]) -> Summary:
    """The summary of a decision from its stored figures."""
    confidence = figures["comparison"]["confidence"]
    return _stored_summaries().validate_python({**figures, "confidence": confidence})


@cache
def _stored_summaries() -> TypeAdapter[Summary]:
    # Put together when the first is read, and not by every start.
    return TypeAdapter(Summary)


def item_rows(figures: Mapping[str, Any]) -> tuple[ItemRow, ...]:
    """The table of items behind a decision."""
    return tuple(
        ItemRow(
            item=row["item"],
            n=row["n"],
            mismatches=row["exact"]["n"] - row["n"],
            exact=row["exact"]["value"],
            within_one=row["within_one"]["value"],
            gross_count=row["gross_count"],
            bias=row["bias"]["value"],
            mae=row["mae"]["value"],
            direction=Direction(row["direction"]),
        )
        for row in figures["comparison"]["per_item"]
    )


def vignette_rows(
    figures: Mapping[str, Any], evidence: Mapping[str, Any]
) -> tuple[VignetteRow, ...]:
    """The table of vignettes behind a decision, in the order in which they were rated."""
    rows = {row["vignette"]: row for row in figures["comparison"]["per_vignette"]}
    return tuple(
        _vignette_row(session, rows[session["session"]])
        for session in evidence["sessions"]
        if session["session"] in rows
    )


def _vignette_row(session: Mapping[str, Any], row: Mapping[str, Any]) -> VignetteRow:
    return VignetteRow(
        session=session["session"],
        attempt=session["attempt"],
        slug=session["vignette"],
        vignette_digest=session["vignette_digest"],
        key_digest=session["key_digest"],
        key_status=KeyStatus(session["key_status"]),
        n=row["n"],
        mismatches=row["mismatches"],
        exact=row["exact"],
        within_one=row["within_one"],
        gross_count=row["gross_count"],
        bias=row["bias"],
        mae=row["mae"],
        is_total_within=row["is_total_within"],
    )


def key_statuses(evidence: Mapping[str, Any]) -> frozenset[KeyStatus]:
    """The kinds of key a decision rests on."""
    return frozenset(KeyStatus(session["key_status"]) for session in evidence["sessions"])


def instrument_digests(evidence: Mapping[str, Any]) -> tuple[str, ...]:
    """The versions of the instrument the evidence was rated on, each once, in order of use."""
    return tuple(dict.fromkeys(session["instrument_digest"] for session in evidence["sessions"]))
