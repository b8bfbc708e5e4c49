"""Rating without a mouse: everything can be reached, seen while it has the focus, and done."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import Service
from tests.browser.raters import SAVED, Rater, working
from tests.browser.visitor import NARROW, WIDE, ZOOMED
from tests.pack import ITEMS, level
from training.calibration.models import SessionState
from training.calibration.ratings import BLANK, Rating

MOST_TABS = 250  # more than any page here needs
# Everything a person can tab to, in the order of the document: of the buttons of a radio group
# one, and nothing that is closed, hidden or taken out of the order. The page remembers them.
FIND_CONTROLS = """() => {
  const groups = new Set();
  const isFirstOfGroup = (field) => {
    if (field.type !== "radio") return true;
    const chosen = document.querySelector(`[name="${field.name}"]:checked`);
    if (groups.has(field.name) || (chosen && chosen !== field)) return false;
    groups.add(field.name);
    return true;
  };
  window.controls = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((control) => control.tabIndex >= 0 && !control.disabled)
    .filter((control) => control.checkVisibility({ visibilityProperty: true }))
    .filter(isFirstOfGroup);
  return window.controls.map((control) => control.outerHTML.slice(0, 120));
}"""
# Which control has the focus, and whether it is seen: WCAG 2.4.11 and 2.4.12. Of something larger
# than what is free a part is enough, of everything else neither its middle nor the middle of
# an edge may lie under something or outside.
LOOK_AT_FOCUS = """() => {
  const focused = document.activeElement;
  if (focused === document.body) return null;
  const box = focused.getBoundingClientRect();
  const isSeen = ([across, down]) => {
    const x = box.left + across * box.width;
    const hit = document.elementFromPoint(x, box.top + down * box.height);
    return hit !== null && focused.contains(hit);
  };
  const points = [[.5, .5], [.5, .15], [.5, .85], [.15, .5], [.85, .5]].map(isSeen);
  const bar = document.querySelector(".action-bar");
  const isInBar = bar?.contains(focused) ?? false;
  const top = bar?.getBoundingClientRect().top ?? innerHeight;
  return {
    place: window.controls.indexOf(focused),
    html: focused.outerHTML.slice(0, 120),
    isLarge: box.height > innerHeight / 2,
    isSeen: points.every(Boolean),
    isUnderBar: !isInBar && !focused.closest("footer") && box.top < top && box.bottom > top + 1,
  };
}"""


def press_through(page: Page, key: str) -> list[dict[str, Any]]:
    """Press a key until the focus has gone round, and look at it each time."""
    seen: list[dict[str, Any]] = []
    for _ in range(MOST_TABS):
        page.keyboard.press(key)
        focus = page.evaluate(LOOK_AT_FOCUS)
        if seen and (focus is None or focus["place"] == seen[0]["place"]):
            break
        if focus is not None:  # between the last and the first it belongs to the window
            seen.append(focus)
    return seen


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until this has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"no Tab leads to {selector}")


@pytest.mark.parametrize("viewport", [WIDE, NARROW, ZOOMED], ids=["wide", "narrow", "zoomed"])
def test_tab_reaches_everything_in_order_and_the_focus_is_seen(
    shared_service: Service, browser: Browser, viewport: ViewportSize
) -> None:
    with working(shared_service, browser, viewport=viewport) as rater:
        rater.has_rated({1: Rating(2, evidence=(3,)), 2: Rating(is_not_rateable=True)})
        assert_all_is_reached_and_seen(rater.open())


def test_a_notice_in_the_bar_covers_nothing_that_has_the_focus(
    shared_service: Service, browser: Browser
) -> None:
    """On a phone the notice about two versions takes much of the screen."""
    with working(shared_service, browser, viewport=NARROW) as rater:
        page = rater.open()
        rater.has_rated({1: Rating(2)})
        page.get_by_role("tab", name="Rating").click()
        page.check("#rating-1-0")
        expect(page.get_by_role("button", name="Show both versions")).to_be_in_viewport()
        assert_all_is_reached_and_seen(page)


def assert_all_is_reached_and_seen(page: Page) -> None:
    """From top to bottom and back again."""
    page.emulate_media(reduced_motion="reduce")  # scrolling arrives at once
    page.locator(".skip-link").focus()
    page.keyboard.press("Shift+Tab")
    controls = page.evaluate(FIND_CONTROLS)
    forward = press_through(page, "Tab")
    backward = press_through(page, "Shift+Tab")
    places = list(range(len(controls)))
    missed = [controls[place] for place in set(places) - {focus["place"] for focus in forward}]
    assert missed == []
    assert [focus["place"] for focus in forward] == places
    assert {focus["place"] for focus in backward} == set(places)
    for focus in forward + backward:
        assert focus["isSeen"] or focus["isLarge"], focus
        assert not focus["isUnderBar"] or focus["isLarge"], focus


def test_the_skip_link_comes_first_and_leads_to_the_content(rater: Rater) -> None:
    page = rater.open()
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("main").get_by_role("link").first).to_be_focused()


def test_shortcuts_are_off_until_somebody_wants_them(rater: Rater) -> None:
    page = rater.open()
    page.locator("#rating-1-0").focus()
    for key in "3njte":
        page.keyboard.press(key)
    expect(page.locator("#instrument input:checked")).to_have_count(0)
    expect(page.locator("#rating-1-0")).to_be_focused()
    page.locator("#shortcuts summary").click()
    expect(page.locator("#shortcuts-on")).not_to_be_checked()
    page.check("#shortcuts-on")
    page.keyboard.press("3")
    expect(page.locator("#rating-1-3")).to_be_checked()
    page.reload()
    page.locator("#item-2 legend").click()
    page.keyboard.press("Control+1")  # the browser's own
    expect(page.locator("[name=rating-2]:checked")).to_have_count(0)
    page.keyboard.press("7")  # no such score
    expect(page.locator("[name=rating-2]:checked")).to_have_count(0)
    page.keyboard.press("1")
    expect(page.locator("#rating-2-1")).to_be_checked()
    page.locator("#shortcuts summary").click()
    page.uncheck("#shortcuts-on")
    page.keyboard.press("4")
    expect(page.locator("#rating-2-1")).to_be_checked()
    rater.expect_status(SAVED)
    assert (rater.stored()[1], rater.stored()[2]) == (Rating(3), Rating(1))


def test_shortcuts_are_silent_where_somebody_writes(rater: Rater) -> None:
    page = rater.open()
    page.locator("#shortcuts summary").click()
    page.check("#shortcuts-on")
    page.check("#rating-3-NR")
    page.locator("[data-item='3'] summary", has_text="Note").click()
    written = {"reason": "Not 1, nor 2: nobody jokes.", "note": "4 kin, t and e", "evidence": "3"}
    for field, text in written.items():
        page.locator(f"#{field}-3").press_sequentially(text)
        expect(page.locator(f"#{field}-3")).to_be_focused()
        expect(page.locator(f"#{field}-3")).to_have_value(text)
    rater.expect_status(SAVED)
    given = Rating(
        is_not_rateable=True, reason=written["reason"], evidence=(3,), note=written["note"]
    )
    assert rater.stored() == dict.fromkeys(ITEMS, BLANK) | {3: given}


def test_a_whole_vignette_without_a_mouse(rater: Rater) -> None:
    page = rater.open()
    keyboard = page.keyboard
    tab_to(page, "#shortcuts > summary")
    keyboard.press("Enter")
    tab_to(page, "#shortcuts-on")
    keyboard.press("Space")
    keyboard.press("i")
    expect(page.locator("#rating-1-0")).to_be_focused()
    for item in ITEMS:
        if item == 5:  # and back again: the one before is at hand for a moment
            keyboard.press("k")
            expect(page.locator(f"#rating-{item - 2}-{level('practice-one', 3)}")).to_be_focused()
            keyboard.press("j")
        if item > 1:
            keyboard.press("j")
        expect(page.locator("#current-item")).to_have_text(re.compile(f" {item}. Element {item}$"))
        if item == 8:
            keyboard.press("n")
            expect(page.locator("#rating-8-NR")).to_be_focused()
            keyboard.press("Tab")
            keyboard.type("Nobody spoke of it: 2 people, no joint talk.")
            keyboard.press("Shift+Tab")
            continue
        keyboard.press(str(level("practice-one", item)))
        keyboard.press("t")
        keyboard.press("ArrowDown")
        keyboard.press("e")
        expect(page.locator(f"#turn-{item + (item < 8)} .turn-toggle")).to_be_focused()
        keyboard.press("i")
        expect(page.locator(f"#rating-{item}-{level('practice-one', item)}")).to_be_focused()
    rater.expect_status(SAVED)
    tab_to(page, "[name=check]")
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Check your rating"))
    rater.visitor.look()
    tab_to(page, "form[action$='/submit'] button")
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Feedback on"))
    reason = "Nobody spoke of it: 2 people, no joint talk."
    assert rater.stored() == {
        item: Rating(level("practice-one", item), evidence=(item + (item < 8),))
        if item != 8
        else Rating(is_not_rateable=True, reason=reason)
        for item in ITEMS
    }
    assert (rater.state(), rater.submissions()) == (SessionState.SUBMITTED, (1, 1))
