"""Watching one rater over time: has the error changed since the rater was last known to be steady?

Two control charts and one comparison. The CUSUM finds when a lasting change began; the EWMA shows
the present level; `change_from_baseline` says how large the change is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, variance

import numpy as np

from training.psychometrics import distributions
from training.psychometrics.drift.results import (
    LARGEST_ERROR,
    SMALLEST_DEVIATION,
    Baseline,
    CusumChart,
    Drift,
    DriftError,
    ErrorKind,
    EwmaChart,
    RunLengths,
    Signal,
    checked_errors,
)
from training.psychometrics.drift.run_lengths import (
    MOST_DEVIATIONS,
    average_run_length_cusum,
    average_run_length_ewma,
    decision_interval_for,
    width_for,
)
from training.psychometrics.statistic import Reason, Statistic, Undefined

__all__ = [
    "Baseline",
    "CusumChart",
    "Drift",
    "DriftError",
    "ErrorKind",
    "EwmaChart",
    "RunLengths",
    "Signal",
    "average_run_length_cusum",
    "average_run_length_ewma",
    "change_from_baseline",
    "cusum_chart",
    "decision_interval_for",
    "ewma_chart",
    "width_for",
]

REFERENCE_VALUE = 0.5
"""k: half of the shift, in standard deviations, that is found fastest."""

DECISION_INTERVAL = 4.0
"""h: with k = 0.5 a false signal once in 168 vignettes on average (Lucas & Crosier 1982)."""

WEIGHT = 0.2
"""lambda: the latest vignette counts a fifth; small enough to see small changes."""

WIDTH = 2.57
"""L: with lambda = 0.2 about as many false signals as the CUSUM above."""

SHIFT_WORTH_NOTICING = 0.5
"""Half a scale point: the bias at which the standard's equivalence interval ends."""

WELCH = "Welch's t over vignettes"

UPWARD = {ErrorKind.SIGNED: Drift.MORE_LENIENT, ErrorKind.ABSOLUTE: Drift.LESS_ACCURATE}
DOWNWARD = {ErrorKind.SIGNED: Drift.MORE_SEVERE, ErrorKind.ABSOLUTE: Drift.MORE_ACCURATE}


def cusum_chart(
    errors: Sequence[float | None],
    baseline: Baseline,
    *,
    kind: ErrorKind = ErrorKind.SIGNED,
    reference_value: float = REFERENCE_VALUE,
    decision_interval: float = DECISION_INTERVAL,
    shift: float = SHIFT_WORTH_NOTICING,
) -> CusumChart:
    """Tabular CUSUM of errors in the order of time (Page 1954; Montgomery 2013, eqs. 9.2 and 9.3).

    upper_i = max(0, x_i - (mean + k sd) + upper_{i-1}), lower_i likewise downwards, from 0; the
    first sum above h sd is the signal. The change is taken to have begun with the first vignette
    after that sum was last 0 (Montgomery 2013, section 9.1). The sums run on after a signal.

    errors             mean d of each vignette for `ErrorKind.SIGNED`, mean |d| for `ABSOLUTE`,
                       in scale points; None or NaN leaves the sums as they were.
    reference_value    k, 0 to 50; half the shift, in standard deviations, to be found fastest.
    decision_interval  h, above 0, at most 50; `decision_interval_for` chooses it by run length.
    shift              a change worth noticing, in scale points, above 0.

    The run lengths hold for independent normal errors whose mean and standard deviation are
    known. Three things make them promises on paper:

    - An estimated baseline: what is off in it looks like drift for ever after. With few vignettes
      most raters' charts signal falsely much sooner than stated, some much later (Jones, Champ &
      Rigdon 2004; Jensen et al. 2006). `run_lengths.if_baseline_is_off` shows it for the mean
      alone; a standard deviation estimated too small comes on top.
    - Errors come in steps: the mean over m items has steps of 1 / m. Over a whole vignette this
      hardly matters; over one item the stated run length is a rough guide.
    - Absolute errors are skewed to the right, so false signals upwards come sooner.

    Raises ValueError for arguments out of range and for errors that are no numbers.
    """
    known = checked_errors(errors)
    _check_shift(shift)
    spread = baseline.standard_deviation
    run_lengths = _run_lengths(
        baseline,
        shift,
        [
            average_run_length_cusum(reference_value, decision_interval, shift=deviations)
            for deviations in _deviations(baseline, shift)
        ],
    )
    slack, limit = reference_value * spread, decision_interval * spread
    upper = _excess([None if x is None else x - baseline.mean - slack for x in known])
    lower = _excess([None if x is None else baseline.mean - slack - x for x in known])
    return CusumChart(
        kind=kind,
        baseline=baseline,
        reference_value=reference_value,
        decision_interval=decision_interval,
        limit=limit,
        upper=upper,
        lower=lower,
        signal=_first_signal(known, upper, lower, limit, kind),
        run_lengths=run_lengths,
    )


