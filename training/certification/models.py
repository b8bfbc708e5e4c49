"""Attempts, decisions, what certifiers did about them, and certificates."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from training.accounts.models import Person
from training.calibration.models import RatingSession
from training.database import (
    ONLY_WHERE,
    CreatedAt,
    Digest,
    JsonDocument,
    LongText,
    Model,
    Moment,
    PrimaryKey,
    Slug,
    text_enum,
)
from training.windows import has_closed


class AttemptState(StrEnum):
    OPEN = "open"  # vignettes are being rated
    DECIDED = "decided"  # all submitted, gates computed, waits for a certifier
    CLOSED = "closed"  # a certifier signed or declined, or its window closed too early


class ReviewAct(StrEnum):
    SIGNED = "signed"
    DECLINED = "declined"
    MORE_EVIDENCE = "more-evidence"


class Attempt(Model):
    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("person_id", "standard_slug", "number"),
        # Whatever the code does, a person rates one form of a standard at a time.
        Index(
            "uq_attempt_one_open",
            "person_id",
            "standard_slug",
            unique=True,
            info={ONLY_WHERE: "state = 'open'"},
        ),
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    standard_slug: Mapped[Slug]
    standard_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    number: Mapped[int]
    state: Mapped[AttemptState] = mapped_column(text_enum(AttemptState), index=True)
    seed: Mapped[str] = mapped_column(String(32))  # of the draw and the order of the form
    opened_at: Mapped[CreatedAt]
    closed_at: Mapped[Moment | None]
    closes_at: Mapped[Moment | None]  # the end of its window; none is a window that stays open
    lapsed_at: Mapped[Moment | None]  # the window closed before every vignette was submitted
    honour_wording: Mapped[LongText | None]  # what the rater confirmed when opening it

    person: Mapped[Person] = relationship()
    sessions: Mapped[list[RatingSession]] = relationship(order_by=RatingSession.position)
    decisions: Mapped[list[Decision]] = relationship(
        back_populates="attempt", order_by="Decision.number"
    )
    window_changes: Mapped[list[WindowChange]] = relationship(
        back_populates="attempt", order_by="WindowChange.changed_at"
    )
    set_aside: Mapped[SetAside | None] = relationship(back_populates="attempt")

    def is_under_way(self, at: datetime) -> bool:
        """Whether vignettes can be rated in it at this moment."""
        return self.state is AttemptState.OPEN and not has_closed(self.closes_at, at)

    def has_lapsed(self, at: datetime) -> bool:
        """Whether its window closed too early: time alone decides it, written down or not yet."""
        is_too_late = self.state is AttemptState.OPEN and has_closed(self.closes_at, at)
        return self.lapsed_at is not None or is_too_late


class WindowChange(Model):
    """A closing date that a certifier set for one attempt, and why.

    The reason stays here and out of the trail, which nobody can ever take a line from: it may
    speak of somebody's health.
    """

    __tablename__ = "window_change"

    id: Mapped[PrimaryKey]
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), index=True)
    certifier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    closed_before_at: Mapped[Moment | None]  # what stood there before
    closes_at: Mapped[Moment]
    reason: Mapped[LongText]
    changed_at: Mapped[CreatedAt]

    attempt: Mapped[Attempt] = relationship(back_populates="window_changes")
    certifier: Mapped[Person] = relationship()


class Decision(Model):
    """The gates as they were computed once, with all that is needed to compute them again."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("attempt_id", "number"),)

    id: Mapped[PrimaryKey]
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"))
    number: Mapped[int]  # 1, then one more each time further evidence is in
    outcome: Mapped[str] = mapped_column(String(40))  # certification.decision.Outcome
    probability: Mapped[float | None]
    figures: Mapped[JsonDocument]  # Decision.as_dict() of the rules
    evidence: Mapped[JsonDocument]  # sessions, cells, versions of key, vignette, standard, engine
    # How the ratings came about: flags, times, honour statement, earlier attempts. None in
    # decisions from before these were kept.
    circumstances: Mapped[JsonDocument | None]
    digest: Mapped[Digest]  # SHA-256 of figures, evidence and circumstances
    computed_at: Mapped[Moment]

    attempt: Mapped[Attempt] = relationship(back_populates="decisions")
    review: Mapped[Review | None] = relationship(back_populates="decision")
    appeal: Mapped[Appeal | None] = relationship(back_populates="decision")


