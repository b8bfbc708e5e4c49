"""Every expert's rating is one dot, said in words and in a table."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string

from training.charts.geometry import LINE_MARGIN, LINE_WIDTH
from training.charts.spread_strip import DOT_RADIUS, SpreadRow, build_spread_strip

SCALE = (0, 1, 2, 3, 4)
ROWS = [
    SpreadRow("1. Safety", {1: 3, 2: 3, 3: 4, 5: 3}, "Range 1", accepted=(3, 4), address="#one"),
    SpreadRow("2. Voice", {1: 0, 2: None, 3: 2, 5: 0}, "Range 2"),
    SpreadRow("3. Time", {}, ""),
]
STRIP = """{% import "charts/spread_strip.html" as charts %}
{{ charts.spread_strip(strip, "All experts", "by item", "spread") }}"""


def test_equal_ratings_are_stacked_and_none_covers_another() -> None:
    strip = build_spread_strip(ROWS, scale=SCALE)
    first = strip.rows[0]
    assert [dot.place for dot in first.dots if dot.x == first.dots[0].x] == [1, 2, 5]
    heights = [dot.y for dot in first.dots[:3]]
    assert heights[0] - heights[1] > 2 * DOT_RADIUS
    assert all(DOT_RADIUS <= dot.y <= first.base - DOT_RADIUS for dot in first.dots)
    assert all(LINE_MARGIN <= dot.x <= LINE_WIDTH - LINE_MARGIN for dot in first.dots)


def test_not_rateable_has_a_place_beyond_the_scale_where_anybody_gave_it() -> None:
    strip = build_spread_strip(ROWS, scale=SCALE)
    assert [text for text, _x in strip.ticks] == ["0", "1", "2", "3", "4", "NR"]
    assert {dot.place: dot.x for dot in strip.rows[1].dots}[2] == LINE_WIDTH - LINE_MARGIN
    assert len(build_spread_strip(ROWS[:1], scale=SCALE).ticks) == 5


def test_an_accepted_band_is_a_box_around_both_its_scores() -> None:
    strip = build_spread_strip(ROWS[:1], scale=SCALE)
    x, width = strip.rows[0].accepted_box or (0.0, 0.0)
    assert x < strip.ticks[3][1] < strip.ticks[4][1] < x + width <= LINE_WIDTH
    assert strip.rows[0].accepted_text == "3–4"
    assert build_spread_strip(ROWS[1:], scale=SCALE).rows[0].accepted_box is None


@pytest.mark.parametrize(
    "row", [SpreadRow("A", {1: 5}, ""), SpreadRow("A", {1: 1}, "", accepted=(-1,))]
)
def test_a_score_off_the_scale_is_refused(row: SpreadRow) -> None:
    with pytest.raises(ValueError, match="not on the scale"):
        build_spread_strip([row], scale=SCALE)


def test_the_drawing_says_everything_in_words_and_in_its_table(app: Flask) -> None:
    strip = build_spread_strip(ROWS, scale=SCALE)
    with app.test_request_context():
        soup = BeautifulSoup(render_template_string(STRIP, strip=strip), "html.parser")
    described = [" ".join(element.get_text().split()) for element in soup.select("desc")]
    assert described[0] == ("Expert 1: 3, Expert 2: 3, Expert 3: 4, Expert 5: 3. Consensus: 3–4.")
    assert "Expert 2: NR" in described[1]
    assert described[2] == "No ratings."
    cells = [cell.get_text(strip=True) for cell in soup.select("tbody tr")[1].select("td")]
    assert cells == ["0", "NR", "2", "0", "–", "Range 2"]
    assert soup.select_one("a[href='#one']") is not None
    assert all(drawing["aria-labelledby"] for drawing in soup.select("svg[role=img]"))
