"""One rater against the consensus: what the figures say about people, and where they stop."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from tests.psychometrics.raters import (
    KEY,
    SCALE,
    careful,
    cells,
    central,
    halo,
    lenient,
    ratings,
    severe,
    undecided,
)
from training.psychometrics import (
    Comparison,
    Direction,
    Ratings,
    Reason,
    Statistic,
    compare_raters,
    compare_with_consensus,
)

FIGURES = (
    "exact",
    "within_one",
    "gross_misses",
    "mismatches",
    "totals",
    "bias",
    "mae",
    "rmse",
    "slope",
    "within_vignette_slope",
    "sd_ratio",
    "kappa_quadratic",
    "icc_agreement",
)


def compare(scores: np.ndarray, key: np.ndarray = KEY, **options: Any) -> Comparison:
    return compare_with_consensus(ratings(scores, key), scale=SCALE, **options)


def reason(statistic: Statistic) -> Reason | None:
    return None if statistic.undefined is None else statistic.undefined.reason


class TestPeople:
    def test_a_perfect_rater(self) -> None:
        comparison = compare(KEY)
        for figure in ("exact", "within_one", "totals", "slope", "sd_ratio", "kappa_quadratic"):
            assert getattr(comparison, figure).value == pytest.approx(1.0), figure
        for figure in ("gross_misses", "mismatches", "bias", "mae", "rmse"):
            assert getattr(comparison, figure).value == 0.0, figure
        assert comparison.icc_agreement.value == pytest.approx(1.0)
        assert comparison.icc_agreement.has_interval
        # Six perfect vignettes are still only six: Wilson keeps the interval open.
        assert comparison.exact.low == pytest.approx(48 / (48 + 1.959964**2))

    def test_ines_is_always_one_point_lenient_and_within_one_does_not_see_it(self) -> None:
        comparison = compare(lenient())
        assert comparison.within_one.value == 1.0
        assert comparison.bias.value is not None
        assert comparison.bias.value > 0.75
        assert comparison.bias.low is not None
        assert comparison.bias.low > 0.5
        assert comparison.exact.value == pytest.approx((KEY == 4).mean())

    def test_tomasz_is_always_one_point_severe(self) -> None:
        comparison = compare(severe())
        assert comparison.within_one.value == 1.0
        assert comparison.bias.value is not None
        assert comparison.bias.value < -0.75
        assert all(row.direction is Direction.SEVERE for row in comparison.per_item)

    def test_noor_gives_every_element_a_two(self) -> None:
        comparison = compare(undecided())
        assert comparison.slope.value == 0.0
        assert comparison.within_vignette_slope.value == 0.0
        assert comparison.sd_ratio.value == 0.0
        assert comparison.kappa_quadratic.value == pytest.approx(0.0)
        assert comparison.kappa_quadratic.has_interval

    def test_pavel_never_leaves_the_middle(self) -> None:
        comparison = compare(central())
        assert comparison.within_one.value == 1.0
        assert comparison.sd_ratio.high is not None
        assert comparison.sd_ratio.high < 0.8

    def test_mirembe_rates_the_meeting_not_its_elements(self) -> None:
        comparison = compare(halo())
        assert comparison.totals.value == 1.0
        assert comparison.within_vignette_slope.value == pytest.approx(0.0)
        assert comparison.slope.value is not None
        assert comparison.slope.value > 0.0


class TestNotRateable:
    def test_agreed_not_rateable_cells_are_left_out(self) -> None:
        scores, key = careful(), KEY.copy()
        scores[0, 0] = key[0, 0] = np.nan
        comparison = compare(scores, key)
        without = [row for row in cells(careful()) if row[:2] != ("meeting-01", 1)]
        expected = compare_with_consensus(Ratings.from_cells(without), scale=SCALE)
        assert comparison.mismatches.value == 0.0
        assert (comparison.cells, comparison.jointly_rated) == (48, 47)
        assert comparison.exact == expected.exact
        assert comparison.kappa_quadratic == expected.kappa_quadratic

    def test_a_mismatch_is_neither_exact_nor_within_one(self) -> None:
        scores = KEY.copy()
        scores[0, 0] = np.nan
        comparison = compare(scores)
        assert comparison.mismatched == 1
        assert comparison.exact.value == pytest.approx(47 / 48)
        assert comparison.within_one.value == pytest.approx(47 / 48)
        assert comparison.mismatches.value == pytest.approx(1 / 48)
        assert comparison.bias.value == 0.0
        assert comparison.gross_misses.n == 47
        assert comparison.per_vignette[0].mismatches == 1

    def test_a_mismatch_counts_both_ways(self) -> None:
        key = KEY.copy()
        key[0, 0] = np.nan
        assert compare(KEY, key).mismatches.value == pytest.approx(1 / 48)

    def test_totals_are_over_jointly_rated_items(self) -> None:
        scores, key = KEY.copy(), KEY.copy()
        scores[0, :2] = np.nan
        key[0, 2] = np.nan
        first = compare(scores, key).per_vignette[0]
        assert first.n == 5
        assert first.total == first.reference_total == KEY[0, 3:].sum()
        assert first.is_total_within


class TestTotals:
    @pytest.mark.parametrize(
        ("points", "is_within"), [(0, True), (3, True), (4, False), (-3, True), (-4, False)]
    )
    def test_a_total_may_be_a_tenth_of_its_range_off(self, points: int, is_within: bool) -> None:
        # Eight items on 0 to 4 have a range of 32 points; a tenth is 3.2.
        key = np.full((3, 8), 2.0)
        scores = key.copy()
        scores[0, : abs(points)] += np.sign(points)
        comparison = compare(scores, key)
        assert comparison.per_vignette[0].is_total_within is is_within
        assert comparison.totals.value == pytest.approx(1.0 if is_within else 2 / 3)

    def test_a_total_exactly_on_the_line_is_within(self) -> None:
        key = np.full((2, 10), 2.0)
        scores = key.copy()
        scores[:, :4] += 1
        assert compare(scores, key).totals.value == 1.0

    def test_the_tolerance_is_an_argument(self) -> None:
        key = np.full((2, 10), 2.0)
        scores = key + 1
        assert compare(scores, key, total_tolerance=0.24).totals.value == 0.0
        assert compare(scores, key, total_tolerance=0.25).totals.value == 1.0


class TestTables:
    def test_per_item(self) -> None:
        scores = KEY.copy()
        scores[:, 0] = np.minimum(KEY[:, 0] + 2, 4)
        row = compare(scores).item(1)
        assert row is not None
        assert row.n == 6
        assert row.gross_count == int((scores[:, 0] - KEY[:, 0] >= 2).sum()) == 3
        assert row.mae.value == pytest.approx((scores[:, 0] - KEY[:, 0]).mean())
        assert row.direction is Direction.LENIENT
        assert compare(scores).item(99) is None

    def test_per_item_intervals_are_over_vignettes(self) -> None:
        scores = careful(error=1.0)
        row = compare(scores).item(3)
        assert row is not None
        differences = (scores - KEY)[:, 2]
        assert row.bias.standard_error == pytest.approx(differences.std(ddof=1) / math.sqrt(6))

    def test_an_item_missed_to_both_sides(self) -> None:
        key = np.full((4, 1), 2.0)
        scores = key + np.array([[1.0], [-1.0], [1.0], [-1.0]])
        (row,) = compare(scores, key).per_item
        assert row.direction is Direction.BOTH_WAYS

    def test_an_item_nobody_rated_has_no_direction(self) -> None:
        key = KEY.copy()
        key[:, 4] = np.nan
        row = compare(KEY, key).item(5)
        assert row is not None
        assert row.direction is Direction.UNKNOWN
        assert reason(row.bias) is Reason.NO_OVERLAP
        assert row.exact.value == 0.0

    def test_per_vignette(self) -> None:
        scores = KEY.copy()
        scores[1] = np.minimum(scores[1] + 1, 4)
        rows = compare(scores).per_vignette
        assert [row.vignette for row in rows] == [f"meeting-0{number}" for number in range(1, 7)]
        assert rows[0].exact == 1.0
        assert (rows[1].bias, rows[1].mae, rows[1].gross_count) == (1.0, 1.0, 0)
        assert rows[1].total == scores[1].sum()

    def test_scale_use_counts_categories_nobody_used(self) -> None:
        use = compare(undecided()).scale_use
        assert [row.category for row in use] == list(SCALE)
        assert [row.count for row in use] == [0, 0, 48, 0, 0]
        assert [row.reference_count for row in use] == [
            int((category == KEY).sum()) for category in SCALE
        ]
        assert use[2].difference.value == pytest.approx(1 - (KEY == 2).mean())
        assert use[2].difference.low is not None
        assert use[2].difference.low > 0

    def test_shares_of_the_scale_add_up(self) -> None:
        differences = [row.difference.value for row in compare(careful()).scale_use]
        assert sum(value for value in differences if value is not None) == pytest.approx(0.0)


class TestDegenerate:
    def test_constant_key(self) -> None:
        comparison = compare(careful(), np.full(KEY.shape, 3.0))
        undefined = (
            "slope",
            "within_vignette_slope",
            "sd_ratio",
            "kappa_quadratic",
            "icc_agreement",
        )
        for figure in undefined:
            assert reason(getattr(comparison, figure)) is Reason.NO_VARIANCE, figure
        assert comparison.bias.is_defined
        assert comparison.exact.has_interval

    def test_constant_rater_and_constant_key_agree_and_still_have_no_kappa(self) -> None:
        same = np.full(KEY.shape, 3.0)
        comparison = compare(same, same)
        assert comparison.exact.value == 1.0
        assert reason(comparison.kappa_quadratic) is Reason.NO_VARIANCE

    def test_key_constant_within_every_vignette(self) -> None:
        key = np.repeat([[0.0], [1.0], [2.0], [3.0], [4.0], [2.0]], 8, axis=1)
        comparison = compare(careful(key=key), key)
        assert comparison.slope.is_defined
        assert reason(comparison.within_vignette_slope) is Reason.NO_VARIANCE

    def test_one_vignette_has_figures_and_no_intervals(self) -> None:
        comparison = compare(careful(key=KEY[:1]), KEY[:1])
        for figure in FIGURES:
            statistic = getattr(comparison, figure)
            assert statistic.is_defined, figure
            assert not statistic.has_interval, figure
            assert statistic.standard_error is None, figure
            assert reason(statistic) is Reason.TOO_FEW_UNITS, figure

    def test_a_figure_that_hangs_on_one_vignette_has_no_interval(self) -> None:
        key = np.full((3, 4), 2.0)
        key[0] = [0, 1, 3, 4]
        comparison = compare(key, key)
        assert comparison.slope.value == pytest.approx(1.0)
        assert reason(comparison.slope) is Reason.DEPENDS_ON_ONE_UNIT
        assert comparison.exact.has_interval

    def test_everything_not_rateable(self) -> None:
        nothing = np.full(KEY.shape, np.nan)
        comparison = compare(nothing, nothing)
        for figure in FIGURES:
            if figure != "mismatches":
                assert reason(getattr(comparison, figure)) is Reason.NO_OVERLAP, figure
        assert comparison.mismatches.value == 0.0
        assert comparison.jointly_rated == 0
        assert comparison.per_vignette[0].total is None
        assert comparison.per_vignette[0].is_total_within is None

    def test_no_overlap(self) -> None:
        scores, key = KEY.copy(), KEY.copy()
        scores[:, ::2] = np.nan
        key[:, 1::2] = np.nan
        comparison = compare(scores, key)
        assert comparison.exact.value == 0.0
        assert comparison.mismatches.value == 1.0
        assert reason(comparison.bias) is Reason.NO_OVERLAP

    def test_no_cells(self) -> None:
        comparison = compare_with_consensus(Ratings.from_cells([]), scale=SCALE)
        assert all(reason(getattr(comparison, figure)) is Reason.NO_OVERLAP for figure in FIGURES)
        assert (comparison.vignettes, comparison.cells) == (0, 0)
        assert comparison.per_item == ()

    def test_one_cell(self) -> None:
        comparison = compare_with_consensus(Ratings.from_cells([("a", 1, 2, 3)]), scale=SCALE)
        assert comparison.bias.value == -1.0
        assert reason(comparison.icc_agreement) is Reason.NO_VARIANCE

    def test_negative_agreement_stays_negative(self) -> None:
        comparison = compare(4 - KEY)
        assert comparison.kappa_quadratic.value is not None
        assert comparison.kappa_quadratic.value < -0.5
        assert comparison.icc_agreement.value is not None
        assert comparison.icc_agreement.value < -0.5
        assert comparison.slope.value == pytest.approx(-1.0)

    def test_vignettes_without_a_joint_cell_are_no_units_of_the_jackknife(self) -> None:
        empty = np.full((1, 8), np.nan)
        scores, key = np.vstack([careful(), empty]), np.vstack([KEY, empty])
        longer, shorter = compare(scores, key), compare(careful())
        assert longer.vignettes == shorter.vignettes + 1
        assert longer.bias == shorter.bias
        assert longer.slope == shorter.slope


class TestManyRaters:
    def test_many_at_once_is_each_alone(self) -> None:
        people = np.stack([careful(), lenient(), severe(), undecided(), central(), halo()])
        people[0, 0, 0] = np.nan
        together = compare_raters(
            people,
            KEY,
            vignettes=[f"meeting-{number:02}" for number in range(1, 7)],
            items=range(1, 9),
            scale=SCALE,
        )
        assert together == [compare(scores) for scores in people]

    def test_each_rater_may_have_a_form_of_their_own(self) -> None:
        keys = np.stack([KEY, KEY[::-1]])
        people = np.stack([careful(), careful()[::-1]])
        first, second = compare_raters(
            people, keys, vignettes="abcdef", items=range(1, 9), scale=SCALE
        )
        assert first.exact.value == second.exact.value
        assert first.per_vignette != second.per_vignette

    def test_nobody(self) -> None:
        nobody = np.empty((0, 6, 8))
        assert compare_raters(nobody, KEY, vignettes="abcdef", items=range(1, 9), scale=SCALE) == []

    @pytest.mark.parametrize(
        ("scores", "references", "message"),
        [
            (KEY, KEY, "scores must be raters x 6 x 8"),
            (KEY[None, :, :7], KEY, "scores must be raters x 6 x 8"),
            (KEY[None], KEY[:5], "references must be 6 x 8"),
        ],
    )
    def test_shapes_that_do_not_fit_are_refused(
        self, scores: np.ndarray, references: np.ndarray, message: str
    ) -> None:
        with pytest.raises(ValueError, match=message):
            compare_raters(scores, references, vignettes="abcdef", items=range(1, 9), scale=SCALE)


def test_a_higher_confidence_gives_a_wider_interval() -> None:
    narrow, wide = compare(careful(), confidence=0.90), compare(careful(), confidence=0.95)
    for figure in FIGURES:
        small, large = getattr(narrow, figure), getattr(wide, figure)
        assert large.low <= small.low, figure
        assert large.high >= small.high, figure


def test_the_scale_is_the_instruments_and_not_the_datas() -> None:
    """Five declared points or nine: the totals' range follows the declaration."""
    scores = np.minimum(KEY + 1, 4)
    five = compare_with_consensus(ratings(scores), scale=range(5))
    nine = compare_with_consensus(ratings(scores), scale=range(9))
    assert five.totals.value == 0.0
    assert nine.totals.value is not None
    assert nine.totals.value > 0.0
    assert len(nine.scale_use) == 9


