"""Cohorts: who learns together, who leads them, who was invited."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from training.accounts.models import Person, Role
from training.database import (
    CreatedAt,
    Digest,
    Model,
    Moment,
    PrimaryKey,
    ShortText,
    Slug,
    text_enum,
)


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
