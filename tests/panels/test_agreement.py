"""The figures of a panel: by hand, against published tables, and against the engine's oracles."""

from __future__ import annotations

import json
import uuid
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pack import INSTRUMENT, PRACTICE
from tests.panels.stories import authored_scores, make_experts, panel_in_round_two
from tests.psychometrics.tables import FOUR_OBSERVERS, SIX_TARGETS
from training.accounts.models import Person
from training.clock import now
from training.database import write_transaction
from training.panels.agreement.figures import (
    LOW_AGREEMENT,
    ExpertRating,
    LowReason,
    figures_of,
    group_agreement,
    low_agreement,
    median_of_others,
)
from training.panels.agreement.records import agreement_of_panel, agreement_of_ratified
from training.panels.models import Panel, PanelVignette
from training.psychometrics.rater_effects import Severity
from training.psychometrics.statistic import Reason

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from sklearn.metrics import cohen_kappa_score

SCALE = (0, 1, 2, 3, 4)

# Two vignettes, three items, three experts; None is "not rateable".
BY_HAND: Mapping[str, Sequence[tuple[int | None, ...]]] = {
    "first": [(3, 3, 4), (2, 2, 2), (1, 3, 4)],
    "second": [(0, 1, 1), (2, None, 3), (None, None, None)],
}


def ratings_of(table: Mapping[str, Sequence[tuple[int | None, ...]]]) -> list[ExpertRating]:
    return [
        ExpertRating(vignette, item, expert, score)
        for vignette, rows in table.items()
        for item, row in enumerate(rows, start=1)
        for expert, score in enumerate(row, start=1)
    ]


def crossed(scores: np.ndarray, *, items: int) -> list[ExpertRating]:
    """(cells, experts) scores of a crossed design, so many items to a vignette."""
    return [
        ExpertRating(
            f"vignette {row // items}", row % items + 1, place + 1, int(scores[row, place])
        )
        for row, place in np.ndindex(*scores.shape)
    ]


def one_item(scores: np.ndarray) -> list[ExpertRating]:
    """A published table of units and raters: each unit is a vignette with one item."""
    return [
        ExpertRating(f"unit {unit:02}", 1, rater, int(score))
        for unit, row in enumerate(scores)
        for rater, score in enumerate(row, start=1)
        if not np.isnan(score)
    ]


