"""What a person reads in a terminal about a simulated standard, from its dict form. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.certification.simulation.rater_kinds import DESCRIPTIONS, RaterKind
from training.measurement.text_layout import (
    Column,
    bullet,
    fact,
    heading,
    number,
    paragraph,
    table,
)

Result = Mapping[str, Any]

READING = (
    "Form is the share that meets after the first form; not and more are those who do not meet "
    "then and those sent for more evidence. First is the share that meets in the first attempt "
    "with its further vignettes, all the share over all attempts, when nobody learns in between.",
    "The classic rule asks for 80 % of ratings within one point, on the same ratings; again is the "
    "same with as many tries as there are attempts.",
    "Consistency is the share of raters who would end alike on two independent forms; accuracy the "
    "share decided as the true figures of the kind are. Truly says whether these reach every line. "
    "Overall figures take all kinds as equally frequent.",
    "Simulated raters err independently from rating to rating. Real ones do not quite.",
)


def simulation_report(result: Result) -> str:
    """Every kind of rater, the standard beside the classic rule, and what was changed."""
    lines = [*_head(result), *_shares(result), *_quality(result), *_overall(result)]
    if result["as_published"] is not None:
        lines += _changes(result)
    lines += [*heading("How to read it")]
    for text in READING:
        lines += bullet(text)
    return "\n".join(lines)


def _head(result: Result) -> list[str]:
    standard, keys = result["standard"], result["keys"]
    made = f", and {keys['made']} made from them by shuffling their items" if keys["made"] else ""
    lines = ["WHOM THE STANDARD CERTIFIES"]
    lines += fact("standard", f"{standard['slug']}, version {standard['version']}")
    for name, (before, after) in result["changes"].items():
        lines += fact("changed", f"{name} from {before or 'none'} to {after or 'none'}")
    lines += fact("raters", f"{result['replications']} of each kind, seed {result['seed']}")
    lines += fact("keys", f"{keys['published']} of the certification pool{made}")
    if not result["is_complete"]:
        lines += fact("cancelled", "the figures rest on the raters simulated until then")
    return lines


def _shares(result: Result) -> list[str]:
    columns = (
        Column("rater", 31, lambda row: DESCRIPTIONS[RaterKind(row[0])], is_text=True),
        Column("form", 7, lambda row: _share(row[1]["at_form"]["meets"])),
        Column("not", 6, lambda row: _share(row[1]["at_form"]["does_not_meet"])),
        Column("more", 6, lambda row: _share(row[1]["at_form"]["more_evidence"])),
        Column("first", 7, lambda row: _share(row[1]["first_attempt"]["meets"])),
        Column("all", 6, lambda row: _share(row[1]["all_attempts"]["meets"])),
        Column("classic", 8, lambda row: _share(row[1]["classic"]["meets_at_first"])),
        Column("again", 7, lambda row: _share(row[1]["classic"]["meets_over_all"])),
    )
    return [*heading("Share that meets"), *table(columns, list(result["kinds"].items()))]


def _quality(result: Result) -> list[str]:
    columns = (
        Column("rater", 31, lambda row: DESCRIPTIONS[RaterKind(row[0])], is_text=True),
        Column("truly", 7, lambda row: "yes" if row[1]["truly_meets"] else "no"),
        Column("vignettes", 10, lambda row: number(row[1]["mean_vignettes"], 1)),
        Column("consistent", 11, lambda row: _share(row[1]["consistency"])),
        Column("accurate", 9, lambda row: _share(row[1]["accuracy"])),
        Column("classic", 9, lambda row: _share(row[1]["classic"]["accuracy"])),
    )
    rows = list(result["kinds"].items())
    lines = [*heading("Consistency and accuracy of the first attempt"), *table(columns, rows)]
    missed = [name for name, row in rows if row["is_as_aimed"] is False]
    if missed:
        lines += paragraph(f"The aims are missed for: {', '.join(missed)}.")
    return lines


def _overall(result: Result) -> list[str]:
    columns = (
        Column("rule", 24, lambda row: row[0], is_text=True),
        Column("false passes", 14, lambda row: _share(row[1]["false_passes"])),
        Column("over all", 10, lambda row: _share(row[1]["false_passes_over_all"])),
        Column("false fails", 13, lambda row: _share(row[1]["false_fails"])),
        Column("accuracy", 10, lambda row: _share(row[1]["accuracy"])),
    )
    rows = [("the standard", result["overall"]), ("classic rule", result["classic"])]
    if result["as_published"] is not None:
        rows.insert(1, ("as published", result["as_published"]["overall"]))
    return [*heading("Over all kinds"), *table(columns, rows)]


def _changes(result: Result) -> list[str]:
    published = result["as_published"]["kinds"]
    columns = (
        Column("rater", 31, lambda row: DESCRIPTIONS[RaterKind(row[0])], is_text=True),
        Column("first", 8, lambda row: _share(row[1]["first_attempt"]["meets"])),
        Column("before", 8, lambda row: _share(row[2]["first_attempt"]["meets"])),
        Column("all", 8, lambda row: _share(row[1]["all_attempts"]["meets"])),
        Column("before", 8, lambda row: _share(row[2]["all_attempts"]["meets"])),
    )
    rows = [(name, row, published[name]) for name, row in result["kinds"].items()]
    return [*heading("Share that meets, beside the standard as published"), *table(columns, rows)]


def _share(value: float | None) -> str:
    return number(value)
