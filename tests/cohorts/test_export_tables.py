"""What goes into the files of an export, cell by cell: CSV as others read it, sheets in pieces."""

from __future__ import annotations

import csv
import io
import uuid

import openpyxl
import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cohorts.learning import add_raters, practise
from tests.cohorts.test_exports import LENIENT, rate
from training.accounts.models import Person, Role
from training.accounts.records import grant_role
from training.calibration.agreement import AgreementSums
from training.cohorts import records as cohorts
from training.cohorts.exports import records as export_records
from training.cohorts.exports import workbook as export_workbook
from training.cohorts.exports.records import (
    exported_rows,
    has_more_ratings,
    note_export,
    vignettes_kept_from,
)
from training.cohorts.exports.tables import (
    COLUMNS,
    HEADERS,
    Cell,
    ExportTable,
    Row,
    Run,
    agreement_cells,
    csv_lines,
)
from training.cohorts.exports.workbook import Sheet, workbook_file
from training.cohorts.models import Cohort
from training.database import db

CELLS = st.none() | st.integers(-9, 9) | st.floats(0, 1) | st.text(',"\r\n; aé', max_size=6)
RUNS = st.lists(CELLS, min_size=1, max_size=3).map(tuple)


@given(st.lists(st.lists(RUNS, min_size=1, max_size=3), max_size=4))
@example([[(0, None), (0.0, None)], [(True, 1), (1, 1.0)]])  # equal, and not written alike
def test_whatever_stands_in_a_cell_is_read_again_as_it_was(rows: list[list[Run]]) -> None:
    """By Python's own reader of CSV, which knows nothing of how it was written."""
    table: list[Row] = [[("first",), *runs] for runs in rows]
    made = "".join(csv_lines(table[0] if table else (("first",),), [table[1:]]))
    read = list(csv.reader(io.StringIO(made, newline="")))
    texts = [["" if cell is None else str(cell) for run in row for cell in run] for row in table]
    assert read == (texts or [["first"]])


def test_each_part_is_one_piece_of_text_and_the_header_comes_first() -> None:
    header: Row = (("a", "b"),)
    rows: list[list[Row]] = [[((1, "x,y"),), ((2, 'a "b"'),)], [], [((None, 0.5),)]]
    assert list(csv_lines(header, rows)) == [
        "a,b\r\n",
        '1,"x,y"\r\n2,"a ""b"""\r\n',
        "",
        ",0.5\r\n",
    ]
    assert list(csv_lines(header, [])) == ["a,b\r\n"]


def test_agreement_stands_under_the_names_of_its_columns() -> None:
    """Of ten items eight were rated by both, six alike and one two points off; two by one only."""
    sums = AgreementSums(
        sessions=1,
        rated_cells=8,
        exact=6,
        within_one=7,
        gross_misses=1,
        sum_of_differences=-1,
        sum_of_absolute_differences=3,
        rateability_mismatches=2,
    )
    names = HEADERS[ExportTable.AGREEMENT][1][1:-1]  # without whose key, and what counted
    assert dict(zip(names, agreement_cells(sums), strict=True)) == {
        "rated_items": 8,
        "exact": 6,
        "within_one": 7,
        "gross_misses": 1,
        "rateability_mismatches": 2,
        "exact_share": 0.6,
        "within_one_share": 0.7,
        "bias": -0.125,
        "mean_absolute_difference": 0.375,
    }


def test_what_is_undefined_is_empty_and_never_nothing() -> None:
    all_unrateable = AgreementSums(sessions=1, rateability_mismatches=2)
    assert agreement_cells(all_unrateable) == (0, 0, 0, 0, 2, 0.0, 0.0, None, None)
    assert agreement_cells(AgreementSums(sessions=1)) == (0, 0, 0, 0, 0, None, None, None, None)


def sheets_of(rows: int) -> dict[str, list[tuple[Cell, ...]]]:
    """A table of so many rows, as another program reads the file."""
    numbers: list[Row] = [((number,), (f"row {number}",)) for number in range(1, rows + 1)]
    with workbook_file([Sheet("ratings", (("number",), ("name",)), numbers)]) as file:
        book = openpyxl.load_workbook(io.BytesIO(file.read()))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


