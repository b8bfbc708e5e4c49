"""`flask demo`."""

import click


@click.command()
def demo() -> None:
    """Set up and serve the demonstration."""
