"""Who may read and answer which contest of a key. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from enum import StrEnum

from training.keys.readers import Barrier, KeyReader


class Access(StrEnum):
    """How a contest stands to somebody who answers contests and may be shown its key."""

    OPEN = "open"
    ELSEWHERE = "elsewhere"  # the panel that ratified the key answers it
    OWN = "own"  # nobody answers their own contest


def access_to(
    reader: KeyReader,
    vignette_slug: str,
    *,
    contested_by: uuid.UUID,
    panel: Collection[uuid.UUID],
) -> Access | Barrier:
    """How a contest of a key stands to this expert or certifier, or why it is closed to them.

    It shows the key, so that whatever keeps them from the key keeps them from the contest.

    `panel` are the experts who made the key and can still answer for it; with none, as for an
    authored key, every expert who has seen the key answers, and every certifier.
    """
    if contested_by == reader.person_id:
        return Access.OWN
    answering = set(panel) - {contested_by}
    if answering and reader.person_id not in answering:
        return Access.ELSEWHERE
    barrier = reader.barrier_to(vignette_slug)
    if barrier is Barrier.UNSEEN and answering:
        return Access.OPEN  # who made a key knows it
    return barrier or Access.OPEN
