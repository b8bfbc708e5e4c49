"""Where marks lie on the drawn line, and that every drawing has its words and its table."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st

from training.charts.bars import Bar, BarRow
from training.charts.dot_strip import DotRow, build_dot_strip
from training.charts.geometry import LINE_MARGIN, LINE_WIDTH, place_on_line
from training.charts.intervals import FigureStyle, IntervalRow

FIRST, LAST = LINE_MARGIN, LINE_WIDTH - LINE_MARGIN
finite = st.floats(-1e6, 1e6, allow_nan=False)
ROWS = [
    IntervalRow(
        "Exact", 0.72, 0.6, 0.82, thresholds=(0.6,), style=FigureStyle.SHARE, tone="good"
    ),
    IntervalRow("Bias", -0.4, -0.9, 0.1, thresholds=(-0.25, 0.25), axis=(-2.0, 2.0),
                style=FigureStyle.SIGNED, note="unclear"),
    IntervalRow("Slope", 0.8),
    IntervalRow("Kappa", None, note="The scores do not vary."),
]  # fmt: skip


def drawn(app: Flask, template: str, **values: object) -> BeautifulSoup:
    with app.test_request_context():
        return BeautifulSoup(render_template_string(template, **values), "html.parser")


def test_a_value_lies_between_the_ends_of_its_axis() -> None:
    assert place_on_line(0.0, (0.0, 1.0)) == FIRST
    assert place_on_line(1.0, (0.0, 1.0)) == LAST
    assert place_on_line(0.5, (0.0, 1.0)) == pytest.approx(LINE_WIDTH / 2)
    assert place_on_line(0.0, (-2.0, 2.0)) == pytest.approx(LINE_WIDTH / 2)


@given(finite, finite, finite)
def test_no_mark_ever_leaves_the_drawing(value: float, one: float, other: float) -> None:
    first, last = sorted((one, other))
    if last - first < 1e-6:
        return
    assert FIRST <= place_on_line(value, (first, last)) <= LAST


@given(finite, finite)
def test_a_larger_value_never_lies_further_left(one: float, other: float) -> None:
    smaller, larger = sorted((one, other))
    assert place_on_line(smaller, (-10.0, 10.0)) <= place_on_line(larger, (-10.0, 10.0))


@pytest.mark.parametrize("axis", [(1.0, 1.0), (1.0, 0.0)])
def test_an_axis_that_does_not_rise_is_refused(axis: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="axis must rise"):
        place_on_line(0.5, axis)


def test_an_interval_spans_its_ends() -> None:
    row = ROWS[0]
    assert row.bar_x == place_on_line(0.6, row.axis)
    assert row.bar_x + row.bar_width == pytest.approx(place_on_line(0.82, row.axis))
    assert row.bar_x < row.value_x < row.bar_x + row.bar_width
    assert row.threshold_xs == (row.bar_x,)


def test_an_interval_of_no_width_can_still_be_seen() -> None:
    assert IntervalRow("Exact", 1.0, 1.0, 1.0).bar_width == 1.0


def test_a_figure_that_is_undefined_has_no_mark() -> None:
    row = ROWS[3]
    assert (row.value_x, row.bar_x, row.bar_width) == (None, None, None)
    assert not row.has_interval


INTERVALS = """{% import "charts/intervals.html" as charts %}
{{ charts.interval_chart(rows, "Gates", "with intervals", "gates", "Threshold") }}"""


def test_every_bar_says_its_figure_in_words(app: Flask) -> None:
    page = drawn(app, INTERVALS, rows=ROWS)
    drawings = page.select("svg[role=img]")
    assert [drawing.title.get_text() for drawing in drawings] == [row.label for row in ROWS]
    words = [drawing.desc.get_text() for drawing in drawings]
    assert words[0] == "Exact: 72%, interval 60% to 82%."
    assert words[1] == "Bias: −0.40, interval −0.90 to +0.10."
    assert words[2] == "Slope: 0.80, without an interval."
    assert words[3] == "Kappa: no figure. The scores do not vary."
    for drawing in drawings:
        for name in drawing["aria-labelledby"].split():
            assert page.find(id=name)


def test_bars_thresholds_and_dots_are_drawn_where_there_is_something(app: Flask) -> None:
    page = drawn(app, INTERVALS, rows=ROWS)
    counts = [
        [len(drawing.select(part)) for part in ("rect", ".chart-threshold", "circle")]
        for drawing in page.select("svg")
    ]
    assert counts == [[1, 1, 1], [1, 2, 1], [0, 0, 1], [0, 0, 0]]
    assert page.select_one("rect.chart-good")
    assert not page.select("[style]")


def test_the_table_says_the_same(app: Flask) -> None:
    page = drawn(app, INTERVALS, rows=ROWS)
    rows = [
        [cell.get_text(strip=True) for cell in row.select("th, td")]
        for row in page.select("table tbody tr")
    ]
    assert rows == [
        ["Exact", "72%", "60%", "82%", "60%", "–"],
        ["Bias", "−0.40", "−0.90", "+0.10", "−0.25, +0.25", "unclear"],
        ["Slope", "0.80", "–", "–", "–", "–"],
        ["Kappa", "–", "–", "–", "–", "The scores do not vary."],
    ]
    assert page.table.caption.get_text() == "Gates"


STRIP = """{% import "charts/dot_strip.html" as charts %}
{{ charts.dot_strip(strip, "You and the consensus", "on the scale", "strip") }}"""


def test_dots_lie_on_the_ticks_of_the_scale() -> None:
    strip = build_dot_strip([DotRow("One", 3, 1, "3", "1", "2 higher")], scale=range(5))
    (placed,) = strip.rows
    ticks = dict(strip.ticks)
    assert (placed.own_x, placed.consensus_x) == (ticks[3], ticks[1])
    assert not placed.is_one_point


def test_a_score_off_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="5 is not on the scale"):
        build_dot_strip([DotRow("One", 5, 1, "5", "1", "")], scale=range(5))


def test_equal_ratings_share_a_place_and_not_rateable_has_none(app: Flask) -> None:
    rows = [
        DotRow("1. One", 2, 2, "2", "2", "Exact", address="#item-1"),
        DotRow("2. Two", None, 3, "NR", "3", "Differs on rateability"),
        DotRow("3. Three", None, None, "NR", "NR", "Agreed: not rateable"),
    ]
    strip = build_dot_strip(rows, scale=range(5))
    assert [row.is_one_point for row in strip.rows] == [True, False, False]
    page = drawn(app, STRIP, strip=strip)
    counts = [
        (len(drawing.select("circle")), len(drawing.select("rect")))
        for drawing in page.select("svg[role=img]")
    ]
    assert counts == [(1, 1), (0, 1), (0, 0)]
    assert page.select_one(".chart-label a[href='#item-1']")
    assert page.select("table tbody tr")[1].get_text(" ", strip=True) == (
        "2. Two NR 3 Differs on rateability"
    )


class TestBars:
    def test_bars_stand_below_one_another_and_are_as_wide_as_their_share(self) -> None:
        row = BarRow("Severe", (Bar("accent", 0.0), Bar("open", 0.5), Bar("warm", 1.0)))
        widths = [placed.width for placed in row.placed]
        assert widths == [1.0, 140.0, 280.0]  # nothing is a hair, so that it can be seen
        tops = [placed.y for placed in row.placed]
        assert tops == sorted(tops)
        assert tops[-1] + row.bar_height < row.height

    def test_a_share_beyond_its_range_stops_at_the_end(self) -> None:
        (placed,) = BarRow("Too much", (Bar("accent", 1.5),)).placed
        assert placed.width == 280.0
