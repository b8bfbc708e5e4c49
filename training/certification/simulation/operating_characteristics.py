"""How good a standard is: whom it lets pass, how consistently and how truly. Pure.

From the tallies of a simulation to what people read: shares, decision consistency and accuracy,
false passes and false fails, and the classic rule beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from training.certification.judging.standard import Standard
from training.certification.simulation.attempts import Plan
from training.certification.simulation.classic_rule import WITHIN_ONE
from training.certification.simulation.rater_kinds import FAULTY_KINDS, SOUND_KINDS, RaterKind
from training.certification.simulation.tallies import KindTally, Tallies, Tally
from training.psychometrics import ENGINE_VERSION

MOST_FAULTY_AT_FIRST = 0.10
MOST_FAULTY_OVER_ALL = 0.15
FEWEST_GOOD = 0.90
"""The project's aims for a standard: shares of raters of each faulty kind, and of good ones."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How raters ended; the three add up to 1."""

    meets: float
    does_not_meet: float
    more_evidence: float


@dataclass(frozen=True, slots=True)
class ClassicShares:
    """Who passes by 80 % within one point, on the same ratings.

    meets_at_first   with the first form.
    meets_over_all   with any of as many forms as the standard allows attempts.
    """

    meets_at_first: float
    meets_over_all: float
    consistency: float
    accuracy: float
    accuracy_over_all: float


@dataclass(frozen=True, slots=True)
class KindCharacteristics:
    """One kind of rater under one standard.

    truly_meets      whether the figures of a very long record of this kind reach every line.
    missed_lines     the gates whose lines they miss.
    at_form          after the first form; then some are sent for more evidence.
    first_attempt    after the first attempt with its further vignettes.
    all_attempts     after all attempts the standard allows; nobody learns in between.
    low, high        95 % interval of the share that meets at the first attempt, for the number of
                     raters simulated.
    consistency      share of pairs of raters of this kind with the same outcome of one attempt,
                     which is that of one such rater on two independent forms.
    consistency_at_form   the same with the three outcomes that are possible after the form.
    accuracy         share decided as the truth is, at the first attempt and over all.
    """

    kind: RaterKind
    raters: int
    truly_meets: bool
    missed_lines: tuple[str, ...]
    at_form: Shares
    first_attempt: Shares
    all_attempts: Shares
    low: float
    high: float
    mean_vignettes: float
    mean_vignettes_over_all: float
    mean_attempts: float
    consistency: float
    consistency_at_form: float
    accuracy: float
    accuracy_over_all: float
    classic: ClassicShares

    @property
    def is_as_aimed(self) -> bool | None:
        """Whether the aims hold for this kind; None for borderline, which has no aim."""
        if self.kind in SOUND_KINDS:
            return self.first_attempt.meets >= FEWEST_GOOD
        if self.kind in FAULTY_KINDS:
            return (
                self.first_attempt.meets <= MOST_FAULTY_AT_FIRST
                and self.all_attempts.meets <= MOST_FAULTY_OVER_ALL
            )
        return None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded."""
        values = asdict(self)
        del values["kind"]
        return values | {"missed_lines": list(self.missed_lines), "is_as_aimed": self.is_as_aimed}


@dataclass(frozen=True, slots=True)
class OverallCharacteristics:
    """Over all kinds, each taken as equally frequent; None where there is no such kind.

    false_passes   mean share that meets among kinds that truly do not meet.
    false_fails    mean share that does not meet among kinds that truly do.
    """

    false_passes: float | None
    false_passes_over_all: float | None
    false_fails: float | None
    false_fails_over_all: float | None
    consistency: float | None
    accuracy: float | None
    accuracy_over_all: float | None


@dataclass(frozen=True, slots=True)
class OperatingCharacteristics:
    """A standard, and how it treats each kind of rater that has been simulated so far."""

    slug: str
    version: str
    kinds: tuple[KindCharacteristics, ...]
    overall: OverallCharacteristics
    classic_overall: OverallCharacteristics
    published_keys: int
    made_keys: int

    def of(self, kind: RaterKind) -> KindCharacteristics | None:
        """The row of one kind."""
        return next((row for row in self.kinds if row.kind is kind), None)

    @property
    def is_as_aimed(self) -> bool:
        """Whether no kind misses the aims."""
        return all(row.is_as_aimed is not False for row in self.kinds)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded."""
        return {
            "standard": {"slug": self.slug, "version": self.version},
            "keys": {"published": self.published_keys, "made": self.made_keys},
            "kinds": {row.kind.value: row.as_dict() for row in self.kinds},
            "overall": asdict(self.overall),
            "classic": {"within_one_at_least": WITHIN_ONE.at} | asdict(self.classic_overall),
            "is_as_aimed": self.is_as_aimed,
        }


def characteristics_of(plan: Plan, tallies: Tallies) -> tuple[OperatingCharacteristics, ...]:
    """For each standard of the plan, of the kinds that have been simulated so far."""
    return tuple(
        _characteristics(standard, pool.published, pool.made, by_kind.items())
        for standard, pool, by_kind in zip(plan.standards, plan.pools, tallies, strict=True)
    )


