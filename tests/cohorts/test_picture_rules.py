"""The rules behind a trainer's pictures: stages, bias by item, what to teach, forecasts."""

from __future__ import annotations

import uuid
from collections import Counter

import numpy as np
import pytest

from tests.pack import INSTRUMENT, LEVELS, STANDARD, small_pack
from training.calibration.feedback import Kind
from training.certification.judging.gate_documents import GateKind
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.simulated_raters import simulate_raters
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
from training.cohorts.readiness.rules import FEWEST_VIGNETTES, Forecast, Outlook, Practised
from training.modules.progress import ModuleOutline
from training.modules.stages import Stage

INES, OTTO, EDDA = (uuid.UUID(int=number) for number in (1, 2, 3))
MODULES = [ModuleOutline(slug, None, slug, "", 60, None) for slug in ("one", "two", "three")]


def test_a_module_opens_when_the_one_before_is_done() -> None:
    cells = cells_of(MODULES, {"one": 5, "two": 2})
    assert [cell.mark for cell in cells] == [Mark.DONE, Mark.UNDER_WAY, Mark.LOCKED]
    assert cells[1].next_stage is Stage.CHECK
    assert [cell.mark for cell in cells_of(MODULES, {})] == [Mark.OPEN, Mark.LOCKED, Mark.LOCKED]
    assert cells_of(MODULES, {"three": 1})[2].mark is Mark.UNDER_WAY  # what was begun stays open


def test_where_most_are_held_up() -> None:
    totals = {"one": ModuleTotal(9, 1), "two": ModuleTotal(2, 4)}
    assert most_held_up(MODULES, totals) == MODULES[1]
    assert most_held_up(MODULES, {"one": ModuleTotal(9, 0)}) is None
    assert most_held_up([], {}) is None


def test_the_bias_of_a_rater_has_an_interval_over_vignettes() -> None:
    """Differences 0, 1, 2: mean 1, standard error 1 / sqrt(3), t(2; .975) = 4.303."""
    rated = [Rated(INES, {1: points, 2: 0}) for points in (0, 1, 2)] + [Rated(OTTO, {1: -1})]
    cells = rater_cells(rated, [OTTO, INES], (1, 2))
    first = cells[INES][0]
    assert (first.mean, first.ratings) == (1.0, 3)
    assert first.low == pytest.approx(1 - 4.3027 / 3**0.5, abs=1e-3)
    assert first.high == pytest.approx(1 + 4.3027 / 3**0.5, abs=1e-3)
    single, none = cells[OTTO]
    assert (single.mean, single.has_interval, single.depth) == (-1.0, False, 0)
    assert single.direction is Direction.SEVERE
    assert (none.mean, none.direction) == (None, Direction.NONE)


def test_the_bias_of_the_group_has_an_interval_over_raters() -> None:
    """Three raters at +1, +1 and +1 throughout: however many ratings, no doubt between raters."""
    alike = [Rated(rater, {1: 1}) for rater in (INES, OTTO, EDDA) for _ in range(4)]
    apart = [Rated(INES, {1: 2}), Rated(INES, {1: 2}), Rated(OTTO, {1: -2}), Rated(EDDA, {1: 0})]
    (first,) = group_items(alike, (1,))
    assert (first.bias.mean, first.bias.low, first.bias.high) == (1.0, 1.0, 1.0)
    assert (first.bias.ratings, first.raters, first.lenient) == (12, 3, 3)
    (second,) = group_items(apart, (1,))
    assert (second.bias.mean, second.distance, second.lenient, second.severe) == (0.5, 1.5, 1, 1)
    assert not second.bias.is_clear_of_zero
    (nothing,) = group_items([], (1,))
    assert (nothing.bias.mean, nothing.distance, nothing.raters) == (None, None, 0)


def group_item(item: int, mean: float, low: float, high: float, **counts: float) -> GroupItem:
    cell = BiasCell(mean, low, high, int(counts.get("ratings", 12)))
    return GroupItem(
        item=item,
        bias=cell,
        distance=counts.get("distance", abs(mean)),
        raters=int(counts.get("raters", 6)),
        lenient=int(counts.get("lenient", 0)),
        severe=int(counts.get("severe", 0)),
    )


