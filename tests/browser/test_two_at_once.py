"""Two tabs, two clicks, two sign-ins: nothing is overwritten silently, nothing is done twice."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Service
from tests.browser.raters import SAVED, Rater, working
from tests.browser.test_reading import SAVED_NOTE, kept_notes, notes
from tests.browser.test_workspace import OFFLINE, close_without_connection, wait_until
from tests.calibration.rating_sheets import agreeing, as_draft
from tests.conftest import PASSWORD
from training.calibration.models import SessionState
from training.calibration.ratings import BLANK, Rating

SIGNED_OUT = (
    "not saved: you are signed out. It is kept on this device; sign in again in another tab."
)
CHANGED_ELSEWHERE = "not saved: this rating was changed in another tab or on another device."


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


def test_what_a_tab_keeps_outlives_the_saving_of_another_one(rater: Rater) -> None:
    first = rater.open()
    second = rater.open_another_tab()
    second.check("#rating-1-0")
    rater.expect_status(SAVED, second)
    write_a_note(first, "Typed in the first tab.")
    rater.expect_status(CHANGED_ELSEWHERE, first)
    second.check("#rating-2-3")
    wait_until(lambda: rater.stored()[2] == Rating(3))
    rater.expect_status(SAVED, second)
    assert len(rater.kept_on_the_device()) == 1
    first.reload()
    first.get_by_role("button", name="Compare both versions").click()
    expect(first.get_by_role("main")).to_contain_text("Typed in the first tab.")
    write_a_note(second, "Typed while the first one chooses.")
    wait_until(lambda: rater.stored()[1].note == "Typed while the first one chooses.")
    first.get_by_text("Keep what was saved", exact=True).click()
    first.wait_for_url(rater.address)
    assert rater.kept_on_the_device() == []
    expect(first.locator("#kept")).to_be_hidden()


def test_two_tabs_that_were_closed_without_a_connection_both_count(rater: Rater) -> None:
    tabs = [rater.open(), rater.open_another_tab()]
    rater.context.set_offline(True)
    for tab, text in zip(tabs, ("In the first tab.", "In the second tab."), strict=True):
        write_a_note(tab, text)
        rater.expect_status(OFFLINE, tab)
    assert len(rater.kept_on_the_device()) == 2
    for tab in tabs:
        close_without_connection(tab)
    rater.context.set_offline(False)
    page = rater.open_another_tab()
    rater.expect_status(SAVED, page)
    saved = rater.stored()[1].note
    assert saved in ("In the first tab.", "In the second tab.")
    page.reload()
    page.get_by_role("button", name="Compare both versions").click()
    for text in ("In the first tab.", "In the second tab."):
        expect(page.get_by_role("main")).to_contain_text(text)
    page.get_by_role("button", name="Keep mine").click()
    page.wait_for_url(rater.address)
    assert {saved, rater.stored()[1].note} == {"In the first tab.", "In the second tab."}
    assert rater.kept_on_the_device(page) == []


def test_submitting_in_one_tab_drops_nothing_of_another_one(rater: Rater) -> None:
    rater.has_rated(agreeing())
    first, second = rater.open(), rater.open_another_tab()
    second.check("#rating-1-2")
    second.get_by_role("button", name="Save and check").click()
    expect(second.get_by_role("heading", level=1)).to_have_text(re.compile("^Check your rating"))
    write_a_note(first, "Typed in the first tab.")
    rater.expect_status(CHANGED_ELSEWHERE, first)
    rater.has_rated(agreeing() | {1: Rating(0)})  # so that the other one is refused, too
    second.get_by_role("button", name="Submit this rating for good").click()
    expect(second.get_by_role("alert")).to_contain_text("Nothing was submitted.")
    assert len(rater.kept_on_the_device()) == 1
    first.reload()
    expect(first.locator("#kept")).to_be_visible()


def test_what_was_mended_on_the_page_with_faults_is_not_offered_again(rater: Rater) -> None:
    page = rater.open()
    page.fill("#evidence-1", "the last one")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.fill("#evidence-1", "2")
    wait_until(lambda: rater.stored()[1] == Rating(evidence=(2,)))
    rater.expect_status(re.compile(r", saved \d\d:\d\d$"))
    assert rater.kept_on_the_device() == []


def test_a_copy_with_the_name_copies_had_before_is_taken_up(rater: Rater) -> None:
    page = rater.open(where="/check")
    left = agreeing() | {1: Rating(4, note="Kept long ago.")}
    page.evaluate(
        "([name, ratings]) => localStorage.setItem(name, JSON.stringify(ratings))",
        [f"rating-draft:{rater.session_id}:0", as_draft(left, revision=0)["ratings"]],
    )
    rater.open()
    rater.expect_status(SAVED)
    assert rater.stored() == left
    assert rater.kept_on_the_device() == []


def write_a_note(page: Page, text: str) -> None:
    """Write a note on the first item, opening its field if need be."""
    if not page.locator("#note-1").is_visible():
        page.locator("[data-item='1'] summary", has_text="Note").click()
    page.fill("#note-1", text)


# Submitting


def test_a_double_click_submits_once(rater: Rater) -> None:
    rater.has_rated(agreeing())
    page = rater.open(where="/check")
    page.get_by_role("button", name="Submit this rating for good").dblclick()
    page.wait_for_url(f"{rater.address}/feedback")
    assert rater.visitor.sees("You agree with the consensus on every item.")
    assert (rater.state(), rater.submissions()) == (SessionState.SUBMITTED, (1, 1))


def test_submitting_right_after_a_change_takes_it_along(rater: Rater) -> None:
    rater.has_rated(agreeing())
    page = rater.open()
    page.check("#rating-1-2")
    rater.visitor.press("Save and check")
    rater.visitor.press("Submit this rating for good")
    page.wait_for_url(f"{rater.address}/feedback")
    assert (rater.stored()[1].score, rater.submissions()) == (2, (1, 1))
    assert rater.kept_on_the_device() == []


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
    sign_out(other)
    page.check("#rating-2-3")
    page.locator("[data-item='2'] summary", has_text="Note").click()
    page.fill("#note-2", "Typed while signed out.")
    rater.expect_status(SIGNED_OUT)
    expect(page.locator("#note-2")).to_have_value("Typed while signed out.")
    assert rater.stored()[2] == BLANK
    sign_in_again(rater, other)
    page.check("#rating-3-2")
    rater.expect_status(SAVED)
    assert rater.stored()[2] == Rating(3, note="Typed while signed out.")
    assert (rater.stored()[3], rater.kept_on_the_device()) == (Rating(2), [])
    page.get_by_role("button", name="Save and check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Check your rating"))
    was_refused_once(rater)


def test_a_margin_note_written_while_signed_out(rater: Rater) -> None:
    page = rater.open()
    other = rater.open_another_tab()
    sign_out(other)
    page.get_by_role("button", name="Note on turn 3", exact=True).click()
    note, said = page.locator("#turn-3 textarea"), page.locator("#turn-3 .note-state")
    note.fill("Typed while signed out.")
    note.blur()
    expect(said).to_have_text(SIGNED_OUT)
    sign_in_again(rater, other)
    note.fill("Typed while signed out, and after.")
    wait_until(lambda: notes(rater) == {3: "Typed while signed out, and after."})
    expect(said).to_have_text(SAVED_NOTE)
    assert kept_notes(page) == []
    page.check("#rating-1-4")  # with the token that the note learnt
    rater.expect_status(SAVED)
    was_refused_once(rater)


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_have_text("You are signed out.")


def sign_in_again(rater: Rater, page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(rater.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ines")


def was_refused_once(rater: Rater) -> None:
    """The page learnt its new token from one refusal, which the browser wrote down."""
    refused = [fault for fault in rater.visitor.faults if "a status of 400" in fault]
    assert rater.visitor.faults == refused
    assert len(refused) == 1
    rater.visitor.faults.clear()
