"""Watching a rater over time: charts, their run lengths, and the change from a baseline."""

from __future__ import annotations

import json
import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.psychometrics.drift.charts import (
    DECISION_INTERVAL,
    REFERENCE_VALUE,
    WEIGHT,
    WIDTH,
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
    width_for,
)
from training.psychometrics.drift.results import LONGEST_RUN
from training.psychometrics.statistic import Reason

# The package warns about its own dependencies when it is imported.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import scipy.stats
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

STEADY = Baseline(0.0, 0.25)


# Lucas & Crosier (1982), Technometrics 24, 199-205, table 1: two-sided CUSUM, k = 0.5, h = 4,
# without head start.
LUCAS_CROSIER = [
    (0.0, 168, 0.5),
    (0.25, 74.2, 0.05),
    (0.5, 26.6, 0.05),
    (0.75, 13.3, 0.05),
    (1.0, 8.38, 0.005),
    (1.5, 4.75, 0.005),
    (2.0, 3.34, 0.005),
    (2.5, 2.62, 0.005),
    (3.0, 2.19, 0.005),
    (4.0, 1.71, 0.005),
    (5.0, 1.31, 0.005),
]


@pytest.mark.parametrize(("shift", "published", "rounding"), LUCAS_CROSIER)
def test_two_sided_cusum_against_lucas_and_crosier(
    shift: float, published: float, rounding: float
) -> None:
    computed = average_run_length_cusum(0.5, 4.0, shift=shift)
    assert computed == pytest.approx(published, abs=rounding)


# Brook & Evans (1972), Biometrika 59, 539-549, section 4.3, for k = 0.5 and h = 3; Vance (1986),
# Journal of Quality Technology 18, table 1, for k = 0 and h = 10 (computed otherwise, by
# quadrature of the integral equation).
@pytest.mark.parametrize(
    ("reference_value", "decision_interval", "shift", "published"),
    [
        (0.5, 3.0, 0.0, 117.59),
        (0.5, 3.0, 1.5, 3.75),
        (0.0, 10.0, 0.0, 124.66),
        (0.0, 10.0, 0.125, 59.30),
        (0.0, 10.0, 0.25, 36.71),
        (0.0, 10.0, 0.5, 20.37),
        (0.0, 10.0, 0.75, 14.06),
        (0.0, 10.0, 1.0, 10.75),
    ],
)
def test_one_sided_cusum_against_brook_and_evans_and_vance(
    reference_value: float, decision_interval: float, shift: float, published: float
) -> None:
    computed = average_run_length_cusum(
        reference_value, decision_interval, shift=shift, two_sided=False
    )
    assert computed == pytest.approx(published, abs=0.0061)


def by_the_integral_equation(
    reference_value: float, decision_interval: float, shift: float, nodes: int = 60
) -> float:
    """One-sided CUSUM by quadrature of Page's equation for the ARL from a sum s.

    L(s) = 1 + L(0) P(next <= 0) + integral from 0 to h of L(x) p(next = x) (Goel & Wu 1971).
    """
    roots, weights = np.polynomial.legendre.leggauss(nodes)
    at = np.concatenate([[0.0], (roots + 1) * decision_interval / 2])
    steps = at + reference_value - at[:, None] - shift
    kernel = scipy.stats.norm.pdf(steps)
    kernel[:, 1:] *= weights * decision_interval / 2
    kernel[:, 0] = scipy.stats.norm.cdf(steps[:, 0])
    return float(np.linalg.solve(np.eye(nodes + 1) - kernel, np.ones(nodes + 1))[0])


@pytest.mark.parametrize("shift", [-0.3, 0.0, 0.4, 2.0])
@pytest.mark.parametrize(
    ("reference_value", "decision_interval"),
    [(0.25, 8.0), (0.5, 1.0), (0.5, 4.0), (1.0, 2.5), (1.5, 1.61)],
)
def test_one_sided_cusum_against_the_integral_equation(
    reference_value: float, decision_interval: float, shift: float
) -> None:
    computed = average_run_length_cusum(
        reference_value, decision_interval, shift=shift, two_sided=False
    )
    expected = by_the_integral_equation(reference_value, decision_interval, shift)
    assert computed == pytest.approx(expected, rel=1e-4)


