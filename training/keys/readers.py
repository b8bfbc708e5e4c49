"""Which keys a person may be shown, and why not the others. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Barrier(StrEnum):
    """Why somebody is not shown a key."""

    PANEL = "panel"  # they sit on a panel, or chair one, that is agreeing on it
    RATING = "rating"  # they are rating the vignette themselves
    ASSESSED = "assessed"  # they are a rater, and it may be drawn for their certification
    UNSEEN = "unseen"  # they have not seen it and may yet be asked to rate; they may choose to


@dataclass(frozen=True, slots=True)
class KeyReader:
    """Somebody who opens pages on keys, and the vignettes that decide which of them.

    is_rater, is_expert   whether they may yet be asked to rate blind.
    seen                  whose key they have seen.
    kept                  whose key a panel of theirs is at work on.
    rating                that they are rating just now.
    assessed              that raters may be certified with.
    """

    person_id: uuid.UUID
    is_rater: bool
    is_expert: bool
    seen: frozenset[str]
    kept: frozenset[str]
    rating: frozenset[str] = frozenset()
    assessed: frozenset[str] = frozenset()

    def is_blind_to(self, vignette_slug: str) -> bool:
        """Whether seeing this key would cost them an independent rating."""
        return (self.is_rater or self.is_expert) and vignette_slug not in self.seen

    def barrier_to(self, vignette_slug: str) -> Barrier | None:
        """Why they are not shown this key, or None."""
        if vignette_slug in self.kept:
            return Barrier.PANEL
        if vignette_slug in self.rating:
            return Barrier.RATING
        if not self.is_blind_to(vignette_slug):
            return None
        if self.is_rater and vignette_slug in self.assessed:
            return Barrier.ASSESSED
        return Barrier.UNSEEN

    def barriers_to(self, vignette_slugs: Iterable[str]) -> dict[str, Barrier]:
        """Of these, the vignettes whose key they are not shown, each with the reason."""
        found = {slug: self.barrier_to(slug) for slug in vignette_slugs}
        return {slug: barrier for slug, barrier in found.items() if barrier is not None}
