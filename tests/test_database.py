"""What the database promises: moments, guards, and acts that are whole; on both databases."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import bindparam, func, inspect, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, StatementError

from tests.at_once import at_once, inside
from tests.pack import PRACTICE
from tests.people import add_person
from training.accounts import records as accounts
from training.accounts.models import Person, Role, RoleGrant, Try
from training.audit import trail
from training.audit.models import AuditEntry, AuditHead
from training.calibration.models import ItemRating, Purpose, RatingSession, SessionState
from training.calibration.records import open_session
from training.clock import now
from training.database import UtcDateTime, db, read_rows, snapshot, write_transaction
from training.library.models import CurrentDocument, DocumentKind
from training.mail.models import Letter

KOLKATA = ZoneInfo("Asia/Kolkata")
NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
THREADS, ACTS = 4, 10


# What the other tests rest on


def everything() -> dict[str, list[Any]]:
    return {name: db.session.execute(select(t)).all() for name, t in db.metadata.tables.items()}


def test_what_a_test_leaves_behind_no_other_finds(
    database_kind: str, request: pytest.FixtureRequest
) -> None:
    databases = request.getfixturevalue(f"{database_kind}_databases")
    with databases.fresh() as app, app.app_context():
        before = everything()
        for statement in ("DELETE FROM current_document", "CREATE TABLE left_over (id INTEGER)"):
            db.session.execute(text(statement))
            db.session.commit()
            with databases.fresh():
                assert everything() == before
                db.session.commit()
        assert "left_over" not in inspect(db.engine).get_table_names()
        left_over = db.engine.connect()
        left_over.execute(text("DELETE FROM current_document"))
        with databases.fresh():
            assert everything() == before
        left_over.invalidate()


def test_a_story_finds_its_beginning_as_it_was_told_once(
    database_kind: str, request: pytest.FixtureRequest
) -> None:
    databases, times = request.getfixturevalue(f"{database_kind}_databases"), []

    def beginning(app: Flask) -> dict[str, Any]:
        times.append(now())
        with app.app_context():
            return {"Ines": add_person("Ines", Role.RATER)}

    for left_behind in ("DELETE FROM audit_head", "CREATE TABLE left_over (id INTEGER)"):
        with databases.fresh(beginning) as app, app.app_context():
            ines = databases.told.now["Ines"]
            assert [row.name for row in db.session.scalars(select(Person)).unique()] == ["Ines"]
            assert not list(trail.verify())
            ines.name = "Somebody else"
            accounts.change_profile(ines, name="Somebody else", locale="en")
            add_person("Otto", Role.RATER)
            db.session.execute(text(left_behind))
            db.session.commit()
        with databases.fresh() as app, app.app_context():
            assert not db.session.scalars(select(Person)).all()
    assert len(times) == 1


@pytest.fixture
def in_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.rollback()


# Moments


def kept(moment: datetime) -> datetime:
    """A moment as it comes back from the database."""
    with write_transaction() as session:
        row = Try(kind="a test", subject_digest="0" * 64, tried_at=moment)
        session.add(row)
    db.session.expire(row)
    return row.tried_at


@pytest.mark.usefixtures("in_app")
@pytest.mark.parametrize(
    "zone",
    [UTC, KOLKATA, ZoneInfo("America/New_York"), timezone(timedelta(hours=-12))],
    ids=str,
)
def test_a_moment_comes_back_as_the_same_moment_in_utc(zone: ZoneInfo) -> None:
    moment = kept(NOON.astimezone(zone))
    assert moment == NOON
    assert moment.utcoffset() == timedelta(0)
    assert moment.microsecond == 123456


@pytest.mark.usefixtures("in_app")
def test_a_moment_without_a_zone_is_refused_when_it_is_written() -> None:
    with pytest.raises(StatementError, match="a moment needs a time zone"):
        kept(datetime(2026, 11, 24, 12))  # noqa: DTZ001 - that is the point
    assert db.session.scalar(select(func.count()).select_from(Try)) == 0


@pytest.mark.usefixtures("in_app")
def test_a_moment_without_a_zone_is_refused_when_it_is_asked_for() -> None:
    naive = datetime(2026, 11, 24, 12)  # noqa: DTZ001 - that is the point
    with pytest.raises(StatementError, match="a moment needs a time zone"):
        db.session.scalar(select(Try).where(Try.tried_at > naive))


@pytest.mark.usefixtures("in_app")
def test_moments_are_compared_as_moments_and_not_as_texts() -> None:
    kept(NOON.astimezone(KOLKATA))  # 17:30 there
    count = select(func.count()).select_from(Try)
    assert db.session.scalar(count.where(Try.tried_at > NOON - timedelta(seconds=1))) == 1
    assert db.session.scalar(count.where(Try.tried_at > NOON + timedelta(hours=1))) == 0


@given(st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)), st.data())  # noqa: DTZ001 - hypothesis adds the zone
def test_whatever_the_zone_it_is_bound_in_utc(naive: datetime, data: st.DataObject) -> None:
    hours = data.draw(st.integers(-23, 23))
    moment = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        bound = UtcDateTime().process_bind_param(moment, dialect)
        assert bound == moment
        assert bound is not None
        assert bound.tzinfo is UTC
        # SQLite gives it back without its zone.
        assert UtcDateTime().process_result_value(bound.replace(tzinfo=None), dialect) == moment


def test_no_moment_is_no_moment() -> None:
    assert UtcDateTime().process_bind_param(None, sqlite.dialect()) is None
    assert UtcDateTime().process_result_value(None, sqlite.dialect()) is None


# Guards: whatever the code does, the database refuses what must not be.


def refuses(constraint: str, act: Callable[[], object]) -> None:
    """The database refuses this; PostgreSQL and SQLite name the constraint when they can."""
    with pytest.raises(IntegrityError) as refused:
        act()
    db.session.rollback()
    words = str(refused.value.orig)
    assert constraint in words or "FOREIGN KEY" in words or "UNIQUE" in words, words


@pytest.fixture
def draft(in_app: None, ines: Person) -> RatingSession:
    return open_session(ines.id, PRACTICE[0], Purpose.PRACTICE)


@pytest.mark.usefixtures("in_app")
@pytest.mark.parametrize("role", ["practitioner", "RATER", ""])
def test_a_role_that_is_none_is_refused(ines: Person, role: str) -> None:
    statement = text("UPDATE role_grant SET role = :role WHERE person_id = :person")
    person = ines.id.hex if db.engine.dialect.name == "sqlite" else ines.id
    refuses(
        "ck_role_grant_role",
        lambda: db.session.execute(statement, {"role": role, "person": person}),
    )


def test_every_enumeration_of_every_table_is_guarded(app: Flask) -> None:
    """A new column with an enumeration has its check constraint in the migrated database too."""
    guarded = 0
    with app.app_context():
        found = {
            table.name: {
                str(row["name"]) for row in db.inspect(db.engine).get_check_constraints(table.name)
            }
            for table in db.metadata.sorted_tables
        }
        for table in db.metadata.sorted_tables:
            for column in table.columns:
                enumeration = getattr(column.type, "enum_class", None)
                if enumeration is not None:
                    name = f"ck_{table.name}_{enumeration.__name__.lower()}"
                    assert name in found[table.name], f"{table.name}.{column.name}"
                    guarded += 1
    assert guarded >= 10


def test_a_score_and_not_rateable_at_once_are_refused(draft: RatingSession) -> None:
    def rate(item: int, score: int | None, is_not_rateable: bool) -> None:
        db.session.add(
            ItemRating(
                session_id=draft.id, item_number=item, score=score, is_not_rateable=is_not_rateable
            )
        )
        db.session.flush()

    refuses("score_or_not_rateable", lambda: rate(1, 2, True))
    for item, (score, is_not_rateable) in enumerate(((2, False), (None, True), (None, False))):
        rate(item, score, is_not_rateable)


def test_one_item_is_rated_once_in_a_session(draft: RatingSession) -> None:
    def rate_twice() -> None:
        for score in (1, 2):
            db.session.add(ItemRating(session_id=draft.id, item_number=1, score=score))
        db.session.flush()

    refuses("uq_item_rating", rate_twice)


def test_what_is_submitted_has_its_moment_and_a_draft_has_none(draft: RatingSession) -> None:
    def set_to(state: SessionState, moment: datetime | None) -> None:
        db.session.execute(
            update(RatingSession).filter_by(id=draft.id).values(state=state, submitted_at=moment)
        )

    refuses("submitted_has_moment", lambda: set_to(SessionState.SUBMITTED, None))
    refuses("submitted_has_moment", lambda: set_to(SessionState.DRAFT, now()))
    set_to(SessionState.SUBMITTED, now())


@pytest.mark.usefixtures("in_app")
def test_the_trail_has_one_end() -> None:
    def add_another(number: int) -> None:
        db.session.add(AuditHead(id=number, sequence=0, digest=None))
        db.session.flush()

    refuses("only_one", lambda: add_another(2))
    refuses("only_one", lambda: add_another(0))
    assert db.session.scalar(select(func.count()).select_from(AuditHead)) == 1


@pytest.mark.usefixtures("in_app")
def test_the_trail_ends_at_a_line_that_is_there() -> None:
    refuses("fk_audit_head", lambda: db.session.execute(update(AuditHead).values(digest="0" * 64)))


def test_nothing_belongs_to_nobody(draft: RatingSession) -> None:
    def grant() -> None:
        db.session.add(RoleGrant(person_id=uuid.uuid4(), role=Role.RATER))
        db.session.flush()

    refuses("fk_role_grant", grant)
    # Who has rated cannot be deleted, nor can the version that was rated.
    for statement in ("DELETE FROM person", "DELETE FROM document"):
        refuses("fk_", lambda statement=statement: db.session.execute(text(statement)))  # type: ignore[misc]


@pytest.mark.usefixtures("in_app")
def test_a_version_in_use_is_a_version_there_is() -> None:
    def use() -> None:
        db.session.add(
            CurrentDocument(kind=DocumentKind.MODULE, slug="new", document_id=uuid.uuid4())
        )
        db.session.flush()

    refuses("fk_current_document", use)


# Acts: everything of one, or nothing.


def rename(person: Person, name: str) -> None:
    db.session.get_one(Person, person.id).name = name


def name_of(app: Flask, person: Person) -> str:
    """A name as another connection sees it."""
    names: list[str] = []

    def read() -> None:
        with app.app_context():
            names.append(db.session.scalars(select(Person.name).filter_by(id=person.id)).one())

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    return names[0]


def test_an_act_is_seen_by_others_only_when_it_is_done(app: Flask, ines: Person) -> None:
    with app.app_context():
        with write_transaction() as session:
            rename(ines, "Inês")
            session.flush()
            assert name_of(app, ines) == "Ines"
        assert name_of(app, ines) == "Inês"


def test_an_act_that_fails_leaves_nothing_and_the_next_one_works(app: Flask, ines: Person) -> None:
    with app.app_context():
        for error in (ValueError, KeyboardInterrupt):
            with pytest.raises(error), write_transaction() as session:
                rename(ines, "Somebody else")
                trail.note(trail.Act.PROFILE_CHANGED, "x", person_id=ines.id)
                session.flush()
                raise error
            assert name_of(app, ines) == "Ines"
        with write_transaction():
            rename(ines, "Inês")
        assert name_of(app, ines) == "Inês"
        noted = select(AuditEntry).filter_by(act=trail.Act.PROFILE_CHANGED.value)
        assert db.session.scalars(noted).all() == []


def test_an_act_inside_another_is_part_of_it(app: Flask, ines: Person, otto: Person) -> None:
    with app.app_context():
        with pytest.raises(ValueError, match="the outer one"), write_transaction() as outer:
            with write_transaction() as inner:
                assert inner is outer
                rename(ines, "Inês")
                trail.note(trail.Act.PROFILE_CHANGED, "inner", person_id=None)
            assert name_of(app, ines) == "Ines"  # the inner end is not the end
            raise ValueError("the outer one")
        assert name_of(app, ines) == "Ines"
        with write_transaction():
            with write_transaction():
                rename(ines, "Inês")
            rename(otto, "Ottó")
        assert (name_of(app, ines), name_of(app, otto)) == ("Inês", "Ottó")


def test_an_inner_refusal_that_was_handled_does_not_end_the_outer_act(
    app: Flask, ines: Person
) -> None:
    with app.app_context():
        with write_transaction():
            rename(ines, "Inês")
            with pytest.raises(accounts.EmailTakenError):
                accounts.add_person(email=ines.email, name="Twin", roles=(), by=None)
        assert name_of(app, ines) == "Inês"


def test_an_act_reads_what_others_committed_since(app: Flask, ines: Person) -> None:
    """What a page read earlier is not what its act decides on."""
    with app.app_context():
        assert db.session.get_one(Person, ines.id).name == "Ines"
        other = threading.Thread(
            target=inside(app, lambda: accounts.change_profile(ines, name="Inês", locale="en"))
        )
        other.start()
        other.join()
        # A read transaction still shows the old state on SQLite; a write transaction begins anew.
        with write_transaction() as session:
            fresh = select(Person.name).filter_by(id=ines.id)
            assert session.scalars(fresh).one() == "Inês"


def test_rows_are_of_what_an_act_has_done_so_far_and_leave_objects_alone(
    app: Flask, ines: Person
) -> None:
    names = select(Person.name).where(Person.id == bindparam("person"))

    def name() -> str:
        return read_rows(names, person=ines.id).scalar_one()

    with app.app_context():
        with write_transaction() as session:
            person = session.get_one(Person, ines.id)
            person.name = "Inês"  # put into the session, and not written yet
            assert name() == "Inês"
            session.execute(update(Person).filter_by(id=ines.id).values(name="Inez"))
        assert name() == "Inez"
        assert db.session.get_one(Person, ines.id) is person
        with pytest.raises(ZeroDivisionError), write_transaction() as session:
            person.name = "Ina"
            assert name() == "Ina"
            raise ZeroDivisionError
        assert name() == "Inez"


def test_a_note_outside_an_act_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="write_transaction"):
        trail.note(trail.Act.SIGNED_IN, "x", person_id=None)


def test_no_update_is_lost_when_several_read_and_write(app: Flask, ines: Person) -> None:
    """Reading a number and writing the next one, in threads: every step counts."""
    with app.app_context():
        draft = open_session(ines.id, PRACTICE[0], Purpose.PRACTICE).id

    def count_up() -> None:
        for _ in range(ACTS):
            with write_transaction() as session:
                row = session.scalars(
                    select(RatingSession)
                    .filter_by(id=draft)
                    .with_for_update()
                    .execution_options(populate_existing=True)
                ).one()
                row.revision = row.revision + 1
                trail.note(trail.Act.PROFILE_CHANGED, "a step", person_id=ines.id)

    at_once(*[inside(app, count_up)] * THREADS)
    with app.app_context():
        assert db.session.get_one(RatingSession, draft).revision == THREADS * ACTS
        steps = select(func.count()).select_from(AuditEntry).filter_by(subject="a step")
        assert db.session.scalar(steps) == THREADS * ACTS
        assert list(trail.verify()) == []


def test_where_files_cannot_be_locked_the_threads_still_write_in_turn(
    app: Flask, ines: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where one process serves."""
    monkeypatch.setattr("training.database.fcntl", None)

    def note() -> None:
        for _ in range(ACTS):
            with write_transaction():
                trail.note(trail.Act.DATA_EXPORTED, "an export", person_id=ines.id)

    at_once(*[inside(app, note)] * THREADS)
    with app.app_context():
        assert list(trail.verify()) == []
        exported = select(func.count()).select_from(AuditEntry)
        exported = exported.where(AuditEntry.act == trail.Act.DATA_EXPORTED.value)
        assert db.session.scalar(exported) == THREADS * ACTS


