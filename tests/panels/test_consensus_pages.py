"""Round two on its pages: who sees what, what is recorded, and what everybody looks at."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

import pytest
from flask import Flask
from sqlalchemy import select

from tests.pack import PRACTICE, canary, level
from tests.pages import PersonClient
from tests.panels.round_two import consensus_on, discussion_of, record, stand_at
from tests.panels.stories import authored_scores, make_experts, panel_canary, panel_in_round_two
from training.accounts.models import Person, Role
from training.audit.models import AuditEntry
from training.calibration.models import Purpose
from training.calibration.records import open_session
from training.database import db, write_transaction
from training.keys.models import KeySight
from training.panels.consensus.rules import ConsensusKind, Standpoint
from training.panels.models import Panel, PanelState

Browsers = Callable[[Person], PersonClient]
SLUG = PRACTICE[0]
ITEM = 3  # everybody gave 3, but Ilse 1
WIDE = authored_scores(SLUG) | {ITEM: 1}


@pytest.fixture
def experts(make_person: Callable[..., Person]) -> list[Person]:
    return make_experts(make_person)


@pytest.fixture
def chair(make_person: Callable[..., Person]) -> Person:
    """Noor, who has no seat."""
    return make_person("Noor", Role.EXPERT)


@pytest.fixture
def panel_id(app: Flask, experts: Sequence[Person], chair: Person) -> uuid.UUID:
    return panel_in_round_two(app, experts, chair=chair, scores={(5, SLUG): WIDE})


@pytest.fixture
def address(panel_id: uuid.UUID) -> str:
    return f"/panels/{panel_id}/consensus"


def agreed(**changes: object) -> dict[str, object]:
    """The chair's form, filled in."""
    values = {"kind": "score", "score": "3", "reason": "Her word comes back.", "evidence": "4, 16"}
    return {f"consensus-{name}": value for name, value in (values | changes).items()}


def form_of(page_html: PersonClient, address: str, prefix: str) -> str:
    """What a form says it started from, as its page holds it."""
    page = page_html.get_page(address)
    return str(page.soup.select_one(f"input[name={prefix}-started_from]")["value"])


def test_a_member_sees_the_item_with_every_reason_and_never_the_authored_key(
    browser_of: Browsers, experts: list[Person], address: str
) -> None:
    browser = browser_of(experts[0])
    page = browser.get_page(address)
    assert "Nobody has signed yet." in page.text
    page = browser.get_page(f"{address}/1/{ITEM}")
    assert page.heading == f"Item {ITEM}: Element number {ITEM}"
    for expert in experts:
        assert panel_canary(expert.name, SLUG, ITEM) in page.text
    assert "Expert 5 · Ilse" in page.text
    assert "2 points apart" in page.text
    for scale_point in range(5):
        assert f"Anchor {scale_point} of element {ITEM}." in page.text
    assert page.soup.select_one("#turn-3 .turn-mark-experts a[href='#expert-5']")
    assert not page.soup.select("input[type=radio]:checked")
    assert page.has_link_to(f"{address}/1/{ITEM + 1}")
    assert canary(SLUG, ITEM) not in page.html
    # An expert writes their own position only; what is agreed is the chair's to write.
    assert page.has_form_to(f"{address}/1/{ITEM}/positions/1")
    assert not page.has_form_to(f"{address}/1/{ITEM}/positions/2")
    assert not page.has_form_to(f"{address}/1/{ITEM}/agreed")
    browser.post_page(f"{address}/1/{ITEM}/positions/2", {"expert-2-rating": "3"}, expect=403)
    browser.post_page(f"{address}/1/{ITEM}/agreed", agreed(), expect=403)
    browser.post_page(f"{address}/1/{ITEM}/shown", expect=403)


