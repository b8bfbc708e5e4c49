"""The way through, as stations, and the one next step. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StationKind(StrEnum):
    LEARN = "learn"
    PRACTISE = "practise"
    BE_ASSESSED = "be-assessed"
    CERTIFICATE = "certificate"


class StationState(StrEnum):
    DONE = "done"
    CURRENT = "current"
    LATER = "later"


class NextStep(StrEnum):
    """What the Continue button leads to."""

    MODULE = "module"
    PRACTICE = "practice"
    OPEN_ATTEMPT = "open-attempt"
    ATTEMPT = "attempt"
    WAIT_FOR_CERTIFIER = "wait-for-certifier"
    WAIT_UNTIL = "wait-until"
    WAIT_FOR_STANDARD = "wait-for-standard"
    CERTIFICATE = "certificate"
    RENEW = "renew"
    WAIT_TO_RENEW = "wait-to-renew"


@dataclass(frozen=True, slots=True)
class Station:
    """One part of the way, and how far somebody is on it."""

    kind: StationKind
    state: StationState
    done: int
    needed: int

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return min(self.done / self.needed, 1.0) if self.needed else 1.0


@dataclass(frozen=True, slots=True)
class Way:
    stations: tuple[Station, ...]
    next_step: NextStep

    @property
    def current(self) -> Station | None:
        """The station somebody is at; None when all are behind them."""
        return next((s for s in self.stations if s.state is StationState.CURRENT), None)


@dataclass(frozen=True, slots=True)
class Record:
    """What a person has done so far.

    vignettes_submitted, vignettes_in_form   of the attempt under way, 0 and the form's size before;
                                             both 0 where no standard is in use.
    is_in_renewal_window                     the certificate lapses soon enough to renew it now.
    """

    modules_done: int
    modules: int
    practised: int
    practice_needed: int
    vignettes_submitted: int
    vignettes_in_form: int
    has_open_attempt: bool
    is_waiting_for_certifier: bool
    certified_until: datetime | None
    may_open_attempt: bool
    is_in_renewal_window: bool = False


def way_of(record: Record) -> Way:
    """The stations of a person, and what they do next.

    Learning and practice may be done in any order, but learning comes first; a certificate
    that is valid ends the way whatever was added to the course since.
    """
    is_set_up = bool(record.modules or record.vignettes_in_form)
    done = (
        is_set_up and record.modules_done >= record.modules,
        is_set_up and record.practised >= record.practice_needed,
        record.certified_until is not None or record.is_waiting_for_certifier,
        record.certified_until is not None,
    )
    counts = (
        (record.modules_done, record.modules),
        (record.practised, record.practice_needed),
        (
            record.vignettes_in_form if done[2] else record.vignettes_submitted,
            record.vignettes_in_form,
        ),
        (int(done[3]), 1),
    )
    current = 4 if done[3] else _first_open(done)
    if record.has_open_attempt:
        current = 2  # an attempt under way goes before whatever the course gained meanwhile
    return Way(
        tuple(
            Station(kind, _state(position, current, done), *counts[position])
            for position, kind in enumerate(StationKind)
        ),
        _next_step(record, current),
    )


def _first_open(done: Sequence[bool]) -> int:
    return next((position for position, is_done in enumerate(done) if not is_done), len(done))


def _state(position: int, current: int, done: Sequence[bool]) -> StationState:
    if position == current:
        return StationState.CURRENT
    return StationState.DONE if done[position] else StationState.LATER


def _step_of_holder(record: Record) -> NextStep:
    """A waiting time or a lack of vignettes may stand in the way of renewing in time."""
    if not record.is_in_renewal_window:
        return NextStep.CERTIFICATE
    return NextStep.RENEW if record.may_open_attempt else NextStep.WAIT_TO_RENEW


def _next_step(record: Record, current: int) -> NextStep:
    if record.has_open_attempt:
        return NextStep.ATTEMPT
    if record.is_waiting_for_certifier:
        return NextStep.WAIT_FOR_CERTIFIER
    if record.certified_until is not None:
        return _step_of_holder(record)
    if current < 2:
        return (NextStep.MODULE, NextStep.PRACTICE)[current]
    if not record.vignettes_in_form:
        return NextStep.WAIT_FOR_STANDARD
    return NextStep.OPEN_ATTEMPT if record.may_open_attempt else NextStep.WAIT_UNTIL
