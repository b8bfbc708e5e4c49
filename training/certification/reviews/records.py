"""Questions about decisions: which wait, what was done about them, and who may not act on them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased, defer, selectinload
from sqlalchemy.sql.base import ExecutableOption

from training.certification.attempts.pool import unseen_vignettes
from training.certification.certificates.renewals import is_renewal
from training.certification.dossiers.dossier import standard_of
from training.certification.models import Attempt, AttemptState, Certificate, Decision, Review
from training.certification.reviews import duties
from training.certification.reviews.duties import Conflict
from training.cohorts.records import trainers_of
from training.database import db
from training.paging import Paging, paging_of

REVIEWED_PER_PAGE = 50


def waiting_decisions() -> list[Decision]:
    """Decisions that no certifier has acted on, oldest first."""
    return list(
        db.session.scalars(
            select(Decision)
            .join(Attempt)
            .outerjoin(Review)
            .where(Review.id.is_(None), Attempt.state == AttemptState.DECIDED)
            .options(
                *_without_documents(), selectinload(Decision.attempt).selectinload(Attempt.person)
            )
            .order_by(Decision.computed_at)
        )
    )


def reviewed_page(asked_page: str | None) -> tuple[list[Decision], Paging]:
    """One page of the decisions that a certifier has acted on, latest first."""
    total = db.session.scalar(select(func.count()).select_from(Review)) or 0
    paging = paging_of(asked_page, size=REVIEWED_PER_PAGE, total=total)
    statement = (
        select(Decision)
        .join(Review)
        .options(
            *_without_documents(),
            selectinload(Decision.attempt).options(
                selectinload(Attempt.person), selectinload(Attempt.set_aside)
            ),
            selectinload(Decision.review).selectinload(Review.certifier),
        )
        .order_by(Review.reviewed_at.desc(), Review.id)
        .offset(paging.offset)
        .limit(paging.size)
    )
    return list(db.session.scalars(statement)), paging


def _without_documents() -> tuple[ExecutableOption, ...]:
    # A list of decisions shows neither figures nor evidence, which are some 50 kB each.
    return defer(Decision.figures), defer(Decision.evidence)


def find_decision(decision_id: uuid.UUID) -> Decision | None:
    """A decision with its attempt, whose it is, and what was done about it."""
    return db.session.scalar(
        select(Decision)
        .filter_by(id=decision_id)
        .options(
            selectinload(Decision.attempt).selectinload(Attempt.person),
            selectinload(Decision.review).selectinload(Review.certifier),
        )
    )


def find_review(decision_id: uuid.UUID) -> Review | None:
    """What a certifier did about a decision, as it is stored now."""
    return db.session.scalar(
        select(Review).filter_by(decision_id=decision_id).execution_options(populate_existing=True)
    )


def find_certificate_of(decision_id: uuid.UUID) -> Certificate | None:
    return db.session.scalar(select(Certificate).filter_by(decision_id=decision_id))


def latest_decisions(*where: ColumnElement[bool], limit: int) -> list[Decision]:
    """The last decision of each attempt, where decision and attempt fit, the latest first.

    At most so many; without figures and evidence, and with whose they are.
    """
    other = aliased(Decision)
    last_number = (
        select(func.max(other.number))
        .where(other.attempt_id == Decision.attempt_id)
        .scalar_subquery()
    )
    return list(
        db.session.scalars(
            select(Decision)
            .join(Attempt)
            .where(Decision.number == last_number, *where)
            .options(
                *_without_documents(), selectinload(Decision.attempt).selectinload(Attempt.person)
            )
            .order_by(Decision.computed_at.desc(), Decision.number.desc(), Decision.id)
            .limit(limit)
        )
    )


def conflicts(
    certifier_id: uuid.UUID, rater_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Conflict]:
    """The raters of these about whom this certifier may not decide, and why."""
    found = {}
    for rater_id, trainers in trainers_of(rater_ids).items():
        conflict = duties.conflict_of(certifier_id, rater_id, has_trained=certifier_id in trainers)
        if conflict is not None:
            found[rater_id] = conflict
    return found


def conflict_with(certifier_id: uuid.UUID, decision: Decision) -> Conflict | None:
    """Why this certifier may not act on this decision, or None."""
    return conflicts_with(certifier_id, [decision]).get(decision.id)


def conflicts_with(
    certifier_id: uuid.UUID, decisions: Sequence[Decision]
) -> dict[uuid.UUID, Conflict]:
    """The decisions of a list on which this certifier may not act, and why."""
    raters = {decision.id: decision.attempt.person_id for decision in decisions}
    found = conflicts(certifier_id, set(raters.values()))
    return {decision_id: found[rater] for decision_id, rater in raters.items() if rater in found}


def has_further_vignettes(decision: Decision) -> bool:
    """Whether the pool holds the further vignettes this decision asks for."""
    unseen = unseen_vignettes(
        decision.attempt.person_id,
        standard_of(decision),
        is_renewal=is_renewal(decision.attempt),
    )
    further: int = decision.figures["further_vignettes"]
    return 0 < further <= len(unseen)
