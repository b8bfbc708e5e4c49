"""What is said about the agreement of a panel: every figure in a sentence, and as a drawn row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from training.certification.judging.gate_sentences import decimals_beside
from training.charts.intervals import FigureStyle, IntervalRow
from training.charts.spread_strip import SpreadRow, SpreadStrip, build_spread_strip
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.languages import ngettext
from training.library.schema import Instrument
from training.panels.agreement.figures import (
    ExpertAgreement,
    ExpertRating,
    GroupAgreement,
    ItemAgreement,
    LowReason,
    PanelAgreement,
)
from training.psychometrics.rater_effects import Severity
from training.psychometrics.statistic import Reason, Statistic
from training.templating import format_number, format_share

SHARE, COEFFICIENT, POINTS = (0.0, 1.0), (-0.2, 1.0), (-2.0, 2.0)

NAMES = {
    "all_exact": _l("All gave the same score"),
    "all_within_one": _l("All within one point"),
    "icc_a_1": _l("ICC(A,1): one expert"),
    "icc_a_k": _l("ICC(A,k): the mean of all"),
    "alpha_ordinal": _l("Krippendorff's alpha, ordinal"),
    "ac2_quadratic": _l("Gwet's AC2, quadratic"),
}
SHARES = ("all_exact", "all_within_one")
REASONS = {
    Reason.NO_OVERLAP: _l("nothing counts towards it"),
    Reason.NO_VARIANCE: _l("the scores do not vary, so there is nothing to relate"),
    Reason.TOO_FEW_UNITS: _l("an interval needs at least two vignettes"),
    Reason.DEPENDS_ON_ONE_UNIT: _l("it rests on one vignette alone, so its error is unknown"),
    Reason.NEEDS_TWO_RATERS: _l("it needs ratings of the same item by two experts or more"),
    Reason.NO_COMPLETE_UNITS: _l("fewer than two ratings can be compared"),
    Reason.NO_ERROR_VARIANCE: _l("there is no error to measure with"),
    Reason.NEGATIVE_VARIANCE: _l("what was rated differs less than chance lets it"),
}
SEVERITIES = {
    Severity.LENIENT: _l("Scores higher than the others."),
    Severity.SEVERE: _l("Scores lower than the others."),
    Severity.IN_LINE: _l("Scores on the level of the others."),
    Severity.UNSURE: _l("There is too little to tell whether they lean to one side."),
    Severity.UNKNOWN: _l("There is nothing to compare with."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A figure: the row that draws it and the sentence that says what it means."""

    row: IntervalRow
    sentence: str


@dataclass(frozen=True, slots=True)
class ToldExpert:
    """One expert: what they are called, and what their figures say; `low` is empty or a list."""

    label: str
    expert: ExpertAgreement
    sentence: str
    low: tuple[str, ...]


def why_missing(statistic: Statistic) -> str:
    """Why a figure, or where it stands its interval, cannot be computed; empty where both are."""
    if statistic.undefined is None:
        return ""
    unknown = _("these ratings do not allow it")
    reason = REASONS.get(statistic.undefined.reason, unknown)
    if statistic.value is None:
        return _("Not computable because %(reason)s.", reason=reason)
    return _("Without an interval because %(reason)s.", reason=reason)


def group_told(group: GroupAgreement) -> list[Told]:
    """The six figures of the experts among themselves."""
    return [
        Told(
            _row(
                str(name),
                getattr(group, key),
                FigureStyle.SHARE if key in SHARES else FigureStyle.NUMBER,
                SHARE if key in SHARES else COEFFICIENT,
            ),
            _sentence(key, getattr(group, key), group.experts),
        )
        for key, name in NAMES.items()
    ]


