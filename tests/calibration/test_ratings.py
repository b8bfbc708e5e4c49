"""Reading what raters type and scripts send, what is missing, what deserves a second look."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.calibration.ratings import (
    BLANK,
    LONGEST_TEXT,
    FaultKind,
    Lack,
    LackKind,
    PatternKind,
    Rating,
    RatingFrame,
    is_hurried,
    lacks_of,
    number_given,
    parse_document,
    parse_ratings,
    patterns_in,
    read_score,
    read_text,
    read_turns,
    turns_as_text,
)

FRAME = RatingFrame(items=(1, 2, 3), scores=(0, 1, 2, 3, 4), turns=26, not_rateable_limit=1)
TWELVE = RatingFrame(tuple(range(1, 13)), (0, 1, 2, 3, 4), 26, 2)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
valid_ratings = st.builds(
    Rating,
    score=st.sampled_from(FRAME.scores),
    evidence=st.sets(st.integers(1, FRAME.turns), max_size=6).map(lambda t: tuple(sorted(t))),
    note=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40).map(read_text),
)


def kinds(faults: tuple[Any, ...]) -> list[tuple[FaultKind, int | None]]:
    return [(fault.kind, fault.item) for fault in faults]


@pytest.mark.parametrize(
    ("typed", "turns"),
    [
        ("", ()),
        ("4", (4,)),
        ("4, 7", (4, 7)),
        ("7 4;4", (4, 7)),
        ("4-7", (4, 5, 6, 7)),
        ("4 to 6, 9", (4, 5, 6, 9)),
        ("4 – 6", (4, 5, 6)),
        ("४, ७", (4, 7)),
        (" , ,", ()),
        (None, ()),
        ([7, 4, 4], (4, 7)),
        ([], ()),
    ],
)
def test_turns_are_read_as_people_write_them(typed: object, turns: tuple[int, ...]) -> None:
    assert read_turns(typed) == turns


@pytest.mark.parametrize(
    "typed", ["four", "4, x", "7-4", "-4", "4.5", "9" * 5000, "1-999999", [True], ["4"], [4.0], 4]
)
def test_what_is_no_turn_is_refused(typed: object) -> None:
    with pytest.raises(ValueError):
        read_turns(typed)


@pytest.mark.parametrize(("value", "score"), [(None, None), ("", None), ("3", 3), (0, 0), ("0", 0)])
def test_scores_of_the_scale_are_read(value: object, score: int | None) -> None:
    assert read_score(value, FRAME.scores) == score


@pytest.mark.parametrize("value", [5, -1, "5", "2.0", 2.0, True, False, [], {}, "nr", "NaN"])
def test_whatever_is_no_score_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        read_score(value, FRAME.scores)


def test_text_is_stored_in_one_form() -> None:
    assert read_text("  a\r\nb\rc\0d ") == "a\nb\ncd"
    assert read_text("half \ud83d") == "half"
    assert read_text("e\u0301") == "é"
    assert read_text(None) == ""
    with pytest.raises(TypeError):
        read_text(7)


def test_all_faults_are_found_at_once() -> None:
    parsed = parse_ratings(
        {
            1: {"rating": "9", "evidence": "4, 99", "note": "x" * (LONGEST_TEXT + 1)},
            2: {"rating": "NR", "evidence": "early", "reason": 7, "colour": "red"},
            9: {"rating": "1"},
        },
        FRAME,
    )
    assert set(kinds(parsed.faults)) == {
        (FaultKind.UNKNOWN_ITEM, None),
        (FaultKind.NO_SUCH_SCORE, 1),
        (FaultKind.TOO_LONG, 1),
        (FaultKind.NO_SUCH_TURN, 1),
        (FaultKind.NOT_TURNS, 2),
        (FaultKind.NOT_TEXT, 2),
        (FaultKind.UNKNOWN_FIELD, 2),
    }


def test_a_draft_may_be_incomplete() -> None:
    parsed = parse_ratings({2: {"rating": "3", "evidence": "4"}}, FRAME)
    assert parsed.faults == ()
    assert parsed.ratings == {1: BLANK, 2: Rating(3, evidence=(4,)), 3: BLANK}


def test_not_rateable_is_no_score() -> None:
    rating = parse_ratings({1: {"rating": "NR", "reason": "Nobody."}}, FRAME).ratings[1]
    assert (rating.score, rating.is_not_rateable, rating.value) == (None, True, "NR")
    assert rating.is_given


@given(json_values)
def test_no_document_is_ever_half_read(document: object) -> None:
    parsed = parse_document(document, FRAME)
    if not isinstance(document, dict):
        assert parsed.faults
    for rating in parsed.ratings.values():
        assert rating.score is None or rating.score in FRAME.scores
        assert all(isinstance(turn, int) for turn in rating.evidence)


@given(st.dictionaries(st.sampled_from(["1", "2", "3", "0", "x", "१"]), json_values, max_size=5))
def test_what_is_read_without_faults_can_be_stored(document: dict[str, object]) -> None:
    parsed = parse_document(document, FRAME)
    if parsed.faults:
        return
    assert parsed.ratings.keys() == set(FRAME.items)
    for rating in parsed.ratings.values():
        assert not (rating.is_not_rateable and rating.score is not None)
        assert all(1 <= turn <= FRAME.turns for turn in rating.evidence)
        (rating.reason + rating.note).encode()


@given(st.dictionaries(st.sampled_from(FRAME.items), valid_ratings, max_size=3))
def test_what_is_stored_is_read_back_the_same(ratings: dict[int, Rating]) -> None:
    expected = {number: ratings.get(number, BLANK) for number in FRAME.items}
    as_json = {str(number): rating.as_dict() for number, rating in ratings.items()}
    assert parse_document(as_json, FRAME).ratings == expected
    fields = {
        number: {
            "rating": rating.value,
            "reason": rating.reason,
            "evidence": turns_as_text(rating.evidence),
            "note": rating.note,
        }
        for number, rating in ratings.items()
    }
    parsed = parse_ratings(fields, FRAME)
    assert parsed.faults == ()
    assert parsed.ratings == expected


@given(st.text(max_size=60))
def test_typed_turns_are_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        turns = read_turns(text)
    except ValueError:
        return
    assert list(turns) == sorted(set(turns))
    assert read_turns(turns_as_text(turns)) == turns


def test_what_is_missing_is_said_item_by_item() -> None:
    ratings = {1: Rating(2), 2: Rating(is_not_rateable=True)}
    assert lacks_of(ratings, FRAME) == (
        Lack(LackKind.NO_REASON, 2),
        Lack(LackKind.NO_RATING, 3),
    )
    assert number_given(ratings) == 2


def test_where_reasons_are_required_every_score_has_one() -> None:
    frame = replace(FRAME, reasons_required=True)
    ratings = {
        1: Rating(2),
        2: Rating(0, note="Nobody asked."),
        3: Rating(is_not_rateable=True, reason="No chance."),
    }
    assert lacks_of(ratings, frame) == (Lack(LackKind.NOT_EXPLAINED, 1),)


def test_nothing_is_missing_from_a_complete_rating() -> None:
    ratings = {1: Rating(2), 2: Rating(0), 3: Rating(is_not_rateable=True, reason="No chance.")}
    assert lacks_of(ratings, FRAME) == ()


def test_not_rateable_is_no_free_skip() -> None:
    skipped = Rating(is_not_rateable=True, reason="Rather not.")
    lacks = lacks_of({1: skipped, 2: skipped, 3: Rating(1)}, FRAME)
    assert lacks == (Lack(LackKind.TOO_MANY_NOT_RATEABLE),)


def test_the_same_score_down_the_page_is_noticed() -> None:
    ratings = {number: Rating(3, evidence=(number,)) for number in TWELVE.items}
    (pattern,) = patterns_in(ratings, TWELVE)
    assert (pattern.kind, pattern.score) == (PatternKind.SAME_SCORE, 3)
    assert patterns_in(ratings | {5: Rating(2, evidence=(5,))}, TWELVE) == ()


def test_scores_without_evidence_are_noticed() -> None:
    ratings = {1: Rating(3), 2: Rating(1, evidence=(4,)), 3: Rating(is_not_rateable=True)}
    (pattern,) = patterns_in(ratings, FRAME)
    assert (pattern.kind, pattern.items) == (PatternKind.NO_EVIDENCE, (1,))


def test_evidence_that_is_nearly_everything_is_noticed() -> None:
    (pattern,) = patterns_in({1: Rating(3, evidence=tuple(range(1, 20)))}, FRAME)
    assert pattern.kind is PatternKind.MUCH_EVIDENCE


def test_an_empty_sheet_shows_no_pattern() -> None:
    assert patterns_in({}, TWELVE) == ()


@pytest.mark.parametrize(
    ("typed", "turns"),
    [
        ("7-7", (7,)),
        ("999999", (999_999,)),
        ("1-5001", tuple(range(1, 5002))),
        ("9, 4-6, 5", (4, 5, 6, 9)),
        ("4—6", (4, 5, 6)),
        ("2 to 3 to", None),
        ("1-5002", None),
        ("1000000", None),
        ("1000004-9", None),
        ("4-0000097", None),
        ("4-6-8", None),
        ("4to6", None),
        ("to 6", None),
    ],
)
def test_how_far_a_run_of_turns_may_reach(typed: str, turns: tuple[int, ...] | None) -> None:
    if turns is None:
        with pytest.raises(ValueError):
            read_turns(typed)
    else:
        assert read_turns(typed) == turns


@pytest.mark.parametrize(
    ("value", "score"), [(" 3 ", 3), ("003", 3), ("-1", -1), (-1, -1), ("३", 3)]
)
def test_scores_are_read_whatever_stands_around_them(value: object, score: int) -> None:
    assert read_score(value, (-1, 0, 1, 2, 3)) == score


@pytest.mark.parametrize("value", ["0003", "--1", "- 1", " ", "3\n4", 3.0, ["3"]])
def test_what_only_looks_like_a_score_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        read_score(value, (-1, 0, 1, 2, 3))


def test_the_first_and_the_last_turn_are_there_and_none_beside_them() -> None:
    assert parse_ratings({1: {"evidence": "1, 26"}}, FRAME).faults == ()
    faults = parse_ratings({1: {"evidence": "27, 0, 4"}}, FRAME).faults
    assert [(fault.kind, fault.value) for fault in faults] == [
        (FaultKind.NO_SUCH_TURN, "0"),
        (FaultKind.NO_SUCH_TURN, "27"),
    ]


@pytest.mark.parametrize("field", ["reason", "note"])
def test_a_text_of_five_thousand_letters_is_taken_and_one_more_is_not(field: str) -> None:
    longest = {2: {field: "x" * LONGEST_TEXT}}
    assert parse_ratings(longest, FRAME).faults == ()
    assert parse_ratings({2: {field: f"  {'x' * LONGEST_TEXT}\n"}}, FRAME).faults == ()  # edges
    (fault,) = parse_ratings({2: {field: "x" * LONGEST_TEXT + "y"}}, FRAME).faults
    assert (fault.kind, fault.item, fault.field) == (FaultKind.TOO_LONG, 2, field)


def test_what_a_script_sends_names_items_by_their_numbers() -> None:
    document = {"1": {"rating": 0}, "two": {}, "2": [3], "9": {}, "0000003": {}, "x" * 50: None}
    parsed = parse_document(document, FRAME)
    assert [(fault.kind, fault.item, fault.field, fault.value) for fault in parsed.faults] == [
        (FaultKind.UNKNOWN_ITEM, None, "", "two"),
        (FaultKind.NOT_AN_OBJECT, 2, "rating", ""),
        (FaultKind.UNKNOWN_ITEM, None, "", "9"),
        (FaultKind.UNKNOWN_ITEM, None, "", "0000003"),
        (FaultKind.UNKNOWN_ITEM, None, "", "x" * 40),
    ]
    assert parsed.ratings == {1: Rating(0), 2: BLANK, 3: BLANK}
    assert kinds(parse_document([], FRAME).faults) == [(FaultKind.NOT_AN_OBJECT, None)]
    assert parse_document({}, FRAME).faults == ()


def test_a_message_shows_what_was_sent_and_nothing_endless() -> None:
    sent: dict[int, dict[str, object]] = {
        1: {"rating": "7" * 50},
        2: {"rating": {"nested": "deep"}},
        3: {"rating": 2.5, "evidence": "4, " + "z" * 60},
    }
    assert [(fault.item, fault.value) for fault in parse_ratings(sent, FRAME).faults] == [
        (1, "7" * 40),
        (2, "…"),
        (3, "2.5"),
        (3, "z" * 40),
    ]


@pytest.mark.parametrize(("skipped", "is_too_many"), [(0, False), (1, False), (2, True)])
def test_as_many_as_the_limit_may_be_not_rateable(skipped: int, is_too_many: bool) -> None:
    ratings = {
        number: Rating(is_not_rateable=True, reason="No.") if number <= skipped else Rating(0)
        for number in FRAME.items
    }
    assert bool(lacks_of(ratings, FRAME)) is is_too_many
    assert lacks_of(ratings, replace(FRAME, not_rateable_limit=skipped)) == ()


def test_a_lack_is_said_in_the_order_of_the_items_and_the_limit_last() -> None:
    bare = Rating(is_not_rateable=True)
    frame = replace(FRAME, reasons_required=True)
    assert lacks_of({3: bare, 2: Rating(0), 1: bare}, frame) == (
        Lack(LackKind.NO_REASON, 1),
        Lack(LackKind.NOT_EXPLAINED, 2),
        Lack(LackKind.NO_REASON, 3),
        Lack(LackKind.TOO_MANY_NOT_RATEABLE),
    )
    assert lacks_of({}, FRAME) == tuple(Lack(LackKind.NO_RATING, item) for item in FRAME.items)


@pytest.mark.parametrize(("scored", "is_noticed"), [(5, False), (6, True), (12, True)])
def test_six_items_at_one_score_are_a_pattern_and_five_are_none(
    scored: int, is_noticed: bool
) -> None:
    """What is not rateable is at no score: it neither makes a pattern nor breaks one."""
    blank = Rating(is_not_rateable=True, reason="No.")
    ratings = {
        number: Rating(0, evidence=(number,)) if number <= scored else blank
        for number in TWELVE.items
    }
    found = [(each.kind, each.items, each.score) for each in patterns_in(ratings, TWELVE)]
    expected = [(PatternKind.SAME_SCORE, tuple(range(1, scored + 1)), 0)]
    assert found == (expected if is_noticed else [])


@pytest.mark.parametrize(
    ("turns", "marked", "is_noticed"),
    [(26, 13, False), (26, 14, True), (25, 12, False), (25, 13, True)],
)
def test_half_of_the_turns_may_be_evidence_and_more_is_noticed(
    turns: int, marked: int, is_noticed: bool
) -> None:
    frame = replace(FRAME, turns=turns)
    ratings = {2: Rating(3, evidence=tuple(range(1, marked + 1)))}
    found = [(each.kind, each.items) for each in patterns_in(ratings, frame)]
    assert found == ([(PatternKind.MUCH_EVIDENCE, (2,))] if is_noticed else [])


@pytest.mark.parametrize(
    ("words", "seconds", "is_quick"),
    [
        (500, 60, False),  # as fast as anybody reads
        (500, 59.9, True),
        (501, 60, True),
        (1, 0, True),
        (0, 0, False),  # nothing to read takes no time
    ],
)
def test_five_hundred_words_a_minute_are_reading_and_more_are_not(
    words: int, seconds: float, is_quick: bool
) -> None:
    assert is_hurried(words, seconds) is is_quick


def test_a_rating_is_what_its_field_and_its_script_say() -> None:
    """A zero is a score; an item that is not rateable has none."""
    zero, nobody = Rating(0, evidence=(2,)), Rating(is_not_rateable=True, reason="Nobody.")
    assert [each.value for each in (zero, nobody, BLANK)] == ["0", "NR", ""]
    assert [each.is_given for each in (zero, nobody, BLANK)] == [True, True, False]
    assert zero.as_dict() == {"rating": 0, "reason": "", "evidence": [2], "note": ""}
    assert nobody.as_dict()["rating"] == "NR"
    assert BLANK.as_dict()["rating"] is None
    assert number_given({1: zero, 2: nobody, 3: BLANK}) == 2
