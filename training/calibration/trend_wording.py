"""The trend over practice: exact, within one and the mean difference, vignette by vignette."""

from __future__ import annotations

from collections.abc import Mapping

from training.calibration.history import PastRating
from training.calibration.patterns import PracticePatterns
from training.charts.intervals import FigureStyle
from training.charts.trend import Step, Trend, build_trend
from training.languages import gettext as _

SHARES = (0.0, 1.0)
POINTS = (-2.0, 2.0)


def trends(patterns: PracticePatterns, history: Mapping[str, PastRating]) -> list[Trend]:
    """The three drawings; `history` names the first rating of each vignette by its slug."""
    return [
        build_trend(
            _("Exact"),
            _steps(patterns, history, "exact"),
            axis=SHARES,
            ticks=(0.0, 0.5, 1.0),
            style=FigureStyle.SHARE,
        ),
        build_trend(
            _("Within one point"),
            _steps(patterns, history, "within_one"),
            axis=SHARES,
            ticks=(0.0, 0.5, 1.0),
            style=FigureStyle.SHARE,
        ),
        build_trend(
            _("Mean difference, in points"),
            _steps(patterns, history, "bias"),
            axis=POINTS,
            ticks=(-2.0, -1.0, 0.0, 1.0, 2.0),
            style=FigureStyle.SIGNED,
            reference=0.0,
        ),
    ]


def _steps(
    patterns: PracticePatterns, history: Mapping[str, PastRating], figure: str
) -> list[Step]:
    own = {row.vignette: getattr(row, figure) for row in patterns.comparison.per_vignette}
    steps = []
    for slug, so_far in zip(patterns.order, patterns.running, strict=True):
        running = getattr(so_far, figure)
        title = history[slug].vignette.title
        steps.append(Step(title, own[slug], running.value, running.low, running.high))
    return steps
