"""Tamar tries a standard, Cleo holds it against past decisions: with scripts and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests import second_factors
from tests.browser.conftest import Service
from tests.browser.visitor import NARROW, WIDE, Visitor
from tests.certification import stories
from tests.conftest import PASSWORD
from tests.pack import STANDARD
from training.accounts.models import Person, Role
from training.accounts.passwords import hash_password
from training.accounts.records import add_person
from training.database import db

Visit = Callable[[], Any]
WINDOWS = [
    pytest.param({"viewport": WIDE}, id="wide"),
    pytest.param({"viewport": NARROW, "color_scheme": "dark"}, id="narrow-and-dark"),
    pytest.param({"viewport": NARROW, "has_scripts": False}, id="without-scripts"),
]


@pytest.fixture(params=WINDOWS)
def visit(request: pytest.FixtureRequest, browser: Browser, service: Service) -> Visit:
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


def add(service: Service, name: str, *roles: Role) -> Person:
    with service.app.app_context():
        return add_person(
            email=f"{name.lower()}@example.org",
            name=name,
            roles=roles,
            by=None,
            password_hash=hash_password(PASSWORD),
        )


def simulate(visitor: Visitor, **values: str) -> None:
    """Change the standard in the form, begin, and wait for the result."""
    visitor.go(f"/workbench/standards/{STANDARD}")
    for name, value in values.items():
        visitor.page.locator(f"[name='{name.replace('__', '.')}']").fill(value)
    # Not looked at with axe: the page that says how far it is goes on by itself meanwhile.
    visitor.page.get_by_role("button", name="Simulate", exact=True).click()
    visitor.page.wait_for_load_state("load")
    if not visitor.has_scripts:
        while visitor.page.get_by_role("button", name="Go on").count():
            visitor.press("Go on")
    expect(visitor.page.get_by_role("heading", name="Each kind of rater")).to_be_visible(
        timeout=60_000
    )
    visitor.look()


def test_tamar_tries_a_changed_standard(service: Service, visit: Visit) -> None:
    add(service, "Tamar", Role.TRAINER)
    with visit() as tamar:
        tamar.sign_in("tamar@example.org")
        tamar.go("/workbench")
        tamar.go(f"/workbench/standards/{STANDARD}")
        tamar.page.locator("[name='gross.at_most']").fill("2")
        tamar.press("Simulate")
        expect(tamar.page.locator(".error-summary")).to_be_visible()
        simulate(tamar, gross__at_most="0.06", replications="40")
        tamar.page.get_by_text("The same as a table").first.click()
        assert tamar.sees("always one point severe would get this certificate in 0 of 100")
        tamar.look()


def test_cleo_sees_which_past_outcomes_would_change(service: Service, visit: Visit) -> None:
    ines = add(service, "Ines", Role.RATER)
    cleo = add(service, "Cleo", Role.CERTIFIER)
    with service.app.app_context():
        stories.decided_attempt(ines)
        db.session.commit()
    second_factors.give(service.app, cleo)
    with visit() as visitor:
        visitor.sign_in(cleo.email)
        visitor.fill("Code", second_factors.code_of(service.app, cleo))
        visitor.press("Sign in", within=visitor.page.get_by_role("main"))
        simulate(visitor, exact__at_least="0.99", replications="20")
        visitor.follow("What would change for past decisions")
        assert visitor.sees("1 outcome of 1 would change")
