"""The gates of a standard document: each a threshold with its source and its sentence. Pure.

`gates` holds figures against them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError, PydanticKnownError

from training.certification.judging.lines import Line, Side
from training.library.schema.parts import Part, Text

Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
Points = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Coefficient = Annotated[float, Field(ge=-1.0, le=2.0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]


def _hold_something(values: tuple[Any, ...]) -> tuple[Any, ...]:
    # `min_length` does not count what has a fault itself, and would call one wrong value none.
    if not values:
        raise PydanticKnownError(
            "too_short", {"field_type": "Tuple", "min_length": 1, "actual_length": 0}
        )
    return values


NotEmpty = AfterValidator(_hold_something)


class GateKind(StrEnum):
    """What a gate looks at."""

    EXACT = "exact"
    WITHIN_ONE = "within_one"
    GROSS = "gross"
    BIAS = "bias"
    SLOPE = "slope"
    HALO = "halo"
    KAPPA = "kappa"
    ITEMS = "items"
    TOTALS = "totals"
    CRITICAL = "critical"
    RATEABILITY = "rateability"
    ICC = "icc"

    @property
    def side(self) -> Side:
        """Where the right side of the gate's line is."""
        return _SIDES.get(self, Side.FLOOR)


_SIDES = {
    GateKind.GROSS: Side.CEILING,
    GateKind.BIAS: Side.TWO_SIDED,
    GateKind.ITEMS: Side.CEILING,
    GateKind.CRITICAL: Side.CEILING,
    GateKind.RATEABILITY: Side.CEILING,
}

# What a figure can be, for the gates with a floor; only slopes may exceed 1.
REACH = {
    GateKind.EXACT: (0.0, 1.0),
    GateKind.WITHIN_ONE: (0.0, 1.0),
    GateKind.KAPPA: (-1.0, 1.0),
    GateKind.ICC: (-1.0, 1.0),
}
WIDEST_REACH = (-1.0, 2.0)


class GatePart(Part):
    """What every gate has.

    required            a required gate that cannot be computed leaves the decision open; another
                        one does not apply then.
    minimum_vignettes   below this many vignettes the gate does not apply; its figure is shown.
    source              where the threshold comes from.
    sentence            what the gate asks, said to the rater.
    """

    required: bool = True
    minimum_vignettes: Count = 1
    source: Text
    sentence: Text


class AtLeastGate(GatePart):
    """Met when the figure, and the lower end of its interval where one is set, reach the line."""

    kind: Literal[
        GateKind.EXACT,
        GateKind.WITHIN_ONE,
        GateKind.SLOPE,
        GateKind.HALO,
        GateKind.KAPPA,
        GateKind.ICC,
    ]
    at_least: Coefficient
    lower_bound_at_least: Coefficient | None = None

    @property
    def line(self) -> Line:
        return Line(self.kind.side, self.at_least, self.lower_bound_at_least)

    @field_validator("at_least", "lower_bound_at_least")
    @classmethod
    def _lies_where_the_figure_can(cls, line: float | None, info: ValidationInfo) -> float | None:
        least, most = REACH.get(info.data.get("kind", ""), WIDEST_REACH)
        if line is not None and not least <= line <= most:
            raise PydanticCustomError(
                "out_of_reach",
                "is {line}, and the figure is never below {least} or above {most}",
                {"line": f"{line:.15g}", "least": f"{least:g}", "most": f"{most:g}"},
            )
        return line

    @model_validator(mode="after")
    def _bound_is_no_stricter(self) -> AtLeastGate:
        if self.lower_bound_at_least is not None and self.lower_bound_at_least > self.at_least:
            raise ValueError(
                f"lower_bound_at_least {self.lower_bound_at_least} is above at_least "
                f"{self.at_least}, which could then never decide"
            )
        return self


class AtMostGate(GatePart):
    """Met when the share, and the upper end of its interval where one is set, stay at the line."""

    kind: Literal[GateKind.GROSS, GateKind.RATEABILITY]
    at_most: Share
    upper_bound_at_most: Share | None = None

    @property
    def line(self) -> Line:
        return Line(self.kind.side, self.at_most, self.upper_bound_at_most)

    @model_validator(mode="after")
    def _bound_is_no_stricter(self) -> AtMostGate:
        if self.upper_bound_at_most is not None and self.upper_bound_at_most < self.at_most:
            raise ValueError(
                f"upper_bound_at_most {self.upper_bound_at_most} is below at_most "
                f"{self.at_most}, which could then never decide"
            )
        return self


class BiasGate(GatePart):
    """Met when the mean difference is at most `at_most` points either way and its interval lies
    inside plus or minus `interval_within` points."""

    kind: Literal[GateKind.BIAS]
    at_most: Points
    interval_within: Points

    @property
    def line(self) -> Line:
        return Line(self.kind.side, self.at_most, self.interval_within)

    @model_validator(mode="after")
    def _interval_is_wider(self) -> BiasGate:
        if self.interval_within < self.at_most:
            raise ValueError(
                f"interval_within {self.interval_within} is narrower than at_most {self.at_most}"
            )
        return self


class ItemsGate(GatePart):
    """Met when no item that is jointly rated in `item_vignettes` vignettes or more has a mean
    absolute error above `at_most` points."""

    kind: Literal[GateKind.ITEMS]
    at_most: Points
    item_vignettes: Count

    @property
    def line(self) -> Line:
        """The line for each item."""
        return Line(self.kind.side, self.at_most)


class TotalsGate(GatePart):
    """Met when at least this share of vignette totals is within `within_share_of_range`."""

    kind: Literal[GateKind.TOTALS]
    at_least: Share
    within_share_of_range: Share

    @property
    def line(self) -> Line:
        return Line(self.kind.side, self.at_least)


class CriticalGate(GatePart):
    """Met when these items have at most `misses` gross misses for each `per_vignettes` vignettes.

    The allowance grows with the evidence in whole steps (8 to 15 vignettes one miss, 16 to 23
    two, and so on): a fixed count would be stricter the longer somebody is tested.
    """

    kind: Literal[GateKind.CRITICAL]
    items: Annotated[tuple[Count, ...], NotEmpty]
    misses: Annotated[int, Field(ge=0)]
    per_vignettes: Count

    @property
    def line(self) -> Line:
        """The line for the share of gross misses in the long run, without whole steps."""
        return Line(self.kind.side, self.misses / (self.per_vignettes * len(self.items)))

    def allowed_misses(self, vignettes: int) -> int:
        """How many gross misses may stand for this many vignettes."""
        return self.misses * max(1, vignettes // self.per_vignettes)


SingleFigureGate = AtLeastGate | AtMostGate | BiasGate | TotalsGate
"""The gates that hold one figure over all items against a line."""

Gate = Annotated[
    AtLeastGate | AtMostGate | BiasGate | ItemsGate | TotalsGate | CriticalGate,
    Field(discriminator="kind"),
]
