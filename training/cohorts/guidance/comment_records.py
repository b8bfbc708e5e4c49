"""What trainers write to their raters: writing it, reading it, having read it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update

from training.accounts.models import Person
from training.accounts.records import lock_person
from training.audit import trail
from training.calibration.history import FIRST
from training.calibration.models import Purpose, RatingSession, SessionState
from training.clock import now
from training.cohorts.models import Cohort, TrainerComment
from training.database import db, read_rows, write_transaction
from training.library import records as library
from training.mail.models import Letter
from training.mail.post import address_in_letter, write_letter_to


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its sender.

    vignette  the title of the practised vignette that it is about, or None; `session_id` is the
              rating of it.
    """

    id: uuid.UUID
    text: str
    sender: str
    cohort: str
    written_at: datetime
    read_at: datetime | None
    session_id: uuid.UUID | None
    vignette: str | None
    number: int  # from 2 on it was rated again

    @property
    def is_unread(self) -> bool:
        return self.read_at is None


@dataclass(frozen=True, slots=True)
class Occasion:
    """A practised vignette that a comment may be about."""

    session_id: uuid.UUID
    title: str
    number: int  # from 2 on it was rated again


def write_comment(
    cohort: Cohort,
    person_id: uuid.UUID,
    text: str,
    *,
    session_id: uuid.UUID | None,
    by: Person,
    comment_id: uuid.UUID | None = None,
) -> Letter | None:
    """Write to a rater of this cohort; the letter says no more than that.

    The caller has made sure that `session_id` is one of the rater's `occasions`. None where a
    comment of this id was written already.
    """
    with write_transaction() as session:
        lock_person(by.id)
        if comment_id is not None and session.get(TrainerComment, comment_id) is not None:
            return None
        rater = session.get_one(Person, person_id)
        comment = TrainerComment(
            id=comment_id or uuid.uuid4(),
            cohort_id=cohort.id,
            person_id=person_id,
            author_id=by.id,
            session_id=session_id,
            text=text,
        )
        session.add(comment)
        session.flush()
        trail.note(
            trail.Act.COMMENT_WRITTEN,
            f"comment {comment.id}",
            person_id=by.id,
            rater=str(person_id),
            cohort=str(cohort.id),
        )
        return write_letter_to(
            rater,
            "trainer-comment",
            sender=by.name,
            cohort=cohort.name,
            address=address_in_letter("guidance.own_comments"),
        )


def occasions(person_id: uuid.UUID) -> list[Occasion]:
    """What a rater has submitted in practice, the latest first. Nothing else is commented on."""
    rows = db.session.execute(
        select(RatingSession.id, RatingSession.vignette_document_id, RatingSession.number)
        .filter_by(person_id=person_id, purpose=Purpose.PRACTICE, state=SessionState.SUBMITTED)
        .order_by(RatingSession.submitted_at.desc())
    )
    return [Occasion(id_, _title(document_id), number) for id_, document_id, number in rows]


def comments_in(cohort_id: uuid.UUID, person_id: uuid.UUID) -> list[Comment]:
    """What the trainers of a cohort wrote to one of its raters, the latest first."""
    return _comments(_COMMENTS.where(TrainerComment.cohort_id == cohort_id), person_id)


def comments_to(person_id: uuid.UUID) -> list[Comment]:
    """What all their trainers wrote to a rater, the latest first."""
    return _comments(_COMMENTS, person_id)


def comments_about(session_id: uuid.UUID, person_id: uuid.UUID) -> list[Comment]:
    """What was written to a rater about one rating of theirs, the latest first."""
    return _comments(_COMMENTS_ABOUT, person_id, session=session_id)


# Put together once: every home page asks it.
_UNREAD = (
    select(func.count())
    .select_from(TrainerComment)
    .where(TrainerComment.person_id == bindparam("person"), TrainerComment.read_at.is_(None))
)


def number_unread(person_id: uuid.UUID) -> int:
    """How many comments a rater has not marked as read."""
    return read_rows(_UNREAD, person=person_id).scalar_one()


def mark_read(person_id: uuid.UUID, comment_ids: Sequence[uuid.UUID]) -> None:
    """Keep that a rater has read these; what came in meanwhile, or is another's, is left alone."""
    with write_transaction() as session:
        session.execute(
            update(TrainerComment)
            .where(
                TrainerComment.person_id == person_id,
                TrainerComment.id.in_(comment_ids),
                TrainerComment.read_at.is_(None),
            )
            .values(read_at=now())
        )


_COMMENTS = (
    select(
        TrainerComment.id,
        TrainerComment.text,
        Person.name.label("sender"),
        Cohort.name.label("cohort"),
        TrainerComment.written_at,
        TrainerComment.read_at,
        TrainerComment.session_id,
        RatingSession.vignette_document_id,
        RatingSession.number,
    )
    .join(Person, Person.id == TrainerComment.author_id)
    .join(Cohort, Cohort.id == TrainerComment.cohort_id)
    .outerjoin(RatingSession, RatingSession.id == TrainerComment.session_id)
    .where(TrainerComment.person_id == bindparam("person"))
    .order_by(TrainerComment.written_at.desc(), TrainerComment.id)
)


# Put together once: every page of feedback asks it.
_COMMENTS_ABOUT = _COMMENTS.where(TrainerComment.session_id == bindparam("session"))


def _comments(
    statement: Select[*tuple[Any, ...]], person_id: uuid.UUID, **named: uuid.UUID
) -> list[Comment]:
    return [
        Comment(
            row.id,
            row.text,
            row.sender,
            row.cohort,
            row.written_at,
            row.read_at,
            row.session_id,
            _title(row.vignette_document_id) if row.vignette_document_id else None,
            row.number or FIRST,
        )
        for row in read_rows(statement, person=person_id, **named)
    ]


def _title(vignette_document_id: uuid.UUID) -> str:
    return library.vignette_version(vignette_document_id).document.title
