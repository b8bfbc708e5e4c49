"""The signatures under a decision: who gave one, giving one, taking one back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from training.accounts.models import Person
from training.audit import trail
from training.certification.models import Decision, Signature
from training.database import db


def signatures_of(decision_id: uuid.UUID) -> list[Signature]:
    """The signatures under a decision, the first one first."""
    return list(
        db.session.scalars(
            select(Signature)
            .filter_by(decision_id=decision_id)
            .options(joinedload(Signature.certifier))
            .order_by(Signature.place)
        ).unique()
    )


def first_signatures(decisions: Sequence[Decision]) -> dict[uuid.UUID, Signature]:
    """The first signature under each decision of a list that has one."""
    ids = [decision.id for decision in decisions]
    found = db.session.scalars(
        select(Signature)
        .where(Signature.decision_id.in_(ids), Signature.place == 1)
        .options(joinedload(Signature.certifier))
    ).unique()
    return {signature.decision_id: signature for signature in found}


def add_signature(decision: Decision, certifier: Person, *, needed: int) -> int:
    """Put a name under a decision, in the act under way; its place, 1 for the first."""
    place = len(signatures_of(decision.id)) + 1
    db.session.add(Signature(decision_id=decision.id, certifier_id=certifier.id, place=place))
    db.session.flush()
    trail.note(
        trail.Act.DECISION_SIGNED,
        f"decision {decision.id}",
        person_id=certifier.id,
        digest=decision.digest,
        signature=place,
        of=needed,
    )
    return place


def remove_signature(
    decision: Decision, certifier_id: uuid.UUID, *, by: uuid.UUID, reason: str
) -> None:
    """Take a name away from under a decision, in the act under way; the trail keeps both acts."""
    db.session.execute(
        delete(Signature).filter_by(decision_id=decision.id, certifier_id=certifier_id)
    )
    trail.note(
        trail.Act.SIGNATURE_WITHDRAWN,
        f"decision {decision.id}",
        person_id=by,
        signer=str(certifier_id),
        reason=reason,
    )
