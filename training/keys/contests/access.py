"""Who may read and answer which contest of a key. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from enum import StrEnum

from training.keys.readers import KeyReader


class Access(StrEnum):
    """How a contest stands to somebody who answers contests."""

    OPEN = "open"
    BLIND = "blind"  # it would show them a key they have not seen; they may choose to see it
    KEPT = "kept"  # it would show them a key that a panel of theirs is at work on
    ELSEWHERE = "elsewhere"  # the panel that ratified the key answers it
    OWN = "own"  # nobody answers their own contest


def access_to(
    reader: KeyReader,
    vignette_slug: str,
    *,
    contested_by: uuid.UUID,
    panel: Collection[uuid.UUID],
) -> Access:
    """How a contest of a key stands to this expert or certifier.

    `panel` are the experts who made the key and can still answer for it; with none, as for an
    authored key, every expert who has seen the key answers, and every certifier.
    """
    if contested_by == reader.person_id:
        return Access.OWN
    answering = set(panel) - {contested_by}
    if answering and reader.person_id not in answering:
        return Access.ELSEWHERE
    if vignette_slug in reader.kept:
        return Access.KEPT
    is_blind = reader.is_blind_to(vignette_slug) and not answering
    return Access.BLIND if is_blind else Access.OPEN
