"""The daily set: what Ines missed comes back, one question at a time, until she knows it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from flask import Flask

from tests.modules.conftest import FIRST, SECOND
from tests.modules.test_check import secrets_of
from tests.modules.test_reading import queries_of
from tests.pack import small_pack
from tests.pages import PersonClient
from tests.review.conftest import MONDAY, Reviewer
from tests.this_moment import just_before
from training.library import records as library
from training.library.reading import Pack
from training.library.schema import Module
from training.modules.stages import Stage
from training.review import records

TUESDAY = MONDAY + timedelta(days=1)


def waiting(reviewer: Reviewer, on: date) -> int:
    with reviewer.app.app_context():
        return records.number_for_today(reviewer.person.id, on)


def test_what_ines_misses_on_monday_she_goes_over_on_tuesday(reviewer: Reviewer) -> None:
    with reviewer.on(0) as browser:
        assert "Nothing to go over." in browser.get_page("/review").text
        reviewer.has_done_until(Stage.CHECK).take_check(wrong=2)
        page = browser.get_page("/review")
        assert "Nothing waits for you today. The next 2 come back tomorrow." in page.text
        assert len(reviewer.cards()) == 2
    with reviewer.on(1) as browser:
        assert waiting(reviewer, TUESDAY) == 2
        assert "2 questions wait for you." in browser.get_page("/review").text
        first = reviewer.next_address()
        assert browser.get_page(first).heading == "Question 1 of 2 today"
        page = reviewer.go_over(first, rightly=True)
        assert page.heading == "Your answer is right"
        assert "It comes back in 2 days, on 7 May 2026." in page.text
        assert page.soup.select(".choice-explained.choice-own")
        (button,) = page.soup.select("main a.btn-primary")
        page = reviewer.go_over(str(button["href"]), rightly=False)
        assert page.heading == "Your answer is not right"
        assert "It comes back tomorrow." in page.text
        assert page.soup.find("a", string="Done for today")
        page = browser.get_page("/review")
        assert "Those were today's 2 questions." in page.text
        assert waiting(reviewer, TUESDAY) == 0
    right, missed = reviewer.review_answers()
    assert (right.is_correct, right.due_on) == (True, TUESDAY + timedelta(days=2))
    assert (missed.is_correct, missed.due_on) == (False, TUESDAY + timedelta(days=1))
    assert len(reviewer.trail("question reviewed")) == 2


@pytest.mark.parametrize("number", [1, 7, 9, 10])
def test_nothing_tells_the_answer_before_it_is_given(reviewer: Reviewer, number: int) -> None:
    """One question of each kind; partly right is as wrong as all wrong, and is explained."""
    reviewer.has_missed(number)
    with reviewer.on(1) as browser:
        address = reviewer.next_address()
        hidden = secrets_of(reviewer.asked_at(address)[0])
        wrong = reviewer.fields(address, rightly=False)
        pages = [
            browser.get_page("/review"),
            browser.get_page(address),
            browser.post_page(address, {}, expect=422),
            browser.post_page(address, {"answer": "99"}, expect=422),
            browser.get_page(address.rsplit("/", 1)[0] + "/2", expect=302),
            browser.post_page(address, wrong),
        ]
        for page in pages:
            assert not [text for text in hidden if text in page.html]
        page = browser.get_page(address)
        assert page.heading == "Your answer is not right"
        assert all(text in page.text for text in hidden)
    with reviewer.on(2) as browser:
        assert browser.get_page(address, expect=302).location == reviewer.next_address()


def test_an_answer_that_was_typed_stays_when_another_is_missing(reviewer: Reviewer) -> None:
    reviewer.has_missed(9)
    with reviewer.on(1) as browser:
        address = reviewer.next_address()
        page = browser.post_page(address, {"place_0": "2"}, expect=422)
        assert "Give step B a place." in page.errors
        chosen = page.soup.select_one("select[name=place_0] option[selected]")
        assert chosen is not None
        assert chosen["value"] == "2"


def test_the_first_answer_counts(reviewer: Reviewer) -> None:
    reviewer.has_missed(1, 2)
    with reviewer.on(1) as browser:
        address = reviewer.next_address()
        right, wrong = (reviewer.fields(address, rightly=each) for each in (True, False))
        assert browser.post_page(address, wrong).location == address
        assert browser.post_page(address, right).location == address
        assert browser.get_page(address).heading == "Your answer is not right"
        assert [answer.is_correct for answer in reviewer.review_answers()] == [False]


def test_of_two_tabs_that_answer_at_once_the_first_counts(
    reviewer: Reviewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewer.has_missed(1)
    with reviewer.on(1) as browser:
        address = reviewer.next_address()
        right, wrong = (reviewer.fields(address, rightly=each) for each in (True, False))
        other_tab = reviewer.browser_of(reviewer.person)
        just_before(
            monkeypatch, records, "answer_question", lambda: other_tab.post_page(address, wrong)
        )
        assert browser.post_page(address, right).location == address
        assert browser.get_page(address).heading == "Your answer is not right"
    assert [answer.is_correct for answer in reviewer.review_answers()] == [False]
    assert len(reviewer.trail("question reviewed")) == 1


def test_choices_stand_elsewhere_each_time_and_stay_while_one_thinks(reviewer: Reviewer) -> None:
    reviewer.has_missed(*range(1, 9))
    with reviewer.on(1):
        addresses = [f"/review/questions/{card.id}/1" for card in reviewer.cards()]
        before = [reviewer.asked_at(address)[1] for address in addresses]
        assert before == [reviewer.asked_at(address)[1] for address in addresses]
        for address in addresses:
            reviewer.go_over(address, rightly=True)
        assert before != [reviewer.asked_at(address)[1] for address in addresses]
    assert len(set(before)) > 1


def test_a_day_has_eight_questions_and_the_others_wait(reviewer: Reviewer) -> None:
    reviewer.has_missed(*range(1, 11))
    with reviewer.on(1) as browser:
        page = browser.get_page("/review")
        assert "8 questions wait for you." in page.text
        assert "tomorrow 2" in page.text
        for _ in range(8):
            reviewer.go_over(reviewer.next_address(), rightly=True)
        page = browser.get_page("/review")
        assert "Those were today's 8 questions. The next 2 come back tomorrow." in page.text
        assert waiting(reviewer, TUESDAY) == 0
    assert waiting(reviewer, TUESDAY + timedelta(days=1)) == 2
    assert waiting(reviewer, TUESDAY + timedelta(days=2)) == 8


def test_missing_a_known_question_in_a_check_brings_it_back(reviewer: Reviewer) -> None:
    reviewer.has_missed(1)
    for days in (1, 3, 9):
        with reviewer.on(days):
            reviewer.go_over(reviewer.next_address(), rightly=True)
    (card,) = reviewer.cards()
    assert card.due_on == MONDAY + timedelta(days=26)
    reviewer.has_missed(1, on=MONDAY + timedelta(days=12))
    (card,) = reviewer.cards()
    assert (card.due_on, card.answers) == (MONDAY + timedelta(days=13), 3)


def test_what_comes_back_to_ines_is_nobody_elses(
    reviewer: Reviewer, other_reviewer: Reviewer, stranger: PersonClient
) -> None:
    reviewer.has_missed(1)
    with reviewer.on(1):
        address = reviewer.next_address()
        stranger.get_page(address, expect=302)
    with other_reviewer.on(1) as browser:
        browser.get_page(address, expect=404)
        browser.post_page(address, {"answer": "0"}, expect=404)
        browser.get_page(f"/review/questions/{uuid.uuid4()}/1", expect=404)
        assert "Nothing to go over." in browser.get_page("/review").text
    assert reviewer.review_answers() == []


def publish(app: Flask, **changes: object) -> None:
    """Publish the first module with these changes to its values."""
    pack = Pack()
    module = small_pack().modules[FIRST]
    changed = Module.model_validate(module.model_dump() | changes)
    pack.add("module", FIRST, changed, FIRST)
    with app.app_context():
        library.publish(pack, person_id=None)


def test_an_answer_is_held_against_the_wording_that_was_read(
    app: Flask, reviewer: Reviewer
) -> None:
    reviewer.has_missed(1)
    questions = small_pack().modules[FIRST].model_dump()["questions"]
    turned = [questions[0] | {"options": questions[0]["options"][::-1]}, *questions[1:]]
    with reviewer.on(1) as browser:
        address = reviewer.next_address()
        data = reviewer.fields(address, rightly=True)
        publish(app, questions=turned)
        browser.post_page(address, data)
        assert browser.get_page(address).heading == "Your answer is right"


def test_a_question_that_was_dropped_comes_back_no_more(app: Flask, reviewer: Reviewer) -> None:
    reviewer.has_missed(1, 2)
    reviewer.has_missed(1, slug=SECOND)
    with reviewer.on(1) as browser:
        publish(app, questions=small_pack().modules[FIRST].model_dump()["questions"][2:])
        page = browser.get_page("/review")
        assert "1 question waits for you." in page.text
        assert waiting(reviewer, TUESDAY) == 1
        gone = next(c for c in reviewer.cards() if c.question_id == "question-2")
        browser.get_page(f"/review/questions/{gone.id}/1", expect=404)


def test_home_asks_one_question_of_the_database_where_nothing_waits(reviewer: Reviewer) -> None:
    with queries_of(reviewer.app) as statements:
        assert waiting(reviewer, MONDAY) == 0
    assert len(statements) == 1


def test_what_is_due_and_finds_no_place_among_eight_comes_back_tomorrow(
    reviewer: Reviewer,
) -> None:
    """Nine are missed. One is missed again on Tuesday, and eight others wait on Wednesday."""
    reviewer.has_missed(*range(1, 10))
    with reviewer.on(1):
        address = reviewer.next_address()
        assert "It comes back tomorrow." in reviewer.go_over(address, rightly=False).text
    with reviewer.on(2) as browser:
        assert "tomorrow 1" in browser.get_page("/review").text
        assert "It comes back tomorrow." in browser.get_page(address).text
        for _ in range(8):
            reviewer.go_over(reviewer.next_address(), rightly=True)
        assert "It comes back tomorrow." in browser.get_page(address).text
    with reviewer.on(3):
        assert reviewer.next_address().rpartition("/")[0] == address.rpartition("/")[0]
