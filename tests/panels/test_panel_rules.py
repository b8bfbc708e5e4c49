"""What may be done with a panel and when, at every boundary, without a database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.panels.models import PanelState
from training.panels.reminder_commands import KINDS
from training.panels.rules import (
    ACTS,
    FEWEST_EXPERTS,
    FaultyOpening,
    NotOpenedError,
    OpeningFault,
    PanelAct,
    Refusal,
    RefusedError,
    ReminderKind,
    due_reminder,
    experts_needed,
    faults_of_opening,
    independent,
    is_complete,
    may,
    short_of_ratings,
)
from training.panels.wording import REFUSALS, STATES, STEPS, opening_fault_text, refusal_text

TITLES = {"a": "Autumn", "b": "Winter"}
SECOND = timedelta(seconds=1)

Faults = list[tuple[OpeningFault, str]]


def faults(
    instruments: Mapping[str, str],
    experts: Collection[str],
    seen: Mapping[str, Collection[str]] | None = None,
    chair: str = "Cleo",
) -> Faults:
    found = faults_of_opening(instruments, experts, seen or {}, chair=chair)
    return [(each.fault, each.vignette) for each in found]


# Opening


@pytest.mark.parametrize(
    ("instruments", "experts", "seen", "expected"),
    [
        ({"a": "x"}, "EFG", {}, []),
        ({"a": "x"}, "EFGH", {"a": "E"}, []),
        ({"a": "x"}, "EFG", {"a": "E"}, [(OpeningFault.TOO_FEW_INDEPENDENT, "a")]),
        ({"a": "x"}, "EFGHI", {"a": "EFG"}, [(OpeningFault.TOO_FEW_INDEPENDENT, "a")]),
        # Each vignette has three of its own; that nobody rates both is no fault.
        ({"a": "x", "b": "x"}, "EFGHIJ", {"a": "EFG", "b": "HIJ"}, []),
        (
            {"a": "x", "b": "x"},
            "EFGH",
            {"a": "EF", "b": "GH"},
            [(OpeningFault.TOO_FEW_INDEPENDENT, "a"), (OpeningFault.TOO_FEW_INDEPENDENT, "b")],
        ),
        # Of two experts it is said that they are two, and not of every vignette anew.
        ({"a": "x"}, "EF", {"a": "EF"}, [(OpeningFault.TOO_FEW_EXPERTS, "")]),
        ({"a": "x"}, "", {}, [(OpeningFault.TOO_FEW_EXPERTS, "")]),
        ({}, "", {}, [(OpeningFault.NO_VIGNETTE, ""), (OpeningFault.TOO_FEW_EXPERTS, "")]),
        ({"a": "x", "b": "y"}, "EFG", {}, [(OpeningFault.SEVERAL_INSTRUMENTS, "")]),
        ({"a": "x", "b": "x"}, "EFG", {"c": "EFG"}, []),
    ],
)
def test_what_stands_against_a_panel(
    instruments: Mapping[str, str],
    experts: str,
    seen: Mapping[str, str],
    expected: Faults,
) -> None:
    assert faults(instruments, experts, seen) == expected


def test_a_chair_without_a_seat_has_seen_none_of_the_keys_and_is_told_of_each() -> None:
    seen = {"a": ["Cleo"], "b": ["Cleo"]}
    both = {"a": "x", "b": "y"}
    assert faults(both, "EFG", seen)[:2] == [
        (OpeningFault.CHAIR_SAW_KEY, "a"),
        (OpeningFault.CHAIR_SAW_KEY, "b"),
    ]
    assert faults(both, "EF", seen)[2:] == [
        (OpeningFault.SEVERAL_INSTRUMENTS, ""),
        (OpeningFault.TOO_FEW_EXPERTS, ""),
    ]


def test_who_is_refused_reads_all_that_stands_against_the_panel() -> None:
    found = faults_of_opening({"a": "x", "b": "y"}, "EFG", {"a": "E"}, chair="E")
    assert str(NotOpenedError(found)) == (
        "chair-saw-key a, several-instruments, too-few-independent a"
    )
    assert opening_fault_text(found[0], TITLES) == (
        "“Autumn”: the chair has seen its key. Choose another chair, or leave the vignette out."
    )
    # A vignette that has gone since is named as addresses name it.
    gone = FaultyOpening(OpeningFault.TOO_FEW_INDEPENDENT, "c")
    assert opening_fault_text(gone, TITLES).startswith("“c”: fewer than 3 of these experts")
    every = {opening_fault_text(FaultyOpening(fault), TITLES) for fault in OpeningFault}
    assert len(every) == len(OpeningFault)


def test_a_refusal_names_the_vignettes_by_title_in_order() -> None:
    error = RefusedError(Refusal.KEY_SEEN, ["b", "a", "c"])
    assert (str(error), error.vignettes) == ("key-seen", ("b", "a", "c"))
    assert refusal_text(error, TITLES) == (
        "The key of “Autumn”, “Winter”, “c” has been seen, so the rating would not be independent."
    )
    assert "%" not in refusal_text(RefusedError(Refusal.NOT_SEATED), TITLES)
    assert set(REFUSALS) == set(Refusal)


experts_of_a_panel = st.lists(st.sampled_from("EFGHIJ"), unique=True, max_size=6)
who_has_seen = st.fixed_dictionaries(
    {}, optional={"a": experts_of_a_panel, "b": experts_of_a_panel}
)


@settings(max_examples=50)
@given(experts_of_a_panel, who_has_seen, st.sampled_from("EFGHIJ"))
def test_one_more_expert_never_stands_against_a_panel(
    experts: list[str], seen: Mapping[str, list[str]], more: str
) -> None:
    both = {"a": "x", "b": "x"}
    before, after = faults(both, experts, seen), faults(both, {*experts, more}, seen)
    if (OpeningFault.TOO_FEW_EXPERTS, "") not in before:
        assert set(after) <= set(before)
    # And one more who has seen a key never helps.
    seen_by_more = {slug: [*seen.get(slug, []), more] for slug in both}
    assert set(faults(both, experts, seen_by_more)) >= set(before)


def test_experts_who_are_independent_keep_their_order() -> None:
    assert independent("GEF", {"E"}) == ("G", "F")
    assert independent("GEF", ()) == ("G", "E", "F")
    assert independent("", {"E"}) == ()
    assert independent("E", {"E"}) == ()


# Round one


def test_a_round_without_vignettes_or_experts_lacks_what_it_lacks() -> None:
    assert short_of_ratings({}) == ()
    assert short_of_ratings({1: [], 2: [True] * FEWEST_EXPERTS}) == (1,)
    assert not is_complete({1: []})
    assert not is_complete({1: [False] * 5})
    assert not is_complete({1: [True] * 3, 2: [True] * 2})


@settings(max_examples=50)
@given(st.dictionaries(st.integers(1, 4), st.lists(st.booleans(), max_size=6), max_size=3))
def test_a_complete_round_needs_nobody_and_one_that_is_short_needs_somebody(
    stand: dict[int, list[bool]],
) -> None:
    needed = experts_needed(sum(are_in) for are_in in stand.values())
    assert (needed > 0) is bool(short_of_ratings(stand))
    if is_complete(stand):
        assert needed == 0
    # With so many more who are in, no vignette is short any more, and with one fewer one still is.
    more = {position: [*are_in, *[True] * needed] for position, are_in in stand.items()}
    assert short_of_ratings(more) == ()
    if needed:
        fewer = {place: [*are_in, *[True] * (needed - 1)] for place, are_in in stand.items()}
        assert short_of_ratings(fewer) != ()


def test_every_state_is_named_and_nothing_is_done_in_the_last_two() -> None:
    assert set(STATES) == set(PanelState)
    assert list(STEPS) == [PanelState.RATING, PanelState.CONSENSUS, PanelState.ENDED]
    assert {state for state in PanelState if any(may(act, state) for act in PanelAct)} == {
        PanelState.RATING,
        PanelState.CONSENSUS,
    }
    assert set(ACTS) <= {state.value for state in PanelState}
    assert not may(PanelAct.RATE, "no-such-state")
    assert may(PanelAct.RATE, PanelState.RATING)
    assert not may(PanelAct.RATE, PanelState.CONSENSUS)
    assert not may(PanelAct.CLOSE_ROUND_ONE, PanelState.CONSENSUS)


# Reminders

DUE = datetime(2027, 3, 10, 23, 59, tzinfo=UTC)
SOON, OVERDUE = datetime(2027, 3, 7, tzinfo=UTC), datetime(2027, 3, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (SOON - SECOND, None),
        (SOON, ReminderKind.DUE_SOON),
        (DUE - SECOND, ReminderKind.DUE_SOON),
        (DUE, None),
        (OVERDUE - SECOND, None),
        (OVERDUE, ReminderKind.OVERDUE),
        (OVERDUE + timedelta(days=7) - SECOND, ReminderKind.OVERDUE),
        (OVERDUE + timedelta(days=7), None),
    ],
)
def test_a_reminder_is_due_from_one_second_to_another(
    at: datetime, kind: ReminderKind | None
) -> None:
    reminder = due_reminder(DUE, at=at)
    assert (reminder.kind if reminder else None) is kind
    if reminder is not None:
        assert reminder.since == (SOON if kind is ReminderKind.DUE_SOON else OVERDUE)


def test_the_day_is_that_of_the_service_whatever_zone_a_moment_is_written_in() -> None:
    """Half past one in Kolkata is still the evening before."""
    india = timezone(timedelta(hours=5, minutes=30))
    due = datetime(2027, 3, 11, 1, 30, tzinfo=india)
    assert due_reminder(due, at=SOON) == due_reminder(DUE, at=SOON)
    assert due_reminder(due, at=OVERDUE.astimezone(india)) == due_reminder(DUE, at=OVERDUE)


@settings(max_examples=50)
@given(
    st.timedeltas(timedelta(0), timedelta(days=400)).map(lambda later: DUE + later),
    st.timedeltas(timedelta(days=-10), timedelta(days=10)),
)
def test_a_reminder_of_the_past_stays_in_the_past(due_at: datetime, until: timedelta) -> None:
    """Whoever was written to since it fell due has had it, so it never falls due later than now."""
    at = due_at + until
    reminder = due_reminder(due_at, at=at)
    if reminder is None:
        return
    assert reminder.since <= at
    assert (reminder.kind is ReminderKind.OVERDUE) is (at > due_at)
    assert reminder.kind in KINDS
