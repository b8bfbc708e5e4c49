"""What a person has done in the learning modules."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from training.database import (
    CreatedAt,
    JsonDocument,
    JsonList,
    LongText,
    Model,
    Moment,
    PrimaryKey,
    Slug,
    text_enum,
)
from training.modules.stages import Stage


class StageCompletion(Model):
    """A stage somebody finished. Modules are named by slug: a new wording undoes no learning."""

    __tablename__ = "stage_completion"
    __table_args__ = (UniqueConstraint("person_id", "module_slug", "stage"),)

    id: Mapped[PrimaryKey]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    module_slug: Mapped[Slug]
    stage: Mapped[Stage] = mapped_column(text_enum(Stage))
    module_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    completed_at: Mapped[CreatedAt]


class KnowledgeCheck(Model):
    """One try at a module's questions: which were drawn, in which order, and how it went."""

    __tablename__ = "knowledge_check"
    __table_args__ = (UniqueConstraint("person_id", "module_slug", "number"),)

    id: Mapped[PrimaryKey]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    module_slug: Mapped[Slug]
    module_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    number: Mapped[int]  # 1, 2, ... per person and module
    # [{"question": id, "order": [option positions as shown]}, ...]
    questions: Mapped[JsonList]
    started_at: Mapped[CreatedAt]
    finished_at: Mapped[Moment | None]
    correct_answers: Mapped[int | None]

    answers: Mapped[list[QuestionAnswer]] = relationship(
        back_populates="check", order_by="QuestionAnswer.answered_at"
    )


class QuestionAnswer(Model):
    """The first and only answer to a question in one check."""

    __tablename__ = "question_answer"
    __table_args__ = (UniqueConstraint("check_id", "question_id"),)

    id: Mapped[PrimaryKey]
    check_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("knowledge_check.id"))
    question_id: Mapped[Slug]
    response: Mapped[JsonDocument]
    is_correct: Mapped[bool]
    answered_at: Mapped[CreatedAt]

    check: Mapped[KnowledgeCheck] = relationship(back_populates="answers")


class JournalEntry(Model):
    """What a rater writes for themselves after a module; others see it only when shared."""

    __tablename__ = "journal_entry"
    __table_args__ = (UniqueConstraint("person_id", "module_slug"),)

    id: Mapped[PrimaryKey]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    module_slug: Mapped[Slug]
    text: Mapped[LongText]
    is_shared: Mapped[bool] = mapped_column(default=False)
    written_at: Mapped[CreatedAt]
    changed_at: Mapped[Moment]
