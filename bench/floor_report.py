"""The two tables of a cohort's export as thinly as it goes: from SQL into lines of CSV.

Without what a key says to a rating, without an order, and without signing in or noting who took
them. Served as the empty view is.
"""

from __future__ import annotations

import csv
import io
import os
import uuid
from collections.abc import Iterable, Iterator

from flask import Flask, Response
from sqlalchemy import TextClause, Uuid, bindparam, create_engine, text

from bench.hello import preload_app, threads, workers

__all__ = ["app", "preload_app", "threads", "workers"]

ROWS_AT_ONCE = 6_000
OF_COHORT = """
    FROM cohort_member AS m
    JOIN person AS p ON p.id = m.person_id
    JOIN rating_session AS s ON s.person_id = p.id
    {further}
    WHERE m.cohort_id = :cohort AND m.left_at IS NULL
    AND s.purpose = 'practice' AND s.state = 'submitted'
"""
OF_SESSION = "p.id, p.name, s.vignette_slug, s.number, s.submitted_at"


def _statement(columns: str, further: str) -> TextClause:
    statement = text(f"SELECT {OF_SESSION}, {columns} {OF_COHORT.format(further=further)}")
    return statement.bindparams(bindparam("cohort", type_=Uuid()))


TABLES = {
    "ratings": _statement(
        "r.item_number, r.score, r.is_not_rateable, CAST(r.evidence AS text)",
        "JOIN item_rating AS r ON r.session_id = s.id",
    ),
    "agreement": _statement(
        "a.rated_cells, a.exact, a.within_one, a.gross_misses, a.rateability_mismatches, "
        "1.0 * a.exact / a.rated_cells, 1.0 * a.within_one / a.rated_cells, "
        "1.0 * a.sum_of_differences / a.rated_cells, "
        "1.0 * a.sum_of_absolute_differences / a.rated_cells, a.engine_version",
        "JOIN session_agreement AS a ON a.session_id = s.id",
    ),
}

app = Flask(__name__)
engine = create_engine(os.environ.get("DATABASE_URL", "sqlite://"))


@app.get("/")
def ready() -> str:
    return "ready"


@app.get("/<uuid:cohort_id>/<any(ratings, agreement):table>")
def export(cohort_id: uuid.UUID, table: str) -> Response:
    return Response(_lines(TABLES[table], cohort_id), content_type="text/csv; charset=utf-8")


def _lines(statement: TextClause, cohort_id: uuid.UUID) -> Iterator[str]:
    with engine.connect().execution_options(yield_per=ROWS_AT_ONCE) as connection:
        for rows in connection.execute(statement, {"cohort": cohort_id}).partitions():
            yield _as_csv(rows)


def _as_csv(rows: Iterable[Iterable[object]]) -> str:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue()
