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
    LONGEST_EXPERT,
    LONGEST_REASON,
    REQUIRED_AND_OPTIONAL,
    ExportedRating,
    Fault,
    FaultCode,
    KnownVignette,
    PanelFile,
    PanelFileError,
    RatedItem,
    lines_of,
    read_panel_file,
)
from training.panels.exchange.texts import (
    MOST_FAULTS_SHOWN,
    TEXTS,
    codebook,
    fault_text,
    fault_texts,
)

ITEMS = (1, 2)
KNOWN = {
    "autumn": KnownVignette("dialogic-practice", (0, 1, 2, 3, 4), ITEMS, turns=30),
    "winter": KnownVignette("dialogic-practice", (0, 1, 2, 3, 4), ITEMS, turns=25),
    "clinic": KnownVignette("programme", (1, 2, 3, 4, 5), (1,), turns=40),
}
EXPERTS = ("Emeka", "Freya", "Goran")
LONG = "x" * 131_073
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
        (sheet(f'autumn,Emeka,1,3,"{LONG}",'), (2, "", FaultCode.ENDLESS_CELL)),
        (sheet(f'autumn,Emeka,1,3,"{LONG},'), (2, "", FaultCode.ENDLESS_CELL)),
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


# At the edges


def told_of(*lines: str, header: str = HEADER) -> list[str]:
    """What is said about a file with faults."""
    with pytest.raises(PanelFileError) as refused:
        read_panel_file(sheet(*lines, header=header), vignettes=KNOWN)
    return fault_texts(refused.value.faults)


def last_of(cells: str) -> RatedItem:
    """The last rating of a whole file whose last line has these cells after the item."""
    rows = [*whole()[:5], f"autumn,Goran,2,{cells}"]
    return read_panel_file(sheet(*rows), vignettes=KNOWN).rows[-1]


def test_a_file_and_its_texts_may_be_as_long_as_is_said_and_no_longer() -> None:
    content = sheet(*whole())
    blank = b" " * 99_999 + b"\n"
    left = LARGEST_FILE - len(content) - 1 - 4 * len(blank)
    longest = content + b"\n" + 4 * blank + b" " * left
    assert len(longest) == LARGEST_FILE
    assert len(read_panel_file(longest, vignettes=KNOWN).rows) == 6
    assert faults_in(longest + b" ") == [(None, "", FaultCode.TOO_LARGE)]
    assert last_of(f"3,{'x' * LONGEST_REASON},").reason == "x" * LONGEST_REASON
    name = "E" * LONGEST_EXPERT
    renamed = [line.replace("Emeka", name) for line in whole()]
    assert read_panel_file(sheet(*renamed), vignettes=KNOWN).experts[0] == name
    texts = told_of(*whole()[:5], f"autumn,Goran,2,3,{'x' * (LONGEST_REASON + 1)},")
    assert texts == ["Line 7, column reason: The text is longer than 5000 characters. Shorten it."]
    texts = told_of(*(line.replace("Goran", name + "E") for line in whole()))
    assert texts == [
        f"Line {line}, column expert: The text is longer than 120 characters. Shorten it."
        for line in (6, 7)
    ]


@pytest.mark.parametrize(
    ("cells", "score", "turns"),
    [
        ("0,,", 0, ()),
        (" 4 ,,", 4, ()),
        ("NR,,", None, ()),
        ("Nr,,", None, ()),
        ("3,,1", 3, (1,)),
        ("3,,30 1", 3, (1, 30)),
        ("3,,0030", 3, (30,)),
        ('3,,"7,7;7"', 3, (7,)),
        ('3,," , ; "', 3, ()),
    ],
)
def test_a_score_and_its_turns_are_read(
    cells: str, score: int | None, turns: tuple[int, ...]
) -> None:
    last = last_of(cells)
    assert (last.score, last.evidence) == (score, turns)


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ("5,,", "rating: “5” is no rating. Write one of 0, 1, 2, 3, 4, or NR."),
        ("-1,,", "rating: “-1” is no rating. Write one of 0, 1, 2, 3, 4, or NR."),
        ("03,,", "rating: “03” is no rating. Write one of 0, 1, 2, 3, 4, or NR."),
        ('"3,0",,', "rating: “3,0” is no rating. Write one of 0, 1, 2, 3, 4, or NR."),
        ("3.0,,", "rating: “3.0” is no rating. Write one of 0, 1, 2, 3, 4, or NR."),
        ("N/R,,", "rating: “N/R” is no rating. Write one of 0, 1, 2, 3, 4, or NR."),
        (",,", "rating: The cell is empty. Fill it; NR means not rateable."),
        ("3,,0", "evidence: There is no turn or passage 0: the vignette has 30."),
        ("3,,31", "evidence: There is no turn or passage 31: the vignette has 30."),
        (
            "3,,00030",
            "evidence: “00030” is no number of a turn or passage. Write numbers, such as 4 7.",
        ),
        (
            "3,,4-7",
            "evidence: “4-7” is no number of a turn or passage. Write numbers, such as 4 7.",
        ),
    ],
)
def test_what_is_no_score_or_turn_is_named_as_it_was_written(cells: str, text: str) -> None:
    assert told_of(*whole()[:5], f"autumn,Goran,2,{cells}") == [f"Line 7, column {text}"]


