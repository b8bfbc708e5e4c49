"""The tables of a cohort's export: their columns, and their rows as CSV. Pure.

Ratings are a long table, one row for each rater, vignette and item. Agreement is one row for each
rater and vignette. Every row belongs to one instrument, which it names.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from training.calibration.agreement import AgreementSums
from training.panels.cells import safe_cell

NOT_RATEABLE = "NR"
DROPPED = "dropped"

Cell = str | int | float | None
Row = Sequence[Cell]


class ExportTable(StrEnum):
    """What an export holds; the value is the name of its file and of its sheet."""

    RATINGS = "ratings"
    AGREEMENT = "agreement"


SESSION_COLUMNS = (
    "rater_id",
    "rater",
    "instrument",
    "instrument_version",
    "vignette",
    "vignette_version",
    "key_version",
    "number",
    "submitted_at",
)
COLUMNS = {
    ExportTable.RATINGS: (
        *SESSION_COLUMNS,
        "item",
        "rating",
        "reference",
        "difference",
        "evidence",
    ),
    ExportTable.AGREEMENT: (
        *SESSION_COLUMNS,
        "key_status",
        "rated_items",
        "exact",
        "within_one",
        "gross_misses",
        "rateability_mismatches",
        "exact_share",
        "within_one_share",
        "bias",
        "mean_absolute_difference",
        "engine_version",
    ),
}


def agreement_cells(sums: AgreementSums) -> tuple[Cell, ...]:
    """From `rated_items` to `mean_absolute_difference`, unrounded; what is undefined is None."""
    return (
        sums.rated_cells,
        sums.exact,
        sums.within_one,
        sums.gross_misses,
        sums.rateability_mismatches,
        sums.exact_share,
        sums.within_one_share,
        sums.bias,
        sums.mean_absolute_difference,
    )


def safe_row(row: Iterable[Cell]) -> tuple[Cell, ...]:
    """Cells of which no spreadsheet takes one for a formula."""
    return tuple(cell if not isinstance(cell, str) else str(safe_cell(cell)) for cell in row)


def csv_lines(columns: Row, parts: Iterable[Iterable[Row]]) -> Iterator[str]:
    """The file as RFC 4180 has it, its header first, then each part as one piece of text.

    The rows come with safe cells: made safe here, what a session's rows share would be looked
    at anew for each of them.
    """
    yield _lines([columns])
    for part in parts:
        yield _lines(part)


def _lines(rows: Iterable[Row]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
