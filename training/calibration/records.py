"""Rating sessions: opening, saving and submitting them, and finding them again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, inspect, or_, select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import lazyload

from training.accounts.records import lock_person
from training.audit import trail
from training.calibration.agreement_records import agreement_of, comparison_of
from training.calibration.draft_records import (
    StoredDraft,
    lock_unchanged,
    stored_draft,
    write_next_revision,
    write_ratings,
)
from training.calibration.models import (
    ItemRating,
    Purpose,
    RatingSession,
    SessionState,
)
from training.calibration.ratings import (
    BLANK,
    Lack,
    Rating,
    RatingFrame,
    SubmittedRatings,
    lacks_of,
)
from training.clock import now
from training.database import db, read_rows, write_transaction
from training.library import records as library
from training.library.records import Version
from training.library.schema import Instrument, Vignette
from training.windows import has_closed

SESSION_DOCUMENTS_KEPT = 1000
SESSIONS_KEPT = 5000

# Where it matters how long somebody had a text before them; nowhere else is it kept.
PURPOSES_WITH_TIMES = frozenset({Purpose.CERTIFICATION, Purpose.RECHECK})
# An expert's rating is what a key is made of, and is held against none.
PURPOSES_WITHOUT_KEY = frozenset({Purpose.PANEL})
# The others on the panel weigh reasons, not only scores.
PURPOSES_WITH_REASONS = frozenset({Purpose.PANEL})

AfterSubmission = Mapping[Purpose, Callable[[RatingSession], None]]


@dataclass(frozen=True)
class SessionDocuments:
    """What is rated in a session, on which instrument, in the versions pinned to it; and why."""

    vignette: Version[Vignette]
    instrument: Version[Instrument]
    purpose: Purpose

    @cached_property
    def frame(self) -> RatingFrame:
        """What may be rated: items, scale, turns, how often NR, and whether with reasons."""
        instrument = self.instrument.document
        return RatingFrame(
            items=self.vignette.document.rated_items(instrument.item_numbers),
            scores=instrument.scale.scores,
            turns=len(self.vignette.document.turns),
            not_rateable_limit=instrument.not_rateable.limit,
            reasons_required=self.purpose in PURPOSES_WITH_REASONS,
            is_dossier=self.vignette.document.is_dossier,
        )


class SaveState(StrEnum):
    SAVED = "saved"
    STALE = "stale"  # somebody, mostly the same person elsewhere, saved something else since
    SUBMITTED = "submitted"
    CLOSED = "closed"  # the time for it is over


@dataclass(frozen=True, slots=True)
class SaveOutcome:
    """What became of a save, and what is stored now."""

    state: SaveState
    revision: int
    saved_at: datetime | None
    stored: dict[int, Rating]


class SubmitState(StrEnum):
    SUBMITTED = "submitted"
    ALREADY_SUBMITTED = "already-submitted"
    STALE = "stale"
    INCOMPLETE = "incomplete"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class SubmitOutcome:
    """What became of a submission; `lacks` says what an incomplete one is missing."""

    state: SubmitState
    session: RatingSession
    lacks: tuple[Lack, ...] = ()

    @property
    def is_submitted(self) -> bool:
        """Whether the rating is submitted now, by this act or an earlier one."""
        return self.state in (SubmitState.SUBMITTED, SubmitState.ALREADY_SUBMITTED)


def open_session(
    person_id: uuid.UUID,
    vignette_slug: str,
    purpose: Purpose,
    *,
    number: int = 1,
    attempt_id: uuid.UUID | None = None,
    position: int | None = None,
    closes_at: datetime | None = None,
) -> RatingSession:
    """Open a vignette to somebody for a purpose; opening it again finds the same session.

    The versions in use now of vignette, key and instrument are pinned to it. Raises
    library.records.UnknownDocumentError when there is no such vignette. Joins an outer act.
    """
    with write_transaction() as session:
        lock_person(person_id)
        found = session.scalar(
            select(RatingSession).filter_by(
                person_id=person_id, vignette_slug=vignette_slug, purpose=purpose, number=number
            )
        )
        if found is not None:
            return found
        vignette, key = library.get_keyed_vignette(vignette_slug)
        opened = RatingSession(
            person_id=person_id,
            purpose=purpose,
            vignette_slug=vignette_slug,
            vignette_document_id=vignette.id,
            key_document_id=key.id,
            instrument_document_id=library.get_instrument(vignette.document.instrument).id,
            number=number,
            attempt_id=attempt_id,
            position=position,
            closes_at=closes_at,
            ratings=[],
        )
        session.add(opened)
        session.flush()
    return opened


def vignettes_being_rated(
    person_id: uuid.UUID, purposes: Collection[Purpose] = tuple(Purpose)
) -> frozenset[str]:
    """The vignettes of which a person has a rating under way, for any of these purposes."""
    is_open = or_(RatingSession.closes_at.is_(None), RatingSession.closes_at > now())
    return frozenset(
        db.session.scalars(
            select(RatingSession.vignette_slug)
            .filter_by(person_id=person_id, state=SessionState.DRAFT)
            .where(RatingSession.purpose.in_(purposes), is_open)
        )
    )


def find_own_session(session_id: uuid.UUID, person_id: uuid.UUID) -> RatingSession | None:
    """A person's rating session; None when there is none or it is somebody else's.

    Its ratings are loaded when they are looked at, which a save does for itself.
    """
    return db.session.scalar(_own_session(), {"own_id": session_id, "rater": person_id})


def as_it_is_now(session: RatingSession) -> RatingSession:
    """A session that a save found changed, for instance submitted in another tab, read again."""
    db.session.refresh(session)
    return session


# What every page of a session asks is put together once.
@lru_cache(maxsize=1)
def _own_session() -> Select[RatingSession]:
    return (
        select(RatingSession)
        .where(
            RatingSession.id == bindparam("own_id"), RatingSession.person_id == bindparam("rater")
        )
        .options(lazyload(RatingSession.ratings))
    )


@lru_cache(maxsize=1)
def _submitted_session() -> Select[RatingSession]:
    return (
        select(RatingSession)
        .where(
            RatingSession.id == bindparam("own_id"),
            RatingSession.person_id == bindparam("rater"),
            RatingSession.state == SessionState.SUBMITTED,
        )
        .options(lazyload(RatingSession.ratings))
    )


def find_submitted_session(session_id: uuid.UUID, person_id: uuid.UUID) -> RatingSession | None:
    """A person's own session, once it is submitted; its ratings are loaded when looked at."""
    return db.session.scalar(_submitted_session(), {"own_id": session_id, "rater": person_id})


