"""Who sits on a panel, what each of them is asked to rate, and what they are written about it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.pack import CERTIFICATION, PRACTICE
from tests.pages import PersonClient
from tests.panels.life import (
    assignment_of,
    letters_to,
    opened_panel,
    rate,
    read_panel,
    sheet,
    submit,
    ten_days_pass,
)
from tests.panels.stories import make_experts, panel_in_round_two
from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.calibration import records as calibration
from training.calibration.models import RatingSession
from training.clock import now
from training.database import db, write_transaction
from training.keys.models import Occasion
from training.keys.sights import note_keys_seen
from training.panels import records, round_one
from training.panels.assignment_records import (
    AssignmentState,
    assignments_in,
    assignments_of,
    experts_missing,
    waiting_assignments,
)
from training.panels.blindness import keys_kept_from
from training.panels.models import Panel, PanelSeat, PanelState, PanelVignette
from training.panels.reminders import send_reminders
from training.panels.rules import Refusal, RefusedError

BrowserOf = Callable[[Person], PersonClient]
MakePerson = Callable[..., Person]
FIRST, SECOND = PRACTICE


@pytest.fixture
def experts(make_person: MakePerson) -> list[Person]:
    return make_experts(make_person)


def test_experts_to_choose_from_are_active_experts_by_name_and_nobody_twice(
    app: Flask, make_person: MakePerson, cleo: Person, ines: Person
) -> None:
    goran, emeka = make_person("Goran", Role.EXPERT), make_person("Emeka", Role.EXPERT)
    freya = make_person("Freya", Role.RATER, Role.EXPERT, Role.CERTIFIER)
    gone = make_person("Abel", Role.EXPERT)
    with app.app_context():
        accounts.deactivate(gone, by=cleo.id)
        assert [person.id for person in records.experts()] == [emeka.id, freya.id, goran.id]


def test_a_vignette_that_was_chosen_twice_is_rated_once_and_the_others_in_the_order_chosen(
    app: Flask, experts: list[Person], cleo: Person
) -> None:
    chosen = (SECOND, CERTIFICATION[0], SECOND, FIRST)
    panel_id = opened_panel(app, experts[:3], chair=experts[4], by=cleo, slugs=chosen)
    rated = read_panel(
        app, panel_id, lambda panel: [(row.position, row.vignette_slug) for row in panel.vignettes]
    )
    assert rated == [(1, SECOND), (2, CERTIFICATION[0]), (3, FIRST)]
    with app.app_context():
        asked = assignments_in(panel_id, experts[0].id)
        assert [each.title for each in asked] == [
            f"The story of {slug}" for slug in (SECOND, CERTIFICATION[0], FIRST)
        ]


def test_who_knows_one_of_two_keys_is_added_for_the_other_and_who_knows_both_is_not(
    app: Flask, experts: list[Person], cleo: Person
) -> None:
    panel_id = opened_panel(app, experts[:3], chair=experts[4], by=cleo, slugs=PRACTICE)
    with app.app_context():
        note_keys_seen(experts[3].id, [FIRST], Occasion.CONTEST)
        note_keys_seen(experts[4].id, PRACTICE, Occasion.CONTEST)
        records.add_expert(panel_id, experts[3], by=cleo)
        assert [each.title for each in assignments_in(panel_id, experts[3].id)] == [
            f"The story of {SECOND}"
        ]
        with pytest.raises(RefusedError) as refused:
            records.add_expert(panel_id, experts[4], by=cleo)
        assert (refused.value.refusal, refused.value.vignettes) == (Refusal.KEY_SEEN, PRACTICE)
        panel = db.session.get_one(Panel, panel_id)
        assert [seat.name for seat in panel.seats] == ["Emeka", "Freya", "Goran", "Hye-jin"]
        missing = [seat.place for seat in experts_missing(panel)]
        assert missing == [1, 2, 3, 4]
    rate(app, panel_id, experts[3], slug=SECOND)
    rate(app, panel_id, experts[0], slug=SECOND)
    with app.app_context():
        panel = db.session.get_one(Panel, panel_id)
        # Hye-jin is done with what she was asked; Emeka is done with the half of it.
        assert [seat.place for seat in experts_missing(panel)] == [1, 2, 3]


def test_what_waits_for_an_expert_is_what_is_due_first(
    app: Flask, experts: list[Person], cleo: Person
) -> None:
    emeka = experts[0]
    later = opened_panel(app, experts[:3], chair=experts[4], by=cleo, in_days=20)
    sooner = opened_panel(
        app, experts[:3], chair=experts[4], by=cleo, slugs=(CERTIFICATION[0], SECOND), in_days=3
    )
    cancelled = opened_panel(app, experts[:3], chair=experts[4], by=cleo, in_days=1)
    with app.app_context():
        records.cancel_panel(cancelled, by=cleo, reason="Opened by mistake.")
    rate(app, sooner, emeka, slug=CERTIFICATION[0])
    with app.app_context():
        assert [each.panel_id for each in assignments_of(emeka.id)] == [sooner, sooner, later]
        waiting = waiting_assignments(emeka.id)
        assert [each.title for each in waiting] == [
            f"The story of {SECOND}",
            f"The story of {FIRST}",
        ]
        assert waiting_assignments(experts[4].id) == []


def test_an_assignment_says_how_far_it_is_from_the_invitation_to_the_end(
    app: Flask, experts: list[Person], cleo: Person
) -> None:
    """Emeka begins, goes on and submits; Freya learns the key; Goran never begins."""
    panel_id = opened_panel(app, experts[:4], chair=experts[4], by=cleo)

    def standing(place: int) -> tuple[AssignmentState, int, int, bool]:
        with app.app_context():
            (found,) = assignments_in(panel_id, experts[place].id)
        return found.state, found.items_given, found.items, found.is_waiting

    assert standing(0) == (AssignmentState.NOT_BEGUN, 0, 12, True)
    with app.app_context():
        session = round_one.open_assignment(assignment_of(panel_id, experts[0]), experts[0].id)
        assert session is not None
        some = {item: rating for item, rating in sheet(experts[0]).items() if item > 9}
        calibration.save_ratings(session.id, some, revision=session.revision)
        draft = session.id
        note_keys_seen(experts[1].id, [FIRST], Occasion.CONTEST)
    assert standing(0) == (AssignmentState.DRAFT, 3, 12, True)
    assert standing(1) == (AssignmentState.KEY_SEEN, 0, 12, False)
    with app.app_context():
        revision = db.session.get_one(RatingSession, draft).revision
        calibration.save_ratings(draft, sheet(experts[0]), revision=revision)
    assert submit(app, draft).is_submitted
    assert standing(0) == (AssignmentState.SUBMITTED, 12, 12, False)
    with app.app_context():
        records.cancel_panel(panel_id, by=cleo, reason="The vignette was withdrawn.")
        noted = db.session.scalars(select(AuditEntry).filter_by(act=Act.PANEL_CANCELLED)).one()
        assert (noted.person_id, noted.subject) == (cleo.id, f"panel {panel_id}")
    assert standing(0)[0] is AssignmentState.SUBMITTED
    assert standing(1) == standing(2) == (AssignmentState.CANCELLED, 0, 12, False)


@pytest.mark.parametrize(("seats", "advice"), [(3, "2 more"), (4, "1 more"), (5, None)])
def test_five_experts_are_advised_to_whoever_can_add_them(
    app: Flask,
    experts: list[Person],
    cleo: Person,
    browser_of: BrowserOf,
    seats: int,
    advice: str | None,
) -> None:
    panel_id = opened_panel(app, experts[:seats], chair=experts[4], by=cleo)
    page = browser_of(cleo).get_page(f"/panels/{panel_id}")
    assert ("Five experts are advised" in page.text) is (advice is not None)
    if advice:
        assert f"Five experts are advised: {advice} would make the key firmer." in page.text
    assert "are advised" not in browser_of(experts[4]).get_page(f"/panels/{panel_id}").text


def test_whose_seat_was_given_up_is_not_counted_among_the_five(
    app: Flask, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    panel_id = opened_panel(app, experts, chair=experts[0], by=cleo)
    with app.app_context():
        records.withdraw_expert(panel_id, 5, by=cleo, reason="She asked for it.")
    assert "1 more would make" in browser_of(cleo).get_page(f"/panels/{panel_id}").text


def test_one_simulated_person_makes_a_panel_a_demonstration(
    app: Flask, experts: list[Person], cleo: Person
) -> None:
    with app.app_context(), write_transaction() as session:
        session.get_one(Person, experts[0].id).is_demonstration = True

    def is_demonstration(people: list[Person], chair: Person) -> object:
        with app.app_context():
            stored = [db.session.get_one(Person, person.id) for person in people]
            leads = db.session.get_one(Person, chair.id)
            panel_id = opened_panel(app, stored, chair=leads, by=cleo)
        return read_panel(app, panel_id, lambda panel: panel.is_demonstration)

    assert is_demonstration(experts[:3], experts[4]) is True
    assert is_demonstration(experts[1:4], experts[0]) is True
    assert is_demonstration(experts[1:4], experts[4]) is False


# Blindness


def test_a_key_is_kept_from_its_panel_until_it_is_ratified_or_the_panel_is_over(
    app: Flask, experts: list[Person], cleo: Person
) -> None:
    """Hye-jin chairs and rates nothing, Goran gave up his seat, and Ilse has no part in it."""
    emeka, freya, goran, hye_jin, ilse = experts
    panel_id = panel_in_round_two(app, [emeka, freya, goran], chair=hye_jin, slugs=PRACTICE)
    with app.app_context():
        with write_transaction() as session:
            seat = session.scalars(select(PanelSeat).filter_by(place=3)).one()
            seat.withdrawn_at = now()

        def kept_from(*people: Person) -> list[set[str]]:
            return [set(keys_kept_from(person.id)) for person in people]

        assert kept_from(emeka, hye_jin, goran, ilse, cleo) == [
            set(PRACTICE), set(PRACTICE), set(), set(), set(),
        ]  # fmt: skip
        with write_transaction() as session:
            ratified = session.scalars(select(PanelVignette).filter_by(position=1)).one()
            ratified.ratified_at = now()
        assert kept_from(emeka, hye_jin) == [{SECOND}, {SECOND}]
        for state, kept in (
            (PanelState.RATING, {SECOND}),
            (PanelState.ENDED, set()),
            (PanelState.CANCELLED, set()),
        ):
            with write_transaction() as session:
                session.get_one(Panel, panel_id).state = state
            assert kept_from(emeka, hye_jin) == [kept, kept]


# Reminders


def test_a_reminder_says_how_much_waits_and_whom_to_tell_once_it_is_overdue(
    app: Flask, experts: list[Person], cleo: Person
) -> None:
    """Emeka has rated one of two; Goran has given up his seat, and is not reminded any more."""
    panel_id = opened_panel(app, experts[:4], chair=experts[4], by=cleo, slugs=PRACTICE)
    rate(app, panel_id, experts[0], slug=FIRST)
    with app.app_context():
        records.withdraw_expert(panel_id, 3, by=cleo, reason="He asked for it.")

    def reminded(*, days: int) -> dict[str, str]:
        with app.app_context():
            with write_transaction() as session:
                due = (now() + timedelta(days=days)).replace(hour=23, minute=59)
                session.get_one(Panel, panel_id).due_at = due
                ten_days_pass()
            return {sent.letter.recipient: sent.letter.body for sent in send_reminders()}

    soon = reminded(days=2)
    emeka, freya, hye_jin = (experts[place].email for place in (0, 1, 3))
    assert list(soon) == [emeka, freya, hye_jin]
    assert "1 vignette still waits for your rating." in soon[emeka]
    assert "2 vignettes still wait for your rating." in soon[freya]
    assert "You may stop and go on later until then." in soon[freya]
    assert f"/panels/{panel_id}" in soon[freya]
    rate(app, panel_id, experts[0], slug=SECOND)
    overdue = reminded(days=-2)
    assert list(overdue) == [freya, hye_jin]
    assert "please tell the chair, Ilse." in overdue[freya]
    assert len(letters_to(app, experts[2])) == 2  # invited, and let go


def test_a_letter_about_another_panel_stands_for_no_reminder(
    app: Flask, experts: list[Person], cleo: Person
) -> None:
    """Emeka is invited to a second panel on the day on which the first one reminds."""
    first = opened_panel(app, experts[:3], chair=experts[4], by=cleo)
    with app.app_context(), write_transaction() as session:
        session.get_one(Panel, first).due_at = (now() + timedelta(days=1)).replace(hour=23)
        ten_days_pass()
    opened_panel(app, [experts[0], *experts[2:4]], chair=experts[4], by=cleo, slugs=(SECOND,))
    with app.app_context():
        assert [sent.letter.recipient for sent in send_reminders()] == [
            expert.email for expert in experts[:3]
        ]
        assert list(send_reminders()) == []


def test_a_panel_without_a_date_reminds_nobody(
    app: Flask, experts: list[Person], cleo: Person
) -> None:
    panel_id: uuid.UUID = opened_panel(app, experts[:3], chair=experts[4], by=cleo)
    with app.app_context():
        with write_transaction() as session:
            session.get_one(Panel, panel_id).due_at = None
        assert list(send_reminders()) == []
