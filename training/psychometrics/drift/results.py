"""What watching a rater yields: baseline, charts, signals; frozen, and read without numpy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, stdev
from typing import Any

LONGEST_RUN = 1e9
"""Longer averages are given as this: nobody rates so many, and digits run out beyond it."""

LARGEST_ERROR = 1e6
"""Errors beyond this are no differences of scores."""

SMALLEST_DEVIATION = 1e-9
"""A smaller standard deviation is rounding."""


class ErrorKind(StrEnum):
    """Which error of a vignette is watched."""

    SIGNED = "signed"
    ABSOLUTE = "absolute"


class Drift(StrEnum):
    """What a signal means; lenient where high is good."""

    MORE_LENIENT = "more_lenient"
    MORE_SEVERE = "more_severe"
    LESS_ACCURATE = "less_accurate"
    MORE_ACCURATE = "more_accurate"


WORDS = {
    Drift.MORE_LENIENT: "more lenient",
    Drift.MORE_SEVERE: "more severe",
    Drift.LESS_ACCURATE: "less accurate",
    Drift.MORE_ACCURATE: "more accurate",
}


class DriftError(ValueError):
    """There is no baseline to hold a rater against; the sentence says what would be needed."""


def checked_errors(errors: Sequence[float | None]) -> list[float | None]:
    """Errors in their places, NaN as None; ValueError for what is infinite or beyond all scores."""
    for error in errors:
        if error is not None and abs(error) > LARGEST_ERROR:
            raise ValueError(f"errors must lie within {LARGEST_ERROR:g}, not {error!r}")
    return [None if error is None or math.isnan(error) else float(error) for error in errors]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The steady state that a rater is held against.

    mean                of the errors per vignette, in scale points; 0 for a target.
    standard_deviation  of the errors per vignette, in scale points, above 0.
    vignettes           how many these two were estimated from; None where they are given.

    `Baseline(0.0, 1.0)` takes errors that are standardised already. Raises DriftError for a
    standard deviation of 0, ValueError for what is no number.
    """

    mean: float
    standard_deviation: float
    vignettes: int | None = None

    def __post_init__(self) -> None:
        for name in ("mean", "standard_deviation"):
            if not abs(getattr(self, name)) <= LARGEST_ERROR:
                raise ValueError(
                    f"{name} must lie within {LARGEST_ERROR:g}, not {getattr(self, name)!r}"
                )
        if self.standard_deviation <= SMALLEST_DEVIATION:
            raise DriftError(
                "A baseline whose errors do not vary cannot tell drift from chance: take more "
                "vignettes into it, or state the standard deviation."
            )
        if self.vignettes is not None and self.vignettes < 2:
            raise DriftError("A baseline needs at least two vignettes: rate more of them first.")

    @classmethod
    def of(cls, errors: Sequence[float | None]) -> Baseline:
        """From the errors per vignette of a steady time; None or NaN = vignette without error.

        Raises DriftError where there are fewer than two or they do not vary.
        """
        known = [error for error in checked_errors(errors) if error is not None]
        if len(known) < 2:
            raise DriftError("A baseline needs at least two vignettes: rate more of them first.")
        return cls(fmean(known), stdev(known), len(known))

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "mean": self.mean,
            "standard_deviation": self.standard_deviation,
            "vignettes": self.vignettes,
        }


@dataclass(frozen=True, slots=True)
class Signal:
    """The first time that a chart left its limits.

    vignette      its place in the sequence of errors, from 0.
    drift         what it means.
    change_point  estimated place of the first vignette after the change, from 0.
    """

    vignette: int
    drift: Drift
    change_point: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "vignette": self.vignette,
            "drift": self.drift.value,
            "change_point": self.change_point,
        }


