"""Signing what a panel agreed on: two names make a ratified key, and then nothing changes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import PASSWORD
from tests.pack import ITEMS, PRACTICE
from tests.pages import PersonClient
from tests.panels.life import letters_to
from tests.panels.round_two import (
    consensus_on,
    digest_to_sign,
    discussion_of,
    record,
    settle,
    sign,
    stand_at,
)
from tests.panels.stories import authored_scores, make_experts, panel_in_round_two
from tests.second_factors import give, reauthentication
from training.accounts.models import Person, Role
from training.audit.models import AuditEntry
from training.clock import now
from training.database import db, write_transaction
from training.keys.models import Occasion
from training.keys.sights import keys_seen
from training.library import records as library
from training.library.checking import check
from training.library.reading import Pack
from training.mail.models import Letter
from training.panels.consensus import ratification, recording
from training.panels.consensus.key_documents import digest_of_key
from training.panels.consensus.ratification import (
    ChangedSinceError,
    NotReadyError,
    Obstacle,
    ObstacleError,
)
from training.panels.consensus.recording import Edit, OverError
from training.panels.consensus.rules import Consensus, ConsensusKind, Standpoint, mark_of
from training.panels.models import (
    KeySignature,
    Panel,
    PanelOrigin,
    PanelSeat,
    PanelState,
    PanelVignette,
)

Browsers = Callable[[Person], PersonClient]
FIRST, SECOND = PRACTICE


@pytest.fixture
def experts(make_person: Callable[..., Person]) -> list[Person]:
    return make_experts(make_person)


@pytest.fixture
def chair(make_person: Callable[..., Person]) -> Person:
    """Noor, who has no seat."""
    return make_person("Noor", Role.EXPERT)


@pytest.fixture
def panel_id(app: Flask, experts: list[Person], chair: Person) -> uuid.UUID:
    """A panel on one vignette that has settled every item."""
    panel_id = panel_in_round_two(app, experts, chair=chair)
    settle(app, panel_id, chair)
    return panel_id


@pytest.fixture
def address(panel_id: uuid.UUID) -> str:
    return f"/panels/{panel_id}/consensus/1/ratify"


def signatures(app: Flask) -> list[str]:
    with app.app_context():
        found = db.session.scalars(select(KeySignature).order_by(KeySignature.place))
        return [signature.person.name for signature in found]


def lines(app: Flask, act: str) -> list[AuditEntry]:
    with app.app_context():
        statement = select(AuditEntry).filter_by(act=act).order_by(AuditEntry.sequence)
        return list(db.session.scalars(statement))


def signing(page: PersonClient, address: str, **changes: object) -> dict[str, object]:
    """The form as its page holds it, with the tick and the password."""
    digest = page.get_page(address).soup.select_one("input[name=digest]")["value"]
    return {"digest": digest, "confirmed": "y", "own_password": PASSWORD} | changes


def test_the_chair_and_one_expert_ratify_in_either_order(
    app: Flask,
    browser_of: Browsers,
    chair: Person,
    experts: list[Person],
    panel_id: uuid.UUID,
    address: str,
) -> None:
    hers = browser_of(experts[0])
    page = hers.get_page(address)
    assert "Two sign: the chair and one more expert" in page.text
    assert "The panel's reason for item 12." in page.text
    for changes, error in (
        ({"confirmed": ""}, "Confirm that you have checked"),
        ({"own_password": ""}, "Enter your password."),
        ({"own_password": "another one entirely"}, "This is not your password."),
    ):
        page = hers.post_page(address, signing(hers, address, **changes), expect=422)
        assert error in page.errors
    page = hers.post_page(address, signing(hers, address), follow=True)
    assert "One more makes the key ratified." in page.text
    assert not page.soup.select("input[name=own_password]")
    page = browser_of(experts[1]).get_page(address)
    assert "What is missing is the chair's signature." in page.text
    theirs = browser_of(chair)
    page = theirs.get_page(address)
    assert "Yours is the second signature." in page.text
    page = theirs.post_page(address, signing(theirs, address), follow=True)
    assert "The key is ratified." in page.text
    assert "A certifier puts it in use" in page.text
    assert signatures(app) == ["Emeka", "Noor"]
    assert [line.details["signature"] for line in lines(app, "key signed")] == [1, 2]
    (line,) = lines(app, "key ratified")
    with app.app_context():
        panel = db.session.get_one(Panel, panel_id)
        assert panel.state is PanelState.ENDED
        assert panel.ended_at is not None
        row = db.session.scalars(select(PanelVignette)).one()
        assert row.ratified_at is not None
        assert row.key_document_id is not None
        version = library.key_version(row.key_document_id)
        assert version.digest == line.details["digest"]
        given = db.session.scalars(select(KeySignature.digest)).all()
        assert given == [version.digest] * 2
        assert library.get_key(FIRST).document.status == "authored"  # not in use yet
        for person in (chair, *experts):
            assert keys_seen(person.id) == {FIRST}
    seen = lines(app, "key seen")
    assert {line.details["occasion"] for line in seen} == {Occasion.PANEL.value}
    page = browser_of(experts[2]).get_page(f"/panels/{panel_id}/consensus")
    assert "ratified on" in page.text


def test_the_key_that_is_kept(
    app: Flask, make_person: Callable[..., Person], chair: Person
) -> None:
    """Item 1 is a band from which Ilse dissents, item 2 is dropped; the rest stands as it was."""
    experts = make_experts(make_person)
    far = authored_scores(FIRST) | {1: 0, 2: 4}
    panel_id = panel_in_round_two(app, experts, chair=chair, scores={(5, FIRST): far})
    stand_at(app, panel_id, chair, 1, {1: Standpoint(2), 5: Standpoint(0, "Not once.")})
    for item in ITEMS:
        kind = {1: ConsensusKind.BAND, 2: ConsensusKind.DROPPED}.get(item)
        if kind is None:
            record(app, panel_id, chair, item, consensus_on(item))
    record(app, panel_id, chair, 1, Consensus(ConsensusKind.BAND, 2, 3, "Between.", (1, 13)))
    record(app, panel_id, chair, 2, Consensus(ConsensusKind.DROPPED, reason="Too far apart."))
    sign(app, panel_id, chair, chair)
    assert sign(app, panel_id, experts[4], chair).is_ratified
    with app.app_context():
        row = db.session.scalars(select(PanelVignette)).one()
        assert row.key_document_id is not None
        key = library.key_version(row.key_document_id).document
        vignette = library.vignette_version(row.vignette_document_id)
        instrument = library.get_instrument(key.instrument)
    assert key.status == "ratified"
    assert key.panel is not None
    assert (key.panel.panel, key.panel.title) == (str(panel_id), "Spring panel")
    assert (key.panel.experts, key.panel.ratified_on) == (5, now().date())
    assert key.panel.vignette_digest == vignette.digest
    assert key.panel.instrument_digest == instrument.digest
    assert (key.items[1].rating, key.items[1].band) == (3, (2, 3))
    spread = key.items[1].spread
    assert spread is not None
    assert (spread.first, spread.final) == ((3, 3, 3, 3, 0), (2, 3, 3, 3, 0))
    assert [(each.expert, each.rating, each.reason) for each in spread.dissents] == [
        (5, 0, "Not once.")
    ]
    assert key.items[2].is_dropped
    assert set(key.compared_items) == set(ITEMS) - {2}
    pack = Pack()
    pack.add("instrument", instrument.slug, instrument.document, "instrument")
    pack.add("vignette", FIRST, vignette.document, "vignette")
    pack.add("key", FIRST, key, "key")
    assert [fault for fault in check(pack) if fault.file == "key"] == []


def test_nothing_is_signed_while_something_is_missing(
    app: Flask, browser_of: Browsers, chair: Person, experts: list[Person]
) -> None:
    far = authored_scores(FIRST) | {1: 2}
    panel_id = panel_in_round_two(app, experts, chair=chair, scores={(5, FIRST): far})
    address = f"/panels/{panel_id}/consensus/1/ratify"
    page = browser_of(chair).get_page(address)
    assert "Item 12: nothing is recorded yet." in page.text
    settle(app, panel_id, chair)
    page = browser_of(chair).get_page(address)
    assert "Item 1: Expert 5 dissents. Write their reason at their position." in page.text
    assert page.has_link_to(f"/panels/{panel_id}/consensus/1/1")
    assert not page.soup.select("input[name=own_password]")
    with app.app_context(), pytest.raises(NotReadyError):
        ratification.sign(panel_id, 1, signer=chair, digest="0" * 64)
    stand_at(app, panel_id, chair, 1, {5: Standpoint(2, "Only just.")})
    assert 'name="own_password"' in browser_of(chair).get_page(address).html


def test_a_change_takes_the_signature_away_and_tells_its_owner(
    app: Flask,
    browser_of: Browsers,
    chair: Person,
    experts: list[Person],
    panel_id: uuid.UUID,
    address: str,
) -> None:
    sign(app, panel_id, experts[0], chair)
    theirs = browser_of(chair)
    before = signing(theirs, address)
    item = f"/panels/{panel_id}/consensus/1/1"
    assert "takes the signatures away" in theirs.get_page(item).text
    started = theirs.get_page(item).soup.select_one("input[name=consensus-started_from]")["value"]
    sent = {
        "consensus-started_from": started,
        "consensus-kind": "band",
        "consensus-score": "3",
        "consensus-reason": "Looked at again.",
        "consensus-evidence": "1",
    }
    page = theirs.post_page(f"{item}/agreed", sent, follow=True)
    assert "those signatures fell" in page.text
    assert signatures(app) == []
    (line,) = lines(app, "key signature withdrawn")
    assert (line.person_id, line.details["signer"]) == (chair.id, str(experts[0].id))
    with app.app_context():
        letter = db.session.scalars(select(Letter)).one()
    assert letter.recipient == experts[0].email
    assert address in letter.body
    # What Noor had before them is another text now: nothing is signed by accident.
    page = theirs.post_page(address, before, follow=True)
    assert "Nothing was signed" in page.text
    with app.app_context(), pytest.raises(ChangedSinceError):
        ratification.sign(panel_id, 1, signer=chair, digest=str(before["digest"]))
    # What is recorded once more as it stands takes nothing away.
    sign(app, panel_id, experts[0], chair)
    record(app, panel_id, chair, 2, consensus_on(2))
    assert signatures(app) == ["Emeka"]


def test_a_signer_thinks_again_before_the_second(
    app: Flask,
    browser_of: Browsers,
    chair: Person,
    experts: list[Person],
    panel_id: uuid.UUID,
    address: str,
) -> None:
    withdrawal = address.replace("/ratify", "/signature-withdrawal")
    browser = browser_of(chair)
    page = browser.post_page(withdrawal, follow=True)
    assert "There is no signature of yours" in page.text
    browser.post_page(address, signing(browser, address))
    page = browser.get_page(address)
    assert "You have signed." in page.text
    assert page.has_form_to(withdrawal)
    with app.app_context(), pytest.raises(ObstacleError) as refused:
        digest = digest_to_sign(app, panel_id, chair)
        ratification.sign(panel_id, 1, signer=chair, digest=digest)
    assert refused.value.obstacle is Obstacle.SIGNED
    page = browser.post_page(withdrawal, follow=True)
    assert "Your signature is withdrawn." in page.text
    assert signatures(app) == []
    for signer in (experts[0], chair):
        sign(app, panel_id, signer, chair)
    page = browser.post_page(withdrawal, follow=True)
    assert "nothing changes any more" in page.text
    assert signatures(app) == ["Emeka", "Noor"]


def test_a_signature_falls_when_its_giver_leaves_or_the_text_is_another(
    app: Flask, chair: Person, experts: list[Person], panel_id: uuid.UUID
) -> None:
    """Noor signs, and then Freya takes the chair."""
    sign(app, panel_id, chair, chair)
    with app.app_context(), write_transaction() as session:
        session.get_one(Panel, panel_id).chair_id = experts[1].id
    letters = letters_to(app, chair)
    assert not sign(app, panel_id, experts[0], experts[1]).is_ratified
    assert len(letters_to(app, chair)) == len(letters) + 1
    assert signatures(app) == ["Emeka"]
    with app.app_context(), write_transaction() as session:
        session.get_one(Panel, panel_id).title = "Summer panel"
    assert not sign(app, panel_id, experts[1], experts[1]).is_ratified
    assert signatures(app) == ["Freya"]
    assert sign(app, panel_id, experts[2], experts[1]).is_ratified


def test_a_signature_of_yesterday_still_holds(
    app: Flask, chair: Person, experts: list[Person], panel_id: uuid.UUID
) -> None:
    """It carries the digest of the text of that day; the key is dated by the second."""
    sign(app, panel_id, chair, chair)
    yesterday = now() - timedelta(days=1)
    key = ratification.key_to_sign(discussion_of(app, panel_id, chair), on=yesterday.date())
    with app.app_context(), write_transaction() as session:
        signature = session.scalars(select(KeySignature)).one()
        signature.signed_at, signature.digest = yesterday, digest_of_key(key)
    assert sign(app, panel_id, experts[0], chair).is_ratified


def test_a_page_from_before_midnight_is_signed_after_it(
    app: Flask, browser_of: Browsers, chair: Person, experts: list[Person], panel_id: uuid.UUID,
    address: str,
) -> None:  # fmt: skip
    """Only the day in the digest is another one: what is kept carries the day of signing."""

    def opened(days_ago: int) -> dict[str, object]:
        day = (now() - timedelta(days=days_ago)).date()
        key = ratification.key_to_sign(discussion_of(app, panel_id, chair), on=day)
        return {"digest": digest_of_key(key), "confirmed": "y", "own_password": PASSWORD}

    theirs = browser_of(chair)
    page = theirs.post_page(address, opened(2), follow=True)
    assert "Nothing was signed" in page.text
    page = theirs.post_page(address, opened(1), follow=True)
    assert "One more makes the key ratified." in page.text
    page = browser_of(experts[0]).post_page(address, opened(1), follow=True)
    assert "The key is ratified." in page.text
    assert signatures(app) == ["Noor", "Emeka"]
    with app.app_context():
        row = db.session.scalars(select(PanelVignette)).one()
        assert row.key_document_id is not None
        version = library.key_version(row.key_document_id)
        assert version.document.panel is not None
        assert version.document.panel.ratified_on == now().date()
        assert db.session.scalars(select(KeySignature.digest)).all() == [version.digest] * 2
    assert [line.details["digest"] for line in lines(app, "key signed")] == [version.digest] * 2


def test_only_the_chair_and_the_seated_sign_and_with_a_code_who_has_one(
    app: Flask,
    browser_of: Browsers,
    make_person: Callable[..., Person],
    experts: list[Person],
    chair: Person,
    panel_id: uuid.UUID,
    address: str,
) -> None:
    with app.app_context(), write_transaction() as session:
        seat = session.scalars(select(PanelSeat).filter_by(person_id=experts[4].id)).one()
        seat.withdrawn_at = now()
    browser_of(experts[4]).get_page(address, expect=404)
    browser_of(make_person("Pia", Role.EXPERT)).post_page(address, expect=404)
    with app.app_context(), pytest.raises(ObstacleError) as refused:
        digest = digest_to_sign(app, panel_id, chair)
        ratification.sign(panel_id, 1, signer=experts[4], digest=digest)
    assert refused.value.obstacle is Obstacle.NOT_ON_PANEL
    give(app, chair)
    browser = browser_of(chair)
    page = browser.post_page(address, signing(browser, address), expect=422)
    assert "Enter a code from your app." in page.errors
    browser.post_page(address, signing(browser, address) | reauthentication(app, chair))
    assert signatures(app) == ["Noor"]


def test_an_invented_expert_without_a_second_factor_is_shown_no_code(
    app: Flask,
    browser_of: Browsers,
    chair: Person,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a demonstration the page tells the codes that an invented person's app would show."""
    with app.app_context(), write_transaction() as session:
        session.get_one(Person, chair.id).is_demonstration = True
    config = replace(app.extensions["config"], is_demonstration=True)
    monkeypatch.setitem(app.extensions, "config", config)
    browser, hint = browser_of(chair), "the app of this invented person shows"
    page = browser.get_page(address)
    assert page.soup.select("input[name=own_password]")
    assert hint not in page.text
    give(app, chair)
    assert hint in browser.get_page(address).text


