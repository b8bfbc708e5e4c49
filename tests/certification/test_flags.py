"""Flags: what a certifier should look at twice, told of people who rate like this or that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pack import LEVELS
from training.certification.judging.circumstances import Circumstances, circumstances_of
from training.certification.judging.flags import (
    FASTEST_READING,
    Flag,
    FlagKind,
    OtherSheet,
    Sheet,
    raised_flags,
)
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.simulated_raters import simulate_raters

SCALE = (0, 1, 2, 3, 4)
NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WORDS = 1200
KEY = np.array([[np.nan if level is None else level for level in row] for row in LEVELS])
Scores = dict[int, int | None]


def keyed(vignette: int) -> Scores:
    return dict(enumerate(LEVELS[vignette], start=1))


def sheet(
    vignette: int,
    scores: Mapping[int, int | None] | None = None,
    *,
    minutes: float = 30,
    bare: frozenset[int] = frozenset(),
    begun: datetime | None = None,
) -> Sheet:
    """Ines's sheet of a vignette, as the key has it unless other scores are given."""
    shown_at = begun or NINE + timedelta(hours=vignette)
    return Sheet(
        vignette=f"certification-{vignette + 1}",
        version="one",
        words=WORDS,
        shown_at=shown_at,
        submitted_at=shown_at + timedelta(minutes=minutes),
        scores=keyed(vignette) | dict(scores or {}),
        reference=keyed(vignette),
        bare=bare,
    )


def ottos(own: Sheet, *, person: str = "otto", **changes: int) -> OtherSheet:
    """What Otto gave on the same vignette: the same but for `item_3=2` and the like."""
    given = own.scored | {int(name.removeprefix("item_")): s for name, s in changes.items()}
    scored = {item: s for item, s in given.items() if own.reference[item] is not None}
    return OtherSheet(person, own.vignette, own.version, scored)


def flags(sheets: list[Sheet], others: list[OtherSheet] | None = None) -> tuple[Flag, ...]:
    return raised_flags(sheets, others or [], scale=SCALE)


def kinds(sheets: list[Sheet], others: list[OtherSheet] | None = None) -> list[FlagKind]:
    return [flag.kind for flag in flags(sheets, others)]


def off(vignette: int, items: range, by: int = 1) -> Scores:
    """The key's scores of these items, so many points away and kept on the scale."""
    found: Scores = {}
    for item in items:
        score = keyed(vignette)[item]
        if score is not None:
            found[item] = score + by if 0 <= score + by <= 4 else score - by
    return found


def test_ines_who_takes_her_time_and_agrees_raises_none() -> None:
    assert flags([sheet(number) for number in range(8)]) == ()


# Reading time


def test_otto_who_submits_after_a_minute_has_not_read_it() -> None:
    (flag,) = flags([sheet(0, minutes=1), sheet(1)])
    assert flag.kind is FlagKind.READING_TIME
    assert flag.vignettes == ("certification-1",)
    assert flag.minutes == pytest.approx(1)
    assert flag.limit == pytest.approx(WORDS / FASTEST_READING)


def test_the_fastest_reader_there_is_raises_none() -> None:
    assert kinds([sheet(0, minutes=WORDS / FASTEST_READING)]) == []


def test_eight_texts_opened_side_by_side_are_taken_together() -> None:
    """Each had twelve minutes, and so had all of them; reading takes nineteen."""
    together = [sheet(number, minutes=12, begun=NINE) for number in range(8)]
    (flag,) = flags(together)
    assert flag.kind is FlagKind.READING_TIME_TOGETHER
    assert (flag.of, flag.minutes) == (8 * WORDS, pytest.approx(12))
    assert kinds([sheet(number, minutes=20, begun=NINE) for number in range(8)]) == []


def test_a_clock_that_was_set_back_is_no_time_at_all_and_no_failure() -> None:
    (flag,) = flags([sheet(0, minutes=-5)])
    assert flag.minutes == 0


# The same score down the page


