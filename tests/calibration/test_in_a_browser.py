"""The workspace's scripts in a real browser: nothing typed is lost, and it says so truly."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import Service, browser, service  # noqa: F401
from tests.calibration.rating_sheets import agreeing
from training.accounts import records as accounts
from training.accounts.models import Role
from training.calibration import records
from training.calibration.models import Purpose, RatingSession
from training.calibration.ratings import Rating
from training.database import db

pytestmark = pytest.mark.browser
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 844}
SAVED = re.compile(r"saved \d\d:\d\d$")


@dataclass
class Desk:
    """Ines's desk: her browser, signed in, and the session she has open."""

    service: Service
    context: BrowserContext
    page: Page
    session_id: uuid.UUID

    @property
    def address(self) -> str:
        return f"{self.service.address}/rating-sessions/{self.session_id}"

    def open(self, page: Page | None = None) -> Page:
        page = page or self.page
        page.goto(self.address)
        return page

    def stored(self) -> dict[int, Rating]:
        with self.service.app.app_context():
            return records.ratings_of(db.session.get_one(RatingSession, self.session_id))

    def expect_status(self, text: str | re.Pattern[str], page: Page | None = None) -> None:
        expect((page or self.page).locator(".action-status")).to_have_text(
            re.compile(text) if isinstance(text, str) else text, timeout=10_000
        )


@pytest.fixture
def desk(browser: Browser, service: Service) -> Iterator[Desk]:  # noqa: F811
    with service.app.app_context():
        ines = accounts.add_person(
            email="ines@example.org", name="Ines", roles=(Role.RATER,), by=None
        )
        token = accounts.start_session(ines, browser="a test").get_id()
        session_id = records.open_session(ines.id, "practice-one", Purpose.PRACTICE).id
    serializer = service.app.session_interface.get_signing_serializer(service.app)
    assert serializer is not None
    context = browser.new_context(viewport=WIDE, locale="en-GB", timezone_id="UTC")
    value = serializer.dumps({"_user_id": token, "_fresh": True})
    context.add_cookies([{"name": "session", "value": str(value), "url": service.address}])
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield Desk(service, context, page, session_id)
    context.close()
    assert faults == []


