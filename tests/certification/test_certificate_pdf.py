"""A certificate on paper: what the sheet says, who can read it, and that no name breaks it."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from tests.certification.pdf_reading import (
    catalog_of,
    letters_of,
    metadata_of,
    pages_of,
)
from tests.pack import CERTIFICATION, canary
from tests.pages import PersonClient
from training.accounts import tries
from training.accounts.models import Person, Try
from training.certification.certificates.pdf import (
    LONGEST_REASON,
    TEMPLATE,
    certificate_document,
    code_svg,
)
from training.certification.certificates.public_certificate import public_certificate
from training.certification.certificates.records import find_certificate
from training.certification.certificates.views import FILES_PER_ADDRESS
from training.certification.models import Certificate
from training.certification.reviews import acts as reviews
from training.clock import now
from training.config import PROJECT_ROOT
from training.database import write_transaction
from training.typesetting import TypesettingError, typeset

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]


@pytest.fixture
def address(certificate: Certificate) -> str:
    return f"/certificates/{certificate.number}.pdf"


def fetched(browser: PersonClient, address: str) -> bytes:
    with browser.get(address) as response:
        assert response.status_code == 200, response.status_code
        return bytes(response.get_data())


def squeezed(text: str) -> str:
    return "".join(text.split())


def document_of(number: str) -> dict[str, Any]:
    """What the typesetter is given."""
    found = find_certificate(number)
    assert found is not None
    address = f"http://localhost/certificates/{number}"
    return certificate_document(public_certificate(found, at=now()), address=address)


@pytest.fixture
def document(app: Flask, certificate: Certificate) -> dict[str, Any]:
    with app.test_request_context():
        return document_of(certificate.number)


def test_everybody_downloads_it(
    stranger: PersonClient,
    browser_of: Browsers,
    ines: Person,
    cleo: Person,
    certificate: Certificate,
    address: str,
) -> None:
    page = stranger.get_page(f"/certificates/{certificate.number}")
    assert page.has_link_to(address)
    for browser in (stranger, browser_of(ines), browser_of(cleo)):
        with browser.get(address) as response:
            assert response.mimetype == "application/pdf"
            name = f'attachment; filename="certificate-{certificate.number}.pdf"'
            assert response.headers["Content-Disposition"] == name
            assert response.headers["Cache-Control"] == "no-store"
            assert response.get_data().startswith(b"%PDF-")


def test_it_says_what_its_page_says(
    stranger: PersonClient, certificate: Certificate, address: str
) -> None:
    letters = letters_of(fetched(stranger, address))
    for words in (
        "Certificate of calibration as a rater",
        "Ines",
        "is calibrated as a rater on the instrument Dialogic practice in a network meeting",
        "against the authored key, until",
        certificate.number,
        "Signed by Cleo",
        "Test body",
        "Keys 8 authored",
        "Rater of dialogic practice in network meetings, version 2026.1",
        "8 vignettes, unseen before",
        "Two or more points away",
        "✓ met",
        "It is no practitioner's or therapist's certificate",
        "The lines are provisional",
        "The key is authored",
        f"Verify at http://127.0.0.1:8000/certificates/{certificate.number}",
    ):
        assert squeezed(words) in letters, words


def test_everybody_can_read_it_for_a_long_time(
    stranger: PersonClient, certificate: Certificate, address: str
) -> None:
    pdf = fetched(stranger, address)
    metadata, catalog = metadata_of(pdf), catalog_of(pdf)
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert f"Certificate {certificate.number}</rdf:li>" in metadata
    assert "/Lang(en)" in catalog
    assert "/Marked true" in catalog
    assert "/DisplayDocTitle true" in catalog
    assert len(pages_of(pdf)) == 1
    assert b"/Alt(QR code with the address of certificate" in pdf


def test_nobodys_address_and_no_key_is_on_it(stranger: PersonClient, address: str) -> None:
    pdf = fetched(stranger, address)
    letters = letters_of(pdf)
    assert "@" not in letters
    assert "example.org" not in letters + metadata_of(pdf)
    assert "canary" not in letters
    assert not [bird for slug in CERTIFICATION if squeezed(bird := canary(slug, 1)) in letters]
    assert not [slug for slug in CERTIFICATION if slug in letters]


def test_a_revoked_one_says_so_across_the_sheet(
    app: Flask,
    act: Act,
    stranger: PersonClient,
    cleo: Person,
    certificate: Certificate,
    address: str,
) -> None:
    act(reviews.revoke, certificate.number, certifier=cleo, reason="Not #hers*.\nSaid so.")
    letters = letters_of(fetched(stranger, address))
    assert "REVOKED" in letters
    assert squeezed("This certificate was revoked on") in letters
    assert squeezed("Reason: Not #hers*. Said so.") in letters


def test_a_long_reason_is_cut_and_stands_whole_on_the_page(
    app: Flask, act: Act, cleo: Person, certificate: Certificate
) -> None:
    act(reviews.revoke, certificate.number, certifier=cleo, reason="long " * 900)
    with app.test_request_context():
        document = document_of(certificate.number)
    reason = document["warnings"][1].removeprefix("Reason: ")
    assert len(reason) <= LONGEST_REASON + 1
    assert reason.endswith("long…")
    assert len(pages_of(typeset(TEMPLATE, document))) == 1


def test_an_expired_one_says_so_across_the_sheet(
    stranger: PersonClient, certificate: Certificate, address: str
) -> None:
    with time_machine.travel(certificate.valid_until + timedelta(days=1)):
        letters = letters_of(fetched(stranger, address))
    assert "EXPIRED" in letters
    assert squeezed("This certificate expired on") in letters


def test_a_valid_one_has_nothing_across_it(document: dict[str, Any]) -> None:
    assert document["across"] == ""
    assert document["warnings"] == []


def test_a_demonstration_is_labelled(
    app: Flask, stranger: PersonClient, certificate: Certificate, address: str
) -> None:
    assert "Demonstration" not in letters_of(fetched(stranger, address))
    with app.app_context(), write_transaction() as session:
        session.execute(
            update(Certificate).filter_by(id=certificate.id).values(is_demonstration=True)
        )
    assert squeezed("Demonstration: an invented person; this certifies nobody") in letters_of(
        fetched(stranger, address)
    )


def test_it_comes_in_the_readers_language(stranger: PersonClient, address: str) -> None:
    stranger.post_page("/language", {"language": "hi"})
    assert "/Lang(hi)" in catalog_of(fetched(stranger, address))


def test_however_the_number_is_written_it_is_found(
    stranger: PersonClient, certificate: Certificate
) -> None:
    fetched(stranger, f"/certificates/{certificate.number.lower().replace('-', '')}.pdf")


@pytest.mark.parametrize("number", ["BBBB-CCCC-DDDD", "x", "0" * 500, "..%2F.."])
def test_an_unknown_number_is_not_found(stranger: PersonClient, number: str) -> None:
    stranger.get_page(f"/certificates/{number}.pdf", expect=404)


def test_each_address_gets_so_many(
    app: Flask, stranger: PersonClient, certificate: Certificate, address: str
) -> None:
    with app.app_context(), write_transaction() as session:
        session.execute(
            insert(Try),
            [
                {
                    "id": uuid.uuid4(),
                    "kind": FILES_PER_ADDRESS.kind,
                    "subject_digest": tries._digest("127.0.0.1"),
                    "tried_at": now() - timedelta(minutes=1),
                }
                for _ in range(FILES_PER_ADDRESS.tries - 1)
            ],
        )
    fetched(stranger, address)
    stranger.get_page(address, expect=429)
    stranger.get_page(f"/certificates/{certificate.number}")


NAMES = [
    "समीक्षा क्षत्रिय",
    "स्वर्णलता श्रीवास्तव्य ज्ञानेश्वरी द्विवेदी",
    "Zoë Żółć-Škvorecká Đặng Thị Hương",
    "Ольга Ελένη",
    '#set page(width: 1pt) $x^2$ *b* _i_ @ref \\ [a] <l> "q" `c` // n /* o */ = h',
    "Maximiliana Theodora von und zu Hohenstein-Lichtenfels de la Fuente y Montero " * 3,
    "W" * 300,
    "%(name)s {{ 7 * 7 }} <b>",
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_any_name_comes_out_as_it_is(document: dict[str, Any], name: str) -> None:
    pdf = typeset(TEMPLATE, document | {"holder": name})
    assert squeezed(name) in letters_of(pdf).replace("\u200b", "")
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata_of(pdf)
    assert len(pages_of(pdf)) == 1


@pytest.mark.parametrize("name", ["中村 花子", "Ana 🙂", "\ue000", "bell\x07"])
def test_letters_that_no_font_has_are_admitted(document: dict[str, Any], name: str) -> None:
    pdf = typeset(TEMPLATE, document | {"holder": name})
    assert squeezed("Some letters cannot be printed here") in letters_of(pdf)
    assert len(pages_of(pdf)) == 1


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.text(min_size=1, max_size=300), st.text(max_size=300))
def test_nothing_that_can_be_typed_breaks_it(
    document: dict[str, Any], name: str, body: str
) -> None:
    pdf = typeset(TEMPLATE, document | {"holder": name, "body": body})
    assert len(pages_of(pdf)) == 1


def test_what_is_too_much_for_one_sheet_goes_on_a_second(document: dict[str, Any]) -> None:
    pdf = typeset(TEMPLATE, document | {"statement": "Much more is said. " * 800})
    assert len(pages_of(pdf)) > 1


def test_a_typesetter_that_fails_says_why(document: dict[str, Any]) -> None:
    with pytest.raises(TypesettingError, match="scope"):
        typeset(TEMPLATE, {key: value for key, value in document.items() if key != "scope"})


def test_the_code_is_dark_on_light_and_holds_nothing_but_drawing() -> None:
    code = code_svg("https://raters.example.org/certificates/K7QX-4MTD-9BWZ")
    assert code.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ')
    assert 'fill="#fff"' in code
    assert 'stroke="#000"' in code
    assert "style" not in code
    assert "script" not in code


def test_a_worker_does_not_carry_the_typesetter() -> None:
    code = """
import sys
import training.typesetting
from training.certification.certificates import views
print({"typst", "segno", "devanagari_fonts"} & set(sys.modules))
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT
    )
    assert result.stdout.strip() == "set()"
