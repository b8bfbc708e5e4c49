"""Reading in the workspace: finding words, a pace, larger text, one item at a time, notes."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Service
from tests.browser.raters import SAVED, Rater, working
from tests.browser.test_screens import assert_large_enough, assert_nothing_sticks_out
from tests.browser.test_workspace import close_without_connection, wait_until
from tests.browser.visitor import WIDE, Visitor
from training.calibration.note_records import notes_of, save_note
from training.calibration.ratings import Rating

SAVED_NOTE = re.compile(r"^saved \d\d:\d\d$")
PRESSED = ("aria-pressed", "true")


def notes(rater: Rater) -> dict[int, str]:
    """What the database holds of this rater's margin notes."""
    with rater.service.app.app_context():
        return notes_of(rater.session_id)


def note_on(page: Page, turn: int) -> tuple[str, str]:
    """A note as it stands in its editor, and what is said of it."""
    line = page.locator(f"#turn-{turn}")
    return line.locator("textarea").input_value(), line.locator(".note-state").inner_text()


def test_words_are_found_and_gone_through_by_keyboard(rater: Rater) -> None:
    page = rater.open()
    page.get_by_role("button", name="Find", exact=True).press("Enter")
    field = page.get_by_label("Find in the text")
    expect(field).to_be_focused()
    field.press_sequentially("ís saÍd in TURN 2")
    count = page.locator("[data-find-count]")
    expect(count).to_have_text("8 found")  # turn 2, and 20 to 26
    expect(count).to_have_attribute("role", "status")
    for key, text, turn in (
        ("Enter", "1 of 8", 2),
        ("Enter", "2 of 8", 20),
        ("Shift+Enter", "1 of 8", 2),
        ("Shift+Enter", "8 of 8", 26),
    ):
        page.keyboard.press(key)
        expect(count).to_have_text(text)
        expect(page.locator(".turn-found")).to_have_id(f"turn-{turn}")
        expect(page.locator(f"#turn-{turn}")).to_be_in_viewport(ratio=1)
    expect(field).to_be_focused()
    field.fill("nobody says this")
    expect(count).to_have_text("not found")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Find", exact=True)).to_be_focused()
    expect(page.locator("#find, .turn-found").locator("visible=true")).to_have_count(0)
    assert (rater.revision(), page.url) == (0, rater.address)  # nothing of it was sent


def test_turns_come_at_the_pace_of_reading_and_hide_from_nobody(rater: Rater) -> None:
    page = rater.page
    page.emulate_media(reduced_motion="reduce")
    page.clock.install()
    rater.open()
    waiting = page.locator(".is-waiting")
    expect(waiting).to_have_count(0)  # off until somebody starts it
    page.clock.pause_at(time.time() + 3600)
    page.get_by_role("button", name="Read at a pace").press("Enter")
    expect(waiting).to_have_count(25)
    pause = page.get_by_role("button", name="Pause")
    expect(pause).to_be_focused()
    page.clock.run_for(30_000)
    shown = 26 - waiting.count()
    assert 10 < shown < 20  # some seven words a turn, 200 a minute
    expect(page.locator("[data-pace-place]")).to_have_text(f"Turn {shown} of 26")
    expect(page.locator(f"#turn-{shown}")).to_be_in_viewport()
    pause.press("Space")
    page.clock.run_for(60_000)
    expect(waiting).to_have_count(26 - shown)
    page.get_by_role("button", name="Next turn").press("Enter")
    expect(waiting).to_have_count(25 - shown)
    page.locator(f"#turn-{shown + 1} .turn-toggle").press("ArrowDown")  # who goes on sees on
    expect(page.locator(f"#turn-{shown + 2} .turn-toggle")).to_be_focused()
    page.emulate_media(media="print")
    expect(page.locator("#turn-26")).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Continue").click()
    page.fill("#evidence-1", "25")
    page.locator("[data-item='1'] .turn-chip").click()
    expect(page.locator("#turn-25 .turn-toggle")).to_be_focused()
    expect(waiting).to_have_count(1)
    page.get_by_role("button", name="Show all").click()
    expect(waiting).to_have_count(0)
    expect(page.get_by_role("button", name="Read at a pace")).to_be_focused()


