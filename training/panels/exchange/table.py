"""Panel ratings as a long CSV file: writing it, and reading it with every fault named. Pure.

In short::

    text = "".join(lines_of(rows))                       # what a person downloads
    file = read_panel_file(content, vignettes=known)     # PanelFileError holds every fault
    file.experts, file.vignettes, file.rows
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from enum import StrEnum

from training.panels.exchange.cells import plain_cell, safe_cell
from training.panels.rules import FEWEST_EXPERTS

LARGEST_FILE = 500_000  # bytes; ten experts, twelve vignettes, twelve items and reasons have 300 kB
LONGEST_EXPERT = 120
LONGEST_REASON = 5000
NOT_RATEABLE = "NR"

VIGNETTE, EXPERT, ITEM, RATING, REASON, EVIDENCE = REQUIRED_AND_OPTIONAL = (
    "vignette",
    "expert",
    "item",
    "rating",
    "reason",
    "evidence",
)
REQUIRED = REQUIRED_AND_OPTIONAL[:4]

NUMBER = re.compile(r"[0-9]{1,4}")


# Writing


@dataclass(frozen=True, slots=True)
class ExportedRating:
    """One line of an export: what an expert gave an item, and what became of it.

    evidence    numbers of turns, or of passages of a dossier, parted by spaces.
    position    where the expert stood after the discussion; as in round one where they kept it.
    consensus   a score, "3 or 4" for a band, NR, dropped; empty while nothing is recorded.
    """

    panel: str
    vignette: str
    expert: str
    item: int
    item_name: str
    rating: str
    reason: str
    evidence: str
    position: str
    position_reason: str
    consensus: str


COLUMNS = tuple(ExportedRating.__dataclass_fields__)


def lines_of(rows: Iterable[ExportedRating]) -> Iterator[str]:
    """The file line by line as RFC 4180 has it, its header first; no cell is a formula."""
    yield _line(COLUMNS)
    for row in rows:
        yield _line(astuple(row))


def _line(cells: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(map(safe_cell, cells))
    return text.getvalue()


# Reading


class FaultCode(StrEnum):
    """What can be wrong with a file."""

    TOO_LARGE = "too-large"
    NOT_UTF_8 = "not-utf-8"
    NOT_TEXT = "not-text"
    EMPTY = "empty"
    MISSING_COLUMNS = "missing-columns"
    COLUMN_TWICE = "column-twice"
    BROKEN_QUOTES = "broken-quotes"
    ENDLESS_CELL = "endless-cell"
    WRONG_LENGTH = "wrong-length"
    EMPTY_CELL = "empty-cell"
    TOO_LONG = "too-long"
    UNKNOWN_VIGNETTE = "unknown-vignette"  # but much like one there is
    UNLIKE_ANY_VIGNETTE = "unlike-any-vignette"
    OTHER_INSTRUMENT = "other-instrument"
    UNKNOWN_ITEM = "unknown-item"
    NO_RATING = "no-rating"
    NO_TURN = "no-turn"
    UNKNOWN_TURN = "unknown-turn"
    RATED_TWICE = "rated-twice"
    MISSING_ITEMS = "missing-items"
    TOO_FEW_EXPERTS = "too-few-experts"


@dataclass(frozen=True, slots=True)
class Fault:
    """What to mend, where; without a line it concerns the file as a whole.

    values   what the sentence about it names, such as the text that was found.
    """

    code: FaultCode
    line: int | None = None
    column: str = ""
    values: Mapping[str, str | int] = field(default_factory=dict)


class PanelFileError(ValueError):
    """A file that is refused as a whole; `faults` holds every one, in the order of their lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line or 0))
        super().__init__(f"{len(faults)} faults")


@dataclass(frozen=True, slots=True)
class KnownVignette:
    """What a file is checked against: a vignette that a panel may rate.

    items   the numbers of the items to rate.
    turns   how many turns, or passages of a dossier, it has.
    """

    instrument: str
    scale: tuple[int, ...]
    items: tuple[int, ...]
    turns: int


@dataclass(frozen=True, slots=True)
class RatedItem:
    """One rating of a file; a score of None is "not rateable"."""

    vignette: str
    expert: str
    item: int
    score: int | None
    reason: str = ""
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PanelFile:
    """The ratings of a panel that met elsewhere, free of faults."""

    rows: tuple[RatedItem, ...]

    @property
    def experts(self) -> tuple[str, ...]:
        """Their names, in the order in which the file names them: their places."""
        return tuple(dict.fromkeys(row.expert for row in self.rows))

    @property
    def vignettes(self) -> tuple[str, ...]:
        """The vignettes, in the order of the file."""
        return tuple(dict.fromkeys(row.vignette for row in self.rows))


