"""Questions that a person goes over again, and what they answered then."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from training.database import CreatedAt, JsonDocument, JsonList, Model, PrimaryKey, Slug


class ReviewCard(Model):
    """A question that somebody has missed, and how well they remember it by now.

    Modules and questions are named by slug: a new wording undoes no learning.
    """

    __tablename__ = "review_card"
    __table_args__ = (UniqueConstraint("person_id", "module_slug", "question_id"),)

    id: Mapped[PrimaryKey]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    module_slug: Mapped[Slug]
    question_id: Mapped[Slug]
    # The memory as training.review.rules has it; days are those of UTC.
    stability: Mapped[float]
    difficulty: Mapped[float]
    met_on: Mapped[date]
    due_on: Mapped[date]
    reviewed_on: Mapped[date | None]  # the day of the last answer in a review
    answers: Mapped[int] = mapped_column(default=0)  # given in reviews


class ReviewAnswer(Model):
    """One answer in a review. It trains memory and counts for no check and no certificate."""

    __tablename__ = "review_answer"
    __table_args__ = (UniqueConstraint("card_id", "number"),)

    id: Mapped[PrimaryKey]
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review_card.id"))
    number: Mapped[int]  # 1, 2, ... per card
    module_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    order_shown: Mapped[JsonList]  # positions of the choices as they were shown
    response: Mapped[JsonDocument]
    is_correct: Mapped[bool]
    answered_at: Mapped[CreatedAt]
    due_on: Mapped[date]  # when the question comes back after this answer

    card: Mapped[ReviewCard] = relationship()
