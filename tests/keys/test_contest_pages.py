"""The pages about contests: what raters send and read, and what experts see of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from tests.keys.contest_stories import (
    REASON,
    SLUG,
    contested,
    practised,
    seat_panel,
    waiting_for,
)
from tests.pack import CERTIFICATION, PRACTICE, canary
from tests.pages import Page, PersonClient
from training.accounts.models import Person, Role
from training.accounts.records import grant_role
from training.calibration import records as ratings
from training.calibration.models import Purpose
from training.calibration.ratings import Rating
from training.database import db
from training.keys import sights
from training.keys.contests import acts as contest_acts
from training.keys.contests import records as contest_records
from training.keys.models import ContestOutcome
from training.mail.models import Letter
from training.panels.models import Panel, PanelState

BrowserOf = Callable[[Person], PersonClient]
ANSWER = "The word is hers, but he says it before she does."
KEEP: dict[str, object] = {"outcome": "kept", "answer": ANSWER}


@pytest.fixture
def session_id(app: Flask, ines: Person) -> uuid.UUID:
    """Ines has rated item 4 a 3 where the key has a 1."""
    with app.app_context():
        return practised(ines, item_4=Rating(3, evidence=(5,), note="For my eyes only.")).id


@pytest.fixture
def contest(app: Flask, session_id: uuid.UUID, ines: Person) -> str:
    """The address of Ines's contest of item 4, for those who answer."""
    with app.app_context():
        return f"/contests/{contested(ines).id}"


def address_of(session_id: uuid.UUID, item: int = 4) -> str:
    return f"/rating-sessions/{session_id}/items/{item}/contest"


def part(page: Page, selector: str) -> str:
    found = page.soup.select_one(selector)
    assert found is not None, selector
    return " ".join(found.get_text(" ").split())


def answering(browser: PersonClient, contest: str, **fields: object) -> dict[str, object]:
    """The form of an answer as a browser sends it, with the stamp of what was read."""
    read = browser.get_page(contest).soup.select_one("[name=read]")
    assert read is not None
    return {**KEEP, "read": str(read["value"]), **fields}


def test_ines_contests_an_item_and_reads_the_answer_beside_it(
    app: Flask, ines: Person, cleo: Person, session_id: uuid.UUID, browser_of: BrowserOf
) -> None:
    browser, feedback = browser_of(ines), f"/rating-sessions/{session_id}/feedback"
    assert "Contest this item" in part(browser.get_page(feedback), "#item-4")
    page = browser.get_page(address_of(session_id))
    assert canary(SLUG, 4) in page.text
    anchors = part(page, ".anchor-pair")
    assert all(f"Anchor {score} of element 4." in anchors for score in (0, 1, 2, 3))
    assert "Anchor 4 of element 4." not in anchors
    sent = browser.post_page(address_of(session_id), {"reason": REASON, "turns": "5, 7-8"})
    assert sent.location == f"{feedback}#item-4"
    browser.post_page(address_of(session_id), {"reason": REASON, "turns": "5, 7-8"})
    assert "waiting for an answer" in part(browser.get_page(feedback), "#item-4")
    with app.app_context():
        (stored,) = contest_records.contests_of(ines.id)
        assert (stored.reason, stored.turns) == (REASON, [5, 7, 8])
        contest_acts.answer(
            stored.id,
            ContestOutcome.KEPT,
            ANSWER,
            read=contest_acts.stamp_of(stored),
            by=cleo,
        )
    for address in (feedback, address_of(session_id), "/contests/mine"):
        text = browser.get_page(address).text
        assert ANSWER in text, address
        assert "Cleo" not in text, address


