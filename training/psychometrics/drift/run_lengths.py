"""How long a control chart runs before it signals: average run lengths, and limits to match.

Observations are taken as independent and normal, in standard deviations of the steady state;
`shift` is how far their mean has moved, 0 = steady ("in control"). A run length counts
observations up to and including the first beyond the limit, from a chart at rest.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.psychometrics.arrays import FloatArray
from training.psychometrics.drift.results import LONGEST_RUN

SMALLEST_WEIGHT = 0.01
"""An average that weighs the latest observation less than this never notices anything."""

MOST_DEVIATIONS = 50.0
"""Limits and reference values beyond so many standard deviations are mistakes."""

WIDEST = 10.0
"""An average never strays so many of its standard deviations from the centre by chance."""

NARROWEST = 0.01
"""The smallest limit that is looked for; hardly any observation lies within it."""

_STATES = 40
_STATES_EWMA = 51


def average_run_length_cusum(
    reference_value: float, decision_interval: float, *, shift: float = 0.0, two_sided: bool = True
) -> float:
    """Average run length of the tabular CUSUM, 1 to `LONGEST_RUN`.

    reference_value    k >= 0, the slack per observation, in standard deviations.
    decision_interval  h > 0, beyond it a sum signals, in standard deviations.
    shift              of the mean, in standard deviations; upwards is positive.
    two_sided          False: the upper sum alone.

    One side is a Markov chain over slices of 0 to h (Brook & Evans 1972); two sizes of it are
    extrapolated to slices of no width. Both sides together: 1 / ARL = 1 / ARL+ + 1 / ARL- (Kemp
    1961; Montgomery 2013, section 9.1).
    """
    _check_within("reference_value", reference_value, 0.0)
    _check_above("decision_interval", decision_interval, MOST_DEVIATIONS)
    _check_within("shift", shift, -MOST_DEVIATIONS)
    upper = _one_sided(reference_value, decision_interval, shift)
    if not two_sided:
        return upper
    lower = _one_sided(reference_value, decision_interval, -shift)
    # The side that never signals takes no part.
    rate = sum(1.0 / length for length in (upper, lower) if length < LONGEST_RUN)
    return 1.0 / min(rate, 1.0) if rate else LONGEST_RUN


def average_run_length_ewma(weight: float, width: float, *, shift: float = 0.0) -> float:
    """Average run length of the two-sided EWMA with constant limits, 1 to `LONGEST_RUN`.

    weight  lambda, of the latest observation, `SMALLEST_WEIGHT` to 1; 1 is a Shewhart chart.
    width   L, above 0, at most `WIDEST`: the limits are at L sqrt(lambda / (2 - lambda)), which
            is L asymptotic standard deviations of the average.
    shift   of the mean, in standard deviations.

    A Markov chain over slices between the limits, two sizes of it extrapolated to slices of no
    width (Lucas & Saccucci 1990).
    """
    if not SMALLEST_WEIGHT <= weight <= 1.0:
        raise ValueError(f"weight must lie between {SMALLEST_WEIGHT} and 1, not {weight!r}")
    _check_above("width", width, WIDEST)
    _check_within("shift", shift, -MOST_DEVIATIONS)
    # A small weight makes small steps, which only narrow slices can tell apart; an odd number
    # has a slice with the centre in its middle.
    states = 2 * int(_STATES_EWMA / 2 + width / np.sqrt(weight)) + 1
    coarse = _run_length(_ewma_transitions(weight, width, shift, states), states // 2)
    states_fine = 2 * states + 1
    fine = _run_length(_ewma_transitions(weight, width, shift, states_fine), states_fine // 2)
    return _extrapolated(coarse, fine, 1.0 / states, 1.0 / states_fine)


def decision_interval_for(
    run_length: float, *, reference_value: float = 0.5, two_sided: bool = True
) -> float:
    """The h that gives a CUSUM this average run length in control.

    Raises ValueError where no h up to 50 does: even a chart without any interval waits for a
    first observation beyond the slack, and one without any slack soon wanders off.
    """
    _check_within("reference_value", reference_value, 0.0)
    return _limit_for(
        run_length,
        lambda limit: average_run_length_cusum(reference_value, limit, two_sided=two_sided),
        MOST_DEVIATIONS,
    )


def width_for(run_length: float, *, weight: float = 0.2) -> float:
    """The L that gives an EWMA this average run length in control; ValueError where none does."""
    return _limit_for(run_length, lambda limit: average_run_length_ewma(weight, limit), WIDEST)


def _limit_for(run_length: float, average: Callable[[float], float], widest: float) -> float:
    from scipy.optimize import brentq

    shortest, longest = average(NARROWEST), min(average(widest), LONGEST_RUN / 1000.0)
    if not shortest < run_length < longest:
        raise ValueError(
            f"run_length must lie between {shortest:.2f} and {longest:g}, not {run_length!r}"
        )
    low, high = NARROWEST, 1.0
    while high < widest and average(high) < run_length:
        low, high = high, min(1.5 * high, widest)
    # Run lengths grow exponentially with the limit, their logarithms nearly along a line.
    return float(brentq(lambda limit: np.log(average(limit) / run_length), low, high, xtol=1e-9))


def _one_sided(reference_value: float, decision_interval: float, shift: float) -> float:
    states = int(_STATES + 2.0 * decision_interval)
    coarse, fine = (
        _run_length(_cusum_transitions(reference_value, decision_interval, shift, number), 0)
        for number in (states, 2 * states)
    )
    return _extrapolated(coarse, fine, 1.0 / (2 * states - 1), 1.0 / (4 * states - 1))


def _cusum_transitions(
    reference_value: float, decision_interval: float, shift: float, states: int
) -> FloatArray:
    """(states, states) probability of each next sum below h, from each sum below h.

    Sums are lumped to multiples of 2h / (2 states - 1); the first state is the sum 0, which
    takes in all that falls below it (Brook & Evans 1972).
    """
    from scipy import special

    slice_width = 2.0 * decision_interval / (2 * states - 1)
    sums = np.arange(states) * slice_width
    steps = sums[None, :] - sums[:, None] + reference_value - shift
    upper = special.ndtr(steps + slice_width / 2.0)
    transitions: FloatArray = upper - special.ndtr(steps - slice_width / 2.0)
    transitions[:, 0] = upper[:, 0]
    return transitions


def _ewma_transitions(weight: float, width: float, shift: float, states: int) -> FloatArray:
    """(states, states) probability of each next average within the limits, from each of them."""
    from scipy import special

    limit = width * np.sqrt(weight / (2.0 - weight))
    slice_width = 2.0 * limit / states
    averages = -limit + (np.arange(states) + 0.5) * slice_width
    needed = (averages[None, :] - (1.0 - weight) * averages[:, None]) / weight - shift
    half = slice_width / 2.0 / weight
    transitions: FloatArray = special.ndtr(needed + half) - special.ndtr(needed - half)
    return transitions


def _run_length(transitions: FloatArray, start: int) -> float:
    """Mean number of steps until the chain leaves: (I - Q) ARL = 1 (Brook & Evans 1972)."""
    try:
        lengths = np.linalg.solve(np.eye(len(transitions)) - transitions, np.ones(len(transitions)))
    except np.linalg.LinAlgError:
        # The chance of a signal is lost in rounding.
        return LONGEST_RUN
    length = float(lengths[start])
    return length if 0.0 < length < LONGEST_RUN else LONGEST_RUN


def _extrapolated(coarse: float, fine: float, coarse_width: float, fine_width: float) -> float:
    """To slices of no width, the error being proportional to the width squared (Richardson)."""
    if fine >= LONGEST_RUN:
        return LONGEST_RUN
    weight = fine_width**2 / (coarse_width**2 - fine_width**2)
    return min(max(fine + (fine - coarse) * weight, 1.0), LONGEST_RUN)


def _check_within(name: str, value: float, lowest: float) -> None:
    if not lowest <= value <= MOST_DEVIATIONS:
        raise ValueError(
            f"{name} must lie between {lowest:g} and {MOST_DEVIATIONS:g}, not {value!r}"
        )


def _check_above(name: str, value: float, highest: float) -> None:
    if not 0.0 < value <= highest:
        raise ValueError(f"{name} must be above 0 and at most {highest:g}, not {value!r}")
