"""The panel: Emeka rates independently, once, and sees neither keys nor the others."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.calibration.rating_sheets import agreeing, as_fields
from tests.pack import CERTIFICATION, PRACTICE
from tests.pages import PersonClient
from training.accounts.models import Person
from training.calibration import records
from training.calibration.models import Purpose, RatingSession
from training.calibration.panel_records import (
    PanelState,
    is_no_longer_independent,
    open_panel_session,
    panel_overview,
)
from training.calibration.ratings import Rating
from training.database import db


@pytest.fixture
def emeka_browser(emeka: Person, browser_of: Callable[[Person], PersonClient]) -> PersonClient:
    return browser_of(emeka)


def states(app: Flask, person: Person) -> dict[str, PanelState]:
    with app.app_context():
        return {entry.slug: entry.state for entry in panel_overview(person.id)}


def test_an_expert_finds_both_pools_without_their_names(
    app: Flask, emeka: Person, emeka_browser: PersonClient
) -> None:
    assert states(app, emeka).keys() == {*PRACTICE, *CERTIFICATION}
    page = emeka_browser.get_page("/panel")
    assert "canary" not in page.html
    assert "Pool" not in page.text
    assert page.text.count("not begun") == 10


def test_an_expert_rates_a_vignette_once(
    app: Flask, emeka: Person, emeka_browser: PersonClient
) -> None:
    opened = emeka_browser.post_page("/panel/certification-1")
    assert emeka_browser.post_page("/panel/certification-1").location == opened.location
    emeka_browser.post_page(opened.location, as_fields({1: Rating(3)}, revision=0))
    assert "1 of 12 rated" in emeka_browser.get_page("/panel").text
    emeka_browser.post_page(opened.location, as_fields(agreeing("certification-1"), revision=1))
    page = emeka_browser.post_page(f"{opened.location}/submit", {"revision": "2"}, follow=True)
    assert page.heading == "Panel"
    assert states(app, emeka)["certification-1"] is PanelState.SUBMITTED
    with app.app_context():
        session = db.session.scalars(select(RatingSession)).one()
        assert (session.purpose, session.number) == (Purpose.PANEL, 1)


def test_the_others_ratings_are_not_to_be_seen(
    app: Flask,
    emeka_browser: PersonClient,
    make_person: Callable[..., Person],
    open_for: Callable[..., uuid.UUID],
    submit_for: Callable[..., None],
) -> None:
    noor = make_person("Noor")
    sheet = agreeing() | {1: Rating(0, note="noors-note-sings", evidence=(1,))}
    submit_for(open_for(noor, "practice-one", Purpose.PANEL), sheet)
    assert "noors-note-sings" not in emeka_browser.get_page("/panel").html
    opened = emeka_browser.post_page("/panel/practice-one")
    assert "noors-note-sings" not in emeka_browser.get_page(opened.location).html


def test_a_key_seen_in_practice_closes_the_vignette(
    app: Flask,
    emeka: Person,
    emeka_browser: PersonClient,
    open_for: Callable[..., uuid.UUID],
    submit_for: Callable[..., None],
) -> None:
    submit_for(open_for(emeka, "practice-one"))
    assert states(app, emeka)["practice-one"] is PanelState.KEY_SEEN
    assert "would not be independent" in emeka_browser.get_page("/panel").text
    emeka_browser.post_page("/panel/practice-one", expect=404)


def test_a_key_seen_while_a_panel_rating_is_under_way_closes_it(
    app: Flask,
    emeka: Person,
    emeka_browser: PersonClient,
    open_for: Callable[..., uuid.UUID],
    submit_for: Callable[..., None],
) -> None:
    panel = open_for(emeka, "practice-one", Purpose.PANEL)
    with app.app_context():
        records.save_ratings(panel, agreeing(), revision=0)
    submit_for(open_for(emeka, "practice-one"))
    for address in (f"/rating-sessions/{panel}", f"/rating-sessions/{panel}/check"):
        assert emeka_browser.get_page(address, expect=302).location == "/panel"
    page = emeka_browser.post_page(f"/rating-sessions/{panel}/submit", {"revision": "1"})
    assert page.location == "/panel"
    with app.app_context():
        session = db.session.get_one(RatingSession, panel)
        assert not session.is_submitted
        assert is_no_longer_independent(session)


def test_a_panel_rating_that_is_in_stays_whatever_is_practised_later(
    app: Flask,
    emeka: Person,
    open_for: Callable[..., uuid.UUID],
    submit_for: Callable[..., None],
) -> None:
    submit_for(open_for(emeka, "practice-one", Purpose.PANEL))
    submit_for(open_for(emeka, "practice-one"))
    assert states(app, emeka)["practice-one"] is PanelState.SUBMITTED


@pytest.mark.parametrize("slug", ["first-things-1", "no-such-vignette"])
def test_only_whole_vignettes_are_for_the_panel(
    app: Flask, emeka: Person, emeka_browser: PersonClient, slug: str
) -> None:
    emeka_browser.post_page(f"/panel/{slug}", expect=404)
    with app.app_context():
        assert open_panel_session(emeka.id, slug) is None


@pytest.mark.parametrize("who", ["ines", "tamar", "cleo", "ada"])
def test_other_roles_are_refused(
    request: pytest.FixtureRequest, browser_of: Callable[[Person], PersonClient], who: str
) -> None:
    browser = browser_of(request.getfixturevalue(who))
    browser.get_page("/panel", expect=403)
    browser.post_page("/panel/practice-one", expect=403)


def test_strangers_are_sent_to_sign_in(stranger: PersonClient) -> None:
    assert stranger.get_page("/panel", expect=302).location.startswith("/sign-in")
