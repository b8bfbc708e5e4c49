"""The keys in use of one instrument, each with the vignette it belongs to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from training.database import db
from training.library import records as library
from training.library.models import CurrentDocument, DocumentKind
from training.library.records import Version
from training.library.schema import Key, Vignette


@dataclass(frozen=True, slots=True)
class KeyInUse:
    """A vignette and its key, in the versions in use."""

    vignette: Version[Vignette]
    key: Version[Key]

    @property
    def slug(self) -> str:
        return self.vignette.slug


def keys_in_use(instrument_slug: str) -> list[KeyInUse]:
    """Every vignette of this instrument that has a key, by slug; excerpts of modules included."""
    rows = db.session.execute(
        select(CurrentDocument.slug, CurrentDocument.kind, CurrentDocument.document_id)
        .where(CurrentDocument.kind.in_((DocumentKind.VIGNETTE, DocumentKind.KEY)))
        .order_by(CurrentDocument.slug)
    )
    ids: dict[str, dict[DocumentKind, uuid.UUID]] = {}
    for slug, kind, document_id in rows:
        ids.setdefault(slug, {})[kind] = document_id
    found = [
        KeyInUse(
            library.vignette_version(both[DocumentKind.VIGNETTE]),
            library.key_version(both[DocumentKind.KEY]),
        )
        for both in ids.values()
        if len(both) == 2
    ]
    return [one for one in found if one.key.document.instrument == instrument_slug]


def find_key_in_use(vignette_slug: str) -> KeyInUse | None:
    """The vignette of this slug with its key, or None."""
    try:
        return KeyInUse(*library.get_keyed_vignette(vignette_slug))
    except library.UnknownDocumentError:
        return None
