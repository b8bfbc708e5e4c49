"""Figures beside their lines: right is good whatever is measured, and all lines share a place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.charts.geometry import LINE_MARGIN, LINE_WIDTH
from training.charts.margins import Line, margin_row

SAME_RATING = Line(0.60)
GROSS_MISSES = Line(0.04, is_ceiling=True)
LEAN = Line(0.25, is_ceiling=True, is_two_sided=True, bound=0.50)
WIDTH = Line(0.70, is_point=True)
LINES = (SAME_RATING, GROSS_MISSES, LEAN, WIDTH)

figures = st.floats(-3.0, 3.0)
ceilings = st.builds(
    Line, st.floats(0.0, 1.5), is_ceiling=st.just(True), is_two_sided=st.booleans()
)
floors = st.builds(Line, st.floats(0.0, 1.5), is_point=st.booleans())
lines = ceilings | floors


@pytest.mark.parametrize("line", LINES)
def test_what_lies_on_its_line_is_drawn_on_the_line_all_lines_share(line: Line) -> None:
    row = margin_row(line, line.at, line.at, line.at)
    assert row.value_x == row.line_x == pytest.approx(LINE_WIDTH / 2)


@pytest.mark.parametrize(
    ("line", "perfect"), [(SAME_RATING, 1.0), (GROSS_MISSES, 0.0), (LEAN, 0.0), (WIDTH, 1.0)]
)
def test_the_right_end_is_perfect(line: Line, perfect: float) -> None:
    row = margin_row(line, perfect, None, None)
    assert row.value_x == row.end_x == LINE_WIDTH - LINE_MARGIN


def test_the_left_end_lies_as_far_on_the_wrong_side() -> None:
    for line, value in ((SAME_RATING, 0.2), (GROSS_MISSES, 0.08), (LEAN, 0.5), (LEAN, -0.5)):
        row = margin_row(line, value, None, None)
        assert row.value == pytest.approx(-1.0)
        assert row.value_x == row.start_x
        assert not row.is_value_cut


def test_a_lean_to_either_side_lies_as_far_from_its_line() -> None:
    assert margin_row(LEAN, 0.1, 0.0, 0.2) == margin_row(LEAN, -0.1, -0.2, 0.0)


def test_a_rater_who_stretches_the_scale_lies_as_far_from_perfect_as_one_who_narrows_it() -> None:
    stretched, narrowed = (margin_row(WIDTH, value, None, None) for value in (1.24, 0.76))
    assert stretched.value_x == narrowed.value_x
    assert stretched.value == pytest.approx(0.2)
    assert (stretched.is_beyond, narrowed.is_beyond) == (True, False)
    assert not margin_row(WIDTH, 1.004, None, None).is_beyond  # it is written as 1.00
    assert not margin_row(SAME_RATING, 1.24, None, None).is_beyond


def test_however_far_the_scale_is_stretched_the_line_is_reached() -> None:
    row = margin_row(WIDTH, 2.4, 1.8, 3.0)
    assert row.value_x == row.bar_x == row.line_x


def test_an_interval_around_the_same_width_reaches_perfect() -> None:
    row = margin_row(WIDTH, 0.95, 0.76, 1.15)
    assert (row.low, row.high) == pytest.approx((0.2, 1.0))


def test_an_interval_of_a_lean_around_nothing_reaches_perfect() -> None:
    row = margin_row(LEAN, 0.01, -0.05, 0.07)
    assert (row.low, row.high) == pytest.approx(((0.25 - 0.07) / 0.25, 1.0))


def test_an_interval_on_the_wrong_side_alone_never_touches_the_line() -> None:
    row = margin_row(LEAN, -0.6, -0.8, -0.4)
    assert row.high is not None
    assert row.high < 0
    assert row.is_value_cut
    assert row.is_bar_cut


def test_the_line_for_the_end_of_the_interval_has_a_place_of_its_own() -> None:
    assert margin_row(LEAN, 0.0, None, None).bound == pytest.approx(-1.0)
    assert margin_row(Line(0.9, bound=0.8), 1.0, None, None).bound == pytest.approx(-1.0)
    assert margin_row(SAME_RATING, 1.0, None, None).bound_x is None


def test_a_figure_that_cannot_be_computed_has_no_mark() -> None:
    row = margin_row(SAME_RATING, None, None, None)
    assert (row.value_x, row.bar_x, row.bar_width) == (None, None, None)
    assert not row.has_interval
    assert not row.is_value_cut
    assert not row.is_bar_cut


@pytest.mark.parametrize("line", [Line(1.0), Line(0.0, is_ceiling=True)])
def test_a_line_that_is_perfect_itself_divides_by_nothing(line: Line) -> None:
    assert margin_row(line, line.at, None, None).value == 0.0
    worse = 0.75 if line.at else 0.25
    assert margin_row(line, worse, None, None).value == pytest.approx(-0.25)


@pytest.mark.parametrize("is_point", [False, True])
def test_a_line_at_perfect_or_beyond_it_turns_no_sign(is_point: bool) -> None:
    for at in (1.0, 1.2):
        line = Line(at, is_point=is_point)
        assert line.margin(at - 0.25) == pytest.approx(-0.25)
        assert line.margin(at + 0.25) == pytest.approx(0.25)
        assert not line.is_beyond(at + 0.25)


@given(lines, figures, figures, figures)
def test_every_mark_stays_in_the_drawing_and_the_figure_in_its_interval(
    line: Line, one: float, two: float, three: float
) -> None:
    low, value, high = sorted((one, two, three))
    row = margin_row(line, value, low, high)
    for x in (row.value_x, row.bar_x):
        assert x is not None
        assert row.start_x <= x <= row.end_x
    assert row.low is not None
    assert row.value is not None
    assert row.high is not None
    assert row.low <= row.value <= row.high


@given(lines, figures)
def test_right_of_the_line_is_the_right_side(line: Line, value: float) -> None:
    distance = abs(value) if line.is_two_sided else value
    is_right = distance <= line.at if line.is_ceiling else distance >= line.at
    margin = margin_row(line, value, None, None).value
    assert margin is not None
    assert (margin >= 0) is is_right
