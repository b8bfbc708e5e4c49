"""`flask audit verify`."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from training.audit import trail


@click.group()
def audit() -> None:
    """The trail of acts."""


@audit.command()
@with_appcontext
def verify() -> None:
    """Prove that no line was changed, removed or put elsewhere; exit 1 where one was."""
    faults = list(trail.verify())
    for fault in faults:
        click.echo(f"line {fault.sequence}: {fault.message}", err=True)
    if faults:
        sys.exit(1)
    click.echo("The trail is whole.")
