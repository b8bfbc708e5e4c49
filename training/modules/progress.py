"""Which modules and stages are done, open or locked, and where to go on. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from training.modules.stages import STAGES, Stage

# How the minutes of a module are shared out over its stages, in hundredths. Authors estimate the
# whole only; this is our own estimate, for saying how much is left.
STAGE_SHARES = {
    Stage.ORIENT: 30,
    Stage.OBSERVE: 15,
    Stage.CHECK: 20,
    Stage.APPLY: 25,
    Stage.REFLECT: 10,
}


class State(StrEnum):
    """How a module or a stage stands for one person."""

    DONE = "done"
    CURRENT = "current"  # open, and not done yet
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class ModuleOutline:
    """What may be said of a module before it is opened.

    number   its place on the track, from 1; None for what is read beside it.
    """

    slug: str
    number: int | None
    title: str
    summary: str
    minutes: int
    principle: str | None  # the slug of a principle


@dataclass(frozen=True, slots=True)
class StageProgress:
    """One stage; locked because of the stage before it, or because its module is locked."""

    stage: Stage
    state: State
    locked_because: Stage | None

    @property
    def is_open(self) -> bool:
        """Whether its page can be read: a stage that is done stays open."""
        return self.state is not State.LOCKED


@dataclass(frozen=True, slots=True)
class ModuleProgress:
    """One module for one person; locked because of the module before it."""

    outline: ModuleOutline
    state: State
    stages: tuple[StageProgress, ...]
    locked_because: ModuleOutline | None

    @property
    def slug(self) -> str:
        return self.outline.slug

    @property
    def number(self) -> int | None:
        return self.outline.number

    @property
    def title(self) -> str:
        return self.outline.title

    @property
    def stages_done(self) -> tuple[Stage, ...]:
        return tuple(part.stage for part in self.stages if part.state is State.DONE)

    @property
    def next_stage(self) -> Stage | None:
        """The stage to go on with; None in a module that is done or locked."""
        return next((part.stage for part in self.stages if part.state is State.CURRENT), None)

    @property
    def is_open(self) -> bool:
        return self.state is not State.LOCKED

    @property
    def is_done(self) -> bool:
        return self.state is State.DONE

    @property
    def minutes_left(self) -> int:
        """About how many minutes the stages take that are not done, rounded up."""
        shares = sum(STAGE_SHARES[part.stage] for part in self.stages if part.state != State.DONE)
        return -(-self.outline.minutes * shares // 100)

    def stage(self, stage: Stage) -> StageProgress:
        return self.stages[STAGES.index(stage)]

    def stage_after(self, stage: Stage) -> Stage | None:
        """The stage that follows this one; None after the last."""
        following = STAGES[STAGES.index(stage) + 1 :]
        return following[0] if following else None


@dataclass(frozen=True, slots=True)
class NextStep:
    """Where "Continue" leads: the parts of the address of a stage."""

    module: ModuleOutline
    stage: Stage


@dataclass(frozen=True, slots=True)
class LearningProgress:
    """The modules of a track for one person, in order; `further` is read beside it, or not."""

    modules: tuple[ModuleProgress, ...]
    further: tuple[ModuleProgress, ...] = ()

    @property
    def modules_done(self) -> int:
        return sum(module.is_done for module in self.modules)

    @property
    def is_complete(self) -> bool:
        """Whether every module is done; where there is no module, nothing is complete."""
        return bool(self.modules) and self.modules_done == len(self.modules)

    @property
    def minutes_left(self) -> int:
        """About how many minutes the stages of all modules take that are not done."""
        return sum(module.minutes_left for module in self.modules)

    @property
    def hours_left(self) -> int:
        """The same in whole hours, rounded up."""
        return -(-self.minutes_left // 60)

    @property
    def next_step(self) -> NextStep | None:
        """The first open stage of the first module that is not done; None when all are.

        Further reading is no step: nobody waits for it.
        """
        for module in self.modules:
            if module.next_stage is not None:
                return NextStep(module.outline, module.next_stage)
        return None

    def find_module(self, slug: str) -> ModuleProgress | None:
        return next((m for m in (*self.modules, *self.further) if m.slug == slug), None)

    def module_after(self, slug: str) -> ModuleProgress | None:
        """The module that follows this one; None after the last."""
        pairs = pairwise(self.modules)
        return next((after for before, after in pairs if before.slug == slug), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody is, in one line of a trainer's table."""

    modules_done: int
    modules: int
    current_module: ModuleOutline | None  # None when all are done, or there are none
    current_stage: Stage | None
    has_begun: bool


def learning_progress(
    outlines: Sequence[ModuleOutline],
    done: Mapping[str, Set[Stage]],
    *,
    further: Sequence[ModuleOutline] = (),
) -> LearningProgress:
    """How the modules stand, given the stages somebody has done in each (by slug).

    A module opens when the one before is done. One that was begun stays open, also when a new
    module is put in front of it later: what was opened is not taken away. Further reading is
    always open.
    """
    modules: list[ModuleProgress] = []
    for outline in outlines:
        stages_done = done.get(outline.slug, frozenset())
        before = modules[-1] if modules else None
        is_open = bool(stages_done) or before is None or before.is_done
        modules.append(_module_progress(outline, stages_done, None if is_open else before))
    beside = [_module_progress(each, done.get(each.slug, frozenset()), None) for each in further]
    return LearningProgress(tuple(modules), tuple(beside))


def _module_progress(
    outline: ModuleOutline, done: Set[Stage], locked_by: ModuleProgress | None
) -> ModuleProgress:
    if locked_by is not None:
        locked = tuple(StageProgress(stage, State.LOCKED, None) for stage in STAGES)
        return ModuleProgress(outline, State.LOCKED, locked, locked_by.outline)
    state = State.DONE if done >= set(STAGES) else State.CURRENT
    return ModuleProgress(outline, state, _stages_in_order(done), None)


def _stages_in_order(done: Set[Stage]) -> tuple[StageProgress, ...]:
    waiting_for: Stage | None = None
    stages = []
    for stage in STAGES:
        if stage in done:
            stages.append(StageProgress(stage, State.DONE, None))
        elif waiting_for is None:
            stages.append(StageProgress(stage, State.CURRENT, None))
            waiting_for = stage
        else:
            stages.append(StageProgress(stage, State.LOCKED, waiting_for))
            waiting_for = stage
    return tuple(stages)


def standing(outlines: Sequence[ModuleOutline], stages_done: Mapping[str, int]) -> Standing:
    """How far somebody is, given how many stages they have done in each module (by slug).

    Stages are done in their order, so that their number says which comes next.
    """
    counts = [stages_done.get(outline.slug, 0) for outline in outlines]
    position = next((i for i, count in enumerate(counts) if count < len(STAGES)), None)
    return Standing(
        modules_done=sum(count >= len(STAGES) for count in counts),
        modules=len(outlines),
        current_module=None if position is None else outlines[position],
        current_stage=None if position is None else STAGES[counts[position]],
        has_begun=any(counts),
    )