class Signature(Model):
    """A certifier's name under a decision that meets the standard. A standard may ask for two.

    With the last of them the decision is reviewed, as signed, and the certificate is issued.
    """

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("decision_id", "certifier_id"),
        UniqueConstraint("decision_id", "place"),
    )

    id: Mapped[PrimaryKey]
    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision.id"))
    certifier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    place: Mapped[int]  # 1 for who signed first
    signed_at: Mapped[CreatedAt]

    certifier: Mapped[Person] = relationship()


class Review(Model):
    """What a certifier did about a decision, once."""

    __tablename__ = "review"

    id: Mapped[PrimaryKey]
    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision.id"), unique=True)
    certifier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    act: Mapped[ReviewAct] = mapped_column(text_enum(ReviewAct))
    reason: Mapped[LongText] = mapped_column(default="")
    reviewed_at: Mapped[CreatedAt]

    decision: Mapped[Decision] = relationship(back_populates="review")
    certifier: Mapped[Person] = relationship()


class Certificate(Model):
    __tablename__ = "certificate"

    id: Mapped[PrimaryKey]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    holder_name: Mapped[str] = mapped_column(String(300))  # as it was when issued
    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision.id"), unique=True)
    signed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    body_name: Mapped[str] = mapped_column(String(300))
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    issued_at: Mapped[Moment]
    valid_until: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    revoked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    revocation_reason: Mapped[LongText] = mapped_column(default="")

    decision: Mapped[Decision] = relationship()
    signed_by: Mapped[Person] = relationship(foreign_keys=[signed_by_id])
    revoked_by: Mapped[Person | None] = relationship(foreign_keys=[revoked_by_id])


class Renewal(Model):
    """An attempt that renews a certificate; a table of its own, because few attempts do."""

    __tablename__ = "renewal"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate.id"), index=True)


class ReminderKind(StrEnum):
    SIXTY_DAYS = "sixty-days"  # before the certificate expires
    FOURTEEN_DAYS = "fourteen-days"
    EXPIRED = "expired"  # the day after


class Reminder(Model):
    """A letter about a certificate's end. The constraint lets no kind be written twice."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("certificate_id", "kind"),)

    id: Mapped[PrimaryKey]
    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate.id"))
    kind: Mapped[ReminderKind] = mapped_column(text_enum(ReminderKind))
    written_at: Mapped[CreatedAt]


class SettingAsideGround(StrEnum):
    APPEAL = "appeal"
    KEY_CHANGE = "key-change"


class SetAside(Model):
    """An attempt that does not count: not among those used up, nor as evidence for a later one.

    What was decided stays readable; its vignettes stay known to the rater.
    """

    __tablename__ = "set_aside"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    ground: Mapped[SettingAsideGround] = mapped_column(text_enum(SettingAsideGround))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[LongText]
    set_aside_at: Mapped[CreatedAt]

    attempt: Mapped[Attempt] = relationship(back_populates="set_aside")
    by: Mapped[Person] = relationship()


class AppealOutcome(StrEnum):
    DISMISSED = "dismissed"  # the decision stands
    GRANTED = "granted"  # the attempt is set aside


class Appeal(Model):
    """A rater asks the certifying body to look at a decision again, once.

    Whoever signed, declined or trained does not review it.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_has_outcome"),
    )

    id: Mapped[PrimaryKey]
    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision.id"), unique=True)
    reason: Mapped[LongText]
    appealed_at: Mapped[CreatedAt]
    withdrawn_at: Mapped[Moment | None]
    outcome: Mapped[AppealOutcome | None] = mapped_column(text_enum(AppealOutcome))
    outcome_reason: Mapped[LongText] = mapped_column(default="")
    reviewer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Moment | None]

    decision: Mapped[Decision] = relationship(back_populates="appeal")
    reviewer: Mapped[Person | None] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether it waits to be decided, and may still be withdrawn."""
        return self.outcome is None and self.withdrawn_at is None
