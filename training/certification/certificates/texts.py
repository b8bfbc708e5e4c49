"""The words of a certificate, the same on its page and on paper, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from training.certification.certificates.public_certificate import (
    NumberedCertificate,
    PublicCertificate,
)
from training.certification.certificates.records import CertificateState
from training.certification.gate_texts import KEY_STATUSES
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.templating import format_day, format_share
from training.tracks.case_words import case_words

STATES = {
    CertificateState.VALID: _l("valid"),
    CertificateState.EXPIRED: _l("expired"),
    CertificateState.REVOKED: _l("revoked"),
}
SURE, UNSURE = 0.99, 0.01  # beyond these a probability is not given a figure


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what stands under it.

    is_long   it takes two columns of three.
    number    of the other certificate that it is about, to lead there.
    """

    label: str
    text: str
    is_long: bool = False
    number: str = ""


def kind() -> str:
    return _("Certificate of calibration as a rater")


def demonstration() -> str:
    return _("Demonstration: an invented person; this certifies nobody")


def state_sentence(certificate: PublicCertificate) -> str:
    """Whether the certificate holds today, and since when it does not."""
    if certificate.revoked_at is not None:
        return _(
            "This certificate was revoked on %(day)s and is not valid.",
            day=format_day(certificate.revoked_at),
        )
    day = format_day(certificate.valid_until)
    if certificate.is_valid:
        return _("This certificate is valid until %(day)s.", day=day)
    return _(
        "This certificate expired on %(day)s. It says nothing about how its holder rates today.",
        day=day,
    )


def scope(certificate: PublicCertificate) -> str:
    """What the holder is, in one sentence that begins after the name: nothing more is certified."""
    named = {
        "instrument": certificate.instrument.name,
        "version": certificate.instrument_version,
        "day": format_day(certificate.valid_until),
    }
    if not certificate.rests_on_authored_keys:
        return _(
            "is calibrated as a rater on the instrument %(instrument)s, version %(version)s, "
            "against the consensus of an expert panel, until %(day)s.",
            **named,
        )
    if not certificate.rests_on_ratified_keys:
        return _(
            "is calibrated as a rater on the instrument %(instrument)s, version %(version)s, "
            "against the authored key, until %(day)s.",
            **named,
        )
    return _(
        "is calibrated as a rater on the instrument %(instrument)s, version %(version)s, "
        "against a key that is partly authored and partly a panel's, until %(day)s.",
        **named,
    )


def facts(certificate: PublicCertificate) -> list[Fact]:
    """What the certificate rests on: by whom, when, by which standard, on what."""
    standard = certificate.standard
    found = [
        Fact(_("Number"), certificate.number),
        Fact(_("Decided"), format_day(certificate.decided_at)),
        Fact(_("Issued"), format_day(certificate.issued_at)),
        Fact(_("Valid until"), format_day(certificate.valid_until)),
        Fact(_("Signed by"), ", ".join(certificate.signer_names)),
        Fact(_("Keys"), _keys(certificate)),
        Fact(
            _("Standard"),
            _(
                "%(title)s, version %(version)s (%(digest)s)",
                title=standard.title,
                version=standard.version,
                digest=certificate.standard_digest,
            ),
            is_long=True,
        ),
        Fact(_("Evidence"), _evidence(certificate)),
        Fact(_("Unit rated"), standard.unit, is_long=True),
    ]
    if certificate.renews is not None:
        found.append(_other(_("Renews"), certificate.renews))
    if certificate.followed_by is not None:
        found.append(_other(_("Followed by"), certificate.followed_by))
    return found


def _keys(certificate: PublicCertificate) -> str:
    return ", ".join(f"{number} {KEY_STATUSES[status]}" for status, number in certificate.keys)


def _evidence(certificate: PublicCertificate) -> str:
    summary = certificate.summary
    cases = case_words(certificate.instrument.slug).counted(summary.vignettes)
    unseen = _("%(cases)s, unseen before", cases=cases)
    if summary.probability is None:
        return unseen
    return f"{unseen}; " + _(
        "probability that the true figures meet every line: %(probability)s",
        probability=_probability(summary.probability),
    )


def _probability(value: float) -> str:
    if value > SURE:
        return _("above %(share)s", share=format_share(SURE))
    if value < UNSURE:
        return _("below %(share)s", share=format_share(UNSURE))
    return format_share(value)


def _other(label: str, other: NumberedCertificate) -> Fact:
    text = _("%(number)s, until %(day)s", number=other.number, day=format_day(other.valid_until))
    return Fact(label, text, number=other.number)


def figures_caption(certificate: PublicCertificate) -> str:
    return _(
        "The figures, with %(confidence)s intervals over %(cases)s",
        confidence=format_share(certificate.summary.confidence),
        cases=case_words(certificate.instrument.slug).many,
    )


def notes(certificate: PublicCertificate) -> list[str]:
    """What a certificate is not, and what it rests on for now."""
    found = [
        _(
            "It is no practitioner's or therapist's certificate, and no authority, university or "
            "international body endorses it."
        )
    ]
    if certificate.standard.provisional:
        found.append(
            _(
                "The lines are provisional: nobody has published any for Open Dialogue raters, so "
                "they are this project's own policy."
            )
        )
    if certificate.rests_on_authored_keys:
        found.append(
            _(
                "The key is authored: it is the authors' own, and no panel has rated independently "
                "and agreed on it."
            )
        )
    return found


def code_words(certificate: PublicCertificate, address: str) -> str:
    """The text alternative of the QR code."""
    return _(
        "QR code with the address of certificate %(number)s: %(address)s",
        number=certificate.number,
        address=address,
    )


def digest(certificate: PublicCertificate) -> str:
    return _("Digest of figures and evidence: %(digest)s", digest=certificate.digest)
