"""Panel ratings as files: what goes out comes in again, and every fault has a line and a name."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.panels.exchange.cells import FORMULA, plain_cell, safe_cell
from training.panels.exchange.table import (
    COLUMNS,
    LARGEST_FILE,
    ExportedRating,
    FaultCode,
    KnownVignette,
    PanelFile,
    PanelFileError,
    RatedItem,
    lines_of,
    read_panel_file,
)

ITEMS = (1, 2)
KNOWN = {
    "autumn": KnownVignette("dialogic-practice", (0, 1, 2, 3, 4), ITEMS, turns=30),
    "winter": KnownVignette("dialogic-practice", (0, 1, 2, 3, 4), ITEMS, turns=25),
    "clinic": KnownVignette("programme", (1, 2, 3, 4, 5), (1,), turns=40),
}
EXPERTS = ("Emeka", "Freya", "Goran")
HEADER = "vignette,expert,item,rating,reason,evidence"


def sheet(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *lines)).encode()


def whole(vignette: str = "autumn") -> list[str]:
    return [f"{vignette},{expert},{item},3,," for expert in EXPERTS for item in ITEMS]


def faults_in(content: bytes) -> list[tuple[int | None, str, FaultCode]]:
    with pytest.raises(PanelFileError) as refused:
        read_panel_file(content, vignettes=KNOWN)
    return [(fault.line, fault.column, fault.code) for fault in refused.value.faults]


def faults_in_any(content: bytes) -> list[tuple[int | None, str, FaultCode]]:
    """The faults of a file that may have none."""
    try:
        read_panel_file(content, vignettes=KNOWN)
    except PanelFileError:
        return faults_in(content)
    return []


def exported(row: RatedItem) -> ExportedRating:
    return ExportedRating(
        panel="Spring panel",
        vignette=row.vignette,
        expert=row.expert,
        item=row.item,
        item_name="=Name",
        rating="NR" if row.score is None else str(row.score),
        reason=row.reason,
        evidence=" ".join(map(str, row.evidence)),
        position="3",
        position_reason="",
        consensus="3 or 4",
    )


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@st.composite
def panels(draw: st.DrawFn) -> PanelFile:
    """A panel of three or more on one or two vignettes, as a reader would hand it on."""
    experts = draw(
        st.lists(names.map(read_again).filter(bool), min_size=3, max_size=4, unique=True)
    )
    return PanelFile(
        tuple(
            RatedItem(
                vignette,
                expert,
                item,
                draw(st.none() | st.integers(0, 4)),
                read_again(draw(texts)),
                tuple(sorted(draw(st.sets(st.integers(1, 25), max_size=3)))),
            )
            for vignette in draw(st.sampled_from([("autumn",), ("winter", "autumn")]))
            for expert in experts
            for item in ITEMS
        )
    )


def read_again(text: str) -> str:
    """A text as the reader leaves it: without edges, its accents composed."""
    return unicodedata.normalize("NFC", text.strip())


@settings(max_examples=50)
@given(panels())
def test_what_is_exported_is_read_as_it_was(panel: PanelFile) -> None:
    content = "".join(lines_of(map(exported, panel.rows))).encode()
    assert read_panel_file(content, vignettes=KNOWN) == panel
    for line in csv.reader(io.StringIO(content.decode(), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in line)


@given(texts)
def test_a_cell_is_never_a_formula_and_never_loses_anything(text: str) -> None:
    cell = safe_cell(text)
    assert isinstance(cell, str)
    assert plain_cell(cell) == text
    assert cell.startswith("'") or not FORMULA.match(cell)


def test_texts_that_look_like_formulas_are_written_as_texts() -> None:
    for text in ('=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\t=1", "\uff1d1"):
        assert safe_cell(text) == f"'{text}"
    assert safe_cell("'Yes,' she says.") == "'Yes,' she says."
    assert safe_cell(-1) == -1


@given(st.binary(max_size=300) | texts.map(str.encode))
def test_no_file_is_too_strange_to_be_refused_in_order(content: bytes) -> None:
    for hostile in (content, sheet(*whole()) + b"\n" + content):
        lines = [line or 0 for line, _column, _code in faults_in_any(hostile)]
        assert lines == sorted(lines)


def test_a_spreadsheets_own_ways_are_understood() -> None:
    tidy = read_panel_file(sheet(*whole()), vignettes=KNOWN)
    assert tidy.experts == EXPERTS
    assert tidy.vignettes == ("autumn",)
    semicolons = sheet(*whole()).replace(b",", b";")
    assert read_panel_file(b"\xef\xbb\xbf" + semicolons, vignettes=KNOWN) == tidy
    returns = sheet(*whole(), ",,,,,").replace(b"\n", b"\r\n")
    assert read_panel_file(returns, vignettes=KNOWN) == tidy
    few = [",".join(reversed(line.split(",")[:4])) for line in whole()]
    assert read_panel_file(sheet(*few, header="Rating,Item,Expert,Vignette"), vignettes=KNOWN) == (
        tidy
    )
    rows = [*whole()[:5], 'autumn, Goran ,02,nr,"Nobody, it seems","7, 3;12 3"']
    last = read_panel_file(sheet(*rows), vignettes=KNOWN).rows[-1]
    assert last == RatedItem("autumn", "Goran", 2, None, "Nobody, it seems", (3, 7, 12))


def test_every_fault_is_named_at_once_with_its_line_and_column() -> None:
    content = sheet(
        "autum,Emeka,1,3,,",
        "autumn,Emeka,9,5,,",
        "autumn,Emeka,1,5,,2 x 31",
        "autumn,,1,3,,",
        "autumn,Emeka,1,3,,",
        "autumn,Emeka,2,3",
        "zzz,Emeka,2,,,",
        f"autumn,{'E' * 121},2,3,,",
    )
    assert faults_in(content) == [
        (2, "vignette", FaultCode.UNKNOWN_VIGNETTE),
        (3, "item", FaultCode.UNKNOWN_ITEM),
        (3, "rating", FaultCode.NO_RATING),
        (4, "rating", FaultCode.NO_RATING),
        (4, "evidence", FaultCode.NO_TURN),
        (4, "evidence", FaultCode.UNKNOWN_TURN),
        (5, "expert", FaultCode.EMPTY_CELL),
        (6, "", FaultCode.RATED_TWICE),
        (7, "", FaultCode.WRONG_LENGTH),
        (8, "rating", FaultCode.EMPTY_CELL),
        (8, "vignette", FaultCode.UNLIKE_ANY_VIGNETTE),
        (9, "expert", FaultCode.TOO_LONG),
    ]


def test_an_item_that_is_left_empty_is_one_fault_and_no_unknown_item() -> None:
    nameless = [*whole()[:5], "autumn,Goran,,3,,"]
    assert faults_in(sheet(*nameless)) == [(7, "item", FaultCode.EMPTY_CELL)]


def test_what_a_file_lacks_as_a_whole_is_named_too() -> None:
    assert faults_in(sheet(*whole()[:-1], *whole("winter")[:4])) == [
        (None, "", FaultCode.MISSING_ITEMS),
        (None, "", FaultCode.TOO_FEW_EXPERTS),
    ]
    clinic = [f"clinic,{expert},1,5,," for expert in EXPERTS]
    assert faults_in(sheet(*whole(), *clinic)) == [(None, "", FaultCode.OTHER_INSTRUMENT)]
    # A rating that is off the scale was given all the same: its item is not missing.
    off = [*whole()[:-1], "autumn,Goran,2,7,,"]
    assert faults_in(sheet(*off)) == [(7, "rating", FaultCode.NO_RATING)]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", (None, "", FaultCode.EMPTY)),
        (sheet(), (None, "", FaultCode.EMPTY)),
        (b"x" * (LARGEST_FILE + 1), (None, "", FaultCode.TOO_LARGE)),
        ("".join(whole()).encode("utf-16"), (1, "", FaultCode.NOT_UTF_8)),
        (sheet("autumn,Zo\u00eb,1,3,,").decode().encode("latin-1"), (2, "", FaultCode.NOT_UTF_8)),
        (sheet("autumn,\0,1,3,,"), (2, "", FaultCode.NOT_TEXT)),
        (sheet('autumn,"Emeka,1,3,,'), (2, "", FaultCode.BROKEN_QUOTES)),
        (sheet(header="vignette,expert"), (1, "", FaultCode.MISSING_COLUMNS)),
        (sheet(header=f"{HEADER},item"), (1, "item", FaultCode.COLUMN_TWICE)),
    ],
    ids=lambda value: str(value[2]) if isinstance(value, tuple) else "",
)
def test_what_is_no_such_file_is_refused_as_a_whole(
    content: bytes, fault: tuple[int | None, str, FaultCode]
) -> None:
    assert faults_in(content) == [fault]


def test_the_header_of_an_export_holds_every_column_an_import_asks_for() -> None:
    assert {"vignette", "expert", "item", "rating", "reason", "evidence"} < set(COLUMNS)