def test_it_saves_by_itself_and_marks_turns_by_click_and_key(desk: Desk) -> None:
    page = desk.open()
    expect(page.locator("#current-item")).to_contain_text("1. Element 1")
    page.check("#rating-3-2")
    expect(page.locator("#current-item")).to_contain_text("3. Element 3")
    page.locator("#turn-5 .turn-text").click()
    page.locator("#turn-7 button").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("#evidence-3")).to_have_value("5, 8")
    expect(page.locator("#turn-8 button")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#turn-8 .turn-marks")).to_have_text("item 3")
    page.locator("#turn-5 .turn-text").click()
    desk.expect_status(SAVED)
    desk.expect_status("^1 of 12 rated, ")
    assert desk.stored()[3] == Rating(2, evidence=(8,))
    desk.open()
    expect(page.locator("#evidence-3")).to_have_value("8")


def test_what_is_written_without_a_connection_is_kept_and_sent_later(desk: Desk) -> None:
    page = desk.open()
    desk.context.set_offline(True)
    page.check("#rating-1-4")
    desk.expect_status("not saved: offline, kept on this device$")
    desk.context.set_offline(False)
    desk.expect_status(SAVED)
    assert desk.stored()[1].score == 4
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_what_this_device_kept_is_taken_up_again(desk: Desk) -> None:
    page = desk.open()
    desk.context.set_offline(True)
    page.locator("[data-item='1'] summary", has_text="Note").click()
    page.fill("#note-1", "Not to be lost.")
    desk.expect_status("kept on this device$")
    page.close()
    desk.context.set_offline(False)
    page = desk.open(desk.context.new_page())
    expect(page.locator("#note-1")).to_have_value("Not to be lost.")
    desk.expect_status(SAVED, page)
    assert desk.stored()[1].note == "Not to be lost."


def test_an_answer_lost_on_the_way_is_no_conflict(desk: Desk) -> None:
    page = desk.open()

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/draft", lose_the_answer, times=1)
    page.check("#rating-1-4")
    desk.expect_status("not saved: offline")
    page.check("#rating-2-3")
    desk.expect_status(SAVED)
    expect(page.locator("#conflict")).to_be_hidden()
    assert (desk.stored()[1].score, desk.stored()[2].score) == (4, 3)


def test_a_change_in_another_tab_is_shown_and_not_overwritten(desk: Desk) -> None:
    page = desk.open()
    other = desk.open(desk.context.new_page())
    other.check("#rating-1-0")
    desk.expect_status(SAVED, other)
    page.check("#rating-1-4")
    desk.expect_status("not saved: this rating was changed in another tab")
    assert desk.stored()[1].score == 0
    page.get_by_role("button", name="Show both versions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two versions of your rating")
    page.get_by_role("button", name="Keep mine").click()
    page.wait_for_url(desk.address)
    assert desk.stored()[1].score == 4


def test_a_device_with_an_old_version_asks_what_to_do(desk: Desk) -> None:
    page = desk.open()
    desk.context.set_offline(True)
    page.check("#rating-1-4")
    desk.expect_status("kept on this device$")
    page.close()
    with desk.service.app.app_context():
        records.save_ratings(desk.session_id, {1: Rating(0)}, revision=0)
    desk.context.set_offline(False)
    page = desk.open(desk.context.new_page())
    expect(page.locator("#kept")).to_be_visible()
    page.get_by_role("button", name="Discard the one on this device").click()
    expect(page.locator("#kept")).to_be_hidden()
    desk.open(page)
    expect(page.locator("#kept")).to_be_hidden()
    assert desk.stored()[1].score == 0


def test_a_fault_is_said_and_blocks_nothing_once_mended(desk: Desk) -> None:
    page = desk.open()
    page.fill("#evidence-2", "99")
    desk.expect_status(r"not saved: Item 2: there is no turn 99\.")
    page.fill("#evidence-2", "9")
    desk.expect_status(SAVED)
    assert desk.stored()[2].evidence == (9,)


def test_saving_with_the_button_right_after_typing_is_no_conflict(desk: Desk) -> None:
    page = desk.open()
    for score in (1, 2, 3):
        page.check(f"#rating-1-{score}")
        page.wait_for_timeout(1150)  # just when it saves by itself
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_url(desk.address)
        expect(page.locator(f"#rating-1-{score}")).to_be_checked()
    assert desk.stored()[1].score == 3


def test_shortcuts_are_off_until_switched_on_and_silent_in_fields(desk: Desk) -> None:
    page = desk.open()
    page.keyboard.press("3")
    expect(page.locator("#rating-1-3")).not_to_be_checked()
    page.locator("#shortcuts summary").click()
    page.check("#shortcuts-on")
    page.locator("#instrument").focus()
    page.keyboard.press("3")
    expect(page.locator("#rating-1-3")).to_be_checked()
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(page.locator("#rating-2-NR")).to_be_checked()
    page.fill("#reason-2", "")
    page.locator("#reason-2").press_sequentially("no 4 j")
    expect(page.locator("#reason-2")).to_have_value("no 4 j")
    expect(page.locator("#rating-2-NR")).to_be_checked()
    page.keyboard.press("Tab")
    page.locator("#rating-2-NR").focus()
    page.keyboard.press("t")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("e")
    expect(page.locator("#evidence-2")).to_have_value("2")
    page.keyboard.press("i")
    expect(page.locator("#rating-2-NR")).to_be_focused()
    desk.open()
    expect(page.locator("#shortcuts-on")).to_be_checked()


def test_on_a_phone_the_two_panes_are_tabs(desk: Desk) -> None:
    desk.page.set_viewport_size(NARROW)
    page = desk.open()
    expect(page.locator("#transcript")).to_be_visible()
    expect(page.locator("#instrument")).to_be_hidden()
    page.get_by_role("tab", name="Rating").click()
    expect(page.locator("#instrument")).to_be_visible()
    expect(page.locator("#transcript")).to_be_hidden()
    page.check("#rating-4-1")
    page.locator("[data-item='4']").get_by_role(
        "button", name="Mark turns in the transcript"
    ).click()
    expect(page.locator("#transcript")).to_be_visible()
    page.locator("#turn-2 button").click()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Transcript").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#evidence-4")).to_have_value("2")
    page.set_viewport_size(WIDE)
    expect(page.locator("#transcript")).to_be_visible()
    expect(page.locator("#instrument")).to_be_visible()
    page.goto("about:blank")
    page.set_viewport_size(NARROW)
    page.goto(f"{desk.address}#item-7")
    expect(page.locator("#item-7")).to_be_in_viewport()


def test_the_focus_is_never_under_the_bar(desk: Desk) -> None:
    desk.page.set_viewport_size(NARROW)
    desk.page.emulate_media(reduced_motion="reduce")  # scrolling arrives at once
    page = desk.open()
    page.get_by_role("tab", name="Rating").click()
    page.locator("#rating-1-0").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
              const box = document.activeElement.getBoundingClientRect();
              const bar = document.querySelector(".action-bar").getBoundingClientRect();
              const isInBar = document.activeElement.closest(".action-bar, footer, header");
              return !isInBar && box.top >= bar.top;
            }"""
        )
        assert not hidden, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_submitting_leaves_nothing_on_the_device(desk: Desk) -> None:
    with desk.service.app.app_context():
        records.save_ratings(desk.session_id, agreeing(), revision=0)
    page = desk.open()
    page.check("#rating-1-2")
    page.get_by_role("button", name="Save and check").click()
    page.get_by_role("button", name="Submit this rating for good").click()
    page.wait_for_url(f"{desk.address}/feedback")
    assert page.evaluate("Object.keys(localStorage).length") == 0
    assert desk.stored()[1].score == 2
