"""The practice of a cohort as it leaves the application, and the note that it did.

Read some raters at a time, in one transaction, as plain columns: what is in memory does not grow
with the cohort. Certification, rechecks and panels are never in it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Executable, String, Text, bindparam, cast, select, type_coerce

from training.accounts.models import Person, Role
from training.audit import trail
from training.calibration.agreement import AgreementSums
from training.calibration.models import (
    ItemRating,
    Purpose,
    RatingSession,
    SessionAgreement,
    SessionState,
)
from training.cohorts.export_tables import (
    DROPPED,
    NOT_RATEABLE,
    Cell,
    ExportTable,
    Row,
    agreement_cells,
    safe_row,
)
from training.cohorts.models import Cohort, CohortMember
from training.database import db, snapshot, write_transaction
from training.library import records as library
from training.library.models import Document, DocumentKind
from training.library.schema import Key
from training.panels.blindness import keys_kept_from

RATERS_AT_ONCE = 100  # some 6,000 ratings
DIGEST_SHOWN = 12  # letters; enough to tell versions apart
KEYS_KEPT = 200  # references of so many versions of keys


def note_export(cohort: Cohort, what: str, *, by: Person) -> None:
    """Keep who took the figures of a cohort away."""
    with write_transaction():
        trail.note(trail.Act.DATA_EXPORTED, f"cohort {cohort.id}", person_id=by.id, what=what)


def vignettes_kept_from(trainer: Person) -> frozenset[str]:
    """Vignettes that are left out of what this trainer takes away, because their key is in it.

    Those that a panel of theirs is at work on; and, of a trainer who is a rater as well, those
    that they have not rated themselves.
    """
    kept = keys_kept_from(trainer.id)
    if not trainer.has_role(Role.RATER):
        return kept
    rated = db.session.scalars(
        select(RatingSession.vignette_slug).filter_by(
            person_id=trainer.id, purpose=Purpose.PRACTICE, state=SessionState.SUBMITTED
        )
    )
    practised = select(RatingSession.vignette_slug).filter_by(purpose=Purpose.PRACTICE).distinct()
    return kept | (set(db.session.scalars(practised)) - set(rated))


def exported_rows(
    table: ExportTable, cohort_id: uuid.UUID, *, without: Collection[str]
) -> Iterator[Iterator[Row]]:
    """The rows of a table, some raters at a time, as they are at one moment; cells are safe.

    Raters come in the order in which they joined. `without` names vignettes to leave out.
    """
    rows_of = {ExportTable.RATINGS: _rating_rows, ExportTable.AGREEMENT: _agreement_rows}[table]
    with snapshot() as session:
        documents = {row.id: (row.slug, row.digest) for row in session.execute(_DOCUMENTS)}
        raters = session.execute(_RATERS, {"cohort": cohort_id}).all()
        for start in range(0, len(raters), RATERS_AT_ONCE):
            names = {row.id: row.name for row in raters[start : start + RATERS_AT_ONCE]}
            yield rows_of(_Part(names, documents, tuple(without)))


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the raters by id, in their order, and what is needed to tell of them.

    documents   slug and digest of versions by id.
    without     the slugs of the vignettes to leave out.
    """

    names: Mapping[uuid.UUID, str]
    documents: Mapping[uuid.UUID, tuple[str, str]]
    without: tuple[str, ...]

    @property
    def asked(self) -> dict[str, Any]:
        return {"people": list(self.names), "without": list(self.without)}

    def in_order(self, statement: Executable) -> list[Any]:
        """The rows of sessions: rater by rater, each as they submitted them."""
        places = {person_id: place for place, person_id in enumerate(self.names)}
        rows = db.session.execute(statement, self.asked)
        return sorted(rows, key=lambda row: (places[row.person_id], row.submitted_at))

    def session_cells(self, row: Any) -> tuple[Cell, ...]:
        """The cells of SESSION_COLUMNS."""
        instrument, instrument_digest = self.documents[row.instrument_document_id]
        return safe_row(
            (
                str(row.person_id),
                self.names[row.person_id],
                instrument,
                instrument_digest[:DIGEST_SHOWN],
                row.vignette_slug,
                self.documents[row.vignette_document_id][1][:DIGEST_SHOWN],
                self.documents[row.key_document_id][1][:DIGEST_SHOWN],
                row.number,
                _as_text(row.submitted_at),
            )
        )


