"""Where exactly marks, bars and texts lie: worked by hand, so that no drawing shifts unnoticed."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st

from training.charts.bars import Bar, BarRow
from training.charts.crossing import bundle_height, crossing
from training.charts.dot_strip import DotRow, build_dot_strip
from training.charts.fingerprint import Fingerprint, Trait, Use, build_fingerprint
from training.charts.geometry import place_on_line
from training.charts.intervals import FigureStyle, IntervalRow
from training.charts.margins import Line, MarginRow, margin_row
from training.charts.rating_strip import build_rating_strip
from training.charts.spread_strip import PlacedSpread, SpreadRow, build_spread_strip
from training.charts.text_stack import PlacedText, spread, stacked
from training.charts.trend import Step, Trend, build_trend

SCALE = (0, 1, 2, 3, 4)


class TestTrend:
    """Drawn from 46 to 328 across, and from 108, the lowest value, up to 10."""

    def trend(self, *steps: Step, reference: float | None = None) -> Trend:
        return build_trend(
            "Bias",
            steps,
            axis=(-1.0, 1.0),
            ticks=(-1.0, 0.0, 1.0),
            style=FigureStyle.SIGNED,
            reference=reference,
        )

    def test_steps_share_the_width_and_stand_in_the_middle_of_their_part(self) -> None:
        steps = [Step(name, 0.0) for name in ("Ferry", "Attic", "Yard")]
        assert [each.x for each in self.trend(*steps[:1]).steps] == [187.0]
        assert [each.x for each in self.trend(*steps).steps] == [93.0, 187.0, 281.0]
        assert [each.number for each in self.trend(*steps).steps] == [1, 2, 3]

    def test_heights_run_from_the_lowest_value_up_and_stop_at_both_ends(self) -> None:
        trend = self.trend(*(Step("", value) for value in (-1.0, 0.0, 0.5, 1.0, -7.0, 7.0)))
        heights = [each.value_y for each in trend.steps]
        assert heights == [108.0, 59.0, 34.5, 10.0, 108.0, 10.0]
        assert trend.ticks == ((-1.0, 108.0), (0.0, 59.0), (1.0, 10.0))
        assert (trend.base, trend.left, trend.right) == (108.0, 46.0, 328.0)

    def test_the_line_of_nothing_off_is_drawn_where_it_is_asked_for(self) -> None:
        assert self.trend(Step("Ferry", 0.5)).reference_y is None
        assert self.trend(Step("Ferry", 0.5), reference=0.0).reference_y == 59.0

    def test_the_band_runs_along_the_upper_ends_and_back_along_the_lower(self) -> None:
        trend = self.trend(
            Step("Ferry", 0.5, 0.5),
            Step("Attic", 0.0, 0.0, -1.0, 1.0),
            Step("Yard", None, 0.0, -0.5, 0.5),
        )
        assert trend.line == "93.0,34.5 187.0,59.0 281.0,59.0"
        assert trend.band == "187.0,10.0 281.0,34.5 281.0,83.5 187.0,108.0"

    def test_an_end_alone_is_no_interval(self) -> None:
        (placed,) = self.trend(Step("Ferry", 0.0, 0.0, low=-0.5)).steps
        assert not placed.step.has_interval
        assert (placed.low_y, placed.high_y) == (None, None)
        assert not Step("Ferry", 0.0, 0.0, high=0.5).has_interval
        assert Step("Ferry", 0.0, 0.0, 0.0, 0.0).has_interval

    @pytest.mark.parametrize(
        ("steps", "numbered"),
        [
            (1, [1]),
            (12, list(range(1, 13))),
            (13, [1, 3, 5, 7, 9, 11, 13]),
            (24, list(range(1, 25, 2))),
            (25, [1, 4, 7, 10, 13, 16, 19, 22, 25]),
        ],
    )
    def test_twelve_numbers_at_most_and_always_the_first(
        self, steps: int, numbered: list[int]
    ) -> None:
        trend = self.trend(*(Step("", 0.0) for _ in range(steps)))
        assert [each.number for each in trend.steps if each.is_numbered] == numbered

    def test_the_last_step_is_what_there_is_so_far(self) -> None:
        last = Step("Yard", None, 0.25)
        assert self.trend(Step("Ferry", 0.0), last).last is last
        assert self.trend().line == self.trend().band == ""


class TestFingerprint:
    """Drawn from 14 to 346 around 180; rows of 62 from 26 down, then bars of 84."""

    def drawing(self, *traits: Trait, uses: tuple[Use, ...] = ()) -> Fingerprint:
        return build_fingerprint(traits, uses)

    def trait(
        self, value: float | None, low: float | None = None, high: float | None = None
    ) -> Trait:
        return Trait("Width", "less", "more", value, low, high, 1.0, 0.5, FigureStyle.NUMBER, "")

    @pytest.mark.parametrize(
        ("value", "x"),
        [(1.0, 180.0), (0.5, 14.0), (1.5, 346.0), (0.75, 97.0), (-3.0, 14.0), (9.0, 346.0)],
    )
    def test_a_trait_lies_as_far_from_the_middle_as_its_figure_from_the_experts(
        self, value: float, x: float
    ) -> None:
        assert self.drawing(self.trait(value)).traits[0].x == x

    def test_an_interval_reaches_from_end_to_end_and_is_never_less_than_a_hair(self) -> None:
        spread_out, point, beyond, half = self.drawing(
            self.trait(1.0, 0.75, 1.25),
            self.trait(1.0, 1.0, 1.0),
            self.trait(1.0, 0.0, 2.0),
            self.trait(1.0, 0.75, None),
        ).traits
        assert spread_out.bar == (97.0, 166.0)
        assert point.bar == (180.0, 1.0)
        assert beyond.bar == (14.0, 332.0)
        assert half.bar is None
        assert [each.trait.has_interval for each in (spread_out, half)] == [True, False]

    def test_rows_stand_below_one_another_and_the_bars_below_them(self) -> None:
        two = self.drawing(self.trait(1.0), self.trait(1.0))
        assert [placed.top for placed in two.traits] == [26.0, 88.0]
        assert (two.traits_end, two.bars_top, two.base, two.height) == (150.0, 180.0, 264.0, 286.0)
        assert self.drawing().traits_end == 26.0

    def test_the_tallest_bar_fills_the_height_and_the_others_stand_in_proportion(self) -> None:
        uses = (Use("0", 0.1, 0.4), Use("1", 0.2, 0.0))
        first, second = self.drawing(uses=uses).uses
        assert (first.own_height, first.experts_height) == (17.0, 68.0)
        assert (second.own_height, second.experts_height) == (34.0, 0.0)
        assert (first.middle, second.middle) == (97.0, 263.0)
        assert first.own_x == 97.0 - 22.0 - 1.0
        assert first.experts_x == 98.0

    def test_many_bars_are_narrower_and_nobodys_bars_have_no_height(self) -> None:
        ten = self.drawing(uses=tuple(Use(str(n), 0.0, 0.0) for n in range(10))).uses
        assert {placed.bar_width for placed in ten} == {11.3}  # a third of 33.2
        assert {(placed.own_height, placed.experts_height) for placed in ten} == {(0.0, 0.0)}
        assert all(a.experts_x + a.bar_width < b.own_x for a, b in pairwise(ten))
        assert self.drawing().uses == ()


class TestIntervals:
    @pytest.mark.parametrize(
        ("low", "high", "bar"), [(0.5, None, (150.0, None)), (None, 0.5, (None, None))]
    )
    def test_one_end_alone_is_no_interval(
        self, low: float | None, high: float | None, bar: tuple[float | None, float | None]
    ) -> None:
        row = IntervalRow("Exact", 0.5, low, high)
        assert (row.bar_x, row.bar_width) == bar
        assert not row.has_interval

    def test_what_lies_outside_the_axis_is_drawn_at_its_ends(self) -> None:
        row = IntervalRow("Bias", 3.0, -5.0, 5.0, thresholds=(-3.0, 0.0), axis=(-2.0, 2.0))
        assert (row.line_start, row.line_end) == (10.0, 290.0)
        assert (row.value_x, row.bar_x, row.bar_width) == (290.0, 10.0, 280.0)
        assert row.threshold_xs == (10.0, 150.0)

    def test_a_figure_of_nothing_has_a_mark_and_a_missing_one_has_none(self) -> None:
        assert IntervalRow("Bias", 0.0, axis=(-2.0, 2.0)).value_x == 150.0
        assert IntervalRow("Bias", 0.0, 0.0, 0.0, axis=(-2.0, 2.0)).bar_x == 150.0


class TestStrips:
    def test_a_scale_may_begin_anywhere(self) -> None:
        strip = build_dot_strip([DotRow("One", 1, 5, "1", "5", "")], scale=(1, 2, 3, 4, 5))
        assert strip.ticks == ((1, 10.0), (2, 80.0), (3, 150.0), (4, 220.0), (5, 290.0))
        assert (strip.rows[0].own_x, strip.rows[0].consensus_x) == (10.0, 290.0)
        assert strip.line_at(13) == (
            "M10.0 13H290.0M10.0 9v8M80.0 9v8M150.0 9v8M220.0 9v8M290.0 9v8"
        )

    def test_either_score_off_the_scale_is_refused(self) -> None:
        for own, consensus in ((0, 1), (1, 0)):
            with pytest.raises(ValueError, match="0 is not on the scale"):
                build_dot_strip([DotRow("One", own, consensus, "", "", "")], scale=(1, 2))

    def test_two_who_find_nothing_to_rate_do_not_lie_on_one_point(self) -> None:
        strip = build_dot_strip([DotRow("One", None, None, "NR", "NR", "")], scale=SCALE)
        assert not strip.rows[0].is_one_point

    def placed(self, row: SpreadRow) -> PlacedSpread:
        return build_spread_strip([row], scale=SCALE).rows[0]

    def test_dots_of_one_score_are_stacked_from_the_line_up(self) -> None:
        placed = self.placed(SpreadRow("One", {4: 2, 1: 2, 3: 0}, ""))
        assert placed.height == 2 * 15.0 + 8.0
        assert placed.base == 34.0
        assert {dot.place: (dot.x, dot.y) for dot in placed.dots} == {
            1: (150.0, 26.0),
            4: (150.0, 11.0),
            3: (10.0, 26.0),
        }

    def test_a_row_of_nobody_keeps_the_height_of_one_dot(self) -> None:
        placed = self.placed(SpreadRow("One", {}, ""))
        assert (placed.height, placed.dots) == (23.0, ())

    def test_the_box_holds_one_score_or_two_neighbours(self) -> None:
        assert self.placed(SpreadRow("One", {}, "", accepted=(2,))).accepted_box == (140.5, 19.0)
        assert self.placed(SpreadRow("One", {}, "", accepted=(2, 3))).accepted_box == (140.5, 89.0)

    def test_what_a_table_shows(self) -> None:
        placed = self.placed(SpreadRow("One", {1: 0, 2: None}, "", accepted=(0,)))
        assert [placed.text_of(place) for place in (1, 2, 3)] == ["0", "NR", "–"]
        assert placed.accepted_text == "0"
        assert self.placed(SpreadRow("One", {}, "")).accepted_text == ""

    def test_places_are_those_of_all_rows_and_a_consensus_in_one_row_is_one(self) -> None:
        strip = build_spread_strip(
            [SpreadRow("One", {5: 1, 2: 3}, ""), SpreadRow("Two", {1: 0}, "", accepted=(0,))],
            scale=SCALE,
        )
        assert strip.places == (1, 2, 5)
        assert strip.has_accepted
        assert not build_spread_strip([SpreadRow("One", {1: 0}, "")], scale=SCALE).has_accepted

    def test_not_rateable_moves_the_scores_closer_together(self) -> None:
        strip = build_spread_strip([SpreadRow("One", {1: None}, "")], scale=SCALE)
        assert [x for _, x in strip.ticks] == [10.0, 66.0, 122.0, 178.0, 234.0, 290.0]

    def test_the_own_mark_has_room_above_the_experts(self) -> None:
        strip = build_rating_strip(0, (), {1: 3, 2: 3}, scale=SCALE, words="You: 0.")
        assert (strip.own_x, strip.words) == (10.0, "You: 0.")
        assert strip.height == strip.spread.rows[0].height + strip.shift == 54.0

    def test_items_share_a_scale_unless_somebody_found_nothing_to_rate(self) -> None:
        def scale_id(ratings: dict[int, int | None]) -> str:
            return build_rating_strip(0, (), ratings, scale=SCALE, words="").scale_id

        assert scale_id({}) == scale_id({1: 3, 2: 0}) != scale_id({1: 3, 2: None})


class TestBars:
    def test_three_bars_by_hand(self) -> None:
        row = BarRow("Given", (Bar("accent", 0.25), Bar("open", 0.0), Bar("warm", 1.0)))
        assert [(each.x, each.y, each.width) for each in row.placed] == [
            (10.0, 2.0, 70.0),
            (10.0, 11.0, 1.0),
            (10.0, 20.0, 280.0),
        ]
        assert row.height == 29.0
        assert [each.bar.series for each in row.placed] == ["accent", "open", "warm"]

    def test_a_row_without_bars_is_a_gap_high(self) -> None:
        assert BarRow("Given", ()).height == 2.0
        assert BarRow("Given", ()).placed == ()


class TestTexts:
    def test_what_a_text_measures(self) -> None:
        text = PlacedText(("one", "two"), 10.0, heads=1)
        assert (text.height, text.bottom, text.middle) == (54.0, 64.0, 37.0)
        assert text.head_baseline == 24.0
        assert text.baselines == (42.0, 60.0)
        assert PlacedText(("one",), 0.0, line_height=10.0).bottom == 10.0

    def test_the_gap_and_the_height_of_a_line_are_arguments(self) -> None:
        first, second = stacked(["one", "two"], letters=9, gap=3.0, line_height=20.0)
        assert (first.top, first.bottom, second.top) == (0.0, 20.0, 23.0)
        assert stacked([], letters=9) == ()

    def test_a_line_holds_exactly_so_many_letters(self) -> None:
        assert stacked(["ab cd"], letters=5)[0].lines == ("ab cd",)
        assert stacked(["ab cd"], letters=4)[0].lines == ("ab", "cd")
        with pytest.raises(ValueError, match="width"):
            stacked(["ab"], letters=0)

    def test_texts_are_moved_apart_evenly(self) -> None:
        stack = stacked(["a", "b", "c"], letters=3)
        assert [text.top for text in stack] == [0.0, 32.0, 64.0]
        assert [text.top for text in spread(stack, 102.0)] == [0.0, 42.0, 84.0]
        assert [text.top for text in spread(stack[:2], 60.0)] == [0.0, 42.0]
        assert spread(stack[:1], 500.0) == stack[:1]
        assert spread((), 500.0) == ()


class TestCrossing:
    def test_three_lines_from_one_place_lie_around_its_middle(self) -> None:
        lines = crossing([(0, 2), (0, 0), (0, 1)], left=[50.0], right=[10.0, 50.0, 90.0])
        assert [line.left_y for line in lines] == [46.0, 50.0, 54.0]
        assert [line.right_y for line in lines] == [10.0, 50.0, 90.0]
        assert bundle_height(lines, left=0) == 12.0
        assert bundle_height(lines) == 0.0
        assert crossing([], left=[], right=[]) == ()

    @given(st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3))))
    def test_lines_of_one_place_never_cross_before_they_part(
        self, pairs: set[tuple[int, int]]
    ) -> None:
        heights = [0.0, 100.0, 200.0, 300.0]
        lines = crossing(pairs, left=heights, right=heights)
        for one in lines:
            for other in lines:
                if one.left == other.left and one.right < other.right:
                    assert one.left_y < other.left_y
                if one.right == other.right and one.left < other.left:
                    assert one.right_y < other.right_y


class TestMargins:
    def test_the_places_of_a_row(self) -> None:
        row = margin_row(Line(0.5, bound=0.25), 0.75, 0.5, 1.0, tone="good")
        assert (row.start_x, row.line_x, row.end_x) == (10.0, 150.0, 290.0)
        assert (row.value_x, row.bar_x, row.bar_width, row.bound_x) == (220.0, 150.0, 140.0, 80.0)
        assert row.has_interval
        assert row.tone == "good"

    def test_an_interval_of_no_width_can_still_be_seen(self) -> None:
        assert margin_row(Line(0.5), 0.75, 0.75, 0.75).bar_width == 1.0

    def test_one_end_alone_is_no_interval(self) -> None:
        for low, high in ((0.5, None), (None, 0.5)):
            row = margin_row(Line(0.5), 0.5, low, high)
            assert (row.low, row.high, row.bar_x, row.bar_width) == (None, None, None, None)
            assert not row.has_interval
        assert not MarginRow(0.0, 0.0, None, None).has_interval

    def test_cut_is_what_lies_beyond_the_left_end_and_not_on_it(self) -> None:
        assert not MarginRow(-1.0, -1.0, 0.0, None).is_value_cut
        assert not MarginRow(-1.0 - 1e-12, -1.0 - 1e-12, 0.0, None).is_bar_cut  # rounding left over
        beyond = MarginRow(-1.001, -1.001, 0.0, None)
        assert beyond.is_value_cut
        assert beyond.is_bar_cut
        assert beyond.value_x == beyond.start_x

    @given(st.floats(0.01, 0.99), st.floats(-1.0, 1.0), st.floats(0.0, 0.5))
    def test_closer_to_perfect_never_lies_further_left(
        self, at: float, value: float, better: float
    ) -> None:
        assert Line(at).margin(value + better) >= Line(at).margin(value)
        ceiling = Line(at, is_ceiling=True)
        assert ceiling.margin(value - better) >= ceiling.margin(value)


@given(st.floats(0.0, 1.0), st.floats(-5.0, 5.0), st.floats(0.1, 5.0))
def test_a_share_of_the_axis_is_a_share_of_the_line(
    share: float, first: float, width: float
) -> None:
    x = place_on_line(first + share * width, (first, first + width))
    assert x == pytest.approx(10.0 + share * 280.0, abs=0.051)  # to a tenth of a unit


TREND = """{% import "charts/trend.html" as charts %}
{{ charts.trend_charts([trend], "Bias", "so far", "bias") }}"""


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Step("Ferry", None), "No figure so far."),
        (Step("Ferry", 0.5, 0.5), "So far +0.50, without an interval."),
        (Step("Ferry", 0.5, 0.0, -0.25, 0.25), "So far ±0.00, interval −0.25 to +0.25."),
    ],
)
def test_a_trend_says_what_there_is_so_far(app: Flask, step: Step, said: str) -> None:
    trend = build_trend(
        "Bias", [step], axis=(-1.0, 1.0), ticks=(-1.0, 0.0, 1.0), style=FigureStyle.SIGNED
    )
    with app.test_request_context():
        soup = BeautifulSoup(render_template_string(TREND, trend=trend), "html.parser")
    label = re.sub(r"\s+", " ", soup.select(".trend-label")[0].get_text(" ")).strip()
    assert label == f"Bias {said}"
    assert soup.desc.get_text().endswith(said)
    drawn = [
        len(soup.select(part)) for part in (".trend-dot", "div .chart-open", "div .trend-band")
    ]
    assert drawn == [step.running is not None, step.value is not None, step.has_interval]
