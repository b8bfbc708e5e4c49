"""Binding the database: engine, migrations, and every model known to the metadata."""

import os

from flask import Flask

from training.config import Config
from training.database import db, prepare_engine
from training.extensions import migrate


def init_database(app: Flask, config: Config) -> None:
    """Bind the database and import every model, so that relations and migrations see all."""
    from training.accounts import models as _accounts
    from training.audit import models as _audit
    from training.calibration import models as _calibration
    from training.certification import models as _certification
    from training.cohorts import models as _cohorts
    from training.library import models as _library
    from training.mail import models as _mail
    from training.modules import models as _modules  # noqa: F401

    if config.is_sqlite:
        config.instance_path.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    migrate.init_app(app, db, directory=migrations_folder(app))
    with app.app_context():
        prepare_engine(db.engine)


def migrations_folder(app: Flask) -> str:
    """Where the migrations are, inside the package, so that an installed copy has them too."""
    return os.path.join(app.root_path, "migrations")
