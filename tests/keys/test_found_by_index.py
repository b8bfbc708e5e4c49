"""What everybody rated is found by an index, however many ratings there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event

from tests.keys.contest_stories import SLUG, practised
from tests.pack import INSTRUMENT
from training.accounts.models import Person
from training.calibration.models import RatingSession
from training.certification.attempts import pool
from training.database import db
from training.keys import sights
from training.keys.contests import records as contest_records
from training.keys.health import records as health_records
from training.library import records as library

BY_VIGNETTE = "INDEX ix_rating_session_vignette_purpose"
BY_VERSION = "INDEX ix_rating_session_version_purpose_submitted"


def plans_of(ask: Callable[[], object]) -> list[str]:
    """How SQLite looks up what is asked of rating sessions."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(*args: object) -> None:
        asked.append((str(args[2]), args[3]))  # type: ignore[arg-type]

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    connection = db.session.connection()
    return [
        str(row[3])
        for statement, values in asked
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        if "rating_session" in str(row[3])
    ]


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda _: sights.people_who_saw([SLUG]), BY_VIGNETTE),
        (lambda _: pool._exposures(), BY_VIGNETTE),
        (lambda session: contest_records.first_ratings(session, 4), BY_VERSION),
        (lambda _: health_records.health_of(library.get_instrument(INSTRUMENT)), BY_VERSION),
    ],
    ids=["who saw a key", "how often it was drawn", "how others rated it", "health"],
)
def test_nobody_reads_all_ratings_for_those_of_one_vignette(
    app: Flask,
    database_kind: str,
    ines: Person,
    ask: Callable[[RatingSession], object],
    index: str,
) -> None:
    if database_kind != "sqlite":
        pytest.skip("how PostgreSQL looks things up depends on how much there is")
    with app.app_context():
        session = practised(ines)
        plans = plans_of(lambda: ask(session))
        assert plans
        assert all(index in plan for plan in plans), plans
