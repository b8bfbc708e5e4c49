"""A rater watched over time, in a terminal: what charts found, and every subject since. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from training.measurement.figure_tables import figure_table
from training.measurement.text_layout import (
    Column,
    bullet,
    clipped,
    heading,
    number,
    paragraph,
    table,
)

Result = Mapping[str, Any]

MOST_SUBJECTS = 40
CHARTS = {"cusum": "CUSUM", "ewma": "EWMA"}
TITLES = {
    "signed": "Signed error: more lenient or more severe than before",
    "absolute": "Absolute error: more or less accurate than before",
}


def span(subjects: Sequence[str]) -> str:
    """How many subjects, and which are the first and the last."""
    first, last = clipped(subjects[0], 24), clipped(subjects[-1], 24)
    if len(subjects) == 1:
        return f"1 subject, {first}"
    return f"{len(subjects)} subjects, {first} to {last}"


def drift_lines(result: Result) -> list[str]:
    """For each kind of error the findings, the change since the baseline, and the paths."""
    lines = []
    for kind, error in result["errors"].items():
        lines += heading(TITLES[kind])
        if error["no_charts"]:
            lines += bullet(error["no_charts"], "!")
        for chart in error["charts"]:
            lines += bullet(f"{CHARTS[chart['chart']]}: {chart['sentence']}")
            if signal := chart["signal"]:
                lines += bullet(_which(signal))
        lines += ["", *figure_table({"change_since_baseline": error["change"]})]
        if error["charts"]:
            lines += _paths(result["after"], error)
    return lines


def _which(signal: Result) -> str:
    place, since = signal["vignette"] + 1, signal["change_point"] + 1
    names = f"subject {place} is {clipped(signal['subject'], 30)}"
    if since != place:
        names += f", subject {since} is {clipped(signal['since_subject'], 30)}"
    return f"Counted from the end of the baseline, {names}."


def _paths(subjects: Sequence[str], error: Result) -> list[str]:
    """Where the charts stood after each of the last subjects."""
    cusum, ewma = error["charts"]
    paths = (error["after"], cusum["upper"], cusum["lower"], ewma["average"])
    rows = list(zip(range(1, len(subjects) + 1), subjects, *paths, strict=True))
    columns = (
        Column("", 5, lambda row: str(row[0])),
        Column("  subject", 24, lambda row: f"  {row[1]}", is_text=True),
        Column("error", 9, lambda row: number(row[2])),
        Column("CUSUM up", 11, lambda row: number(row[3])),
        Column("down", 9, lambda row: number(row[4])),
        Column("EWMA", 9, lambda row: number(row[5])),
    )
    lines = ["", *table(columns, rows[-MOST_SUBJECTS:])]
    if len(rows) > MOST_SUBJECTS:
        lines += paragraph(f"{len(rows) - MOST_SUBJECTS} before them; --json has all of them.")
    return lines + paragraph(
        f"Limits: a CUSUM above {number(cusum['limit'])}, an EWMA beyond "
        f"{number(ewma['lower_limit'])} or {number(ewma['upper_limit'])}."
    )
