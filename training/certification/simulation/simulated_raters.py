"""Simulated raters of known kinds: how each of them would rate. Pure, seeded.

In short::

    key = numpy array (vignettes, items), NaN = not rateable
    scores = simulate_raters(RaterKind.HALO, key, scale=(0, 1, 2, 3, 4), raters=1000, seed=7)

The same seed gives the same raters. Whom a standard certifies among them: `simulation`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from training.certification.simulation.rater_kinds import RaterKind
from training.psychometrics.arrays import FloatArray
from training.psychometrics.ratings import check_scale

GOOD_ERROR = 0.45
"""Standard deviation, in scale points, of a good rater's error before rounding."""

DRIFT = 0.12
"""Scale points by which a drifting rater grows more lenient from each vignette to the next.

After eight vignettes the mean difference is near .4 and the last one is rated .8 too high.
"""

RATEABILITY_HIT = 0.95
"""Chance that a rater sees that an item is not rateable when the key says so."""

RATEABILITY_FALSE_ALARM = 0.003
"""Chance that a rater calls a rateable item not rateable."""


@dataclass(frozen=True, slots=True)
class _Task:
    """What a simulated rater rates: `key` (raters, vignettes, items) and the ends of the scale."""

    key: FloatArray
    lowest: int
    highest: int
    random: np.random.Generator

    def on_scale(self, scores: FloatArray) -> FloatArray:
        """The nearest category of each score."""
        return np.clip(np.rint(scores), self.lowest, self.highest)

    def with_error(self, scores: FloatArray, deviation: float) -> FloatArray:
        """Scores with normal error, on the scale."""
        return self.on_scale(scores + self.random.normal(0.0, deviation, scores.shape))

    def where(self, chance: float) -> FloatArray:
        """True in a random share of the cells."""
        return np.asarray(self.random.random(self.key.shape) < chance)


def _erring(deviation: float) -> Callable[[_Task], FloatArray]:
    return lambda task: task.with_error(task.key, deviation)


def _constant(task: _Task) -> FloatArray:
    """Always the scale point that the key has most often."""
    categories = np.arange(task.lowest, task.highest + 1)
    counts = [(task.key == category).sum() for category in categories]
    return np.full(task.key.shape, float(categories[int(np.argmax(counts))]))


def _shifted(points: int) -> Callable[[_Task], FloatArray]:
    return lambda task: task.on_scale(task.key + points)


def _central(task: _Task) -> FloatArray:
    """Keeps 0.4 of every distance from the middle of what there is to see."""
    middle = np.nanmean(task.key)
    return task.with_error(middle + 0.4 * (task.key - middle), 0.35)


def _halo(task: _Task) -> FloatArray:
    """Gives half the items the general impression of their vignette."""
    impression = np.nanmean(task.key, axis=-1, keepdims=True)
    impressed = task.with_error(np.broadcast_to(impression, task.key.shape), 0.35)
    return np.where(task.where(0.5), impressed, task.with_error(task.key, GOOD_ERROR))


def _gross_misses(task: _Task) -> FloatArray:
    """Good, but 8 % of the cells are two or more points away."""
    careful = task.with_error(task.key, GOOD_ERROR)
    distance = 2.0 + task.random.integers(0, 2, task.key.shape)
    upwards = task.random.random(task.key.shape) < 0.5
    # Where one direction would leave the scale the miss goes the other way.
    upwards = np.where(task.key + distance > task.highest, False, upwards)
    upwards = np.where(task.key - distance < task.lowest, True, upwards)
    missed = task.on_scale(task.key + np.where(upwards, distance, -distance))
    return np.where(task.where(0.08), missed, careful)


def _random(task: _Task) -> FloatArray:
    return task.random.integers(task.lowest, task.highest + 1, task.key.shape).astype(np.float64)


def _evasive(task: _Task) -> FloatArray:
    """Good where a score is given, and calls a fifth of the cells not rateable."""
    return np.where(task.where(0.2), np.nan, task.with_error(task.key, GOOD_ERROR))


def _drifting(task: _Task) -> FloatArray:
    """Good at first, then more lenient with every vignette; each attempt begins afresh."""
    vignettes = task.key.shape[-2]
    return task.with_error(task.key + DRIFT * np.arange(vignettes)[:, None], GOOD_ERROR)


_WAYS: Mapping[RaterKind, Callable[[_Task], FloatArray]] = {
    RaterKind.EXCELLENT: _erring(0.35),
    RaterKind.GOOD: _erring(GOOD_ERROR),
    RaterKind.FAIR: _erring(0.55),
    RaterKind.BORDERLINE: _erring(0.75),
    RaterKind.CONSTANT: _constant,
    RaterKind.LENIENT: _shifted(1),
    RaterKind.SEVERE: _shifted(-1),
    RaterKind.CENTRAL: _central,
    RaterKind.HALO: _halo,
    RaterKind.NOISY: _erring(1.0),
    RaterKind.GROSS_MISSES: _gross_misses,
    RaterKind.RANDOM: _random,
    RaterKind.EVASIVE: _evasive,
    RaterKind.DRIFTING: _drifting,
}


def simulate_raters(
    kind: RaterKind,
    key: FloatArray,
    *,
    scale: tuple[int, ...],
    raters: int,
    seed: int | Sequence[int],
) -> FloatArray:
    """Scores (raters, vignettes, items) that raters of a kind give; NaN = not rateable.

    key: (vignettes, items) on the scale, or (raters, vignettes, items) where each rater has a
    form of their own; NaN = not rateable. The vignettes are rated in their order. A seed may be
    one number or several. Raises ValueError for any other shape.
    """
    categories = check_scale(scale)
    numbers = [seed] if isinstance(seed, int) else seed
    random = np.random.default_rng([*numbers, list(RaterKind).index(kind)])
    keys = _key_of_each_rater(key, raters)
    # What there is to see in an item that the key calls not rateable is anybody's guess.
    guesses = random.integers(categories[0], categories[-1] + 1, keys.shape)
    not_rateable = np.isnan(keys)
    visible = np.where(not_rateable, guesses, keys)
    scores = _WAYS[kind](_Task(visible, categories[0], categories[-1], random))
    seen = random.random(keys.shape)
    skipped = np.where(not_rateable, seen < RATEABILITY_HIT, seen < RATEABILITY_FALSE_ALARM)
    return np.where(skipped, np.nan, scores)


def _key_of_each_rater(key: FloatArray, raters: int) -> FloatArray:
    if key.ndim == 2:
        return np.broadcast_to(key, (raters, *key.shape))
    if key.ndim != 3 or len(key) != raters:
        raise ValueError(
            f"key must be vignettes x items or {raters} x vignettes x items, not {key.shape}"
        )
    return key
