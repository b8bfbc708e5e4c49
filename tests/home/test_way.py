"""The way through: where somebody is and what comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from training.home.way import NextStep, Record, StationKind, StationState, way_of

NEW = Record(
    modules_done=0,
    modules=10,
    practised=0,
    practice_needed=4,
    vignettes_submitted=0,
    vignettes_in_form=8,
    has_open_attempt=False,
    is_waiting_for_certifier=False,
    certified_until=None,
    may_open_attempt=False,
)
LEARNT = replace(NEW, modules_done=10)
PRACTISED = replace(LEARNT, practised=4, may_open_attempt=True)


def current(record: Record) -> StationKind | None:
    station = way_of(record).current
    return station.kind if station else None


def test_a_new_rater_begins_with_the_modules() -> None:
    assert way_of(NEW).next_step is NextStep.MODULE
    assert current(NEW) is StationKind.LEARN
    assert [s.state for s in way_of(NEW).stations][1:] == [StationState.LATER] * 3


def test_after_the_modules_comes_practice() -> None:
    assert way_of(LEARNT).next_step is NextStep.PRACTICE
    assert way_of(LEARNT).stations[0].state is StationState.DONE


def test_practice_done_early_does_not_skip_the_modules() -> None:
    early = replace(NEW, practised=4)
    assert way_of(early).next_step is NextStep.MODULE
    assert way_of(early).stations[1].state is StationState.DONE


def test_after_practice_an_attempt_may_be_opened() -> None:
    assert way_of(PRACTISED).next_step is NextStep.OPEN_ATTEMPT


def test_while_cooling_off_one_waits() -> None:
    assert way_of(replace(PRACTISED, may_open_attempt=False)).next_step is NextStep.WAIT_UNTIL


def test_an_open_attempt_goes_before_everything() -> None:
    under_way = replace(PRACTISED, has_open_attempt=True, vignettes_submitted=3, modules=11)
    assert way_of(under_way).next_step is NextStep.ATTEMPT
    assert current(under_way) is StationKind.BE_ASSESSED
    assert way_of(under_way).stations[2].done == 3


def test_a_decision_waits_for_its_certifier() -> None:
    waiting = replace(PRACTISED, is_waiting_for_certifier=True, may_open_attempt=False)
    assert way_of(waiting).next_step is NextStep.WAIT_FOR_CERTIFIER
    assert current(waiting) is StationKind.CERTIFICATE


def test_a_certificate_ends_the_way() -> None:
    holder = replace(PRACTISED, certified_until=datetime(2027, 11, 1, tzinfo=UTC))
    assert way_of(holder).next_step is NextStep.CERTIFICATE
    assert current(holder) is None


def test_a_certificate_near_its_end_is_renewed() -> None:
    holder = replace(
        PRACTISED, certified_until=datetime(2027, 11, 1, tzinfo=UTC), is_in_renewal_window=True
    )
    assert way_of(holder).next_step is NextStep.RENEW
    waiting = replace(holder, may_open_attempt=False)
    assert way_of(waiting).next_step is NextStep.WAIT_TO_RENEW
    renewing = replace(holder, has_open_attempt=True)
    assert way_of(renewing).next_step is NextStep.ATTEMPT
    rated = replace(holder, is_waiting_for_certifier=True)
    assert way_of(rated).next_step is NextStep.WAIT_FOR_CERTIFIER


def test_without_a_standard_there_is_nothing_to_be_assessed_on() -> None:
    without = replace(PRACTISED, vignettes_in_form=0, may_open_attempt=False)
    assert way_of(without).next_step is NextStep.WAIT_FOR_STANDARD
    assert way_of(replace(NEW, vignettes_in_form=0)).next_step is NextStep.MODULE


def test_where_nothing_is_set_up_nothing_is_done() -> None:
    empty = replace(NEW, modules=0, practice_needed=0, vignettes_in_form=0)
    assert way_of(empty).next_step is NextStep.MODULE
    assert current(empty) is StationKind.LEARN
    assert StationState.DONE not in [station.state for station in way_of(empty).stations]


def test_a_standard_that_asks_for_nothing_opens_at_once() -> None:
    at_once = replace(NEW, modules=0, practice_needed=0, may_open_attempt=True)
    assert way_of(at_once).next_step is NextStep.OPEN_ATTEMPT


def figures(record: Record) -> list[tuple[StationState, int, int]]:
    return [(station.state, station.done, station.needed) for station in way_of(record).stations]


def test_each_station_says_how_far_one_is_on_it() -> None:
    done, now, later = StationState.DONE, StationState.CURRENT, StationState.LATER
    until = datetime(2027, 11, 1, tzinfo=UTC)
    assert figures(replace(NEW, modules_done=9, practised=3)) == [
        (now, 9, 10),
        (later, 3, 4),
        (later, 0, 8),
        (later, 0, 1),
    ]
    under_way = replace(PRACTISED, has_open_attempt=True, vignettes_submitted=7)
    assert figures(under_way)[2:] == [(now, 7, 8), (later, 0, 1)]
    waiting = replace(PRACTISED, is_waiting_for_certifier=True, vignettes_submitted=0)
    assert figures(waiting)[2:] == [(done, 8, 8), (now, 0, 1)]
    holder = replace(PRACTISED, certified_until=until)
    assert figures(holder) == [(done, 10, 10), (done, 4, 4), (done, 8, 8), (done, 1, 1)]
    renewing = replace(holder, has_open_attempt=True, vignettes_submitted=2)
    assert figures(renewing)[2:] == [(now, 8, 8), (done, 1, 1)]
    behind = replace(holder, modules=12, practice_needed=9)
    assert figures(behind)[:2] == [(later, 10, 12), (later, 4, 9)]  # it was added since


def test_the_last_module_and_the_last_vignette_open_what_comes_next() -> None:
    steps = {
        (9, 4): NextStep.MODULE,
        (10, 3): NextStep.PRACTICE,
        (10, 4): NextStep.OPEN_ATTEMPT,
        (11, 9): NextStep.OPEN_ATTEMPT,
    }
    for (modules, vignettes), step in steps.items():
        record = replace(PRACTISED, modules_done=modules, practised=vignettes)
        assert way_of(record).next_step is step, (modules, vignettes)


def test_a_station_is_never_more_than_done_and_one_that_asks_for_nothing_is() -> None:
    stations = way_of(replace(NEW, modules_done=5, practised=9)).stations
    assert [station.share for station in stations] == [0.5, 1.0, 0.0, 0.0]
    nothing = way_of(replace(NEW, modules=0, practice_needed=0)).stations
    assert [station.share for station in nothing[:2]] == [1.0, 1.0]


def test_who_waits_for_a_certifier_goes_on_waiting_whatever_was_added_to_the_course() -> None:
    waiting = replace(PRACTISED, is_waiting_for_certifier=True, modules=11)
    assert way_of(waiting).next_step is NextStep.WAIT_FOR_CERTIFIER
    assert current(waiting) is StationKind.LEARN


@given(
    st.builds(
        Record,
        modules_done=st.integers(0, 12),
        modules=st.integers(0, 12),
        practised=st.integers(0, 9),
        practice_needed=st.integers(0, 9),
        vignettes_submitted=st.integers(0, 8),
        vignettes_in_form=st.sampled_from((0, 8)),
        has_open_attempt=st.booleans(),
        is_waiting_for_certifier=st.booleans(),
        certified_until=st.none() | st.just(datetime(2027, 1, 1, tzinfo=UTC)),
        may_open_attempt=st.booleans(),
        is_in_renewal_window=st.booleans(),
    )
)
def test_everybody_is_somewhere_and_has_one_next_step(record: Record) -> None:
    way = way_of(record)
    assert len(way.stations) == 4
    assert sum(s.state is StationState.CURRENT for s in way.stations) <= 1
    assert all(0 <= s.share <= 1 for s in way.stations)
    assert way.next_step in NextStep
