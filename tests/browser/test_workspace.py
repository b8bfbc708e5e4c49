"""The rating workspace in a real browser: nothing is lost, and it says truly what is saved."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.browser.raters import SAVED, Rater, saves_of
from training.calibration.ratings import BLANK, Rating

OFFLINE = "not saved: offline, kept on this device"
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
    assert sent == []  # not one request for each of them
    page.locator("#evidence-1").focus()
    wait_until(lambda: len(sent) == 1)  # what was written is saved when its field is left
    page.fill("#evidence-1", "5, 3-4")
    page.check("#rating-1-2")
    page.clock.resume()
    rater.expect_status(SAVED)
    assert len(sent) <= 3
    first = Rating(2, evidence=(3, 4, 5))
    second = Rating(is_not_rateable=True, reason="Nobody was there.")
    assert rater.stored() == dict.fromkeys(range(3, 13), BLANK) | {1: first, 2: second}
    assert rater.revision() == len(sent)


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


def test_the_button_while_a_save_is_under_way_is_no_conflict(rater: Rater) -> None:
    page = rater.open()
    held: list[Route] = []
    page.route("**/draft", lambda route: held.append(route), times=1)
    with page.expect_request("**/draft"):
        page.check("#rating-1-4")
    page.get_by_role("button", name="Save", exact=True).click()
    page.check("#rating-2-3")
    held[0].continue_()
    rater.expect_status(re.compile("^2 of 12 rated, saved"))
    expect(page.get_by_role("heading", level=1)).to_have_text("The story of practice-one")
    assert (rater.stored()[1], rater.stored()[2]) == (Rating(4), Rating(3))


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
    rater.expect_status("not saved: Item 2: There is no turn 99. The last turn is 26.")
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
    expect(page.locator("#transcript .turn-toggle[aria-pressed=true]")).to_have_text(numbers)
    own = page.locator("#transcript .turn:has(.turn-mark-own) .turn-toggle")
    expect(own).to_have_text(numbers)
    expect(page.locator("#transcript .turn-mark-own")).to_have_text([f"item {item}"] * len(turns))
    expect(page.locator(f"[data-item='{item}'] .turn-chip")).to_have_text(numbers)
    for turn in turns:
        name = f"Turn {turn}: evidence for item {item}"
        expect(page.get_by_role("button", name=name, exact=True, pressed=True)).to_be_visible()
