"""The trail's two tables: its lines, and the one row that says where it ends."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from training.database import Digest, JsonDocument, Model, Moment, PrimaryKey, ShortText

CHAIN_START = "0" * 64


class AuditEntry(Model):
    """One act. Lines are added and never changed; each carries the digest of the one before."""

    __tablename__ = "audit_entry"

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    happened_at: Mapped[Moment]
    # No foreign key: the trail outlives whatever it speaks of.
    person_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    act: Mapped[ShortText] = mapped_column(index=True)
    subject: Mapped[ShortText]
    details: Mapped[JsonDocument]
    previous_digest: Mapped[Digest]
    digest: Mapped[Digest] = mapped_column(unique=True)


class AuditHead(Model):
    """The end of the chain: locked by every act, so that two acts never continue the same line."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    digest: Mapped[Digest] = mapped_column(ForeignKey("audit_entry.digest"), nullable=True)


class AuditCheckpoint(Model):
    """Where the trail ended at a moment, signed, so that a later trail can be held against it."""

    __tablename__ = "audit_checkpoint"

    id: Mapped[PrimaryKey]
    sequence: Mapped[int]
    digest: Mapped[Digest]  # of that line
    made_at: Mapped[Moment]
    method: Mapped[ShortText]  # how it is signed
    signature: Mapped[ShortText]
