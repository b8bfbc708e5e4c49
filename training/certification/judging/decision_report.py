"""What a person reads in a terminal about decisions, from their dict form. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.measurement.text_layout import (
    Column,
    bullet,
    clipped,
    fact,
    heading,
    number,
    paragraph,
    table,
)

Result = Mapping[str, Any]

MOST_BLOCKS = 10
"""More raters than this are shown as one line each."""

OUTCOMES = {
    "meets": "meets the standard",
    "does_not_meet": "does not meet the standard",
    "more_evidence": "more evidence needed",
}
STATUSES = {
    "met": "met",
    "not_met": "NOT MET",
    "unclear": "unclear",
    "not_applicable": "not applicable",
}
GATES = {
    "exact": "exact",
    "within_one": "within one",
    "gross": "gross misses",
    "bias": "bias",
    "slope": "slope",
    "halo": "slope within vignettes",
    "kappa": "kappa, quadratic",
    "items": "every item",
    "totals": "totals",
    "critical": "critical items",
    "rateability": "rateability",
    "icc": "ICC(A,1)",
}
READING = (
    "A gate is not met when its whole interval lies on the wrong side of the line; unclear when "
    "the evidence is too thin to say. A rater meets the standard when every gate that applies is "
    "met, and does not when one is not met or the largest number of vignettes is reached.",
    "The probability is that of the true figures lying on the right side of all lines. It "
    "describes and never decides.",
    "Every threshold is provisional policy. The reference is taken as true.",
)


def decision_report(result: Result) -> str:
    """The outcome for every rater, gate by gate where they are few."""
    standard, raters = result["standard"], result["raters"]
    lines = ["DECISION", *fact("standard", f"{standard['slug']}, version {standard['version']}")]
    if not raters:
        lines += ["", *paragraph("Nobody but the reference rated, so there is nobody to judge.")]
    elif len(raters) > MOST_BLOCKS:
        lines += ["", *_line_per_rater(raters)]
    else:
        for name, rater in raters.items():
            lines += _block(name, rater)
    lines += heading("How to read it")
    for text in READING:
        lines += bullet(text)
    return "\n".join(lines)


def _line_per_rater(raters: Mapping[str, Result]) -> list[str]:
    columns = (
        Column("rater", 22, lambda row: row[0], is_text=True),
        Column("outcome", 28, lambda row: OUTCOMES[row[1]["outcome"]], is_text=True),
        Column("vignettes", 9, lambda row: str(row[1]["vignettes"])),
        Column("probability", 12, lambda row: number(row[1]["probability"], 2)),
    )
    return table(columns, list(raters.items()))


def _block(name: str, rater: Result) -> list[str]:
    lines = heading(f"{clipped(name, 40)}: {OUTCOMES[rater['outcome']]}")
    lines += fact("evidence", f"{rater['cells']} ratings in {rater['vignettes']} vignettes")
    lines += fact("probability", number(rater["probability"], 2))
    columns = (
        Column("gate", 24, lambda gate: GATES[gate["gate"]], is_text=True),
        Column("", 15, lambda gate: STATUSES[gate["status"]], is_text=True),
        Column("value", 8, lambda gate: number(gate["value"])),
        Column("low", 9, lambda gate: number(gate["low"])),
        Column("high", 9, lambda gate: number(gate["high"])),
        Column("line", 9, lambda gate: number(gate["threshold"])),
    )
    lines += ["", *table(columns, rater["gates"])]
    for gate in rater["gates"]:
        if gate["status"] != "met":
            lines += bullet(f"{GATES[gate['gate']]}: {gate['reason']}")
    return lines
