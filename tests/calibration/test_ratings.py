"""Reading what raters type and scripts send, what is missing, what deserves a second look."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
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


@settings(deadline=None)
@given(json_values)
def test_no_document_is_ever_half_read(document: object) -> None:
    parsed = parse_document(document, FRAME)
    if not isinstance(document, dict):
        assert parsed.faults
    for rating in parsed.ratings.values():
        assert rating.score is None or rating.score in FRAME.scores
        assert all(isinstance(turn, int) for turn in rating.evidence)


@settings(deadline=None)
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


@settings(deadline=None)
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


@settings(deadline=None)
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
