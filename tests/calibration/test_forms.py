"""The rating form and the draft of a script: what was typed stays, what it means is read."""

from __future__ import annotations

import pytest

from training.calibration.forms import (
    UNREADABLE_REVISION,
    ItemFields,
    RatingForm,
    fields_of,
    read_draft,
)
from training.calibration.ratings import BLANK, FaultKind, Rating, RatingFrame

FRAME = RatingFrame(items=(1, 2), scores=(0, 1, 2, 3, 4), turns=26, not_rateable_limit=1)


@pytest.mark.parametrize(
    ("typed", "revision"),
    [
        ("0", 0),
        ("7", 7),
        ("007", 7),
        ("999999999", 999_999_999),
        ("1000000000", UNREADABLE_REVISION),  # no counter comes so far
        ("", UNREADABLE_REVISION),
        ("-1", UNREADABLE_REVISION),
        (" 7", UNREADABLE_REVISION),
        ("7.0", UNREADABLE_REVISION),
        ("seven", UNREADABLE_REVISION),
        ("७", UNREADABLE_REVISION),
        ("²", UNREADABLE_REVISION),
    ],
)
def test_a_damaged_revision_is_older_than_any(typed: str, revision: int) -> None:
    assert RatingForm({"revision": typed}, FRAME).revision == revision
    assert UNREADABLE_REVISION < 0


def test_what_was_typed_stands_in_the_fields_whether_or_not_it_can_be_read() -> None:
    form = RatingForm(
        {
            "rating-1": "3",
            "evidence-1": "4, early",
            "note-1": "  A doubt. ",
            "reason-2": "Nobody.",
            "rating-2": "NR",
            "rating-9": "1",  # of no item here
        },
        FRAME,
    )
    assert form.revision == UNREADABLE_REVISION
    assert form.typed == {
        1: ItemFields("3", "", "4, early", "  A doubt. "),
        2: ItemFields("NR", "Nobody.", "", ""),
    }
    assert [(fault.kind, fault.item, fault.value) for fault in form.faults] == [
        (FaultKind.NOT_TURNS, 1, "early")
    ]
    assert form.ratings == {
        1: Rating(3, note="A doubt."),
        2: Rating(is_not_rateable=True, reason="Nobody."),
    }


def test_fields_show_what_is_stored_and_are_read_back_as_it() -> None:
    stored = {
        1: Rating(0, evidence=(2, 3, 9), note="Hm."),
        2: Rating(is_not_rateable=True, reason="Nobody."),
    }
    fields = fields_of(stored)
    assert fields == {
        1: ItemFields("0", "", "2, 3, 9", "Hm."),
        2: ItemFields("NR", "Nobody.", "", ""),
    }
    assert fields_of({1: BLANK}) == {1: ItemFields()}
    names = ("rating", "reason", "evidence", "note")
    sent = {
        f"{name}-{item}": getattr(each, name) for item, each in fields.items() for name in names
    }
    assert RatingForm(sent, FRAME).ratings == stored


@pytest.mark.parametrize("revision", [None, "3", 3.0, True, [], {}])
def test_a_draft_says_from_which_revision_it_was_made(revision: object) -> None:
    draft = read_draft({"revision": revision, "ratings": {"1": {"rating": 9}}}, FRAME)
    assert draft.revision == UNREADABLE_REVISION
    assert [fault.kind for fault in draft.parsed.faults] == [
        FaultKind.NO_REVISION,
        FaultKind.NO_SUCH_SCORE,
    ]
    assert draft.parsed.ratings == {}  # with faults nothing is stored


@pytest.mark.parametrize("document", [None, [], "text", 7, True])
def test_what_is_no_draft_is_refused_with_one_fault(document: object) -> None:
    draft = read_draft(document, FRAME)
    assert (draft.revision, draft.parsed.ratings) == (UNREADABLE_REVISION, {})
    assert [(each.kind, each.field) for each in draft.parsed.faults] == [
        (FaultKind.NOT_AN_OBJECT, "")
    ]


def test_a_draft_without_ratings_is_told_of_and_one_with_some_is_read() -> None:
    missing = read_draft({"revision": 0}, FRAME)
    assert missing.revision == 0
    assert [(each.kind, each.field) for each in missing.parsed.faults] == [
        (FaultKind.NOT_AN_OBJECT, "ratings")
    ]
    read = read_draft({"revision": 4, "ratings": {"2": {"rating": 1}}, "more": 1}, FRAME)
    assert (read.revision, read.parsed.faults) == (4, ())
    assert read.parsed.ratings == {1: BLANK, 2: Rating(1)}
