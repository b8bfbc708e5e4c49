"""Which modules somebody has completed, and whether that makes a track complete."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from training.accounts.models import Person
from training.database import db
from training.library import records as library
from training.modules.models import StageCompletion
from training.modules.records import course_on
from training.modules.stages import STAGES, Stage
from training.tracks.records import Tracks, tracks_for


@dataclass(frozen=True, slots=True)
class CompletedModule:
    """A module whose stages are all done, as it was worded when the last one was.

    minutes  as its authors estimate them; nobody's time is taken.
    """

    slug: str
    title: str
    version: str
    minutes: int
    completed_at: datetime


@dataclass(frozen=True, slots=True)
class Completion:
    """What is confirmed: one module, or all modules of a track in their order."""

    holder: str
    title: str
    track: str | None  # the slug of its standard; None for a module alone
    modules: tuple[CompletedModule, ...]

    @property
    def minutes(self) -> int:
        return sum(module.minutes for module in self.modules)

    @property
    def completed_at(self) -> datetime:
        return max(module.completed_at for module in self.modules)


def completed_modules(person_id: uuid.UUID) -> dict[str, CompletedModule]:
    """What a person has completed, by the slug of the module, the first one first. One query."""
    rows = db.session.execute(
        select(
            StageCompletion.module_slug,
            StageCompletion.stage,
            StageCompletion.module_document_id,
            StageCompletion.completed_at,
        )
        .filter_by(person_id=person_id)
        .order_by(StageCompletion.completed_at)
    )
    done: defaultdict[str, set[Stage]] = defaultdict(set)
    found: dict[str, CompletedModule] = {}
    for slug, stage, document_id, completed_at in rows:
        done[slug].add(stage)
        if done[slug] == set(STAGES):
            found[slug] = _completed(slug, document_id, completed_at)
    return found


def _completed(slug: str, document_id: uuid.UUID, completed_at: datetime) -> CompletedModule:
    version = library.module_version(document_id)
    module = version.document
    return CompletedModule(slug, module.title, version.short_digest, module.minutes, completed_at)


def find_module_completion(person: Person, slug: str) -> Completion | None:
    """The confirmation for a module; None while a stage of it is open."""
    module = completed_modules(person.id).get(slug)
    return Completion(person.name, module.title, None, (module,)) if module else None


def find_track_completion(person: Person, standard_slug: str) -> Completion | None:
    """The confirmation for the modules of a track; None while one is open, or there are none."""
    found = track_completions(person, completed_modules(person.id))
    return next((each for each in found if each.track == standard_slug), None)


def track_completions(person: Person, done: dict[str, CompletedModule]) -> list[Completion]:
    """The confirmations for whole tracks, given what a person has completed."""
    tracks = tracks_for(person.track)
    found = []
    for version in tracks.every:
        slugs = _modules_of(replace(tracks, own=version))
        if slugs and all(slug in done for slug in slugs):
            modules = tuple(done[slug] for slug in slugs)
            found.append(Completion(person.name, version.document.title, version.slug, modules))
    return found


def _modules_of(tracks: Tracks) -> list[str]:
    return [module.slug for module in course_on(tracks).modules]
