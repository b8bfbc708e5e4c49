"""What happened to a decision after it was computed and reviewed, for the file of its dossier."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from training.accounts.models import Person
from training.certification.appeals.records import deciders_of
from training.certification.models import Appeal, Decision, SetAside
from training.database import db


def document_of(decision: Decision) -> dict[str, Any]:
    """The appeal against a decision and the setting aside of its attempt; empty without either."""
    appeal, set_aside = decision.appeal, decision.attempt.set_aside
    return {
        **({"appeal": _appeal(appeal)} if appeal else {}),
        **({"set_aside": _set_aside(set_aside)} if set_aside else {}),
    }


def _appeal(appeal: Appeal) -> dict[str, Any]:
    attempt_id = appeal.decision.attempt_id
    return {
        "appealed_at": appeal.appealed_at.isoformat(),
        "reason": appeal.reason,
        "withdrawn_at": _text(appeal.withdrawn_at),
        "decided_before_by": _people(deciders_of([attempt_id])[attempt_id]),
        "reviewer": _person(appeal.reviewer) if appeal.reviewer else None,
        "decided_at": _text(appeal.decided_at),
        "outcome": appeal.outcome.value if appeal.outcome else None,
        "outcome_reason": appeal.outcome_reason,
    }


def _set_aside(set_aside: SetAside) -> dict[str, Any]:
    return {
        "ground": set_aside.ground.value,
        "by": _person(set_aside.by),
        "reason": set_aside.reason,
        "set_aside_at": set_aside.set_aside_at.isoformat(),
    }


def _people(ids: Iterable[UUID]) -> list[dict[str, str]]:
    """These people in a fixed order, so that the same state gives the same file."""
    found = db.session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id))
    return [_person(person) for person in found.unique()]


def _person(person: Person) -> dict[str, str]:
    return {"id": str(person.id), "name": person.name}


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
