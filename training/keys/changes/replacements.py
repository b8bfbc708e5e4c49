"""Which version of a key stands in the place of which: the changes made so far, and one asked."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from training.database import db
from training.keys.models import KeyChange
from training.library import records as library
from training.library.models import Document
from training.library.records import Version
from training.library.schema import Key


@dataclass(frozen=True, slots=True)
class KeyReplacements:
    """For every version of a key that was replaced, directly or on the way, the one in use.

    By the id of the replaced version; and by vignette and digest, as evidence names a version.
    """

    by_id: Mapping[uuid.UUID, Version[Key]]
    by_digest: Mapping[tuple[str, str], tuple[Key, str]]

    def replaced_ids(self, slug: str) -> tuple[uuid.UUID, ...]:
        """The replaced versions of one vignette's key."""
        return tuple(old for old, version in self.by_id.items() if version.slug == slug)

    def has_dropped(self, slug: str, digest: str) -> bool:
        """Whether this replaced version, as evidence names it, had dropped an item."""
        versions = (library.key_version(old_id) for old_id in self.replaced_ids(slug))
        return any(
            rating.is_dropped
            for version in versions
            if version.digest == digest
            for rating in version.document.items.values()
        )


def key_replacements(asked: Collection[Version[Key]] = ()) -> KeyReplacements:
    """What the changes of keys amount to; `asked` are versions that are not in use yet.

    Versions whose vignette was worded otherwise since are not among them: no change leads from
    them to the key in use (docs/decisions/0013).
    """
    steps = [(slug, from_id, to_id) for slug, from_id, to_id in db.session.execute(_STEPS)]
    in_use = library.keys_of({slug for slug, _, _ in steps} | {version.slug for version in asked})
    steps += [(version.slug, in_use[version.slug].id, version.id) for version in asked]
    in_use |= {version.slug: version for version in asked}
    predecessors: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for _slug, from_id, to_id in steps:
        predecessors[to_id].add(from_id)
    by_id = {
        old_id: current
        for current in in_use.values()
        for old_id in _before(current.id, predecessors)
    }
    return KeyReplacements(by_id, _by_digest(by_id))


_STEPS = select(KeyChange.vignette_slug, KeyChange.from_document_id, KeyChange.to_document_id)


def _before(
    current_id: uuid.UUID, predecessors: Mapping[uuid.UUID, set[uuid.UUID]]
) -> set[uuid.UUID]:
    """All versions from which changes lead to this one; one that came back is not before itself."""
    found: set[uuid.UUID] = set()
    waiting = [current_id]
    while waiting:
        new = predecessors.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return found - {current_id}


def _by_digest(by_id: Mapping[uuid.UUID, Version[Key]]) -> dict[tuple[str, str], tuple[Key, str]]:
    rows = db.session.execute(select(Document.id, Document.digest).where(Document.id.in_(by_id)))
    return {
        (by_id[old_id].slug, digest): (by_id[old_id].document, by_id[old_id].digest)
        for old_id, digest in rows
    }
