"""Reading ratings, anchors and scales as people write them, with every fault named. Pure."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

from training.psychometrics.facets.design import LARGEST_MEASURE
from training.psychometrics.table import LARGEST_SCORE, SCORE_DECIMALS, RatingTable

MOST_FAULTS_SHOWN = 20

LONGEST_NAME = 200
"""Characters; a longer cell is a text in the wrong column, and fits no report."""

NOT_RATEABLE = "nr"
ITEM = "item"
RATING_COLUMNS = ("subject", "rater", ITEM, "score")
ANCHOR_COLUMNS = ("facet", "name", "measure")
NAMED_FACETS = ("subject", "item", "rater")
THRESHOLD = "threshold"
FACETS = (*NAMED_FACETS, THRESHOLD)

# Exponents are kept short: a longer one is beyond every limit anyway, and slow to compute with.
NUMBER = re.compile(r"[+-]?(?=\.?[0-9])[0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]{1,4})?")
DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
STEP = re.compile(r"[1-9][0-9]{0,3}")
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


@dataclass(frozen=True, slots=True)
class AnchorValues:
    """Measures in logits that are known beforehand, by name.

    thresholds   from the lowest step upwards, or None when they are to be estimated.
    """

    subjects: dict[str, float]
    items: dict[str, float]
    raters: dict[str, float]
    thresholds: tuple[float, ...] | None


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


def ratings_in(content: bytes, *, scale: Sequence[float] | None = None) -> RatingTable:
    """The ratings in the bytes of a file with the columns subject, rater, score, perhaps item.

    With a scale, each score must be one of its points. Raises RatingFileError with every fault.
    """
    sheet = _sheet(content, RATING_COLUMNS, optional=ITEM)
    points = None if scale is None else tuple(round(point, SCORE_DECIMALS) for point in scale)
    score_of = cache(partial(_score, points=points))
    names: list[tuple[str, ...]] = []
    scores: list[float | None] = []
    for line, row, text in _named_rows(sheet):
        names.append(row)
        scores.append(sheet.checked(line, score_of, text))
    sheet.refuse_faults("ratings")
    subjects, raters, *items = zip(*names, strict=True)
    return RatingTable(subjects, raters, scores, items[0] if items else None)


def anchors_in(content: bytes) -> AnchorValues:
    """The anchors in the bytes of a file with the columns facet, name and measure.

    A facet is subject, item, rater or threshold; a threshold is named by its step, counted from 1.
    Raises RatingFileError with every fault.
    """
    sheet = _sheet(content, ANCHOR_COLUMNS)
    sheet.rows = [(line, [facet.lower(), *cells]) for line, (facet, *cells) in sheet.rows]
    measures: dict[str, dict[str, float]] = {facet: {} for facet in FACETS}
    for line, (facet, name), text in _named_rows(sheet):
        measure = sheet.checked(line, _measure, text)
        sheet.checked(line, _facet, facet)
        if facet == THRESHOLD:
            sheet.checked(line, _step, name)
        # A faulty measure still counts as given: its step is not missing.
        measures.setdefault(facet, {})[name] = 0.0 if measure is None else measure
    steps = measures[THRESHOLD]
    if not sheet.faults:
        sheet.faults += _missing_steps(steps)
    sheet.refuse_faults("anchors")
    thresholds = tuple(steps[str(step)] for step in range(1, len(steps) + 1))
    subjects, items, raters = (measures[facet] for facet in NAMED_FACETS)
    return AnchorValues(subjects, items, raters, thresholds or None)


def order_in(content: bytes, column: str, *, rater: str) -> tuple[str, ...]:
    """The subjects of one rater in the order of time that a column of the file gives.

    It holds numbers throughout, or dates in ISO 8601, perhaps with a time; the same for all rows
    of a subject. Subjects at the same time stand as in the file. Raises RatingFileError with every
    fault.
    """
    column = column.strip().lower()
    sheet = _sheet(content, ("subject", "rater", column))
    times: dict[str, float | datetime] = {}
    for line, cells in sheet.rows:
        row = dict(zip(sheet.columns, cells, strict=True))
        if unified_name(row["rater"]) != rater:
            continue
        time = sheet.checked(line, _time, row[column])
        if time is None:
            continue
        subject = unified_name(row["subject"])
        if times.setdefault(subject, time) != time:
            sheet.note(line, f"{_quoted(subject)} has another {column} above; correct one of them")
    if len({isinstance(time, datetime) for time in times.values()}) > 1:
        sheet.faults.append(Fault(None, f"{column} holds numbers and dates; keep to one of them"))
    sheet.refuse_faults("ratings")
    return tuple(sorted(times, key=lambda subject: _sortable(times[subject])))


def scale_in(text: str) -> tuple[float, ...]:
    """The points of a scale as a command takes them, "0,1,2,3,4", sorted.

    Raises ValueError saying what to write: for what is no number, for fewer than two points, for
    a point named twice.
    """
    points = [_point(point.strip()) for point in text.split(",")]
    if len(points) < 2:
        raise ValueError("a scale has two points at least; write all of them, such as 0,1,2,3,4")
    if len(set(points)) < len(points):
        raise ValueError("a point is named twice; write each once")
    return tuple(sorted(points))


def unified_name(text: str) -> str:
    """A name as tables hold it: no spaces around it, accents composed (Unicode's NFC)."""
    return unicodedata.normalize("NFC", text.strip())


@dataclass(slots=True)
class _Sheet:
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


def _sheet(content: bytes, columns: Sequence[str], optional: str | None = None) -> _Sheet:
    faults: list[Fault] = []
    rows = _rows(_text(content), faults)
    line, header = next(rows, (None, []))
    if line is None:
        named = ",".join(name for name in columns if name != optional)
        empty = Fault(None, f"the file is empty; begin with the line {named}")
        raise RatingFileError(faults or [empty])
    places = _places(line, header, columns, optional)
    sheet = _Sheet(tuple(places), [], faults)
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
        there = ", ".join(map(_quoted, header[:MOST_FAULTS_SHOWN]))
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


def _named_rows(sheet: _Sheet) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """Each row as line, names and number; faulty or repeated names are noted on the way."""
    columns = sheet.columns[:-1]
    first_lines: dict[tuple[str, ...], int] = {}
    for line, (*cells, number) in sheet.rows:
        names = tuple(map(unified_name, cells))
        if not all(names) or max(map(len, names)) > LONGEST_NAME:
            sheet.faults += _name_faults(line, columns, names)
        elif (first_line := first_lines.setdefault(names, line)) != line:
            same = f"the same {' and '.join(columns)} as line {first_line}"
            sheet.note(line, f"{same} ({', '.join(map(_quoted, names))}); keep one of the two")
        yield line, names, number


def _name_faults(line: int, columns: Sequence[str], names: Sequence[str]) -> Iterator[Fault]:
    for column, name in zip(columns, names, strict=True):
        if not name:
            yield Fault(line, f"the {column} is empty; name it")
        elif len(name) > LONGEST_NAME:
            words = f"the {column} {_quoted(name)} has {len(name)} characters"
            yield Fault(line, f"{words}; shorten it to {LONGEST_NAME} at most")


def _score(text: str, points: Sequence[float] | None) -> float | None:
    if text.lower() == NOT_RATEABLE:
        return None
    score = _bounded(text, "score", "leave the row out, or write NR for what could not be rated")
    if points is not None and score not in points:
        scale = ", ".join(f"{point:g}" for point in points)
        raise ValueError(f"{_quoted(text)} is not on the scale {scale}; correct one of them")
    return score


def _point(text: str) -> float:
    return _bounded(text, "point of the scale", "leave it out")


def _bounded(text: str, noun: str, otherwise: str) -> float:
    """A number as `RatingTable` keeps them: not too large, not too many decimals."""
    number = _number(text, noun, otherwise)
    if abs(number) > LARGEST_SCORE:
        limit = f"{LARGEST_SCORE:.0f}"
        raise ValueError(f"{_quoted(text)} is beyond {limit}; correct it, or rescale all scores")
    if _decimals(text) > SCORE_DECIMALS:
        raise ValueError(f"{_quoted(text)} has more than {SCORE_DECIMALS} decimals; round it")
    return number


def _measure(text: str) -> float:
    measure = _number(text, "measure", "leave the row out")
    if abs(measure) > LARGEST_MEASURE:
        limit = f"{LARGEST_MEASURE:.0f}"
        raise ValueError(f"{_quoted(text)} is beyond {limit} logits; correct it")
    return measure


def _number(text: str, noun: str, otherwise: str) -> float:
    """A plain decimal number. Raises ValueError: what stands there instead, and what to do."""
    if NUMBER.fullmatch(text):
        return float(text) + 0.0  # turns a negative zero into zero
    if not text:
        raise ValueError(f"the {noun} is empty; {otherwise}")
    if DECIMAL_COMMA.fullmatch(text):
        point = text.replace(",", ".")
        raise ValueError(f"{_quoted(text)} has a decimal comma; write {point}")
    raise ValueError(
        f"{_quoted(text)} is no {noun}; write a number such as 3 or 2.5, or {otherwise}"
    )


def _decimals(text: str) -> int:
    """How many decimals a number has that are not just zeros at its end."""
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, fraction = mantissa.lstrip("+-").partition(".")
    digits = (whole + fraction).rstrip("0")
    if not digits.strip("0"):
        return 0
    return len(digits) - len(whole) - int(exponent or 0)


def _time(text: str) -> float | datetime:
    """A number or a date; a time without a zone is taken as UTC, so that all can be compared."""
    if NUMBER.fullmatch(text):
        return float(text)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{_quoted(text)} is no time; write a number, or a date such as 2026-03-31"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _sortable(time: float | datetime) -> float:
    return time.timestamp() if isinstance(time, datetime) else time


def _facet(text: str) -> None:
    if text and text not in FACETS:
        raise ValueError(f"{_quoted(text)} is no facet; write one of {', '.join(FACETS)}")


def _step(text: str) -> None:
    if text and not STEP.fullmatch(text):
        raise ValueError(f"{_quoted(text)} is no step; name thresholds 1, 2, 3 and so on")


def _missing_steps(steps: Collection[str]) -> Iterator[Fault]:
    highest = max(map(int, steps), default=0)
    missing = [str(step) for step in range(1, highest + 1) if str(step) not in steps]
    if missing:
        words = f"missing thresholds: {', '.join(missing[:MOST_FAULTS_SHOWN])}"
        yield Fault(None, f"{words}; anchor all of them or none")


def _quoted(text: str) -> str:
    """A cell as messages show it: short, and with nothing in it that a terminal would obey."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