def test_another_text_for_the_same_item_is_not_taken_and_not_lost(
    ines: Person, session_id: uuid.UUID, contest: str, browser_of: BrowserOf
) -> None:
    other = "On second thought it is turn 6 that decides it."
    page = browser_of(ines).post_page(address_of(session_id), {"reason": other}, expect=409)
    assert other in part(page, "#unsent")
    assert REASON in page.text


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"turns": "4"}, "Write your reason"),
        ({"reason": "Too short."}, "between 20 and 4,000 characters"),
        ({"reason": " \r\n" * 30 + "Short, with edges."}, "between 20 and 4,000 characters"),
        ({"reason": "x" * 4001}, "between 20 and 4,000 characters"),
        ({"reason": REASON, "turns": "4, four"}, "“four” is no turn number"),
        ({"reason": REASON, "turns": "27"}, "There is no turn 27. The last turn is 26."),
        ({"reason": REASON, "turns": "0"}, "There is no turn 0."),
    ],
)
def test_what_cannot_be_taken_is_said_and_kept(
    ines: Person,
    session_id: uuid.UUID,
    browser_of: BrowserOf,
    fields: dict[str, object],
    error: str,
) -> None:
    page = browser_of(ines).post_page(address_of(session_id), fields, expect=422)
    assert error in page.errors
    turns = page.soup.select_one("#turns")
    assert turns is not None
    assert turns.get("value", "") == fields.get("turns", "")
    assert part(page, "#reason") == " ".join(str(fields.get("reason", "")).split())


def test_what_was_not_shown_is_not_contested(
    app: Flask, ines: Person, otto: Person, session_id: uuid.UUID, browser_of: BrowserOf
) -> None:
    with app.app_context():
        draft = ratings.open_session(otto.id, SLUG, Purpose.PRACTICE).id
        secret = practised(otto, CERTIFICATION[0]).id  # no page opens one
    browser = browser_of(otto)
    for other, item in ((session_id, 4), (draft, 4), (secret, 4)):
        for fetch in (browser.get_page, browser.post_page):
            page = fetch(address_of(other, item), expect=404)
            assert "canary" not in page.html
    for item in (0, 13, 400):
        browser_of(ines).get_page(address_of(session_id, item), expect=404)


def test_a_fourth_contest_waits_for_an_answer_to_the_others(
    app: Flask, ines: Person, session_id: uuid.UUID, browser_of: BrowserOf
) -> None:
    with app.app_context():
        for item in (1, 2, 3):
            contested(ines, item)
    browser = browser_of(ines)
    page = browser.get_page(address_of(session_id))
    assert "3 contests of this vignette waiting" in page.text
    assert not page.soup.select("textarea")
    page = browser.post_page(address_of(session_id), {"reason": REASON}, expect=409)
    assert "Not sent: you have 3 contests" in page.text
    assert part(page, "#reason") == REASON
    withdrawal = browser.get_page("/contests/mine").soup.select_one("form[action$=withdrawal]")
    assert withdrawal is not None
    browser.post_page(str(withdrawal["action"]))
    browser.post_page(address_of(session_id), {"reason": REASON})


def test_only_the_rater_withdraws_and_only_before_the_answer(
    app: Flask, ines: Person, otto: Person, cleo: Person, contest: str, browser_of: BrowserOf
) -> None:
    browser_of(otto).post_page(f"{contest}/withdrawal", expect=404)
    browser = browser_of(cleo)
    browser.post_page(contest, answering(browser, contest))
    page = browser_of(ines).post_page(f"{contest}/withdrawal", follow=True)
    assert "It was answered in the meantime" in page.text
    assert ANSWER in page.text


