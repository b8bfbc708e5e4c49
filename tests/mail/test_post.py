"""Letters: kept without a server, sent with one, never lost and never in the way."""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.mail.server import MailServer
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.clock import now
from training.database import db, write_transaction
from training.mail import post
from training.mail.models import Letter, LetterState

SetServer = Callable[[str], None]


@pytest.fixture
def set_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> SetServer:
    """Configure the service with this mail server."""

    def configure(url: str) -> None:
        config = replace(app.extensions["config"], smtp_url=url, mail_from="office@example.org")
        monkeypatch.setitem(app.extensions, "config", config)

    return configure


@contextmanager
def writing(app: Flask) -> Iterator[None]:
    with app.test_request_context(), write_transaction():
        yield


def letter_to(name: str, *, locale: str = "en") -> Letter:
    return post.write_letter(
        "ines@example.org",
        "reset-password",
        locale=locale,
        name=name,
        address="http://localhost/reset-password/TOKEN",
        hours=2,
    )


def write(app: Flask, name: str = "Ines", *, locale: str = "en") -> Letter:
    with writing(app):
        return letter_to(name, locale=locale)


def stored(app: Flask, letter: Letter) -> Letter:
    with app.app_context():
        return db.session.get_one(Letter, letter.id)


def test_a_letter_has_its_first_line_as_subject(app: Flask) -> None:
    letter = write(app)
    assert letter.subject == "Choose a new password"
    assert letter.body.startswith("Hello Ines,\n")
    assert letter.body.endswith("Test body\n")
    assert "http://localhost/reset-password/TOKEN" in letter.body


def test_without_a_server_letters_are_kept(app: Flask) -> None:
    letter = write(app)
    kept = stored(app, letter)
    assert (kept.state, kept.sent_at, kept.failure) == (LetterState.KEPT, None, None)


def test_a_letter_belongs_to_the_act_it_is_written_in(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), writing(app):
        post.write_letter(
            "a@example.org", "reset-password", name="A", address="http://localhost/", hours=2
        )
        _ = 1 / 0
    with app.app_context():
        assert post.outbox() == []


def test_a_letter_waits_and_is_sent(app: Flask, set_server: SetServer) -> None:
    with MailServer() as server:
        set_server(server.url)
        with writing(app):
            letter = letter_to("Ines")
            assert letter.state is LetterState.WAITING
            assert server.messages == []
    sent = stored(app, letter)
    assert sent.state is LetterState.SENT
    assert sent.sent_at is not None
    (message,) = server.messages
    assert message["To"] == "ines@example.org"
    assert message["From"] == "office@example.org"
    assert message["Subject"] == "Choose a new password"
    assert message.get_content().splitlines() == letter.body.splitlines()


def test_a_letter_is_sent_once(app: Flask, set_server: SetServer) -> None:
    with MailServer() as server:
        set_server(server.url)
        letter = write(app)
        with app.app_context():
            post.deliver(stored(app, letter))
    assert len(server.messages) == 1


@pytest.mark.parametrize("name", ["Zoë Ångström", "देविका", "O'Neil & Söhne <x>"])
def test_names_travel_in_every_script(app: Flask, set_server: SetServer, name: str) -> None:
    with MailServer() as server:
        set_server(server.url)
        write(app, name)
    assert f"Hello {name}," in server.messages[0].get_content()


def test_user_and_password_come_from_the_address(app: Flask, set_server: SetServer) -> None:
    with MailServer() as server:
        set_server(f"smtp://office%40example.org:p%3Ass@127.0.0.1:{server.port}")
        letter = write(app)
    (line,) = server.credentials
    assert base64.b64decode(line.split()[-1]) == b"\0office@example.org\0p:ss"
    assert stored(app, letter).state is LetterState.SENT


def test_a_server_that_is_down_leaves_the_letter_with_its_reason(
    app: Flask, set_server: SetServer
) -> None:
    with MailServer() as server:
        url = server.url
    set_server(url)  # nobody listens there any more
    letter = write(app)
    failed = stored(app, letter)
    assert failed.state is LetterState.FAILED
    assert failed.failure is not None
    assert failed.failure.startswith("ConnectionRefusedError")
    assert failed.sent_at is None


def test_a_server_that_refuses_the_recipient(app: Flask, set_server: SetServer) -> None:
    with MailServer(refuses=True) as server:
        set_server(server.url)
        letter = write(app)
    failed = stored(app, letter)
    assert failed.state is LetterState.FAILED
    assert "no such mailbox" in (failed.failure or "")
    assert server.messages == []


