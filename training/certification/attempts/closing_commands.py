"""`flask attempts close`: what has to be written down when nobody is looking."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from training.certification.attempts import closing_dates


@click.group()
def attempts() -> None:
    """Attempts at certification."""


@attempts.command()
@with_appcontext
def close() -> None:
    """Close every attempt whose window is over and tell its rater; run it once a day.

    An attempt that is late is late without it: this only writes it down and sends the letters.
    """
    letters = closing_dates.close_lapsed_attempts()
    click.echo(f"{len(letters)} closed.")
