"""Every question Ines answered: what, when, whether it was right, and why."""

from __future__ import annotations

from tests.modules.conftest import FIRST, SECOND
from tests.modules.test_check import secrets_of
from tests.pages import Page
from tests.review.conftest import Reviewer
from tests.review.test_daily_set import publish
from training.modules.stages import Stage

HISTORY = "/review/history"
OF_FIRST = f"{HISTORY}/{FIRST}"


def tags(page: Page) -> list[str]:
    return [tag.get_text(strip=True) for tag in page.soup.select("main li > .tag:first-child")]


def test_before_the_first_check_there_is_no_history(reviewer: Reviewer) -> None:
    browser = reviewer.browser
    assert "You have not answered any question yet." in browser.get_page(HISTORY).text
    browser.get_page(OF_FIRST, expect=404)
    browser.get_page(f"{HISTORY}/nowhere", expect=404)


def test_ines_reads_what_she_answered_and_why_it_was_wrong(reviewer: Reviewer) -> None:
    with reviewer.on(0) as browser:
        reviewer.has_done_until(Stage.CHECK).take_check(wrong=2)
        page = browser.get_page(HISTORY)
        assert "6 questions, 2 of them missed at least once" in page.text
        assert sorted(tags(page)) == ["✓right"] * 4 + ["✗missed"] * 2
        assert browser.get_page(f"/modules/{FIRST}/check").has_link_to(OF_FIRST)
        page = browser.get_page(f"{HISTORY}?show=missed")
        assert tags(page) == ["✗missed"] * 2
        assert page.has_link_to(f"{HISTORY}?show=missed")
        (drawn,) = [d for d in reviewer.checks()[0].questions if d.position == 1]
        page = browser.get_page(OF_FIRST)
        (own,) = page.soup.select(f"#question-{drawn.question.id}")
        assert "4 May 2026, 10:00 UTC in the check, try 1" in " ".join(own.get_text(" ").split())
        assert all(text in own.get_text() for text in secrets_of(drawn.question))
        assert len(page.soup.select(".question-history")) == 6
        assert len(browser.get_page(f"{OF_FIRST}?show=missed").soup.select("main details")) == 2


def test_while_a_question_waits_its_answer_is_not_shown(reviewer: Reviewer) -> None:
    with reviewer.on(0):
        reviewer.has_done_until(Stage.CHECK).take_check(wrong=1)
    with reviewer.on(1) as browser:
        address = reviewer.next_address()
        question, _order = reviewer.asked_at(address)
        page = browser.get_page(OF_FIRST)
        assert not [text for text in secrets_of(question) if text in page.html]
        assert "You are being asked this question again." in page.text
        reviewer.go_over(address, rightly=True)
        page = browser.get_page(OF_FIRST)
        (own,) = page.soup.select(f"#question-{question.id}")
        assert "✓ right 5 May 2026, 10:00 UTC when going over it" in " ".join(
            own.get_text(" ").split()
        )
        assert [t.get_text(strip=True) for t in own.select(".tries .tag")] == ["✗missed", "✓right"]
        browser.post_page(f"/modules/{FIRST}/check/tries")  # a new check asks others, and this one
        drawn = {d.question.id for d in reviewer.checks()[1].questions}
        page = browser.get_page(OF_FIRST)
        waiting = {
            str(section["id"]).removeprefix("question-")
            for section in page.soup.select(".question-history")
            if section.find("p", class_="notice", recursive=False)
        }
        assert waiting == drawn & {d.question.id for d in reviewer.checks()[0].questions}


def test_an_answer_keeps_the_wording_it_was_given_on(reviewer: Reviewer) -> None:
    reviewer.has_done_until(Stage.CHECK).take_check()
    publish(reviewer.app, questions=[_reworded(number) for number in range(1, 7)])
    page = reviewer.browser.get_page(OF_FIRST)
    assert "Another wording" not in page.text
    assert len(page.soup.select(".question-history")) == 6
    assert len(tags(reviewer.browser.get_page(HISTORY))) == 6


def _reworded(number: int) -> dict[str, object]:
    options = [
        {"text": f"Another wording {n}", "correct": n == 1, "explanation": "So."} for n in (1, 2, 3)
    ]
    stem = f"Another wording of {number}?"
    return {"id": f"question-{number}", "kind": "single-choice", "stem": stem, "options": options}


def test_a_history_is_its_owners(reviewer: Reviewer, other_reviewer: Reviewer) -> None:
    reviewer.has_done_until(Stage.CHECK).take_check(wrong=1)
    other_reviewer.browser.get_page(OF_FIRST, expect=404)
    assert "You have not answered any" in other_reviewer.browser.get_page(HISTORY).text
    assert "You have missed no question." not in reviewer.browser.get_page(HISTORY).text
    reviewer.browser.get_page(f"{HISTORY}/{SECOND}", expect=404)


def test_who_missed_nothing_is_told_so(reviewer: Reviewer) -> None:
    reviewer.has_done_until(Stage.CHECK).take_check()
    for address in (HISTORY, OF_FIRST):
        page = reviewer.browser.get_page(f"{address}?show=missed")
        assert "You have missed no question" in page.text
