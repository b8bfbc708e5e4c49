"""`flask panels export` and `flask panels import`."""

from __future__ import annotations

import uuid
from pathlib import Path

import click
from flask.cli import with_appcontext

from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.panels.command_group import panels

# What computes and what reads documents is imported where it is used: `flask` loads this module
# for every other command.


@panels.command("export")
@click.argument("panel_id", metavar="PANEL", type=click.UUID)
@with_appcontext
def export_ratings(panel_id: uuid.UUID) -> None:
    """Print what the experts of PANEL gave in round one, as CSV, once round one is closed.

    PANEL is the long name that stands in the address of its page.

    \b
    Example:
      flask --app wsgi panels export 4b0e7c1a-... > spring-panel.csv
    """
    from training.database import db
    from training.panels.consensus.records import STATES_WITH_DISCUSSION
    from training.panels.exchange.export_records import exported_ratings, note_export
    from training.panels.exchange.table import lines_of
    from training.panels.models import Panel

    panel = db.session.get(Panel, panel_id)
    if panel is None:
        raise click.BadParameter("there is no such panel", param_hint="PANEL")
    if panel.state not in STATES_WITH_DISCUSSION:
        raise click.ClickException(
            "Round one of this panel is still open, or it was cancelled: nothing leaves."
        )
    note_export(panel, by=None)
    for line in lines_of(exported_ratings(panel)):
        click.echo(line.replace("\r\n", "\n"), nl=False)


@panels.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", required=True, help="What the panel is called.")
@click.option(
    "--chair", required=True, metavar="EMAIL", help="An expert who has seen no key of it."
)
@click.option("--vouched-by", required=True, metavar="EMAIL", help="A certifier or administrator.")
@click.option("--how", required=True, help="How it met; it stands with the keys.")
@click.option("--check", "is_check", is_flag=True, help="Read the file, and bring nothing in.")
@with_appcontext
def import_ratings(
    file: Path, title: str, chair: str, vouched_by: str, how: str, is_check: bool
) -> None:
    """Bring in the ratings of a panel that met elsewhere, from a CSV file in UTF-8.

    The page “Codebook of panel ratings” describes the columns; vignette, expert, item and rating
    are needed. Every fault of the file is named at once.

    \b
    Example:
      flask --app wsgi panels import spring.csv --title "Spring panel" --chair emeka@example.org \\
        --vouched-by cleo@example.org --how "Met on 3 May; all had rated alone before." --check
    """
    from training.forms import LONGEST_NAME, LONGEST_TEXT
    from training.panels.exchange import import_records
    from training.panels.exchange.forms import SHORTEST_VOUCHING, obstacle_texts
    from training.panels.exchange.table import PanelFileError, read_panel_file
    from training.panels.exchange.texts import fault_text
    from training.panels.records import OVERSEERS

    vouching = import_records.Vouching(
        title=_written("--title", title, most=LONGEST_NAME),
        chair=_person("--chair", chair, Role.EXPERT),
        voucher=_person("--vouched-by", vouched_by, *OVERSEERS),
        words=_written("--how", how, least=SHORTEST_VOUCHING, most=LONGEST_TEXT),
    )
    try:
        found = read_panel_file(file.read_bytes(), vignettes=import_records.known_vignettes())
        if obstacles := import_records.obstacles_to(found, vouching):
            raise import_records.NotBroughtInError(obstacles)
    except PanelFileError as error:
        raise click.ClickException("\n".join(map(fault_text, error.faults))) from error
    except import_records.NotBroughtInError as error:
        texts = obstacle_texts(error.obstacles).values()
        raise click.ClickException("\n".join(texts)) from error
    click.echo(
        f"Experts: {len(found.experts)}. Vignettes: {len(found.vignettes)}. "
        f"Ratings: {len(found.rows)}."
    )
    if is_check:
        click.echo("The file is whole. Nothing was brought in.")
        return
    panel = import_records.import_panel(found, vouching, panel_id=uuid.uuid4(), by=None)
    click.echo(f"Brought in as panel {panel.id}.")


def _written(option: str, text: str, *, least: int = 1, most: int) -> str:
    """A text without its edges, of a length that the page would take."""
    text = text.strip()
    if not text:
        raise click.BadParameter("write something", param_hint=option)
    if not least <= len(text) <= most:
        raise click.BadParameter(f"write {least} to {most} characters", param_hint=option)
    return text


def _person(option: str, email: str, *roles: Role) -> Person:
    """Who has this address and one of these roles."""
    person = accounts.find_person_by_email(email)
    if person is None or not person.is_active or not person.has_role(*roles):
        wanted = " or ".join(role.value for role in roles)
        raise click.BadParameter(f"there is no active {wanted} {email!r}", param_hint=option)
    return person
