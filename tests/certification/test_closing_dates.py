"""Closing dates: by when an attempt is finished, what happens when not, and dates of one's own."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from tests.certification import stories
from tests.certification.stories import careful, constant, uneven
from tests.pack import MODULES, STANDARD
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.audit import trail
from training.calibration import records as calibration
from training.calibration.models import RatingSession
from training.calibration.records import SaveState
from training.certification.attempts import records as attempts
from training.certification.attempts.eligibility import RequirementKind
from training.certification.attempts.records import NotEligibleError
from training.certification.models import Attempt, AttemptState, WindowChange
from training.certification.reviews import acts as reviews
from training.clock import now
from training.cohorts.models import Cohort
from training.database import db, write_transaction
from training.mail.models import Letter
from training.modules.models import StageCompletion

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]
WINDOW_DAYS = 14
LATE = timedelta(days=WINDOW_DAYS + 1)


@pytest.fixture
def windowed(act: Act) -> None:
    """The standard gives two weeks, and asks for nothing between attempts."""
    limits = {"maximum": 3, "within_months": 12, "cooling_off_days": 7, "pooled": True}
    act(stories.publish_standard, attempts=limits | {"window_days": WINDOW_DAYS})


@pytest.fixture
def attempt_id(windowed: None, act: Act, ines: Person) -> uuid.UUID:
    """Ines has opened an attempt and submitted three of its eight vignettes."""
    opened: uuid.UUID = act(stories.opened_attempt, ines)
    for session in act(stories.sessions_of, opened)[:3]:
        act(stories.submit, session, careful)
    return opened


def attempt_of(attempt_id: uuid.UUID) -> Attempt:
    return db.session.get_one(Attempt, attempt_id)


def closing_page(attempt_id: uuid.UUID) -> str:
    return f"/certifying/attempts/{attempt_id}/closing-date"


def in_days(days: int) -> date:
    return (now() + timedelta(days=days)).date()


# What the rater sees


def test_the_date_is_named_before_and_while_it_runs(
    act: Act, browser_of: Browsers, windowed: None, ines: Person
) -> None:
    act(stories.make_eligible, ines)
    browser = browser_of(ines)
    assert "finished within 14 days" in browser.get_page("/certification").text
    before = browser.get_page(f"/certification/{STANDARD}/new-attempt")
    assert "It is to be finished within 14 days" in before.text
    page = browser.get_page(
        browser.post_page(f"/certification/{STANDARD}/new-attempt", {"honour": "y"}).location
    )
    assert "Finish by" in page.text
    assert "14 days from now" in page.text
    (attempt,) = act(stories.attempts_in_database, ines)
    session = act(stories.sessions_of, attempt.id)[0]
    for address in ("/home", "/certification", f"/rating-sessions/{session.id}"):
        assert "14 days from now" in browser.get_page(address).text, address


def test_a_standard_without_a_window_names_no_date(
    act: Act, browser_of: Browsers, ines: Person
) -> None:
    attempt_id = act(stories.opened_attempt, ines)
    session = act(stories.sessions_of, attempt_id)[0]
    browser = browser_of(ines)
    pages = ("/home", "/certification", f"/certification/attempts/{attempt_id}")
    for address in (*pages, f"/rating-sessions/{session.id}"):
        assert "Finish by" not in browser.get_page(address).text


# Too late


def test_what_comes_too_late_is_refused_and_what_was_saved_is_kept(
    act: Act, browser_of: Browsers, attempt_id: uuid.UUID, ines: Person
) -> None:
    session = act(stories.sessions_of, attempt_id)[3]
    address = f"/rating-sessions/{session.id}"
    browser = browser_of(ines)
    browser.post_page(address, {"revision": "0", "rating-1": "3", "evidence-1": "4"})
    with time_machine.travel(now() + LATE):
        browser = browser_of(ines)
        late = {"revision": "1", "rating-1": "0", "note-1": "Changed my mind."}
        page = browser.post_page(address, late, expect=409)
        assert "What you sent after that was not taken." in page.text
        assert "Changed my mind." in page.text, "it can be copied"
        assert page.has_link_to(f"/certification/attempts/{attempt_id}")
        faulty = {"revision": "1", "rating-1": "9"}
        assert "is over" in browser.post_page(address, faulty, expect=409).heading
        answer = browser.put(
            f"{address}/draft",
            data=json.dumps({"revision": 1, "ratings": {"1": {"rating": 0}}}),
            headers={"X-CSRFToken": browser.csrf_token(), "Content-Type": "application/json"},
        )
        assert (answer.status_code, answer.get_json()["state"]) == (409, "closed")
        page = browser.post_page(f"{address}/submit", {"revision": "1"}, expect=409)
        assert "is over" in page.heading
        for looked_at in (address, f"{address}/check"):
            location = browser.get_page(looked_at, expect=302).location
            assert location == f"/certification/attempts/{attempt_id}"
    kept = act(stories.sessions_of, attempt_id)[3]
    assert [(r.item_number, r.score, r.evidence) for r in kept.ratings] == [(1, 3, [4])]
    assert kept.revision == 1


def test_a_save_whose_answer_was_lost_is_still_told_that_it_is_saved(
    app: Flask, act: Act, attempt_id: uuid.UUID
) -> None:
    session = act(stories.sessions_of, attempt_id)[3]
    ratings = {1: stories.rating(3)}
    act(calibration.save_ratings, session.id, ratings, revision=0)
    with time_machine.travel(now() + LATE):
        outcome = act(calibration.save_ratings, session.id, ratings, revision=0)
    assert outcome.state is SaveState.SAVED


def test_an_attempt_that_is_late_ends_without_an_outcome(
    act: Act, browser_of: Browsers, attempt_id: uuid.UUID, ines: Person
) -> None:
    with time_machine.travel(now() + LATE):
        browser = browser_of(ines)
        page = browser.get_page(f"/certification/attempts/{attempt_id}")
        assert "The time for this attempt is over" in page.text
        assert "with 3 of 8 vignettes submitted" in page.text
        assert "counts with your next attempt" in page.text
        assert page.text.count("not submitted in time") == 5
        assert "not finished in time" in browser.get_page("/certification").text
        assert "Continue your attempt" not in browser.get_page("/certification").text
        assert "Another assessment cannot be opened yet" in browser.get_page("/home").text
    assert act(stories.decisions_of, attempt_id) == []


def test_the_next_attempt_waits_counts_and_pools_what_was_submitted(
    act: Act, attempt_id: uuid.UUID, ines: Person
) -> None:
    act(stories.add_vignettes, 8)
    moment = now()
    with time_machine.travel(moment + LATE), pytest.raises(NotEligibleError) as refused:
        act(attempts.open_attempt, ines.id, STANDARD)
    (unmet,) = refused.value.eligibility.unmet
    assert unmet.kind is RequirementKind.COOLING_OFF, "letting it lapse gains no time"
    with time_machine.travel(moment + LATE + timedelta(days=7)):
        decision_id = act(stories.next_attempt, ines)
        first, second = act(stories.attempts_in_database, ines)
    assert (first.state, first.number) == (AttemptState.CLOSED, 1)
    assert first.lapsed_at == first.closed_at == first.closes_at
    assert second.number == 2
    decision = next(d for d in act(stories.decisions_of, second.id) if d.id == decision_id)
    assert decision.figures["vignettes"] == 11
    assert decision.circumstances["history"] == [
        {
            "number": 1,
            "opened_at": first.opened_at.isoformat(),
            "state": "lapsed",
            "outcome": None,
            "act": None,
        }
    ]
    (line,) = act(stories.acts_noted, "attempt lapsed")
    assert line.details == {"submitted": 3, "vignettes": 8}


def test_the_command_writes_it_down_once_and_tells_the_rater(
    app: Flask, act: Act, attempt_id: uuid.UUID, ines: Person, otto: Person
) -> None:
    act(stories.opened_attempt, otto)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["attempts", "close"]).output == "0 closed.\n"
    with time_machine.travel(now() + LATE):
        assert runner.invoke(args=["attempts", "close"]).output == "2 closed.\n"
        assert runner.invoke(args=["attempts", "close"]).output == "0 closed.\n"
    assert len(act(stories.acts_noted, "attempt lapsed")) == 2
    with app.app_context():
        letters = db.session.scalars(select(Letter).filter_by(recipient=ines.email)).all()
        assert [letter.subject for letter in letters] == [
            "The time for your certification attempt is over"
        ]
        assert list(trail.verify()) == []


def test_further_vignettes_have_a_window_of_their_own(
    act: Act, windowed: None, ines: Person, cleo: Person
) -> None:
    decision_id = act(stories.decided_attempt, ines, uneven)
    act(stories.add_vignettes, 2)
    moment = now() + LATE
    with time_machine.travel(moment):
        act(reviews.ask_for_more_evidence, decision_id, certifier=cleo, reason="More.")
        (attempt,) = act(stories.attempts_in_database, ines)
        assert attempt.is_under_way(now())
        further = act(stories.sessions_of, attempt.id)[8:]
        assert {session.closes_at for session in further} == {attempt.closes_at}
    with time_machine.travel(moment + LATE):
        assert act(attempt_of, attempt.id).has_lapsed(now())
        assert len(act(stories.decisions_of, attempt.id)) == 1, "no decision on half of it"


# A date of one's own


def test_a_certifier_gives_ines_a_later_date_with_the_reason(
    app: Flask, act: Act, browser_of: Browsers, attempt_id: uuid.UUID, ines: Person, cleo: Person
) -> None:
    browser = browser_of(cleo)
    listed = browser.get_page("/certifying/attempts")
    assert "Ines" in listed.text
    assert "3 of 8" in listed.text
    assert listed.has_link_to(closing_page(attempt_id))
    assert browser.get_page("/certifying").has_link_to("/certifying/attempts")
    browser.get_page(closing_page(attempt_id))
    day = in_days(40)
    sent = {"day": day.isoformat(), "reason": "Illness in the family."}
    page = browser.post_page(closing_page(attempt_id), sent, follow=True)
    assert "The date is set, and Ines is told." in page.text
    attempt = act(attempt_of, attempt_id)
    assert attempt.closes_at.date() == day
    sessions = act(stories.sessions_of, attempt_id)
    assert {s.closes_at for s in sessions if not s.is_submitted} == {attempt.closes_at}
    with app.app_context():
        change = db.session.scalars(select(WindowChange)).one()
        assert (change.reason, change.certifier_id) == ("Illness in the family.", cleo.id)
        letter = db.session.scalars(select(Letter).filter_by(recipient=ines.email)).one()
        assert "Illness in the family." in letter.body
    (line,) = act(stories.acts_noted, "closing date changed")
    assert line.person_id == cleo.id
    assert "Illness" not in json.dumps(line.details), "a reason may speak of somebody's health"
    assert "Cleo set" in browser.get_page(closing_page(attempt_id)).text
    with time_machine.travel(now() + LATE):
        act(stories.submit_waiting, attempt_id)
    (decision,) = act(stories.decisions_of, attempt_id)
    assert decision.circumstances["window_changes"] == 1


def test_a_date_can_be_set_where_the_standard_sets_none(
    act: Act, browser_of: Browsers, ines: Person, cleo: Person
) -> None:
    attempt_id = act(stories.opened_attempt, ines)
    day = in_days(3)
    sent = {"day": day.isoformat(), "reason": "As agreed."}
    browser_of(cleo).post_page(closing_page(attempt_id), sent)
    assert "Finish by" in browser_of(ines).get_page(f"/certification/attempts/{attempt_id}").text


@pytest.mark.parametrize(
    ("day", "reason", "error"),
    [
        ("", "Because.", "Enter a date."),
        ("soon", "Because.", "Enter a date."),
        ("2001-01-01", "Because.", "Choose today or a later day."),
        ("9999-12-31", "Because.", "Choose a day within a year."),
        (None, "  ", "Write the reason"),
    ],
)
def test_a_bad_date_is_refused_and_nothing_is_lost(
    act: Act,
    browser_of: Browsers,
    attempt_id: uuid.UUID,
    cleo: Person,
    day: str | None,
    reason: str,
    error: str,
) -> None:
    before = act(attempt_of, attempt_id).closes_at
    sent = {"day": in_days(9).isoformat() if day is None else day, "reason": reason}
    page = browser_of(cleo).post_page(closing_page(attempt_id), sent, expect=422)
    assert error in page.errors
    assert page.soup.select_one("#reason").get_text().strip() == reason.strip()
    assert act(attempt_of, attempt_id).closes_at == before
    assert act(stories.acts_noted, "closing date changed") == []


def test_nobody_gives_a_date_to_themselves_or_to_whom_they_trained(
    act: Act,
    make_person: Callable[..., Person],
    browser_of: Browsers,
    cohort: Cohort,
    attempt_id: uuid.UUID,
    ines: Person,
    tamar: Person,
    stranger: PersonClient,
) -> None:
    sent = {"day": in_days(30).isoformat(), "reason": "Because."}
    with time_machine.travel(now()):
        act(grant, tamar, Role.CERTIFIER)
        act(grant, ines, Role.CERTIFIER)
    for person in (tamar, ines):
        browser = browser_of(person)
        assert not browser.get_page("/certifying/attempts").has_link_to(closing_page(attempt_id))
        browser.get_page(closing_page(attempt_id), expect=403)
        browser.post_page(closing_page(attempt_id), sent, expect=403)
    stranger.get_page(closing_page(attempt_id), expect=302)
    for role in (Role.RATER, Role.TRAINER, Role.EXPERT, Role.ADMINISTRATOR):
        other = browser_of(make_person(f"A {role.value}", role))
        other.get_page(closing_page(attempt_id), expect=403)
    assert act(stories.acts_noted, "closing date changed") == []


def grant(person: Person, role: Role) -> None:
    from training.accounts.records import grant_role

    grant_role(person, role, by=None)


def test_a_window_that_has_closed_is_not_opened_again(
    act: Act, browser_of: Browsers, attempt_id: uuid.UUID, cleo: Person
) -> None:
    with time_machine.travel(now() + LATE):
        browser = browser_of(cleo)
        sent = {"day": in_days(30).isoformat(), "reason": "Too late."}
        page = browser.post_page(closing_page(attempt_id), sent, follow=True)
        assert "not under way any more" in page.text
        assert "Nobody is being assessed now." in page.text
    assert act(stories.acts_noted, "closing date changed") == []


def test_there_is_no_page_for_an_attempt_that_does_not_exist(
    browser_of: Browsers, cleo: Person
) -> None:
    browser_of(cleo).get_page(closing_page(uuid.uuid4()), expect=404)


# One at a time


def test_the_database_lets_nobody_have_two_open_attempts(
    app: Flask, act: Act, attempt_id: uuid.UUID
) -> None:
    with app.app_context():
        first = attempt_of(attempt_id)
        second = Attempt(
            person_id=first.person_id,
            standard_slug=first.standard_slug,
            standard_document_id=first.standard_document_id,
            number=2,
            state=AttemptState.OPEN,
            seed="0",
        )
        with pytest.raises(IntegrityError), write_transaction() as session:
            session.add(second)
        db.session.rollback()


def test_an_attempt_is_taken_up_on_another_device(
    act: Act, browser_of: Browsers, attempt_id: uuid.UUID, ines: Person
) -> None:
    session = act(stories.sessions_of, attempt_id)[3]
    address = f"/rating-sessions/{session.id}"
    laptop, phone = browser_of(ines), browser_of(ines)
    laptop.post_page(address, {"revision": "0", "rating-1": "3", "evidence-1": "4"})
    page = phone.get_page(f"/certification/attempts/{attempt_id}")
    assert page.has_link_to(address)
    shown = phone.get_page(address).soup
    assert shown.select_one("#rating-1-3").has_attr("checked")
    phone.post_page(address, {"revision": "1", "rating-1": "3", "rating-2": "1"})
    assert act(stories.sessions_of, attempt_id)[3].revision == 2


def test_the_first_moments_of_a_vignette_are_kept_once(
    app: Flask, act: Act, browser_of: Browsers, attempt_id: uuid.UUID, ines: Person
) -> None:
    session = act(stories.sessions_of, attempt_id)[3]
    address = f"/rating-sessions/{session.id}"
    moment = now() + timedelta(hours=2)
    moments: list[datetime] = [moment + timedelta(minutes=minutes) for minutes in range(4)]
    for number, at in enumerate(moments):
        with time_machine.travel(at, tick=False):
            browser_of(ines).get_page(address)
            sent = {"revision": str(number), "rating-1": str(number)}
            browser_of(ines).post_page(address, sent)
    with app.app_context():
        kept = db.session.get_one(RatingSession, session.id)
        assert kept.first_shown_at == kept.first_saved_at == moments[0]
        assert kept.saved_at == moments[3]


# Remediation


def test_after_a_miss_practice_comes_before_the_next_attempt(
    act: Act, browser_of: Browsers, ines: Person
) -> None:
    limits = {"maximum": 3, "within_months": 12, "cooling_off_days": 0, "pooled": True}
    act(stories.publish_standard, attempts=limits | {"remediation_practice": 2})
    act(stories.decided_attempt, ines, constant)
    act(stories.add_vignettes, 8)
    browser = browser_of(ines)
    page = browser.get_page("/certification")
    assert "0 of 2 practice vignettes rated since the last decision." in page.text
    assert page.has_link_to("/practice")
    # Every excerpt was mastered before the attempt, and what is mastered is not rated again.
    assert "module excerpts" not in page.text
    assert "module excerpts" not in browser.get_page("/home").text
    with pytest.raises(NotEligibleError) as refused:
        act(attempts.open_attempt, ines.id, STANDARD)
    (unmet,) = refused.value.eligibility.unmet
    assert (unmet.kind, unmet.done, unmet.needed) == (RequirementKind.REMEDIATION, 0, 2)
    act(stories.practise_again, ines, "practice-one")
    act(stories.practise_again, ines, "practice-one")
    assert "1 of 2 practice vignettes" in browser.get_page("/certification").text
    act(stories.practise_again, ines, "practice-two")
    assert act(attempts.open_attempt, ines.id, STANDARD).number == 2


def test_where_a_module_came_since_its_excerpts_count_too(
    act: Act, browser_of: Browsers, ines: Person
) -> None:
    limits = {"maximum": 3, "within_months": 12, "cooling_off_days": 0, "pooled": True}
    act(stories.publish_standard, attempts=limits | {"remediation_practice": 2})
    act(stories.decided_attempt, ines, constant)
    act(forget_module, ines, MODULES[0])
    page = browser_of(ines).get_page("/certification")
    assert "0 of 2 practice vignettes, or module excerpts, rated since" in page.text
    assert page.has_link_to("/modules")


def forget_module(person: Person, slug: str) -> None:
    """As if this module had come to the track after the attempt."""
    with write_transaction() as session:
        session.execute(delete(StageCompletion).filter_by(person_id=person.id, module_slug=slug))
