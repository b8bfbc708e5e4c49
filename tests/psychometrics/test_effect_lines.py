"""Where one reading of a rater ends and the next begins: each line met exactly, and just missed."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.psychometrics import (
    CategoryUse,
    Centrality,
    Direction,
    Halo,
    Reason,
    ScaleUse,
    Severity,
    Statistic,
    Undefined,
)
from training.psychometrics import effect_sentences as sentences
from training.psychometrics.comparison import direction
from training.psychometrics.rateability import Rateability, not_rateable_use_of
from training.psychometrics.rater_effects import (
    Inconsistency,
    centrality_of,
    halo_of,
    inconsistency_of,
    scale_use_of,
    severity_of,
)

NONE = Statistic(None, None, None, None, 0, "t", Undefined.because(Reason.NO_OVERLAP))
BARE = Statistic(0.0, None, None, None, 8, "t", Undefined.because(Reason.TOO_FEW_UNITS))


def figure(value: float, low: float, high: float) -> Statistic:
    return Statistic(value, low, high, 0.1, 96, "t")


@pytest.mark.parametrize(
    ("value", "low", "high", "code"),
    [
        (0.25, 0.01, 0.49, Severity.LENIENT),
        (0.24, 0.01, 0.47, Severity.UNSURE),
        (0.25, 0.00, 0.50, Severity.UNSURE),
        (-0.25, -0.49, -0.01, Severity.SEVERE),
        (-0.24, -0.47, -0.01, Severity.UNSURE),
        (-0.25, -0.50, 0.00, Severity.UNSURE),
        (0.0, -0.25, 0.25, Severity.IN_LINE),
        (0.0, -0.26, 0.25, Severity.UNSURE),
        (0.0, -0.25, 0.26, Severity.UNSURE),
        # Surely above nothing, and surely no more than a quarter of a point: in line.
        (0.1, 0.05, 0.15, Severity.IN_LINE),
        (0.25, 0.25, 0.25, Severity.LENIENT),
    ],
)
def test_a_lean_of_a_quarter_of_a_point_has_a_name(
    value: float, low: float, high: float, code: Severity
) -> None:
    assert severity_of(figure(value, low, high)) is code


@pytest.mark.parametrize(
    ("value", "low", "high", "code"),
    [
        (0.80, 0.61, 0.99, Centrality.NARROW),
        (0.81, 0.63, 0.99, Centrality.UNSURE),
        (0.80, 0.60, 1.00, Centrality.UNSURE),
        (1.25, 1.01, 1.49, Centrality.WIDE),
        (1.24, 1.01, 1.47, Centrality.UNSURE),
        (1.25, 1.00, 1.50, Centrality.UNSURE),
        (1.0, 0.80, 1.25, Centrality.IN_LINE),
        (1.0, 0.79, 1.25, Centrality.UNSURE),
        (1.0, 0.80, 1.26, Centrality.UNSURE),
        (0.9, 0.85, 0.95, Centrality.IN_LINE),
    ],
)
def test_four_fifths_of_the_width_are_narrow_and_five_quarters_wide(
    value: float, low: float, high: float, code: Centrality
) -> None:
    assert centrality_of(figure(value, low, high)) is code


@pytest.mark.parametrize(
    ("value", "low", "high", "code"),
    [
        (0.35, 0.00, 0.79, Halo.UNRELATED),
        (0.40, 0.00, 0.80, Halo.FLATTENED),
        (0.40, 0.01, 0.79, Halo.FLATTENED),
        (-0.50, -0.90, -0.10, Halo.UNRELATED),
        (0.80, 0.61, 0.99, Halo.FLATTENED),
        (0.81, 0.63, 0.99, Halo.UNSURE),
        (0.80, 0.60, 1.00, Halo.UNSURE),
        (0.90, 0.80, 1.00, Halo.IN_LINE),
        (0.90, 0.79, 1.01, Halo.UNSURE),
        (0.50, -0.10, 1.10, Halo.UNSURE),
        (1.60, 1.40, 1.80, Halo.EXAGGERATED),
        (1.25, 1.01, 1.49, Halo.EXAGGERATED),
        (1.24, 1.01, 1.47, Halo.UNSURE),
        (1.25, 1.00, 1.50, Halo.UNSURE),
        (1.00, 0.80, 1.25, Halo.IN_LINE),
        (1.00, 0.80, 1.26, Halo.UNSURE),
    ],
)
def test_a_slope_within_meetings_is_flat_at_four_fifths_steep_at_five_quarters_or_unrelated(
    value: float, low: float, high: float, code: Halo
) -> None:
    assert halo_of(figure(value, low, high)) is code


@pytest.mark.parametrize(
    ("value", "low", "high", "code"),
    [
        (0.5, 0.3, 0.75, Inconsistency.IN_LINE),
        (0.5, 0.3, 0.76, Inconsistency.UNSURE),
        (0.9, 0.75, 1.1, Inconsistency.ERRATIC),
        (0.9, 0.74, 1.1, Inconsistency.UNSURE),
    ],
)
def test_scatter_of_three_quarters_of_a_point_is_erratic(
    value: float, low: float, high: float, code: Inconsistency
) -> None:
    assert inconsistency_of(figure(value, low, high)) is code


READERS: tuple[Callable[[Statistic], StrEnum], ...] = (
    severity_of,
    centrality_of,
    halo_of,
    inconsistency_of,
)


@pytest.mark.parametrize("read", READERS)
def test_without_a_figure_nothing_is_known_and_without_an_interval_nothing_is_sure(
    read: Callable[[Statistic], StrEnum],
) -> None:
    assert read(NONE) == "unknown"
    assert read(BARE) == "unsure"


@pytest.mark.parametrize("read", READERS)
@settings(max_examples=40)
@given(
    value=st.floats(-2.0, 2.0),
    below=st.floats(0.0, 1.0),
    above=st.floats(0.0, 1.0),
    more_below=st.floats(0.0, 1.0),
    more_above=st.floats(0.0, 1.0),
)
def test_a_wider_interval_never_makes_sure_what_was_unsure(
    read: Callable[[Statistic], StrEnum],
    value: float,
    below: float,
    above: float,
    more_below: float,
    more_above: float,
) -> None:
    low, high = value - below, value + above
    if read(figure(value, low, high)) == "unsure":
        assert read(figure(value, low - more_below, high + more_above)) == "unsure"


@settings(max_examples=40)
@given(st.floats(-2.0, 2.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_who_mirrors_the_scale_turns_lenient_into_severe(
    value: float, below: float, above: float
) -> None:
    turned = {Severity.LENIENT: Severity.SEVERE, Severity.SEVERE: Severity.LENIENT}
    there = severity_of(figure(value, value - below, value + above))
    back = severity_of(figure(-value, -value - above, -value + below))
    assert back is turned.get(there, there)


def use(count: int, expected: int, difference: Statistic = NONE, category: int = 1) -> CategoryUse:
    return CategoryUse(category, count, expected, difference)


class TestScaleUse:
    def test_a_point_the_consensus_gives_once_in_twenty_is_one_to_give(self) -> None:
        table = (use(20, 19, BARE, 0), use(0, 1, BARE, 4))
        found = scale_use_of(table)
        assert (found.code, found.categories) == (ScaleUse.NEVER_USED, (4,))
        rarer = (use(21, 20, BARE, 0), use(0, 1, BARE, 4))
        assert scale_use_of(rarer).code is ScaleUse.IN_LINE

    def test_a_point_given_once_is_not_one_never_given(self) -> None:
        assert scale_use_of((use(19, 10, BARE, 0), use(1, 10, BARE, 4))).code is ScaleUse.IN_LINE

    @pytest.mark.parametrize(
        ("difference", "code"),
        [
            (figure(0.10, 0.01, 0.19), ScaleUse.OVERUSED),
            (figure(0.09, 0.01, 0.17), ScaleUse.IN_LINE),
            (figure(0.10, 0.00, 0.20), ScaleUse.IN_LINE),
            (BARE, ScaleUse.IN_LINE),
            (figure(-0.30, -0.40, -0.20), ScaleUse.IN_LINE),
        ],
    )
    def test_a_point_given_a_tenth_more_often_is_overused(
        self, difference: Statistic, code: ScaleUse
    ) -> None:
        found = scale_use_of((use(10, 5, difference, 3), use(10, 15, BARE, 2)))
        assert found.code is code
        assert found.categories == ((3,) if code is ScaleUse.OVERUSED else ())

    def test_what_is_never_given_is_said_before_what_is_given_too_often(self) -> None:
        table = (use(20, 10, figure(0.5, 0.3, 0.7), 2), use(0, 10, BARE, 4))
        found = scale_use_of(table)
        assert (found.code, found.categories, found.table) == (ScaleUse.NEVER_USED, (4,), table)

    def test_several_points_are_named_in_the_order_of_the_scale(self) -> None:
        much = figure(0.2, 0.1, 0.3)
        table = (use(5, 5, much, 0), use(5, 5, BARE, 1), use(5, 5, much, 4))
        assert scale_use_of(table).categories == (0, 4)
        never = (use(0, 5, BARE, 0), use(5, 5, BARE, 1), use(0, 5, BARE, 4))
        assert scale_use_of(never).categories == (0, 4)

    def test_where_nothing_was_jointly_rated_nothing_is_known(self) -> None:
        table = (use(0, 0, NONE, 0), use(0, 0, NONE, 1))
        assert scale_use_of(table).code is ScaleUse.UNKNOWN
        assert scale_use_of(()).code is ScaleUse.UNKNOWN


def rateability(
    difference: Statistic, *, own: int = 10, consensus: int = 10, both: int = 0
) -> Rateability:
    found = not_rateable_use_of(
        cells=100, count=own, reference_count=consensus, both=both, difference=difference
    )
    assert found.difference is difference
    return found.code


@pytest.mark.parametrize(
    ("value", "low", "high", "code"),
    [
        (0.05, 0.01, 0.09, Rateability.MORE),
        (0.05, 0.00, 0.10, Rateability.UNSURE),
        (0.04, 0.01, 0.07, Rateability.UNSURE),
        (-0.05, -0.09, -0.01, Rateability.LESS),
        (-0.05, -0.10, 0.00, Rateability.UNSURE),
        (-0.04, -0.07, -0.01, Rateability.UNSURE),
        (0.0, -0.06, 0.05, Rateability.UNSURE),
        (0.0, -0.05, 0.06, Rateability.UNSURE),
        (0.0, -0.05, 0.05, Rateability.ELSEWHERE),
    ],
)
def test_not_rateable_a_twentieth_more_or_less_often_has_a_name(
    value: float, low: float, high: float, code: Rateability
) -> None:
    assert rateability(figure(value, low, high)) is code


def test_as_often_but_elsewhere_begins_beyond_five_in_a_hundred() -> None:
    level = figure(0.0, -0.05, 0.05)
    assert rateability(level, own=3, consensus=3, both=0) is Rateability.ELSEWHERE  # six apart
    assert rateability(level, own=5, consensus=4, both=2) is Rateability.IN_LINE  # five apart
    assert rateability(level, own=9, consensus=9, both=9) is Rateability.IN_LINE
    assert rateability(BARE, own=9, consensus=9, both=9) is Rateability.IN_LINE
    assert rateability(BARE, own=9, consensus=9, both=8) is Rateability.UNSURE
    assert rateability(NONE, own=0, consensus=0) is Rateability.UNKNOWN


@pytest.mark.parametrize(
    ("bias", "mae", "found"),
    [
        (0.26, 0.26, Direction.LENIENT),
        (0.25, 0.25, Direction.EVEN),
        (-0.26, 0.26, Direction.SEVERE),
        (-0.25, 0.74, Direction.EVEN),
        (0.25, 0.75, Direction.BOTH_WAYS),
        (0.0, 0.74, Direction.EVEN),
        (2.0, 2.0, Direction.LENIENT),
        (None, 1.0, Direction.UNKNOWN),
        (1.0, None, Direction.UNKNOWN),
    ],
)
def test_an_item_leans_beyond_a_quarter_of_a_point_and_is_missed_both_ways_at_three_quarters(
    bias: float | None, mae: float | None, found: Direction
) -> None:
    assert direction(bias, mae) is found


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        (sentences.SEVERITY, Severity),
        (sentences.CENTRALITY, Centrality),
        (sentences.HALO, Halo),
        (sentences.INCONSISTENCY, Inconsistency),
        (sentences.ITEM_KINDS, Direction),
    ],
)
def test_every_code_has_a_sentence_of_its_own(
    said: dict[StrEnum, str], codes: type[StrEnum]
) -> None:
    assert set(said) == set(codes)
    assert len(set(said.values())) == len(codes)


@pytest.mark.parametrize(
    ("code", "categories", "sentence"),
    [
        (ScaleUse.NEVER_USED, (0.0, 4.0), "Never gives 0, 4, which the reference does give."),
        (ScaleUse.OVERUSED, (2.5,), "Gives 2.5 clearly more often than the reference."),
        (ScaleUse.IN_LINE, (), "Gives each scale point about as often as the reference."),
        (ScaleUse.UNKNOWN, (), "There is nothing to compare."),
    ],
)
def test_the_sentence_names_the_scale_points_as_people_write_them(
    code: ScaleUse, categories: tuple[float, ...], sentence: str
) -> None:
    assert sentences.scale_use_sentence(code, categories) == sentence