def test_a_reader_is_not_held_up_by_a_writer(app: Flask, ines: Person) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with write_transaction() as session:
            rename(ines, "Inês")
            session.flush()
            begun.set()
            may_end.wait(timeout=20)

    writer = threading.Thread(target=inside(app, write_slowly))
    writer.start()
    assert begun.wait(timeout=20)
    assert name_of(app, ines) == "Ines"
    may_end.set()
    writer.join()
    assert name_of(app, ines) == "Inês"


def test_a_long_reading_sees_one_moment_and_may_be_streamed(app: Flask, ines: Person) -> None:
    def write() -> None:
        with write_transaction():
            rename(ines, "Inês")

    in_turn = select(Person.name).filter_by(id=ines.id).execution_options(yield_per=1)
    with app.app_context():
        with snapshot() as session:
            before = session.scalars(in_turn).all()
            writer = threading.Thread(target=inside(app, write))
            writer.start()
            writer.join()
            assert session.scalars(in_turn).all() == before == ["Ines"]
        assert db.session.scalars(select(Person.name).filter_by(id=ines.id)).one() == "Inês"
        with write_transaction(), snapshot() as session:
            rename(ines, "Ines")
            assert session.scalars(in_turn).all() == ["Ines"]  # a part of the act
        with pytest.raises(ValueError, match="a reason"), snapshot():
            raise ValueError("a reason")
        assert list(trail.verify()) == []