def test_two_sided_cusum_against_montgomery() -> None:
    """Montgomery (2013), Statistical Quality Control, table 9.3: k = 0.5, h = 5, ARL0 = 465."""
    assert average_run_length_cusum(0.5, 5.0) == pytest.approx(465, abs=0.5)
    assert average_run_length_cusum(0.5, 5.0, shift=1.0) == pytest.approx(10.4, abs=0.05)


# Lucas & Saccucci (1990), Technometrics 32, 1-12, table 3: constant limits.
@pytest.mark.parametrize(
    ("weight", "width", "lengths"),
    [
        (0.5, 3.071, {0: 500, 0.25: 255, 0.5: 88.8, 0.75: 35.9, 1: 17.5, 2: 3.63, 3: 1.93}),
        (0.03, 2.437, {0: 500, 0.25: 76.7, 0.5: 29.3, 0.75: 17.6, 1: 12.6, 2: 5.99, 5: 2.55}),
    ],
)
def test_ewma_against_lucas_and_saccucci(
    weight: float, width: float, lengths: dict[float, float]
) -> None:
    for shift, published in lengths.items():
        computed = average_run_length_ewma(weight, width, shift=shift)
        # Three digits are published.
        assert computed == pytest.approx(published, rel=3e-3), shift


# Crowder (1987), Technometrics 29, 401-407, table 1: L = 2, by the integral equation.
@pytest.mark.parametrize(
    ("weight", "lengths"),
    [
        (0.5, {0: 26.45, 0.25: 20.12, 0.5: 11.89, 1: 4.91, 2: 1.94, 4: 1.05}),
        (0.05, {0: 127.53, 0.25: 43.94, 0.5: 18.97, 1: 8.38, 2: 4.04, 4: 2.15}),
    ],
)
def test_ewma_against_crowder(weight: float, lengths: dict[float, float]) -> None:
    for shift, published in lengths.items():
        computed = average_run_length_ewma(weight, 2.0, shift=shift)
        assert computed == pytest.approx(published, abs=0.0055), shift


def test_ewma_against_the_function_of_sas() -> None:
    """SAS/QC user's guide, EWMAARL(1, 0.25, 3) = 11.154267016."""
    assert average_run_length_ewma(0.25, 3.0, shift=1.0) == pytest.approx(11.154267016, abs=1e-6)


def test_ewma_with_all_weight_on_the_latest_is_a_shewhart_chart() -> None:
    beyond = 2 * scipy.stats.norm.sf(3)
    assert average_run_length_ewma(1.0, 3.0) == pytest.approx(1 / beyond)
    shifted = scipy.stats.norm.sf(2) + scipy.stats.norm.cdf(-4)
    assert average_run_length_ewma(1.0, 3.0, shift=1.0) == pytest.approx(1 / shifted)


def test_run_lengths_against_counting_them() -> None:
    """10,000 runs each: the standard error of the mean is about 1 %."""
    for shift in (0.0, 0.7):
        random = np.random.default_rng(3)
        cusum, ewma = [], []
        upper, lower, average = (np.zeros(10_000) for _ in range(3))
        for step in range(1, 700):
            x = random.normal(shift, 1.0, 10_000)
            upper = np.maximum(0, upper + x - 0.5)
            lower = np.maximum(0, lower - x - 0.5)
            average = 0.3 * x + 0.7 * average
            # A run that has ended is put where it cannot end again.
            for ended, lengths in (
                (np.maximum(upper, lower) > 2.5, cusum),
                (np.abs(average) > 2.2 * math.sqrt(0.3 / 1.7), ewma),
            ):
                lengths += [step] * int(ended.sum())
                for path in (upper, lower) if lengths is cusum else (average,):
                    path[ended] = np.nan
        assert len(cusum) == len(ewma) == 10_000
        assert np.mean(cusum) == pytest.approx(
            average_run_length_cusum(0.5, 2.5, shift=shift), rel=0.03
        )
        assert np.mean(ewma) == pytest.approx(
            average_run_length_ewma(0.3, 2.2, shift=shift), rel=0.03
        )


