"""Files of ratings as people hand them in: what is read, and how each fault is named."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.measurement.conftest import Write, read_anchors, read_ratings
from training.measurement.cells import scale_in, unified_name
from training.measurement.reading import AnchorValues, anchors_in, ratings_in
from training.measurement.sheets import LONGEST_NAME, MOST_FAULTS_SHOWN, Fault, RatingFileError
from training.psychometrics.table import LARGEST_SCORE, SCORE_DECIMALS, RatingTable

SCALE = (0, 1, 2, 3, 4)

GOOD = """\
subject,rater,item,score
Meeting 1,Asta,listening,3
Meeting 1,Asta,openness,NR
Meeting 1,Noor,listening,2
Meeting 2,Noor,openness,0
"""


def rows_of(table: RatingTable) -> set[tuple[str, ...]]:
    """The rows of a table, scores as text, in no order."""
    items = table.items or ("",)
    return {
        (table.subjects[subject], table.raters[rater], items[item], repr(float(score)))
        for subject, rater, item, score in zip(
            table.subject, table.rater, table.item, table.score, strict=True
        )
    }


def faults_of(content: str | bytes, **options: object) -> list[str]:
    """What is wrong with the content, one text per fault."""
    content = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(RatingFileError) as refusal:
        ratings_in(content, **options)  # type: ignore[arg-type]
    return [str(fault) for fault in refusal.value.faults]


def fault_of(content: str | bytes, **options: object) -> str:
    (fault,) = faults_of(content, **options)
    return fault


def fault_of_score(score: str, **options: object) -> str:
    """What is said when Noor's only score is this."""
    return fault_of(f"subject,rater,score\nMeeting 1,Noor,{score}\n", **options)


# What is read


def test_asta_and_noor_rate_two_meetings(write: Write) -> None:
    table = read_ratings(write(GOOD))
    assert (table.subjects, table.raters) == (("Meeting 1", "Meeting 2"), ("Asta", "Noor"))
    assert table.items == ("listening", "openness")
    assert rows_of(table) == {
        ("Meeting 1", "Asta", "listening", "3.0"),
        ("Meeting 1", "Asta", "openness", "nan"),
        ("Meeting 1", "Noor", "listening", "2.0"),
        ("Meeting 2", "Noor", "openness", "0.0"),
    }


def test_ratings_without_items_need_no_such_column(write: Write) -> None:
    table = read_ratings(write("subject,rater,score\nMeeting 1,Asta,3\nMeeting 1,Noor,2.5\n"))
    assert not table.has_items
    assert table.score.tolist() == [3.0, 2.5]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.rstrip("\n"),
        GOOD.replace("subject,rater", " Subject , RATER"),
        GOOD.replace(",", " , "),
        GOOD.replace("\n", "\n\n \n,,,\n"),
        GOOD.replace("Meeting 1", '"Meeting 1"').replace(",2", ', "2"'),
        GOOD.replace("NR", "nr"),
        "score,item,rater,subject\n"
        + "\n".join(",".join(reversed(line.split(","))) for line in GOOD.splitlines()[1:]),
        "\n".join(f"x,{line},," for line in GOOD.splitlines()),
    ],
    ids=[
        "byte-order mark",
        "CRLF",
        "CR",
        "no end of line",
        "header in capitals",
        "spaces",
        "blank lines",
        "quotes",
        "small nr",
        "other order",
        "further columns",
    ],
)
def test_the_same_ratings_may_be_written_in_many_ways(content: str) -> None:
    assert rows_of(ratings_in(content.encode())) == rows_of(ratings_in(GOOD.encode()))


def test_names_may_hold_commas_quotes_and_line_breaks() -> None:
    content = 'subject,rater,score\n"Meeting 1, ""first""","Noor\nHaddad",3\n'
    table = ratings_in(content.encode())
    assert table.subjects == ('Meeting 1, "first"',)
    assert table.raters == ("Noor\nHaddad",)


