"""Learning in a real browser: reading, answering, missing the mark, and going on where one was."""

from __future__ import annotations

import re
from itertools import count

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from tests.browser.conftest import Service
from tests.browser.raters import Rater, working
from tests.browser.test_keyboard import tab_to
from tests.browser.visitor import NARROW, WIDE, Visitor
from tests.calibration.rating_sheets import agreeing
from tests.modules.conftest import module_version
from training.database import db
from training.modules import check_records, records
from training.modules.check_records import Check
from training.modules.mastery import draw_questions
from training.modules.models import JournalEntry
from training.modules.stages import STAGES, Stage

FIRST = "first-things"
KIND_HINTS = {
    "single": "Choose one answer.",
    "several": "Choose every answer that fits.",
    "order": "Give each step its place",
    "turns": "Mark one turn or several.",
}


def let_have_done(rater: Rater, until: Stage) -> None:
    """Let everything before this stage of the first module be done."""
    with rater.service.app.app_context():
        for stage in STAGES[: STAGES.index(until)]:
            records.complete_stage(rater.person_id, module_version(FIRST), stage)


def let_every_kind_be_drawn(rater: Rater) -> None:
    """Start a check whose draw happens to hold every kind of question."""
    with rater.service.app.app_context():
        version = module_version(FIRST)
        ids = [question.id for question in version.document.questions]
        for seed in map(str, count()):
            drawn = draw_questions(ids, seen=set(), missed=set(), seed=seed)
            kinds = {version.document.question(name).kind for name in drawn}
            if len(kinds) == len(KIND_HINTS):
                check_records.start_check(rater.person_id, version, seed=seed)
                return


def checks(rater: Rater) -> list[Check]:
    with rater.service.app.app_context():
        return check_records.checks(rater.person_id, FIRST)


def stages_done(rater: Rater) -> set[Stage]:
    with rater.service.app.app_context():
        return records.stages_done(rater.person_id).get(FIRST, set())


def right_options(page: Page) -> list[Locator]:
    """In the small pack the first option or the first two are right, and the missed reply."""
    question = page.locator("fieldset.question")
    most = 1 if question.locator("input[type=radio]").count() else 2
    right = re.compile(rf"Option [1-{most}] of|Do you sleep\?")
    labels = question.locator("label").filter(has_text=right).all()
    return [page.locator(f"#{label.get_attribute('for')}") for label in labels]


def put_in_order(page: Page, *, by_keyboard: bool = False, rightly: bool = True) -> None:
    for label in page.locator("fieldset.question label").all():
        place = int(label.inner_text()[-1])
        value = str(place if rightly else 4 - place)
        select_id = label.get_attribute("for")
        if by_keyboard:
            tab_to(page, f"#{select_id}")
            page.keyboard.type(value)
            expect(page.locator(f"#{select_id}")).to_have_value(value)
        else:
            page.locator(f"#{select_id}").select_option(value)


def test_a_check_with_the_keyboard_alone(rater: Rater) -> None:
    let_have_done(rater, Stage.CHECK)
    let_every_kind_be_drawn(rater)
    page, visitor = rater.page, rater.visitor
    visitor.go(f"/modules/{FIRST}/check")
    tab_to(page, "main a.btn-primary")
    page.keyboard.press("Enter")
    met = set()
    for position in range(1, 7):
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Question {position} of 6")
        hint = page.locator("fieldset .field-hint").inner_text()
        met.add(next(kind for kind, words in KIND_HINTS.items() if hint.startswith(words)))
        answer_by_keyboard(page)
        tab_to(page, "main form button[type=submit]")
        page.keyboard.press("Enter")
        expect(page.locator(".notice").first).to_contain_text("Your answer is right.")
        visitor.look()
        tab_to(page, "main a.btn-primary")
        page.keyboard.press("Enter")
    assert met == set(KIND_HINTS)
    expect(page.get_by_role("heading", level=1)).to_have_text("6 of 6 right")
    assert Stage.CHECK in stages_done(rater)
    tab_to(page, "main a.btn-primary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rate an excerpt")


