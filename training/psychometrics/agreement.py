"""Agreement among the raters of a table, none of whom is the reference.

Two or more raters, any of whom may have left units out. Coefficients, ICC and correlations carry
the standard errors and intervals of their authors, which take the units as independent. Where
subjects are rated item by item they are not: then `clustered` is the interval that leaves whole
subjects out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from training.psychometrics.distributions import check_confidence
from training.psychometrics.layout import Layout
from training.psychometrics.scale import plain_number, scale_of
from training.psychometrics.several_raters import (
    alphas,
    coefficients,
    intraclass_correlations,
    shares_of_agreement,
)
from training.psychometrics.table import RatingTable
from training.psychometrics.table_figures import Figure, PairFigure
from training.psychometrics.two_raters import two_rater_figures

STATISTICS = (
    "exact_agreement",
    "adjacent_agreement",
    "percent_agreement",
    "kappa",
    "kappa_linear",
    "kappa_quadratic",
    "fleiss_kappa",
    "conger_kappa",
    "bp",
    "ac1",
    "ac2_linear",
    "ac2_quadratic",
    "ac2_ordinal",
    "alpha_nominal",
    "alpha_ordinal",
    "alpha_interval",
    "alpha_ratio",
    "icc_1_1",
    "icc_a_1",
    "icc_c_1",
    "icc_1_k",
    "icc_a_k",
    "icc_c_k",
    "ccc",
    "bias",
    "sd_diff",
    "limits_of_agreement",
    "mae",
    "rmse",
    "pearson",
    "spearman",
    "kendall_tau_b",
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the raters of a table have in common.

    units       number of units (subject x item, or subject) with a rating.
    ratings     number of ratings, those "not rateable" among them.
    scale       the categories, declared or read off the scores.
    warnings    English sentences about what the figures do not show by themselves.
    statistics  by name, in the order of `STATISTICS`.
    """

    units: int
    raters: tuple[str, ...]
    ratings: int
    scale: tuple[float, ...]
    confidence: float
    warnings: tuple[str, ...]
    statistics: Mapping[str, Figure | PairFigure]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, unrounded."""
        return {
            "units": self.units,
            "raters": list(self.raters),
            "ratings": self.ratings,
            "scale": [plain_number(category) for category in self.scale],
            "confidence": self.confidence,
            "warnings": list(self.warnings),
            "statistics": {name: figure.as_dict() for name, figure in self.statistics.items()},
        }


def agreement(
    table: RatingTable, *, scale: Sequence[float] | None = None, confidence: float = 0.95
) -> Agreement:
    """Every figure that the table allows; the others say why they are undefined.

    scale       the instrument's categories; None takes the range of the scores, with a warning.
    confidence  of the two-sided intervals, between 0 and 1.

    Raises ValueError for a scale that misses a score and for arguments out of range; never for
    lack of data.
    """
    check_confidence(confidence)
    categories, warning = scale_of(table, scale)
    # Without any score there is no category; one that nobody used keeps the arrays in shape.
    layout = Layout(table, categories or (0.0,))
    figures: dict[str, Figure | PairFigure] = {
        **shares_of_agreement(layout, confidence),
        **coefficients(layout, confidence),
        **alphas(layout, confidence),
        **intraclass_correlations(layout, confidence),
        **two_rater_figures(layout, confidence),
    }
    return Agreement(
        units=layout.units,
        raters=table.raters,
        ratings=len(table),
        scale=categories,
        confidence=confidence,
        warnings=tuple(([warning] if warning else []) + _warnings(layout)),
        statistics=MappingProxyType({name: figures[name] for name in STATISTICS}),
    )


def _warnings(layout: Layout) -> list[str]:
    """What a reader should know before reading the figures."""
    units, raters, warnings = layout.units, layout.table.raters, []
    if layout.raters == 2:
        warnings.append(
            f"Differences are {raters[0]} less {raters[1]}: positive, {raters[0]} is higher."
        )
    alone = int((layout.scores == 1).sum())
    if alone and layout.raters > 1:
        warnings.append(
            f"{alone} of {units} units have one score only: they count towards what is expected "
            "by chance, not towards agreement."
        )
    mismatched = int(((layout.scores > 0) & (layout.not_rateable > 0)).sum())
    if mismatched:
        warnings.append(
            f"On {mismatched} of {units} units the raters differ on whether there is something to "
            "rate: exact and adjacent agreement count such pairs as misses, the other figures "
            "leave the missing scores out."
        )
    complete = len(layout.complete)
    if layout.raters > 1 and complete < units:
        warnings.append(
            f"The intraclass correlations use the {complete} of {units} units that all "
            f"{layout.raters} raters scored."
        )
    if layout.units_share_subjects:
        warnings.append(
            "Units of the same subject are not independent: read the interval called clustered, "
            "which leaves whole subjects out, where there is one."
        )
    return warnings