@dataclass(frozen=True, slots=True)
class RunLengths:
    """How many vignettes a chart runs on average before it signals.

    in_control           of a rater who stays the same: the vignettes between false signals.
    shift                a change worth noticing, in scale points.
    at_shift             after such a change.
    if_baseline_is_off   in control, if the baseline's mean is one standard error off; None where
                         the baseline is given rather than estimated.
    """

    in_control: float
    shift: float
    at_shift: float
    if_baseline_is_off: float | None

    @property
    def sentence(self) -> str:
        """In plain English, rounded."""
        points = "1 point" if f"{self.shift:g}" == "1" else f"{self.shift:g} points"
        text = (
            f"A rater who stays the same is flagged once in {_rounded(self.in_control)} vignettes "
            f"on average; a change by {points} is flagged after "
            f"{_rounded(self.at_shift)}."
        )
        if self.if_baseline_is_off is None:
            return text
        return (
            f"{text} If the baseline is off by its standard error, false signals come once in "
            f"{_rounded(self.if_baseline_is_off)}."
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "in_control": self.in_control,
            "shift": self.shift,
            "at_shift": self.at_shift,
            "if_baseline_is_off": self.if_baseline_is_off,
        }


@dataclass(frozen=True, slots=True)
class CusumChart:
    """Two-sided tabular CUSUM of a rater's errors.

    upper, lower       (vignettes,) sums of what exceeds the slack upwards and downwards, both at
                       least 0, in scale points.
    limit              a sum beyond it is a signal, in scale points.
    reference_value    k, the slack in baseline standard deviations.
    decision_interval  h, the limit in baseline standard deviations.
    signal             None where no sum went beyond the limit.
    """

    kind: ErrorKind
    baseline: Baseline
    reference_value: float
    decision_interval: float
    limit: float
    upper: tuple[float, ...]
    lower: tuple[float, ...]
    signal: Signal | None
    run_lengths: RunLengths

    @property
    def sentence(self) -> str:
        """The finding in plain English."""
        return f"{_finding(self.signal, len(self.upper))} {self.run_lengths.sentence}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded but for the sentence."""
        return {
            "chart": "cusum",
            "kind": self.kind.value,
            "baseline": self.baseline.as_dict(),
            "reference_value": self.reference_value,
            "decision_interval": self.decision_interval,
            "limit": self.limit,
            "upper": list(self.upper),
            "lower": list(self.lower),
            "signal": None if self.signal is None else self.signal.as_dict(),
            "run_lengths": self.run_lengths.as_dict(),
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class EwmaChart:
    """Exponentially weighted moving average of a rater's errors.

    average                   (vignettes,) in scale points.
    lower_limit, upper_limit  an average beyond them is a signal, in scale points.
    weight                    lambda, of the latest vignette.
    width                     L, the limits in asymptotic standard deviations of the average.
    signal                    None where no average went beyond the limits.
    """

    kind: ErrorKind
    baseline: Baseline
    weight: float
    width: float
    lower_limit: float
    upper_limit: float
    average: tuple[float, ...]
    signal: Signal | None
    run_lengths: RunLengths

    @property
    def sentence(self) -> str:
        """The finding in plain English."""
        return f"{_finding(self.signal, len(self.average))} {self.run_lengths.sentence}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded but for the sentence."""
        return {
            "chart": "ewma",
            "kind": self.kind.value,
            "baseline": self.baseline.as_dict(),
            "weight": self.weight,
            "width": self.width,
            "lower_limit": self.lower_limit,
            "upper_limit": self.upper_limit,
            "average": list(self.average),
            "signal": None if self.signal is None else self.signal.as_dict(),
            "run_lengths": self.run_lengths.as_dict(),
            "sentence": self.sentence,
        }


def _finding(signal: Signal | None, vignettes: int) -> str:
    if signal is None:
        return f"No signal in {vignettes} {'vignette' if vignettes == 1 else 'vignettes'}."
    return (
        f"Signal at vignette {signal.vignette + 1}: {WORDS[signal.drift]} than before, probably "
        f"since vignette {signal.change_point + 1}."
    )


def _rounded(length: float) -> str:
    if length >= LONGEST_RUN / 1000.0:
        return "a million or more"
    return f"{length:.1f}" if round(length, 1) < 10.0 else f"{length:.0f}"
