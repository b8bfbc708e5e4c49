"""Panels: seats, blind ratings, positions after discussion, the consensus, signatures."""

from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from training.accounts.models import Person
from training.calibration.models import RatingSession
from training.database import (
    CreatedAt,
    Digest,
    JsonList,
    LongText,
    Model,
    Moment,
    PrimaryKey,
    ShortText,
    Slug,
    text_enum,
)
from training.library.models import Document
from training.panels.consensus.rules import ConsensusKind
from training.panels.rules import ReminderKind


class PanelState(StrEnum):
    RATING = "rating"  # round one: everybody alone, blind to the others
    CONSENSUS = "consensus"  # round two: item by item, together
    ENDED = "ended"  # every vignette has a ratified key
    CANCELLED = "cancelled"


class PanelOrigin(StrEnum):
    HERE = "here"
    ELSEWHERE = "elsewhere"  # met outside; its ratings were brought in, and somebody vouches


class Panel(Model):
    """Experts who agree on the keys of one or more vignettes, on one version of an instrument."""

    __tablename__ = "panel"

    id: Mapped[PrimaryKey]
    title: Mapped[ShortText]
    instrument_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    chair_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    opened_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[CreatedAt]
    due_at: Mapped[Moment | None]  # of round one; reminders speak of it, nothing closes by itself
    state: Mapped[PanelState] = mapped_column(text_enum(PanelState), default=PanelState.RATING)
    origin: Mapped[PanelOrigin] = mapped_column(text_enum(PanelOrigin), default=PanelOrigin.HERE)
    vouched_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    vouching: Mapped[LongText] = mapped_column(default="")  # how it met, in the voucher's words
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    rating_closed_at: Mapped[Moment | None]
    rating_closed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    rating_closing_reason: Mapped[LongText] = mapped_column(default="")  # "" when all were in
    # What everybody looks at in round two, and a number that grows with every act in it.
    current_position: Mapped[int | None]
    current_item: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[Moment | None]
    cancelling_reason: Mapped[LongText] = mapped_column(default="")

    chair: Mapped[Person] = relationship(foreign_keys=[chair_id])
    seats: Mapped[list[PanelSeat]] = relationship(
        back_populates="panel", order_by="PanelSeat.place"
    )
    vignettes: Mapped[list[PanelVignette]] = relationship(
        back_populates="panel", order_by="PanelVignette.position"
    )


class PanelSeat(Model):
    """An expert on a panel. Outside the panel they are known by their place only.

    Whoever met elsewhere need not have an account here. A withdrawn seat keeps its place.
    """

    __tablename__ = "panel_seat"
    __table_args__ = (
        UniqueConstraint("panel_id", "place"),
        UniqueConstraint("panel_id", "person_id"),
    )

    id: Mapped[PrimaryKey]
    panel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.id"))
    place: Mapped[int]  # from 1
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[ShortText]  # as it was when they were invited
    invited_at: Mapped[CreatedAt]
    withdrawn_at: Mapped[Moment | None]
    withdrawal_reason: Mapped[LongText] = mapped_column(default="")

    panel: Mapped[Panel] = relationship(back_populates="seats")
    person: Mapped[Person | None] = relationship()


class PanelReminder(Model):
    """A letter to whoever sits there that round one waits for them. Another date brings others."""

    __tablename__ = "panel_reminder"

    id: Mapped[PrimaryKey]
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_seat.id"), index=True)
    kind: Mapped[ReminderKind] = mapped_column(text_enum(ReminderKind))
    written_at: Mapped[CreatedAt]


class PanelVignette(Model):
    """A vignette the panel makes a key for, in the version that is rated."""

    __tablename__ = "panel_vignette"
    __table_args__ = (
        UniqueConstraint("panel_id", "position"),
        UniqueConstraint("panel_id", "vignette_slug"),
    )

    id: Mapped[PrimaryKey]
    panel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.id"))
    position: Mapped[int]  # from 1
    vignette_slug: Mapped[Slug] = mapped_column(index=True)
    vignette_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    key_document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))
    ratified_at: Mapped[Moment | None]

    panel: Mapped[Panel] = relationship(back_populates="vignettes")
    vignette_document: Mapped[Document] = relationship(foreign_keys=[vignette_document_id])