def test_zoe_is_one_person_however_her_accent_is_typed() -> None:
    content = "subject,rater,score\nMeeting 1,Zoe\u0308,3\nMeeting 2,Zo\u00eb,2\n"
    assert ratings_in(content.encode()).raters == ("Zo\u00eb",)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("3", 3),
        ("+3", 3),
        ("-1", -1),
        ("03", 3),
        ("3.", 3),
        (".5", 0.5),
        ("2.50000", 2.5),
        ("25e-1", 2.5),
        ("1E2", 100),
        ("0.02e+2", 2),
        ("10e-1", 1),
        ("0e9", 0),
        ("-0", 0),
    ],
)
def test_numbers_are_read_as_they_are_meant(text: str, score: float) -> None:
    table = ratings_in(f"subject,rater,score\nMeeting 1,Noor,{text}\n".encode())
    assert table.score.tolist() == [score]
    assert not np.signbit(table.score[table.score == 0]).any()


def test_nobody_could_rate_anything_and_that_is_a_table_too() -> None:
    table = ratings_in(b"subject,rater,score\nMeeting 1,Asta,NR\nMeeting 1,Noor,NR\n")
    assert not table.is_scored.any()


# Faults of single rows


@pytest.mark.parametrize(
    ("score", "said"),
    [
        ("good", "'good' is no score; write a number such as 3 or 2.5, or leave the row out"),
        ("", "the score is empty; leave the row out, or write NR for what could not be rated"),
        ('"3,5"', "'3,5' has a decimal comma; write 3.5"),
        ("nan", "'nan' is no score"),
        ("-inf", "'-inf' is no score"),
        ("Infinity", "'Infinity' is no score"),
        ("1_000", "'1_000' is no score"),
        ("٣", "'٣' is no score"),
        ("３", "'３' is no score"),
        ("²", "'²' is no score"),
        ("−3", "'−3' is no score"),
        ("0x3", "'0x3' is no score"),
        ("3 1", "'3 1' is no score"),
        (".", "'.' is no score"),
        ("e5", "'e5' is no score"),
        ("3e", "'3e' is no score"),
        ("3e99999", "'3e99999' is no score"),
        ("1e999", "'1e999' is beyond 1000"),
        ("-1000.001", "'-1000.001' is beyond 1000; correct it, or rescale all scores"),
        ("1.2345", "'1.2345' has more than 3 decimals; round it"),
        ("1e-99", "'1e-99' has more than 3 decimals"),
        ("1.00000000000000000000001", "has more than 3 decimals"),
    ],
)
def test_what_is_no_score_is_named_with_what_to_do(score: str, said: str) -> None:
    assert (LARGEST_SCORE, SCORE_DECIMALS) == (1000, 3)
    fault = fault_of_score(score)
    assert fault.startswith("line 2: ")
    assert said in fault


def test_the_largest_scores_and_the_finest_are_read() -> None:
    content = b"subject,rater,score\nMeeting 1,Asta,-1000\nMeeting 1,Noor,999.999\n"
    assert ratings_in(content).score.tolist() == [-1000.0, 999.999]


@pytest.mark.parametrize("score", ["5", "2.5", "-1"])
def test_a_score_that_is_not_on_the_scale_is_named(score: str) -> None:
    said = f"line 2: '{score}' is not on the scale 0, 1, 2, 3, 4; correct one of them"
    assert fault_of_score(score, scale=SCALE) == said


def test_not_rateable_is_on_every_scale() -> None:
    assert len(ratings_in(GOOD.encode(), scale=SCALE)) == 4


def test_a_rating_given_twice_is_named_with_both_lines() -> None:
    assert fault_of(GOOD + " Meeting 1 ,Noor,listening,4\n") == (
        "line 6: the same subject and rater and item as line 4 ('Meeting 1', 'Noor', 'listening'); "
        "keep one of the two"
    )


