"""Who needs help and with what: the rules alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.calibration.agreement import AgreementSums, compare_with_key
from training.cohorts.help import (
    ElementDifference,
    Lean,
    Need,
    NeedCode,
    PracticeFigures,
    RaterRecord,
    elements_of_group,
    lean_of,
    needs_of,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def figures(*differences: int, vignettes: int = 2) -> PracticeFigures:
    """Practice in which every vignette has these differences from the consensus."""
    scores = {item: 4 + difference for item, difference in enumerate(differences, start=1)}
    sums = AgreementSums()
    for _ in range(vignettes):
        sums += compare_with_key(scores, dict.fromkeys(scores, 4)).sums
    return PracticeFigures("dialogic-practice", sums)


def with_elements(*elements: ElementDifference) -> PracticeFigures:
    return PracticeFigures("dialogic-practice", AgreementSums(), elements)


def record(
    *practice: PracticeFigures,
    idle_days: int = 0,
    has_begun: bool = True,
    failed_checks: dict[str, int] | None = None,
    is_finished: bool = False,
    has_missed_standard: bool = False,
) -> RaterRecord:
    then = NOW - timedelta(days=idle_days)
    return RaterRecord(
        joined_at=then,
        last_step_at=then if has_begun else None,
        failed_checks=failed_checks or {},
        practice=practice,
        is_finished=is_finished,
        has_missed_standard=has_missed_standard,
    )


def codes(rater: RaterRecord) -> list[NeedCode]:
    return [need.code for need in needs_of(rater, now=NOW)]


def test_who_has_just_joined_needs_nothing() -> None:
    assert needs_of(record(has_begun=False), now=NOW) == ()


@pytest.mark.parametrize(("days", "expected"), [(13, []), (14, [NeedCode.IDLE])])
def test_fourteen_days_without_a_step_are_idle(days: int, expected: list[NeedCode]) -> None:
    assert codes(record(idle_days=days)) == expected


def test_who_never_began_is_told_apart_from_who_stopped() -> None:
    assert needs_of(record(idle_days=20, has_begun=False), now=NOW) == (
        Need(NeedCode.NOT_BEGUN, figure=20),
    )


def test_who_is_certified_or_waits_may_rest() -> None:
    assert codes(record(idle_days=90, is_finished=True, has_missed_standard=True)) == []


def test_a_check_failed_twice_is_named_with_its_module() -> None:
    needs = needs_of(record(failed_checks={"first-things": 1, "second-things": 3}), now=NOW)
    assert needs == (Need(NeedCode.CHECK_FAILED, figure=3, module="second-things"),)


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ((1, 1, 0, 0), [NeedCode.RARELY_SAME]),  # half a point is not beyond half a point
        ((1, 1, 1, 0), [NeedCode.LENIENT]),
        ((-1, -1, -1, 0), [NeedCode.SEVERE]),
        ((1, -1, 1, -1), [NeedCode.RARELY_SAME]),  # a rater who keeps to the middle
        ((1, -1, 0, 0, 0), []),  # 60 % the same is not below 60 %
        ((2, -2, 0, 0), [NeedCode.LOW_AGREEMENT]),
        ((2, 0, 0, 0, 0), []),  # 80 % within one is not below 80 %
    ],
)
def test_bias_and_agreement_have_their_lines(
    differences: tuple[int, ...], expected: list[NeedCode]
) -> None:
    assert codes(record(figures(*differences))) == expected


def test_one_vignette_says_nothing_yet() -> None:
    assert codes(record(figures(3, 3, 3, vignettes=1))) == []


def test_the_figures_behind_a_need_are_told() -> None:
    (low, lenient) = needs_of(record(figures(2, 2, 0, vignettes=3)), now=NOW)
    assert (low.figure, low.count) == (pytest.approx(1 / 3), 3)
    assert (lenient.figure, lenient.count) == (pytest.approx(4 / 3), 3)
    assert lenient.instrument == "dialogic-practice"


@pytest.mark.parametrize(
    ("ratings", "total", "expected"),
    [
        (2, 4, []),  # two ratings are too few
        (3, 3, []),  # exactly one point is not more than one
        (3, 4, [NeedCode.ELEMENT_LENIENT]),
        (4, -5, [NeedCode.ELEMENT_SEVERE]),
    ],
)
def test_an_element_stands_out_from_three_ratings_on(
    ratings: int, total: int, expected: list[NeedCode]
) -> None:
    practice = with_elements(ElementDifference("dialogic-practice", 7, ratings, total))
    assert codes(record(practice)) == expected


def test_instruments_are_never_mixed() -> None:
    lenient = figures(1, 1, 1, 0)
    severe = PracticeFigures("programme-fidelity", figures(-1, -1, -1, 0).sums)
    needs = needs_of(record(lenient, severe), now=NOW)
    assert [(need.code, need.instrument) for need in needs] == [
        (NeedCode.LENIENT, "dialogic-practice"),
        (NeedCode.SEVERE, "programme-fidelity"),
    ]


def test_the_most_pressing_comes_first() -> None:
    rater = record(figures(2, 2, 2), idle_days=30, failed_checks={"a": 2}, has_missed_standard=True)
    assert codes(rater) == [
        NeedCode.ATTEMPT_NOT_MET,
        NeedCode.IDLE,
        NeedCode.CHECK_FAILED,
        NeedCode.LOW_AGREEMENT,
        NeedCode.LENIENT,
    ]


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (0.25, Lean.LENIENT),
        (0.24, Lean.SLIGHTLY_LENIENT),
        (0.0, Lean.LEVEL),
        (-0.01, Lean.SLIGHTLY_SEVERE),
        (-0.25, Lean.SEVERE),
    ],
)
def test_a_difference_has_a_word(difference: float, expected: Lean) -> None:
    assert lean_of(difference) is expected


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=12), st.integers(1, 6))
def test_nobody_is_lenient_and_severe_at_once(differences: list[int], vignettes: int) -> None:
    found = codes(record(figures(*differences, vignettes=vignettes)))
    assert not {NeedCode.LENIENT, NeedCode.SEVERE} <= set(found)
    assert len(found) == len(set(found))


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=12))
def test_severity_mirrors_leniency(differences: list[int]) -> None:
    mirror = {NeedCode.LENIENT: NeedCode.SEVERE, NeedCode.SEVERE: NeedCode.LENIENT}
    found = codes(record(figures(*differences)))
    mirrored = codes(record(figures(*(-difference for difference in differences))))
    assert sorted(mirror.get(code, code) for code in found) == sorted(mirrored)


def test_a_group_is_told_where_it_lies_furthest_off() -> None:
    def of(item: int, ratings: int, total: int) -> ElementDifference:
        return ElementDifference("dialogic-practice", item, ratings, total)

    group = [
        with_elements(of(1, 2, 2), of(2, 2, -3), of(3, 1, 4), of(4, 2, 0), of(5, 9, 18)),
        with_elements(of(1, 2, 1), of(2, 2, -3), of(3, 1, 4), of(4, 2, 1), of(5, 9, 18)),
        with_elements(of(1, 2, 1), of(2, 2, -3), of(3, 1, 4), of(4, 2, 1), of(6, 3, 2)),
        with_elements(of(6, 3, 2)),
        with_elements(of(6, 3, 2)),
    ]
    found = elements_of_group(group)
    assert [(each.item, each.ratings, each.mean) for each in found] == [
        (2, 6, -1.5),
        (1, 6, pytest.approx(2 / 3)),
        (6, 9, pytest.approx(2 / 3)),
    ]
    assert elements_of_group([]) == ()


def test_of_a_group_of_two_or_of_five_ratings_nothing_is_said() -> None:
    """The page of items says of the same figures that it is too early."""
    far_off = ElementDifference("dialogic-practice", 1, 9, 18)
    assert elements_of_group([with_elements(far_off)] * 2) == ()
    assert elements_of_group([with_elements(far_off)] * 3)
    once = ElementDifference("dialogic-practice", 1, 1, 2)
    twice = ElementDifference("dialogic-practice", 1, 2, 4)
    assert elements_of_group([with_elements(each) for each in (once, twice, twice)]) == ()
    assert elements_of_group([with_elements(twice)] * 3)