def note_shown(session: RatingSession) -> None:
    """Keep the moment at which a text that is assessed on was first seen by its rater."""
    if session.first_shown_at is not None or session.purpose not in PURPOSES_WITH_TIMES:
        return
    with write_transaction() as transaction:
        transaction.execute(
            update(RatingSession)
            .filter_by(id=session.id, first_shown_at=None)
            .values(first_shown_at=now())
        )


def find_own_documents(session_id: uuid.UUID, person_id: uuid.UUID) -> SessionDocuments | None:
    """What is rated in a person's session; None when there is none or it is somebody else's."""
    try:
        pinned = _pinned(session_id)
    except NoResultFound:
        return None
    return pinned.documents if pinned.person_id == person_id else None


def documents_of(session: RatingSession) -> SessionDocuments:
    """The pinned vignette and instrument of a session; never its key."""
    return _documents(session.vignette_document_id, session.instrument_document_id, session.purpose)


@dataclass(frozen=True, slots=True)
class _Pinned:
    person_id: uuid.UUID
    documents: SessionDocuments


@lru_cache(maxsize=SESSIONS_KEPT)
def _pinned(session_id: uuid.UUID) -> _Pinned:
    # Whose a session is and what is rated in it never changes, so that a save need not ask for it.
    person_id, vignette_id, instrument_id, purpose = db.session.execute(
        select(
            RatingSession.person_id,
            RatingSession.vignette_document_id,
            RatingSession.instrument_document_id,
            RatingSession.purpose,
        ).where(RatingSession.id == session_id)
    ).one()
    return _Pinned(person_id, _documents(vignette_id, instrument_id, purpose))


@lru_cache(maxsize=SESSION_DOCUMENTS_KEPT)
def _documents(
    vignette_id: uuid.UUID, instrument_id: uuid.UUID, purpose: Purpose
) -> SessionDocuments:
    # A version never changes, so that a save need not ask the database for it again.
    return SessionDocuments(
        library.vignette_version(vignette_id),
        library.instrument_version(instrument_id),
        purpose,
    )


# Put together once, and of columns instead of objects: nearly every page of a session asks it.
_RATINGS = select(
    ItemRating.item_number,
    ItemRating.score,
    ItemRating.is_not_rateable,
    ItemRating.reason,
    ItemRating.evidence,
    ItemRating.note,
).where(ItemRating.session_id == bindparam("session"))


