"""A rater made better is never judged worse, and neither order nor names change a judgement.

Better in two senses. Any single rating moved towards the key never worsens what is counted rating
by rating, whatever the rest. A whole rater whose errors are all halved never ends worse by any
gate. A single rating may well worsen what errors to both sides had hidden, the mean difference
and the totals, and the width of an interval: that is why only the first sense goes rating by
rating, and only for values.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.certification.level_plan import LEVEL_PLAN, SCALE, shipped_standard
from training.certification.judging.decision import Evidence, decide
from training.certification.judging.gate_arrays import Status, Verdict, statuses, sums_of, verdicts
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.simulated_raters import simulate_raters
from training.clock import now
from training.psychometrics import Ratings, compare_raters

STANDARD = shipped_standard()
BETTER_STATUS = {
    Status.NOT_MET: 0,
    Status.UNCLEAR: 1,
    Status.NOT_APPLICABLE: 1,
    Status.MET: 2,
}
BETTER_VERDICT = {Verdict.DOES_NOT_MEET: 0, Verdict.MORE_EVIDENCE: 1, Verdict.MEETS: 2}

cells = st.tuples(st.integers(0, 7), st.integers(0, 11))
any_scores = arrays.arrays(
    np.float64,
    (8, 12),
    elements=st.sampled_from([*map(float, SCALE), float("nan")]),
    fill=st.nothing(),
)


def towards(score: float, key: float) -> float:
    """One step nearer to the key; what only one side found rateable is mended whole."""
    if np.isnan(score) or np.isnan(key):
        return key
    return score + np.sign(key - score)


@settings(max_examples=100)
@given(any_scores, cells)
def test_a_rating_nearer_to_the_key_is_never_worse_where_ratings_are_counted(
    scores: np.ndarray, cell: tuple[int, int]
) -> None:
    better = scores.copy()
    better[cell] = towards(scores[cell], LEVEL_PLAN[cell])
    before, after = compare_raters(
        np.stack([scores, better]),
        LEVEL_PLAN,
        vignettes=list("abcdefgh"),
        items=range(1, 13),
        scale=SCALE,
        critical_items=STANDARD.critical_items,
    )
    assert (after.exact.value or 0) >= (before.exact.value or 0) - 1e-12
    assert (after.within_one.value or 0) >= (before.within_one.value or 0) - 1e-12
    assert (after.mismatches.value or 0) <= (before.mismatches.value or 0) + 1e-12
    was, became = before.per_item[cell[1]], after.per_item[cell[1]]
    assert became.gross_count <= was.gross_count
    if became.n == was.n and was.mae.value is not None:
        assert became.mae.value is not None
        assert became.mae.value <= was.mae.value + 1e-12


@settings(max_examples=40, derandomize=True)
@given(st.sampled_from(list(RaterKind)), st.integers(0, 2**31), st.sampled_from([8, 12, 16]))
def test_a_rater_with_half_the_errors_is_never_worse_by_any_gate(
    kind: RaterKind, seed: int, vignettes: int
) -> None:
    key = np.resize(LEVEL_PLAN, (vignettes, 12))
    scores = simulate_raters(kind, key, scale=SCALE, raters=50, seed=seed)
    keys = np.broadcast_to(key, scores.shape)
    halved = keys + np.trunc((scores - keys) / 2)
    halved = np.where(np.isnan(halved), scores, halved)
    before, after = (
        sums_of(rated, keys, scale=SCALE, total_tolerance=STANDARD.total_tolerance)
        for rated in (scores, halved)
    )
    was, became = (
        np.vectorize(BETTER_STATUS.get)(statuses(STANDARD, one)) for one in (before, after)
    )
    worse = {
        gate.kind.value
        for gate, is_worse in zip(STANDARD.gates, (became < was).any(axis=1), strict=True)
        if is_worse
    }
    assert worse == set()
    was, became = (
        np.vectorize(BETTER_VERDICT.get)(verdicts(STANDARD, one, vignettes))
        for one in (before, after)
    )
    assert (became >= was).all()


def test_whoever_rates_as_the_key_does_meets_the_standard() -> None:
    evidence = sums_of(LEVEL_PLAN[None], LEVEL_PLAN[None], scale=SCALE, total_tolerance=0.1)
    assert verdicts(STANDARD, evidence, 8).tolist() == [Verdict.MEETS]


@settings(max_examples=15)
@given(
    st.sampled_from([RaterKind.GOOD, RaterKind.BORDERLINE, RaterKind.HALO, RaterKind.EVASIVE]),
    st.integers(0, 1000),
    st.randoms(use_true_random=False),
)
def test_the_order_of_rows_and_the_names_of_vignettes_change_no_decision(
    kind: RaterKind, seed: int, random: object
) -> None:
    (scores,) = simulate_raters(kind, LEVEL_PLAN, scale=SCALE, raters=1, seed=seed)
    rows = [
        (f"vignette {row}", column + 1, scores[row, column], LEVEL_PLAN[row, column])
        for row, column in np.ndindex(8, 12)
    ]
    moment = now()

    def decided(cells: list[tuple[str, int, float, float]]) -> dict[str, object]:
        evidence = Evidence(Ratings.from_cells(cells), vignettes_in_attempt=8, scale=SCALE)
        return decide(STANDARD, evidence, now=moment).as_dict()

    expected = decided(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert decided(shuffled) == expected
    renamed = decided([(f"{9 - int(name[-1])} {name}", *rest) for name, *rest in rows])  # type: ignore[misc]
    assert renamed["outcome"] == expected["outcome"]
    assert renamed["deciding_gates"] == expected["deciding_gates"]
    assert renamed["probability"] == pytest.approx(expected["probability"], abs=1e-12)
