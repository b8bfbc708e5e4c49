"""The database: column types named once, connections as they must be, and the write transaction."""

from __future__ import annotations

import enum
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVarTuple

from flask import has_request_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Engine,
    Enum,
    MetaData,
    Result,
    String,
    Text,
    Uuid,
    event,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.sql.selectable import TypedReturnsRows
from sqlalchemy.types import TypeDecorator

from training.clock import now

try:
    import fcntl
except ImportError:  # Windows, where one process serves
    fcntl = None  # type: ignore[assignment]

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLITE_BUSY_MILLISECONDS = 15_000
# Of each connection. SQLite takes 2 MiB otherwise, times four threads, and pages cost no more CPU
# with a quarter: what is not at hand is in the system's cache, which all workers share.
SQLITE_CACHE_KIB = 500


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always aware and in UTC, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def text_enum(enumeration: type[enum.Enum]) -> Enum:
    """An enumeration stored as its text, guarded by a check constraint."""
    return Enum(
        enumeration,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=enumeration.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


# Recurring column types, named once.
PrimaryKey = Annotated[uuid.UUID, mapped_column(Uuid, primary_key=True, default=uuid.uuid4)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
CreatedAt = Annotated[datetime, mapped_column(UtcDateTime, default=now)]
Slug = Annotated[str, mapped_column(String(120))]
ShortText = Annotated[str, mapped_column(String(300))]
LongText = Annotated[str, mapped_column(Text)]
Digest = Annotated[str, mapped_column(String(64))]
JsonDocument = Annotated[dict[str, Any], mapped_column(JSON)]
JsonList = Annotated[list[Any], mapped_column(JSON)]

# In the info of an index: the condition of the rows it is of. To name a database in an index loads
# SQLAlchemy's dialect for it with all its drivers, 2 MiB for one that is not there.
ONLY_WHERE = "only where"

Values = TypeVarTuple("Values")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING_CONVENTION)


# Objects stay readable after a commit: a page is rendered from what the act just wrote.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

# On PostgreSQL a page is read without a transaction, which in read committed would show it no
# other data. There would be three more messages for every page, and the driver, which forgets its
# prepared statements with every rollback, would have each question parsed and planned anew.
READING_ISOLATION = "AUTOCOMMIT"
WRITING_ISOLATION = "READ COMMITTED"
SNAPSHOT_ISOLATION = "REPEATABLE READ"

_sqlite_writer = threading.RLock()


@contextmanager
def _turn_to_write(database: str) -> Iterator[None]:
    """Wait for this thread's turn to write to an SQLite file.

    SQLite's own way of waiting is not fair: it sleeps and tries again, and some sleep for
    seconds. So one thread of a process writes at a time, and the processes queue for a lock on
    a file beside the database, which the system hands on as soon as it is free.
    """
    with _sqlite_writer:
        if fcntl is None:
            yield
            return
        with open(f"{database}-turn", "a") as file:
            fcntl.lockf(file, fcntl.LOCK_EX)
            yield  # closing the file gives the lock back


@contextmanager
def write_transaction() -> Iterator[Session]:
    """One act: everything inside is committed together, or nothing is.

    Begins afresh, so that what is read inside is what the act decides on: on SQLite with
    BEGIN IMMEDIATE (no second writer between the reading and the writing), on PostgreSQL in
    read committed, where the rows an act depends on are locked with `with_for_update()`.
    Inside another act it joins that one. Audit entries noted inside are chained last. What was
    put off with `after_commit` is done once nobody waits for this act any more.
    """
    session = db.session()
    if session.info.get("is_writing"):
        yield session
        return
    session.commit()  # ends the read transaction; nothing may be pending in it
    is_sqlite = db.engine.dialect.name == "sqlite"
    turn = _turn_to_write(str(db.engine.url.database)) if is_sqlite else nullcontext()
    with turn:
        session.info["is_writing"] = True
        try:
            session.connection(execution_options=options_to_write(db.engine))
            yield session
            _chain_audit_entries(session)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("is_writing", None)
            session.info.pop("noted", None)  # an act that failed was not done
            put_off = session.info.pop("after_commit", {})
    for do, items in put_off.items():
        do(items)


def read_rows(statement: TypedReturnsRows[*Values], **named: object) -> Result[*Values]:
    """The rows a statement finds, without the session's search for objects in them.

    That search is half of what a small question costs, so what every page asks is asked so. What
    an act has put into the session and not written yet is written first.
    """
    session = db.session()
    if session.info.get("is_writing"):
        session.flush()
    return session.connection().execute(statement, named)


def after_commit(do: Callable[[list[Any]], None], item: object) -> None:
    """Put something off until the act under way is stored; an act that fails takes it along.

    Everything put off for the same `do` is handed to it together, in its order. Raises
    RuntimeError outside of an act.
    """
    session = db.session()
    if not session.info.get("is_writing"):
        raise RuntimeError("there is no act to wait for: call it inside write_transaction()")
    session.info.setdefault("after_commit", {}).setdefault(do, []).append(item)


@event.listens_for(db.session, "before_flush")
def _refuse_to_write_outside_an_act(session: Session, *_others: object) -> None:
    # Where reading has no transaction, each statement would be stored for itself.
    if has_request_context() and not session.info.get("is_writing"):
        raise RuntimeError("what a request writes, it writes inside write_transaction()")


def options_to_write(engine: Engine) -> dict[str, Any]:
    """What makes a connection of this engine begin a transaction that writes."""
    if engine.dialect.name == "sqlite":
        return {"begin_immediate": True}
    return {"isolation_level": WRITING_ISOLATION}


@contextmanager
def snapshot() -> Iterator[Session]:
    """A long reading: all of it as it was at one moment, and what is long may be streamed.

    Inside an act it is a part of that act and sees what the act sees.
    """
    session = db.session()
    if session.info.get("is_writing"):
        yield session
        return
    session.commit()  # ends the read transaction; nothing may be pending in it
    # On SQLite every transaction reads from one moment.
    is_sqlite = db.engine.dialect.name == "sqlite"
    options = {} if is_sqlite else {"isolation_level": SNAPSHOT_ISOLATION}
    session.connection(execution_options=options)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


def _chain_audit_entries(session: Session) -> None:
    # Imported here: the trail's models are built on this module.
    from training.audit.trail import append_noted_entries

    append_noted_entries(session)


def prepare_engine(engine: Engine) -> None:
    """Make every SQLite connection durable, guarded by foreign keys and ours to begin.

    Indexes get their conditions in the words of this database.
    """
    for table in db.metadata.tables.values():
        for index in table.indexes:
            if condition := index.info.get(ONLY_WHERE):
                index.dialect_kwargs[f"{engine.dialect.name}_where"] = text(condition)
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        for pragma in (
            "journal_mode = WAL",
            "foreign_keys = ON",
            "synchronous = FULL",
            f"cache_size = -{SQLITE_CACHE_KIB}",
            f"busy_timeout = {SQLITE_BUSY_MILLISECONDS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        is_immediate = connection.get_execution_options().get("begin_immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_immediate else "BEGIN")
