"""Words explained where they are met, and pictures between them: by keyboard, and on paper."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Service
from tests.browser.raters import working
from tests.browser.test_keyboard import tab_to
from tests.browser.visitor import WIDE
from tests.modules.test_figures import LESSON_WITH_ALL, with_lesson
from tests.pack import MODULES, small_pack
from training.library import records as library
from training.library.figures import FIGURES

LESSON = f"/modules/{MODULES[0]}/orient"
SMALL = {"width": 320, "height": 700}


def let_the_lesson_have_pictures(service: Service) -> None:
    with service.app.app_context():
        library.publish(with_lesson(small_pack(), LESSON_WITH_ALL), person_id=None)


def test_a_word_is_explained_on_a_narrow_screen_with_the_keyboard(
    service: Service, browser: Browser
) -> None:
    let_the_lesson_have_pictures(service)
    with working(service, browser, viewport=SMALL) as rater:
        page, visitor = rater.page, rater.visitor
        visitor.go(LESSON)  # nothing sticks out, pictures included
        expect(page.locator("figure.picture svg[role=img]")).to_have_count(len(FIGURES))
        note = page.locator("#term-bias")
        expect(note).to_be_hidden()
        tab_to(page, "button.term")
        expect(page.get_by_role("button", name="bias", exact=True)).to_be_focused()
        page.keyboard.press("Enter")
        expect(note).to_be_in_viewport(ratio=1)
        visitor.looked_at.clear()
        visitor.look()
        page.keyboard.press("Escape")
        expect(note).to_be_hidden()
        expect(page.locator("button.term")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")  # from the word straight into its note
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Glossary")
        expect(page.locator("#bias")).to_be_in_viewport()
        visitor.look()
        page.goto(LESSON)
        page.emulate_media(media="print")
        expect(page.locator("#term-bias")).to_be_hidden()
        expect(page.locator("details.picture-twin").first).to_be_hidden()


def test_it_needs_no_scripts_and_can_be_read_in_the_dark(
    service: Service, browser: Browser
) -> None:
    let_the_lesson_have_pictures(service)
    with working(service, browser, viewport=SMALL, has_scripts=False) as rater:
        rater.page.goto(LESSON)
        rater.page.locator("button.term").click()
        expect(rater.page.locator("#term-bias")).to_be_in_viewport()
        rater.page.mouse.click(5, 5)
        expect(rater.page.locator("#term-bias")).to_be_hidden()
    with working(service, browser, viewport=WIDE, color_scheme="dark") as rater:
        rater.page.goto(LESSON)
        rater.page.locator("button.term").click()
        rater.visitor.look()
