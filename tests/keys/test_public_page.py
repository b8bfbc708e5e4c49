"""The public page on keys: whose word they are, in counts and figures, and never what they say."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update

from tests.keys.contest_stories import contested, seat_panel
from tests.pack import CERTIFICATION, INSTRUMENT, ITEMS, PRACTICE, canary, level
from tests.pages import PersonClient
from tests.panels.round_two import settle, sign, stand_at
from tests.panels.stories import authored_scores, make_experts, panel_canary, panel_in_round_two
from training.accounts.models import Person, Role
from training.accounts.records import grant_role, withdraw_role
from training.database import write_transaction
from training.keys.contests import acts as contest_acts
from training.keys.contests.acts import stamp_of
from training.keys.models import ContestOutcome, KeyChange
from training.keys.public import records as public_records
from training.keys.public.facts import ItemCounts, Settling, item_counts, settling
from training.library import records as library
from training.library.models import CurrentDocument, DocumentKind
from training.library.schema import Key, KeyStatus, Pool
from training.panels.consensus.rules import Standpoint
from training.panels.models import Panel, PanelOrigin, PanelState

SLUG = PRACTICE[0]


def ratified_panel(
    app: Flask, make_person: Callable[..., Person], *, facts: dict[str, object], in_use: bool = True
) -> list[Person]:
    """Five experts ratify the key of the first vignette; one is talked out of a 3 on item 4."""
    experts = make_experts(make_person)
    scores = {(5, SLUG): authored_scores(SLUG) | {4: 3}}
    panel_id = panel_in_round_two(app, experts, chair=experts[0], scores=scores)
    stand_at(app, panel_id, experts[0], 4, {5: Standpoint(1)})
    settle(app, panel_id, experts[0])
    for signer in experts[:2]:
        sign(app, panel_id, signer, experts[0])
    with app.app_context(), write_transaction() as session:
        session.execute(update(Panel).values(facts))
        panel = session.get_one(Panel, panel_id)
        if in_use:
            _put_in_use(panel.vignettes[0].key_document_id, by=experts[0])
    return experts


def _put_in_use(key_id: uuid.UUID | None, *, by: Person) -> None:
    assert key_id is not None
    with write_transaction() as session:
        row = session.get_one(CurrentDocument, (DocumentKind.KEY, SLUG))
        session.add(
            KeyChange(
                vignette_slug=SLUG,
                from_document_id=row.document_id,
                to_document_id=key_id,
                put_in_use_by_id=by.id,
                reason="A panel has agreed.",
            )
        )
        row.document_id = key_id


def assert_tells_no_key(text: str, experts: list[Person]) -> None:
    """Neither a key's reason, nor a title of a certification vignette, nor an expert's name."""
    for slug in (*PRACTICE, *CERTIFICATION):
        assert f"The story of {slug}" not in text
        assert slug not in text
        assert not [item for item in ITEMS if canary(slug, item) in text]
    for expert in experts:
        assert expert.name not in text
        assert panel_canary(expert.name, SLUG, 4) not in text


def test_before_any_panel_the_page_says_that_every_key_is_the_authors_own(
    stranger: PersonClient,
) -> None:
    page = stranger.get_page("/keys")
    assert page.heading == "How the keys were made"
    assert "14 keys are in use; 0 of them were ratified by panels." in page.text
    assert "Practice 2 0" in page.text
    assert "Certification 8 0" in page.text
    assert "there is no agreement of experts to report" in page.text
    assert "No rater has contested a key of this instrument." in page.text
    assert_tells_no_key(page.html, [])
    assert stranger.get_page("/about").has_link_to("/keys")
    said = stranger.get("/keys.json").get_json()["instruments"][0]
    assert said["agreement_before_discussion"] is None
    assert said["panels"] == []


def test_a_ratified_key_shows_its_panel_how_it_agreed_and_what_came_after(
    app: Flask,
    make_person: Callable[..., Person],
    stranger: PersonClient,
    ines: Person,
    cleo: Person,
) -> None:
    elsewhere: dict[str, object] = {
        "origin": PanelOrigin.ELSEWHERE,
        "vouched_by_id": cleo.id,
    }
    experts = ratified_panel(app, make_person, facts=elsewhere)
    with app.app_context():
        contested(ines)
    page = stranger.get_page("/keys")
    assert "1 of them was ratified by a panel." in page.text
    assert "Practice 1 1" in page.text
    assert "elsewhere; a certifier of this service vouches for it" in page.text
    assert "Cleo" not in page.text
    assert "Krippendorff's alpha, ordinal" in page.text
    assert "Settled by talking 1 item" in page.text
    assert "Raters have contested an item 1 time." in page.text
    assert "replaced by a new version 1 time." in page.text
    assert_tells_no_key(page.html, experts)

    text = stranger.get("/keys.json").get_data(as_text=True)
    assert_tells_no_key(text, experts)
    said = json.loads(text)["instruments"][0]
    assert said["instrument"]["slug"] == INSTRUMENT
    assert [(one["experts"], one["ratified"], one["vouched_as"]) for one in said["panels"]] == [
        (5, 1, "certifier")
    ]
    assert said["settled"] == {"at_once": 11, "discussed": 1, "dissenting": 0}
    agreement = said["agreement_before_discussion"]
    assert agreement["panel_sizes"] == [5]
    assert 0.9 < agreement["figures"]["all_exact"]["value"] < 1.0
    assert agreement["figures"]["alpha_ordinal"]["value"] is not None
    with app.app_context():
        (summary,) = public_records.summaries()
        assert (summary.keys, summary.ratified) == (14, 1)


def test_a_demonstration_panel_stands_apart_and_counts_nowhere_else(
    app: Flask, make_person: Callable[..., Person], stranger: PersonClient
) -> None:
    ratified_panel(app, make_person, facts={"is_demonstration": True}, in_use=False)
    page = stranger.get_page("/keys")
    assert "Their experts are simulated." in page.text
    assert "Panel 1 demonstration" in page.text
    assert "No panel has ratified a key of this instrument yet" in page.text
    said = stranger.get("/keys.json").get_json()["instruments"][0]
    assert said["panels"] == []
    assert len(said["demonstration"]["panels"]) == 1
    assert {count["pool"]: count["authored"] for count in said["pools"]} == {
        Pool.PRACTICE: 2,
        Pool.CERTIFICATION: 8,
        Pool.EXCERPT: 4,
    }


def test_a_key_of_a_demonstration_panel_that_is_in_use_is_counted_apart(
    app: Flask, make_person: Callable[..., Person], stranger: PersonClient
) -> None:
    experts = make_experts(make_person)
    panel_id = panel_in_round_two(app, experts, chair=experts[0])
    with app.app_context(), write_transaction() as session:
        session.get_one(Panel, panel_id).is_demonstration = True
    settle(app, panel_id, experts[0])
    for signer in experts[:2]:
        sign(app, panel_id, signer, experts[0])
    with app.app_context(), write_transaction() as session:
        panel = session.get_one(Panel, panel_id)
        _put_in_use(panel.vignettes[0].key_document_id, by=experts[0])
    page = stranger.get_page("/keys")
    assert "of a demonstration panel" in page.text
    assert "No panel has ratified a key of this instrument yet" in page.text
    said = stranger.get("/keys.json").get_json()["instruments"][0]
    practice = next(count for count in said["pools"] if count["pool"] == Pool.PRACTICE)
    assert (practice["authored"], practice["ratified"]) == (1, 0)


def test_bands_dropped_items_and_dissent_are_counted(app: Flask) -> None:
    def spread(*first: object, dissents: tuple[object, ...] = ()) -> dict[str, object]:
        return {"first": first, "final": first, "dissents": dissents}

    with app.app_context():
        document = library.get_key(SLUG).document.model_dump(mode="json")
    dissent = {"expert": 2, "rating": 0, "reason": "I do not see it."}
    document["items"]["1"] |= {"rating": 2, "band": [2, 3], "spread": spread(2, 3, 2)}
    document["items"]["2"] |= {"rating": "dropped", "spread": spread(0, 2, 4)}
    document["items"]["3"] |= {"spread": spread(3, 0, 3, dissents=(dissent,))}
    document["items"]["4"] |= {"spread": spread(1, 1, 1)}
    key = Key.model_validate(document | {"status": KeyStatus.RATIFIED.value})
    not_rateable = [level(SLUG, item) for item in ITEMS].count(None)
    assert item_counts([key]) == ItemCounts(10 - not_rateable, 1, not_rateable, 1)
    assert settling([key]) == Settling(at_once=1, discussed=2, dissenting=1)


def said_of(stranger: PersonClient) -> dict[str, Any]:
    """What is said about the one instrument of the small pack."""
    (said,) = stranger.get("/keys.json").get_json()["instruments"]
    assert isinstance(said, dict)
    return said


def test_contests_are_told_by_what_became_of_them(
    app: Flask,
    stranger: PersonClient,
    make_person: Callable[..., Person],
    ines: Person,
    otto: Person,
    cleo: Person,
) -> None:
    """Two wait, one was kept, one goes to a panel, and two were taken back."""
    piet = make_person("Piet", Role.RATER)
    with app.app_context():
        for item in (1, 2):
            contested(ines, item)
        for item, outcome in ((1, ContestOutcome.KEPT), (2, ContestOutcome.FOR_PANEL)):
            contest = contested(otto, item)
            contest_acts.answer(contest.id, outcome, "So it is.", read=stamp_of(contest), by=cleo)
        for item in (1, 2):
            contest_acts.withdraw(contested(piet, item).id, by=piet)
    told = said_of(stranger)["contests"]
    assert told == {"waiting": 2, "kept": 1, "for_panel": 1, "withdrawn": 2}
    page = stranger.get_page("/keys")
    assert "Raters have contested an item 6 times." in page.text
    assert "sent to a panel: 1; waiting for an answer: 2; withdrawn: 2." in page.text


def test_panels_of_people_that_are_at_work_are_counted_and_those_that_are_over_are_not(
    app: Flask, stranger: PersonClient, cleo: Person, emeka: Person
) -> None:
    assert "at work" not in stranger.get_page("/keys").text
    with app.app_context():
        seat_panel(cleo, [emeka], state=PanelState.RATING)
        for state in (PanelState.CANCELLED, PanelState.ENDED):
            seat_panel(cleo, [emeka], state=state)
        simulated = seat_panel(cleo, [emeka], state=PanelState.RATING).id
        with write_transaction() as session:
            session.get_one(Panel, simulated).is_demonstration = True
    assert said_of(stranger)["panels_at_work"] == 1
    assert "1 panel is at work." in stranger.get_page("/keys").text
    with app.app_context():
        seat_panel(cleo, [emeka], state=PanelState.CONSENSUS)
    assert "2 panels are at work." in stranger.get_page("/keys").text


def test_whoever_vouched_for_a_panel_and_holds_no_role_any_more_vouches_for_it_still(
    app: Flask, make_person: Callable[..., Person], stranger: PersonClient, cleo: Person
) -> None:
    ratified_panel(
        app, make_person, facts={"origin": PanelOrigin.ELSEWHERE, "vouched_by_id": cleo.id}
    )
    with app.app_context():
        withdraw_role(cleo, Role.CERTIFIER, by=None)
    page = stranger.get_page("/keys")
    assert "elsewhere; whoever vouches for it holds no role in this service any more" in page.text
    (told,) = said_of(stranger)["panels"]
    assert (told["is_vouched_for"], told["vouched_as"]) == (True, None)


def test_panels_stand_in_the_order_in_which_they_opened(
    app: Flask, make_person: Callable[..., Person]
) -> None:
    """The one of five opened first and was the last to ratify a key."""
    opened = datetime(2024, 3, 1, tzinfo=UTC)
    experts = ratified_panel(app, make_person, facts={"opened_at": opened})
    later_id = panel_in_round_two(app, experts[:3], chair=experts[0])
    with app.app_context():
        with write_transaction() as session:
            later = session.get_one(Panel, later_id)
            later.opened_at = opened + timedelta(days=1)
            later.vignettes[0].ratified_at = opened + timedelta(days=2)
        (summary,) = public_records.summaries()
        assert [panel.experts for panel in summary.panels] == [5, 3]


def test_a_panel_is_told_with_its_days_and_by_which_role_somebody_vouches_for_it(
    app: Flask,
    make_person: Callable[..., Person],
    stranger: PersonClient,
    tamar: Person,
) -> None:
    """Tamar trains and administers, too; the other panel ratified two keys on two days."""
    facts: dict[str, object] = {"origin": PanelOrigin.ELSEWHERE, "vouched_by_id": tamar.id}
    experts = ratified_panel(app, make_person, facts=facts)
    other_id = panel_in_round_two(app, experts[:3], chair=experts[0], slugs=PRACTICE)
    with app.app_context():
        grant_role(tamar, Role.ADMINISTRATOR, by=None)
        with write_transaction() as session:
            first, last = datetime(2024, 3, 1, 23, 30, tzinfo=UTC), datetime(2024, 5, 2, tzinfo=UTC)
            for vignette, moment in zip(
                session.get_one(Panel, other_id).vignettes, (last, first), strict=True
            ):
                vignette.ratified_at = moment
        (summary,) = public_records.summaries()
        here, elsewhere = sorted(summary.panels, key=lambda panel: panel.experts)
        assert (here.experts, here.ratified) == (3, 2)
        assert (here.first_ratified_on, here.last_ratified_on) == (
            date(2024, 3, 1),
            date(2024, 5, 2),
        )
        assert (here.met_elsewhere, here.vouched_as) == (False, None)
        assert (elsewhere.experts, elsewhere.ratified) == (5, 1)
        assert (elsewhere.met_elsewhere, elsewhere.vouched_as) == (True, Role.ADMINISTRATOR)
    told = {panel["experts"]: panel for panel in said_of(stranger)["panels"]}
    assert told[3]["first_ratified_on"] == "2024-03-01"
    assert (told[3]["vouched_as"], told[5]["vouched_as"]) == (None, "administrator")
    assert "elsewhere; an administrator of this service vouches for it" in (
        stranger.get_page("/keys").text
    )