def test_what_is_ratified_never_changes(
    app: Flask, browser_of: Browsers, experts: list[Person], make_person: Callable[..., Person]
) -> None:
    """Of two vignettes one is ratified: the panel goes on with the other, led by Emeka."""
    chair = experts[0]
    panel_id = panel_in_round_two(app, experts, chair=chair, slugs=PRACTICE)
    settle(app, panel_id, chair)
    for signer in (chair, experts[1]):
        sign(app, panel_id, signer, chair)
    with app.app_context():
        assert db.session.get_one(Panel, panel_id).state is PanelState.CONSENSUS
        assert keys_seen(experts[2].id) == {FIRST}
        edit = Edit(panel_id, 1, 1, mark_of(consensus_on(1)), chair)
        with pytest.raises(OverError):
            recording.record_consensus(edit, consensus_on(1, reason="Better."))
        with pytest.raises(OverError):
            recording.record_position(edit, 1, Standpoint(0))
        with pytest.raises(OverError):
            recording.show_to_everybody(panel_id, 1, 2, by=chair)
        with pytest.raises(OverError):
            ratification.withdraw_signature(panel_id, 1, signer=chair)
    browser, item = browser_of(chair), f"/panels/{panel_id}/consensus/1/1"
    page = browser.get_page(item)
    assert "Nothing in it changes any more." in page.text
    assert not page.has_form_to(f"{item}/agreed")
    sent = {"consensus-kind": "dropped", "consensus-reason": "A late thought."}
    page = browser.post_page(f"{item}/agreed", sent, expect=409)
    assert "A late thought." in page.text
    assert "Nothing was recorded" in page.heading
    settle(app, panel_id, chair, SECOND, position=2)
    for signer in (experts[2], chair):
        sign(app, panel_id, signer, chair, position=2)
    with app.app_context():
        assert db.session.get_one(Panel, panel_id).state is PanelState.ENDED
        assert keys_seen(experts[2].id) == set(PRACTICE)


