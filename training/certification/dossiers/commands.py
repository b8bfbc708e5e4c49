"""`flask dossier verify`: compute a decision again from its file, without a database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

NO_DOSSIER = 2  # as click ends when it cannot use what was typed

# What computes is imported where it is used: `flask` loads this module for every other command.


@click.group()
def dossier() -> None:
    """The files from which a decision can be computed again."""


@dossier.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def verify(file: Path) -> None:
    """Say whether FILE is whole and gives the same decision when it is computed again.

    FILE is the archive a certifier downloads, or the dossier.json in it. Ends with 0 when
    everything agrees, with 1 when something differs, with 2 when FILE is no dossier. Compare the
    digest that is printed with the one on the certificate: sums inside a file cannot prove that
    the whole file was not made anew.

    \b
    Example:
      flask --app wsgi dossier verify dossier.zip
    """
    from training.certification.dossiers import files as dossier_files

    try:
        found = dossier_files.read(file.read_bytes())
    except OSError as error:
        _refuse(f"{file}: {error.strerror}")
    except dossier_files.NotADossierError as error:
        _refuse(f"{file}: {error}")
    result = dossier_files.verify(found)
    for note in result.notes:
        click.echo(f"note     {note}")
    for line in result.agrees:
        click.echo(f"agrees   {line}")
    for line in result.differs:
        click.echo(f"DIFFERS  {line}", err=True)
    if not result.holds:
        sys.exit(1)
    click.echo(f"digest   {found.document['digest']}")


def _refuse(message: str) -> None:
    click.echo(message, err=True)
    sys.exit(NO_DOSSIER)