def test_a_comparison_is_json() -> None:
    text = json.dumps(compare(careful()).as_dict(), allow_nan=False)
    back = json.loads(text)
    assert back["exact"]["method"].startswith("wider of Wilson")
    assert back["per_item"][0]["direction"] in set(Direction)
    assert len(back["per_vignette"]) == 6


def test_rows_of_tables_are_json_on_their_own() -> None:
    comparison = compare(careful())
    for row in (comparison.per_item[0], comparison.per_vignette[0], comparison.scale_use[0]):
        json.dumps(row.as_dict(), allow_nan=False)


def test_critical_items_are_counted_on_their_own() -> None:
    scores = KEY.copy()
    scores[:3, 1] = [2, 2, 1]
    scores[:, 5] = 4 - KEY[:, 5]
    comparison = compare(scores, critical_items=(2, 3))
    assert comparison.critical_items == (2, 3)
    assert comparison.critical_misses.n == 12
    assert comparison.critical_misses.value == pytest.approx(3 / 12)
    assert reason(compare(scores).critical_misses) is Reason.NO_OVERLAP


def test_critical_items_that_nobody_was_asked_for_and_cells_of_one_side_count_nothing() -> None:
    assert reason(compare(KEY, critical_items=(99,)).critical_misses) is Reason.NO_OVERLAP
    scores = KEY.copy()
    scores[0, 1] = np.nan
    comparison = compare(scores, critical_items=(2,))
    assert (comparison.critical_misses.n, comparison.critical_misses.value) == (5, 0.0)


