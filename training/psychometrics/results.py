"""What a comparison yields: frozen figures and tables, which need no numpy to be read."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, StrEnum
from typing import Any

from training.psychometrics.statistic import Statistic

TOTAL_TOLERANCE = 0.10
"""A vignette's total is near the consensus within this share of the range it can have."""


class Direction(StrEnum):
    """Which way a rater misses on an item."""

    LENIENT = "lenient"
    SEVERE = "severe"
    BOTH_WAYS = "both_ways"
    EVEN = "even"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ItemComparison:
    """One item over all vignettes.

    n            number of jointly rated cells.
    gross_count  how many of them are gross misses.
    """

    item: int
    n: int
    gross_count: int
    exact: Statistic
    within_one: Statistic
    gross_misses: Statistic
    bias: Statistic
    mae: Statistic
    direction: Direction

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return _plain_fields(self)


@dataclass(frozen=True, slots=True)
class VignetteComparison:
    """One vignette over all items; a single vignette has no interval, so these are plain numbers.

    The totals are sums over the `n` jointly rated items; None where a figure is undefined.
    """

    vignette: str
    n: int
    mismatches: int
    exact: float | None
    within_one: float | None
    gross_count: int
    bias: float | None
    mae: float | None
    total: float | None
    reference_total: float | None
    is_total_within: bool | None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return _plain_fields(self)


@dataclass(frozen=True, slots=True)
class CategoryUse:
    """How often one scale point was given by the rater and by the consensus.

    `difference` is the rater's share minus the consensus's share, -1 to 1.
    """

    category: float
    count: int
    reference_count: int
    difference: Statistic

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return _plain_fields(self)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A rater against the consensus.

    vignettes, cells, jointly_rated, mismatched   counts behind the figures.
    exact, within_one       shares of compared cells (a rateability mismatch is neither).
    gross_misses            share of jointly rated cells two or more points away.
    critical_misses         the same over the critical items alone.
    mismatches              share of all cells that only one side found rateable.
    totals                  share of vignettes with a total near the consensus total.
    bias, mae, rmse         in scale points; a positive bias is lenient where high is good.
    slope, within_vignette_slope, sd_ratio   use of the scale; 1 = as the consensus.
    kappa_quadratic, icc_agreement           chance-corrected, may be negative.
    per_item, per_vignette, scale_use        the tables behind them.
    """

    scale: tuple[int, ...]
    confidence: float
    critical_items: tuple[int, ...]
    vignettes: int
    cells: int
    jointly_rated: int
    mismatched: int
    exact: Statistic
    within_one: Statistic
    gross_misses: Statistic
    critical_misses: Statistic
    mismatches: Statistic
    totals: Statistic
    bias: Statistic
    mae: Statistic
    rmse: Statistic
    slope: Statistic
    within_vignette_slope: Statistic
    sd_ratio: Statistic
    kappa_quadratic: Statistic
    icc_agreement: Statistic
    per_item: tuple[ItemComparison, ...]
    per_vignette: tuple[VignetteComparison, ...]
    scale_use: tuple[CategoryUse, ...]

    def item(self, number: int) -> ItemComparison | None:
        """The row of one item, or None when it was never to be rated."""
        return next((row for row in self.per_item if row.item == number), None)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, with the tables as lists."""
        return _plain_fields(self)


def _plain_fields(value: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: Any) -> Any:
    """Dataclasses, enumerations and tuples as dicts, strings and lists."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return _plain_fields(value)
    if isinstance(value, tuple | list):
        return [_plain(element) for element in value]
    return value