def test_what_somebody_prefers_is_remembered_on_the_device(
    shared_service: Service, browser: Browser
) -> None:
    window = {"viewport": {"width": 320, "height": 700}, "is_phone": True}
    with working(shared_service, browser, **window) as rater:
        page = rater.open()
        said = page.locator("#turn-1 .turn-text")
        small = said.evaluate("it => parseFloat(getComputedStyle(it).fontSize)")
        page.get_by_role("button", name="Largest text").tap()
        page.get_by_role("button", name="Find", exact=True).tap()
        assert_large_enough(page, "#transcript button, #find input")
        assert_nothing_sticks_out(page)
        page.get_by_role("tab", name="Rating").tap()
        page.get_by_role("button", name="One item at a time").tap()
        card = page.locator(".item-card").locator("visible=true")
        expect(card).to_have_attribute("data-item", "1")
        assert_nothing_sticks_out(page)
        page.reload()
        page.get_by_role("tab", name="Rating").tap()
        expect(page.get_by_role("button", name="One item at a time")).to_have_attribute(*PRESSED)
        expect(page.get_by_role("button", name="Previous item")).to_be_disabled()
        page.get_by_role("button", name="Next item").tap()
        expect(card).to_have_attribute("data-item", "2")
        page.locator("[data-jump='12']").tap()
        expect(card).to_have_attribute("data-item", "12")
        expect(page.get_by_role("button", name="Next item")).to_be_disabled()
        page.goto(f"{rater.address}#note-7")  # as the check page leads to a field
        page.reload()
        expect(card).to_have_attribute("data-item", "7")
        page.emulate_media(media="print")
        expect(card).to_have_count(12)
        page.emulate_media(media="screen")
        page.get_by_role("tab", name="Transcript").tap()
        large = said.evaluate("it => parseFloat(getComputedStyle(it).fontSize)")
        assert large > 1.4 * small


def test_notes_in_the_margin_are_saved_by_themselves(rater: Rater) -> None:
    page = rater.open()
    page.locator("#turn-7 .turn-toggle").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Note on turn 7")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("He waits: 3, n, e.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Note on turn 7")).to_be_focused()
    shown = page.locator("#turn-7 .turn-note")
    expect(shown).to_have_text("He waits: 3, n, e.")
    expect(page.locator("#turn-7 .turn-toggle")).to_have_attribute("aria-pressed", "false")
    wait_until(lambda: notes(rater) == {7: "He waits: 3, n, e."})
    assert rater.revision() == 0  # it is no part of the rating
    page.get_by_role("button", name="Note on turn 8").click()
    page.keyboard.type("Leaving at once.")
    page.get_by_role("button", name="Save and check").click()
    expect(page.locator(".note-list")).to_contain_text("Leaving at once.")
    rater.visitor.look()
    rater.visitor.go(f"{rater.address}/notes/7")
    page.go_back()
    page.go_back()
    page.get_by_role("button", name="Note on turn 8").click()
    expect(page.locator("#turn-8 textarea")).to_have_value("Leaving at once.")
    page.locator("#turn-8 textarea").fill("")
    wait_until(lambda: notes(rater) == {7: "He waits: 3, n, e."})


def test_notes_written_offline_or_twice_at_once_are_not_lost(rater: Rater) -> None:
    page = rater.open()
    rater.context.set_offline(True)
    for turn, text in ((3, "On the train."), (4, "In the tunnel.")):
        page.get_by_role("button", name=f"Note on turn {turn}", exact=True).click()
        page.keyboard.type(text)
    page.locator("#turn-4 textarea").blur()
    expect(page.locator("#turn-4 .note-state")).to_contain_text("offline, kept on this device")
    close_without_connection(page)
    with rater.service.app.app_context():  # at home, on another device
        save_note(rater.session_id, 4, "At home.", before="")
    rater.context.set_offline(False)
    page = rater.open_another_tab()
    both = "At home.\n\nIn the tunnel."
    wait_until(lambda: notes(rater) == {3: "On the train.", 4: both})
    expect(page.locator("#turn-4 textarea")).to_have_value(both)
    expect(page.locator("#turn-3 .note-state")).to_have_text(SAVED_NOTE)
    other = rater.open_another_tab()
    for tab, text in ((page, "First."), (other, "Second.")):
        tab.get_by_role("button", name="Note on turn 5", exact=True).click()
        tab.keyboard.type(text)
        tab.locator("#turn-5 textarea").blur()
        wait_until(lambda text=text: text in notes(rater).get(5, ""))
    assert notes(rater)[5] == "First.\n\nSecond."
    wait_until(lambda: "both texts" in note_on(other, 5)[1])
    assert kept_notes(page) == []


def test_notes_that_two_tabs_could_not_save_stand_one_below_the_other(rater: Rater) -> None:
    first, second, third = rater.open(), rater.open_another_tab(), rater.open_another_tab()
    for tab in (first, second):
        tab.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('offline')) }")
    for tab, text in ((first, "In the first."), (second, "In the second."), (third, "Saved.")):
        tab.get_by_role("button", name="Note on turn 3", exact=True).click()
        tab.keyboard.type(text)
        tab.locator("#turn-3 textarea").blur()
    wait_until(lambda: notes(rater) == {3: "Saved."})
    expect(third.locator("#turn-3 .note-state")).to_have_text(SAVED_NOTE)
    for tab in (first, second):
        expect(tab.locator("#turn-3 .note-state")).to_contain_text("kept on this device")
        tab.close()
    page = rater.open_another_tab()
    wait_until(lambda: notes(rater)[3].count("\n\n") == 2)
    first_text, *others = notes(rater)[3].split("\n\n")
    assert (first_text, set(others)) == ("Saved.", {"In the first.", "In the second."})
    expect(page.locator("#turn-3 textarea")).to_have_value(notes(rater)[3])
    wait_until(lambda: kept_notes(page) == [])


