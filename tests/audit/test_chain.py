"""The chain by itself: what a digest stands for, and that no change of any line goes unseen."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.audit.models import CHAIN_START, AuditEntry
from training.audit.trail import digest_of, faults_of_chain

INES = uuid.UUID(int=7)
MOMENT = datetime(2026, 3, 1, 8, 30, 0, 250, tzinfo=UTC)
Values = dict[str, Any]


def line(**changes: Any) -> AuditEntry:
    values: Values = {
        "sequence": 1,
        "happened_at": MOMENT,
        "person_id": INES,
        "act": "data exported",
        "subject": "cohort 7",
        "details": {"what": "ratings", "rows": 3},
        "previous_digest": CHAIN_START,
    }
    return AuditEntry(**(values | changes))


def chain_of(number: int) -> list[AuditEntry]:
    """So many lines as they are written, each of another act."""
    lines: list[AuditEntry] = []
    for sequence in range(1, number + 1):
        previous = lines[-1].digest if lines else CHAIN_START
        added = line(sequence=sequence, subject=f"act {sequence}", previous_digest=previous)
        added.digest = digest_of(added)
        lines.append(added)
    return lines


def faults(lines: Sequence[AuditEntry], head: AuditEntry | None) -> list[tuple[int, str]]:
    """What is found where the head says that the trail ends with this line."""
    found = faults_of_chain(
        lines,
        head_sequence=head.sequence if head else 0,
        head_digest=head.digest if head else None,
    )
    return [(fault.sequence, fault.message) for fault in found]


def test_a_digest_is_the_sha_256_of_a_text_that_anybody_can_write_down() -> None:
    """Written down here by hand: another program must come to the same in ten years."""
    text = (
        '[1,"2026-03-01T08:30:00.000250+00:00","00000000-0000-0000-0000-000000000007",'
        '"data exported","cohort é",{"rows":3,"what":"ratings"},"' + "0" * 64 + '"]'
    )
    assert digest_of(line(subject="cohort é")) == hashlib.sha256(text.encode()).hexdigest()
    nobody = text.replace('"00000000-0000-0000-0000-000000000007"', "null")
    by_nobody = line(subject="cohort é", person_id=None)
    assert digest_of(by_nobody) == hashlib.sha256(nobody.encode()).hexdigest()


def test_neither_the_order_of_details_nor_the_zone_of_a_moment_changes_a_digest() -> None:
    delhi = timezone(timedelta(hours=5, minutes=30))
    same = line(details={"rows": 3, "what": "ratings"}, happened_at=MOMENT.astimezone(delhi))
    assert digest_of(same) == digest_of(line())


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 2},
        {"happened_at": MOMENT + timedelta(microseconds=1)},
        {"person_id": None},
        {"person_id": uuid.UUID(int=8)},
        {"act": "signed in"},
        {"subject": "cohort 8"},
        {"details": {"what": "ratings", "rows": 4}},
        {"details": {"what": "ratings", "rows": "3"}},
        {"details": {}},
        {"previous_digest": "1" + "0" * 63},
    ],
)
def test_every_part_of_a_line_is_in_its_digest(change: Values) -> None:
    assert digest_of(line(**change)) != digest_of(line())


def test_a_trail_that_is_whole_has_no_fault_whatever_its_length() -> None:
    assert faults([], None) == []
    for number in (1, 2, 7):
        lines = chain_of(number)
        assert faults(lines, lines[-1]) == []


def test_each_fault_is_named_where_it_is() -> None:
    lines = chain_of(4)
    missing = "line 2 is missing before this one"
    broken = "it does not continue the line before it"
    assert faults([lines[0], *lines[2:]], lines[3]) == [(3, missing), (3, broken)]
    assert faults(lines[1:], lines[3]) == [
        (2, "line 1 is missing before this one"),
        (2, broken),
    ]
    ends = "the trail should end here but ends at line {}"
    assert faults(lines[:3], lines[3]) == [(4, ends.format(3))]
    assert faults(lines, lines[2]) == [(3, ends.format(4))]
    assert faults(lines, None) == [(0, ends.format(4))]
    assert faults([], lines[3]) == [(4, ends.format(0))]


def test_a_line_that_was_written_anew_with_its_digest_breaks_with_the_next() -> None:
    lines = chain_of(3)
    lines[1].subject = "nothing happened"
    lines[1].digest = digest_of(lines[1])
    assert faults(lines, lines[2]) == [(3, "it does not continue the line before it")]


def test_the_last_line_written_anew_is_not_the_one_the_trail_ends_with() -> None:
    lines, before = chain_of(3), chain_of(3)[2]
    lines[2].subject = "nothing happened"
    lines[2].digest = digest_of(lines[2])
    assert faults(lines, before) == [(3, "the trail should end here but ends at line 3")]


@given(st.permutations(range(5)))
@settings(max_examples=20)
def test_no_other_order_of_lines_is_whole(order: list[int]) -> None:
    lines = chain_of(5)
    found = faults([lines[place] for place in order], lines[-1])
    assert (found == []) == (order == sorted(order))


@given(st.sets(st.integers(0, 4)))
@settings(max_examples=20)
def test_whatever_lines_are_taken_out_it_is_seen(left: set[int]) -> None:
    lines = chain_of(5)
    found = faults([lines[place] for place in sorted(left)], lines[-1])
    assert (found == []) == (len(left) == 5)
