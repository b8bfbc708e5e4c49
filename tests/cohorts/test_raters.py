"""What a trainer sees of raters: where they are, how they agree, who could use help."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from tests.cohorts.learning import (
    add_raters,
    attempt,
    complete,
    practise,
    take_check,
    write_journal,
)
from tests.pack import PROGRAMME_OWN_MODULES, programme_pack
from tests.pages import Page, PersonClient
from training.accounts.models import Person
from training.calibration.models import Purpose
from training.certification.models import AttemptState, ReviewAct
from training.clock import now
from training.cohorts import rater_records
from training.cohorts.models import Cohort
from training.database import db
from training.library import records as library
from training.modules.stages import Stage

Browser = Callable[[Person], PersonClient]
EVEN = dict.fromkeys(range(1, 13), 0)
LENIENT = dict.fromkeys(range(1, 13), 1)


@pytest.fixture
def address(cohort: Cohort) -> str:
    return f"/cohorts/{cohort.id}"


def row_of(page: Page, name: str) -> str:
    """The line of the raters' table that begins with this name."""
    rows = [row for row in page.soup.select("tbody tr") if row.th and name in row.th.get_text()]
    assert len(rows) == 1
    return " ".join(rows[0].get_text(" ").split())


@contextmanager
def counted_queries(app: Flask) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_rater_who_has_just_joined(tamar: Person, browser_of: Browser, address: str) -> None:
    row = row_of(browser_of(tamar).get_page(address), "Ines")
    assert row.startswith("Ines 0 of 2 ")
    assert "Orient – – – – – no attempt yet" in row
    assert "no attempt yet" in row
    assert "nothing stands out" in row


