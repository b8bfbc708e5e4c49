"""What a cohort may be asked to have done by a date, and whether somebody has. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum

from training.modules.stages import STAGES, Stage


class DueKind(StrEnum):
    """What a due date is for."""

    MODULE = "module"  # or one stage of it
    PRACTICE = "practice"  # as much as the standard of the track asks for
    CERTIFICATION = "certification"  # a whole assessment, submitted


@dataclass(frozen=True, slots=True)
class Task:
    """What is due. `module` is the slug of one; `stage` is None where all of it is due."""

    kind: DueKind
    module: str = ""
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a rater has done on the track of the cohort.

    stages         by the slug of the module.
    practised      how many vignettes were submitted in practice, each counted once.
    has_submitted  a whole assessment, whatever came of it.
    """

    stages: Mapping[str, Set[Stage]]
    practised: int = 0
    has_submitted: bool = False

    def has_done(self, task: Task, *, practice_needed: int) -> bool:
        """Whether a task is behind this rater; the standard asks for so much practice."""
        if task.kind is DueKind.CERTIFICATION:
            return self.has_submitted
        if task.kind is DueKind.PRACTICE:
            return self.practised >= practice_needed
        wanted = STAGES if task.stage is None else (task.stage,)
        return self.stages.get(task.module, frozenset()) >= set(wanted)
