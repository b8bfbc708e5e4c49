"""Round two, when something has happened since a page was asked for: nothing goes by accident."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import PASSWORD
from tests.pack import PRACTICE
from tests.pages import PersonClient
from tests.panels.round_two import (
    NOTHING,
    consensus_on,
    digest_to_sign,
    discussion_of,
    settle,
    sign,
)
from tests.panels.stories import make_experts, panel_in_round_two
from tests.this_moment import just_before
from training.accounts.models import Person, Role
from training.audit.models import AuditEntry
from training.clock import now
from training.database import db, write_transaction
from training.mail.models import Letter
from training.panels import records
from training.panels.consensus import recording
from training.panels.consensus.recording import Edit, NotYoursError
from training.panels.consensus.rules import Standpoint, mark_of
from training.panels.models import KeySignature, Panel, PanelSeat, PanelState

Browsers = Callable[[Person], PersonClient]
SLUG = PRACTICE[0]


@pytest.fixture
def experts(make_person: Callable[..., Person]) -> list[Person]:
    return make_experts(make_person)


@pytest.fixture
def chair(make_person: Callable[..., Person]) -> Person:
    """Noor, who has no seat."""
    return make_person("Noor", Role.EXPERT)


@pytest.fixture
def panel_id(app: Flask, experts: list[Person], chair: Person) -> uuid.UUID:
    return panel_in_round_two(app, experts, chair=chair)


@pytest.fixture
def address(panel_id: uuid.UUID) -> str:
    return f"/panels/{panel_id}/consensus/1"


def signing(app: Flask, panel_id: uuid.UUID, chair: Person) -> dict[str, object]:
    """The form for a signature as it is filled in now, to be sent now or later."""
    digest = digest_to_sign(app, panel_id, chair)
    return {"digest": digest, "confirmed": "y", "own_password": PASSWORD}


def signatures(app: Flask) -> list[str]:
    with app.app_context():
        return [
            each.person.name
            for each in db.session.scalars(select(KeySignature).order_by(KeySignature.place))
        ]


def revision_of(app: Flask, panel_id: uuid.UUID) -> int:
    with app.app_context():
        return db.session.get_one(Panel, panel_id).revision


def recorded(app: Flask) -> int:
    """How often something was recorded, by the trail."""
    with app.app_context():
        return len(db.session.scalars(select(AuditEntry).filter_by(act="consensus recorded")).all())


# Signing


def test_whoever_sends_the_same_signature_twice_has_signed_once(
    app: Flask, browser_of: Browsers, chair: Person, panel_id: uuid.UUID, address: str
) -> None:
    settle(app, panel_id, chair)
    browser, form = browser_of(chair), signing(app, panel_id, chair)
    browser.post_page(f"{address}/ratify", form)
    page = browser.post_page(f"{address}/ratify", form, follow=True)
    assert "You have signed. One more signature makes the key ratified." in page.text
    assert signatures(app) == ["Noor"]


def test_a_second_expert_who_was_slower_learns_that_the_chair_is_awaited(
    app: Flask, browser_of: Browsers, chair: Person, experts: list[Person], panel_id: uuid.UUID,
    address: str,
) -> None:  # fmt: skip
    """Emeka and Freya both have the page before them; he signs first, then Noor makes it two."""
    settle(app, panel_id, chair)
    freya, form = browser_of(experts[1]), signing(app, panel_id, chair)
    sign(app, panel_id, experts[0], chair)
    page = freya.post_page(f"{address}/ratify", form, follow=True)
    assert "What is missing is the chair's signature." in page.text
    assert signatures(app) == ["Emeka"]
    sign(app, panel_id, chair, chair)
    page = freya.post_page(f"{address}/ratify", form, follow=True)
    assert "nothing changes any more" in page.text
    assert signatures(app) == ["Emeka", "Noor"]


def test_a_signature_that_fell_with_the_chair_is_told_to_its_giver_when_the_next_one_signs(
    app: Flask, browser_of: Browsers, chair: Person, experts: list[Person], panel_id: uuid.UUID,
    address: str, cleo: Person,
) -> None:  # fmt: skip
    """Noor signs; then Cleo gives the chair to Freya, and Emeka signs."""
    settle(app, panel_id, chair)
    sign(app, panel_id, chair, chair)
    with app.app_context():
        records.change_chair(panel_id, experts[1], by=cleo)
    emeka, form = browser_of(experts[0]), signing(app, panel_id, experts[1])
    page = emeka.post_page(f"{address}/ratify", form, follow=True)
    assert "One more makes the key ratified." in page.text
    assert signatures(app) == ["Emeka"]
    with app.app_context():
        (letter,) = db.session.scalars(select(Letter).filter_by(recipient=chair.email))
        assert f"{address}/ratify" in letter.body
        assert db.session.get_one(Panel, panel_id).state is PanelState.CONSENSUS


def test_whoever_only_looks_on_has_no_signature_to_take_back(
    app: Flask, browser_of: Browsers, chair: Person, panel_id: uuid.UUID, address: str, cleo: Person
) -> None:
    settle(app, panel_id, chair)
    sign(app, panel_id, chair, chair)
    browser_of(cleo).post_page(f"{address}/signature-withdrawal", expect=403)
    assert signatures(app) == ["Noor"]


# Recording


def test_nothing_is_shown_or_written_once_the_key_is_ratified_and_the_text_is_given_back(
    app: Flask, browser_of: Browsers, chair: Person, experts: list[Person], panel_id: uuid.UUID,
    address: str,
) -> None:  # fmt: skip
    settle(app, panel_id, chair)
    for signer in (chair, experts[0]):
        sign(app, panel_id, signer, chair)
    before = revision_of(app, panel_id)
    page = browser_of(chair).post_page(f"{address}/4/shown", follow=True)
    assert "nothing changes any more" in page.text
    hers = {"expert-2-rating": "0", "expert-2-reason": "I never heard it."}
    page = browser_of(experts[1]).post_page(f"{address}/4/positions/2", hers, expect=409)
    assert page.heading == "Nothing was recorded"
    assert "I never heard it." in page.text
    assert revision_of(app, panel_id) == before
    entry = discussion_of(app, panel_id, chair).items[4].find_expert(2)
    assert entry is not None
    assert entry.position is None


def test_a_position_that_is_sent_again_as_it_stands_takes_no_signature_away(
    app: Flask, browser_of: Browsers, chair: Person, experts: list[Person], panel_id: uuid.UUID,
    address: str,
) -> None:  # fmt: skip
    """Freya's answer was lost on the way: she sends the form again after Noor has signed."""
    hers = {"expert-2-rating": "3", "expert-2-started_from": NOTHING}
    freya = browser_of(experts[1])
    freya.post_page(f"{address}/1/positions/2", hers)
    settle(app, panel_id, chair)
    sign(app, panel_id, chair, chair)
    before = revision_of(app, panel_id), recorded(app)
    page = freya.post_page(f"{address}/1/positions/2", hers, follow=True)
    assert "Recorded." in page.text
    assert "signatures fell" not in page.text
    assert (revision_of(app, panel_id), recorded(app)) == before
    assert signatures(app) == ["Noor"]