def read_panel_file(content: bytes, *, vignettes: Mapping[str, KnownVignette]) -> PanelFile:
    """The ratings in the bytes of a file, one line for each expert and item.

    vignettes   those that may be rated, by slug.

    Columns may stand in any order, further ones are passed over, and commas, semicolons or tabs
    part them. Raises PanelFileError with every fault that can be told.
    """
    faults: list[Fault] = []
    rows = list(_rows(_text(content), faults))
    if not rows:
        raise PanelFileError(faults or [Fault(FaultCode.EMPTY)])
    (_header_line, header), *lines = rows
    places = _places(header)
    sheet = _Sheet(vignettes, faults)
    for line, cells in lines:
        if len(cells) == len(header):
            sheet.add(_Row(line, {name: cells[place] for name, place in places.items()}))
        else:
            sheet.is_partial = True
            values = {"found": len(cells), "expected": len(header)}
            faults.append(Fault(FaultCode.WRONG_LENGTH, line, values=values))
    faults += sheet.faults_of_the_whole()
    if faults:
        raise PanelFileError(faults)
    return PanelFile(tuple(sheet.ratings))


def _text(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise PanelFileError([Fault(FaultCode.TOO_LARGE)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise PanelFileError([Fault(FaultCode.NOT_UTF_8, line)]) from None
    before, nul, _after = text.partition("\0")
    if nul:
        raise PanelFileError([Fault(FaultCode.NOT_TEXT, before.count("\n") + 1)])
    return text


def _rows(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with the line each starts in; nothing below a broken one."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            is_endless = "field larger" in str(error)
            faults.append(
                Fault(FaultCode.ENDLESS_CELL if is_endless else FaultCode.BROKEN_QUOTES, line)
            )
            return
        if cells is None:
            return
        if any(map(str.strip, cells)):
            yield line, [_unified(cell) for cell in cells]


def _delimiter(text: str) -> str:
    """What parts the cells of the header, whatever country the spreadsheet was set to."""
    header = next(iter(text.lstrip().splitlines()), "")
    return max(",;\t", key=header.count)


def _unified(text: str) -> str:
    return plain_cell(unicodedata.normalize("NFC", text.strip()))


def _places(header: Sequence[str]) -> dict[str, int]:
    """Where each of our columns stands. Raises PanelFileError where one is missing or twice."""
    names = [name.lower() for name in header]
    faults = [
        Fault(FaultCode.COLUMN_TWICE, 1, name)
        for name in REQUIRED_AND_OPTIONAL
        if names.count(name) > 1
    ]
    if missing := [name for name in REQUIRED if name not in names]:
        values = {"columns": ", ".join(missing)}
        faults.append(Fault(FaultCode.MISSING_COLUMNS, 1, values=values))
    if faults:
        raise PanelFileError(faults)
    return {name: names.index(name) for name in REQUIRED_AND_OPTIONAL if name in names}


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a file: its cells by column."""

    line: int
    cells: Mapping[str, str]

    def fault(self, code: FaultCode, column: str, **values: str | int) -> Fault:
        return Fault(code, self.line, column, values)


class _Sheet:
    """The lines as they are read: a line says all its faults, in every cell that can be read.

    given        by vignette and expert, the items named and the line each first stands in.
    is_partial   some line could not be placed, so what seems to be missing may stand in it.
    """

    def __init__(self, vignettes: Mapping[str, KnownVignette], faults: list[Fault]) -> None:
        self.vignettes = vignettes
        self.faults = faults
        self.ratings: list[RatedItem] = []
        self.given: dict[tuple[str, str], dict[int, int]] = {}
        self.is_partial = bool(faults)

    def add(self, row: _Row) -> None:
        """Read one line: its rating is kept, its faults are noted."""
        before = len(self.faults)
        self.faults += _faults_of_texts(row)
        name, expert = row.cells[VIGNETTE], row.cells[EXPERT]
        vignette = self._vignette(row)
        item = self._item(row, vignette) if vignette else None
        if vignette is None:  # whose scale and whose turns are not known
            self.is_partial = True
            return
        score, evidence = self._score(row, vignette), self._evidence(row, vignette)
        if item is None or not expert:
            self.is_partial = True
            return
        lines = self.given.setdefault((name, expert), {})
        if item in lines:
            self.faults.append(row.fault(FaultCode.RATED_TWICE, "", first=lines[item]))
        lines.setdefault(item, row.line)
        if len(self.faults) == before:
            reason = row.cells.get(REASON, "")
            self.ratings.append(RatedItem(name, expert, item, score, reason, evidence))

    def _vignette(self, row: _Row) -> KnownVignette | None:
        name = row.cells[VIGNETTE]
        known = self.vignettes.get(name)
        if name and known is None:
            near = next(iter(difflib.get_close_matches(name[:120], self.vignettes, n=1)), "")
            code = FaultCode.UNLIKE_ANY_VIGNETTE if not near else FaultCode.UNKNOWN_VIGNETTE
            self.faults.append(row.fault(code, VIGNETTE, found=_short(name), near=near))
        return known

    def _item(self, row: _Row, vignette: KnownVignette) -> int | None:
        text = row.cells[ITEM]
        number = int(text) if NUMBER.fullmatch(text) else None
        if number in vignette.items:
            return number
        if text:
            items = ", ".join(map(str, vignette.items))
            fault = row.fault(FaultCode.UNKNOWN_ITEM, ITEM, found=_short(text), items=items)
            self.faults.append(fault)
        return None

    def _score(self, row: _Row, vignette: KnownVignette) -> int | None:
        text = row.cells[RATING]
        if not text or text.upper() == NOT_RATEABLE:
            return None
        scores = {str(score): score for score in vignette.scale}
        if text not in scores:
            named = ", ".join(scores)
            fault = row.fault(FaultCode.NO_RATING, RATING, found=_short(text), scores=named)
            self.faults.append(fault)
        return scores.get(text)

    def _evidence(self, row: _Row, vignette: KnownVignette) -> tuple[int, ...]:
        turns = set()
        for text in filter(None, re.split(r"[\s,;]+", row.cells.get(EVIDENCE, ""))):
            number = int(text) if NUMBER.fullmatch(text) else None
            if number is None:
                self.faults.append(row.fault(FaultCode.NO_TURN, EVIDENCE, found=_short(text)))
            elif not 1 <= number <= vignette.turns:
                fault = row.fault(
                    FaultCode.UNKNOWN_TURN, EVIDENCE, found=number, turns=vignette.turns
                )
                self.faults.append(fault)
            else:
                turns.add(number)
        return tuple(sorted(turns))

    def faults_of_the_whole(self) -> list[Fault]:
        """What no single line shows."""
        names = dict.fromkeys(vignette for vignette, _expert in self.given)
        instruments = {self.vignettes[name].instrument for name in names}
        faults = []
        if len(instruments) > 1:
            values = {"instruments": ", ".join(sorted(instruments))}
            faults.append(Fault(FaultCode.OTHER_INSTRUMENT, values=values))
        if not self.is_partial:
            faults += [] if self.given else [Fault(FaultCode.EMPTY)]
            faults += [fault for name in names for fault in self._missing(name)]
        return faults

    def _missing(self, vignette: str) -> Iterator[Fault]:
        experts = {
            expert: items for (name, expert), items in self.given.items() if name == vignette
        }
        if len(experts) < FEWEST_EXPERTS:
            values: dict[str, str | int] = {"vignette": vignette, "experts": len(experts)}
            yield Fault(FaultCode.TOO_FEW_EXPERTS, values=values)
        for expert, items in experts.items():
            missing = [str(item) for item in self.vignettes[vignette].items if item not in items]
            if missing:
                values = {"vignette": vignette, "expert": expert, "items": ", ".join(missing)}
                yield Fault(FaultCode.MISSING_ITEMS, values=values)


def _faults_of_texts(row: _Row) -> Iterator[Fault]:
    for name in REQUIRED:
        if not row.cells[name]:
            yield row.fault(FaultCode.EMPTY_CELL, name)
    for name, longest in ((EXPERT, LONGEST_EXPERT), (REASON, LONGEST_REASON)):
        if len(row.cells.get(name, "")) > longest:
            yield row.fault(FaultCode.TOO_LONG, name, longest=longest)


def _short(text: str) -> str:
    """A cell as messages show it."""
    return text if len(text) <= 40 else f"{text[:40]}…"
