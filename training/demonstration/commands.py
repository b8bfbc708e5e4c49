"""`flask demo`: set up what is missing and serve the demonstration."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from flask import Flask

from training.config import PROJECT_ROOT, Config

WORKERS = "2"


@click.command()
@click.option("--port", default=8000, show_default=True, help="The port on 127.0.0.1.")
@click.option("--reset", is_flag=True, help="Throw the demonstration's data away first.")
@click.option("--serve/--no-serve", default=True, help="Serve after setting up.")
def demo(port: int, reset: bool, serve: bool) -> None:
    """Make an SQLite database with invented people in it and serve it on this machine only.

    Running it again keeps what is there.
    """
    os.environ["DEMO"] = "1"
    os.environ["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    os.environ.pop("DATABASE_URL", None)  # never invented people in a real database
    config = Config.from_environment(os.environ)
    if reset:
        _remove(config)
    _set_up(config)
    if serve:
        _serve(port)


def _remove(config: Config) -> None:
    file = Path(config.database_url.removeprefix("sqlite:///"))
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _set_up(config: Config) -> None:
    from flask_migrate import upgrade

    from training import create_app
    from training.accounts.second_factor import next_code
    from training.clock import now
    from training.demonstration.people import PASSWORD, SECOND_FACTOR_SECRET, add_demonstration
    from training.library import records as library
    from training.library.checking import check
    from training.library.reading import read_pack
    from training.persistence import bind_migrations

    app: Flask = create_app(config)
    bind_migrations(app)
    with app.app_context():
        upgrade()
        pack = read_pack(*config.content_paths)
        faults = check(pack)
        if faults:
            raise click.ClickException("\n".join(["The content has faults:", *map(str, faults)]))
        publication = library.publish(pack, person_id=None)
        click.echo(f"Content: {len(publication.published)} documents published.")
        accounts = add_demonstration()
        click.echo("\nInvented people (everybody's password is the same):")
        for person in accounts:
            click.echo(f"  {person.email:32} {', '.join(sorted(person.roles)):24} {person.name}")
        click.echo(f"  Password: {PASSWORD}")
        click.echo(
            "  Certifier and administrator are asked for a code too. Their pages show it; an app "
            f"makes it from the secret {SECOND_FACTOR_SECRET}: it is "
            f"{next_code(SECOND_FACTOR_SECRET, at=now(), after=0)} at this moment."
        )


def _serve(port: int) -> None:
    address = f"127.0.0.1:{port}"
    click.echo(f"\nOpen http://{address}  (Ctrl+C stops it)", nl=True)
    sys.stdout.flush()
    if hasattr(os, "fork"):
        os.chdir(PROJECT_ROOT)
        os.environ.update(BIND=address, WEB_CONCURRENCY=WORKERS)
        os.execv(  # noqa: S606 - the arguments are ours
            sys.executable, [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
        )
    import waitress

    from training import create_app

    waitress.serve(create_app(), host="127.0.0.1", port=port, threads=8)
