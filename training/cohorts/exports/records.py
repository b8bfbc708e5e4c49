"""The practice of a cohort as it leaves the application, and the note that it did.

Read some raters at a time, in one transaction, as plain columns: what is in memory does not grow
with the cohort. Certification, rechecks and panels are never in it.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Text,
    bindparam,
    cast,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from training.accounts.models import Person
from training.audit import trail
from training.calibration.agreement import AgreementSums
from training.calibration.models import (
    ItemRating,
    Purpose,
    RatingSession,
    SessionAgreement,
    SessionState,
)
from training.cohorts.exports.tables import (
    DROPPED,
    NOT_RATEABLE,
    RUNS_KEPT,
    ExportTable,
    Row,
    Run,
    agreement_cells,
)
from training.cohorts.models import Cohort, CohortMember
from training.database import db, snapshot, write_transaction
from training.keys.models import Occasion
from training.keys.reader_records import assessed_with, reader_of
from training.keys.sights import IS_BLIND_PRACTICE, note_keys_seen
from training.library import records as library
from training.library.models import Document, DocumentKind
from training.library.schema import Key
from training.panels.exchange.cells import safe_cell

RATERS_AT_ONCE = 100  # some 6,000 ratings
DIGEST_SHOWN = 12  # letters; enough to tell versions apart
KEYS_KEPT = 200  # references of so many versions of keys


def note_export(cohort: Cohort, what: str, *, by: Person, without: Collection[str]) -> None:
    """Keep who took the figures of a cohort away, and that they have seen the keys in them."""
    with write_transaction():
        note_keys_seen(by.id, _practised_in(cohort.id) - set(without), Occasion.COHORT)
        trail.note(trail.Act.DATA_EXPORTED, f"cohort {cohort.id}", person_id=by.id, what=what)


def _practised_in(cohort_id: uuid.UUID) -> set[str]:
    practised = (
        select(RatingSession.vignette_slug)
        .join(CohortMember, CohortMember.person_id == RatingSession.person_id)
        .where(
            CohortMember.cohort_id == cohort_id,
            CohortMember.left_at.is_(None),
            RatingSession.purpose == Purpose.PRACTICE,
            RatingSession.state == SessionState.SUBMITTED,
        )
        .distinct()
    )
    return set(db.session.scalars(practised))


def vignettes_kept_from(trainer: Person, cohort: Cohort) -> frozenset[str]:
    """Vignettes practised in a cohort that this trainer does not take away: their key is in it.

    Those that have come to certify since, and those whose key they are not shown elsewhere.
    """
    practised = _practised_in(cohort.id)
    return frozenset(practised & assessed_with() | reader_of(trainer).barriers_to(practised).keys())


def has_more_ratings(cohort_id: uuid.UUID, most: int) -> bool:
    """Whether a cohort's raters have given more ratings in practice than so many."""
    beyond = _RATINGS_OF_COHORT.offset(most).limit(1)
    return db.session.execute(beyond, {"cohort": cohort_id}).first() is not None


def exported_rows(
    table: ExportTable, cohort_id: uuid.UUID, *, without: Collection[str]
) -> Iterator[Iterator[Row]]:
    """The rows of a table, some raters at a time, as they are at one moment; cells are safe.

    Raters come in the order in which they joined, each with their sessions as they submitted
    them. `without` names vignettes to leave out.
    """
    rows_of = {ExportTable.RATINGS: _rating_rows, ExportTable.AGREEMENT: _agreement_rows}[table]
    with snapshot() as session:
        connection = session.connection()
        documents = {
            given: (document_id, slug, digest[:DIGEST_SHOWN])
            for given, document_id, slug, digest in connection.execute(_DOCUMENTS)
        }
        raters = connection.execute(_RATERS, {"cohort": cohort_id}).all()
        for start in range(0, len(raters), RATERS_AT_ONCE):
            some = raters[start : start + RATERS_AT_ONCE]
            yield rows_of(_Part(connection, some, documents, tuple(without)))


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the raters, in their order, and what is needed to tell of them.

    raters      the id as a text of the database's, the id, the name.
    documents   id, slug and shortened digest of versions, by the id as that text.
    without     the slugs of the vignettes to leave out.
    """

    connection: Connection
    raters: Sequence[Any]
    documents: Mapping[Any, tuple[uuid.UUID, str, str]]
    without: tuple[str, ...]

    def ask(self, statement: Executable) -> Sequence[Any]:
        people = [person_id for _, person_id, _ in self.raters]
        return self.connection.execute(statement, {"people": people, "without": self.without}).all()

    def sessions(self, statement: Executable) -> Iterator[tuple[Any, _Answers, Run, Sequence[Any]]]:
        """Each session: its id, its key, its cells of SESSION_COLUMNS, what else was asked for."""
        places = {given: place for place, (given, _, _) in enumerate(self.raters)}
        names = [(str(person_id), str(safe_cell(name))) for _, person_id, name in self.raters]
        for row in sorted(self.ask(statement), key=lambda row: (places[row[0]], row[1])):
            by, submitted_at, session_id, instrument_id, vignette_id, key_id, *others = row
            slug, number, is_blind, *further = others
            key_document_id, _, key_digest = self.documents[key_id]
            run = (
                *names[places[by]],
                *self.documents[instrument_id][1:],
                slug,
                self.documents[vignette_id][2],
                key_digest,
                number,
                int(is_blind),
                _as_text(submitted_at),
            )
            yield session_id, _answers_of(key_document_id), run, further


def _as_text(moment: datetime) -> str:
    """As ISO 8601 has it, in UTC and to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _agreement_rows(part: _Part) -> Iterator[Row]:
    for _, key, session, (*counts, engine_version) in part.sessions(_AGREEMENT):
        yield session, (key.status, *agreement_cells(AgreementSums(1, *counts)), engine_version)