def test_who_has_no_business_here_finds_nothing(
    app: Flask,
    browser_of: Browsers,
    stranger: PersonClient,
    ines: Person,
    tamar: Person,
    experts: list[Person],
    make_person: Callable[..., Person],
    panel_id: uuid.UUID,
    address: str,
) -> None:
    pages = [address, f"{address}/live", f"{address}/1/{ITEM}", f"{address}/1/ratify"]
    for page in pages:
        assert stranger.get_page(page, expect=302).location.startswith("/sign-in")
    for person, status in ((ines, 403), (tamar, 403), (make_person("Pia", Role.EXPERT), 404)):
        browser = browser_of(person)
        for page in pages:
            browser.get_page(page, expect=status)
    member = browser_of(experts[0])
    for page in ("/2/1", "/1/13", "/1/0", "/7/ratify"):
        member.get_page(f"{address}{page}", expect=404)
    with app.app_context(), write_transaction() as session:
        session.get_one(Panel, panel_id).state = PanelState.RATING
    for page in pages:  # round one is blind
        member.get_page(page, expect=404)


def test_a_certifier_looks_on_and_has_seen_the_key_by_that(
    app: Flask, browser_of: Browsers, cleo: Person, address: str
) -> None:
    browser = browser_of(cleo)
    page = browser.get_page(f"{address}/1/{ITEM}")
    assert not page.soup.select("main form")
    browser.get_page(f"{address}/1/{ITEM}")
    with app.app_context():
        sights = list(db.session.scalars(select(KeySight.vignette_slug)))
    assert sights == [SLUG]
    browser.post_page(f"{address}/1/{ITEM}/agreed", agreed(), expect=403)
    browser.post_page(f"{address}/1/ratify", expect=403)
    assert "You look on." in browser.get_page(f"{address}/1/ratify").text


def test_who_is_assessed_on_the_vignette_just_now_is_not_shown_what_the_others_gave(
    app: Flask, browser_of: Browsers, experts: list[Person], address: str
) -> None:
    """Emeka rates, too, and the vignette was drawn for him before he was seated."""
    with app.app_context():
        open_session(experts[0].id, SLUG, Purpose.CERTIFICATION)
    browser = browser_of(experts[0])
    for page in (address, f"{address}/1/{ITEM}", f"{address}/1/ratify"):
        answer = browser.get_page(page, expect=403)
        assert "Submit your rating first." in answer.text
        assert "sings" not in answer.html
    assert browser.get(f"{address}/live").status_code == 403


def test_who_may_yet_rate_the_vignette_alone_is_refused_or_asked_first(
    app: Flask,
    browser_of: Browsers,
    make_person: Callable[..., Person],
    experts: list[Person],
    chair: Person,
    address: str,
) -> None:
    """Uma administers, and is an expert, too."""
    uma = make_person("Uma", Role.EXPERT, Role.ADMINISTRATOR)
    browser = browser_of(uma)
    browser.get_page(f"{address}/live", expect=403)
    page = browser.get_page(f"{address}/1/{ITEM}")
    assert "you can sit on no panel about this vignette" in page.text
    assert "sings" not in page.html
    with app.app_context():
        assert db.session.scalars(select(KeySight)).all() == []
    other = panel_in_round_two(app, [uma, *experts[:2]], chair=chair)
    with app.app_context(), write_transaction() as session:
        session.get_one(Panel, other).state = PanelState.RATING
    page = browser.get_page(f"{address}/1/{ITEM}", expect=403)
    assert "You sit on a panel that is agreeing on this key." in page.text
    assert "sings" not in page.html
    browser.post_page(f"{address}/opening", expect=403)
    with app.app_context(), write_transaction() as session:
        session.get_one(Panel, other).state = PanelState.CANCELLED
    browser.post_page(f"{address}/opening")
    assert "You look on." in browser.get_page(address).text
    with app.app_context():
        assert db.session.scalars(select(KeySight.person_id)).all() == [uma.id]


