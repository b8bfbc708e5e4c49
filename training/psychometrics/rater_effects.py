"""What kind of rater this is: severity, centrality, halo, use of the scale, inconsistency.

Each effect is a code with its figure; the sentence about it is made in the templates, where it
can be translated. "Unsure" is a finding of its own: the interval allows more than one reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from training.psychometrics.results import CategoryUse, Comparison
from training.psychometrics.statistic import Statistic

NOTICEABLE_BIAS = 0.25
"""Scale points by which the mean must be off before a rater is called lenient or severe."""

NOTICEABLE_RATIO = 0.80
"""An SD ratio or slope below this is called flattened; its reciprocal, exaggerated."""

NOTICEABLE_SCATTER = 0.75
"""Scale points of scatter around the rater's own line from which ratings are called erratic.

Provisional: a rater who errs by 0.45 points scatters by about 0.5, one who errs by 1 by about 1.
"""

RARE_CATEGORY = 0.05
"""A scale point with at least this share in the consensus is one a rater should have used."""


class Severity(StrEnum):
    """Where the rater's level lies."""

    LENIENT = "lenient"
    SEVERE = "severe"
    IN_LINE = "in_line"
    UNSURE = "unsure"
    UNKNOWN = "unknown"


class Centrality(StrEnum):
    """How much of the scale's width the rater uses."""

    NARROW = "narrow"
    WIDE = "wide"
    IN_LINE = "in_line"
    UNSURE = "unsure"
    UNKNOWN = "unknown"


class Halo(StrEnum):
    """Whether the items of one vignette are told apart."""

    FLATTENED = "flattened"
    UNRELATED = "unrelated"
    EXAGGERATED = "exaggerated"
    IN_LINE = "in_line"
    UNSURE = "unsure"
    UNKNOWN = "unknown"


class Inconsistency(StrEnum):
    """Whether scores scatter more than a lean or a flat use of the scale explains."""

    ERRATIC = "erratic"
    IN_LINE = "in_line"
    UNSURE = "unsure"
    UNKNOWN = "unknown"


class ScaleUse(StrEnum):
    """Whether the scale points are used about as often as in the consensus."""

    NEVER_USED = "never_used"
    OVERUSED = "overused"
    IN_LINE = "in_line"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SeverityEffect:
    """`figure` is the bias in scale points."""

    code: Severity
    figure: Statistic


@dataclass(frozen=True, slots=True)
class CentralityEffect:
    """`figure` is the SD ratio; `slope` says how far scores follow the consensus at all."""

    code: Centrality
    figure: Statistic
    slope: Statistic


@dataclass(frozen=True, slots=True)
class HaloEffect:
    """`figure` is the slope within vignettes."""

    code: Halo
    figure: Statistic


@dataclass(frozen=True, slots=True)
class ScaleUseEffect:
    """`categories` are the scale points that the code is about; `table` has all of them."""

    code: ScaleUse
    categories: tuple[float, ...]
    table: tuple[CategoryUse, ...]


@dataclass(frozen=True, slots=True)
class RaterEffects:
    """The four effects and the number of vignettes behind them."""

    vignettes: int
    severity: SeverityEffect
    centrality: CentralityEffect
    halo: HaloEffect
    scale_use: ScaleUseEffect

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "vignettes": self.vignettes,
            "severity": {"code": self.severity.code.value, **self.severity.figure.as_dict()},
            "centrality": {
                "code": self.centrality.code.value,
                **self.centrality.figure.as_dict(),
                "slope": self.centrality.slope.as_dict(),
            },
            "halo": {"code": self.halo.code.value, **self.halo.figure.as_dict()},
            "scale_use": {
                "code": self.scale_use.code.value,
                "categories": list(self.scale_use.categories),
                "table": [row.as_dict() for row in self.scale_use.table],
            },
        }


