"""What practice lets expect of an attempt at certification: a forecast, never a verdict. Pure.

How it is made, and what it supposes: `forecast`, which needs numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from training.certification.judging.gate_documents import GateKind

FEWEST_VIGNETTES = 5
"""Below, what was practised says more about its vignettes than about the rater."""

RANGE = 0.90
"""How sure the range is meant to be, 0 to 1. What it is worth: see `forecast`."""

LIKELY, UNLIKELY = 0.75, 0.25

Scores = tuple[int | None, ...]
"""Of one vignette, by the instrument's items in their order; None = not rateable."""


class Outlook(StrEnum):
    """What the range says in a word."""

    LIKELY = "likely"  # all of it at the upper line or above
    RATHER_LIKELY = "rather-likely"
    OPEN = "open"
    RATHER_UNLIKELY = "rather-unlikely"
    UNLIKELY = "unlikely"  # all of it at the lower line or below


@dataclass(frozen=True, slots=True)
class Practised:
    """One first practice rating beside its key; items the panel dropped are None on both sides."""

    own: Scores
    key: Scores


@dataclass(frozen=True, slots=True)
class Hindrance:
    """A gate that is not met at the end of so many of the attempts, 0 to 1."""

    gate: GateKind
    share: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many of the attempts drawn from a rater's practice would meet the standard.

    share       0 to 1, over all attempts; `low` and `high` are its range.
    vignettes   how many were practised.
    hindrances  the gates that are not met, the most frequent first.
    """

    share: float
    low: float
    high: float
    vignettes: int
    hindrances: tuple[Hindrance, ...]

    @property
    def outlook(self) -> Outlook:
        if self.low >= LIKELY:
            return Outlook.LIKELY
        if self.high <= UNLIKELY:
            return Outlook.UNLIKELY
        if self.low > UNLIKELY and self.share > 0.5:
            return Outlook.RATHER_LIKELY
        if self.high < LIKELY and self.share < 0.5:
            return Outlook.RATHER_UNLIKELY
        return Outlook.OPEN
