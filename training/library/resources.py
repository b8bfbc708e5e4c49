"""The library of resources: which entries answer a search, in the order of its topics."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from training.library.reading import read_resources
from training.library.schema.resource import Openness, Resource, ResourceKind, Topic


@lru_cache(maxsize=4)
def resources_of(folders: tuple[Path, ...]) -> tuple[Resource, ...]:
    """The resources of content folders, read once for each process; an entry at fault is left out.

    `content check` tells of faults; a page shows what can be shown.
    """
    return tuple(read_resources(*folders).resources.values())


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for; what is None or empty asks for nothing."""

    words: str = ""
    kind: ResourceKind | None = None
    topic: Topic | None = None
    openness: Openness | None = None
    is_verified: bool | None = None

    def finds(self, resource: Resource) -> bool:
        """Whether a resource has every word, whatever the case and accents, and every mark."""
        return (
            self.kind in (None, resource.kind)
            and (self.topic is None or self.topic in resource.topics)
            and self.openness in (None, resource.open)
            and self.is_verified in (None, resource.verified)
            and all(word in _text_of(resource) for word in plain(self.words).split())
        )


def by_topic(resources: Iterable[Resource], search: Search) -> dict[Topic, list[Resource]]:
    """What a search finds, under each resource's first topic; topics without any are left out.

    A topic that was searched for is the heading of all that is found.
    """
    groups: dict[Topic, list[Resource]] = {topic: [] for topic in Topic}
    for resource in sorted(resources, key=lambda each: plain(each.reference)):
        if search.finds(resource):
            groups[search.topic or resource.topics[0]].append(resource)
    return {topic: found for topic, found in groups.items() if found}


def plain(text: str) -> str:
    """Without capitals, and without marks on Latin letters: who types Bergstrom finds Bergström."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not "\u0300" <= letter <= "\u036f")


def _text_of(resource: Resource) -> str:
    return plain(f"{resource.reference} {resource.title} {resource.authors} {resource.annotation}")
