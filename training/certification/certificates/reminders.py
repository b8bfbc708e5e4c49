"""Letters about a certificate's end: before it, and the day after, each once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from training.accounts.models import Person
from training.certification.attempts.eligibility import RENEWAL_WINDOW
from training.certification.models import Certificate, Decision, Reminder, ReminderKind, Renewal
from training.clock import now
from training.database import db, write_transaction
from training.library import records as library
from training.mail.models import Letter
from training.mail.post import address_in_letter, write_letter_to
from training.tracks.case_words import case_words

LAST_CALL = timedelta(days=14)
# Who began to send reminders late writes to nobody whose certificate is long forgotten.
TOO_LATE = timedelta(days=30)
TEMPLATES = {
    ReminderKind.SIXTY_DAYS: "certificate-expires",
    ReminderKind.FOURTEEN_DAYS: "certificate-expires",
    ReminderKind.EXPIRED: "certificate-expired",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A reminder that was just written."""

    kind: ReminderKind
    certificate: Certificate
    letter: Letter


def due_reminder(valid_until: datetime, *, at: datetime) -> ReminderKind | None:
    """The one reminder that fits this moment; one that was missed is not made up for.

    The first comes as soon as the certificate can be renewed, so that the way it shows is open.
    """
    if valid_until + TOO_LATE <= at or at < valid_until - RENEWAL_WINDOW:
        return None
    if at >= _day_after(valid_until):
        return ReminderKind.EXPIRED
    return ReminderKind.FOURTEEN_DAYS if at >= valid_until - LAST_CALL else ReminderKind.SIXTY_DAYS


def _day_after(moment: datetime) -> datetime:
    next_day = moment.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(next_day, time(), tzinfo=UTC)


def send_reminders() -> Iterator[Sent]:
    """Write and send what is due, one certificate after another; twice at once is once."""
    for certificate_id in _certificates_near_their_end(now()):
        sent = _remind(certificate_id)
        if sent is not None:
            yield sent


def _certificates_near_their_end(at: datetime) -> list[uuid.UUID]:
    """Certificates in the time of reminders that were neither revoked nor followed by another."""
    successor = aliased(Certificate)
    is_followed = (
        select(successor.id)
        .join(Decision, Decision.id == successor.decision_id)
        .join(Renewal, Renewal.attempt_id == Decision.attempt_id)
        .where(Renewal.certificate_id == Certificate.id)
        .exists()
    )
    return list(
        db.session.scalars(
            select(Certificate.id)
            .where(
                Certificate.revoked_at.is_(None),
                Certificate.valid_until > at - TOO_LATE,
                Certificate.valid_until <= at + RENEWAL_WINDOW,
                ~is_followed,
            )
            .order_by(Certificate.valid_until, Certificate.number)
        )
    )


def _remind(certificate_id: uuid.UUID) -> Sent | None:
    """Write the reminder that is due, unless somebody has, or there is no reason to any more."""
    with write_transaction() as session:
        # Locked, so that two who remind at once come one after the other.
        certificate = session.scalars(
            select(Certificate)
            .filter_by(id=certificate_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        kind = due_reminder(certificate.valid_until, at=now())
        holder = session.get_one(Person, certificate.person_id)
        if kind is None or certificate.revoked_at is not None or not holder.is_active:
            return None
        if session.scalar(select(Reminder.id).filter_by(certificate_id=certificate_id, kind=kind)):
            return None
        session.add(Reminder(certificate_id=certificate_id, kind=kind))
        return Sent(kind, certificate, _letter(kind, certificate, holder))


def _letter(kind: ReminderKind, certificate: Certificate, holder: Person) -> Letter:
    attempt = certificate.decision.attempt
    standard = library.standard_version(attempt.standard_document_id).document
    return write_letter_to(
        holder,
        TEMPLATES[kind],
        number=certificate.number,
        valid_until=certificate.valid_until,
        standard=standard.title,
        cases=case_words(standard.instrument),
        address=address_in_letter("certification.overview"),
    )
