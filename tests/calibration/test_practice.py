"""The list of practice vignettes: beginning, going on, repeating, and what counts."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event, select

from tests.calibration.rating_sheets import agreeing
from tests.keys.contest_stories import seat_panel
from tests.pack import small_pack
from tests.pages import PersonClient
from training.accounts.models import Person
from training.calibration import records
from training.calibration.models import Purpose, RatingSession
from training.calibration.practice_records import (
    PracticeState,
    next_practice,
    open_practice,
    practice_overview,
)
from training.calibration.ratings import Rating
from training.database import db
from training.library.records import Version
from training.panels.models import PanelState


def test_ines_begins_a_vignette(app: Flask, ines_browser: PersonClient, ines: Person) -> None:
    page = ines_browser.get_page("/practice")
    assert "The story of practice-one" in page.text
    assert "0 of 2 submitted." in page.text
    assert "First answers are kept for good" in page.text
    opened = ines_browser.post_page("/practice/practice-one")
    with app.app_context():
        session = db.session.scalars(select(RatingSession).filter_by(person_id=ines.id)).one()
        assert (session.purpose, session.number) == (Purpose.PRACTICE, 1)
    assert opened.location == f"/rating-sessions/{session.id}"
    assert ines_browser.post_page("/practice/practice-one").location == opened.location


def test_a_draft_is_what_comes_next(
    app: Flask, ines_browser: PersonClient, ines: Person, open_for: Callable[..., uuid.UUID]
) -> None:
    session_id = open_for(ines, "practice-two")
    with app.app_context():
        records.save_ratings(session_id, {1: Rating(3), 2: Rating(note="later")}, revision=0)
    page = ines_browser.get_page("/practice")
    assert "Go on with “The story of practice-two”: 1 of 12 items are rated." in page.text
    assert page.has_link_to(f"/rating-sessions/{session_id}")


def test_a_submitted_vignette_shows_its_agreement(
    ines_browser: PersonClient, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft, agreeing() | {4: Rating(3), 9: Rating(2)})
    page = ines_browser.get_page("/practice")
    card = next(card for card in page.soup.select(".practice-card") if "one" in card.h3.get_text())
    text = " ".join(card.get_text(" ").split())
    assert "Exact 83%" in text
    assert "Within one 92%" in text
    assert "Mean difference +0.08" in text
    assert page.has_link_to(f"/rating-sessions/{draft}/feedback")
    assert "Rate “The story of practice-two”" in page.text


def test_a_repeat_is_asked_for_and_does_not_count(
    app: Flask,
    ines_browser: PersonClient,
    ines: Person,
    draft: uuid.UUID,
    submit_for: Callable[..., None],
) -> None:
    submit_for(draft, agreeing() | {4: Rating(3)})
    plain = ines_browser.post_page("/practice/practice-one")
    assert plain.location == f"/rating-sessions/{draft}"  # no new one without asking
    opened = ines_browser.post_page("/practice/practice-one", {"again": "1"})
    assert opened.location != plain.location
    assert "Repeat: you have seen the key" in ines_browser.get_page(opened.location).text
    assert "repeat under way" in ines_browser.get_page("/practice").text
    repeat = uuid.UUID(opened.location.rsplit("/", 1)[-1])
    submit_for(repeat)
    page = ines_browser.get_page(f"/rating-sessions/{repeat}/feedback")
    assert "This is a repeat: the key has been seen." in page.text
    with app.app_context():
        entry = practice_overview(ines.id)[0]
        assert (entry.first_id, entry.session_id, entry.repeats) == (draft, repeat, 1)
        assert entry.sums is not None
        assert entry.sums.exact == 11
        assert open_practice(ines.id, "practice-one", again=True).number == 3


def test_when_all_is_rated_the_patterns_are_next(
    ines_browser: PersonClient,
    ines: Person,
    open_for: Callable[..., uuid.UUID],
    submit_for: Callable[..., None],
) -> None:
    for slug in ("practice-one", "practice-two"):
        submit_for(open_for(ines, slug), agreeing(slug))
    page = ines_browser.get_page("/practice")
    assert "You have rated all there is to practise on Dialogic practice." in page.text
    assert page.has_link_to("/practice/patterns/dialogic-practice")


def test_who_has_rated_nothing_is_not_told_to_have_rated_all(
    app: Flask, ines_browser: PersonClient, ines: Person, cleo: Person
) -> None:
    """Ines is an expert, too, and is seated on a panel about all there is to practise."""
    with app.app_context():
        for slug in ("practice-one", "practice-two"):
            seat_panel(cleo, [ines], state=PanelState.RATING, slug=slug)
    page = ines_browser.get_page("/practice")
    assert "You have rated all there is" not in page.text
    next_card = page.soup.select_one("[aria-labelledby=next-title]")
    assert "held back while your panel makes its key" in next_card.get_text()
    assert next_card.select_one("a[href='/panels']")


def test_what_somebody_else_did_is_not_shown(
    app: Flask, otto: Person, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft)
    with app.app_context():
        entries = practice_overview(otto.id)
        assert {entry.state for entry in entries} == {PracticeState.NOT_BEGUN}
        first = next_practice(entries)
        assert first is not None
        assert first.slug == "practice-one"
    assert next_practice([]) is None


@pytest.mark.parametrize("slug", ["certification-1", "first-things-1", "no-such-vignette"])
def test_only_practice_vignettes_can_be_opened_here(
    app: Flask, ines_browser: PersonClient, slug: str
) -> None:
    ines_browser.post_page(f"/practice/{slug}", expect=404)
    with app.app_context():
        assert db.session.scalars(select(RatingSession)).all() == []


def test_certification_vignettes_are_not_in_the_list(ines_browser: PersonClient) -> None:
    assert "certification-" not in ines_browser.get_page("/practice").html


def test_strangers_are_sent_to_sign_in(stranger: PersonClient) -> None:
    for address in ("/practice", "/practice/patterns/dialogic-practice"):
        assert stranger.get_page(address, expect=302).location.startswith("/sign-in")
    assert stranger.post_page("/practice/practice-one").location.startswith("/sign-in")


def test_without_vignettes_the_page_says_so(
    ines_browser: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.calibration.practice_records.library.vignettes", lambda _: [])
    assert "There are no practice vignettes yet." in ines_browser.get_page("/practice").text


def test_the_list_asks_the_database_the_same_number_of_questions_whatever_was_done(
    app: Flask,
    ines: Person,
    ines_browser: PersonClient,
    open_for: Callable[..., uuid.UUID],
    submit_for: Callable[..., None],
) -> None:
    def questions() -> int:
        asked = []
        with app.app_context():
            engine = db.engine

        def count(*arguments: object) -> None:
            asked.append(arguments[2])

        event.listen(engine, "before_cursor_execute", count)
        try:
            ines_browser.get_page("/practice")
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return len(asked)

    open_for(ines, "practice-one")
    questions()  # documents are parsed once
    few = questions()
    submit_for(open_for(ines, "practice-two"), agreeing("practice-two"))
    assert questions() == few


def test_patterns_wait_for_a_second_vignette(
    ines_browser: PersonClient, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft)
    page = ines_browser.get_page("/practice/patterns/dialogic-practice")
    assert "One vignette shows a rating, not a rater." in page.text
    ines_browser.get_page("/practice/patterns/no-such-instrument", expect=404)


def test_from_two_vignettes_figures_are_shown_and_no_verdict(
    ines_browser: PersonClient,
    ines: Person,
    open_for: Callable[..., uuid.UUID],
    submit_for: Callable[..., None],
) -> None:
    for slug in ("practice-one", "practice-two"):
        lenient = {
            item: Rating(min(4, (rating.score or 0) + 1), evidence=rating.evidence)
            for item, rating in agreeing(slug).items()
        }
        submit_for(open_for(ines, slug), lenient)
    page = ines_browser.get_page("/practice/patterns/dialogic-practice")
    assert "from your first answers on 2 practice vignettes" in page.text
    assert "lenient" not in page.text
    assert "Too few vignettes to say" in page.text
    assert len(page.soup.select("#agreement-chart svg[role=img]")) == 3
    assert len(page.soup.select("#agreement-chart table tbody tr")) == 3
    assert "canary" not in page.html


def test_what_a_reader_may_want_to_know_before_stands_in_the_list(
    ines_browser: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = {"content_note": "Thoughts of dying are spoken of."}
    vignette = small_pack().vignettes["practice-one"].model_copy(update=note)
    version = Version(uuid.uuid4(), vignette.slug, "0" * 64, vignette.head)
    monkeypatch.setattr(
        "training.calibration.practice_records.library.vignettes", lambda _: [version]
    )
    page = ines_browser.get_page("/practice")
    assert "Before you read: Thoughts of dying are spoken of." in page.text
