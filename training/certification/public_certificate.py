"""What anybody may see of a certificate: what it rests on, with figures, and its state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.certification.certificates import CertificateState, register, state_of
from training.certification.dossier import instrument_of, names_of_items
from training.certification.figures import Summary, instrument_digests, key_statuses, summary_of
from training.certification.gate_texts import GateText, gate_texts
from training.certification.models import Certificate, Decision
from training.certification.standard import Standard
from training.library import records as library
from training.library.schema import Instrument, KeyStatus

PAGE_SIZE = 25
SHORT_DIGEST = 10


@dataclass(frozen=True, slots=True)
class PublicCertificate:
    """A certificate as everybody sees it. It holds no address and no rating."""

    number: str
    state: CertificateState
    holder_name: str
    body_name: str
    signer_name: str
    is_demonstration: bool
    issued_at: datetime
    valid_until: datetime
    revoked_at: datetime | None
    revocation_reason: str
    standard: Standard
    standard_digest: str
    instrument: Instrument
    instrument_version: str
    summary: Summary
    gates: tuple[GateText, ...]
    rests_on_authored_keys: bool
    rests_on_ratified_keys: bool
    digest: str

    @property
    def is_valid(self) -> bool:
        return self.state is CertificateState.VALID


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A line of the public register."""

    number: str
    state: CertificateState
    holder_name: str
    standard_title: str
    issued_at: datetime
    valid_until: datetime
    revoked_at: datetime | None
    is_demonstration: bool


def public_certificate(certificate: Certificate, *, at: datetime) -> PublicCertificate:
    """Gather what a certificate says at this moment."""
    decision = certificate.decision
    standard = library.standard_version(decision.attempt.standard_document_id)
    instrument = instrument_of(decision.attempt)
    summary = summary_of(decision.figures)
    statuses = key_statuses(decision.evidence)
    return PublicCertificate(
        number=certificate.number,
        state=state_of(certificate, at=at),
        holder_name=certificate.holder_name,
        body_name=certificate.body_name,
        signer_name=certificate.signed_by.name,
        is_demonstration=certificate.is_demonstration,
        issued_at=certificate.issued_at,
        valid_until=certificate.valid_until,
        revoked_at=certificate.revoked_at,
        revocation_reason=certificate.revocation_reason,
        standard=standard.document,
        standard_digest=standard.short_digest,
        instrument=instrument.document,
        instrument_version=_versions(decision),
        summary=summary,
        gates=gate_texts(summary, names_of_items(instrument.document)),
        rests_on_authored_keys=KeyStatus.AUTHORED in statuses,
        rests_on_ratified_keys=KeyStatus.RATIFIED in statuses,
        digest=decision.digest,
    )


def _versions(decision: Decision) -> str:
    return ", ".join(digest[:SHORT_DIGEST] for digest in instrument_digests(decision.evidence))


def register_page(page: int, *, at: datetime) -> tuple[list[RegisterRow], int]:
    """One page of all certificates, latest first, and how many pages there are."""
    certificates, total = register(page=page, page_size=PAGE_SIZE)
    return [_register_row(certificate, at) for certificate in certificates], -(-total // PAGE_SIZE)


def _register_row(certificate: Certificate, at: datetime) -> RegisterRow:
    standard = library.standard_version(certificate.decision.attempt.standard_document_id)
    return RegisterRow(
        number=certificate.number,
        state=state_of(certificate, at=at),
        holder_name=certificate.holder_name,
        standard_title=standard.document.title,
        issued_at=certificate.issued_at,
        valid_until=certificate.valid_until,
        revoked_at=certificate.revoked_at,
        is_demonstration=certificate.is_demonstration,
    )
