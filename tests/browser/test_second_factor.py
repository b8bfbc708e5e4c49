"""Cleo sets up a second factor in a real browser; then she and Dora sign, one after the other."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests import second_factors
from tests.browser.conftest import Service
from tests.browser.visitor import NARROW, WIDE, Visitor
from tests.certification import stories
from tests.conftest import PASSWORD
from training.accounts.models import Person, Role
from training.accounts.passwords import hash_password
from training.accounts.records import add_person
from training.accounts.second_factor import next_code
from training.clock import now

Visit = Callable[[], Any]
WINDOWS = [
    pytest.param({"viewport": WIDE}, id="wide"),
    pytest.param({"viewport": NARROW, "color_scheme": "dark"}, id="narrow-and-dark"),
    pytest.param({"viewport": NARROW, "has_scripts": False}, id="without-scripts"),
]


@pytest.fixture(params=WINDOWS)
def visit(request: pytest.FixtureRequest, browser: Browser, service: Service) -> Callable[[], Any]:
    """A visitor in one kind of window, whose findings are told at the end of the visit."""

    @contextmanager
    def visiting() -> Iterator[Visitor]:
        visitor = Visitor(browser, service.address, **request.param)
        try:
            yield visitor
        finally:
            visitor.close()
        assert visitor.faults == []

    return visiting


def add(service: Service, name: str, role: Role) -> Person:
    with service.app.app_context():
        return add_person(
            email=f"{name.lower()}@example.org",
            name=name,
            roles=(role,),
            by=None,
            password_hash=hash_password(PASSWORD),
        )


def sign_in(visitor: Visitor, service: Service, person: Person) -> None:
    visitor.sign_in(person.email)
    visitor.fill("Code", second_factors.code_of(service.app, person))
    visitor.press("Sign in", within=visitor.page.get_by_role("main"))


def test_cleo_sets_up_a_second_factor_and_uses_a_recovery_code(
    service: Service, visit: Visit
) -> None:
    cleo = add(service, "Cleo", Role.CERTIFIER)
    with visit() as visitor:
        visitor.go("/certifying")
        visitor.sign_in(cleo.email)
        assert visitor.heading == "Second factor"
        assert visitor.sees("Those pages open once you have a second factor.")
        visitor.fill("Your password", PASSWORD)
        visitor.press("Set up a second factor")
        secret = visitor.page.locator("dd code").inner_text().replace(" ", "")
        code = next_code(secret, at=now(), after=0)
        assert code
        visitor.looked_at.clear()  # the pages that follow have the same address
        visitor.fill("Code", "12")
        visitor.press("Confirm")
        assert visitor.sees("This code is not right")
        visitor.looked_at.clear()
        visitor.fill("Code", code)
        visitor.press("Confirm")
        recovery = [item.inner_text() for item in visitor.page.locator("ol code").all()]
        assert len(set(recovery)) == 10
        visitor.go("/profile/second-factor")
        assert visitor.sees("10 are left")
        visitor.sign_out()
        visitor.sign_in(cleo.email)
        visitor.fill("Code", recovery[3].replace("-", " "))
        visitor.press("Sign in", within=visitor.page.get_by_role("main"))
        assert visitor.sees("You used a recovery code. 9 are left.")
        visitor.go("/certifying")
        assert visitor.heading == "Certifying"
        visitor.go("/profile/second-factor/recovery-codes")
        visitor.go("/profile/second-factor/removal")


@pytest.fixture
def decision_id(service: Service) -> uuid.UUID:
    """A decision that meets a standard which asks for two signatures."""
    ines = add(service, "Ines", Role.RATER)
    with service.app.app_context():
        stories.publish_standard(signatures=2)
        return stories.decided_attempt(ines)


def test_cleo_and_dora_sign(service: Service, visit: Visit, decision_id: uuid.UUID) -> None:
    cleo, dora = (add(service, name, Role.CERTIFIER) for name in ("Cleo", "Dora"))
    dossier = f"/certifying/decisions/{decision_id}"
    for person in (cleo, dora):
        second_factors.give(service.app, person)
    with visit() as first, visit() as second:
        sign_in(first, service, cleo)
        first.go(dossier)
        first.follow("Sign…")
        sign(first, service, cleo, "Sign first")
        assert first.sees("Signed first · Cleo")
        first.go("/certifying")
        assert first.sees("You signed first. A second certifier is needed.")
        sign_in(second, service, dora)
        second.go("/certifying")
        assert second.sees("Cleo signed first. A second signature is needed.")
        second.go(dossier)
        second.follow("Sign second…")
        sign(second, service, dora, "Sign and issue the certificate")
        number = re.search(r"[B-Z2-9]{4}-[B-Z2-9]{4}-[B-Z2-9]{4}", second.page.content())
        assert number
        second.go(f"/certificates/{number[0]}")
        assert second.sees("Cleo")
        assert second.sees("Dora")


def sign(visitor: Visitor, service: Service, certifier: Person, button: str) -> None:
    visitor.page.locator("input[type=checkbox]").check()
    visitor.fill("Your password", PASSWORD)
    visitor.fill("Code", second_factors.code_of(service.app, certifier))
    visitor.press(button)
