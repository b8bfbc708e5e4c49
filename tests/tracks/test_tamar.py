"""Tamar leads a group on the programme track: what she sees is about that track and no other."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.cohorts.learning import acts_of, attempt, complete, practise, take_check
from tests.cohorts.test_raters import row_of
from tests.pack import MODULES, PRACTICE, PROGRAMME_OWN_MODULES, PROGRAMME_PRACTICE
from tests.pack import PROGRAMME_STANDARD as PROGRAMME
from tests.pack import STANDARD as FIRST
from tests.pages import PersonClient
from tests.tracks.conftest import Act, BrowserOf
from tests.tracks.test_otto import FIRST_TITLE, PROGRAMME_TITLE
from training.accounts.models import Person, Role
from training.accounts.records import find_person
from training.certification.models import AttemptState, Certificate, Decision, ReviewAct
from training.clock import now
from training.cohorts import invitation_records
from training.cohorts import records as cohorts
from training.cohorts.models import Cohort
from training.database import write_transaction

EVEN = dict.fromkeys(range(1, 13), 0)


@pytest.fixture
def group(act: Act, tamar: Person, otto: Person) -> Cohort:
    """Tamar's group on the programme track, which Otto has joined."""
    cohort = act(cohorts.open_cohort, "Service visits", trainer=tamar, track=PROGRAMME)
    act(cohorts.join, cohort, otto)
    return cohort


@pytest.fixture
def browser(tamar: Person, browser_of: BrowserOf) -> PersonClient:
    return browser_of(tamar)


def test_figures_of_two_instruments_are_never_mixed(
    act: Act, group: Cohort, otto: Person, browser: PersonClient
) -> None:
    for slug in PRACTICE:
        act(practise, otto, slug, EVEN | {3: 2})  # lenient on meetings
    for slug in PROGRAMME_PRACTICE:
        act(practise, otto, slug, EVEN | {7: -2, 8: -2, 9: -2, 10: -2})
    address = f"/cohorts/{group.id}"
    page = browser.get_page(address)
    row = row_of(page, "Otto")
    assert "2 67% 67% −0.67 severe 24" in row
    assert "over 2 dossiers" in row
    assert "meetings" not in row
    assert "+" not in row
    # A third rating of each is enough for an element to stand out: of services only.
    act(practise, otto, "service-certification-1", EVEN | {7: -2})
    act(practise, otto, "certification-1", EVEN | {3: 2})
    page = browser.get_page(address)
    need = "Element 7, Arrangement 7: rated too low by 2.00 points on average, 3 ratings."
    assert need in row_of(page, "Otto")
    assert "For your next session" not in page.text  # one rater is no group
    assert "Element 3, Element 3" not in page.text
    # His own page has both, each under its name.
    page = browser.get_page(f"{address}/raters/{otto.id}")
    names = [title.get_text() for title in page.soup.select("section[aria-labelledby=practice] h3")]
    assert names == ["Programme fidelity", "Dialogic practice in a network meeting"]
    assert "Element 3, Element 3 +2.00 lenient 3" in page.text
    assert "Element 7, Arrangement 7 −2.00 severe 3" in page.text


def test_modules_checks_and_attempts_are_those_of_the_track(
    act: Act, group: Cohort, otto: Person, cleo: Person, browser: PersonClient
) -> None:
    act(complete, otto, MODULES[0])
    act(complete, otto, MODULES[1])
    for number in (1, 2):
        act(take_check, otto, MODULES[1], right=2, number=number)
        act(take_check, otto, PROGRAMME_OWN_MODULES[0], right=2, number=number)
    act(attempt, otto, AttemptState.CLOSED, ReviewAct.DECLINED, certifier=cleo, standard_slug=FIRST)
    address = f"/cohorts/{group.id}"
    row = row_of(browser.get_page(address), "Otto")
    assert row.startswith("Otto 1 of 3 Reading records Orient")
    assert "the check of “Reading records” 2 times" in row
    assert "Second things" not in row
    assert "no attempt yet" in row
    assert "did not end with a certificate" not in row
    act(attempt, otto, AttemptState.OPEN, certifier=cleo, standard_slug=PROGRAMME)
    assert "Attempt 1: under way" in row_of(browser.get_page(address), "Otto")
    text = browser.get_page(f"{address}/raters/{otto.id}").text
    assert f"{FIRST_TITLE} . Attempt 1: ended without a certificate" in text
    assert f"{PROGRAMME_TITLE} . Attempt 1: under way" in text


