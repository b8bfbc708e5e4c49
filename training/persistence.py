"""Binding the database: engine, migrations, and every model known to the metadata."""

import os
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app

from training.config import Config
from training.database import READING_ISOLATION, db, prepare_engine

# As many as a process has threads at most: fewer would open and close a connection with every
# request. One is opened when it is needed, so that a process of four threads has four.
POOLED_CONNECTIONS = 8

PARTS_WITH_TABLES = (
    "accounts",
    "audit",
    "calibration",
    "certification",
    "certification.workbench",
    "cohorts",
    "deadlines",
    "exercises",
    "keys",
    "library",
    "mail",
    "modules",
    "panels",
    "review",
)


def init_database(app: Flask, config: Config) -> None:
    """Bind the database and import every model, so that relations and migrations see all."""
    for part in PARTS_WITH_TABLES:
        import_module(f"training.{part}.models")

    if config.is_sqlite:
        config.instance_path.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(config)
    db.init_app(app)
    # Only commands migrate; a web worker would carry the 11 MiB of alembic for nothing.
    if click.get_current_context(silent=True) is not None:
        bind_migrations(app)
    with app.app_context():
        prepare_engine(db.engine)


def _engine_options(config: Config) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if "poolclass" not in config.database_options:
        # The one used last comes first: what it has read and prepared is still at hand, and the
        # others, which only a rush needs, keep little.
        options |= {"pool_size": POOLED_CONNECTIONS, "pool_use_lifo": True}
    if not config.is_sqlite:
        options["isolation_level"] = READING_ISOLATION
    return options | config.database_options


def bind_migrations(app: Flask) -> None:
    """Let flask_migrate's functions work on this application; once or more often."""
    from flask_migrate import Migrate

    migrate = Migrate(render_as_batch=True, compare_type=True)
    migrate.init_app(app, db, directory=migrations_folder(app))


def migrations_folder(app: Flask) -> str:
    """Where the migrations are, inside the package, so that an installed copy has them too."""
    return os.path.join(app.root_path, "migrations")


@lru_cache(maxsize=1)
def newest_migration() -> str:
    """The revision of a database that is migrated, as "0014": its file's name begins with it.

    Read without alembic, which no web worker has.
    """
    versions = Path(migrations_folder(current_app)) / "versions"
    return max(file.name.partition("_")[0] for file in versions.glob("[0-9]*.py"))