def test_which_items_mislead_and_how() -> None:
    everybody = group_item(1, 0.7, 0.4, 1.0, lenient=5)
    divided = group_item(2, 0.1, -0.9, 1.1, distance=1.2, lenient=3, severe=3)
    perhaps = group_item(3, -0.9, -1.9, 0.1, severe=4)
    fine = group_item(4, 0.2, 0.1, 0.3)
    few = group_item(5, 2.0, 1.9, 2.1, raters=2, lenient=2)
    found = misleading_items([perhaps, fine, everybody, few, divided])
    assert [(each.item, each.misleads) for each in found] == [
        (2, Misleads.BOTH_WAYS),
        (1, Misleads.ONE_WAY),
        (3, Misleads.PERHAPS),
    ]
    assert [each.raters_that_way for each in found] == [3, 5, 4]
    assert items_with_too_little([everybody, few]) == (5,)


def test_what_to_teach_follows_the_most_frequent_error() -> None:
    item = small_pack().instruments[INSTRUMENT].item(1)
    modules = list(small_pack().modules.values())
    (misleading,) = misleading_items([group_item(1, 0.7, 0.4, 1.0, lenient=5)])
    kinds = Counter({Kind.AGREED: 9, Kind.NOT_SEEN: 4, Kind.MIS_SCALED: 1})
    lesson = lesson_for(misleading, item, kinds, modules, [])
    assert (lesson.kind, lesson.of_kind, lesson.errors) == (Kind.NOT_SEEN, 4, 5)
    assert lesson.step is not None
    assert lesson.step.stage == "observe"
    assert lesson.pair is None
    assert lesson_for(misleading, item, {}, [], []).kind is None


def practice_of(kind: RaterKind, vignettes: int = 8, seed: int = 1) -> list[Practised]:
    keys = np.array([[np.nan if score is None else score for score in row] for row in LEVELS])
    keys = keys[:vignettes]
    (scores,) = simulate_raters(kind, keys, scale=(0, 1, 2, 3, 4), raters=1, seed=seed)

    def plain(row: np.ndarray) -> tuple[int | None, ...]:
        return tuple(None if np.isnan(score) else int(score) for score in row)

    return [Practised(plain(own), plain(key)) for own, key in zip(scores, keys, strict=True)]


def forecast_of(practice: list[Practised]) -> Forecast | None:
    return forecast(small_pack().standards[STANDARD], (0, 1, 2, 3, 4), practice)


def test_a_forecast_tells_sound_practice_from_faulty_practice() -> None:
    sound = forecast_of(practice_of(RaterKind.EXCELLENT))
    lenient = forecast_of(practice_of(RaterKind.LENIENT))
    border = forecast_of(practice_of(RaterKind.BORDERLINE))
    assert sound is not None
    assert lenient is not None
    assert border is not None
    assert sound.outlook is Outlook.LIKELY
    assert (lenient.share, lenient.outlook) == (0.0, Outlook.UNLIKELY)
    assert GateKind.BIAS in [hindrance.gate for hindrance in lenient.hindrances]
    assert lenient.hindrances[0].share == 1.0
    assert border.high - border.low > 0.2  # who is on the border gets a wide range
    assert border.low <= border.share <= border.high


def test_too_little_practice_gives_no_forecast_and_the_same_gives_the_same() -> None:
    practice = practice_of(RaterKind.FAIR, FEWEST_VIGNETTES)
    assert forecast_of(practice[1:]) is None
    assert forecast_of(practice) == forecast_of(list(practice))


@pytest.mark.parametrize(
    ("low", "share", "high", "outlook"),
    [
        (0.85, 0.95, 1.0, Outlook.LIKELY),
        (0.4, 0.7, 0.95, Outlook.RATHER_LIKELY),
        (0.1, 0.6, 0.9, Outlook.OPEN),
        (0.0, 0.3, 0.7, Outlook.RATHER_UNLIKELY),
        (0.0, 0.05, 0.2, Outlook.UNLIKELY),
    ],
)
def test_the_range_in_a_word(low: float, share: float, high: float, outlook: Outlook) -> None:
    assert Forecast(share, low, high, 8, ()).outlook is outlook
