"""The list of practice vignettes: in which order they stand, and which one comes next."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from training.calibration.agreement import AgreementSums
from training.calibration.practice_records import (
    PracticeEntry,
    PracticeState,
    by_instrument,
    next_practice,
)

DRAFT, SUBMITTED = PracticeState.DRAFT, PracticeState.SUBMITTED


def entry(
    slug: str, state: PracticeState = PracticeState.NOT_BEGUN, of: str = "meetings"
) -> PracticeEntry:
    """A vignette on an instrument; one that was given back has its figures."""
    is_submitted = state is SUBMITTED
    return PracticeEntry(
        slug=slug,
        title=slug.title(),
        content_note="",
        minutes=5,
        is_dossier=False,
        turns=26,
        items=12,
        instrument_slug=of,
        instrument_name=f"The {of}",
        state=state,
        session_id=None,
        items_given=0,
        first_id=uuid.uuid4() if is_submitted else None,
        sums=AgreementSums(sessions=1) if is_submitted else None,
        repeats=0,
    )


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], None),
        ([entry("a", SUBMITTED)], None),
        ([entry("a", SUBMITTED), entry("b"), entry("c")], "b"),
        ([entry("a"), entry("b", DRAFT), entry("c", DRAFT)], "b"),
        ([entry("a", SUBMITTED), entry("b", SUBMITTED), entry("c", DRAFT)], "c"),
    ],
)
def test_a_draft_comes_next_else_the_first_that_was_not_begun(
    entries: list[PracticeEntry], expected: str | None
) -> None:
    found = next_practice(entries)
    assert (found.slug if found else None) == expected


def test_the_own_instrument_stands_on_top_and_the_others_by_name() -> None:
    entries = [
        entry("a", of="services"),
        entry("b", of="audits"),
        entry("c", of="meetings"),
        entry("d", SUBMITTED, of="services"),
    ]

    def order(first: str | None) -> list[tuple[str, list[str], int]]:
        return [
            (group.instrument_slug, [each.slug for each in group.entries], group.submitted)
            for group in by_instrument(entries, first)
        ]

    audits, meetings, services = (
        ("audits", ["b"], 0),
        ("meetings", ["c"], 0),
        ("services", ["a", "d"], 1),
    )
    assert order("services") == [services, audits, meetings]
    assert order("meetings") == [meetings, audits, services]
    assert order(None) == order("no-such") == [audits, meetings, services]
    assert by_instrument([], "services") == []
    (group, *_) = by_instrument(entries, "services")
    assert group.instrument_name == "The services"


def test_a_draft_is_a_repeat_once_its_vignette_was_given_back() -> None:
    given_back = entry("a", SUBMITTED)
    assert not given_back.is_repeat_draft
    assert not entry("a", DRAFT).is_repeat_draft
    assert replace(given_back, state=DRAFT).is_repeat_draft
