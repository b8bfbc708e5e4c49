"""`flask content check` and `flask content publish`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from training.config import PROJECT_ROOT
from training.library.checking import check as check_pack
from training.library.reading import Pack, read_pack

SHIPPED_CONTENT = PROJECT_ROOT / "content"

FolderArgument = click.argument(
    "folders",
    nargs=-1,
    metavar="[PATH]...",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)


@click.group()
def content() -> None:
    """Check and publish the documents: instruments, modules, vignettes, standards."""


@content.command()
@FolderArgument
def check(folders: tuple[Path, ...]) -> None:
    """Name every fault of the content folders, with file, item and field."""
    pack = read_pack(*with_what_they_refer_to(folders or (SHIPPED_CONTENT,)))
    _stop_on_faults(pack)
    click.echo(f"{sum(1 for _ in pack.documents())} documents, no faults.")


@content.command()
@FolderArgument
@click.option(
    "--preview", is_flag=True, help="Only say what the changed keys would change; publish nothing."
)
@with_appcontext
def publish(folders: tuple[Path, ...], *, preview: bool) -> None:
    """Put the documents in use; a pack with faults is refused as a whole.

    A key that a panel ratified stays in use while its vignette reads as it was rated.
    """
    configured = current_app.extensions["config"].content_paths
    pack = read_pack(*with_what_they_refer_to(folders or configured))
    _stop_on_faults(pack)
    if preview:
        _tell_effects(pack)
    else:
        _publish(pack)


def _tell_effects(pack: Pack) -> None:
    from training.keys.consequence_records import effects_of_publishing

    effects = effects_of_publishing(pack)
    for key in effects.keys:
        click.echo(
            f"key {key.slug}: items with another consensus: {key.items}, "
            f"practice feedback that would read otherwise: {key.sessions}"
        )
    click.echo(
        f"{len(effects.keys)} keys would be replaced. Decisions that would end otherwise: "
        f"{effects.decisions}, with a certificate: {effects.certificates}"
        + (", among the latest attempts." if effects.has_more else ".")
    )


def _publish(pack: Pack) -> None:
    from training.keys import publishing

    published = publishing.publish(pack, person_id=None)
    publication = published.publication
    for kind, slug in publication.published:
        click.echo(f"published {kind} {slug}")
    for slug in sorted(publication.kept):
        click.echo(f"kept the ratified key of {slug}: the folder holds its author's")
    for slug in sorted(publication.no_longer_fit):
        click.echo(
            f"replaced the ratified key of {slug}: the vignette is worded or rated otherwise now"
        )
    click.echo(f"{len(publication.published)} published, {publication.unchanged} unchanged.")
    if published.cases:
        click.echo(f"{published.cases} decisions wait for a certifier at /keys/changes.")


def with_what_they_refer_to(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """The folders, and before them the shipped content where they have no instrument of their own.

    A body's own folder often holds vignettes only; they are rated on a shipped instrument.
    """
    if any((folder / "instruments").is_dir() for folder in folders):
        return folders
    return (SHIPPED_CONTENT, *folders)


def _stop_on_faults(pack: Pack) -> None:
    faults = check_pack(pack)
    if not faults and not any(pack.documents()):
        click.echo("There are no documents here.", err=True)
        sys.exit(1)
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        click.echo(f"{len(faults)} faults. Nothing was published.", err=True)
        sys.exit(1)