class Assignment(Model):
    """What one expert has to rate, and the rating session in which they do."""

    __tablename__ = "panel_assignment"
    __table_args__ = (UniqueConstraint("seat_id", "panel_vignette_id"),)

    id: Mapped[PrimaryKey]
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_seat.id"))
    panel_vignette_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("panel_vignette.id"), index=True
    )
    session_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("rating_session.id"), unique=True
    )

    seat: Mapped[PanelSeat] = relationship()
    panel_vignette: Mapped[PanelVignette] = relationship()
    session: Mapped[RatingSession | None] = relationship()


class PanelRating(Model):
    """One expert's independent rating of one item, as it was when round one closed.

    Written once, from the submitted sessions or from a file, and never changed: whatever is said
    about the agreement of a panel is computed from these rows.
    """

    __tablename__ = "panel_rating"
    __table_args__ = (
        UniqueConstraint("panel_vignette_id", "seat_id", "item_number"),
        CheckConstraint("is_not_rateable = (score IS NULL)", name="score_or_not_rateable"),
    )

    id: Mapped[PrimaryKey]
    panel_vignette_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_vignette.id"))
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_seat.id"))
    item_number: Mapped[int]
    score: Mapped[int | None]
    is_not_rateable: Mapped[bool]
    reason: Mapped[LongText] = mapped_column(default="")
    evidence: Mapped[JsonList] = mapped_column(default=list)  # turn numbers, ascending


class Position(Model):
    """Where an expert stands on an item after discussion; without one, round one stands."""

    __tablename__ = "panel_position"
    __table_args__ = (
        UniqueConstraint("panel_vignette_id", "seat_id", "item_number"),
        CheckConstraint("is_not_rateable = (score IS NULL)", name="score_or_not_rateable"),
    )

    id: Mapped[PrimaryKey]
    panel_vignette_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_vignette.id"))
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_seat.id"))
    item_number: Mapped[int]
    score: Mapped[int | None]
    is_not_rateable: Mapped[bool]
    reason: Mapped[LongText] = mapped_column(default="")  # why they dissent, if they do
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[CreatedAt]


class ConsensusItem(Model):
    """What the panel agreed on one item, as its chair wrote it down."""

    __tablename__ = "consensus_item"
    __table_args__ = (
        UniqueConstraint("panel_vignette_id", "item_number"),
        CheckConstraint(
            "(kind IN ('score', 'band')) = (lowest IS NOT NULL AND highest IS NOT NULL)",
            name="scores_where_scored",
        ),
    )

    id: Mapped[PrimaryKey]
    panel_vignette_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_vignette.id"))
    item_number: Mapped[int]
    kind: Mapped[ConsensusKind] = mapped_column(text_enum(ConsensusKind))
    lowest: Mapped[int | None]
    highest: Mapped[int | None]  # the same as `lowest` but for a band
    reason: Mapped[LongText]
    evidence: Mapped[JsonList] = mapped_column(default=list)
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[CreatedAt]


class KeySignature(Model):
    """A name under the consensus on one vignette: the chair's and one more make it ratified.

    It holds for what was signed, whose digest it carries; a consensus that is changed loses it.
    """

    __tablename__ = "key_signature"
    __table_args__ = (
        UniqueConstraint("panel_vignette_id", "person_id"),
        UniqueConstraint("panel_vignette_id", "place"),
    )

    id: Mapped[PrimaryKey]
    panel_vignette_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_vignette.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    place: Mapped[int]  # 1 for who signed first
    digest: Mapped[Digest]  # of the key document that was signed
    signed_at: Mapped[CreatedAt]

    person: Mapped[Person] = relationship()
