"""Which modules and stages are open, and where to go on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.modules.progress import (
    STAGE_SHARES,
    LearningProgress,
    ModuleOutline,
    State,
    learning_progress,
    standing,
)
from training.modules.stages import STAGES, Stage

ALL = frozenset(STAGES)
MODULES = [
    ModuleOutline(slug, number, slug.title(), f"About {slug}.", minutes, None)
    for number, (slug, minutes) in enumerate([("roots", 30), ("network", 40), ("talk", 50)], 1)
]


def test_whoever_begins_finds_the_first_stage_open_and_nothing_else() -> None:
    progress = learning_progress(MODULES, {})
    roots, network, talk = progress.modules
    assert [module.state for module in progress.modules] == ["current", "locked", "locked"]
    assert [part.state for part in roots.stages] == ["current"] + ["locked"] * 4
    assert roots.stage(Stage.OBSERVE).locked_because is Stage.ORIENT
    assert roots.stage(Stage.REFLECT).locked_because is Stage.APPLY
    assert network.locked_because == roots.outline
    assert talk.locked_because == network.outline
    assert {part.state for part in network.stages} == {State.LOCKED}
    assert network.next_stage is None


def test_a_stage_opens_when_the_one_before_is_done() -> None:
    progress = learning_progress(MODULES, {"roots": {Stage.ORIENT, Stage.OBSERVE}})
    roots = progress.modules[0]
    assert roots.stages_done == (Stage.ORIENT, Stage.OBSERVE)
    assert roots.next_stage is Stage.CHECK
    assert roots.stage(Stage.ORIENT).is_open
    assert not roots.stage(Stage.APPLY).is_open
    assert progress.next_step is not None
    assert (progress.next_step.module.slug, progress.next_step.stage) == ("roots", Stage.CHECK)


def test_a_module_opens_when_the_one_before_is_complete() -> None:
    progress = learning_progress(MODULES, {"roots": ALL})
    assert [module.state for module in progress.modules] == ["done", "current", "locked"]
    assert progress.modules_done == 1
    assert (progress.minutes_left, progress.hours_left) == (90, 2)
    assert progress.next_step is not None
    assert (progress.next_step.module.slug, progress.next_step.stage) == ("network", Stage.ORIENT)
    assert not progress.is_complete


def test_the_time_left_counts_stages_and_all_of_them_make_the_module() -> None:
    assert sum(STAGE_SHARES.values()) == 100
    begun = learning_progress(MODULES, {"roots": {Stage.ORIENT, Stage.OBSERVE}})
    minutes = MODULES[0].minutes
    assert begun.modules[0].minutes_left == -(-minutes * 55 // 100)
    assert begun.minutes_left == begun.modules[0].minutes_left + 90


def test_four_stages_of_five_do_not_complete_a_module() -> None:
    progress = learning_progress(MODULES, {"roots": ALL - {Stage.REFLECT}})
    assert progress.modules[0].state is State.CURRENT
    assert progress.modules[1].state is State.LOCKED


def test_everything_done_leads_nowhere_further() -> None:
    progress = learning_progress(MODULES, {outline.slug: ALL for outline in MODULES})
    assert progress.is_complete
    assert progress.next_step is None
    assert progress.minutes_left == 0
    assert all(module.is_open and module.next_stage is None for module in progress.modules)


def test_without_modules_nothing_is_complete() -> None:
    progress = learning_progress([], {})
    assert progress == LearningProgress(())
    assert not progress.is_complete
    assert progress.next_step is None


def test_a_module_that_was_begun_stays_open_when_another_is_put_before_it() -> None:
    progress = learning_progress(MODULES, {"network": {Stage.ORIENT}, "talk": ALL})
    assert [module.state for module in progress.modules] == ["current", "current", "done"]
    assert progress.next_step is not None
    assert progress.next_step.module.slug == "roots"  # the first open one comes first


def test_a_stage_done_out_of_order_stays_done() -> None:
    roots = learning_progress(MODULES, {"roots": {Stage.OBSERVE}}).modules[0]
    states = [part.state for part in roots.stages]
    assert states == ["current", "done", "locked", "locked", "locked"]
    assert roots.next_stage is Stage.ORIENT


def test_what_a_module_no_longer_in_use_left_behind_is_ignored() -> None:
    assert learning_progress(MODULES, {"gone": ALL}) == learning_progress(MODULES, {})


def test_modules_and_stages_know_their_neighbours() -> None:
    progress = learning_progress(MODULES, {})
    after = progress.module_after("roots")
    assert after is not None
    assert (after.slug, after.number, after.title) == ("network", 2, "Network")
    assert progress.module_after("talk") is None
    assert progress.find_module("talk") is progress.modules[2]
    assert progress.find_module("nowhere") is None
    assert after.stage_after(Stage.ORIENT) is Stage.OBSERVE
    assert after.stage_after(Stage.REFLECT) is None


@pytest.mark.parametrize(
    ("counts", "done", "module", "stage", "has_begun"),
    [
        ({}, 0, "roots", Stage.ORIENT, False),
        ({"roots": 3}, 0, "roots", Stage.APPLY, True),
        ({"roots": 5}, 1, "network", Stage.ORIENT, True),
        ({"roots": 5, "network": 4}, 1, "network", Stage.REFLECT, True),
    ],
)
def test_a_trainer_sees_how_far_somebody_is(
    counts: dict[str, int], done: int, module: str, stage: Stage, has_begun: bool
) -> None:
    row = standing(MODULES, counts)
    assert row.current_module is not None
    assert (row.modules_done, row.modules) == (done, 3)
    assert (row.current_module.slug, row.current_stage) == (module, stage)
    assert row.has_begun is has_begun


def test_a_trainer_sees_that_somebody_has_finished() -> None:
    row = standing(MODULES, dict.fromkeys(("roots", "network", "talk"), 5))
    assert (row.modules_done, row.current_module, row.current_stage) == (3, None, None)


stages_done = st.lists(st.integers(0, 5), min_size=3, max_size=3)


@given(stages_done)
def test_the_short_way_of_counting_agrees_with_the_long_one(counts: list[int]) -> None:
    slugs = [outline.slug for outline in MODULES]
    done = {slug: set(STAGES[:count]) for slug, count in zip(slugs, counts, strict=True)}
    progress = learning_progress(MODULES, done)
    row = standing(MODULES, dict(zip(slugs, counts, strict=True)))
    assert row.modules_done == progress.modules_done
    step = progress.next_step
    assert (row.current_module, row.current_stage) == (
        (step.module, step.stage) if step else (None, None)
    )


@given(st.lists(st.sets(st.sampled_from(STAGES)), min_size=3, max_size=3))
def test_there_is_always_a_way_on_until_all_is_done(done: list[set[Stage]]) -> None:
    by_slug = {outline.slug: part for outline, part in zip(MODULES, done, strict=True)}
    progress = learning_progress(MODULES, by_slug)
    assert (progress.next_step is None) is progress.is_complete
    for module in progress.modules:
        assert (module.locked_because is not None) is (module.state is State.LOCKED)
        assert sum(part.state is State.CURRENT for part in module.stages) == (
            module.state is State.CURRENT
        )


@pytest.mark.parametrize(("done", "minutes"), [(0, 7), (1, 5), (2, 4), (3, 3), (4, 1), (5, 0)])
def test_a_minute_begun_is_a_minute_left(done: int, minutes: int) -> None:
    """Of seven minutes 100, 70, 55, 35, 10 and 0 hundredths are left: 7, 4.9, 3.85, 2.45, 0.7."""
    short = [ModuleOutline("roots", 1, "Roots", "About roots.", 7, None)]
    progress = learning_progress(short, {"roots": set(STAGES[:done])})
    assert progress.modules[0].minutes_left == minutes


@pytest.mark.parametrize(("minutes", "hours"), [(1, 1), (59, 1), (60, 1), (61, 2), (120, 2)])
def test_an_hour_begun_is_an_hour_left(minutes: int, hours: int) -> None:
    outline = ModuleOutline("roots", 1, "Roots", "About roots.", minutes, None)
    assert learning_progress([outline], {}).hours_left == hours
    assert learning_progress([outline], {"roots": ALL}).hours_left == 0


def test_what_is_read_beside_the_track_takes_no_time_of_it_and_is_always_open() -> None:
    beside = [ModuleOutline("letters", None, "Letters", "About letters.", 50, None)]
    progress = learning_progress(MODULES, {"letters": ALL}, further=beside)
    assert (progress.modules_done, progress.minutes_left) == (0, 120)
    assert progress.further[0].is_done
    assert progress.module_after("letters") is None
    done = {outline.slug: ALL for outline in MODULES}
    untouched = learning_progress(MODULES, done, further=beside)
    assert untouched.is_complete
    assert untouched.further[0].next_stage is Stage.ORIENT
    assert untouched.next_step is None


@given(st.lists(st.sets(st.sampled_from(STAGES)), min_size=3, max_size=3), st.sampled_from(STAGES))
def test_whatever_is_done_next_takes_nothing_away(done: list[set[Stage]], stage: Stage) -> None:
    """What was open stays open, and no time is added."""
    slugs = [outline.slug for outline in MODULES]
    before = learning_progress(MODULES, dict(zip(slugs, done, strict=True)))
    more = [done[0] | {stage}, *done[1:]]
    after = learning_progress(MODULES, dict(zip(slugs, more, strict=True)))
    assert after.minutes_left <= before.minutes_left
    for old, new in zip(before.modules, after.modules, strict=True):
        assert new.is_open or not old.is_open
        for was, now in zip(old.stages, new.stages, strict=True):
            assert now.is_open or not was.is_open
