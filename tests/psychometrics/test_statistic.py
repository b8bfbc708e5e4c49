"""A figure and its absence."""

from __future__ import annotations

import json

import pytest

from training.psychometrics import Reason, Statistic, Undefined
from training.psychometrics.statistic import MESSAGES


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("field", ["value", "low", "high", "standard_error"])
def test_a_statistic_refuses_what_is_not_a_number(field: str, number: float) -> None:
    numbers: dict[str, float | None] = dict.fromkeys(("value", "low", "high", "standard_error"))
    numbers[field] = number
    with pytest.raises(ValueError, match=f"{field} must be finite or None"):
        Statistic(**numbers, n=3, method="none")


def test_a_statistic_knows_what_it_has() -> None:
    whole = Statistic(0.5, 0.2, 0.8, 0.1, 40, "t")
    assert whole.is_defined
    assert whole.has_interval
    bare = Statistic(0.5, None, None, None, 4, "t", Undefined.because(Reason.TOO_FEW_UNITS))
    assert bare.is_defined
    assert not bare.has_interval


def test_absence_is_json_with_reason_and_sentence() -> None:
    nothing = Statistic(None, None, None, None, 0, "t", Undefined.because(Reason.NO_OVERLAP))
    assert json.loads(json.dumps(nothing.as_dict(), allow_nan=False))["undefined"] == {
        "reason": "no_overlap",
        "message": "There is no cell that counts towards this figure.",
    }


def test_every_reason_has_a_sentence() -> None:
    assert set(MESSAGES) == set(Reason)
    assert all(sentence.endswith(".") for sentence in MESSAGES.values())


def test_figures_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Statistic(0.5, 0.2, 0.8, 0.1, 40, "t").value = 0.9  # type: ignore[misc]
