"""Going over what was missed in a real browser, and looking back at it."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Service
from tests.browser.raters import Rater, working
from tests.browser.test_keyboard import tab_to
from tests.browser.test_learning import FIRST, answer_by_keyboard
from tests.browser.visitor import NARROW
from tests.modules.conftest import module_version
from training.clock import now
from training.database import write_transaction
from training.modules.records import complete_stage
from training.modules.stages import STAGES
from training.review.records import question_missed


def let_have_missed(rater: Rater, *numbers: int) -> None:
    """Let the first module be done, and these of its questions have been missed yesterday."""
    yesterday = now().date() - timedelta(days=1)
    with rater.service.app.app_context():
        for stage in STAGES:
            complete_stage(rater.person_id, module_version(FIRST), stage)
        with write_transaction():
            for number in numbers:
                question_missed(rater.person_id, FIRST, f"question-{number}", on=yesterday)


def test_a_daily_set_with_the_keyboard_alone_on_a_dark_phone(
    shared_service: Service, browser: Browser
) -> None:
    with working(shared_service, browser, viewport=NARROW, color_scheme="dark") as rater:
        let_have_missed(rater, 9, 10)
        page, visitor = rater.page, rater.visitor
        visitor.go("/home")
        visitor.follow("2 questions to go over today")
        tab_to(page, "main .card a.btn-primary")
        page.keyboard.press("Enter")
        for position in (1, 2):
            heading = page.get_by_role("heading", level=1)
            expect(heading).to_have_text(f"Question {position} of 2 today")
            visitor.look()
            answer_by_keyboard(page)
            tab_to(page, "main form button[type=submit]")
            page.keyboard.press("Enter")
            expect(heading).to_have_text("Your answer is right")
            visitor.look()
            tab_to(page, "main a.btn-primary")
            page.keyboard.press("Enter")
        assert visitor.sees("Those were today's 2 questions.")
        visitor.follow("All questions you have answered")
        page.get_by_role("main").get_by_role("heading", level=2).get_by_role("link").click()
        page.get_by_text("Why each choice is what it is").first.click()
        visitor.look()
        for address in ("/completion", f"/completion/modules/{FIRST}", "/calendar"):
            visitor.go(address)
        visitor.press("Make an address")
        assert visitor.sees("It is shown this once")