def test_a_rating_given_three_times_points_to_the_first() -> None:
    lines = "Meeting 1,Noor,1\n" * 3
    first, second = faults_of(f"subject,rater,score\n{lines}")
    assert "line 3: the same subject and rater as line 2" in first
    assert "line 4: the same subject and rater as line 2" in second


def test_nobody_and_nothing_are_no_names() -> None:
    content = "subject,rater,item,score\n , ,openness,1\nMeeting 1,Noor,\u00a0,1\n"
    assert faults_of(content) == [
        "line 2: the subject is empty; name it",
        "line 2: the rater is empty; name it",
        "line 3: the item is empty; name it",
    ]


def test_a_whole_letter_is_no_name() -> None:
    letter = "Dear all, " * 30
    fault = fault_of(f'subject,rater,score\n"{letter}",Noor,1\n')
    assert "line 2: the subject 'Dear all, Dear all, " in fault
    assert f"has 299 characters; shorten it to {LONGEST_NAME} at most" in fault


def test_rows_must_be_as_long_as_the_header() -> None:
    content = "subject,rater,score\nMeeting 1,Noor\nMeeting 1,Ines,3,5\nMeeting 1,Asta,3\n"
    assert faults_of(content) == [
        "line 2: the row has 2 cells and the header 3; add what is missing, if only a comma",
        "line 3: the row has 4 cells and the header 3; put a cell that holds a comma in quotation "
        "marks, write decimals as 2.5",
    ]


def test_lines_are_those_of_the_file_also_below_quoted_line_breaks() -> None:
    content = 'subject,rater,note,score\nMeeting 1,Noor,"two\nlines\r\n",x\n\nMeeting 2,Noor,,y\n'
    first, second = faults_of(content)
    assert first.startswith("line 2: 'x' is no score")
    assert second.startswith("line 6: 'y' is no score")


def test_all_faults_are_named_at_once_and_many_are_counted() -> None:
    rows = [f"Meeting {number},Noor,bad" for number in range(25)]
    rows.insert(3, "Meeting 3")
    with pytest.raises(RatingFileError) as refusal:
        ratings_in("\n".join(["subject,rater,score", *rows]).encode())
    faults = refusal.value.faults
    assert [fault.line for fault in faults] == list(range(2, 28))
    assert all(isinstance(fault, Fault) for fault in faults)
    text = str(refusal.value).splitlines()
    assert len(text) == MOST_FAULTS_SHOWN + 1
    assert text[3].startswith("line 5: the row has 1 cells")
    assert text[-1] == "and 6 more"


# Faults of whole files


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("subject,score", "line 1: missing columns: rater; there are 'subject', 'score'"),
        ("a,b", "line 1: missing columns: subject, rater, score; there are 'a', 'b'"),
        ("subject,rater,score,Score", "line 1: the column score is named twice; rename or remove"),
        ("\n\nitem,rater,score", "line 3: missing columns: subject"),
        (
            "subject;rater;score",
            "seem to be separated by semicolons: save them separated by commas",
        ),
        ("subject\trater\tscore", "seem to be separated by tabs: save them separated by commas"),
    ],
)
def test_a_header_that_cannot_be_is_named(header: str, said: str) -> None:
    assert said in fault_of(f"{header}\nMeeting 1,Noor,3\n")


def test_a_header_can_be_wrong_in_two_ways() -> None:
    named_twice, missing = faults_of("rater,rater,score\n")
    assert "the column rater is named twice" in named_twice
    assert "missing columns: subject" in missing


def test_a_column_of_no_interest_may_be_named_twice() -> None:
    assert len(ratings_in(b"note,subject,rater,note,score\n,Meeting 1,Noor,,3\n")) == 1


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\n \n", ",,\n"])
def test_an_empty_file_is_told_how_to_begin(content: str) -> None:
    assert fault_of(content) == "the file is empty; begin with the line subject,rater,score"


