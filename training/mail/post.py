"""Writing letters and, where a server is configured, sending them."""

from __future__ import annotations

import re
import smtplib
import ssl
import uuid
from collections.abc import Iterable, Sequence
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import func, select

from training.clock import now
from training.config import Config
from training.database import after_commit, db, write_transaction
from training.languages import speaking
from training.mail.models import Letter, LetterState
from training.request_log import logger

SECONDS_TO_WAIT_FOR_SERVER = 10
# As `accounts.records.new_token` makes it: 32 bytes in letters that addresses may hold.
SECRET_OF_LINK = re.compile(r"(?<=/)[\w-]{43}(?![\w-])", re.ASCII)
LETTERS_SHOWN = 100


class Recipient(Protocol):
    """Somebody with an account."""

    @property
    def email(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def locale(self) -> str: ...


def write_letter_to(person: Recipient, template: str, **context: object) -> Letter:
    """A letter to somebody with an account, by name and in their language."""
    return write_letter(person.email, template, locale=person.locale, name=person.name, **context)


def write_letter(recipient: str, template: str, *, locale: str = "en", **context: object) -> Letter:
    """Put a letter into the outbox, in the act under way, after which it is sent.

    The template's first line is the subject. A letter is neither sent for an act that failed nor
    lost when the server is down.
    """
    config: Config = current_app.extensions["config"]
    with speaking(locale):
        # Not with render_template: a letter needs nothing of the page, and commands have none.
        file = current_app.jinja_env.get_template(f"mail/{template}.txt")
        text = file.render(body_name=config.body_name, **context)
    subject, _, body = text.strip().partition("\n")
    letter = Letter(
        recipient=recipient,
        subject=subject.strip(),
        body=body.strip() + "\n",
        state=LetterState.WAITING if config.smtp_url else LetterState.KEPT,
    )
    db.session.add(letter)
    after_commit(_deliver_all, letter)
    return letter


def address_in_letter(endpoint: str, **values: object) -> str:
    """The whole address of a page, also where no request says under which name we are known."""
    config: Config = current_app.extensions["config"]
    return config.public_url + current_app.url_map.bind("").build(endpoint, values)


def _deliver_all(letters: Sequence[Letter]) -> None:
    """After the first failure the rest waits in the outbox.

    With a server that does not answer, a page would otherwise wait for each of them.
    """
    for letter in letters:
        deliver(letter)
        if letter.state is LetterState.FAILED:
            return


def deliver(letter: Letter) -> None:
    """Send a waiting letter; a failure is kept with the letter and never breaks the page."""
    if letter.state is not LetterState.WAITING:
        return
    failure = None
    try:
        _send(letter)
    except (OSError, smtplib.SMTPException) as error:
        failure = f"{type(error).__name__}: {error}"[:300]
        logger.warning("a letter could not be sent", extra={"fields": {"letter": letter.id}})
    with write_transaction() as session:
        stored = session.get_one(Letter, letter.id)
        stored.state = LetterState.FAILED if failure else LetterState.SENT
        stored.failure = failure
        if not failure:
            stored.sent_at, stored.body = now(), without_keys(stored.body)


def without_keys(body: str) -> str:
    """A letter without what lets somebody in: the secret at the end of its link."""
    return SECRET_OF_LINK.sub("…", body)


def body_to_look_at(letter: Letter) -> str:
    """What an administrator reads of a letter.

    Its link where nobody else passes the letter on, and only there: whoever has the link to a new
    password has the account.
    """
    config: Config = current_app.extensions["config"]
    return without_keys(letter.body) if config.smtp_url else letter.body


def in_outbox(letters: Iterable[Letter]) -> int:
    """How many of these letters were not sent, for want of a server or by its failure."""
    return sum(letter.state is not LetterState.SENT for letter in letters)


def _send(letter: Letter) -> None:
    config: Config = current_app.extensions["config"]
    message = EmailMessage()
    message["From"], message["To"] = config.mail_from, letter.recipient
    message["Subject"] = letter.subject
    message.set_content(letter.body)
    server = urlsplit(config.smtp_url or "")
    is_encrypted_throughout = server.scheme == "smtps"
    client_class = smtplib.SMTP_SSL if is_encrypted_throughout else smtplib.SMTP
    default_port = 465 if is_encrypted_throughout else 587
    with client_class(
        server.hostname or "localhost",
        server.port or default_port,
        timeout=SECONDS_TO_WAIT_FOR_SERVER,
    ) as client:
        client.ehlo()
        if not is_encrypted_throughout and client.has_extn("starttls"):
            client.starttls(context=ssl.create_default_context())
        if server.username:
            client.login(unquote(server.username), unquote(server.password or ""))
        client.send_message(message)


def outbox() -> list[Letter]:
    """The latest letters, newest first."""
    return list(
        db.session.scalars(select(Letter).order_by(Letter.written_at.desc()).limit(LETTERS_SHOWN))
    )


def letters_failed() -> int:
    """How many letters could not be sent."""
    statement = select(func.count()).select_from(Letter).filter_by(state=LetterState.FAILED)
    return db.session.scalar(statement) or 0


def find_letter(letter_id: uuid.UUID) -> Letter | None:
    return db.session.get(Letter, letter_id)
