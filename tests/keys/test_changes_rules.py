"""What a new version of a key changes, computed without a database."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from training.certification.judging.decision import Outcome
from training.keys.changes.consequence_table import csv_of
from training.keys.changes.differences import (
    AffectedDecision,
    AffectedPractice,
    Consequences,
    changed_items,
    has_other_cells,
    items_told_otherwise,
    with_keys,
)
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
