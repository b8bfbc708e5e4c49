"""Why a gate ended as it did, in English: values, line, interval, and never a rounded lie."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from tests.certification.level_plan import LEVEL_PLAN, SCALE, shipped_standard
from training.certification.judging.decision_report import MOST_BLOCKS, decision_report
from training.certification.judging.gate_documents import GateKind
from training.certification.judging.gate_sentences import beside, plain_figure, sentence_of
from training.certification.judging.gates import (
    GateReason,
    GateReasonCode,
    GateResult,
    GateStatus,
    judge,
)
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.simulated_raters import simulate_raters
from training.psychometrics import Reason, compare_raters

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


REACHED, SURELY_MISSED = GateReasonCode.REACHED, GateReasonCode.CLEARLY_MISSED
WITHIN_ERROR, NO_BOUND = GateReasonCode.MISSED_WITHIN_ERROR, GateReasonCode.BOUND_NOT_REACHED
TOO_FEW, NONE = GateReasonCode.TOO_FEW_VIGNETTES, GateReasonCode.NOT_COMPUTABLE


def sentence(
    kind: GateKind,
    figures: tuple[float | None, float | None, float | None],
    lines: tuple[float, float | None],
    code: GateReasonCode,
    **reason: Any,
) -> str:
    """The sentence of a gate with this value, low and high, this threshold and bound."""
    why = GateReason(code, vignettes=8, **reason)
    result = GateResult(kind, GateStatus.UNCLEAR, True, *figures, *lines, 8, why, "", "")
    return sentence_of(result)


@pytest.mark.parametrize(
    ("kind", "figures", "lines", "code", "said"),
    [
        (
            GateKind.EXACT,
            (0.7, 0.65, 0.75),
            (0.6, None),
            REACHED,
            "The share of ratings equal to the reference is 0.700, which reaches the line "
            "(at least 0.600), with an interval of 0.650 to 0.750.",
        ),
        (
            GateKind.GROSS,
            (0.02, 0.0, 0.05),
            (0.04, 0.08),
            REACHED,
            "The share of ratings two or more points away is 0.020, which keeps to the line "
            "(at most 0.040), with an interval of 0.000 to 0.050, which keeps to at most 0.080.",
        ),
        (
            GateKind.BIAS,
            (-0.1, -0.3, 0.1),
            (0.25, 0.5),
            REACHED,
            "The mean difference is -0.100, which keeps to the line (within ±0.250), "
            "with an interval of -0.300 to 0.100, which keeps to ±0.500.",
        ),
        (
            GateKind.RATEABILITY,
            (0.02, None, None),
            (0.05, None),
            REACHED,
            "The share that only one side found rateable is 0.020, which keeps to the line "
            "(at most 0.050).",
        ),
        (
            GateKind.SLOPE,
            (0.3, 0.2, 0.4),
            (0.6, None),
            SURELY_MISSED,
            "The slope on the reference is 0.300, which misses the line (at least 0.600), and the "
            "whole interval, 0.200 to 0.400, lies on the wrong side of it.",
        ),
        (
            GateKind.GROSS,
            (0.05, 0.01, 0.09),
            (0.04, None),
            WITHIN_ERROR,
            "The share of ratings two or more points away is 0.050, which misses the line "
            "(at most 0.040), but its interval, 0.010 to 0.090, still reaches it.",
        ),
        (
            GateKind.TOTALS,
            (0.5, None, None),
            (0.8, None),
            WITHIN_ERROR,
            "The share of totals near the reference is 0.500, which misses the line "
            "(at least 0.800), and without an interval nobody can say how surely.",
        ),
        (
            GateKind.KAPPA,
            (0.7, 0.3, 0.9),
            (0.6, 0.4),
            NO_BOUND,
            "The quadratic weighted kappa is 0.700, which reaches the line (at least 0.600), "
            "but its interval, 0.300 to 0.900, does not yet keep to at least 0.400.",
        ),
        (
            GateKind.BIAS,
            (0.2, -0.2, 0.6),
            (0.25, 0.5),
            NO_BOUND,
            "The mean difference is 0.200, which keeps to the line (within ±0.250), "
            "but its interval, -0.200 to 0.600, does not yet keep to ±0.500.",
        ),
        (
            GateKind.GROSS,
            (0.0, None, None),
            (0.04, 0.08),
            NO_BOUND,
            "The share of ratings two or more points away is 0.000, which keeps to the line "
            "(at most 0.040), but there is no interval, which has to keep to at most 0.080.",
        ),
        (
            GateKind.EXACT,
            (0.59996, 0.5, 0.60004),
            (0.6, None),
            WITHIN_ERROR,
            "The share of ratings equal to the reference is 0.59996, which misses the line "
            "(at least 0.600), but its interval, 0.500 to 0.60004, still reaches it.",
        ),
        (
            GateKind.WITHIN_ONE,
            (0.95, 0.7999, 1.0),
            (0.9, 0.8),
            NO_BOUND,
            "The share of ratings within one point is 0.950, which reaches the line "
            "(at least 0.900), but its interval, 0.7999 to 1.000, does not yet keep to "
            "at least 0.800.",
        ),
    ],
)
def test_every_way_to_end_has_its_sentence(
    kind: GateKind,
    figures: tuple[float | None, float | None, float | None],
    lines: tuple[float, float | None],
    code: GateReasonCode,
    said: str,
) -> None:
    assert sentence(kind, figures, lines, code) == said


def test_several_items_are_named_where_they_are_a_reproach() -> None:
    figures, lines = (1.5, 0.5, 2.0), (1.0, None)
    missed = sentence(GateKind.ITEMS, figures, lines, WITHIN_ERROR, items=(3, 12))
    assert missed.endswith(" still reaches it. Items beyond the line: 3, 12.")
    assert missed.startswith("The mean distance on the furthest item is 1.500, which misses")
    reached = sentence(GateKind.ITEMS, (0.5, 0.2, 0.9), lines, REACHED, items=(3,))
    assert "Item" not in reached
    critical = sentence(GateKind.CRITICAL, (0.2, 0.1, 0.4), (0.04, None), SURELY_MISSED, items=(8,))
    assert critical.endswith("lies on the wrong side of it. Item beyond the line: 8.")


@pytest.mark.parametrize(
    ("figures", "shown"),
    [
        ((None, None, None), ""),
        ((0.9, None, None), "; so far it is 0.900"),
        ((0.9, 0.7, 0.96), "; so far it is 0.900 (0.700 to 0.960)"),
    ],
)
def test_a_gate_that_waits_for_more_vignettes_shows_what_there_is(
    figures: tuple[float | None, float | None, float | None], shown: str
) -> None:
    said = sentence(GateKind.ICC, figures, (0.75, None), TOO_FEW, needed=15)
    assert said == f"This gate decides from 15 vignettes on, and there are 8{shown}."


@pytest.mark.parametrize(
    ("undefined", "said"),
    [
        (None, "The ICC(A,1) cannot be computed."),
        (
            Reason.TOO_FEW_UNITS,
            "The ICC(A,1) cannot be computed. Too few vignettes hold ratings for it.",
        ),
        (
            Reason.NO_OVERLAP,
            "The ICC(A,1) cannot be computed. There is no cell that counts towards this figure.",
        ),
    ],
)
def test_a_figure_that_is_missing_says_why_where_anybody_knows(
    undefined: Reason | None, said: str
) -> None:
    none = (None, None, None)
    assert sentence(GateKind.ICC, none, (0.75, None), NONE, undefined=undefined) == said


def judged_rater(outcome: str, probability: float | None) -> dict[str, Any]:
    """One rater of the command's result, with one gate met and one missed."""
    figures = {"value": 0.7, "low": 0.6, "high": 0.8, "threshold": 0.65, "reason": "So it is."}
    missed = {"value": None, "low": None, "high": None, "reason": "There is nothing."}
    return {
        "outcome": outcome,
        "probability": probability,
        "vignettes": 8,
        "cells": 95,
        "gates": [
            {"gate": "exact", "status": "met"} | figures,
            {"gate": "rateability", "status": "not_met"} | figures | missed,
        ],
    }


