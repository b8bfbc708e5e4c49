"""The expert key of a vignette. Kept apart, so that no page can show it by mistake."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import field_validator, model_validator

from training.library.schema.parts import Part, SlugText, Text

NOT_RATEABLE = "NR"


class KeyStatus(StrEnum):
    AUTHORED = "authored"  # the author's own
    RATIFIED = "ratified"  # agreed by a panel that rated independently first


class KeyRating(Part):
    rating: int | Literal["NR"]
    evidence: tuple[int, ...]
    reason: Text

    @field_validator("rating", mode="before")
    @classmethod
    def _refuse_booleans(cls, value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError("a rating is a score of the scale or NR")
        return value

    @model_validator(mode="after")
    def _scores_rest_on_turns(self) -> KeyRating:
        if self.score is not None and not self.evidence:
            raise ValueError("a score needs evidence turns")
        return self

    @property
    def score(self) -> int | None:
        """The consensus score, or None where the item is not rateable."""
        return None if self.rating == NOT_RATEABLE else int(self.rating)


class Key(Part):
    vignette: SlugText
    instrument: SlugText
    status: KeyStatus
    cases: tuple[SlugText, ...] = ()
    items: dict[int, KeyRating]
