"""`flask content check`, `audit`, `new` and `publish`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from training.config import PROJECT_ROOT
from training.library import audit as audits
from training.library.checking import check as check_pack
from training.library.coverage import coverage_of, coverage_table
from training.library.reading import Fault, Pack, read_pack
from training.library.schema import Instrument
from training.library.schema.module import FIRST_INSTRUMENT
from training.library.schema.parts import SLUG_PATTERN
from training.library.skeletons import (
    PLACEHOLDER,
    dossier_files,
    exercise_files,
    module_files,
    vignette_files,
)

SHIPPED_CONTENT = PROJECT_ROOT / "content"
DOSSIER_INSTRUMENT = "programme-fidelity"

FolderArgument = click.argument(
    "folders",
    nargs=-1,
    metavar="[PATH]...",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)


@click.group()
def content() -> None:
    """Write, check and publish the documents: instruments, modules, vignettes, standards."""


@content.command()
@FolderArgument
def check(folders: tuple[Path, ...]) -> None:
    """Name every fault of the content folders, with file, item and field.

    Ends with a table of which item is at which level how often, pool by pool.
    """
    pack = read_pack(*with_what_they_refer_to(folders or (SHIPPED_CONTENT,)))
    faults = _tell_faults(pack)
    for instrument in pack.instruments.values():
        for line in coverage_table(coverage_of(pack, instrument)):
            click.echo(line)
    _stop_on_faults(pack, faults)
    click.echo(f"{sum(1 for _ in pack.documents())} documents, no faults.")


@content.command()
@FolderArgument
@click.option("--json", "as_json", is_flag=True, help="The same as JSON, for other programs.")
def audit(folders: tuple[Path, ...], *, as_json: bool) -> None:
    """Tell of each document words, reading time, levels, grade and faults, to approve it by."""
    pack = read_pack(*with_what_they_refer_to(folders or (SHIPPED_CONTENT,)))
    faults = check_pack(pack)
    rows = audits.audit(pack, faults)
    elsewhere = audits.faults_elsewhere(pack, faults)
    if as_json:
        values = {"documents": [row.values for row in rows], "elsewhere": elsewhere}
        click.echo(json.dumps(values, ensure_ascii=False, indent=2))
        return
    for line in audits.audit_table(rows):
        click.echo(line)
    for words in elsewhere:
        click.echo(f"! {words}")


@content.command()
@click.argument("kind", type=click.Choice(["vignette", "dossier", "exercise", "module"]))
@click.argument("slug")
@click.option(
    "--into",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=SHIPPED_CONTENT,
    help="The content folder; the shipped one unless another is named.",
)
@click.option(
    "--instrument",
    "instrument_slug",
    help=f"{DOSSIER_INSTRUMENT} for a dossier, {FIRST_INSTRUMENT} for the others, unless named.",
)
@click.option("--item", default=1, show_default=True, help="Of an exercise: the item it rates.")
def new(kind: str, slug: str, into: Path, instrument_slug: str | None, item: int) -> None:
    """Write the first files of a vignette, dossier, pair of exercises or module.

    Every field is explained in comments. The twins of a pair are called SLUG-1 and SLUG-2.
    """
    if not re.match(SLUG_PATTERN, slug):
        raise click.ClickException(
            f"{slug!r} does not do as a name: small letters, digits and single hyphens, as in "
            "the-kitchen-light"
        )
    pack = read_pack(*with_what_they_refer_to((into,)))
    instrument = _instrument_for(kind, instrument_slug, item, pack)
    folders = _skeleton(kind, slug, item, pack, instrument)
    _refuse_what_is_there(kind, folders, into, pack)
    for place, texts in folders.items():
        _write_new(into / place, texts)
        click.echo(f"Written to {into / place}: {', '.join(texts)}.")
    click.echo(f"`content check` counts what still says {PLACEHOLDER}. It also says, until then,")
    click.echo(EXPECTED_FAULTS[kind])


EXPECTED_FAULTS = {
    "vignette": "that the key has no high and no low item.",
    "dossier": "that the key has no high and no low item.",
    "exercise": "which items of the instrument have fewer than two pairs.",
    "module": "that the lesson is too short.",
}


def _instrument_for(kind: str, slug: str | None, item: int, pack: Pack) -> Instrument:
    """The instrument that is meant; refused where there is none, or it has no such item."""
    slug = slug or (DOSSIER_INSTRUMENT if kind == "dossier" else FIRST_INSTRUMENT)
    instrument = pack.instruments.get(slug)
    if instrument is None:
        known = ", ".join(sorted(pack.instruments)) or "none"
        raise click.ClickException(f"no instrument {slug!r} here; there are: {known}")
    if item not in instrument.item_numbers:
        last = instrument.item_numbers[-1]
        raise click.ClickException(f"{slug} has no item {item}; its items are 1 to {last}")
    return instrument


def _skeleton(
    kind: str, slug: str, item: int, pack: Pack, instrument: Instrument
) -> dict[Path, dict[str, str]]:
    """What is to be written: by folder within the content, its texts by file."""
    match kind:
        case "vignette":
            return {Path("vignettes") / slug: vignette_files(slug, instrument)}
        case "dossier":
            return {Path("vignettes") / slug: dossier_files(slug, instrument)}
        case "exercise":
            twins = exercise_files(slug, item, instrument)
            return {Path("exercises") / own: texts for own, texts in twins.items()}
    number = 1 + max((module.number for module in pack.modules.values()), default=0)
    return {Path("modules") / f"{number:02}-{slug}": module_files(slug, number, instrument)}


def _refuse_what_is_there(
    kind: str, folders: Mapping[Path, object], into: Path, pack: Pack
) -> None:
    """What is there already is somebody's work and left alone, all of it."""
    document_kind = "module" if kind == "module" else "vignette"
    for folder in folders:
        slug = folder.name.partition("-")[2] if kind == "module" else folder.name
        if (document_kind, slug) in pack.files:
            file = pack.files[document_kind, slug]
            raise click.ClickException(f"there is a {document_kind} {slug!r} in {file}")
        if (into / folder).exists():
            raise click.ClickException(f"{into / folder} is there already; nothing was written")


