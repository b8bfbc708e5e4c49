"""Drawing the vignettes of an attempt: unseen, stratified, least exposed first. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from training.certification.judging.standard import Stratum


class TooFewVignettesError(ValueError):
    """The pool holds fewer unseen vignettes than the form needs; the text says how many."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A vignette the person has never met.

    mean_level   mean of its key over the rateable items, in scale points.
    exposures    how often it was given to anybody in an attempt.
    is_kept_for_renewals   whether it is from the pool that first attempts never touch.
    """

    slug: str
    mean_level: float
    exposures: int
    is_kept_for_renewals: bool = False


def draw(
    candidates: Sequence[Candidate],
    *,
    number: int,
    strata: Sequence[Stratum] = (),
    seed: str,
) -> tuple[str, ...]:
    """Draw `number` vignettes in random order; the same seed and pool give the same form.

    Each stratum gets its share first, as far as the pool allows; within a stratum, and for the
    rest, those kept for renewals come first, then those given to fewest people. Raises
    TooFewVignettesError.
    """
    if len(candidates) < number:
        raise TooFewVignettesError(
            f"{number} unseen vignettes are needed and the pool holds {len(candidates)}"
        )
    generator = random.Random(seed)  # noqa: S311 - reproducible on purpose, and not a secret
    # Shuffled before the stable sort, so that equally exposed vignettes come in random order.
    pool = sorted(candidates, key=lambda candidate: candidate.slug)
    generator.shuffle(pool)
    pool.sort(key=lambda candidate: (not candidate.is_kept_for_renewals, candidate.exposures))
    chosen: list[Candidate] = []
    for stratum in strata:
        fitting = [c for c in pool if stratum.holds(c.mean_level) and c not in chosen]
        chosen += fitting[: min(stratum.at_least, number - len(chosen))]
    chosen += [c for c in pool if c not in chosen][: number - len(chosen)]
    generator.shuffle(chosen)
    return tuple(candidate.slug for candidate in chosen)
