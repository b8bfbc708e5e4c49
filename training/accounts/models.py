"""People, the roles they hold, and their ways in."""

from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

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


class Role(StrEnum):
    """What a person may do; one person may hold several."""

    RATER = "rater"
    TRAINER = "trainer"
    EXPERT = "expert"
    CERTIFIER = "certifier"
    ADMINISTRATOR = "administrator"


class Person(Model):
    __tablename__ = "person"

    id: Mapped[PrimaryKey]
    email: Mapped[ShortText] = mapped_column(unique=True)  # stored in lower case
    name: Mapped[ShortText]
    password_hash: Mapped[ShortText | None]
    locale: Mapped[str] = mapped_column(String(10), default="en")
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[CreatedAt]
    deactivated_at: Mapped[Moment | None]
    track: Mapped[Slug | None]  # the slug of a standard; none chosen is the first one

    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="person",
        lazy="joined",
        cascade="all, delete-orphan",
        foreign_keys="RoleGrant.person_id",
    )

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def has_role(self, *roles: Role) -> bool:
        """Whether the person holds at least one of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None


class RoleGrant(Model):
    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role"),)

    id: Mapped[PrimaryKey]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(text_enum(Role))
    granted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[CreatedAt]

    person: Mapped[Person] = relationship(back_populates="grants", foreign_keys=[person_id])


class SignInSession(Model):
    """A browser somebody is signed in with; ending it here ends it there."""

    __tablename__ = "sign_in_session"

    id: Mapped[PrimaryKey]
    token_digest: Mapped[Digest] = mapped_column(unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    browser: Mapped[ShortText]
    started_at: Mapped[CreatedAt]
    last_seen_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class PasswordReset(Model):
    """A mailed link that lets its holder choose a new password once."""

    __tablename__ = "password_reset"

    id: Mapped[PrimaryKey]
    token_digest: Mapped[Digest] = mapped_column(unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[CreatedAt]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


class SecondFactor(Model):
    """The secret that a person's app makes codes from. It counts once a code has confirmed it."""

    __tablename__ = "second_factor"

    id: Mapped[PrimaryKey]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    secret: Mapped[str] = mapped_column(String(64))  # as it is, see docs/decisions/0008
    begun_at: Mapped[CreatedAt]
    confirmed_at: Mapped[Moment | None]
    last_step: Mapped[int] = mapped_column(default=0)  # of the last code accepted


class RecoveryCode(Model):
    """A code for whoever has lost their app; it works once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "code_digest"),)

    id: Mapped[PrimaryKey]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    code_digest: Mapped[Digest]
    made_at: Mapped[CreatedAt]
    used_at: Mapped[Moment | None]


class Try(Model):
    """A try at something limited (signing in, a cohort code); counted across all processes."""

    __tablename__ = "try"
    __table_args__ = (Index("ix_try_kind_subject_at", "kind", "subject_digest", "tried_at"),)

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(40))
    subject_digest: Mapped[Digest]
    tried_at: Mapped[Moment]
