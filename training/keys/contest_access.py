"""Who may read and answer which contest of a key. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Access(StrEnum):
    """How a contest stands to somebody who answers contests."""

    OPEN = "open"
    BLIND = "blind"  # it would show them a key they have not seen; they may choose to see it
    HELD = "held"  # the same, while they owe a panel an independent rating of that vignette
    ELSEWHERE = "elsewhere"  # the panel that ratified the key answers it
    OWN = "own"  # nobody answers their own contest


@dataclass(frozen=True, slots=True)
class ContestReader:
    """An expert or a certifier, and what decides which contests they may read.

    `rates_blind` says whether they may yet be asked to rate a vignette whose key they have not
    seen, as experts and raters are. `seen` are the vignettes whose key they have seen, `held`
    those they owe an independent rating of in a round one.
    """

    person_id: uuid.UUID
    rates_blind: bool
    seen: frozenset[str]
    held: frozenset[str]

    def access_to(
        self, vignette_slug: str, *, contested_by: uuid.UUID, panel: Collection[uuid.UUID]
    ) -> Access:
        """How a contest of a key stands to this reader.

        `panel` are the experts who made the key and can still answer for it; with none, as for
        an authored key, every expert who has seen the key answers, and every certifier.
        """
        if contested_by == self.person_id:
            return Access.OWN
        answering = set(panel) - {contested_by}
        if answering and self.person_id not in answering:
            return Access.ELSEWHERE
        if vignette_slug in self.held:
            return Access.HELD
        is_blind = self.rates_blind and vignette_slug not in self.seen and not answering
        return Access.BLIND if is_blind else Access.OPEN
