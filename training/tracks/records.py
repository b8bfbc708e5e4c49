"""The tracks there are. A track is the way to one standard: its modules, practice, assessment."""

from __future__ import annotations

from dataclasses import dataclass, replace

from training.certification.judging.standard import Standard
from training.library import records as library
from training.library.records import Version


@dataclass(frozen=True, slots=True)
class Tracks:
    """The standards in use, and the one whose track is taken.

    own    the one chosen; the first one where none is, or where it is no longer in use; None
           where there is no standard.
    every  all of them, the first one first.
    """

    own: Version[Standard] | None
    every: tuple[Version[Standard], ...] = ()

    @property
    def are_several(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.every) > 1

    @property
    def own_first(self) -> list[Version[Standard]]:
        return sorted(self.every, key=lambda version: version != self.own)

    @property
    def slug(self) -> str | None:
        return self.own.slug if self.own else None

    @property
    def standard(self) -> Standard | None:
        return self.own.document if self.own else None

    @property
    def standards(self) -> list[Standard]:
        return [version.document for version in self.every]

    @property
    def instrument(self) -> str | None:
        """The slug of the instrument that is learnt on the own track."""
        return self.own.document.instrument if self.own else None

    @property
    def titles(self) -> dict[str, str]:
        """The titles of the standards by slug."""
        return {version.slug: version.document.title for version in self.every}

    @property
    def digests(self) -> tuple[str, ...]:
        """The versions of the standards, for what is kept until one of them changes."""
        return tuple(version.digest for version in self.every)

    def is_own(self, slug: str) -> bool:
        return self.slug == slug

    def through(self, module_slug: str) -> Tracks:
        """With the track on which a module is met as the own one: it stays where it has the
        module, or nobody has, and else is the first that has."""
        with_it = [v for v in self.own_first if module_slug in v.document.prerequisites.modules]
        return replace(self, own=with_it[0]) if with_it else self


def tracks_for(chosen: str | None) -> Tracks:
    """The tracks, for who has chosen this one or none. One query."""
    every = tuple(library.standards())
    own = next((version for version in every if version.slug == chosen), None)
    return Tracks(own or (every[0] if every else None), every)
