"""A rater of a table watched over time: error by error both charts, and the change since then."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from training.psychometrics.drift.charts import (
    DECISION_INTERVAL,
    WIDTH,
    Baseline,
    CusumChart,
    DriftError,
    ErrorKind,
    EwmaChart,
    change_from_baseline,
    cusum_chart,
    decision_interval_for,
    ewma_chart,
    width_for,
)
from training.psychometrics.statistic import Statistic
from training.psychometrics.table import RatingTable
from training.psychometrics.table_figures import in_a_table, of_subjects

Errors = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the charts let a rater stray, in standard deviations of the baseline.

    decision_interval  h of the CUSUM.
    width              L of the EWMA.
    """

    decision_interval: float = DECISION_INTERVAL
    width: float = WIDTH

    @classmethod
    def of(cls, run_length: float) -> Limits:
        """Those with which either chart flags a steady rater once in so many subjects on average.

        Raises ValueError for a run length that no limit gives.
        """
        return cls(decision_interval_for(run_length), width_for(run_length))


@dataclass(frozen=True, slots=True)
class WatchedError:
    """One kind of error, subject by subject.

    before, after  (subjects) mean d, or mean |d|, in scale points; None without a common score.
    charts         of `after` against the baseline; empty where there is no baseline.
    no_charts      the sentence that says why they are missing, else None.
    change         mean of `after` less mean of `before`, in scale points.
    """

    before: Errors
    after: Errors
    charts: tuple[CusumChart | EwmaChart, ...]
    no_charts: str | None
    change: Statistic

    def as_dict(self, after: Sequence[str]) -> dict[str, Any]:
        """Plain values for JSON; `after` holds the names of the subjects that were watched."""
        return {
            "before": list(self.before),
            "after": list(self.after),
            "charts": [_named(chart.as_dict(), after) for chart in self.charts],
            "no_charts": self.no_charts,
            "change": in_a_table(self.change).as_entry(),
        }


@dataclass(frozen=True, slots=True)
class WatchedRater:
    """A rater beside the reference, in the order of time.

    before, after  the subjects up to the end of the baseline, and those since.
    errors         by kind.
    """

    rater: str
    reference: str
    confidence: float
    before: tuple[str, ...]
    after: tuple[str, ...]
    errors: dict[ErrorKind, WatchedError]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded but for the sentences."""
        return {
            "rater": self.rater,
            "reference": self.reference,
            "confidence": self.confidence,
            "before": list(self.before),
            "after": list(self.after),
            "errors": {
                kind.value: error.as_dict(self.after) for kind, error in self.errors.items()
            },
        }


def watch_rater(
    table: RatingTable,
    *,
    rater: str,
    reference: str,
    order: Sequence[str],
    baseline: int,
    limits: Limits | None = None,
    confidence: float = 0.95,
) -> WatchedRater:
    """Hold a rater's later errors against the first ones, by CUSUM, EWMA and Welch's interval.

    order     the subjects in the order in which the rater rated them.
    baseline  so many subjects with a score from both, from the first on, are the steady state; 2
              or more.
    limits    of the charts; their usual ones when left out.

    Raises DriftError where nothing is left to watch after the baseline, ValueError for arguments
    out of range. An error that does not vary in the baseline has no charts, and says why.
    """
    signed, absolute = _errors(table, rater, reference, order)
    known = [place for place, error in enumerate(signed) if error is not None]
    if len(known) <= baseline:
        raise DriftError(
            f"{rater} and {reference} both scored {len(known)} of these subjects, and a baseline "
            f"of {baseline} leaves none to watch: take a smaller one, or more ratings."
        )
    end = known[baseline - 1] + 1
    return WatchedRater(
        rater=rater,
        reference=reference,
        confidence=confidence,
        before=tuple(order[:end]),
        after=tuple(order[end:]),
        errors={
            kind: _watched(kind, errors[:end], errors[end:], limits or Limits(), confidence)
            for kind, errors in ((ErrorKind.SIGNED, signed), (ErrorKind.ABSOLUTE, absolute))
        },
    )


def _errors(
    table: RatingTable, rater: str, reference: str, order: Sequence[str]
) -> tuple[Errors, Errors]:
    """Mean d and mean |d| of each subject, over what both scored."""
    own, expected = (_scores(table, name) for name in (rater, reference))
    differences: dict[str, list[float]] = {subject: [] for subject in order}
    for subject, item in sorted(own.keys() & expected.keys()):
        difference = own[subject, item] - expected[subject, item]
        differences[table.subjects[subject]].append(difference)
    signed = tuple(fmean(each) if each else None for each in differences.values())
    absolute = tuple(fmean(map(abs, each)) if each else None for each in differences.values())
    return signed, absolute


def _scores(table: RatingTable, rater: str) -> dict[tuple[int, int], float]:
    """One rater's scores by place of subject and item."""
    is_own = table.rater == table.raters.index(rater)
    columns = (table.subject, table.item, table.score)
    rows = zip(*(column[is_own].tolist() for column in columns), strict=True)
    return {(subject, item): score for subject, item, score in rows if not math.isnan(score)}


def _watched(
    kind: ErrorKind, before: Errors, after: Errors, limits: Limits, confidence: float
) -> WatchedError:
    charts: tuple[CusumChart | EwmaChart, ...] = ()
    no_charts = None
    try:
        steady = Baseline.of(before)
    except DriftError as error:
        no_charts = of_subjects(str(error))
    else:
        charts = (
            cusum_chart(after, steady, kind=kind, decision_interval=limits.decision_interval),
            ewma_chart(after, steady, kind=kind, width=limits.width),
        )
    change = change_from_baseline(before, after, confidence=confidence)
    return WatchedError(before, after, charts, no_charts, change)


def _named(chart: dict[str, Any], subjects: Sequence[str]) -> dict[str, Any]:
    """A chart that speaks of subjects, with the names of those that a signal is about."""
    chart["sentence"] = of_subjects(chart["sentence"])
    if signal := chart["signal"]:
        signal["subject"] = subjects[signal["vignette"]]
        signal["since_subject"] = subjects[signal["change_point"]]
    return chart
