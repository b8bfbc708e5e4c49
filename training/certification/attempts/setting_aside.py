"""Setting an attempt aside: it no longer counts, and what was decided stays readable."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from training.audit import trail
from training.certification.attempts.records import attempt_to_change, close_if_lapsed
from training.certification.models import (
    Attempt,
    AttemptState,
    Certificate,
    Decision,
    SetAside,
    SettingAsideGround,
)
from training.clock import now
from training.database import db, write_transaction


class SettingAsideFault(StrEnum):
    """Why an attempt cannot be set aside."""

    UNDER_WAY = "under-way"  # its vignettes are being rated
    SET_ASIDE = "set-aside"  # it was, and its first ground and reason stand
    CERTIFIED = "certified"  # its certificate stands: revoking it is an act of its own


class CannotBeSetAsideError(ValueError):
    """An attempt cannot be set aside; `fault` says why."""

    def __init__(self, fault: SettingAsideFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def fault_in_setting_aside(attempt: Attempt, *, at: datetime) -> SettingAsideFault | None:
    """Why an attempt cannot be set aside at this moment, or None."""
    if attempt.is_under_way(at):
        return SettingAsideFault.UNDER_WAY
    if attempt.set_aside is not None:
        return SettingAsideFault.SET_ASIDE
    return SettingAsideFault.CERTIFIED if _has_standing_certificate(attempt.id) else None


def _has_standing_certificate(attempt_id: uuid.UUID) -> bool:
    statement = (
        select(Certificate.id)
        .join(Decision)
        .where(Decision.attempt_id == attempt_id, Certificate.revoked_at.is_(None))
    )
    return db.session.scalar(statement.limit(1)) is not None


def set_aside(
    attempt: Attempt, *, ground: SettingAsideGround, by: uuid.UUID, reason: str
) -> SetAside:
    """Let an attempt count no more. Joins an outer act.

    It is not among those used up, brings neither waiting nor practice, and is no evidence for a
    later one; its vignettes stay known to the rater. The rater reads `reason`, so it holds
    nothing of a key. Raises CannotBeSetAsideError.
    """
    with write_transaction() as transaction:
        moment = now()
        locked = _locked(attempt.id, moment)
        if fault := fault_in_setting_aside(locked, at=moment):
            raise CannotBeSetAsideError(fault)
        if locked.state is not AttemptState.CLOSED:
            locked.state, locked.closed_at = AttemptState.CLOSED, moment
        set_aside = SetAside(attempt=locked, ground=ground, by_id=by, reason=reason)
        transaction.add(set_aside)
        transaction.flush()
        trail.note(
            trail.Act.ATTEMPT_SET_ASIDE,
            f"attempt {locked.id}",
            person_id=by,
            ground=ground.value,
        )
    return set_aside


def _locked(attempt_id: uuid.UUID, moment: datetime) -> Attempt:
    """The attempt as it stands now, locked with its decisions in the order in which reviews lock.

    So a signature under way ends first, and one that comes later finds what was set aside.
    """
    # The weaker lock lets a change of a key open a case about the decision meanwhile.
    decisions = select(Decision.id).filter_by(attempt_id=attempt_id).order_by(Decision.number)
    db.session.scalars(decisions.with_for_update(key_share=True)).all()
    close_if_lapsed(attempt_id, moment)
    locked, _sessions = attempt_to_change(attempt_id)
    db.session.expire(locked, ["set_aside"])
    return locked