def _as_text(moment: datetime) -> str:
    """As ISO 8601 has it, in UTC and to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _agreement_rows(part: _Part) -> Iterator[Row]:
    for row in part.in_order(_AGREEMENT):
        key = library.key_version(row.key_document_id).document
        sums = AgreementSums(1, *row[-len(_COUNTS) - 1 : -1])
        yield (
            *part.session_cells(row),
            key.status.value,
            *agreement_cells(sums),
            row.engine_version,
        )


def _rating_rows(part: _Part) -> Iterator[Row]:
    ratings = {
        session_id: list(rows)
        for session_id, rows in groupby(db.session.execute(_RATINGS, part.asked), key=itemgetter(0))
    }
    for row in part.in_order(_SESSIONS):
        shared = part.session_cells(row)
        references = _references_of(row.key_document_id)
        for _, item, score, is_not_rateable, evidence in ratings.get(row.id, ()):
            rating = NOT_RATEABLE if is_not_rateable else score
            # What is stored is a list, "[3, 5]".
            turns = evidence[1:-1].replace(",", "")
            yield (*shared, item, rating, *references[item, score], turns)


class _References(dict[tuple[int, int | None], tuple[Cell, Cell]]):
    """What a key says to a score of an item, and their difference; looked up once for each."""

    def __init__(self, key: Key) -> None:
        super().__init__()
        self._items = key.items

    def __missing__(self, cell: tuple[int, int | None]) -> tuple[Cell, Cell]:
        item, score = cell
        consensus = self._items[item]
        reference = consensus.reference_for(score)
        if consensus.is_dropped:
            answer: tuple[Cell, Cell] = DROPPED, None
        elif reference is None:
            answer = NOT_RATEABLE, None
        else:
            answer = reference, None if score is None else score - reference
        self[cell] = answer
        return answer


@lru_cache(maxsize=KEYS_KEPT)
def _references_of(key_document_id: uuid.UUID) -> _References:
    return _References(library.key_version(key_document_id).document)


# Put together once: they are asked for every hundred raters.
_DOCUMENTS = select(Document.id, Document.slug, Document.digest).where(
    Document.kind.in_((DocumentKind.INSTRUMENT, DocumentKind.VIGNETTE, DocumentKind.KEY))
)
_RATERS = (
    select(Person.id, Person.name)
    .join(CohortMember, CohortMember.person_id == Person.id)
    .where(CohortMember.cohort_id == bindparam("cohort"), CohortMember.left_at.is_(None))
    .order_by(CohortMember.joined_at, CohortMember.id)
)
_IS_EXPORTED = (
    RatingSession.person_id.in_(bindparam("people", expanding=True)),
    RatingSession.purpose == Purpose.PRACTICE,
    RatingSession.state == SessionState.SUBMITTED,
    RatingSession.vignette_slug.not_in(bindparam("without", expanding=True)),
)
# Ratings find their session by the id as the database gives it, and are read as columns of a table:
# to make 600,000 of them UUIDs, or rows of a model, takes as long as all the rest.
_ITEMS = ItemRating.__table__.c
_SESSIONS = select(
    type_coerce(RatingSession.id, String).label("id"),
    RatingSession.person_id,
    RatingSession.instrument_document_id,
    RatingSession.vignette_slug,
    RatingSession.vignette_document_id,
    RatingSession.key_document_id,
    RatingSession.number,
    RatingSession.submitted_at,
).where(*_IS_EXPORTED)
_COUNTS = [
    getattr(SessionAgreement, each.name)
    for each in fields(AgreementSums)
    if each.name != "sessions"
]
_AGREEMENT = _SESSIONS.add_columns(*_COUNTS, SessionAgreement.engine_version).join(
    SessionAgreement, SessionAgreement.session_id == RatingSession.id
)
_RATINGS = (
    select(
        type_coerce(_ITEMS.session_id, String),
        _ITEMS.item_number,
        _ITEMS.score,
        _ITEMS.is_not_rateable,
        cast(_ITEMS.evidence, Text),
    )
    .join(RatingSession.__table__, RatingSession.id == _ITEMS.session_id)
    .where(*_IS_EXPORTED)
    .order_by(_ITEMS.session_id, _ITEMS.item_number)
)
