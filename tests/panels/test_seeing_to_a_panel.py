"""Seeing to a panel that is not as it was: each act is done once, and the others are refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.pack import PRACTICE
from tests.pages import Page, PersonClient
from tests.panels.life import (
    assignment_of,
    draft_of,
    letters_to,
    opened_panel,
    rate,
    read_panel,
)
from tests.panels.stories import make_experts
from tests.this_moment import just_before
from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.calibration.models import RatingSession
from training.clock import now
from training.database import db
from training.keys.models import Occasion
from training.keys.sights import keys_seen, note_keys_seen, note_keys_seen_by
from training.panels import records, round_one
from training.panels.models import Panel, PanelState
from training.panels.rules import Refusal, RefusedError

BrowserOf = Callable[[Person], PersonClient]
SLUG = PRACTICE[0]
NOT_SEATED = "This expert does not sit on the panel any more."
NO_MORE = "This cannot be done with the panel any more."
TITLE = "“The story of practice-one”"


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
    assert f"Hye-jin · has seen the key of {TITLE}" in browser.get_page(address).text
    page = browser.post_page(address, {"expert": str(experts[3].id)}, follow=True)
    assert f"The key of {TITLE} has been seen, so the rating would not be" in page.text
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
    # By now every expert of the panel knows what the key is made of, and that stands against none.
    assert "has seen the key" not in browser_of(cleo).get_page(address).text
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
        "made_id": "not-a-number",
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
    for told in (True, False):
        page = browser.post_page(address, {"reason": "Ill."}, follow=True)
        assert page.heading == "Spring panel"
        assert ("Hye-jin is off the panel, and told by letter." in page.text) is told
        assert NOT_SEATED not in page.text
    # Somebody else takes them off, too, for another reason, which is not the one that is kept.
    page = browser.post_page(address, {"reason": "Tired."}, follow=True)
    assert NOT_SEATED in page.text
    assert len(letters_to(app, experts[3])) == 2  # invited, and let go: each once
    browser.get_page(f"/panels/{panel_id}/experts/9/withdrawal", expect=404)


def test_a_second_click_on_closing_round_one_says_nothing_against_the_first(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        records.add_expert(panel_id, experts[3], by=cleo)
    rate(app, panel_id, *experts[:3])
    browser, address = browser_of(experts[4]), f"/panels/{panel_id}/closing"
    browser.post_page(address, {"reason": "Hye-jin is away."})
    page = browser.post_page(address, {"reason": "Hye-jin is away."}, follow=True)
    assert "Round one is closed. The panel goes on with what is in." in page.text
    assert NO_MORE not in page.text
    page = browser.post_page(address, {"reason": "Nobody is left."}, follow=True)
    assert NO_MORE in page.text
    assert NO_MORE in browser.get_page(address, follow=True).text


def test_a_second_click_on_cancelling_says_nothing_against_the_first(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person, ada: Person,
    browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Also where both come in at the same moment; Ada's reason would be another one."""
    cancel, why = records.cancel_panel, "The vignette was withdrawn."
    browser, address = browser_of(cleo), f"/panels/{panel_id}/cancellation"
    just_before(monkeypatch, records, "cancel_panel", lambda: cancel(panel_id, by=cleo, reason=why))
    page = browser.post_page(address, {"reason": why}, follow=True)
    assert "Nothing was changed." not in page.text
    page = browser.post_page(address, {"reason": why}, follow=True)
    assert NO_MORE not in page.text
    page = browser_of(ada).post_page(address, {"reason": "Nobody is left."}, follow=True)
    assert NO_MORE in page.text
    assert len(letters_to(app, experts[0])) == 2  # invited, and told of the end: each once


# Too few experts


