"""Deciding, case by case, about decisions that a new key would have changed."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from training.accounts.models import Person
from training.audit import trail
from training.certification.attempts.setting_aside import (
    CannotBeSetAsideError,
    fault_in_setting_aside,
    set_aside,
)
from training.certification.certificates.records import AlreadyRevokedError
from training.certification.models import Attempt, Decision, SettingAsideGround
from training.certification.reviews import acts as reviews
from training.certification.reviews.duties import ConflictError
from training.certification.reviews.records import conflict_with, find_certificate_of
from training.clock import now
from training.database import db, write_transaction
from training.keys.models import CaseAct, KeyChangeCase
from training.mail.models import Letter
from training.mail.post import address_in_letter, write_letter_to


class AlreadyDecidedError(ValueError):
    """Somebody has decided on this case in the meantime."""


class ActDoesNotFitError(ValueError):
    """The certificate was revoked or the attempt set aside meanwhile, or there is none."""


def acts_open(case: KeyChangeCase) -> tuple[CaseAct, ...]:
    """What can be decided: a certificate stands or is revoked, an attempt stands or is set aside.

    An attempt under way cannot be set aside; its next decision is computed with further ratings.
    """
    certificate = find_certificate_of(case.decision_id)
    if certificate is not None:
        return (CaseAct.STANDS,) if certificate.revoked_at else (CaseAct.STANDS, CaseAct.REVOKED)
    if fault_in_setting_aside(case.decision.attempt, at=now()) is not None:
        return (CaseAct.STANDS,)
    return CaseAct.STANDS, CaseAct.SET_ASIDE


def find_case(change_id: uuid.UUID, case_id: uuid.UUID) -> KeyChangeCase | None:
    """A case of this change, with its decision and whose it is."""
    return db.session.scalar(
        select(KeyChangeCase)
        .filter_by(id=case_id, key_change_id=change_id)
        .options(
            joinedload(KeyChangeCase.key_change),
            joinedload(KeyChangeCase.decision)
            .joinedload(Decision.attempt)
            .joinedload(Attempt.person),
        )
    )


def decide(case_id: uuid.UUID, *, act: CaseAct, certifier: Person, reason: str) -> Letter:
    """Decide one case, once, and tell the rater. Deliver the letter after it.

    Raises AlreadyDecidedError, ActDoesNotFitError; duties.ConflictError for whoever may not
    decide about this rater.
    """
    with write_transaction():
        case = _locked(case_id)
        if case.act is not None:
            raise AlreadyDecidedError(str(case_id))
        conflict = conflict_with(certifier.id, case.decision)
        if conflict is not None:
            raise ConflictError(conflict)
        if act not in acts_open(case):
            raise ActDoesNotFitError(act.value)
        try:
            letter = _carry_out(case, act, certifier, reason)
        except (AlreadyRevokedError, CannotBeSetAsideError) as error:  # at this very moment
            raise ActDoesNotFitError(act.value) from error
        case.act, case.reason = act, reason
        case.decided_by_id, case.decided_at = certifier.id, now()
        trail.note(
            trail.Act.KEY_CHANGE_DECIDED,
            f"decision {case.decision_id}",
            person_id=certifier.id,
            decided=act.value,
            key_change=str(case.key_change_id),
        )
    return letter


def _locked(case_id: uuid.UUID) -> KeyChangeCase:
    return db.session.scalars(
        select(KeyChangeCase)
        .filter_by(id=case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _carry_out(case: KeyChangeCase, act: CaseAct, certifier: Person, reason: str) -> Letter:
    if act is CaseAct.REVOKED:
        certificate = find_certificate_of(case.decision_id)
        assert certificate is not None  # or revoking would not have been open
        # Its letter says what this act's would: one letter about one act.
        return reviews.revoke(certificate.number, certifier=certifier, reason=reason)[1]
    if act is CaseAct.SET_ASIDE:
        set_aside(
            case.decision.attempt,
            ground=SettingAsideGround.KEY_CHANGE,
            by=certifier.id,
            reason=reason,
        )
    return _letter(case, act, reason)


def _letter(case: KeyChangeCase, act: CaseAct, reason: str) -> Letter:
    rater = case.decision.attempt.person
    return write_letter_to(
        rater,
        "key-change-decided",
        is_set_aside=act is CaseAct.SET_ASIDE,
        reason=reason,
        address=address_in_letter("certification.attempt", attempt_id=case.decision.attempt_id),
    )