def test_the_chair_settles_an_item(
    app: Flask,
    browser_of: Browsers,
    chair: Person,
    experts: list[Person],
    panel_id: uuid.UUID,
    address: str,
) -> None:
    browser = browser_of(chair)
    item = f"{address}/1/{ITEM}"
    started = {"consensus-started_from": form_of(browser, item, "consensus")}
    # Two points apart are no single score; what was typed stays in the form.
    page = browser.post_page(f"{item}/agreed", agreed() | started, expect=422)
    assert "The experts still stand 2 points apart" in page.errors
    assert "Her word comes back." in page.html
    assert page.soup.select_one("#consensus-score-3[checked]")
    # After discussion Ilse comes nearer; the chair writes it down for her.
    hers = {"expert-5-rating": "2", "expert-5-started_from": form_of(browser, item, "expert-5")}
    page = browser.post_page(f"{item}/positions/5", hers, follow=True)
    assert "1 in round one · 2 after discussion" in page.text
    page = browser.post_page(f"{item}/agreed", agreed() | started, follow=True)
    assert "Dissents: expert 5." in page.text
    assert "Expert 5 dissents. Write their reason" in page.text
    assert page.soup.select_one("#turn-4 .turn-mark-both")
    page = browser.get_page(address)
    assert "agreed 3" in page.text
    # She writes her reason herself.
    browser = browser_of(experts[4])
    hers = {
        "expert-5-rating": "2",
        "expert-5-reason": "Only once.",
        "expert-5-started_from": form_of(browser, item, "expert-5"),
    }
    page = browser.post_page(f"{item}/positions/5", hers, follow=True)
    assert "Why they dissent: Only once." in page.text
    assert discussion_of(app, panel_id, chair).items[ITEM].faults == ()
    with app.app_context():
        recorded = select(AuditEntry).filter_by(act="consensus recorded")
        lines = db.session.scalars(recorded.order_by(AuditEntry.sequence)).all()
    assert [(line.person_id, line.details) for line in lines] == [
        (chair.id, {"item": ITEM, "expert": 5}),
        (chair.id, {"item": ITEM}),
        (experts[4].id, {"item": ITEM, "expert": 5}),
    ]


FAULTS: tuple[tuple[dict[str, object], str], ...] = (
    ({"kind": ""}, "Choose what the panel agreed."),
    ({"kind": "maybe"}, "Choose one of these."),
    ({"kind": "band", "score": ""}, "Choose the score, or the lower score of the band."),
    ({"kind": "band", "score": "4"}, "5 is not on the scale."),
    ({"kind": "band", "score": "7"}, "Choose one of these."),
    ({"kind": "band", "score": "2", "evidence": "4; x"}, "“x” is no turn number."),
    ({"kind": "band", "score": "2", "evidence": "27"}, "There is no turn 27."),
    ({"kind": "band", "score": "2", "evidence": ""}, "Name the evidence"),
    ({"kind": "dropped", "reason": " "}, "Write the reason"),
    ({"kind": "dropped", "reason": "As in (30)."}, "cites 30 in brackets"),
    ({"kind": "dropped", "reason": "x" * 5001}, "Write at most 5,000 characters."),
)


def test_what_cannot_be_agreed_is_said_at_its_field(
    app: Flask, browser_of: Browsers, chair: Person, panel_id: uuid.UUID, address: str
) -> None:
    browser = browser_of(chair)
    item = f"{address}/1/{ITEM}"
    started = {"consensus-started_from": form_of(browser, item, "consensus")}
    for changes, error in FAULTS:
        page = browser.post_page(f"{item}/agreed", agreed(**changes) | started, expect=422)
        assert error in page.errors
        typed = changes.get("evidence", changes.get("reason", "Her word comes back."))
        assert str(typed).strip() in page.html
    assert discussion_of(app, panel_id, chair).items[ITEM].consensus is None


def test_a_position_is_a_score_or_not_rateable(
    app: Flask, browser_of: Browsers, chair: Person, panel_id: uuid.UUID, address: str
) -> None:
    browser, item = browser_of(chair), f"{address}/1/{ITEM}"
    for given, error in (("", "Choose a score, or not rateable."), ("9", "Choose one of these.")):
        sent = {"expert-2-rating": given, "expert-2-reason": "A thought."}
        page = browser.post_page(f"{item}/positions/2", sent, expect=422)
        assert error in page.errors
        assert "A thought." in page.html
    browser.post_page(f"{item}/positions/6", {"expert-6-rating": "3"}, expect=404)
    stand_at(app, panel_id, chair, ITEM, {2: Standpoint(None, "We do not hear her.")})
    page = browser.get_page(item)
    assert "3 in round one · NR after discussion" in page.text
    assert "some score it, others hold it not rateable" in page.text


