"""Certificates: their numbers, their state, finding and revoking them."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from training.audit import trail
from training.certification.attempts.eligibility import DAYS_PER_MONTH
from training.certification.certificates.renewals import refuse_what_was_revoked
from training.certification.judging.standard import Standard
from training.certification.models import Certificate, Decision
from training.certification.reviews.signatures import signatures_of
from training.clock import now
from training.database import db, write_transaction

# Without vowels, which spell words, and without what looks alike: 0 O 1 I L.
NUMBER_LETTERS = "BCDFGHJKMNPQRSTVWXZ23456789"
GROUPS, LETTERS_PER_GROUP = 3, 4


class CertificateState(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class AlreadyRevokedError(ValueError):
    """The certificate was revoked before; its first reason and date stand."""


def new_number() -> str:
    """A number like "K7QX-4MTD-9BWZ": some 10^17 of them, so that none is found by guessing."""
    groups = (
        "".join(secrets.choice(NUMBER_LETTERS) for _ in range(LETTERS_PER_GROUP))
        for _ in range(GROUPS)
    )
    return "-".join(groups)


def normalised_number(text: str) -> str:
    """A number as it is stored; spaces, dashes and case do not matter."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    size = LETTERS_PER_GROUP
    return "-".join(letters[start : start + size] for start in range(0, len(letters), size))


def state_of(certificate: Certificate, *, at: datetime) -> CertificateState:
    """Revoked for good, else valid until its last moment, else expired."""
    if certificate.revoked_at is not None:
        return CertificateState.REVOKED
    return CertificateState.VALID if at < certificate.valid_until else CertificateState.EXPIRED


def issue(
    decision: Decision,
    standard: Standard,
    *,
    holder_name: str,
    signed_by_id: uuid.UUID,
    body_name: str,
    is_demonstration: bool,
) -> Certificate:
    """Issue the certificate of a signed decision, in the act under way.

    Raises renewals.RevokedSinceError when it would renew one that was revoked.
    """
    refuse_what_was_revoked(decision.attempt)
    moment = now()
    certificate = Certificate(
        number=new_number(),
        person_id=decision.attempt.person_id,
        holder_name=holder_name,
        decision_id=decision.id,
        signed_by_id=signed_by_id,
        body_name=body_name,
        is_demonstration=is_demonstration,
        issued_at=moment,
        valid_until=moment + timedelta(days=standard.validity_months * DAYS_PER_MONTH),
    )
    db.session.add(certificate)
    db.session.flush()
    trail.note(
        trail.Act.CERTIFICATE_ISSUED, f"certificate {certificate.number}", person_id=signed_by_id
    )
    return certificate


def signer_names(certificate: Certificate) -> tuple[str, ...]:
    """The names under a certificate, in the order in which they signed."""
    signatures = signatures_of(certificate.decision_id)
    names = tuple(signature.certifier.name for signature in signatures)
    return names or (certificate.signed_by.name,)  # signed before signatures had rows of their own


def states_by_decision(
    decision_ids: Iterable[uuid.UUID], *, at: datetime
) -> dict[uuid.UUID, CertificateState]:
    """How the certificates of these decisions stand at a moment; only of those that have one."""
    found = select(Certificate).where(Certificate.decision_id.in_(list(decision_ids)))
    return {row.decision_id: state_of(row, at=at) for row in db.session.scalars(found)}


def find_certificate(number: str) -> Certificate | None:
    """The certificate of this number, however it was typed."""
    return db.session.scalar(select(Certificate).filter_by(number=normalised_number(number)))


def certificates_of(person_id: uuid.UUID) -> list[Certificate]:
    """Every certificate a person was given, latest first."""
    return list(
        db.session.scalars(
            select(Certificate)
            .filter_by(person_id=person_id)
            .order_by(Certificate.issued_at.desc())
            .options(_with_its_attempt())
        )
    )


def register_size(state: CertificateState | None, *, at: datetime) -> int:
    """How many certificates are in this state at a moment, or in any."""
    wanted = select(func.count()).select_from(Certificate).where(*_is_in(state, at))
    return db.session.scalar(wanted) or 0


def register(
    state: CertificateState | None, *, at: datetime, offset: int, limit: int
) -> list[Certificate]:
    """Certificates in this state, or in any, latest first."""
    rows = db.session.scalars(
        select(Certificate)
        .where(*_is_in(state, at))
        .order_by(Certificate.issued_at.desc(), Certificate.number)
        .offset(offset)
        .limit(limit)
        .options(_with_its_attempt())
    )
    return list(rows)


def _with_its_attempt() -> ExecutableOption:
    # A list shows neither figures nor evidence, which are some 50 kB each.
    return (
        selectinload(Certificate.decision)
        .load_only(Decision.id, Decision.attempt_id)
        .selectinload(Decision.attempt)
    )


def _is_in(state: CertificateState | None, at: datetime) -> list[ColumnElement[bool]]:
    """The same as `state_of`, for the database."""
    is_revoked = Certificate.revoked_at.is_not(None)
    has_expired = Certificate.valid_until <= at
    conditions: dict[CertificateState | None, list[ColumnElement[bool]]] = {
        None: [],
        CertificateState.REVOKED: [is_revoked],
        CertificateState.EXPIRED: [~is_revoked, has_expired],
        CertificateState.VALID: [~is_revoked, ~has_expired],
    }
    return conditions[state]


def revoke(number: str, *, reason: str, by: uuid.UUID) -> Certificate:
    """Revoke a certificate for good. Raises AlreadyRevokedError; LookupError when unknown."""
    with write_transaction() as session:
        certificate = session.scalar(
            select(Certificate)
            .filter_by(number=normalised_number(number))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if certificate is None:
            raise LookupError(number)
        if certificate.revoked_at is not None:
            raise AlreadyRevokedError(number)
        certificate.revoked_at = now()
        certificate.revoked_by_id = by
        certificate.revocation_reason = reason
        trail.note(trail.Act.CERTIFICATE_REVOKED, f"certificate {certificate.number}", person_id=by)
    return certificate