def test_whoever_vouches_for_a_panel_that_met_elsewhere_signs_beside_its_chair(
    app: Flask,
    panel_id: uuid.UUID,
    chair: Person,
    cleo: Person,
    ada: Person,
    browser_of: Browsers,
) -> None:
    """Its experts have no accounts: without the voucher nobody could be the second."""
    with app.app_context(), write_transaction() as session:
        panel = session.get_one(Panel, panel_id)
        panel.origin, panel.vouched_by_id = PanelOrigin.ELSEWHERE, cleo.id
        panel.vouching = "I sat in the room when they met."
        for seat in panel.seats:
            seat.person_id = None
    sign(app, panel_id, chair, chair)
    with pytest.raises(ObstacleError):
        sign(app, panel_id, ada, chair)
    browser = browser_of(cleo)
    address = f"/panels/{panel_id}/consensus/1/ratify"
    digest = digest_to_sign(app, panel_id, chair)
    browser.post_page(address, {"digest": digest, "confirmed": "y"} | reauthentication(app, cleo))
    assert "The ratified key" in browser.get_page(address).heading
    with app.app_context():
        row = db.session.scalars(select(PanelVignette).filter_by(panel_id=panel_id)).one()
        assert row.key_document_id is not None
        note = library.key_version(row.key_document_id).document.panel
        assert note is not None
        assert note.met_elsewhere
