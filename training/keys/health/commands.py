"""`flask keys health`."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from training.keys.health.records import KeyItem, keys_for_panel


@click.group()
def keys() -> None:
    """The keys in use."""


@keys.command()
@with_appcontext
def health() -> None:
    """List the items of keys that a panel should look at again, and why.

    An item is listed when its first ratings make it doubtful, or when a contest of it was
    answered so. The list names vignettes and items, never a score of a key.
    """
    found = keys_for_panel()
    for item in found:
        click.echo(_line(item))
    click.echo(f"{len(found)} {'item' if len(found) == 1 else 'items'} for a panel to look at.")


def _line(item: KeyItem) -> str:
    cell = item.cell
    ratings = f"{cell.verdict.value.replace('-', ' ')}, {cell.raters} raters"
    contests = f"contests: {item.contests.for_panel} for a panel, {item.contests.waiting} waiting"
    return f"{cell.vignette} item {cell.item} ({item.name}): {ratings}; {contests}."
