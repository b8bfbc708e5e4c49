"""The many-facet Rasch model in a terminal: facets on one ruler, thresholds, interactions. Pure."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from training.measurement.text_layout import (
    Column,
    heading,
    number,
    paragraph,
    plain,
    strip,
    strip_column,
    table,
)

Result = Mapping[str, Any]

MOST_ELEMENTS = 40
MOST_PAIRS = 10
NOTICEABLE_T = 2.0


def facets_lines(result: Result) -> list[str]:
    """Every facet by measure with what tells it apart, the thresholds, and what stands out."""
    start, end = _ruler(result)
    lines = []
    for facet in ("raters", "items", "subjects"):
        if result[facet]:
            lines += _facet(facet, result[facet], result["reliability"].get(facet), start, end)
    lines += _thresholds(result, start, end)
    return lines + _interactions(result.get("interactions", ()))


def _ruler(result: Result) -> tuple[float, float]:
    """Whole logits around all measures, the same line for every facet."""
    measures = [
        element["measure"]
        for facet in ("raters", "items", "subjects")
        for element in result[facet].values()
        if element["measure"] is not None
    ]
    measures += result["thresholds"]
    start, end = math.floor(min(measures, default=0.0)), math.ceil(max(measures, default=0.0))
    return float(start), float(max(end, start + 1))


def _facet(
    facet: str, elements: Mapping[str, Result], reliability: Result | None, start: float, end: float
) -> list[str]:
    measured = [row for row in elements.items() if row[1]["measure"] is not None]
    measured.sort(key=lambda row: (-row[1]["measure"], row[0]))
    columns = (
        Column("", 19, lambda row: row[0], is_text=True),
        Column("measure", 8, lambda row: number(row[1]["measure"], 2)),
        Column("SE", 6, lambda row: number(row[1]["se"], 2)),
        Column("infit", 7, lambda row: number(row[1]["infit"], 2)),
        Column("z", 6, lambda row: number(row[1]["infit_z"], 1)),
        Column("outfit", 7, lambda row: number(row[1]["outfit"], 2)),
        Column("z", 6, lambda row: number(row[1]["outfit_z"], 1)),
        Column("n", 7, lambda row: str(row[1]["n"])),
        strip_column(
            lambda row: strip(row[1]["measure"], start=start, end=end), start=start, end=end
        ),
    )
    half = MOST_ELEMENTS // 2
    lines = heading(f"{facet.capitalize()}, highest measure first")
    if len(measured) <= MOST_ELEMENTS:
        lines += table(columns, measured)
    else:
        lines += table(columns, measured[:half])
        lines += paragraph(f"... {len(measured) - MOST_ELEMENTS} more; --json has all of them ...")
        lines += table(columns, measured[-half:])[1:]
    return lines + _reliability(reliability)


def _reliability(reliability: Result | None) -> list[str]:
    if reliability is None:
        return []
    if reliability["undefined"] is not None:
        return paragraph(reliability["undefined"]["message"])
    lines = paragraph(
        f"Told apart: reliability {number(reliability['reliability'], 2)}, separation "
        f"{number(reliability['separation'], 2)}, strata {number(reliability['strata'], 1)}."
    )
    if reliability["p_value"] is not None:
        lines += paragraph(
            f"Were they the same but for error: chi-square {number(reliability['chi_square'], 1)} "
            f"on {reliability['degrees_of_freedom']}, p {_probability(reliability['p_value'])}."
        )
    return lines


def _thresholds(result: Result, start: float, end: float) -> list[str]:
    rows = list(
        zip(
            result["threshold_categories"],
            result["thresholds"],
            result["threshold_se"],
            strict=True,
        )
    )
    columns = (
        Column("category", 19, lambda row: plain(row[0]), is_text=True),
        Column("measure", 8, lambda row: number(row[1], 2)),
        Column("SE", 6, lambda row: number(row[2], 2)),
        strip_column(lambda row: strip(row[1], start=start, end=end), start=start, end=end),
    )
    lines = [*heading("Thresholds: from here on more likely than the category below")]
    lines += table(columns, rows)
    measures = result["thresholds"]
    if any(upper < lower for lower, upper in itertools.pairwise(measures)):
        lines += paragraph(
            "They do not rise throughout: a category between two that are out of order is never "
            "the most likely one. It may be rare, or not understood alike."
        )
    return lines


def _interactions(interactions: Sequence[Result]) -> list[str]:
    """Items that a rater treats unlike the other items, the surest first."""
    found = [row for row in interactions if abs(row["t"]) >= NOTICEABLE_T]
    found.sort(key=lambda row: -abs(row["t"]))
    if not found:
        return []
    columns = (
        Column("rater", 19, lambda row: row["rater"], is_text=True),
        Column("item", 19, lambda row: row["item"], is_text=True),
        Column("logits", 9, lambda row: number(row["measure"], 2)),
        Column("SE", 7, lambda row: number(row["se"], 2)),
        Column("t", 7, lambda row: number(row["t"], 1)),
        Column("points", 9, lambda row: number(row["observed_minus_expected"], 2)),
        Column("n", 6, lambda row: str(row["n"])),
    )
    lines = [*heading("Raters who treat an item unlike the others")]
    lines += table(columns, found[:MOST_PAIRS])
    if len(found) > MOST_PAIRS:
        lines += paragraph(f"And {len(found) - MOST_PAIRS} more.")
    return lines + paragraph(
        "Positive: scored higher there than the rater's severity makes expect. Of a hundred such "
        f"pairs some five have a t beyond {plain(NOTICEABLE_T)} by chance; there are "
        f"{len(interactions)}."
    )


def _probability(value: float) -> str:
    return "below 0.001" if value < 0.001 else number(value)
