"""Seeing to a panel that is not as it was: each act is done once, and the others are refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.pack import PRACTICE
from tests.pages import PersonClient
from tests.panels.life import assignment_of, letters_to, opened_panel, rate, read_panel
from tests.panels.stories import make_experts
from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.calibration.models import RatingSession
from training.clock import now
from training.database import db
from training.keys.models import Occasion
from training.keys.sights import keys_seen, note_keys_seen
from training.panels import records
from training.panels.models import Panel
from training.panels.rules import Refusal, RefusedError

BrowserOf = Callable[[Person], PersonClient]
SLUG = PRACTICE[0]


@pytest.fixture
def experts(make_person: Callable[..., Person]) -> list[Person]:
    return make_experts(make_person)


@pytest.fixture
def panel_id(app: Flask, experts: list[Person], cleo: Person) -> uuid.UUID:
    """A panel of three; Ilse chairs it without a seat."""
    return opened_panel(app, experts[:3], chair=experts[4], by=cleo)


def test_an_expert_who_has_seen_every_key_of_a_panel_is_not_added_to_it(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        note_keys_seen(experts[3].id, [SLUG], Occasion.CONTEST)
    browser, address = browser_of(cleo), f"/panels/{panel_id}/experts"
    page = browser.post_page(address, {"expert": str(experts[3].id)}, follow=True)
    assert "the rating would not be independent" in page.text
    assert letters_to(app, experts[3]) == []
    assert read_panel(app, panel_id, lambda panel: len(panel.seats)) == 3


def test_of_two_who_see_to_a_panel_the_second_changes_nothing(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person, ada: Person
) -> None:
    """Ada and Cleo do the same at the same time; then round one is over, and then the panel."""
    later = (now() + timedelta(days=30)).date()
    rate(app, panel_id, *experts[:3])
    with app.app_context():
        records.change_chair(panel_id, experts[3], by=ada)
        records.change_chair(panel_id, experts[3], by=cleo)
        for act in (
            lambda: records.add_expert(panel_id, experts[4], by=cleo),
            lambda: records.withdraw_expert(panel_id, 1, by=cleo, reason="Ill."),
            lambda: records.change_due_date(panel_id, later, by=cleo),
        ):
            with pytest.raises(RefusedError, match=Refusal.ROUND_ONE_IS_OVER):
                act()
        records.cancel_panel(panel_id, by=ada, reason="The vignette was withdrawn.")
        with pytest.raises(RefusedError, match=Refusal.PANEL_IS_OVER):
            records.cancel_panel(panel_id, by=cleo, reason="Nobody is left.")
        with pytest.raises(RefusedError, match=Refusal.PANEL_IS_OVER):
            records.change_chair(panel_id, experts[0], by=cleo)
        panel = db.session.get_one(Panel, panel_id)
        assert (panel.chair_id, panel.cancelling_reason) == (
            experts[3].id,
            "The vignette was withdrawn.",
        )
        assert [seat.withdrawn_at for seat in panel.seats] == [None] * 3
        changes = select(AuditEntry).filter_by(act=Act.PANEL_CHANGED)
        assert len(db.session.scalars(changes).all()) == 1
    assert letters_to(app, experts[3]) == [
        "You chair the panel “Spring panel”",
        "The panel “Spring panel” is cancelled",
    ]


def test_an_expert_is_taken_off_once_and_a_place_that_is_not_there_is_nobodys(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person
) -> None:
    with app.app_context():
        records.withdraw_expert(panel_id, 2, by=cleo, reason="Freya fell ill.")
        for place in (2, 7):
            with pytest.raises(RefusedError, match=Refusal.NOT_SEATED):
                records.withdraw_expert(panel_id, place, by=cleo, reason="Again.")
        reasons = [seat.withdrawal_reason for seat in db.session.get_one(Panel, panel_id).seats]
    assert reasons == ["", "Freya fell ill.", ""]
    assert len(letters_to(app, experts[1])) == 2


def test_who_takes_the_chair_in_round_two_has_seen_what_the_keys_are_made_of(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    rate(app, panel_id, *experts[:3])
    address = f"/panels/{panel_id}/chair"
    page = browser_of(cleo).post_page(address, {"expert": str(experts[3].id)}, follow=True)
    assert "The panel has another chair, who is told by letter." in page.text
    with app.app_context():
        assert keys_seen(experts[3].id) == {SLUG}
    browser_of(experts[3]).get_page(f"/panels/{panel_id}/consensus")


def test_whoever_was_taken_off_opens_nothing_any_more(
    app: Flask,
    panel_id: uuid.UUID,
    experts: list[Person],
    cleo: Person,
    ada: Person,
    browser_of: BrowserOf,
) -> None:
    """Freya certifies, too, and so she still finds the panel; her form is from before."""
    with app.app_context():
        assigned = assignment_of(panel_id, experts[1])
        others = assignment_of(panel_id, experts[0])
        accounts.grant_role(experts[1], Role.CERTIFIER, by=ada.id)
        records.withdraw_expert(panel_id, 2, by=cleo, reason="She asked for it.")
    browser = browser_of(experts[1])
    for assignment in (assigned, others):
        browser.post_page(f"/panels/{panel_id}/assignments/{assignment}", expect=404)
    with app.app_context():
        assert db.session.scalars(select(RatingSession)).all() == []


def test_a_form_without_a_proper_number_opens_a_panel_all_the_same(
    app: Flask, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    sent = {
        "panel_id": "not-a-number",
        "title": "Spring panel",
        "vignettes": [SLUG],
        "experts": [str(expert.id) for expert in experts],
        "chair": str(experts[0].id),
        "due": now().date().isoformat(),
    }
    page = browser_of(cleo).post_page("/panels/new", sent, follow=True)
    assert page.heading == "Spring panel"
    with app.app_context():
        assert len(db.session.scalars(select(Panel)).all()) == 1


@pytest.mark.parametrize("act", ["experts", "chair"])
def test_a_second_click_on_the_same_expert_is_told_that_they_are_there(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person, browser_of: BrowserOf,
    act: str,
) -> None:  # fmt: skip
    browser, address = browser_of(cleo), f"/panels/{panel_id}/{act}"
    chosen = {"expert": str(experts[3].id)}
    browser.post_page(address, chosen)
    page = browser.post_page(address, chosen, expect=422)
    assert "perhaps they are on the panel already" in page.errors
    assert len(letters_to(app, experts[3])) == 1


def test_a_second_click_on_taking_somebody_off_leads_back_to_the_panel(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        records.add_expert(panel_id, experts[3], by=cleo)
    browser, address = browser_of(cleo), f"/panels/{panel_id}/experts/4/withdrawal"
    for _ in range(2):
        page = browser.post_page(address, {"reason": "Ill."}, follow=True)
    assert "Spring panel" in page.heading
    assert "This expert does not sit on the panel any more." in page.text
    assert len(letters_to(app, experts[3])) == 2  # invited, and let go: each once
    browser.get_page(f"/panels/{panel_id}/experts/9/withdrawal", expect=404)
