"""Who needs help and with what. Pure.

Every line drawn here is this project's own and provisional: it starts a conversation between
trainer and rater and decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from training.calibration.agreement import AgreementSums
from training.calibration.feedback import NOTICEABLE_BIAS

IDLE_AFTER_DAYS = 14
FAILED_CHECKS = 2
FEWEST_VIGNETTES = 2  # one vignette says more about the vignette than about the rater
LARGEST_BIAS = 0.5
SMALLEST_WITHIN_ONE = 0.80
SMALLEST_EXACT = 0.60  # the line of the shipped standard
FEWEST_RATINGS_OF_ELEMENT = 3
FEWEST_RATERS = 3
"""Of a group, before anything is said of it: below, it may be one person's way of rating."""
FEWEST_RATINGS = 6
LARGEST_ELEMENT_DIFFERENCE = 1.0
NOTEWORTHY_IN_GROUP = 0.5
ELEMENTS_NAMED = 3


class NeedCode(StrEnum):
    """What a rater may need help with, the most pressing first."""

    ATTEMPT_NOT_MET = "attempt-not-met"
    NOT_BEGUN = "not-begun"
    IDLE = "idle"
    CHECK_FAILED = "check-failed"
    LOW_AGREEMENT = "low-agreement"
    LENIENT = "lenient"
    SEVERE = "severe"
    RARELY_SAME = "rarely-same"
    ELEMENT_LENIENT = "element-lenient"
    ELEMENT_SEVERE = "element-severe"


class Lean(StrEnum):
    """What a mean difference from the consensus is called."""

    LENIENT = "lenient"
    SLIGHTLY_LENIENT = "slightly-lenient"
    LEVEL = "level"
    SLIGHTLY_SEVERE = "slightly-severe"
    SEVERE = "severe"