def test_cleo_answers_about_the_text_and_not_about_ines(
    app: Flask, ines: Person, cleo: Person, contest: str, browser_of: BrowserOf
) -> None:
    browser = browser_of(cleo)
    queue = browser.get_page("/contests")
    assert "4. Element 4" in part(queue, f"#vignette-{SLUG}")
    assert "canary" not in queue.html
    assert queue.has_link_to(contest)
    page = browser.get_page(contest)
    assert REASON in page.text
    assert canary(SLUG, 4) in page.text
    assert "Too few to say" in page.text
    for secret in ("Ines", ines.email, "For my eyes only.", canary(SLUG, 5)):
        assert secret not in page.html
    refused = browser.post_page(contest, {"answer": "No."}, expect=422)
    assert "Choose what follows from the contest." in refused.errors
    assert part(refused, "#answer") == "No."
    done = browser.post_page(contest, answering(browser, contest), follow=True)
    assert "answered: the key stands" in done.text
    with app.app_context():
        assert SLUG in sights.keys_seen(cleo.id)
        letter = db.session.query(Letter).one()
        assert (letter.recipient, f"#contest-{contest[10:]}" in letter.body) == (ines.email, True)


def test_who_answers_second_sees_the_first_answer_and_keeps_the_own_text(
    cleo: Person, contest: str, make_person: Callable[..., Person], browser_of: BrowserOf
) -> None:
    first, second = browser_of(cleo), browser_of(make_person("Dana", Role.CERTIFIER))
    late = answering(second, contest, outcome="for-panel", answer="I think that Ines is right.")
    first.post_page(contest, answering(first, contest))
    page = second.post_page(contest, late, expect=409)
    assert "I think that Ines is right." in part(page, "#unsent")
    assert ANSWER in page.text
    assert not page.soup.select("[name=outcome]")


def test_a_second_click_on_an_answer_leads_on_as_the_first(
    app: Flask, ines: Person, cleo: Person, contest: str, browser_of: BrowserOf
) -> None:
    browser = browser_of(cleo)
    sent = answering(browser, contest)
    for _ in range(2):
        assert browser.post_page(contest, sent).location == "/contests"
    with app.app_context():
        assert db.session.query(Letter).one().recipient == ines.email
    # On second thought it is another answer, and that one is not taken any more.
    page = browser.post_page(contest, sent | {"outcome": "for-panel"}, expect=409)
    assert ANSWER in part(page, "#unsent")


def test_the_very_answer_of_somebody_else_is_not_theirs(
    cleo: Person, contest: str, make_person: Callable[..., Person], browser_of: BrowserOf
) -> None:
    first, second = browser_of(cleo), browser_of(make_person("Dana", Role.CERTIFIER))
    same = answering(second, contest)
    first.post_page(contest, same)
    assert ANSWER in part(second.post_page(contest, same, expect=409), "#unsent")


def test_what_raters_and_experts_write_is_shown_as_text(
    app: Flask, ines: Person, cleo: Person, session_id: uuid.UUID, browser_of: BrowserOf
) -> None:
    hostile = "<script>alert('key')</script> {{ 7 * 7 }}"
    rater, certifier = browser_of(ines), browser_of(cleo)
    rater.post_page(address_of(session_id), {"reason": hostile, "turns": "5"})
    link = certifier.get_page("/contests").soup.select_one("a.row-link")
    assert link is not None
    contest = str(link["href"])
    assert hostile in certifier.get_page(contest).text
    certifier.post_page(contest, answering(certifier, contest, answer=hostile))
    for address in (f"/rating-sessions/{session_id}/feedback", "/contests/mine"):
        assert hostile in rater.get_page(address).text


def test_emeka_stays_blind_until_he_chooses_to_see_the_key(
    app: Flask, emeka: Person, cleo: Person, contest: str, browser_of: BrowserOf
) -> None:
    opening = f"/contests/keys/{SLUG}/opening"
    with app.app_context():
        panel_id = seat_panel(cleo, [emeka], state=PanelState.RATING).id
    browser = browser_of(emeka)
    for address in ("/contests", opening):
        page = browser.get_page(address)
        assert "canary" not in page.html
        assert "Element 4" not in page.html
        assert not page.has_form_to(opening)
    assert browser.get_page(contest, expect=302).location == opening
    browser.post_page(contest, KEEP, expect=302)
    browser.post_page(opening, expect=409)
    with app.app_context():
        assert SLUG not in sights.keys_seen(emeka.id)
        db.session.get_one(Panel, panel_id).state = PanelState.CANCELLED
        db.session.commit()
    assert browser.get_page("/contests").has_link_to(opening)
    assert "can no longer be seated on a panel" in browser.get_page(opening).text
    assert browser.post_page(opening).location == f"/contests#vignette-{SLUG}"
    assert canary(SLUG, 4) in browser.get_page(contest).text
    browser.post_page(contest, answering(browser, contest))


