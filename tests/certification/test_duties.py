"""Who may not decide about whom."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from training.certification.reviews.duties import (
    Conflict,
    ConflictError,
    conflict_in_acting,
    conflict_of,
    signatures_missing,
)

CLEO, DORA, INES = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()


def test_a_certifier_decides_about_people_they_never_trained() -> None:
    assert conflict_of(CLEO, INES, has_trained=False) is None


def test_nobody_decides_about_themselves() -> None:
    assert conflict_of(INES, INES, has_trained=False) is Conflict.ONESELF


def test_nobody_decides_about_people_they_trained() -> None:
    assert conflict_of(CLEO, INES, has_trained=True) is Conflict.OWN_TRAINEE


def test_being_oneself_is_the_reason_that_is_told_first() -> None:
    assert conflict_of(INES, INES, has_trained=True) is Conflict.ONESELF


@given(st.uuids(), st.uuids(), st.booleans())
def test_only_strangers_are_free_of_conflict(
    certifier: uuid.UUID, rater: uuid.UUID, has_trained: bool
) -> None:
    conflict = conflict_of(certifier, rater, has_trained=has_trained)
    assert (conflict is None) == (certifier != rater and not has_trained)


def test_the_error_carries_its_conflict() -> None:
    assert ConflictError(Conflict.ONESELF).conflict is Conflict.ONESELF


@given(st.booleans(), st.lists(st.sampled_from([CLEO, DORA]), unique=True))
def test_whose_signature_stands_does_not_act_again(
    has_trained: bool, signers: list[uuid.UUID]
) -> None:
    for certifier in (CLEO, DORA, INES):
        conflict = conflict_in_acting(certifier, INES, has_trained=has_trained, signers=signers)
        if certifier == INES:
            assert conflict is Conflict.ONESELF
        elif has_trained:
            assert conflict is Conflict.OWN_TRAINEE
        else:
            assert conflict is (Conflict.SIGNED_BEFORE if certifier in signers else None)


@given(st.integers(0, 5), st.sampled_from([1, 2]))
def test_signatures_are_missing_until_there_are_enough(given_so_far: int, needed: int) -> None:
    missing = signatures_missing(given_so_far, needed=needed)
    assert (missing == 0) == (given_so_far >= needed)
    assert missing + given_so_far >= needed