def test_one_score_down_the_page_is_flagged() -> None:
    threes = dict.fromkeys(range(1, 13), 3)
    (flag,) = flags([sheet(3, threes), sheet(4)])
    assert flag.kind is FlagKind.SAME_SCORE
    assert (flag.score, flag.count, flag.vignettes) == (3, 12, ("certification-4",))


def test_one_score_is_right_where_the_consensus_has_it_too() -> None:
    fours = sheet(0, dict.fromkeys(range(1, 13), 4))
    even = replace(fours, reference=dict.fromkeys(range(1, 10), 4) | {10: 3, 11: 3, 12: 3})
    assert kinds([even]) == []
    uneven = replace(fours, reference=dict.fromkeys(range(1, 9), 4) | dict.fromkeys((9, 10), 3))
    assert kinds([replace(uneven, reference=dict(uneven.reference) | {11: 3, 12: 3})]) == [
        FlagKind.SAME_SCORE
    ]


def test_few_scores_are_no_pattern() -> None:
    few: Scores = dict.fromkeys(range(1, 8), 3) | dict.fromkeys(range(8, 13), None)
    assert kinds([sheet(2, few)]) == []


# Evidence


def test_scores_that_point_to_no_turn_are_flagged_beyond_a_quarter() -> None:
    every = frozenset(range(1, 13))
    (flag,) = flags([sheet(0, bare=every), sheet(1), sheet(2)])
    assert flag.kind is FlagKind.EVIDENCE_MISSING
    assert flag.vignettes == ("certification-1",)
    assert flag.count == sum(level is not None and level >= 2 for level in LEVELS[0])
    assert kinds([sheet(0, bare=frozenset({1, 2})), sheet(1)]) == []


def test_what_was_missing_needs_no_turn() -> None:
    ones: Scores = {item: item % 2 for item in range(1, 13)}
    assert kinds([sheet(1, ones, bare=frozenset(range(1, 13)))]) == []


# Two raters


def test_two_who_are_right_agree_and_that_is_no_copying() -> None:
    own = [sheet(number) for number in range(8)]
    assert kinds(own, [ottos(each) for each in own]) == []


def test_two_who_are_both_a_point_lenient_agree_and_that_is_no_copying() -> None:
    lenient = [
        sheet(n, {i: min(4, s + 1) for i, s in keyed(n).items() if s is not None}) for n in range(8)
    ]
    assert kinds(lenient, [ottos(each) for each in lenient]) == []


def test_wrong_answers_shared_beyond_the_differences_are_flagged() -> None:
    own = [sheet(number, off(number, range(1, 4))) for number in range(8)]
    (flag,) = flags(own, [ottos(each) for each in own])
    assert flag.kind is FlagKind.SHARED_ANSWERS
    assert (flag.person, flag.differences) == ("otto", 0)
    assert flag.count >= 20
    assert flag.of == sum(level is not None for row in LEVELS for level in row)


def test_as_many_wrong_answers_of_their_own_are_chance() -> None:
    own = [sheet(number, off(number, range(1, 4))) for number in range(8)]
    others = [
        OtherSheet(
            "otto",
            each.vignette,
            each.version,
            {
                item: score
                for item, score in (keyed(number) | off(number, range(7, 10))).items()
                if score is not None
            },
        )
        for number, each in enumerate(own)
    ]
    assert kinds(own, others) == []


def test_one_whole_sheet_that_is_identical_and_odd_is_flagged_by_itself() -> None:
    """Copied on one vignette only; on the seven others each erred alone."""
    own = [sheet(0, off(0, range(1, 6))), *[sheet(n, off(n, range(1, 3))) for n in range(1, 8)]]
    others = [ottos(own[0])]
    for number, each in enumerate(own[1:], start=1):
        alone = keyed(number) | off(number, range(6, 9))
        scored = {item: score for item, score in alone.items() if score is not None}
        others.append(OtherSheet("otto", each.vignette, each.version, scored))
    (flag,) = flags(own, others)
    assert (flag.kind, flag.vignettes) == (FlagKind.SHARED_ANSWERS, ("certification-1",))
    assert flag.differences == 0


def test_another_version_of_a_vignette_is_another_text() -> None:
    own = [sheet(number, off(number, range(1, 4))) for number in range(8)]
    others = [replace(ottos(each), version="two") for each in own]
    assert kinds(own, others) == []