def _write_new(folder: Path, texts: Mapping[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")


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
    _stop_on_faults(pack, _tell_faults(pack))
    if preview:
        _tell_effects(pack)
    else:
        _publish(pack)


def _tell_effects(pack: Pack) -> None:
    from training.keys.changes.consequence_records import effects_of_publishing

    effects = effects_of_publishing(pack)
    for key in effects.keys:
        click.echo(
            f"key {key.slug}: items with another consensus: {key.items}, "
            f"practice feedback that would read otherwise: {key.sessions}"
        )
    replaced = _counted(len(effects.keys), "key")
    click.echo(
        f"{replaced} would be replaced. Decisions that would end otherwise: {effects.decisions}, "
        f"with a certificate: {effects.certificates}"
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
        waiting = "decision waits" if published.cases == 1 else "decisions wait"
        click.echo(f"{published.cases} {waiting} for a certifier at /keys/changes.")


def with_what_they_refer_to(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """The folders, and before them the shipped content where they have no instrument of their own.

    A body's own folder often holds vignettes only; they are rated on a shipped instrument.
    """
    if any((folder / "instruments").is_dir() for folder in folders):
        return folders
    return (SHIPPED_CONTENT, *folders)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _tell_faults(pack: Pack) -> list[Fault]:
    faults = check_pack(pack)
    for fault in faults:
        click.echo(str(fault), err=True)
    return faults


def _stop_on_faults(pack: Pack, faults: list[Fault]) -> None:
    if not faults and not any(pack.documents()):
        click.echo("There are no documents here.", err=True)
        sys.exit(1)
    if faults:
        click.echo(f"{_counted(len(faults), 'fault')}. Nothing was published.", err=True)
        sys.exit(1)
