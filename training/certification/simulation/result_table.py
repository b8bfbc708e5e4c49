"""The result of a run as the rows of one table, for spreadsheets. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

COLUMNS = (
    "standard",
    "kind",
    "raters",
    "truly_meets",
    "form_meets",
    "form_does_not_meet",
    "form_more_evidence",
    "first_meets",
    "first_low",
    "first_high",
    "all_meets",
    "mean_vignettes",
    "mean_vignettes_over_all",
    "mean_attempts",
    "consistency",
    "accuracy",
    "accuracy_over_all",
    "classic_first_meets",
    "classic_all_meets",
    "classic_consistency",
    "classic_accuracy",
    "is_as_aimed",
)


def rows_of(result: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """One row for each kind: of the standard that was tried, then of it as published."""
    yield from _rows("tried", result["kinds"])
    if result["as_published"] is not None:
        yield from _rows("as published", result["as_published"]["kinds"])


def _rows(standard: str, kinds: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for kind, row in kinds.items():
        at_form, classic = row["at_form"], row["classic"]
        yield (
            standard,
            kind,
            row["raters"],
            row["truly_meets"],
            at_form["meets"],
            at_form["does_not_meet"],
            at_form["more_evidence"],
            row["first_attempt"]["meets"],
            row["low"],
            row["high"],
            row["all_attempts"]["meets"],
            row["mean_vignettes"],
            row["mean_vignettes_over_all"],
            row["mean_attempts"],
            row["consistency"],
            row["accuracy"],
            row["accuracy_over_all"],
            classic["meets_at_first"],
            classic["meets_over_all"],
            classic["consistency"],
            classic["accuracy"],
            row["is_as_aimed"],
        )
