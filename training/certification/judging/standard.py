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
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from training.certification.judging.gate_documents import (
    Count,
    CriticalGate,
    Gate,
    GateKind,
    NotEmpty,
    TotalsGate,
)
from training.library.schema.parts import Part, SlugText, Text, VersionText
from training.psychometrics.results import TOTAL_TOLERANCE

APPEAL_DAYS = 60
"""How long a rater may appeal where a standard does not say; project policy."""


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
