"""Figures of exactly two raters: kappa, concordance, differences, correlation."""

from __future__ import annotations

import numpy as np

from training.psychometrics import distributions, moments
from training.psychometrics.arrays import FloatArray
from training.psychometrics.cohort import LIMITS, SUM_MEASURES, table_estimates
from training.psychometrics.intervals import JACKKNIFE, SIZE, Estimates, VignetteSums, estimate
from training.psychometrics.joint_table import JointTable, grouped_joint_counts, joint_counts
from training.psychometrics.layout import Layout
from training.psychometrics.scale import MOST_CATEGORIES
from training.psychometrics.statistic import Reason, Statistic, Undefined
from training.psychometrics.table_figures import (
    Clustered,
    Figure,
    PairFigure,
    from_estimates,
    of_subjects,
    statistic,
    undefined,
)
from training.psychometrics.vignette_sums import Sum, cell_contributions
from training.psychometrics.weights import WEIGHTS

BY_SUBJECT = of_subjects(JACKKNIFE)
SIZE_BY_SUBJECT = of_subjects(SIZE)
METHODS = {
    "kappa": "Fleiss, Cohen & Everitt (1969), normal",
    "kappa_linear": "Fleiss, Cohen & Everitt (1969), normal",
    "kappa_quadratic": "Fleiss, Cohen & Everitt (1969), normal",
    "ccc": "Lin (1989, corrected 2000), Fisher's z",
    "bias": BY_SUBJECT,
    "sd_diff": "chi-square",
    "limits_of_agreement": "Bland & Altman (1999), t",
    "mae": SIZE_BY_SUBJECT,
    "rmse": SIZE_BY_SUBJECT,
    "pearson": "Fisher's z",
    "spearman": "Fisher's z (Bonett & Wright 2000)",
    "kendall_tau_b": "Fisher's z (Bonett & Wright 2000)",
}

LEAST_UNITS = {"ccc": 3, "pearson": 4, "spearman": 4, "kendall_tau_b": 5}
"""From so many units on an interval can be made; of all other figures from two."""

AT_THE_END = Undefined(
    Reason.NO_ERROR_VARIANCE, "At 1 or -1 there is no error to make an interval with."
)

KAPPA_WEIGHTS = {"kappa": "identity", "kappa_linear": "linear", "kappa_quadratic": "quadratic"}

ENTRIES_AT_MOST = 5_000_000
"""Joint tables of all subjects larger than this are not made: no interval by subjects then."""


def two_rater_figures(layout: Layout, confidence: float) -> dict[str, Figure | PairFigure]:
    """All of them; undefined with their reason unless the table has two raters."""
    if layout.raters != 2:
        reason = Reason.NEEDS_EXACTLY_TWO_RATERS
        none = {name: Figure(undefined(reason, method)) for name, method in METHODS.items()}
        return {**none}
    return _TwoRaters(layout, confidence).figures()


