"""Renewals: which certificate an attempt renews, and which one followed which."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from training.certification.attempts.eligibility import RENEWAL_WINDOW
from training.certification.models import Attempt, Certificate, Decision, Renewal
from training.database import db


class RevokedSinceError(ValueError):
    """The certificate that an attempt was to renew was revoked: it takes an attempt of its own."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a person holds of a standard at a moment.

    valid     the certificate that is valid then, the longest valid one.
    to_renew  the last one they were given, which a new attempt renews; None when that one was
              revoked. One that has expired is renewed too: the gap shows in the dates of the two.
    """

    valid: Certificate | None
    to_renew: Certificate | None

    @property
    def lapsed(self) -> Certificate | None:
        """The last one, where none is valid any more."""
        return self.to_renew if self.valid is None else None


# Put together once: every home page asks it.
_GIVEN = (
    select(Certificate)
    .join(Decision)
    .join(Attempt)
    .where(
        Certificate.person_id == bindparam("person"),
        Attempt.standard_slug == bindparam("standard"),
    )
    .order_by(Certificate.issued_at.desc())
)


def held_by(person_id: uuid.UUID, standard_slug: str, *, at: datetime) -> Held:
    """What a person holds of a standard at this moment."""
    given = db.session.scalars(_GIVEN, {"person": person_id, "standard": standard_slug}).all()
    standing = [certificate for certificate in given if certificate.revoked_at is None]
    valid = [certificate for certificate in standing if certificate.valid_until > at]
    return Held(
        valid=max(valid, key=lambda certificate: certificate.valid_until, default=None),
        to_renew=given[0] if given and given[0] in standing else None,
    )


def is_in_window(certificate: Certificate, *, at: datetime) -> bool:
    """Whether a certificate lapses so soon, or has lapsed, that its holder may be assessed anew."""
    return at >= certificate.valid_until - RENEWAL_WINDOW


def is_renewal(attempt: Attempt) -> bool:
    """Whether an attempt was opened to renew a certificate."""
    return db.session.get(Renewal, attempt.id) is not None


def refuse_what_was_revoked(attempt: Attempt) -> None:
    """Raise RevokedSinceError when the certificate this attempt renews was revoked.

    Locks it, so that it cannot be revoked while the new one is being signed.
    """
    renewed = db.session.scalar(
        select(Certificate)
        .join(Renewal)
        .where(Renewal.attempt_id == attempt.id)
        .with_for_update(of=Certificate)
        .execution_options(populate_existing=True)
    )
    if renewed is not None and renewed.revoked_at is not None:
        raise RevokedSinceError(renewed.number)


def find_renewed_by(attempt_id: uuid.UUID) -> Certificate | None:
    """The certificate that an attempt renews, if any."""
    return db.session.scalar(
        select(Certificate).join(Renewal).where(Renewal.attempt_id == attempt_id)
    )


def find_successor_of(certificate: Certificate) -> Certificate | None:
    """The certificate that followed this one, if any."""
    return db.session.scalar(
        select(Certificate)
        .join(Decision)
        .join(Renewal, Renewal.attempt_id == Decision.attempt_id)
        .where(Renewal.certificate_id == certificate.id)
        .order_by(Certificate.issued_at.desc())
        .limit(1)
    )