class TestByHand:
    def test_the_panel_together(self) -> None:
        found = figures_of(ratings_of(BY_HAND), scale=SCALE).overall
        assert (found.experts, found.vignettes, found.cells, found.ratings) == (3, 2, 6, 18)
        assert found.not_rateable == 4
        assert found.compared == 5  # where nobody found anything to rate, nothing is compared
        assert found.ranges == ((0, 1), (1, 3), (3, 1))
        assert (found.widest_range, found.cells_apart) == (3, 1)
        assert found.all_exact.value == pytest.approx(1 / 5)  # 2, 2, 2
        # One score beside "not rateable" is a miss, though the two scores are a point apart.
        assert found.all_within_one.value == pytest.approx(3 / 5)

    def test_the_first_expert_against_the_others(self) -> None:
        """Own beside the nearer median of the two others: 3-3, 2-2, 1-3; 0-1, 2-3, NR-NR."""
        found = figures_of(ratings_of(BY_HAND), scale=SCALE).experts[0]
        assert (found.expert, found.cells, found.not_rateable) == (1, 6, 1)
        assert found.exact.value == pytest.approx(2 / 5)
        assert found.within_one.value == pytest.approx(4 / 5)
        assert (found.exact.n, found.bias.n) == (5, 5)
        assert found.bias.value == pytest.approx((0 + 0 - 2 - 1 - 1) / 5)
        # From the means 3.5, 2, 3.5, 1 and 3.
        assert found.deviation.value == pytest.approx((-0.5 + 0 - 2.5 - 1 - 1) / 5)
        # Observed 6 / 5. Expected, each own with each median: mean squares 18 / 5 and 32 / 5,
        # means 8 / 5 and 12 / 5.
        expected = 18 / 5 + 32 / 5 - 2 * (8 / 5) * (12 / 5)
        assert found.kappa.value == pytest.approx(1 - (6 / 5) / expected)

    @pytest.mark.parametrize(
        ("own", "others", "median"),
        [
            (4, (0, 1, 1), 1),
            (2, (1, 4), 2),
            (0, (1, 4), 1),
            (4, (1, 1, 2, 3), 2),
            (2, (None, None, 3), None),
            (2, (None, 3), 3),
            (None, (None, 3), None),
            (None, (1, 3, None), 1),
        ],
    )
    def test_the_median_of_the_others(
        self, own: int | None, others: tuple[int | None, ...], median: int | None
    ) -> None:
        assert median_of_others(own, others) == median

    def test_nobody_is_compared_with_nobody(self) -> None:
        with pytest.raises(ValueError, match="others"):
            median_of_others(3, [])

    def test_the_deviation_is_the_distance_from_the_mean_of_the_others(self) -> None:
        scores = np.array([(4, 3, 2, 1), (3, 3, 1, 2), (2, 2, 2, 0), (4, 4, 3, 3)])
        for expert in figures_of(crossed(scores, items=2), scale=SCALE).experts:
            own = scores[:, expert.expert - 1]
            others = np.delete(scores, expert.expert - 1, axis=1).mean(axis=1)
            assert expert.deviation.value == pytest.approx((own - others).mean())

    def test_one_who_is_far_off_stands_apart_alone_even_among_three(self) -> None:
        level = np.random.default_rng(3).integers(0, 5, (24, 1))
        scores = np.hstack([level, level, 4 - level])
        found = figures_of(crossed(scores, items=6), scale=SCALE).experts
        assert [bool(expert.low) for expert in found] == [False, False, True]


class TestPublished:
    def test_alpha_and_ac2_of_four_observers(self) -> None:
        """Krippendorff (2011), example C: .815; irrCAC 0.4.3 for AC2, quadratic: .91400072."""
        found = group_agreement(one_item(FOUR_OBSERVERS), scale=range(1, 6))
        assert found.alpha_ordinal.value == pytest.approx(0.815, abs=5e-4)
        assert found.ac2_quadratic.value == pytest.approx(0.91400072, abs=5e-9)

    def test_icc_of_six_targets(self) -> None:
        """Shrout & Fleiss (1979): .29 and .62; R's psych: .02 to .76 and .07 to .93."""
        found = group_agreement(one_item(SIX_TARGETS), scale=range(1, 11))
        assert found.icc_a_1.value == pytest.approx(0.29, abs=0.005)
        assert (found.icc_a_1.low, found.icc_a_1.high) == pytest.approx((0.02, 0.76), abs=0.0051)
        assert found.icc_a_k.value == pytest.approx(0.62, abs=0.005)
        assert (found.icc_a_k.low, found.icc_a_k.high) == pytest.approx((0.07, 0.93), abs=0.0051)

    @pytest.mark.parametrize("seed", range(3))
    def test_kappa_with_the_median_is_scikit_learns(self, seed: int) -> None:
        scores = np.random.default_rng(seed).integers(0, 5, (24, 4))
        found = figures_of(crossed(scores, items=6), scale=SCALE).experts[1]
        # Three others have one median.
        median = np.median(np.delete(scores, 1, axis=1), axis=1).astype(int)
        kappa = cohen_kappa_score(scores[:, 1], median, labels=SCALE, weights="quadratic")
        assert found.kappa.value == pytest.approx(kappa)
        assert found.exact.value == pytest.approx((scores[:, 1] == median).mean())
        assert found.bias.value == pytest.approx((scores[:, 1] - median).mean())


