"""A pack of exercises for tests: two pairs on every item, every key with canaries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.pack import INSTRUMENT, ITEMS
from training.library.reading import Pack
from training.library.schema import Key, Vignette

TURNS = 8
NAMES = ("Aba", "Bolo")
LOW, HIGH = "ferry-03-a-1", "ferry-03-a-2"
"""A pair on item 3: the first is a 1, the second a 2."""


def slugs() -> list[str]:
    return [f"ferry-{item:02d}-{pair}-{twin}" for item in ITEMS for pair in "ab" for twin in (1, 2)]


def canary(slug: str) -> str:
    """What the reason of this exercise's key holds."""
    return f"canary-{slug}-03-sings"


def contrast_canary(slug: str) -> str:
    """What gives away the twin of this exercise."""
    return f"canary-{twin_of(slug)}-04-sings"


def twin_of(slug: str) -> str:
    return slug[:-1] + {"1": "2", "2": "1"}[slug[-1]]


def vignette(slug: str, **changes: Any) -> Vignette:
    name = slug.rsplit("-", 1)[0].replace("-", "")
    return Vignette.model_validate(
        {
            "slug": slug,
            "instrument": INSTRUMENT,
            "pool": "exercise",
            "contrast": twin_of(slug),
            "title": f"The {slug[:-2]}, {'one' if slug.endswith('1') else 'two'}",
            "setting": "On the last ferry.",
            "items": [int(slug.split("-")[1])],
            "people": [
                {"id": "aba", "name": f"Aba{name}", "about": "a son", "side": "network"},
                {"id": "bolo", "name": f"Bolo{name}", "about": "a nurse", "side": "team"},
            ],
            "turns": [
                [number, ("aba", "bolo")[number % 2], f"{slug} says {number}."]
                for number in range(1, TURNS + 1)
            ],
        }
        | changes
    )


def key(slug: str, **changes: Any) -> Key:
    rating = {
        "rating": int(slug[-1]),
        "evidence": [2, 4],
        "reason": f"{canary(slug)}. Seen in turn (2).",
        "contrast": f"The other: {contrast_canary(slug)}.",
    }
    return Key.model_validate(
        {
            "vignette": slug,
            "instrument": INSTRUMENT,
            "status": "authored",
            "items": {int(slug.split("-")[1]): rating | changes},
        }
    )


def pack_of_pairs(chosen: Iterable[str] | None = None) -> Pack:
    """The pairs alone, or these exercises of them, to be published beside the small pack."""
    pack = Pack()
    for slug in chosen or slugs():
        pack.add("vignette", slug, vignette(slug), slug)
        pack.add("key", slug, key(slug), f"{slug} key")
    return pack