@pytest.mark.parametrize(
    ("rows", "sizes"),
    [
        (0, {"ratings": 0}),
        (1, {"ratings": 1}),
        (3, {"ratings": 3}),
        (4, {"ratings": 3, "ratings 2": 1}),
        (6, {"ratings": 3, "ratings 2": 3}),
        (7, {"ratings": 3, "ratings 2": 3, "ratings 3": 1}),
    ],
)
def test_a_table_goes_on_in_a_sheet_of_its_own_exactly_where_one_is_full(
    monkeypatch: pytest.MonkeyPatch, rows: int, sizes: dict[str, int]
) -> None:
    monkeypatch.setattr(export_workbook, "ROWS_PER_SHEET", 3)
    found = sheets_of(rows)
    assert {name: len(lines) - 1 for name, lines in found.items()} == sizes
    assert all(lines[0] == ("number", "name") for lines in found.values())
    assert [line for lines in found.values() for line in lines[1:]] == [
        (number, f"row {number}") for number in range(1, rows + 1)
    ]


def test_what_looks_like_a_number_or_a_link_stays_a_text() -> None:
    texts = ("=1+1", "007", "https://example.org", "1e3")
    with workbook_file([Sheet("ratings", (("a", "b", "c", "d"),), [(texts,)])]) as file:
        (sheet,) = openpyxl.load_workbook(io.BytesIO(file.read()))
    cells = sheet[2]
    assert tuple(cell.value for cell in cells) == texts
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in cells)


def names_in(parts: list[list[Row]]) -> list[list[str]]:
    return [[str(session[1]) for session, *_ in part] for part in parts]


def test_raters_come_in_parts_in_the_order_in_which_they_joined_and_none_is_lost(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five raters, two at a time; Ines joined first and practised last. One has left."""
    monkeypatch.setattr(export_records, "RATERS_AT_ONCE", 2)
    with app.app_context():
        others = add_raters(cohort, 5)
        for person in (*reversed(others), ines):
            practise(person, "practice-one", LENIENT)
        practise(ines, "practice-two", LENIENT)
        cohorts.remove_member(cohort, others[1].id, by=tamar)
        parts = [list(part) for part in exported_rows(ExportTable.AGREEMENT, cohort.id, without=())]
        assert names_in(parts) == [
            ["Ines", "Ines", "Rater 001"],
            ["Rater 003", "Rater 004"],
            ["Rater 005"],
        ]
        assert [row[0][4] for row in parts[0]] == ["practice-one", "practice-two", "practice-one"]
        left_out = exported_rows(ExportTable.AGREEMENT, cohort.id, without={"practice-one"})
        assert names_in([list(part) for part in left_out]) == [["Ines"], [], []]
        nobody = exported_rows(ExportTable.RATINGS, uuid.UUID(int=1), without=())
        assert [list(part) for part in nobody] == []


def test_items_and_evidence_stand_in_their_order_beside_the_key(
    app: Flask, cohort: Cohort, ines: Person
) -> None:
    """Of practice-two the key says 2 to item 2, 1 to item 9 and 4 to item 10."""
    with app.app_context():
        session = practise(ines, "practice-two", LENIENT)
        rate(session, {10: 3, 2: 4}, [])
        rate(session, {9: None}, [13, 2])
        parts = exported_rows(ExportTable.RATINGS, cohort.id, without=())
        found = [(*answer, *evidence) for part in parts for _, answer, evidence in part]
    assert found == [
        (2, 4, 2, 2, ""),
        (9, "NR", 1, None, "13 2"),
        (10, 3, 4, -1, ""),
    ]
    assert [len(run) for run in HEADERS[ExportTable.RATINGS]] == [10, 4, 1]
    assert COLUMNS[ExportTable.RATINGS][10:] == (
        "item",
        "rating",
        "reference",
        "difference",
        "evidence",
    )


def test_only_practice_of_who_is_in_the_cohort_is_counted_and_kept_back(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, otto: Person
) -> None:
    """Otto is in no cohort, and Ines leaves hers; meanwhile Tamar becomes an expert."""
    with app.app_context():
        rate(practise(ines, "practice-one", LENIENT), LENIENT, [3])
        rate(practise(otto, "practice-two", LENIENT), LENIENT, [3])
        assert not has_more_ratings(cohort.id, 12)
        assert has_more_ratings(cohort.id, 11)
        assert vignettes_kept_from(tamar, cohort) == frozenset()
        grant_role(tamar, Role.EXPERT, by=None)
        expert = db.session.get_one(Person, tamar.id)
        assert vignettes_kept_from(expert, cohort) == {"practice-one"}
        note_export(cohort, "ratings", by=expert, without={"practice-one"})
        assert vignettes_kept_from(expert, cohort) == {"practice-one"}, "it was left out"
        note_export(cohort, "ratings", by=expert, without=())
        assert vignettes_kept_from(expert, cohort) == frozenset(), "it was taken, and so seen"
        cohorts.remove_member(cohort, ines.id, by=tamar)
        assert not has_more_ratings(cohort.id, 0)