def test_where_a_rater_is_in_the_modules(
    app: Flask, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        complete(ines, "first-things")
        complete(ines, "second-things", [Stage.ORIENT, Stage.OBSERVE])
    row = row_of(browser_of(tamar).get_page(address), "Ines")
    assert row.startswith("Ines 1 of 2 ")
    assert "Check" in row


def test_agreement_is_told_with_sign_word_and_number_of_ratings(
    app: Flask, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        practise(ines, "practice-one", {1: 1, 2: 1, 3: 0, 4: -2})
        practise(ines, "practice-two", {1: 1, 2: 0, 3: 0, 4: 1})
    row = row_of(browser_of(tamar).get_page(address), "Ines")
    assert "2 38% 88% +0.25 lenient 8" in row


def test_only_first_ratings_of_practice_count(
    app: Flask, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        practise(ines, "practice-one", {1: -1, 2: 0})
        practise(ines, "practice-one", LENIENT, number=2)  # with the consensus known
        practise(ines, "certification-1", LENIENT, purpose=Purpose.CERTIFICATION)
        practise(ines, "first-things-1", LENIENT, purpose=Purpose.APPLY)
    row = row_of(browser_of(tamar).get_page(address), "Ines")
    assert "1 50% 100% −0.50 severe 2" in row


@pytest.mark.parametrize(
    ("state", "act", "expected"),
    [
        (AttemptState.OPEN, None, "Attempt 1: under way"),
        (AttemptState.DECIDED, None, "Attempt 1: waits for a certifier"),
        (AttemptState.CLOSED, ReviewAct.DECLINED, "Attempt 1: ended without a certificate"),
        (AttemptState.CLOSED, ReviewAct.SIGNED, "Certified until"),
    ],
)
def test_certification_is_shown_by_its_outcome_only(
    app: Flask,
    tamar: Person,
    ines: Person,
    cleo: Person,
    browser_of: Browser,
    address: str,
    state: AttemptState,
    act: ReviewAct | None,
    expected: str,
) -> None:
    with app.app_context():
        attempt(ines, state, act, certifier=cleo)
        practise(ines, "certification-1", LENIENT, purpose=Purpose.CERTIFICATION)
    browser = browser_of(tamar)
    pages = browser.get_page(address), browser.get_page(f"{address}/raters/{ines.id}")
    assert expected in row_of(pages[0], "Ines")
    assert expected in pages[1].text
    for page in pages:
        for secret in ("figure-of-a-gate", "cell-of-an-attempt", "certification-1", "does_not"):
            assert secret not in page.html
        assert "lenient" not in page.soup.main.get_text().replace("above zero is lenient", "")  # type: ignore[union-attr]


def test_what_each_rater_could_use_help_with(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        failing, lenient = add_raters(cohort, 2)
        for number in (1, 2):
            take_check(failing, "first-things", right=3, number=number)
        for slug in ("practice-one", "practice-two"):
            practise(lenient, slug, LENIENT)
    page = browser_of(tamar).get_page(address)
    assert "Has tried the check of" in row_of(page, "Rater 001")
    assert "2 times without passing" in row_of(page, "Rater 001")
    assert "Rates leniently: +1.00 points on average, over 2 vignettes." in row_of(
        page, "Rater 002"
    )
    assert "nothing stands out" in row_of(page, "Ines")
    assert "provisional" in page.text
    names = [link.get_text() for link in page.soup.select("tbody .row-link")]
    assert names == ["Rater 001", "Rater 002", "Ines"]


def test_a_check_that_was_passed_in_the_end_is_no_need(
    app: Flask, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        for number, right in enumerate((2, 3, 6), start=1):
            take_check(ines, "first-things", right=right, number=number)
        complete(ines, "first-things", [Stage.ORIENT, Stage.OBSERVE, Stage.CHECK])
    assert "nothing stands out" in row_of(browser_of(tamar).get_page(address), "Ines")


def test_a_check_of_a_module_that_is_not_on_the_way_is_no_need(
    app: Flask, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    """Ines has looked into the other track, and tried its first check twice."""
    with app.app_context():
        library.publish(programme_pack(), person_id=None)
        for number in (1, 2):
            take_check(ines, PROGRAMME_OWN_MODULES[0], right=2, number=number)
    assert "without passing" not in row_of(browser_of(tamar).get_page(address), "Ines")


def test_an_element_that_stands_out_is_named(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        for slug in ("practice-one", "practice-two", "certification-2"):
            practise(ines, slug, EVEN | {7: -2})
    browser = browser_of(tamar)
    page = browser.get_page(address)
    expected = "Element 7, Element 7: rated too low by 2.00 points on average, 3 ratings."
    assert expected in row_of(page, "Ines")
    assert "For your next session" not in page.text  # one rater is no group
    with app.app_context():
        for person in add_raters(cohort, 2):
            practise(person, "practice-one", EVEN | {7: -2})
            practise(person, "practice-two", EVEN | {7: -2})
    page = browser.get_page(address)
    assert "the group is furthest from the consensus here" in page.text
    assert "Element 7, Element 7: −2.00 severe , from 7 ratings" in page.text


def test_idle_raters_stand_out_after_two_weeks(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        (idle,) = add_raters(cohort, 1)
        complete(idle, "first-things", [Stage.ORIENT])
    with time_machine.travel(now() + timedelta(days=20)):
        page = browser_of(tamar).get_page(address)
    assert "Has done nothing for 20 days." in row_of(page, "Rater 001")
    assert "Has not begun 20 days after joining." in row_of(page, "Ines")


def test_the_number_of_queries_does_not_grow_with_the_cohort(
    app: Flask, cohort: Cohort, tamar: Person, cleo: Person, browser_of: Browser, address: str
) -> None:
    browser = browser_of(tamar)
    counts = []
    for first, number in ((1, 4), (5, 45)):  # with Ines these are five raters, then fifty
        with app.app_context():
            for person in add_raters(cohort, number, first=first):
                complete(person, "first-things")
                take_check(person, "second-things", right=2)
                practise(person, "practice-one", LENIENT)
                attempt(person, AttemptState.CLOSED, ReviewAct.DECLINED, certifier=cleo)
        browser.get_page(address)  # documents are read once per process
        with counted_queries(app) as statements:
            page = browser.get_page(address)
        assert len(page.soup.select("tbody tr")) == first + number
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 20, counts


def test_a_large_cohort_is_shown_in_pages(
    app: Flask, cohort: Cohort, tamar: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        people = add_raters(cohort, 59)
        for slug in ("practice-one", "practice-two"):
            practise(people[-1], slug, LENIENT)
    browser = browser_of(tamar)
    page = browser.get_page(address)
    assert "Raters 1 to 50 of 60." in page.text
    page = browser.get_page(f"{address}?page=2")
    assert len(page.soup.select("tbody tr")) == 10
    names = [link.get_text() for link in page.soup.select("tbody .row-link")]
    assert names[0] == "Rater 059"  # who could use help comes first on their page
    assert page.has_link_to(f"{address}?page=1")
    for beyond in ("99", "0", "-3", "x", "9" * 30):
        browser.get_page(f"{address}?page={beyond}")


def test_a_very_large_cohort_is_not_sorted_throughout(
    app: Flask,
    cohort: Cohort,
    tamar: Person,
    browser_of: Browser,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rater_records, "RATERS_PER_PAGE", 5)
    with app.app_context():
        people = add_raters(cohort, 14)
        for person in (people[2], people[-1]):
            for slug in ("practice-one", "practice-two"):
                practise(person, slug, LENIENT)
    page = browser_of(tamar).get_page(address)
    assert "In the order in which they joined" in page.text
    names = [link.get_text() for link in page.soup.select("tbody .row-link")]
    assert names == ["Rater 003", "Ines", "Rater 001", "Rater 002", "Rater 004"]


def test_one_rater_in_detail(
    app: Flask, tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        take_check(ines, "first-things", right=4)
        take_check(ines, "first-things", right=6, number=2)
        complete(ines, "first-things")
        practise(ines, "practice-one", {1: 1, 2: -1})
        practise(ines, "practice-one", {1: 0, 2: 0}, number=2)
        write_journal(ines, "first-things", "I listened <b>longer</b>.", is_shared=True)
        write_journal(ines, "second-things", "Nobody shall read this.", is_shared=False)
    page = browser_of(tamar).get_page(f"{address}/raters/{ines.id}")
    assert page.heading == "Ines"
    assert "1 of 2 modules are done." in page.text
    assert "4 of 6" in page.text
    assert "not passed" in page.text
    assert "6 of 6" in page.text
    assert "The story of practice-one again" in page.text
    assert "Element 1, Element 1 +1.00 lenient 1" in page.text
    assert "I listened <b>longer</b>." in page.text  # shown as it was typed
    assert "Nobody shall read this." not in page.html
    assert "canary" not in page.html
    assert page.has_form_to(f"{address}/raters/{ines.id}/removal")


def test_a_rater_without_anything_in_detail(
    tamar: Person, ines: Person, browser_of: Browser, address: str
) -> None:
    page = browser_of(tamar).get_page(f"{address}/raters/{ines.id}")
    for expected in (
        "0 of 2 modules are done.",
        "No check is finished yet.",
        "Nothing is submitted in practice yet.",
        "No attempt was opened yet.",
        "Nothing is shared.",
    ):
        assert expected in page.text


def test_several_attempts_stand_one_below_the_other(
    app: Flask, tamar: Person, ines: Person, cleo: Person, browser_of: Browser, address: str
) -> None:
    with app.app_context():
        attempt(ines, AttemptState.CLOSED, ReviewAct.DECLINED, certifier=cleo)
    page = browser_of(tamar).get_page(f"{address}/raters/{ines.id}")
    assert "The last attempt at certification did not end with a certificate." in page.text
    assert "Trainers see outcomes only." in page.text
