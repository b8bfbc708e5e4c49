"""The tables of a cohort's export: their columns, and their rows as CSV. Pure.

Ratings are a long table, one row for each rater, vignette and item. Agreement is one row for each
rater and vignette. Every row belongs to one instrument, which it names.

A row is made of runs of cells, because most of what stands in it stands in others too: the rater
and the session in twelve, a score beside its reference in thousands. Each run is written once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import chain, starmap

from training.calibration.agreement import AgreementSums

NOT_RATEABLE = "NR"
DROPPED = "dropped"
RUNS_KEPT = 4_096  # of some hundred bytes; more than the scores beside all keys and their evidence
NEEDS_QUOTES = re.compile(r'[",\r\n]')

Cell = str | int | float | None
Run = tuple[Cell, ...]
Row = Sequence[Run]


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
    "blind",
    "submitted_at",
)
# The columns by the runs of a row.
HEADERS: dict[ExportTable, tuple[tuple[str, ...], ...]] = {
    ExportTable.RATINGS: (
        SESSION_COLUMNS,
        ("item", "rating", "reference", "difference"),
        ("evidence",),
    ),
    ExportTable.AGREEMENT: (
        SESSION_COLUMNS,
        (
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
    ),
}
COLUMNS = {table: tuple(chain.from_iterable(header)) for table, header in HEADERS.items()}


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


def csv_lines(header: Row, parts: Iterable[Iterable[Row]]) -> Iterator[str]:
    """The file as RFC 4180 has it, its header first, then each part as one piece of text.

    The rows come with safe cells.
    """
    # By type as well: 0 and 0.0 are equal, and are not written alike.
    text_of = lru_cache(RUNS_KEPT, typed=True)(_as_csv)
    for part in chain([[header]], parts):
        yield "".join([",".join(starmap(text_of, row)) + "\r\n" for row in part])


def _as_csv(*run: Cell) -> str:
    return ",".join(map(_quoted, run))


def _quoted(cell: Cell) -> str:
    text = "" if cell is None else str(cell)
    return '"' + text.replace('"', '""') + '"' if NEEDS_QUOTES.search(text) else text