@pytest.mark.parametrize("item", ["0", "3", "12", "-1", "1.0", "00001", "one"])
def test_an_item_that_the_vignette_does_not_have_is_named_with_those_it_has(item: str) -> None:
    (told,) = told_of(*whole()[:5], f"autumn,Goran,{item},3,,")
    assert told == f"Line 7, column item: “{item}” is no item of this vignette. Its items: 1, 2."


def test_a_long_cell_is_named_by_its_beginning() -> None:
    for length, shown in ((40, "x" * 40), (41, f"{'x' * 40}…")):
        (told,) = told_of(*whole()[:5], f"autumn,Goran,2,{'x' * length},,")
        assert f"“{shown}” is no rating" in told


def test_a_vignette_is_named_with_the_one_that_was_perhaps_meant() -> None:
    told = told_of("autum,Emeka,1,3,,", "wintry,Emeka,1,3,,", "spring,Emeka,1,3,,")
    assert told[0] == (
        "Line 2, column vignette: There is no vignette “autum” for panels. Did you mean “autumn”?"
    )
    assert told[1].endswith("Did you mean “winter”?")
    assert told[2].endswith("Write its name as it stands on this page.")
    # Names are those of addresses, in small letters.
    assert told_of("Autumn,Emeka,1,3,,") == [told[0].replace("“autum”", "“Autumn”")]


def test_the_line_that_is_named_is_the_one_in_which_the_row_begins() -> None:
    lines = [
        'autumn,Emeka,1,3,"It takes',
        "",
        'three lines.",',
        "",
        "autumn,Emeka,2,7,,",
        "autumn,Emeka,1,2,,",
        "autumn,Emeka,1,2,,",
        'autumn,Emeka,2,3,"and never ends',
    ]
    assert told_of(*lines)[:3] == [
        "Line 6, column rating: “7” is no rating. Write one of 0, 1, 2, 3, 4, or NR.",
        "Line 7: The same expert rates the same item as in line 2. Keep one of the two.",
        "Line 8: The same expert rates the same item as in line 2. Keep one of the two.",
    ]
    assert faults_in(sheet(*lines))[3:] == [(9, "", FaultCode.BROKEN_QUOTES)]


def test_who_rated_something_twice_is_still_told_what_they_left_out() -> None:
    rows = [*whole()[:5], "autumn,Goran,1,2,,"]
    assert told_of(*rows) == [
        "autumn: items that Goran has no line for: 2. Add what is missing, with NR for what was "
        "not rateable, or leave this expert out of the vignette.",
        "Line 7: The same expert rates the same item as in line 6. Keep one of the two.",
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("autumn,Goran,2,3,", FaultCode.WRONG_LENGTH),
        ("autumn,Goran,2,3,,,", FaultCode.WRONG_LENGTH),
        ("autumn,,2,3,,", FaultCode.EMPTY_CELL),
        (",Goran,2,3,,", FaultCode.EMPTY_CELL),
        ("autumn,Goran,9,3,,", FaultCode.UNKNOWN_ITEM),
        ("spring,Goran,2,3,,", FaultCode.UNLIKE_ANY_VIGNETTE),
    ],
)
def test_what_may_stand_in_a_line_that_cannot_be_placed_is_not_called_missing(
    line: str, code: FaultCode
) -> None:
    (fault,) = faults_in(sheet(*whole()[:5], line))
    assert (fault[0], fault[2]) == (7, code)


def test_a_line_of_another_length_is_told_both_lengths() -> None:
    (told,) = told_of(*whole()[:5], "autumn,Goran,2,3,It seems, so,4")
    assert told.startswith("Line 7: The line has 7 cells and the first line 6.")


def test_two_experts_are_too_few_for_a_vignette_whoever_rated_the_others() -> None:
    assert told_of(*whole(), *whole("winter")[:4]) == [
        "winter: 2 rated it. A panel needs at least 3 experts for each vignette."
    ]
    hye_jin = [f"winter,Hye-jin,{item},NR,," for item in ITEMS]
    read = read_panel_file(sheet(*whole("winter")[:4], *hye_jin, *whole()), vignettes=KNOWN)
    assert read.vignettes == ("winter", "autumn")
    assert read.experts == ("Emeka", "Freya", "Hye-jin", "Goran")


