"""The standard document: what a rater must show, how surely, and how often they may try. Pure.

A threshold is data with its source and its sentence for the rater; `decision.decide` is the one
function that applies it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from training.certification.judging.lines import Line, Side
from training.library.schema.parts import Part, SlugText, Text, VersionText
from training.psychometrics.results import TOTAL_TOLERANCE

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

APPEAL_DAYS = 60
"""How long a rater may appeal where a standard does not say; project policy."""


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


class IntervalRule(StrEnum):
    """How the interval around the figure of a gate is made; one rule for all gates.

    LEAVE_ONE_VIGNETTE_OUT   the vignettes are the units, never single ratings: the
                             delete-one-vignette jackknife with Student's t. Shares take the wider
                             of this and Wilson's interval on each side, the ICC the wider of this
                             and its F interval. How sure it is stands in `confidence`.
    """

    LEAVE_ONE_VIGNETTE_OUT = "leave-one-vignette-out"


class Signatory(StrEnum):
    """Who signs: somebody in this role who is not the rater and did not train the rater."""

    CERTIFIER = "certifier"


class VersionRange(Part):
    """Versions of the instrument, at_least <= version < below, compared number by number."""

    at_least: VersionText
    below: VersionText | None = None

    @model_validator(mode="after")
    def _holds_a_version(self) -> VersionRange:
        if self.below is not None and _order(self.below) <= _order(self.at_least):
            raise ValueError(f"no version is at least {self.at_least} and below {self.below}")
        return self

    def holds(self, version: str) -> bool:
        """Whether a version lies in the range."""
        reaches = _order(version) >= _order(self.at_least)
        return reaches and (self.below is None or _order(version) < _order(self.below))

    def __str__(self) -> str:
        return (
            f"{self.at_least} up to, not including, {self.below}"
            if self.below
            else (f"{self.at_least} and later")
        )


def _order(version: str) -> tuple[int, ...]:
    """The numbers of a version without zeros at its end: 1.0 and 1 are the same."""
    numbers = [int(number) for number in version.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


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


class Prerequisites(Part):
    """What must be done before the first attempt."""

    modules: tuple[SlugText, ...]
    practice_vignettes: Annotated[int, Field(ge=0)]


class Stratum(Part):
    """Vignettes whose key has a mean rating in [mean_from, mean_below); a form holds some of them.

    The mean, in scale points, is over the rateable items of the key.
    """

    name: SlugText
    mean_from: float | None = None
    mean_below: float | None = None
    at_least: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _holds_a_mean(self) -> Stratum:
        if (
            self.mean_from is not None
            and self.mean_below is not None
            and self.mean_below <= self.mean_from
        ):
            raise ValueError(f"no mean is from {self.mean_from} and below {self.mean_below}")
        return self

    def holds(self, mean: float) -> bool:
        """Whether a vignette with this mean key rating belongs here."""
        reaches = self.mean_from is None or mean >= self.mean_from
        return reaches and (self.mean_below is None or mean < self.mean_below)


class Form(Part):
    """How many vignettes an attempt starts with, grows by, and may reach."""

    vignettes: Annotated[int, Field(ge=2)]
    step: Count
    maximum: Annotated[int, Field(ge=2)]
    strata: tuple[Stratum, ...] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> Form:
        if self.maximum < self.vignettes:
            raise ValueError(f"maximum {self.maximum} is below vignettes {self.vignettes}")
        if (self.maximum - self.vignettes) % self.step:
            raise ValueError(f"steps of {self.step} do not lead to the maximum {self.maximum}")
        if sum(stratum.at_least for stratum in self.strata) > self.vignettes:
            raise ValueError(f"the strata ask for more than {self.vignettes} vignettes")
        return self


class Attempts(Part):
    """How often a rater may try, and whether the evidence of earlier attempts counts.

    window_days             days from opening within which an attempt must be finished; none is
                            a window that stays open.
    remediation_practice    how many practice vignettes and module excerpts to rate after a
                            decision that does not meet, before the next attempt.
    appeal_days             days from a decision against the rater within which they may appeal.
    """

    maximum: Count
    within_months: Count
    cooling_off_days: Annotated[int, Field(ge=0)]
    pooled: bool
    window_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    remediation_practice: Annotated[int, Field(ge=0)] = 0
    appeal_days: Annotated[int, Field(ge=1, le=3650)] = APPEAL_DAYS

    @model_serializer(mode="wrap")
    def _leave_out_the_usual_appeal(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # So that a standard from before there were appeals keeps its digest.
        values: dict[str, Any] = handler(self)
        if self.appeal_days == APPEAL_DAYS:
            del values["appeal_days"]
        return values


class Keys(Part):
    """Which keys a decision may rest on."""

    authored_allowed: bool


class Standard(Part):
    """A certification standard.

    `instrument_versions` are those whose ratings it may judge; all, when left out. `confidence` is
    that of the two-sided intervals the gates look at, made by the rule `intervals`: 0.90 makes
    every bound a one-sided 95 % bound. `provisional` says that the thresholds are the project's
    own policy. `signed_by` says who signs, `signatures` how many of them.
    """

    slug: SlugText
    version: Text
    title: Text
    instrument: SlugText
    instrument_versions: VersionRange | None = None
    unit: Text
    provisional: bool
    statement: Text
    prerequisites: Prerequisites
    form: Form
    confidence: Annotated[float, Field(gt=0.5, lt=1.0)]
    intervals: IntervalRule = IntervalRule.LEAVE_ONE_VIGNETTE_OUT
    gates: Annotated[tuple[Gate, ...], NotEmpty]
    attempts: Attempts
    validity_months: Count
    keys: Keys
    signed_by: Signatory = Signatory.CERTIFIER
    signatures: Literal[1, 2]  # how many different certifiers sign before a certificate is issued

    @model_validator(mode="after")
    def _gates_can_decide(self) -> Standard:
        kinds = [gate.kind for gate in self.gates]
        if twice := sorted({kind.value for kind in kinds if kinds.count(kind) > 1}):
            raise ValueError(f"gates names {', '.join(twice)} more than once")
        if not any(gate.required for gate in self.gates):
            raise ValueError("gates has no required gate, so nothing at all could meet it")
        for gate in self.gates:
            if gate.required and gate.minimum_vignettes > self.form.vignettes:
                raise ValueError(
                    f"the required gate {gate.kind.value} needs {gate.minimum_vignettes} "
                    f"vignettes and a form starts with {self.form.vignettes}"
                )
        return self

    def find_gate(self, kind: GateKind) -> Gate | None:
        """The gate of this kind, or None when the standard does not have it."""
        return next((gate for gate in self.gates if gate.kind is kind), None)

    @property
    def total_tolerance(self) -> float:
        """Share of its range by which a vignette's total may be off, 0 to 1."""
        gate = self.find_gate(GateKind.TOTALS)
        return gate.within_share_of_range if isinstance(gate, TotalsGate) else TOTAL_TOLERANCE

    @property
    def critical_items(self) -> tuple[int, ...]:
        """The items of the gate on critical items; empty when there is none."""
        gate = self.find_gate(GateKind.CRITICAL)
        return gate.items if isinstance(gate, CriticalGate) else ()


@dataclass(frozen=True, slots=True)
class StandardFault:
    """Something in a standard document that an author has to mend; `code` names it to programs."""

    field: str
    message: str
    code: str = ""


def faults(document: Mapping[str, Any]) -> list[StandardFault]:
    """All faults of a standard document at once; an empty list for a valid one."""
    try:
        Standard.model_validate(document)
    except ValidationError as error:
        return [
            StandardFault(
                ".".join(str(part) for part in detail["loc"]),
                detail["msg"].removeprefix("Value error, "),
                detail["type"],
            )
            for detail in error.errors()
        ]
    return []