def test_the_item_that_everybody_is_at_already_is_no_news(
    app: Flask, browser_of: Browsers, chair: Person, panel_id: uuid.UUID, address: str
) -> None:
    browser = browser_of(chair)
    browser.post_page(f"{address}/4/shown")
    before = revision_of(app, panel_id)
    page = browser.post_page(f"{address}/4/shown", follow=True)
    assert "The panel is at this item." in page.text
    assert revision_of(app, panel_id) == before


def test_who_has_lost_the_chair_meanwhile_records_and_shows_nothing(
    app: Flask, experts: list[Person], panel_id: uuid.UUID, cleo: Person
) -> None:
    """Emeka led the panel when he opened the page, and Freya leads it when he sends it."""
    with app.app_context():
        records.change_chair(panel_id, experts[0], by=cleo)
        records.change_chair(panel_id, experts[1], by=cleo)
        edit = Edit(panel_id, 1, 1, NOTHING, experts[0])
        with pytest.raises(NotYoursError):
            recording.record_consensus(edit, consensus_on(1))
        with pytest.raises(NotYoursError):
            recording.record_position(edit, 2, Standpoint(0, "Not hers."))
        with pytest.raises(NotYoursError):
            recording.show_to_everybody(panel_id, 1, 4, by=experts[0])
        # His own position is still his.
        recording.record_position(edit, 1, Standpoint(2, "Mine."))
    discussion = discussion_of(app, panel_id, experts[1])
    assert discussion.items[1].consensus is None
    assert [each.position for each in discussion.items[1].experts[:2]] == [
        Standpoint(2, "Mine."),
        None,
    ]
    assert discussion.panel.current_item is None


def test_who_loses_the_chair_while_the_form_is_read_is_refused(
    app: Flask, browser_of: Browsers, chair: Person, experts: list[Person], panel_id: uuid.UUID,
    address: str, cleo: Person, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def unseat() -> None:
        records.change_chair(panel_id, experts[1], by=cleo)

    def reseat() -> None:
        with app.app_context():
            records.change_chair(panel_id, chair, by=cleo)

    browser = browser_of(chair)
    sent = {
        "consensus-started_from": NOTHING,
        "consensus-kind": "dropped",
        "consensus-reason": "Too far apart.",
    }
    just_before(monkeypatch, recording, "record_consensus", unseat)
    browser.post_page(f"{address}/1/agreed", sent, expect=403)
    reseat()
    just_before(monkeypatch, recording, "show_to_everybody", unseat)
    browser.post_page(f"{address}/4/shown", expect=403)
    reseat()
    discussion = discussion_of(app, panel_id, chair)
    assert discussion.items[1].consensus is None
    assert discussion.panel.current_item is None


def test_an_expert_who_was_taken_off_meanwhile_stands_nowhere(
    app: Flask, experts: list[Person], chair: Person, panel_id: uuid.UUID
) -> None:
    with app.app_context(), write_transaction() as session:
        seat = session.scalars(select(PanelSeat).filter_by(person_id=experts[4].id)).one()
        seat.withdrawn_at = now()
    with app.app_context(), pytest.raises(LookupError, match="no expert 5"):
        recording.record_position(Edit(panel_id, 1, 1, NOTHING, chair), 5, Standpoint(0))
    assert recorded(app) == 0


@pytest.mark.parametrize(("position", "item"), [(2, 1), (1, 13)])
def test_what_is_not_on_the_panel_is_not_recorded(
    app: Flask, chair: Person, panel_id: uuid.UUID, position: int, item: int
) -> None:
    edit = Edit(panel_id, position, item, mark_of(None), chair)
    with app.app_context():
        for act in (
            lambda: recording.record_consensus(edit, consensus_on(1)),
            lambda: recording.record_position(edit, 1, Standpoint(0)),
            lambda: recording.show_to_everybody(panel_id, position, item, by=chair),
        ):
            with pytest.raises(LookupError):
                act()
    assert recorded(app) == 0
    assert revision_of(app, panel_id) == 0