def ewma_chart(
    errors: Sequence[float | None],
    baseline: Baseline,
    *,
    kind: ErrorKind = ErrorKind.SIGNED,
    weight: float = WEIGHT,
    width: float = WIDTH,
    shift: float = SHIFT_WORTH_NOTICING,
) -> EwmaChart:
    """EWMA of errors in the order of time (Roberts 1959; Montgomery 2013, section 9.2).

    average_i = lambda x_i + (1 - lambda) average_{i-1}, from the baseline's mean; limits at mean
    +- L sd sqrt(lambda / (2 - lambda)), constant from the start as the run lengths suppose
    (Lucas & Saccucci 1990). The change is taken to have begun with the first vignette after the
    average last lay on the other side of the mean (Nishina 1992).

    weight  lambda, 0.01 to 1.
    width   L, above 0, at most 10; `width_for` chooses it by run length.

    Otherwise as `cusum_chart`, with the same reservations (Jones, Champ & Rigdon 2001).
    """
    known = checked_errors(errors)
    _check_shift(shift)
    run_lengths = _run_lengths(
        baseline,
        shift,
        [
            average_run_length_ewma(weight, width, shift=deviations)
            for deviations in _deviations(baseline, shift)
        ],
    )
    half = width * baseline.standard_deviation * math.sqrt(weight / (2.0 - weight))
    above_mean = _moving_average([None if x is None else x - baseline.mean for x in known], weight)
    upper = tuple(max(value, 0.0) for value in above_mean)
    lower = tuple(max(-value, 0.0) for value in above_mean)
    return EwmaChart(
        kind=kind,
        baseline=baseline,
        weight=weight,
        width=width,
        lower_limit=baseline.mean - half,
        upper_limit=baseline.mean + half,
        average=tuple(baseline.mean + value for value in above_mean),
        signal=_first_signal(known, upper, lower, half, kind),
        run_lengths=run_lengths,
    )


def change_from_baseline(
    before: Sequence[float | None], after: Sequence[float | None], *, confidence: float = 0.95
) -> Statistic:
    """Mean error after minus mean error before, in scale points, with Welch's interval.

    before, after  errors per vignette, mean d for a change of leniency or mean |d| for one of
                   accuracy; vignettes are the units. None or NaN = vignette without error.

    Welch (1947): t with Satterthwaite's degrees of freedom, the variances may differ. Vignettes
    rated before and after are taken as different ones. Undefined: a side without vignettes
    (`no_overlap`); without an interval: a side with only one (`too_few_units`), no variance on
    either side (`no_variance`). Raises ValueError for a confidence or an error out of range.
    """
    distributions.check_confidence(confidence)
    sides = [[x for x in checked_errors(side) if x is not None] for side in (before, after)]
    n = sum(len(side) for side in sides)
    if not all(sides):
        return _without_interval(None, n, Undefined.because(Reason.NO_OVERLAP))
    change = fmean(sides[1]) - fmean(sides[0])
    if min(len(side) for side in sides) < 2:
        return _without_interval(change, n, Undefined.because(Reason.TOO_FEW_UNITS))
    of_means = [variance(side) / len(side) for side in sides]
    error = math.sqrt(sum(of_means))
    if error <= SMALLEST_DEVIATION:
        message = "The errors do not vary, so there is nothing to make an interval of."
        return _without_interval(change, n, Undefined(Reason.NO_VARIANCE, message))
    shares = [of_mean / sum(of_means) for of_mean in of_means]
    freedom = 1.0 / sum(
        share**2 / (len(side) - 1) for share, side in zip(shares, sides, strict=True)
    )
    half = float(distributions.t_quantile((1.0 + confidence) / 2.0, np.array(freedom))) * error
    return Statistic(change, change - half, change + half, error, n, WELCH)


def _without_interval(value: float | None, n: int, undefined: Undefined) -> Statistic:
    return Statistic(value, None, None, None, n, WELCH, undefined)


def _check_shift(shift: float) -> None:
    if not 0.0 < shift <= LARGEST_ERROR:
        raise ValueError(f"shift must be above 0 and within {LARGEST_ERROR:g}, not {shift!r}")


def _deviations(baseline: Baseline, shift: float) -> list[float]:
    """In standard deviations: no shift, the one worth noticing, the baseline's standard error."""
    noticeable = min(shift / baseline.standard_deviation, MOST_DEVIATIONS)
    if baseline.vignettes is None:
        return [0.0, noticeable]
    return [0.0, noticeable, 1.0 / math.sqrt(baseline.vignettes)]


def _run_lengths(baseline: Baseline, shift: float, lengths: Sequence[float]) -> RunLengths:
    off = None if baseline.vignettes is None else lengths[2]
    return RunLengths(lengths[0], shift, lengths[1], off)


def _excess(steps: Sequence[float | None]) -> tuple[float, ...]:
    """Running sum of the steps that is never less than 0."""
    total, path = 0.0, []
    for step in steps:
        total = total if step is None else max(0.0, total + step)
        path.append(total)
    return tuple(path)


def _moving_average(values: Sequence[float | None], weight: float) -> tuple[float, ...]:
    average, path = 0.0, []
    for value in values:
        average = average if value is None else weight * value + (1.0 - weight) * average
        path.append(average)
    return tuple(path)


def _first_signal(
    errors: Sequence[float | None],
    upper: Sequence[float],
    lower: Sequence[float],
    limit: float,
    kind: ErrorKind,
) -> Signal | None:
    """The first place where one of two paths from 0 lies beyond the limit.

    What raises one path lowers the other, so they never pass the limit at the same place.
    """
    for place, (above, below) in enumerate(zip(upper, lower, strict=True)):
        if above > limit or below > limit:
            path, drift = (upper, UPWARD) if above > limit else (lower, DOWNWARD)
            return Signal(place, drift[kind], _change_point(errors, path, place))
    return None


def _change_point(errors: Sequence[float | None], path: Sequence[float], signal: int) -> int:
    """Place of the first vignette with an error after the path was last 0."""
    last = max((place for place in range(signal) if path[place] == 0.0), default=-1)
    return next(place for place in range(last + 1, signal + 1) if errors[place] is not None)
