"""What a reader who has to approve the documents wants to know of each of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import fmean
from typing import Any

from pydantic import BaseModel

from training.certification.judging.standard import Standard
from training.library.pool_rules import scores_of
from training.library.prose import texts_in
from training.library.readability import median_grade
from training.library.reading import Fault, Pack
from training.library.schema import Instrument, Key, Module, Vignette
from training.library.schema.vignette import WORDS_PER_MINUTE
from training.measurement.text_layout import cells_wide

NOTHING = "-"

NOT_READ: dict[str, Any] = {
    "slug": True,
    "version": True,
    "principles": {"__all__": {"slug"}},
    "items": {"__all__": {"slug", "principles"}},
}
"""What an instrument holds besides the texts that raters read: its names for itself."""


@dataclass(frozen=True, slots=True)
class Audited:
    """One document in figures; a vignette is told together with its key.

    instrument  the one that a vignette is rated on, and that a module or standard is about.
    words     what a rater reads of it: setting and turns, the lesson, the instrument's texts.
    minutes   of careful reading, and of counting in tables, rounded up; what a whole module takes
              is for its author to say.
    levels    by item; None where an item is not rateable, or dropped by its panel.
    mean      of the levels.
    grade     of a lesson, as in readability.median_grade.
    noticed   its faults.
    """

    kind: str
    slug: str
    file: str
    instrument: str | None = None
    pool: str | None = None
    form: str | None = None
    words: int | None = None
    minutes: int | None = None
    levels: dict[int, int | None] | None = None
    mean: float | None = None
    grade: float | None = None
    noticed: tuple[str, ...] = ()

    @property
    def levels_text(self) -> str:
        """The levels by item, `4 4 3 -`; with the items before them where some are left out."""
        levels = self.levels or {}
        texts = {item: NOTHING if level is None else str(level) for item, level in levels.items()}
        if list(levels) == list(range(1, len(levels) + 1)):
            return " ".join(texts.values()) or NOTHING
        return " ".join(f"{item}:{text}" for item, text in texts.items())

    @property
    def values(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)


def audit(pack: Pack, faults: Iterable[Fault]) -> list[Audited]:
    """Every document in figures, with those of its faults that name its file or its key's."""
    noticed: dict[str, list[str]] = {}
    for fault in faults:
        noticed.setdefault(fault.file, []).append(fault.words)
    return [
        _audited(pack, kind, slug, document, noticed)
        for kind, slug, document in pack.documents()
        if kind != "key"
    ]


def _audited(
    pack: Pack, kind: str, slug: str, document: BaseModel, noticed: Mapping[str, list[str]]
) -> Audited:
    file, key = pack.files[kind, slug], pack.keys.get(slug)
    row = Audited(kind, slug, file, noticed=tuple(noticed.get(file, ())))
    match document:
        case Vignette():
            row = replace(
                row,
                instrument=document.instrument,
                pool=str(document.pool),
                form=document.form and str(document.form),
                words=document.words,
                minutes=document.reading_minutes,
            )
            return row if key is None else _with_key(row, key, noticed, pack.files["key", slug])
        case Module():
            words = len(document.lesson["en"].split())
            grade = median_grade(document.lesson["en"])
            return replace(
                row,
                instrument=document.instrument_slug,
                words=words,
                minutes=minutes_for(words),
                grade=grade,
            )
        case Instrument():
            read = document.model_dump(exclude=NOT_READ)
            words = sum(len(text.split()) for text in texts_in(read))
            return replace(row, words=words, minutes=minutes_for(words))
        case Standard():
            return replace(row, instrument=document.instrument)
        case _:
            return row


def _with_key(row: Audited, key: Key, noticed: Mapping[str, list[str]], key_file: str) -> Audited:
    scores = scores_of(key)
    return replace(
        row,
        levels={number: scores.get(number) for number in sorted(key.items)},
        mean=fmean(scores.values()) if scores else None,
        noticed=(*row.noticed, *(f"key: {words}" for words in noticed.get(key_file, ()))),
    )


def faults_elsewhere(pack: Pack, faults: Iterable[Fault]) -> list[str]:
    """The faults that no document is told with: of a whole pool, or of what cannot be read."""
    told = {
        pack.files[kind, slug]
        for kind, slug, _ in pack.documents()
        if kind != "key" or slug in pack.vignettes
    }
    return [str(fault) for fault in faults if fault.file not in told]


def minutes_for(words: int) -> int:
    """Minutes of careful reading, rounded up."""
    return -(-words // WORDS_PER_MINUTE)


def audit_table(rows: Sequence[Audited]) -> list[str]:
    """A line for each document, and below it what was noticed."""
    cells = [[heading for heading, _ in COLUMNS], *([show(r) for _, show in COLUMNS] for r in rows)]
    widths = [max(map(cells_wide, column)) for column in zip(*cells, strict=True)]
    lines = [_line(line, widths) for line in cells]
    notices = [[], *([f"  ! {words}" for words in row.noticed] for row in rows)]
    return [text for line, below in zip(lines, notices, strict=True) for text in (line, *below)]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    placed = (
        text.rjust(width) if heading in NUMBERS else text + " " * (width - cells_wide(text))
        for text, width, (heading, _) in zip(cells, widths, COLUMNS, strict=True)
    )
    return "  ".join(placed).rstrip()


def _figure(value: float | None, decimals: int = 0) -> str:
    return NOTHING if value is None else f"{value:.{decimals}f}"


COLUMNS: tuple[tuple[str, Callable[[Audited], str]], ...] = (
    ("kind", lambda row: row.kind),
    ("document", lambda row: row.slug),
    ("instrument", lambda row: row.instrument or NOTHING),
    ("pool", lambda row: f"{row.pool} {row.form}" if row.form else row.pool or NOTHING),
    ("words", lambda row: _figure(row.words)),
    ("minutes", lambda row: _figure(row.minutes)),
    ("grade", lambda row: _figure(row.grade, 1)),
    ("mean", lambda row: _figure(row.mean, 2)),
    ("levels", lambda row: row.levels_text),
)
NUMBERS = {"words", "minutes", "grade", "mean"}
