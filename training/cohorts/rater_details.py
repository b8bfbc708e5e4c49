"""What one rater has done, in the detail that a trainer may see."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from training.accounts.models import Person
from training.calibration.agreement import AgreementSums
from training.calibration.history import FIRST
from training.calibration.models import Purpose, RatingSession, SessionAgreement, SessionState
from training.calibration.practice_records import sums_of
from training.cohorts.help import PracticeFigures
from training.cohorts.rater_records import practice_of
from training.database import db
from training.keys.sights import KNEW_KEY
from training.library import records as library
from training.library.models import Document
from training.library.schema import Pool
from training.modules.mastery import CheckResult
from training.modules.models import KnowledgeCheck


@dataclass(frozen=True, slots=True)
class FinishedCheck:
    """One try at the questions of a module."""

    module_title: str
    number: int
    result: CheckResult
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class PractisedVignette:
    """A practice vignette as it was rated the first time, or again."""

    session_id: uuid.UUID
    instrument: str  # its slug
    title: str
    number: int
    submitted_at: datetime
    sums: AgreementSums
    knew_key: bool = False  # from elsewhere than practice

    @property
    def is_repeat(self) -> bool:
        """Whether the rater had practised it before; such ratings count in no figure either."""
        return self.number > FIRST


@dataclass(frozen=True, slots=True)
class InstrumentPractice:
    """What was practised on one instrument. `figures` count what was rated blind, if anything."""

    instrument: str  # its slug
    vignettes: tuple[PractisedVignette, ...]
    figures: PracticeFigures | None


def chosen_track(person_id: uuid.UUID) -> str | None:
    """The track that somebody has chosen, which need not be their cohort's."""
    return db.session.scalar(select(Person.track).filter_by(id=person_id))


def finished_checks(person_id: uuid.UUID) -> list[FinishedCheck]:
    """A rater's finished checks, in the order in which they were taken."""
    titles = {version.slug: version.document.title for version in library.modules()}
    rows = db.session.scalars(
        select(KnowledgeCheck)
        .where(KnowledgeCheck.person_id == person_id, KnowledgeCheck.finished_at.is_not(None))
        .order_by(KnowledgeCheck.finished_at)
    )
    return [
        FinishedCheck(
            titles.get(row.module_slug, row.module_slug),
            row.number,
            CheckResult(len(row.questions), row.correct_answers or 0),
            row.finished_at,
        )
        for row in rows
        if row.finished_at is not None
    ]


def practice_by_instrument(person_id: uuid.UUID, first: str | None) -> list[InstrumentPractice]:
    """A rater's submitted practice, each instrument for itself and this one on top.

    Vignettes stand in the order of submission. Never certification.
    """
    figures = {each.instrument: each for each in practice_of([person_id]).get(person_id, ())}
    vignettes: dict[str, list[PractisedVignette]] = {}
    for vignette in _practised_vignettes(person_id):
        vignettes.setdefault(vignette.instrument, []).append(vignette)
    return [
        InstrumentPractice(slug, tuple(vignettes[slug]), figures.get(slug))
        for slug in sorted(vignettes, key=lambda slug: (slug != first, slug))
    ]


def _practised_vignettes(person_id: uuid.UUID) -> list[PractisedVignette]:
    titles = {version.slug: version.document.title for version in library.vignettes(*Pool)}
    rows = db.session.execute(
        select(
            RatingSession.id,
            Document.slug,
            RatingSession.vignette_slug,
            RatingSession.number,
            RatingSession.submitted_at,
            SessionAgreement,
            KNEW_KEY,
        )
        .join(SessionAgreement, SessionAgreement.session_id == RatingSession.id)
        .join(Document, Document.id == RatingSession.instrument_document_id)
        .where(
            RatingSession.person_id == person_id,
            RatingSession.purpose == Purpose.PRACTICE,
            RatingSession.state == SessionState.SUBMITTED,
        )
        .order_by(RatingSession.submitted_at)
    )
    return [
        PractisedVignette(
            session_id,
            instrument,
            titles.get(slug, slug),
            number,
            submitted_at,
            sums_of(agreement),
            knew_key,
        )
        for session_id, instrument, slug, number, submitted_at, agreement, knew_key in rows
        if submitted_at is not None
    ]