def test_notes_with_the_name_they_had_before_are_taken_up(rater: Rater) -> None:
    page = rater.open(where="/check")
    page.evaluate(
        "([name, notes]) => localStorage.setItem(name, JSON.stringify(notes))",
        [f"rating-notes:{rater.session_id}", {"7": {"text": "Long ago.", "before": ""}}],
    )
    rater.open()
    wait_until(lambda: notes(rater) == {7: "Long ago."})
    wait_until(lambda: kept_notes(page) == [])


def kept_notes(page: Page) -> list[str]:
    """The names of the notes in the browser's storage."""
    names: list[str] = page.evaluate(
        "Object.keys(localStorage).filter((it) => it.startsWith('rating-notes'))"
    )
    return names


def test_the_signs_of_an_item_are_beside_it_also_without_a_connection(rater: Rater) -> None:
    page = rater.open()
    summaries = page.locator(".item-card details[data-help] > summary")
    expect(summaries).to_have_count(12)  # they have come, in place of the links
    expect(page.locator("[data-help-of]")).to_have_count(0)
    rater.context.set_offline(True)
    summaries.nth(6).press("Enter")
    expect(page.locator("#item-7 details[data-help]")).to_contain_text("Drift sign of 7")
    rater.context.set_offline(False)


def test_where_they_do_not_come_the_manual_is_one_link_away(rater: Rater) -> None:
    rater.page.route("**/item-help*", lambda route: route.abort())
    page = rater.page
    page.goto(rater.address)
    with rater.context.expect_page() as opened:
        page.locator("[data-help-of='7'] a").click()
    expect(opened.value).to_have_url(re.compile("/items/7-item-7$"))
    rater.visitor.faults.clear()  # the browser's own word that it could not fetch


def test_keys_for_all_of_it(rater: Rater) -> None:
    page = rater.open()
    page.locator("#shortcuts summary").click()
    page.check("#shortcuts-on")
    keyboard = page.keyboard
    keyboard.press("o")
    expect(page.locator(".item-card").locator("visible=true")).to_have_count(1)
    keyboard.press("3")
    keyboard.press("s")  # saves, and goes on to what is not rated
    rater.expect_status(SAVED)
    expect(page.locator("#rating-2-0")).to_be_focused()
    keyboard.press("f")
    expect(page.locator("#find-text")).to_be_focused()
    keyboard.type("os")
    keyboard.press("Escape")
    keyboard.press("t")
    keyboard.press("m")
    keyboard.type("n, 4")
    keyboard.press("Escape")
    expect(page.locator("#turn-1 .turn-note")).to_have_text("n, 4")
    keyboard.press("p")
    expect(page.locator(".is-waiting")).to_have_count(25)
    keyboard.press("p")
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    keyboard.press("?")
    expect(page.locator("#shortcuts summary")).to_be_focused()
    rater.has_rated({item: Rating(2) for item in range(1, 13)})
    page.reload()
    keyboard.press("s")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Check your rating"))
    assert notes(rater) == {1: "n, 4"}


def test_without_scripts_a_note_is_a_button_away(shared_service: Service, browser: Browser) -> None:
    with working(shared_service, browser) as rater:
        plain = Visitor(browser, shared_service.address, viewport=WIDE, has_scripts=False)
        plain.context.add_cookies(rater.context.cookies())
        page = plain.page
        page.goto(rater.address)
        for name in ("Find", "Read at a pace", "One item at a time"):
            expect(page.get_by_role("button", name=name)).to_have_count(0)
        page.check("#rating-1-4")
        page.locator("#evidence-1").press("Enter")  # saves, and does not ask for a note
        expect(page.locator("#rating-1-4")).to_be_checked()
        assert page.url == rater.address
        page.get_by_label("Beside turn").select_option("9")
        page.get_by_role("button", name="Save, and write a margin note").click()
        page.get_by_label("Your note").fill("By hand.")
        page.get_by_role("button", name="Save the note").click()
        expect(page.locator("#turn-9 .turn-note")).to_have_text("Your note: By hand.")
        assert (notes(rater), rater.stored()[1]) == ({9: "By hand."}, Rating(4))
        plain.close()


def test_the_page_asks_for_little_and_keeps_still(rater: Rater) -> None:
    page = rater.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(
        """globalThis.shift = 0; new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) globalThis.shift += entry.value;
        }).observe({ type: "layout-shift", buffered: true })"""
    )
    rater.open()
    assert len(asked) <= 6, asked
    assert page.evaluate("globalThis.shift") <= 0.05


@pytest.mark.parametrize("failing", ["Find", "Pace"])
def test_what_fails_in_one_module_stops_no_other(
    shared_service: Service, browser: Browser, failing: str
) -> None:
    rater = Rater(shared_service, browser)
    rater.page.route(
        "**/workspace.js*",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=answer.text().replace(f"new {failing}(form)", "nothing.at.all"),
        ),
    )
    page = rater.open()
    page.check("#rating-1-4")
    rater.expect_status(SAVED)
    page.get_by_role("button", name="One item at a time").click()
    expect(page.locator(".item-card").locator("visible=true")).to_have_count(1)
    assert any("nothing is not defined" in fault for fault in rater.visitor.faults)
    rater.visitor.close()
