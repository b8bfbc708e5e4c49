"""What happens to a key in use: who saw it, who contests it, what replaces it."""

from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from training.accounts.models import Person
from training.calibration.models import RatingSession
from training.certification.models import Decision
from training.database import (
    CreatedAt,
    JsonList,
    LongText,
    Model,
    Moment,
    PrimaryKey,
    Slug,
    text_enum,
)


class Occasion(StrEnum):
    """How somebody came to see a key, other than by rating the vignette in practice."""

    COHORT = "cohort"  # a trainer: beside a rater's practice, or in a cohort's export
    CONTEST = "contest"  # read a contest, which shows the key's reason
    DOSSIER = "dossier"  # took a dossier's file, which holds the key's scores
    KEY_CHANGE = "key-change"  # looked at what a new version would change
    KEY_HEALTH = "key-health"
    PANEL = "panel"  # sat on the panel that made it
    PREVIEW = "preview"  # opened it beside its vignette, as authors do before they approve it


class KeySight(Model):
    """That a person has seen a key: they can no longer rate the vignette independently."""

    __tablename__ = "key_sight"
    __table_args__ = (UniqueConstraint("person_id", "vignette_slug"),)

    id: Mapped[PrimaryKey]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    vignette_slug: Mapped[Slug] = mapped_column(index=True)
    occasion: Mapped[Occasion] = mapped_column(text_enum(Occasion))
    seen_at: Mapped[CreatedAt]


class ContestOutcome(StrEnum):
    KEPT = "kept"  # the key stands, and the answer says why
    FOR_PANEL = "for-panel"  # it goes on the list of keys a panel looks at again


class ContestState(StrEnum):
    """Where a contest stands."""

    WAITING = "waiting"
    KEPT = "kept"
    FOR_PANEL = "for-panel"
    WITHDRAWN = "withdrawn"


class Contest(Model):
    """A rater doubts one item of a key they were shown after practice."""

    __tablename__ = "contest"
    __table_args__ = (
        # A double click, or a second thought, finds the contest that is there.
        UniqueConstraint("person_id", "key_document_id", "item_number"),
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered_has_outcome"),
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rating_session.id"))
    vignette_slug: Mapped[Slug] = mapped_column(index=True)
    key_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"), index=True)
    item_number: Mapped[int]
    reason: Mapped[LongText]
    turns: Mapped[JsonList] = mapped_column(default=list)
    contested_at: Mapped[CreatedAt]
    withdrawn_at: Mapped[Moment | None]
    outcome: Mapped[ContestOutcome | None] = mapped_column(text_enum(ContestOutcome))
    answer: Mapped[LongText] = mapped_column(default="")
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[Moment | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])
    session: Mapped[RatingSession] = relationship()

    @property
    def state(self) -> ContestState:
        if self.withdrawn_at is not None:
            return ContestState.WITHDRAWN
        return ContestState(self.outcome.value) if self.outcome else ContestState.WAITING

    @property
    def is_waiting(self) -> bool:
        return self.state is ContestState.WAITING


class KeyChange(Model):
    """That one version of a key took the place of another, and why."""

    __tablename__ = "key_change"

    id: Mapped[PrimaryKey]
    vignette_slug: Mapped[Slug] = mapped_column(index=True)
    from_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    to_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    # None when the content was published by a command, which nobody signs in for.
    put_in_use_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    put_in_use_at: Mapped[CreatedAt]
    reason: Mapped[LongText]

    put_in_use_by: Mapped[Person | None] = relationship()
    cases: Mapped[list[KeyChangeCase]] = relationship(back_populates="key_change")


class CaseAct(StrEnum):
    """What a certifier decides about one decision that the new key would have changed."""

    STANDS = "stands"
    SET_ASIDE = "set-aside"  # the attempt does not count, and the rater may try anew
    REVOKED = "revoked"  # the certificate


class KeyChangeCase(Model):
    """A decision that would end otherwise under the new key; nothing changes by itself."""

    __tablename__ = "key_change_case"
    __table_args__ = (
        UniqueConstraint("key_change_id", "decision_id"),
        CheckConstraint("(act IS NULL) = (decided_at IS NULL)", name="decided_has_act"),
    )

    id: Mapped[PrimaryKey]
    key_change_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("key_change.id"))
    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision.id"), index=True)
    outcome_before: Mapped[str] = mapped_column(String(40))
    outcome_after: Mapped[str] = mapped_column(String(40))
    act: Mapped[CaseAct | None] = mapped_column(text_enum(CaseAct))
    reason: Mapped[LongText] = mapped_column(default="")
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Moment | None]

    key_change: Mapped[KeyChange] = relationship(back_populates="cases")
    decision: Mapped[Decision] = relationship()
    decided_by: Mapped[Person | None] = relationship()