class _TwoRaters:
    """Both columns and what is reckoned from them; differences are first less second."""

    def __init__(self, layout: Layout, confidence: float) -> None:
        self.layout = layout
        self.confidence = confidence
        self.first, self.second, asked = layout.columns()
        self.by_unit = cell_contributions(self.first, self.second, asked)
        self.sums = VignetteSums(layout.by_subject(self.by_unit))
        self.count = int(self.sums.pooled[Sum.JOINT])

    def figures(self) -> dict[str, Figure | PairFigure]:
        return {
            **self._kappas(),
            "ccc": self._concordance(),
            "bias": Figure(self._by_subject("bias")),
            "sd_diff": Figure(self._sd_of_differences()),
            "limits_of_agreement": self._limits(),
            "mae": Figure(self._by_subject("mae")),
            "rmse": Figure(self._by_subject("rmse")),
            **self._correlations(),
        }

    def _by_subject(self, name: str) -> Statistic:
        made = estimate(SUM_MEASURES[name], self.sums, confidence=self.confidence)
        return from_estimates(made, of_subjects(made.method))

    @property
    def _has_too_many_categories(self) -> bool:
        return len(self.layout.scale) > MOST_CATEGORIES

    def _table(self) -> JointTable:
        return JointTable(
            joint_counts(self.first, self.second, self.layout.scale), self.layout.scale
        )

    def _kappas(self) -> dict[str, Figure]:
        if self._has_too_many_categories:
            return {name: self._none(name) for name in KAPPA_WEIGHTS}
        table, clustered = self._table(), self._clustered_by_table()
        z = distributions.normal_quantile((1.0 + self.confidence) / 2.0)
        figures = {}
        for name, weights in KAPPA_WEIGHTS.items():
            credit = WEIGHTS[weights](self.layout.scale)
            value, error = float(table.kappa(credit)), float(table.kappa_error(credit))
            # The formula has a value for one unit too, but one unit says nothing about error.
            error = error if self.count > 1 else float("nan")
            found = self._statistic(name, value, value - z * error, value + z * error, error)
            figures[name] = Figure(found, clustered.get(name))
        return figures

    def _concordance(self) -> Figure:
        value = moments.concordance(self.sums.pooled)
        variance = moments.concordance_variance_of_z(self.sums.pooled)
        return self._by_fisher("ccc", value, variance, self._clustered_by_sums("ccc"))

    def _correlations(self) -> dict[str, Figure]:
        count = np.array(float(self.count))
        pearson = moments.pearson(self.sums.pooled)
        figures = {
            "pearson": self._by_fisher(
                "pearson", pearson, _over(1.0, count - 3.0), self._clustered_by_sums("pearson")
            )
        }
        if self._has_too_many_categories:
            return figures | {name: self._none(name) for name in ("spearman", "kendall_tau_b")}
        table, clustered = self._table(), self._clustered_by_table()
        rho, tau = table.spearman(), table.kendall_tau_b()
        variances = {
            "spearman": _over(1.0 + rho**2 / 2.0, count - 3.0),
            "kendall_tau_b": _over(0.437, count - 4.0),
        }
        for name, value in (("spearman", rho), ("kendall_tau_b", tau)):
            figures[name] = self._by_fisher(name, value, variances[name], clustered.get(name))
        return figures

    def _by_fisher(
        self, name: str, value: FloatArray, variance: FloatArray, clustered: Clustered | None
    ) -> Figure:
        low, high = moments.fisher_interval(value, variance, confidence=self.confidence)
        error = np.nan if np.isnan(low) else float((1.0 - value**2) * np.sqrt(variance))
        found = self._statistic(name, float(value), float(low), float(high), error)
        return Figure(found, clustered)

    def _sd_of_differences(self) -> Statistic:
        if self.layout.units_share_subjects:
            return self._by_subject("sd_diff")
        value, freedom = float(moments.sd_of_differences(self.sums.pooled)), self.count - 1
        if freedom < 1:
            return self._statistic("sd_diff", value, np.nan, np.nan, np.nan)
        tail = (1.0 - self.confidence) / 2.0
        low, high = (
            value * np.sqrt(freedom / distributions.chi_square_quantile(probability, freedom))
            for probability in (1.0 - tail, tail)
        )
        return self._statistic("sd_diff", value, low, high, value / np.sqrt(2.0 * freedom))

    def _limits(self) -> PairFigure:
        if self.layout.units_share_subjects:
            lower, upper = (
                from_estimates(estimate(limit, self.sums, confidence=self.confidence), BY_SUBJECT)
                for limit in LIMITS
            )
            return PairFigure(lower, upper)
        lower, upper = (self._limit(float(limit.formula(self.sums.pooled))) for limit in LIMITS)
        return PairFigure(lower, upper)

    def _limit(self, value: float) -> Statistic:
        """Its error is that of the mean and of 1.96 SD together (Bland & Altman 1999)."""
        count = self.count
        if count < 2:
            return self._statistic("limits_of_agreement", value, np.nan, np.nan, np.nan)
        sd = float(moments.sd_of_differences(self.sums.pooled))
        error = sd * np.sqrt(1.0 / count + moments.LIMIT**2 / (2.0 * (count - 1.0)))
        quantile = distributions.t_quantile((1.0 + self.confidence) / 2.0, np.array([count - 1.0]))
        half = float(quantile[0]) * error
        return self._statistic("limits_of_agreement", value, value - half, value + half, error)

    def _clustered_by_sums(self, name: str) -> Clustered | None:
        if not self.layout.units_share_subjects:
            return None
        return _as_clustered(estimate(SUM_MEASURES[name], self.sums, confidence=self.confidence))

    def _clustered_by_table(self) -> dict[str, Clustered | None]:
        layout, size = self.layout, len(self.layout.scale)
        if not layout.units_share_subjects or size**2 * layout.subjects > ENTRIES_AT_MOST:
            return {}
        tables = grouped_joint_counts(
            self.first, self.second, layout.subject_of_unit, layout.subjects, layout.scale
        )
        made = table_estimates(tables, layout.scale, confidence=self.confidence)
        return {name: _as_clustered(estimates) for name, estimates in made.items()}

    def _none(self, name: str) -> Figure:
        return Figure(undefined(Reason.TOO_MANY_CATEGORIES, METHODS[name], self.count))

    def _statistic(
        self, name: str, value: float, low: float, high: float, error: float
    ) -> Statistic:
        without_interval: Reason | Undefined = Reason.NO_VARIANCE
        if self.count < (needed := LEAST_UNITS.get(name, 2)):
            message = f"An interval needs at least {needed} units that both scored."
            without_interval = Undefined(Reason.TOO_FEW_UNITS, message)
        elif abs(value) == 1.0:
            without_interval = AT_THE_END
        return statistic(
            value,
            low,
            high,
            error,
            self.count,
            METHODS[name],
            without_value=(
                Reason.NO_OVERLAP
                if self.count == 0
                else Reason.TOO_FEW_UNITS
                if self.count == 1
                else Reason.NO_VARIANCE
            ),
            without_interval=without_interval,
        )


def _over(numerator: FloatArray | float, denominator: FloatArray) -> FloatArray:
    """A variance, NaN where there are too few units for it."""
    return np.asarray(numerator / np.where(denominator > 0, denominator, np.nan))


def _as_clustered(estimates: Estimates) -> Clustered | None:
    numbers = (float(estimates.low), float(estimates.high), float(estimates.standard_error))
    return Clustered(*numbers, int(estimates.vignettes)) if np.isfinite(numbers).all() else None
