"""What was missed before there was a review comes back as well."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import MetaData, insert, select

from tests.databases import make_app
from training.database import db
from training.persistence import bind_migrations
from training.review.models import ReviewCard
from training.review.records import memory_of
from training.review.rules import Outcome, memory_after

ANSWERED_AT = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - as SQLite stores it, in UTC


def add_check_of_before() -> None:
    """A check with one right and one missed answer, in the tables of the migration before."""
    person, document, check = (uuid.uuid4().hex for _ in range(3))
    moments = ("created_at", "published_at", "started_at", "answered_at")
    whatever: dict[str, object] = dict.fromkeys(moments, ANSWERED_AT)
    whatever |= {"is_demonstration": False, "body": "{}", "questions": [], "response": {}}
    rows: list[tuple[str, dict[str, object]]] = [
        ("person", {"id": person, "email": "a@example.org", "name": "Ines", "locale": "en"}),
        ("document", {"id": document, "kind": "module", "slug": "m", "digest": "d"}),
        (
            "knowledge_check",
            {
                "id": check,
                "person_id": person,
                "module_slug": "m",
                "module_document_id": document,
                "number": 1,
            },
        ),
    ]
    for name, is_correct in (("known", True), ("missed", False)):
        answer = {"id": uuid.uuid4().hex, "check_id": check, "question_id": name}
        rows.append(("question_answer", answer | {"is_correct": is_correct}))
    metadata = MetaData()
    with db.engine.connect() as connection:
        metadata.reflect(connection)
        for name, row in rows:
            table = metadata.tables[name]
            filled = {column: value for column, value in whatever.items() if column in table.c}
            connection.execute(insert(table).values(**(filled | row)))
        connection.commit()


def test_questions_missed_before_come_back(tmp_path: Path) -> None:
    app = make_app(f"sqlite:///{tmp_path / 'before.sqlite3'}", tmp_path)
    bind_migrations(app)
    with app.app_context():
        upgrade(revision="0010")
        add_check_of_before()
        upgrade()
        (card,) = db.session.scalars(select(ReviewCard))
        assert (card.question_id, card.answers, card.reviewed_on) == ("missed", 0, None)
        assert memory_of(card) == memory_after(None, Outcome.MISSED, date(2026, 1, 2))
