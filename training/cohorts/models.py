"""Cohorts: who learns together, who leads them, who was invited; what trainers ask and say."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from training.accounts.models import Person, Role
from training.cohorts.guidance.due_dates import DueKind, Task
from training.database import (
    CreatedAt,
    Digest,
    LongText,
    Model,
    Moment,
    PrimaryKey,
    ShortText,
    Slug,
    text_enum,
)
from training.modules.stages import Stage


class Cohort(Model):
    __tablename__ = "cohort"

    id: Mapped[PrimaryKey]
    name: Mapped[ShortText]
    # What a person types to join; NULL when the code was switched off.
    code: Mapped[str | None] = mapped_column(String(20), unique=True)
    opened_at: Mapped[CreatedAt]
    closed_at: Mapped[Moment | None]
    track: Mapped[Slug | None]  # the slug of a standard; none chosen is the first one


class CohortTrainer(Model):
    __tablename__ = "cohort_trainer"
    __table_args__ = (UniqueConstraint("cohort_id", "person_id"),)

    id: Mapped[PrimaryKey]
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[CreatedAt]


class CohortMember(Model):
    __tablename__ = "cohort_member"
    __table_args__ = (
        UniqueConstraint("cohort_id", "person_id"),
        # A page of a large cohort is counted, sorted and cut from the index alone.
        Index("ix_cohort_member_page", "cohort_id", "left_at", "joined_at", "id", "person_id"),
    )

    id: Mapped[PrimaryKey]
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    joined_at: Mapped[CreatedAt]
    left_at: Mapped[Moment | None]

    person: Mapped[Person] = relationship()
    cohort: Mapped[Cohort] = relationship()


class Invitation(Model):
    """A link that lets one person in, as one role, for a limited time."""

    __tablename__ = "invitation"

    id: Mapped[PrimaryKey]
    token_digest: Mapped[Digest] = mapped_column(unique=True)
    email: Mapped[ShortText] = mapped_column(index=True)
    role: Mapped[Role] = mapped_column(text_enum(Role))
    cohort_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    invited_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[CreatedAt]
    expires_at: Mapped[Moment]
    accepted_at: Mapped[Moment | None]
    accepted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[Moment | None]

    cohort: Mapped[Cohort | None] = relationship()


class DueDate(Model):
    """By when a cohort should have done something. Nothing closes by itself."""

    __tablename__ = "due_date"
    __table_args__ = (
        # Empty rather than NULL, so that the database sees that two are for the same thing.
        UniqueConstraint("cohort_id", "kind", "module_slug", "stage"),
        CheckConstraint("(kind = 'module') = (module_slug <> '')", name="module_is_named"),
        CheckConstraint("stage = '' OR kind = 'module'", name="stage_of_module"),
    )

    id: Mapped[PrimaryKey]
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    kind: Mapped[DueKind] = mapped_column(text_enum(DueKind))
    module_slug: Mapped[Slug] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(String(40), default="")  # empty: the whole module
    due_at: Mapped[Moment]
    set_at: Mapped[CreatedAt]

    cohort: Mapped[Cohort] = relationship()

    @property
    def task(self) -> Task:
        return Task(self.kind, self.module_slug, Stage(self.stage) if self.stage else None)


class TrainerComment(Model):
    """What a trainer wrote to one rater, about all of it or about one practice vignette."""

    __tablename__ = "trainer_comment"

    id: Mapped[PrimaryKey]
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    session_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("rating_session.id"))
    text: Mapped[LongText]
    written_at: Mapped[CreatedAt]
    read_at: Mapped[Moment | None]


class TrainerReminder(Model):
    """That a rater was reminded; what of stands in the letter."""

    __tablename__ = "trainer_reminder"
    __table_args__ = (Index("ix_trainer_reminder_person_cohort", "person_id", "cohort_id"),)

    id: Mapped[PrimaryKey]
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    sent_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[CreatedAt]
