"""What was signed before signatures had a table of their own is in that table afterwards."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import MetaData, insert, select

from tests.databases import make_app
from training.certification.models import Signature
from training.database import db
from training.persistence import bind_migrations

SIGNED_AT = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - as SQLite stores it, in UTC


def add_reviews_of_before() -> str:
    """A decision that was signed and one that was declined, in the tables of the first migration.

    The id of the signed one.
    """
    person, document, attempt = (uuid.uuid4().hex for _ in range(3))
    signed, declined = (uuid.uuid4().hex for _ in range(2))
    rows: list[tuple[str, dict[str, object]]] = [
        ("person", {"id": person, "email": "a@example.org", "name": "Cleo", "locale": "en"}),
        ("document", {"id": document, "kind": "standard", "slug": "s", "digest": "d"}),
        ("attempt", {"id": attempt, "person_id": person, "standard_document_id": document}),
    ]
    for number, (decision, act) in enumerate([(signed, "signed"), (declined, "declined")], start=1):
        rows.append(("decision", {"id": decision, "attempt_id": attempt, "number": number}))
        review = {"id": uuid.uuid4().hex, "decision_id": decision, "certifier_id": person}
        rows.append(("review", review | {"act": act}))
    whatever: dict[str, object] = {
        "number": 1,
        "outcome": "meets",
        "standard_slug": "s",
        "state": "closed",
        "seed": "x",
        "figures": {},
        "evidence": {},
        "digest": "d",
        "body": "{}",
        "reason": "",
        "is_demonstration": False,
    }
    moments = ("created_at", "published_at", "opened_at", "computed_at", "reviewed_at")
    whatever |= dict.fromkeys(moments, SIGNED_AT)
    metadata = MetaData()
    with db.engine.connect() as connection:
        metadata.reflect(connection)
        for name, row in rows:
            table = metadata.tables[name]
            filled = {column: value for column, value in whatever.items() if column in table.c}
            connection.execute(insert(table).values(**(filled | row)))
        connection.commit()
    return signed


def test_signatures_given_before_are_taken_over(tmp_path: Path) -> None:
    app = make_app(f"sqlite:///{tmp_path / 'before.sqlite3'}", tmp_path)
    bind_migrations(app)
    with app.app_context():
        upgrade(revision="0001")
        signed = add_reviews_of_before()
        upgrade()
        (signature,) = db.session.scalars(select(Signature))
        assert signature.decision_id == uuid.UUID(signed)
        assert signature.place == 1
        assert signature.certifier.name == "Cleo"
        assert signature.signed_at.replace(tzinfo=None) == SIGNED_AT
