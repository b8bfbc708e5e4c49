"""Where exactly a gate ends: figures set by hand on a line, a hair beside it, and without interval.

What ratings give such figures does not matter here; `test_gates` begins with ratings.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.certification.level_plan import LEVEL_PLAN, SCALE, shipped_document, shipped_standard
from training.certification.judging.decision import Outcome, OutcomeReason, conclude
from training.certification.judging.gate_documents import GateKind
from training.certification.judging.gates import GateReasonCode, GateResult, GateStatus, judge
from training.certification.judging.standard import Standard
from training.psychometrics import Comparison, Ratings, Statistic, compare_with_consensus

MET, NOT_MET, UNCLEAR = GateStatus.MET, GateStatus.NOT_MET, GateStatus.UNCLEAR
REACHED, SURELY_MISSED = GateReasonCode.REACHED, GateReasonCode.CLEARLY_MISSED
WITHIN_ERROR, NO_BOUND = GateReasonCode.MISSED_WITHIN_ERROR, GateReasonCode.BOUND_NOT_REACHED
KEY = np.nan_to_num(LEVEL_PLAN, nan=2.0)
NAMES = {
    "exact": "exact",
    "within_one": "within_one",
    "gross": "gross_misses",
    "bias": "bias",
    "slope": "slope",
    "halo": "within_vignette_slope",
    "kappa": "kappa_quadratic",
    "totals": "totals",
    "rateability": "mismatches",
    "icc": "icc_agreement",
}
End = float | None


def compared(vignettes: int = 8) -> Comparison:
    """Somebody who rates as the key does, so that every other figure is at its best."""
    key = np.resize(KEY, (vignettes, 12))
    cells = [
        (f"meeting-{row:02}", column + 1, key[row, column], key[row, column])
        for row, column in np.ndindex(vignettes, 12)
    ]
    return compare_with_consensus(
        Ratings.from_cells(cells), scale=SCALE, confidence=0.90, critical_items=(8, 11, 12)
    )


def figure(value: End, low: End = None, high: End = None, *, n: int = 96) -> Statistic:
    return Statistic(value, low, high, None, n, "by hand")


def gate_with(kind: str, **changes: Any) -> Any:
    """A gate of the shipped standard, with changes."""
    document = shipped_document()
    for gate in document["gates"]:
        if gate["kind"] == kind:
            gate.update(changes)
    return Standard.model_validate(document).find_gate(GateKind(kind))


def judged(
    kind: str, value: End, low: End, high: End, *, vignettes: int = 8, **changes: Any
) -> GateResult:
    found = replace(compared(vignettes), **{NAMES[kind]: figure(value, low, high)})
    return judge(gate_with(kind, **changes), found)


@pytest.mark.parametrize("kind", ["exact", "slope", "halo", "totals"])
@pytest.mark.parametrize(
    ("beside", "low", "high", "status", "code"),
    [
        (0.0, -0.3, 0.1, MET, REACHED),
        (0.0, None, None, MET, REACHED),
        (-1e-10, -0.3, 0.1, MET, REACHED),
        (-1e-8, -0.3, 0.1, UNCLEAR, WITHIN_ERROR),
        (-0.1, -0.2, 0.0, UNCLEAR, WITHIN_ERROR),
        (-0.1, -0.2, -1e-10, UNCLEAR, WITHIN_ERROR),
        (-0.1, -0.2, -1e-8, NOT_MET, SURELY_MISSED),
        (-0.4, None, None, UNCLEAR, WITHIN_ERROR),
    ],
)
def test_a_floor_without_a_bound(
    kind: str, beside: float, low: End, high: End, status: GateStatus, code: GateReasonCode
) -> None:
    """Everything is told as a distance from the line; the interval decides only on a miss."""
    line = 0.80 if kind == "totals" else 0.60
    ends = [None if end is None else line + end for end in (low, high)]
    result = judged(kind, line + beside, *ends)
    assert (result.status, result.reason.code) == (status, code)
    assert (result.threshold, result.bound) == (line, None)
    assert (result.value, result.low, result.high, result.n) == (line + beside, *ends, 96)


@pytest.mark.parametrize(
    ("value", "low", "high", "status", "code"),
    [
        (0.90, 0.80, 0.95, MET, REACHED),
        (0.90, 0.80 - 1e-10, 0.95, MET, REACHED),
        (0.90, 0.80 - 1e-8, 0.95, UNCLEAR, NO_BOUND),
        (1.00, 0.79, 1.00, UNCLEAR, NO_BOUND),
        (1.00, None, None, UNCLEAR, NO_BOUND),
        (0.89, 0.85, 0.90, UNCLEAR, WITHIN_ERROR),
        (0.89, 0.70, 0.90, UNCLEAR, WITHIN_ERROR),
        (0.85, 0.81, 0.89, NOT_MET, SURELY_MISSED),
    ],
)
def test_a_floor_with_a_bound(
    value: float, low: End, high: End, status: GateStatus, code: GateReasonCode
) -> None:
    result = judged("within_one", value, low, high)
    assert (result.status, result.reason.code) == (status, code)
    assert (result.threshold, result.bound) == (0.90, 0.80)


@pytest.mark.parametrize(
    ("value", "low", "high", "bound", "status", "code"),
    [
        (0.04, 0.01, 0.20, None, MET, REACHED),
        (0.04 + 1e-10, 0.01, 0.20, None, MET, REACHED),
        (0.04 + 1e-8, 0.01, 0.20, None, UNCLEAR, WITHIN_ERROR),
        (0.06, 0.04, 0.20, None, UNCLEAR, WITHIN_ERROR),
        (0.06, 0.04 + 1e-10, 0.20, None, UNCLEAR, WITHIN_ERROR),
        (0.06, 0.04 + 1e-8, 0.20, None, NOT_MET, SURELY_MISSED),
        (0.50, None, None, None, UNCLEAR, WITHIN_ERROR),
        (0.04, 0.01, 0.08, 0.08, MET, REACHED),
        (0.04, 0.01, 0.08 + 1e-8, 0.08, UNCLEAR, NO_BOUND),
        (0.00, None, None, 0.08, UNCLEAR, NO_BOUND),
        (0.06, 0.05, 0.07, 0.08, NOT_MET, SURELY_MISSED),
    ],
)
def test_a_ceiling(
    value: float, low: End, high: End, bound: End, status: GateStatus, code: GateReasonCode
) -> None:
    result = judged("gross", value, low, high, upper_bound_at_most=bound)
    assert (result.status, result.reason.code) == (status, code)
    assert (result.threshold, result.bound) == (0.04, bound)


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(
    ("value", "near", "far", "status", "code"),
    [
        (0.25, 0.00, 0.50, MET, REACHED),
        (0.25 + 1e-8, 0.00, 0.50, UNCLEAR, WITHIN_ERROR),
        (0.25, 0.00, 0.50 + 1e-8, UNCLEAR, NO_BOUND),
        (0.00, -0.50, 0.50, MET, REACHED),
        (0.00, -0.51, 0.50, UNCLEAR, NO_BOUND),
        (0.00, -0.60, 0.60, UNCLEAR, NO_BOUND),
        (0.30, 0.25, 0.35, UNCLEAR, WITHIN_ERROR),
        (0.30, 0.25 + 1e-8, 0.35, NOT_MET, SURELY_MISSED),
        (0.20, None, None, UNCLEAR, NO_BOUND),
        (0.90, None, None, UNCLEAR, WITHIN_ERROR),
    ],
)
def test_the_mean_difference_has_a_line_and_a_bound_on_both_sides(
    side: int, value: float, near: End, far: End, status: GateStatus, code: GateReasonCode
) -> None:
    """`near` is the end of the interval on the side of 0; whoever is severe mirrors the lenient."""
    ends = sorted(side * end for end in (near, far) if end is not None) or [None, None]
    result = judged("bias", side * value, *ends)
    assert (result.status, result.reason.code) == (status, code)
    assert (result.threshold, result.bound) == (0.25, 0.50)


@pytest.mark.parametrize("kind", ["exact", "gross", "bias", "totals", "rateability"])
@pytest.mark.parametrize(
    ("is_required", "status"), [(True, UNCLEAR), (False, GateStatus.NOT_APPLICABLE)]
)
def test_what_is_too_short_or_not_there_is_left_open_where_it_is_required(
    kind: str, is_required: bool, status: GateStatus
) -> None:
    wanted = {"required": is_required, "minimum_vignettes": 8}
    result = judged(kind, None, None, None, **wanted)
    assert (result.status, result.reason.code) == (status, GateReasonCode.NOT_COMPUTABLE)
    for value in (None, 0.5):
        result = judged(kind, value, None, None, vignettes=7, **wanted)
        assert (result.status, result.reason.code) == (status, GateReasonCode.TOO_FEW_VIGNETTES)
        assert (result.value, result.reason.vignettes, result.reason.needed) == (value, 7, 8)
    enough = judge(gate_with(kind, **wanted), compared(8))
    assert (enough.status, enough.reason.needed) == (MET, None)


class TestItems:
    def judged(self, *rows: tuple[int, int, End, End]) -> GateResult:
        """Rows of item, vignettes, mean absolute error and the lower end of its interval."""
        (model, *_) = compared().per_item
        items = tuple(
            replace(model, item=item, n=n, mae=figure(mae, low, None if low is None else 4.0, n=n))
            for item, n, mae, low in rows
        )
        return judge(gate_with("items"), replace(compared(), per_item=items))

    def test_an_item_on_the_line_is_not_over_it(self) -> None:
        result = self.judged((3, 8, 1.0, 0.5), (5, 8, 0.2, 0.0))
        assert (result.status, result.value, result.reason.items) == (MET, 1.0, ())

    def test_an_item_is_judged_from_five_vignettes_on(self) -> None:
        assert self.judged((3, 5, 1.5, 0.5), (5, 8, 0.2, 0.0)).status is UNCLEAR
        result = self.judged((3, 4, 1.5, 1.2), (5, 8, 0.2, 0.0))
        assert (result.status, result.value, result.n) == (MET, 0.2, 8)

    @pytest.mark.parametrize(("low", "status"), [(1.0, UNCLEAR), (1.0 + 1e-8, NOT_MET)])
    def test_a_clear_miss_lies_beyond_the_line_with_its_whole_interval(
        self, low: float, status: GateStatus
    ) -> None:
        assert self.judged((3, 8, 1.5, low)).status is status

    def test_a_clear_miss_is_shown_before_a_larger_one_that_may_be_chance(self) -> None:
        result = self.judged((3, 8, 1.9, 0.4), (5, 8, 1.5, 1.2), (7, 8, 1.6, 1.3), (9, 8, 0.0, 0.0))
        assert (result.status, result.value, result.low) == (NOT_MET, 1.6, 1.3)
        assert result.reason.items == (3, 5, 7)

    def test_of_those_that_may_be_chance_the_largest_is_shown(self) -> None:
        result = self.judged((3, 8, 1.2, 0.4), (5, 8, 1.9, 0.2), (9, 8, 0.0, 0.0))
        assert (result.status, result.value, result.reason.items) == (UNCLEAR, 1.9, (3, 5))

    def test_without_an_interval_no_miss_is_clear(self) -> None:
        assert self.judged((3, 5, 4.0, None)).status is UNCLEAR


class TestCritical:
    def judged(self, *misses: int, low: float = 0.0, vignettes: int = 8) -> GateResult:
        """So many gross misses on the items 8, 11 and 12."""
        found = compared(vignettes)
        counts = dict(zip((8, 11, 12), misses, strict=True))
        items = tuple(
            replace(row, gross_count=counts.get(row.item, 5)) for row in found.per_item
        )  # five on every other item, which count for nothing here
        cells = 3 * vignettes
        share = figure(sum(misses) / cells, low, 1.0, n=cells)
        return judge(gate_with("critical"), replace(found, per_item=items, critical_misses=share))

    @pytest.mark.parametrize(
        ("misses", "vignettes", "status", "items"),
        [
            ((0, 0, 1), 8, MET, ()),
            ((1, 0, 1), 8, UNCLEAR, (8, 12)),
            ((0, 0, 1), 15, MET, ()),
            ((1, 0, 1), 15, UNCLEAR, (8, 12)),
            ((1, 0, 1), 16, MET, ()),
            ((1, 1, 1), 16, UNCLEAR, (8, 11, 12)),
        ],
    )
    def test_one_miss_is_allowed_in_eight_vignettes_whatever_the_item(
        self, misses: tuple[int, ...], vignettes: int, status: GateStatus, items: tuple[int, ...]
    ) -> None:
        result = self.judged(*misses, vignettes=vignettes)
        assert (result.status, result.reason.items) == (status, items)

    def test_the_line_is_what_is_allowed_of_the_ratings_there_are(self) -> None:
        assert self.judged(0, 0, 0).threshold == pytest.approx(1 / 24)
        assert self.judged(0, 0, 0, vignettes=12).threshold == pytest.approx(1 / 36)
        assert self.judged(0, 0, 0, vignettes=16).threshold == pytest.approx(2 / 48)

    @pytest.mark.parametrize(("beyond", "status"), [(0.0, UNCLEAR), (1e-8, NOT_MET)])
    def test_a_clear_miss_begins_right_above_that_line(
        self, beyond: float, status: GateStatus
    ) -> None:
        assert self.judged(2, 2, 2, low=1 / 24 + beyond).status is status


class TestConclusion:
    STANDARD = shipped_standard()

    def concluded(
        self, vignettes: int, *ends: GateStatus
    ) -> tuple[Outcome, OutcomeReason, tuple[GateKind, ...]]:
        """The first gates of the standard end like this, in their order."""
        gates = [
            replace(judge(gate, compared()), status=end)
            for gate, end in zip(self.STANDARD.gates, ends, strict=False)
        ]
        return conclude(self.STANDARD, gates, vignettes)

    @pytest.mark.parametrize(
        ("vignettes", "ends", "outcome", "reason", "deciding"),
        [
            (8, (MET, MET), Outcome.MEETS, OutcomeReason.ALL_GATES_MET, (0, 1)),
            (12, (MET, MET), Outcome.MEETS, OutcomeReason.ALL_GATES_MET, (0, 1)),
            (7, (MET, MET), Outcome.MORE_EVIDENCE, OutcomeReason.FORM_INCOMPLETE, ()),
            (7, (NOT_MET,), Outcome.MORE_EVIDENCE, OutcomeReason.FORM_INCOMPLETE, ()),
            (8, (MET, UNCLEAR), Outcome.MORE_EVIDENCE, OutcomeReason.GATES_UNCLEAR, (1,)),
            (11, (UNCLEAR, MET), Outcome.MORE_EVIDENCE, OutcomeReason.GATES_UNCLEAR, (0,)),
            (12, (UNCLEAR, MET), Outcome.DOES_NOT_MEET, OutcomeReason.EVIDENCE_EXHAUSTED, (0,)),
            (13, (UNCLEAR, MET), Outcome.DOES_NOT_MEET, OutcomeReason.EVIDENCE_EXHAUSTED, (0,)),
            (
                8,
                (NOT_MET, UNCLEAR, MET, NOT_MET),
                Outcome.DOES_NOT_MEET,
                OutcomeReason.GATE_CLEARLY_MISSED,
                (0, 3),
            ),
            (
                12,
                (UNCLEAR, NOT_MET),
                Outcome.DOES_NOT_MEET,
                OutcomeReason.GATE_CLEARLY_MISSED,
                (1,),
            ),
            (
                8,
                (GateStatus.NOT_APPLICABLE, MET),
                Outcome.MEETS,
                OutcomeReason.ALL_GATES_MET,
                (1,),
            ),
        ],
    )
    def test_what_follows_from_the_gates(
        self,
        vignettes: int,
        ends: tuple[GateStatus, ...],
        outcome: Outcome,
        reason: OutcomeReason,
        deciding: tuple[int, ...],
    ) -> None:
        kinds = tuple(self.STANDARD.gates[place].kind for place in deciding)
        assert self.concluded(vignettes, *ends) == (outcome, reason, kinds)
