"""Whole attempts of many simulated raters at one or more standards, step by step. Pure, seeded.

In short::

    keys = key_pool(published_keys, vignettes=standard.form.maximum)
    plan = Plan((standard,), (keys,), scale=(0, 1, 2, 3, 4), seed=1, replications=500)
    tallies = no_tallies(plan)
    for step in plan.steps:
        tallies = after_step(plan, tallies, step)

A run is a list of steps, each a block of raters of one kind; what they add to the tallies depends
on the seed, the kind and the number of the block and on nothing else. So a run may be cut into
slices anywhere, and the first 500 raters are the same whether 500 or 3,000 are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from training.certification.judging.gate_arrays import (
    EvidenceSums,
    Verdict,
    lines_held,
    sums_of,
    verdicts,
)
from training.certification.judging.standard import Form, Standard
from training.certification.simulation.classic_rule import meets_classic_rule
from training.certification.simulation.pool_keys import KeyPool
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.simulated_raters import simulate_raters
from training.certification.simulation.tallies import KindTally, Tallies, Tally
from training.psychometrics.arrays import BoolArray, FloatArray, IntArray

BLOCK = 100
"""Raters simulated at once: enough for arrays to be fast, few enough to be some megabytes."""

RECORD_ATTEMPTS = 400
"""Whole attempts in the record that says what a kind truly is: some 60,000 ratings."""


class Stream(IntEnum):
    """What random numbers are for; each has a stream of its own."""

    RATINGS = 0
    FORMS = 1
    RECORD = 2


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What is to be simulated.

    standards      each with its own pool of keys; all are tried on the same raters.
    replications   raters of each kind.
    """

    standards: tuple[Standard, ...]
    pools: tuple[KeyPool, ...]
    scale: tuple[int, ...]
    seed: int
    replications: int

    def __post_init__(self) -> None:
        if self.replications < 1:
            raise ValueError(f"replications must be at least 1, not {self.replications}")
        for standard, pool in zip(self.standards, self.pools, strict=True):
            if len(pool.keys) < standard.form.maximum:
                raise ValueError(
                    f"pools must hold {standard.form.maximum} keys for {standard.slug}, "
                    f"not {len(pool.keys)}"
                )

    @property
    def steps(self) -> tuple[Step, ...]:
        """In order: first what each kind truly is, then blocks of raters, all kinds in turn."""
        blocks = range(-(-self.replications // BLOCK))
        return (
            *(Step(kind, None) for kind in RaterKind),
            *(Step(kind, block) for block in blocks for kind in RaterKind),
        )


@dataclass(frozen=True, slots=True)
class Step:
    """A block of raters of one kind, or, without a block, the record of what the kind is."""

    kind: RaterKind
    block: int | None


def no_tallies(plan: Plan) -> Tallies:
    """Before the first step."""
    return tuple({kind: KindTally() for kind in RaterKind} for _ in plan.standards)


def after_step(plan: Plan, tallies: Tallies, step: Step) -> Tallies:
    """The tallies with what one step adds."""
    found = _record(plan, step.kind) if step.block is None else _block(plan, step.kind, step.block)
    return tuple(
        before | {step.kind: _joined(before[step.kind], new)}
        for before, new in zip(tallies, found, strict=True)
    )


def _joined(before: KindTally, new: KindTally) -> KindTally:
    missed = before.missed_lines if new.missed_lines is None else new.missed_lines
    return KindTally(before.tally + new.tally, missed)


def _record(plan: Plan, kind: RaterKind) -> Iterator[KindTally]:
    for standard, pool in zip(plan.standards, plan.pools, strict=True):
        attempts = _Attempts(plan, standard, pool, kind, (Stream.RECORD,), RECORD_ATTEMPTS)
        held = lines_held(standard, attempts.evidence(0))
        decisive = _gates_that_can_apply(standard)
        missed = (gate for gate, is_held in held.items() if not is_held and gate in decisive)
        yield KindTally(missed_lines=tuple(missed))


def _gates_that_can_apply(standard: Standard) -> set[str]:
    """Gates whose minimum of vignettes a rater can reach; others never decide."""
    form, attempts = standard.form, standard.attempts
    most = form.maximum * (attempts.maximum if attempts.pooled else 1)
    return {gate.kind.value for gate in standard.gates if gate.minimum_vignettes <= most}


def _block(plan: Plan, kind: RaterKind, block: int) -> Iterator[KindTally]:
    raters = min(BLOCK, plan.replications - block * BLOCK)
    made: dict[tuple[Form, float, bytes], _Attempts] = {}
    for standard, pool in zip(plan.standards, plan.pools, strict=True):
        # Standards with the same form and keys are tried on the very same ratings.
        shown = made.setdefault(
            (standard.form, standard.total_tolerance, pool.keys.tobytes()),
            _Attempts(plan, standard, pool, kind, (Stream.RATINGS, block), BLOCK),
        )
        yield KindTally(_tally(standard, shown, raters))


class _Attempts:
    """What raters of one kind show, attempt by attempt; each attempt is simulated when asked for.

    A class, because two standards may ask for the same ones.
    """

    def __init__(
        self,
        plan: Plan,
        standard: Standard,
        pool: KeyPool,
        kind: RaterKind,
        stream: tuple[int, ...],
        raters: int,
    ) -> None:
        self._plan, self._standard, self._pool, self._kind = plan, standard, pool, kind
        self._stream, self._raters = stream, raters
        self._times_met = np.zeros((raters, len(pool.keys)))
        self._shown: list[EvidenceSums] = []

    def evidence(self, attempt: int) -> EvidenceSums:
        """Of one attempt, the first being 0, with as many vignettes as one may have."""
        while len(self._shown) <= attempt:
            self._shown.append(self._simulate(len(self._shown)))
        return self._shown[attempt]

    def _simulate(self, attempt: int) -> EvidenceSums:
        plan, standard = self._plan, self._standard
        numbers = (plan.seed, *self._stream, attempt)
        random = np.random.default_rng([*numbers, Stream.FORMS, list(RaterKind).index(self._kind)])
        drawn = draw_forms(
            self._pool.levels, standard.form, times_met=self._times_met, random=random
        )
        np.add.at(self._times_met, (np.arange(self._raters)[:, None], drawn), 1.0)
        keys: FloatArray = self._pool.keys[drawn]
        scores = simulate_raters(
            self._kind, keys, scale=plan.scale, raters=self._raters, seed=numbers
        )
        return sums_of(scores, keys, scale=plan.scale, total_tolerance=standard.total_tolerance)


def draw_forms(
    levels: FloatArray, form: Form, *, times_met: FloatArray, random: np.random.Generator
) -> IntArray:
    """(raters, form.maximum) places of vignettes: a form for each rater, then further vignettes.

    As `form.draw` does it for one person: each stratum gets its share first, as far as the pool
    allows; vignettes met less often come first; the order within the form is random.

    levels      (vignettes,) mean rating of each key.
    times_met   (raters, vignettes) how often each rater met each vignette before.
    """
    rank = random.random(times_met.shape) + times_met
    is_chosen = np.zeros(times_met.shape, dtype=np.bool_)
    for stratum in form.strata:
        fits = np.array([stratum.holds(float(level)) for level in levels], dtype=np.bool_)
        is_chosen |= _lowest(np.where(fits & ~is_chosen, rank, np.inf), stratum.at_least)
    order = np.argsort(np.where(is_chosen, rank - rank.max() - 1.0, rank), axis=1)
    first = random.permuted(order[:, : form.vignettes], axis=1)
    return np.concatenate([first, order[:, form.vignettes : form.maximum]], axis=1)


def _lowest(rank: FloatArray, number: int) -> BoolArray:
    """True at the `number` lowest finite places of each row."""
    places = np.argsort(np.argsort(rank, axis=1), axis=1)
    return np.asarray((places < number) & np.isfinite(rank))


def _tally(standard: Standard, attempts: _Attempts, raters: int) -> Tally:
    """All attempts of the first `raters` raters of a block."""
    form = standard.form
    everybody = np.arange(raters)
    ended = np.full(raters, Verdict.MORE_EVIDENCE, dtype=np.int64)
    is_classic = np.zeros(raters, dtype=np.bool_)
    earlier: EvidenceSums | None = None
    counts: dict[str, int] = {"raters": raters, "attempts": 0, "vignettes_all": 0}
    for attempt in range(standard.attempts.maximum):
        trying = everybody[ended != Verdict.MEETS]
        if not len(trying) and is_classic.all():
            break
        shown = attempts.evidence(attempt).of(everybody)
        is_classic |= meets_classic_rule(shown.first(form.vignettes))
        decided = _decide(standard, shown, earlier, trying)
        ended[trying] = decided.verdicts[trying]
        counts["attempts"] += len(trying)
        counts["vignettes_all"] += int(decided.rated.sum())
        if attempt == 0:
            counts |= _first_counts(decided, is_classic)
        if standard.attempts.pooled:
            kept = shown.up_to(decided.rated)
            earlier = kept if earlier is None else earlier.beside(kept)
    return Tally(
        **counts,
        **_counted("all", ended),
        classic_all=int(is_classic.sum()),
    )


@dataclass(frozen=True, slots=True)
class _Decided:
    """One attempt of everybody.

    at_form    (raters,) the verdict after the form.
    verdicts   (raters,) the verdict at the end.
    rated      (raters,) how many vignettes were rated; 0 for who did not try.
    """

    at_form: IntArray
    verdicts: IntArray
    rated: IntArray


def _decide(
    standard: Standard, shown: EvidenceSums, earlier: EvidenceSums | None, trying: IntArray
) -> _Decided:
    form = standard.form
    ended = np.full(len(shown.counts), Verdict.MORE_EVIDENCE, dtype=np.int64)
    at_form, rated = ended.copy(), np.zeros(len(ended), dtype=np.int64)
    is_open = trying
    for vignettes in range(form.vignettes, form.maximum + 1, form.step):
        if not len(is_open):
            break
        evidence = shown.first(vignettes).of(is_open)
        if earlier is not None:
            evidence = earlier.of(is_open).beside(evidence)
        ended[is_open] = verdicts(standard, evidence, vignettes)
        rated[is_open] = vignettes
        if vignettes == form.vignettes:
            at_form = ended.copy()
        is_open = is_open[ended[is_open] == Verdict.MORE_EVIDENCE]
    return _Decided(at_form, ended, rated)


def _first_counts(decided: _Decided, is_classic: BoolArray) -> dict[str, int]:
    return {
        **_counted("form", decided.at_form),
        **_counted("first", decided.verdicts),
        "vignettes_first": int(decided.rated.sum()),
        "classic_first": int(is_classic.sum()),
    }


def _counted(name: str, ended: IntArray) -> dict[str, int]:
    return {
        f"{name}_meets": int((ended == Verdict.MEETS).sum()),
        f"{name}_does_not_meet": int((ended == Verdict.DOES_NOT_MEET).sum()),
    }
