"""`flask panels remind`."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from training.panels.command_group import panels
from training.panels.rules import ReminderKind

KINDS = {
    ReminderKind.DUE_SOON: "is due within three days",
    ReminderKind.OVERDUE: "is overdue",
}


@panels.command()
@with_appcontext
def remind() -> None:
    """Remind experts who are not done: three days before a panel is due, and the day after.

    Made to be run once a day. Each letter is written once, however often this is run.
    """
    from training.panels.reminders import send_reminders

    number = 0
    for sent in send_reminders():
        number += 1
        click.echo(
            f"{sent.letter.recipient}: {sent.title!r} {KINDS[sent.kind]} "
            f"(letter {sent.letter.state.value})."
        )
    click.echo(f"{number} {'reminder' if number == 1 else 'reminders'}.")