def report_of(plan: Plan, tallies: Tallies, *, is_complete: bool) -> dict[str, Any]:
    """The result of a run as a JSON document.

    The first standard of the plan is the one that was asked about, a second one the standard as
    it is published.
    """
    asked, *published = characteristics_of(plan, tallies)
    return {
        "seed": plan.seed,
        "replications": plan.replications,
        "is_complete": is_complete,
        "engine_version": ENGINE_VERSION,
        **asked.as_dict(),
        "as_published": published[0].as_dict() if published else None,
    }


def _characteristics(
    standard: Standard,
    published_keys: int,
    made_keys: int,
    tallies: Iterable[tuple[RaterKind, KindTally]],
) -> OperatingCharacteristics:
    rows = tuple(_of_kind(kind, one) for kind, one in tallies if one.tally.raters)
    return OperatingCharacteristics(
        slug=standard.slug,
        version=standard.version,
        kinds=rows,
        overall=_overall(
            rows,
            [(row.first_attempt.meets, row.all_attempts.meets) for row in rows],
            [row.consistency for row in rows],
        ),
        classic_overall=_overall(
            rows,
            [(row.classic.meets_at_first, row.classic.meets_over_all) for row in rows],
            [row.classic.consistency for row in rows],
        ),
        published_keys=published_keys,
        made_keys=made_keys,
    )


def _of_kind(kind: RaterKind, found: KindTally) -> KindCharacteristics:
    tally, missed = found.tally, found.missed_lines or ()
    truly_meets = not missed
    at_form = _shares(tally.raters, tally.form_meets, tally.form_does_not_meet)
    first = _shares(tally.raters, tally.first_meets, tally.first_does_not_meet)
    over_all = _shares(tally.raters, tally.all_meets, tally.all_does_not_meet)
    low, high = wilson(tally.first_meets, tally.raters)
    return KindCharacteristics(
        kind=kind,
        raters=tally.raters,
        truly_meets=truly_meets,
        missed_lines=missed,
        at_form=at_form,
        first_attempt=first,
        all_attempts=over_all,
        low=low,
        high=high,
        mean_vignettes=tally.vignettes_first / tally.raters,
        mean_vignettes_over_all=tally.vignettes_all / tally.raters,
        mean_attempts=tally.attempts / tally.raters,
        consistency=consistency(tally.first_meets, tally.first_does_not_meet, raters=tally.raters),
        consistency_at_form=consistency(
            tally.form_meets, tally.form_does_not_meet, raters=tally.raters
        ),
        accuracy=_accuracy(first.meets, truly_meets),
        accuracy_over_all=_accuracy(over_all.meets, truly_meets),
        classic=_classic(tally, truly_meets),
    )


def _classic(tally: Tally, truly_meets: bool) -> ClassicShares:
    at_first, over_all = tally.classic_first / tally.raters, tally.classic_all / tally.raters
    failed = tally.raters - tally.classic_first
    return ClassicShares(
        meets_at_first=at_first,
        meets_over_all=over_all,
        consistency=consistency(tally.classic_first, failed, raters=tally.raters),
        accuracy=_accuracy(at_first, truly_meets),
        accuracy_over_all=_accuracy(over_all, truly_meets),
    )


def _shares(raters: int, meets: int, does_not_meet: int) -> Shares:
    left = raters - meets - does_not_meet
    return Shares(meets / raters, does_not_meet / raters, left / raters)


def _accuracy(meets: float, truly_meets: bool) -> float:
    return meets if truly_meets else 1.0 - meets


def consistency(*ended: int, raters: int) -> float:
    """Share of pairs of different raters with the same outcome.

    ended: how many ended each way; the rest make one further outcome. Raters of one kind differ in
    nothing but chance, so a pair of them is one rater on two independent forms, and all pairs
    together waste nothing. 1 for a single rater.
    """
    counts = [*ended, raters - sum(ended)]
    pairs = raters * (raters - 1)
    return sum(count * (count - 1) for count in counts) / pairs if pairs else 1.0


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """95 % score interval of a share (Wilson 1927)."""
    # Here, because it needs numpy, which a page that shows a finished run does without.
    import numpy as np

    from training.psychometrics.intervals import wilson_interval

    share, units = np.array(successes / trials), np.array(float(trials))
    low, high = map(float, wilson_interval(share, units, confidence=0.95))
    # At both ends they are the share itself, were it not for the rounding of what should cancel.
    return (low if successes else 0.0), (high if successes < trials else 1.0)


def _overall(
    rows: Sequence[KindCharacteristics],
    meets: Sequence[tuple[float, float]],
    consistencies: Sequence[float],
) -> OverallCharacteristics:
    """meets: for each row the share at the first attempt and over all."""
    sound = [one for row, one in zip(rows, meets, strict=True) if row.truly_meets]
    faulty = [one for row, one in zip(rows, meets, strict=True) if not row.truly_meets]
    accurate = [
        (_accuracy(first, row.truly_meets), _accuracy(over_all, row.truly_meets))
        for row, (first, over_all) in zip(rows, meets, strict=True)
    ]
    return OverallCharacteristics(
        false_passes=_mean(first for first, _ in faulty),
        false_passes_over_all=_mean(over_all for _, over_all in faulty),
        false_fails=_mean(1.0 - first for first, _ in sound),
        false_fails_over_all=_mean(1.0 - over_all for _, over_all in sound),
        consistency=_mean(consistencies),
        accuracy=_mean(first for first, _ in accurate),
        accuracy_over_all=_mean(over_all for _, over_all in accurate),
    )


def _mean(values: Iterable[float]) -> float | None:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else None
