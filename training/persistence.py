"""Binding the database: engine, migrations, and every model known to the metadata."""

import os
from importlib import import_module

from flask import Flask

from training.config import Config
from training.database import db, prepare_engine
from training.extensions import migrate

# As many as a worker has threads: fewer would open and close a connection with every request.
POOLED_CONNECTIONS = 8

PARTS_WITH_TABLES = (
    "accounts",
    "audit",
    "calibration",
    "certification",
    "cohorts",
    "library",
    "mail",
    "modules",
)


def init_database(app: Flask, config: Config) -> None:
    """Bind the database and import every model, so that relations and migrations see all."""
    for part in PARTS_WITH_TABLES:
        import_module(f"training.{part}.models")

    if config.is_sqlite:
        config.instance_path.mkdir(parents=True, exist_ok=True)
    if "poolclass" not in config.database_options:
        sized = {"pool_size": POOLED_CONNECTIONS} | config.database_options
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = sized
    db.init_app(app)
    migrate.init_app(app, db, directory=migrations_folder(app))
    with app.app_context():
        prepare_engine(db.engine)


def migrations_folder(app: Flask) -> str:
    """Where the migrations are, inside the package, so that an installed copy has them too."""
    return os.path.join(app.root_path, "migrations")