# Three meetings of three elements on 0 to 4; the last element of the second was not asked for.
OWN = np.array([[0.0, 2, 4], [3, np.nan, 0], [np.nan, np.nan, np.nan]])
CONSENSUS = np.array([[0.0, 1, 2], [3, 3, 4], [2, np.nan, np.nan]])
ASKED = np.array([[True, True, True], [True, True, False], [True, True, True]])


class TestRowsByHand:
    def compared(self) -> Comparison:
        (comparison,) = compare_raters(
            OWN[None], CONSENSUS, asked=ASKED, vignettes="abc", items=(1, 2, 3), scale=SCALE
        )
        return comparison

    def test_counts(self) -> None:
        found = self.compared()
        assert (found.vignettes, found.cells, found.jointly_rated, found.mismatched) == (3, 8, 4, 2)
        assert (found.scale, found.confidence) == (SCALE, 0.95)
        # Same: two of six compared cells; within a point: three; two points off: one of four.
        assert found.exact.value == pytest.approx(2 / 6)
        assert found.within_one.value == pytest.approx(3 / 6)
        assert found.gross_misses.value == pytest.approx(1 / 4)
        assert found.mismatches.value == pytest.approx(2 / 8)
        assert (found.exact.n, found.gross_misses.n, found.mismatches.n) == (6, 4, 8)

    def test_vignettes(self) -> None:
        first, second, third = (row.as_dict() for row in self.compared().per_vignette)
        assert first == {
            "vignette": "a",
            "n": 3,
            "mismatches": 0,
            "exact": pytest.approx(1 / 3),
            "within_one": pytest.approx(2 / 3),
            "gross_count": 1,
            "bias": 1.0,
            "mae": 1.0,
            "total": 6.0,
            "reference_total": 3.0,
            "is_total_within": False,  # three points off, and 1.2 are allowed
        }
        assert (second["n"], second["mismatches"], second["exact"]) == (1, 1, 0.5)
        assert (second["total"], second["is_total_within"]) == (3.0, True)
        assert (third["n"], third["mismatches"], third["exact"]) == (0, 1, 0.0)
        assert (third["bias"], third["total"], third["reference_total"]) == (None, None, None)
        assert third["is_total_within"] is None
        assert self.compared().totals.value == 0.5
        assert self.compared().totals.n == 2

    def test_items(self) -> None:
        rows = self.compared().per_item
        assert [row.item for row in rows] == [1, 2, 3]
        assert [row.n for row in rows] == [2, 1, 1]
        assert [row.exact.n for row in rows] == [3, 2, 1]
        assert [row.gross_count for row in rows] == [0, 0, 1]
        assert [row.exact.value for row in rows] == pytest.approx([2 / 3, 0.0, 0.0])
        assert [row.within_one.value for row in rows] == pytest.approx([2 / 3, 0.5, 0.0])
        assert [row.bias.value for row in rows] == [0.0, 1.0, 2.0]
        assert [row.direction for row in rows] == [
            Direction.EVEN,
            Direction.LENIENT,
            Direction.LENIENT,
        ]

    def test_use_of_the_scale_is_of_what_both_rated(self) -> None:
        rows = self.compared().scale_use
        assert [row.count for row in rows] == [1, 0, 1, 1, 1]
        assert [row.reference_count for row in rows] == [1, 1, 1, 1, 0]
        differences = [row.difference.value for row in rows]
        assert differences == pytest.approx([0.0, -1 / 4, 0.0, 0.0, 1 / 4])
        assert {row.difference.n for row in rows} == {4}


@pytest.mark.parametrize(("tolerance", "share"), [(0.0, 1 / 3), (1.0, 1.0)])
def test_totals_may_have_to_be_the_same_or_may_be_anything(tolerance: float, share: float) -> None:
    key = np.array([[0.0, 0.0], [1.0, 2.0], [4.0, 4.0]])
    scores = np.array([[0.0, 1.0], [2.0, 1.0], [0.0, 0.0]])
    assert compare(scores, key, total_tolerance=tolerance).totals.value == pytest.approx(share)


@pytest.mark.parametrize("argument", ["scores", "references"])
def test_arrays_off_the_scale_are_refused_by_name(argument: str) -> None:
    arrays = {"scores": KEY[None].copy(), "references": KEY.copy()}
    arrays[argument][..., 2, 3] = 4.5
    with pytest.raises(ValueError, match=rf"{argument} holds 4\.5, which is not on the scale"):
        compare_raters(**arrays, vignettes="abcdef", items=range(1, 9), scale=SCALE)