def _sentence(key: str, figure: Statistic, experts: int) -> str:
    if figure.value is None:
        return why_missing(figure)
    if key.startswith("icc") and figure.value <= 0:
        return _("Ratings of the same thing differ as much as ratings of different things.")
    if key.startswith("ac2") and figure.value < 0:
        return _("There is less agreement than chance alone would give.")
    share, rest = format_share(figure.value), format_share(1.0 - figure.value)
    texts = {
        "all_exact": _(
            "In %(share)s of the rated items all experts gave the same score.", share=share
        ),
        "all_within_one": _(
            "In %(share)s of the rated items no two experts are more than one point apart.",
            share=share,
        ),
        "icc_a_1": _(
            "Of the differences between single ratings, %(share)s lie in what was rated and "
            "%(rest)s in who rated it.",
            share=share,
            rest=rest,
        ),
        "icc_a_k": _(
            "Of the differences between the means of %(experts)s experts, %(share)s lie in what "
            "was rated.",
            experts=experts,
            share=share,
        ),
        "alpha_ordinal": _(
            "The experts disagree %(rest)s as much as ratings drawn by chance from theirs would.",
            rest=rest,
        ),
        "ac2_quadratic": _(
            "Of the agreement that chance leaves open, %(share)s was reached.", share=share
        ),
    }
    return str(texts[key])


def ranges_in_words(group: GroupAgreement) -> str:
    """How many items have which distance from the lowest to the highest score."""
    texts = [
        _("%(distance)s: %(count)s", distance=_distance(points), count=count)
        for points, count in group.ranges
    ]
    return "; ".join(texts) or _("No item has two scores.")


def _distance(points: int) -> str:
    if points == 0:
        return _("same score")
    return ngettext("%(num)d point apart", "%(num)d points apart", points)


def item_rows(agreement: PanelAgreement, instrument: Instrument) -> list[IntervalRow]:
    """Of every item the figure that is there most often: AC2."""
    return [
        _row(item_name(instrument, row.item), row.group.ac2_quadratic, axis=COEFFICIENT)
        for row in agreement.items
    ]


def item_sentence(row: ItemAgreement) -> str:
    """How far apart the experts are on an item, over its vignettes."""
    group = row.group
    if group.widest_range is None:
        return _("Fewer than two experts found it rateable.")
    if group.cells_apart:
        return ngettext(
            "Up to %(points)s points apart; two or more in %(num)d vignette of %(of)s.",
            "Up to %(points)s points apart; two or more in %(num)d vignettes of %(of)s.",
            group.cells_apart,
            points=group.widest_range,
            of=group.cells,
        )
    if group.widest_range:
        return _("Never more than one point apart.")
    return _("Whoever gave a score gave the same.")


def item_name(instrument: Instrument, number: int) -> str:
    return f"{number}. {instrument.item(number).short_name}"


def figure_in_words(statistic: Statistic, *, is_share: bool = False) -> str:
    """A figure in the cell of a table, its interval in brackets, or a dash."""
    form = format_share if is_share else format_number
    if statistic.value is None:
        return "–"
    if statistic.low is None or statistic.high is None:
        return form(statistic.value)
    return _(
        "%(value)s (%(low)s to %(high)s)",
        value=form(statistic.value),
        low=form(statistic.low),
        high=form(statistic.high),
    )