def test_intervals_leave_out_whole_vignettes_and_one_vignette_has_none() -> None:
    generator = np.random.default_rng(5)
    ratings = [
        ExpertRating(f"vignette {vignette}", item, expert, min(4, level + int(error)))
        for vignette in range(4)
        for item in range(1, 7)
        for level in [(item + vignette) % 4]
        for expert, error in enumerate(generator.integers(0, 2, 4), start=1)
    ]
    several = figures_of(ratings, scale=SCALE)
    low, high = several.overall.ac2_quadratic.low, several.overall.ac2_quadratic.high
    assert low is not None
    assert high is not None
    assert "together" in several.overall.ac2_quadratic.method
    alone = figures_of([row for row in ratings if row.vignette == "vignette 1"], scale=SCALE)
    for figure in (
        alone.overall.all_exact,
        alone.overall.alpha_ordinal,
        alone.overall.ac2_quadratic,
        alone.experts[0].within_one,
        alone.experts[0].bias,
    ):
        assert figure.value is not None
        assert figure.low is None
        assert figure.undefined is not None
        assert figure.undefined.reason is Reason.TOO_FEW_UNITS
    assert alone.experts[0].severity is Severity.UNSURE
    # Of a single cell alpha would be 0 whatever the experts gave.
    assert alone.items[0].group.alpha_ordinal.value is None


def test_what_cannot_be_computed_says_why() -> None:
    same = figures_of(ratings_of({"first": [(2, 2, 2)], "second": [(2, 2, 2)]}), scale=SCALE)
    assert same.overall.all_exact.value == 1.0
    for figure in (same.overall.alpha_ordinal, same.overall.icc_a_1, same.experts[0].kappa):
        assert figure.value is None
        assert figure.undefined is not None
        assert figure.undefined.reason is Reason.NO_VARIANCE
    assert same.experts[0].low == ()
    nothing = figures_of(ratings_of({"first": [(None, None, None)]}), scale=SCALE)
    assert nothing.overall.all_exact.value is None
    assert nothing.overall.widest_range is None
    assert figures_of([], scale=SCALE).experts == ()
    lonely = figures_of([ExpertRating("first", 1, 1, 3)], scale=SCALE)
    assert lonely.experts[0].within_one.value is None


def test_low_agreement_is_said_by_which_figure_and_never_of_what_is_missing() -> None:
    assert low_agreement(0.79, 0.39) == (LowReason.WITHIN_ONE, LowReason.KAPPA)
    assert low_agreement(LOW_AGREEMENT.within_one, LOW_AGREEMENT.kappa) == ()
    assert low_agreement(None, None) == ()
    assert low_agreement(0.9, -0.2) == (LowReason.KAPPA,)
    assert low_agreement(0.9, 0.5, line=replace(LOW_AGREEMENT, kappa=0.6)) == (LowReason.KAPPA,)


def severe(slug: str) -> dict[int, int | None]:
    """Two points below the key, as far as the scale goes."""
    return {
        item: None if score is None else max(0, score - 2)
        for item, score in authored_scores(slug).items()
    }


def test_the_figures_come_from_the_stored_ratings_of_round_one(
    app: Flask, make_person: Callable[..., Person]
) -> None:
    experts = make_experts(make_person)
    odd = {(5, slug): severe(slug) for slug in PRACTICE}
    panel_id = panel_in_round_two(app, experts, chair=experts[0], slugs=PRACTICE, scores=odd)
    with app.app_context():
        found = agreement_of_panel(panel_id)
        assert [expert.expert for expert in found.experts if expert.low] == [5]
        assert found.experts[4].severity is Severity.SEVERE
        assert found.experts[0].low == ()
        assert len(found.items) == 12
        assert agreement_of_ratified(INSTRUMENT).panels is None  # no key came of it yet
        with pytest.raises(LookupError):
            agreement_of_panel(uuid.uuid4())


