"""Why a gate ended as it did, in English: values, line, interval, and never a rounded lie."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.certification.level_plan import LEVEL_PLAN, SCALE, shipped_standard
from training.certification.judging.gate_sentences import beside, plain_figure, sentence_of
from training.certification.judging.gates import GateResult, GateStatus, judge
from training.certification.judging.standard import GateKind
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.simulated_raters import simulate_raters
from training.psychometrics import compare_raters

STANDARD = shipped_standard()


def results(scores: np.ndarray, key: np.ndarray = LEVEL_PLAN) -> dict[GateKind, GateResult]:
    (comparison,) = compare_raters(
        scores[None],
        key,
        vignettes=[f"{number:02}" for number in range(len(key))],
        items=range(1, 13),
        scale=SCALE,
        confidence=STANDARD.confidence,
        critical_items=STANDARD.critical_items,
    )
    return {gate.kind: judge(gate, comparison) for gate in STANDARD.gates}


def test_a_line_that_is_reached() -> None:
    assert sentence_of(results(LEVEL_PLAN)[GateKind.WITHIN_ONE]) == (
        "The share of ratings within one point is 1.000, which reaches the line (at least 0.900), "
        "with an interval of 0.972 to 1.000, which keeps to at least 0.800."
    )
    assert "keeps to the line (at most 0.040)" in sentence_of(results(LEVEL_PLAN)[GateKind.GROSS])


def test_a_line_that_is_missed_for_sure() -> None:
    severe = results(np.clip(LEVEL_PLAN - 1, 0, 4))
    said = sentence_of(severe[GateKind.BIAS])
    assert said.startswith("The mean difference is -0.8")
    assert "misses the line (within ±0.250), and the whole interval" in said
    assert "lies on the wrong side of it" in said


def test_items_beyond_their_line_are_named() -> None:
    scores = LEVEL_PLAN.copy()
    scores[:, 4] = np.where(LEVEL_PLAN[:, 4] >= 2, LEVEL_PLAN[:, 4] - 2, LEVEL_PLAN[:, 4] + 2)
    assert sentence_of(results(scores)[GateKind.ITEMS]).endswith("Item beyond the line: 5.")


def test_what_cannot_be_computed_says_why() -> None:
    constant = np.full_like(LEVEL_PLAN, 2.0)
    said = sentence_of(results(LEVEL_PLAN, constant)[GateKind.KAPPA])
    assert said.startswith("The quadratic weighted kappa cannot be computed. The scores do not")


def test_a_gate_that_does_not_decide_yet_shows_its_figure() -> None:
    assert "decides from 15 vignettes on, and there are 8; so far it is 1.000" in (
        sentence_of(results(LEVEL_PLAN)[GateKind.ICC])
    )


def test_one_vignette_has_no_interval_and_the_sentence_says_so() -> None:
    single = results(4 - LEVEL_PLAN[:1], LEVEL_PLAN[:1])
    assert "without an interval nobody can say how surely" in sentence_of(single[GateKind.EXACT])


def test_a_bound_that_no_interval_can_keep_to_is_said_to_be_wanting() -> None:
    single = results(LEVEL_PLAN[:1], LEVEL_PLAN[:1])
    assert sentence_of(single[GateKind.WITHIN_ONE]) == (
        "The share of ratings within one point is 1.000, which reaches the line (at least 0.900), "
        "but there is no interval, which has to keep to at least 0.800."
    )
    assert single[GateKind.WITHIN_ONE].status is GateStatus.UNCLEAR


@pytest.mark.parametrize(
    ("value", "line", "text"),
    [
        (0.5996, 0.6, "0.5996"),
        (0.600001, 0.6, "0.600001"),
        (0.6, 0.6, "0.600"),
        (0.25004, 0.25, "0.25004"),
        (-0.25004, 0.25, "-0.25004"),
        (-0.0001, 0.25, "0.000"),
        (0.04, 0.04, "0.040"),
        (1 / 3, 0.6, "0.333"),
    ],
)
def test_rounding_never_hides_on_which_side_of_the_line_a_value_lies(
    value: float, line: float, text: str
) -> None:
    assert beside(value, line) == text


def test_no_negative_zero() -> None:
    assert plain_figure(-0.0) == "0.000"


@pytest.mark.parametrize("kind", RaterKind)
def test_every_sentence_is_whole(kind: RaterKind) -> None:
    for seed in range(3):
        (scores,) = simulate_raters(kind, LEVEL_PLAN, scale=SCALE, raters=1, seed=seed)
        for result in results(scores).values():
            said = sentence_of(result)
            assert re.fullmatch(r"[A-Z].*\.", said)
            assert "None" not in said
            assert "nan" not in said
            if result.status is GateStatus.NOT_MET:
                assert "wrong side" in said
