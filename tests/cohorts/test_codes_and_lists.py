"""Codes as they are made and typed, who belongs to whom, and in which order lists stand."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from tests.cohorts.learning import acts_of, add_raters, complete, practise, take_check
from tests.pack import PROGRAMME_PRACTICE, programme_pack
from tests.pages import PersonClient
from training.accounts.models import Person
from training.calibration.agreement import AgreementSums
from training.certification.models import AttemptState, ReviewAct
from training.clock import now
from training.cohorts import records as cohorts
from training.cohorts.help import days_idle
from training.cohorts.invitation_records import (
    accept_with_account,
    find_invitation,
    invitations,
    withdraw_invitation,
)
from training.cohorts.models import Cohort, Invitation
from training.cohorts.rater_certification import AttemptStanding
from training.cohorts.rater_details import (
    PractisedVignette,
    finished_checks,
    practice_by_instrument,
)
from training.cohorts.rater_records import find_rater
from training.database import db, write_transaction
from training.library import records as library
from training.mail import post
from training.modules.stages import Stage

EVEN = dict.fromkeys(range(1, 13), 0)
MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_code_spells_no_word_and_has_nothing_that_looks_like_something_else() -> None:
    codes = {cohorts.new_code() for _ in range(200)}
    assert len(codes) == 200
    letters = set("".join(codes)) - {"-"}
    assert letters.isdisjoint("AEIOUYL01")
    assert all(len(code) == 9 and code[4] == "-" for code in codes)
    assert letters == set("BCDFGHJKMNPQRSTVWXZ23456789")  # of 1,600 letters none stays away


def test_a_code_is_found_however_it_is_typed_while_the_cohort_is_open(
    app: Flask, cohort: Cohort, tamar: Person
) -> None:
    bare = (cohort.code or "").replace("-", "")
    with app.app_context():
        for typed in (cohort.code, bare, bare.lower(), f" {bare[:2]} {bare[2:]} ", f"{bare}."):
            found = cohorts.find_cohort_by_code(typed or "")
            assert found is not None, typed
            assert found.id == cohort.id
        for typed in ("", "-", bare[:-1], f"{bare}9", bare[::-1]):
            assert cohorts.find_cohort_by_code(typed) is None, typed
        cohorts.close(cohort, by=tamar)
        assert cohorts.find_cohort_by_code(bare) is None


def test_open_cohorts_come_first_and_the_latest_of_them_at_the_top(
    app: Flask, cohort: Cohort, tamar: Person, cleo: Person
) -> None:
    with app.app_context():
        for days, name in ((1, "Winter"), (2, "Spring"), (3, "Summer")):
            with time_machine.travel(now() + timedelta(days=days)):
                cohorts.open_cohort(f" {name} ", trainer=tamar)
        spring = db.session.query(Cohort).filter_by(name="Spring").one()
        cohorts.close(spring, by=tamar)
        add_raters(spring, 2)
        names = [(led.cohort.name, led.raters) for led in cohorts.led_cohorts(tamar.id)]
        assert names == [("Summer", 0), ("Winter", 0), ("Autumn group", 1), ("Spring", 2)]
        assert cohorts.led_cohorts(cleo.id) == []
        assert cohorts.find_counted_cohort(spring.id, cleo.id) is None
        counted = cohorts.find_counted_cohort(spring.id, tamar.id)
        assert counted is not None
        assert counted.raters == 2
        cohorts.close(spring, by=tamar)  # a second click
        changes = [act["change"] for act in acts_of("cohort changed")]
        assert changes == ["closed"]


def test_who_has_left_was_trained_all_the_same(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person, otto: Person, cleo: Person
) -> None:
    """Who trained somebody never certifies them, however long ago it was."""
    with app.app_context():
        assert cohorts.has_trained(tamar.id, ines.id)
        assert not cohorts.has_trained(tamar.id, otto.id)
        assert not cohorts.has_trained(cleo.id, ines.id)
        cohorts.remove_member(cohort, ines.id, by=tamar)
        assert cohorts.has_trained(tamar.id, ines.id)
        assert cohorts.has_been_in(cohort.id, ines.id)
        assert not cohorts.has_been_in(cohort.id, otto.id)
        assert cohorts.find_member(cohort.id, ines.id) is None
        assert find_rater(cohort.id, ines.id) is None
        assert cohorts.cohorts_of_member(ines.id) == []
        cohorts.remove_member(cohort, ines.id, by=tamar)  # a second click
        assert [act["change"] for act in acts_of("cohort changed")] == ["rater removed"]
        cohorts.join(cohort, ines)
        found = find_rater(cohort.id, ines.id)
        assert found is not None
        assert found.name == "Ines"


def test_the_cohorts_somebody_learns_in_stand_by_name(
    app: Flask, cohort: Cohort, tamar: Person, ines: Person
) -> None:
    with app.app_context():
        for name in ("Winter", "Alpine"):
            cohorts.join(cohorts.open_cohort(name, trainer=tamar), ines)
        assert [each.name for each in cohorts.cohorts_of_member(ines.id)] == [
            "Alpine",
            "Autumn group",
            "Winter",
        ]


@pytest.mark.parametrize(
    ("state", "act", "is_set_aside", "is_signed", "is_declined"),
    [
        (AttemptState.CLOSED, ReviewAct.SIGNED, False, True, False),
        (AttemptState.CLOSED, ReviewAct.SIGNED, True, False, False),
        (AttemptState.CLOSED, ReviewAct.DECLINED, False, False, True),
        (AttemptState.CLOSED, ReviewAct.DECLINED, True, False, False),
        (AttemptState.CLOSED, None, False, False, False),
        (AttemptState.DECIDED, ReviewAct.SIGNED, False, False, False),
        (AttemptState.OPEN, ReviewAct.DECLINED, False, False, False),
    ],
)
def test_what_an_attempt_came_to_is_said_once_it_is_closed_and_counts(
    state: AttemptState,
    act: ReviewAct | None,
    is_set_aside: bool,
    is_signed: bool,
    is_declined: bool,
) -> None:
    standing = AttemptStanding(
        uuid.UUID(int=1), "standard", 1, state, act, MOMENT, None, is_set_aside
    )
    assert (standing.is_signed, standing.is_declined) == (is_signed, is_declined)


def test_days_are_whole_ones_since_the_last_step_or_since_joining() -> None:
    joined, second = MOMENT - timedelta(days=30), timedelta(seconds=1)
    assert days_idle(joined, None, now=MOMENT) == 30
    assert days_idle(joined, None, now=MOMENT - second) == 29
    assert days_idle(joined, MOMENT - timedelta(days=2), now=MOMENT) == 2
    assert days_idle(joined, MOMENT, now=MOMENT) == 0


def test_a_repeat_is_whatever_comes_after_the_first() -> None:
    def practised(number: int) -> PractisedVignette:
        return PractisedVignette(uuid.UUID(int=1), "i", "t", number, MOMENT, AgreementSums())

    assert [practised(number).is_repeat for number in (1, 2, 3)] == [False, True, True]


def test_a_raters_practice_stands_by_instrument_with_that_of_the_track_on_top(
    app: Flask, ines: Person, otto: Person
) -> None:
    with app.app_context():
        library.publish(programme_pack(), person_id=None)
        practise(ines, "practice-two", EVEN, number=2)  # rated again, and before never seen here
        practise(ines, PROGRAMME_PRACTICE[0], {1: 1, 2: 0})
        practise(ines, "practice-one", EVEN | {1: 2})
        by_name = practice_by_instrument(ines.id, None)
        assert [each.instrument for each in by_name] == ["dialogic-practice", "programme-fidelity"]
        on_top, other = practice_by_instrument(ines.id, "programme-fidelity")
        assert on_top.instrument == "programme-fidelity"
        assert on_top.figures is not None
        assert on_top.figures.sums.bias == 0.5
        assert [(each.title, each.is_repeat) for each in other.vignettes] == [
            ("The story of practice-two", True),
            ("The story of practice-one", False),
        ]
        assert other.figures is not None
        assert (other.figures.vignettes, other.figures.sums.gross_misses) == (1, 1)
        assert practice_by_instrument(otto.id, None) == []


def test_finished_checks_stand_in_the_order_in_which_they_were_taken(
    app: Flask, ines: Person
) -> None:
    with app.app_context():
        complete(ines, "first-things", [Stage.ORIENT, Stage.OBSERVE])
        take_check(ines, "second-things", right=6)
        take_check(ines, "first-things", right=2)
        take_check(ines, "first-things", right=6, number=2)
        found = [(each.module_title, each.number, each.result) for each in finished_checks(ines.id)]
    assert [(title, number) for title, number, _ in found] == [
        ("Second things", 1),
        ("First things", 1),
        ("First things", 2),
    ]
    assert [(result.right, result.is_mastered) for _, _, result in found] == [
        (6, True),
        (2, False),
        (6, True),
    ]


def test_an_invitation_is_accepted_once_by_whom_it_names_and_while_it_is_open(
    app: Flask,
    cohort: Cohort,
    tamar: Person,
    otto: Person,
    cleo: Person,
    browser_of: Callable[[Person], PersonClient],
) -> None:
    typed = {"addresses": f"{otto.email.upper()}\nnoor@example.org"}
    browser_of(tamar).post_page(f"/cohorts/{cohort.id}/invitations", typed)
    with app.app_context():
        tokens = {
            letter.recipient: letter.body.split("/join/")[1].split()[0] for letter in post.outbox()
        }
        ids = {row.email: row.id for row in db.session.query(Invitation)}
        token = tokens[otto.email]
        assert not accept_with_account(token, cleo)
        assert not accept_with_account(f"{token}x", otto)
        assert accept_with_account(token, otto)
        assert not accept_with_account(token, otto)
        assert find_invitation(token) is None
        assert find_rater(cohort.id, otto.id) is not None
        accepted = db.session.get_one(Invitation, ids[otto.email])
        assert accepted.accepted_by_id == otto.id
        assert not withdraw_invitation(accepted.id, cohort_id=cohort.id, by=tamar)

        noor = db.session.get_one(Invitation, ids["noor@example.org"])
        assert not withdraw_invitation(noor.id, cohort_id=None, by=tamar)
        expires, second = noor.expires_at, tokens[noor.email]
        assert timedelta(days=29, hours=23) < expires - now() <= timedelta(days=30)
        with time_machine.travel(expires - timedelta(seconds=1), tick=False):
            assert find_invitation(second) is not None
        with time_machine.travel(expires, tick=False):
            assert find_invitation(second) is None
            assert not withdraw_invitation(noor.id, cohort_id=cohort.id, by=tamar)
        with write_transaction() as session:
            session.execute(
                update(Invitation).filter_by(id=noor.id).values(invited_at=now() + timedelta(1))
            )
        listed = [(each.email, each.is_open) for each in invitations(cohort.id)]
        assert listed == [("noor@example.org", True), (otto.email, False)]
        assert invitations(None) == []
