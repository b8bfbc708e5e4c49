"""About how much time the way still takes, station by station. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from training.home.way import StationKind, StationState, Way

RATING_PER_READING = 1.0  # rating takes about as long again as reading; our own estimate


@dataclass(frozen=True, slots=True)
class TimeOnWay:
    """Rough minutes by station; what takes none, or nobody can tell, is not in it."""

    minutes: dict[StationKind, int]
    total: int


def time_left(
    way: Way, *, learning: int, reading_practice: Sequence[int], reading_assessed: Sequence[int]
) -> TimeOnWay:
    """The time that is left on a way.

    learning           minutes of the stages of modules that are not done.
    reading_practice   minutes of reading of each practice vignette there is, and
    reading_assessed   of each that an assessment may draw: it is reckoned with their mean.
    """
    per_vignette = {
        StationKind.PRACTISE: reading_practice,
        StationKind.BE_ASSESSED: reading_assessed,
    }
    found: dict[StationKind, float] = {StationKind.LEARN: learning}
    for station in way.stations:
        reading = per_vignette.get(station.kind)
        if reading and station.state is not StationState.DONE:
            vignettes = max(0, station.needed - station.done)
            mean = sum(reading) / len(reading)
            found[station.kind] = vignettes * mean * (1 + RATING_PER_READING)
    return TimeOnWay(
        {kind: roughly(minutes) for kind, minutes in found.items() if minutes},
        roughly(sum(found.values())),
    )


def roughly(minutes: float) -> int:
    """As exact as an estimate may look: whole hours from two hours on, else five minutes, up."""
    step = 60 if minutes >= 120 else 5
    return ceil(minutes / step) * step
