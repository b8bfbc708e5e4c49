"""The trend and the fingerprint: where the marks lie, and that drawings are said and tabled."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string

from training.charts.fingerprint import MARGIN, MIDDLE, Trait, Use, build_fingerprint
from training.charts.intervals import FigureStyle
from training.charts.rating_strip import build_rating_strip
from training.charts.trend import MOST_NUMBERS, Step, Trend, build_trend

STEPS = [
    Step("Ferry", 0.5, 0.5),
    Step("Attic", 0.75, 0.62, 0.0, 1.0),
    Step("Yard", None, 0.62, 0.31, 0.93),
]
TREND = """{% import "charts/trend.html" as charts %}
{{ charts.trend_charts([trend], "Agreement", "so far", "trend") }}"""
FINGERPRINT = """{% import "charts/fingerprint.html" as charts %}
{{ charts.fingerprint(drawing, "Your fingerprint", "beside the experts", "print") }}"""


def trend_of(steps: list[Step]) -> Trend:
    return build_trend("Exact", steps, axis=(0.0, 1.0), ticks=(0.0, 1.0), style=FigureStyle.SHARE)


def trait(value: float | None, low: float | None = None, high: float | None = None) -> Trait:
    return Trait(
        "Severity", "lower", "higher", value, low, high, 0.0, 2.0, FigureStyle.SIGNED, "You lean."
    )


def test_a_trend_draws_its_interval_only_where_there_is_one() -> None:
    trend = trend_of(STEPS)
    heights = dict(trend.ticks)
    assert [step.x for step in trend.steps] == sorted(step.x for step in trend.steps)
    assert trend.steps[0].low_y is None
    assert trend.steps[1].low_y == heights[0.0]
    assert trend.steps[2].value_y is None
    assert len(trend.line.split()) == 3
    assert len(trend.band.split()) == 4
    assert trend_of([]).last is None


def test_of_a_long_trend_some_steps_are_numbered_and_what_is_outside_stops_at_the_edge() -> None:
    trend = trend_of([Step(str(number), 3.0) for number in range(30)])
    assert 0 < sum(step.is_numbered for step in trend.steps) <= MOST_NUMBERS
    assert {step.value_y for step in trend.steps} == {dict(trend.ticks)[1.0]}
    with pytest.raises(ValueError, match="axis must rise"):
        build_trend("", STEPS, axis=(1.0, 1.0), ticks=(), style=FigureStyle.SHARE)


def test_a_trend_is_said_and_stands_in_a_table(app: Flask) -> None:
    with app.test_request_context():
        soup = BeautifulSoup(render_template_string(TREND, trend=trend_of(STEPS)), "html.parser")
    assert "1: 50%, 2: 75%, 3: –. So far 62%, interval 31% to 93%." in soup.desc.get_text()
    rows = [" ".join(row.get_text(" ").split()) for row in soup.select("tbody tr")]
    assert rows == ["1 Ferry 50% 50%", "2 Attic 75% 62% 0% to 100%", "3 Yard – 62% 31% to 93%"]


def test_who_rates_as_the_experts_lies_on_the_line_in_the_middle() -> None:
    uses = [Use("0", 0.2, 0.1), Use("1", 0.8, 0.9)]
    drawing = build_fingerprint([trait(0.0, -0.5, 0.5), trait(9.0), trait(None)], uses)
    level, far, none = drawing.traits
    assert level.x == MIDDLE
    assert level.bar is not None
    assert level.bar[0] + level.bar[1] / 2 == pytest.approx(MIDDLE)
    assert (far.x, far.bar) == (drawing.width - MARGIN, None)
    assert none.x is None
    assert drawing.uses[1].experts_height > drawing.uses[1].own_height > 0
    assert all(use.own_x >= MARGIN and use.experts_x < drawing.end for use in drawing.uses)


def test_a_fingerprint_is_one_drawing_with_words_and_tables(app: Flask) -> None:
    drawing = build_fingerprint([trait(0.4, 0.1, 0.7)], [Use("NR", 0.25, 0.0)])
    with app.test_request_context():
        soup = BeautifulSoup(render_template_string(FINGERPRINT, drawing=drawing), "html.parser")
    (picture,) = soup.select("svg[role=img]")
    said = picture.desc.get_text()
    assert "Severity: +0.40 (+0.10 to +0.70). You lean." in said
    assert "NR: you 25%, experts 0%" in said
    assert [len(table.select("tbody tr")) for table in soup.select("table")] == [1, 1]


def test_one_item_on_the_scale_has_the_own_mark_above_the_experts() -> None:
    strip = build_rating_strip(3, (1, 2), {1: 1, 2: None}, scale=range(5), words="")
    places = dict(strip.spread.ticks)
    assert strip.own_x == places["3"]
    assert build_rating_strip(None, (), {1: None}, scale=range(5), words="").own_x is not None
    assert build_rating_strip(None, (2,), {}, scale=range(5), words="").own_x is None
    with pytest.raises(ValueError, match="not on the scale"):
        build_rating_strip(7, (), {}, scale=range(5), words="")
