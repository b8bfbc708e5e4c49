"""The certifier's list and dossier: what they read, and who may not read it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, update

from tests.certification import stories
from tests.certification.stories import careful, constant, uneven
from tests.certification.test_evidence import as_engine_1_0_wrote
from tests.keys.contest_stories import seat_panel
from tests.pack import CERTIFICATION
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.accounts.records import grant_role
from training.certification.judging import evidence
from training.certification.judging.decision import Outcome
from training.certification.judging.standard import Standard
from training.certification.models import Decision
from training.certification.reviews import acts as reviews
from training.certification.reviews import records as review_records
from training.cohorts import records as cohorts
from training.cohorts.models import Cohort
from training.database import db, write_transaction
from training.keys.sights import keys_seen
from training.panels.models import PanelState

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]
QUEUE = "/certifying"


def test_an_empty_list_says_so(browser_of: Browsers, cleo: Person) -> None:
    page = browser_of(cleo).get_page(QUEUE)
    assert "Nothing waits for you." in page.text
    assert "No certifier has acted on a decision yet." in page.text
    assert page.has_link_to("/register")


def test_decisions_wait_with_the_oldest_first(
    act: Act, browser_of: Browsers, cleo: Person, ines: Person, otto: Person
) -> None:
    first = act(stories.decided_attempt, otto, constant)
    second = act(stories.decided_attempt, ines, careful)
    page = browser_of(cleo).get_page(QUEUE)
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")]
    assert rows[0].startswith("Otto")
    assert "Does not meet the standard" in rows[0]
    assert rows[1].startswith("Ines")
    assert "Meets the standard" in rows[1]
    assert page.has_link_to(f"/certifying/decisions/{first}")
    assert page.has_link_to(f"/certifying/decisions/{second}")


@pytest.mark.begins(at=stories.decided(careful))
def test_what_was_acted_on_moves_down(
    told: dict[str, Any], act: Act, browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    act(reviews.sign, decision_id, certifier=cleo)
    page = browser_of(cleo).get_page(QUEUE)
    assert "Nothing waits for you." in page.text
    (row,) = [" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")]
    assert "Signed" in row
    assert "Cleo" in row


def test_what_was_decided_comes_in_pages_so_that_every_dossier_has_a_way_in(
    act: Act,
    browser_of: Browsers,
    cleo: Person,
    ines: Person,
    otto: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decisions = [act(stories.decided_attempt, person, careful) for person in (ines, otto)]
    for decision_id in decisions:
        act(reviews.sign, decision_id, certifier=cleo)
    browser, (first, second) = browser_of(cleo), decisions
    page = browser.get_page(QUEUE)
    assert all(page.has_link_to(f"/certifying/decisions/{each}") for each in decisions)
    assert not page.has_link_to(f"{QUEUE}?page=2#decided")
    monkeypatch.setattr(review_records, "REVIEWED_PER_PAGE", 1)
    page = browser.get_page(QUEUE)
    assert "1 to 1 of 2, latest first" in page.text
    assert page.has_link_to(f"/certifying/decisions/{second}")
    assert not page.has_link_to(f"/certifying/decisions/{first}")
    assert page.has_link_to(f"{QUEUE}?page=2#decided")
    for asked in ("2", "99"):
        page = browser.get_page(f"{QUEUE}?page={asked}")
        assert page.has_link_to(f"/certifying/decisions/{first}")
        assert page.has_link_to(f"{QUEUE}?page=1#decided")


def test_a_trainer_of_the_rater_is_told_why_another_decides(
    act: Act, browser_of: Browsers, cohort: Cohort, tamar: Person, ines: Person
) -> None:
    act(grant_role, tamar, Role.CERTIFIER, by=None)
    decision_id = act(stories.decided_attempt, ines, careful)
    browser = browser_of(tamar)
    page = browser.get_page(QUEUE)
    assert "You train or trained this person. Another certifier decides." in page.text
    assert not page.has_link_to(f"/certifying/decisions/{decision_id}")
    browser.get_page(f"/certifying/decisions/{decision_id}", expect=403)
    browser.get_page(f"/certifying/decisions/{decision_id}/dossier.json", expect=403)


def test_whoever_trained_the_rater_once_stays_out(
    app: Flask, act: Act, browser_of: Browsers, cohort: Cohort, tamar: Person, ines: Person
) -> None:
    act(grant_role, tamar, Role.CERTIFIER, by=None)
    with app.app_context(), write_transaction() as session:
        (membership,) = session.scalars(
            db.select(cohorts.CohortMember).filter_by(person_id=ines.id)
        )
        membership.left_at = membership.joined_at
    decision_id = act(stories.decided_attempt, ines, careful)
    browser_of(tamar).get_page(f"/certifying/decisions/{decision_id}", expect=403)


def test_nobody_reads_the_dossier_of_their_own_attempt(
    act: Act, browser_of: Browsers, ines: Person
) -> None:
    act(grant_role, ines, Role.CERTIFIER, by=None)
    decision_id = act(stories.decided_attempt, ines, careful)
    browser = browser_of(ines)
    assert "This is your own attempt." in browser.get_page(QUEUE).text
    browser.get_page(f"/certifying/decisions/{decision_id}", expect=403)
    browser.get_page(f"/certifying/decisions/{decision_id}/dossier.json", expect=403)


def test_a_trainer_of_others_is_free_to_decide(
    act: Act, browser_of: Browsers, cohort: Cohort, tamar: Person, otto: Person
) -> None:
    act(grant_role, tamar, Role.CERTIFIER, by=None)
    decision_id = act(stories.decided_attempt, otto, careful)
    browser_of(tamar).get_page(f"/certifying/decisions/{decision_id}")


@pytest.mark.begins(at=stories.decided(careful))
def test_the_dossier_tells_everything_that_can_be_checked(
    app: Flask, told: dict[str, Any], browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision_id}")
    with app.app_context():
        decision = db.session.get_one(Decision, decision_id)
    assert page.heading == "Dossier of Ines"
    assert "Recomputed now: identical" in page.text
    assert "Figures and evidence have the digest that was written down" in page.text
    assert decision.digest in page.text
    assert decision.evidence["standard"]["digest"] in page.text
    assert decision.evidence["sessions"][0]["instrument_digest"] in page.text
    assert decision.figures["engine_version"] in page.text
    assert "authored: the authors' own, not agreed by a panel" in page.text
    assert "8 vignettes in this attempt" in page.text
    assert "A-CRA coders were held to 60 %" in page.text


@pytest.mark.begins(at=stories.decided(careful))
def test_the_tables_count_by_element_and_by_vignette(
    told: dict[str, Any], browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision_id}")
    elements = page.soup.select("[aria-labelledby=items] tbody tr")
    assert len(elements) == 12
    assert elements[0].th is not None
    assert elements[0].th.get_text() == "1 Element 1"
    vignettes = page.soup.select("[aria-labelledby=vignettes] tbody tr")
    assert len(vignettes) == 8
    assert "The story of certification-1" in page.text
    headings = page.soup.select_one("#vignettes").find_next("thead")  # type: ignore[union-attr]
    assert "consensus total" not in headings.get_text().lower()  # type: ignore[union-attr]


def blind_to_the_first_element(reference: int | None, cell: int) -> int | None:
    """As the key, but the first element of every other vignette is not rateable."""
    return None if cell % 24 == 1 else reference


def test_by_element_the_ratings_and_what_one_side_found_rateable_add_up(
    act: Act, browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    """The shares are of both together: four the same of eight is a half."""
    decision_id = act(stories.decided_attempt, ines, blind_to_the_first_element)
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision_id}")
    table = page.soup.select_one("[aria-labelledby=items] table")
    assert table is not None
    headings = [heading.get_text() for heading in table.select("thead th")][1:]
    first, second = (
        dict(zip(headings, [cell.get_text() for cell in row.select("td")], strict=True))
        for row in table.select("tbody tr")[:2]
    )
    assert (first["Ratings"], first["Only one side rateable"], first["Same"]) == ("4", "4", "50%")
    assert (second["Ratings"], second["Only one side rateable"]) == ("8", "0")


@pytest.mark.begins(at=stories.decided(careful))
def test_fast_submissions_are_shown_and_decide_nothing(
    told: dict[str, Any], act: Act, browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision_id}")
    assert "Too little time to read it" in page.text
    assert page.text.count("words were before the rater for 0.0 minutes at most") == 8
    assert "This decides nothing." in page.text
    assert act(stories.outcome_of, decision_id) is Outcome.MEETS
    assert page.has_link_to(f"/certifying/decisions/{decision_id}/signature")


@pytest.mark.begins(at=stories.decided(careful))
def test_a_decision_of_an_older_engine_is_computed_again_as_that_one_wrote_it(
    app: Flask, told: dict[str, Any], browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    with app.app_context(), write_transaction() as session:
        decision = session.get_one(Decision, decision_id)
        decision.figures = as_engine_1_0_wrote(decision.figures)
        decision.digest = evidence.digest_of(
            decision.figures, decision.evidence, decision.circumstances
        )
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision_id}")
    assert "Recomputed now: identical" in page.text
    assert "The figures were computed by engine version 1.0" in page.text
    assert "Figures and evidence have the digest that was written down" in page.text


@pytest.mark.begins(at=stories.decided(constant))
def test_figures_that_were_changed_are_found_out(
    app: Flask, told: dict[str, Any], browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    with app.app_context(), write_transaction() as session:
        figures = dict(session.get_one(Decision, decision_id).figures) | {"outcome": "meets"}
        session.execute(
            update(Decision).filter_by(id=decision_id).values(figures=figures, outcome="meets")
        )
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision_id}")
    assert "Recomputed now: different" in page.text
    assert "Figures or evidence were changed after they were computed" in page.text


def test_acts_fit_the_outcome(
    act: Act, browser_of: Browsers, cleo: Person, ines: Person, otto: Person
) -> None:
    misses = f"/certifying/decisions/{act(stories.decided_attempt, otto, constant)}"
    page = browser_of(cleo).get_page(misses)
    assert page.has_link_to(f"{misses}/refusal")
    assert not page.has_link_to(f"{misses}/signature")
    assert not page.has_link_to(f"{misses}/further-evidence")
    assert "cannot be signed" in page.text
    meets = f"/certifying/decisions/{act(stories.decided_attempt, ines, careful)}"
    page = browser_of(cleo).get_page(meets)
    assert page.has_link_to(f"{meets}/signature")
    assert page.has_link_to(f"{meets}/refusal")
    assert not page.has_link_to(f"{meets}/further-evidence")


@pytest.mark.begins(at=stories.decided(uneven))
def test_an_empty_pool_is_told_before_anybody_asks_for_more(
    told: dict[str, Any], act: Act, browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    address = f"/certifying/decisions/{told['decision_id']}"
    browser = browser_of(cleo)
    page = browser.get_page(address)
    assert "2 further vignettes would be needed, and the pool does not hold as many" in page.text
    assert not page.has_link_to(f"{address}/further-evidence")
    act(stories.add_vignettes, 2)
    assert browser.get_page(address).has_link_to(f"{address}/further-evidence")


@pytest.mark.begins(at=stories.decided(constant))
def test_earlier_attempts_are_listed(
    told: dict[str, Any], act: Act, browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    act(reviews.decline, decision_id, certifier=cleo, reason="Clear.")
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision_id}")
    assert "Does not meet the standard · Declined" in page.text
    assert "Clear." in page.text
    assert not page.has_link_to(f"/certifying/decisions/{decision_id}/refusal")


@pytest.mark.begins(at=stories.decided(careful))
def test_the_file_is_enough_to_compute_the_decision_again(
    told: dict[str, Any], browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    response = browser_of(cleo).get(f"/certifying/decisions/{decision_id}/dossier.json")
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "no-store"
    file = json.loads(response.get_data(as_text=True))
    standard = Standard.model_validate(file["standard"])
    assert file["digest"] == evidence.digest_of(
        file["figures"], file["evidence"], file["circumstances"]
    )
    moment = datetime.fromisoformat(file["computed_at"])
    assert evidence.recomputes(standard, file["figures"], file["evidence"], now=moment)
    assert file["rater"]["name"] == "Ines"
    assert "@" not in response.get_data(as_text=True)


@pytest.mark.begins(at=stories.decided(careful))
def test_taking_the_file_stands_in_the_trail(
    told: dict[str, Any], act: Act, browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    browser_of(cleo).get(f"/certifying/decisions/{decision_id}/dossier.json")
    (line,) = act(stories.acts_noted, "data exported")
    assert line.subject == f"decision {decision_id}"
    assert line.person_id == cleo.id


def test_certifiers_who_rate_do_not_get_the_file(
    act: Act, browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    act(grant_role, cleo, Role.RATER, by=None)
    decision_id = act(stories.decided_attempt, ines, careful)
    browser = browser_of(cleo)
    browser.get_page(f"/certifying/decisions/{decision_id}/dossier.json", expect=403)
    page = browser.get_page(f"/certifying/decisions/{decision_id}")
    assert not page.has_link_to(f"/certifying/decisions/{decision_id}/dossier.json")
    assert "It is not handed to certifiers who are raters too." in page.text
    assert act(stories.acts_noted, "data exported") == []


def test_who_takes_the_file_has_seen_its_keys_and_whose_panel_is_at_work_does_not_get_it(
    app: Flask, act: Act, make_person: Callable[..., Person], browser_of: Browsers, cleo: Person,
    emeka: Person, ines: Person,
) -> None:  # fmt: skip
    act(grant_role, emeka, Role.CERTIFIER, by=None)
    decision_id = act(stories.decided_attempt, ines, careful)
    with app.app_context():
        seat_panel(cleo, [emeka], state=PanelState.CONSENSUS, slug=CERTIFICATION[0])
    for tail in ("json", "zip"):
        file = f"/certifying/decisions/{decision_id}/dossier.{tail}"
        page = browser_of(emeka).get_page(file, expect=403)
        assert f"The story of {CERTIFICATION[0]}" in page.text
        assert f"The story of {CERTIFICATION[1]}" not in page.text
    assert act(keys_seen, emeka.id) == set()
    browser_of(emeka).get_page(f"/certifying/decisions/{decision_id}")
    dora = make_person("Dora", Role.CERTIFIER)
    assert browser_of(dora).get(file).status_code == 200
    assert act(keys_seen, dora.id) == set(CERTIFICATION)


@pytest.mark.parametrize("tail", ["", "/dossier.json", "/signature", "/refusal"])
def test_a_decision_that_does_not_exist_is_not_found(
    browser_of: Browsers, cleo: Person, tail: str
) -> None:
    browser_of(cleo).get_page(f"/certifying/decisions/{uuid.uuid4()}{tail}", expect=404)


@pytest.mark.parametrize("tail", ["", "/dossier.json", "/signature", "/refusal"])
@pytest.mark.begins(at=stories.decided(careful))
def test_strangers_and_other_roles_are_refused(
    told: dict[str, Any],
    browser_of: Browsers,
    stranger: PersonClient,
    ines: Person,
    tamar: Person,
    ada: Person,
    tail: str,
) -> None:
    address = f"/certifying/decisions/{told['decision_id']}{tail}"
    assert stranger.get_page(address, expect=302).location.startswith("/sign-in")
    for person in (ines, tamar, ada):
        browser_of(person).get_page(address, expect=403)


def test_the_list_is_for_certifiers(
    browser_of: Browsers, stranger: PersonClient, ines: Person, tamar: Person
) -> None:
    assert stranger.get_page(QUEUE, expect=302).location.startswith("/sign-in")
    browser_of(ines).get_page(QUEUE, expect=403)
    browser_of(tamar).get_page(QUEUE, expect=403)


def test_time_is_counted_from_first_seeing_a_vignette(
    act: Act, browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    start = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        attempt_id = act(stories.opened_attempt, ines)
    sessions = act(stories.sessions_of, attempt_id)
    for number, session in enumerate(sessions):
        seen_at = start + timedelta(hours=number)
        with time_machine.travel(seen_at, tick=False):
            if number < 7:  # the last one is sent by a script, without ever being opened
                browser_of(ines).get_page(f"/rating-sessions/{session.id}")
        with time_machine.travel(seen_at + timedelta(minutes=30), tick=False):
            act(stories.submit, session, careful)
    (decision,) = act(stories.decisions_of, attempt_id)
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision.id}")
    rows = page.soup.select("#circumstances ~ div tbody tr")[:8]
    assert [row.select("td")[3].get_text() for row in rows] == ["30.0"] * 7 + ["450.0"]
    assert ["given out" in row.get_text() for row in rows] == [False] * 7 + [True]


def number_of_queries(app: Flask, browser: PersonClient, address: str) -> int:
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_further: Any) -> None:
        statements.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", count)
        try:
            browser.get_page(address)
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
    return len(statements)


def test_a_longer_list_takes_no_more_queries(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    make_person: Callable[..., Person],
    cleo: Person,
    ines: Person,
    otto: Person,
) -> None:
    browser = browser_of(cleo)
    act(reviews.decline, act(stories.decided_attempt, ines, careful), certifier=cleo, reason="No.")
    act(stories.decided_attempt, otto, careful)
    browser.get_page(QUEUE)
    few = number_of_queries(app, browser, QUEUE)
    for name in ("Petra", "Quentin"):
        decision_id = act(stories.decided_attempt, make_person(name, Role.RATER), careful)
        act(reviews.decline, decision_id, certifier=cleo, reason="No.")
    for name in ("Rhea", "Sami"):
        act(stories.decided_attempt, make_person(name, Role.RATER), careful)
    assert number_of_queries(app, browser, QUEUE) == few