def test_a_certificate_of_another_track_hides_nothing(
    app: Flask, act: Act, group: Cohort, otto: Person, cleo: Person, browser: PersonClient
) -> None:
    signed = (AttemptState.CLOSED, ReviewAct.SIGNED)
    act(attempt, otto, *signed, certifier=cleo, standard_slug=FIRST)
    address = f"/cohorts/{group.id}"
    assert "no attempt yet" in row_of(browser.get_page(address), "Otto")
    decision: Decision = act(attempt, otto, *signed, certifier=cleo, standard_slug=PROGRAMME)

    def change(**values: object) -> None:
        with app.app_context(), write_transaction() as session:
            of_programme = update(Certificate).filter_by(decision_id=decision.id)
            session.execute(of_programme.values(**values))

    change(valid_until=now() + timedelta(days=30))
    assert "Certified until" in row_of(browser.get_page(address), "Otto")
    change(revoked_at=now())
    row = row_of(browser.get_page(address), "Otto")
    assert "Certified" not in row
    assert "Attempt 1: met the standard" in row


def test_the_track_of_a_group_is_changed_in_its_settings(
    act: Act, group: Cohort, otto: Person, browser: PersonClient
) -> None:
    address = f"/cohorts/{group.id}"
    act(practise, otto, PRACTICE[0], EVEN)
    assert row_of(browser.get_page(address), "Otto").startswith("Otto 0 of 3")
    assert PROGRAMME_TITLE in browser.get_page("/cohorts").text
    data: dict[str, object] = {"name": "Visits", "track": "nowhere"}
    page = browser.post_page(f"{address}/settings", data, expect=422)
    assert "There is no such track any more. Choose one from the list." in page.errors
    field = page.soup.select_one("input[name=name]")
    assert field is not None
    assert field["value"] == "Visits"
    page = browser.post_page(f"{address}/settings", data | {"track": FIRST}, follow=True)
    assert page.heading == "Visits"
    assert f"Track: {FIRST_TITLE}" in page.text
    row = row_of(page, "Otto")
    assert row.startswith("Otto 0 of 2")
    assert "1 100% 100% ±0.00 level 12" in row
    changes = act(acts_of, "cohort changed")
    assert [(each["change"], each.get("track")) for each in changes] == [
        ("renamed", None),
        ("track changed", FIRST),
    ]
    # Who is in it keeps their own track, and Tamar sees that it is another one.
    assert act(find_person, otto.id).track == PROGRAMME
    text = browser.get_page(f"{address}/raters/{otto.id}").text
    assert f"Their own track {PROGRAMME_TITLE}" in text


def test_who_is_invited_is_on_the_track_of_the_group(
    act: Act, group: Cohort, tamar: Person
) -> None:
    _, letter = act(
        invitation_records.invite,
        "ravi@example.org",
        Role.RATER,
        cohort=group,
        by=tamar,
        address_of="https://example.org/join/TOKEN",
    )
    (token,) = re.findall(r"/join/(\S+)", letter.body)
    ravi = act(invitation_records.accept_as_new_person, token, name="Ravi", password_hash="-")
    assert act(find_person, ravi.id).track == PROGRAMME


def test_who_has_a_track_keeps_it_when_joining_and_is_told(
    act: Act, group: Cohort, cohort: Cohort, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)  # in a group on the first track
    page = browser.post_page("/join", {"code": group.code}, follow=True)
    assert "You have joined Service visits." in page.text
    assert f"This cohort is on the track “{PROGRAMME_TITLE}”, and you are on another" in page.text
    assert act(find_person, ines.id).track == FIRST