def ratings_of(session: RatingSession) -> dict[int, Rating]:
    """What is stored in a session, for every item that is rated in it.

    As the session was loaded with them, or else as they are stored now.
    """
    is_loaded = "ratings" not in inspect(session).unloaded
    rows = session.ratings if is_loaded else read_rows(_RATINGS, session=session.id)
    stored = {row.item_number: _rating(row) for row in rows}
    return {number: stored.get(number, BLANK) for number in documents_of(session).frame.items}


def _rating(row: ItemRating | Row[*tuple[Any, ...]]) -> Rating:
    return Rating(row.score, row.is_not_rateable, row.reason, tuple(row.evidence), row.note)


def save_ratings(session_id: uuid.UUID, ratings: SubmittedRatings, *, revision: int) -> SaveOutcome:
    """Store a draft, complete or not, that was made from this revision.

    What is stored already counts as saved, whatever the revision: it is the retry of a save
    whose answer was lost. Anything else from an older revision is stale and changes nothing, and
    so does anything that comes after the time for it is over.

    Everything is read and decided before the act, in which others wait. Under its lock only what
    may have changed is looked at again, and where it has, everything is.
    """
    frame = _pinned(session_id).documents.frame
    while True:
        draft = stored_draft(session_id)
        stored = {number: draft.ratings.get(number, BLANK) for number in frame.items}
        wanted = {number: ratings.get(number, BLANK) for number in frame.items}
        if state := _answer_without_act(draft, wanted == stored, revision):
            return SaveOutcome(state, draft.revision, draft.saved_at, stored)
        changed = {number: wanted[number] for number in wanted if wanted[number] != stored[number]}
        with write_transaction():
            is_unchanged, moment = lock_unchanged(draft), now()
            if is_unchanged and not has_closed(draft.closes_at, moment):
                write_next_revision(draft, moment)
                write_ratings(session_id, changed, known=draft.ratings.keys())
                return SaveOutcome(SaveState.SAVED, draft.revision + 1, moment, wanted)


def _answer_without_act(draft: StoredDraft, is_stored: bool, revision: int) -> SaveState | None:
    """What becomes of a save that changes nothing; None for one that does."""
    if draft.state is SessionState.SUBMITTED:
        return SaveState.SUBMITTED
    if is_stored:
        return SaveState.SAVED
    if has_closed(draft.closes_at, now()):
        return SaveState.CLOSED
    return SaveState.STALE if revision != draft.revision else None


def submit(
    session_id: uuid.UUID,
    ratings: SubmittedRatings | None,
    *,
    revision: int,
    after: AfterSubmission,
) -> SubmitOutcome:
    """Freeze a rating for good, count how it compares with its key, and do what follows.

    Twice is once: a second tab, a double click or a retry find it submitted. With `ratings` they
    are saved first; without, what is stored must be what the person last saw. `after` holds what
    other parts do for a purpose, in the same transaction; where one of them fails, nothing
    was submitted.
    """
    with write_transaction() as transaction:
        session = _session_to_change(session_id)
        if session.is_submitted:
            return SubmitOutcome(SubmitState.ALREADY_SUBMITTED, session)
        moment = now()
        if session.is_closed(moment):
            return SubmitOutcome(SubmitState.CLOSED, session)
        if ratings is None:
            is_stale = revision != session.revision
        else:
            outcome = save_ratings(session_id, ratings, revision=revision)
            is_stale = outcome.state is not SaveState.SAVED
        if is_stale:
            return SubmitOutcome(SubmitState.STALE, session)
        if ratings is not None:
            session = _session_to_change(session_id)  # as it was saved just now
        stored = ratings_of(session)
        lacks = lacks_of(stored, documents_of(session).frame)
        if lacks:
            return SubmitOutcome(SubmitState.INCOMPLETE, session, lacks)
        session.state = SessionState.SUBMITTED
        session.submitted_at = moment
        if session.purpose not in PURPOSES_WITHOUT_KEY:
            transaction.add(agreement_of(session, comparison_of(session, stored)))
        transaction.flush()
        trail.note(
            trail.Act.RATING_SUBMITTED,
            f"rating session {session.id}",
            person_id=session.person_id,
            purpose=session.purpose.value,
            vignette=session.vignette_slug,
            number=session.number,
        )
        if session.purpose in after:
            after[session.purpose](session)
    return SubmitOutcome(SubmitState.SUBMITTED, session)


def _session_to_change(session_id: uuid.UUID) -> RatingSession:
    """Under its lock, and without whatever ratings were read of it before."""
    return db.session.scalars(_locked_session(), {"own_id": session_id}).one()


@lru_cache(maxsize=1)
def _locked_session() -> Select[RatingSession]:
    return (
        select(RatingSession)
        .where(RatingSession.id == bindparam("own_id"))
        .options(lazyload(RatingSession.ratings))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
