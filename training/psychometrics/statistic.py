"""A computed figure: its value, its interval, and the reason when there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why a figure, or its interval, cannot be computed."""

    NO_OVERLAP = "no_overlap"
    NO_VARIANCE = "no_variance"
    TOO_FEW_UNITS = "too_few_units"
    DEPENDS_ON_ONE_UNIT = "depends_on_one_unit"
    NEEDS_TWO_RATERS = "needs_two_raters"
    NEEDS_EXACTLY_TWO_RATERS = "needs_exactly_two_raters"
    NO_COMPLETE_UNITS = "no_complete_units"
    NO_ERROR_VARIANCE = "no_error_variance"
    TOO_MANY_CATEGORIES = "too_many_categories"
    NO_RATIO_SCALE = "no_ratio_scale"
    NEGATIVE_VARIANCE = "negative_variance"


MESSAGES: dict[Reason, str] = {
    Reason.NO_OVERLAP: "There is no cell that counts towards this figure.",
    Reason.NO_VARIANCE: "The scores do not vary, so there is nothing to relate.",
    Reason.TOO_FEW_UNITS: "An interval needs at least two vignettes.",
    Reason.DEPENDS_ON_ONE_UNIT: (
        "Without one of the vignettes the figure cannot be computed, so its error is unknown."
    ),
    Reason.NEEDS_TWO_RATERS: "Agreement needs units that two or more raters have scored.",
    Reason.NEEDS_EXACTLY_TWO_RATERS: "This figure compares exactly two raters.",
    Reason.NO_COMPLETE_UNITS: "Fewer than two units were scored by all raters.",
    Reason.NO_ERROR_VARIANCE: (
        "The raters differ by nothing but a constant, so there is no error to measure with."
    ),
    Reason.TOO_MANY_CATEGORIES: (
        "There are too many different scores for a figure about categories; see the ICC."
    ),
    Reason.NO_RATIO_SCALE: "Scores below 0 have no ratios.",
    Reason.NEGATIVE_VARIANCE: (
        "What was rated differs so little that the variance to divide by is estimated as 0 or less."
    ),
}


@dataclass(frozen=True, slots=True)
class Undefined:
    """The absence of a figure, as a value.

    `reason` is for programs and translations, `message` is the English sentence.
    """

    reason: Reason
    message: str

    @classmethod
    def because(cls, reason: Reason) -> Undefined:
        """The absence for this reason, with its standard sentence."""
        return cls(reason, MESSAGES[reason])

    def as_dict(self) -> dict[str, str]:
        """Plain values for JSON."""
        return {"reason": self.reason.value, "message": self.message}


@dataclass(frozen=True, slots=True)
class Statistic:
    """One figure about a rater.

    value           the estimate in the figure's own unit, None when it is undefined.
    low, high       ends of the two-sided interval; None when there is no interval.
    standard_error  of the estimate, from the same units as the interval; may be None.
    n               number of units the value rests on (cells, or vignettes for totals).
    method          how the interval was made, in words for the dossier.
    undefined       why the value is missing or, where the value stands, why its interval is.

    No field is ever NaN or infinite: the constructor refuses them with ValueError.
    """

    value: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    n: int
    method: str
    undefined: Undefined | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high", "standard_error"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise ValueError(f"{name} must be finite or None, not {number!r}")

    @property
    def is_defined(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    @property
    def has_interval(self) -> bool:
        """Whether there is an interval around the value."""
        return self.low is not None and self.high is not None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded: rounding belongs to templates and printers."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "standard_error": self.standard_error,
            "n": self.n,
            "method": self.method,
            "undefined": None if self.undefined is None else self.undefined.as_dict(),
        }

    def as_entry(self) -> dict[str, Any]:
        """Plain values for the commands: `undefined` speaks of the value alone.

        A value without an interval says why in the further key `no_interval`.
        """
        why = None if self.undefined is None else self.undefined.as_dict()
        entry = {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "se": self.standard_error,
            "n": self.n,
            "method": self.method,
            "undefined": why if self.value is None else None,
        }
        if self.value is not None and why is not None:
            entry["no_interval"] = why
        return entry
