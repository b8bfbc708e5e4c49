"""People, each in a browser of their own, on a fresh database: SQLite and PostgreSQL."""

from __future__ import annotations

import os

# Before numpy is loaded: two workers of pytest that each start a thread per core only wait for
# one another, and small matrices gain nothing by threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import gc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings

from tests import second_factors
from tests.databases import Beginning, PostgresqlDatabases, SqliteDatabases
from tests.library.folders import write_pack
from tests.pages import PersonClient
from tests.people import PASSWORD as PASSWORD
from tests.people import add_person
from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.accounts.second_factor_records import lacks_second_factor
from training.cohorts import records as cohorts
from training.cohorts.models import Cohort

DATABASES = ("sqlite", "postgresql")

# How long an example takes says how busy the machine is, and nothing about what is told.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("repeatable", settings.get_profile("unhurried"), derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "unhurried"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=[*DATABASES, "both"],
        default="both",
        help="the databases the tests run on (default: both)",
    )


def pytest_configure() -> None:
    # Nearly all that a story makes goes with its last reference. To look for circles after every
    # 700 objects, among all that was imported, takes a tenth of the time.
    gc.set_threshold(100_000, 20, 20)


def pytest_collection_finish() -> None:
    gc.freeze()  # what is there by now stays to the end


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        kinds = DATABASES if chosen == "both" else (chosen,)
        marks = {"postgresql": [pytest.mark.postgresql], "sqlite": []}
        metafunc.parametrize(
            "database_kind",
            [pytest.param(kind, marks=marks[kind]) for kind in kinds],
            scope="session",
        )


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Switch off pytest-flask's request context around every test.

    It would share `g` between requests, so that Flask-Login shows the last signed-in person to
    every client and tests of permissions pass or fail wrongly.
    """


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[PostgresqlDatabases]:
    databases = PostgresqlDatabases(tmp_path_factory.mktemp("pg"))
    yield databases
    databases.close()


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    """What has happened before this story begins, where it says so."""
    mark = request.node.get_closest_marker("begins")
    return mark.kwargs["at"] if mark else None


@pytest.fixture
def databases(request: pytest.FixtureRequest, database_kind: str) -> Any:
    return request.getfixturevalue(f"{database_kind}_databases")


@pytest.fixture
def told(app: Flask, databases: Any) -> dict[str, Any]:
    """Who and what the beginning of this story names."""
    return databases.told.now


@pytest.fixture
def app(databases: Any, beginning: Beginning | None) -> Iterator[Flask]:
    """The application on a fresh, migrated database with the small pack published."""
    with databases.fresh(beginning) as app:
        app.test_client_class = PersonClient
        config = app.extensions["config"]
        yield app
        # The application serves the next story too, which begins with its own settings.
        app.extensions["config"] = config


@pytest.fixture
def small_content_folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The content folder that pages read: who walks through all of them need not read ours."""
    write_pack(tmp_path)
    config = replace(app.extensions["config"], content_paths=(tmp_path,))
    monkeypatch.setitem(app.extensions, "config", config)
    return tmp_path


@pytest.fixture
def make_person(app: Flask, told: dict[str, Any]) -> Callable[..., Person]:
    """Add somebody: `make_person("Ines", Role.RATER)`; the password is PASSWORD.

    Who is there from the beginning is not added again.
    """

    def make(name: str, *roles: Role) -> Person:
        if name in told:
            person: Person = told[name]
            return person
        with app.app_context():
            return add_person(name, *roles)

    return make


@pytest.fixture
def browser_of(app: Flask) -> Callable[[Person], PersonClient]:
    """A browser in which this person is signed in, with a second factor where one is needed."""

    def open_browser(person: Person) -> PersonClient:
        with app.app_context():
            stored = accounts.find_person(person.id)
            if stored is not None and lacks_second_factor(stored):
                second_factors.give(app, person)
            signed_in = accounts.start_session(person, browser="a test")
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = signed_in.get_id()
            session["_fresh"] = True
        return client

    return open_browser


@pytest.fixture
def stranger(app: Flask) -> PersonClient:
    """A browser nobody is signed in with."""
    return app.test_client()


@pytest.fixture
def ines(make_person: Callable[..., Person]) -> Person:
    """A rater."""
    return make_person("Ines", Role.RATER)


@pytest.fixture
def otto(make_person: Callable[..., Person]) -> Person:
    """Another rater, who belongs to nobody's cohort."""
    return make_person("Otto", Role.RATER)


@pytest.fixture
def tamar(make_person: Callable[..., Person]) -> Person:
    """A trainer."""
    return make_person("Tamar", Role.TRAINER)


@pytest.fixture
def emeka(make_person: Callable[..., Person]) -> Person:
    """An expert."""
    return make_person("Emeka", Role.EXPERT)


@pytest.fixture
def cleo(make_person: Callable[..., Person]) -> Person:
    """A certifier."""
    return make_person("Cleo", Role.CERTIFIER)


@pytest.fixture
def ada(make_person: Callable[..., Person]) -> Person:
    """An administrator."""
    return make_person("Ada", Role.ADMINISTRATOR)


@pytest.fixture
def cohort(app: Flask, tamar: Person, ines: Person) -> Cohort:
    """Tamar's cohort, which Ines has joined."""
    with app.app_context():
        cohort = cohorts.open_cohort("Autumn group", trainer=tamar)
        cohorts.join(cohort, ines)
        return cohort
