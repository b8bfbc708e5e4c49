"""A certificate on paper: everything its page says, put together for the typesetter."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from training.certification.certificates import texts
from training.certification.certificates.public_certificate import PublicCertificate
from training.certification.certificates.records import CertificateState
from training.certification.gate_texts import GateText
from training.charts.geometry import LINE_WIDTH
from training.config import PROJECT_ROOT
from training.languages import gettext as _
from training.languages import selected_language
from training.templating import format_day
from training.typesetting import typeset

TEMPLATE = PROJECT_ROOT / "training" / "templates" / "certification" / "certificate.typ"
# The reason stands whole on the page; on one sheet only so much of it has its place.
LONGEST_REASON = 300
FACTS_IN_A_ROW = 3
QUIET_ZONE = 4  # modules of light around a QR code, as its standard asks for


def certificate_pdf(certificate: PublicCertificate, *, address: str) -> bytes:
    """The certificate as PDF in the reader's language; `address` is where it is verified."""
    return typeset(TEMPLATE, certificate_document(certificate, address=address))


def certificate_document(certificate: PublicCertificate, *, address: str) -> dict[str, Any]:
    """All the sheet says, as plain text: nothing in it is read as markup."""
    return {
        "language": selected_language(),
        "title": _("Certificate %(number)s", number=certificate.number),
        "across": _across(certificate),
        "warnings": _warnings(certificate),
        "demonstration": texts.demonstration() if certificate.is_demonstration else "",
        "body": _one_line(certificate.body_name),
        "kind": texts.kind(),
        "holder": _one_line(certificate.holder_name),
        "scope": _scope(certificate),
        "statement": _one_line(certificate.standard.statement),
        "facts": _facts(certificate),
        "figures": {
            "caption": texts.figures_caption(certificate),
            "head": [
                _("Gate"),
                _("Figure"),
                _("Interval"),
                _("Picture"),
                _("Line"),
                _("Result"),
            ],
            "rows": [_row(gate) for gate in certificate.gates],
        },
        "code": code_svg(address),
        "code_words": texts.code_words(certificate, address),
        "notes": texts.notes(certificate),
        "unprintable": _(
            "Some letters cannot be printed here and stand as boxes; the page at the address "
            "below shows them."
        ),
        "address": address,
        "verify": _("Verify at %(address)s", address=address),
        "digest": texts.digest(certificate),
    }


def _scope(certificate: PublicCertificate) -> str:
    sentence, day = _one_line(texts.scope(certificate)), format_day(certificate.valid_until)
    return sentence.replace(day, day.replace(" ", "\u00a0"))  # no line ends within a date


def _facts(certificate: PublicCertificate) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"label": fact.label, "text": _one_line(fact.text), "span": 2 if fact.is_long else 1}
        for fact in texts.facts(certificate)
    ]
    found[-1]["span"] += -sum(fact["span"] for fact in found) % FACTS_IN_A_ROW
    return found


def _across(certificate: PublicCertificate) -> str:
    if certificate.is_valid:
        return ""
    return str(texts.STATES[certificate.state]).upper()


def _warnings(certificate: PublicCertificate) -> list[str]:
    if certificate.is_valid:
        return []
    sentence = texts.state_sentence(certificate)
    if certificate.state is not CertificateState.REVOKED:
        return [sentence]
    reason = _one_line(certificate.revocation_reason)
    if len(reason) > LONGEST_REASON:
        reason = reason[:LONGEST_REASON].rstrip() + "…"
    return [sentence, _("Reason: %(reason)s", reason=reason)]


def _row(gate: GateText) -> dict[str, Any]:
    picture = gate.picture
    return {
        "name": gate.name,
        "value": gate.value,
        "interval": gate.interval,
        "line": gate.line,
        "status": f"{gate.symbol} {gate.status}",
        "picture": {
            "width": LINE_WIDTH,
            "start": picture.line_start,
            "end": picture.line_end,
            "bar": [picture.bar_x, picture.bar_width] if picture.has_interval else None,
            "value": picture.value_x,
            "lines": list(picture.threshold_xs),
            "tone": picture.tone,
        },
    }


def _one_line(text: str) -> str:
    """Without line breaks and repeated spaces, and whatever no letter can be."""
    return " ".join(text.split()).encode("utf-8", "replace").decode()


def code_svg(address: str) -> str:
    """The QR code of an address, as SVG without styles: dark on light, whatever the page is."""
    import segno

    picture = BytesIO()
    segno.make_qr(address, error="m").save(
        picture,
        kind="svg",
        xmldecl=False,
        border=QUIET_ZONE,
        dark="#000",
        light="#fff",
        svgclass=None,
        lineclass=None,
        omitsize=True,
        nl=False,
    )
    return picture.getvalue().decode()
