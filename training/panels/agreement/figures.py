"""How far the experts of a panel agree before they talk, together and one by one. Pure.

In short::

    figures = figures_of(ratings, scale=(0, 1, 2, 3, 4))
    figures.overall.alpha_ordinal, figures.items[0].group.all_within_one
    figures.experts[1].bias, figures.experts[1].low

Nobody here is the reference: the panel's figures are those of several raters of equal standing,
and each expert is compared with the others only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from training.psychometrics.rater_effects import Severity, severity_of
from training.psychometrics.statistic import Reason, Statistic, Undefined

if TYPE_CHECKING:
    from training.psychometrics.table_figures import Figure

CONFIDENCE = 0.95
TOGETHER = "the items of a vignette taken together"

# What computes needs numpy, which a worker loads only once it computes: imported where it is used.


@dataclass(frozen=True, slots=True)
class LowAgreementLine:
    """Below which share within one point (0 to 1) or quadratic kappa an expert agrees little."""

    within_one: float
    kappa: float
    source: str


LOW_AGREEMENT = LowAgreementLine(
    within_one=0.80, kappa=0.40, source="this project's own proposal, provisional"
)


class LowReason(StrEnum):
    """By which figure an expert agrees little with the others."""

    WITHIN_ONE = "within-one"
    KAPPA = "kappa"


@dataclass(frozen=True, slots=True, order=True)
class ExpertRating:
    """What an expert, by place from 1, gave an item of a vignette; None is "not rateable"."""

    vignette: str
    item: int
    expert: int
    score: int | None


@dataclass(frozen=True, slots=True)
class GroupAgreement:
    """The experts among themselves.

    A cell is an item of a vignette; it is *compared* when two or more rated it and somebody gave a
    score. Beside a score "not rateable" is a miss for both shares and missing for the coefficients.

    cells, compared   how many cells there are, and of them are compared.
    ratings           how many ratings, `not_rateable` of them "not rateable".
    all_exact         share of compared cells in which all gave the same score, 0 to 1.
    all_within_one    share of compared cells in which no two are more than a point apart.
    ranges            how many cells have which distance from the lowest to the highest score.
    icc_a_1, icc_a_k  absolute agreement of one expert, and of the mean of all (McGraw & Wong 1996),
                      from the cells that everybody scored; the interval takes cells as independent.
    alpha_ordinal     Krippendorff (2004).
    ac2_quadratic     Gwet (2014).

    Intervals but those of the ICC leave out whole vignettes; with one vignette there is none.
    """

    experts: int
    vignettes: int
    cells: int
    compared: int
    ratings: int
    not_rateable: int
    ranges: tuple[tuple[int, int], ...]
    all_exact: Statistic
    all_within_one: Statistic
    icc_a_1: Statistic
    icc_a_k: Statistic
    alpha_ordinal: Statistic
    ac2_quadratic: Statistic

    @property
    def widest_range(self) -> int | None:
        """In points; None where no cell has two scores."""
        return max((points for points, _count in self.ranges), default=None)

    @property
    def cells_apart(self) -> int:
        """How many cells have a range of two points or more."""
        return sum(count for points, count in self.ranges if points >= 2)


@dataclass(frozen=True, slots=True)
class ItemAgreement:
    """One item over all vignettes."""

    item: int
    group: GroupAgreement


@dataclass(frozen=True, slots=True)
class ExpertAgreement:
    """One expert against the others of the panel, without themselves.

    A rating is compared with the median of the others' ratings of the same cell, as panels sum
    themselves up (Fitch et al. 2001, The RAND/UCLA Appropriateness Method User's Manual). One
    expert who is far off moves a median little, so that only they stand apart, even among three.
    Of an even number of others both middle scores are right, as those of a band are
    (docs/decisions/0012): the one nearer to the expert's own counts.

    cells       how many cells somebody else rated as well.
    exact       share of compared cells with the same score, 0 to 1; "not rateable" beside a score
                is a miss, and beside "not rateable" nothing that is compared.
    within_one  share of compared cells not more than a point away.
    bias        mean difference from the median, in points; positive = scored higher.
    deviation   mean difference from the mean of the others' scores (Jones, Dobson & O'Brian 2011,
                International Journal of Epidemiology 40, 1308); one who is far off does move it.
    kappa       Cohen's (1968) quadratic kappa with the median.
    severity    what the bias and its interval allow to say.
    low         by which figures the agreement is low; empty where it is not.

    Intervals leave out one vignette at a time.
    """

    expert: int
    cells: int
    not_rateable: int
    exact: Statistic
    within_one: Statistic
    bias: Statistic
    deviation: Statistic
    kappa: Statistic
    severity: Severity
    low: tuple[LowReason, ...]


@dataclass(frozen=True, slots=True)
class PanelAgreement:
    """All figures of a panel; `ratings` are those they were computed from, in order."""

    scale: tuple[int, ...]
    confidence: float
    line: LowAgreementLine
    overall: GroupAgreement
    items: tuple[ItemAgreement, ...]
    experts: tuple[ExpertAgreement, ...]
    ratings: tuple[ExpertRating, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded, without the ratings."""
        return {
            "scale": self.scale,
            "confidence": self.confidence,
            "low_agreement": asdict(self.line),
            "overall": _plain(self.overall),
            "items": [{"item": row.item, **_plain(row.group)} for row in self.items],
            "experts": [_plain(row) for row in self.experts],
        }


