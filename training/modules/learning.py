"""A module as somebody meets it: on which track, how far they are, and whether a stage is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from flask import abort, make_response, render_template

from training.access import signed_in
from training.library.records import Version
from training.library.schema import Module
from training.modules import records
from training.modules.progress import LearningProgress, ModuleProgress
from training.modules.stages import Stage
from training.tracks.records import tracks_for


@dataclass(frozen=True, slots=True)
class Learning:
    """A module as the person behind this request meets it.

    progress   of the track on which they meet it: their own where it has the module.
    elsewhere  the title of that track where it is another one.
    """

    version: Version[Module]
    module: ModuleProgress
    progress: LearningProgress
    elsewhere: str | None

    @property
    def slug(self) -> str:
        return self.version.slug

    @property
    def document(self) -> Module:
        return self.version.document


def module_or_404(slug: str) -> Learning:
    """The module in use of this name, or 404."""
    person = signed_in()
    own = tracks_for(person.track)
    met = own.through(slug)
    versions, progress = records.modules_with_progress(person.id, met)
    module = progress.find_module(slug)
    if module is None:
        abort(404)
    elsewhere = met.standard.title if met.standard and met.own != own.own else None
    return Learning(versions[slug], module, progress, elsewhere)


def open_stage(slug: str, stage: Stage) -> Learning:
    """The module, when this stage of it is open; else a page that says what comes before."""
    learning = module_or_404(slug)
    if not learning.module.stage(stage).is_open:
        _refuse_locked(learning, stage)
    return learning


def _refuse_locked(learning: Learning, stage: Stage) -> NoReturn:
    page = render_template(
        "modules/locked.html",
        module=learning.module,
        stage=learning.module.stage(stage),
        next_step=learning.progress.next_step,
    )
    abort(make_response(page, 403))
