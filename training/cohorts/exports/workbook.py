"""A cohort's export as one spreadsheet file, written row by row to the disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO

from training.cohorts.exports.tables import Row

# The library writes cell by cell, some 12 microseconds each: this many take a quarter of a minute.
MOST_RATINGS = 100_000
ROWS_PER_SHEET = 1_000_000  # a sheet of Excel has 1,048,576
# A text stays a text: no formula, no link, no number.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table; where it has more rows than a sheet holds, it goes on in "name 2"."""

    name: str
    header: Row
    rows: Iterable[Row]


def workbook_file(sheets: Iterable[Sheet]) -> IO[bytes]:
    """The file in the XLSX format, at its beginning; closing it removes it from the disk.

    Each row is on the disk before the next one is asked for, so that what is in memory does not
    grow with them.
    """
    from xlsxwriter import Workbook  # only who takes a workbook loads it

    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with Workbook(file, OPTIONS) as workbook:
        bold = workbook.add_format({"bold": True})
        for sheet in sheets:
            for name, rows in _in_pieces(sheet):
                page = workbook.add_worksheet(name)
                page.write_row(0, 0, chain.from_iterable(sheet.header), bold)
                page.freeze_panes(1, 0)
                for place, row in enumerate(rows, start=1):
                    page.write_row(place, 0, chain.from_iterable(row))
    file.seek(0)
    return file


def _in_pieces(sheet: Sheet) -> Iterator[tuple[str, Iterable[Row]]]:
    rows, number = iter(sheet.rows), 1
    yield sheet.name, islice(rows, ROWS_PER_SHEET)
    while (further := next(rows, None)) is not None:
        number += 1
        yield f"{sheet.name} {number}", chain([further], islice(rows, ROWS_PER_SHEET - 1))