def figures_of(
    ratings: Iterable[ExpertRating],
    *,
    scale: Sequence[int],
    confidence: float = CONFIDENCE,
    line: LowAgreementLine = LOW_AGREEMENT,
) -> PanelAgreement:
    """Everything the report of a panel shows.

    scale   the instrument's scores: consecutive whole numbers, rising.

    Raises ValueError for a score off the scale and a rating given twice; never for lack of data.
    """
    given = tuple(sorted(ratings, key=lambda row: (row.vignette, row.item, row.expert)))
    items = sorted({row.item for row in given})
    return PanelAgreement(
        scale=tuple(scale),
        confidence=confidence,
        line=line,
        overall=group_agreement(given, scale=scale, confidence=confidence),
        items=tuple(
            ItemAgreement(
                item,
                group_agreement(
                    [row for row in given if row.item == item], scale=scale, confidence=confidence
                ),
            )
            for item in items
        ),
        experts=tuple(
            _against_the_others(expert, given, scale, confidence, line)
            for expert in sorted({row.expert for row in given})
        ),
        ratings=given,
    )


def low_agreement(
    within_one: float | None, kappa: float | None, *, line: LowAgreementLine = LOW_AGREEMENT
) -> tuple[LowReason, ...]:
    """By which figures an expert agrees little with the others.

    A figure that could not be computed accuses nobody; one that lies on the line is not below it.
    """
    held = {
        LowReason.WITHIN_ONE: (within_one, line.within_one),
        LowReason.KAPPA: (kappa, line.kappa),
    }
    return tuple(why for why, (value, least) in held.items() if value is not None and value < least)


def group_agreement(
    ratings: Sequence[ExpertRating], *, scale: Sequence[int], confidence: float = CONFIDENCE
) -> GroupAgreement:
    """The figures of several experts of equal standing; any of them may have left cells out."""
    from training.psychometrics.agreement import agreement
    from training.psychometrics.table import RatingTable

    cells = _cells(ratings)
    table = RatingTable(
        [row.vignette for row in ratings],
        [f"expert {row.expert:04}" for row in ratings],
        [row.score for row in ratings],
        [f"item {row.item:04}" for row in ratings],
    )
    figures = agreement(table, scale=scale, confidence=confidence).statistics
    vignettes = len(table.subjects)
    return GroupAgreement(
        experts=len(table.raters),
        vignettes=vignettes,
        cells=len(cells),
        compared=sum(_is_compared(scores) for scores in cells.values()),
        ratings=len(ratings),
        not_rateable=sum(row.score is None for row in ratings),
        ranges=_ranges(cells),
        all_exact=_share_of_cells(cells, 0, confidence),
        all_within_one=_share_of_cells(cells, 1, confidence),
        icc_a_1=figures["icc_a_1"].statistic,  # type: ignore[union-attr]
        icc_a_k=figures["icc_a_k"].statistic,  # type: ignore[union-attr]
        alpha_ordinal=_of_several(figures["alpha_ordinal"].statistic, cells),  # type: ignore[union-attr]
        ac2_quadratic=_by_vignette(figures["ac2_quadratic"], vignettes),  # type: ignore[arg-type]
    )


Cells = Mapping[tuple[str, int], Mapping[int, int | None]]
"""By vignette and item: what each expert gave."""


def _cells(ratings: Iterable[ExpertRating]) -> Cells:
    cells: dict[tuple[str, int], dict[int, int | None]] = {}
    for row in ratings:
        cells.setdefault((row.vignette, row.item), {})[row.expert] = row.score
    return cells


def _is_compared(scores: Mapping[int, int | None]) -> bool:
    return len(scores) >= 2 and any(score is not None for score in scores.values())


def _range(scores: Mapping[int, int | None]) -> int | None:
    """From the lowest to the highest score of a cell, in points; None with fewer than two."""
    given = [score for score in scores.values() if score is not None]
    return max(given) - min(given) if len(given) >= 2 else None


