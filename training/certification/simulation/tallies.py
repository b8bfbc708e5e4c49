"""What is counted of simulated attempts: counts that add up over blocks and slices. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from training.certification.simulation.rater_kinds import RaterKind


@dataclass(frozen=True, slots=True)
class Tally:
    """How raters of one kind ended under one standard. All are counts, and add up.

    form_...       after the first form of the first attempt.
    first_...      after the first attempt, with all further vignettes.
    all_...        after all attempts a rater may make.
    vignettes_...  rated by all of them together, in the first attempt and over all.
    attempts       made by all of them together.
    classic_...    who meets the classic rule at the first form, and at any of the attempts.
    """

    raters: int = 0
    form_meets: int = 0
    form_does_not_meet: int = 0
    first_meets: int = 0
    first_does_not_meet: int = 0
    all_meets: int = 0
    all_does_not_meet: int = 0
    vignettes_first: int = 0
    vignettes_all: int = 0
    attempts: int = 0
    classic_first: int = 0
    classic_all: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(Tally))
        )


@dataclass(frozen=True, slots=True)
class KindTally:
    """One kind under one standard: the tally, and which gates its true figures miss.

    missed_lines   names of gates; None while the record has not been made.
    """

    tally: Tally = Tally()
    missed_lines: tuple[str, ...] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, to be stored between slices."""
        counts = {each.name: getattr(self.tally, each.name) for each in fields(Tally)}
        missed = None if self.missed_lines is None else list(self.missed_lines)
        return {"tally": counts, "missed_lines": missed}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> KindTally:
        missed = stored["missed_lines"]
        return cls(Tally(**stored["tally"]), None if missed is None else tuple(missed))


Tallies = tuple[dict[RaterKind, KindTally], ...]
"""For each standard of the plan, by kind."""
