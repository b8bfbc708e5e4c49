"""A table as people save it: its rows and columns, with every fault named by its line. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from training.measurement.cells import quoted, unified_name

MOST_FAULTS_SHOWN = 20

LONGEST_NAME = 200
"""Characters; a longer cell is a text in the wrong column, and fits no report."""

SEPARATORS = {";": "semicolons", "\t": "tabs"}
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
SAVE_AS_UTF_8 = "save it as CSV in UTF-8"

# What the csv module says, and what it means to somebody who has the file open.
BROKEN_ROWS = {
    "unexpected end": "a quotation mark opens in the row that starts here and is never closed",
    "field larger": "a cell of the row that starts here does not end; close its quotation mark",
    "expected after": "text follows a closing quotation mark; put a comma between the two",
}

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Fault:
    """What to mend in a file. Without a line it concerns the file as a whole."""

    line: int | None
    message: str

    def __str__(self) -> str:
        return self.message if self.line is None else f"line {self.line}: {self.message}"


class RatingFileError(ValueError):
    """A file that is refused as a whole.

    `faults` holds all of them in the order of their lines. As text they stand one per line, the
    first `MOST_FAULTS_SHOWN` and the number of those left out.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [str(fault) for fault in self.faults[:MOST_FAULTS_SHOWN]]
        if left_out := len(self.faults) - len(lines):
            lines.append(f"and {left_out} more")
        super().__init__("\n".join(lines))


def content_of(path: Path) -> bytes:
    """All bytes of a file. Raises RatingFileError when there are none to be had."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        message = "there is no such file; check its name and folder"
    except IsADirectoryError:
        message = "this is a folder; name a file in it"
    except PermissionError:
        message = "you may not read this file; ask whom it belongs to"
    except (OSError, ValueError) as error:
        message = f"this file cannot be read ({error}); try a copy of it"
    raise RatingFileError([Fault(None, message)])


@dataclass(slots=True)
class Sheet:
    """The cells of the columns that are asked for: (line, cells), and the faults found so far."""

    columns: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    faults: list[Fault]

    def note(self, line: int, message: str) -> None:
        """Take down a fault."""
        self.faults.append(Fault(line, message))

    def checked(self, line: int, reading: Callable[[str], Value], text: str) -> Value | None:
        """What the text means, or None and a fault when `reading` raises ValueError."""
        try:
            return reading(text)
        except ValueError as error:
            self.note(line, str(error))
            return None

    def refuse_faults(self, content: str) -> None:
        """Raise RatingFileError if anything was wrong or there is nothing below the header."""
        if not self.rows and not self.faults:
            self.faults.append(Fault(None, f"there are no {content}; add rows below the header"))
        if self.faults:
            raise RatingFileError(sorted(self.faults, key=lambda fault: fault.line or 0))


def sheet_in(content: bytes, columns: Sequence[str], optional: str | None = None) -> Sheet:
    """The cells below the header, of these columns in their order, wherever they stand.

    Rows of another length are left out and noted. Raises RatingFileError where nothing below the
    header can be read: no UTF-8, no header, a column that is missing or named twice.
    """
    faults: list[Fault] = []
    rows = _rows(_text(content), faults)
    line, header = next(rows, (None, []))
    if line is None:
        named = ",".join(name for name in columns if name != optional)
        empty = Fault(None, f"the file is empty; begin with the line {named}")
        raise RatingFileError(faults or [empty])
    places = _places(line, header, columns, optional)
    sheet = Sheet(tuple(places), [], faults)
    for line, cells in rows:
        if len(cells) == len(header):
            sheet.rows.append((line, [cells[place].strip() for place in places.values()]))
        else:
            sheet.note(line, _wrong_length(len(cells), len(header)))
    return sheet


def _text(content: bytes) -> str:
    if content.startswith(UTF_16):
        raise RatingFileError([Fault(None, f"the file is in UTF-16; {SAVE_AS_UTF_8}")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line_after(content[: error.start].decode("utf-8", "replace"))
        byte = f"byte {content[error.start]:#04x} is not UTF-8"
        raise RatingFileError([Fault(line, f"{byte}; {SAVE_AS_UTF_8}")]) from None
    before, nul, _ = text.partition("\0")
    if nul:
        message = f"a NUL byte stands here, so this is no text file; {SAVE_AS_UTF_8}"
        raise RatingFileError([Fault(_line_after(before), message)])
    return text


def _line_after(text: str) -> int:
    """The number of the line in which the text ends; lines end with LF, CR or both."""
    return 1 + text.count("\n") + text.count("\r") - text.count("\r\n")


def _rows(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line it starts in."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            # Which cells follow cannot be known once the quotation marks are out of step.
            faults.append(Fault(line, f"{_in_words(error)}; nothing below was read"))
            return
        if cells is None:
            return
        if any(map(str.strip, cells)):
            yield line, cells


def _in_words(error: csv.Error) -> str:
    said = str(error)
    return next((words for part, words in BROKEN_ROWS.items() if part in said), said)


def _places(
    line: int, header: Sequence[str], columns: Sequence[str], optional: str | None
) -> dict[str, int]:
    """Where each of our columns stands, in our order."""
    found = [name.strip().lower() for name in header]
    missing = [name for name in columns if name not in found and name != optional]
    faults = [
        Fault(line, f"the column {name} is named twice; rename or remove one")
        for name in columns
        if found.count(name) > 1
    ]
    if missing:
        there = ", ".join(map(quoted, header[:MOST_FAULTS_SHOWN]))
        message = f"missing columns: {', '.join(missing)}; there are {there}"
        faults.append(Fault(line, message + _hint_at_separator(header)))
    if faults:
        raise RatingFileError(faults)
    return {name: found.index(name) for name in columns if name in found}


def _hint_at_separator(header: Sequence[str]) -> str:
    for separator, words in SEPARATORS.items():
        if any(separator in cell for cell in header):
            return f"; cells seem to be separated by {words}: save them separated by commas"
    return ""


def _wrong_length(cells: int, expected: int) -> str:
    message = f"the row has {cells} cells and the header {expected}"
    if cells < expected:
        return f"{message}; add what is missing, if only a comma"
    return f"{message}; put a cell that holds a comma in quotation marks, write decimals as 2.5"


def named_rows(sheet: Sheet) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """Each row as line, names and number; faulty or repeated names are noted on the way."""
    columns = sheet.columns[:-1]
    first_lines: dict[tuple[str, ...], int] = {}
    for line, (*cells, number) in sheet.rows:
        names = tuple(map(unified_name, cells))
        if not all(names) or max(map(len, names)) > LONGEST_NAME:
            sheet.faults += _name_faults(line, columns, names)
        elif (first_line := first_lines.setdefault(names, line)) != line:
            same = f"the same {' and '.join(columns)} as line {first_line}"
            sheet.note(line, f"{same} ({', '.join(map(quoted, names))}); keep one of the two")
        yield line, names, number


def _name_faults(line: int, columns: Sequence[str], names: Sequence[str]) -> Iterator[Fault]:
    for column, name in zip(columns, names, strict=True):
        if not name:
            yield Fault(line, f"the {column} is empty; name it")
        elif len(name) > LONGEST_NAME:
            words = f"the {column} {quoted(name)} has {len(name)} characters"
            yield Fault(line, f"{words}; shorten it to {LONGEST_NAME} at most")
