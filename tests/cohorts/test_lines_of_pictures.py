"""Where exactly the lines of a trainer's pictures lie: depth, what misleads, what is likely."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.pack import INSTRUMENT, STANDARD, small_pack
from training.calibration.feedback import Kind
from training.certification.judging.gate_documents import GateKind
from training.cohorts.pictures.bias_figures import group_items, rater_cells
from training.cohorts.pictures.item_bias import BiasCell, Direction, GroupItem, Rated
from training.cohorts.pictures.stage_matrix import Mark, ModuleTotal, cells_of, most_held_up
from training.cohorts.pictures.teaching import (
    Misleads,
    items_with_too_little,
    lesson_for,
    misleading_items,
)
from training.cohorts.readiness.forecast import forecast
from training.cohorts.readiness.rules import Forecast, Outlook, Practised
from training.exercises.rules import Pair, Twin
from training.modules.progress import ModuleOutline
from training.modules.stages import STAGES, Stage

INES, OTTO, EDDA, BO = (uuid.UUID(int=number) for number in (1, 2, 3, 4))
MODULES = [ModuleOutline(slug, None, slug, "", 60, None) for slug in ("one", "two", "three")]


def cell(mean: float | None, low: float | None, high: float | None, ratings: int = 12) -> BiasCell:
    return BiasCell(mean, low, high, ratings)


@pytest.mark.parametrize(
    ("mean", "direction", "depth"),
    [
        (0.0, Direction.LEVEL, 0),
        (0.24, Direction.LEVEL, 0),
        (0.25, Direction.LENIENT, 1),
        (-0.25, Direction.SEVERE, 1),
        (0.49, Direction.LENIENT, 1),
        (0.5, Direction.LENIENT, 2),
        (-0.99, Direction.SEVERE, 2),
        (-1.0, Direction.SEVERE, 3),
        (4.0, Direction.LENIENT, 3),
        (None, Direction.NONE, 0),
    ],
)
def test_a_cell_is_drawn_deeper_at_a_quarter_half_and_whole_point(
    mean: float | None, direction: Direction, depth: int
) -> None:
    assert cell(mean, None, None).direction is direction
    assert cell(mean, None, None).depth == depth


def test_two_ratings_stay_pale_and_three_do_not() -> None:
    assert cell(2.0, None, None, ratings=2).has_few_ratings
    assert cell(2.0, None, None, ratings=2).depth == 0
    assert not cell(2.0, None, None, ratings=3).has_few_ratings
    assert cell(2.0, None, None, ratings=3).depth == 3


@pytest.mark.parametrize(
    ("low", "high", "has_interval", "is_clear"),
    [
        (0.1, 0.9, True, True),
        (-0.9, -0.1, True, True),
        (0.0, 0.9, True, False),
        (-0.9, 0.0, True, False),
        (-0.1, 0.9, True, False),
        (0.1, None, False, False),
        (None, -0.1, False, False),
        (None, None, False, False),
    ],
)
def test_an_interval_that_touches_zero_is_not_clear_of_it(
    low: float | None, high: float | None, has_interval: bool, is_clear: bool
) -> None:
    found = cell(0.4, low, high)
    assert (found.has_interval, found.is_clear_of_zero) == (has_interval, is_clear)


def item(number: int = 1, mean: float = 0.7, distance: float = 0.7, **changes: int) -> GroupItem:
    """An item of which six raters gave twelve ratings, four of them leniently."""
    counts = {"ratings": 12, "raters": 6, "lenient": 4, "severe": 0} | changes
    bias = cell(mean, mean - 0.3, mean + 0.3, counts.pop("ratings"))
    return GroupItem(number, bias, distance, **counts)


@pytest.mark.parametrize(
    ("found", "misleads"),
    [
        (item(mean=0.5, distance=0.5), Misleads.ONE_WAY),
        (item(mean=-0.5, distance=0.5, severe=4), Misleads.ONE_WAY),
        (item(mean=0.49, distance=0.74), None),
        (item(mean=0.49, distance=0.75), Misleads.BOTH_WAYS),
        (item(lenient=3), Misleads.PERHAPS),  # half of them are not most of them
        (item(mean=-0.7, lenient=6, severe=3), Misleads.PERHAPS),  # those of the other side
        (item(raters=3, lenient=2), Misleads.ONE_WAY),
        (item(raters=2, lenient=2), None),
        (item(ratings=6), Misleads.ONE_WAY),
        (item(ratings=5), None),
    ],
)
def test_an_item_misleads_from_half_a_point_on_or_where_it_divides(
    found: GroupItem, misleads: Misleads | None
) -> None:
    assert [each.misleads for each in misleading_items([found])] == ([misleads] if misleads else [])


def test_of_two_raters_or_five_ratings_nothing_can_be_said_yet() -> None:
    group = [item(1, raters=2), item(2, raters=3), item(3, ratings=5), item(4, ratings=6)]
    assert items_with_too_little(group) == (1, 3)
    assert [each.item for each in misleading_items(group)] == [2, 4]


def test_of_an_item_that_nobody_rated_nothing_is_said() -> None:
    nothing = GroupItem(1, cell(None, None, None, 0), None, 0, 0, 0)
    assert misleading_items([nothing]) == ()
    assert items_with_too_little([nothing]) == (1,)


def test_three_items_are_taught_at_most_and_of_two_alike_the_first_in_the_instrument() -> None:
    group = [item(9), item(4), item(6, distance=0.8), item(2), item(1, distance=2.0, lenient=1)]
    assert [each.item for each in misleading_items(group)] == [6, 2, 4]
    assert [each.item for each in misleading_items(group[::2])] == [6, 9, 1]  # chance comes last
    assert misleading_items([]) == ()


def test_a_lesson_leaves_out_what_was_no_error_and_finds_the_pair_of_the_item() -> None:
    third = small_pack().instruments[INSTRUMENT].item(3)
    twins = (Twin("one", "One", None), Twin("two", "Two", None))
    pairs = [Pair(INSTRUMENT, number, f"Pair {number}", twins) for number in (2, 3)]
    (misleading,) = misleading_items([item(3)])
    kinds = Counter({Kind.AGREED: 9, Kind.NOT_COMPARED: 7, Kind.OTHER_LENS: 2, Kind.NOT_SEEN: 1})
    lesson = lesson_for(misleading, third, kinds, list(small_pack().modules.values()), pairs)
    assert (lesson.kind, lesson.of_kind, lesson.errors) == (Kind.OTHER_LENS, 2, 3)
    assert lesson.pair == pairs[1]
    assert lesson.step is not None
    assert (lesson.step.module_slug, lesson.step.stage) == ("first-things", "orient")
    without = lesson_for(misleading, third, {Kind.AGREED: 9}, [], pairs[:1])
    assert (without.kind, without.of_kind, without.errors) == (None, 0, 0)
    assert (without.step, without.pair) == (None, None)


def test_without_any_error_one_still_trains_the_anchors() -> None:
    third = small_pack().instruments[INSTRUMENT].item(3)
    (misleading,) = misleading_items([item(3)])
    lesson = lesson_for(misleading, third, {}, list(small_pack().modules.values()), [])
    assert lesson.kind is None
    assert lesson.step is not None
    assert lesson.step.stage == "apply"


def test_each_number_of_stages_has_its_mark_and_its_next_stage() -> None:
    assert [
        (found.mark, found.done, found.next_stage)
        for done in range(7)
        for found in cells_of(MODULES[:1], {"one": done})
    ] == [
        (Mark.OPEN, 0, Stage.ORIENT),
        (Mark.UNDER_WAY, 1, Stage.OBSERVE),
        (Mark.UNDER_WAY, 2, Stage.CHECK),
        (Mark.UNDER_WAY, 3, Stage.APPLY),
        (Mark.UNDER_WAY, 4, Stage.REFLECT),
        (Mark.DONE, 5, None),
        (Mark.DONE, 5, None),  # a stage that there was once
    ]
    last, locked = cells_of(MODULES[:2], {"one": 4})
    assert (last.stages, locked.mark, locked.next_stage) == (len(STAGES), Mark.LOCKED, None)
    assert cells_of([], {"one": 4}) == ()


def test_of_two_modules_that_hold_up_as_many_the_earlier_is_named() -> None:
    level = {"two": ModuleTotal(0, 3), "three": ModuleTotal(5, 3), "left-out": ModuleTotal(0, 9)}
    assert most_held_up(MODULES, level) == MODULES[1]
    assert most_held_up(MODULES, level | {"three": ModuleTotal(5, 4)}) == MODULES[2]
    assert most_held_up(MODULES, {"left-out": ModuleTotal(0, 9)}) is None


def test_who_lies_a_noticeable_way_to_a_side_is_counted_on_the_own_average() -> None:
    """Ines +0.25 over four, Otto +0.2 over five, Edda -0.25 over four; Bo rated another item."""
    rated = [
        *(Rated(INES, {1: points}) for points in (1, 0, 0, 0)),
        *(Rated(OTTO, {1: points}) for points in (1, 0, 0, 0, 0)),
        *(Rated(EDDA, {1: points}) for points in (-1, 0, 0, 0)),
        Rated(BO, {2: 3, 7: 1}),
    ]
    first, second = group_items(rated, (1, 2))
    assert (first.raters, first.lenient, first.severe, first.bias.ratings) == (3, 1, 1, 13)
    assert first.bias.mean == pytest.approx(1 / 13)
    assert first.distance == pytest.approx(3 / 13)
    assert (second.item, second.raters, second.lenient, second.bias.mean) == (2, 1, 1, 3.0)


def test_raters_who_are_not_on_the_page_are_left_out_and_who_rated_nothing_has_empty_cells() -> (
    None
):
    rated = [Rated(INES, {1: 2}), Rated(EDDA, {1: -4}), Rated(INES, {2: 1})]
    cells = rater_cells(rated, [OTTO, INES], (2, 1))
    assert list(cells) == [OTTO, INES]
    assert [(each.mean, each.ratings) for each in cells[INES]] == [(1.0, 1), (2.0, 1)]
    assert [(each.mean, each.ratings) for each in cells[OTTO]] == [(None, 0), (None, 0)]
    assert rater_cells(rated, [], (1, 2)) == {}
    assert rater_cells([], [INES], ()) == {INES: ()}


@given(st.permutations([Rated(INES, {1: 2}), Rated(OTTO, {1: -1}), Rated(INES, {1: 1, 2: 0})]))
@settings(max_examples=6)
def test_in_which_order_was_rated_changes_no_figure(rated: list[Rated]) -> None:
    assert group_items(rated, (1, 2)) == group_items(sorted(rated, key=str), (1, 2))
    cells, reference = (rater_cells(each, [INES], (1,)) for each in (rated, rated[::-1]))
    assert cells[INES][0].mean == reference[INES][0].mean == 1.5


@pytest.mark.parametrize(
    ("low", "share", "high", "outlook"),
    [
        (0.75, 0.9, 1.0, Outlook.LIKELY),
        (0.74, 0.9, 1.0, Outlook.RATHER_LIKELY),
        (0.26, 0.51, 0.9, Outlook.RATHER_LIKELY),
        (0.25, 0.9, 1.0, Outlook.OPEN),
        (0.26, 0.5, 0.74, Outlook.OPEN),
        (0.1, 0.49, 0.74, Outlook.RATHER_UNLIKELY),
        (0.1, 0.49, 0.75, Outlook.OPEN),
        (0.0, 0.1, 0.26, Outlook.RATHER_UNLIKELY),
        (0.0, 0.1, 0.25, Outlook.UNLIKELY),
        (0.0, 0.0, 0.0, Outlook.UNLIKELY),
        (1.0, 1.0, 1.0, Outlook.LIKELY),
    ],
)
def test_a_word_holds_where_the_whole_range_does(
    low: float, share: float, high: float, outlook: Outlook
) -> None:
    assert Forecast(share, low, high, 8, ()).outlook is outlook


SHOWN = ((4, 4, 3, 4, 3, 4, 2, 4, 1, 4, 3, 4), (0, 1, 1, 0, 0, 0, 1, 2, 0, 1, 0, 0))
SHOWN += ((2, 2, 3, 1, 2, 0, 4, 2, 3, 1, 0, 4), (1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3, 4))
SHOWN += ((3, 3, 2, 2, 1, 1, 0, 0, 4, 4, 3, 2),)


def expected_of(practice: list[Practised]) -> Forecast:
    found = forecast(small_pack().standards[STANDARD], (0, 1, 2, 3, 4), practice)
    assert found is not None
    return found


def test_who_never_missed_is_not_called_certain_after_five_vignettes() -> None:
    """The Jeffreys interval of 5 of 5: Brown, Cai & DasGupta 2001, section 3.1.2, at 90 %."""
    found = expected_of([Practised(own, own) for own in SHOWN])
    assert (found.share, found.high, found.vignettes, found.hindrances) == (1.0, 1.0, 5, ())
    assert found.low == pytest.approx(stats.beta.ppf(0.05, 5.5, 0.5))
    assert found.outlook is Outlook.RATHER_LIKELY


def test_nor_is_who_was_always_wrong_and_what_hinders_most_comes_first() -> None:
    found = expected_of([Practised(tuple(4 - score for score in own), own) for own in SHOWN])
    assert (found.share, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(stats.beta.ppf(0.95, 0.5, 5.5))
    assert found.outlook is Outlook.RATHER_UNLIKELY
    shares = [hindrance.share for hindrance in found.hindrances]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == 1.0
    assert all(0 < share <= 1 for share in shares)
    gates = [hindrance.gate for hindrance in found.hindrances]
    assert GateKind.EXACT in gates
    assert len(set(gates)) == len(gates)


def test_a_vignette_that_was_missed_stays_whole_and_is_drawn_more_or_less_often() -> None:
    """Four flawless vignettes and one all wrong: some attempts draw it rarely, others often."""
    practice = [Practised(own, own) for own in SHOWN[:4]]
    practice.append(Practised(tuple(4 - score for score in SHOWN[4]), SHOWN[4]))
    found = expected_of(practice)
    assert 0 < found.share < 1
    assert found.low <= stats.beta.ppf(0.05, 5 * found.share + 0.5, 5 * (1 - found.share) + 0.5)
    assert found.high >= stats.beta.ppf(0.95, 5 * found.share + 0.5, 5 * (1 - found.share) + 0.5)
    assert found.low < found.share < found.high