def _ranges(cells: Cells) -> tuple[tuple[int, int], ...]:
    """(points, number of cells), rising."""
    found = [points for points in map(_range, cells.values()) if points is not None]
    return tuple((points, found.count(points)) for points in sorted(set(found)))


def _share_of_cells(cells: Cells, tolerance: int, confidence: float) -> Statistic:
    """The share of compared cells in which no two ratings are further apart than this."""
    rows = []
    for (vignette, _item), scores in cells.items():
        if _is_compared(scores):
            points = None if None in scores.values() else _range(scores)
            rows.append((vignette, float(points is not None and points <= tolerance)))
    return _mean(rows, confidence, is_rate=True)


def _mean(
    rows: Sequence[tuple[str, float]], confidence: float, *, is_rate: bool = False
) -> Statistic:
    """Of the values of (vignette, value), with an interval over vignettes."""
    import numpy as np

    from training.psychometrics.arrays import ratio
    from training.psychometrics.intervals import JACKKNIFE, RATE, VignetteSums, estimate
    from training.psychometrics.measures import Measure
    from training.psychometrics.table_figures import from_estimates

    vignettes = sorted({vignette for vignette, _value in rows})
    sums = np.zeros((2, len(vignettes)))
    for vignette, value in rows:
        sums[:, vignettes.index(vignette)] += value, 1.0
    measure = Measure(lambda row: ratio(row[0], row[1]), units=1, is_rate=is_rate)
    made = estimate(measure, VignetteSums(sums), confidence=confidence)
    return from_estimates(made, RATE if is_rate else JACKKNIFE)


def _of_several(alpha: Statistic, cells: Cells) -> Statistic:
    """None for a single cell, whose disagreement is all there is to expect: alpha would be 0."""
    if alpha.value is None or sum(count for _points, count in _ranges(cells)) > 1:
        return alpha
    return replace(alpha, value=None, undefined=Undefined.because(Reason.NO_COMPLETE_UNITS))


def _by_vignette(figure: Figure, vignettes: int) -> Statistic:
    """With the interval that takes vignettes as independent, or none where there is but one."""
    found, clustered = figure.statistic, figure.clustered
    if found.value is None:
        return found
    if clustered is not None:
        return replace(
            found,
            low=clustered.low,
            high=clustered.high,
            standard_error=clustered.standard_error,
            method=f"{found.method}, {TOGETHER}",
        )
    if vignettes > 1:
        return found
    why = Undefined.because(Reason.TOO_FEW_UNITS)
    return replace(found, low=None, high=None, standard_error=None, undefined=why)


def median_of_others(own: int | None, others: Sequence[int | None]) -> int | None:
    """The others' median, which one rating is compared with; None is "not rateable".

    Where two ratings are in the middle, the one nearer to `own`: of two scores that which is not
    further away, and "not rateable" for who gave that too. Raises ValueError without others.
    """
    if not others:
        raise ValueError("others must hold at least one rating")
    scores = sorted(score for score in others if score is not None)
    not_rateable = len(others) - len(scores)
    if not_rateable > len(scores) or (not_rateable == len(scores) and own is None):
        return None
    low, high = scores[(len(scores) - 1) // 2], scores[len(scores) // 2]
    return low if own is None else min(max(own, low), high)


def _against_the_others(
    expert: int,
    ratings: Sequence[ExpertRating],
    scale: Sequence[int],
    confidence: float,
    line: LowAgreementLine,
) -> ExpertAgreement:
    from training.psychometrics import Ratings, compare_with_consensus

    compared, deviations = [], []
    for (vignette, item), scores in _cells(ratings).items():
        others = [score for other, score in scores.items() if other != expert]
        if expert not in scores or not others:
            continue
        own, given = scores[expert], [score for score in others if score is not None]
        compared.append((vignette, item, own, median_of_others(own, others)))
        if own is not None and given:
            deviations.append((vignette, own - sum(given) / len(given)))
    found = compare_with_consensus(Ratings.from_cells(compared), scale=scale, confidence=confidence)
    return ExpertAgreement(
        expert=expert,
        cells=found.cells,
        not_rateable=sum(row.expert == expert and row.score is None for row in ratings),
        exact=found.exact,
        within_one=found.within_one,
        bias=found.bias,
        deviation=_mean(deviations, confidence),
        kappa=found.kappa_quadratic,
        severity=severity_of(found.bias),
        low=low_agreement(found.within_one.value, found.kappa_quadratic.value, line=line),
    )


def _plain(row: GroupAgreement | ExpertAgreement) -> dict[str, Any]:
    """Plain values for JSON; each figure as the commands give it."""
    values = {name: getattr(row, name) for name in row.__dataclass_fields__}
    return {
        name: value.as_entry() if isinstance(value, Statistic) else value
        for name, value in values.items()
    }
