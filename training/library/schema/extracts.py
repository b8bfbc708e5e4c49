"""What a dossier is made of: extracts of records and interviews, each a run of its passages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from pydantic import Field

from training.library.schema.parts import BriefPart, Number, Text
from training.library.schema.turns import Turn

CELL_SEPARATOR = " | "


class ExtractSource(StrEnum):
    """Who or what speaks in an extract."""

    LOG = "log"
    NOTES = "notes"
    STAFF = "staff"
    MANAGER = "manager"
    USERS = "users"
    FAMILY = "family"
    OBSERVATION = "observation"  # what the visiting rater saw


class Extract(BriefPart):
    """A run of passages from one source.

    first, last  the numbers of its first and last passage.
    columns      the heads of a table, of which every passage is a row; None where it is text.
    about        where it comes from and what is missing in it.
    """

    title: Text
    source: ExtractSource
    first: Number
    last: Number
    columns: tuple[Text, ...] | None = Field(default=None, min_length=2)
    about: Text | None = None

    @property
    def is_table(self) -> bool:
        return self.columns is not None

    @property
    def heading_texts(self) -> tuple[str, ...]:
        """What is read above its passages: title, origin, heads of columns."""
        return (self.title, self.about or "", *(self.columns or ()))

    def passages_in(self, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        """Its own among all passages of the dossier."""
        return tuple(turn for turn in turns if self.first <= turn.number <= self.last)


def cells_of(text: str) -> list[str]:
    """What stands in a row of a table, cell by cell."""
    return [cell.strip() for cell in text.split(CELL_SEPARATOR)]


def words_in(text: str) -> int:
    """How many words a text has; what separates the cells of a row is none."""
    return sum(word != CELL_SEPARATOR.strip() for word in text.split())


def faults_of_extracts(extracts: Sequence[Extract], turns: Sequence[Turn]) -> list[str]:
    """Passages in no extract or in two, and rows that do not fit the columns of their table."""
    if not extracts:
        return ["extracts: needs one or more; leave the field out where there are none"]
    faults = [*_faults_of_order(extracts, len(turns))]
    for position, extract in enumerate(extracts, start=1):
        if extract.columns is not None:
            faults += _faults_of_rows(position, extract, extract.columns, turns)
    return faults


def _faults_of_order(extracts: Sequence[Extract], passages: int) -> Iterator[str]:
    expected = 1
    for position, extract in enumerate(extracts, start=1):
        name = _name(position, extract)
        if extract.last < extract.first:
            yield f"{name}: ends with passage {extract.last}, before it begins ({extract.first})"
        if extract.first > expected:
            yield f"{name}: {_passages(expected, extract.first - 1)} before it in no extract"
        if extract.first < expected:
            yield f"{name}: begins with passage {extract.first}, should begin with {expected}"
        expected = max(expected, extract.last + 1)
    if expected <= passages:
        yield f"extracts: {_passages(expected, passages)} at the end in no extract"
    elif expected > passages + 1:
        yield f"extracts: they end with passage {expected - 1}, but the last one is {passages}"


def _faults_of_rows(
    position: int, extract: Extract, columns: Sequence[str], turns: Sequence[Turn]
) -> Iterator[str]:
    name = _name(position, extract)
    if any("|" in column for column in columns):
        yield f"{name}: columns: each head stands in quotes of its own, without |"
    rows = {row.number: cells_of(row.text) for row in extract.passages_in(turns)}
    if spoken := [row.number for row in extract.passages_in(turns) if row.speaker is not None]:
        yield f"{name}: {_listed(spoken)}: a row of a table has no speaker, write ~"
    if misfits := [number for number, cells in rows.items() if len(cells) != len(columns)]:
        yield (
            f"{name}: {_listed(misfits)}: as many cells as the table has columns, {len(columns)}; "
            "put ' | ' between cells and a dash in an empty one"
        )
    if gaps := [number for number, cells in rows.items() if not all(cells)]:
        yield f"{name}: {_listed(gaps)}: a cell is empty, write a dash in it"


def _listed(numbers: Sequence[int]) -> str:
    name = "passage" if len(numbers) == 1 else "passages"
    return f"{name} {', '.join(map(str, numbers))}"


def _name(position: int, extract: Extract) -> str:
    return f"extract {position} ({extract.title})"


def _passages(first: int, last: int) -> str:
    return f"passage {first} stands" if first == last else f"passages {first} to {last} stand"