def test_two_sheets_of_one_score_look_alike_without_copying() -> None:
    threes = dict.fromkeys(range(1, 13), 3)
    own = [sheet(number, threes) for number in range(8)]
    assert FlagKind.SHARED_ANSWERS not in kinds(own, [ottos(each) for each in own])


@cache
def simulated(kind: RaterKind) -> list[list[Sheet]]:
    raters = simulate_raters(kind, KEY, scale=SCALE, raters=24, seed=11)
    return [
        [
            sheet(v, {i: None if np.isnan(s) else int(s) for i, s in enumerate(row, start=1)})
            for v, row in enumerate(scores)
        ]
        for scores in raters
    ]


@pytest.mark.parametrize(
    "kind",
    [RaterKind.EXCELLENT, RaterKind.GOOD, RaterKind.FAIR, RaterKind.LENIENT, RaterKind.SEVERE],
)
def test_raters_who_never_met_hardly_ever_look_as_if_they_had(kind: RaterKind) -> None:
    raters = simulated(kind)
    raised = 0
    for number, own in enumerate(raters):
        others = [
            ottos(each, person=str(name))
            for name, theirs in enumerate(raters)
            if name != number
            for each in theirs
        ]
        raised += sum(flag.kind is FlagKind.SHARED_ANSWERS for flag in flags(own, others))
    assert raised == 0, "of 552 pairs"


@pytest.mark.parametrize("kind", [RaterKind.GOOD, RaterKind.FAIR, RaterKind.BORDERLINE])
def test_a_copy_is_found_also_when_one_in_twenty_is_changed(kind: RaterKind) -> None:
    generator = np.random.default_rng(3)
    found = 0
    for theirs in simulated(kind):
        own = [
            replace(
                each,
                scores={
                    item: score if score is None or generator.random() > 0.05 else abs(score - 1)
                    for item, score in each.scores.items()
                },
            )
            for each in theirs
        ]
        copied = [ottos(each) for each in theirs]
        found += any(flag.kind is FlagKind.SHARED_ANSWERS for flag in flags(own, copied))
    assert found >= 23, "of 24"


# Frozen


@given(st.floats(0, 60), st.floats(0, 60), st.integers(0, 4))
def test_a_flag_is_frozen_and_read_back_as_it_was(first: float, second: float, score: int) -> None:
    page = dict.fromkeys(range(1, 13), score)
    own = [sheet(0, page, minutes=first), sheet(1, off(1, range(1, 8)), minutes=second)]
    for flag in flags(own, [ottos(each) for each in own]):
        frozen = json.loads(json.dumps(Circumstances(None, None, 0, (), (), (flag,)).as_dict()))
        assert circumstances_of(frozen).flags == (flag,)


@given(st.permutations(range(8)), st.permutations(range(8)))
def test_the_order_of_sheets_changes_no_flag(own: list[int], other: list[int]) -> None:
    sheets = [sheet(n, off(n, range(1, 4)), minutes=1 + n % 3) for n in range(8)]
    others = [ottos(each, person=name) for each in sheets for name in ("otto", "nina")]

    def counted(found: tuple[Flag, ...]) -> set[tuple[object, ...]]:
        return {(f.kind, frozenset(f.vignettes), f.count, f.of, f.person) for f in found}

    shuffled = flags([sheets[n] for n in own], [others[n] for n in other] + others[8:])
    assert counted(shuffled) == counted(flags(sheets, others))


# Each limit from both sides


def test_eight_equal_scores_are_the_fewest_that_make_a_pattern() -> None:
    eight: Scores = dict.fromkeys(range(1, 9), 3) | dict.fromkeys(range(9, 13), None)
    (flag,) = flags([sheet(2, eight)])
    assert (flag.kind, flag.count, flag.of, flag.limit) == (FlagKind.SAME_SCORE, 8, 8, 8.0)
    assert kinds([sheet(2, eight | {9: 2})]) == [], "one other score, and there is none"


