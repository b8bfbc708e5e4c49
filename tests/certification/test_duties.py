"""Who may not decide about whom."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from training.certification.duties import Conflict, ConflictError, conflict_of

CLEO, INES = uuid.uuid4(), uuid.uuid4()


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
