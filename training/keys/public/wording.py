"""The words of the public page on keys: pools, figures of agreement, the picture."""

from __future__ import annotations

from training.accounts.models import Role
from training.charts.bars import Bar, BarRow
from training.charts.intervals import FigureStyle, IntervalRow
from training.keys.public.facts import PoolCount
from training.keys.public.records import figures_of
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.library.schema import Pool
from training.panels.agreement.records import PooledAgreement
from training.psychometrics.statistic import Reason

POOLS = {
    Pool.TEACHING: _l("Teaching examples"),
    Pool.PRACTICE: _l("Practice"),
    Pool.CERTIFICATION: _l("Certification"),
    Pool.RECHECK: _l("Kept for renewals"),
    Pool.EXCERPT: _l("Excerpts in modules"),
    Pool.EXERCISE: _l("Micro-exercises"),
}
VOUCHERS = {
    Role.CERTIFIER: _l("a certifier"),
    Role.ADMINISTRATOR: _l("an administrator"),
    Role.EXPERT: _l("an expert"),
    Role.TRAINER: _l("a trainer"),
    Role.RATER: _l("a rater"),
}
FIGURES = {
    "all_exact": _l("All experts gave the same rating"),
    "all_within_one": _l("All experts within one point"),
    "icc_a_1": _l("ICC(A,1): one expert stands for the others"),
    "icc_a_k": _l("ICC(A,k): the mean of the experts"),
    "alpha_ordinal": _l("Krippendorff's alpha, ordinal"),
    "ac2_quadratic": _l("Gwet's AC2, quadratic"),
}
SHARES = frozenset({"all_exact", "all_within_one"})
WHY_MISSING = {
    Reason.NO_OVERLAP: _l("Nothing was rated by two experts."),
    Reason.NO_VARIANCE: _l("All ratings are the same, so there is nothing to relate."),
    Reason.TOO_FEW_UNITS: _l("One vignette is too few for an interval."),
    Reason.DEPENDS_ON_ONE_UNIT: _l("It rests on one vignette."),
    Reason.NEEDS_TWO_RATERS: _l("It needs two experts."),
    Reason.NO_COMPLETE_UNITS: _l("Too few items were scored by the same experts throughout."),
}


def bar_series(pools: tuple[PoolCount, ...]) -> dict[str, object]:
    """What the bars of the picture mean, by their look."""
    series: dict[str, object] = {"accent": _("ratified by a panel"), "open": _("authored")}
    if _has_demonstration(pools):
        series["warm"] = _("of a demonstration panel")
    return series


def bar_rows(pools: tuple[PoolCount, ...]) -> list[BarRow]:
    """For each pool the shares of its keys that are of which kind."""
    rows = []
    for count in pools:
        bars = [
            Bar("accent", count.ratified / count.total),
            Bar("open", count.authored / count.total),
        ]
        if _has_demonstration(pools):
            bars.append(Bar("warm", count.demonstration / count.total))
        rows.append(BarRow(str(POOLS[count.pool]), tuple(bars)))
    return rows


def _has_demonstration(pools: tuple[PoolCount, ...]) -> bool:
    return any(count.demonstration for count in pools)


def interval_rows(agreement: PooledAgreement) -> list[IntervalRow]:
    """The figures of agreement as rows of a picture with intervals."""
    return [
        IntervalRow(
            label=str(FIGURES[name]),
            value=figure.value,
            low=figure.low,
            high=figure.high,
            axis=(0.0, 1.0),
            style=FigureStyle.SHARE if name in SHARES else FigureStyle.NUMBER,
            note=str(why_missing(figure.undefined.reason)) if figure.undefined else "",
        )
        for name, figure in figures_of(agreement)
    ]


def why_missing(reason: Reason) -> object:
    """Why a figure of agreement, or its interval, cannot be computed."""
    return WHY_MISSING.get(reason, _("It cannot be computed from these ratings."))