def _rating_rows(part: _Part) -> Iterator[Row]:
    ratings = defaultdict(list)
    for rating in part.ask(_RATINGS):
        ratings[rating[0]].append(rating)
    for session_id, key, session, _ in part.sessions(_SESSIONS):
        in_order = sorted(ratings[session_id], key=itemgetter(1))
        for _, item, score, is_not_rateable, evidence in in_order:
            yield session, key[item, score, is_not_rateable], _turns(evidence)


@lru_cache(maxsize=RUNS_KEPT)
def _turns(evidence: str) -> Run:
    """From the list that is stored, "[3, 5]"."""
    return (evidence[1:-1].replace(",", ""),)


class _Answers(dict[tuple[int, int | None, bool], Run]):
    """What a key says to a rating of an item (the item, the score, whether it is not rateable).

    The item, the rating, the reference and their difference, looked up once for each.
    """

    def __init__(self, key: Key) -> None:
        super().__init__()
        self.status = key.status.value
        self._items = key.items

    def __missing__(self, rating: tuple[int, int | None, bool]) -> Run:
        item, score, is_not_rateable = rating
        consensus = self._items[item]
        reference = consensus.reference_for(score)
        if consensus.is_dropped:
            answer: Run = DROPPED, None
        elif reference is None:
            answer = NOT_RATEABLE, None
        else:
            answer = reference, None if score is None else score - reference
        self[rating] = item, NOT_RATEABLE if is_not_rateable else score, *answer
        return self[rating]


@lru_cache(maxsize=KEYS_KEPT)
def _answers_of(key_document_id: uuid.UUID) -> _Answers:
    return _Answers(library.key_version(key_document_id).document)


def _text_of(column: InstrumentedAttribute[uuid.UUID]) -> ColumnElement[str]:
    """An id as the text the database makes of it: a UUID for each would take as long as the rest.

    It is the same for the same id and says nothing outside of one database.
    """
    return cast(column, Text)


# Put together once: they are asked for every hundred raters. On the connection, not through the
# session, which would look at each row for models in it.
_DOCUMENTS = select(_text_of(Document.id), Document.id, Document.slug, Document.digest).where(
    Document.kind.in_((DocumentKind.INSTRUMENT, DocumentKind.VIGNETTE, DocumentKind.KEY))
)
_RATERS = (
    select(_text_of(Person.id), Person.id, Person.name)
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
_SESSIONS = select(
    _text_of(RatingSession.person_id),
    RatingSession.submitted_at,
    _text_of(RatingSession.id),
    _text_of(RatingSession.instrument_document_id),
    _text_of(RatingSession.vignette_document_id),
    _text_of(RatingSession.key_document_id),
    RatingSession.vignette_slug,
    RatingSession.number,
    IS_BLIND_PRACTICE,
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
        _text_of(ItemRating.session_id),
        ItemRating.item_number,
        ItemRating.score,
        ItemRating.is_not_rateable,
        cast(ItemRating.evidence, Text),
    )
    .join(RatingSession, RatingSession.id == ItemRating.session_id)
    .where(*_IS_EXPORTED)
)
_RATINGS_OF_COHORT = (
    select(ItemRating.item_number)
    .join(RatingSession, RatingSession.id == ItemRating.session_id)
    .join(CohortMember, CohortMember.person_id == RatingSession.person_id)
    .where(
        CohortMember.cohort_id == bindparam("cohort"),
        CohortMember.left_at.is_(None),
        RatingSession.purpose == Purpose.PRACTICE,
        RatingSession.state == SessionState.SUBMITTED,
    )
)