def report_on(raters: dict[str, dict[str, Any]]) -> str:
    standard = {"slug": "dialogic-practice-rater", "version": "2026.1"}
    return decision_report({"standard": standard, "raters": raters})


def test_a_report_shows_every_gate_and_explains_what_is_not_met() -> None:
    lines = report_on({"Noor": judged_rater("does_not_meet", 0.126)}).splitlines()
    assert "Noor: does not meet the standard" in lines
    words = [line.split() for line in lines]
    assert ["evidence", "95", "ratings", "in", "8", "vignettes"] in words
    assert ["probability", "0.13"] in words
    assert ["exact", "met", "0.700", "0.600", "0.800", "0.650"] in words
    assert ["rateability", "NOT", "MET", "-", "-", "-", "0.650"] in words
    assert "  * rateability: There is nothing." in lines
    assert "So it is." not in "\n".join(lines), "a gate that is met needs no explanation"


def test_more_raters_than_ten_are_a_line_each() -> None:
    ten = {f"Rater {number}": judged_rater("meets", None) for number in range(MOST_BLOCKS)}
    blocks = report_on(ten)
    assert blocks.count(": meets the standard") == 10
    lines = report_on(ten | {"Zoe": judged_rater("more_evidence", 0.5)}).splitlines()
    assert ["Zoe", "more", "evidence", "needed", "8", "0.50"] in [line.split() for line in lines]
    assert ["Rater", "3", "meets", "the", "standard", "8", "-"] in [line.split() for line in lines]
    assert "  * rateability: There is nothing." not in lines
