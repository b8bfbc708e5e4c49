"""What somebody has rated and submitted, in order, with the keys it was compared with. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from training.calibration.agreement import AgreementSums, compare_with_key
from training.calibration.feedback import Feedback, build_feedback
from training.calibration.patterns import Cell
from training.calibration.ratings import BLANK, Rating
from training.library.schema import Instrument, Key, Module, Vignette

FIRST = 1  # a person's first rating of a vignette: the only one that can be made blind


@dataclass(frozen=True, slots=True)
class PastRating:
    """One submitted rating and what it was made on and compared with, in the versions of then.

    `is_practice` tells a whole vignette from the excerpt at the end of a module, `knew_key` that
    its rater had been shown the key elsewhere, as experts may choose to be.
    """

    session_id: uuid.UUID
    is_practice: bool
    knew_key: bool
    number: int
    submitted_at: datetime
    vignette: Vignette
    key: Key
    instrument: Instrument
    ratings: dict[int, Rating]

    @property
    def counts(self) -> bool:
        """Whether figures are taken of it: practice, and rated before its key was seen."""
        return self.is_practice and self.number == FIRST and not self.knew_key

    @property
    def is_repeat(self) -> bool:
        """Whether its rater had practised the vignette before."""
        return self.is_practice and self.number > FIRST

    @property
    def items(self) -> tuple[int, ...]:
        return self.vignette.rated_items(self.instrument.item_numbers)

    @property
    def cells(self) -> list[Cell]:
        """(vignette, item, own score, consensus), without what the panel dropped; None = NR."""
        scores = {number: self.ratings.get(number, BLANK).score for number in self.items}
        references = self.key.references_for(scores)
        return [
            (self.vignette.slug, number, scores[number], references[number])
            for number in self.items
            if number in references
        ]

    @property
    def sums(self) -> AgreementSums:
        cells = self.cells
        return compare_with_key(
            {number: own for _slug, number, own, _key in cells},
            {number: key for _slug, number, _own, key in cells},
        ).sums

    def feedback(self, modules: Sequence[Module] = ()) -> Feedback:
        """What the rater sees of it; next steps are found among these modules."""
        return build_feedback(self.vignette, self.key, self.instrument, self.ratings, modules)


def counted(history: Iterable[PastRating]) -> list[PastRating]:
    """The practice ratings made blind, in their order."""
    return [past for past in history if past.counts]


def made_knowing_key(history: Iterable[PastRating]) -> list[PastRating]:
    """The practice ratings made knowing the key, in their order: repeats mostly."""
    return [past for past in history if past.is_practice and not past.counts]


def cells_of(history: Iterable[PastRating]) -> list[Cell]:
    """The cells that psychometrics compares: those of practice ratings made blind."""
    return [cell for past in counted(history) for cell in past.cells]
