"""Notes in the margin: Ines writes and finds them, loses none, and nobody else reads them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from tests.calibration.rating_sheets import agreeing, as_fields
from tests.certification import stories
from tests.keys.contest_stories import seat_panel
from tests.pages import PersonClient
from training.accounts.models import Person
from training.calibration import note_records, records
from training.calibration.models import RatingSession
from training.calibration.ratings import Rating, is_hurried
from training.clock import now
from training.database import write_transaction
from training.panels.models import PanelState

HURRIED = "for less time than reading it takes"


def address_of(session_id: uuid.UUID, turn: int) -> str:
    return f"/rating-sessions/{session_id}/notes/{turn}"


@pytest.fixture
def notes_of(app: Flask) -> Callable[[uuid.UUID], dict[int, str]]:
    def read(session_id: uuid.UUID) -> dict[int, str]:
        with app.app_context():
            return note_records.notes_of(session_id)

    return read


def test_a_note_without_scripts_stays_beside_its_turn_to_the_end(
    ines_browser: PersonClient,
    draft: uuid.UUID,
    notes_of: Callable[[uuid.UUID], dict[int, str]],
    submit_for: Callable[..., None],
    stored: Callable[[uuid.UUID], dict[int, Rating]],
) -> None:
    workspace = f"/rating-sessions/{draft}"
    fields = as_fields({1: Rating(3)}, revision=0) | {"write-note": "1", "note-turn": "7"}
    assert ines_browser.post_page(workspace, fields).location == address_of(draft, 7)
    assert stored(draft)[1] == Rating(3)  # what was rated on the way is saved
    page = ines_browser.get_page(address_of(draft, 7))
    assert page.heading == "Note on turn 7"
    assert "What is said in turn 7." in page.text
    page = ines_browser.post_page(
        address_of(draft, 7), {"text": " He <b>waits</b>.\r\nThen he asks. ", "before": ""}
    )
    assert page.location == f"{workspace}#turn-7"
    assert notes_of(draft) == {7: "He <b>waits</b>.\nThen he asks."}
    for further in ("", "/check"):
        assert "He <b>waits</b>." in ines_browser.get_page(workspace + further).text
    assert ines_browser.get_page(f"{workspace}/check").has_link_to(f"{workspace}#turn-7")
    submit_for(draft)
    page = ines_browser.get_page(f"{workspace}/feedback")
    assert "He <b>waits</b>." in page.soup.select_one("#turn-7").get_text()
    page = ines_browser.get_page(address_of(draft, 7), expect=302)
    assert page.location == f"{workspace}/feedback"


def test_a_note_written_twice_at_once_keeps_both_texts(
    ines_browser: PersonClient,
    draft: uuid.UUID,
    notes_of: Callable[[uuid.UUID], dict[int, str]],
) -> None:
    first = {"text": "From the phone.", "before": ""}
    ines_browser.post_page(address_of(draft, 2), first)
    ines_browser.post_page(address_of(draft, 2), first)  # a retry is no conflict
    page = ines_browser.post_page(
        address_of(draft, 2), {"text": "From the train.", "before": ""}, expect=409
    )
    assert "both texts stand below" in page.text
    fields = {
        name: page.soup.select_one(f"textarea[name={name}]").get_text()
        for name in ("text", "before")
    }
    assert fields["text"].split() == ["From", "the", "phone.", "From", "the", "train."]
    ines_browser.post_page(address_of(draft, 2), fields)
    both = "From the phone.\n\nFrom the train."
    assert notes_of(draft) == {2: both}
    too_long = ines_browser.post_page(
        address_of(draft, 2), {"text": "x" * 5001, "before": both}, expect=422
    )
    assert "at most 5000 characters" in too_long.errors
    assert "x" * 5001 in too_long.html
    ines_browser.post_page(address_of(draft, 2), {"text": "", "before": both})
    assert notes_of(draft) == {}


def test_a_script_is_told_what_became_of_a_note(
    ines_browser: PersonClient,
    draft: uuid.UUID,
    notes_of: Callable[[uuid.UUID], dict[int, str]],
    submit_for: Callable[..., None],
) -> None:
    def put(sent: object) -> tuple[int, dict[str, object]]:
        token = {"X-CSRFToken": ines_browser.csrf_token()}
        with ines_browser.put(address_of(draft, 3), json=sent, headers=token) as answer:
            return answer.status_code, answer.get_json()

    assert put({"text": "One.", "before": ""}) == (200, {"state": "saved", "stored": "One."})
    assert put({"text": "Two.", "before": ""}) == (409, {"state": "stale", "stored": "One."})
    for sent in (None, [], "One.", {"text": "One."}, {"text": 1, "before": ""}):
        assert put(sent)[0] == 422
    assert put({"text": "x" * 5001, "before": "One."})[1]["state"] == "refused"
    submit_for(draft)
    # Kept on a device that was offline, it may come late: it decides nothing.
    assert put({"text": "One, late.", "before": "One."})[0] == 200
    assert notes_of(draft) == {3: "One, late."}


def test_nobody_else_reads_or_writes_it(
    app: Flask,
    ines_browser: PersonClient,
    draft: uuid.UUID,
    otto: Person,
    tamar: Person,
    browser_of: Callable[[Person], PersonClient],
    notes_of: Callable[[uuid.UUID], dict[int, str]],
) -> None:
    with app.app_context():
        note_records.save_note(draft, 1, "Mine alone.", before="")
    for other in (browser_of(otto), browser_of(tamar)):
        other.get_page(address_of(draft, 1), expect=404)
        other.post_page(address_of(draft, 1), {"text": "", "before": "Mine alone."}, expect=404)
    for turn in (0, 27):
        ines_browser.get_page(address_of(draft, turn), expect=404)
    assert notes_of(draft) == {1: "Mine alone."}


def test_who_was_faster_than_reading_is_asked_gently(
    app: Flask, ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    with app.app_context():
        records.save_ratings(draft, agreeing(), revision=0)
    assert [is_hurried(1000, seconds) for seconds in (0, 119.9, 120, 3600)] == [
        True,
        True,
        False,
        False,
    ]
    page = ines_browser.get_page(f"/rating-sessions/{draft}/check")
    assert HURRIED in page.text
    assert "You may submit as it is." in page.text
    assert "If you know it already" in page.text
    with app.app_context(), write_transaction() as transaction:
        session = transaction.get_one(RatingSession, draft)
        session.opened_at -= timedelta(hours=1)
    assert HURRIED not in ines_browser.get_page(f"/rating-sessions/{draft}/check").text


def test_nobody_is_told_to_submit_what_cannot_be_submitted(
    app: Flask, ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    with app.app_context():
        alike = {item: Rating(2, evidence=(1,)) for item in agreeing() if item != 1}
        records.save_ratings(draft, alike, revision=0)
    page = ines_browser.get_page(f"/rating-sessions/{draft}/check")
    assert "Missing before you can submit" in page.text
    assert "Worth a second look" in page.text
    assert "You may submit as it is." not in page.text
    assert HURRIED not in page.text  # whoever has items left is not done with reading either


def test_in_an_assessment_nobody_knows_the_text_already(
    app: Flask, ines: Person, ines_browser: PersonClient
) -> None:
    with app.app_context():
        session = stories.sessions_of(stories.opened_attempt(ines))[0]
        records.save_ratings(session.id, agreeing(), revision=0)
    page = ines_browser.get_page(f"/rating-sessions/{session.id}/check")
    assert HURRIED in page.text
    assert "know it already" not in page.text


def test_while_a_panel_of_theirs_is_at_work_nobody_goes_on_with_their_notes(
    app: Flask, ines: Person, cleo: Person, ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    """Ines is an expert, too, and is seated on a panel about the vignette she had begun."""
    with app.app_context():
        seat_panel(cleo, [ines], state=PanelState.RATING)
    page = ines_browser.get_page(address_of(draft, 7), expect=409)
    assert "What is said in turn 7." not in page.text
    assert not page.soup.select("textarea")


def test_after_an_attempt_has_closed_a_note_leads_back_to_it(
    app: Flask, ines: Person, ines_browser: PersonClient
) -> None:
    with app.app_context():
        attempt_id = stories.opened_attempt(ines)
        session_id = stories.sessions_of(attempt_id)[0].id
        with write_transaction() as session:
            session.get_one(RatingSession, session_id).closes_at = now()
    for address in (address_of(session_id, 7), f"/rating-sessions/{session_id}/check"):
        page = ines_browser.get_page(address, expect=302)
        assert page.location == f"/certification/attempts/{attempt_id}"


def test_a_note_that_was_being_written_when_a_panel_began_is_kept(
    app: Flask,
    ines: Person,
    cleo: Person,
    ines_browser: PersonClient,
    draft: uuid.UUID,
    notes_of: Callable[[uuid.UUID], dict[int, str]],
) -> None:
    """Without scripts, as with them: nothing is shown any more, and nothing is lost."""
    with app.app_context():
        seat_panel(cleo, [ines], state=PanelState.RATING)
    typed = {"text": "Twenty minutes of thought.", "before": ""}
    page = ines_browser.post_page(address_of(draft, 7), typed)
    assert page.location.startswith(f"/rating-sessions/{draft}")
    assert notes_of(draft) == {7: "Twenty minutes of thought."}
    ines_browser.get_page(address_of(draft, 7), expect=409)
