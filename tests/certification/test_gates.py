"""Judging one gate: on the line, over it, clearly short of it, or not to be said."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.certification.level_plan import LEVEL_PLAN, SCALE, shipped_document
from training.certification.judging.gates import GateReasonCode, GateResult, GateStatus, judge
from training.certification.judging.standard import Standard
from training.psychometrics import Comparison, Ratings, Reason, compare_with_consensus

CRITICAL_ITEMS = (8, 11, 12)
KEY = np.nan_to_num(LEVEL_PLAN, nan=2.0)


def compare(scores: np.ndarray, key: np.ndarray = KEY) -> Comparison:
    cells = [
        (f"meeting-{row:02}", column + 1, scores[row, column], key[row, column])
        for row in range(len(key))
        for column in range(key.shape[1])
    ]
    return compare_with_consensus(
        Ratings.from_cells(cells), scale=SCALE, confidence=0.90, critical_items=CRITICAL_ITEMS
    )


def judged(kind: str, comparison: Comparison, **changes: Any) -> GateResult:
    """The shipped gate, or the shipped gate with a change."""
    document = shipped_document()
    for gate in document["gates"]:
        if gate["kind"] == kind:
            gate.update(changes)
    standard = Standard.model_validate(document)
    return next(judge(gate, comparison) for gate in standard.gates if gate.kind == kind)


def missing(count: int, points: int = 1, key: np.ndarray = KEY) -> np.ndarray:
    """A rater who is this many points off in `count` cells, spread evenly over the vignettes."""
    scores = key.copy()
    for place in range(count):
        row, column = place % len(key), place // len(key)
        up = key[row, column] + points <= 4
        scores[row, column] += points if up else -points
    return scores


class TestRates:
    def test_exactly_on_the_line_is_met(self) -> None:
        # 24 of 40: neither 0.6 nor 24/40 is exact in binary, the line is reached all the same.
        key = KEY[:, :5]
        result = judged("exact", compare(missing(16, key=key), key))
        assert result.value == pytest.approx(0.6)
        assert result.status is GateStatus.MET
        assert result.reason.code is GateReasonCode.REACHED

    def test_one_short_of_the_line_is_unclear(self) -> None:
        result = judged("exact", compare(missing(39)))
        assert result.value is not None
        assert result.value < 0.6
        assert result.status is GateStatus.UNCLEAR
        assert result.reason.code is GateReasonCode.MISSED_WITHIN_ERROR

    def test_far_short_of_the_line_is_not_met(self) -> None:
        result = judged("exact", compare(missing(70)))
        assert result.high is not None
        assert result.high < 0.6
        assert result.status is GateStatus.NOT_MET
        assert result.reason.code is GateReasonCode.CLEARLY_MISSED

    def test_a_good_value_with_an_uncertain_bound_is_unclear(self) -> None:
        # All misses in one of eight meetings: 90 in 100 hold, but not for any such eight meetings.
        scores = KEY.copy()
        scores[0, :9] = np.where(KEY[0, :9] >= 2, KEY[0, :9] - 2, KEY[0, :9] + 2)
        result = judged("within_one", compare(scores))
        assert result.value is not None
        assert result.value > 0.90
        assert result.low is not None
        assert result.low < 0.80
        assert result.status is GateStatus.UNCLEAR
        assert result.reason.code is GateReasonCode.BOUND_NOT_REACHED
        assert (result.threshold, result.bound) == (0.90, 0.80)

    @pytest.mark.parametrize(
        ("misses", "status"),
        [
            (0, GateStatus.MET),
            (3, GateStatus.MET),
            (4, GateStatus.UNCLEAR),
            (16, GateStatus.NOT_MET),
        ],
    )
    def test_gross_misses(self, misses: int, status: GateStatus) -> None:
        assert judged("gross", compare(missing(misses, points=2))).status is status

    def test_an_upper_bound_may_be_asked_for(self) -> None:
        result = judged("gross", compare(missing(3, points=2)), upper_bound_at_most=0.05)
        assert result.status is GateStatus.UNCLEAR
        assert result.reason.code is GateReasonCode.BOUND_NOT_REACHED

    def test_rateability(self) -> None:
        scores = KEY.copy()
        scores[:, 0] = np.nan
        assert judged("rateability", compare(scores)).status is GateStatus.UNCLEAR
        scores[:, :4] = np.nan
        assert judged("rateability", compare(scores)).status is GateStatus.NOT_MET

    def test_totals(self) -> None:
        off = np.clip(KEY + 1, 0, 4)
        scores = KEY.copy()
        scores[0] = off[0] - 2
        scores[0] = np.clip(KEY[0] - 1, 0, 4)
        assert judged("totals", compare(scores)).status is GateStatus.MET
        scores[1:4] = off[1:4]
        result = judged("totals", compare(scores))
        assert (result.value, result.n) == (0.5, 8)
        assert result.status is GateStatus.UNCLEAR
        assert judged("totals", compare(off)).status is GateStatus.NOT_MET


class TestBias:
    @pytest.mark.parametrize("sign", [1, -1])
    def test_both_sides(self, sign: int) -> None:
        # One point in 3 of 12 items of every meeting: a mean of exactly a quarter.
        key = np.full(KEY.shape, 2.0)
        scores = key.copy()
        scores[:, :3] += sign
        result = judged("bias", compare(scores, key))
        assert result.value == 0.25 * sign
        assert result.status is GateStatus.MET
        scores[0, 3] += sign
        assert judged("bias", compare(scores, key)).status is GateStatus.UNCLEAR
        scores[:, :8] = 2.0 + sign
        assert judged("bias", compare(scores, key)).status is GateStatus.NOT_MET

    def test_a_small_bias_that_may_be_a_large_one_is_unclear(self) -> None:
        key = np.full(KEY.shape, 2.0)
        scores = key.copy()
        scores[:2] += 1
        scores[2] -= 1
        result = judged("bias", compare(scores, key))
        assert result.value == pytest.approx(0.125)
        assert result.reason.code is GateReasonCode.BOUND_NOT_REACHED


class TestUndefined:
    def test_an_optional_gate_that_cannot_be_computed_does_not_apply(self) -> None:
        constant = np.full(KEY.shape, 3.0)
        result = judged("kappa", compare(KEY, constant))
        assert result.status is GateStatus.NOT_APPLICABLE
        assert result.reason.code is GateReasonCode.NOT_COMPUTABLE
        assert result.reason.undefined is Reason.NO_VARIANCE
        assert (result.value, result.low, result.high) == (None, None, None)

    def test_a_required_gate_that_cannot_be_computed_stays_open(self) -> None:
        constant = np.full(KEY.shape, 3.0)
        result = judged("slope", compare(KEY, constant))
        assert result.status is GateStatus.UNCLEAR
        assert result.reason.undefined is Reason.NO_VARIANCE

    def test_the_icc_decides_only_from_fifteen_vignettes(self) -> None:
        result = judged("icc", compare(KEY))
        assert result.status is GateStatus.NOT_APPLICABLE
        assert result.reason.code is GateReasonCode.TOO_FEW_VIGNETTES
        assert (result.reason.vignettes, result.reason.needed) == (8, 15)
        assert result.value == pytest.approx(1.0)
        twice = np.vstack([KEY, KEY])
        assert judged("icc", compare(twice, twice)).status is GateStatus.MET
        random = np.random.default_rng(1).integers(0, 5, twice.shape).astype(float)
        assert judged("icc", compare(random, twice)).status is GateStatus.NOT_MET

    def test_one_vignette_never_misses_clearly(self) -> None:
        result = judged("exact", compare(4 - KEY[:1], KEY[:1]))
        assert result.status is GateStatus.UNCLEAR
        assert result.low is None


class TestItems:
    def test_one_item_misread_throughout(self) -> None:
        scores = KEY.copy()
        scores[:, 4] = np.where(KEY[:, 4] >= 2, KEY[:, 4] - 2, KEY[:, 4] + 2)
        result = judged("items", compare(scores))
        assert result.status is GateStatus.NOT_MET
        assert result.reason.items == (5,)
        assert result.value == 2.0

    def test_an_item_over_the_line_within_its_error(self) -> None:
        scores = KEY.copy()
        scores[:, 4] = np.where(KEY[:, 4] >= 2, 0, 4)
        result = judged("items", compare(scores))
        assert result.value is not None
        assert result.value > 1.0
        assert (result.status, result.reason.items) == (GateStatus.NOT_MET, (5,))
        scores[:5, 4] = KEY[:5, 4]
        scores[5:, 4] = [0, 4, 4]
        result = judged("items", compare(scores))
        assert result.status is GateStatus.UNCLEAR
        assert result.reason.items == (5,)

    def test_a_good_rater_is_shown_the_worst_item_without_a_reproach(self) -> None:
        result = judged("items", compare(missing(8)))
        assert result.status is GateStatus.MET
        assert result.value == 1.0
        assert result.reason.items == ()

    def test_with_few_vignettes_it_does_not_apply(self) -> None:
        result = judged("items", compare(KEY[:4], KEY[:4]))
        assert result.status is GateStatus.NOT_APPLICABLE
        assert result.reason.undefined is Reason.TOO_FEW_UNITS


class TestCritical:
    @pytest.mark.parametrize(
        ("misses", "status"),
        [
            (0, GateStatus.MET),
            (1, GateStatus.MET),
            (2, GateStatus.UNCLEAR),
            (6, GateStatus.NOT_MET),
        ],
    )
    def test_misses_on_element_8(self, misses: int, status: GateStatus) -> None:
        scores = KEY.copy()
        column = KEY[:misses, 7]
        scores[:misses, 7] = np.where(column >= 2, column - 2, column + 2)
        result = judged("critical", compare(scores))
        assert result.status is status
        assert result.n == 24
        assert result.reason.items == ((8,) if misses > 1 else ())

    def test_other_elements_do_not_count(self) -> None:
        scores = KEY.copy()
        scores[:, 0] = np.where(KEY[:, 0] >= 2, KEY[:, 0] - 2, KEY[:, 0] + 2)
        assert judged("critical", compare(scores)).value == 0.0

    def test_one_bad_meeting_is_not_yet_a_clear_miss(self) -> None:
        """Three misses in one meeting are one unit of evidence, not three."""
        scores = KEY.copy()
        for column in (7, 10, 11):
            scores[0, column] = KEY[0, column] + (2 if KEY[0, column] < 2 else -2)
        result = judged("critical", compare(scores))
        assert result.value == pytest.approx(3 / 24)
        assert result.status is GateStatus.UNCLEAR
        assert result.reason.items == CRITICAL_ITEMS

    def test_a_comparison_for_other_elements_is_refused(self) -> None:
        with pytest.raises(ValueError, match="comparison was made for critical_items"):
            judged("critical", compare(KEY), items=[1, 2])

    def test_without_critical_elements_it_does_not_apply(self) -> None:
        result = judged("critical", compare(KEY[:, :7], KEY[:, :7]))
        assert result.status is GateStatus.NOT_APPLICABLE


def test_every_gate_carries_its_sentence_and_source_and_is_json() -> None:
    comparison = compare(missing(20))
    for gate in Standard.model_validate(shipped_document()).gates:
        result = judge(gate, comparison)
        assert (result.sentence, result.source) == (gate.sentence, gate.source)
        assert json.loads(json.dumps(result.as_dict(), allow_nan=False))["gate"] == gate.kind
