"""What a person answered in the micro-exercises."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from training.database import CreatedAt, JsonList, Model, PrimaryKey, Slug


class ExerciseAnswer(Model):
    """One answer to one exercise, with the versions it was given on and compared with.

    It trains the eye and is part of no figure of calibration, and of no certificate.
    """

    __tablename__ = "exercise_answer"
    __table_args__ = (UniqueConstraint("person_id", "vignette_slug", "number"),)

    id: Mapped[PrimaryKey]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    vignette_slug: Mapped[Slug]
    vignette_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    key_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    item_number: Mapped[int]
    score: Mapped[int]
    turns: Mapped[JsonList]  # turn numbers, ascending; may be empty
    number: Mapped[int]  # 1 is the first answer; the later ones were given knowing the key
    answered_at: Mapped[CreatedAt]
