"""The gates of many raters at once, as arrays: the same rules as `gates` and `decision`. Pure.

`judge` makes an object for every figure, so that a page can explain it; here thousands of simulated
raters need only how each gate ends. Both must always agree: tests hold them side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np

from training.certification.judging.gate_documents import (
    AtLeastGate,
    AtMostGate,
    BiasGate,
    CriticalGate,
    Gate,
    ItemsGate,
    SingleFigureGate,
    TotalsGate,
)
from training.certification.judging.gates import FIGURES
from training.certification.judging.standard import Standard
from training.psychometrics.arrays import BoolArray, FloatArray, IntArray, ratio
from training.psychometrics.intervals import Estimates, VignetteSums, estimate
from training.psychometrics.measures import MEASURES, Measure
from training.psychometrics.vignette_sums import Sum, cell_contributions, sums_by_vignette

ITEM_SUMS = (Sum.JOINT, Sum.ABSOLUTE, Sum.GROSS)
ITEM_ERROR = Measure(lambda sums: ratio(sums[1], sums[0]), units=0)
ITEM_MISSES = Measure(lambda sums: ratio(sums[2], sums[0]), units=0, is_rate=True)


class Status(IntEnum):
    """How a gate ended, as in `GateStatus`."""

    MET = 0
    NOT_MET = 1
    UNCLEAR = 2
    NOT_APPLICABLE = 3


class Verdict(IntEnum):
    """What follows, as in `Outcome`."""

    MEETS = 0
    DOES_NOT_MEET = 1
    MORE_EVIDENCE = 2


@dataclass(frozen=True, slots=True)
class EvidenceSums:
    """What raters showed, summed per vignette: all that the gates look at.

    by_vignette   (len(Sum), raters, vignettes)
    by_item       (len(ITEM_SUMS), raters, items, vignettes)
    counts        (raters, vignettes) whether the vignette counts; sums of others are 0, and so
                  raters with different numbers of vignettes stand in one array.
    """

    by_vignette: FloatArray
    by_item: FloatArray
    counts: BoolArray

    def of(self, raters: IntArray) -> EvidenceSums:
        """Only these raters."""
        return EvidenceSums(
            self.by_vignette[:, raters], self.by_item[:, raters], self.counts[raters]
        )

    def first(self, vignettes: int) -> EvidenceSums:
        """Only so many vignettes from the beginning."""
        return EvidenceSums(
            self.by_vignette[..., :vignettes],
            self.by_item[..., :vignettes],
            self.counts[:, :vignettes],
        )

    def up_to(self, vignettes: IntArray) -> EvidenceSums:
        """Of each rater as many vignettes from the beginning as stand there."""
        counts = self.counts & (np.arange(self.counts.shape[1]) < vignettes[:, None])
        return EvidenceSums(
            self.by_vignette * counts, self.by_item * counts[None, :, None, :], counts
        )

    def beside(self, other: EvidenceSums) -> EvidenceSums:
        """The vignettes of both."""
        return EvidenceSums(
            np.concatenate([self.by_vignette, other.by_vignette], axis=-1),
            np.concatenate([self.by_item, other.by_item], axis=-1),
            np.concatenate([self.counts, other.counts], axis=-1),
        )


def sums_of(
    scores: FloatArray, keys: FloatArray, *, scale: tuple[int, ...], total_tolerance: float
) -> EvidenceSums:
    """From scores and keys (raters, vignettes, items), NaN = not rateable."""
    contributions = cell_contributions(scores, keys, np.asarray(np.True_))
    by_vignette = sums_by_vignette(
        contributions, scale_range=scale[-1] - scale[0], total_tolerance=total_tolerance
    )
    by_item = np.swapaxes(contributions[list(ITEM_SUMS)], -1, -2)
    return EvidenceSums(by_vignette, by_item, np.ones(scores.shape[:2], dtype=np.bool_))


def verdicts(standard: Standard, evidence: EvidenceSums, vignettes_in_attempt: int) -> IntArray:
    """(raters,) the `Verdict` on each rater, as `decision.conclude` gives it."""
    raters = len(evidence.counts)
    if vignettes_in_attempt < standard.form.vignettes:
        return np.full(raters, Verdict.MORE_EVIDENCE, dtype=np.int64)
    ended = statuses(standard, evidence)
    is_missed = (ended == Status.NOT_MET).any(axis=0)
    is_met = ~(ended == Status.UNCLEAR).any(axis=0)
    is_last = vignettes_in_attempt >= standard.form.maximum
    otherwise = Verdict.DOES_NOT_MEET if is_last else Verdict.MORE_EVIDENCE
    return np.where(
        is_missed, Verdict.DOES_NOT_MEET, np.where(is_met, Verdict.MEETS, otherwise)
    ).astype(np.int64)


def statuses(standard: Standard, evidence: EvidenceSums) -> IntArray:
    """(gates, raters) the `Status` of each gate of the standard, as `gates.judge` gives it."""
    sums = VignetteSums(evidence.by_vignette)
    return np.stack([_status(standard, gate, evidence, sums) for gate in standard.gates])


@dataclass(frozen=True, slots=True)
class _Found:
    """What a gate's own rule found for every rater; all arrays have the shape (raters,)."""

    is_defined: BoolArray
    is_reached: BoolArray  # the line for the value, and that for the interval
    is_clearly_missed: BoolArray