def answer_by_keyboard(page: Page) -> None:
    if page.locator("fieldset select").count():
        put_in_order(page, by_keyboard=True)
        return
    right = right_options(page)
    if right[0].get_attribute("type") == "radio":
        tab_to(page, "fieldset input[type=radio]")
        page.keyboard.press("Space")
        while not right[0].is_checked():
            page.keyboard.press("ArrowDown")
        return
    for option in right:
        tab_to(page, f"#{option.get_attribute('id')}")
        page.keyboard.press("Space")
        expect(option).to_be_checked()


def test_an_answer_that_cannot_be_taken_is_kept(rater: Rater) -> None:
    let_have_done(rater, Stage.CHECK)
    let_every_kind_be_drawn(rater)
    page, visitor = rater.page, rater.visitor
    visitor.go(f"/modules/{FIRST}/check/tries/1")
    while page.locator("fieldset select").count() == 0:
        visitor.press("Answer")
        expect(page.get_by_role("alert")).to_contain_text("Please mend this first")
        answer_with_the_mouse(page, rightly=False)
        visitor.press("Answer")
        visitor.follow("Next question")
    for select_field in page.locator("fieldset select").all():
        select_field.select_option("2")
    visitor.press("Answer")
    summary = page.get_by_role("alert").get_by_role("link")
    expect(summary.first).to_have_text("Step A shares place 2 with another step.")
    summary.last.click()
    expect(page.locator("fieldset select").last).to_be_focused()
    for select_field in page.locator("fieldset select").all():
        expect(select_field).to_have_value("2")
    answered = sum(drawn.is_answered for drawn in checks(rater)[0].questions)
    put_in_order(page, rightly=False)
    visitor.press("Answer")
    assert visitor.sees("place 1; you put it at 3")
    assert visitor.sees("place 2, where you put it")
    assert visitor.sees("One after the other.")
    assert sum(drawn.is_answered for drawn in checks(rater)[0].questions) == answered + 1


def answer_with_the_mouse(page: Page, *, rightly: bool) -> None:
    if page.locator("fieldset select").count():
        put_in_order(page, rightly=rightly)
        return
    right = right_options(page)
    if rightly:
        for option in right:
            option.check()
        return
    names = {option.get_attribute("id") for option in right}
    inputs = page.locator("fieldset input").all()
    next(one for one in inputs if one.get_attribute("id") not in names).check()


def test_missing_the_mark_and_trying_again(rater: Rater) -> None:
    """Wrong answers are explained; the browser is closed in between; the retry draws others."""
    let_have_done(rater, Stage.CHECK)
    let_every_kind_be_drawn(rater)
    page, visitor = rater.page, rater.visitor
    visitor.go(f"/modules/{FIRST}/check/tries/1")
    for _position in (1, 2):
        answer_with_the_mouse(page, rightly=False)
        visitor.press("Answer")
        assert visitor.sees("Your answer is not right.")
        assert_explained(page)
        visitor.follow("Next question")
    answer_with_the_mouse(page, rightly=True)  # and then the battery is empty
    cookies = rater.context.storage_state()["cookies"]
    rater.context.close()
    assert [drawn.is_answered for drawn in checks(rater)[0].questions] == [True] * 2 + [False] * 4

    visitor = Visitor(rater.browser, rater.service.address, viewport=WIDE)
    visitor.context.add_cookies(cookies)  # type: ignore[arg-type]
    page, rater.visitor = visitor.page, visitor
    visitor.go("/home")
    visitor.follow("Continue")
    visitor.follow("Continue with question 3 of 6")
    expect(page.locator("fieldset :checked:not(option)")).to_have_count(0)  # it was not sent
    finish_check(page, visitor, positions=range(3, 7))
    expect(page.get_by_role("heading", level=1)).to_have_text("4 of 6 right")
    assert visitor.sees("The next stage needs 5 of 6.")
    assert stages_done(rater) == {Stage.ORIENT, Stage.OBSERVE}
    assert page.request.get(f"/modules/{FIRST}/apply").status == 403

    visitor.press("Try again with other questions")
    first, second = ({drawn.question.id for drawn in check.questions} for check in checks(rater))
    missed = {drawn.question.id for drawn in checks(rater)[0].questions[:2]}
    assert len(second - first) == 4  # all that were never asked come before those that were
    assert second & first == missed
    assert not visitor.sees("Because of")
    finish_check(page, visitor, positions=range(1, 7))
    expect(page.get_by_role("heading", level=1)).to_have_text("6 of 6 right")
    assert Stage.CHECK in stages_done(rater)
    visitor.follow("Go on to “Apply”")
    assert visitor.sees("Rate an excerpt")