def test_pages_of_postgresql_are_read_without_a_transaction_and_acts_have_one(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("isolation of PostgreSQL")

        def has_transactions() -> bool:
            return not db.session.connection().connection.driver_connection.autocommit  # type: ignore[union-attr]

        assert not has_transactions()
        with write_transaction() as session:
            assert has_transactions()
            assert session.connection().get_isolation_level() == "READ COMMITTED"
        assert not has_transactions()
        with snapshot() as session:
            assert has_transactions()
            assert session.connection().get_isolation_level() == "REPEATABLE READ"
        assert not has_transactions()


def test_a_request_writes_nothing_outside_an_act(app: Flask, ines: Person) -> None:
    with app.test_request_context():
        rename(ines, "Somebody else")
        with pytest.raises(RuntimeError, match="write_transaction"):
            db.session.execute(select(Person.id))  # would store it on the way
    assert name_of(app, ines) == "Ines"


def test_objects_stay_readable_after_their_act(app: Flask, ines: Person) -> None:
    """A page is rendered from what the act just wrote, without asking for it again."""
    with app.app_context():
        with write_transaction() as session:
            letter = Letter(recipient="a@b.org", subject="S", body="B", state="kept")
            session.add(letter)
        db.session.remove()
    assert letter.subject == "S"


def test_the_migrated_database_is_what_the_models_say(app: Flask) -> None:
    """Nobody changes a model and forgets the migration."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
