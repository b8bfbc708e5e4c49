"""Whoever belongs to a panel sees how far its experts agree, once nobody rates alone any more."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from tests.pack import CERTIFICATION, PRACTICE
from tests.pages import PersonClient
from tests.panels.stories import (
    EXPERTS,
    authored_scores,
    make_experts,
    panel_canary,
    panel_in_round_two,
)
from training.accounts.models import Person, Role
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.database import db, write_transaction
from training.keys.sights import keys_seen
from training.panels.models import (
    Assignment,
    ConsensusItem,
    ConsensusKind,
    Panel,
    PanelSeat,
    PanelState,
    PanelVignette,
    Position,
)

Browser = Callable[[Person], PersonClient]
Maker = Callable[..., Person]


@pytest.fixture
def experts(make_person: Maker) -> list[Person]:
    return make_experts(make_person)


@pytest.fixture
def panel_id(app: Flask, experts: list[Person]) -> uuid.UUID:
    """Emeka chairs; Ilse, at place five, is far from the others; item 4 of one is not rateable."""
    far = {item: 4 - (score or 0) for item, score in authored_scores(PRACTICE[0]).items()}
    other = {item: 4 - (score or 0) for item, score in authored_scores(PRACTICE[1]).items()}
    scores = {(5, PRACTICE[0]): far, (5, PRACTICE[1]): other | {4: None}}
    return panel_in_round_two(app, experts, chair=experts[0], slugs=PRACTICE, scores=scores)


def change_panel(app: Flask, panel_id: uuid.UUID, **values: object) -> None:
    with app.app_context(), write_transaction() as session:
        panel = session.get_one(Panel, panel_id)
        for name, value in values.items():
            setattr(panel, name, value)


def test_an_expert_reads_the_figures_in_words_and_pictures(
    app: Flask, experts: list[Person], panel_id: uuid.UUID, browser_of: Browser
) -> None:
    page = browser_of(experts[1]).get_page(f"/panels/{panel_id}/agreement")
    assert "5 experts, 2 vignettes, 120 ratings" in page.text
    assert page.soup.select_one("nav [aria-current=page]").get_text() == "Panels"  # type: ignore[union-attr]
    low = [row for row in page.soup.select("section tbody tr") if "low agreement" in row.text]
    assert [row.th.get_text(strip=True) for row in low if row.th] == ["Expert 5, Ilse"]
    assert "under 80%" in low[0].text
    assert "provisional" in page.text
    assert page.soup.select("#overall-chart svg[role=img]")
    assert len(page.soup.select("#spread-1 .chart-rows svg[role=img]")) == 12
    described = [element.get_text() for element in page.soup.select("#spread-2 desc")]
    assert "Expert 5: NR" in described[3]
    assert "Fewer than two" not in page.text
    # Everybody else gave what the key says, but the key itself, and reasons, are not here.
    assert "canary" not in page.html
    figures = browser_of(experts[1]).get(f"/panels/{panel_id}/agreement.json").get_json()
    assert [expert["low"] for expert in figures["experts"]] == [
        [], [], [], [], ["within-one", "kappa"],
    ]  # fmt: skip
    assert figures["items"][3]["not_rateable"] == 1


def test_one_vignette_says_why_intervals_and_items_have_no_figures(
    app: Flask, experts: list[Person], browser_of: Browser
) -> None:
    panel_id = panel_in_round_two(app, experts, chair=experts[0])
    page = browser_of(experts[0]).get_page(f"/panels/{panel_id}/agreement")
    assert "Without an interval because an interval needs at least two vignettes." in page.text
    assert "Not computable because" in page.text
    assert "Same score:" in page.text


def test_what_experts_agree_on_in_other_ways_than_by_a_score_is_said(
    app: Flask, experts: list[Person], browser_of: Browser
) -> None:
    """Nobody could rate item 1, and only Emeka item 2; Ilse gave item 3 one point less."""
    slug = PRACTICE[0]
    scores = {
        (place, slug): authored_scores(slug)
        | {1: None, 2: 2 if place == 1 else None, 3: 2 if place == 5 else 3}
        for place in range(1, 6)
    }
    panel_id = panel_in_round_two(app, experts, chair=experts[0], scores=scores)
    page = browser_of(experts[0]).get_page(f"/panels/{panel_id}/agreement")
    assert page.text.count("Fewer than two experts found it rateable.") == 2
    assert page.text.count("Never more than one point apart.") == 1
    assert page.text.count("Whoever gave a score gave the same.") == 9
    assert "All: not rateable" in page.text
    assert "Same score: 2; 4 not rateable" in page.text
    assert "2 to 3, range 1" in page.text


def test_experts_who_differ_as_much_as_chance_would_are_not_told_of_a_share(
    app: Flask, experts: list[Person], browser_of: Browser
) -> None:
    """Each item gets every score of the scale once, from another expert each time."""
    slug = PRACTICE[0]
    scores = {
        (place, slug): {item: (item * item + place) % 5 for item in authored_scores(slug)}
        for place in range(1, 6)
    }
    panel_id = panel_in_round_two(app, experts, chair=experts[0], scores=scores)
    page = browser_of(experts[0]).get_page(f"/panels/{panel_id}/agreement")
    same = "Ratings of the same thing differ as much as ratings of different things."
    assert page.text.count(same) == 2
    assert "Of the differences between" not in page.text


def test_nobody_looks_while_experts_still_rate_alone(
    app: Flask, experts: list[Person], panel_id: uuid.UUID, cleo: Person, browser_of: Browser
) -> None:
    change_panel(app, panel_id, state=PanelState.RATING, rating_closed_at=None)
    for person in (experts[0], experts[4], cleo):
        for end in ("agreement", "agreement.json", "ratings.csv"):
            page = browser_of(person).get_page(f"/panels/{panel_id}/{end}", expect=403)
            assert "Round one is still open" in page.text
            assert "panel-canary" not in page.html
    change_panel(app, panel_id, state=PanelState.CANCELLED)
    page = browser_of(cleo).get_page(f"/panels/{panel_id}/agreement", expect=403)
    assert "cancelled" in page.text


def test_who_rates_a_vignette_on_another_panel_sees_nothing_of_it_here(
    app: Flask, experts: list[Person], panel_id: uuid.UUID, make_person: Maker, browser_of: Browser
) -> None:
    """Cleo certifies and is an expert too: she may read every panel, but not this one now."""
    cleo = make_person("Cleo", Role.CERTIFIER, Role.EXPERT)
    second = panel_in_round_two(app, [cleo, *experts[:2]], chair=experts[0])
    change_panel(app, second, state=PanelState.RATING, rating_closed_at=None)
    with app.app_context(), write_transaction() as session:
        vignette = session.query(PanelVignette).filter_by(panel_id=second).one()
        seat = session.query(PanelSeat).filter_by(panel_id=second, place=1).one()
        session.add(Assignment(seat_id=seat.id, panel_vignette_id=vignette.id))
    for end in ("agreement", "agreement.json", "ratings.csv"):
        page = browser_of(cleo).get_page(f"/panels/{panel_id}/{end}", expect=403)
        assert "You sit on a panel that is agreeing on this key" in page.text
    with app.app_context():
        assert keys_seen(cleo.id) == frozenset()
    # Somebody who may yet be asked to rate it chooses first whether to see it.
    dora = make_person("Dora", Role.CERTIFIER, Role.EXPERT)
    page = browser_of(dora).get_page(f"/panels/{panel_id}/agreement")
    assert "Once you have, you can sit on no panel about this vignette" in page.text
    assert "Gwet" not in page.text


def test_it_opens_for_the_panel_and_those_who_oversee_it_and_is_noted(
    app: Flask,
    experts: list[Person],
    panel_id: uuid.UUID,
    make_person: Maker,
    ines: Person,
    tamar: Person,
    ada: Person,
    browser_of: Browser,
    stranger: PersonClient,
) -> None:
    pages = ("agreement", "agreement.json", "ratings.csv", "codebook.csv")
    other = make_person("Juno", Role.EXPERT)
    for end in pages:
        address = f"/panels/{panel_id}/{end}"
        assert stranger.get_page(address, expect=302).location.startswith("/sign-in")
        browser_of(ines).get_page(address, expect=403)
        browser_of(tamar).get_page(address, expect=403)
        browser_of(other).get_page(address, expect=404)
        browser_of(experts[0]).get_page(f"/panels/{uuid.uuid4()}/{end}", expect=404)
    browser_of(ada).get_page(f"/panels/{panel_id}/agreement")
    with app.app_context():
        # Whoever saw what the key will be made of rates these vignettes independently no more.
        assert keys_seen(ada.id) == set(PRACTICE)


def test_the_ratings_leave_as_a_file_without_names_and_the_trail_knows(
    app: Flask, experts: list[Person], panel_id: uuid.UUID, browser_of: Browser
) -> None:
    chair = experts[0]
    with app.app_context(), write_transaction() as session:
        vignette = session.query(PanelVignette).filter_by(panel_id=panel_id, position=1).one()
        seat = session.query(PanelSeat).filter_by(panel_id=panel_id, place=5).one()
        common = {"panel_vignette_id": vignette.id, "item_number": 1}
        session.add(
            Position(**common, seat_id=seat.id, score=3, is_not_rateable=False,
                     reason="=SUM(A1)", changed_by_id=chair.id)
        )  # fmt: skip
        session.add(
            ConsensusItem(**common, kind=ConsensusKind.BAND, lowest=3, highest=4,
                          reason="Both fit.", recorded_by_id=chair.id)
        )  # fmt: skip
    response = browser_of(chair).get(f"/panels/{panel_id}/ratings.csv")
    assert response.is_streamed
    assert "attachment" in response.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))
    assert len(rows) == 5 * 2 * 12
    moved = next(row for row in rows if row["expert"] == "Expert 5")
    assert (moved["vignette"], moved["item"]) == (PRACTICE[0], "1")
    assert moved["item_name"] == "Element number 1"
    assert (moved["rating"], moved["position"], moved["consensus"]) == ("1", "3", "3 or 4")
    assert moved["position_reason"] == "'=SUM(A1)"
    assert moved["reason"] == panel_canary("Ilse", PRACTICE[0], 1)
    assert moved["evidence"] == "1 13"
    assert rows[1]["position"] == rows[1]["rating"]
    assert rows[1]["consensus"] == ""
    assert not {row["expert"] for row in rows} & set(EXPERTS)
    with app.app_context():
        line = db.session.query(AuditEntry).filter_by(act=Act.DATA_EXPORTED.value).one()
        assert (line.person_id, line.subject) == (chair.id, f"panel {panel_id}")


def test_the_codebook_describes_every_column_on_a_page_and_in_a_file(
    experts: list[Person], panel_id: uuid.UUID, browser_of: Browser
) -> None:
    browser = browser_of(experts[2])
    header = browser.get(f"/panels/{panel_id}/ratings.csv").get_data(as_text=True).split("\r\n")[0]
    page = browser.get_page("/panels/codebook")
    named = [cell.get_text(strip=True) for cell in page.soup.select("tbody th")]
    assert named == header.split(",")
    file = browser.get(f"/panels/{panel_id}/codebook.csv").get_data(as_text=True)
    assert [row["column"] for row in csv.DictReader(io.StringIO(file))] == named


def test_whatever_was_given_and_agreed_is_a_word_in_the_file(
    app: Flask, experts: list[Person], browser_of: Browser
) -> None:
    """Item 10 of this vignette is not rateable; the panel agrees in each of the four ways."""
    slug = CERTIFICATION[6]
    panel_id = panel_in_round_two(app, experts[:3], chair=experts[0], slugs=(slug, PRACTICE[0]))
    agreed = {
        1: (ConsensusKind.SCORE, 2, 2),
        2: (ConsensusKind.BAND, 0, 1),
        9: (ConsensusKind.NOT_RATEABLE, None, None),
        10: (ConsensusKind.DROPPED, None, None),
    }
    with app.app_context(), write_transaction() as session:
        vignette = session.query(PanelVignette).filter_by(panel_id=panel_id, position=1).one()
        freya = session.query(PanelSeat).filter_by(panel_id=panel_id, place=2).one()
        session.add_all(
            ConsensusItem(panel_vignette_id=vignette.id, item_number=item, kind=kind, lowest=lowest,
                          highest=highest, reason="So.", recorded_by_id=experts[0].id)
            for item, (kind, lowest, highest) in agreed.items()
        )  # fmt: skip
        session.add_all(
            Position(panel_vignette_id=vignette.id, seat_id=freya.id, item_number=item, score=score,
                     is_not_rateable=score is None, reason="", changed_by_id=experts[0].id)
            for item, score in ((9, None), (10, 0))
        )  # fmt: skip
    text = browser_of(experts[1]).get(f"/panels/{panel_id}/ratings.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    cells = [(row["vignette"], row["expert"], int(row["item"])) for row in rows]
    assert cells == [
        (rated, f"Expert {place}", item)
        for rated in (slug, PRACTICE[0])
        for place in (1, 2, 3)
        for item in range(1, 13)
    ]
    emekas, freyas = rows[:12], rows[12:24]
    assert {row["item"]: row["consensus"] for row in emekas if row["consensus"]} == {
        "1": "2", "2": "0 or 1", "9": "NR", "10": "dropped",
    }  # fmt: skip
    assert {row["consensus"] for row in rows if row["vignette"] == PRACTICE[0]} == {""}
    given = [(row["rating"], row["position"]) for row in freyas[8:11]]
    assert given == [("4", "NR"), ("NR", "0"), ("2", "2")]
    assert [(row["rating"], row["position"]) for row in emekas[8:11]] == [
        ("4", "4"), ("NR", "NR"), ("2", "2"),
    ]  # fmt: skip
    assert {row["panel"] for row in rows} == {"Spring panel"}