def test_a_header_alone_is_no_file_of_ratings() -> None:
    assert fault_of("subject,rater,score\n\n") == "there are no ratings; add rows below the header"


def test_a_file_in_another_encoding_is_named_with_the_line() -> None:
    content = "subject,rater,score\r\nMeeting 1,Noor,3\r\nMeeting 1,Zoë,3\r\n".encode("latin-1")
    assert fault_of(content) == "line 3: byte 0xeb is not UTF-8; save it as CSV in UTF-8"


def test_what_spreadsheets_call_unicode_text_is_named() -> None:
    assert fault_of(GOOD.encode("utf-16")) == "the file is in UTF-16; save it as CSV in UTF-8"


def test_a_nul_byte_is_no_text() -> None:
    fault = fault_of("subject,rater,score\nMeeting 1,No\0or,3\n")
    assert (
        fault == "line 2: a NUL byte stands here, so this is no text file; save it as CSV in UTF-8"
    )


def test_an_unclosed_quote_is_named_where_its_row_begins() -> None:
    content = 'subject,rater,score\nMeeting 1,Noor,x\nMeeting 1,"Ines,3\nMeeting 1,Asta,3\n'
    other, quote = faults_of(content)
    assert other.startswith("line 2: 'x' is no score")
    assert quote.startswith("line 3: a quotation mark opens in the row that starts here and is nev")
    assert quote.endswith("nothing below was read")


def test_text_behind_a_closing_quote_is_named() -> None:
    fault = fault_of('subject,rater,score\nMeeting 1,"Noor" Haddad,3\n')
    assert fault.startswith("line 2: text follows a closing quotation mark; put a comma")


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_giant_cell_is_named(quote: str) -> None:
    fault = fault_of(f"subject,rater,score\nMeeting 1,{quote}{'x' * 200_000},3\n")
    assert fault.startswith("line 2: a cell of the row that starts here does not end")


def test_a_header_with_an_unclosed_quote_is_named() -> None:
    assert "line 1: a quotation mark opens" in fault_of('subject,"rater,score\nMeeting 1,Noor,3\n')


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere.csv", "there is no such file; check its name and folder"),
        ("", "this is a folder; name a file in it"),
        ("ratings.csv/x.csv", "this file cannot be read ("),
        ("a\0b", "this file cannot be read ("),
        ("x" * 5000, "this file cannot be read ("),
    ],
    ids=["not there", "a folder", "a file taken for a folder", "no name at all", "too long"],
)
def test_a_file_that_cannot_be_opened_is_a_fault(
    tmp_path: Path, write: Write, name: str, said: str
) -> None:
    write(GOOD)
    for read in (read_ratings, read_anchors):
        with pytest.raises(RatingFileError) as refusal:
            read(tmp_path / name)
        assert refusal.value.faults[0].line is None
        assert str(refusal.value).startswith(said)


