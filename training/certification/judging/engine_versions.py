"""Figures as an older version of the engine wrote them, to compute its decisions again. Pure.

Version 1.1 cuts the intervals of figures that are never below 0 at 0, and says so in the method.
Version 1.0 did not: its intervals lie as far below the figure as above it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.certification.judging.gate_documents import GateKind

BEFORE_INTERVALS_WERE_CUT = "1.0"


def as_written_by(version: str, figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a decision of today's engine, as this version would have written them.

    A version that nothing is known about is taken to write what today's does.
    """
    written = _uncut(figures) if version == BEFORE_INTERVALS_WERE_CUT else figures
    return {**written, "engine_version": version}


def _uncut(part: Any) -> Any:
    from training.psychometrics.intervals import JACKKNIFE, SIZE  # here, because it needs numpy

    if isinstance(part, list | tuple):
        return [_uncut(each) for each in part]
    if not isinstance(part, Mapping):
        return part
    if part.get("method") == SIZE:
        return {**part, "method": JACKKNIFE, "low": _lower_end(part)}
    if part.get("gate") == GateKind.ITEMS.value:  # its interval is that of a distance
        return {**part, "low": _lower_end(part)}
    return {name: _uncut(each) for name, each in part.items()}


def _lower_end(part: Mapping[str, Any]) -> float | None:
    """As far below the figure as the upper end lies above it."""
    if part["value"] is None or part["high"] is None:
        return None
    return float(2.0 * part["value"] - part["high"])