def test_a_panel_of_two_says_that_it_needs_another_expert_and_goes_on_with_them(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    """Emeka and Freya are in, and Goran is taken off: nobody is left to wait for."""
    rate(app, panel_id, *experts[:2])
    address = f"/panels/{panel_id}"
    assert "more expert is needed" not in browser_of(cleo).get_page(address).text
    with app.app_context():
        records.withdraw_expert(panel_id, 3, by=cleo, reason="Goran fell ill.")
    page = browser_of(cleo).get_page(address)
    assert "At least 1 more expert is needed before the panel can go on" in page.text
    assert page.soup.select(f".notice a[href='{address}/experts']")
    chair = browser_of(experts[4])
    page = chair.get_page(address)
    assert "At least 1 more expert is needed" in page.text
    assert "Ask a certifier or an administrator to add them." in page.text
    assert not page.has_link_to(f"{address}/closing")
    assert "See to the panel" not in page.text
    page = chair.get_page(f"{address}/closing")
    assert "At least 1 more expert is needed" in page.text
    assert "Not in yet" not in page.text
    assert not page.soup.select("textarea")
    page = browser_of(experts[0]).get_page(address)
    assert "is needed" not in page.text
    assert "When all are in, and at least 3 for each vignette" in page.text
    with app.app_context():
        records.add_expert(panel_id, experts[3], by=cleo)
    page = chair.get_page(address)
    assert "is needed" not in page.text
    assert page.has_link_to(f"{address}/closing")
    rate(app, panel_id, experts[3])
    assert read_panel(app, panel_id, lambda panel: panel.state) is PanelState.CONSENSUS


def test_who_has_seen_the_key_since_is_not_counted_among_those_who_can_still_rate(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    rate(app, panel_id, experts[0])
    with app.app_context():
        note_keys_seen_by([expert.id for expert in experts[:3]], [SLUG], Occasion.CONTEST)
    page = browser_of(cleo).get_page(f"/panels/{panel_id}")
    assert "At least 2 more experts are needed before the panel can go on" in page.text


# Cancelled


def part(page: Page, selector: str) -> str:
    found = page.soup.select_one(selector)
    assert found is not None, selector
    return " ".join(found.get_text(" ").split())


def test_a_panel_that_was_cancelled_in_round_one_says_who_had_submitted(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    """Emeka and Freya have, and Goran has a draft."""
    rate(app, panel_id, *experts[:2])
    draft = draft_of(app, panel_id, experts[2])
    with app.app_context():
        records.cancel_panel(panel_id, by=cleo, reason="The vignette was withdrawn.")
    address = f"/panels/{panel_id}"
    seats = part(browser_of(cleo).get_page(address), "[aria-labelledby=seats] tbody")
    assert seats == "1. Emeka submitted 2. Freya submitted 3. Goran not submitted"
    own = part(browser_of(experts[1]).get_page(address), "[aria-labelledby=own] tbody")
    assert "submitted" in own
    page = browser_of(experts[2]).get_page(address)
    own = part(page, "[aria-labelledby=own] tbody")
    assert "not submitted The panel was cancelled before your rating was in." in own
    assert "left out" not in page.text
    assert page.has_link_to(f"/rating-sessions/{draft}")
    # Later they practise it: that says nothing about how the panel ended.
    with app.app_context():
        note_keys_seen(experts[2].id, [SLUG], Occasion.CONTEST)
    assert "3. Goran not submitted" in browser_of(cleo).get_page(address).text


def test_what_was_left_out_before_a_panel_was_cancelled_stays_left_out(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        records.add_expert(panel_id, experts[3], by=cleo)
    rate(app, panel_id, *experts[:3])
    with app.app_context():
        round_one.close_early(panel_id, by=experts[4], reason="Hye-jin is away.")
        records.cancel_panel(panel_id, by=cleo, reason="The vignette was withdrawn.")
    page = browser_of(experts[3]).get_page(f"/panels/{panel_id}")
    seats = part(page, "[aria-labelledby=seats] tbody")
    assert seats.startswith("1. Emeka submitted")
    assert seats.endswith("left out")
    assert "The panel went on before your rating was in." in page.text
