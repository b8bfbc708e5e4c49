"""What certifiers do about decisions: sign, withdraw, decline, ask for more evidence, revoke."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import defer, selectinload
from sqlalchemy.sql.base import ExecutableOption

from training.accounts.models import Person
from training.audit import trail
from training.certification.appeals.rules import last_moment
from training.certification.attempts.pool import unseen_vignettes
from training.certification.attempts.records import extend
from training.certification.certificates import records as certificates
from training.certification.certificates.renewals import is_renewal
from training.certification.dossiers.dossier import standard_of
from training.certification.judging.decision import Outcome
from training.certification.judging.standard import Standard
from training.certification.models import (
    Attempt,
    AttemptState,
    Certificate,
    Decision,
    Review,
    ReviewAct,
    SetAside,
)
from training.certification.reviews import duties, signatures
from training.certification.reviews.duties import Conflict, ConflictError
from training.clock import now
from training.cohorts.models import CohortMember, CohortTrainer
from training.cohorts.records import has_trained
from training.config import Config
from training.database import db, write_transaction
from training.mail.models import Letter
from training.mail.post import address_in_letter, write_letter_to
from training.paging import Paging, paging_of
from training.tracks.case_words import case_words

REVIEWED_PER_PAGE = 50


class AlreadyReviewedError(ValueError):
    """In the meantime somebody has signed, declined, asked for more or set the attempt aside."""


class NotSignedError(ValueError):
    """There is no signature of this certifier to withdraw."""


class OutcomeError(ValueError):
    """The act does not fit the outcome: only a decision that meets the standard is signed."""


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


def conflict_with(certifier_id: uuid.UUID, decision: Decision) -> Conflict | None:
    """Why this certifier may not act on this decision, or None."""
    rater_id = decision.attempt.person_id
    return duties.conflict_of(
        certifier_id, rater_id, has_trained=has_trained(certifier_id, rater_id)
    )


def conflicts_with(
    certifier_id: uuid.UUID, decisions: Sequence[Decision]
) -> dict[uuid.UUID, Conflict]:
    """The decisions of a list on which this certifier may not act, and why."""
    raters = {decision.attempt.person_id for decision in decisions}
    trained = set(
        db.session.scalars(
            select(CohortMember.person_id)
            .join(CohortTrainer, CohortTrainer.cohort_id == CohortMember.cohort_id)
            .where(CohortTrainer.person_id == certifier_id, CohortMember.person_id.in_(raters))
        )
    )
    found = {}
    for decision in decisions:
        rater_id = decision.attempt.person_id
        conflict = duties.conflict_of(certifier_id, rater_id, has_trained=rater_id in trained)
        if conflict is not None:
            found[decision.id] = conflict
    return found


def sign(decision_id: uuid.UUID, *, certifier: Person) -> tuple[Certificate, Letter] | None:
    """Sign a decision that meets the standard. The last signature issues the certificate.

    None while the standard asks for one more certifier. Raises ConflictError,
    AlreadyReviewedError, OutcomeError. Deliver the letter after it.
    """
    with write_transaction():
        decision = _decision_to_review(decision_id, certifier)
        if decision.outcome != Outcome.MEETS.value:
            raise OutcomeError(decision.outcome)
        standard = standard_of(decision)
        given = signatures.add_signature(decision, certifier, needed=standard.signatures)
        if duties.signatures_missing(given, needed=standard.signatures):
            return None
        return _issue(decision, certifier, standard)


def _issue(decision: Decision, certifier: Person, standard: Standard) -> tuple[Certificate, Letter]:
    config: Config = current_app.extensions["config"]
    _review(decision, certifier, ReviewAct.SIGNED, "")
    _close(decision.attempt)
    rater = decision.attempt.person
    certificate = certificates.issue(
        decision,
        standard,
        holder_name=rater.name,
        signed_by_id=certifier.id,
        body_name=config.body_name,
        is_demonstration=config.is_demonstration,
    )
    letter = write_letter_to(
        rater,
        "certificate-issued",
        number=certificate.number,
        valid_until=certificate.valid_until,
        standard=standard.title,
        address=address_in_letter("certificates.certificate", number=certificate.number),
    )
    return certificate, letter


def withdraw_signature(decision_id: uuid.UUID, *, certifier: Person) -> None:
    """Take back a signature that another one has to follow.

    Raises NotSignedError, and AlreadyReviewedError once the other was given or refused.
    """
    with write_transaction():
        decision = _lock_decision(decision_id)
        _refuse_reviewed(decision)
        signers = {signature.certifier_id for signature in signatures.signatures_of(decision_id)}
        if certifier.id not in signers:
            raise NotSignedError(str(decision_id))
        signatures.remove_signature(
            decision, certifier.id, by=certifier.id, reason="withdrawn by the signer"
        )


def decline(decision_id: uuid.UUID, *, certifier: Person, reason: str) -> Letter:
    """Close an attempt without a certificate. Raises as `sign` does, but for the outcome."""
    with write_transaction():
        decision = _decision_to_review(decision_id, certifier)
        _review(decision, certifier, ReviewAct.DECLINED, reason)
        _note(trail.Act.DECISION_DECLINED, decision, certifier)
        _close(decision.attempt)
        until = _appeal_until(decision, now())
        return _letter(decision, "decision-declined", reason, appeal_until=until)


def ask_for_more_evidence(decision_id: uuid.UUID, *, certifier: Person, reason: str) -> Letter:
    """Open the attempt again with further unseen vignettes.

    Raises as `sign` does, OutcomeError when the outcome does not ask for more, and
    form.TooFewVignettesError when the pool has no more.
    """
    with write_transaction():
        decision = _decision_to_review(decision_id, certifier)
        number = decision.figures["further_vignettes"]
        if decision.outcome != Outcome.MORE_EVIDENCE.value:
            raise OutcomeError(decision.outcome)
        _review(decision, certifier, ReviewAct.MORE_EVIDENCE, reason)
        _note(trail.Act.MORE_EVIDENCE_ASKED, decision, certifier)
        extend(decision.attempt, number)
        return _letter(decision, "more-evidence", reason, number=number)


def revoke(number: str, *, certifier: Person, reason: str) -> tuple[Certificate, Letter]:
    """Revoke a certificate for good and tell its holder.

    Whoever may not sign for a person may not revoke either. Raises ConflictError,
    certificates.AlreadyRevokedError, LookupError.
    """
    with write_transaction():
        certificate = certificates.revoke(number, reason=reason, by=certifier.id)
        conflict = conflict_with(certifier.id, certificate.decision)
        if conflict is not None:
            raise ConflictError(conflict)
        attempt = certificate.decision.attempt
        holder = attempt.person
        letter = write_letter_to(
            holder,
            "certificate-revoked",
            number=certificate.number,
            standard=standard_of(certificate.decision).title,
            reason=reason,
            address=address_in_letter("certificates.certificate", number=certificate.number),
            appeal_until=_appeal_until(certificate.decision, now()),
            appeal_address=address_in_letter("certification.attempt", attempt_id=attempt.id),
        )
    return certificate, letter


def _appeal_until(decision: Decision, decided_at: datetime) -> datetime:
    return last_moment(decided_at, standard_of(decision).attempts.appeal_days)


def has_further_vignettes(decision: Decision) -> bool:
    """Whether the pool holds the further vignettes this decision asks for."""
    unseen = unseen_vignettes(
        decision.attempt.person_id,
        standard_of(decision),
        is_renewal=is_renewal(decision.attempt),
    )
    further: int = decision.figures["further_vignettes"]
    return 0 < further <= len(unseen)


def _decision_to_review(decision_id: uuid.UUID, certifier: Person) -> Decision:
    """The decision, locked, on which this certifier may act."""
    decision = _lock_decision(decision_id)
    rater_id = decision.attempt.person_id
    _refuse_reviewed(decision)
    _drop_conflicting_signatures(decision)
    conflict = duties.conflict_in_acting(
        certifier.id,
        rater_id,
        has_trained=has_trained(certifier.id, rater_id),
        signers=[signature.certifier_id for signature in signatures.signatures_of(decision_id)],
    )
    if conflict is not None:
        raise ConflictError(conflict)
    return decision


def _lock_decision(decision_id: uuid.UUID) -> Decision:
    return db.session.scalars(
        select(Decision)
        .filter_by(id=decision_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _refuse_reviewed(decision: Decision) -> None:
    reviewed = select(Review.id).filter_by(decision_id=decision.id)
    set_aside = select(SetAside.attempt_id).filter_by(attempt_id=decision.attempt_id)
    if any(db.session.scalar(found) is not None for found in (reviewed, set_aside)):
        raise AlreadyReviewedError(str(decision.id))


def _drop_conflicting_signatures(decision: Decision) -> None:
    """A signature waits for the next one, and its signer may begin to train the rater meanwhile."""
    for signature in signatures.signatures_of(decision.id):
        conflict = conflict_with(signature.certifier_id, decision)
        if conflict is not None:
            signatures.remove_signature(
                decision, signature.certifier_id, by=signature.certifier_id, reason=conflict.value
            )


def _review(decision: Decision, certifier: Person, act: ReviewAct, reason: str) -> None:
    decision.review = Review(certifier_id=certifier.id, act=act, reason=reason)
    db.session.flush()


def _note(act: trail.Act, decision: Decision, certifier: Person) -> None:
    trail.note(act, f"decision {decision.id}", person_id=certifier.id, digest=decision.digest)


def _close(attempt: Attempt) -> None:
    attempt.state = AttemptState.CLOSED
    attempt.closed_at = now()


def _letter(decision: Decision, template: str, reason: str, **further: object) -> Letter:
    rater, standard = decision.attempt.person, standard_of(decision)
    return write_letter_to(
        rater,
        template,
        standard=standard.title,
        cases=case_words(standard.instrument),
        reason=reason,
        address=address_in_letter("certification.attempt", attempt_id=decision.attempt_id),
        **further,
    )