# Crowder (1989), Journal of Quality Technology 21, 155-162: L for ARL0 = 250.
@pytest.mark.parametrize(
    ("weight", "published"), [(0.05, 2.32), (0.1, 2.55), (0.15, 2.65), (0.2, 2.72), (0.25, 2.76)]
)
def test_chosen_width_against_crowder(weight: float, published: float) -> None:
    assert width_for(250, weight=weight) == pytest.approx(published, abs=0.005)


# Hawkins (1993), Journal of Quality Technology 25, in Montgomery (2013), table 9.4: h for ARL0 =
# 370, that of three-sigma limits. (The table's 1.61 for k = 1.5 gives 376 by the integral equation
# above, and is left out.)
@pytest.mark.parametrize(
    ("reference_value", "published"),
    [(0.25, 8.01), (0.5, 4.77), (0.75, 3.34), (1.0, 2.52), (1.25, 1.99)],
)
def test_chosen_interval_against_hawkins(reference_value: float, published: float) -> None:
    computed = decision_interval_for(370.4, reference_value=reference_value)
    assert computed == pytest.approx(published, abs=0.0055)


@settings(max_examples=10)
@given(
    run_length=st.floats(5, 5000), reference_value=st.floats(0.1, 1.2), weight=st.floats(0.05, 1)
)
def test_a_chosen_limit_gives_the_wanted_run_length(
    run_length: float, reference_value: float, weight: float
) -> None:
    interval = decision_interval_for(run_length + 15, reference_value=reference_value)
    assert average_run_length_cusum(reference_value, interval) == pytest.approx(run_length + 15)
    width = width_for(run_length, weight=weight)
    assert average_run_length_ewma(weight, width) == pytest.approx(run_length)


