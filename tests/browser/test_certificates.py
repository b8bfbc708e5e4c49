"""Certificates as everybody meets them: on screens light and dark, on paper, and as a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.browser.conftest import Service
from tests.browser.visitor import NARROW, WIDE, Visitor
from tests.certification import stories
from tests.certification.pdf_reading import letters_of
from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.certification.reviews import acts as reviews

HOLDER = "स्वर्णलता Wilhelmina de la Fuente"
SHEET = re.compile(rb"/Type\s*/Page\b(?!s)")


@pytest.fixture(scope="module")
def numbers(shared_service: Service) -> dict[str, str]:
    """The numbers of a certificate that is valid and of one that was revoked."""
    with shared_service.app.app_context():
        certifier = add("A certifier of certificates", Role.CERTIFIER)
        valid, revoked = (
            reviews.sign(stories.decided_attempt(add(name, Role.RATER)), certifier=certifier)
            for name in (HOLDER, "Revoked Person")
        )
        assert valid is not None
        assert revoked is not None
        reviews.revoke(
            revoked[0].number, certifier=certifier, reason="Somebody else rated for her. " * 8
        )
        return {"valid": valid[0].number, "revoked": revoked[0].number}


def add(name: str, role: Role) -> Person:
    email = f"certificates-{name.rpartition(' ')[2].lower()}@example.org"
    return accounts.add_person(email=email, name=name, roles=[role], by=None)


@contextmanager
def visiting(
    service: Service,
    browser: Browser,
    viewport: ViewportSize,
    scheme: Literal["light", "dark"] = "light",
) -> Iterator[Visitor]:
    visitor = Visitor(browser, service.address, viewport=viewport, color_scheme=scheme)
    yield visitor
    assert visitor.faults == []
    visitor.close()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_stranger_looks_at_every_public_page(
    shared_service: Service,
    browser: Browser,
    numbers: dict[str, str],
    viewport: ViewportSize,
    scheme: Literal["light", "dark"],
) -> None:
    with visiting(shared_service, browser, viewport, scheme) as visitor:
        visitor.go("/register")
        visitor.follow("revoked")
        assert visitor.sees("State: revoked. 1 certificate")
        visitor.follow(numbers["revoked"])
        assert visitor.sees("This certificate was revoked on")
        visitor.follow("Verify another certificate")
        visitor.fill("Number of the certificate", numbers["valid"].lower())
        visitor.press("Verify", within=visitor.page.get_by_role("main"))
        assert visitor.heading == HOLDER
        code = visitor.page.get_by_role("img", name="QR code with the address of certificate")
        light = code.locator("path").first
        assert light.evaluate("one => getComputedStyle(one).fill") == "rgb(255, 255, 255)"
        box = code.bounding_box()
        assert box is not None
        assert box["width"] >= 120, "large enough for a camera"


@pytest.mark.parametrize("state", ["valid", "revoked"])
def test_a_print_of_its_page_is_one_sheet(
    shared_service: Service,
    browser: Browser,
    numbers: dict[str, str],
    state: str,
    tmp_path: Path,
) -> None:
    with visiting(shared_service, browser, WIDE, "dark") as visitor:
        visitor.go(f"/certificates/{numbers[state]}")
        file = visitor.page.pdf(path=tmp_path / "printed.pdf", prefer_css_page_size=True)
        assert len(SHEET.findall(file)) == 1
        visitor.page.emulate_media(media="print")
        expect(visitor.page.get_by_role("link", name="Download as PDF")).to_be_hidden()


def test_the_register_is_printed_without_what_is_clicked(
    shared_service: Service, browser: Browser, numbers: dict[str, str]
) -> None:
    with visiting(shared_service, browser, WIDE) as visitor:
        visitor.go("/register?whole=1")
        visitor.page.emulate_media(media="print")
        expect(visitor.page.get_by_role("cell", name=HOLDER)).to_be_visible()
        expect(visitor.page.get_by_role("link", name="expired")).to_be_hidden()


def test_the_file_is_downloaded(
    shared_service: Service, browser: Browser, numbers: dict[str, str], tmp_path: Path
) -> None:
    with visiting(shared_service, browser, NARROW) as visitor:
        visitor.go(f"/certificates/{numbers['valid']}")
        with visitor.page.expect_download() as started:
            visitor.page.get_by_role("link", name="Download as PDF").click()
        assert started.value.suggested_filename == f"certificate-{numbers['valid']}.pdf"
        started.value.save_as(tmp_path / "certificate.pdf")
    letters = letters_of((tmp_path / "certificate.pdf").read_bytes())
    assert HOLDER.replace(" ", "") in letters
