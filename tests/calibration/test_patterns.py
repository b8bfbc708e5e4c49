"""Patterns over several practice vignettes, with intervals and in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calibration.test_history import rated as rated_vignette
from tests.pack import PRACTICE
from training.calibration import fingerprint_wording, pattern_wording
from training.calibration.patterns import Cell, practice_patterns
from training.calibration.trend_wording import trends
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


@settings(max_examples=30)
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


NR_CELLS: list[Cell] = [
    ("one", 1, 4, 4),
    ("one", 2, 1, 1),
    ("one", 3, None, 2),
    ("two", 1, 3, 4),
    ("two", 2, 0, 1),
    ("two", 3, None, None),
]


def test_the_drawing_shows_how_often_each_rating_was_given_by_either_side(app: Flask) -> None:
    """Scores as shares of what both scored, NR of everything that was asked for."""
    patterns = practice_patterns(NR_CELLS, scale=SCALE)
    assert patterns is not None
    assert patterns.order == ("one", "two")
    with app.test_request_context():
        texts = fingerprint_wording.trait_texts(patterns)
        drawing = fingerprint_wording.fingerprint(patterns, texts)
        figures = dict(fingerprint_wording.all_figures(patterns))
    uses = {placed.use.label: (placed.use.own, placed.use.experts) for placed in drawing.uses}
    assert list(uses) == ["0", "1", "2", "3", "4", "NR"]
    assert uses["0"] == pytest.approx((1 / 4, 0))
    assert uses["1"] == pytest.approx((1 / 4, 2 / 4))
    assert uses["3"] == pytest.approx((1 / 4, 0))
    assert uses["4"] == pytest.approx((1 / 4, 2 / 4))
    assert uses["NR"] == pytest.approx((2 / 6, 1 / 6))
    assert [text.slug for text in texts] == ["severity", "width", "halo", "not-rateable"]
    severity, width, halo, not_rateable = texts
    assert severity.figure.value == pytest.approx(-0.5)  # (0 + 0 − 1 − 1) / 4
    assert not_rateable.figure.value == pytest.approx(2 / 6 - 1 / 6)
    assert [(text.trait.middle, text.trait.half_axis) for text in texts] == [
        (0.0, 2.0),
        (1.0, 1.0),
        (1.0, 1.0),
        (0.0, 0.5),
    ]
    assert (severity.trait.lower, severity.trait.higher) == ("lower", "higher")
    assert (width.trait.lower, width.trait.higher) == ("to the middle", "to the ends")
    assert halo.trait.lower == "all alike: halo"
    assert figures["Exact agreement"].value == pytest.approx(2 / 5)
    assert figures["Within one point"].value == pytest.approx(4 / 5)
    assert figures["Rateability mismatches"].value == pytest.approx(1 / 6)
    assert figures["Bias (mean difference)"].value == pytest.approx(-0.5)


def test_where_nobody_scored_anything_the_drawing_is_empty_and_not_broken(app: Flask) -> None:
    nothing: list[Cell] = [("one", 1, None, None), ("two", 1, None, None)]
    patterns = practice_patterns(nothing, scale=SCALE)
    assert patterns is not None
    with app.test_request_context():
        texts = fingerprint_wording.trait_texts(patterns)
        drawing = fingerprint_wording.fingerprint(patterns, texts)
    uses = {placed.use.label: (placed.use.own, placed.use.experts) for placed in drawing.uses}
    assert uses == {**{str(score): (0, 0) for score in SCALE}, "NR": (1, 1)}
    assert [text.figure.value for text in texts[:3]] == [None, None, None]


def test_the_trend_goes_vignette_by_vignette_in_the_order_they_were_rated(app: Flask) -> None:
    history = {slug: rated_vignette(slug) for slug in PRACTICE}
    first, second = PRACTICE
    cells: list[Cell] = [
        (second, 1, 2, 4),
        (second, 2, 1, 1),
        (first, 1, 3, 2),
        (first, 2, 3, 3),
    ]
    patterns = practice_patterns(cells, scale=SCALE)
    assert patterns is not None
    with app.test_request_context():
        exact, within_one, bias = trends(patterns, history)
    assert [trend.label for trend in (exact, within_one, bias)] == [
        "Exact",
        "Within one point",
        "Mean difference, in points",
    ]
    titles = [history[slug].vignette.title for slug in (second, first)]
    for trend, values, running in (
        (exact, (0.5, 0.5), (0.5, 0.5)),
        (within_one, (0.5, 1.0), (0.5, 0.75)),
        (bias, (-1.0, 0.5), (-1.0, -0.25)),
    ):
        steps = [placed.step for placed in trend.steps]
        assert [step.label for step in steps] == titles
        assert [step.value for step in steps] == pytest.approx(list(values))
        assert [step.running for step in steps] == pytest.approx(list(running))
    assert [value for value, _y in bias.ticks] == [-2.0, -1.0, 0.0, 1.0, 2.0]
    assert bias.reference_y == dict(bias.ticks)[0.0]
    assert exact.reference_y is None
