"""The page everybody comes home to: the right next step, and a button that leads there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from bs4 import Tag
from flask import Flask
from sqlalchemy import delete

from tests.certification import stories
from tests.modules.test_reading import queries_of
from tests.pages import Page, PersonClient
from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.certification.certificates import records as certificates
from training.certification.reviews import acts as reviews
from training.clock import now
from training.cohorts import records as cohorts
from training.cohorts.models import Cohort
from training.database import db, write_transaction
from training.library import records as library
from training.library.models import CurrentDocument, DocumentKind
from training.mail.models import Letter, LetterState
from training.modules.records import complete_stage
from training.modules.stages import Stage

BrowserOf = Callable[[Person], PersonClient]
Act = Callable[..., Any]
STATIONS = ["Learn", "Practise", "Be assessed", "Certificate"]
# A page of a fixed shape: what is done may grow, what is asked may not.
MOST_QUERIES = 36


@pytest.fixture
def act(app: Flask) -> Act:
    """Do something behind the pages: `act(stories.make_eligible, ines)`."""

    def run(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with app.app_context():
            return function(*args, **kwargs)

    return run


def next_step(page: Page) -> Tag:
    """The card with the one thing to do."""
    (card,) = page.soup.select(".next-step")
    return card


def button(page: Page) -> tuple[str, str]:
    """The one button on the card: its words and where it leads."""
    (link,) = next_step(page).select("a.btn")
    return link.get_text(), str(link["href"])


def stations(page: Page) -> list[str]:
    """How each station stands, in order."""
    rows = page.soup.select("li.station")
    assert [row.h3.contents[0].strip() for row in rows if row.h3] == STATIONS
    states = ("done", "current", "later")
    return [next(s for s in states if f"station-{s}" in row["class"]) for row in rows]


def counts(page: Page) -> list[str]:
    """The "3 of 8" of each station that counts, and that its bar shows the same."""
    found = []
    for row in page.soup.select("li.station"):
        bar = row.select_one("progress")
        if bar is None:
            continue
        words = row.p.get_text() if row.p else ""
        done, _, needed = words.split()[:3]
        if needed == "0":
            is_done = "station-done" in row["class"]
            assert (bar["value"], bar["max"]) == (str(int(is_done)), "1")
        else:
            assert (bar["value"], bar["max"]) == (done, needed)
        found.append(f"{done} of {needed}")
    return found


def learn(person: Person, stages: list[Stage], *, modules: int = 2) -> None:
    """Do these stages of the first modules."""
    for module in library.modules()[:modules]:
        for stage in stages:
            complete_stage(person.id, module, stage)


def take_out_of_use(*kinds: DocumentKind) -> None:
    with write_transaction() as session:
        session.execute(delete(CurrentDocument).where(CurrentDocument.kind.in_(kinds)))


def test_a_new_rater_is_led_to_the_first_stage(ines: Person, browser_of: BrowserOf) -> None:
    browser = browser_of(ines)
    page = browser.get_page("/home")
    assert page.heading == "Hello, Ines"
    assert "Module 1 of 2, First things: Orient." in next_step(page).get_text()
    assert button(page) == ("Continue", "/modules/first-things/orient")
    assert stations(page) == ["current", "later", "later", "later"]
    assert counts(page) == ["0 of 2", "0 of 2", "0 of 8"]
    assert "Opens when the modules and the practice vignettes are done." in page.text
    missing = page.soup.select_one("li.station details")
    assert missing is not None
    assert "0 of 2 learning modules completed." in missing.get_text()
    assert "0 of 2 practice vignettes rated." in missing.get_text()
    assert "about 40 minutes to go" in page.text
    assert "of work to go until your assessment is complete" in page.text
    assert browser.get_page(button(page)[1]).heading == "First things"


def test_the_button_leads_on_to_the_stage_that_is_open_now(
    act: Act, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    act(learn, ines, [Stage.ORIENT, Stage.OBSERVE], modules=1)
    page = browser.get_page("/home")
    assert "about 35 minutes to go" in page.text  # 11 of a module's 20, and the other's 20
    assert "First things: Check." in page.text
    browser.get_page(button(page)[1])
    act(learn, ines, list(Stage), modules=1)
    assert counts(browser.get_page("/home"))[0] == "1 of 2"


def test_after_the_modules_comes_practice(act: Act, ines: Person, browser_of: BrowserOf) -> None:
    act(stories.complete_modules, ines)
    browser = browser_of(ines)
    page = browser.get_page("/home")
    assert button(page) == ("Continue", "/practice")
    assert stations(page) == ["done", "current", "later", "later"]
    assert browser.get_page("/practice").heading
    act(stories.practise, ines, slugs=("practice-one",))
    assert counts(browser.get_page("/home")) == ["2 of 2", "1 of 2", "0 of 8"]


def test_practising_first_is_counted_but_the_modules_still_come_first(
    act: Act, ines: Person, browser_of: BrowserOf
) -> None:
    act(stories.practise, ines)
    page = browser_of(ines).get_page("/home")
    assert button(page)[1] == "/modules/first-things/orient"
    assert stations(page) == ["current", "done", "later", "later"]


def test_who_has_practised_may_open_an_assessment(
    act: Act, ines: Person, browser_of: BrowserOf
) -> None:
    act(stories.make_eligible, ines)
    browser = browser_of(ines)
    page = browser.get_page("/home")
    assert "Open your assessment when you have time" in page.text
    assert stations(page) == ["done", "done", "current", "later"]
    certification = browser.get_page(button(page)[1])
    assert certification.soup.find("a", string="Open an attempt")


def test_an_open_assessment_waits_where_it_was_left(
    act: Act, ines: Person, browser_of: BrowserOf
) -> None:
    attempt_id = act(stories.opened_attempt, ines)
    act(lambda: [stories.submit(s, stories.careful) for s in stories.sessions_of(attempt_id)[:3]])
    browser = browser_of(ines)
    page = browser.get_page("/home")
    assert button(page) == ("Continue", f"/certification/attempts/{attempt_id}")
    assert counts(page)[2] == "3 of 8"
    browser.get_page(button(page)[1])


def test_a_module_added_during_an_assessment_does_not_get_in_its_way(
    act: Act, ines: Person, browser_of: BrowserOf
) -> None:
    attempt_id = act(stories.opened_attempt, ines)
    act(
        stories.publish_standard,
        prerequisites={
            "modules": ["first-things", "second-things", "third-things"],
            "practice_vignettes": 2,
        },
    )
    page = browser_of(ines).get_page("/home")
    assert button(page)[1] == f"/certification/attempts/{attempt_id}"
    assert stations(page) == ["later", "done", "current", "later"]


@pytest.mark.begins(at=stories.decided())
def test_while_a_certifier_reads_one_waits(ines: Person, browser_of: BrowserOf) -> None:
    browser = browser_of(ines)
    page = browser.get_page("/home")
    assert "A certifier looks at the dossier" in page.text
    assert stations(page) == ["done", "done", "done", "current"]
    assert counts(page)[2] == "8 of 8"
    browser.get_page(button(page)[1])


@pytest.mark.begins(at=stories.decided(stories.uneven))
def test_when_more_is_asked_the_assessment_is_open_again(
    told: dict[str, Any], act: Act, ines: Person, cleo: Person, browser_of: BrowserOf
) -> None:
    decision_id = told["decision_id"]
    assert "A certifier looks at the dossier" in browser_of(ines).get_page("/home").text
    act(stories.add_vignettes, 2)
    act(reviews.ask_for_more_evidence, decision_id, certifier=cleo, reason="Two more.")
    page = browser_of(ines).get_page("/home")
    assert "Your assessment is open." in page.text
    assert counts(page)[2] == "8 of 10"


@pytest.mark.begins(at=stories.decided(stories.constant))
def test_after_a_miss_one_learns_for_two_weeks_and_may_come_back(
    act: Act, ines: Person, browser_of: BrowserOf
) -> None:
    act(stories.add_vignettes, 8)
    browser = browser_of(ines)
    page = browser.get_page("/home")
    assert "Another assessment cannot be opened yet." in page.text
    assert button(page) == ("See what is missing", "/certification")
    assert stations(page) == ["done", "done", "current", "later"]
    browser.get_page("/certification")
    with time_machine.travel(now() + timedelta(days=14, minutes=1)):
        browser = browser_of(ines)
        assert button(browser.get_page("/home")) == ("Continue", "/certification")


@pytest.mark.begins(at=stories.decided())
def test_a_certificate_ends_the_way_until_it_ends(
    told: dict[str, Any], act: Act, ines: Person, cleo: Person, browser_of: BrowserOf
) -> None:
    decision_id = told["decision_id"]
    certificate, _letter = act(reviews.sign, decision_id, certifier=cleo)
    act(stories.add_vignettes, 8)
    browser = browser_of(ines)
    page = browser.get_page("/home")
    assert "You hold a certificate, valid until" in page.text
    assert stations(page) == ["done"] * 4
    assert button(page) == ("Open your certificate", f"/certificates/{certificate.number}")
    assert browser.get_page(button(page)[1]).heading == "Ines"
    with time_machine.travel(now() + timedelta(days=370)):
        page = browser_of(ines).get_page("/home")
        assert button(page) == ("Continue", "/certification")
        assert stations(page) == ["done", "done", "current", "later"]


@pytest.mark.begins(at=stories.decided())
def test_a_revoked_certificate_is_not_held(
    told: dict[str, Any], act: Act, ines: Person, cleo: Person, browser_of: BrowserOf
) -> None:
    decision_id = told["decision_id"]
    certificate, _letter = act(reviews.sign, decision_id, certifier=cleo)
    act(certificates.revoke, certificate.number, reason="Another person rated.", by=cleo.id)
    page = browser_of(ines).get_page("/home")
    assert "You hold a certificate" not in page.text
    assert stations(page)[3] == "later"


def test_without_a_standard_one_learns_and_practises(
    act: Act, ines: Person, browser_of: BrowserOf
) -> None:
    act(take_out_of_use, DocumentKind.STANDARD)
    browser = browser_of(ines)
    page = browser.get_page("/home")
    assert button(page) == ("Continue", "/modules/first-things/orient")
    assert counts(page) == ["0 of 2", "0 of 2", "0 of 0"]
    act(learn, ines, list(Stage))
    assert button(browser.get_page("/home")) == ("Continue", "/practice")
    act(stories.practise, ines)
    page = browser.get_page("/home")
    assert "Another assessment" not in page.text
    assert "No certification standard is in use yet." in next_step(page).get_text()
    browser.get_page(button(page)[1])


def test_without_modules_one_is_told_that_they_will_come(
    act: Act, ines: Person, browser_of: BrowserOf
) -> None:
    act(take_out_of_use, DocumentKind.MODULE)
    page = browser_of(ines).get_page("/home")
    assert "The modules are not published yet." in next_step(page).get_text()
    assert not next_step(page).select("a")


def test_on_an_empty_service_nothing_is_promised(
    act: Act, ines: Person, browser_of: BrowserOf
) -> None:
    act(take_out_of_use, *DocumentKind)
    browser = browser_of(ines)
    page = browser.get_page("/home")
    assert "The modules are not published yet." in next_step(page).get_text()
    assert stations(page) == ["current", "later", "later", "later"]
    for link in page.soup.select("main a[href^='/']"):
        browser.get_page(str(link["href"]))


def test_somebody_without_a_role_is_told_how_to_get_one(
    make_person: Callable[..., Person], browser_of: BrowserOf
) -> None:
    page = browser_of(make_person("Noor")).get_page("/home")
    assert "You have no role yet." in page.text
    assert page.has_link_to("/join")
    assert not page.soup.select(".next-step, .way, .card")


def cards(page: Page) -> dict[str, str]:
    """The cards of the other work: title and text."""
    found = page.soup.select(".card-grid .card")
    return {c.h3.get_text(strip=True): c.p.get_text(" ", strip=True) for c in found if c.h3 and c.p}


def test_a_trainer_finds_the_cohorts_they_lead(
    act: Act, tamar: Person, cohort: Cohort, browser_of: BrowserOf
) -> None:
    browser = browser_of(tamar)
    page = browser.get_page("/home")
    assert cards(page) == {"Cohorts": "See who is where and who could use help."}
    assert page.has_link_to(f"/cohorts/{cohort.id}")
    assert "Autumn group 1 rater" in page.text
    assert not page.soup.select(".next-step, .way")
    spring = act(cohorts.open_cohort, "Spring group", trainer=tamar)
    act(cohorts.close, cohort, by=tamar)
    page = browser.get_page("/home")
    assert page.has_link_to(f"/cohorts/{spring.id}")
    assert not page.has_link_to(f"/cohorts/{cohort.id}")
    act(cohorts.close, spring, by=tamar)
    assert cards(browser.get_page("/home"))["Cohorts"].startswith("You lead no open cohort.")


def test_a_certifier_sees_how_many_decisions_wait(
    act: Act, ines: Person, otto: Person, cleo: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(cleo)
    first = "0 decisions wait for a certifier."
    assert cards(browser.get_page("/home"))["Certifying"] == first
    decision_id = act(stories.decided_attempt, ines)
    act(stories.opened_attempt, otto)  # under way: nothing to decide yet
    assert cards(browser.get_page("/home"))["Certifying"].startswith("1 decision waits")
    act(reviews.sign, decision_id, certifier=cleo)
    assert cards(browser.get_page("/home"))["Certifying"] == first


def test_an_administrator_sees_letters_that_could_not_be_sent(
    app: Flask, ada: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ada)
    assert "letter" not in cards(browser.get_page("/home"))["Administration"]
    with app.app_context():
        for state in (LetterState.FAILED, LetterState.SENT, LetterState.KEPT):
            db.session.add(Letter(recipient="a@b.org", subject="S", body="B", state=state))
        db.session.commit()
    page = browser.get_page("/home")
    assert cards(page)["Administration"].endswith("1 letter could not be sent.")


def test_an_expert_is_led_to_the_panels(emeka: Person, browser_of: BrowserOf) -> None:
    browser = browser_of(emeka)
    page = browser.get_page("/home")
    assert cards(page) == {
        "Panels": "Nothing waits for your rating.",
        "Contests": "0 contests of keys wait for an answer of yours.",
        "Keys": "How the keys stand the test of their ratings, and which a panel should look at "
        "again.",
    }
    assert page.has_link_to("/panels")
    browser.get_page("/panels")


def test_who_holds_every_role_sees_the_way_and_all_the_work(
    app: Flask, ada: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        accounts.set_roles(ada, frozenset(Role), by=ada.id)
    browser = browser_of(ada)
    page = browser.get_page("/home")
    assert button(page) == ("Continue", "/modules/first-things/orient")
    assert list(cards(page)) == [
        "Cohorts",
        "Panels",
        "Certifying",
        "Contests",
        "Keys",
        "Administration",
    ]
    for link in page.soup.select("main a[href^='/']"):
        browser.get_page(str(link["href"]))


def test_a_name_is_text_and_nothing_else(
    make_person: Callable[..., Person], app: Flask, browser_of: BrowserOf
) -> None:
    person = make_person("Mallory", Role.RATER)
    with app.app_context():
        accounts.change_profile(person, name="<b>%(name)s</b> {{ 7 * 7 }}", locale="en")
    page = browser_of(person).get_page("/home")
    assert page.heading == "Hello, <b>%(name)s</b> {{ 7 * 7 }}"
    assert not page.soup.select("h1 b")


def test_the_number_of_queries_does_not_grow_with_what_was_done(
    app: Flask, act: Act, ines: Person, otto: Person, browser_of: BrowserOf
) -> None:
    def asked(person: Person) -> int:
        browser = browser_of(person)
        browser.get_page("/home")  # documents are read once per process
        with queries_of(app) as statements:
            browser.get_page("/home")
        return len(statements)

    act(accounts.set_roles, ines, frozenset(Role), by=ines.id)
    act(stories.decided_attempt, ines, stories.constant)
    before = asked(ines)
    assert before <= MOST_QUERIES
    act(stories.add_vignettes, 8)
    act(stories.decided_attempt, otto)
    with time_machine.travel(now() + timedelta(days=15)):
        act(stories.next_attempt, ines)
        assert asked(ines) <= before
