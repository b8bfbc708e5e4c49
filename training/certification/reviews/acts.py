"""What certifiers do about decisions: sign, withdraw, decline, ask for more evidence, revoke."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import current_app
from sqlalchemy import select

from training.accounts.models import Person
from training.audit import trail
from training.certification.appeals.rules import last_moment
from training.certification.attempts.records import extend
from training.certification.certificates import records as certificates
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
from training.certification.reviews.duties import ConflictError
from training.certification.reviews.records import conflict_with
from training.clock import now
from training.cohorts.records import has_trained
from training.config import Config
from training.database import db, write_transaction
from training.mail.models import Letter
from training.mail.post import address_in_letter, write_letter_to
from training.tracks.case_words import case_words


class AlreadyReviewedError(ValueError):
    """In the meantime somebody has signed, declined, asked for more or set the attempt aside."""


class NotSignedError(ValueError):
    """There is no signature of this certifier to withdraw."""


class OutcomeError(ValueError):
    """The act does not fit the outcome: only a decision that meets the standard is signed."""


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
