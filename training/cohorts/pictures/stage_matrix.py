"""Raters by the stages of a track: what is done, under way, open and locked. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from training.modules.progress import ModuleOutline
from training.modules.stages import STAGES, Stage


class Mark(StrEnum):
    """How a module stands; each has a symbol and a word."""

    DONE = "done"
    UNDER_WAY = "under-way"
    OPEN = "open"  # it could be begun
    LOCKED = "locked"  # the module before it is not done


@dataclass(frozen=True, slots=True)
class StageCell:
    """One module of one rater: how many stages are done, and which comes next."""

    mark: Mark
    done: int
    next_stage: Stage | None

    @property
    def stages(self) -> int:
        return len(STAGES)


@dataclass(frozen=True, slots=True)
class ModuleTotal:
    """One module over the whole cohort: how many have done it, and how many are at work in it."""

    done: int
    under_way: int


def cells_of(
    modules: Sequence[ModuleOutline], stages_done: Mapping[str, int]
) -> tuple[StageCell, ...]:
    """How each module stands, given how many of its stages are done (by slug).

    As in `modules.progress`: a module opens when the one before is done, and what was begun
    stays open. Stages are done in their order, so that their number says which comes next.
    """
    cells: list[StageCell] = []
    for module in modules:
        done = min(stages_done.get(module.slug, 0), len(STAGES))
        is_open = not cells or cells[-1].mark is Mark.DONE
        cells.append(_cell(done, is_open))
    return tuple(cells)


def _cell(done: int, is_open: bool) -> StageCell:
    if done == len(STAGES):
        return StageCell(Mark.DONE, done, None)
    if done:
        return StageCell(Mark.UNDER_WAY, done, STAGES[done])
    return StageCell(Mark.OPEN if is_open else Mark.LOCKED, 0, STAGES[0] if is_open else None)


def most_held_up(
    modules: Sequence[ModuleOutline], totals: Mapping[str, ModuleTotal]
) -> ModuleOutline | None:
    """The module in which most are at work now, the earlier where two are level; None = nobody."""
    none = ModuleTotal(0, 0)
    most = max(modules, key=lambda module: totals.get(module.slug, none).under_way, default=None)
    return most if most and totals.get(most.slug, none).under_way else None