def rater_effects(comparison: Comparison) -> RaterEffects:
    """Read the effects off a comparison; its confidence decides what counts as sure.

    The four effects are those of Myford & Wolfe (2003, 2004), in scale points rather than logits.
    """
    return RaterEffects(
        vignettes=comparison.vignettes,
        severity=SeverityEffect(severity_of(comparison.bias), comparison.bias),
        centrality=CentralityEffect(
            centrality_of(comparison.sd_ratio), comparison.sd_ratio, comparison.slope
        ),
        halo=HaloEffect(
            halo_of(comparison.within_vignette_slope), comparison.within_vignette_slope
        ),
        scale_use=scale_use_of(comparison.scale_use),
    )


def severity_of(bias: Statistic) -> Severity:
    """From the mean difference to the consensus, in scale points."""
    if bias.value is None:
        return Severity.UNKNOWN
    if bias.low is None or bias.high is None:
        return Severity.UNSURE
    if bias.low > 0.0 and bias.value >= NOTICEABLE_BIAS:
        return Severity.LENIENT
    if bias.high < 0.0 and bias.value <= -NOTICEABLE_BIAS:
        return Severity.SEVERE
    if bias.low >= -NOTICEABLE_BIAS and bias.high <= NOTICEABLE_BIAS:
        return Severity.IN_LINE
    return Severity.UNSURE


def centrality_of(sd_ratio: Statistic) -> Centrality:
    """From the rater's SD over that of the consensus."""
    if sd_ratio.value is None:
        return Centrality.UNKNOWN
    if sd_ratio.low is None or sd_ratio.high is None:
        return Centrality.UNSURE
    if sd_ratio.high < 1.0 and sd_ratio.value <= NOTICEABLE_RATIO:
        return Centrality.NARROW
    if sd_ratio.low > 1.0 and sd_ratio.value >= 1.0 / NOTICEABLE_RATIO:
        return Centrality.WIDE
    if sd_ratio.low >= NOTICEABLE_RATIO and sd_ratio.high <= 1.0 / NOTICEABLE_RATIO:
        return Centrality.IN_LINE
    return Centrality.UNSURE


def halo_of(slope: Statistic) -> Halo:
    """From the slope within vignettes."""
    if slope.value is None:
        return Halo.UNKNOWN
    if slope.low is None or slope.high is None:
        return Halo.UNSURE
    if slope.low <= 0.0 and slope.high < NOTICEABLE_RATIO:
        return Halo.UNRELATED
    if slope.high < 1.0 and slope.value <= NOTICEABLE_RATIO:
        return Halo.FLATTENED
    if slope.low > 1.0 and slope.value >= 1.0 / NOTICEABLE_RATIO:
        return Halo.EXAGGERATED
    if slope.low >= NOTICEABLE_RATIO and slope.high <= 1.0 / NOTICEABLE_RATIO:
        return Halo.IN_LINE
    return Halo.UNSURE


def inconsistency_of(residual_sd: Statistic) -> Inconsistency:
    """From the scatter around the rater's own line, in scale points."""
    if residual_sd.value is None:
        return Inconsistency.UNKNOWN
    if residual_sd.low is None or residual_sd.high is None:
        return Inconsistency.UNSURE
    if residual_sd.high <= NOTICEABLE_SCATTER:
        return Inconsistency.IN_LINE
    if residual_sd.low >= NOTICEABLE_SCATTER:
        return Inconsistency.ERRATIC
    return Inconsistency.UNSURE


def scale_use_of(table: tuple[CategoryUse, ...]) -> ScaleUseEffect:
    """From how often each scale point was given by rater and consensus."""
    total = sum(row.reference_count for row in table)
    if total == 0:
        return ScaleUseEffect(ScaleUse.UNKNOWN, (), table)
    never = tuple(
        row.category
        for row in table
        if row.count == 0 and row.reference_count >= RARE_CATEGORY * total
    )
    if never:
        return ScaleUseEffect(ScaleUse.NEVER_USED, never, table)
    overused = tuple(
        row.category
        for row in table
        if row.difference.low is not None
        and row.difference.low > 0.0
        and row.difference.value is not None
        and row.difference.value >= 0.10
    )
    code = ScaleUse.OVERUSED if overused else ScaleUse.IN_LINE
    return ScaleUseEffect(code, overused, table)