@settings(max_examples=40)
@given(
    limit=st.floats(0.01, 10),
    shift=st.floats(-50, 50),
    slack=st.floats(0, 50),
    weight=st.floats(0.05, 1),
)
def test_any_run_length_is_a_number_and_has_no_side(
    limit: float, shift: float, slack: float, weight: float
) -> None:
    cusum = average_run_length_cusum(slack, limit, shift=shift)
    ewma = average_run_length_ewma(weight, limit, shift=shift)
    assert 1 <= cusum <= LONGEST_RUN
    assert 1 <= ewma <= LONGEST_RUN
    assert average_run_length_cusum(slack, limit, shift=-shift) == pytest.approx(cusum, rel=1e-3)
    assert average_run_length_ewma(weight, limit, shift=-shift) == pytest.approx(ewma, rel=1e-3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: average_run_length_cusum(-0.1, 4.0), "reference_value must lie between 0"),
        (lambda: average_run_length_cusum(0.5, 0.0), "decision_interval must be above 0"),
        (lambda: average_run_length_cusum(0.5, math.nan), "decision_interval must be above 0"),
        (lambda: average_run_length_cusum(0.5, 4.0, shift=math.inf), "shift must lie between -50"),
        (lambda: average_run_length_ewma(0.0, 3.0), "weight must lie between"),
        (lambda: average_run_length_ewma(1.5, 3.0), "weight must lie between"),
        (lambda: average_run_length_ewma(0.5, 11.0), "width must be above 0 and at most 10"),
        (lambda: decision_interval_for(1.0), "run_length must lie between 1.6"),
        (lambda: decision_interval_for(1e5, reference_value=0.0), "run_length must lie between"),
        (lambda: width_for(math.nan), "run_length must lie between"),
        (lambda: cusum_chart([0.1], STEADY, shift=0.0), "shift must be above 0"),
        (lambda: ewma_chart([math.inf], STEADY), "errors must lie within"),
        (lambda: Baseline(math.nan, 1.0), "mean must lie within"),
        (lambda: Baseline(0.0, math.inf), "standard_deviation must lie within"),
        (lambda: change_from_baseline([0.1], [0.2], confidence=1.0), "confidence must lie"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_the_shipped_limits_stop_a_steady_rater_equally_seldom() -> None:
    cusum = average_run_length_cusum(REFERENCE_VALUE, DECISION_INTERVAL)
    ewma = average_run_length_ewma(WEIGHT, WIDTH)
    assert cusum == pytest.approx(168, abs=0.5)
    assert ewma == pytest.approx(cusum, rel=0.02)


# Montgomery (2013), table 9.1: 20 observations with mean 10, then 10 with mean 11; table 9.2: its
# tabular CUSUM with K = 0.5, H = 5, which signals at period 29 with N+ = 7, so that the shift is
# taken to have happened between periods 22 and 23; example 9.2: its EWMA with lambda = 0.1, L =
# 2.7 and steady-state limits 9.38 and 10.62.
MONTGOMERY = [
    *(9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34),
    *(9.03, 11.47, 10.51, 9.40, 10.08, 9.37, 10.62, 10.31, 8.52, 10.84),
    *(10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52),
]
MONTGOMERY_UPPER = [
    *(0.0, 0.0, 0.0, 1.16, 2.82, 2.50, 0.04, 1.00, 0.0, 0.0),
    *(0.0, 0.97, 0.98, 0.0, 0.0, 0.0, 0.12, 0.0, 0.0, 0.34),
    *(0.74, 0.0, 1.79, 2.79, 2.89, 3.47, 3.35, 4.47, 5.28, 5.30),
]


def test_cusum_against_montgomery() -> None:
    chart = cusum_chart(MONTGOMERY, Baseline(10.0, 1.0), decision_interval=5.0)
    assert chart.upper == pytest.approx(MONTGOMERY_UPPER, abs=0.005)
    assert chart.lower[:3] == pytest.approx([0.05, 1.56, 1.77])
    assert chart.limit == 5.0
    assert chart.signal is not None
    assert (chart.signal.vignette, chart.signal.change_point) == (28, 22)


def test_ewma_against_montgomery() -> None:
    chart = ewma_chart(MONTGOMERY, Baseline(10.0, 1.0), weight=0.1, width=2.7)
    assert chart.average[:3] == pytest.approx([9.945, 9.7495, 9.70355])
    assert chart.average[-2:] == pytest.approx([10.6468, 10.6341], abs=5e-5)
    assert (chart.lower_limit, chart.upper_limit) == pytest.approx((9.38, 10.62), abs=0.005)
    assert chart.signal is not None
    assert chart.signal.vignette == 28


def test_ines_who_grows_lenient_is_noticed_and_the_beginning_found() -> None:
    errors = [0.1, -0.2, 0.0, 0.2, -0.1, 0.0, 0.5, 0.6, 0.4, 0.7]
    for chart in (cusum_chart(errors, STEADY), ewma_chart(errors, STEADY)):
        assert chart.signal is not None
        assert chart.signal.drift is Drift.MORE_LENIENT
        assert chart.signal.change_point == 6
        assert "more lenient than before, probably since vignette 7." in chart.sentence


def test_otto_who_grows_severe_is_the_same_seen_from_below() -> None:
    errors = [0.1, -0.2, 0.0, 0.2, -0.1, 0.0, 0.5, 0.6, 0.4, 0.7]
    up, down = cusum_chart(errors, STEADY), cusum_chart([-error for error in errors], STEADY)
    assert down.lower == up.upper
    assert down.upper == up.lower
    assert down.signal is not None
    assert down.signal.drift is Drift.MORE_SEVERE
    ewma = ewma_chart([-error for error in errors], STEADY)
    assert ewma.signal is not None
    assert ewma.signal.drift is Drift.MORE_SEVERE


def test_noor_grows_careless_without_leaning_to_either_side() -> None:
    before = [0.3, 0.4, 0.35, 0.25, 0.3, 0.45]
    absolute = [0.3, 0.35, 0.7, 0.8, 0.75]
    chart = cusum_chart(absolute, Baseline.of(before), kind=ErrorKind.ABSOLUTE)
    assert chart.signal is not None
    assert chart.signal.drift is Drift.LESS_ACCURATE
    assert chart.signal.change_point == 2
    better = ewma_chart([0.05] * 6, Baseline.of(before), kind=ErrorKind.ABSOLUTE)
    assert better.signal is not None
    assert better.signal.drift is Drift.MORE_ACCURATE


def test_asta_who_stays_as_she_was_is_left_alone() -> None:
    chart = cusum_chart([0.1, -0.2, 0.15, 0.0], STEADY)
    assert chart.signal is None
    assert chart.sentence == (
        "No signal in 4 vignettes. A rater who stays the same is flagged once in 168 vignettes on "
        "average; a change by 0.5 points is flagged after 3.3."
    )


def test_limits_so_wide_that_nobody_is_ever_stopped_are_not_given_a_figure() -> None:
    chart = cusum_chart([0.1], STEADY, decision_interval=20.0)
    assert "is flagged once in a million or more vignettes on average" in chart.sentence


def test_a_baseline_of_few_vignettes_is_owned_up_to() -> None:
    known, estimated = cusum_chart([], STEADY), cusum_chart([], Baseline(0.0, 0.25, 8))
    assert known.run_lengths.if_baseline_is_off is None
    expected = average_run_length_cusum(REFERENCE_VALUE, DECISION_INTERVAL, shift=8**-0.5)
    assert estimated.run_lengths.if_baseline_is_off == pytest.approx(expected)
    assert "off by its standard error, false signals come once in 47." in estimated.sentence


def test_vignettes_without_an_error_keep_their_place_but_change_nothing() -> None:
    errors = [0.1, None, 0.0, math.nan, 0.6, 0.6, None, 0.7, 0.8]
    chart = cusum_chart(errors, STEADY)
    assert chart.upper[1] == chart.upper[0]
    assert chart.signal is not None
    assert chart.signal.change_point == 4
    bare = cusum_chart([error for error in errors if error and not math.isnan(error)], STEADY)
    assert chart.upper[-1] == bare.upper[-1]


def test_no_vignette_no_signal() -> None:
    for chart in (cusum_chart([], STEADY), ewma_chart([None, None], STEADY)):
        assert chart.signal is None
        json.dumps(chart.as_dict(), allow_nan=False)


@pytest.mark.parametrize("errors", [[], [0.1], [0.1, None], [math.nan, math.nan]])
def test_a_baseline_of_one_vignette_is_none(errors: list[float | None]) -> None:
    with pytest.raises(DriftError, match="needs at least two vignettes"):
        Baseline.of(errors)


def test_a_baseline_without_variance_is_none() -> None:
    with pytest.raises(DriftError, match="cannot tell drift from chance"):
        Baseline.of([0.25, 0.25, 0.25])
    with pytest.raises(DriftError, match="at least two"):
        Baseline(0.0, 1.0, 1)


def test_a_baseline_is_mean_and_standard_deviation() -> None:
    baseline = Baseline.of([0.5, None, -0.25, 0.75])
    assert baseline.mean == pytest.approx(np.mean([0.5, -0.25, 0.75]))
    assert baseline.standard_deviation == pytest.approx(np.std([0.5, -0.25, 0.75], ddof=1))
    assert baseline.vignettes == 3


ERRORS = st.lists(st.one_of(st.none(), st.floats(-4, 4), st.just(math.nan)), max_size=25)


def charts(errors: list[float | None], baseline: Baseline) -> list[CusumChart | EwmaChart]:
    return [cusum_chart(errors, baseline), ewma_chart(errors, baseline)]


@settings(max_examples=40)
@given(
    errors=ERRORS,
    mean=st.floats(-2, 2),
    spread=st.floats(1e-6, 5),
    vignettes=st.one_of(st.none(), st.integers(2, 40)),
)
def test_any_errors_give_a_chart_that_is_json(
    errors: list[float | None], mean: float, spread: float, vignettes: int | None
) -> None:
    for chart in charts(errors, Baseline(mean, spread, vignettes)):
        plain = json.loads(json.dumps(chart.as_dict(), allow_nan=False))
        signal = plain["signal"]
        if signal is not None:
            assert 0 <= signal["change_point"] <= signal["vignette"] < len(errors)


@settings(max_examples=40)
@given(errors=ERRORS, factor=st.floats(0.1, 10), move=st.floats(-3, 3))
def test_charts_do_not_depend_on_the_unit_or_the_origin(
    errors: list[float | None], factor: float, move: float
) -> None:
    moved = [None if error is None else error * factor + move for error in errors]
    chart, other = cusum_chart(errors, STEADY), cusum_chart(moved, Baseline(move, 0.25 * factor))
    assert np.array(other.upper) == pytest.approx(np.array(chart.upper) * factor, abs=1e-9)


def test_the_change_against_statsmodels_and_scipy() -> None:
    random = np.random.default_rng(8)
    before, after = random.normal(0, 0.3, 9), random.normal(0.4, 0.5, 6)
    change = change_from_baseline(list(before), list(after), confidence=0.9)
    pair = CompareMeans(DescrStatsW(after), DescrStatsW(before))
    low, high = pair.tconfint_diff(alpha=0.1, usevar="unequal")
    assert change.value == pytest.approx(after.mean() - before.mean())
    assert (change.low, change.high) == pytest.approx((low, high))
    test = scipy.stats.ttest_ind(after, before, equal_var=False)
    assert change.value == pytest.approx(float(test.statistic) * (change.standard_error or 0.0))
    assert change.n == 15


@pytest.mark.parametrize(
    ("before", "after", "value", "reason"),
    [
        ([], [0.1, 0.2], None, Reason.NO_OVERLAP),
        ([0.1, 0.2], [None, math.nan], None, Reason.NO_OVERLAP),
        ([0.0], [0.5, 0.7], 0.6, Reason.TOO_FEW_UNITS),
        ([0.1, 0.2], [0.4], 0.25, Reason.TOO_FEW_UNITS),
        ([0.25, 0.25], [0.5, 0.5, 0.5], 0.25, Reason.NO_VARIANCE),
    ],
)
def test_a_change_without_an_interval_says_why(
    before: list[float | None],
    after: list[float | None],
    value: float | None,
    reason: Reason,
) -> None:
    change = change_from_baseline(before, after)
    assert change.value == (None if value is None else pytest.approx(value))
    assert not change.has_interval
    assert change.undefined is not None
    assert change.undefined.reason is reason


def test_a_side_without_variance_leaves_the_other_to_give_the_interval() -> None:
    change = change_from_baseline([0.25, 0.25, 0.25], [0.5, 0.75, 0.25, 0.5])
    half = scipy.stats.t.ppf(0.975, 3) * np.std([0.5, 0.75, 0.25, 0.5], ddof=1) / 2
    assert change.high == pytest.approx(0.25 + half)


@settings(max_examples=40)
@given(before=ERRORS, after=ERRORS)
def test_the_order_of_vignettes_does_not_matter_to_the_change(
    before: list[float | None], after: list[float | None]
) -> None:
    change, turned = (
        change_from_baseline(before, after),
        change_from_baseline(before[::-1], after[::-1]),
    )
    json.dumps(change.as_dict(), allow_nan=False)
    assert (change.value is None) == (turned.value is None)
    if change.value is not None:
        assert turned.value == pytest.approx(change.value, abs=1e-12)


def test_coverage_of_the_change() -> None:
    """2,000 raters with 8 vignettes before and 5 after: the interval holds the truth."""
    random = np.random.default_rng(21)
    held = 0
    for _ in range(2000):
        before, after = random.normal(0.1, 0.3, 8), random.normal(0.4, 0.5, 5)
        change = change_from_baseline(list(before), list(after))
        assert change.low is not None
        assert change.high is not None
        held += change.low <= 0.3 <= change.high
    assert 0.93 <= held / 2000 <= 0.97