def test_vignettes_of_two_instruments_are_two_files_also_where_a_line_is_broken() -> None:
    clinic = [f"clinic,{expert},1,5,," for expert in EXPERTS]
    told = "The vignettes belong to several instruments: dialogic-practice, programme. Bring in one"
    for rows in ((*clinic, *whole()), (*whole(), *clinic, "broken")):
        assert told_of(*rows)[0].startswith(told)
    # Each is held against its own scale.
    (off,) = told_of(*[line.replace(",5,", ",0,") for line in clinic[:1]], *clinic[1:])
    assert off.endswith("“0” is no rating. Write one of 1, 2, 3, 4, 5, or NR.")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (
            "Item , EXPERT",
            ["Line 1: Columns are missing: vignette, rating. Name them in the first line of the "
             "file."],
        ),
        (
            f"{HEADER},Rating, reason",
            [
                f"Line 1, column {name}: There are two columns of this name. Remove or rename one."
                for name in ("rating", "reason")
            ],
        ),
    ],
)  # fmt: skip
def test_a_header_is_told_what_it_lacks_and_what_it_has_twice(header: str, told: list[str]) -> None:
    assert told_of(*whole(), header=header) == told


def test_columns_that_nobody_reads_may_have_any_name_twice() -> None:
    rows = [f"{line},a,b" for line in whole()]
    read = read_panel_file(sheet(*rows, header=f"{HEADER},note,note"), vignettes=KNOWN)
    assert read == read_panel_file(sheet(*whole()), vignettes=KNOWN)


@settings(max_examples=20)
@given(st.permutations(whole()), st.permutations(REQUIRED_AND_OPTIONAL), st.sampled_from(",;\t"))
def test_the_order_of_lines_and_columns_and_what_parts_the_cells_say_nothing(
    lines: list[str], columns: list[str], delimiter: str
) -> None:
    names = HEADER.split(",")
    rows = [
        delimiter.join(line.split(",")[names.index(column)] for column in columns) for line in lines
    ]
    read = read_panel_file(sheet(*rows, header=delimiter.join(columns)), vignettes=KNOWN)
    assert set(read.rows) == set(read_panel_file(sheet(*whole()), vignettes=KNOWN).rows)
    assert len(read.rows) == len(lines)


def test_an_export_of_nothing_is_a_header_and_lines_end_as_the_standard_has_it() -> None:
    assert list(lines_of([])) == [",".join(COLUMNS) + "\r\n"]
    row = exported(RatedItem("autumn", "Emeka", 1, None, 'He says "no",\nand goes.', (2, 14)))
    _header, line = lines_of([row])
    assert line == (
        'Spring panel,autumn,Emeka,1,\'=Name,NR,"He says ""no"",\nand goes.",2 14,3,,3 or 4\r\n'
    )


# In words


def test_thirty_faults_are_told_and_of_more_how_many_there_are() -> None:
    faults = [Fault(FaultCode.EMPTY_CELL, line, "item") for line in range(2, 34)]
    assert MOST_FAULTS_SHOWN == 30
    assert fault_texts([]) == []
    assert len(fault_texts(faults[:30])) == 30
    assert "Line 31, column item" in fault_texts(faults[:30])[-1]
    assert fault_texts(faults[:31])[30:] == ["And 1 more of this kind or another."]
    assert fault_texts(faults)[30:] == ["And 2 more of this kind or another."]


def test_a_fault_says_where_it_stands_as_far_as_it_stands_anywhere() -> None:
    empty = "The file holds no ratings. Write one line for each expert and item."
    assert fault_text(Fault(FaultCode.EMPTY)) == empty
    assert fault_text(Fault(FaultCode.EMPTY, 1)) == f"Line 1: {empty}"
    assert fault_text(Fault(FaultCode.EMPTY, 1, "item")) == f"Line 1, column item: {empty}"
    assert set(TEXTS) == set(FaultCode)
    # What a person wrote is shown as they wrote it, per cent signs and all.
    assert "“100%s” is no rating" in told_of(*whole()[:5], "autumn,Goran,2,100%s,,")[0]


def test_the_codebook_says_of_every_column_whether_an_import_needs_it() -> None:
    needs = {name: need for name, _meaning, need in codebook()}
    assert list(needs) == list(COLUMNS)
    read = [name for name, need in needs.items() if need == "read if there"]
    needed = [name for name, need in needs.items() if need == "needed"]
    assert (needed, read) == (["vignette", "expert", "item", "rating"], ["reason", "evidence"])
    assert {need for name, need in needs.items() if name not in needed + read} == {"passed over"}
    assert all(meaning.endswith(".") for _name, meaning, _need in codebook())
