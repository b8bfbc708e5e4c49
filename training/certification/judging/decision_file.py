"""From a table of ratings to the evidence on each rater, and to what is said of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from training.certification.judging.decision import Decision, Evidence
from training.certification.judging.gate_sentences import sentence_of
from training.psychometrics.arrays import IntArray
from training.psychometrics.ratings import Ratings
from training.psychometrics.table import RatingTable

ITEM = re.compile(r"(?:item[ _-]?)?0*([1-9][0-9]{0,3})", re.IGNORECASE)
"""An item is named by its number in the instrument: 1, 01, item 1. A guess would be worse."""


class ItemNamesError(ValueError):
    """Items of a table that are not the instrument's; as text all faults, one per line."""


@dataclass(frozen=True, slots=True)
class RaterEvidence:
    """What a table holds on one rater.

    left_out   cells that the reference rated, in vignettes that this rater rated, and this rater
               did not; they count for nothing.
    """

    evidence: Evidence
    left_out: int


def numbers_of_items(table: RatingTable, items: Sequence[int]) -> dict[str, int]:
    """The number of each item name of the table. Raises ItemNamesError."""
    if not table.has_items:
        raise ItemNamesError("there is no column item; a standard judges item by item")
    faults: list[str] = []
    found: dict[str, int] = {}
    for name in table.items:
        match = ITEM.fullmatch(name)
        number = int(match[1]) if match else None
        if number is None or number not in items:
            faults.append(
                f"{name!r} is no item of the instrument; write its number, "
                f"{items[0]} to {items[-1]}"
            )
        elif number in found.values():
            first = next(other for other, taken in found.items() if taken == number)
            faults.append(f"{first!r} and {name!r} are the same item; write it one way")
        else:
            found[name] = number
    if faults:
        raise ItemNamesError("\n".join(faults))
    return found


def evidence_on(
    table: RatingTable,
    rater: str,
    *,
    reference: str,
    items: dict[str, int],
    scale: tuple[int, ...],
) -> RaterEvidence:
    """What this rater and the reference both rated, all its vignettes taken as one attempt."""
    given, expected = (_cells(table, table.raters.index(name)) for name in (rater, reference))
    both = sorted(given.keys() & expected.keys())
    numbers = [items[name] for name in table.items]
    ratings = Ratings(
        [table.subjects[subject] for subject, _ in both],
        [numbers[item] for _, item in both],
        [given[cell] for cell in both],
        [expected[cell] for cell in both],
    )
    subjects = {subject for subject, _ in both}
    left_out = sum(cell[0] in subjects and cell not in given for cell in expected)
    evidence = Evidence(ratings, vignettes_in_attempt=len(ratings.vignettes), scale=scale)
    return RaterEvidence(evidence, left_out)


def _cells(table: RatingTable, rater: int) -> dict[tuple[int, int], float]:
    rows: IntArray = (table.rater == rater).nonzero()[0]
    return {
        (subject, item): score
        for subject, item, score in zip(
            table.subject[rows].tolist(),
            table.item[rows].tolist(),
            table.score[rows].tolist(),
            strict=True,
        )
    }


def decision_as_dict(decision: Decision) -> dict[str, Any]:
    """What the command gives as JSON on one rater: the decision without the tables behind it."""
    return {
        "outcome": decision.outcome.value,
        "probability": decision.probability,
        "vignettes": decision.vignettes,
        "cells": decision.comparison.cells,
        "gates": [
            {
                "gate": gate.gate.value,
                "status": gate.status.value,
                "value": gate.value,
                "low": gate.low,
                "high": gate.high,
                "threshold": gate.threshold,
                "reason": sentence_of(gate),
            }
            for gate in decision.gates
        ],
    }
