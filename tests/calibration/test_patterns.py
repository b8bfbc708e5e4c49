"""Patterns over several practice vignettes, with intervals and in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from training.calibration import fingerprint_wording, pattern_wording
from training.calibration.patterns import Cell, practice_patterns
from training.charts.intervals import IntervalRow
from training.psychometrics import (
    Centrality,
    Halo,
    Reason,
    ScaleUse,
    Severity,
    Statistic,
    Undefined,
)

SCALE = (0, 1, 2, 3, 4)
KEYS = {"one": (0, 1, 2, 3, 4, 3, 2, 1), "two": (4, 3, 2, 1, 0, 1, 2, 3), "three": (2, 0, 4, 1) * 2}


def rated(change: Callable[[int], int]) -> list[Cell]:
    return [
        (vignette, item, change(score), score)
        for vignette, scores in KEYS.items()
        for item, score in enumerate(scores, start=1)
    ]


def test_one_vignette_shows_no_rater() -> None:
    assert practice_patterns([], scale=SCALE) is None
    assert practice_patterns(rated(lambda s: s)[:8], scale=SCALE) is None


def test_who_agrees_is_in_line() -> None:
    patterns = practice_patterns(rated(lambda score: score), scale=SCALE)
    assert patterns is not None
    assert patterns.vignettes == 3
    assert patterns.effects.severity.code is Severity.IN_LINE
    assert patterns.effects.halo.code is Halo.IN_LINE


def test_who_is_always_generous_is_lenient() -> None:
    patterns = practice_patterns(rated(lambda score: min(4, score + 1)), scale=SCALE)
    assert patterns is not None
    assert patterns.effects.severity.code is Severity.LENIENT


def test_who_keeps_to_the_middle_is_narrow() -> None:
    patterns = practice_patterns(rated(lambda score: 2 + (score > 2) - (score < 2)), scale=SCALE)
    assert patterns is not None
    assert patterns.effects.centrality.code is Centrality.NARROW


def test_every_finding_has_a_sentence_of_its_own(app: Flask) -> None:
    with app.test_request_context():
        for enumeration, say in (
            (Severity, pattern_wording.severity_text),
            (Centrality, pattern_wording.centrality_text),
            (Halo, pattern_wording.halo_text),
        ):
            sentences = [say(code) for code in enumeration]
            assert all(sentences)
            assert len(set(sentences)) == len(sentences)
        for code in ScaleUse:
            assert pattern_wording.scale_use_text(code, (0, 4))


def test_from_three_vignettes_on_there_is_a_word_about_the_use_of_the_scale(app: Flask) -> None:
    keeps_off_the_ends = rated(lambda score: min(3, max(1, score)))
    few, enough = (
        practice_patterns(cells, scale=SCALE)
        for cells in (keeps_off_the_ends[:16], keeps_off_the_ends)
    )
    assert few is not None
    assert enough is not None
    with app.test_request_context():
        assert fingerprint_wording.scale_use_sentence(few) == fingerprint_wording.too_few_text()
        assert "0, 4" in fingerprint_wording.scale_use_sentence(enough)


@pytest.mark.parametrize("reason", list(Reason))
def test_what_is_undefined_says_why(app: Flask, reason: Reason) -> None:
    statistic = Statistic(None, None, None, None, 0, "none", Undefined.because(reason))
    with app.test_request_context():
        assert pattern_wording.undefined_text(statistic)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["one", "two", "three"]),
            st.none() | st.sampled_from(SCALE),
            st.none() | st.sampled_from(SCALE),
        ),
        max_size=20,
    )
)
def test_any_practice_can_be_drawn(cells: list[tuple[str, int | None, int | None]]) -> None:
    numbered = [(name, place, own, key) for place, (name, own, key) in enumerate(cells, start=1)]
    patterns = practice_patterns(numbered, scale=SCALE)
    if patterns is None:
        return
    for statistic in (patterns.comparison.exact, patterns.effects.halo.figure):
        row = IntervalRow("Figure", statistic.value, statistic.low, statistic.high)
        assert (row.value_x is None) == (statistic.value is None)