@pytest.mark.parametrize(("at_four", "is_flagged"), [(9, False), (8, True)])
def test_the_consensus_expects_one_score_from_three_quarters_on(
    at_four: int, is_flagged: bool
) -> None:
    """Elements that the consensus finds not rateable do not expect it."""
    reference: Scores = dict.fromkeys(range(1, at_four + 1), 4)
    reference |= dict.fromkeys(range(at_four + 1, 13), None)
    fours = replace(sheet(0, dict.fromkeys(range(1, 13), 4)), reference=reference)
    assert kinds([fours]) == [FlagKind.SAME_SCORE] * is_flagged


@pytest.mark.parametrize(("bare", "is_flagged"), [(3, False), (4, True)])
def test_a_quarter_without_evidence_is_human_and_one_more_is_not(
    bare: int, is_flagged: bool
) -> None:
    """Twelve scores from the middle upwards on two vignettes; the zeros are never asked."""
    first: Scores = dict.fromkeys(range(1, 7), 2) | dict.fromkeys(range(7, 13), 0)
    second: Scores = dict.fromkeys(range(1, 7), 0) | dict.fromkeys(range(7, 13), 4)
    unmarked = frozenset({*range(1, 3), *range(7, 7 + bare - 2)})
    own = [sheet(0), sheet(1, second, bare=unmarked), sheet(2, first, bare=unmarked)]
    found = flags(own[1:])
    assert [flag.kind for flag in found] == [FlagKind.EVIDENCE_MISSING] * is_flagged
    for flag in found:
        assert (flag.count, flag.of, flag.limit) == (4, 12, 3.0)
        assert flag.vignettes == ("certification-2", "certification-3")


@pytest.mark.parametrize(
    ("scale", "asked"), [((0, 1, 2, 3, 4), 3), ((1, 2, 3, 4, 5), 2), ((0, 1, 2, 3), 3)]
)
def test_the_middle_is_that_of_the_scale(scale: tuple[int, ...], asked: int) -> None:
    ones_to_four: Scores = {1: 1, 2: 2, 3: 3, 4: 4} | dict.fromkeys(range(5, 13), None)
    own = sheet(0, ones_to_four, bare=frozenset(range(1, 13)))
    if max(scale) == 3:
        own = replace(own, scores={1: 1, 2: 2, 3: 3, 4: 2})
    (flag,) = raised_flags([own], [], scale=scale)
    assert (flag.kind, flag.count, flag.of) == (FlagKind.EVIDENCE_MISSING, asked, asked)


def test_one_vignette_is_not_several_taken_together() -> None:
    assert kinds([sheet(0, minutes=3, begun=NINE)]) == []


def test_time_enough_for_all_together_is_enough_to_the_second() -> None:
    needed = 2 * WORDS / FASTEST_READING
    for minutes, expected in ((needed, []), (needed - 1 / 60, [FlagKind.READING_TIME_TOGETHER])):
        assert kinds([sheet(n, minutes=minutes, begun=NINE) for n in range(2)]) == expected


def test_texts_that_are_flagged_one_by_one_are_not_flagged_together_as_well() -> None:
    found = flags([sheet(n, minutes=2, begun=NINE) for n in range(3)])
    assert [flag.kind for flag in found] == [FlagKind.READING_TIME] * 3
    assert {(flag.count, flag.of) for flag in found} == {(WORDS, WORDS)}


def copied(shared: int, alone: int, *, per_vignette: int = 3) -> tuple[list[Sheet], list[Sheet]]:
    """Ines's sheets and Otto's: alike wrong in `shared` cells, Otto alone in `alone` others."""
    ours: dict[int, Scores] = {n: {} for n in range(8)}
    theirs: dict[int, Scores] = {n: {} for n in range(8)}
    for place in range(shared):
        number, item = place // per_vignette, 1 + place % per_vignette
        ours[number] |= off(number, range(item, item + 1))
    for place in range(alone):
        number, item = 4 + place // 4, 5 + place % 4
        theirs[number] |= off(number, range(item, item + 1))
    own = [sheet(n, ours[n]) for n in range(8)]
    return own, [sheet(n, ours[n] | theirs[n]) for n in range(8)]