def test_a_file_that_belongs_to_somebody_else_is_a_fault(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> bytes:
        raise PermissionError

    path = write(GOOD)
    monkeypatch.setattr(Path, "read_bytes", refuse)  # whoever runs the tests may read everything
    with pytest.raises(RatingFileError, match="you may not read this file; ask whom it belongs to"):
        read_ratings(path)


# Anchors


ANCHORS = """\
facet,name,measure
rater,Asta,-0.31
Rater,Noor,0.456789
item,listening,.8
subject,Meeting 1,1e0
threshold,2,1.25
threshold,1,-1.25
"""


def test_anchors_are_read_by_facet_and_thresholds_in_order(write: Write) -> None:
    anchors = read_anchors(write(ANCHORS, "spring.csv"))
    assert anchors.raters == {"Asta": -0.31, "Noor": 0.456789}
    assert anchors.items == {"listening": 0.8}
    assert anchors.subjects == {"Meeting 1": 1.0}
    assert anchors.thresholds == (-1.25, 1.25)


def test_without_thresholds_there_are_none_to_hold_fast() -> None:
    assert anchors_in(b"name,measure,facet\nAsta,0,rater\n").thresholds is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("person,Asta,1", "'person' is no facet; write one of subject, item, rater, threshold"),
        (",Asta,1", "the facet is empty; name it"),
        ("rater,,1", "the name is empty; name it"),
        ("rater,Asta,", "the measure is empty; leave the row out"),
        ('rater,Asta,"0,5"', "'0,5' has a decimal comma; write 0.5"),
        ("rater,Asta,NR", "'NR' is no measure; write a number such as 3 or 2.5, or leave the row"),
        ("rater,Asta,nan", "'nan' is no measure"),
        ("rater,Asta,-100.5", "'-100.5' is beyond 100 logits; correct it"),
        ("threshold,0,1", "'0' is no step; name thresholds 1, 2, 3 and so on"),
        ("threshold,first,1", "'first' is no step"),
        ("threshold,,1", "the name is empty"),
        ("rater,Asta", "the row has 2 cells and the header 3"),
    ],
)
def test_an_anchor_that_cannot_be_is_named(row: str, said: str) -> None:
    with pytest.raises(RatingFileError) as refusal:
        anchors_in(f"facet,name,measure\n{row}\n".encode())
    (fault,) = refusal.value.faults
    assert fault.line == 2
    assert fault.message.startswith(said)


def test_a_rater_is_anchored_once() -> None:
    with pytest.raises(RatingFileError, match="line 3: the same facet and name as line 2"):
        anchors_in(b"facet,name,measure\nrater,Asta,1\nRATER,Asta,2\n")


def test_thresholds_have_no_gaps() -> None:
    content = b"facet,name,measure\nthreshold,4,1\nthreshold,2,0\n"
    with pytest.raises(RatingFileError, match="missing thresholds: 1, 3; anchor all of them or no"):
        anchors_in(content)


def test_a_file_of_ratings_is_no_file_of_anchors() -> None:
    with pytest.raises(RatingFileError, match="missing columns: facet, name, measure"):
        anchors_in(GOOD.encode())
    with pytest.raises(RatingFileError, match="there are no anchors; add rows below the header"):
        anchors_in(b"facet,name,measure\n")


# Scales


def test_a_scale_is_sorted() -> None:
    assert scale_in("4, 0,2.5,-1 ") == (-1.0, 0.0, 2.5, 4.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the point of the scale is empty"),
        ("3", "a scale has two points at least; write all of them, such as 0,1,2,3,4"),
        ("0,1,,2", "the point of the scale is empty"),
        ("0,1,1.0", "a point is named twice; write each once"),
        ("0,-0", "a point is named twice"),
        ("0,1,nan", "'nan' is no point of the scale"),
        ("0-4", "'0-4' is no point of the scale"),
        ("0,1e9", "'1e9' is beyond 1000"),
        ("0,0.00001", "'0.00001' has more than 3 decimals"),
    ],
)
def test_what_is_no_scale_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError) as refusal:
        scale_in(text)
    assert said in str(refusal.value)


# What must hold for any file whatever


HEADS = st.sampled_from(
    [b"", b"subject,rater,score\n", b"\xef\xbb\xbfscore,item,rater,subject\r\n"]
)
PIECES = st.sampled_from(
    [b",", b'"', b"\n", b"\r", b"a", b"3", b"NR", b".", b"e9", b"-", b" ", b"\0", b"\xff", b";"]
)
BODIES = st.one_of(st.binary(max_size=80), st.lists(PIECES, max_size=40).map(b"".join))
ANCHOR_ROWS = st.text("raters,threshold\n0123.-", max_size=60).map(str.encode)


def read_or_refused(
    read: Callable[[bytes], RatingTable | AnchorValues], content: bytes
) -> RatingTable | AnchorValues | RatingFileError:
    """What is read, or the refusal; anything else that is raised fails the test."""
    try:
        return read(content)
    except RatingFileError as refusal:
        return refusal


