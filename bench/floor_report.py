"""The two tables of a cohort's export as thinly as it goes: from SQL into lines of CSV.

The same rows with the same columns, but for the status of a key. What many lines share is put
together once: a session's cells, and a score beside the one in the key. Without an order, without
bands in keys, without making names safe for a spreadsheet, and without signing in or noting who
took them. Memory is no concern. Served as the empty view is.
"""

from __future__ import annotations

import csv
import io
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, Response
from sqlalchemy import Connection, TextClause, Uuid, bindparam, create_engine, text

from bench.hello import preload_app, threads, workers

__all__ = ["app", "preload_app", "threads", "workers"]

ROWS_AT_ONCE = 6_000
OF_COHORT = """
    FROM cohort_member AS m
    JOIN person AS p ON p.id = m.person_id
    JOIN rating_session AS s ON s.person_id = p.id
    JOIN document AS i ON i.id = s.instrument_document_id
    JOIN document AS v ON v.id = s.vignette_document_id
    JOIN document AS k ON k.id = s.key_document_id
    {further}
    WHERE m.cohort_id = :cohort AND m.left_at IS NULL
    AND s.purpose = 'practice' AND s.state = 'submitted'
"""
OF_SESSION = """
    p.id, p.name, i.slug, substr(i.digest, 1, 12), s.vignette_slug, substr(v.digest, 1, 12),
    substr(k.digest, 1, 12), s.number, s.submitted_at
"""


def _statement(columns: str, further: str = "") -> TextClause:
    statement = text(f"SELECT {columns} {OF_COHORT.format(further=further)}")
    return statement.bindparams(bindparam("cohort", type_=Uuid()))


SESSIONS = _statement(f"CAST(s.id AS text), s.key_document_id, {OF_SESSION}")
RATINGS = _statement(
    "CAST(s.id AS text), r.item_number, r.score, CAST(r.evidence AS text)",
    "JOIN item_rating AS r ON r.session_id = s.id",
)
AGREEMENT = _statement(
    f"{OF_SESSION}, a.rated_cells, a.exact, a.within_one, a.gross_misses, "
    "a.rateability_mismatches, "
    "1.0 * a.exact / (a.rated_cells + a.rateability_mismatches), "
    "1.0 * a.within_one / (a.rated_cells + a.rateability_mismatches), "
    "1.0 * a.sum_of_differences / a.rated_cells, "
    "1.0 * a.sum_of_absolute_differences / a.rated_cells, a.engine_version",
    "JOIN session_agreement AS a ON a.session_id = s.id",
)
KEYS = text("SELECT id, body FROM document WHERE kind = 'key'")
SCORES = (0, 1, 2, 3, 4, None)
Answers = dict[tuple[int, int | None], str]  # a line's cells from the item to the difference

app = Flask(__name__)
engine = create_engine(os.environ.get("DATABASE_URL", "sqlite://"))


@app.get("/")
def ready() -> str:
    return "ready"


@app.get("/<uuid:cohort_id>/<any(ratings, agreement):table>")
def export(cohort_id: uuid.UUID, table: str) -> Response:
    return Response(_lines(table, cohort_id), content_type="text/csv; charset=utf-8")


def _lines(table: str, cohort_id: uuid.UUID) -> Iterator[str]:
    with engine.connect().execution_options(stream_results=True) as connection:
        yield from {"ratings": _ratings, "agreement": _agreement}[table](connection, cohort_id)


def _ratings(connection: Connection, cohort_id: uuid.UUID) -> Iterator[str]:
    asked = {"cohort": cohort_id}
    keys = {key: _answers(json.loads(body)["items"]) for key, body in connection.execute(KEYS)}
    sessions = {
        session: (keys[key], ",".join(map(str, cells)))
        for session, key, *cells in connection.execute(SESSIONS, asked)
    }
    for rows in connection.execute(RATINGS, asked).partitions(ROWS_AT_ONCE):
        yield "".join([_rating(*sessions[session], *told) for session, *told in rows])


def _rating(answers: Answers, session: str, item: int, score: int | None, evidence: str) -> str:
    return f"{session},{answers[item, score]},{evidence[1:-1].replace(',', '')}\r\n"


def _answers(items: Mapping[str, Any]) -> Answers:
    return {
        (int(item), score): _answer(item, score, key["rating"])
        for item, key in items.items()
        for score in SCORES
    }


def _answer(item: str, score: int | None, reference: int | str) -> str:
    difference: int | str = ""
    if score is not None and isinstance(reference, int):
        difference = score - reference
    return f"{item},{'NR' if score is None else score},{reference},{difference}"


def _agreement(connection: Connection, cohort_id: uuid.UUID) -> Iterator[str]:
    for rows in connection.execute(AGREEMENT, {"cohort": cohort_id}).partitions(ROWS_AT_ONCE):
        lines = io.StringIO()
        csv.writer(lines).writerows(rows)
        yield lines.getvalue()
