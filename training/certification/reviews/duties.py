"""Separation of duties: who may not decide about whom, and how many have to sign. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from enum import StrEnum


class Conflict(StrEnum):
    """Why a certifier may not act on a decision, or on an appeal against it."""

    ONESELF = "oneself"
    OWN_TRAINEE = "own-trainee"
    SIGNED_BEFORE = "signed-before"
    DECIDED_BEFORE = "decided-before"


class ConflictError(PermissionError):
    """A certifier tried to decide about themselves or somebody they train, or to decide twice."""

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


def conflict_in_acting(
    certifier_id: uuid.UUID,
    rater_id: uuid.UUID,
    *,
    has_trained: bool,
    signers: Collection[uuid.UUID],
) -> Conflict | None:
    """The conflict of a certifier who signs or declines, or None.

    Whose signature stands does not act a second time: a second signature is a second person's,
    and whoever has come to doubt the first one withdraws it.
    """
    conflict = conflict_of(certifier_id, rater_id, has_trained=has_trained)
    if conflict is None and certifier_id in signers:
        return Conflict.SIGNED_BEFORE
    return conflict


def conflict_in_reviewing_appeal(
    certifier_id: uuid.UUID,
    rater_id: uuid.UUID,
    *,
    has_trained: bool,
    deciders: Collection[uuid.UUID],
) -> Conflict | None:
    """The conflict of a certifier who is to decide an appeal, or None.

    `deciders` are those who signed, declined, asked for more evidence or revoked in the attempt,
    a signature that was withdrawn included: whoever judged before does not judge that judgement.
    """
    conflict = conflict_of(certifier_id, rater_id, has_trained=has_trained)
    if conflict is None and certifier_id in deciders:
        return Conflict.DECIDED_BEFORE
    return conflict


def signatures_missing(given: int, *, needed: int) -> int:
    """How many more certifiers have to sign before a certificate is issued."""
    return max(needed - given, 0)
