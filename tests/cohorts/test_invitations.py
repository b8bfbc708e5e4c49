"""Inviting raters by e-mail: several at once, faults named, letters, withdrawing."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.cohorts.learning import acts_of
from tests.mail.server import MailServer
from tests.pages import PersonClient
from training.accounts.models import Person
from training.clock import now
from training.cohorts import invitation_records
from training.cohorts.invitation_records import InvitationState
from training.cohorts.models import Cohort, Invitation
from training.database import db
from training.mail import post
from training.mail.models import Letter, LetterState

Browser = Callable[[Person], PersonClient]


@pytest.fixture
def page_of(cohort: Cohort) -> str:
    return f"/cohorts/{cohort.id}/invitations"


def letters(app: Flask) -> list[Letter]:
    with app.app_context():
        return sorted(post.outbox(), key=lambda letter: letter.recipient)


def test_several_raters_are_invited_at_once(
    app: Flask, cohort: Cohort, tamar: Person, browser_of: Browser, page_of: str
) -> None:
    typed = "Noor@Example.org\n\nbo@example.org; cem@example.org\n"
    page = browser_of(tamar).post_page(page_of, {"addresses": typed}, follow=True)
    assert "3 invitations are written." in page.text
    assert "3 letters were not sent." in page.text  # there is no mail server
    written = letters(app)
    recipients = ["bo@example.org", "cem@example.org", "noor@example.org"]
    assert [letter.recipient for letter in written] == recipients
    assert all("Autumn group" in letter.body for letter in written)
    assert len({re.search(r"/join/(\S+)", letter.body)[1] for letter in written}) == 3  # type: ignore[index]
    with app.app_context():
        acts = acts_of("invitation sent")
        assert [(act["by"], act["role"]) for act in acts] == [(tamar.id, "rater")] * 3
        assert {row.cohort_id for row in db.session.query(Invitation)} == {cohort.id}


def test_an_invited_rater_joins(
    app: Flask, cohort: Cohort, tamar: Person, otto: Person, browser_of: Browser, page_of: str
) -> None:
    browser = browser_of(tamar)
    browser.post_page(page_of, {"addresses": otto.email})
    found = re.search(r"http://localhost(/join/\S+)", letters(app)[0].body)
    assert found
    browser_of(otto).post_page(found[1])
    assert "Otto" in browser.get_page(f"/cohorts/{cohort.id}").text
    page = browser.get_page(page_of)
    assert "Accepted" in page.text
    assert "Withdraw" not in page.soup.table.get_text()  # type: ignore[union-attr]


def test_faulty_lines_are_named_and_nothing_is_lost(
    app: Flask, tamar: Person, browser_of: Browser, page_of: str
) -> None:
    typed = "noor@example.org\nnot an address\nbo@example.org\n@nowhere"
    page = browser_of(tamar).post_page(page_of, {"addresses": typed}, expect=422)
    assert "Line 2 is not an e-mail address: not an address" in page.errors
    assert "Line 4 is not an e-mail address: @nowhere" in page.errors
    assert page.soup.textarea is not None
    assert page.soup.textarea.get_text().strip() == typed
    assert letters(app) == []
    with app.app_context():
        assert db.session.query(Invitation).count() == 0


@pytest.mark.parametrize("typed", ["", "  \n "])
def test_nothing_typed_is_no_invitation(
    tamar: Person, browser_of: Browser, page_of: str, typed: str
) -> None:
    page = browser_of(tamar).post_page(page_of, {"addresses": typed}, expect=422)
    assert "Enter at least one e-mail address." in page.errors


def test_fifty_at_once_and_no_more(
    app: Flask, tamar: Person, browser_of: Browser, page_of: str
) -> None:
    browser = browser_of(tamar)
    addresses = [f"noor-{number}@example.org" for number in range(51)]
    page = browser.post_page(page_of, {"addresses": "\n".join(addresses)}, expect=422)
    assert "These are 51 addresses. Invite at most 50 at once." in page.errors
    browser.post_page(page_of, {"addresses": "\n".join(addresses[:50])})
    assert len(letters(app)) == 50


def test_who_is_in_or_invited_already_is_left_out(
    app: Flask, tamar: Person, ines: Person, browser_of: Browser, page_of: str
) -> None:
    browser = browser_of(tamar)
    browser.post_page(page_of, {"addresses": "noor@example.org"})
    typed = f"{ines.email.upper()}\nnoor@example.org\nbo@example.org"
    page = browser.post_page(page_of, {"addresses": typed}, follow=True)
    assert "1 invitation is written." in page.text
    assert f"invited already: {ines.email}, noor@example.org" in page.text
    assert [letter.recipient for letter in letters(app)] == ["bo@example.org", "noor@example.org"]


def test_who_let_an_invitation_lapse_is_invited_again(
    app: Flask, tamar: Person, browser_of: Browser, page_of: str
) -> None:
    browser_of(tamar).post_page(page_of, {"addresses": "noor@example.org"})
    with time_machine.travel(now() + timedelta(days=31)):
        browser = browser_of(tamar)
        assert "Lapsed" in browser.get_page(page_of).text
        browser.post_page(page_of, {"addresses": "noor@example.org"})
        assert len(letters(app)) == 2


def test_a_withdrawn_invitation_lets_nobody_in(
    app: Flask, tamar: Person, stranger: PersonClient, browser_of: Browser, page_of: str
) -> None:
    browser = browser_of(tamar)
    page = browser.post_page(page_of, {"addresses": "noor@example.org"}, follow=True)
    form = page.soup.select_one("table form")
    assert form is not None
    page = browser.post_page(str(form["action"]), follow=True)
    assert "Withdrawn" in page.text
    found = re.search(r"http://localhost(/join/\S+)", letters(app)[0].body)
    assert found
    stranger.get_page(found[1], expect=404)
    page = browser.post_page(str(form["action"]), follow=True)  # a second click
    assert "This invitation is not open any more." in page.text
    with app.app_context():
        assert len(acts_of("invitation withdrawn")) == 1


def test_an_invitation_of_another_cohort_is_not_withdrawn_here(
    app: Flask, cohort: Cohort, tamar: Person, browser_of: Browser, page_of: str
) -> None:
    browser = browser_of(tamar)
    browser.post_page("/cohorts", {"name": "Other group"})
    browser.post_page(page_of, {"addresses": "noor@example.org"})
    with app.app_context():
        invitation = db.session.query(Invitation).one()
        other = db.session.query(Cohort).filter_by(name="Other group").one()
    address = f"/cohorts/{other.id}/invitations/{invitation.id}/withdrawal"
    browser.post_page(address, expect=404)


def test_the_list_shows_no_link_that_would_let_somebody_in(
    app: Flask, tamar: Person, browser_of: Browser, page_of: str
) -> None:
    page = browser_of(tamar).post_page(page_of, {"addresses": "noor@example.org"}, follow=True)
    found = re.search(r"/join/(\S+)", letters(app)[0].body)
    assert found
    assert found[1] not in page.html


def test_the_state_of_an_invitation() -> None:
    moment = now()
    invitation = Invitation(expires_at=moment + timedelta(days=1))
    state_of = invitation_records.state_of
    assert state_of(invitation, at=moment) is InvitationState.OPEN
    assert state_of(invitation, at=moment + timedelta(days=1)) is InvitationState.LAPSED
    invitation.withdrawn_at = moment
    assert state_of(invitation, at=moment) is InvitationState.WITHDRAWN
    invitation.accepted_at = moment
    assert state_of(invitation, at=moment) is InvitationState.ACCEPTED


def test_a_silent_mail_server_is_tried_once(
    app: Flask,
    tamar: Person,
    browser_of: Browser,
    page_of: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With fifty letters and a server that does not answer, the page must not wait fifty times."""
    tries = []

    def refuse(*_arguments: object, **_options: object) -> smtplib.SMTP:
        tries.append(1)
        raise TimeoutError("no answer")

    monkeypatch.setattr(smtplib, "SMTP", refuse)
    config = replace(app.extensions["config"], smtp_url="smtp://mail.invalid:2525")
    monkeypatch.setitem(app.extensions, "config", config)
    typed = "a@example.org\nb@example.org\nc@example.org"
    page = browser_of(tamar).post_page(page_of, {"addresses": typed}, follow=True)
    assert "3 letters were not sent." in page.text
    assert len(tries) == 1
    states = [letter.state for letter in letters(app)]
    assert states == [LetterState.FAILED, LetterState.WAITING, LetterState.WAITING]


def test_with_a_mail_server_each_is_sent_and_whoever_is_invited_is_told_of_alone(
    app: Flask,
    tamar: Person,
    browser_of: Browser,
    page_of: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser, typed = browser_of(tamar), {"addresses": "bo@example.org\nnoor@example.org"}
    with MailServer() as server:
        config = replace(app.extensions["config"], smtp_url=server.url)
        monkeypatch.setitem(app.extensions, "config", config)
        page = browser.post_page(page_of, typed, follow=True)
        assert "2 invitations are written." in page.text
        assert "not sent" not in page.text
        again = browser.post_page(page_of, typed, follow=True)
    assert "invited already: bo@example.org, noor@example.org" in again.text
    assert "written" not in again.text
    assert [message["To"] for message in server.messages] == ["bo@example.org", "noor@example.org"]
    assert {letter.state for letter in letters(app)} == {LetterState.SENT}
