"""Round one: Emeka, Freya, Goran and Hye-jin rate alone, and what they gave is frozen."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.calibration.rating_sheets import agreeing, as_draft, as_fields
from tests.pack import ITEMS, PRACTICE, evidence
from tests.pages import PersonClient
from tests.panels.life import assignment_of, draft_of, opened_panel, rate, read_panel, sheet, submit
from tests.panels.stories import make_experts, panel_canary
from training.accounts.models import Person
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.calibration import practice_records
from training.calibration import records as calibration
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import Purpose, RatingSession
from training.calibration.records import SubmitState
from training.database import db, write_transaction
from training.keys.models import Occasion
from training.keys.sights import keys_seen, note_keys_seen
from training.panels import records, round_one
from training.panels.models import PanelRating, PanelState
from training.panels.rules import Refusal, RefusedError

BrowserOf = Callable[[Person], PersonClient]
SLUG = PRACTICE[0]


@pytest.fixture
def experts(make_person: Callable[..., Person]) -> list[Person]:
    return make_experts(make_person, "Emeka", "Freya", "Goran", "Hye-jin")


@pytest.fixture
def panel_id(app: Flask, experts: list[Person], cleo: Person) -> uuid.UUID:
    """A panel of four on one practice vignette; Emeka chairs it and rates, too."""
    return opened_panel(app, experts, chair=experts[0], by=cleo)


def open_address(app: Flask, panel_id: uuid.UUID, expert: Person) -> str:
    with app.app_context():
        return f"/panels/{panel_id}/assignments/{assignment_of(panel_id, expert)}"


def practise(app: Flask, expert: Person) -> None:
    """See the key in practice, as if in another tab from before the invitation."""
    with app.app_context():
        session = calibration.open_session(expert.id, SLUG, Purpose.PRACTICE)
        calibration.submit(session.id, agreeing(), revision=0, after=AFTER_SUBMISSION)


def test_an_expert_rates_with_a_reason_for_every_score(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], browser_of: BrowserOf
) -> None:
    emeka = experts[0]
    browser = browser_of(emeka)
    page = browser.get_page("/panels")
    assert "The story of practice-one" in page.text
    assert "not begun" in page.text
    assert "1 vignette waits for your rating." in browser.get_page("/home").text
    opened = browser.post_page(open_address(app, panel_id, emeka))
    assert browser.post_page(open_address(app, panel_id, emeka)).location == opened.location
    workspace = browser.get_page(opened.location)
    assert workspace.text.count("Your reason") == len(ITEMS)
    assert "canary" not in workspace.html
    browser.post_page(opened.location, as_fields(agreeing(), revision=0))
    check = browser.post_page(f"{opened.location}/submit", {"revision": "1"}, expect=422)
    assert "Item 1 has a score but no reason." in check.text
    assert check.has_link_to(f"{opened.location}#note-1")
    browser.post_page(opened.location, as_fields(sheet(emeka), revision=1))
    assert "Your reason: panel-canary-emeka" in browser.get_page(f"{opened.location}/check").text
    page = browser.post_page(f"{opened.location}/submit", {"revision": "2"}, follow=True)
    assert page.heading == "Panels"
    assert "submitted" in page.text
    browser.get_page(f"{opened.location}/feedback", expect=404)


def test_the_versions_are_the_panels_and_a_second_panel_takes_the_next_number(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person
) -> None:
    second = opened_panel(app, experts, chair=experts[0], by=cleo)
    drafts = [draft_of(app, each, experts[1]) for each in (panel_id, second)]
    with app.app_context():
        sessions = [db.session.get_one(RatingSession, draft) for draft in drafts]
        assert [session.number for session in sessions] == [1, 2]
        panel = records.find_panel_for(cleo, panel_id)
        assert panel is not None
        assert sessions[0].vignette_document_id == panel.vignettes[0].vignette_document_id
        assert sessions[0].instrument_document_id == panel.instrument_document_id


def test_the_last_rating_closes_the_round_and_freezes_all(
    app: Flask, panel_id: uuid.UUID, experts: list[Person]
) -> None:
    rate(app, panel_id, *experts[:3])
    assert read_panel(app, panel_id, lambda panel: panel.state) is PanelState.RATING
    rate(app, panel_id, experts[3])
    with app.app_context():
        panel = records.find_panel_for(experts[0], panel_id)
        assert panel is not None
        assert (panel.state, panel.current_position, panel.current_item) == ("consensus", 1, 1)
        assert panel.rating_closed_at is not None
        assert (panel.rating_closed_by_id, panel.rating_closing_reason) == (None, "")
        rows = db.session.scalars(select(PanelRating)).all()
        assert len(rows) == len(experts) * len(ITEMS)
        row = next(each for each in rows if each.item_number == 1)
        seat = next(each for each in panel.seats if each.id == row.seat_id)
        assert row.reason == panel_canary(seat.name, SLUG, 1)
        assert (row.score, row.evidence) == (agreeing()[1].score, evidence(1))
        assert all(SLUG in keys_seen(expert.id) for expert in experts)
        noted = db.session.scalars(select(AuditEntry).filter_by(act=Act.ROUND_ONE_CLOSED)).one()
        assert noted.details == {"is_early": False, "ratings": len(rows)}


def test_nobody_sees_another_rating_while_round_one_is_open(
    app: Flask,
    panel_id: uuid.UUID,
    experts: list[Person],
    cleo: Person,
    ada: Person,
    browser_of: BrowserOf,
) -> None:
    rate(app, panel_id, experts[1])
    draft = draft_of(app, panel_id, experts[2])
    for person in (experts[0], experts[3], cleo, ada):
        browser = browser_of(person)
        page = browser.get_page(f"/panels/{panel_id}")
        assert "sings" not in page.html + browser.get_page("/panels").html
        rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("#seats ~ * tr")]
        assert any("Freya" in row and "submitted" in row for row in rows)
        assert any("Goran" in row and "not yet" in row and "rated" not in row for row in rows)
        browser.get_page(f"/rating-sessions/{draft}", expect=404)


def test_the_chair_closes_early_and_who_is_late_loses_nothing(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], browser_of: BrowserOf
) -> None:
    chair, late = browser_of(experts[0]), browser_of(experts[3])
    address = f"/panels/{panel_id}/closing"
    rate(app, panel_id, *experts[:2])
    assert "It cannot be closed yet" in chair.get_page(address).text
    page = chair.post_page(address, {"reason": "Time is up."}, follow=True)
    assert "needs the ratings of at least 3 experts" in page.text
    rate(app, panel_id, experts[2])
    draft = draft_of(app, panel_id, experts[3])
    assert "Not in yet: Hye-jin" in chair.get_page(address).text
    assert "Write the reason" in chair.post_page(address, {"reason": " "}, expect=422).errors
    late.get_page(address, expect=403)
    chair.post_page(address, {"reason": "Time is up."})
    with app.app_context():
        seats = set(db.session.scalars(select(PanelRating.seat_id)))
        assert len(seats) == 3
    # Sent too late: refused, shown, and what was saved before is kept and can be read.
    session = f"/rating-sessions/{draft}"
    sent = as_fields(sheet(experts[3]) | {1: agreeing()[1]}, revision=1)
    page = late.post_page(session, sent, expect=409)
    assert panel_canary("Hye-jin", SLUG, 2) in page.text
    assert "the panel goes on without it" in page.text
    page = late.post_page(f"{session}/submit", {"revision": "1"}, expect=409)
    assert panel_canary("Hye-jin", SLUG, 1) in page.text
    answer = late.post(f"{session}/draft", json=as_draft(agreeing(), revision=1))
    assert (answer.status_code, answer.get_json()["state"]) == (409, "closed")
    assert panel_canary("Hye-jin", SLUG, 1) in late.get_page(session).text
    page = late.get_page(f"/panels/{panel_id}")
    assert "before everybody was in: Time is up." in page.text
    assert page.has_link_to(session)


def test_who_has_seen_the_key_is_told_and_the_chair_sees_it(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], browser_of: BrowserOf
) -> None:
    draft = draft_of(app, panel_id, experts[1])
    practise(app, experts[1])
    freya, chair = browser_of(experts[1]), browser_of(experts[0])
    page = freya.post_page(open_address(app, panel_id, experts[1]), follow=True)
    assert "would not be independent" in page.text
    for address in (f"/rating-sessions/{draft}", f"/rating-sessions/{draft}/check"):
        assert freya.get_page(address, expect=302).location == "/panels"
    freya.post_page(f"/rating-sessions/{draft}/submit", {"revision": "1"})
    assert "not independent" in chair.get_page(f"/panels/{panel_id}").text
    goran = browser_of(experts[2])
    assert "not independent" not in goran.get_page(f"/panels/{panel_id}").text
    rate(app, panel_id, experts[0], *experts[2:])
    assert read_panel(app, panel_id, lambda panel: panel.state) is PanelState.RATING


def test_a_key_seen_elsewhere_closes_it_too_and_nobody_opens_for_another(
    app: Flask, panel_id: uuid.UUID, experts: list[Person]
) -> None:
    with app.app_context():
        assignment = assignment_of(panel_id, experts[1])
        assert round_one.open_assignment(assignment, experts[2].id) is None
        note_keys_seen(experts[1].id, [SLUG], Occasion.DOSSIER)
        with pytest.raises(RefusedError) as refused:
            round_one.open_assignment(assignment, experts[1].id)
        assert refused.value.refusal is Refusal.KEY_SEEN


def test_practice_holds_the_vignette_back_from_its_experts(
    app: Flask,
    panel_id: uuid.UUID,
    experts: list[Person],
    ines: Person,
    browser_of: BrowserOf,
) -> None:
    with app.app_context():
        begun = practice_records.open_practice(experts[1].id, SLUG, again=False).id
        calibration.save_ratings(begun, agreeing(), revision=0)
    freya = browser_of(experts[1])
    page = freya.post_page(f"/practice/{SLUG}", expect=409)
    assert "held back for your panel" in page.heading
    freya.get_page(f"/rating-sessions/{begun}", expect=409)
    page = freya.post_page(f"/rating-sessions/{begun}/submit", {"revision": "1"}, expect=409)
    assert "canary" not in page.html
    assert "held back for your panel" in freya.get_page("/practice").text
    assert freya.post_page("/practice/practice-two").location
    assert browser_of(ines).post_page(f"/practice/{SLUG}").location
    # In round two the authored key stays hidden, until the panel has ratified its own.
    rate(app, panel_id, *experts)
    freya.post_page(f"/practice/{SLUG}", expect=409)
    with app.app_context(), write_transaction() as session:
        panel = records.find_panel_for(experts[1], panel_id)
        assert panel is not None
        session.get_one(type(panel), panel_id).state = PanelState.ENDED
    assert freya.post_page(f"/practice/{SLUG}").location


def test_what_comes_after_closing_is_refused_under_the_lock(
    app: Flask, panel_id: uuid.UUID, experts: list[Person]
) -> None:
    rate(app, panel_id, *experts[:3])
    draft = draft_of(app, panel_id, experts[3])
    with app.app_context():
        round_one.close_early(panel_id, by=experts[0], reason="Time is up.")
        with pytest.raises(RefusedError):
            round_one.close_early(panel_id, by=experts[0], reason="Again.")
        with pytest.raises(RefusedError):
            round_one.open_assignment(assignment_of(panel_id, experts[3]), experts[3].id)
    assert submit(app, draft).state is SubmitState.CLOSED