@settings(max_examples=250)
@given(head=HEADS, body=BODIES)
@example(head=b"", body=b'"' * 3)
@example(head=b"subject,rater,score\n", body=b"a,\xe2\x80\x83,1\n")
def test_any_bytes_are_a_table_or_a_list_of_faults(head: bytes, body: bytes) -> None:
    result = read_or_refused(ratings_in, head + body)
    if isinstance(result, RatingFileError):
        assert result.faults
        assert all(fault.line is None or fault.line >= 1 for fault in result.faults)
        assert all(line.isprintable() for line in str(result).split("\n"))
    else:
        assert isinstance(result, RatingTable)
        assert len(result) > 0


@settings(max_examples=150)
@given(body=st.one_of(BODIES, ANCHOR_ROWS))
def test_any_bytes_are_anchors_or_a_list_of_faults(body: bytes) -> None:
    result = read_or_refused(anchors_in, b"facet,name,measure\n" + body)
    assert isinstance(result, AnchorValues) or result.faults


NAMES = st.text(
    # No lone CR: the writer of Python 3.11 forgets to quote it.
    st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"),
    min_size=1,
    max_size=6,
).filter(str.strip)
SCORES = st.one_of(
    st.none(),
    st.integers(-1000, 1000).map(float),
    st.integers(-999_999, 999_999).map(lambda thousandths: thousandths / 1000),
)


@settings(max_examples=80)
@given(data=st.data(), has_items=st.booleans())
def test_any_table_survives_being_written_and_read(data: st.DataObject, has_items: bool) -> None:
    keys = st.tuples(NAMES, NAMES, NAMES if has_items else st.just(""))
    rows = data.draw(
        st.lists(st.tuples(keys, SCORES), min_size=1, max_size=12, unique_by=unified_key)
    )
    columns = ["subject", "rater", "score", *(["item"] if has_items else []), "a note"]
    content = written(
        [
            {
                "subject": subject,
                "rater": rater,
                "item": item,
                "score": "NR" if score is None else repr(score),
                "a note": 'rated, she says,\n"on Monday"',
            }
            for (subject, rater, item), score in rows
        ],
        columns=data.draw(st.permutations(columns)),
        line_end=data.draw(st.sampled_from(["\n", "\r\n"])),
        quoting=data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        mark=data.draw(st.sampled_from(["", "\ufeff"])),
    )
    table = ratings_in(content)
    assert rows_of(table) == {
        (*unified_key(row), repr(float("nan") if row[1] is None else row[1] + 0.0)) for row in rows
    }


def unified_key(row: tuple[tuple[str, str, str], float | None]) -> tuple[str, ...]:
    """What makes a row of the test one of its own, once read."""
    return tuple(map(unified_name, row[0]))


def written(
    rows: list[dict[str, str]], *, columns: list[str], line_end: str, quoting: int, mark: str
) -> bytes:
    """The rows as a spreadsheet would save them."""
    file = io.StringIO(newline="")
    file.write(mark)
    writer = csv.DictWriter(
        file,
        columns,
        extrasaction="ignore",
        lineterminator=line_end,
        quoting=quoting,  # type: ignore[arg-type]
    )
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def test_a_hundred_thousand_ratings_are_read_in_about_a_second(write: Write) -> None:
    rows = [
        f"Meeting {meeting},Rater {rater},item {item},{(meeting + rater * item) % 5}"
        for meeting in range(1000)
        for rater in range(10)
        for item in range(12)
    ]
    path = write("\n".join(["subject,rater,item,score", *rows]))
    start = time.perf_counter()
    table = read_ratings(path, scale=SCALE)
    print(f"{len(table)} ratings in {time.perf_counter() - start:.2f} s")
    assert len(table) == 120_000
