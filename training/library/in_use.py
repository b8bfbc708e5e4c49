"""Which version of each document is in use, read again only when that has changed (decision 26)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import lru_cache

from flask import has_request_context
from sqlalchemy import bindparam, event, select
from sqlalchemy.orm import Session

from training.database import db, read_rows
from training.library.models import ContentMark, CurrentDocument, Document, DocumentKind

Row = tuple[uuid.UUID, str, str]  # id, slug, digest
MARKS_KEPT = 2  # what is in use now, and what was just before, while publishing goes on

# Put together once, and of columns instead of objects: nearly every page asks these.
_IN_USE = (
    select(Document.id, Document.slug, Document.digest)
    .join(CurrentDocument, CurrentDocument.document_id == Document.id)
    .where(CurrentDocument.kind == bindparam("kind"))
    .order_by(CurrentDocument.slug)
)
_MARK = select(ContentMark.mark)
_MARK_READ = "content mark"  # what the transaction under way has read it to be


def rows_in_use(kind: DocumentKind) -> Mapping[str, Row]:
    """The versions in use by slug. One small question for all kinds that a page asks for."""
    session = db.session()
    if not has_request_context() or session.info.get("is_writing"):
        return _read_rows(kind)  # an act decides on what it has read itself
    if _MARK_READ not in session.info:
        session.info[_MARK_READ] = read_rows(_MARK).scalar_one()
    return _rows_at(session.info[_MARK_READ], kind)


def _read_rows(kind: DocumentKind) -> Mapping[str, Row]:
    rows = db.session.execute(_IN_USE, {"kind": kind})
    return {row.slug: (row.id, row.slug, row.digest) for row in rows}


@lru_cache(maxsize=MARKS_KEPT * len(DocumentKind))
def _rows_at(_mark: uuid.UUID, kind: DocumentKind) -> Mapping[str, Row]:
    # Read after the mark: where something was put in use in between, these rows are the newer
    # ones, and nobody reads this mark again.
    return _read_rows(kind)


@event.listens_for(db.session, "after_transaction_end")
def _forget_mark(session: Session, _transaction: object) -> None:
    session.info.pop(_MARK_READ, None)
