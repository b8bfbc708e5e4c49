"""The rating workspace in a real browser: nothing is lost, and it says truly what is saved."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from tests.browser.conftest import Service
from tests.browser.raters import SAVED, Rater, saves_of, working
from tests.browser.visitor import NARROW, WIDE, ZOOMED
from tests.calibration.rating_sheets import agreeing
from tests.conftest import PASSWORD
from tests.pack import ITEMS, level
from training.calibration.models import SessionState
from training.calibration.ratings import BLANK, Rating

OFFLINE = "not saved: offline, kept on this device"
SIGNED_OUT = (
    "not saved: you are signed out. It is kept on this device; sign in again in another tab."
)
CHANGED_ELSEWHERE = "not saved: this rating was changed in another tab or on another device."
TRIES_AGAIN_AFTER = 15_000  # milliseconds, as in rating-draft.js
SAVES_AFTER = 1_200


def lose_the_answer(route: Route) -> None:
    """The service gets the request, the browser never hears of it."""
    route.fetch()
    route.abort()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to this within ten seconds"
        time.sleep(0.05)


# Saving by itself


def test_a_click_is_saved_without_pressing_anything(rater: Rater) -> None:
    page = rater.open()
    expect(page.locator(".action-status")).to_have_text("0 of 12 rated, nothing saved yet")
    page.locator("label[for=rating-3-2]").click()
    rater.expect_status(re.compile(r"^1 of 12 rated, saved \d\d:\d\d$"))
    said = page.locator(".action-status").inner_text()
    assert rater.stored() == dict.fromkeys(range(1, 13), BLANK) | {3: Rating(2)}
    assert (rater.revision(), rater.rows()) == (1, 1)
    assert rater.kept_on_the_device() == []
    page.reload()
    expect(page.locator("#rating-3-2")).to_be_checked()
    expect(page.locator(".action-status")).to_have_text(said)


def test_quick_changes_end_in_one_consistent_draft(rater: Rater) -> None:
    page = rater.page
    page.clock.install()
    rater.open()
    page.clock.pause_at(time.time() + 3600)
    sent = saves_of(page)
    for score in range(5):
        page.check(f"#rating-1-{score}")
    page.check("#rating-2-NR")
    page.fill("#reason-2", "Nobody was there.")
    page.fill("#evidence-1", "5, 3-4")
    page.check("#rating-1-2")
    assert sent == []  # not one request for each of them
    page.clock.run_for(SAVES_AFTER)
    rater.expect_status(SAVED)
    assert len(sent) == 1
    first = Rating(2, evidence=(3, 4, 5))
    second = Rating(is_not_rateable=True, reason="Nobody was there.")
    assert rater.stored() == dict.fromkeys(range(3, 13), BLANK) | {1: first, 2: second}
    assert rater.revision() == 1


def test_what_changes_while_a_save_is_under_way_is_saved_after_it(rater: Rater) -> None:
    page = rater.open()
    held: list[Route] = []
    page.route("**/draft", lambda route: held.append(route), times=1)
    sent = saves_of(page)
    with page.expect_request("**/draft"):
        page.check("#rating-1-4")
    page.check("#rating-1-1")
    page.check("#rating-2-3")
    rater.expect_status("not saved yet")
    page.wait_for_timeout(SAVES_AFTER)
    assert len(sent) == 1  # they never overtake each other
    held[0].continue_()
    rater.expect_status(re.compile("^2 of 12 rated, saved"))
    assert (rater.stored()[1], rater.stored()[2]) == (Rating(1), Rating(3))
    assert (len(sent), rater.revision()) == (2, 2)


def test_leaving_right_after_a_click_and_coming_back_loses_nothing(rater: Rater) -> None:
    page = rater.open()
    page.check("#rating-1-4")
    page.get_by_role("main").get_by_role("link", name="Practice").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Practice")
    wait_until(lambda: rater.stored()[1] == Rating(4))
    page.go_back()
    expect(page.locator("#rating-1-4")).to_be_checked()
    page.check("#rating-2-2")
    rater.expect_status(SAVED)
    expect(page.locator("#conflict")).to_be_hidden()
    page.get_by_role("button", name="Save and check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Check your rating"))
    page.go_back()
    page.check("#rating-2-3")
    rater.expect_status(SAVED)
    assert (rater.stored()[1], rater.stored()[2]) == (Rating(4), Rating(3))
    assert rater.kept_on_the_device() == []


# Without a connection


def test_rated_on_a_train(rater: Rater) -> None:
    page = rater.open()
    rater.context.set_offline(True)
    page.check("#rating-1-4")
    page.locator("[data-item='1'] summary", has_text="Note").click()
    page.fill("#note-1", "Not to be lost.")
    rater.expect_status(OFFLINE)
    page.get_by_role("button", name="Save", exact=True).click()  # nobody is there to take it
    rater.expect_status(OFFLINE)
    close_without_connection(page)
    assert rater.revision() == 0
    rater.context.set_offline(False)
    page = rater.open_another_tab()
    expect(page.locator("#rating-1-4")).to_be_checked()
    expect(page.locator("#note-1")).to_have_value("Not to be lost.")
    rater.expect_status(SAVED, page)
    assert rater.stored()[1] == Rating(4, note="Not to be lost.")
    assert (rater.revision(), rater.kept_on_the_device(page)) == (1, [])


def test_the_connection_comes_back_while_the_page_is_open(rater: Rater) -> None:
    page = rater.open()
    rater.context.set_offline(True)
    page.check("#rating-1-4")
    rater.expect_status(OFFLINE)
    assert len(rater.kept_on_the_device()) == 1
    rater.context.set_offline(False)
    rater.expect_status(SAVED)
    assert (rater.stored()[1], rater.kept_on_the_device()) == (Rating(4), [])


def test_an_old_version_on_this_device_is_not_taken_up_silently(rater: Rater) -> None:
    page = rater.open()
    rater.context.set_offline(True)
    page.check("#rating-1-4")
    rater.expect_status(OFFLINE)
    close_without_connection(page)
    rater.has_rated({1: Rating(0)})  # at home, on another device
    rater.context.set_offline(False)
    page = rater.open_another_tab()
    expect(page.locator("#rating-1-0")).to_be_checked()
    notice = page.locator("#kept")
    expect(notice).to_contain_text("a version of this rating that was never saved")
    notice.get_by_role("button", name="Compare both versions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two versions of your rating")
    assert rater.stored()[1] == Rating(0)
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("#rating-1-4")).to_be_checked()
    assert (rater.stored()[1], rater.kept_on_the_device(page)) == (Rating(4), [])


def test_rating_on_before_answering_for_an_old_version_keeps_both(rater: Rater) -> None:
    page = rater.open()
    rater.context.set_offline(True)
    page.check("#rating-1-4")
    rater.expect_status(OFFLINE)
    close_without_connection(page)
    rater.has_rated({1: Rating(0)})
    rater.context.set_offline(False)
    page = rater.open_another_tab()
    expect(page.locator("#kept")).to_be_visible()
    page.check("#rating-2-3")
    rater.expect_status(SAVED, page)
    assert (rater.stored()[1], rater.stored()[2]) == (Rating(0), Rating(3))
    page.reload()
    page.get_by_role("button", name="Discard the one on this device").click()
    expect(page.locator("#kept")).to_be_hidden()
    page.reload()
    expect(page.locator("#rating-1-0")).to_be_checked()
    expect(page.locator("#kept")).to_be_hidden()
    assert rater.kept_on_the_device(page) == []


def close_without_connection(page: Page) -> None:
    """Close a tab while there is no connection.

    What a page sends while it is being left would come through: the browser's pretence of being
    offline does not reach that far.
    """
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('offline')) }")
    page.close()


# An answer that is lost on the way


def test_a_lost_answer_leads_to_one_save(rater: Rater) -> None:
    page = rater.page
    page.clock.install()
    rater.open()
    sent = saves_of(page)
    page.route("**/draft", lose_the_answer, times=1)
    page.check("#rating-1-4")
    rater.expect_status(OFFLINE)
    assert rater.stored()[1] == Rating(4)  # the service has it, the page cannot know
    page.clock.run_for(TRIES_AGAIN_AFTER)
    rater.expect_status(SAVED)
    expect(page.locator("#conflict")).to_be_hidden()
    assert len(sent) == 2
    assert (rater.revision(), rater.rows()) == (1, 1)
    page.check("#rating-1-3")  # and it goes on from the right revision
    rater.expect_status(SAVED)
    assert (rater.revision(), rater.stored()[1]) == (2, Rating(3))


def test_a_change_after_a_lost_answer_is_no_conflict_with_oneself(rater: Rater) -> None:
    page = rater.open()
    page.route("**/draft", lose_the_answer, times=2)
    for item in (1, 2, 3):
        page.check(f"#rating-{item}-4")
        rater.expect_status(SAVED if item == 3 else OFFLINE)
    expect(page.locator("#conflict")).to_be_hidden()
    assert [rater.stored()[item] for item in (1, 2, 3)] == [Rating(4)] * 3


# Two tabs


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with-scripts", "without-scripts"])
@pytest.mark.parametrize("choice", ["Keep mine", "Keep what was saved"])
def test_two_tabs_are_told_of_each_other(
    shared_service: Service, browser: Browser, *, has_scripts: bool, choice: str
) -> None:
    with working(shared_service, browser, has_scripts=has_scripts) as rater:
        first = rater.open()
        second = rater.open_another_tab()
        second.check("#rating-1-0")
        second.fill("#evidence-1", "2")
        leave_it_saved(rater, second, has_scripts=has_scripts)
        first.check("#rating-1-4")
        if has_scripts:
            rater.expect_status(CHANGED_ELSEWHERE)
            expect(first.locator("#conflict")).to_contain_text("nothing was overwritten")
            first.get_by_role("button", name="Show both versions").click()
        else:
            first.get_by_role("button", name="Save", exact=True).click()
        expect(first.get_by_role("heading", level=1)).to_have_text("Two versions of your rating")
        mine, saved = first.locator("tbody tr").get_by_role("cell").all()
        expect(mine.locator("dd")).to_have_text(["4", "–"])
        expect(saved.locator("dd")).to_have_text(["0", "2"])
        assert rater.visitor.sees("11 items are the same in both.")
        assert rater.stored()[1] == Rating(0, evidence=(2,))
        first.get_by_text(choice, exact=True).click()
        first.wait_for_url(rater.address)
        kept = Rating(4) if choice == "Keep mine" else Rating(0, evidence=(2,))
        expect(first.locator(f"#rating-1-{kept.score}")).to_be_checked()
        assert rater.stored()[1] == kept
        assert rater.revision() == (2 if choice == "Keep mine" else 1)
        if has_scripts:
            assert rater.kept_on_the_device() == []
            first.check("#rating-2-2")  # the tab works again
            rater.expect_status(SAVED, first)


def leave_it_saved(rater: Rater, page: Page, *, has_scripts: bool) -> None:
    if has_scripts:
        rater.expect_status(SAVED, page)
    else:
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".action-status")).to_contain_text("saved ")


def test_choosing_a_version_without_a_connection_loses_neither(rater: Rater) -> None:
    page = rater.open()
    rater.has_rated({1: Rating(0)})
    page.check("#rating-1-4")
    rater.expect_status(CHANGED_ELSEWHERE)
    page.get_by_role("button", name="Show both versions").click()
    rater.context.set_offline(True)
    page.get_by_role("button", name="Keep mine").click()
    page.wait_for_url("chrome-error://**")
    rater.context.set_offline(False)
    page = rater.open_another_tab()
    page.get_by_role("button", name="Compare both versions").click()
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("#rating-1-4")).to_be_checked()
    assert rater.stored()[1] == Rating(4)


def test_rating_on_in_a_tab_that_was_told_is_kept(rater: Rater) -> None:
    page = rater.open()
    rater.has_rated({1: Rating(0)})
    page.check("#rating-1-4")
    rater.expect_status(CHANGED_ELSEWHERE)
    page.check("#rating-2-3")
    rater.open()
    expect(page.locator("#rating-1-0")).to_be_checked()
    page.get_by_role("button", name="Compare both versions").click()
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("#rating-2-3")).to_be_checked()
    assert (rater.stored()[1], rater.stored()[2]) == (Rating(4), Rating(3))


# Submitting


def test_a_double_click_submits_once(rater: Rater) -> None:
    rater.has_rated(agreeing())
    page = rater.open(where="/check")
    page.get_by_role("button", name="Submit this rating for good").dblclick()
    page.wait_for_url(f"{rater.address}/feedback")
    assert rater.visitor.sees("You agree with the consensus on every item.")
    assert (rater.state(), rater.submissions()) == (SessionState.SUBMITTED, (1, 1))


def test_two_tabs_submit_at_the_same_moment(rater: Rater) -> None:
    rater.has_rated(agreeing())
    tabs = [rater.open(where="/check"), rater.open_another_tab("/check")]
    late = rater.open_another_tab()
    for tab in tabs:
        tab.evaluate("document.querySelector('form[action$=\"/submit\"]').requestSubmit()")
    for tab in tabs:
        tab.wait_for_url(f"{rater.address}/feedback")
        expect(tab.get_by_role("heading", level=1)).to_have_text(re.compile("^Feedback on"))
    assert (rater.state(), rater.submissions()) == (SessionState.SUBMITTED, (1, 1))
    late.check("#rating-1-0")  # a third tab, which was not told
    rater.expect_status("not saved: this rating is submitted already.", late)
    assert rater.stored() == agreeing()
    assert rater.kept_on_the_device(late) == []


def test_a_check_page_that_is_no_longer_true_submits_nothing(rater: Rater) -> None:
    rater.has_rated(agreeing())
    page = rater.open(where="/check")
    rater.has_rated(agreeing() | {1: Rating(0)})
    page.get_by_role("button", name="Submit this rating for good").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was submitted.")
    expect(page.locator("#item-1 .check-rating")).to_contain_text("0 Contrary")
    assert rater.state() is SessionState.DRAFT
    page.get_by_role("button", name="Submit this rating for good").click()
    page.wait_for_url(f"{rater.address}/feedback")
    assert rater.stored()[1] == Rating(0)


# Signed out in another tab


def test_signed_out_while_rating(rater: Rater) -> None:
    page = rater.open()
    page.check("#rating-1-4")
    rater.expect_status(SAVED)
    other = rater.open_another_tab()
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("status")).to_have_text("You are signed out.")
    page.check("#rating-2-3")
    page.locator("[data-item='2'] summary", has_text="Note").click()
    page.fill("#note-2", "Typed while signed out.")
    rater.expect_status(SIGNED_OUT)
    expect(page.locator("#note-2")).to_have_value("Typed while signed out.")
    assert rater.stored()[2] == BLANK
    other.goto("/sign-in")
    other.get_by_label("E-mail address").fill(rater.email)
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("Ines")
    page.check("#rating-3-2")
    rater.expect_status(SAVED)
    assert rater.stored()[2] == Rating(3, note="Typed while signed out.")
    assert (rater.stored()[3], rater.kept_on_the_device()) == (Rating(2), [])
    page.get_by_role("button", name="Save and check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Check your rating"))
    # The page learnt its new token from one refusal, which the browser wrote down.
    refused = [fault for fault in rater.visitor.faults if "a status of 400" in fault]
    assert rater.visitor.faults == refused
    assert len(refused) == 1
    rater.visitor.faults.clear()


# Evidence


def test_turns_are_marked_for_the_item_at_hand_by_click_and_key(rater: Rater) -> None:
    page = rater.open()
    page.check("#rating-3-2")
    expect(page.locator("#current-item")).to_have_text("Marking evidence for: 3. Element 3")
    page.locator("#turn-5 .turn-text").click()
    page.locator("#turn-7 .turn-toggle").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#evidence-3")).to_have_value("5, 7, 8")
    expect_marked(page, 3, [5, 7, 8])
    page.locator("#turn-5 .turn-toggle").click()  # by click ...
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")  # ... and by key the mark is taken away
    expect_marked(page, 3, [8])
    page.locator("#item-4 legend").click()
    expect(page.locator("#current-item")).to_have_text("Marking evidence for: 4. Element 4")
    page.locator("#turn-8 .turn-text").click()
    expect(page.locator("#turn-8 .turn-mark")).to_have_text(["item 3", "item 4"])
    rater.expect_status(SAVED)
    assert rater.stored()[3] == Rating(2, evidence=(8,))
    assert rater.stored()[4] == Rating(evidence=(8,))
    page.reload()
    expect(page.locator("#turn-8 .turn-mark")).to_have_text(["item 3", "item 4"])


def test_typed_turns_and_marks_agree(rater: Rater) -> None:
    page = rater.open()
    page.fill("#evidence-2", "9; 3-5")
    expect_marked(page, 2, [3, 4, 5, 9])
    page.locator("[data-item='2'] .turn-chip", has_text="9").click()
    expect(page.locator("#turn-9 .turn-toggle")).to_be_focused()
    expect(page.locator("#turn-9")).to_be_in_viewport()
    page.keyboard.press("Space")
    expect(page.locator("#evidence-2")).to_have_value("3, 4, 5")
    page.fill("#evidence-2", "4, the silence")
    page.locator("#turn-6 .turn-text").click()
    expect(page.locator("#evidence-2")).to_be_focused()  # what cannot be read is not thrown away
    expect(page.locator("#evidence-2")).to_have_value("4, the silence")
    rater.expect_status(re.compile("not saved: Item 2:"))
    page.fill("#evidence-2", "4, 99")
    rater.expect_status("not saved: Item 2: there is no turn 99. The last turn is 26.")
    page.fill("#evidence-2", "4")
    rater.expect_status(SAVED)
    assert rater.stored()[2] == Rating(evidence=(4,))
    expect_marked(page, 2, [4])


def test_a_selected_word_does_not_get_in_the_way_of_marking(rater: Rater) -> None:
    page = rater.open()
    page.locator("#turn-2 .turn-toggle").focus()
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#turn-9 .turn-text'))")
    page.keyboard.press("Space")
    expect_marked(page, 1, [2])


def expect_marked(page: Page, item: int, turns: list[int]) -> None:
    """Both panes show these turns for the item at hand."""
    numbers = [str(turn) for turn in turns]
    expect(page.locator("#transcript [aria-pressed=true]")).to_have_text(numbers)
    own = page.locator("#transcript .turn:has(.turn-mark-own) .turn-toggle")
    expect(own).to_have_text(numbers)
    expect(page.locator("#transcript .turn-mark-own")).to_have_text([f"item {item}"] * len(turns))
    expect(page.locator(f"[data-item='{item}'] .turn-chip")).to_have_text(numbers)
    for turn in turns:
        name = f"Turn {turn}: evidence for item {item}"
        expect(page.get_by_role("button", name=name, exact=True, pressed=True)).to_be_visible()


# Small screens, zoom and paper


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
        own_card.get_by_role("button", name="Mark turns in the transcript").tap()
        expect(page.locator("#current-item")).to_be_in_viewport()
        page.locator("#turn-3 .turn-toggle").tap()
        expect(page.locator("#turn-3 .turn-toggle")).to_have_attribute("aria-pressed", "true")
        assert_large_enough(page, "#transcript .turn-toggle, [role=tab], .action-bar button")
        page.get_by_role("tab", name="Rating").tap()
        expect(own_card.locator("legend")).to_be_in_viewport()  # where it was left
        assert_large_enough(page, ".anchor label, .action-bar button, .item-jump, #item-4 button")
        assert_nothing_sticks_out(page)
        rater.expect_status(SAVED)
        assert rater.stored()[4] == Rating(1, evidence=(3,))


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
        bars = page.locator(".action-bar, .workspace-tabs, .workspace-current")
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
