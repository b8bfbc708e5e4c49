"""The ends of what a file of ratings may hold: the last thing taken, and the first one refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.measurement.cells import scale_in
from training.measurement.reading import AnchorValues, anchors_in, ratings_in
from training.measurement.sheets import LONGEST_NAME, MOST_FAULTS_SHOWN, Fault, RatingFileError

HEADER = "subject,rater,score\n"


def refused(content: str | bytes) -> list[str]:
    """The faults of a file of ratings."""
    content = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(RatingFileError) as refusal:
        ratings_in(content)
    return [str(fault) for fault in refusal.value.faults]


def anchored(*rows: str) -> AnchorValues:
    return anchors_in("\n".join(["facet,name,measure", *rows]).encode())


def refused_anchors(*rows: str) -> list[Fault]:
    with pytest.raises(RatingFileError) as refusal:
        anchored(*rows)
    return list(refusal.value.faults)


# Names


def test_a_name_of_two_hundred_letters_is_the_longest() -> None:
    assert LONGEST_NAME == 200
    longest = "x" * 200
    assert ratings_in(f"{HEADER}{longest},Noor,1\n".encode()).subjects == (longest,)
    (fault,) = refused(f"{HEADER}Meeting 1,{longest}x,1\n")
    assert fault == (
        f"line 2: the rater '{'x' * 40}…' has 201 characters; shorten it to 200 at most"
    )


def test_every_name_of_a_row_that_cannot_be_is_named() -> None:
    long = "x" * 201
    first, second, third = refused(f"subject,rater,item,score\n{long},,{long},1\n")
    assert first.startswith("line 2: the subject 'xxx")
    assert second == "line 2: the rater is empty; name it"
    assert third.startswith("line 2: the item 'xxx")


def test_rows_without_a_name_are_not_the_same_row_twice() -> None:
    assert refused(f"{HEADER},Noor,1\n,Noor,1\n") == [
        "line 2: the subject is empty; name it",
        "line 3: the subject is empty; name it",
    ]


def test_the_same_name_with_other_accents_or_spaces_is_the_same_row() -> None:
    (fault,) = refused(f"{HEADER}Meeting 1,Zoe\u0308,1\n Meeting 1, Zo\u00eb ,1\n")
    assert fault == (
        "line 3: the same subject and rater as line 2 ('Meeting 1', 'Zo\u00eb'); "
        "keep one of the two"
    )
    # Capitals are another name.
    assert ratings_in(f"{HEADER}Meeting 1,noor,1\nMeeting 1,Noor,1\n".encode()).raters == (
        "Noor",
        "noor",
    )


# Cells as they are shown


def test_a_cell_is_shown_whole_up_to_forty_letters() -> None:
    (whole,) = refused(f"{HEADER}Meeting 1,Noor,{'x' * 40}\n")
    (cut,) = refused(f"{HEADER}Meeting 1,Noor,{'x' * 41}\n")
    assert whole.startswith(f"line 2: '{'x' * 40}' is no score")
    assert cut.startswith(f"line 2: '{'x' * 40}…' is no score")


def test_a_faulty_score_is_named_once_for_each_row_that_holds_it() -> None:
    first, second, third = refused(f"{HEADER}a,Noor,good\nb,Noor,good\nc,Noor,good\n")
    assert [fault[:14] for fault in (first, second, third)] == [
        "line 2: 'good'",
        "line 3: 'good'",
        "line 4: 'good'",
    ]


@pytest.mark.parametrize(("rows", "last"), [(20, "line 21: "), (21, "and 1 more"), (1, "line 2: ")])
def test_up_to_twenty_faults_are_shown(rows: int, last: str) -> None:
    assert MOST_FAULTS_SHOWN == 20
    content = HEADER + "".join(f"{number},Noor,x\n" for number in range(rows))
    with pytest.raises(RatingFileError) as refusal:
        ratings_in(content.encode())
    shown = str(refusal.value).splitlines()
    assert len(refusal.value.faults) == rows
    assert len(shown) == min(rows, 21)
    assert shown[-1].startswith(last)


def test_of_a_very_wide_header_twenty_columns_are_named() -> None:
    (fault,) = refused(",".join(f"c{number}" for number in range(30)) + "\n")
    assert "there are 'c0', 'c1', " in fault
    assert "'c19'" in fault
    assert "'c20'" not in fault


# Numbers


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("1000", 1000.0),
        ("-1e3", -1000.0),
        ("1000.000", 1000.0),
        ("0.001", 0.001),
        ("-.001", -0.001),
        ("1.2340", 1.234),
        ("1234e-3", 1.234),
        ("12340e-4", 1.234),
        ("0.0001e1", 0.001),
        ("0.0000", 0.0),
        ("0e-9", 0.0),
    ],
)
def test_the_last_score_that_is_taken(text: str, score: float) -> None:
    assert ratings_in(f"{HEADER}Meeting 1,Noor,{text}\n".encode()).score.tolist() == [score]
    assert scale_in(f"{text},0.5")[0 if score < 0.5 else 1] == score


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1000.001", "is beyond 1000"),
        ("-1001", "is beyond 1000"),
        ("0.0001", "has more than 3 decimals; round it"),
        ("1e-4", "has more than 3 decimals; round it"),
        ("1234e-4", "has more than 3 decimals; round it"),
        ("1.2341", "has more than 3 decimals; round it"),
        ("1e", "is no score"),
        ("+", "is no score"),
        ("--1", "is no score"),
        ("1.2.3", "is no score"),
        ("1 000", "is no score"),
        ("NR.", "is no score"),
        ("N R", "is no score"),
    ],
)
def test_the_first_score_that_is_refused(text: str, said: str) -> None:
    (fault,) = refused(f"{HEADER}Meeting 1,Noor,{text}\n")
    assert fault.startswith(f"line 2: '{text}' {said}")


@pytest.mark.parametrize(
    ("text", "written"), [('"3,5"', "3.5"), ('"-,5"', "-.5"), ('"+12,25"', "+12.25")]
)
def test_a_decimal_comma_is_told_how_to_be_written(text: str, written: str) -> None:
    (fault,) = refused(f"{HEADER}Meeting 1,Noor,{text}\n")
    assert fault.endswith(f"has a decimal comma; write {written}")


@pytest.mark.parametrize("text", ['"3,"', '"1,000,5"', '"1.000,5"', '","'])
def test_other_commas_are_no_decimal_commas(text: str) -> None:
    (fault,) = refused(f"{HEADER}Meeting 1,Noor,{text}\n")
    assert "is no score" in fault
    assert "decimal comma" not in fault


def test_a_scale_of_halves_takes_scores_however_they_are_written() -> None:
    table = ratings_in(
        f"{HEADER}a,Noor,0.50\nb,Noor,5e-1\nc,Noor,.5\nd,Noor,1\n".encode(), scale=(0.5, 1.0)
    )
    assert table.score.tolist() == [0.5, 0.5, 0.5, 1.0]
    with pytest.raises(RatingFileError, match=r"'0\.25' is not on the scale 0\.5, 1; correct"):
        ratings_in(f"{HEADER}a,Noor,0.25\n".encode(), scale=(0.5, 1.0))


def test_two_points_are_a_scale() -> None:
    assert scale_in("1,0") == (0.0, 1.0)
    assert scale_in("-1000 , 1000") == (-1000.0, 1000.0)


# Lines


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_broken_letter_is_found_in_its_line_whatever_ends_the_lines(end: str) -> None:
    lines = end.join(["subject,rater,score", "Meeting 1,Noor,3", "Meeting 2,Zo"])
    assert refused(lines.encode() + b"\xeb,3") == [
        "line 3: byte 0xeb is not UTF-8; save it as CSV in UTF-8"
    ]
    (nul,) = refused(f"{lines}\0,3")
    assert nul.startswith("line 3: a NUL byte stands here")


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_either_mark_of_utf_16_is_known(mark: bytes) -> None:
    assert refused(mark + b"s\0u\0b\0") == ["the file is in UTF-16; save it as CSV in UTF-8"]


def test_rows_that_are_all_too_short_are_not_said_to_be_none() -> None:
    assert refused(f"{HEADER}Meeting 1\n") == [
        "line 2: the row has 1 cells and the header 3; add what is missing, if only a comma"
    ]


def test_faults_stand_in_the_order_of_their_lines_whichever_is_found_first() -> None:
    """A row of the wrong length is found before any cell is read, an open quote before that."""
    content = f'{HEADER}a,Noor,x\nb,Noor\n,Noor,y\nc,Noor,1,2\n"d,Noor,1\n'
    lines = [fault.partition(":")[0] for fault in refused(content)]
    assert lines == ["line 2", "line 3", "line 4", "line 4", "line 5", "line 6"]


def test_columns_of_no_interest_may_be_empty_or_hold_anything() -> None:
    content = "note,subject,rater,score,\n,a,Noor,1,\n'; DROP,b,Noor,NR,\ud7ff\n"
    table = ratings_in(content.encode())
    assert table.subjects == ("a", "b")
    assert not table.has_items


# Anchors


def test_measures_reach_to_a_hundred_logits_and_steps_to_four_digits() -> None:
    values = anchored("rater,Asta,100", "rater,Noor,-1e2", "item,listening,0.123456789")
    assert values.raters == {"Asta": 100.0, "Noor": -100.0}
    assert values.items == {"listening": 0.123456789}
    (fault,) = refused_anchors("rater,Asta,100.001")
    assert fault.message == "'100.001' is beyond 100 logits; correct it"


@pytest.mark.parametrize("step", ["01", "10000", "1.0", "-1", "²", "1 2"])
def test_a_step_is_a_plain_number(step: str) -> None:
    (fault,) = refused_anchors(f"threshold,{step},0")
    assert fault == Fault(2, f"'{step}' is no step; name thresholds 1, 2, 3 and so on")


def test_a_threshold_with_a_faulty_measure_is_not_also_missing() -> None:
    (fault,) = refused_anchors("threshold,1,low", "threshold,2,1")
    assert (fault.line, fault.message.partition(";")[0]) == (2, "'low' is no measure")


def test_missing_thresholds_are_named_once_the_rest_is_mended() -> None:
    (fault,) = refused_anchors("rater,Asta,x", "threshold,3,0")
    assert fault.line == 2
    (gap,) = refused_anchors("rater,Asta,1", "threshold,3,0")
    assert gap == Fault(None, "missing thresholds: 1, 2; anchor all of them or none")
    (wide,) = refused_anchors("threshold,9999,0")
    assert wide.message.endswith(
        ": " + ", ".join(map(str, range(1, 21))) + "; anchor all of them or none"
    )


def test_the_same_name_may_stand_in_two_facets_but_only_once_in_each() -> None:
    values = anchored("rater,Asta,1", "SUBJECT,Asta,2", "item,1,3", "threshold,1,4")
    assert (values.raters, values.subjects) == ({"Asta": 1.0}, {"Asta": 2.0})
    assert (values.items, values.thresholds) == ({"1": 3.0}, (4.0,))
    (fault,) = refused_anchors("threshold,1,0", "threshold,1,0")
    assert (
        fault.message == "the same facet and name as line 2 ('threshold', '1'); keep one of the two"
    )


def test_ten_thresholds_stand_in_the_order_of_their_numbers() -> None:
    rows = [f"threshold,{step},{step / 10}" for step in (10, 2, 1, 9, 3, 8, 4, 7, 5, 6)]
    assert anchored(*rows).thresholds == tuple(step / 10 for step in range(1, 11))


@settings(max_examples=50)
@given(st.integers(-(10**9), 10**9), st.integers(-9, 3))
def test_a_number_is_taken_exactly_where_it_is_within_a_thousand_and_in_thousandths(
    digits: int, exponent: int
) -> None:
    """Reckoned in whole billionths, a million of which are one thousandth."""
    text = f"{digits}e{exponent}"
    billionths = digits * 10 ** (exponent + 9)
    is_fine = billionths % 10**6 == 0
    is_small = abs(billionths) <= 1000 * 10**9
    content = f"{HEADER}Meeting 1,Noor,{text}\n".encode()
    if is_fine and is_small:
        assert ratings_in(content).score.tolist() == [float(text)]
    else:
        with pytest.raises(RatingFileError, match="is beyond" if not is_small else "decimals"):
            ratings_in(content)
