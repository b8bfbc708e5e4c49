"""Practice: what somebody has rated of it, how it went, and opening the next vignette."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from training.accounts.records import lock_person
from training.calibration.agreement import AgreementSums
from training.calibration.history import FIRST
from training.calibration.models import (
    ItemRating,
    Purpose,
    RatingSession,
    SessionAgreement,
)
from training.calibration.records import open_session
from training.database import db, write_transaction
from training.keys.sights import IS_BLIND_PRACTICE, keys_shown
from training.library import records as library
from training.library.models import Document
from training.library.schema import Pool


class PracticeState(StrEnum):
    NOT_BEGUN = "not-begun"
    DRAFT = "draft"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class PracticeEntry:
    """One practice vignette as somebody finds it in the list.

    `session_id` leads on: to the draft, or to the latest feedback. `sums` and `first_id` are of
    the first answers, which are the ones that count, unless their rater `knew_key` already, or
    has been shown it by now; `repeats` were made knowing the key.
    """

    slug: str
    title: str
    content_note: str
    minutes: int
    is_dossier: bool
    turns: int
    items: int
    instrument_slug: str
    instrument_name: str
    state: PracticeState
    session_id: uuid.UUID | None
    items_given: int
    first_id: uuid.UUID | None
    sums: AgreementSums | None
    repeats: int
    knew_key: bool = False

    @property
    def is_repeat_draft(self) -> bool:
        """Whether the draft under way is a repeat, made after the key was seen."""
        return self.state is PracticeState.DRAFT and self.sums is not None


@dataclass(frozen=True, slots=True)
class PracticeGroup:
    """The practice vignettes of one instrument."""

    instrument_slug: str
    instrument_name: str
    entries: tuple[PracticeEntry, ...]

    @property
    def submitted(self) -> int:
        return sum(entry.sums is not None for entry in self.entries)


def by_instrument(entries: Iterable[PracticeEntry], first: str | None) -> list[PracticeGroup]:
    """The vignettes of each instrument for themselves, those of this one on top."""
    groups: dict[tuple[str, str], list[PracticeEntry]] = {}
    for entry in entries:
        groups.setdefault((entry.instrument_slug, entry.instrument_name), []).append(entry)
    ordered = sorted(groups, key=lambda instrument: (instrument[0] != first, instrument))
    return [PracticeGroup(*instrument, tuple(groups[instrument])) for instrument in ordered]


def practice_overview(person_id: uuid.UUID) -> list[PracticeEntry]:
    """Every practice vignette in use, and where somebody stands with it."""
    sessions: dict[str, list[RatingSession]] = {}
    shown = keys_shown(person_id)
    for row in _practice_sessions(person_id):
        sessions.setdefault(row.vignette_slug, []).append(row)
    drafts = [row.id for rows in sessions.values() for row in rows if not row.is_submitted]
    given = items_given(drafts)
    names = {version.slug: version.document for version in library.instruments()}
    entries = []
    for version in library.vignettes(Pool.PRACTICE):
        vignette = version.document
        rows = sessions.get(version.slug, [])
        latest = rows[-1] if rows else None
        first = rows[0] if rows and rows[0].is_submitted else None
        instrument = names[vignette.instrument]
        entries.append(
            PracticeEntry(
                slug=version.slug,
                title=vignette.title,
                content_note=vignette.content_note or "",
                minutes=vignette.reading_minutes,
                is_dossier=vignette.is_dossier,
                turns=vignette.number_of_turns,
                items=len(vignette.rated_items(instrument.item_numbers)),
                instrument_slug=instrument.slug,
                instrument_name=instrument.short_name,
                state=_state(latest),
                session_id=latest.id if latest else None,
                items_given=given.get(latest.id, 0) if latest else 0,
                first_id=first.id if first else None,
                sums=sums_of(first.agreement) if first and first.agreement else None,
                repeats=sum(row.number > FIRST and row.is_submitted for row in rows),
                knew_key=_knew_key(first, shown.get(version.slug)),
            )
        )
    return entries


def next_practice(entries: Iterable[PracticeEntry]) -> PracticeEntry | None:
    """What to go on with: a draft under way, else the first vignette not begun, else nothing."""
    for state in (PracticeState.DRAFT, PracticeState.NOT_BEGUN):
        for entry in entries:
            if entry.state is state:
                return entry
    return None


def _knew_key(first: RatingSession | None, shown_at: datetime | None) -> bool:
    """Whether the key had been shown by the time of the first rating, or by now without one."""
    if shown_at is None or first is None or first.submitted_at is None:
        return shown_at is not None
    return shown_at <= first.submitted_at


def _practice_sessions(person_id: uuid.UUID) -> list[RatingSession]:
    return list(
        db.session.scalars(
            select(RatingSession)
            .filter_by(person_id=person_id, purpose=Purpose.PRACTICE)
            .options(lazyload(RatingSession.ratings), joinedload(RatingSession.agreement))
            .order_by(RatingSession.number)
        )
    )


def _state(latest: RatingSession | None) -> PracticeState:
    if latest is None:
        return PracticeState.NOT_BEGUN
    return PracticeState.SUBMITTED if latest.is_submitted else PracticeState.DRAFT


def items_given(session_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many items are rated so far in each of these sessions; those with none are left out."""
    if not session_ids:
        return {}
    rows = db.session.execute(
        select(ItemRating.session_id, func.count())
        .where(
            ItemRating.session_id.in_(session_ids),
            or_(ItemRating.score.is_not(None), ItemRating.is_not_rateable),
        )
        .group_by(ItemRating.session_id)
    )
    return {row[0]: row[1] for row in rows}