def test_two_versions_are_shown_and_nothing_is_lost(
    app: Flask, browser_of: Browsers, chair: Person, panel_id: uuid.UUID, address: str
) -> None:
    """Noor has the item open in two windows."""
    browser, item = browser_of(chair), f"{address}/1/1"
    score = level(SLUG, 1)
    started = {"consensus-started_from": form_of(browser, item, "consensus")}
    record(app, panel_id, chair, 1, consensus_on(1, reason="From the other window."))
    mine = agreed(kind="dropped", reason="From this one.", score="") | started
    page = browser.post_page(f"{item}/agreed", mine, expect=409)
    assert page.heading == "Two versions of item 1"
    assert "From this one." in page.text
    assert "From the other window." in page.text
    kept = page.soup.select_one(f"form[action='{item}/agreed']")
    again = {field["name"]: field.get("value", field.get_text()) for field in kept.select("[name]")}
    browser.post_page(f"{item}/agreed", again)
    entry = discussion_of(app, panel_id, chair).items[1]
    assert entry.consensus is not None
    assert entry.consensus.reason == "From this one."
    assert entry.consensus.kind is ConsensusKind.DROPPED
    # The same again from an old window is the retry of an edit whose answer was lost.
    browser.post_page(f"{item}/agreed", mine, expect=302)
    # Positions are held apart: what others write does not stand in anybody's way.
    first, second = (form_of(browser, item, f"expert-{place}") for place in (1, 2))
    for place, started_from in ((1, first), (2, second)):
        sent = {f"expert-{place}-rating": str(score), f"expert-{place}-started_from": started_from}
        browser.post_page(f"{item}/positions/{place}", sent)
    sent = {"expert-1-rating": "0", "expert-1-started_from": first}
    page = browser.post_page(f"{item}/positions/1", sent, expect=409)
    assert page.has_form_to(f"{item}/positions/1")


def test_an_edit_that_does_not_say_what_it_started_from_overwrites_nothing(
    app: Flask, browser_of: Browsers, chair: Person, panel_id: uuid.UUID, address: str
) -> None:
    browser, item = browser_of(chair), f"{address}/1/1"
    record(app, panel_id, chair, 1, consensus_on(1, reason="Hers."))
    stand_at(app, panel_id, chair, 1, {2: Standpoint(None, "We do not hear her.")})
    unmarked = agreed(kind="dropped", reason="From nowhere.", score="")
    page = browser.post_page(f"{item}/agreed", unmarked, expect=409)
    assert page.heading == "Two versions of item 1"
    page = browser.post_page(f"{item}/positions/2", {"expert-2-rating": "0"}, expect=409)
    assert page.has_form_to(f"{item}/positions/2")
    entry = discussion_of(app, panel_id, chair).items[1]
    assert entry.consensus is not None
    assert entry.consensus.reason == "Hers."
    assert entry.find_expert(2).position == Standpoint(None, "We do not hear her.")


def test_everybody_is_told_where_the_panel_is(
    browser_of: Browsers, chair: Person, experts: list[Person], address: str
) -> None:
    browser, hers = browser_of(chair), browser_of(experts[1])
    before = hers.get(f"{address}/live")
    assert (before.json["position"], before.json["item"]) == (None, None)
    tag = before.headers["ETag"]
    page = hers.get_page(f"{address}/1/2")
    assert page.soup.select_one("[data-news][aria-live=polite]")
    assert page.soup.select_one("#live")["data-live-address"] == f"{address}/live"
    assert not page.soup.select_one("#follow-chair[checked]")
    assert page.has_link_to(f"{address}/1/2")  # without the script
    same = hers.get(f"{address}/live", headers={"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")
    compressed = {"If-None-Match": f'{tag[:-1]}:gzip"'}
    assert hers.get(f"{address}/live", headers=compressed).status_code == 304
    page = browser.post_page(f"{address}/1/{ITEM}/shown", follow=True)
    assert "The panel is at this item." in page.text
    now = hers.get(f"{address}/live", headers={"If-None-Match": tag})
    assert now.status_code == 200
    assert now.json["address"] == f"{address}/1/{ITEM}"
    assert now.json["title"] == f"The story of {SLUG}"
    assert now.json["states"]["1"][str(ITEM)] == "open"
    assert now.json["revision"] == before.json["revision"] + 1
    assert "sings" not in now.text
    assert hers.get_page(f"{address}/1/2").has_link_to(f"{address}/1/{ITEM}")
