"""What the commands on a file of ratings share: reading it, refusing it, printing a result."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from training.psychometrics.table import RatingTable

# What computes is imported where it is used: `flask` loads this module for every other command.

STANDARD_INPUT = Path("-")
MOST_NAMES_SHOWN = 20
REFUSED = 2  # as click ends when it cannot use what was typed

ABOUT_FILE = """FILE is CSV in UTF-8 with one line per rating, or - for standard input:

\b
  subject,rater,item,score
  Meeting 1,Consensus,listening,3
  Meeting 1,Noor,listening,2
  Meeting 1,Ines,listening,NR

The columns may stand in any order, item may be left out, others are passed over. A missing
rating is a missing line; NR says that something could not be rated. A file with faults is refused
with all of them and their lines, and the command ends with 2."""

FilePath = click.Path(allow_dash=True, path_type=Path)
FileArgument = click.argument("file", metavar="FILE", type=FilePath)
JsonOption = click.option(
    "--json", "as_json", is_flag=True, help="Print every figure unrounded, as JSON."
)


def ratings_of(file: Path, scale: Sequence[float] | None) -> RatingTable:
    """The ratings of a file; one with faults is refused with all of them."""
    from training.measurement.reading import ratings_in
    from training.measurement.sheets import RatingFileError

    with refusing(file, RatingFileError):
        return ratings_in(bytes_of(file), scale=scale)


def bytes_of(file: Path) -> bytes:
    """All bytes of a file, or of standard input. Raises RatingFileError."""
    from training.measurement.sheets import content_of

    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    return content_of(file)


@contextmanager
def refusing(file: Path, refusal: type[ValueError]) -> Iterator[None]:
    """End with the text of this error when it is raised."""
    try:
        yield
    except refusal as error:
        refuse(file, str(error))


def refuse(file: Path, text: str) -> NoReturn:
    """Say why on standard error, every line beginning with the file, and end."""
    name = "standard input" if file == STANDARD_INPUT else click.format_filename(file)
    for line in text.splitlines():
        click.echo(f"{name}: {line}", err=True)
    click.echo("Nothing was computed.", err=True)
    sys.exit(REFUSED)


def known_name(option: str, name: str, names: Sequence[str]) -> str:
    """The name as the table holds it; one that is not there is refused with those that are."""
    from training.measurement.cells import unified_name

    name = unified_name(name)
    if name in names:
        return name
    there = ", ".join(map(repr, names[:MOST_NAMES_SHOWN])) or "nobody"
    if len(names) > MOST_NAMES_SHOWN:
        there += f" and {len(names) - MOST_NAMES_SHOWN} more"
    raise click.BadParameter(f"{name!r} is not there; there are {there}.", param_hint=option)


def print_result(
    result: dict[str, Any], report: Callable[[dict[str, Any]], str], as_json: bool
) -> None:
    """Print a result as JSON or as a report that a person reads."""
    if as_json:
        text = json.dumps(result, ensure_ascii=False, allow_nan=False, indent=2)
        click.echo(text.encode())  # JSON is UTF-8, whatever the terminal is set to
    else:
        click.echo(_showable(report(result)))


def _showable(text: str) -> str:
    """The text with ? for what the terminal has no letters for: better than ending in an error."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
