"""Tables of statistics in reports, by kind, with the reason where there is no figure. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from training.measurement.text_layout import (
    Column,
    heading,
    number,
    paragraph,
    strip,
    strip_column,
    table,
)

Entry = Mapping[str, Any]
"""A statistic as results give it to JSON."""

WEIGHTS = ("linear", "quadratic", "ordinal")
METRICS = ("nominal", "ordinal", "interval", "ratio")

LABELS = {
    "exact_agreement": "exact",
    "adjacent_agreement": "within one",
    "percent_agreement": "exact, mean of units",
    "gross_misses": "gross misses (2 or more)",
    "rateability_mismatches": "one side not rateable",
    "totals": "totals near",
    "kappa": "Cohen's kappa",
    "fleiss_kappa": "Fleiss' kappa",
    "conger_kappa": "Conger's kappa",
    "bp": "Brennan-Prediger",
    "ac1": "Gwet's AC1",
    **{f"kappa_{weights}": f"Cohen's kappa, {weights}" for weights in WEIGHTS},
    **{f"ac2_{weights}": f"Gwet's AC2, {weights}" for weights in WEIGHTS},
    **{f"alpha_{metric}": f"alpha, {metric}" for metric in METRICS},
    "icc_1_1": "ICC(1), one rating",
    "icc_a_1": "ICC(A,1), agreement",
    "icc_c_1": "ICC(C,1), consistency",
    "icc_1_k": "ICC(k), mean of k",
    "icc_a_k": "ICC(A,k), agreement",
    "icc_c_k": "ICC(C,k), consistency",
    "bias": "bias (mean difference)",
    "sd_diff": "SD of differences",
    "limits_of_agreement": "limit of agreement",
    "mae": "mean absolute error",
    "rmse": "root mean square error",
    "slope": "slope",
    "within_vignette_slope": "slope within subjects",
    "sd_ratio": "ratio of SDs",
    "residual_sd": "SD around the slope",
    "ccc": "concordance (Lin)",
    "pearson": "Pearson's r",
    "spearman": "Spearman's rho",
    "kendall_tau_b": "Kendall's tau-b",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """Statistics that are read together; those from 0 to 1 are drawn as well."""

    title: str
    beginnings: tuple[str, ...]
    is_drawn: bool


KINDS = (
    Kind("Raw agreement", ("exact", "adjacent", "percent", "gross", "rateability", "totals"), True),
    Kind("Chance-corrected", ("kappa", "fleiss", "conger", "bp", "ac1", "ac2", "alpha"), True),
    Kind("Intraclass correlation", ("icc",), True),
    Kind("Differences, in scale points", ("bias", "sd_diff", "limits", "mae", "rmse"), False),
    Kind("Use of the scale", ("slope", "within_", "sd_ratio", "residual"), False),
    Kind("Correlation", ("ccc", "pearson", "spearman", "kendall"), True),
    Kind("Further figures", ("",), False),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of statistics."""

    label: str
    value: float
    low: float | None
    high: float | None
    error: float | None
    n: int
    is_drawn: bool


COLUMNS = (
    Column("", 25, lambda row: row.label, is_text=True),
    Column("value", 8, lambda row: number(row.value)),
    Column("low", 9, lambda row: number(row.low)),
    Column("high", 9, lambda row: number(row.high)),
    Column("SE", 8, lambda row: number(row.error)),
    Column("n", 7, lambda row: str(row.n)),
)
STRIP = strip_column(lambda row: strip(row.value, row.low, row.high) if row.is_drawn else "")


def label(name: str) -> str:
    """What a statistic is called in a report."""
    return LABELS.get(name, name.replace("_", " "))


def figure_tables(statistics: Mapping[str, Entry]) -> list[str]:
    """One table per kind; what could not be computed stands below it with the reason."""
    lines = []
    left = dict(statistics)
    for kind in KINDS:
        names = [name for name in left if name.startswith(kind.beginnings)]
        if names:
            lines += heading(kind.title)
            lines += figure_table({name: left.pop(name) for name in names})
    return lines


def figure_table(statistics: Mapping[str, Entry]) -> list[str]:
    """One table of these statistics, and why some of them have no value or no interval."""
    rows = [row for name, entry in statistics.items() for row in _rows(name, entry)]
    columns = (*COLUMNS, STRIP) if any(row.is_drawn for row in rows) else COLUMNS
    lines = table(columns, rows) if rows else []
    for message, names in _reasons(statistics, "undefined"):
        lines += paragraph(f"Not computed: {names}. {message}")
    for message, names in _reasons(statistics, "no_interval"):
        lines += paragraph(f"Without interval: {names}. {message}")
    return lines


def takes_units_as_independent(statistics: Iterable[Entry]) -> bool:
    """Whether some of the intervals do although the units share subjects."""
    return any(entry.get("clustered") for entry in statistics)


def interval_of(entry: Entry) -> Entry:
    """Where low, high and se are read: over subjects, where their units are not independent."""
    clustered: Entry | None = entry.get("clustered")
    return clustered or entry


def _rows(name: str, entry: Entry) -> Iterator[Row]:
    """One row, two where the figure is a pair, none where there is no figure."""
    if entry["value"] is None:
        return
    is_drawn = _kind_of(name).is_drawn
    figures = {**entry, **interval_of(entry)}
    if not isinstance(entry["value"], list):
        yield _row(label(name), figures, is_drawn)
        return
    for place, end in enumerate(("lower", "upper")):
        one = {key: _one_of(figures[key], place) for key in ("value", "low", "high", "se")}
        yield _row(f"{end} {label(name)}", {**figures, **one}, is_drawn)


def _row(text: str, figures: Entry, is_drawn: bool) -> Row:
    ends = figures["low"], figures["high"]
    return Row(text, figures["value"], *ends, figures["se"], figures["n"], is_drawn)


def _kind_of(name: str) -> Kind:
    return next(kind for kind in KINDS if name.startswith(kind.beginnings))


def _one_of(pair: list[float] | None, place: int) -> float | None:
    return None if pair is None else pair[place]


def _reasons(statistics: Mapping[str, Entry], key: str) -> Iterator[tuple[str, str]]:
    """Each reason once, with the names of all statistics it holds for."""
    names: dict[str, list[str]] = {}
    for name, entry in statistics.items():
        if why := entry.get(key):
            names.setdefault(why["message"], []).append(label(name))
    for message, labels in names.items():
        yield message, "; ".join(labels)
