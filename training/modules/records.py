"""What a person has done in the modules, and the acts that record it."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from training.accounts.records import find_person, lock_person
from training.audit import trail
from training.calibration.models import RatingSession
from training.calibration.ratings import read_text
from training.clock import now
from training.database import db, read_rows, write_transaction
from training.library import records as library
from training.library.records import Version
from training.library.schema import Module
from training.modules.course import Course, course_of
from training.modules.excerpt_records import result_of
from training.modules.models import JournalEntry, StageCompletion
from training.modules.progress import LearningProgress, ModuleOutline, Standing, standing
from training.modules.progress import learning_progress as progress_of
from training.modules.stages import STAGES, Stage
from training.tracks.records import Tracks, tracks_for


@dataclass(frozen=True, slots=True)
class SharedEntry:
    """A journal entry its writer lets their trainers read."""

    module_slug: str
    module_title: str
    text: str
    written_at: datetime
    changed_at: datetime


def outline_of(module: Module) -> ModuleOutline:
    """What may be said of a module before it is opened."""
    return ModuleOutline(
        module.slug, module.number, module.title, module.summary, module.minutes, module.principle
    )


def course_on(tracks: Tracks) -> Course:
    """What is to be learnt on the own track. One query."""
    return _course(tracks, library.modules())


def _course(tracks: Tracks, modules: Iterable[Version[Module]]) -> Course:
    outlines = [outline_of(version.document) for version in modules]
    return course_of(tracks.standard, tracks.standards, outlines)


def stages_done(person_id: uuid.UUID) -> dict[str, set[Stage]]:
    """The stages a person has done, by the slug of the module."""
    rows = read_rows(_STAGES_OF_PERSON, person=person_id)
    done: defaultdict[str, set[Stage]] = defaultdict(set)
    for slug, stage in rows:
        done[slug].add(stage)
    return dict(done)


def learning_progress(person_id: uuid.UUID, tracks: Tracks) -> LearningProgress:
    """The modules of the own track as they stand for a person. Two queries, however many."""
    return modules_with_progress(person_id, tracks)[1]


def modules_with_progress(
    person_id: uuid.UUID, tracks: Tracks
) -> tuple[dict[str, Version[Module]], LearningProgress]:
    """The modules in use by slug, and how those of the own track stand. Two queries."""
    versions = {version.slug: version for version in library.modules()}
    to_learn, done = _course(tracks, versions.values()), stages_done(person_id)
    return versions, progress_of(to_learn.modules, done, further=to_learn.further)


# Put together once: every page of a module asks it.
_STAGES_OF_PERSON = select(StageCompletion.module_slug, StageCompletion.stage).where(
    StageCompletion.person_id == bindparam("person")
)

# Put together once: a trainer's page asks it for fifty people at a time. The stages somebody has
# done come as one text, "slug slug slug", because five hundred rows cost more than fifty.
_STAGES_OF_PEOPLE = (
    select(
        StageCompletion.person_id,
        func.aggregate_strings(StageCompletion.module_slug, " "),
    )
    .where(StageCompletion.person_id.in_(bindparam("people", expanding=True)))
    .group_by(StageCompletion.person_id)
)


def progress_of_people(
    person_ids: Collection[uuid.UUID], course: Course
) -> dict[uuid.UUID, Standing]:
    """How far each of these people is in a course. One query, however many people there are."""
    rows = db.session.execute(_STAGES_OF_PEOPLE, {"people": list(person_ids)})
    stages_done = {person_id: Counter(slugs.split(" ")) for person_id, slugs in rows}
    return {
        person_id: standing(course.modules, stages_done.get(person_id, {}))
        for person_id in person_ids
    }


def principle_names() -> dict[str, str]:
    """The names of the principles by slug, over all instruments. One query."""
    return {
        principle.slug: principle.name
        for version in library.instruments()
        for principle in version.document.principles
    }


def item_names(module: Module) -> dict[int, str]:
    """The names of the items a module draws on, by number, as its excerpts are rated."""
    excerpt = library.find_vignette(module.excerpts[0])
    instrument = library.find_instrument(excerpt.document.instrument) if excerpt else None
    if instrument is None:
        return {}
    return {item.number: item.short_name for item in instrument.document.items}


def find_module_of_excerpt(excerpt_slug: str) -> Version[Module] | None:
    """The module in use whose apply stage has this excerpt."""
    return next((v for v in library.modules() if excerpt_slug in v.document.excerpts), None)


def complete_stage(person_id: uuid.UUID, module: Version[Module], stage: Stage) -> None:
    """Record that a stage is done; doing it again changes nothing.

    The caller has seen that the stage is open: what was opened stays open.
    """
    with write_transaction() as session:
        lock_person(person_id)
        done = _stages_done_in(person_id, module.slug)
        if stage in done:
            return
        session.add(
            StageCompletion(
                person_id=person_id,
                module_slug=module.slug,
                stage=stage,
                module_document_id=module.id,
            )
        )
        if done | {stage} == set(STAGES):
            trail.note(
                trail.Act.MODULE_COMPLETED,
                f"module {module.slug}",
                person_id=person_id,
                digest=module.digest,
            )


def _stages_done_in(person_id: uuid.UUID, module_slug: str) -> set[Stage]:
    return set(
        db.session.scalars(
            select(StageCompletion.stage).filter_by(person_id=person_id, module_slug=module_slug)
        )
    )


def excerpt_submitted(session: RatingSession) -> None:
    """Complete the apply stage when this excerpt was rated with mastery; in the submission's act.

    An excerpt that no module uses any more, or one rated before its stage was open, completes
    nothing.
    """
    module = find_module_of_excerpt(session.vignette_slug)
    if module is None or not result_of(session).is_mastered:
        return
    person = find_person(session.person_id)
    tracks = tracks_for(person.track if person else None).through(module.slug)
    progress = learning_progress(session.person_id, tracks).find_module(module.slug)
    if progress is not None and progress.stage(Stage.APPLY).is_open:
        complete_stage(session.person_id, module, Stage.APPLY)


def find_journal_entry(person_id: uuid.UUID, module_slug: str) -> JournalEntry | None:
    return db.session.scalar(
        select(JournalEntry).filter_by(person_id=person_id, module_slug=module_slug)
    )


def save_journal_entry(
    person_id: uuid.UUID, module: Version[Module], *, text: str, is_shared: bool, before: str
) -> bool:
    """Write or rewrite what a person keeps about a module, which completes the last stage.

    False where something else than `before` stands there: then nothing changes, as both texts are
    somebody's work. The text itself may stand there: it is the retry of a save.
    """
    with write_transaction() as session:
        lock_person(person_id)
        entry = find_journal_entry(person_id, module.slug)
        if _text_of(entry) not in (read_text(before), read_text(text)):
            return False
        if entry is None:
            entry = JournalEntry(person_id=person_id, module_slug=module.slug)
            session.add(entry)
        entry.text, entry.is_shared, entry.changed_at = text, is_shared, now()
        complete_stage(person_id, module, Stage.REFLECT)
        return True


def remove_journal_entry(person_id: uuid.UUID, module_slug: str, *, before: str) -> bool:
    """Throw away what a person wrote about a module; the stage stays done.

    False where something else than `before` stands there, which nobody meant to throw away.
    """
    with write_transaction() as session:
        lock_person(person_id)
        entry = find_journal_entry(person_id, module_slug)
        if entry is None:
            return True
        if _text_of(entry) != read_text(before):
            return False
        session.delete(entry)
        return True


def _text_of(entry: JournalEntry | None) -> str:
    """What stands there, with the line ends of no browser in particular."""
    return read_text(entry.text) if entry else ""


def shared_journal_entries(person_id: uuid.UUID) -> list[SharedEntry]:
    """What a person lets their trainers read, in the order of the modules. Two queries.

    The caller has seen that the reader is one of these trainers.
    """
    entries = db.session.scalars(
        select(JournalEntry).filter_by(person_id=person_id, is_shared=True)
    )
    titles = {version.slug: version.document.title for version in library.modules()}
    places = {slug: place for place, slug in enumerate(titles)}
    return [
        SharedEntry(
            entry.module_slug,
            titles.get(entry.module_slug, entry.module_slug),
            entry.text,
            entry.written_at,
            entry.changed_at,
        )
        for entry in sorted(entries, key=lambda e: places.get(e.module_slug, len(places)))
    ]
