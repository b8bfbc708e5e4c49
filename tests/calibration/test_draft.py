"""What the workspace's script sends while Ines works, and what it is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.calibration.rating_sheets import agreeing, as_draft
from tests.pages import PersonClient
from training.calibration import records
from training.calibration.ratings import BLANK, Rating

HALF = {1: Rating(3, evidence=(1, 4)), 2: Rating(is_not_rateable=True, reason="Nobody.")}
Send = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def send(ines_browser: PersonClient, draft: uuid.UUID) -> Send:
    """Send JSON, or any text, as the draft; returns status and answer."""

    def send_it(document: object = None, text: str | None = None) -> tuple[int, dict[str, Any]]:
        body = {"data": text} if text is not None else {"json": document}
        response = ines_browser.post(
            f"/rating-sessions/{draft}/draft", headers={"Accept": "application/json"}, **body
        )
        answer: dict[str, Any] = response.get_json()
        return response.status_code, answer

    return send_it


def test_a_draft_is_saved(
    send: Send, draft: uuid.UUID, stored: Callable[[uuid.UUID], dict[int, Rating]]
) -> None:
    status, answer = send(as_draft(HALF, revision=0))
    assert status == 200
    assert (answer["state"], answer["revision"]) == ("saved", 1)
    assert (answer["given"], answer["items"]) == (2, 12)
    assert answer["saved_at"].endswith("+00:00")
    assert stored(draft)[1] == HALF[1]
    assert stored(draft)[2] == HALF[2]


def test_it_may_be_put_as_well(ines_browser: PersonClient, draft: uuid.UUID) -> None:
    response = ines_browser.put(
        f"/rating-sessions/{draft}/draft",
        json=as_draft(HALF, revision=0),
        headers={"X-CSRFToken": ines_browser.csrf_token()},
    )
    assert response.status_code == 200


def test_without_the_token_it_is_refused_in_words(
    ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    response = ines_browser.put(
        f"/rating-sessions/{draft}/draft",
        json=as_draft(HALF, revision=0),
        headers={"Accept": "application/json"},
    )
    assert response.status_code == 400
    assert "form" in response.get_json()["title"]


def test_the_retry_of_a_lost_answer_is_saved(send: Send) -> None:
    send(as_draft(HALF, revision=0))
    status, answer = send(as_draft(HALF, revision=0))
    assert (status, answer["state"], answer["revision"]) == (200, "saved", 1)


def test_a_stale_draft_gets_both_versions(
    send: Send, draft: uuid.UUID, stored: Callable[[uuid.UUID], dict[int, Rating]]
) -> None:
    send(as_draft(HALF, revision=0))
    status, answer = send(as_draft({1: Rating(0, note="Mine.")}, revision=0))
    assert (status, answer["state"], answer["revision"]) == (409, "stale", 1)
    assert answer["stored"]["1"] == {"rating": 3, "reason": "", "evidence": [1, 4], "note": ""}
    assert answer["yours"]["1"]["note"] == "Mine."
    assert answer["stored"]["2"]["rating"] == "NR"
    assert stored(draft)[1] == HALF[1]


def test_a_submitted_rating_takes_no_more_drafts(
    send: Send, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft)
    status, answer = send(as_draft(HALF, revision=1))
    assert (status, answer["state"]) == (409, "submitted")
    assert answer["address"] == f"/rating-sessions/{draft}/feedback"
    assert "canary" not in str(answer)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (None, "not sent in the form"),
        ([], "not sent in the form"),
        ("ratings", "not sent in the form"),
        ({"revision": 0}, "not sent in the form"),
        ({"revision": 0, "ratings": []}, "not sent in the form"),
        ({"ratings": {}}, "revision"),
        ({"revision": "0", "ratings": {}}, "revision"),
        ({"revision": True, "ratings": {}}, "revision"),
        ({"revision": 0, "ratings": {"1": 3}}, "not sent in the form"),
        ({"revision": 0, "ratings": {"1": {"rating": 5}}}, "“5” is not on the scale"),
        ({"revision": 0, "ratings": {"1": {"rating": -1}}}, "not on the scale"),
        ({"revision": 0, "ratings": {"1": {"rating": 2.5}}}, "not on the scale"),
        ({"revision": 0, "ratings": {"1": {"rating": True}}}, "not on the scale"),
        ({"revision": 0, "ratings": {"1": {"rating": [3]}}}, "not on the scale"),
        ({"revision": 0, "ratings": {"13": {"rating": 3}}}, "no item “13”"),
        ({"revision": 0, "ratings": {"one": {"rating": 3}}}, "no item “one”"),
        ({"revision": 0, "ratings": {"1": {"score": 3}}}, "no field “score”"),
        ({"revision": 0, "ratings": {"1": {"evidence": [27]}}}, "no turn 27"),
        ({"revision": 0, "ratings": {"1": {"evidence": [0]}}}, "no turn 0"),
        ({"revision": 0, "ratings": {"1": {"evidence": ["4"]}}}, "no turn number"),
        ({"revision": 0, "ratings": {"1": {"evidence": {"4": 1}}}}, "no turn number"),
        ({"revision": 0, "ratings": {"1": {"evidence": 4}}}, "no turn number"),
        ({"revision": 0, "ratings": {"1": {"note": 7}}}, "not sent as text"),
        ({"revision": 0, "ratings": {"1": {"note": "x" * 5001}}}, "at most 5,000"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words_and_nothing_is_saved(
    send: Send,
    draft: uuid.UUID,
    stored: Callable[[uuid.UUID], dict[int, Rating]],
    document: object,
    words: str,
) -> None:
    status, answer = send(document)
    assert (status, answer["state"]) == (422, "refused")
    assert words in " ".join(fault["message"] for fault in answer["faults"])
    assert set(stored(draft).values()) == {BLANK}


@pytest.mark.parametrize(
    "text", ["", "{", "\x00", '{"revision": NaN}', "[" * 2000, "[" * 900 + "]" * 900]
)
def test_what_is_no_json_is_refused_in_words(send: Send, text: str) -> None:
    status, answer = send(text=text)
    assert (status, answer["state"]) == (422, "refused")
    assert answer["faults"][0]["message"]


def test_letters_no_database_could_hold_do_no_harm(
    send: Send, draft: uuid.UUID, stored: Callable[[uuid.UUID], dict[int, Rating]]
) -> None:
    text = '{"revision": 0, "ratings": {"1": {"note": "a\\u0000b \\ud83d \\u0928\\u092e\\u0938"}}}'
    status, _answer = send(text=text)
    assert status == 200
    assert stored(draft)[1].note == "ab  नमस"


def test_one_fault_names_its_item_and_field(send: Send) -> None:
    _status, answer = send({"revision": 0, "ratings": {"4": {"evidence": "4, then"}}})
    (fault,) = answer["faults"]
    assert (fault["item"], fault["field"]) == (4, "evidence")


def test_somebody_signed_out_is_sent_to_sign_in(stranger: PersonClient, draft: uuid.UUID) -> None:
    response = stranger.post(f"/rating-sessions/{draft}/draft", json=as_draft(HALF, revision=0))
    assert response.status_code == 302


def test_a_whole_sheet_and_then_the_form_are_one_draft(
    app: Flask, send: Send, draft: uuid.UUID
) -> None:
    send(as_draft(agreeing(), revision=0))
    with app.app_context():
        assert records.save_ratings(draft, agreeing(), revision=0).revision == 1
