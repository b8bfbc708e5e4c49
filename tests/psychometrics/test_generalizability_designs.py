"""Designs with gaps and with fixed items: what each says of the counts, the shares and itself."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.psychometrics.test_generalizability import BRENNAN_1, BRENNAN_3_GRID, table
from training.psychometrics.generalizability.results import StudyRow
from training.psychometrics.generalizability.study import generalizability


def scores_of(shape: tuple[int, ...], seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 5, shape).astype(float)


# What the design cannot tell apart


def test_raters_who_each_have_one_item_cannot_be_told_from_it() -> None:
    keep = np.zeros((5, 3, 3), dtype=bool)
    keep[:, range(3), range(3)] = True
    result = generalizability(table(scores_of((5, 3, 3)), keep), raters=[2])
    assert [name for name, value in result.components.items() if value is not None] == ["subject"]
    assert result.warnings[1:3] == (
        "The design cannot tell rater, item and rater:item apart, so they are not estimated.",
        "The design cannot tell subject:rater, subject:item and residual apart, so they are not "
        "estimated.",
    )
    assert (result.g, result.phi, result.shares) == (None, None, None)
    (row,) = result.study
    assert (row.absolute_error, row.known_to_within) == (None, None)
    assert (
        row.sentence
        == "With 2 raters and 3 items it cannot be said how closely the score is known."
    )


def test_items_of_one_session_each_leave_what_raters_do() -> None:
    """Each session has two items of its own."""
    keep = np.zeros((4, 3, 8), dtype=bool)
    for session in range(4):
        keep[session, :, 2 * session : 2 * session + 2] = True
    result = generalizability(table(scores_of((4, 3, 8)), keep))
    known = [name for name, value in result.components.items() if value is not None]
    assert known == ["subject", "rater", "subject:rater"]
    assert "The design cannot tell item and subject:item apart, so they are not estimated." in (
        result.warnings
    )
    assert (result.n["items"], result.n["items_per_subject"]) == (8, pytest.approx(2.0))
    assert (result.n["scores"], result.n["missing"]) == (24, 72)


# Counts


def test_counts_are_of_what_has_a_score() -> None:
    """Session 3 was rated by one of three raters, on two of four items; item 4 by nobody."""
    scores = scores_of((3, 3, 4))
    scores[:, :, 3] = np.nan
    scores[2, 1:, :] = np.nan
    scores[2, 0, 2] = np.nan
    n = generalizability(table(scores)).n
    assert (n["subjects"], n["raters"], n["items"]) == (3, 3, 3)
    assert (n["scores"], n["missing"]) == (2 * 9 + 2, 7)
    assert n["raters_per_subject"] == pytest.approx(3 / (1 / 3 + 1 / 3 + 1))
    assert n["items_per_subject"] == pytest.approx(3 / (1 / 3 + 1 / 3 + 1 / 2))


@pytest.mark.parametrize("subjects", [3, 7, 30])
def test_whole_counts_come_out_whole(subjects: int) -> None:
    n = generalizability(table(scores_of((subjects, 3, 7)))).n
    assert (n["raters_per_subject"], n["items_per_subject"]) == (3.0, 7.0)


def test_the_instrument_is_all_its_items_whichever_a_session_misses() -> None:
    scores = BRENNAN_3_GRID.copy()
    scores[0, :, 0] = np.nan
    of_sample = generalizability(table(scores))
    fixed = generalizability(table(scores), items_fixed=True)
    assert of_sample.n["items_per_subject"] == pytest.approx(10 / (9 / 4 + 1 / 3))
    assert fixed.n["items_per_subject"] == 4
    values = {name: max(value or 0.0, 0.0) for name, value in fixed.components.items()}
    measured = values["subject"] + values["subject:item"] / 4
    relative = values["subject:rater"] / 2 + values["residual"] / 8
    assert fixed.g == pytest.approx(measured / (measured + relative))


def test_without_items_none_are_counted() -> None:
    result = generalizability(table(BRENNAN_1), items_fixed=True, items=[5])
    assert "items" not in result.n
    assert "items_per_subject" not in result.n
    assert result.items_fixed is False
    assert {row.items for row in result.study} == {None}
    assert result.g == generalizability(table(BRENNAN_1)).g


# Shares, and the plan


def test_shares_are_of_what_is_not_negative() -> None:
    result = generalizability(table(BRENNAN_1))
    values = result.components
    total = sum(value or 0.0 for value in values.values())
    assert result.shares == pytest.approx(
        {name: 100 * (value or 0.0) / total for name, value in values.items()}
    )
    assert sum((result.shares or {}).values()) == pytest.approx(100)


def test_the_plan_has_a_row_for_every_number_in_the_order_asked_for() -> None:
    result = generalizability(table(BRENNAN_3_GRID), raters=[4, 1], items=[2, 6], sessions=[5, 3])
    assert [(row.sessions, row.items, row.raters) for row in result.study] == [
        (sessions, items, raters)
        for sessions in (None, 5, 3)
        for items in (2, 6)
        for raters in (4, 1)
    ]
    plain = generalizability(table(BRENNAN_3_GRID))
    assert [(row.sessions, row.items, row.raters) for row in plain.study] == [
        (None, 4, raters) for raters in (1, 2, 3, 4, 5)
    ]
    assert generalizability(table(BRENNAN_3_GRID), raters=[]).study == ()


def test_the_observed_design_is_the_row_of_its_own_numbers() -> None:
    """Two occasions and four items were observed, and can be planned."""
    for items_fixed in (False, True):
        result = generalizability(
            table(BRENNAN_3_GRID), items_fixed=items_fixed, raters=[2], items=[4]
        )
        (row,) = result.study
        assert (row.g, row.phi) == pytest.approx((result.g, result.phi))
        assert row.relative_error == pytest.approx(result.relative_error)
        assert row.absolute_error == pytest.approx(result.absolute_error)


def test_one_session_of_a_service_is_known_worse_than_that_session_itself() -> None:
    """What varies from session to session is then an error too."""
    result = generalizability(table(BRENNAN_3_GRID), raters=[2], sessions=[1])
    itself, of_service = result.study
    assert itself.absolute_error is not None
    subject = result.components["subject"]
    assert of_service.absolute_error == pytest.approx(
        math.sqrt(itself.absolute_error**2 + (subject or 0.0))
    )


@pytest.mark.parametrize(("confidence", "quantile"), [(0.5, 0.674490), (0.9, 1.644854)])
def test_a_lower_confidence_knows_a_score_more_closely(confidence: float, quantile: float) -> None:
    usual = generalizability(table(BRENNAN_1), raters=[1])
    result = generalizability(table(BRENNAN_1), raters=[1], confidence=confidence)
    (row,) = result.study
    assert row.absolute_error is not None
    assert row.known_to_within == pytest.approx(quantile * row.absolute_error, rel=1e-6)
    assert result.confidence == confidence
    assert usual.g_low is not None
    assert usual.g_high is not None
    assert result.g_low is not None
    assert result.g_high is not None
    assert usual.g_low < result.g_low < (result.g or 0.0) < result.g_high < usual.g_high


def test_a_table_with_a_gap_or_with_items_has_no_interval_of_g() -> None:
    gap = BRENNAN_1.copy()
    gap[0, 0] = np.nan
    for result in (generalizability(table(gap)), generalizability(table(BRENNAN_3_GRID))):
        assert result.g is not None
        assert (result.g_low, result.g_high) == (None, None)


@pytest.mark.parametrize(
    ("raters", "items", "sessions", "half", "sentence"),
    [
        (1, None, None, 0.25, "With 1 rater the score is known to within 0.2 points."),
        (2, 1, None, 1.06, "With 2 raters and 1 item the score is known to within 1.1 points."),
        (
            1,
            None,
            3,
            0.5,
            "With 1 rater and 3 sessions the service's score is known to within 0.5 points.",
        ),
        (
            3,
            12,
            1,
            2.0,
            "With 3 raters, 12 items and 1 session the service's score is known to within 2.0 "
            "points.",
        ),
        (
            1,
            1,
            None,
            None,
            "With 1 rater and 1 item it cannot be said how closely the score is known.",
        ),
    ],
)
def test_a_row_in_words(
    raters: int, items: int | None, sessions: int | None, half: float | None, sentence: str
) -> None:
    row = StudyRow(raters, items, sessions, 0.1, 0.2, 0.8, 0.7, half)
    assert row.sentence == sentence
    assert row.as_dict() == {
        "raters": raters,
        "items": items,
        "sessions": sessions,
        "relative_error": 0.1,
        "absolute_error": 0.2,
        "g": 0.8,
        "phi": 0.7,
        "known_to_within": half,
        "sentence": sentence,
    }
