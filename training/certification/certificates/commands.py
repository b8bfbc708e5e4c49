"""`flask certificates remind`."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from training.certification.certificates.reminders import Sent, send_reminders
from training.certification.models import ReminderKind
from training.mail.models import LetterState

KINDS = {
    ReminderKind.SIXTY_DAYS: "expires within 60 days",
    ReminderKind.FOURTEEN_DAYS: "expires within 14 days",
    ReminderKind.EXPIRED: "has expired",
}
STATES = {
    LetterState.KEPT: "the letter is kept in the outbox",
    LetterState.WAITING: "the letter waits to be sent",
    LetterState.SENT: "the letter is sent",
    LetterState.FAILED: "the letter could not be sent and is kept in the outbox",
}


@click.group()
def certificates() -> None:
    """Certificates and their ends."""


@certificates.command()
@with_appcontext
def remind() -> None:
    """Remind holders 60 and 14 days before a certificate expires, and the day after.

    Made to be run once a day. Each letter is written once, however often this is run.
    """
    number = 0
    for sent in send_reminders():
        number += 1
        click.echo(_line(sent))
    click.echo(f"{number} {'reminder' if number == 1 else 'reminders'}.")


def _line(sent: Sent) -> str:
    certificate = sent.certificate
    day = certificate.valid_until.date().isoformat()
    return f"{certificate.number} {KINDS[sent.kind]} ({day}): {STATES[sent.letter.state]}."