def missing_in_items(agreement: PanelAgreement) -> list[str]:
    """Below the table of items: what could not be computed, each reason once."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in agreement.items:
        for key, name in NAMES.items():
            why = why_missing(getattr(row.group, key))
            if why:
                found.setdefault((str(name), why), []).append(str(row.item))
    return [
        _("%(figure)s, items %(items)s: %(why)s", figure=name, items=", ".join(items), why=why)
        for (name, why), items in found.items()
    ]


# Experts


def expert_label(place: int, names: Mapping[int, str]) -> str:
    """An expert as the panel knows them."""
    return _("Expert %(place)s, %(name)s", place=place, name=names[place])


def experts_told(agreement: PanelAgreement, names: Mapping[int, str]) -> list[ToldExpert]:
    """What is said about each expert beside the others."""
    return [
        ToldExpert(
            label=expert_label(expert.expert, names),
            expert=expert,
            sentence=str(SEVERITIES[expert.severity]),
            low=tuple(_low_text(reason, expert, agreement) for reason in expert.low),
        )
        for expert in agreement.experts
    ]


def _low_text(reason: LowReason, expert: ExpertAgreement, agreement: PanelAgreement) -> str:
    line = agreement.line
    if reason is LowReason.WITHIN_ONE:
        share = expert.within_one.value or 0.0
        return _(
            "within one point of the others in %(share)s of the ratings, under %(line)s",
            share=format_share(share, decimals_beside(share, line.within_one, fewest=2) - 2),
            line=format_share(line.within_one),
        )
    kappa = expert.kappa.value or 0.0
    return _(
        "kappa with the others %(kappa)s, under %(line)s",
        kappa=format_number(kappa, decimals_beside(kappa, line.kappa, fewest=2)),
        line=format_number(line.kappa),
    )


def share_rows(told: Iterable[ToldExpert], line: float) -> list[IntervalRow]:
    """Each expert's share within one point of the others, beside the line."""
    return [
        _expert_row(
            each, each.expert.within_one, FigureStyle.SHARE, SHARE, line, LowReason.WITHIN_ONE
        )
        for each in told
    ]


def kappa_rows(told: Iterable[ToldExpert], line: float) -> list[IntervalRow]:
    """Each expert's quadratic kappa with the others, beside the line."""
    return [
        _expert_row(each, each.expert.kappa, FigureStyle.NUMBER, COEFFICIENT, line, LowReason.KAPPA)
        for each in told
    ]


def bias_rows(told: Iterable[ToldExpert]) -> list[IntervalRow]:
    """Each expert's mean distance from the others, in points."""
    return [
        _row(each.label, each.expert.bias, FigureStyle.SIGNED, POINTS, line=0.0) for each in told
    ]


def _expert_row(
    told: ToldExpert,
    figure: Statistic,
    style: FigureStyle,
    axis: tuple[float, float],
    line: float,
    reason: LowReason,
) -> IntervalRow:
    is_low = reason in told.expert.low
    note = _("Below the line. %(why)s", why=why_missing(figure)) if is_low else None
    return _row(
        told.label, figure, style, axis, line=line, note=note, tone="warm" if is_low else ""
    )


def _row(
    label: str,
    figure: Statistic,
    style: FigureStyle = FigureStyle.NUMBER,
    axis: tuple[float, float] = SHARE,
    *,
    line: float | None = None,
    note: str | None = None,
    tone: str = "",
) -> IntervalRow:
    return IntervalRow(
        label=label,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        thresholds=() if line is None else (line,),
        axis=axis,
        style=style,
        note=(why_missing(figure) if note is None else note).strip(),
        tone=tone,
    )


# What everybody gave


def spread_of(
    ratings: Iterable[ExpertRating], vignette: str, instrument: Instrument
) -> SpreadStrip:
    """What every expert gave each item of a vignette, as a chart."""
    by_item: dict[int, dict[int, int | None]] = {}
    for row in ratings:
        if row.vignette == vignette:
            by_item.setdefault(row.item, {})[row.expert] = row.score
    rows = [
        SpreadRow(item_name(instrument, item), given, spread_in_words(given))
        for item, given in by_item.items()
    ]
    return build_spread_strip(rows, scale=instrument.scale.scores)


def spread_in_words(given: Mapping[int, int | None]) -> str:
    """The ratings of one item in a few words."""
    scores = [score for score in given.values() if score is not None]
    others = len(given) - len(scores)
    if not scores:
        return _("All: not rateable")
    lowest, highest = min(scores), max(scores)
    if lowest == highest:
        words = _("Same score: %(score)s", score=lowest)
    else:
        words = _(
            "%(lowest)s to %(highest)s, range %(range)s",
            lowest=lowest,
            highest=highest,
            range=highest - lowest,
        )
    if not others:
        return words
    not_rateable = ngettext("%(num)d not rateable", "%(num)d not rateable", others)
    return f"{words}; {not_rateable}"
