"""The figures of a table of ratings: a statistic and, where needed, an interval by subjects."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from training.psychometrics.intervals import Estimates
from training.psychometrics.statistic import MESSAGES, Reason, Statistic, Undefined


@dataclass(frozen=True, slots=True)
class Clustered:
    """An interval that takes subjects, not units, as independent."""

    low: float
    high: float
    standard_error: float
    subjects: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "low": self.low,
            "high": self.high,
            "se": self.standard_error,
            "subjects": self.subjects,
        }


@dataclass(frozen=True, slots=True)
class Figure:
    """A statistic; `clustered` where its interval takes units as independent and they are not."""

    statistic: Statistic
    clustered: Clustered | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        entry = self.statistic.as_entry()
        if self.clustered is not None:
            entry["clustered"] = self.clustered.as_dict()
        return entry


@dataclass(frozen=True, slots=True)
class PairFigure:
    """A figure of two numbers, each with its own interval: the limits of agreement."""

    lower: Statistic
    upper: Statistic

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON: value, low, high and se are pairs, or None."""
        lower, upper = self.lower.as_entry(), self.upper.as_entry()
        pairs = {
            name: None if lower[name] is None or upper[name] is None else [lower[name], upper[name]]
            for name in ("value", "low", "high", "se")
        }
        return {**lower, **pairs}


def of_subjects(words: str) -> str:
    """What the engine says of vignettes, said of subjects: a table holds these."""
    return words.replace("vignette", "subject")


def in_a_table(figure: Statistic) -> Statistic:
    """The same figure, speaking of subjects."""
    why = figure.undefined
    return replace(
        figure,
        method=of_subjects(figure.method),
        undefined=None if why is None else Undefined(why.reason, of_subjects(why.message)),
    )


def undefined(reason: Reason, method: str, n: int = 0) -> Statistic:
    """A statistic without a value."""
    return Statistic(None, None, None, None, n, method, _because(reason))


def _because(reason: Reason) -> Undefined:
    return Undefined(reason, of_subjects(MESSAGES[reason]))


def statistic(
    value: float,
    low: float,
    high: float,
    error: float,
    n: int,
    method: str,
    *,
    without_value: Reason = Reason.NO_VARIANCE,
    without_interval: Reason | Undefined = Reason.TOO_FEW_UNITS,
) -> Statistic:
    """A statistic in which NaN has become None, with its reason."""
    if not math.isfinite(value):
        return undefined(without_value, method, n)
    standard_error = float(error) if math.isfinite(error) else None
    if not (math.isfinite(low) and math.isfinite(high)):
        why = without_interval
        why = why if isinstance(why, Undefined) else _because(why)
        return Statistic(float(value), None, None, standard_error, n, method, why)
    return Statistic(float(value), float(low), float(high), standard_error, n, method)


def from_estimates(estimates: Estimates, method: str) -> Statistic:
    """From scalar estimates; the interval is missing where one subject carries the figure."""
    n = int(estimates.units)
    return statistic(
        float(estimates.value),
        float(estimates.low),
        float(estimates.high),
        float(estimates.standard_error),
        n,
        method,
        without_value=Reason.NO_OVERLAP if n == 0 else Reason.NO_VARIANCE,
        without_interval=(
            Reason.TOO_FEW_UNITS if estimates.vignettes < 2 else Reason.DEPENDS_ON_ONE_UNIT
        ),
    )
