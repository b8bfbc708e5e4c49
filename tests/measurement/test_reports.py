"""Reports say what the figures say, rounded, and give the reason for every one that is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measurement.conftest import file_of
from tests.psychometrics import raters
from training.measurement.figure_tables import figure_tables, label
from training.measurement.reading import ratings_in
from training.measurement.reports import (
    agreement_report,
    comparison_report,
    facets_report,
    generalizability_report,
)
from training.measurement.text_layout import cells_wide, clipped, number, printable, strip
from training.psychometrics.agreement import agreement
from training.psychometrics.facets.analysis import bias_interactions, fit_facets
from training.psychometrics.generalizability.study import generalizability
from training.psychometrics.table import RatingTable
from training.psychometrics.table_comparison import compare_table

SCALE = (0, 1, 2, 3, 4)


def rated(**scores: np.ndarray) -> RatingTable:
    return ratings_in(file_of(**scores).encode())


def rated_without_items(**scores: list[float]) -> RatingTable:
    rows = [
        (f"Meeting {number}", rater, score)
        for rater, column in scores.items()
        for number, score in enumerate(column, start=1)
    ]
    return RatingTable(*(list(column) for column in zip(*rows, strict=True)))


@pytest.fixture
def table() -> RatingTable:
    """Careful Asta, lenient Ines and severe Tomasz beside the key."""
    return rated(
        Consensus=raters.KEY,
        Asta=raters.careful(),
        Ines=raters.lenient(),
        Tomasz=raters.severe(),
    )


def line_of(report: str, beginning: str) -> list[str]:
    """The words of the first line that begins so, without its beginning."""
    found = next(line for line in report.splitlines() if line.strip().startswith(beginning))
    return found.strip().removeprefix(beginning).split()


# Layout


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.12345, "0.123"), (-0.0001, "0.000"), (-1.5, "-1.500"), (None, "-"), (1234.56, "1234.6")],
)
def test_a_figure_is_rounded_and_never_a_negative_zero(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("figures", "picture"),
    [
        ((0.5, None, None), "     o     "),
        ((0.5, 0.2, 0.8), "  |--o--|  "),
        ((0.0, 0.0, 0.1), "o|         "),
        ((1.0, 1.0, 1.0), "          o"),
        ((0.1, -0.2, 0.3), "<o-|       "),
        ((0.9, 0.7, 1.2), "       |-o>"),
        ((-0.4, -0.9, 0.2), "<-|        "),
        ((None, None, None), ""),
    ],
)
def test_a_strip_draws_the_interval_and_shows_what_lies_beyond(
    figures: tuple[float | None, ...], picture: str
) -> None:
    assert strip(*figures) == picture


@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(-9, 9))
def test_every_strip_is_as_wide_as_any_other(value: float, one: float, other: float) -> None:
    drawn = strip(value, min(one, other), max(one, other), start=-5, end=5)
    assert len(drawn) == 11
    assert set(drawn) <= set(" |-o<>")


def test_long_names_are_cut_where_they_do_not_differ() -> None:
    cut = {clipped(f"The network meeting of autumn, part {part}", 20) for part in "12"}
    assert cut == {"The network m…part 1", "The network m…part 2"}


@given(st.text(max_size=30), st.integers(3, 20))
def test_any_name_fits_and_is_shown_only(name: str, width: int) -> None:
    shown = clipped(name, width)
    assert cells_wide(shown) <= width
    assert not {"\n", "\r", "\x1b", "\u202e"} & set(printable(name))


def test_names_of_many_scripts_keep_their_letters_and_their_width() -> None:
    assert [cells_wide(name) for name in ("Noor", "Zoe\u0308", "王芳")] == [4, 3, 4]
    assert printable("क्\u200dष") == "क्\u200dष"  # a joiner belongs to the letter


# Agreement


def test_every_figure_of_agreement_stands_in_the_report(table: RatingTable) -> None:
    result = agreement(table, scale=SCALE).as_dict()
    report = agreement_report(result)
    exact = result["statistics"]["exact_agreement"]
    figures = [exact[name] for name in ("value", "low", "high", "se")]
    assert line_of(report, "exact ")[:5] == [*map(number, figures), str(exact["n"])]
    assert line_of(report, "Raters") == ["4:", "Asta,", "Consensus,", "Ines,", "Tomasz"]
    for name, entry in result["statistics"].items():
        if entry["value"] is not None:
            assert line_of(report, f"{label(name)} ")[0] == number(entry["value"]), name


def test_intervals_over_subjects_are_the_ones_shown(table: RatingTable) -> None:
    result = agreement(table, scale=SCALE).as_dict()
    alike = result["statistics"]["ac1"]["clustered"]
    shown = line_of(agreement_report(result), "Gwet's AC1 ")
    assert shown[1:4] == [number(alike[name]) for name in ("low", "high", "se")]
    assert "except those of" in agreement_report(result)


def test_without_items_nothing_is_said_about_units_of_a_subject() -> None:
    table = rated_without_items(Asta=[0, 1, 2, 3, 4, 2, 1, 3], Noor=[0, 2, 2, 3, 4, 1, 1, 3])
    assert "except those of" not in agreement_report(agreement(table, scale=SCALE).as_dict())


def test_the_limits_of_two_raters_are_two_lines() -> None:
    report = agreement_report(
        agreement(rated(Asta=raters.careful(), Ines=raters.lenient()), scale=SCALE).as_dict()
    )
    lower, upper = (line_of(report, f"{end} limit of agreement") for end in ("lower", "upper"))
    assert float(lower[0]) < float(upper[0])
    assert "exactly two raters" not in report


def test_a_reason_is_given_once_for_all_it_holds_for(table: RatingTable) -> None:
    report = agreement_report(agreement(table, scale=SCALE).as_dict())
    correlations = report.partition("\nCorrelation\n")[2].partition("\n\n")[0]
    assert " ".join(correlations.split()) == (
        "Not computed: concordance (Lin); Pearson's r; Spearman's rho; Kendall's tau-b. "
        "This figure compares exactly two raters."
    )


def entry(value: float | None, **others: Any) -> dict[str, Any]:
    figures = {"low": None, "high": None, "se": None, "n": 3, "method": "", "undefined": None}
    return {"value": value, **figures, **others}


def test_a_figure_nobody_knows_yet_is_shown_under_its_name() -> None:
    lines = figure_tables({"rank_of_doubt": entry(0.25)})
    assert lines[1] == "Further figures"
    assert lines[3].split() == ["rank", "of", "doubt", "0.250", "-", "-", "-", "3"]


def test_a_value_without_an_interval_says_why() -> None:
    why = {"reason": "too_few_units", "message": "An interval needs at least two subjects."}
    lines = figure_tables({"bias": entry(0.5, no_interval=why)})
    assert " ".join(" ".join(lines).split()).endswith(
        "Without interval: bias (mean difference). An interval needs at least two subjects."
    )


# Comparison


def test_sentences_about_effects_stand_before_the_figures(table: RatingTable) -> None:
    result = compare_table(table, reference="Consensus", scale=SCALE).as_dict()
    report = comparison_report(result)
    ines = report.partition("\nInes: 48 units of 6 subjects\n")[2]
    sentence = result["raters"]["Ines"]["effects"]["severity"]["sentence"]
    assert ines.startswith(f"  * {sentence}\n")


def test_items_that_stand_out_are_those_with_a_bias_that_is_hardly_chance() -> None:
    scores = raters.KEY.copy()
    scores[:, 2] = np.clip(raters.KEY[:, 2] - 2, 0, 4)
    table = rated(Consensus=raters.KEY, Noor=scores)
    report = comparison_report(compare_table(table, reference="Consensus", scale=SCALE).as_dict())
    block = report.partition("Items that stand out\n")[2].partition("They are off")[0]
    assert "item 3" in block
    assert "severe" in block
    assert len(block.splitlines()) == 3  # the heading, the item, the rest of a line


def test_of_very_many_items_that_stand_out_the_furthest_are_shown() -> None:
    key = np.tile(raters.KEY, (1, 2))
    table = rated(Consensus=key, Noor=4 - key)
    report = comparison_report(compare_table(table, reference="Consensus", scale=SCALE).as_dict())
    block = report.partition("Items that stand out\n")[2].partition("They are off")[0]
    assert block.count("  item ") == 10
    assert "And 6 more." in block


def test_an_item_that_nobody_could_rate_does_not_stand_out() -> None:
    scores = raters.severe()
    scores[:, 2] = np.nan
    table = rated(Consensus=raters.KEY, Tomasz=scores)
    report = comparison_report(compare_table(table, reference="Consensus", scale=SCALE).as_dict())
    block = report.partition("Items that stand out\n")[2].partition("They are off")[0]
    assert "item 4" in block
    assert "item 3" not in block


def test_nobody_stands_out_who_is_the_reference_again() -> None:
    table = rated(Consensus=raters.KEY, Noor=raters.KEY)
    report = comparison_report(compare_table(table, reference="Consensus", scale=SCALE).as_dict())
    assert "Items that stand out" not in report


def test_one_rater_alone_has_the_use_of_each_scale_point() -> None:
    table = rated(Consensus=raters.KEY, Pavel=raters.central())
    report = comparison_report(compare_table(table, reference="Consensus", scale=SCALE).as_dict())
    use = report.partition("Use of each scale point\n")[2]
    assert line_of(use, "0 ")[:2] == ["0", str(int((raters.KEY == 0).sum()))]


def test_many_raters_are_one_line_each() -> None:
    cohort = {f"Rater_{number:02}": raters.careful(seed=number) for number in range(11)}
    table = rated(Consensus=raters.KEY, **cohort)
    result = compare_table(table, reference="Consensus", scale=SCALE).as_dict()
    report = comparison_report(result)
    lines = report.partition("\nRaters\n")[2]
    for name, rater in result["raters"].items():
        bias = rater["statistics"]["bias"]
        words = line_of(lines, name)
        assert words[0] == "48"
        assert words[3:6] == [number(bias[end], 2) for end in ("value", "low", "high")]
    assert "--rater NAME shows one of them" in report
    assert "Items that stand out" not in report


# Many-facet Rasch model


def test_raters_are_sorted_by_severity(table: RatingTable) -> None:
    fit = fit_facets(table, scale=SCALE).as_dict()
    report = facets_report(fit)
    places = [report.index(f"\n  {name} ") for name in ("Tomasz", "Consensus", "Ines")]
    assert places == sorted(places)
    tomasz = fit["raters"]["Tomasz"]
    assert line_of(report, "Tomasz")[:3] == [
        number(tomasz[name], 2) for name in ("measure", "se", "infit")
    ]


def test_thresholds_out_of_order_are_explained(table: RatingTable) -> None:
    fit = fit_facets(table, scale=SCALE).as_dict()
    fit["thresholds"] = [-1.0, 0.5, 0.2, 1.0]
    assert "They do not rise throughout" in facets_report(fit)
    fit["thresholds"] = [-1.0, 0.2, 0.5, 1.0]
    assert "They do not rise throughout" not in facets_report(fit)


def test_of_very_many_subjects_the_ends_are_shown(table: RatingTable) -> None:
    fit = fit_facets(table, scale=SCALE).as_dict()
    one = fit["subjects"]["Meeting 1"]
    fit["subjects"] = {
        f"Meeting {number:03}": {**one, "measure": number / 100} for number in range(100)
    }
    report = facets_report(fit)
    assert "... 60 more; --json has all of them ..." in report
    assert "Meeting 099" in report
    assert "Meeting 000" in report
    assert "Meeting 050" not in report


def test_raters_who_cannot_be_told_apart_are_told_why() -> None:
    alike = fit_facets(rated(Asta=raters.KEY, Noor=raters.KEY), scale=SCALE).as_dict()
    assert "The measures do not differ at all." in facets_report(alike)
    missing = np.full_like(raters.KEY, np.nan)
    alone = fit_facets(rated(Asta=raters.careful(), Noor=missing), scale=SCALE).as_dict()
    of_raters = facets_report(alone).partition("Raters, highest measure first")[2]
    of_raters = of_raters.partition("Items, highest measure first")[0]
    assert "Reliability needs at least two measures." in of_raters
    assert "Told apart" not in of_raters


def leaning(seed: int, up: tuple[int, int], down: tuple[int, int]) -> np.ndarray:
    """Somebody who scores two items far higher, and two far lower, than everybody else."""
    scores = raters.careful(seed, np.tile(raters.KEY, (3, 1)))
    scores[:, up] += 2
    scores[:, down] -= 2
    return np.clip(scores, 0, 4)


def test_of_very_many_raters_and_items_that_do_not_fit_the_surest_are_shown() -> None:
    fit = fit_facets(
        rated(
            Asta=leaning(1, (0, 1), (2, 3)),
            Ines=leaning(2, (2, 3), (0, 1)),
            Noor=leaning(3, (4, 5), (6, 7)),
            Otto=leaning(4, (6, 7), (4, 5)),
        ),
        scale=SCALE,
    )
    interactions = [one.as_dict() for one in bias_interactions(fit)]
    report = facets_report({**fit.as_dict(), "interactions": interactions})
    block = report.partition("Raters who treat an item unlike the others\n")[2]
    block = block.partition("Positive:")[0]
    rows = [line for line in block.splitlines() if line.split()[1:2] == ["item"]]
    assert len(rows) == 1 + 10, "with those who are named, their heading"
    noticeable = sum(abs(one["t"]) >= 2 for one in interactions)
    assert f"And {noticeable - 10} more." in block


def test_who_has_no_measure_is_left_to_the_warnings() -> None:
    missing = np.full_like(raters.KEY, np.nan)
    table = rated(Consensus=raters.KEY, Asta=raters.careful(), Noor=missing)
    report = facets_report(fit_facets(table, scale=SCALE).as_dict())
    assert "! No scores, no measure: rater Noor." in report
    assert "\n  Noor " not in report


# Generalizability


def test_components_coefficients_and_the_study_are_told(table: RatingTable) -> None:
    result = generalizability(table).as_dict()
    report = generalizability_report(result)
    assert "GENERALIZABILITY, subject x rater x item" in report
    rater = [result["components"]["rater"], result["standard_errors"]["rater"]]
    assert line_of(report, "rater ")[:2] == [number(figure, 4) for figure in rater]
    assert line_of(report, "Phi") == [number(result["phi"])]
    for row in result["study"]:
        assert (f"* {row['sentence']}" in report) == (row["raters"] <= 3)


def test_a_table_with_gaps_counts_them_and_warns(table: RatingTable) -> None:
    scores = raters.careful()
    scores[0, 0] = np.nan
    report = generalizability_report(
        generalizability(rated(Asta=scores, Ines=raters.lenient())).as_dict()
    )
    assert line_of(report, "Scores") == ["95,", "1", "missing"]
    assert "! The table is incomplete" in report


def test_without_items_there_is_no_column_for_them() -> None:
    table = rated_without_items(Asta=[0, 1, 2, 3, 4], Noor=[1, 1, 3, 2, 4])
    report = generalizability_report(generalizability(table).as_dict())
    assert "items" not in report.partition("With other numbers of raters")[2].splitlines()[1]
