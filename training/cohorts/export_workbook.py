"""A cohort's export as one spreadsheet file in the XLSX format, written row by row to the disk.

Only what ECMA-376 asks for, as inline texts and numbers. A library that writes cell by cell takes
thirty times as long: it looks at each cell again, and most of them stand in many rows.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from io import TextIOWrapper
from itertools import accumulate, chain, islice
from string import ascii_uppercase
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from training.cohorts.export_tables import RUNS_KEPT, Cell, Row, Run

COMPRESSION = 2  # of 1 to 9; the usual 6 takes half as long again for a seventh less
ROWS_PER_SHEET = 1_000_000  # a sheet of Excel has 1,048,576
BOLD = ' s="1"'  # the second of the formats in STYLES
THIS_ROW = "\0"  # in a run that is kept, its row's number; no text of XML has this character
# What XML cannot hold, and what Excel would read as such a character.
NEEDS_ESCAPE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# The header stays in view.
SHEET_HEAD = f"""{DECLARATION}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">\
<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>\
</sheetView></sheetViews><sheetData>"""
SHEET_TAIL = "</sheetData></worksheet>"
STYLES = f"""{DECLARATION}<styleSheet xmlns="{MAIN}">\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
</styleSheet>"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table; where it has more rows than a sheet holds, it goes on in "name 2".

    The header has as many runs of cells as each of the rows, of the same lengths.
    """

    name: str
    header: Row
    rows: Iterable[Row]


def workbook_file(sheets: Iterable[Sheet]) -> IO[bytes]:
    """The file in the XLSX format, at its beginning; closing it removes it from the disk.

    Each row is on its way to the disk before the next one is asked for, so that what is in memory
    does not grow with them.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    names: list[str] = []
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=COMPRESSION) as archive:
        for sheet in sheets:
            for name, rows in _in_pieces(sheet):
                names.append(name)
                with (
                    archive.open(f"xl/worksheets/sheet{len(names)}.xml", "w") as page,
                    TextIOWrapper(page, "utf-8", newline="") as text,
                ):
                    text.writelines(_sheet_xml(sheet.header, rows))
        for place, part in _parts_beside(names).items():
            archive.writestr(place, part)
    file.seek(0)
    return file


def _in_pieces(sheet: Sheet) -> Iterator[tuple[str, Iterable[Row]]]:
    rows, number = iter(sheet.rows), 1
    yield sheet.name, islice(rows, ROWS_PER_SHEET)
    while (further := next(rows, None)) is not None:
        number += 1
        yield f"{sheet.name} {number}", chain([further], islice(rows, ROWS_PER_SHEET - 1))


def _sheet_xml(header: Row, rows: Iterable[Row]) -> Iterator[str]:
    starts = list(accumulate(map(len, header[:-1]), initial=0))
    kept = lru_cache(RUNS_KEPT)(_as_xml)
    yield SHEET_HEAD
    yield _row_xml(1, map(partial(_as_xml, style=BOLD), starts, header))
    for number, row in enumerate(rows, start=2):
        yield _row_xml(number, map(kept, starts, row))
    yield SHEET_TAIL


def _row_xml(number: int, runs: Iterable[str]) -> str:
    cells = "".join(runs).replace(THIS_ROW, str(number))
    return f'<row r="{number}">{cells}</row>'


def _as_xml(start: int, run: Run, style: str = "") -> str:
    """The cells of a run whose first one is in this column, counted from 0, of any row."""
    return "".join(
        _cell_xml(f'r="{letter}{THIS_ROW}"{style}', cell)
        for letter, cell in zip(ascii_uppercase[start:], run, strict=False)
    )


def _cell_xml(attributes: str, cell: Cell) -> str:
    """A text stays a text: no formula, no link, no number."""
    if cell is None or cell == "":
        return ""
    if not isinstance(cell, str):
        return f"<c {attributes}><v>{cell}</v></c>"
    text = NEEDS_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", cell)
    return f'<c {attributes} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _parts_beside(names: Sequence[str]) -> dict[str, str]:
    """What makes a workbook of sheets with these names: the parts by their place in the file."""
    numbered = list(enumerate(names, start=1))
    types = [
        ("/xl/workbook.xml", "sheet.main"),
        ("/xl/styles.xml", "styles"),
        *((f"/xl/worksheets/sheet{number}.xml", "worksheet") for number, _ in numbered),
    ]
    sheets = [("worksheet", f"worksheets/sheet{number}.xml") for number, _ in numbered]
    return {
        "[Content_Types].xml": f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(
            f'<Override PartName="{place}" ContentType="{CONTENT}.{kind}+xml"/>'
            for place, kind in types
        )
        + "</Types>",
        "_rels/.rels": _relationships([("officeDocument", "xl/workbook.xml")]),
        "xl/_rels/workbook.xml.rels": _relationships([*sheets, ("styles", "styles.xml")]),
        "xl/styles.xml": STYLES,
        "xl/workbook.xml": f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONSHIPS}">'
        "<sheets>"
        + "".join(
            f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
            for number, name in numbered
        )
        + "</sheets></workbook>",
    }


def _relationships(targets: Iterable[tuple[str, str]]) -> str:
    return (
        f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{RELATIONSHIPS}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets, start=1)
        )
        + "</Relationships>"
    )
