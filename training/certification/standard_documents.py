"""Standards straight from content folders, for commands that need no database."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from training.measurement.command_line import REFUSED

if TYPE_CHECKING:
    from training.certification.judging.standard import Standard
    from training.library.reading import Pack
    from training.library.schema import Instrument

ContentOption = click.option(
    "--content",
    "folders",
    metavar="PATH",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A content folder that holds the standard; without it, the shipped content.",
)


@dataclass(frozen=True)
class StandardInContent:
    """A standard with its instrument and the pack both were found in."""

    standard: Standard
    instrument: Instrument
    pack: Pack


def standard_in(
    folders: tuple[Path, ...], slug: str, *, option: str, with_vignettes: bool = False
) -> StandardInContent:
    """The standard of this slug; unknown and faulty ones end the command with what is wrong."""
    from training.library.checking import fit_faults
    from training.library.commands import SHIPPED_CONTENT, with_what_they_refer_to
    from training.library.reading import read_rules

    pack = read_rules(
        *with_what_they_refer_to(folders or (SHIPPED_CONTENT,)), with_vignettes=with_vignettes
    )
    if pack.faults:
        _refuse([str(fault) for fault in pack.faults])
    standard = pack.standards.get(slug)
    if standard is None:
        there = ", ".join(sorted(pack.standards)) or "none"
        raise click.BadParameter(
            f"{slug!r} is no standard here; there are: {there}.", param_hint=option
        )
    instrument = pack.instruments.get(standard.instrument)
    if instrument is None:
        _refuse([f"{slug}: its instrument {standard.instrument!r} is not in the content"])
    faults = list(fit_faults(pack.files["standard", slug], standard, instrument))
    if faults:
        _refuse([str(fault) for fault in faults])
    return StandardInContent(standard, instrument, pack)


def _refuse(lines: list[str]) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    click.echo("The content has faults. Nothing was computed.", err=True)
    sys.exit(REFUSED)
