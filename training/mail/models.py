"""The outbox: every letter the service wrote, whether or not it could be sent."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from training.database import CreatedAt, LongText, Model, Moment, PrimaryKey, ShortText, text_enum


class LetterState(StrEnum):
    KEPT = "kept"  # no mail server is configured
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Letter(Model):
    __tablename__ = "letter"

    id: Mapped[PrimaryKey]
    recipient: Mapped[ShortText] = mapped_column(index=True)
    subject: Mapped[ShortText]
    body: Mapped[LongText]
    state: Mapped[LetterState] = mapped_column(text_enum(LetterState))
    failure: Mapped[ShortText | None]
    written_at: Mapped[CreatedAt] = mapped_column(index=True)
    sent_at: Mapped[Moment | None]