def lean_of(difference: float) -> Lean:
    """The word for a mean difference in scale points; below the noticeable line it is slight."""
    if difference == 0:
        return Lean.LEVEL
    if difference > 0:
        return Lean.LENIENT if difference >= NOTICEABLE_BIAS else Lean.SLIGHTLY_LENIENT
    return Lean.SEVERE if difference <= -NOTICEABLE_BIAS else Lean.SLIGHTLY_SEVERE


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to talk about, with the figures it rests on.

    figure  what the code speaks of: days, failed tries, a share from 0 to 1, scale points.
    count   how many vignettes or ratings stand behind the figure, 0 where nothing was rated.
    """

    code: NeedCode
    figure: float = 0
    count: int = 0
    module: str = ""  # the slug of a module
    instrument: str = ""  # the slug of an instrument
    item: int = 0  # the number of an element, 0 where it concerns all


class ElementDifference(NamedTuple):
    """How far ratings of one element lie from the consensus; positive is lenient.

    A named tuple, because a page of raters makes several hundred of them.
    """

    instrument: str
    item: int
    ratings: int
    sum_of_differences: int

    @property
    def mean(self) -> float:
        """In scale points. There is always at least one rating."""
        return self.sum_of_differences / self.ratings


@dataclass(frozen=True, slots=True)
class PracticeFigures:
    """First ratings of practice vignettes on one instrument; instruments are never mixed."""

    instrument: str
    sums: AgreementSums
    elements: tuple[ElementDifference, ...] = ()

    @property
    def vignettes(self) -> int:
        return self.sums.sessions


@dataclass(frozen=True, slots=True)
class RaterRecord:
    """What the rules look at.

    failed_checks  by the slug of the module whose check is not mastered yet: how many tries ended.
    is_finished    certified, or waiting for a certifier: not doing anything is no need then.
    """

    joined_at: datetime
    last_step_at: datetime | None
    failed_checks: Mapping[str, int]
    practice: tuple[PracticeFigures, ...]
    is_finished: bool = False
    has_missed_standard: bool = False


def days_idle(joined_at: datetime, last_step_at: datetime | None, *, now: datetime) -> int:
    """Whole days since the last step, or since joining where there was none."""
    return (now - (last_step_at or joined_at)).days


def needs_of(record: RaterRecord, *, now: datetime) -> tuple[Need, ...]:
    """What this rater may need help with, the most pressing first; often nothing."""
    needs = [
        *_needs_of_attempt(record),
        *_needs_of_pace(record, now),
        *_needs_of_checks(record.failed_checks),
    ]
    for figures in record.practice:
        needs += _needs_of_practice(figures)
    order = list(NeedCode)
    return tuple(sorted(needs, key=lambda need: order.index(need.code)))


def _needs_of_attempt(record: RaterRecord) -> Iterator[Need]:
    if record.has_missed_standard and not record.is_finished:
        yield Need(NeedCode.ATTEMPT_NOT_MET)


def _needs_of_pace(record: RaterRecord, now: datetime) -> Iterator[Need]:
    days = days_idle(record.joined_at, record.last_step_at, now=now)
    if days >= IDLE_AFTER_DAYS and not record.is_finished:
        code = NeedCode.IDLE if record.last_step_at else NeedCode.NOT_BEGUN
        yield Need(code, figure=days)


def _needs_of_checks(failed_checks: Mapping[str, int]) -> Iterator[Need]:
    for module, tries in sorted(failed_checks.items()):
        if tries >= FAILED_CHECKS:
            yield Need(NeedCode.CHECK_FAILED, figure=tries, module=module)


def _needs_of_practice(figures: PracticeFigures) -> Iterator[Need]:
    if figures.vignettes >= FEWEST_VIGNETTES:
        overall = list(_needs_overall(figures))
        yield from overall or _need_of_exactness(figures)
    yield from _needs_of_elements(figures)


def _needs_overall(figures: PracticeFigures) -> Iterator[Need]:
    sums, instrument, count = figures.sums, figures.instrument, figures.vignettes
    within_one, bias = sums.within_one_share, sums.bias
    if within_one is not None and within_one < SMALLEST_WITHIN_ONE:
        yield Need(NeedCode.LOW_AGREEMENT, within_one, count, instrument=instrument)
    if bias is not None and abs(bias) > LARGEST_BIAS:
        code = NeedCode.LENIENT if bias > 0 else NeedCode.SEVERE
        yield Need(code, bias, count, instrument=instrument)


def _need_of_exactness(figures: PracticeFigures) -> Iterator[Need]:
    """Near the consensus, to both sides, and seldom on it: keeping to the middle, or guessing.

    Said only where nothing plainer is said: a lenient rater is seldom on it, too.
    """
    exact = figures.sums.exact_share
    if exact is not None and exact < SMALLEST_EXACT:
        yield Need(NeedCode.RARELY_SAME, exact, figures.vignettes, instrument=figures.instrument)


def _needs_of_elements(figures: PracticeFigures) -> Iterator[Need]:
    for element in figures.elements:
        if element.ratings < FEWEST_RATINGS_OF_ELEMENT:
            continue
        if abs(element.mean) > LARGEST_ELEMENT_DIFFERENCE:
            code = NeedCode.ELEMENT_LENIENT if element.mean > 0 else NeedCode.ELEMENT_SEVERE
            yield Need(
                code,
                element.mean,
                element.ratings,
                instrument=figures.instrument,
                item=element.item,
            )


def elements_of_group(practice: Iterable[PracticeFigures]) -> tuple[ElementDifference, ...]:
    """The elements on which a group lies furthest from the consensus, the furthest first.

    At most three, each half a point or more off on average, over ratings enough by raters enough.
    Each of `practice` is of one rater.
    """
    sums: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for figures in practice:
        for element in figures.elements:
            total = sums[element.instrument, element.item]
            total[0] += 1
            total[1] += element.ratings
            total[2] += element.sum_of_differences
    differences = (
        ElementDifference(*place, ratings, difference)
        for place, (raters, ratings, difference) in sums.items()
        if raters >= FEWEST_RATERS and ratings >= FEWEST_RATINGS
    )
    noteworthy = [element for element in differences if abs(element.mean) >= NOTEWORTHY_IN_GROUP]
    noteworthy.sort(key=lambda element: (-abs(element.mean), element.instrument, element.item))
    return tuple(noteworthy[:ELEMENTS_NAMED])