def test_who_opens_contests_that_are_open_to_them_is_led_to_the_queue(
    app: Flask, emeka: Person, cleo: Person, contest: str, browser_of: BrowserOf
) -> None:
    """Emeka clicks twice, and later comes back; Cleo never had to open anything."""
    opening, place = f"/contests/keys/{SLUG}/opening", f"/contests#vignette-{SLUG}"
    browser = browser_of(emeka)
    for _ in range(2):
        assert browser.post_page(opening).location == place
    assert browser.get_page(opening, expect=302).location == place
    browser.post_page(contest, answering(browser, contest))
    assert browser.get_page(opening, expect=302).location == place
    for slug in (PRACTICE[1], "no-such-vignette"):
        browser.get_page(f"/contests/keys/{slug}/opening", expect=404)
    browser_of(cleo).get_page(opening, expect=404)


def test_nobody_answers_their_own_contest(
    app: Flask, ines: Person, cleo: Person, contest: str, browser_of: BrowserOf
) -> None:
    with app.app_context():
        grant_role(ines, Role.EXPERT, by=None)
    browser = browser_of(ines)
    assert "No contest waits for you." in browser.get_page("/contests").text
    for answer in (browser.get_page(contest, expect=302), browser.post_page(contest, KEEP)):
        assert answer.location.startswith("/contests/mine")
    with app.app_context():
        assert waiting_for(cleo)


def test_the_panel_answers_for_the_key_it_ratified(
    app: Flask, emeka: Person, cleo: Person, contest: str, browser_of: BrowserOf
) -> None:
    with app.app_context():
        (waiting,) = waiting_for(cleo)
        seat_panel(emeka, [], state=PanelState.ENDED, key_id=waiting.key_document_id)
    browser = browser_of(cleo)
    assert "answered by the panel that ratified the key" in browser.get_page("/contests").text
    assert "canary" not in browser.get_page(contest, expect=403).html
    assert browser_of(emeka).get_page("/contests").has_link_to(contest)


def test_other_roles_and_strangers_stay_outside(
    ines: Person,
    tamar: Person,
    ada: Person,
    contest: str,
    browser_of: BrowserOf,
    stranger: PersonClient,
) -> None:
    for person in (ines, tamar, ada):
        for address in ("/contests", contest, f"/contests/keys/{SLUG}/opening"):
            assert "canary" not in browser_of(person).get_page(address, expect=403).html
    stranger.get_page(contest, expect=302)


def test_what_five_raters_gave_is_shown_and_what_else_was_contested(
    app: Flask,
    cleo: Person,
    contest: str,
    make_person: Callable[..., Person],
    browser_of: BrowserOf,
) -> None:
    with app.app_context():
        for name in ("Ana", "Ben", "Cem", "Dia"):
            practised(make_person(name, Role.RATER), item_4=Rating(2, evidence=(5,)))
        contested(make_person("Eli", Role.RATER))
        contested(make_person("Fay", Role.RATER), item=5, slug=PRACTICE[1])
    page = browser_of(cleo).get_page(contest)
    assert "6 in all" in page.text
    rows = part(page, "[aria-labelledby=raters-title] tbody")
    assert "1 Absent 1 2 Thin 4 3 Clear 1" in rows
    assert "waiting for an answer" in part(page, "[aria-labelledby=others-title]")
