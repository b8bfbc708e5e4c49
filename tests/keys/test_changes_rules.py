"""What a new version of a key changes, computed without a database."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.certification.judging.decision import Outcome
from training.keys.changes.consequence_table import COLUMNS, csv_of
from training.keys.changes.differences import (
    AffectedDecision,
    AffectedPractice,
    ChangedItem,
    Consequences,
    changed_items,
    has_other_cells,
    items_told_otherwise,
    replaced_in,
    with_keys,
)
from training.keys.changes.texts import item_was_and_is, rating_text, what_differs
from training.library.precedence import fits, stays_in_use
from training.library.schema import Key

MOMENT = datetime(2024, 5, 2, 9, tzinfo=UTC)


def key(*ratings: dict[str, Any] | int | str, **changes: Any) -> Key:
    """A key with these ratings of the items 1, 2, 3 ..."""
    items = {}
    for number, rating in enumerate(ratings, start=1):
        given = rating if isinstance(rating, dict) else {"rating": rating}
        evidence = [number] if isinstance(given["rating"], int) else []
        items[number] = {"evidence": evidence, "reason": f"Why {number}."} | given
    head = {"vignette": "story", "instrument": "scale", "status": "authored", "items": items}
    return Key.model_validate(head | changes)


def ratified(*ratings: dict[str, Any] | int | str, text: str = "text-1") -> Key:
    panel = {
        "panel": "a panel",
        "title": "Spring panel",
        "ratified_on": "2024-05-02",
        "experts": 5,
        "instrument_digest": "scale-1",
        "vignette_digest": text,
    }
    return key(*ratings, status="ratified", panel=panel)


BAND = {"rating": 2, "band": [2, 3]}


def test_rating_evidence_and_reason_are_told_apart() -> None:
    old = key(2, 2, 2, 2, 2, "NR")
    new = ratified(
        3, BAND, "dropped", {"rating": 2, "evidence": [7]}, {"rating": 2, "reason": "So."}, "NR"
    )
    changed = {item.number: item for item in changed_items(old, new)}
    assert list(changed) == [1, 2, 3, 4, 5]
    assert [number for number, item in changed.items() if item.is_rated_otherwise] == [1, 2, 3]
    assert [number for number, item in changed.items() if item.has_other_evidence] == [3, 4]
    assert [number for number, item in changed.items() if item.has_other_reason] == [5]
    assert changed_items(old, old) == ()


@pytest.mark.parametrize(
    ("old", "new", "score", "is_told_otherwise"),
    [
        (2, 3, 2, True),
        (2, BAND, 2, False),  # exact by both
        (2, BAND, 3, True),  # one off, then exact
        (2, BAND, 1, False),  # one off by both
        (2, "dropped", 2, True),  # compared, then not
        (2, "NR", 2, True),
        (2, "NR", None, True),  # a mismatch, then agreed
        (2, 3, None, False),  # a mismatch by both
        ("dropped", "dropped", 4, False),
    ],
)
def test_who_is_told_otherwise(
    old: Any, new: Any, score: int | None, is_told_otherwise: bool
) -> None:
    told = items_told_otherwise(key(old), key(new), {1: score})
    assert told == ((1,) if is_told_otherwise else ())


def evidence() -> dict[str, Any]:
    """Two vignettes; of "story" items 1 to 3, the fourth of which its old key had dropped."""
    story = {
        "session": "s-1",
        "attempt": 1,
        "vignette": "story",
        "key_digest": "old",
        "key_status": "authored",
        "cells": [[1, 2, 2], [2, 4, 2], [3, None, 1]],
    }
    return {"scale": [0, 4], "sessions": [story, story | {"session": "s-2", "vignette": "other"}]}


def test_evidence_is_compared_with_the_new_key_and_kept_as_it_was() -> None:
    stored = evidence()
    new = ratified({"rating": 3, "band": [3, 4]}, BAND, "dropped", 1)
    rated: dict[int, int | None] = {1: 2, 2: 4, 3: None, 4: 0}
    other = with_keys(stored, {("story", "old"): (new, "new")}, scores={"s-1": rated})
    story, untouched = other["sessions"]
    # Within a band the nearest score counts; the dropped item leaves, the returned one comes in.
    assert story["cells"] == [[1, 2, 3], [2, 4, 3], [4, 0, 1]]
    assert (story["key_digest"], story["key_status"]) == ("new", "ratified")
    assert untouched == evidence()["sessions"][1]
    assert stored == evidence()
    assert has_other_cells(stored, other)


def test_evidence_against_another_version_is_left_alone() -> None:
    assert with_keys(evidence(), {("story", "another"): (ratified(0, 0, 0), "new")}) == evidence()
    same_scores = with_keys(evidence(), {("story", "old"): (ratified(2, 2, 1), "new")})
    assert same_scores != evidence()
    assert not has_other_cells(evidence(), same_scores)


def test_content_does_not_undo_a_panel_on_the_text_it_rated() -> None:
    assert stays_in_use(ratified(2), key(3), "text-1")
    assert not stays_in_use(ratified(2), key(3), "text-2")  # the vignette is worded otherwise
    assert not stays_in_use(ratified(2), ratified(3), "text-1")  # a panel after a panel
    assert not stays_in_use(key(2), key(3), "text-1")
    assert not stays_in_use(key(2, status="ratified"), key(3), "text-1")  # it names no panel
    # The instrument has gained an item, or its scale ends below what the panel gave.
    assert not stays_in_use(ratified(2), key(3, 3), "text-1")
    assert not stays_in_use(ratified(3), key(2), "text-1", scale=(0, 1, 2))
    assert stays_in_use(ratified(BAND, "dropped"), key(2, 2), "text-1", scale=(1, 2, 3))
    assert fits(ratified(2, 3), "text-1", (1, 2), (2, 3))
    assert not fits(ratified(2, 3), "text-2", (1, 2), (2, 3))
    assert not fits(key(2, 3), "text-1", (1, 2, 3), (2, 3))
    assert not fits(key(2, BAND), "text-1", (1, 2), (1, 2))


def test_the_table_holds_everything_and_no_formula() -> None:
    decision = AffectedDecision(
        decision_id=uuid.uuid4(),
        vignette="story",
        rater_name="=Ines",
        attempt=1,
        standard="A standard",
        computed_at=MOMENT,
        before=Outcome.MEETS,
        after=Outcome.MORE_EVIDENCE,
        deciding_gates=(),
        certificate_number="K7QX",
        rated_other_text=False,
    )
    found = Consequences(
        items=changed_items(key(2), key(BAND)),
        practice=(AffectedPractice(uuid.uuid4(), "Otto", MOMENT, (1, 4)),),
        sessions_compared=2,
        decisions=(decision,),
        decisions_judged=5,
        withheld=1,
        has_more=False,
    )
    head, item, practice, judged = csv.reader(io.StringIO(csv_of(found)))
    kinds = [row[0] for row in (head, item, practice, judged)]
    assert kinds == ["what", "item", "practice", "decision"]
    assert practice[1:3] == ["1 4", "Otto"]
    assert judged[2] == "'=Ines"
    assert judged[6:] == ["meets", "more_evidence", "K7QX"]
    assert found.certificates == (decision,)
    assert found.number_of_decisions == 2
    assert found.sessions_per_item == {1: 1, 4: 1}


# At the edges


@pytest.mark.parametrize(
    ("old", "new", "otherwise", "evidence", "reason"),
    [
        (2, {"rating": 2, "evidence": [1]}, False, False, False),
        ({"rating": 2, "band": [2, 3]}, {"rating": 3, "band": [2, 3]}, True, False, False),
        (BAND, {"rating": 2, "band": [1, 2]}, True, False, False),
        (BAND, 2, True, False, False),
        ("NR", "dropped", True, False, False),
        (2, {"rating": 2, "evidence": [1, 2]}, False, True, False),
        (2, {"rating": 2, "reason": "Why 1"}, False, False, True),
        ("NR", {"rating": "NR", "evidence": [4], "reason": "So."}, False, True, True),
    ],
)
def test_what_of_an_item_changed(
    old: Any, new: Any, otherwise: bool, evidence: bool, reason: bool
) -> None:
    was, now = key(old).items[1], key(new).items[1]
    item = ChangedItem(1, was, now)
    assert item.is_rated_otherwise is otherwise
    assert item.has_other_evidence is evidence
    assert item.has_other_reason is reason
    assert bool(changed_items(key(old), key(new))) is (otherwise or evidence or reason)
    words = (("consensus", otherwise), ("evidence", evidence), ("reason", reason))
    assert what_differs(item) == ", ".join(word for word, is_so in words if is_so)


def test_items_that_only_one_of_two_keys_has_are_no_change() -> None:
    assert changed_items(key(1, 2), key(1, 2, 3)) == ()
    assert [item.number for item in changed_items(key(1, 2, 3), key(4, 2))] == [1]
    assert items_told_otherwise(key(1), key(1, 3), {1: 1, 2: 3}) == ()
    assert items_told_otherwise(key(1, 3), key(4), {1: 1, 2: 3}) == (1,)
    assert items_told_otherwise(key(1, 3), key(4, 0), {}) == ()


def test_items_are_told_in_their_order_and_not_as_they_were_stored() -> None:
    backwards = {11: 3, 2: 0, 1: 4}
    old, new = key(*range(12)), key(*[0] * 12)
    assert items_told_otherwise(old, new, backwards) == (2, 11)
    stored = old.model_copy(update={"items": dict(reversed(old.items.items()))})
    assert [item.number for item in changed_items(stored, new)] == list(range(2, 13))


SCORE = st.integers(0, 4)
RATINGS: st.SearchStrategy[Any] = (
    SCORE | st.sampled_from(["NR", "dropped"]) | st.integers(0, 3).flatmap(
        lambda low: st.sampled_from([low, low + 1]).map(
            lambda rating: {"rating": rating, "band": [low, low + 1], "evidence": [1]}
        )
    )
)  # fmt: skip


@settings(max_examples=50)
@given(RATINGS, RATINGS, st.none() | SCORE)
def test_who_is_told_otherwise_by_one_key_is_so_by_the_other_and_never_by_the_same(
    old: Any, new: Any, score: int | None
) -> None:
    told = items_told_otherwise(key(old), key(new), {1: score})
    assert items_told_otherwise(key(new), key(old), {1: score}) == told
    assert items_told_otherwise(key(old), key(old), {1: score}) == ()
    if told:  # nobody is told otherwise where the consensus is what it was
        assert [item.is_rated_otherwise for item in changed_items(key(old), key(new))] == [True]


@settings(max_examples=50)
@given(
    st.lists(RATINGS, min_size=4, max_size=4), st.lists(st.none() | SCORE, min_size=4, max_size=4)
)
def test_whoever_has_the_sheet_may_change_the_key_and_change_it_back(
    ratings: list[Any], given_scores: list[int | None]
) -> None:
    """Also where the key between had dropped items, which the cells then do not hold."""
    first, second = key(2, 2, 2, "NR"), key(*ratings)
    sheet = {"s-1": dict(enumerate(given_scores, start=1)), "s-2": {}}
    start = evidence()
    start["sessions"][0]["cells"] = [
        [item, score, first.items[item].reference_for(score)]
        for item, score in sheet["s-1"].items()
    ]
    there = with_keys(start, {("story", "old"): (second, "new")}, scores=sheet)
    back = with_keys(there, {("story", "new"): (first, "old")}, scores=sheet)
    assert back == start
    dropped = [item for item, rating in second.items.items() if rating.is_dropped]
    cells = there["sessions"][0]["cells"]
    assert [item for item, _score, _reference in cells] == [
        n for n in range(1, 5) if n not in dropped
    ]
    assert has_other_cells(start, there) is (cells != start["sessions"][0]["cells"])


def test_evidence_of_nothing_stays_nothing() -> None:
    nothing: dict[str, Any] = {"scale": [0, 4], "sessions": []}
    replaced = {("story", "old"): (key(0, 0, 0), "new")}
    assert with_keys(nothing, replaced) == nothing
    assert replaced_in(nothing, replaced) == ()
    assert not has_other_cells(nothing, nothing)
    assert with_keys(evidence(), {}) == evidence()


def test_a_session_is_found_by_its_vignette_and_the_very_version_it_was_compared_with() -> None:
    stored = evidence()
    found = replaced_in(stored, {("story", "old"): (key(0, 0, 0), "new")})
    assert [session["session"] for session in found] == ["s-1"]
    both = {(slug, "old"): (key(0, 0, 0), "new") for slug in ("story", "other")}
    assert [session["session"] for session in replaced_in(stored, both)] == ["s-1", "s-2"]
    assert replaced_in(stored, {("story", "new"): (key(0, 0, 0), "old")}) == ()
    # What one session was given for an item says nothing about another of the same vignette.
    again = {
        **stored,
        "sessions": [stored["sessions"][0], stored["sessions"][0] | {"session": "s-3"}],
    }
    other = with_keys(again, both, scores={"s-1": {1: 4, 2: 4, 3: 4}, "s-3": {3: 0}})
    assert [session["cells"] for session in other["sessions"]] == [
        [[1, 2, 0], [2, 4, 0], [3, None, 0]]
    ] * 2


def affected(number: str | None) -> AffectedDecision:
    return AffectedDecision(
        decision_id=uuid.uuid4(),
        vignette="story",
        rater_name="Ines",
        attempt=2,
        standard="A standard",
        computed_at=MOMENT,
        before=Outcome.MEETS,
        after=Outcome.MORE_EVIDENCE,
        deciding_gates=(),
        certificate_number=number,
        rated_other_text=False,
    )


def test_consequences_add_up() -> None:
    nothing = Consequences((), (), 0, (), 0, 0, has_more=False)
    assert (nothing.certificates, nothing.number_of_decisions) == ((), 0)
    assert dict(nothing.sessions_per_item) == {}
    assert list(csv.reader(io.StringIO(csv_of(nothing)))) == [list(COLUMNS)]
    certified, plain = affected("K7QX"), affected(None)
    practice = tuple(
        AffectedPractice(uuid.uuid4(), name, MOMENT, items)
        for name, items in (("Ines", (2, 11)), ("Otto", (11,)), ("Piet", ()))
    )
    found = Consequences((), practice, 9, (plain, certified), 9, 3, has_more=True)
    assert found.certificates == (certified,)
    assert found.number_of_decisions == 5
    assert found.sessions_per_item == {2: 1, 11: 2}
    assert found.sessions_per_item[3] == 0


def test_every_kind_of_rating_is_a_word_in_the_table_and_in_a_sentence() -> None:
    kinds = [0, 4, BAND, "NR", "dropped"]
    old, new = key(*kinds), key(*[1] * len(kinds))
    changed = changed_items(old, new)
    found = Consequences(changed, (), 0, (affected(None),), 1, 0, has_more=False)
    _head, *items, decision = csv.reader(io.StringIO(csv_of(found)))
    assert [row[1] for row in items] == ["1", "2", "3", "4", "5"]
    assert [row[6] for row in items] == ["0", "4", "2|3", "NR", "dropped"]
    assert {row[7] for row in items} == {"1"}
    assert decision == [
        "decision", "", "Ines", "A standard", "2", MOMENT.isoformat(), "meets", "more_evidence", "",
    ]  # fmt: skip
    assert [rating_text(item.old) for item in changed] == [
        "0", "4", "2 or 3", "not rateable", "dropped",
    ]  # fmt: skip
    assert item_was_and_is(changed[2]) == "Item 3 was 2 or 3, is now 1."
