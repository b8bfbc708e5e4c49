"""The workspace: Ines rates, saves, is told what cannot be read, and loses nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from tests.calibration.rating_sheets import agreeing, as_fields
from tests.pack import INSTRUMENT, ITEMS
from tests.pages import Page, PersonClient
from tests.this_moment import just_before
from training.accounts.models import Person
from training.calibration import records
from training.calibration.models import Purpose
from training.calibration.ratings import BLANK, Rating
from training.keys.models import Occasion
from training.keys.sights import note_keys_seen

HALF = {
    1: Rating(3, evidence=(1, 4), note="He waits.\nThen he asks."),
    2: Rating(is_not_rateable=True, reason="Nobody else was there."),
}


def address_of(session_id: uuid.UUID, part: str = "") -> str:
    return f"/rating-sessions/{session_id}{part}"


def field(page: Page, name: str) -> str:
    """What stands in a field: its value, its text, or the value of the chosen radio."""
    radios = page.soup.select(f"input[type=radio][name={name}]")
    if radios:
        return next((str(radio["value"]) for radio in radios if radio.has_attr("checked")), "")
    area = page.soup.select_one(f"textarea[name={name}]")
    if area is not None:
        return area.get_text()
    return str(page.soup.select_one(f"input[name={name}]")["value"])


def test_ines_finds_transcript_and_instrument_side_by_side(
    ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    page = ines_browser.get_page(address_of(draft))
    assert page.heading == "The story of practice-one"
    assert "What is said in turn 26." in page.text
    assert page.soup.select_one("#turn-26")
    assert len(page.soup.select("fieldset legend.item-legend")) == 12
    assert "Anchor 3 of element 7." in page.text
    assert page.has_link_to(f"/manuals/{INSTRUMENT}/items/7-item-7")
    assert "0 of 12 rated" in page.text
    assert "nothing saved yet" in page.text


def test_nothing_is_chosen_beforehand(ines_browser: PersonClient, draft: uuid.UUID) -> None:
    page = ines_browser.get_page(address_of(draft))
    assert not page.soup.select("input[type=radio][checked]")


def test_every_radio_has_its_number_and_anchor_as_label(
    ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    page = ines_browser.get_page(address_of(draft))
    label = page.soup.select_one("label[for=rating-4-3]").get_text(" ")
    assert "3" in label
    assert "Clear" in label
    assert "Anchor 3 of element 4." in label


def test_speakers_are_told_apart_in_words(ines_browser: PersonClient, draft: uuid.UUID) -> None:
    page = ines_browser.get_page(address_of(draft))
    spoken = page.soup.select_one("#turn-1").get_text(" ")
    assert "Piet" in spoken
    assert "(team)" in spoken
    assert "turn-scene" in page.soup.select_one("#turn-2")["class"]


def test_saving_keeps_everything_and_comes_back(
    ines_browser: PersonClient,
    draft: uuid.UUID,
    stored: Callable[[uuid.UUID], dict[int, Rating]],
) -> None:
    page = ines_browser.post_page(address_of(draft), as_fields(HALF, revision=0))
    assert page.location == address_of(draft)
    assert stored(draft) == {item: HALF.get(item, BLANK) for item in ITEMS}
    page = ines_browser.get_page(address_of(draft))
    assert "2 of 12 rated" in page.text
    assert field(page, "rating-1") == "3"
    assert field(page, "evidence-1") == "1, 4"
    assert field(page, "note-1") == "He waits.\nThen he asks."
    assert field(page, "rating-2") == "NR"
    assert "item 1" in page.soup.select_one("#turn-4").get_text(" ")


def test_save_and_check_leads_to_the_check(ines_browser: PersonClient, draft: uuid.UUID) -> None:
    fields = as_fields(HALF, revision=0) | {"check": "1"}
    page = ines_browser.post_page(address_of(draft), fields)
    assert page.location == address_of(draft, "/check")


def test_what_cannot_be_read_is_said_and_kept_and_nothing_is_saved(
    ines_browser: PersonClient,
    draft: uuid.UUID,
    stored: Callable[[uuid.UUID], dict[int, Rating]],
) -> None:
    fields = as_fields(HALF, revision=0) | {
        "evidence-1": "4, the pause",
        "evidence-3": "99",
        "rating-5": "7",
        "note-6": "Typed with care.",
    }
    page = ines_browser.post_page(address_of(draft), fields, expect=422)
    assert "“the" in page.errors
    assert "There is no turn 99. The last turn is 26." in page.errors
    assert "“7” is not on the scale" in page.errors
    assert page.soup.select_one(".error-summary a[href='#evidence-3']")
    assert page.soup.select_one("#evidence-3")["aria-invalid"] == "true"
    assert field(page, "evidence-1") == "4, the pause"
    assert field(page, "note-6") == "Typed with care."
    assert field(page, "rating-1") == "3"
    assert stored(draft)[1] == BLANK


def test_after_mending_a_fault_the_save_goes_through(
    ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    broken = as_fields(HALF, revision=0) | {"evidence-1": "soon"}
    page = ines_browser.post_page(address_of(draft), broken, expect=422)
    mended = as_fields(HALF, revision=int(field(page, "revision")))
    ines_browser.post_page(address_of(draft), mended)


@pytest.mark.parametrize("revision", ["", "-1", "x", "9" * 40, "²"])
def test_a_damaged_revision_overwrites_nothing(
    app: Flask,
    ines_browser: PersonClient,
    draft: uuid.UUID,
    stored: Callable[[uuid.UUID], dict[int, Rating]],
    revision: str,
) -> None:
    with app.app_context():
        records.save_ratings(draft, HALF, revision=0)
    fields = as_fields({1: Rating(0)}, revision=0) | {"revision": revision}
    ines_browser.post_page(address_of(draft), fields, expect=409)
    assert stored(draft)[1] == HALF[1]


def test_two_tabs_show_both_versions_item_by_item(
    ines_browser: PersonClient,
    draft: uuid.UUID,
    stored: Callable[[uuid.UUID], dict[int, Rating]],
) -> None:
    ines_browser.post_page(address_of(draft), as_fields(HALF, revision=0))
    mine = HALF | {1: Rating(1, evidence=(9,), note="A <b>bold</b> note"), 5: Rating(2)}
    page = ines_browser.post_page(address_of(draft), as_fields(mine, revision=0), expect=409)
    assert page.heading == "Two versions of your rating"
    rows = page.soup.select("table.versions tbody tr")
    assert [row.th.get_text(" ", strip=True) for row in rows] == ["1. Element 1", "5. Element 5"]
    first = rows[0].get_text(" ", strip=True)
    assert "A <b>bold</b> note" in first
    assert "He waits." in first
    assert "10 items are the same in both." in page.text
    assert stored(draft)[1] == HALF[1]

    kept = {
        element["name"]: element.get("value", element.get_text())
        for element in page.soup.select("main form [name]")
        if element["name"] != "csrf_token"
    }
    assert ines_browser.post_page(address_of(draft), kept).location == address_of(draft)
    assert stored(draft) == {item: mine.get(item, BLANK) for item in ITEMS}


def test_keeping_what_was_saved_leads_back_to_it(
    ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    ines_browser.post_page(address_of(draft), as_fields(HALF, revision=0))
    other = as_fields({1: Rating(0)}, revision=0)
    page = ines_browser.post_page(address_of(draft), other, expect=409)
    link = page.soup.select_one("a.btn[data-forget-kept]")
    assert link.get_text() == "Keep what was saved"
    assert field(ines_browser.get_page(link["href"]), "rating-1") == "3"


def test_a_lost_answer_and_a_second_try_are_one_save(
    ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    fields = as_fields(HALF, revision=0)
    ines_browser.post_page(address_of(draft), fields)
    assert ines_browser.post_page(address_of(draft), fields).location == address_of(draft)


def test_a_submitted_session_leads_on_to_its_feedback(
    ines_browser: PersonClient, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft)
    for act in (ines_browser.get_page, ines_browser.post_page):
        assert act(address_of(draft), expect=302).location == address_of(draft, "/feedback")
    page = ines_browser.get_page(address_of(draft, "/check"), expect=302)
    assert page.location == address_of(draft, "/feedback")


def test_what_an_old_tab_sends_after_submitting_is_given_back(
    ines_browser: PersonClient,
    draft: uuid.UUID,
    submit_for: Callable[..., None],
    stored: Callable[[uuid.UUID], dict[int, Rating]],
) -> None:
    submit_for(draft)
    late = as_fields(agreeing() | {1: Rating(0, note="Typed in the other tab.")}, revision=0)
    page = ines_browser.post_page(address_of(draft), late | {"check": "1"}, expect=409)
    assert page.heading == "“The story of practice-one” is submitted already"
    assert "What you sent after that was not taken." in page.text
    assert "Typed in the other tab." in page.text
    assert page.has_link_to(address_of(draft, "/feedback"))
    assert stored(draft) == agreeing()
    unreadable = as_fields(agreeing(), revision=0) | {"evidence-1": "the last one"}
    assert "the last one" in ines_browser.post_page(address_of(draft), unreadable, expect=409).text
    same = ines_browser.post_page(address_of(draft), as_fields(agreeing(), revision=0))
    assert same.location == address_of(draft, "/feedback")


def test_what_is_sent_while_another_tab_submits_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
    ines_browser: PersonClient,
    draft: uuid.UUID,
    submit_for: Callable[..., None],
) -> None:
    just_before(monkeypatch, records, "save_ratings", lambda: submit_for(draft))
    late = as_fields(agreeing() | {1: Rating(0, note="Typed meanwhile.")}, revision=0)
    page = ines_browser.post_page(address_of(draft), late, expect=409)
    assert "is submitted already" in page.heading
    assert "Typed meanwhile." in page.text


def test_what_an_expert_sends_after_seeing_the_key_is_given_back(
    app: Flask, ines_browser: PersonClient, ines: Person, open_for: Callable[..., uuid.UUID]
) -> None:
    session_id = open_for(ines, "practice-one", Purpose.PANEL)
    with app.app_context():
        note_keys_seen(ines.id, ["practice-one"], Occasion.PREVIEW)
    assert ines_browser.get_page(address_of(session_id), expect=302).location == "/panels"
    late = as_fields({1: Rating(2, note="Why two.")}, revision=0)
    page = ines_browser.post_page(address_of(session_id), late, expect=409)
    assert page.heading == "Your rating of “The story of practice-one” was not taken"
    assert "You have seen its key since" in page.text
    assert "Why two." in page.text


def test_an_excerpt_asks_only_for_its_items(
    ines_browser: PersonClient, ines: Person, open_for: Callable[..., uuid.UUID]
) -> None:
    session_id = open_for(ines, "first-things-1", Purpose.APPLY)
    page = ines_browser.get_page(address_of(session_id))
    assert [card["data-item"] for card in page.soup.select("[data-item]")] == ["3", "4"]
    assert "0 of 2 rated" in page.text
    assert page.has_link_to("/modules/first-things/apply")


# Certification sessions are opened with an attempt; its own tests look for canaries there.
@pytest.mark.parametrize(
    "purpose", [Purpose.APPLY, Purpose.PRACTICE, Purpose.RECHECK, Purpose.PANEL]
)
def test_no_page_before_submission_hints_at_key_or_pool(
    app: Flask,
    ines_browser: PersonClient,
    ines: Person,
    open_for: Callable[..., uuid.UUID],
    purpose: Purpose,
) -> None:
    slug = "first-things-1" if purpose is Purpose.APPLY else "practice-one"
    session_id = open_for(ines, slug, purpose)
    sheet = as_fields(agreeing(), revision=0)
    pages = [
        ines_browser.get_page(address_of(session_id)),
        ines_browser.post_page(address_of(session_id), {"evidence-3": "x"}, expect=422),
        ines_browser.get_page(address_of(session_id, "/check")),
        ines_browser.post_page(address_of(session_id, "/submit"), {"revision": "0"}, expect=422),
        ines_browser.get_page(address_of(session_id, "/feedback"), expect=404),
    ]
    if purpose is Purpose.PRACTICE:
        ines_browser.post_page(address_of(session_id), sheet)
        pages.append(ines_browser.get_page(address_of(session_id, "/check")))
        pages.append(ines_browser.get_page("/practice"))
    for page in pages:
        assert "canary" not in page.html
        assert "authored" not in page.html
        assert "certification-" not in page.html


def test_strangers_are_sent_to_sign_in(stranger: PersonClient, draft: uuid.UUID) -> None:
    for part in ("", "/check", "/feedback"):
        page = stranger.get_page(address_of(draft, part), expect=302)
        assert page.location.startswith("/sign-in")
    page = stranger.post_page(address_of(draft, "/submit"), {})
    assert page.location.startswith("/sign-in")


@pytest.mark.parametrize("who", ["otto", "tamar", "emeka", "cleo", "ada"])
def test_somebody_elses_session_is_as_good_as_none_for_every_role(
    request: pytest.FixtureRequest,
    browser_of: Callable[[Person], PersonClient],
    draft: uuid.UUID,
    stored: Callable[[uuid.UUID], dict[int, Rating]],
    who: str,
) -> None:
    browser = browser_of(request.getfixturevalue(who))
    sheet = as_fields(agreeing(), revision=0)
    for session_id in (draft, uuid.uuid4()):
        for part in ("", "/check", "/feedback"):
            browser.get_page(address_of(session_id, part), expect=404)
        browser.post_page(address_of(session_id), sheet, expect=404)
        browser.post_page(address_of(session_id, "/draft"), sheet, expect=404)
        browser.post_page(address_of(session_id, "/submit"), sheet, expect=404)
    assert stored(draft)[1] == BLANK


def test_without_the_token_nothing_is_saved(
    ines_browser: PersonClient,
    draft: uuid.UUID,
    stored: Callable[[uuid.UUID], dict[int, Rating]],
) -> None:
    fields = as_fields(HALF, revision=0)
    response = ines_browser.post(address_of(draft), data=fields, has_token=False)
    assert response.status_code == 400
    assert stored(draft)[1] == BLANK


def test_a_draft_of_yesterday_says_when_it_was_saved(
    app: Flask, ines_browser: PersonClient, draft: uuid.UUID
) -> None:
    with app.app_context():
        saved_at = records.save_ratings(draft, HALF, revision=0).saved_at
    assert saved_at is not None
    page = ines_browser.get_page(address_of(draft))
    assert f"2 of 12 rated , saved {saved_at:%H:%M} UTC" in page.text
