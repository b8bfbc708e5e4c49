"""Appeals: made and withdrawn by raters, decided by certifiers who had no part in the matter."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from training.accounts.models import Person
from training.audit import trail
from training.certification.appeals.records import certifiers_who_may_decide, conflict_with
from training.certification.appeals.rules import AppealFault, AppealRight, right_to_appeal
from training.certification.attempts.setting_aside import (
    CannotBeSetAsideError,
    SettingAsideFault,
    set_aside,
)
from training.certification.dossiers.dossier import standard_of
from training.certification.models import (
    Appeal,
    AppealOutcome,
    Attempt,
    Certificate,
    Decision,
    ReviewAct,
    SettingAsideGround,
)
from training.certification.reviews.duties import ConflictError
from training.clock import now
from training.database import db, write_transaction
from training.library import records as library
from training.mail.models import Letter
from training.mail.post import address_in_letter, write_letter_to


class CannotAppealError(ValueError):
    """An appeal cannot be made; `fault` says why."""

    def __init__(self, fault: AppealFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class AppealOverError(ValueError):
    """The appeal was decided or withdrawn in the meantime, or there is none."""


def right_of(attempt: Attempt, certificate: Certificate | None, *, at: datetime) -> AppealRight:
    """Whether the rater of an attempt may appeal; `certificate` is that of its last decision."""
    if not attempt.decisions:
        return AppealRight(AppealFault.NOTHING_DECIDED)
    decision = attempt.decisions[-1]
    standard = library.standard_version(attempt.standard_document_id).document
    return right_to_appeal(
        _decided_against_at(decision, certificate),
        days=standard.attempts.appeal_days,
        is_set_aside=attempt.set_aside is not None,
        has_appealed=decision.appeal is not None,
        now=at,
    )


def _decided_against_at(decision: Decision, certificate: Certificate | None) -> datetime | None:
    if certificate is not None:
        return certificate.revoked_at
    review = decision.review
    is_declined = review is not None and review.act is ReviewAct.DECLINED
    return review.reviewed_at if review is not None and is_declined else None


def make(attempt_id: uuid.UUID, *, rater: Person, reason: str) -> list[Letter]:
    """Appeal against what was decided in one's attempt; letters to who may decide it.

    Raises CannotAppealError, LookupError for somebody else's attempt. Deliver the letters after it.
    """
    with write_transaction() as transaction:
        attempt = _own_attempt(attempt_id, rater)
        certificate = transaction.scalar(
            select(Certificate).join(Decision).where(Decision.attempt_id == attempt.id)
        )
        if fault := right_of(attempt, certificate, at=now()).fault:
            raise CannotAppealError(fault)
        decision = attempt.decisions[-1]
        appeal = Appeal(decision=decision, reason=reason)
        transaction.add(appeal)
        transaction.flush()
        _note(trail.Act.APPEAL_MADE, appeal, by=rater)
        address = address_in_letter("appeals.review", appeal_id=appeal.id)
        return [
            write_letter_to(certifier, "appeal-made", address=address, rater=rater.name)
            for certifier in certifiers_who_may_decide(decision)
        ]


def _own_attempt(attempt_id: uuid.UUID, rater: Person) -> Attempt:
    """The rater's attempt as it stands now; with its decisions locked, one appeal is made."""
    decisions = db.session.scalars(
        select(Decision)
        .filter_by(attempt_id=attempt_id)
        .order_by(Decision.number)
        .with_for_update(key_share=True)
    ).all()
    attempt = db.session.scalar(select(Attempt).filter_by(id=attempt_id, person_id=rater.id))
    if attempt is None:
        raise LookupError(str(attempt_id))
    for stored in (attempt, *decisions):
        db.session.expire(stored)
    return attempt


def withdraw(attempt_id: uuid.UUID, *, rater: Person) -> None:
    """Take back one's appeal while nobody has decided it. Raises AppealOverError."""
    with write_transaction() as transaction:
        appeal_id = transaction.scalar(
            select(Appeal.id)
            .join(Decision)
            .join(Attempt)
            .where(Attempt.id == attempt_id, Attempt.person_id == rater.id)
        )
        appeal = _open_appeal(appeal_id)
        appeal.withdrawn_at = now()
        _note(trail.Act.APPEAL_WITHDRAWN, appeal, by=rater)


def decide(
    appeal_id: uuid.UUID, *, certifier: Person, outcome: AppealOutcome, reason: str
) -> Letter:
    """Decide an appeal, once: the decision stands, or the attempt is set aside.

    Raises ConflictError, AppealOverError.
    """
    with write_transaction():
        appeal = _open_appeal(appeal_id)
        decision = appeal.decision
        if conflict := conflict_with(certifier.id, appeal):
            raise ConflictError(conflict)
        appeal.outcome, appeal.outcome_reason = outcome, reason
        appeal.reviewer_id, appeal.decided_at = certifier.id, now()
        db.session.flush()
        db.session.expire(appeal, ["reviewer"])
        _note(trail.Act.APPEAL_DECIDED, appeal, by=certifier, outcome=outcome.value)
        if outcome is AppealOutcome.GRANTED:
            _set_aside(decision.attempt, certifier, reason)
        return write_letter_to(
            decision.attempt.person,
            "appeal-decided",
            address=address_in_letter("certification.attempt", attempt_id=decision.attempt_id),
            is_granted=outcome is AppealOutcome.GRANTED,
            standard=standard_of(decision).title,
            reason=reason,
        )


def _set_aside(attempt: Attempt, certifier: Person, reason: str) -> None:
    """A change of a key may have set it aside while the appeal was open: then that stands."""
    try:
        set_aside(attempt, ground=SettingAsideGround.APPEAL, by=certifier.id, reason=reason)
    except CannotBeSetAsideError as error:
        if error.fault is not SettingAsideFault.SET_ASIDE:
            raise


def _open_appeal(appeal_id: uuid.UUID | None) -> Appeal:
    """The appeal, locked, while it waits to be decided."""
    appeal = db.session.scalar(
        select(Appeal)
        .filter_by(id=appeal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if appeal is None or not appeal.is_open:
        raise AppealOverError(str(appeal_id))
    return appeal


def _note(act: trail.Act, appeal: Appeal, *, by: Person, **details: str) -> None:
    """The trail holds that it happened; the reasons, which may speak of health, it does not."""
    digest = appeal.decision.digest
    trail.note(act, f"decision {appeal.decision_id}", person_id=by.id, digest=digest, **details)
