"""Rating sessions: what was rated, by whom, for what, and how it compares."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
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
from training.library.models import Document
from training.windows import has_closed


class Purpose(StrEnum):
    APPLY = "apply"  # the excerpt at the end of a module
    PRACTICE = "practice"
    CERTIFICATION = "certification"
    RECHECK = "recheck"
    PANEL = "panel"  # an expert's independent rating


class SessionState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"


class RatingSession(Model):
    """One person rates one version of a vignette once; submitting freezes it for good."""

    __tablename__ = "rating_session"
    __table_args__ = (
        # Opening a vignette twice, in two tabs or by a double click, finds the same session.
        UniqueConstraint("person_id", "vignette_slug", "purpose", "number"),
        CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL)", name="submitted_has_moment"
        ),
        Index("ix_rating_session_person_purpose_state", "person_id", "purpose", "state"),
        # What everybody gave one version of a text, and who has rated a vignette for what.
        Index(
            "ix_rating_session_version_purpose_submitted",
            "vignette_document_id",
            "purpose",
            "submitted_at",
        ),
        Index("ix_rating_session_vignette_purpose", "vignette_slug", "purpose"),
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[Purpose] = mapped_column(text_enum(Purpose))
    vignette_slug: Mapped[Slug]
    vignette_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    key_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    instrument_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    number: Mapped[int] = mapped_column(default=1)  # counts repeats; always 1 in certification
    attempt_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("attempt.id"), index=True)
    position: Mapped[int | None]  # the place in the attempt's form, from 1
    state: Mapped[SessionState] = mapped_column(text_enum(SessionState), default=SessionState.DRAFT)
    revision: Mapped[int] = mapped_column(default=0)  # grows with every save
    opened_at: Mapped[CreatedAt]
    first_shown_at: Mapped[Moment | None]  # when its rater first saw it; kept in certification
    first_saved_at: Mapped[Moment | None]
    saved_at: Mapped[Moment | None]
    submitted_at: Mapped[Moment | None]
    # The closing date of its attempt, or when the round of its panel was closed, repeated here so
    # that a save is judged under the lock of its own row.
    closes_at: Mapped[Moment | None]

    ratings: Mapped[list[ItemRating]] = relationship(
        back_populates="session", order_by="ItemRating.item_number", lazy="selectin"
    )
    agreement: Mapped[SessionAgreement | None] = relationship(back_populates="session")
    vignette_document: Mapped[Document] = relationship(foreign_keys=[vignette_document_id])

    @property
    def is_submitted(self) -> bool:
        return self.state is SessionState.SUBMITTED

    def is_closed(self, at: datetime) -> bool:
        """Whether the time for it is over and it was not submitted."""
        return not self.is_submitted and has_closed(self.closes_at, at)


class ItemRating(Model):
    """A score, or not rateable with a reason; while a draft also neither."""

    __tablename__ = "item_rating"
    __table_args__ = (
        UniqueConstraint("session_id", "item_number"),
        CheckConstraint(
            "NOT (is_not_rateable AND score IS NOT NULL)", name="score_or_not_rateable"
        ),
    )

    id: Mapped[PrimaryKey]
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rating_session.id"))
    item_number: Mapped[int]
    score: Mapped[int | None]
    is_not_rateable: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[LongText] = mapped_column(default="")  # why it is not rateable
    note: Mapped[LongText] = mapped_column(default="")
    evidence: Mapped[JsonList] = mapped_column(default=list)  # turn numbers, ascending

    session: Mapped[RatingSession] = relationship(back_populates="ratings")


class TurnNote(Model):
    """What a rater wrote in the margin beside one turn, for nobody else's eyes."""

    __tablename__ = "turn_note"

    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rating_session.id"), primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[LongText]


class SessionAgreement(Model):
    """How one submitted session compares with its key: counted once, when it was submitted.

    Sums rather than shares, so that a person's or a cohort's figures are sums of these rows.
    """

    __tablename__ = "session_agreement"

    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rating_session.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    rated_cells: Mapped[int]  # both the rater and the key gave a score
    exact: Mapped[int]
    within_one: Mapped[int]
    gross_misses: Mapped[int]
    sum_of_differences: Mapped[int]  # rater minus consensus; positive is lenient
    sum_of_absolute_differences: Mapped[int]
    rateability_mismatches: Mapped[int]
    # {"3": -1, ...}: difference per item where both rated
    differences: Mapped[JsonDocument]
    engine_version: Mapped[Slug]

    session: Mapped[RatingSession] = relationship(back_populates="agreement")
