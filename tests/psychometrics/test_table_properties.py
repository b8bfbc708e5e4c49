"""What must hold for any table of ratings whatever."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.psychometrics.agreement import agreement
from training.psychometrics.table import LARGEST_SCORE, RatingTable
from training.psychometrics.table_comparison import compare_table

Row = tuple[str, str, str, float | None]

NAMES = {"subject": "abcde", "item": "xyz", "rater": "IJKL"}


def rows_with(scores: st.SearchStrategy[float | None]) -> st.SearchStrategy[list[Row]]:
    return st.lists(
        st.tuples(*(st.sampled_from(names) for names in NAMES.values()), scores),
        min_size=1,
        max_size=40,
        unique_by=lambda row: row[:3],
    )


ON_A_SCALE = rows_with(st.one_of(st.none(), st.integers(0, 4)))
ANYTHING = rows_with(
    st.one_of(st.none(), st.integers(-3, 3), st.floats(-LARGEST_SCORE, LARGEST_SCORE))
)


def table(rows: list[Row], *, with_items: bool = True) -> RatingTable:
    subjects, items, raters, scores = zip(*rows, strict=True)
    if with_items:
        return RatingTable(subjects, raters, scores, items)
    return RatingTable(
        [f"{subject}{item}" for subject, item in zip(subjects, items, strict=True)], raters, scores
    )


def everything(rows: list[Row], **options: Any) -> dict[str, Any]:
    ratings = table(rows)
    return {
        "agreement": agreement(ratings, **options).as_dict(),
        "agreement without items": agreement(table(rows, with_items=False), **options).as_dict(),
        "comparison": compare_table(ratings, reference=ratings.raters[0], **options).as_dict(),
    }


def entries(part: Any) -> list[dict[str, Any]]:
    """Every statistic in what leaves the engine."""
    if isinstance(part, dict):
        found = [part] if "undefined" in part else []
        return found + [entry for value in part.values() for entry in entries(value)]
    if isinstance(part, list):
        return [entry for value in part for entry in entries(value)]
    return []


@settings(max_examples=60)
@given(st.one_of(ON_A_SCALE, ANYTHING))
def test_what_leaves_is_json_without_nan_or_infinity(rows: list[Row]) -> None:
    json.dumps(everything(rows), allow_nan=False)


@settings(max_examples=60)
@given(st.one_of(ON_A_SCALE, ANYTHING))
def test_a_missing_value_has_a_reason_and_a_value_has_none(rows: list[Row]) -> None:
    for entry in entries(everything(rows)):
        assert (entry["value"] is None) == (entry["undefined"] is not None)
        if entry["value"] is None:
            assert entry["low"] is None
            assert entry["high"] is None
            assert entry["undefined"]["message"].endswith(".")
        assert (entry["low"] is None) == (entry["high"] is None)


@settings(max_examples=60)
@given(ON_A_SCALE)
def test_intervals_hold_their_value(rows: list[Row]) -> None:
    for entry in entries(everything(rows, scale=range(5))):
        if entry["low"] is not None and not isinstance(entry["value"], list):
            assert entry["low"] - 1e-9 <= entry["value"] <= entry["high"] + 1e-9, entry
            assert entry["se"] is None or entry["se"] >= 0.0


@settings(max_examples=60)
@given(ON_A_SCALE)
def test_coefficients_stay_at_or_below_one_and_shares_between_nought_and_one(
    rows: list[Row],
) -> None:
    statistics = agreement(table(rows), scale=range(5)).as_dict()["statistics"]
    for name, entry in statistics.items():
        if entry["value"] is None or name in ("bias", "limits_of_agreement"):
            continue
        if name in ("sd_diff", "mae", "rmse"):
            assert entry["value"] >= 0.0
        else:
            assert entry["value"] <= 1.0 + 1e-9, name
    for name in ("exact_agreement", "adjacent_agreement", "percent_agreement"):
        value = statistics[name]["value"]
        assert value is None or value >= 0.0


@settings(max_examples=60)
@given(st.one_of(ON_A_SCALE, ANYTHING), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows: list[Row], random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert everything(shuffled) == everything(rows)


@settings(max_examples=60)
@given(ON_A_SCALE, st.permutations("IJKL"), st.permutations("abcde"))
def test_what_people_and_subjects_are_called_never_matters(
    rows: list[Row], raters: list[str], subjects: list[str]
) -> None:
    name = dict(zip("IJKL", raters, strict=True))
    called = dict(zip("abcde", subjects, strict=True))
    renamed = [(called[row[0]], row[1], name[row[2]], row[3]) for row in rows]
    before = agreement(table(rows), scale=range(5)).as_dict()["statistics"]
    after = agreement(table(renamed), scale=range(5)).as_dict()["statistics"]
    signed = ("bias", "limits_of_agreement")  # they change sign with the order of the names
    assert_same({key: entry for key, entry in before.items() if key not in signed}, after)
    reference = rows[0][2]
    left = compare_table(table(rows), reference=reference, scale=range(5)).as_dict()["raters"]
    right = compare_table(table(renamed), reference=name[reference], scale=range(5)).as_dict()
    for rater, found in left.items():
        assert_same(found["statistics"], right["raters"][name[rater]]["statistics"])


def assert_same(before: dict[str, Any], after: dict[str, Any]) -> None:
    for name, entry in before.items():
        for field in ("value", "low", "high", "se"):
            old, new = entry[field], after[name][field]
            assert (old is None) == (new is None), (name, field)
            assert old is None or new == pytest.approx(old, abs=1e-6, rel=1e-6), (name, field)


GARBAGE = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=2))


@settings(max_examples=60)
@given(st.lists(st.tuples(GARBAGE, GARBAGE, GARBAGE, GARBAGE), max_size=4))
def test_rubbish_is_refused_with_a_sentence_or_reckoned_with(rows: list[Any]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    message = ""
    try:
        found = RatingTable(columns[0], columns[1], columns[2], columns[3])
    except ValueError as error:
        message = str(error)
    else:
        json.dumps(agreement(found).as_dict(), allow_nan=False)
    known = ("subjects", "raters", "scores", "items", "the same rater")
    assert not message or message.startswith(known)


@pytest.mark.parametrize(
    ("raters", "scores", "message"),
    [
        (["Ines"], [1, 2], "subjects, raters, scores and items must have the same length"),
        (["Ines", "Otto"], [1, 1001], "scores must lie within 1000, not 1001.0"),
        (["Ines", "Otto"], [1, -float("inf")], "scores must lie within 1000, not -inf"),
        (["Ines", "Ines"], [1, 2], "the same rater is named twice for the same subject and item"),
        (["Ines", ""], [1, 2], "raters must hold non-empty names, not ''"),
    ],
)
def test_what_is_no_table_of_ratings_is_refused_by_name(
    raters: list[str], scores: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        RatingTable(["Meeting 1", "Meeting 1"], raters, scores)


@pytest.mark.parametrize("score", ["", "three", [], object(), "3", b"3", True, 10**400])
def test_a_score_that_is_no_number_is_refused_by_name(score: object) -> None:
    with pytest.raises(ValueError, match="scores must hold numbers or None, not "):
        RatingTable(["Meeting 1"], ["Ines"], [score])  # type: ignore[list-item]
