"""A certification attempt without a mouse, from opening it to its outcome."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Service
from tests.browser.raters import SAVED, Rater
from tests.browser.test_keyboard import tab_to
from tests.browser.visitor import WIDE
from tests.certification import stories
from tests.pack import ITEMS, level
from training.accounts.models import Person
from training.calibration.models import Purpose, SessionState
from training.database import db

ATTEMPT = "^Attempt 1$"
CONTINUE = "main a.btn-primary"


def press(page: Page, control: str, key: str = "Enter", *, leads_to: str = "") -> None:
    """Tab to this and press it; what it leads to is a heading."""
    tab_to(page, control)
    page.keyboard.press(key)
    if leads_to:
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(leads_to))


def rate_by_keyboard(rater: Rater, page: Page) -> None:
    """Rate the vignette at hand as its key does, with the keys that score; check it and submit."""
    heading = re.fullmatch(r"The story of (.+)", page.get_by_role("heading", level=1).inner_text())
    assert heading
    page.keyboard.press("i")
    for item in ITEMS:
        score = level(heading[1], item)
        if score is None:
            page.keyboard.press("n")
            page.keyboard.press("Tab")
            page.keyboard.type("Nobody was there.")
            page.keyboard.press("Shift+Tab")
        else:
            for key in (str(score), "t", "ArrowDown", "e", "i"):
                page.keyboard.press(key)
        if item != ITEMS[-1]:
            page.keyboard.press("j")
    rater.expect_status(SAVED)
    page.keyboard.press("s")  # nothing is left to rate, so it leads on to checking
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Check your rating"))
    press(page, "form[action$='/submit'] button", leads_to=ATTEMPT)


def test_an_attempt_without_a_mouse(service: Service, browser: Browser) -> None:
    """The first and the last vignette are rated in the browser, those between them as usual."""
    rater = Rater(service, browser, viewport=WIDE)
    with service.app.app_context():
        stories.make_eligible(db.session.get_one(Person, rater.person_id))
    page = rater.page
    rater.visitor.go("/certification")
    press(page, "a[href$='/new-attempt']", leads_to="^Open an attempt$")
    press(page, "main input[type=checkbox]", "Space")
    press(page, "main form button[type=submit]", leads_to=ATTEMPT)
    press(page, CONTINUE, leads_to="^The story of")
    press(page, "#shortcuts > summary")
    press(page, "#shortcuts-on", "Space")
    rate_by_keyboard(rater, page)
    with service.app.app_context():
        (attempt,) = stories.attempts_in_database(db.session.get_one(Person, rater.person_id))
        for session in attempt.sessions[1:-1]:
            stories.submit(session, stories.careful)
    page.reload()
    press(page, CONTINUE, leads_to="^The story of")
    rate_by_keyboard(rater, page)
    expect(page.locator("main")).to_contain_text("Meets")
    rater.visitor.look()
    with service.app.app_context():
        (attempt,) = stories.attempts_in_database(db.session.get_one(Person, rater.person_id))
        states = [each.state for each in attempt.sessions if each.purpose is Purpose.CERTIFICATION]
        assert states == [SessionState.SUBMITTED] * 8
    rater.visitor.close()
    assert not rater.visitor.faults
