"""How the ratings of a decision came about, as a document that is frozen with it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from training.certification.judging.flags import Flag


@dataclass(frozen=True, slots=True)
class Times:
    """When one vignette of the attempt was given out, first seen, first saved and submitted."""

    session: str
    vignette: str
    words: int
    opened_at: datetime
    first_shown_at: datetime | None
    first_saved_at: datetime | None
    submitted_at: datetime

    @property
    def minutes(self) -> float:
        """From first seeing the text, or from when it was given out, to its submission."""
        begun = self.first_shown_at or self.opened_at
        return max(0.0, (self.submitted_at - begun).total_seconds() / 60)


@dataclass(frozen=True, slots=True)
class EarlierAttempt:
    """One line of a person's history at the standard, as it was when the decision fell.

    act   what a certifier had done about it, or None.
    """

    number: int
    opened_at: datetime
    state: str
    outcome: str | None
    act: str | None


@dataclass(frozen=True, slots=True)
class Honour:
    """What the rater confirmed before the attempt, in the words that were shown."""

    person: str
    at: datetime
    wording: str

    @property
    def digest(self) -> str:
        return digest_of_wording(self.wording)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All of it. `closes_at` is the end of the attempt's window, None for one left open."""

    honour: Honour | None
    closes_at: datetime | None
    window_changes: int
    times: tuple[Times, ...]
    history: tuple[EarlierAttempt, ...]
    flags: tuple[Flag, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order."""
        honour = self.honour
        return {
            "honour": None if honour is None else _plain(honour) | {"digest": honour.digest},
            "closes_at": self.closes_at.isoformat() if self.closes_at else None,
            "window_changes": self.window_changes,
            "times": [_plain(times) for times in self.times],
            "history": [_plain(attempt) for attempt in self.history],
            "flags": [flag.as_dict() for flag in self.flags],
        }


def digest_of_wording(wording: str) -> str:
    """The SHA-256 of the honour statement, which the trail carries."""
    return hashlib.sha256(wording.encode()).hexdigest()


def _plain(values: Times | EarlierAttempt | Honour) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(values).items()
    }


def circumstances_of(stored: Mapping[str, Any]) -> Circumstances:
    """The circumstances as they were frozen with a decision."""
    return _stored_circumstances().validate_python(stored)


@cache
def _stored_circumstances() -> TypeAdapter[Circumstances]:
    # Put together when the first are read, and not by every start.
    return TypeAdapter(Circumstances)
