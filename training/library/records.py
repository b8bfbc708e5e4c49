"""Publishing documents and finding them again, by slug or by version."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel
from sqlalchemy import func, select

from training.audit import trail
from training.certification.judging.standard import Standard
from training.database import after_commit, db, write_transaction
from training.library.in_use import Row, rows_in_use
from training.library.models import CurrentDocument, Document, DocumentKind
from training.library.precedence import KeysOfPack, keys_of_pack
from training.library.reading import Pack, canonical_text, digest_of
from training.library.schema import Instrument, Key, Module, Pool, Vignette, VignetteHead
from training.rendered_texts import render_beforehand

MODELS: dict[DocumentKind, type[BaseModel]] = {
    DocumentKind.INSTRUMENT: Instrument,
    DocumentKind.MODULE: Module,
    DocumentKind.VIGNETTE: Vignette,
    DocumentKind.KEY: Key,
    DocumentKind.STANDARD: Standard,
}
AnyDocument = TypeVar("AnyDocument", bound=BaseModel | VignetteHead)
# Every version a process has shown stays parsed: a pack holds some hundred documents of some 20 kB.
PARSED_DOCUMENTS_KEPT = 1000


class UnknownDocumentError(LookupError):
    """There is no such document; the text names it."""


@dataclass(frozen=True)
class Version(Generic[AnyDocument]):
    """A document, or the head of one, together with the version it is: a rating points to that."""

    id: uuid.UUID
    slug: str
    digest: str
    document: AnyDocument

    @property
    def short_digest(self) -> str:
        """Enough of the digest to tell versions apart on a page."""
        return self.digest[:10]


@dataclass(frozen=True, slots=True)
class ReplacedKey:
    """That a version of a vignette's key took the place of another."""

    slug: str
    from_id: uuid.UUID
    to_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing a pack did.

    published  (kind, slug) of new versions now in use.
    replaced   keys that were replaced while their vignette stayed as it was; `kept` and
               `no_longer_fit` are as in KeysOfPack.
    """

    published: tuple[tuple[str, str], ...]
    unchanged: int
    kept: frozenset[str] = frozenset()
    no_longer_fit: frozenset[str] = frozenset()
    replaced: tuple[ReplacedKey, ...] = ()


def publish(pack: Pack, *, person_id: uuid.UUID | None) -> Publication:
    """Put every document of a pack in use; one that is already in use is left alone.

    The pack is whole: the caller has refused one with faults. An older version that comes back
    is put in use again under its own digest. A key that a panel ratified stays in use while its
    vignette reads as it was rated. Joins an outer act.
    """
    published, unchanged = [], 0
    with write_transaction() as session:
        in_use = _in_use(is_locked=True)
        keys = _keys_of_pack(pack, in_use)
        replaced_ids = {slug: in_use[DocumentKind.KEY, slug].document_id for slug in keys.replaced}
        for kind_name, slug, document in pack.documents():
            kind = DocumentKind(kind_name)
            text = canonical_text(document)
            digest = digest_of(text)
            current = in_use.get((kind, slug))
            if current is not None and current.document.digest == digest:
                unchanged += 1
                continue
            if kind is DocumentKind.KEY and slug in keys.kept:
                continue
            version = _find_or_add_version(kind, slug, digest, text, person_id)
            if current is None:
                session.add(CurrentDocument(kind=kind, slug=slug, document_id=version.id))
            else:
                current.document_id = version.id
            published.append((kind_name, slug))
            if isinstance(document, Module):
                for lesson in document.lesson.values():
                    after_commit(render_beforehand, lesson)
            _note_published(version, person_id, keys)
        replaced = tuple(
            ReplacedKey(slug, from_id, in_use[DocumentKind.KEY, slug].document_id)
            for slug, from_id in replaced_ids.items()
        )
    return Publication(tuple(published), unchanged, keys.kept, keys.no_longer_fit, replaced)


def _note_published(version: Document, person_id: uuid.UUID | None, keys: KeysOfPack) -> None:
    details: dict[str, str | bool] = {"digest": version.digest}
    if version.kind is DocumentKind.KEY and version.slug in keys.no_longer_fit:
        details["replaces_ratified_key"] = True  # its vignette is worded or rated otherwise
    trail.note(
        trail.Act.CONTENT_PUBLISHED,
        f"{version.kind} {version.slug}",
        person_id=person_id,
        **details,
    )


def keys_published_by(pack: Pack) -> KeysOfPack:
    """What publishing this pack would do to the keys in use."""
    return _keys_of_pack(pack, _in_use())


def _in_use(*, is_locked: bool = False) -> dict[tuple[DocumentKind, str], CurrentDocument]:
    if is_locked:
        # Alone: joined with its document, a row that changed while its lock was awaited is lost.
        # In an order, as everybody who locks several of them.
        rows = select(CurrentDocument.slug).order_by(CurrentDocument.kind, CurrentDocument.slug)
        db.session.execute(rows.with_for_update()).all()
    statement = select(CurrentDocument).execution_options(populate_existing=True)
    return {(row.kind, row.slug): row for row in db.session.scalars(statement)}


def _keys_of_pack(
    pack: Pack, in_use: Mapping[tuple[DocumentKind, str], CurrentDocument]
) -> KeysOfPack:
    current = {(kind, slug): row.document for (kind, slug), row in in_use.items()}
    others = {
        slug: key_version(current[DocumentKind.KEY, slug].id).document
        for slug, key in pack.keys.items()
        if (DocumentKind.KEY, slug) in current
        and current[DocumentKind.KEY, slug].digest != digest_of(canonical_text(key))
    }
    vignette_digests = {
        slug: document.digest
        for (kind, slug), document in current.items()
        if kind is DocumentKind.VIGNETTE
    }
    return keys_of_pack(pack, others, vignette_digests)


def add_version(
    kind: DocumentKind, document: BaseModel, slug: str, *, person_id: uuid.UUID | None
) -> Version[BaseModel]:
    """Store a version of a document without putting it in use; the same one is found again.

    Joins an outer act.
    """
    text = canonical_text(document)
    with write_transaction():
        row = _find_or_add_version(kind, slug, digest_of(text), text, person_id)
    return Version(row.id, slug, row.digest, document)


def _find_or_add_version(
    kind: DocumentKind, slug: str, digest: str, text: str, person_id: uuid.UUID | None
) -> Document:
    version = db.session.scalar(select(Document).filter_by(kind=kind, slug=slug, digest=digest))
    if version is None:
        version = Document(
            kind=kind, slug=slug, digest=digest, body=text, published_by_id=person_id
        )
        db.session.add(version)
        db.session.flush()
    return version


@lru_cache(maxsize=PARSED_DOCUMENTS_KEPT)
def _version(
    kind: DocumentKind, document_id: uuid.UUID, slug: str, digest: str
) -> Version[BaseModel]:
    return Version(document_id, slug, digest, _parsed(kind, document_id, digest))


@lru_cache(maxsize=PARSED_DOCUMENTS_KEPT)
def _head_version(document_id: uuid.UUID, slug: str, digest: str) -> Version[VignetteHead]:
    # Who lists all vignettes reads every one of them once, and keeps no transcript.
    vignette = cast(Vignette, _parsed(DocumentKind.VIGNETTE, document_id, digest))
    return Version(document_id, slug, digest, vignette.head)


def _parsed(kind: DocumentKind, document_id: uuid.UUID, digest: str) -> BaseModel:
    body = db.session.scalar(select(Document.body).filter_by(id=document_id))
    if body is None:
        raise UnknownDocumentError(f"{kind} {digest}")
    return MODELS[kind].model_validate(json.loads(body))


def _current(kind: DocumentKind, slugs: Collection[str] | None = None) -> list[Version[BaseModel]]:
    rows = rows_in_use(kind).items()
    return [_version(kind, *row) for slug, row in rows if slugs is None or slug in slugs]


def _find_current(kind: DocumentKind, slug: str) -> Version[BaseModel] | None:
    row = rows_in_use(kind).get(slug)
    return _version(kind, *row) if row else None


def _get_current(kind: DocumentKind, slug: str) -> Version[BaseModel]:
    return _version(kind, *_get_row(kind, slug))


def _get_row(kind: DocumentKind, slug: str) -> Row:
    row = rows_in_use(kind).get(slug)
    if row is None:
        raise UnknownDocumentError(f"no {kind} {slug!r} is published")
    return row


@lru_cache(maxsize=PARSED_DOCUMENTS_KEPT)
def _get_version(kind: DocumentKind, document_id: uuid.UUID) -> Version[BaseModel]:
    # A version never changes: once met, the database need not be asked for it again.
    row = db.session.get(Document, document_id)
    if row is None or row.kind is not kind:
        raise UnknownDocumentError(f"there is no {kind} version {document_id}")
    return _version(kind, row.id, row.slug, row.digest)


def find_module(slug: str) -> Version[Module] | None:
    return cast("Version[Module] | None", _find_current(DocumentKind.MODULE, slug))


def find_vignette(slug: str) -> Version[Vignette] | None:
    return cast("Version[Vignette] | None", _find_current(DocumentKind.VIGNETTE, slug))


def find_standard(slug: str) -> Version[Standard] | None:
    return cast("Version[Standard] | None", _find_current(DocumentKind.STANDARD, slug))


def find_instrument(slug: str) -> Version[Instrument] | None:
    return cast("Version[Instrument] | None", _find_current(DocumentKind.INSTRUMENT, slug))


def get_instrument(slug: str) -> Version[Instrument]:
    return cast("Version[Instrument]", _get_current(DocumentKind.INSTRUMENT, slug))


def get_vignette(slug: str) -> Version[Vignette]:
    return cast("Version[Vignette]", _get_current(DocumentKind.VIGNETTE, slug))


def get_vignette_head(slug: str) -> Version[VignetteHead]:
    return _head_version(*_get_row(DocumentKind.VIGNETTE, slug))


def get_key(vignette_slug: str) -> Version[Key]:
    return cast("Version[Key]", _get_current(DocumentKind.KEY, vignette_slug))


def get_keyed_vignette(slug: str) -> tuple[Version[Vignette], Version[Key]]:
    """A vignette and its key, read at one moment: publishing may replace both in one act."""
    rows = db.session.execute(
        select(CurrentDocument.kind, CurrentDocument.document_id).where(
            CurrentDocument.slug == slug,
            CurrentDocument.kind.in_((DocumentKind.VIGNETTE, DocumentKind.KEY)),
        )
    )
    found = dict(rows.all())
    if len(found) < 2:
        raise UnknownDocumentError(f"no vignette {slug!r} with a key is published")
    return vignette_version(found[DocumentKind.VIGNETTE]), key_version(found[DocumentKind.KEY])


def is_key_in_use(document_id: uuid.UUID) -> bool:
    """Whether this version of a key is the one in use; without a question of its own, mostly."""
    return any(document_id == id_ for id_, *_ in rows_in_use(DocumentKind.KEY).values())


def keys_of(vignette_slugs: Collection[str]) -> dict[str, Version[Key]]:
    """The keys in use of these vignettes, in one question."""
    keys = cast("list[Version[Key]]", _current(DocumentKind.KEY, vignette_slugs))
    return {key.slug: key for key in keys}


def vignettes_of(slugs: Collection[str]) -> dict[str, Version[Vignette]]:
    """Those of these vignettes that are in use, in one question."""
    versions = cast("list[Version[Vignette]]", _current(DocumentKind.VIGNETTE, slugs))
    return {version.slug: version for version in versions}


def modules() -> list[Version[Module]]:
    """The modules in use, in the order in which they are taken."""
    versions = cast("list[Version[Module]]", _current(DocumentKind.MODULE))
    return sorted(versions, key=lambda version: version.document.number)


def vignettes(*pools: Pool) -> list[Version[VignetteHead]]:
    """The vignettes in use that belong to these pools, by slug; without their transcripts."""
    heads = [_head_version(*row) for row in rows_in_use(DocumentKind.VIGNETTE).values()]
    return [version for version in heads if version.document.pool in pools]


def instruments() -> list[Version[Instrument]]:
    return cast("list[Version[Instrument]]", _current(DocumentKind.INSTRUMENT))


def standards() -> list[Version[Standard]]:
    return cast("list[Version[Standard]]", _current(DocumentKind.STANDARD))


def vignette_version(document_id: uuid.UUID) -> Version[Vignette]:
    return cast("Version[Vignette]", _get_version(DocumentKind.VIGNETTE, document_id))


def key_version(document_id: uuid.UUID) -> Version[Key]:
    return cast("Version[Key]", _get_version(DocumentKind.KEY, document_id))


def instrument_version(document_id: uuid.UUID) -> Version[Instrument]:
    return cast("Version[Instrument]", _get_version(DocumentKind.INSTRUMENT, document_id))


def standard_version(document_id: uuid.UUID) -> Version[Standard]:
    return cast("Version[Standard]", _get_version(DocumentKind.STANDARD, document_id))


def module_version(document_id: uuid.UUID) -> Version[Module]:
    return cast("Version[Module]", _get_version(DocumentKind.MODULE, document_id))


def published_values(document_id: uuid.UUID) -> dict[str, Any]:
    """A document as it was published, whatever fields its kind has gained since."""
    body = db.session.scalar(select(Document.body).filter_by(id=document_id))
    if body is None:
        raise UnknownDocumentError(f"there is no document version {document_id}")
    values: dict[str, Any] = json.loads(body)
    return values


def documents_in_use() -> list[Document]:
    """Every document in use, for the administrator's list."""
    rows = db.session.scalars(
        select(CurrentDocument).order_by(CurrentDocument.kind, CurrentDocument.slug)
    )
    return [row.document for row in rows]


def titles_in_use() -> dict[tuple[DocumentKind, str], str]:
    """What every document in use is called; a key is called after its vignette."""
    vignette_titles = {v.slug: v.document.title for v in vignettes(*Pool)}
    return {
        **{(DocumentKind.INSTRUMENT, v.slug): v.document.name for v in instruments()},
        **{(DocumentKind.MODULE, v.slug): v.document.title for v in modules()},
        **{(DocumentKind.VIGNETTE, slug): title for slug, title in vignette_titles.items()},
        **{
            (DocumentKind.KEY, slug): vignette_titles.get(slug, slug)
            for slug in rows_in_use(DocumentKind.KEY)
        },
        **{(DocumentKind.STANDARD, v.slug): v.document.title for v in standards()},
    }


def number_of_versions() -> dict[tuple[DocumentKind, str], int]:
    """How many versions each document has had."""
    rows = db.session.execute(
        select(Document.kind, Document.slug, func.count()).group_by(Document.kind, Document.slug)
    )
    return {(kind, slug): count for kind, slug, count in rows}
