"""Gates of many raters at once end as those of one rater do, whatever the evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.certification.level_plan import LEVEL_PLAN, SCALE, shipped_document, shipped_standard
from training.certification.judging.decision import Outcome, conclude
from training.certification.judging.gate_arrays import (
    Status,
    Verdict,
    lines_held,
    statuses,
    sums_of,
    verdicts,
)
from training.certification.judging.gates import judge
from training.certification.judging.standard import Standard
from training.certification.simulation.classic_rule import meets_classic_rule
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.simulated_raters import simulate_raters
from training.psychometrics import compare_raters

STANDARD = shipped_standard()


def bounded_standard() -> Standard:
    """A standard with every bound a gate can have."""
    document = shipped_document()
    for gate in document["gates"]:
        if gate["kind"] == "gross":
            gate["upper_bound_at_most"] = 0.08
        if gate["kind"] in ("exact", "slope"):
            gate["lower_bound_at_least"] = gate["at_least"] - 0.1
    return Standard.model_validate(document)


def one_by_one(
    standard: Standard, scores: np.ndarray, keys: np.ndarray
) -> tuple[list[list[str]], list[Outcome]]:
    """Statuses and outcomes as pages and dossiers have them."""
    comparisons = compare_raters(
        scores,
        keys,
        vignettes=[f"{number:03}" for number in range(scores.shape[1])],
        items=range(1, scores.shape[2] + 1),
        scale=SCALE,
        confidence=standard.confidence,
        total_tolerance=standard.total_tolerance,
        critical_items=standard.critical_items,
    )
    judged = [[judge(gate, one) for gate in standard.gates] for one in comparisons]
    outcomes = [conclude(standard, gates, scores.shape[1])[0] for gates in judged]
    return [[gate.status.value for gate in gates] for gates in judged], outcomes


def assert_same(standard: Standard, scores: np.ndarray, keys: np.ndarray) -> None:
    evidence = sums_of(scores, keys, scale=SCALE, total_tolerance=standard.total_tolerance)
    ended, outcomes = one_by_one(standard, scores, keys)
    found = statuses(standard, evidence)
    assert [[Status(code).name.lower() for code in rater] for rater in found.T] == ended
    verdict = verdicts(standard, evidence, scores.shape[1])
    assert [Verdict(code).name.lower() for code in verdict] == [one.value for one in outcomes]


@pytest.mark.parametrize("kind", RaterKind)
@pytest.mark.parametrize("vignettes", [8, 12, 24])
def test_every_kind_ends_as_one_by_one(kind: RaterKind, vignettes: int) -> None:
    keys = np.resize(LEVEL_PLAN, (vignettes, 12))
    scores = simulate_raters(kind, keys, scale=SCALE, raters=12, seed=vignettes)
    forms = np.broadcast_to(keys, scores.shape)
    assert_same(STANDARD, scores, forms)
    assert_same(bounded_standard(), scores, forms)


grids = arrays.arrays(
    np.float64,
    st.tuples(st.just(2), st.integers(1, 9), st.just(12)),
    elements=st.sampled_from([*map(float, SCALE), float("nan")]),
    fill=st.nothing(),
)


@settings(max_examples=30)
@given(grids, st.randoms(use_true_random=False))
def test_any_evidence_ends_as_one_by_one(scores: np.ndarray, random: object) -> None:
    """Not rateable anywhere, constant keys, too few vignettes: nothing is judged differently."""
    keys = np.resize(LEVEL_PLAN, scores.shape[1:])
    forms = np.broadcast_to(keys, scores.shape)
    assert_same(STANDARD, scores, forms)
    assert_same(STANDARD, np.array(forms), np.full(scores.shape, 2.0))
    assert_same(STANDARD, scores, np.full(scores.shape, np.nan))


def test_vignettes_that_do_not_count_change_nothing() -> None:
    keys = np.broadcast_to(np.resize(LEVEL_PLAN, (12, 12)), (40, 12, 12))
    scores = simulate_raters(RaterKind.BORDERLINE, keys, scale=SCALE, raters=40, seed=3)
    evidence = sums_of(scores, keys, scale=SCALE, total_tolerance=STANDARD.total_tolerance)
    rated = np.array([8, 10, 12, 9] * 10)
    cut = evidence.up_to(rated)
    for vignettes in (8, 10, 12, 9):
        chosen = np.flatnonzero(rated == vignettes)
        np.testing.assert_array_equal(
            statuses(STANDARD, cut.of(chosen)),
            statuses(STANDARD, evidence.of(chosen).first(vignettes)),
        )
    pooled = cut.beside(evidence.first(8))
    longer = np.concatenate([scores[0, :8], scores[0, :8]])[None]
    key = np.concatenate([keys[0, :8], keys[0, :8]])[None]
    ended, _ = one_by_one(STANDARD, longer, key)
    assert [Status(code).name.lower() for code in statuses(STANDARD, pooled)[:, 0]] == ended[0]


def test_an_incomplete_form_needs_more_evidence() -> None:
    forms = LEVEL_PLAN[None, :6]
    evidence = sums_of(4 - forms, forms, scale=SCALE, total_tolerance=0.1)
    assert verdicts(STANDARD, evidence, 6).tolist() == [Verdict.MORE_EVIDENCE]


def test_lines_are_held_by_the_key_itself_and_by_no_constant() -> None:
    forms = LEVEL_PLAN[None]
    perfect = sums_of(forms, forms, scale=SCALE, total_tolerance=0.1)
    assert all(lines_held(STANDARD, perfect).values())
    constant = sums_of(np.full_like(forms, 3.0), forms, scale=SCALE, total_tolerance=0.1)
    missed = {gate for gate, is_held in lines_held(STANDARD, constant).items() if not is_held}
    assert {"exact", "slope", "halo", "kappa", "gross"} <= missed


def test_a_record_in_which_nothing_was_rated_holds_no_line() -> None:
    nothing = np.full((1, 8, 12), np.nan)
    record = sums_of(nothing, LEVEL_PLAN[None], scale=SCALE, total_tolerance=0.1)
    held = {gate for gate, is_held in lines_held(STANDARD, record).items() if is_held}
    assert held <= {"rateability"}


def test_a_record_on_its_line_holds_it_whatever_rounding_leaves() -> None:
    document = shipped_document()
    document["gates"] = [gate for gate in document["gates"] if gate["kind"] == "exact"]
    key = np.full((1, 10, 4), 2.0)
    scores = key.copy()
    scores.ravel()[:10] = 3.0
    for hair, is_held in ((1e-12, True), (1e-6, False)):
        document["gates"][0]["at_least"] = 0.75 + hair
        record = sums_of(scores, key, scale=SCALE, total_tolerance=0.1)
        assert lines_held(Standard.model_validate(document), record)["exact"] is is_held


class TestClassicRule:
    def test_it_sees_neither_severity_nor_anything_but_distance(self) -> None:
        forms = LEVEL_PLAN[None]
        severe = np.clip(forms - 1, 0, 4)
        evidence = sums_of(severe, forms, scale=SCALE, total_tolerance=0.1)
        assert meets_classic_rule(evidence).tolist() == [True]
        assert verdicts(STANDARD, evidence, 8).tolist() == [Verdict.DOES_NOT_MEET]

    def test_eighty_of_a_hundred_are_enough_and_fewer_are_not(self) -> None:
        key = np.zeros((1, 10, 10))
        for misses, meets in ((20, True), (21, False)):
            scores = key.copy()
            scores.ravel()[:misses] = 2.0
            evidence = sums_of(scores, key, scale=SCALE, total_tolerance=0.1)
            assert meets_classic_rule(evidence).tolist() == [meets]

    def test_nothing_rated_is_not_enough(self) -> None:
        nothing = np.full((1, 8, 12), np.nan)
        evidence = sums_of(nothing, nothing, scale=SCALE, total_tolerance=0.1)
        assert meets_classic_rule(evidence).tolist() == [False]


def grid(cells: int, points: float, *, vignettes: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """A rater who is this far above the key in the first cells, meeting by meeting."""
    keys = np.resize(np.nan_to_num(LEVEL_PLAN, nan=2.0), (1, vignettes, 12))
    scores = keys.copy()
    flat = scores.reshape(-1)
    flat[:cells] += np.where(flat[:cells] + points <= 4, points, -points)
    return scores, keys


@pytest.mark.parametrize(
    ("kind", "cells", "points"),
    [
        ("exact", 24, 1.0),
        ("gross", 24, 2.0),
        ("within_one", 24, 2.0),
        ("rateability", 24, float("nan")),
    ],
)
def test_a_share_on_its_line_is_met_by_both_and_beyond_it_by_neither(
    kind: str, cells: int, points: float
) -> None:
    """A quarter of 96 ratings is off; the line is where they stand, and then a hair beside it."""
    document = shipped_document()
    field, line, worse = (
        ("at_most", 0.25, -1e-6) if kind in ("gross", "rateability") else ("at_least", 0.75, 1e-6)
    )
    document["gates"] = [gate for gate in document["gates"] if gate["kind"] == kind]
    document["gates"][0].pop("lower_bound_at_least", None)
    scores, keys = grid(cells, points)
    for at, ended in ((line, {Status.MET}), (line + worse, {Status.UNCLEAR})):
        document["gates"][0][field] = at
        standard = Standard.model_validate(document)
        evidence = sums_of(scores, keys, scale=SCALE, total_tolerance=0.1)
        assert set(statuses(standard, evidence).ravel().tolist()) == ended
        assert_same(standard, scores, keys)


@pytest.mark.parametrize(
    ("vignettes", "misses", "status"),
    [(8, 1, Status.MET), (8, 2, Status.UNCLEAR), (15, 2, Status.UNCLEAR), (16, 2, Status.MET)],
)
def test_critical_misses_are_allowed_in_whole_steps(
    vignettes: int, misses: int, status: Status
) -> None:
    keys = np.full((1, vignettes, 12), 2.0)
    scores = keys.copy()
    scores[0, :misses, 7] = 0.0
    evidence = sums_of(scores, keys, scale=SCALE, total_tolerance=0.1)
    place = [gate.kind.value for gate in STANDARD.gates].index("critical")
    assert statuses(STANDARD, evidence)[place, 0] == status


@pytest.mark.parametrize(
    ("vignettes", "verdict"),
    [
        (7, Verdict.MORE_EVIDENCE),
        (8, Verdict.MORE_EVIDENCE),
        (11, Verdict.MORE_EVIDENCE),
        (12, Verdict.DOES_NOT_MEET),
        (13, Verdict.DOES_NOT_MEET),
    ],
)
def test_what_stays_unclear_is_a_miss_from_the_maximum_on(vignettes: int, verdict: int) -> None:
    """One bad meeting of eight, told to be one of an attempt of so many vignettes."""
    scores, keys = grid(12, 2.0)
    evidence = sums_of(scores, keys, scale=SCALE, total_tolerance=0.1)
    ended = set(statuses(STANDARD, evidence).ravel().tolist())
    assert Status.UNCLEAR in ended
    assert Status.NOT_MET not in ended
    assert verdicts(STANDARD, evidence, vignettes).tolist() == [verdict]
