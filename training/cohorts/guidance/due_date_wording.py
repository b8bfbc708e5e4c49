"""How what is due is named, and where one does it."""

from __future__ import annotations

from flask import url_for

from training.cohorts.guidance.due_dates import DueKind, Task
from training.languages import gettext as _
from training.library import records as library
from training.modules.wording import STAGE_NAMES


def module_titles() -> dict[str, str]:
    """The titles of the modules in use by slug."""
    return {version.slug: version.document.title for version in library.modules()}


def task_text(task: Task, titles: dict[str, str]) -> str:
    """What is due, as the end of a sentence or a line of a list."""
    if task.kind is DueKind.PRACTICE:
        return _("Practice, as much as the standard asks for")
    if task.kind is DueKind.CERTIFICATION:
        return _("An assessment, submitted as a whole")
    title = titles.get(task.module, task.module)
    if task.stage is None:
        return _("Module “%(title)s”", title=title)
    return _("Module “%(title)s”: %(stage)s", title=title, stage=STAGE_NAMES[task.stage])


def task_address(task: Task) -> str:
    """The page on which a rater does it."""
    if task.kind is DueKind.PRACTICE:
        return url_for("calibration.practice")
    if task.kind is DueKind.CERTIFICATION:
        return url_for("certification.overview")
    return url_for("modules.module", slug=task.module)