def open_practice(person_id: uuid.UUID, slug: str, *, again: bool) -> RatingSession:
    """The session to go on with: the draft under way, else a new one, else the submitted one.

    A vignette that was submitted is opened once more only when asked for with `again`.
    Raises library.records.UnknownDocumentError when there is no such vignette.
    """
    with write_transaction() as session:
        lock_person(person_id)
        latest = session.scalar(
            select(RatingSession)
            .filter_by(person_id=person_id, vignette_slug=slug, purpose=Purpose.PRACTICE)
            .order_by(RatingSession.number.desc())
            .limit(1)
            .execution_options(populate_existing=True)
        )
        if latest is not None and not (latest.is_submitted and again):
            return latest
        number = latest.number + 1 if latest else FIRST
        return open_session(person_id, slug, Purpose.PRACTICE, number=number)


# Put together once: a trainer's page asks it for fifty people at a time.
_PRACTICE_SUMS = (
    select(
        SessionAgreement.person_id,
        Document.slug,
        func.count(),
        func.sum(SessionAgreement.rated_cells),
        func.sum(SessionAgreement.exact),
        func.sum(SessionAgreement.within_one),
        func.sum(SessionAgreement.gross_misses),
        func.sum(SessionAgreement.sum_of_differences),
        func.sum(SessionAgreement.sum_of_absolute_differences),
        func.sum(SessionAgreement.rateability_mismatches),
    )
    .join(RatingSession, RatingSession.id == SessionAgreement.session_id)
    .join(Document, Document.id == RatingSession.instrument_document_id)
    .where(
        SessionAgreement.person_id.in_(bindparam("people", expanding=True)),
        IS_BLIND_PRACTICE,
    )
    .group_by(SessionAgreement.person_id, Document.slug)
)


def practice_sums(
    person_ids: Collection[uuid.UUID],
) -> dict[tuple[uuid.UUID, str], AgreementSums]:
    """Sums over practice ratings made blind by (person, instrument slug); instruments never mix."""
    rows = db.session.execute(_PRACTICE_SUMS, {"people": list(person_ids)})
    return {(row[0], row[1]): AgreementSums(*map(int, row[2:])) for row in rows}


def sums_of(agreement: SessionAgreement) -> AgreementSums:
    """The stored counts of one session."""
    return AgreementSums(
        sessions=1,
        rated_cells=agreement.rated_cells,
        exact=agreement.exact,
        within_one=agreement.within_one,
        gross_misses=agreement.gross_misses,
        sum_of_differences=agreement.sum_of_differences,
        sum_of_absolute_differences=agreement.sum_of_absolute_differences,
        rateability_mismatches=agreement.rateability_mismatches,
    )
