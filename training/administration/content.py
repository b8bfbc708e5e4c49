"""The content folders as they are now: their faults, and what publishing would change. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from training.library.checking import check
from training.library.reading import Fault, Pack, canonical_text, digest_of, read_pack

Place = tuple[str, str]  # kind and slug of a document


@dataclass(frozen=True, slots=True)
class Changes:
    """Documents by what publishing would do with them, each as (kind, slug).

    absent  in use but in no content folder any more; publishing leaves them in use.
    kept    keys that a panel ratified, which publishing does not undo.
    digest  stands for all documents of the pack in their versions.
    """

    new: tuple[Place, ...]
    changed: tuple[Place, ...]
    unchanged: tuple[Place, ...]
    absent: tuple[Place, ...]
    kept: tuple[Place, ...]
    digest: str

    @property
    def is_any(self) -> bool:
        return bool(self.new or self.changed)


@dataclass(frozen=True, slots=True)
class CheckedContent:
    pack: Pack
    faults: tuple[Fault, ...]
    changes: Changes

    @property
    def is_publishable(self) -> bool:
        """Whether there is something to publish and nothing against it."""
        return self.changes.is_any and not self.faults


def check_content(
    folders: tuple[Path, ...],
    in_use: Mapping[Place, str],
    keys_kept: Callable[[Pack], Collection[str]],
) -> CheckedContent:
    """Read content folders, find every fault, and compare with the digests in use.

    `keys_kept` tells for a pack the vignettes whose ratified key publishing would not undo.
    """
    pack = read_pack(*folders)
    return CheckedContent(pack, tuple(check(pack)), changes_of(pack, in_use, keys_kept(pack)))


def changes_of(pack: Pack, in_use: Mapping[Place, str], keys_kept: Collection[str] = ()) -> Changes:
    """Hold a pack against the digests of the documents in use, by kind and slug."""
    kept = {("key", slug) for slug in keys_kept}
    digests = {
        (kind, slug): digest_of(canonical_text(document))
        for kind, slug, document in pack.documents()
    }
    whole = "\n".join(f"{kind} {slug} {digest}" for (kind, slug), digest in sorted(digests.items()))
    return Changes(
        new=tuple(place for place in digests if place not in in_use),
        changed=tuple(
            place
            for place, digest in digests.items()
            if place in in_use and in_use[place] != digest and place not in kept
        ),
        unchanged=tuple(p for p, digest in digests.items() if in_use.get(p) == digest),
        absent=tuple(sorted(place for place in in_use if place not in digests)),
        kept=tuple(sorted(kept)),
        digest=hashlib.sha256(whole.encode()).hexdigest(),
    )
