"""The item a panel is at: what stands beside it, what is filled in, and two versions of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

import pytest
from flask import Flask

from tests.pack import ITEMS, PRACTICE
from tests.pages import Page, PersonClient
from tests.panels.round_two import NOTHING, consensus_on, discussion_of, record, stand_at
from tests.panels.stories import authored_scores, make_experts, panel_in_round_two
from training.accounts.models import Person, Role
from training.database import write_transaction
from training.panels.consensus.rules import Consensus, ConsensusKind, Standpoint, mark_of
from training.panels.models import PanelRating, PanelSeat

Browsers = Callable[[Person], PersonClient]
SLUG = PRACTICE[0]
ITEM = 3  # everybody gave 3, but Ilse 2
NEARLY = authored_scores(SLUG) | {ITEM: 2}
BAND = Consensus(ConsensusKind.BAND, 2, 3, "Between the two.", (4, 5, 6, 16))


@pytest.fixture
def experts(make_person: Callable[..., Person]) -> list[Person]:
    return make_experts(make_person)


@pytest.fixture
def chair(make_person: Callable[..., Person]) -> Person:
    """Noor, who has no seat."""
    return make_person("Noor", Role.EXPERT)


@pytest.fixture
def panel_id(app: Flask, experts: Sequence[Person], chair: Person) -> uuid.UUID:
    return panel_in_round_two(app, experts, chair=chair, scores={(5, SLUG): NEARLY})


@pytest.fixture
def address(panel_id: uuid.UUID) -> str:
    return f"/panels/{panel_id}/consensus/1"


def chosen_in(page: Page, prefix: str) -> dict[str, str]:
    """What is ticked and typed in a form, by field."""
    ticked = {
        str(field["name"]): str(field["value"])
        for field in page.soup.select(f"input[type=radio][name^={prefix}-]:checked")
    }
    typed = {
        str(field["name"]): str(field.get("value", "")) or field.get_text(strip=True)
        for field in page.soup.select(
            f"input[type=text][name^={prefix}-], textarea[name^={prefix}-]"
        )
    }
    return {name.removeprefix(f"{prefix}-"): value for name, value in (ticked | typed).items()}


def versions(page: Page) -> list[list[str]]:
    rows = page.soup.select("table.versions tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in rows]


def test_the_way_leads_from_the_first_item_to_the_last_and_then_to_the_signature(
    browser_of: Browsers, chair: Person, address: str
) -> None:
    browser = browser_of(chair)
    first, last = (browser.get_page(f"{address}/{item}") for item in (ITEMS[0], ITEMS[-1]))
    assert "Previous item" not in first.text
    assert "Next item: 2" in first.text
    assert not first.has_link_to(f"{address}/ratify")
    between = browser.get_page(f"{address}/2")
    assert between.has_link_to(f"{address}/1")
    assert between.has_link_to(f"{address}/3")
    assert "Previous item: 11" in last.text
    assert "Next item" not in last.text
    assert last.has_link_to(f"{address}/ratify")
    for beyond in (0, 13):
        browser.get_page(f"{address}/{beyond}", expect=404)


def test_what_was_recorded_is_filled_in_and_marked_beside_its_turns(
    app: Flask, browser_of: Browsers, chair: Person, panel_id: uuid.UUID, address: str
) -> None:
    """Experts rest item 3 on turns 3 and 15; the consensus rests on others, and on one of them."""
    browser = browser_of(chair)
    assert chosen_in(browser.get_page(f"{address}/{ITEM}"), "consensus") == {
        "reason": "", "evidence": "",
    }  # fmt: skip
    turns = (3, 4, 5, 6)
    record(app, panel_id, chair, ITEM, Consensus(ConsensusKind.BAND, 2, 3, "Both fit.", turns))
    page = browser.get_page(f"{address}/{ITEM}")
    assert chosen_in(page, "consensus") == {
        "kind": "band", "score": "2", "reason": "Both fit.", "evidence": "3, 4, 5, 6",
    }  # fmt: skip
    marks = {
        turn: [
            mark.get_text(" ", strip=True) for mark in page.soup.select(f"#turn-{turn} .turn-mark")
        ]
        for turn in (3, 4, 15, 16)
    }
    assert [len(marks[turn]) for turn in (3, 4, 15, 16)] == [2, 1, 1, 0]
    assert "consensus" in marks[4][0]
    assert "consensus" not in marks[15][0]
    experts_at = [link.get_text(strip=True) for link in page.soup.select("#turn-15 a")]
    assert experts_at[-5:] == ["1", "2", "3", "4", "5"]
    # Sent back as it is filled in, it changes nothing.
    sent = {f"consensus-{name}": value for name, value in chosen_in(page, "consensus").items()}
    stored = discussion_of(app, panel_id, chair).items[ITEM].consensus
    browser.post_page(
        f"{address}/{ITEM}/agreed", sent | {"consensus-started_from": mark_of(stored)}
    )
    assert discussion_of(app, panel_id, chair).items[ITEM].consensus == stored


def test_a_position_is_filled_in_once_it_is_taken(
    app: Flask, browser_of: Browsers, chair: Person, panel_id: uuid.UUID, address: str
) -> None:
    browser = browser_of(chair)
    assert "rating" not in chosen_in(browser.get_page(f"{address}/{ITEM}"), "expert-5")
    stand_at(
        app, panel_id, chair, ITEM, {4: Standpoint(None, "We do not hear her."), 5: Standpoint(0)}
    )
    page = browser.get_page(f"{address}/{ITEM}")
    assert chosen_in(page, "expert-4") == {"rating": "NR", "reason": "We do not hear her."}
    assert chosen_in(page, "expert-5") == {"rating": "0", "reason": ""}
    assert "rating" not in chosen_in(page, "expert-1")


def test_two_versions_of_what_was_agreed_stand_field_by_field(
    app: Flask, browser_of: Browsers, chair: Person, panel_id: uuid.UUID, address: str
) -> None:
    record(app, panel_id, chair, ITEM, BAND)
    blank = {"consensus-started_from": NOTHING, "consensus-reason": "", "consensus-evidence": ""}
    sent = blank | {"consensus-kind": "dropped", "consensus-reason": "We could not agree."}
    page = browser_of(chair).post_page(f"{address}/{ITEM}/agreed", sent, expect=409)
    assert versions(page) == [
        ["Agreed", "dropped", "2–3"],
        ["Reason", "We could not agree.", "Between the two."],
        ["Evidence turns", "–", "4–6, 16"],
    ]
    record(app, panel_id, chair, ITEM, Consensus(ConsensusKind.DROPPED, reason="So."))
    mine = blank | {"consensus-kind": "score", "consensus-score": "3", "consensus-evidence": "4"}
    page = browser_of(chair).post_page(f"{address}/{ITEM}/agreed", mine, expect=409)
    assert versions(page) == [
        ["Agreed", "3", "dropped"],
        ["Reason", "–", "So."],
        ["Evidence turns", "4", "–"],
    ]


def test_two_versions_of_a_position_stand_beside_each_other(
    app: Flask,
    browser_of: Browsers,
    experts: list[Person],
    chair: Person,
    panel_id: uuid.UUID,
    address: str,
) -> None:
    stand_at(app, panel_id, chair, ITEM, {5: Standpoint(None, "We do not hear her.")})
    hers = browser_of(experts[4])
    sent = {"expert-5-rating": "2", "expert-5-reason": "", "expert-5-started_from": NOTHING}
    page = hers.post_page(f"{address}/{ITEM}/positions/5", sent, expect=409)
    assert versions(page) == [
        ["Position", "2", "NR"],
        ["Reason for dissenting", "–", "We do not hear her."],
    ]
    entry = discussion_of(app, panel_id, chair).items[ITEM].find_expert(5)
    assert entry is not None
    assert entry.position == Standpoint(None, "We do not hear her.")


def test_an_expert_who_did_not_rate_the_item_is_named_and_does_not_count(
    app: Flask, browser_of: Browsers, chair: Person, panel_id: uuid.UUID, address: str
) -> None:
    """Ilse's rating of the vignette was never in: the others are four, and agree."""
    with app.app_context(), write_transaction() as session:
        ilse = session.query(PanelSeat).filter_by(panel_id=panel_id, place=5).one()
        session.query(PanelRating).filter_by(seat_id=ilse.id).delete()
    browser = browser_of(chair)
    page = browser.get_page(f"{address}/{ITEM}")
    assert "Expert 5, Ilse, did not rate this item independently" in page.text
    assert "all the same" in page.text
    browser.post_page(f"{address}/{ITEM}/positions/5", {"expert-5-rating": "0"}, expect=404)
    discussion = discussion_of(app, panel_id, chair)
    assert discussion.experts == 4
    assert [expert.seat.place for expert in discussion.items[ITEM].experts] == [1, 2, 3, 4]
    record(app, panel_id, chair, ITEM, consensus_on(ITEM))
    entry = discussion_of(app, panel_id, chair).items[ITEM]
    assert (entry.faults, entry.dissenting_places) == ((), ())


def test_who_dissents_is_told_at_the_item_until_their_reason_is_there(
    app: Flask, browser_of: Browsers, chair: Person, panel_id: uuid.UUID, address: str
) -> None:
    record(app, panel_id, chair, ITEM, consensus_on(ITEM))
    entry = discussion_of(app, panel_id, chair).items[ITEM]
    assert entry.dissenting_places == (5,)
    told = "Expert 5 dissents. Write their reason at their position."
    browser = browser_of(chair)
    assert told in browser.get_page(f"{address}/{ITEM}").text
    assert f"Item {ITEM}: {told}" in browser.get_page(f"{address}/ratify").text
    stand_at(app, panel_id, chair, ITEM, {5: Standpoint(2, "I hear it as an echo.")})
    assert told not in browser.get_page(f"{address}/{ITEM}").text
    entry = discussion_of(app, panel_id, chair).items[ITEM]
    assert (entry.faults, entry.dissenting_places) == ((), (5,))
