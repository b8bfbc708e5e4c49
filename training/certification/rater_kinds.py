"""Simulated raters of known kinds, to see whom a standard certifies before anybody is judged.

In short::

    key = numpy array (vignettes, items), NaN = not rateable
    scores = simulate_raters(RaterKind.HALO, key, scale=(0, 1, 2, 3, 4), raters=1000, seed=7)
    shares = simulate_attempts(standard, key, RaterKind.GOOD, scale=..., raters=1000, seed=7)
    shares.meets, shares.does_not_meet, shares.mean_vignettes

Every function is deterministic: the same seed gives the same raters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from training.certification.decision import Outcome, conclude, judge
from training.certification.standard import Standard
from training.psychometrics import compare_raters
from training.psychometrics.arrays import FloatArray
from training.psychometrics.ratings import check_scale

GOOD_ERROR = 0.45
"""Standard deviation, in scale points, of a good rater's error before rounding."""

RATEABILITY_HIT = 0.95
"""Chance that a rater sees that an item is not rateable when the key says so."""

RATEABILITY_FALSE_ALARM = 0.003
"""Chance that a rater calls a rateable item not rateable."""


class RaterKind(StrEnum):
    """Ways of rating. The first three should meet a standard, borderline may, the rest must not."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    BORDERLINE = "borderline"
    CONSTANT = "constant"
    LENIENT = "lenient"
    SEVERE = "severe"
    CENTRAL = "central"
    HALO = "halo"
    NOISY = "noisy"
    GROSS_MISSES = "gross_misses"
    RANDOM = "random"
    EVASIVE = "evasive"


SOUND_KINDS = (RaterKind.EXCELLENT, RaterKind.GOOD, RaterKind.FAIR)

FAULTY_KINDS = (
    RaterKind.CONSTANT,
    RaterKind.LENIENT,
    RaterKind.SEVERE,
    RaterKind.CENTRAL,
    RaterKind.HALO,
    RaterKind.NOISY,
    RaterKind.GROSS_MISSES,
    RaterKind.RANDOM,
    RaterKind.EVASIVE,
)


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
}


def simulate_raters(
    kind: RaterKind, key: FloatArray, *, scale: tuple[int, ...], raters: int, seed: int
) -> FloatArray:
    """Scores (raters, vignettes, items) that raters of a kind give; NaN = not rateable.

    key: (vignettes, items) on the scale, or (raters, vignettes, items) where each rater has a
    form of their own; NaN = not rateable. Raises ValueError for any other shape.
    """
    categories = check_scale(scale)
    random = np.random.default_rng([seed, list(RaterKind).index(kind)])
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


@dataclass(frozen=True, slots=True)
class AttemptShares:
    """How simulated raters of one kind ended; the three shares add up to 1.

    more_evidence   left open, because `key` has fewer vignettes than the standard's maximum.
    meets_at_first  meets with the first form, without further vignettes or attempts.
    mean_vignettes  vignettes rated per rater, over all attempts.
    """

    kind: RaterKind
    raters: int
    attempts: int
    meets: float
    does_not_meet: float
    more_evidence: float
    meets_at_first: float
    mean_vignettes: float


@dataclass(slots=True)
class _Candidate:
    """One simulated rater on the way: what counts so far, and where it stands."""

    earlier: list[tuple[FloatArray, FloatArray]]
    rated: int = 0
    outcome: Outcome = Outcome.MORE_EVIDENCE


def simulate_attempts(
    standard: Standard,
    key: FloatArray,
    kind: RaterKind,
    *,
    scale: tuple[int, ...],
    raters: int,
    seed: int,
    attempts: int = 1,
) -> AttemptShares:
    """Whole attempts of many raters: the form, further vignettes while more are needed, again.

    key       (vignettes, items), at least as many vignettes as the form has. Each attempt of each
              rater takes them in an order of its own.
    attempts  how many a rater may make who does not meet; nobody learns in between. Earlier
              evidence is pooled where the standard says so.

    Decisions are those of `decide`, without its probability. Raises ValueError for too few
    vignettes and for no rater or attempt.
    """
    _check_simulation(standard, key, raters, attempts)
    candidates = [_Candidate([]) for _ in range(raters)]
    at_first = 0
    for attempt in range(attempts):
        trying = [one for one in candidates if one.outcome is not Outcome.MEETS]
        keys = _forms(key, len(trying), seed=seed, attempt=attempt)
        attempt_seed = seed + 1_000_003 * attempt
        scores = simulate_raters(kind, keys, scale=scale, raters=len(trying), seed=attempt_seed)
        for candidate in trying:
            candidate.outcome = Outcome.MORE_EVIDENCE
        for vignettes in _lengths(standard, len(key)):
            _decide_open(standard, trying, scores, keys, vignettes, scale)
            if attempt == 0 and vignettes == standard.form.vignettes:
                at_first = _count(candidates, Outcome.MEETS)
        _close(standard, trying, scores, keys)
    return AttemptShares(
        kind=kind,
        raters=raters,
        attempts=attempts,
        meets=_count(candidates, Outcome.MEETS) / raters,
        does_not_meet=_count(candidates, Outcome.DOES_NOT_MEET) / raters,
        more_evidence=_count(candidates, Outcome.MORE_EVIDENCE) / raters,
        meets_at_first=at_first / raters,
        mean_vignettes=sum(candidate.rated for candidate in candidates) / raters,
    )


def _check_simulation(standard: Standard, key: FloatArray, raters: int, attempts: int) -> None:
    if len(key) < standard.form.vignettes:
        raise ValueError(
            f"key must have at least {standard.form.vignettes} vignettes, not {len(key)}"
        )
    if raters < 1 or attempts < 1:
        raise ValueError(f"raters and attempts must be at least 1, not {raters} and {attempts}")


def _forms(key: FloatArray, raters: int, *, seed: int, attempt: int) -> FloatArray:
    """(raters, vignettes, items): the vignettes in an order of its own for each rater."""
    random = np.random.default_rng([seed, attempt, len(RaterKind)])
    orders = random.permuted(np.tile(np.arange(len(key)), (raters, 1)), axis=1)
    return np.asarray(key[orders])


def _lengths(standard: Standard, available: int) -> range:
    form = standard.form
    return range(form.vignettes, min(form.maximum, available) + 1, form.step)


def _decide_open(
    standard: Standard,
    trying: list[_Candidate],
    scores: FloatArray,
    keys: FloatArray,
    vignettes: int,
    scale: tuple[int, ...],
) -> None:
    """Decide on those still open after this many vignettes of the attempt.

    Candidates with as much earlier evidence as one another are compared in one go.
    """
    groups: dict[int, list[int]] = {}
    for place, candidate in enumerate(trying):
        if candidate.outcome is Outcome.MORE_EVIDENCE:
            earlier = sum(len(rated) for rated, _ in candidate.earlier)
            groups.setdefault(earlier, []).append(place)
    for group in groups.values():
        parts = [
            [*trying[place].earlier, (scores[place, :vignettes], keys[place, :vignettes])]
            for place in group
        ]
        pooled_scores = np.stack([np.concatenate([rated for rated, _ in part]) for part in parts])
        pooled_keys = np.stack([np.concatenate([known for _, known in part]) for part in parts])
        outcomes = _outcomes(standard, pooled_scores, pooled_keys, vignettes, scale)
        for place, outcome in zip(group, outcomes, strict=True):
            trying[place].outcome = outcome
            trying[place].rated += vignettes - _vignettes_so_far(standard, vignettes)


def _vignettes_so_far(standard: Standard, vignettes: int) -> int:
    return 0 if vignettes == standard.form.vignettes else vignettes - standard.form.step


def _outcomes(
    standard: Standard,
    scores: FloatArray,
    keys: FloatArray,
    vignettes_in_attempt: int,
    scale: tuple[int, ...],
) -> list[Outcome]:
    vignettes, items = scores.shape[1:]
    comparisons = compare_raters(
        scores,
        keys,
        vignettes=[str(number + 1) for number in range(vignettes)],
        items=range(1, items + 1),
        scale=scale,
        confidence=standard.confidence,
        total_tolerance=standard.total_tolerance,
        critical_items=standard.critical_items,
    )
    judged = [[judge(gate, one) for gate in standard.gates] for one in comparisons]
    return [conclude(standard, gates, vignettes_in_attempt)[0] for gates in judged]


def _close(
    standard: Standard, trying: list[_Candidate], scores: FloatArray, keys: FloatArray
) -> None:
    """Keep what a rater showed in this attempt, where the standard pools attempts."""
    if not standard.attempts.pooled:
        return
    for place, candidate in enumerate(trying):
        count = candidate.rated - sum(len(rated) for rated, _ in candidate.earlier)
        candidate.earlier.append((scores[place, :count], keys[place, :count]))


def _count(candidates: list[_Candidate], outcome: Outcome) -> int:
    return sum(candidate.outcome is outcome for candidate in candidates)
