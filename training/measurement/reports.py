"""What a person reads in a terminal: the results of the commands, from their dict forms. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from training.measurement.drift_lines import drift_lines, span
from training.measurement.facets_lines import facets_lines
from training.measurement.figure_tables import (
    Entry,
    figure_table,
    figure_tables,
    interval_of,
    takes_units_as_independent,
)
from training.measurement.text_layout import (
    Column,
    bullet,
    clipped,
    fact,
    heading,
    number,
    paragraph,
    plain,
    table,
)
from training.psychometrics.rater_effects import NOTICEABLE_BIAS

Result = Mapping[str, Any]

MOST_BLOCKS = 10
"""More raters than this are shown as one line each."""

MOST_NAMES = 12
MOST_ITEMS = 10
MOST_RATERS_IN_WORDS = 3

LARGE_ERROR = 1.0
"""Scale points: an item that is missed by so much on average stands out whichever way it goes."""

# What a rater's block shows beside others; alone, a rater has all figures.
MAIN_FIGURES = (
    "exact_agreement",
    "adjacent_agreement",
    "gross_misses",
    "rateability_mismatches",
    "kappa_quadratic",
    "icc_a_1",
    "bias",
    "mae",
    "slope",
    "sd_ratio",
)

READING_AGREEMENT = (
    "Within one is blind to severity: raters who are always one point apart have all of it.",
    "Kappa, alpha and the ICC fall when the cases differ little, however well the raters agree, "
    "and swing when the cases are few. Read the interval before the value.",
    "Agreement is not accuracy: raters may share a mistake.",
)
READING_SUBJECTS = (
    "Where a unit is one item of a subject, units of the same subject resemble each other. The "
    "intervals shown leave out whole subjects, except those of the ICC, which take units as "
    "independent and are too narrow by that."
)
READING_COMPARISON = (
    "A positive bias means: scored higher than the reference. A good bias may be errors to both "
    "sides; see the mean absolute error.",
    "Within one is blind to a rater who is always one point off. Kappa and the ICC swing when "
    "there are few subjects; read their intervals.",
    "The reference is taken as true: its own error is in none of these intervals.",
)
READING_FACETS = (
    "Measures are in logits on one line: a subject's standing, an item's difficulty, a rater's "
    "severity (positive = severe). The strips show where each stands on it.",
    "Fit is 1 where ratings vary as the model expects, above 1 where they are noisier and below "
    "where they are more predictable. Of twenty elements that fit, one has a z beyond 2.",
    "A severe rater is not a wrong one. The model says who differs, not who is right.",
)
READING_GENERALIZABILITY = (
    "G tells how dependably subjects can be ranked, Phi how dependably their scores can be taken "
    "at face value: a severe rater lowers Phi only.",
    "Components from few raters or few items are uncertain themselves; see their standard errors "
    "before planning with them.",
)
READING_DRIFT = (
    "A signal says that the error has changed since the baseline, not whether it was small then; "
    "compare says that.",
    "Upwards is more lenient where high is good. The CUSUM tells when a lasting change began, the "
    "EWMA where the rater stands now.",
    "How often a steady rater is flagged holds for errors that are normal and independent. "
    "Absolute errors are skewed, so false signals upwards come sooner; so they do after a short "
    "baseline.",
)


def agreement_report(result: Result) -> str:
    """How far raters agree: figures by kind, and how to read them."""
    statistics: Mapping[str, Entry] = result["statistics"]
    lines = ["AGREEMENT", *_head(result, ("units", "raters", "ratings"))]
    lines += figure_tables(statistics)
    reading = [*READING_AGREEMENT]
    if takes_units_as_independent(statistics.values()):
        reading.append(READING_SUBJECTS)
    return _joined(lines + _how_to_read(reading))


def comparison_report(result: Result) -> str:
    """Raters beside their reference: a block each, or one line each where they are many."""
    raters: Mapping[str, Result] = result["raters"]
    facts = {**result, "compared": list(raters)}
    lines = ["COMPARISON WITH A REFERENCE"]
    lines += _head(facts, ("reference", "compared"))
    if not raters:
        lines += ["", *paragraph("Nobody else rated, so there is nobody to compare.")]
    elif len(raters) > MOST_BLOCKS:
        lines += _line_per_rater(raters)
    else:
        for name, rater in raters.items():
            lines += _rater_block(name, rater, is_alone=len(raters) == 1)
    return _joined(lines + _how_to_read(READING_COMPARISON))


def facets_report(result: Result) -> str:
    """The many-facet Rasch model: every facet by measure, what tells it apart, thresholds."""
    lines = ["MANY-FACET RASCH MODEL", *_head(result, ())]
    return _joined(lines + facets_lines(result) + _how_to_read(READING_FACETS))


def generalizability_report(result: Result) -> str:
    """Variance components, coefficients and the decision study."""
    lines = [f"GENERALIZABILITY, {result['design']}"]
    lines += _head({**result, **_counts(result["n"])}, ("subjects", "raters", "items", "scores"))
    lines += _components(result) + _coefficients(result) + _study(result["study"])
    return _joined(lines + _how_to_read(READING_GENERALIZABILITY))


def drift_report(result: Result) -> str:
    """A rater watched over time: signals, change since the baseline, and every subject since."""
    spans = {"baseline": span(result["before"]), "watched": span(result["after"])}
    lines = ["DRIFT OF A RATER"]
    lines += _head({**result, **spans}, ("rater", "reference", "baseline", "watched"))
    return _joined(lines + drift_lines(result) + _how_to_read(READING_DRIFT))


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _head(result: Result, names: Sequence[str]) -> list[str]:
    """What was counted, the scale, and the warnings: they are read before the figures."""
    lines = [""]
    for name in names:
        if name in result:
            lines += fact(name.capitalize(), _told(result[name]))
    if "scale" in result:
        lines += fact("Scale", ", ".join(map(plain, result["scale"])) or "none")
    if "confidence" in result:
        lines += fact("Intervals", f"{plain(100 * result['confidence'])} %")
    for warning in result.get("warnings", ()):
        lines += bullet(warning, "!")
    return lines


def _told(value: Any) -> str:
    """A count, a name, or names with their count."""
    if not isinstance(value, list | tuple):
        return str(value)
    names = ", ".join(clipped(str(name), 30) for name in value[:MOST_NAMES])
    more = f" and {len(value) - MOST_NAMES} more" if len(value) > MOST_NAMES else ""
    return f"{len(value)}: {names}{more}"


def _how_to_read(sentences: Iterable[str]) -> list[str]:
    lines = heading("How to read it")
    for sentence in sentences:
        lines += bullet(sentence)
    return lines


# Comparison


def _line_per_rater(raters: Mapping[str, Result]) -> list[str]:
    def figure(name: str) -> Any:
        return lambda row: number(row[1]["statistics"].get(name, {}).get("value"), 2)

    def bias_end(end: str) -> Any:
        return lambda row: number(interval_of(row[1]["statistics"]["bias"])[end], 2)

    columns = (
        Column("", 20, lambda row: row[0], is_text=True),
        Column("units", 6, lambda row: str(row[1]["units"])),
        Column("exact", 7, figure("exact_agreement")),
        Column("in one", 7, figure("adjacent_agreement")),
        Column("bias", 7, figure("bias")),
        Column("low", 7, bias_end("low")),
        Column("high", 7, bias_end("high")),
        Column("slope", 7, figure("slope")),
        Column("ICC", 7, figure("icc_a_1")),
    )
    lines = [*heading("Raters"), *table(columns, list(raters.items()))]
    return lines + paragraph(
        "Low and high are the interval of the bias. --rater NAME shows one of them in full."
    )


def _rater_block(name: str, rater: Result, *, is_alone: bool) -> list[str]:
    statistics: Mapping[str, Entry] = rater["statistics"]
    title = clipped(name, 40)
    lines = heading(f"{title}: {rater['units']} units of {rater['subjects']} subjects")
    for effect in rater["effects"].values():
        lines += bullet(effect["sentence"])
    if is_alone:
        lines += figure_tables(statistics)
    else:
        main = {figure: statistics[figure] for figure in MAIN_FIGURES if figure in statistics}
        lines += ["", *figure_table(main)]
    lines += _items_that_stand_out(rater["items"])
    return lines + (_scale_use(rater["scale_use"]) if is_alone else [])


def _scale_use(rows: Sequence[Result]) -> list[str]:
    columns = (
        Column("given", 26, lambda row: plain(row["category"]), is_text=True),
        Column("rater", 9, lambda row: str(row["count"])),
        Column("reference", 11, lambda row: str(row["reference_count"])),
        Column("difference", 12, lambda row: number(row["difference"]["value"])),
    )
    lines = [*heading("Use of each scale point"), *table(columns, rows)]
    return lines + paragraph("The difference is between the shares of all ratings, 0 to 1.")


def _items_that_stand_out(items: Mapping[str, Any]) -> list[str]:
    """Items with a bias that is hardly chance, or missed by far whichever way."""
    found = [(name, item) for name, item in items.items() if _stands_out(item)]
    found.sort(key=lambda pair: -pair[1]["mae"]["value"])
    if not found:
        return []
    columns = (
        Column("", 26, lambda row: row[0], is_text=True),
        Column("bias", 9, lambda row: number(row[1]["bias"]["value"])),
        Column("low", 9, lambda row: number(row[1]["bias"]["low"])),
        Column("high", 9, lambda row: number(row[1]["bias"]["high"])),
        Column("MAE", 8, lambda row: number(row[1]["mae"]["value"])),
        Column("n", 7, lambda row: str(row[1]["bias"]["n"])),
        Column("", 12, lambda row: f"  {row[1]['kind'].replace('_', ' ')}", is_text=True),
    )
    lines = [*heading("Items that stand out"), *table(columns, found[:MOST_ITEMS])]
    if len(found) > MOST_ITEMS:
        lines += paragraph(f"And {len(found) - MOST_ITEMS} more.")
    return lines + paragraph(
        f"They are off by {NOTICEABLE_BIAS} or more with an interval beyond 0, or by "
        f"{plain(LARGE_ERROR)} or more on average to either side. With many items, some of them "
        "have such an interval by chance."
    )


def _stands_out(item: Mapping[str, Entry]) -> bool:
    bias, mae = item["bias"], item["mae"]
    if bias["value"] is None or mae["value"] is None:
        return False
    is_beyond_zero = bias["low"] is not None and (bias["low"] > 0 or bias["high"] < 0)
    is_biased = is_beyond_zero and abs(bias["value"]) >= NOTICEABLE_BIAS
    return bool(is_biased or mae["value"] >= LARGE_ERROR)


# Generalizability


def _counts(counts: Mapping[str, float]) -> dict[str, str]:
    missing = f", {plain(counts['missing'])} missing" if counts.get("missing") else ""
    told = {name: plain(count) for name, count in counts.items()}
    return told | {"scores": told["scores"] + missing}


def _components(result: Result) -> list[str]:
    shares = result["shares"] or {}
    columns = (
        Column("", 26, lambda name: name, is_text=True),
        Column("variance", 10, lambda name: number(result["components"][name], 4)),
        Column("SE", 10, lambda name: number(result["standard_errors"][name], 4)),
        Column("share", 9, lambda name: _percent(shares.get(name))),
        Column("", 23, lambda name: f"  {_bar(shares.get(name))}", is_text=True),
    )
    return [*heading("What scores differ by"), *table(columns, list(result["components"]))]


def _coefficients(result: Result) -> list[str]:
    lines = heading("The mean score of the table's own design")
    g = number(result["g"])
    if result["g_low"] is not None:
        g += f" ({number(result['g_low'])} to {number(result['g_high'])})"
    lines += fact("G", g)
    lines += fact("Phi", number(result["phi"]))
    lines += fact("Error", f"{number(result['relative_error'])} when subjects are compared")
    return lines + fact("", f"{number(result['absolute_error'])} of the score itself")


def _study(rows: Sequence[Result]) -> list[str]:
    columns = (
        Column("raters", 9, lambda row: str(row["raters"])),
        *_column_if_any("items", rows),
        *_column_if_any("sessions", rows),
        Column("relative error", 16, lambda row: number(row["relative_error"])),
        Column("absolute error", 16, lambda row: number(row["absolute_error"])),
        Column("G", 9, lambda row: number(row["g"])),
        Column("Phi", 9, lambda row: number(row["phi"])),
    )
    lines = [*heading("With other numbers of raters"), *table(columns, rows), ""]
    for row in rows:
        if row["raters"] <= MOST_RATERS_IN_WORDS:
            lines += bullet(row["sentence"])
    return lines


def _column_if_any(name: str, rows: Sequence[Result]) -> tuple[Column, ...]:
    if all(row[name] is None for row in rows):
        return ()
    return (Column(name, 9, lambda row: "-" if row[name] is None else str(row[name])),)


def _bar(percent: float | None) -> str:
    return "" if percent is None else "#" * round(percent / 5)


def _percent(percent: float | None) -> str:
    return number(None) if percent is None else f"{number(percent, 1)} %"
