"""Which server a letter goes to, and what the outbox shows."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from training.database import db, write_transaction
from training.mail import post
from training.mail.models import Letter, LetterState

SetServer = Callable[[str], None]


class ReachedError(OSError):
    """A server would have been reached: nothing is sent in these stories."""


@pytest.fixture
def set_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> SetServer:
    def configure(url: str) -> None:
        config = replace(app.extensions["config"], smtp_url=url)
        monkeypatch.setitem(app.extensions, "config", config)

    return configure


def letter_to(recipient: str) -> Letter:
    address = "http://localhost/"
    return post.write_letter(recipient, "reset-password", name="Ines", address=address, hours=2)


def write(app: Flask, recipient: str = "ines@example.org") -> Letter:
    with app.app_context(), write_transaction():
        return letter_to(recipient)


def stored(app: Flask, letter: Letter) -> Letter:
    with app.app_context():
        return db.session.get_one(Letter, letter.id)


@pytest.mark.parametrize(
    ("url", "client", "host", "port"),
    [
        ("smtp://mail.example.org", "SMTP", "mail.example.org", 587),
        ("smtp://mail.example.org:25", "SMTP", "mail.example.org", 25),
        ("smtps://mail.example.org", "SMTP_SSL", "mail.example.org", 465),
        ("smtps://office:secret@mail.example.org:2465", "SMTP_SSL", "mail.example.org", 2465),
        ("smtp://", "SMTP", "localhost", 587),
    ],
)
def test_the_address_says_which_server_and_how_it_is_encrypted(
    app: Flask,
    set_server: SetServer,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    client: str,
    host: str,
    port: int,
) -> None:
    reached: list[tuple[str, str, int]] = []

    def reach(name: str) -> Callable[..., Any]:
        def connect(to: str, at: int, *, timeout: float) -> None:
            assert 0 < timeout <= 10  # somebody waits for the page
            reached.append((name, to, at))
            raise ReachedError("the line is dead " + "x" * 400)

        return connect

    for name in ("SMTP", "SMTP_SSL"):
        monkeypatch.setattr(smtplib, name, reach(name))
    set_server(url)
    letter = write(app)
    for _ in range(2):  # what failed is sent again only when somebody says so
        with app.app_context():
            post.deliver(db.session.get_one(Letter, letter.id))
    assert reached == [(client, host, port)]
    failed = stored(app, letter)
    assert failed.state is LetterState.FAILED
    assert failed.failure is not None
    assert failed.failure.startswith("ReachedError: the line is dead")
    assert len(failed.failure) == 300


def test_the_outbox_shows_so_many_and_no_more(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "LETTERS_SHOWN", 2)
    written = [write(app, f"rater-{number}@example.org") for number in range(3)]
    with app.app_context():
        assert [letter.id for letter in post.outbox()] == [written[2].id, written[1].id]


def test_after_the_first_letter_that_fails_the_others_wait(
    app: Flask, set_server: SetServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the five letters of one act the third cannot be sent: three are still in the outbox."""
    tried: list[str] = []

    def send(letter: Letter) -> None:
        tried.append(letter.recipient)
        if len(tried) == 3:
            raise ReachedError("the line is dead")

    monkeypatch.setattr(post, "_send", send)
    set_server("smtp://mail.example.org")
    recipients = [f"rater-{number}@example.org" for number in range(5)]
    with app.app_context(), write_transaction():
        letters = [letter_to(recipient) for recipient in recipients]
    assert tried == recipients[:3]
    sent, failed, waits = LetterState.SENT, LetterState.FAILED, LetterState.WAITING
    assert [stored(app, letter).state for letter in letters] == [sent, sent, failed, waits, waits]
    with app.app_context():
        assert post.letters_failed() == 1
    assert post.in_outbox(letters) == 3


def test_without_a_server_every_letter_stays_in_the_outbox(app: Flask) -> None:
    assert post.in_outbox([]) == 0
    assert post.in_outbox([write(app), write(app)]) == 2