def test_ratified_keys_are_pooled_and_simulated_experts_kept_apart(
    app: Flask, make_person: Callable[..., Person]
) -> None:
    experts = make_experts(make_person)
    panel_in_round_two(app, experts, chair=experts[0])
    panel_in_round_two(app, experts[:3], chair=experts[0], slugs=PRACTICE[1:])
    simulated = panel_in_round_two(app, experts[:4], chair=experts[0], slugs=PRACTICE)
    with app.app_context():
        with write_transaction() as session:
            session.get_one(Panel, simulated).is_demonstration = True
            for vignette in session.query(PanelVignette):
                vignette.ratified_at = now()
        found = agreement_of_ratified(INSTRUMENT)
        assert found.panels is not None
        assert found.demonstration is not None
        assert (found.panels.panels, found.panels.sizes, found.panels.vignettes) == (2, (3, 5), 2)
        assert found.panels.group.alpha_ordinal.value == pytest.approx(1.0)
        assert found.panels.group.icc_a_1.undefined is not None
        assert (found.demonstration.panels, found.demonstration.sizes) == (1, (4,))
        assert found.demonstration.group.icc_a_1.value == pytest.approx(1.0)
        assert agreement_of_ratified("nothing").panels is None


def test_experts_who_agree_worse_than_by_chance_are_never_given_a_share_beyond_all() -> None:
    """Five experts go round in a ring: what was rated differs less than chance would let it."""
    ring = [
        ExpertRating("first", item, place, (item + place) % 5)
        for item in range(1, 13)
        for place in range(1, 6)
    ]
    found = figures_of(ring, scale=SCALE).overall
    assert found.icc_a_1.value is not None
    assert found.icc_a_1.value < 0
    assert found.icc_a_k.value is None
    assert found.icc_a_k.undefined is not None
    assert found.icc_a_k.undefined.reason is Reason.NEGATIVE_VARIANCE


# Laws and edges

GIVEN = st.none() | st.integers(0, 4)


