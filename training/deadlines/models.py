"""The secret address under which a calendar reads somebody's dates."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from training.database import CreatedAt, Digest, Model


class CalendarFeed(Model):
    """That a person has such an address; only its digest is kept. Removing the row ends it."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    token_digest: Mapped[Digest] = mapped_column(unique=True)
    made_at: Mapped[CreatedAt]
