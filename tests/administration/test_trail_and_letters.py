"""The administrator, the trail of acts and the letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from tests.mail.server import MailServer
from tests.pages import Page, PersonClient
from training.accounts.models import Person
from training.administration import records
from training.audit import trail
from training.audit.wording import act_text
from training.cohorts.models import Cohort
from training.database import db, write_transaction
from training.mail import post
from training.mail.models import Letter, LetterState

Browser = Callable[[Person], PersonClient]
NOWHERE = "00000000-0000-4000-8000-000000000000"
TRAIL = "/administration/trail"


def acts_on(page: Page) -> list[str]:
    return [row.select("td")[1].get_text() for row in page.soup.select("tbody tr")]


def keep_letter(app: Flask, state: LetterState, body: str = "Dear Ines") -> Letter:
    with app.app_context(), write_transaction() as session:
        letter = Letter(recipient="ines@example.org", subject="Hello", body=body, state=state)
        session.add(letter)
    return letter


def test_the_trail_names_who_did_what(
    ada: Person, tamar: Person, cohort: Cohort, browser_of: Browser
) -> None:
    page = browser_of(ada).get_page(TRAIL)
    assert "cohort opened" in acts_on(page)
    assert acts_on(page)[0] == "signed in"  # the latest first
    assert page.has_link_to(f"/administration/people/{tamar.id}")
    assert "role: rater" in page.text


def test_the_trail_is_filtered_by_act_and_person(
    ada: Person, tamar: Person, cohort: Cohort, browser_of: Browser
) -> None:
    browser = browser_of(ada)
    assert set(acts_on(browser.get_page(f"{TRAIL}?act=role+granted"))) == {"role granted"}
    page = browser.get_page(f"{TRAIL}?person={tamar.email}")
    assert "cohort opened" in acts_on(page)
    assert "signed in" not in acts_on(page)
    page = browser.get_page(f"{TRAIL}?act=cohort+opened&person=TAMAR@example.org")
    assert acts_on(page) == ["cohort opened"]
    assert page.soup.select_one("#person")["value"] == "TAMAR@example.org"  # type: ignore[index]
    assert "No line matches." in browser.get_page(f"{TRAIL}?act=data+exported").text
    page = browser.get_page(f"{TRAIL}?person=nobody@example.org")
    assert "Nobody has the address nobody@example.org." in page.text
    assert "signed in" in acts_on(browser.get_page(f"{TRAIL}?act=no-such-act"))


def test_acts_are_called_in_the_readers_language_and_found_by_the_names_they_were_written_with(
    app: Flask, ada: Person, tamar: Person, browser_of: Browser
) -> None:
    with app.app_context(), write_transaction() as session:
        trail.note(trail.Act.KEY_SEEN, "vignette one", person_id=tamar.id)
        session.get_one(Person, ada.id).locale = "hi"
    browser = browser_of(ada)
    assert acts_on(browser.get_page(f"{TRAIL}?act=key+seen")) == ["मानक-कुंजी देखी गई"]
    options = browser.get_page(TRAIL).soup.select("#act option[value]:not([value=''])")
    assert {option["value"] for option in options} == set(trail.Act)
    texts = [option.get_text() for option in options]
    assert texts == sorted(texts)
    assert len(set(texts)) == len(trail.Act)
    assert not any(text.isascii() for text in texts)


def test_every_act_is_called_in_english_as_it_is_written(app: Flask) -> None:
    with app.test_request_context():
        assert [act_text(act.value) for act in trail.Act] == [act.value for act in trail.Act]
        assert act_text("gate opened") == "gate opened"  # of a version that had such an act


def test_a_long_trail_comes_in_pages(app: Flask, ada: Person, browser_of: Browser) -> None:
    with app.app_context(), write_transaction():
        for number in range(70):
            trail.note(trail.Act.DATA_EXPORTED, f"export {number}", person_id=None)
    page = browser_of(ada).get_page(f"{TRAIL}?act=data+exported&page=2")
    assert len(acts_on(page)) == 20
    assert "export 0" in page.text
    assert page.has_link_to(f"{TRAIL}?page=1&act=data+exported")
    assert "the service or a stranger" in page.text


def test_a_whole_trail_is_verified(app: Flask, ada: Person, browser_of: Browser) -> None:
    browser = browser_of(ada)
    assert "up to ten seconds for every 100,000" in browser.get_page(TRAIL).text
    page = browser.get_page(f"{TRAIL}/verification")
    assert "The trail is whole." in page.text
    with app.app_context():
        assert f"All {trail.number_of_lines()} lines are as they were written" in page.text


def test_a_forged_line_is_found(app: Flask, ada: Person, browser_of: Browser) -> None:
    browser = browser_of(ada)
    with app.app_context():
        db.session.execute(text("UPDATE audit_entry SET subject = 'forged' WHERE sequence = 1"))
        db.session.commit()
    page = browser.get_page(f"{TRAIL}/verification")
    assert "The trail was tampered with." in page.text
    assert "Line 1: its content was changed after it was written" in page.text


def test_an_empty_outbox(ada: Person, browser_of: Browser) -> None:
    page = browser_of(ada).get_page("/administration/letters")
    assert "No letter was written yet." in page.text
    assert "No mail server is configured" in page.text


def test_letters_are_listed_and_read(app: Flask, ada: Person, browser_of: Browser) -> None:
    letter = keep_letter(app, LetterState.KEPT, "Dear Ines,\n<b>come</b> & join.\n")
    browser = browser_of(ada)
    page = browser.get_page("/administration/letters")
    assert "Hello ines@example.org Kept" in page.text
    page = browser.get_page(f"/administration/letters/{letter.id}")
    assert page.soup.pre is not None
    assert page.soup.pre.get_text() == "Dear Ines,\n<b>come</b> & join.\n"
    assert not page.has_form_to(f"/administration/letters/{letter.id}/sending")
    assert "Kept: 1" in browser.get_page("/administration").text
    browser.get_page(f"/administration/letters/{NOWHERE}", expect=404)
    browser.post_page(f"/administration/letters/{NOWHERE}/sending", expect=404)


def test_the_list_of_letters_says_how_many_there_are(
    app: Flask, ada: Person, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_of(ada)
    keep_letter(app, LetterState.KEPT)
    assert caption_of(browser) == "1 letter"
    keep_letter(app, LetterState.KEPT)
    assert caption_of(browser) == "2 letters, newest first"
    monkeypatch.setattr(post, "LETTERS_SHOWN", 2)
    keep_letter(app, LetterState.KEPT)
    assert caption_of(browser) == "The latest 2 letters, newest first"


def caption_of(browser: PersonClient) -> str:
    caption = browser.get_page("/administration/letters").soup.caption
    assert caption is not None
    return caption.get_text()


@pytest.mark.parametrize("state", [LetterState.FAILED, LetterState.WAITING])
def test_a_letter_is_sent_again(
    app: Flask,
    ada: Person,
    browser_of: Browser,
    state: LetterState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = keep_letter(app, state)
    address = f"/administration/letters/{letter.id}"
    browser = browser_of(ada)
    with MailServer() as server:
        config = replace(app.extensions["config"], smtp_url=server.url)
        monkeypatch.setitem(app.extensions, "config", config)
        assert browser.get_page(address).has_form_to(f"{address}/sending")
        page = browser.post_page(f"{address}/sending", follow=True)
    assert "The letter is sent." in page.text
    assert [message["To"] for message in server.messages] == ["ines@example.org"]
    with app.app_context():
        stored = db.session.get_one(Letter, letter.id)
        assert (stored.state, stored.failure) == (LetterState.SENT, None)
        assert records.send_again(letter.id) is LetterState.SENT  # a sent letter is not sent twice
    assert len(server.messages) == 1


def test_a_letter_that_fails_again_says_why(
    app: Flask, ada: Person, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = keep_letter(app, LetterState.FAILED)
    config = replace(app.extensions["config"], smtp_url="smtp://127.0.0.1:9")
    monkeypatch.setitem(app.extensions, "config", config)
    address = f"/administration/letters/{letter.id}"
    page = browser_of(ada).post_page(f"{address}/sending", follow=True)
    assert "The letter could not be sent. The reason stands below." in page.text
    assert "ConnectionRefusedError" in page.text
    assert page.has_form_to(f"{address}/sending")
    assert "Failed: 1" in browser_of(ada).get_page("/administration").text


def test_a_kept_letter_is_not_sent_by_sending_again(app: Flask) -> None:
    letter = keep_letter(app, LetterState.KEPT)
    with app.app_context():
        assert records.send_again(letter.id) is LetterState.KEPT
        assert post.find_letter(letter.id) is not None
