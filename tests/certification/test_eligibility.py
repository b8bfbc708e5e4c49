"""Whether an attempt may be opened: each condition on its own, and at its edge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pack import MODULES, STANDARD, small_pack
from training.certification.attempts.eligibility import (
    DAYS_PER_MONTH,
    RENEWAL_WINDOW,
    Eligibility,
    PastAttempt,
    Requirement,
    RequirementKind,
    counts_from,
    eligibility,
)
from training.certification.judging.decision import Outcome

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
STANDARD_OF_PACK = small_pack().standards[STANDARD]
READY: dict[str, Any] = {
    "completed_modules": frozenset(MODULES),
    "practised": 2,
    "attempts": [],
    "unseen_vignettes": 8,
    "certified_until": None,
    "exercises": {},
    "now": NOW,
}


def held(**changes: Any) -> Eligibility:
    return eligibility(STANDARD_OF_PACK, **(READY | changes))


def requirement(found: Eligibility, kind: RequirementKind) -> Requirement:
    (match,) = [item for item in found.requirements if item.kind is kind]
    return match


def attempt(
    days_ago: float,
    outcome: Outcome | None = Outcome.DOES_NOT_MEET,
    *,
    is_closed: bool = False,
    is_certified: bool = False,
) -> PastAttempt:
    """An attempt that was opened and, with an outcome, concluded so many days ago."""
    moment = NOW - timedelta(days=days_ago)
    return PastAttempt(moment, moment if outcome else None, outcome, is_closed, is_certified)


def remediation(**changes: Any) -> Requirement:
    limits = STANDARD_OF_PACK.attempts.model_copy(update={"remediation_practice": 2})
    standard = STANDARD_OF_PACK.model_copy(update={"attempts": limits})
    return requirement(eligibility(standard, **(READY | changes)), RequirementKind.REMEDIATION)


EARLIER, LATER = NOW - timedelta(days=20), NOW - timedelta(days=10)


@pytest.mark.parametrize(
    ("exercises", "done"),
    [
        ({}, 0),
        ({"one": EARLIER, "two": EARLIER}, 0),
        ({"one": EARLIER, "two": LATER}, 1),
        ({"one": LATER, "two": LATER}, 2),
        ({"one": LATER, "two": LATER, "three": LATER}, 2),
    ],
)
def test_what_was_rated_since_the_decision_counts(
    exercises: dict[str, datetime], done: int
) -> None:
    found = remediation(attempts=[attempt(15)], exercises=exercises)
    assert (found.is_met, found.done, found.needed) == (done == 2, done, 2)


@pytest.mark.parametrize(
    "earlier",
    [
        [],
        [attempt(15, Outcome.MEETS, is_closed=True, is_certified=True)],
        [attempt(15, Outcome.MEETS, is_closed=True)],  # declined for what no figure shows
        [attempt(15, None)],
        [PastAttempt(NOW - timedelta(days=29), LATER, None, is_closed=True)],  # it lapsed
    ],
)
def test_nothing_is_to_be_practised_again_where_nothing_was_missed(
    earlier: list[PastAttempt],
) -> None:
    found = remediation(attempts=earlier)
    assert (found.is_met, found.needed) == (True, 0)


def test_who_has_missed_nothing_may_have_practised_all_the_same() -> None:
    found = remediation(attempts=[], exercises={"one": EARLIER, "two": LATER})
    assert (found.is_met, found.done, found.needed) == (True, 0, 0)


def test_only_what_was_rated_after_the_latest_decision_counts() -> None:
    """What was rated at the very moment of the decision was there when it fell."""
    missed = [attempt(30), attempt(15)]
    at_the_moment = NOW - timedelta(days=15)
    found = remediation(attempts=missed, exercises={"one": at_the_moment, "two": EARLIER})
    assert (found.is_met, found.done) == (False, 0)
    after = at_the_moment + timedelta(microseconds=1)
    found = remediation(attempts=missed[::-1], exercises={"one": after, "two": after})
    assert (found.is_met, found.done) == (True, 2)


def test_a_certificate_settles_what_was_missed_before_it() -> None:
    missed, certified = attempt(30), attempt(20, Outcome.MEETS, is_closed=True, is_certified=True)
    assert remediation(attempts=[missed, certified]).needed == 0
    missed_since = attempt(10)
    assert not remediation(attempts=[missed, certified, missed_since]).is_met


def test_who_was_declined_for_want_of_evidence_practises_too() -> None:
    assert not remediation(attempts=[attempt(15, Outcome.MORE_EVIDENCE, is_closed=True)]).is_met


def test_letting_an_attempt_lapse_gains_no_time() -> None:
    lapsed = PastAttempt(NOW - timedelta(days=29), NOW - timedelta(days=1), None, is_closed=True)
    found = requirement(held(attempts=[lapsed]), RequirementKind.COOLING_OFF)
    assert found.until == NOW + timedelta(days=13)


def test_the_latest_end_of_an_attempt_is_what_one_waits_from() -> None:
    for past in ([attempt(40), attempt(3)], [attempt(3), attempt(40)]):
        found = requirement(held(attempts=past), RequirementKind.COOLING_OFF)
        assert (found.is_met, found.needed) == (False, 14)
        assert found.until == NOW + timedelta(days=11)
    assert requirement(held(attempts=[]), RequirementKind.COOLING_OFF).needed == 14


def test_conditions_that_count_nothing_say_so() -> None:
    for kind in (RequirementKind.NO_ATTEMPT_UNDER_WAY, RequirementKind.NO_VALID_CERTIFICATE):
        found = requirement(held(), kind)
        assert (found.is_met, found.done, found.needed, found.missing) == (True, 0, 0, ())
        assert found.until is None


def test_who_has_done_everything_is_eligible() -> None:
    found = held()
    assert found.is_eligible
    assert found.unmet == ()
    assert {item.kind for item in found.requirements} == set(RequirementKind)


def test_missing_modules_are_named_in_their_order() -> None:
    found = requirement(held(completed_modules=frozenset()), RequirementKind.MODULES)
    assert not found.is_met
    assert found.missing == MODULES
    assert (found.done, found.needed) == (0, 2)


def test_modules_that_nobody_asks_for_do_no_harm() -> None:
    found = requirement(
        held(completed_modules=frozenset({*MODULES, "another"})), RequirementKind.MODULES
    )
    assert found.is_met
    assert found.done == 2


@pytest.mark.parametrize(("practised", "is_met"), [(0, False), (1, False), (2, True), (9, True)])
def test_practice_vignettes_are_counted(practised: int, is_met: bool) -> None:
    assert requirement(held(practised=practised), RequirementKind.PRACTICE).is_met is is_met


@pytest.mark.parametrize(("unseen", "is_met"), [(7, False), (8, True)])
def test_a_whole_form_of_unseen_vignettes_is_needed(unseen: int, is_met: bool) -> None:
    found = requirement(held(unseen_vignettes=unseen), RequirementKind.UNSEEN_VIGNETTES)
    assert found.is_met is is_met
    assert (found.done, found.needed) == (unseen, 8)


@pytest.mark.parametrize(
    ("past", "is_under_way"),
    [
        (attempt(1, None), True),
        (attempt(1, Outcome.MEETS), True),
        (attempt(1, Outcome.MORE_EVIDENCE), True),
        (attempt(1, Outcome.DOES_NOT_MEET), False),
        (attempt(1, Outcome.MEETS, is_closed=True), False),
        (attempt(1, Outcome.MORE_EVIDENCE, is_closed=True), False),
    ],
)
def test_one_attempt_at_a_time(past: PastAttempt, is_under_way: bool) -> None:
    found = requirement(held(attempts=[past]), RequirementKind.NO_ATTEMPT_UNDER_WAY)
    assert found.is_met is not is_under_way


def test_the_fourth_attempt_waits_until_the_first_is_a_year_old() -> None:
    past = [attempt(300), attempt(200), attempt(100)]
    found = requirement(held(attempts=past), RequirementKind.ATTEMPTS_LEFT)
    assert not found.is_met
    assert found.done == found.needed == 3
    assert found.until == past[0].opened_at + timedelta(days=12 * DAYS_PER_MONTH)
    later = requirement(held(attempts=past, now=found.until), RequirementKind.ATTEMPTS_LEFT)
    assert not later.is_met, "at that very moment the first attempt still counts"
    after = found.until + timedelta(seconds=1)
    assert requirement(held(attempts=past, now=after), RequirementKind.ATTEMPTS_LEFT).is_met


def test_where_fewer_are_allowed_than_count_so_many_have_to_grow_old() -> None:
    limits = STANDARD_OF_PACK.attempts.model_copy(update={"maximum": 2})
    standard = STANDARD_OF_PACK.model_copy(update={"attempts": limits})
    past = [attempt(200), attempt(300), attempt(100)]
    ready = READY | {"attempts": past}
    found = requirement(eligibility(standard, **ready), RequirementKind.ATTEMPTS_LEFT)
    assert (found.done, found.needed) == (3, 2)
    assert found.until == past[0].opened_at + timedelta(days=12 * DAYS_PER_MONTH)
    ready["now"] = found.until + timedelta(seconds=1)
    assert requirement(eligibility(standard, **ready), RequirementKind.ATTEMPTS_LEFT).is_met


def test_old_attempts_do_not_count() -> None:
    past = [attempt(400), attempt(380), attempt(370), attempt(30)]
    assert requirement(held(attempts=past), RequirementKind.ATTEMPTS_LEFT).done == 1


def test_fourteen_days_of_learning_after_a_miss() -> None:
    found = requirement(held(attempts=[attempt(13.9)]), RequirementKind.COOLING_OFF)
    assert not found.is_met
    assert found.until == NOW + timedelta(days=0.1)
    assert requirement(held(attempts=[attempt(14)]), RequirementKind.COOLING_OFF).is_met


@pytest.mark.parametrize("outcome", [Outcome.MEETS, Outcome.MORE_EVIDENCE])
def test_who_was_declined_waits_too(outcome: Outcome) -> None:
    past = [attempt(2, outcome, is_closed=True)]
    assert not requirement(held(attempts=past), RequirementKind.COOLING_OFF).is_met


def test_who_was_certified_waits_for_nothing_but_the_end_of_the_certificate() -> None:
    past = [attempt(2, Outcome.MEETS, is_closed=True, is_certified=True)]
    until = NOW + timedelta(days=363)
    found = held(attempts=past, certified_until=until)
    assert [item.kind for item in found.unmet] == [RequirementKind.NO_VALID_CERTIFICATE]
    assert found.unmet[0].until == until - RENEWAL_WINDOW


def test_an_attempt_that_waits_for_a_certifier_has_no_waiting_time_yet() -> None:
    found = held(attempts=[attempt(1, Outcome.MORE_EVIDENCE)])
    assert [item.kind for item in found.unmet] == [RequirementKind.NO_ATTEMPT_UNDER_WAY]


@pytest.mark.parametrize(("days_left", "is_met"), [(61, False), (60, True), (1, True)])
def test_a_certificate_can_be_renewed_in_its_last_sixty_days(days_left: int, is_met: bool) -> None:
    until = NOW + timedelta(days=days_left)
    found = requirement(held(certified_until=until), RequirementKind.NO_VALID_CERTIFICATE)
    assert found.is_met is is_met


def test_what_counts_goes_back_as_far_as_the_standard_says() -> None:
    assert NOW - counts_from(STANDARD_OF_PACK, NOW) == timedelta(days=365.25)


past_attempts = st.lists(
    st.builds(
        attempt,
        st.floats(0, 1000),
        st.sampled_from([None, *Outcome]),
        is_closed=st.booleans(),
        is_certified=st.booleans(),
    ),
    max_size=6,
)


@given(past_attempts, st.integers(0, 12), st.integers(0, 12), st.sets(st.sampled_from(MODULES)))
def test_every_answer_is_whole_and_adds_up(
    past: list[PastAttempt], practised: int, unseen: int, modules: set[str]
) -> None:
    found = held(
        attempts=past,
        practised=practised,
        unseen_vignettes=unseen,
        completed_modules=frozenset(modules),
    )
    assert [item.kind for item in found.requirements] == list(RequirementKind)
    assert found.is_eligible == (not found.unmet)
    for item in found.requirements:
        assert item.until is None or not item.is_met
        assert item.until is None or item.until >= NOW


@given(past_attempts)
def test_waiting_until_the_last_date_is_enough_for_dates(past: list[PastAttempt]) -> None:
    dated = (RequirementKind.ATTEMPTS_LEFT, RequirementKind.COOLING_OFF)
    moment = NOW
    for _ in range(len(past) + 2):
        found = held(attempts=past, now=moment)
        waiting = [item.until for item in found.unmet if item.kind in dated and item.until]
        if not waiting:
            return
        moment = max(waiting) + timedelta(microseconds=1)
    pytest.fail("the dates never end")
