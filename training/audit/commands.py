"""`flask audit verify` and `flask audit checkpoint`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from training.audit import checkpoints, trail
from training.audit.checkpoints import Checkpoint, NotACheckpointError

NO_CHECKPOINT = 2  # as click ends when it cannot use what was typed


@click.group()
def audit() -> None:
    """The trail of acts."""


@audit.command()
@click.option(
    "--checkpoint",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A checkpoint that was kept elsewhere: prove that the trail still holds its line.",
)
@with_appcontext
def verify(file: Path | None) -> None:
    """Prove that no line was changed, removed or put elsewhere; exit 1 where one was.

    Lines cut off the end together with the row that names the end are found by a checkpoint
    only. Exit 2 where FILE is no checkpoint.
    """
    kept = _checkpoint_in(file) if file else None
    faults = [f"line {fault.sequence}: {fault.message}" for fault in trail.verify()]
    faults += [
        f"line {stored.sequence}: it is not what a stored checkpoint says it was"
        for _, stored in checkpoints.stored_checkpoints()
        if not stored.is_contained
    ]
    if kept is not None:
        faults += _faults_of(kept)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        sys.exit(1)
    if kept is not None:
        click.echo(f"The trail holds line {kept.sequence} as it was on {kept.made_at:%Y-%m-%d}.")
    click.echo("The trail is whole.")


def _checkpoint_in(file: Path) -> Checkpoint:
    try:
        return checkpoints.checkpoint_in(file.read_bytes())
    except OSError as error:
        click.echo(f"{file}: {error.strerror}", err=True)
    except NotACheckpointError as error:
        click.echo(f"{file}: {error}", err=True)
    sys.exit(NO_CHECKPOINT)


def _faults_of(kept: Checkpoint) -> list[str]:
    faults = []
    if not kept.is_signed_by_us:
        faults.append(
            "the checkpoint was changed, or was signed with another SECRET_KEY than today's"
        )
    if not kept.is_contained:
        faults.append(f"line {kept.sequence}: it is gone or is not what the checkpoint says it was")
    return faults


@audit.command()
@with_appcontext
def checkpoint() -> None:
    """Sign where the trail ends now, keep it, and print it; put what is printed elsewhere.

    \b
    Example:
      flask --app wsgi audit checkpoint > checkpoint.json
      flask --app wsgi audit verify --checkpoint checkpoint.json
    """
    made = checkpoints.make_checkpoint(person_id=None)
    click.echo(checkpoints.as_text(made), nl=False)
