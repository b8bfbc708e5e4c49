"""Checking and submitting: what is missing, a second look, once and for good."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.calibration.rating_sheets import agreeing, as_fields, explained
from tests.pages import PersonClient
from tests.this_moment import just_before
from training.accounts.models import Person
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.calibration import records
from training.calibration.models import Purpose, RatingSession
from training.calibration.ratings import Rating
from training.database import db


def address_of(session_id: uuid.UUID, part: str) -> str:
    return f"/rating-sessions/{session_id}/{part}"


def save(app: Flask, session_id: uuid.UUID, ratings: dict[int, Rating], revision: int = 0) -> None:
    with app.app_context():
        records.save_ratings(session_id, ratings, revision=revision)


def test_the_check_shows_every_item_with_a_way_to_change_it(
    app: Flask, ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    save(app, draft, agreeing() | {3: Rating(3, evidence=(3, 15), note="A doubt.")})
    page = ines_browser.get_page(address_of(draft, "check"))
    assert len(page.soup.select(".check-item")) == 12
    third = page.soup.select_one("#item-3").get_text(" ", strip=True)
    assert "3 Clear" in " ".join(third.split())
    assert "turns 3, 15" in third
    assert "A doubt." in third
    assert page.has_link_to(f"/rating-sessions/{draft}#item-3")
    assert page.soup.select_one("form button.btn-large").get_text() == "Submit this rating for good"


def test_what_is_missing_is_linked_and_cannot_be_submitted(
    app: Flask, ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    sheet = agreeing() | {7: Rating(), 10: Rating(is_not_rateable=True)}
    save(app, draft, sheet)
    page = ines_browser.get_page(address_of(draft, "check"))
    assert "Item 7 has no rating yet." in page.errors
    assert "Item 10 is marked as not rateable. Write the reason." in page.errors
    assert page.has_link_to(f"/rating-sessions/{draft}#item-7")
    assert not page.has_form_to(address_of(draft, "submit"))
    page = ines_browser.post_page(address_of(draft, "submit"), {"revision": "1"}, expect=422)
    assert "Item 7 has no rating yet." in page.errors
    with app.app_context():
        assert not db.session.get_one(RatingSession, draft).is_submitted


def test_too_many_not_rateable_are_refused(
    app: Flask, ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    skipped = Rating(is_not_rateable=True, reason="Rather not.")
    save(app, draft, agreeing() | {1: skipped, 2: skipped, 3: skipped})
    page = ines_browser.post_page(address_of(draft, "submit"), {"revision": "1"}, expect=422)
    assert "at most 2 items may be not rateable" in page.errors


def test_patterns_are_pointed_at_gently(
    app: Flask, ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    save(app, draft, {item: Rating(2) for item in range(1, 13)})
    page = ines_browser.get_page(address_of(draft, "check"))
    assert "Every item you scored has a 2." in page.text
    assert "have no evidence" in page.text
    assert page.has_form_to(address_of(draft, "submit"))


def test_submitting_leads_to_the_feedback_and_is_written_down(
    app: Flask, ines_browser: PersonClient, ines: Person, draft: uuid.UUID
) -> None:
    save(app, draft, agreeing())
    page = ines_browser.post_page(address_of(draft, "submit"), {"revision": "1"})
    assert page.location == address_of(draft, "feedback")
    assert "Your rating is submitted." in ines_browser.get_page(page.location).text
    with app.app_context():
        assert db.session.get_one(RatingSession, draft).is_submitted
        lines = db.session.scalars(
            select(AuditEntry).filter_by(act=Act.RATING_SUBMITTED.value)
        ).all()
        assert [line.person_id for line in lines] == [ines.id]


def test_submitting_again_changes_nothing(
    app: Flask, ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    save(app, draft, agreeing())
    for _ in range(3):
        page = ines_browser.post_page(address_of(draft, "submit"), {"revision": "1"})
        assert page.location == address_of(draft, "feedback")
    with app.app_context():
        count = select(func.count()).where(AuditEntry.act == Act.RATING_SUBMITTED.value)
        assert db.session.scalar(count) == 1


def test_of_two_tabs_that_submit_the_second_is_led_to_the_feedback_and_told_nothing_new(
    app: Flask,
    ines_browser: PersonClient,
    draft: uuid.UUID,
    submit_for: Callable[..., None],
    stored: Callable[[uuid.UUID], dict[int, Rating]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ines_browser.post_page(f"/rating-sessions/{draft}", as_fields(agreeing(), revision=0))
    just_before(monkeypatch, records, "submit", lambda: submit_for(draft))
    page = ines_browser.post_page(f"/rating-sessions/{draft}/submit", {"revision": "1"})
    assert page.location == f"/rating-sessions/{draft}/feedback"
    assert "Your rating is submitted." not in ines_browser.get_page(page.location).text
    assert stored(draft) == agreeing()
    with app.app_context():
        submitted = select(AuditEntry).filter_by(act=Act.RATING_SUBMITTED)
        assert len(db.session.scalars(submitted).all()) == 1


def test_a_change_in_another_tab_is_shown_before_submitting(
    app: Flask, ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    save(app, draft, agreeing())
    ines_browser.get_page(address_of(draft, "check"))
    save(app, draft, agreeing() | {1: Rating(0, evidence=(1,))}, revision=1)
    page = ines_browser.post_page(address_of(draft, "submit"), {"revision": "1"}, expect=409)
    assert "This rating was changed in another tab" in page.text
    assert "0 Contrary" in page.text
    assert page.soup.select_one("main input[name=revision]")["value"] == "2"


def test_a_damaged_revision_submits_nothing(
    app: Flask, ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    save(app, draft, agreeing())
    ines_browser.post_page(address_of(draft, "submit"), {}, expect=409)
    with app.app_context():
        assert not db.session.get_one(RatingSession, draft).is_submitted


def test_the_whole_way_with_forms_alone(ines_browser: PersonClient, draft: uuid.UUID) -> None:
    fields = as_fields(agreeing(), revision=0) | {"check": "1"}
    page = ines_browser.post_page(f"/rating-sessions/{draft}", fields, follow=True)
    form = page.soup.select_one("main form")
    revision = form.select_one("input[name=revision]")["value"]
    page = ines_browser.post_page(form["action"], {"revision": revision}, follow=True)
    assert page.heading.startswith("Feedback on")


def test_an_excerpt_leads_to_its_feedback_and_back_to_its_module(
    app: Flask, ines_browser: PersonClient, ines: Person, open_for: Callable[..., uuid.UUID]
) -> None:
    session_id = open_for(ines, "first-things-1", Purpose.APPLY)
    save(app, session_id, {3: Rating(2, evidence=(3,)), 4: Rating(1, evidence=(4,))})
    page = ines_browser.post_page(address_of(session_id, "submit"), {"revision": "1"}, follow=True)
    assert page.has_link_to("/modules/first-things/apply")
    assert "1 point lower" in page.text


def test_an_experts_rating_leads_back_to_the_panel_and_never_to_a_key(
    app: Flask,
    emeka: Person,
    browser_of: Callable[[Person], PersonClient],
    open_for: Callable[..., uuid.UUID],
) -> None:
    browser = browser_of(emeka)
    session_id = open_for(emeka, "certification-1", Purpose.PANEL)
    save(app, session_id, explained("certification-1"))
    page = browser.post_page(address_of(session_id, "submit"), {"revision": "1"})
    assert page.location == "/panels"
    browser.get_page(address_of(session_id, "feedback"), expect=404)


def test_before_submitting_everybody_is_told_what_they_will_see_and_who_else_will(
    app: Flask, ines: Person, ines_browser: PersonClient, open_for: Callable[..., uuid.UUID]
) -> None:
    """A key that certifies stays closed: nobody is promised to see it."""
    shown = "Then you see the consensus beside it, with the reasons."
    closed = "The key stays closed, also afterwards."
    panel = "Nobody sees it until round one is closed. Then the panel does."
    for purpose, said in (
        (Purpose.PRACTICE, shown),
        (Purpose.APPLY, shown),
        (Purpose.PANEL, panel),
        (Purpose.RECHECK, closed),
    ):
        session_id = open_for(ines, "practice-one", purpose)
        save(app, session_id, explained())
        text = ines_browser.get_page(address_of(session_id, "check")).text
        assert [each for each in (shown, closed, panel) if each in text] == [said], purpose