@settings(max_examples=50)
@given(GIVEN, st.lists(GIVEN, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_median_of_the_others_has_no_order_and_no_direction(
    own: int | None, others: list[int | None], random: Random
) -> None:
    median = median_of_others(own, others)
    assert median_of_others(own, random.sample(others, len(others))) == median
    turned = median_of_others(
        None if own is None else 4 - own, [None if one is None else 4 - one for one in others]
    )
    if own is not None:
        assert turned == (None if median is None else 4 - median)
    if median is None:
        assert others.count(None) * 2 >= len(others)
    else:
        assert others.count(None) * 2 <= len(others)
        # No fewer than half of the scores lie on either side of it, itself included.
        scores = [one for one in others if one is not None]
        assert 2 * sum(one <= median for one in scores) >= len(scores)
        assert 2 * sum(one >= median for one in scores) >= len(scores)


@settings(max_examples=50)
@given(st.integers(0, 4), st.lists(st.integers(0, 4), min_size=1, max_size=6), st.integers(0, 5))
def test_others_who_score_higher_never_lower_their_median(
    own: int, others: list[int], place: int
) -> None:
    median = median_of_others(own, others)
    assert median is not None
    higher = [one + (number == place) for number, one in enumerate(others)]
    raised = median_of_others(own, higher)
    assert raised is not None
    assert median <= raised <= median + 1
    if own in others and len(others) == 2:
        assert median == own


@pytest.mark.parametrize(
    ("cell", "compared", "exact", "within_one", "ranges"),
    [
        ((3,), False, None, None, ()),
        ((3, 3), True, 1.0, 1.0, ((0, 1),)),
        ((3, 4), True, 0.0, 1.0, ((1, 1),)),
        ((3, 2, 4), True, 0.0, 0.0, ((2, 1),)),
        ((0, 4), True, 0.0, 0.0, ((4, 1),)),
        ((None, None), False, None, None, ()),
        ((3, None), True, 0.0, 0.0, ()),
        ((3, 3, None), True, 0.0, 0.0, ((0, 1),)),
        ((3, 1, None), True, 0.0, 0.0, ((2, 1),)),
    ],
)
def test_one_cell_alone(
    cell: tuple[int | None, ...],
    compared: bool,
    exact: float | None,
    within_one: float | None,
    ranges: tuple[tuple[int, int], ...],
) -> None:
    found = group_agreement(ratings_of({"first": [cell]}), scale=SCALE)
    assert (found.cells, found.compared, found.ratings) == (1, int(compared), len(cell))
    assert (found.all_exact.value, found.all_within_one.value) == (exact, within_one)
    assert (found.ranges, found.cells_apart) == (ranges, int(ranges > ((1, 1),)))
    assert found.widest_range == (ranges[0][0] if ranges else None)
    # One cell says nothing of how much the experts differ from what chance would let them.
    assert found.alpha_ordinal.value is None


def test_two_cells_are_the_fewest_that_alpha_is_told_of() -> None:
    """Krippendorff (2011) by hand, for two values: 1 - (4 - 1) * 2 / (2 * 2) = -0.5 and 1."""
    apart = group_agreement(ratings_of({"first": [(1, 3), (1, 3)]}), scale=SCALE)
    assert apart.alpha_ordinal.value == pytest.approx(-0.5)
    alike = group_agreement(ratings_of({"first": [(1, 1), (3, 3)]}), scale=SCALE)
    assert alike.alpha_ordinal.value == pytest.approx(1.0)
    lonely = group_agreement(ratings_of({"first": [(1, 3), (2,), (None, 4)]}), scale=SCALE)
    assert lonely.alpha_ordinal.value is None
    assert lonely.alpha_ordinal.undefined is not None
    assert lonely.alpha_ordinal.undefined.reason is Reason.NO_COMPLETE_UNITS


def test_an_expert_is_compared_only_in_cells_that_somebody_else_rated() -> None:
    """Goran alone has rated the second item, and nobody of the others could rate the third."""
    given_ratings = [
        ExpertRating("first", 1, 1, 2),
        ExpertRating("first", 1, 3, 3),
        ExpertRating("first", 2, 3, 4),
        ExpertRating("first", 3, 1, None),
        ExpertRating("first", 3, 2, None),
        ExpertRating("first", 3, 3, 1),
    ]
    emeka, freya, goran = figures_of(given_ratings, scale=SCALE).experts
    assert [one.cells for one in (emeka, freya, goran)] == [2, 1, 2]
    assert [one.not_rateable for one in (emeka, freya, goran)] == [1, 1, 0]
    assert (goran.exact.value, goran.within_one.value) == (0.0, 0.5)
    assert (goran.bias.value, goran.deviation.value) == (1.0, 1.0)
    assert (goran.bias.n, goran.deviation.n) == (1, 1)
    # Freya found it not rateable, and so did half of the others: she is with them.
    assert freya.exact.n == 0
    assert (freya.bias.value, freya.deviation.value, freya.kappa.value) == (None, None, None)
    assert freya.severity is Severity.UNKNOWN
    assert freya.low == ()


@pytest.mark.parametrize(("far", "cells", "is_low"), [(1, 5, False), (2, 9, True), (3, 15, False)])
def test_who_lies_on_the_line_does_not_agree_little(far: int, cells: int, is_low: bool) -> None:
    """Within one point in four fifths of the ratings, which is the line, and in seven ninths."""
    rows = [(level % 3, level % 3, level % 3 + (2 if level < far else 0)) for level in range(cells)]
    third = figures_of(ratings_of({"first": rows}), scale=SCALE).experts[2]
    assert third.within_one.value == pytest.approx((cells - far) / cells)
    assert (LowReason.WITHIN_ONE in third.low) is is_low


def some_panel(seed: int) -> dict[str, list[tuple[int | None, ...]]]:
    """Two vignettes of three items each, now and then not rateable, before three experts."""
    drawn = np.random.default_rng(seed).integers(-1, 5, (2, 3, 3)).tolist()
    return {
        f"vignette {number}": [tuple(None if one < 0 else one for one in row) for row in rows]
        for number, rows in enumerate(drawn)
    }


@pytest.mark.parametrize("seed", range(2))
def test_neither_the_order_of_the_ratings_nor_the_places_of_the_experts_change_a_figure(
    seed: int,
) -> None:
    rows, places = ratings_of(some_panel(seed)), {1: 3, 2: 1, 3: 2}
    found = figures_of(rows, scale=SCALE)
    assert figures_of(rows[::-1], scale=SCALE) == found
    seated = [replace(row, expert=places[row.expert]) for row in rows]
    moved = figures_of(seated, scale=SCALE)
    assert moved.overall.ranges == found.overall.ranges
    for name in ("all_exact", "all_within_one", "icc_a_1", "alpha_ordinal", "ac2_quadratic"):
        assert_alike(getattr(moved.overall, name).value, getattr(found.overall, name).value)
    for expert in found.experts:
        same = moved.experts[places[expert.expert] - 1]
        assert (same.low, same.severity) == (expert.low, expert.severity)
        for name in ("exact", "within_one", "bias", "deviation", "kappa"):
            assert_alike(getattr(same, name).value, getattr(expert, name).value)


@pytest.mark.parametrize("seed", range(2))
def test_on_a_scale_that_runs_the_other_way_only_the_signs_change(seed: int) -> None:
    panel = some_panel(seed)
    turned = {
        slug: [tuple(None if one is None else 4 - one for one in cell) for cell in cells]
        for slug, cells in panel.items()
    }
    found, other = (figures_of(ratings_of(rows), scale=SCALE) for rows in (panel, turned))
    assert other.overall.ranges == found.overall.ranges
    for name in ("all_exact", "all_within_one", "icc_a_1", "alpha_ordinal", "ac2_quadratic"):
        assert_alike(getattr(other.overall, name).value, getattr(found.overall, name).value)
    for one, two in zip(found.experts, other.experts, strict=True):
        for name in ("bias", "deviation"):
            value = getattr(one, name).value
            assert_alike(getattr(two, name).value, None if value is None else -value)


def assert_alike(value: float | None, other: float | None) -> None:
    assert (value is None) is (other is None)
    assert value is None or value == pytest.approx(other, abs=1e-9)


def test_a_score_off_the_scale_and_a_rating_given_twice_are_refused() -> None:
    for score in (-1, 5):
        off = [ExpertRating("first", 1, 1, score), ExpertRating("first", 1, 2, 3)]
        with pytest.raises(ValueError, match="scale"):
            figures_of(off, scale=SCALE)
    twice = [ExpertRating("first", 1, 1, 3), ExpertRating("first", 1, 1, 3)]
    with pytest.raises(ValueError, match="twice"):
        figures_of(twice, scale=SCALE)


def test_the_figures_as_plain_values_are_json_and_hold_no_rating() -> None:
    found = figures_of(ratings_of(BY_HAND), scale=SCALE)
    plain = json.loads(json.dumps(found.as_dict()))
    assert "ratings" not in plain
    assert (plain["scale"], plain["confidence"]) == (list(SCALE), 0.95)
    assert plain["low_agreement"]["within_one"] == 0.8
    assert plain["overall"]["ranges"] == [[0, 1], [1, 3], [3, 1]]
    assert plain["overall"]["all_exact"]["value"] == pytest.approx(0.2)
    assert [row["item"] for row in plain["items"]] == [1, 2, 3]
    assert [row["cells"] for row in plain["items"]] == [2, 2, 2]
    assert [row["expert"] for row in plain["experts"]] == [1, 2, 3]
    assert plain["experts"][0]["low"] == [reason.value for reason in found.experts[0].low]
