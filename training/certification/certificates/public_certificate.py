"""What anybody may see of a certificate: what it rests on, with figures, and its state."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from training.certification.certificates import renewals
from training.certification.certificates.records import (
    CertificateState,
    register,
    register_size,
    signer_names,
    state_of,
)
from training.certification.dossiers.dossier import instrument_of, names_of_items
from training.certification.gate_texts import GateText, gate_texts
from training.certification.judging.figures import Summary, instrument_digests, summary_of
from training.certification.judging.standard import Standard
from training.certification.models import Certificate, Decision
from training.library import records as library
from training.library.schema import Instrument, KeyStatus
from training.paging import Paging

PAGE_SIZE = 25
LONGEST_PRINT = 1000
SHORT_DIGEST = 10


@dataclass(frozen=True, slots=True)
class NumberedCertificate:
    """The certificate before or after another."""

    number: str
    issued_at: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class PublicCertificate:
    """A certificate as everybody sees it. It holds no address and no rating."""

    number: str
    state: CertificateState
    holder_name: str
    body_name: str
    signer_names: tuple[str, ...]
    is_demonstration: bool
    decided_at: datetime
    issued_at: datetime
    valid_until: datetime
    revoked_at: datetime | None
    revocation_reason: str
    renews: NumberedCertificate | None
    followed_by: NumberedCertificate | None
    standard: Standard
    standard_digest: str
    instrument: Instrument
    instrument_version: str
    summary: Summary
    gates: tuple[GateText, ...]
    keys: tuple[tuple[KeyStatus, int], ...]  # how many vignettes had a key of which kind
    digest: str

    @property
    def is_valid(self) -> bool:
        return self.state is CertificateState.VALID

    @property
    def rests_on_authored_keys(self) -> bool:
        return KeyStatus.AUTHORED in dict(self.keys)

    @property
    def rests_on_ratified_keys(self) -> bool:
        return KeyStatus.RATIFIED in dict(self.keys)


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
    return PublicCertificate(
        number=certificate.number,
        state=state_of(certificate, at=at),
        holder_name=certificate.holder_name,
        body_name=certificate.body_name,
        signer_names=signer_names(certificate),
        is_demonstration=certificate.is_demonstration,
        decided_at=decision.computed_at,
        issued_at=certificate.issued_at,
        valid_until=certificate.valid_until,
        revoked_at=certificate.revoked_at,
        revocation_reason=certificate.revocation_reason,
        renews=_numbered(renewals.find_renewed_by(decision.attempt_id)),
        followed_by=_numbered(renewals.find_successor_of(certificate)),
        standard=standard.document,
        standard_digest=standard.short_digest,
        instrument=instrument.document,
        instrument_version=_versions(decision),
        summary=summary,
        gates=gate_texts(summary, names_of_items(instrument.document)),
        keys=_keys(decision),
        digest=decision.digest,
    )


def _versions(decision: Decision) -> str:
    return ", ".join(digest[:SHORT_DIGEST] for digest in instrument_digests(decision.evidence))


def _keys(decision: Decision) -> tuple[tuple[KeyStatus, int], ...]:
    counts = Counter(session["key_status"] for session in decision.evidence["sessions"])
    return tuple((status, counts[status.value]) for status in KeyStatus if counts[status.value])


def _numbered(certificate: Certificate | None) -> NumberedCertificate | None:
    if certificate is None:
        return None
    return NumberedCertificate(certificate.number, certificate.issued_at, certificate.valid_until)


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Lines of the register; `paging` counts all that are in the state asked for."""

    rows: tuple[RegisterRow, ...]
    paging: Paging
    state: CertificateState | None


def register_page(number: int, state: CertificateState | None, *, at: datetime) -> RegisterPage:
    """One page of the certificates in a state, or in any, latest first."""
    return _register_page(number, PAGE_SIZE, state, at)


def whole_register(state: CertificateState | None, *, at: datetime) -> RegisterPage:
    """The latest thousand on one page, to be printed."""
    return _register_page(1, LONGEST_PRINT, state, at)


def _register_page(
    number: int, size: int, state: CertificateState | None, at: datetime
) -> RegisterPage:
    paging = Paging(number, size, register_size(state, at=at))
    rows = register(state, at=at, offset=paging.offset, limit=size)
    return RegisterPage(tuple(_register_row(each, at) for each in rows), paging, state)


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