@pytest.mark.parametrize(
    ("shared", "alone", "is_flagged"),
    [(5, 0, False), (6, 0, True), (6, 6, True), (6, 7, False), (7, 7, True)],
)
def test_six_shared_and_no_more_differences_than_that(
    shared: int, alone: int, is_flagged: bool
) -> None:
    own, theirs = copied(shared, alone)
    found = flags(own, [ottos(each) for each in theirs])
    assert [flag.kind for flag in found] == [FlagKind.SHARED_ANSWERS] * is_flagged
    for flag in found:
        assert (flag.count, flag.differences, flag.limit) == (shared, alone, 6.0)
        assert len(flag.vignettes) == 8


@pytest.mark.parametrize(("shared", "is_flagged"), [(3, False), (4, True)])
def test_four_shared_on_one_sheet_without_a_difference(shared: int, is_flagged: bool) -> None:
    own, theirs = copied(shared, 12, per_vignette=4)
    found = flags(own, [ottos(each) for each in theirs])
    assert [flag.kind for flag in found] == [FlagKind.SHARED_ANSWERS] * is_flagged
    for flag in found:
        assert (flag.vignettes, flag.limit) == (("certification-1",), 4.0)
        assert (flag.count, flag.differences) == (4, 0)
        assert flag.of == sum(level is not None for level in LEVELS[0])


def test_one_difference_on_the_only_odd_sheet_is_enough_to_say_nothing() -> None:
    own, _ = copied(5, 0, per_vignette=5)
    assert kinds(own[:1], [ottos(own[0])]) == [FlagKind.SHARED_ANSWERS]
    other = 0 if own[0].scores[11] else 1
    assert kinds(own[:1], [ottos(own[0], item_11=other)]) == []


def test_everybody_copied_from_is_named_in_the_same_order_whoever_comes_first() -> None:
    own, theirs = copied(9, 0)
    others = [ottos(each, person=name) for name in ("zoe", "abel", "otto") for each in theirs]
    for given_order in (others, others[::-1]):
        assert [flag.person for flag in flags(own, given_order)] == ["abel", "otto", "zoe"]


def test_only_cells_that_both_scored_are_compared() -> None:
    own, theirs = copied(9, 0)
    fewer = [
        replace(other, scores={item: s for item, s in other.scores.items() if item != 12})
        for other in map(ottos, theirs)
    ]
    (whole,), (part,) = flags(own, list(map(ottos, theirs))), flags(own, fewer)
    twelfth = sum(row[11] is not None for row in LEVELS)
    assert (whole.of - part.of, part.count, part.differences) == (twelfth, whole.count, 0)


def test_an_answer_that_is_the_usual_way_of_one_of_them_is_no_shared_surprise() -> None:
    """Ines errs upwards in six cells; Otto, who scored twelve, is a point above in all of them."""
    ours = {1: {1: 2, 2: 2, 3: 2}, 3: {2: 3, 3: 2, 4: 3}}
    his = {1: {1: 2, 2: 2, 3: 2, 4: 2, 5: 4, 6: 2}, 3: {2: 3, 3: 2, 4: 3, 5: 4, 6: 3, 7: 2}}
    own = [sheet(n, ours.get(n)) for n in range(8)]
    lenient = [OtherSheet("otto", own[n].vignette, own[n].version, his[n]) for n in (1, 3)]
    assert kinds(own, lenient) == []
    exact_elsewhere = [ottos(sheet(n, his.get(n))) for n in range(8)]
    (flag,) = flags(own, exact_elsewhere)
    assert (flag.kind, flag.count, flag.differences) == (FlagKind.SHARED_ANSWERS, 6, 6)


def test_a_sheet_on_which_nothing_could_be_rated_raises_none() -> None:
    nothing: Scores = dict.fromkeys(range(1, 13), None)
    own = sheet(0, nothing, bare=frozenset(range(1, 13)))
    assert flags([own], [OtherSheet("otto", own.vignette, own.version, {})]) == ()
    assert (
        raised_flags([], [OtherSheet("otto", "certification-1", "one", {1: 3})], scale=SCALE) == ()
    )