def test_a_server_that_does_not_encrypt_as_it_said_gets_neither_letter_nor_password(
    app: Flask, set_server: SetServer
) -> None:
    with MailServer(breaks_its_word=True) as server:
        set_server(f"smtp://office:secret@127.0.0.1:{server.port}")
        letter = write(app)
    failed = stored(app, letter)
    assert failed.state is LetterState.FAILED
    assert "not now" in (failed.failure or "")
    assert (server.messages, server.credentials) == ([], [])


def test_the_page_that_wrote_a_letter_works_though_the_server_is_down(
    app: Flask, set_server: SetServer, stranger: PersonClient, ines: Person
) -> None:
    set_server("smtp://127.0.0.1:9")
    page = stranger.post_page("/forgotten-password", {"email": ines.email}, expect=200)
    assert ines.email in page.text
    with app.app_context():
        (letter,) = post.outbox()
        assert letter.state is LetterState.FAILED
        assert "/reset-password/" in letter.body  # nothing is lost


def test_an_act_that_fails_sends_nothing(app: Flask, set_server: SetServer) -> None:
    with MailServer() as server:
        set_server(server.url)
        with pytest.raises(ZeroDivisionError), writing(app):
            letter_to("Ines")
            _ = 1 / 0
        write(app, "Otto")
    assert ["Hello Otto," in message.get_content() for message in server.messages] == [True]


def test_a_letter_of_an_act_within_an_act_waits_for_the_outer_one(
    app: Flask, set_server: SetServer
) -> None:
    with MailServer() as server:
        set_server(server.url)
        with writing(app):
            with write_transaction():
                letter_to("Ines")
            assert server.messages == []
    assert len(server.messages) == 1


def test_outside_of_an_act_there_is_nothing_to_wait_for(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="inside write_transaction"):
        letter_to("Ines")


def test_what_lets_somebody_in_is_gone_once_the_letter_is_sent(
    app: Flask, set_server: SetServer, stranger: PersonClient, ines: Person
) -> None:
    with MailServer() as server:
        set_server(server.url)
        stranger.post_page("/forgotten-password", {"email": ines.email}, expect=200)
    (address,) = re.findall(r"/reset-password/\S+", server.messages[0].get_content())
    with app.app_context():
        (letter,) = post.outbox()
    assert address.removeprefix("/reset-password/") not in letter.body
    assert "/reset-password/…" in letter.body
    assert stranger.get_page(address).status == 200


def test_with_a_mail_server_administrators_never_read_the_link(
    app: Flask,
    set_server: SetServer,
    make_person: Callable[..., Person],
    browser_of: Callable[[Person], PersonClient],
    ines: Person,
    stranger: PersonClient,
) -> None:
    """Not of a letter that could not be sent either; without a server they pass it on."""
    browser = browser_of(make_person("Ada", Role.ADMINISTRATOR))
    stranger.post_page("/forgotten-password", {"email": ines.email}, expect=200)
    with app.app_context():
        (kept,) = post.outbox()
    address = f"/administration/letters/{kept.id}"
    (secret,) = re.findall(r"/reset-password/(\S+)", kept.body)
    assert secret in browser.get_page(address).html
    set_server("smtp://127.0.0.1:9")
    page = browser.get_page(address)
    assert secret not in page.html
    assert "only the recipient sees it" in page.text


def test_no_letter_goes_to_an_address_nobody_has(app: Flask, stranger: PersonClient) -> None:
    stranger.post_page("/forgotten-password", {"email": "nobody@example.org"}, expect=200)
    with app.app_context():
        assert post.outbox() == []


def test_the_outbox_shows_the_newest_first(app: Flask) -> None:
    moment = now()
    for minute in range(3):
        with time_machine.travel(moment + timedelta(minutes=minute), tick=False):
            write(app, f"Reader {minute}")
    with app.app_context():
        bodies = [letter.body.splitlines()[0] for letter in post.outbox()]
        assert bodies == ["Hello Reader 2,", "Hello Reader 1,", "Hello Reader 0,"]


def test_a_letter_is_found_by_its_id(app: Flask) -> None:
    letter = write(app)
    with app.app_context():
        found = post.find_letter(letter.id)
        assert found is not None
        assert found.subject == letter.subject
        assert post.find_letter(uuid.uuid4()) is None