def _status(standard: Standard, gate: Gate, evidence: EvidenceSums, sums: VignetteSums) -> IntArray:
    found = _RULES[type(gate)](gate, evidence, sums, standard.confidence)
    is_judged = found.is_defined & (evidence.counts.sum(axis=1) >= gate.minimum_vignettes)
    ended = np.where(
        found.is_reached,
        Status.MET,
        np.where(found.is_clearly_missed, Status.NOT_MET, Status.UNCLEAR),
    )
    # Nobody passes a required gate by leaving nothing to judge it on.
    is_open = Status.UNCLEAR if gate.required else Status.NOT_APPLICABLE
    return np.where(is_judged, ended, is_open).astype(np.int64)


def _interval(figure: Estimates) -> tuple[FloatArray, FloatArray]:
    """Both ends, NaN where one is missing or a single vignette stands behind them."""
    is_missing = np.isnan(figure.low) | np.isnan(figure.high) | (figure.vignettes < 2)
    return np.where(is_missing, np.nan, figure.low), np.where(is_missing, np.nan, figure.high)


def _single(
    gate: SingleFigureGate, _evidence: EvidenceSums, sums: VignetteSums, confidence: float
) -> _Found:
    figure = estimate(MEASURES[FIGURES[gate.kind]], sums, confidence=confidence)
    interval, line = _interval(figure), gate.line
    return _Found(
        ~np.isnan(figure.value),
        np.asarray(line.is_reached(figure.value) & line.is_bound_reached(*interval)),
        np.asarray(line.is_clearly_missed(*interval)),
    )


def _items(
    gate: ItemsGate, evidence: EvidenceSums, _sums: VignetteSums, confidence: float
) -> _Found:
    error = estimate(ITEM_ERROR, VignetteSums(evidence.by_item), confidence=confidence)
    is_judged = error.units >= gate.item_vignettes
    is_over = is_judged & ~np.asarray(gate.line.is_reached(error.value))
    is_clearly_over = is_over & gate.line.is_clearly_missed(*_interval(error))
    return _Found(
        np.asarray(is_judged.any(axis=1)),
        np.asarray(~is_over.any(axis=1)),
        np.asarray(is_clearly_over.any(axis=1)),
    )


def _critical(
    gate: CriticalGate, evidence: EvidenceSums, _sums: VignetteSums, confidence: float
) -> _Found:
    # Items are numbered from 1 in their order.
    critical = evidence.by_item[:, :, [item - 1 for item in gate.items]].sum(axis=2)
    sums = VignetteSums(critical)
    misses, units = sums.pooled[2], sums.pooled[0]
    vignettes = evidence.counts.sum(axis=1)
    allowances = [gate.allowed_misses(number) for number in range(evidence.counts.shape[1] + 1)]
    allowed = np.array(allowances)[vignettes]
    own_line = np.where(units > 0, allowed / np.maximum(units, 1.0), 0.0)
    # Each rater has a line of their own, so that the distance from it is what is held.
    low, high = _interval(estimate(ITEM_MISSES, sums, confidence=confidence))
    is_clearly_missed = replace(gate.line, at=0.0).is_clearly_missed(
        low - own_line, high - own_line
    )
    return _Found(units > 0, misses <= allowed, np.asarray(is_clearly_missed))


_RULES: dict[type[Any], Callable[[Any, EvidenceSums, VignetteSums, float], _Found]] = {
    AtLeastGate: _single,
    AtMostGate: _single,
    BiasGate: _single,
    TotalsGate: _single,
    ItemsGate: _items,
    CriticalGate: _critical,
}


def lines_held(standard: Standard, record: EvidenceSums) -> dict[str, bool]:
    """For each gate whether the figures of a record, all raters taken as one, reach its line.

    Only the lines for values: the demands on intervals are the price of not knowing, and a record
    as long as this one knows. An undefined figure reaches no line.
    """
    pooled = record.by_vignette.sum(axis=(1, 2))
    by_item = record.by_item.sum(axis=(1, 3))
    return {gate.kind.value: _holds(gate, pooled, by_item) for gate in standard.gates}


def _holds(gate: Gate, pooled: FloatArray, by_item: FloatArray) -> bool:
    """pooled: (len(Sum),); by_item: (len(ITEM_SUMS), items)."""
    if isinstance(gate, ItemsGate):
        error = ITEM_ERROR.formula(by_item)
        rated = error[~np.isnan(error)]
        return rated.size > 0 and bool(np.all(gate.line.is_reached(rated)))
    if isinstance(gate, CriticalGate):
        critical = by_item[:, [item - 1 for item in gate.items]].sum(axis=1)
        return bool(gate.line.is_reached(ITEM_MISSES.formula(critical)))
    return bool(gate.line.is_reached(MEASURES[FIGURES[gate.kind]].formula(pooled)))
