"""Which key of a vignette is the one in use when content is published. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from training.library.reading import Pack, canonical_text, digest_of
from training.library.schema import Key, KeyStatus


@dataclass(frozen=True, slots=True)
class KeysOfPack:
    """What publishing a pack does to the keys in use that differ from its own, by vignette.

    kept           the panel's key stays, although the pack brings the author's.
    replaced       another version takes its place, on a vignette that reads as before.
    no_longer_fit  a panel's key has to go, because the vignette is worded or rated otherwise.
    """

    kept: frozenset[str]
    replaced: tuple[str, ...]
    no_longer_fit: frozenset[str]


def keys_of_pack(
    pack: Pack, in_use: Mapping[str, Key], vignette_digests: Mapping[str, str]
) -> KeysOfPack:
    """Hold the keys of a pack against those in use, where they differ.

    `vignette_digests` are those in use; a pack may bring others.
    """
    after = dict(vignette_digests) | {
        slug: digest_of(canonical_text(vignette)) for slug, vignette in pack.vignettes.items()
    }
    kept = {
        slug
        for slug, key in in_use.items()
        if stays_in_use(key, pack.keys[slug], after.get(slug), _scale(pack, key))
    }
    same_text = {slug for slug in in_use if vignette_digests.get(slug) == after.get(slug)}
    return KeysOfPack(
        kept=frozenset(kept),
        replaced=tuple(sorted(same_text - kept)),
        no_longer_fit=frozenset(
            slug
            for slug, key in in_use.items()
            if is_ratified_by_panel(key)
            and slug not in kept
            and (slug not in same_text or pack.keys[slug].status is KeyStatus.AUTHORED)
        ),
    )


def _scale(pack: Pack, key: Key) -> tuple[int, ...] | None:
    """The scale a key is rated on from now on; None where the pack brings no instrument for it."""
    instrument = pack.instruments.get(key.instrument)
    return instrument.scale.scores if instrument else None


def is_ratified_by_panel(key: Key) -> bool:
    """Whether a panel made the key and it says on which text."""
    return key.status is KeyStatus.RATIFIED and key.panel is not None


def stays_in_use(
    in_use: Key,
    published: Key,
    vignette_digest: str | None,
    scale: Collection[int] | None = None,
) -> bool:
    """Whether the key in use stays although the content brings another one.

    A panel's key is not undone by the author's own, which the folders hold on, as long as the
    vignette, whose digest this is, reads as the panel rated it, and is rated on the same items
    and within the same scale: the instrument may be another version.
    """
    return (
        in_use.panel is not None
        and is_ratified_by_panel(in_use)
        and published.status is KeyStatus.AUTHORED
        and fits(in_use, vignette_digest, published.items, scale)
    )


def fits(
    key: Key,
    vignette_digest: str | None,
    rated_items: Collection[int],
    scale: Collection[int] | None,
) -> bool:
    """Whether a key is about this text, the one its panel rated, with the items rated in it.

    scale  the scores there are; None where that is not asked.
    """
    if key.panel is not None and key.panel.vignette_digest != vignette_digest:
        return False
    scores = {score for rating in key.items.values() for score in rating.accepted}
    is_on_scale = scale is None or scores <= set(scale)
    return is_on_scale and set(key.items) == set(rated_items)
