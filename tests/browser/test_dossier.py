"""A dossier in a real browser: rows of a table are evidence, by finger and by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Service
from tests.browser.raters import SAVED, Rater, working
from tests.browser.test_screens import assert_large_enough, assert_nothing_sticks_out
from tests.browser.visitor import NARROW
from tests.calibration.rating_sheets import agreeing
from tests.pack import PROGRAMME_INSTRUMENT, PROGRAMME_PRACTICE, programme_pack
from training.calibration.ratings import Rating
from training.library import records as library
from training.library.reading import Pack

SERVICE = PROGRAMME_PRACTICE[0]
PRESSED = ("aria-pressed", "true")


@pytest.fixture
def with_dossier(shared_service: Service) -> Service:
    """The service with one dossier in it, and no second track that other stories would meet."""
    whole, pack = programme_pack(), Pack()
    instrument = whole.instruments[PROGRAMME_INSTRUMENT]
    pack.add("instrument", PROGRAMME_INSTRUMENT, instrument, "instrument")
    pack.add("vignette", SERVICE, whole.vignettes[SERVICE], "vignette")
    pack.add("key", SERVICE, whole.keys[SERVICE], "key")
    with shared_service.app.app_context():
        library.publish(pack, person_id=None)
    return shared_service


def opened(rater: Rater) -> Page:
    rater.session_id = rater.given(SERVICE)
    rater.visitor.go(rater.address)
    return rater.page


def test_rows_are_evidence_by_finger_on_a_phone(with_dossier: Service, browser: Browser) -> None:
    with working(with_dossier, browser, viewport=NARROW, is_phone=True) as rater:
        page = opened(rater)
        page.get_by_role("tab", name="Dossier").tap()
        assert_nothing_sticks_out(page)
        region = page.get_by_role("region", name="The log of calls")
        assert region.evaluate("it => it.tabIndex") == 0
        page.locator("#turn-3 .turn-cell").last.tap()
        toggle = page.get_by_role("button", name="Passage 3: evidence for item 1")
        expect(toggle).to_have_attribute(*PRESSED)
        expect(page.locator("#turn-3")).to_have_class(re.compile("turn-current"))
        page.locator("#turn-25 .turn-toggle").tap()
        assert_large_enough(page, "#transcript .turn-toggle")
        page.get_by_role("tab", name="Rating").tap()
        chip = page.locator("[data-item='1'] .turn-chip").first
        expect(chip).to_have_attribute("title", "3 | Day 3, 09:03 | caller 3")
        chip.tap()
        expect(toggle).to_be_focused()
        rater.expect_status(SAVED)
        assert rater.stored()[1] == Rating(evidence=(3, 25))
        page.get_by_role("link", name="What staff say").tap()
        expect(page.locator("#turn-extract-2")).to_be_in_viewport()
        assert_nothing_sticks_out(page)


def test_a_dossier_is_rated_without_a_mouse(with_dossier: Service, browser: Browser) -> None:
    with working(with_dossier, browser) as rater:
        sheet = agreeing(SERVICE)
        rater.session_id = rater.given(SERVICE)
        rater.has_rated({item: rating for item, rating in sheet.items() if item > 1})
        page = opened(rater)
        first = page.get_by_role("button", name="Passage 1: evidence for item 1")
        first.focus()
        for _row in range(12):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
        expect(page.locator("#turn-13 .turn-toggle")).to_have_attribute(*PRESSED)
        page.keyboard.press("End")
        expect(page.locator("#turn-40 .turn-toggle")).to_be_focused()
        page.keyboard.press("Home")
        page.keyboard.press("Enter")
        expect(first).to_have_attribute(*PRESSED)
        page.get_by_text("Keyboard shortcuts").press("Enter")
        page.get_by_label("Use shortcuts on this device").press("Space")
        page.keyboard.press("5")  # the highest score of this instrument
        expect(page.locator("#rating-1-5")).to_be_checked()
        page.keyboard.press("4")
        page.keyboard.press("0")  # which is none of its scores
        expect(page.locator("#rating-1-4")).to_be_checked()
        rater.expect_status(SAVED)
        assert rater.stored()[1] == sheet[1] == Rating(4, evidence=(1, 13))
        rater.visitor.press("Save and check")
        rater.visitor.press("Submit this rating for good")
        assert rater.visitor.sees("You agree with the consensus on every item.")
        page.locator("#item-3").get_by_role("link", name="15").first.press("Enter")
        expect(page.locator("#turn-15")).to_be_in_viewport()
        page.emulate_media(media="print")
        expect(page.locator("#turn-20")).to_be_visible()
