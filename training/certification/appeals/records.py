"""Questions about appeals: which wait, which were decided, and who may decide them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, select, union
from sqlalchemy.orm import defer, selectinload
from sqlalchemy.sql.base import ExecutableOption

from training.accounts.models import Person, Role, RoleGrant
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.certification.models import (
    Appeal,
    Attempt,
    Certificate,
    Decision,
    Review,
    Signature,
)
from training.certification.reviews import duties
from training.certification.reviews.duties import Conflict
from training.cohorts.records import trainers_of
from training.database import db

People = frozenset[uuid.UUID]


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal in a certifier's list.

    conflict       why this certifier may not decide it, or None.
    has_reviewer   whether any certifier may.
    """

    appeal: Appeal
    conflict: Conflict | None
    has_reviewer: bool

    @property
    def is_readable(self) -> bool:
        """Whether this certifier may open it; who decided before knows the dossier anyway."""
        return self.conflict in (None, Conflict.DECIDED_BEFORE)


def waiting_appeals(certifier_id: uuid.UUID) -> list[AppealRow]:
    """Every appeal that waits to be decided, oldest first."""
    return _rows(_open_appeals(), certifier_id)


def decided_appeals(certifier_id: uuid.UUID, limit: int = 50) -> list[AppealRow]:
    """The latest appeals that were decided."""
    decided = db.session.scalars(
        select(Appeal)
        .where(Appeal.outcome.is_not(None))
        .options(*_with_its_attempt())
        .order_by(Appeal.decided_at.desc())
        .limit(limit)
    )
    return _rows(decided.all(), certifier_id)


def _rows(appeals: Sequence[Appeal], certifier_id: uuid.UUID) -> list[AppealRow]:
    found = _conflicts([appeal.decision for appeal in appeals])
    certifiers = [person.id for person in _certifiers()] if appeals else []
    return [
        AppealRow(
            appeal,
            found.of(certifier_id, appeal.decision),
            any(found.of(other, appeal.decision) is None for other in certifiers),
        )
        for appeal in appeals
    ]


def number_waiting_for(person: Person) -> int:
    """How many appeals wait that this person may decide; 0 for whoever is no certifier."""
    if not person.has_role(Role.CERTIFIER):
        return 0
    decisions = [appeal.decision for appeal in _open_appeals()]
    found = _conflicts(decisions)
    return sum(found.of(person.id, decision) is None for decision in decisions)


def _open_appeals() -> list[Appeal]:
    return list(
        db.session.scalars(
            select(Appeal)
            .where(Appeal.outcome.is_(None), Appeal.withdrawn_at.is_(None))
            .options(*_with_its_attempt())
            .order_by(Appeal.appealed_at, Appeal.id)
        )
    )


def find_appeal(appeal_id: uuid.UUID) -> Appeal | None:
    """An appeal with its decision, what was done about that, and whose it is."""
    return db.session.scalar(
        select(Appeal)
        .filter_by(id=appeal_id)
        .options(
            *_with_its_attempt(),
            selectinload(Appeal.decision)
            .selectinload(Decision.review)
            .selectinload(Review.certifier),
        )
    )


def conflict_with(certifier_id: uuid.UUID, appeal: Appeal) -> Conflict | None:
    """Why this certifier may not decide this appeal, or None."""
    return _conflicts([appeal.decision]).of(certifier_id, appeal.decision)


def certifiers_who_may_decide(decision: Decision) -> list[Person]:
    """The certifiers who had no part in a decision and never trained its rater, by name."""
    found = _conflicts([decision])
    return [person for person in _certifiers() if found.of(person.id, decision) is None]


def _certifiers() -> list[Person]:
    return list(
        db.session.scalars(
            select(Person)
            .where(
                Person.deactivated_at.is_(None),
                Person.id.in_(select(RoleGrant.person_id).filter_by(role=Role.CERTIFIER)),
            )
            .order_by(Person.name, Person.id)
        ).unique()
    )


@dataclass(frozen=True, slots=True)
class _Conflicts:
    """Who is too near to some decisions to decide an appeal against them."""

    deciders: Mapping[uuid.UUID, People]  # by attempt
    trainers: Mapping[uuid.UUID, People]  # by rater

    def of(self, certifier_id: uuid.UUID, decision: Decision) -> Conflict | None:
        rater_id = decision.attempt.person_id
        return duties.conflict_in_reviewing_appeal(
            certifier_id,
            rater_id,
            has_trained=certifier_id in self.trainers[rater_id],
            deciders=self.deciders[decision.attempt_id],
        )


def _conflicts(decisions: Sequence[Decision]) -> _Conflicts:
    return _Conflicts(
        deciders_of([decision.attempt_id for decision in decisions]),
        trainers_of([decision.attempt.person_id for decision in decisions]),
    )


def deciders_of(attempt_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, People]:
    """By attempt, who signed, declined, asked for more evidence or revoked in it."""
    if not attempt_ids:
        return {}
    of_attempt = Decision.attempt_id.in_(attempt_ids)
    acts: CompoundSelect[Any] = union(
        select(Decision.attempt_id, Review.certifier_id)
        .join_from(Decision, Review)
        .where(of_attempt),
        select(Decision.attempt_id, Signature.certifier_id)
        .join_from(Decision, Signature)
        .where(of_attempt),
        select(Decision.attempt_id, Certificate.revoked_by_id)
        .join_from(Decision, Certificate)
        .where(of_attempt, Certificate.revoked_by_id.is_not(None)),
    )
    people: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for attempt_id, person_id in db.session.execute(acts):
        people[attempt_id].add(person_id)
    # A signature that was withdrawn has no row any more; the trail keeps that it was given.
    subjects = {
        f"decision {decision_id}": attempt_id
        for decision_id, attempt_id in db.session.execute(
            select(Decision.id, Decision.attempt_id).where(of_attempt)
        )
    }
    signed = select(AuditEntry.subject, AuditEntry.person_id).where(
        AuditEntry.act == Act.DECISION_SIGNED.value, AuditEntry.subject.in_(subjects)
    )
    for subject, person_id in db.session.execute(signed):
        if person_id is not None:
            people[subjects[subject]].add(person_id)
    return {attempt_id: frozenset(people[attempt_id]) for attempt_id in attempt_ids}


def _with_its_attempt() -> tuple[ExecutableOption, ...]:
    # A list shows neither figures nor evidence, which are some 50 kB each.
    return (
        selectinload(Appeal.decision).options(
            defer(Decision.figures),
            defer(Decision.evidence),
            selectinload(Decision.attempt).options(
                selectinload(Attempt.person), selectinload(Attempt.set_aside)
            ),
        ),
        selectinload(Appeal.reviewer),
    )
