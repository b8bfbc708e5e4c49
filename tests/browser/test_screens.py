"""The workspace on small screens, far zoomed in, on paper and without motion."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import Service
from tests.browser.raters import SAVED, Rater, working
from tests.browser.visitor import NARROW, WIDE, ZOOMED
from tests.calibration.rating_sheets import agreeing
from tests.certification import stories
from tests.certification.stories import constant
from tests.pack import ITEMS, level
from training.accounts.models import Person
from training.calibration.models import SessionState
from training.calibration.ratings import Rating
from training.database import db


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_the_panes_are_tabs(
    shared_service: Service, browser: Browser, width: int
) -> None:
    window = {"viewport": {"width": width, "height": 700}, "is_phone": True}
    with working(shared_service, browser, **window) as rater:
        page = rater.open()
        transcript, instrument = page.locator("#transcript"), page.locator("#instrument")
        for name, shown, hidden in (
            ("Rating", instrument, transcript),
            ("Transcript", transcript, instrument),
        ):
            tab = page.get_by_role("tab", name=name)
            tab.tap()
            expect(tab).to_have_attribute("aria-selected", "true")
            expect(page.get_by_role("tab", selected=False)).to_have_count(1)
            expect(
                page.get_by_role("tabpanel", name=shown.locator("h2").inner_text())
            ).to_be_visible()
            expect(shown).to_be_visible()
            expect(hidden).to_be_hidden()
            assert_nothing_sticks_out(page)
        page.get_by_role("tab", name="Transcript").press("ArrowRight")
        expect(page.get_by_role("tab", name="Rating")).to_be_focused()
        page.locator("label[for=rating-4-1]").tap()
        rater.expect_status(re.compile("^1 of 12 rated, saved"))
        own_card = page.locator("[data-item='4']")
        marking = own_card.get_by_role("button", name="Mark turns in the transcript")
        marking.tap()
        expect(page.locator("#current-item")).to_be_in_viewport()
        page.locator("#turn-3 .turn-toggle").tap()
        expect(page.locator("#turn-3 .turn-toggle")).to_have_attribute("aria-pressed", "true")
        assert_large_enough(page, "#transcript .turn-toggle, [role=tab], .action-bar button")
        page.get_by_role("tab", name="Rating").tap()
        expect(marking).to_be_in_viewport()  # where it was left
        assert_large_enough(page, ".anchor label, .action-bar button, .item-jump, #item-4 button")
        assert_nothing_sticks_out(page)
        rater.expect_status(SAVED)
        assert rater.stored()[4] == Rating(1, evidence=(3,))


def test_on_a_phone_no_table_of_attempts_is_cut_off(
    shared_service: Service, browser: Browser
) -> None:
    with working(shared_service, browser, viewport=NARROW) as rater:
        with shared_service.app.app_context():
            stories.decided_attempt(db.session.get_one(Person, rater.person_id), constant)
        rater.visitor.go("/certification")
        table = rater.page.get_by_role("table", name=re.compile("^Your attempts at"))
        expect(table.get_by_role("rowheader")).to_have_text("Attempt 1")
        frame = table.locator("..")
        assert frame.evaluate("it => it.scrollWidth - it.clientWidth") == 0
        assert_nothing_sticks_out(rater.page)


def assert_nothing_sticks_out(page: Page) -> None:
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, f"the page scrolls sideways by {width} px"


def assert_large_enough(page: Page, selector: str) -> None:
    """Every visible one of these is at least 44 pixels high and wide enough for a finger."""
    boxes = page.locator(f":is({selector}):visible").evaluate_all(
        "all => all.map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])"
        ".map(([html, box]) => ({ html, width: box.width, height: box.height }))"
    )
    assert boxes
    assert [box for box in boxes if box["height"] < 43.99 or box["width"] < 31.99] == []


def test_at_four_hundred_percent_nothing_is_lost(shared_service: Service, browser: Browser) -> None:
    with working(shared_service, browser, viewport=ZOOMED) as rater:
        page = rater.open()
        assert_nothing_sticks_out(page)
        page.get_by_role("tab", name="Rating").click()
        assert_nothing_sticks_out(page)
        for item in ITEMS:
            page.locator(f"label[for=rating-{item}-{level('practice-one', item)}]").click()
        page.get_by_role("tab", name="Transcript").click()
        page.locator("#turn-26 .turn-toggle").click()
        # No bar takes the little height there is.
        bars = page.locator(".action-bar, .workspace-tabs, .transcript-head")
        assert (
            bars.evaluate_all("all => all.map((bar) => getComputedStyle(bar).position)")
            == ["static"] * 3
        )
        rater.expect_status(re.compile("^12 of 12 rated, saved"))
        assert rater.stored()[12] == Rating(level("practice-one", 12), evidence=(26,))
        rater.visitor.press("Save and check")
        assert_nothing_sticks_out(page)
        rater.visitor.press("Submit this rating for good")
        assert_nothing_sticks_out(page)
        assert rater.visitor.sees("You agree with the consensus on every item.")
        assert rater.state() is SessionState.SUBMITTED


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_transcript_and_ratings_come_out_on_paper(
    shared_service: Service, browser: Browser, viewport: ViewportSize
) -> None:
    with working(shared_service, browser, viewport=viewport) as rater:
        rater.has_rated(agreeing() | {1: Rating(0, evidence=(2,), note="A note to print.")})
        page = rater.open()
        page.emulate_media(media="print")
        assert_on_paper(page, "#turn-1, #turn-26, #item-1, #item-12, #rating-1-0, #note-1", 6)
        expect(page.locator("#rating-1-0")).to_be_checked()
        assert_whole(page, "#transcript, #instrument")
        expect(page.locator(".action-bar")).to_be_hidden()
        expect(page.get_by_role("navigation").locator("visible=true")).to_have_count(0)
        page.emulate_media(media="screen")
        page.goto(f"{rater.address}/check")
        page.emulate_media(media="print")
        assert_on_paper(page, ".check-item", 12)
        expect(page.get_by_text("A note to print.")).to_be_visible()
        page.emulate_media(media="screen")
        rater.visitor.press("Submit this rating for good")
        page.emulate_media(media="print")
        assert_on_paper(page, "#turn-1, #turn-26, #item-1, #item-12", 4)
        assert_whole(page, ".feedback-transcript")
        expect(page.get_by_text("Your note: A note to print.")).to_be_visible()


def assert_on_paper(page: Page, selector: str, number: int) -> None:
    shown = page.locator(selector).locator("visible=true")
    expect(shown).to_have_count(number)


def assert_whole(page: Page, selector: str) -> None:
    """Nothing of these is cut off: paper cannot be scrolled."""
    heights = page.locator(selector).evaluate_all(
        "all => all.map((one) => [one.id, one.scrollHeight - one.clientHeight])"
    )
    assert [cut for cut in heights if cut[1] > 1] == []


def test_motion_is_left_out_where_it_is_unwanted(rater: Rater) -> None:
    page = rater.page
    page.emulate_media(reduced_motion="reduce")
    rater.open()
    moving = page.evaluate(
        """[...document.querySelectorAll("*")].filter((element) => {
          const style = getComputedStyle(element);
          return style.animationName !== "none" || style.scrollBehavior !== "auto"
            || style.transitionProperty !== "none" && parseFloat(style.transitionDuration) > 0;
        }).map((element) => element.outerHTML.slice(0, 90))"""
    )
    assert moving == []
    page.locator("a[href='#item-12']").click()
    expect(page.locator("#item-12 legend")).to_be_in_viewport()
