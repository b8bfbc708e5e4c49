"""Where a control chart draws its line, what it then says, and the ends of what it takes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.psychometrics.drift.charts import (
    Baseline,
    CusumChart,
    Drift,
    DriftError,
    ErrorKind,
    EwmaChart,
    average_run_length_cusum,
    average_run_length_ewma,
    change_from_baseline,
    cusum_chart,
    decision_interval_for,
    ewma_chart,
)
from training.psychometrics.drift.results import LONGEST_RUN, RunLengths
from training.psychometrics.statistic import Reason

# Errors in standard deviations, so that a slack of half and a limit of four are exact numbers.
STANDARD = Baseline(0.0, 1.0)

Errors = list[float | None]


def place_and_beginning(chart: CusumChart | EwmaChart) -> tuple[int, int] | None:
    return chart.signal and (chart.signal.vignette, chart.signal.change_point)


# The line


@pytest.mark.parametrize(
    ("error", "upper", "signals"),
    [(4.5, 4.0, False), (4.5001, 4.0001, True), (-4.5, 0.0, False), (-4.5001, 0.0, True)],
)
def test_a_sum_at_the_limit_is_within_it(error: float, upper: float, signals: bool) -> None:
    chart = cusum_chart([error], STANDARD)
    assert chart.upper == pytest.approx((upper,))
    assert (chart.signal is not None) == signals


@pytest.mark.parametrize(
    ("error", "drift"),
    [(2.0, None), (2.001, Drift.MORE_LENIENT), (-2.0, None), (-2.001, Drift.MORE_SEVERE)],
)
def test_an_average_at_the_limit_is_within_it(error: float, drift: Drift | None) -> None:
    chart = ewma_chart([error], STANDARD, weight=1.0, width=2.0)
    assert (chart.lower_limit, chart.upper_limit) == (-2.0, 2.0)
    assert (chart.signal.drift if chart.signal else None) is drift


def test_the_first_signal_is_the_one_reported_and_the_sums_run_on() -> None:
    chart = cusum_chart([3.5, 3.5, 3.5, -9.0, -9.0], STANDARD)
    assert chart.upper == (3.0, 6.0, 9.0, 0.0, 0.0)
    assert chart.lower == (0.0, 0.0, 0.0, 8.5, 17.0)
    assert place_and_beginning(chart) == (1, 0)
    average = ewma_chart([3.5, 3.5, 3.5, -9.0, -9.0], STANDARD, weight=0.5, width=2.0)
    assert average.average == (1.75, 2.625, 3.0625, -2.96875, -5.984375)
    assert average.signal is not None
    assert average.signal.drift is Drift.MORE_LENIENT
    assert place_and_beginning(average) == (0, 0)


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([9.0], (0, 0)),
        ([0.0, 0.0, 9.0], (2, 2)),
        ([1.5, 0.0, 0.0, 2.5, 3.0], (4, 3)),  # the first sum ran out on the third vignette
        ([1.5, 1.5, 1.5, 1.5, 1.5], (4, 0)),  # it was never 0 since
        ([None, None, 9.0], (2, 2)),
        ([0.0, None, None, 2.5, None, 3.0], (5, 3)),
    ],
)
def test_a_change_began_with_the_first_vignette_after_the_sum_was_last_nought(
    errors: Errors, expected: tuple[int, int]
) -> None:
    assert place_and_beginning(cusum_chart(errors, STANDARD, decision_interval=4.0)) == expected


def test_an_average_dates_the_change_from_where_it_crossed_the_mean() -> None:
    """Averages with a weight of a half: -1, -.5, 0, .5, 1.25, 2.125; a limit of 2."""
    errors: Errors = [-2.0, 0.0, 0.5, 1.0, 2.0, 3.0]
    chart = ewma_chart(errors, STANDARD, weight=0.5, width=2.0 * math.sqrt(3.0))
    assert chart.upper_limit == pytest.approx(2.0)
    assert place_and_beginning(chart) == (5, 3)


def test_the_mean_of_the_baseline_is_taken_from_every_error() -> None:
    shifted = Baseline(0.25, 0.5)
    errors: Errors = [0.25, None, 1.25, 1.75]
    chart = cusum_chart(errors, shifted, reference_value=1.0, decision_interval=2.0)
    assert (chart.upper, chart.lower) == ((0.0, 0.0, 0.5, 1.5), (0.0, 0.0, 0.0, 0.0))
    assert chart.limit == 1.0
    average = ewma_chart(errors, shifted, weight=0.5, width=1.0)
    assert average.average == (0.25, 0.25, 0.75, 1.25)
    half = 0.5 * math.sqrt(1 / 3)
    assert (average.lower_limit, average.upper_limit) == pytest.approx((0.25 - half, 0.25 + half))


def test_a_lasting_change_is_dated_however_long_the_steady_time_before() -> None:
    """Half a standard deviation of noise to either side, then two up for good."""
    for steady in (0, 1, 10, 50):
        errors: Errors = [0.5 if place % 2 else -0.5 for place in range(steady)] + [2.0] * 4
        assert place_and_beginning(cusum_chart(errors, STANDARD)) == (steady + 2, steady)


@settings(max_examples=15)
@given(
    errors=st.lists(st.one_of(st.none(), st.floats(-5, 5)), max_size=12),
    more=st.lists(st.floats(-5, 5), max_size=5),
)
def test_what_comes_later_never_takes_a_signal_back(errors: Errors, more: list[float]) -> None:
    for chart in (cusum_chart, ewma_chart):
        sooner, later = chart(errors, STANDARD), chart([*errors, *more], STANDARD)
        if sooner.signal is not None:
            assert later.signal == sooner.signal
        elif later.signal is not None:
            assert later.signal.vignette >= len(errors)


# What is said


@pytest.mark.parametrize(
    ("kind", "up", "down"),
    [
        (ErrorKind.SIGNED, "more lenient", "more severe"),
        (ErrorKind.ABSOLUTE, "less accurate", "more accurate"),
    ],
)
def test_each_kind_of_error_has_its_own_words(kind: ErrorKind, up: str, down: str) -> None:
    for chart in (cusum_chart, ewma_chart):
        for errors, words in (([0.0, 9.0], up), ([0.0, -9.0], down)):
            sentence = chart(errors, STANDARD, kind=kind).sentence
            assert sentence.startswith(
                f"Signal at vignette 2: {words} than before, probably since vignette 2. A rater"
            )


def test_one_vignette_is_not_vignettes() -> None:
    assert cusum_chart([], STANDARD).sentence.startswith("No signal in 0 vignettes. ")
    assert cusum_chart([0.0], STANDARD).sentence.startswith("No signal in 1 vignette. ")
    assert ewma_chart([0.0, None], STANDARD).sentence.startswith("No signal in 2 vignettes. ")


@pytest.mark.parametrize(
    ("lengths", "words"),
    [
        ((9.94, 0.5, 1.0), "once in 9.9 vignettes on average; a change by 0.5 points is flagged "),
        ((9.96, 0.5, 1.0), "once in 10 vignettes"),
        ((10.4, 1.0, 9.25), "once in 10 vignettes on average; a change by 1 point is flagged "),
        ((999_999.0, 2.0, 9.25), "once in 999999 vignettes"),
        ((1_000_000.0, 2.0, 9.25), "once in a million or more vignettes"),
        ((LONGEST_RUN, 2.0, LONGEST_RUN), "after a million or more."),
    ],
)
def test_run_lengths_are_rounded_as_far_as_they_can_be_trusted(
    lengths: tuple[float, float, float], words: str
) -> None:
    sentence = RunLengths(*lengths, None).sentence
    assert words in sentence
    assert "baseline" not in sentence
    assert RunLengths(*lengths, 5.25).sentence == (
        f"{sentence} If the baseline is off by its standard error, false signals come once in 5.2."
    )


def test_a_chart_as_plain_values() -> None:
    baseline = Baseline(0.5, 1.0, 4)
    chart = cusum_chart([9.5], baseline, kind=ErrorKind.ABSOLUTE, shift=2.0).as_dict()
    average = ewma_chart([9.5], baseline, kind=ErrorKind.ABSOLUTE, weight=1.0, width=3.0).as_dict()
    for plain in (chart, average):
        assert plain["kind"] == "absolute"
        assert plain["baseline"] == {"mean": 0.5, "standard_deviation": 1.0, "vignettes": 4}
        assert plain["signal"] == {"vignette": 0, "drift": "less_accurate", "change_point": 0}
        assert plain["sentence"].startswith("Signal at vignette 1: less accurate than before")
    assert (chart["chart"], chart["upper"], chart["lower"]) == ("cusum", [8.5], [0.0])
    assert (chart["reference_value"], chart["decision_interval"], chart["limit"]) == (0.5, 4.0, 4.0)
    assert chart["run_lengths"] == {
        "in_control": average_run_length_cusum(0.5, 4.0),
        "shift": 2.0,
        "at_shift": average_run_length_cusum(0.5, 4.0, shift=2.0),
        "if_baseline_is_off": average_run_length_cusum(0.5, 4.0, shift=0.5),
    }
    assert (average["chart"], average["average"]) == ("ewma", [9.5])
    assert (average["weight"], average["width"]) == (1.0, 3.0)
    assert (average["lower_limit"], average["upper_limit"]) == (-2.5, 3.5)
    assert average["run_lengths"] == {
        "in_control": average_run_length_ewma(1.0, 3.0),
        "shift": 0.5,
        "at_shift": average_run_length_ewma(1.0, 3.0, shift=0.5),
        "if_baseline_is_off": average_run_length_ewma(1.0, 3.0, shift=0.5),
    }


def test_a_rater_who_hardly_varies_is_flagged_at_once_when_they_change() -> None:
    """Half a point is five hundred of her standard deviations; nothing is sooner than at once."""
    hardly = Baseline(0.0, 0.001)
    assert cusum_chart([], hardly).run_lengths.at_shift == pytest.approx(1.0)
    assert ewma_chart([], hardly).run_lengths.at_shift == pytest.approx(1.0)
    assert cusum_chart([], Baseline(0.0, 0.5)).run_lengths.at_shift == pytest.approx(
        average_run_length_cusum(0.5, 4.0, shift=1.0)
    )


# The ends of what is taken


def test_errors_may_be_as_large_as_scores_can_differ_and_no_larger() -> None:
    assert cusum_chart([1e6, -1e6], STANDARD).signal is not None
    assert Baseline(-1e6, 1e6).mean == -1e6
    for error in (1_000_001.0, -1_000_001.0):
        for chart in (cusum_chart, ewma_chart):
            with pytest.raises(ValueError, match=r"errors must lie within 1e\+06, not"):
                chart([0.0, error], STANDARD)
        with pytest.raises(ValueError, match="errors must lie within"):
            change_from_baseline([0.0, 1.0], [error])
        with pytest.raises(ValueError, match="mean must lie within"):
            Baseline(error, 1.0)
    with pytest.raises(ValueError, match="standard_deviation must lie within"):
        Baseline(0.0, 1_000_001.0)


def test_a_baseline_takes_two_vignettes_that_differ() -> None:
    assert Baseline(0.0, 1.0, 2).vignettes == 2
    assert Baseline.of([0.0, None, 1.0]) == Baseline(0.5, math.sqrt(0.5), 2)
    assert Baseline(0.0, 2e-9).standard_deviation == 2e-9
    for none in (0.0, 1e-9, -0.5):
        with pytest.raises(DriftError, match="state the standard deviation"):
            Baseline(0.0, none)
    with pytest.raises(DriftError, match="rate more of them first"):
        Baseline(0.0, 1.0, 1)


@pytest.mark.parametrize(
    ("taken", "refused"),
    [
        (
            lambda: average_run_length_cusum(50.0, 1.0),
            lambda: average_run_length_cusum(50.1, 1.0),
        ),
        (lambda: average_run_length_cusum(0.5, 50.0), lambda: average_run_length_cusum(0.5, 50.1)),
        (
            lambda: average_run_length_cusum(0.5, 4.0, shift=-50.0),
            lambda: average_run_length_cusum(0.5, 4.0, shift=-50.1),
        ),
        (lambda: average_run_length_ewma(0.01, 2.0), lambda: average_run_length_ewma(0.0099, 2.0)),
        (lambda: average_run_length_ewma(1.0, 10.0), lambda: average_run_length_ewma(1.0, 10.1)),
        (
            lambda: average_run_length_ewma(1.0, 3.0, shift=50.0),
            lambda: average_run_length_ewma(1.0, 3.0, shift=50.1),
        ),
        (
            lambda: cusum_chart([], STANDARD, shift=1e6).run_lengths.at_shift,
            lambda: cusum_chart([], STANDARD, shift=1e6 + 1),
        ),
    ],
)
def test_the_ends_are_within_and_what_lies_beyond_is_refused(
    taken: object, refused: object
) -> None:
    assert 1.0 <= taken() <= LONGEST_RUN  # type: ignore[operator]
    with pytest.raises(ValueError, match="must"):
        refused()  # type: ignore[operator]


def test_an_upward_change_is_the_business_of_the_upper_sum() -> None:
    one_sided = {
        shift: average_run_length_cusum(0.5, 4.0, shift=shift, two_sided=False)
        for shift in (-1.0, 0.0, 1.0)
    }
    assert one_sided[1.0] < one_sided[0.0] < one_sided[-1.0]
    both = average_run_length_cusum(0.5, 4.0, shift=1.0)
    assert 1 / both == pytest.approx(1 / one_sided[1.0] + 1 / one_sided[-1.0])
    # The other side never signals any more.
    assert average_run_length_cusum(0.5, 4.0, shift=-5.0, two_sided=False) == LONGEST_RUN
    assert average_run_length_cusum(0.5, 4.0, shift=5.0) == (
        average_run_length_cusum(0.5, 4.0, shift=5.0, two_sided=False)
    )
    assert average_run_length_cusum(0.5, 50.0) == LONGEST_RUN


def test_one_side_alone_needs_a_nearer_limit_for_the_same_run_length() -> None:
    one, both = decision_interval_for(200, two_sided=False), decision_interval_for(200)
    assert one < both
    assert average_run_length_cusum(0.5, one, two_sided=False) == pytest.approx(200)


# The change from a baseline


def test_two_vignettes_on_either_side_are_enough_for_an_interval() -> None:
    """Welch with 1 and 1: equal variances give two degrees of freedom, t(.975) = 4.3027."""
    change = change_from_baseline([0.0, 1.0], [2.0, None, 3.0, math.nan])
    assert (change.value, change.n) == (2.0, 4)
    assert change.standard_error == pytest.approx(math.sqrt(0.5))
    assert change.high == pytest.approx(2 + 4.3027 * math.sqrt(0.5), abs=1e-4)
    assert change.low == pytest.approx(2 - 4.3027 * math.sqrt(0.5), abs=1e-4)
    assert change.method == "Welch's t over vignettes"


def test_without_an_interval_the_vignettes_are_counted_all_the_same() -> None:
    alike = change_from_baseline([0.25, 0.25], [0.5, None, 0.5])
    assert (alike.value, alike.n) == (0.25, 4)
    assert alike.undefined is not None
    assert alike.undefined.message.startswith("The errors do not vary")
    one = change_from_baseline([0.25], [0.5])
    assert (one.value, one.n) == (0.25, 2)
    assert one.undefined is not None
    assert one.undefined.reason is Reason.TOO_FEW_UNITS
    none = change_from_baseline([None], [0.5, 1.0, 2.0])
    assert (none.value, none.n) == (None, 3)


@settings(max_examples=25)
@given(
    before=st.lists(st.integers(-4, 4).map(float), min_size=2, max_size=8),
    after=st.lists(st.integers(-4, 4).map(float), min_size=2, max_size=8),
)
def test_the_way_back_is_the_same_change_with_the_sign_turned(
    before: list[float], after: list[float]
) -> None:
    there, back = change_from_baseline(before, after), change_from_baseline(after, before)
    assert there.value is not None
    assert back.value == pytest.approx(-there.value)
    assert there.has_interval == back.has_interval
    if there.low is not None:
        assert back.high == pytest.approx(-there.low)
        assert back.standard_error == pytest.approx(there.standard_error)
