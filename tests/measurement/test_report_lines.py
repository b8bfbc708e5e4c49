"""Which lines a report has, and in which order: how many are shown, and what stands out."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from training.measurement.facets_lines import facets_lines
from training.measurement.figure_tables import figure_tables, label, takes_units_as_independent
from training.measurement.reports import (
    agreement_report,
    comparison_report,
    facets_report,
    generalizability_report,
)

UNDEFINED = {"reason": "no_overlap", "message": "There is nothing to say."}
NOTHING = {"value": None, "low": None, "high": None, "se": None, "n": 0, "undefined": UNDEFINED}


def entry(value: Any, low: Any = None, high: Any = None, **more: Any) -> Any:
    figures = {"value": value, "low": low, "high": high, "se": 0.125, "n": 48, "undefined": None}
    return {**figures, **more}


def squeezed(text: str) -> str:
    """The words of a text with one space between them."""
    return " ".join(text.split())


def block_of(report: str, title: str) -> list[str]:
    """The lines below a title, up to the next blank line."""
    lines = report.splitlines()
    below = lines[lines.index(title) + 1 :]
    return below[: below.index("")] if "" in below else below


# Figures by kind


def test_figures_stand_by_kind_whatever_their_order_and_new_kinds_come_last() -> None:
    names = ("rank_of_doubt", "pearson", "bias", "icc_a_1", "kappa", "slope", "exact_agreement")
    lines = figure_tables({name: entry(0.5) for name in names})
    assert [above for above, line in pairwise(lines) if "value" in line] == [
        "Raw agreement",
        "Chance-corrected",
        "Intraclass correlation",
        "Differences, in scale points",
        "Use of the scale",
        "Correlation",
        "Further figures",
    ]
    drawn = [line for line in lines if line.endswith("o")]
    assert [line.split()[0] for line in drawn] == ["exact", "Cohen's", "ICC(A,1),", "Pearson's"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("kappa_quadratic", "Cohen's kappa, quadratic"),
        ("ac2_ordinal", "Gwet's AC2, ordinal"),
        ("alpha_interval", "alpha, interval"),
        ("within_vignette_slope", "slope within subjects"),
        ("some_new_figure", "some new figure"),
    ],
)
def test_figures_have_names_that_people_know(name: str, words: str) -> None:
    assert label(name) == words
    assert any(line.strip().startswith(words) for line in figure_tables({name: entry(0.5)}))


def test_a_pair_is_two_lines_each_with_its_own_interval() -> None:
    pair = entry([-1.5, 1.25], [-2.0, 0.75], se=[0.2, 0.3])
    first, second = figure_tables({"limits_of_agreement": pair})[3:]
    assert squeezed(first) == "lower limit of agreement -1.500 -2.000 - 0.200 48"
    assert squeezed(second) == "upper limit of agreement 1.250 0.750 - 0.300 48"


def test_intervals_over_subjects_go_before_those_over_units_and_the_value_stays() -> None:
    clustered = {"low": 0.25, "high": 0.75, "se": 0.5, "n": 6}
    both = entry(0.5, 0.4, 0.6, clustered=clustered)
    row = figure_tables({"kappa": both})[3].split()
    assert row[2:6] == ["0.500", "0.250", "0.750", "0.500"]
    assert takes_units_as_independent([entry(0.5), both])
    assert not takes_units_as_independent([entry(0.5), entry(0.5, clustered=None)])


def test_only_figures_that_could_not_be_computed_leave_a_reason_and_no_table() -> None:
    other = NOTHING | {"undefined": {"reason": "no_variance", "message": "They do not vary."}}
    lines = figure_tables({"pearson": NOTHING, "kendall_tau_b": other, "spearman": NOTHING})
    assert lines == [
        "",
        "Correlation",
        "  Not computed: Pearson's r; Spearman's rho. There is nothing to say.",
        "  Not computed: Kendall's tau-b. They do not vary.",
    ]


# The head of a report


def test_the_head_tells_what_was_counted_and_warns_before_the_figures() -> None:
    raters = [f"R{number}" for number in range(12)]
    result = {
        "units": 8,
        "raters": raters,
        "ratings": 96,
        "scale": [],
        "confidence": 0.975,
        "warnings": ["Few.", "Very few."],
        "statistics": {"kappa": entry(0.5)},
    }
    lines = agreement_report(result).splitlines()
    assert lines[:9] == [
        "AGREEMENT",
        "",
        "  Units       8",
        f"  Raters      12: {', '.join(raters)}",
        "  Ratings     96",
        "  Scale       none",
        "  Intervals   97.5 %",
        "  ! Few.",
        "  ! Very few.",
    ]
    more = agreement_report({**result, "raters": [*raters, "Noor"], "scale": [0, 0.5, 1.0]})
    assert f"13: {', '.join(raters)} and 1 more" in squeezed(more)
    assert "Noor" not in more
    assert "  Scale       0, 0.5, 1" in more


# Comparison


def item(bias: Any, mae: Any, kind: str = "lenient") -> dict[str, Any]:
    return {"bias": bias, "mae": mae, "kind": kind}


def rater(items: dict[str, Any] | None = None) -> dict[str, Any]:
    statistics = {"exact_agreement": entry(0.5), "bias": entry(0.25, 0.125, 0.375)}
    return {
        "units": 48,
        "subjects": 6,
        "statistics": statistics,
        "effects": {},
        "items": items or {},
        "scale_use": [],
    }


def compared(**raters: dict[str, Any]) -> str:
    return comparison_report({"reference": "Key", "scale": [0, 1], "raters": raters})


@pytest.mark.parametrize(
    ("bias", "mae", "stands_out"),
    [
        (entry(0.25, 0.01, 0.49), entry(0.25), True),
        (entry(0.2499, 0.2, 0.3), entry(0.3), False),
        (entry(0.5, 0.0, 1.0), entry(0.5), False),
        (entry(-0.25, -0.49, -0.01), entry(0.25), True),
        (entry(-0.5, -1.0, 0.0), entry(0.5), False),
        (entry(0.5), entry(0.5), False),  # without an interval it may be chance
        (entry(0.0, -0.5, 0.5), entry(1.0), True),
        (entry(0.0, -0.5, 0.5), entry(0.999), False),
        (NOTHING, entry(3.0), False),
        (entry(3.0, 2.0, 4.0), NOTHING, False),
    ],
)
def test_an_item_stands_out_from_a_quarter_point_or_a_whole_one(
    bias: Any, mae: Any, stands_out: bool
) -> None:
    report = compared(Noor=rater({"listening": item(bias, mae)}))
    assert ("Items that stand out" in report) == stands_out
    assert ("listening" in report) == stands_out


def test_items_stand_the_furthest_first_and_ten_of_them_are_all() -> None:
    items = {
        f"item {number:02}": item(entry(1.0, 0.5, 1.5), entry(1 + number / 10), "severe")
        for number in range(10)
    }
    report = compared(Noor=rater(items))
    rows = [line for line in report.splitlines() if line.startswith("  item ")]
    assert [row.split()[1] for row in rows] == [f"{number:02}" for number in range(9, -1, -1)]
    assert squeezed(rows[0]) == "item 09 1.000 0.500 1.500 1.900 48 severe"
    assert " more." not in report
    items["item 10"] = item(entry(1.0, 0.5, 1.5), entry(0.9))
    report = compared(Noor=rater(items))
    assert "item 10" not in report
    assert "And 1 more." in report


def test_ten_raters_have_a_block_each_and_eleven_a_line() -> None:
    raters = {f"Rater {number}": rater() for number in range(10)}
    blocks = compared(**raters)
    assert "\nRater 9: 48 units of 6 subjects\n" in blocks
    assert "\nRaters\n" not in blocks
    del raters["Rater 9"]["statistics"]["exact_agreement"]
    lines = compared(**raters, Noor=rater())
    assert "units of" not in lines
    rows = block_of(lines, "Raters")
    assert squeezed(rows[0]) == "units exact in one bias low high slope ICC"
    # What a rater has no figure for is a dash.
    assert squeezed(rows[10]) == "Rater 9 48 - - 0.25 0.12 0.38 - -"
    assert squeezed(rows[11]) == "Noor 48 0.50 - 0.25 0.12 0.38 - -"


def test_two_raters_have_their_main_figures_and_one_alone_has_all() -> None:
    full = rater()
    full["statistics"] |= {"kendall_tau_b": entry(0.75), "mae": entry(0.5)}
    full["scale_use"] = [
        {"category": 2.5, "count": 7, "reference_count": 9, "difference": entry(-0.0625)}
    ]
    alone, beside = compared(Noor=full), compared(Noor=full, Ines=rater())
    assert "Kendall" in alone
    assert "Kendall" not in beside
    assert "mean absolute error" in beside
    assert block_of(alone, "Use of each scale point")[1].split() == ["2.5", "7", "9", "-0.062"]
    assert "Use of each scale point" not in beside


# Many-facet Rasch model


def element(measure: float | None, n: int = 18) -> dict[str, Any]:
    fit = {"infit": 0.9, "outfit": 1.1, "infit_z": -0.5, "outfit_z": 0.5}
    return {"measure": measure, "se": 0.25, **fit, "n": n}


def fit(
    raters: dict[str, Any],
    *,
    thresholds: tuple[float, ...] = (0.0,),
    reliability: dict[str, Any] | None = None,
    interactions: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    return {
        "scale": [0, 1],
        "raters": raters,
        "items": {},
        "subjects": {},
        "thresholds": list(thresholds),
        "threshold_categories": list(range(1, len(thresholds) + 1)),
        "threshold_se": [None] * len(thresholds),
        "reliability": {} if reliability is None else {"raters": reliability},
        "interactions": interactions or [],
    }


@pytest.mark.parametrize(
    ("measures", "threshold", "ends"),
    [
        ((-0.5, 0.9), 0.0, "-1........1"),
        ((-2.0, 3.0), 0.0, "-2........3"),  # whole logits need no more room
        ((-2.01, 3.01), 0.0, "-3........4"),
        ((0.25, 0.5), -1.5, "-2........1"),  # thresholds stand on the same line
        ((0.0, 0.0), 0.0, "0.........1"),  # a line has a length
        ((None, None), 0.0, "0.........1"),
        ((5.0, None), 4.5, "4.........5"),
    ],
)
def test_all_measures_stand_on_one_line_of_whole_logits(
    measures: tuple[float | None, ...], threshold: float, ends: str
) -> None:
    raters = {f"Rater {place}": element(measure) for place, measure in enumerate(measures)}
    lines = facets_lines(fit(raters, thresholds=(threshold,)))
    headings = [line.split()[-1] for line in lines if "measure " in line and ".." in line]
    assert headings == [ends, ends]


def test_a_row_of_a_facet_and_who_comes_first_among_equals() -> None:
    raters = {
        "Tomasz": element(0.5),
        "Asta": element(0.5),
        "Noor": element(1.0),
        "Zoe": element(None),
    }
    _, _, _, *rows = facets_lines(fit(raters))[:6]
    assert [row.split()[0] for row in rows] == ["Noor", "Asta", "Tomasz"]
    assert squeezed(rows[1]) == "Asta 0.50 0.25 0.90 -0.5 1.10 0.5 18 o"
    report = "\n".join(facets_lines(fit(raters)))
    assert "Zoe" not in report
    assert "Items" not in report
    assert "Subjects" not in report


def test_forty_are_all_shown_and_of_more_the_ends() -> None:
    raters = {f"Rater {number:02}": element(-float(number)) for number in range(40)}
    everybody = "\n".join(facets_lines(fit(raters)))
    assert "more" not in everybody.partition("Thresholds")[0]
    assert everybody.count("  Rater ") == 40
    raters["Rater 40"] = element(-40.0)
    lines = facets_lines(fit(raters))
    rows = [line.strip()[:8] for line in lines]
    gap = lines.index("  ... 1 more; --json has all of them ...")
    assert (rows[gap - 1], rows[gap + 1]) == ("Rater 19", "Rater 21")
    assert sum(row.startswith("Rater ") for row in rows) == 40
    assert sum("outfit" in line for line in lines) == 1


@pytest.mark.parametrize(
    ("p_value", "words"),
    [
        (0.0009999, "chi-square 12.3 on 4, p below 0.001."),
        (0.001, "chi-square 12.3 on 4, p 0.001."),
        (0.25, "chi-square 12.3 on 4, p 0.250."),
    ],
)
def test_what_tells_raters_apart(p_value: float, words: str) -> None:
    figures = {
        "undefined": None,
        "reliability": 0.805,
        "separation": 2.031,
        "strata": 3.04,
        "chi_square": 12.34,
        "degrees_of_freedom": 4,
        "p_value": p_value,
    }
    lines = "\n".join(facets_lines(fit({"Noor": element(0.0)}, reliability=figures)))
    assert "  Told apart: reliability 0.81, separation 2.03, strata 3.0.\n" in lines
    assert f"  Were they the same but for error: {words}\n" in lines
    without = facets_lines(fit({"Noor": element(0.0)}, reliability={**figures, "p_value": None}))
    assert "chi-square" not in "\n".join(without)


@pytest.mark.parametrize(
    ("thresholds", "is_told"),
    [
        ((-1.0, 0.0, 1.0), False),
        ((0.0, 0.0), False),
        ((0.5,), False),
        ((0.0, -0.001), True),
        ((-1.0, 1.0, 0.0), True),
        ((1.0, 0.0, 2.0), True),
    ],
)
def test_thresholds_rise_unless_one_is_below_the_one_before(
    thresholds: tuple[float, ...], is_told: bool
) -> None:
    lines = " ".join(facets_lines(fit({"Noor": element(0.0)}, thresholds=thresholds)))
    assert ("They do not rise throughout" in lines) == is_told


def test_a_threshold_is_named_by_its_upper_category_and_may_have_no_error() -> None:
    result = fit({"Noor": element(0.0)}, thresholds=(-1.25, 1.0))
    result |= {"threshold_categories": [1.5, 3], "threshold_se": [0.225, None]}
    title = "Thresholds: from here on more likely than the category below"
    lines = block_of("\n".join(facets_lines(result)), title)
    assert [squeezed(line) for line in lines] == [
        "category measure SE -2........1",
        "1.5 -1.25 0.23 o",
        "3 1.00 - o",
    ]


def interaction(t: float, name: str = "listening") -> dict[str, Any]:
    figures = {"measure": t / 4, "se": 0.25, "t": t, "observed_minus_expected": t / 8, "n": 6}
    return {"rater": "Noor", "item": name, **figures}


def unlike(*interactions: dict[str, Any]) -> str:
    report = facets_report(fit({"Noor": element(0.0)}, interactions=list(interactions)))
    return report.partition("\nRaters who treat an item unlike the others\n")[2]


@pytest.mark.parametrize(
    ("t", "is_shown"), [(2.0, True), (-2.0, True), (1.9999, False), (-1.9999, False)]
)
def test_a_t_of_two_is_noticeable_to_either_side(t: float, is_shown: bool) -> None:
    assert bool(unlike(interaction(t))) == is_shown


def test_interactions_stand_the_surest_first_and_ten_of_them_are_all() -> None:
    ten = [interaction((3.0 + place) * (-1) ** place, f"i{place}") for place in range(10)]
    block = unlike(*ten, interaction(1.0, "unnoticed"))
    rows = [squeezed(line) for line in block.splitlines() if line.startswith("  Noor")]
    assert [row.split()[1] for row in rows] == [f"i{place}" for place in range(9, -1, -1)]
    assert rows[0] == "Noor i9 -3.00 0.25 -12.0 -1.50 6"
    assert " more." not in block
    assert "have a t beyond 2 by chance; there are 11." in squeezed(block)
    block = unlike(*ten, interaction(2.0, "least"))
    assert "And 1 more." in block
    assert "least" not in block


# Generalizability


EFFECTS = ("subject", "rater", "residual")


def row(raters: int, **more: Any) -> dict[str, Any]:
    figures = {"items": None, "sessions": None, "relative_error": 0.5, "absolute_error": 0.75}
    sentence = f"Sentence {raters}{more.get('sessions', '')}."
    return {"raters": raters, **figures, "g": 0.8, "phi": 0.7, "sentence": sentence, **more}


def studied(study: list[dict[str, Any]] | None = None, **more: Any) -> str:
    result = {
        "design": "subject x rater",
        "confidence": 0.95,
        "n": {"subjects": 6, "raters": 3, "scores": 17, "missing": 1, "raters_per_subject": 2.8},
        "components": {"subject": 1.25, "rater": -0.25, "residual": None},
        "standard_errors": dict.fromkeys(EFFECTS, 0.125),
        "shares": None,
        "g": 0.8125,
        "g_low": None,
        "g_high": None,
        "phi": None,
        "relative_error": 0.5,
        "absolute_error": 0.75,
        "warnings": [],
        "study": [row(1)] if study is None else study,
    }
    return generalizability_report({**result, **more})


def test_counts_are_whole_and_what_is_missing_is_told() -> None:
    assert "\n  Scores      17, 1 missing\n" in studied()
    complete = studied(n={"subjects": 6, "raters": 3, "items": 2, "scores": 36, "missing": 0})
    assert "\n  Subjects    6\n  Raters      3\n  Items       2\n  Scores      36\n" in complete


def test_components_have_their_share_as_a_figure_and_as_a_bar() -> None:
    rows = block_of(studied(), "What scores differ by")[1:]
    assert [line.split() for line in rows] == [
        ["subject", "1.2500", "0.1250", "-"],
        ["rater", "-0.2500", "0.1250", "-"],
        ["residual", "-", "0.1250", "-"],
    ]
    shares = {"subject": 87.5, "rater": 2.4, "residual": 10.1}
    rows = block_of(studied(shares=shares), "What scores differ by")[1:]
    assert [line.split()[3:] for line in rows] == [
        ["87.5", "%", "#" * 18],
        ["2.4", "%"],
        ["10.1", "%", "##"],
    ]


def test_coefficients_say_what_is_known_of_them() -> None:
    assert block_of(studied(), "The mean score of the table's own design") == [
        "  G           0.812",
        "  Phi         -",
        "  Error       0.500 when subjects are compared",
        "              0.750 of the score itself",
    ]
    report = studied(g_low=-0.0625, g_high=0.95, phi=0.5)
    assert "  G           0.812 (-0.062 to 0.950)\n  Phi         0.500\n" in report


def test_the_study_has_columns_for_what_there_is_and_words_for_few_raters() -> None:
    plainest = studied([row(1), row(3), row(4)])
    lines = block_of(plainest, "With other numbers of raters")
    assert squeezed(lines[0]) == "raters relative error absolute error G Phi"
    assert lines[3].split() == ["4", "0.500", "0.750", "0.800", "0.700"]
    assert "* Sentence 1." in plainest
    assert "* Sentence 3." in plainest
    assert "Sentence 4." not in plainest
    of_service = {"g": None, "phi": None}
    both = studied([row(2, items=8), row(2, items=8, sessions=6, **of_service)])
    lines = block_of(both, "With other numbers of raters")
    assert lines[0].split()[:3] == ["raters", "items", "sessions"]
    assert [line.split() for line in lines[1:]] == [
        ["2", "8", "-", "0.500", "0.750", "0.800", "0.700"],
        ["2", "8", "6", "0.500", "0.750", "-", "-"],
    ]
    assert "* Sentence 2.\n" in both
    assert "* Sentence 26.\n" in both