def assert_explained(page: Page) -> None:
    """Every choice says whether it is right, whether it was chosen, and why."""
    choices = page.locator(".choice-explained")
    assert choices.count() >= 3
    for choice in choices.all():
        words = " ".join(choice.inner_text().split())
        assert re.search("you chose it|you did not choose it|you put it", words), words
        assert re.search(r"Because of \d|Why step \d|A bid|The missed reply|An answer", words), (
            words
        )


def finish_check(page: Page, visitor: Visitor, *, positions: range) -> None:
    for position in positions:
        answer_with_the_mouse(page, rightly=True)
        visitor.press("Answer")
        assert visitor.sees("Your answer is right.")
        visitor.follow("Next question" if position < 6 else "See the summary")


def test_the_first_answer_counts_also_from_two_tabs(rater: Rater) -> None:
    let_have_done(rater, Stage.CHECK)
    let_every_kind_be_drawn(rater)
    first, second = rater.page, rater.context.new_page()
    for page in (first, second):
        page.goto(f"/modules/{FIRST}/check/tries/1")
    answer_with_the_mouse(first, rightly=True)
    answer_with_the_mouse(second, rightly=False)
    first.get_by_role("button", name="Answer").dblclick()
    expect(first.locator(".notice").first).to_contain_text("Your answer is right.")
    second.get_by_role("button", name="Answer").click()
    expect(second.locator(".notice").first).to_contain_text("Your answer is right.")
    check = checks(rater)[0]
    assert check.result.right == 1
    assert [drawn.is_answered for drawn in check.questions] == [True] + [False] * 5


def test_reading_and_reflecting_without_a_mouse(rater: Rater) -> None:
    """Orient and observe lead on; a note leads to its turn; what was written stays own."""
    page, visitor = rater.page, rater.visitor
    visitor.go(f"/modules/{FIRST}/orient")
    tab_to(page, "form[action$='/orient/completion'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("At the table")
    tab_to(page, "a[href='#note-1']")
    page.keyboard.press("Enter")
    expect(page.locator("#note-1")).to_be_in_viewport()
    tab_to(page, ".note a[href^='#turn-']")
    page.keyboard.press("Enter")
    tab_to(page, "form[action$='/observe/completion'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check what you know")
    assert stages_done(rater) == {Stage.ORIENT, Stage.OBSERVE}
    let_have_done(rater, Stage.REFLECT)
    visitor.go(f"/modules/{FIRST}/reflect")
    tab_to(page, "main textarea")
    page.keyboard.type("He answers with her word, and waits.")
    tab_to(page, "main form button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(
        ["Your entry is saved.", "This module is complete."]
    )
    with rater.service.app.app_context():
        entry = db.session.scalars(select(JournalEntry).filter_by(person_id=rater.person_id)).one()
        assert (entry.text, entry.is_shared) == ("He answers with her word, and waits.", False)
    assert stages_done(rater) == set(STAGES)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_in_the_dark_every_page_can_be_read(
    shared_service: Service, browser: Browser, viewport: dict[str, int]
) -> None:
    window = {"viewport": viewport, "color_scheme": "dark"}
    with working(shared_service, browser, **window) as rater:
        let_have_done(rater, Stage.CHECK)
        let_every_kind_be_drawn(rater)
        rater.has_rated(agreeing())
        visitor, page = rater.visitor, rater.page
        for address in ("/home", f"/modules/{FIRST}/orient", f"/modules/{FIRST}/check/tries/1"):
            visitor.go(address)
        answer_with_the_mouse(page, rightly=False)
        visitor.press("Answer")
        rater.open()
        page.locator("#item-1 legend").click()  # with marked turns and chosen anchors
        visitor.look()
        rater.open(where="/check")
        visitor.look()
        visitor.press("Submit this rating for good")
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == "rgb(20, 25, 24)"
