"""Separation of duties: who may not decide about whom. Pure."""

from __future__ import annotations

import uuid
from enum import StrEnum


class Conflict(StrEnum):
    """Why a certifier may not act on a decision."""

    ONESELF = "oneself"
    OWN_TRAINEE = "own-trainee"


class ConflictError(PermissionError):
    """A certifier tried to decide about themselves or about a person they train."""

    def __init__(self, conflict: Conflict) -> None:
        super().__init__(conflict.value)
        self.conflict = conflict


def conflict_of(
    certifier_id: uuid.UUID, rater_id: uuid.UUID, *, has_trained: bool
) -> Conflict | None:
    """The conflict of a certifier with a rater, or None.

    Having trained somebody counts even when it is over: whoever taught does not examine.
    """
    if certifier_id == rater_id:
        return Conflict.ONESELF
    return Conflict.OWN_TRAINEE if has_trained else None
