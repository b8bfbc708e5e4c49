"""Published documents: never changed, named by the digest of their content."""

from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from training.database import CreatedAt, Digest, LongText, Model, PrimaryKey, Slug, text_enum


class DocumentKind(StrEnum):
    INSTRUMENT = "instrument"
    MODULE = "module"
    VIGNETTE = "vignette"
    KEY = "key"  # the expert key of the vignette with the same slug
    STANDARD = "standard"


class Document(Model):
    """One version of a document; what was rated, and against what, points here."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("kind", "slug", "digest"),)

    id: Mapped[PrimaryKey]
    kind: Mapped[DocumentKind] = mapped_column(text_enum(DocumentKind))
    slug: Mapped[Slug]
    digest: Mapped[Digest]  # SHA-256 of the body
    body: Mapped[LongText] = mapped_column(deferred=True)  # canonical JSON
    published_at: Mapped[CreatedAt]
    published_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class CurrentDocument(Model):
    """Which version of a document is the one in use now."""

    __tablename__ = "current_document"

    kind: Mapped[DocumentKind] = mapped_column(text_enum(DocumentKind), primary_key=True)
    slug: Mapped[Slug] = mapped_column(primary_key=True)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))

    document: Mapped[Document] = relationship(lazy="joined", innerjoin=True)


class ContentMark(Model):
    """A mark of everything in use; triggers set another one with every change to CurrentDocument.

    Who has read what is in use sees by it, in one small question, whether that still holds.
    """

    __tablename__ = "content_mark"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    mark: Mapped[uuid.UUID]
