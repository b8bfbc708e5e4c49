"""A table of ratings against one of its raters: figures, effects with their sentences, items."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.psychometrics.raters import (
    KEY,
    SCALE,
    careful,
    central,
    halo,
    lenient,
    severe,
    undecided,
)
from training.psychometrics import Ratings, compare_with_consensus
from training.psychometrics.agreement import agreement
from training.psychometrics.table import RatingTable
from training.psychometrics.table_comparison import TableComparison, compare_table


def noisy(key: np.ndarray) -> np.ndarray:
    """Zofia, who is right on the whole and hardly ever in particular."""
    noise = np.random.default_rng(3).normal(0.0, 1.6, key.shape)
    return np.clip(np.rint(key + noise), 0, 4)


PEOPLE = {
    "Asta": careful,
    "Ines": lenient,
    "Tomasz": severe,
    "Noor": undecided,
    "Pavel": central,
    "Mirembe": halo,
    "Zofia": noisy,
}
# The six meetings twice, so that intervals are narrow enough to name what each person does.
KEYS = np.vstack([KEY, KEY[:, ::-1]])


def rows_of(name: str, scores: np.ndarray, *, first: int = 0) -> list[tuple[str, str, str, float]]:
    return [
        (f"meeting-{first + row:02}", f"{column + 1:02}", name, scores[row, column])
        for row in range(scores.shape[0])
        for column in range(scores.shape[1])
    ]


def table_of(rows: list[tuple[str, str, str, float]]) -> RatingTable:
    subjects, items, raters, scores = zip(*rows, strict=True)
    return RatingTable(subjects, raters, scores, items)


@pytest.fixture(scope="module")
def everybody() -> TableComparison:
    rows = rows_of("consensus", KEYS)
    for name, rate in PEOPLE.items():
        rows += rows_of(name, rate(key=KEYS))
    return compare_table(table_of(rows), reference="consensus", scale=SCALE)


def test_the_reference_is_compared_with_nobody(everybody: TableComparison) -> None:
    assert set(everybody.raters) == set(PEOPLE)
    assert everybody.warnings == ()


@pytest.mark.parametrize("name", PEOPLE)
def test_figures_are_those_of_a_comparison(everybody: TableComparison, name: str) -> None:
    scores = PEOPLE[name](key=KEYS)
    cells = [
        (f"{row:02}", column + 1, scores[row, column], KEYS[row, column])
        for row in range(len(KEYS))
        for column in range(KEYS.shape[1])
    ]
    comparison = compare_with_consensus(Ratings.from_cells(cells), scale=SCALE)
    found = everybody.raters[name]
    assert found.units == comparison.cells
    assert found.subjects == comparison.vignettes
    for there, here in (
        ("exact_agreement", "exact"),
        ("adjacent_agreement", "within_one"),
        ("bias", "bias"),
        ("within_vignette_slope", "within_vignette_slope"),
        ("kappa_quadratic", "kappa_quadratic"),
    ):
        left: Any = found.statistics[there]
        right = getattr(comparison, here)
        assert left.value == pytest.approx(right.value)
        assert left.low == pytest.approx(right.low)
    for row in comparison.per_item:
        item = found.items[f"{row.item:02}"]
        assert item.kind == row.direction
        assert item.figures["bias"].value == pytest.approx(row.bias.value)


@pytest.mark.parametrize(
    ("name", "effect", "code"),
    [
        ("Asta", "severity", "in_line"),
        ("Asta", "centrality", "in_line"),
        ("Asta", "halo", "in_line"),
        ("Asta", "scale_use", "in_line"),
        ("Asta", "inconsistency", "in_line"),
        ("Ines", "severity", "lenient"),
        ("Ines", "scale_use", "never_used"),
        ("Tomasz", "severity", "severe"),
        ("Noor", "centrality", "narrow"),
        ("Noor", "halo", "unrelated"),
        ("Noor", "inconsistency", "in_line"),
        ("Pavel", "centrality", "narrow"),
        ("Pavel", "scale_use", "never_used"),
        ("Mirembe", "halo", "unrelated"),
        ("Zofia", "inconsistency", "erratic"),
    ],
)
def test_effects_name_what_each_person_does(
    everybody: TableComparison, name: str, effect: str, code: str
) -> None:
    found = everybody.raters[name].effects[effect]
    assert found.code == code
    assert found.sentence.endswith(".")


def test_every_effect_has_a_figure_with_an_interval(everybody: TableComparison) -> None:
    for name, rater in everybody.raters.items():
        assert set(rater.effects) == {
            "severity",
            "centrality",
            "halo",
            "scale_use",
            "inconsistency",
        }
        for effect in rater.effects.values():
            assert effect.figure.has_interval, (name, effect)


def test_forms_of_their_own(everybody: TableComparison) -> None:
    """Ines rated the first four meetings, Otto the last five; each is held to what both rated."""
    rows = rows_of("consensus", KEY)
    rows += rows_of("Ines", lenient(KEY[:4]))
    rows += rows_of("Otto", careful(key=KEY[1:]), first=1)
    rows += rows_of("Zofia", severe(KEY[:2]), first=20)
    found = compare_table(table_of(rows), reference="consensus", scale=SCALE)
    assert (found.raters["Ines"].subjects, found.raters["Otto"].subjects) == (4, 5)
    alone = compare_table(
        table_of(rows_of("consensus", KEY[1:]) + rows_of("Otto", careful(key=KEY[1:]))),
        reference="consensus",
        scale=SCALE,
    )
    expected = alone.raters["Otto"].as_dict()["statistics"]
    for name, entry in found.raters["Otto"].as_dict()["statistics"].items():
        for field in ("value", "low", "high", "n"):
            assert entry[field] == pytest.approx(expected[name][field]), (name, field)
    nothing = found.raters["Zofia"]
    assert (nothing.units, nothing.subjects) == (0, 0)
    assert {entry["value"] for entry in nothing.as_dict()["statistics"].values()} == {None}
    assert nothing.effects["severity"].code == "unknown"


def test_not_rateable_is_a_judgement_and_a_missing_row_is_none() -> None:
    scores = KEY.copy()
    scores[0, 0] = np.nan
    whole = rows_of("consensus", KEY) + rows_of("Asta", scores)
    said = compare_table(table_of(whole), reference="consensus", scale=SCALE).raters["Asta"]
    silent = compare_table(
        table_of([row for row in whole if not np.isnan(row[3])]),
        reference="consensus",
        scale=SCALE,
    ).raters["Asta"]
    assert (said.units, silent.units) == (48, 47)
    mismatches: Any = said.statistics["rateability_mismatches"]
    exact: Any = said.statistics["exact_agreement"]
    assert mismatches.value == pytest.approx(1 / 48)
    assert exact.value == pytest.approx(47 / 48)
    exact = silent.statistics["exact_agreement"]
    assert exact.value == 1.0


def test_a_table_without_items_has_no_items_and_no_slope_within_subjects() -> None:
    rows = rows_of("consensus", KEY.reshape(-1, 1)) + rows_of("Ines", lenient(KEY).reshape(-1, 1))
    subjects, _, raters, scores = zip(*rows, strict=True)
    found = compare_table(RatingTable(subjects, raters, scores), reference="consensus", scale=SCALE)
    ines = found.raters["Ines"]
    assert ines.items == {}
    assert ines.subjects == 48
    assert ines.as_dict()["statistics"]["within_vignette_slope"]["value"] is None
    assert ines.effects["halo"].code == "unknown"


def test_nobody_but_the_reference() -> None:
    found = compare_table(table_of(rows_of("consensus", KEY)), reference="consensus", scale=SCALE)
    assert found.raters == {}
    assert found.warnings == ("There is no other rater to compare with the reference.",)


def test_a_reference_who_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^reference .* not 'Emeka'"):
        compare_table(table_of(rows_of("consensus", KEY)), reference="Emeka", scale=SCALE)


def test_a_continuous_measure_leaves_figures_of_categories_undefined() -> None:
    random = np.random.default_rng(1)
    key = np.round(random.uniform(0, 100, (40, 10)), 2)
    scores = np.round(key + random.normal(0, 3, key.shape), 2)
    found = compare_table(
        table_of(rows_of("consensus", key) + rows_of("Asta", scores)), reference="consensus"
    ).raters["Asta"]
    entries = found.as_dict()["statistics"]
    assert entries["kappa"]["undefined"]["reason"] == "too_many_categories"
    assert entries["pearson"]["value"] == pytest.approx(
        np.corrcoef(key.ravel(), scores.ravel())[0, 1]
    )
    assert found.effects["scale_use"].code == "unknown"


@pytest.mark.parametrize("name", ["Aba", "Lin", "Zoe"])
def test_what_the_reference_is_called_never_matters(name: str) -> None:
    """Before, between and after the names of Ines and Otto, who rated different meetings."""
    rows = rows_of("Ines", lenient(KEY[:4])) + rows_of("Otto", severe(KEY[2:]), first=2)
    found = compare_table(table_of(rows_of(name, KEY) + rows), reference=name, scale=SCALE)
    assert list(found.raters) == ["Ines", "Otto"]
    assert [rater.units for rater in found.raters.values()] == [32, 32]
    expected = {"Ines": (lenient(KEY[:4]) - KEY[:4]).mean(), "Otto": (severe(KEY) - KEY)[2:].mean()}
    for rater, bias in expected.items():
        statistic: Any = found.raters[rater].statistics["bias"]
        assert statistic.value == pytest.approx(bias)
        items = found.raters[rater].items
        assert list(items) == [f"{number:02}" for number in range(1, 9)]
        assert {each.figures["bias"].n for each in items.values()} == {4}


def test_items_that_a_rater_never_shared_with_the_reference_are_left_out() -> None:
    rows = rows_of("consensus", KEY) + rows_of("Ines", lenient())
    without = [row for row in rows if row[2] == "consensus" or row[1] not in ("03", "08")]
    nothing = [(*row[:3], np.nan) if row[1] == "05" else row for row in without]
    found = compare_table(table_of(nothing), reference="consensus", scale=SCALE).raters["Ines"]
    assert list(found.items) == ["01", "02", "04", "06", "07"]
    assert (found.units, found.subjects) == (36, 6)


def test_an_item_only_one_side_found_rateable_stands_with_its_misses() -> None:
    rows = rows_of("consensus", KEY) + [
        (*row[:3], np.nan) if row[1] == "05" else row for row in rows_of("Ines", KEY)
    ]
    item = (
        compare_table(table_of(rows), reference="consensus", scale=SCALE).raters["Ines"].items["05"]
    )
    entry = item.as_dict()
    assert (entry["kind"], entry["sentence"], entry["n"]) == ("unknown", "nothing to compare", 0)
    assert entry["exact_agreement"]["value"] == 0.0


def test_the_scale_point_that_differs_most_stands_for_the_use_of_the_scale(
    everybody: TableComparison,
) -> None:
    for name, rate in PEOPLE.items():
        scores = rate(key=KEYS)
        differences = [(scores == point).mean() - (point == KEYS).mean() for point in SCALE]
        figure = everybody.raters[name].effects["scale_use"].figure
        assert figure.value is not None
        assert abs(figure.value) == pytest.approx(max(map(abs, differences))), name
        use = everybody.raters[name].scale_use
        assert [row.count for row in use] == [int((scores == point).sum()) for point in SCALE]
        assert [row.reference_count for row in use] == [int((p == KEYS).sum()) for p in SCALE]


def test_scores_below_nought_have_no_ratios_and_totals_follow_the_scale() -> None:
    rows = rows_of("consensus", KEY - 2) + rows_of("Ines", np.minimum(KEY - 1, 2))
    table = table_of(rows)
    entries = compare_table(table, reference="consensus", scale=range(-2, 3)).raters["Ines"]
    ratio: Any = entries.statistics["alpha_ratio"]
    assert ratio.undefined.reason == "no_ratio_scale"
    for name in ("alpha_interval", "kappa_quadratic"):
        found: Any = entries.statistics[name]
        assert found.value is not None
    for scale, share in ((range(-2, 3), 0.0), (range(-10, 11), 1.0)):
        found = compare_table(table, reference="consensus", scale=scale)
        totals: Any = found.raters["Ines"].statistics["totals"]
        assert totals.value == share, scale


def test_a_point_away_is_a_point_away_whatever_the_decimals() -> None:
    """2.2 - 1.2 and 2.3 - 0.3 lie a rounding beside 1 and 2."""
    subjects = ["Attic", "Barn", "Cellar"] * 2
    raters = ["consensus"] * 3 + ["Ines"] * 3
    table = RatingTable(subjects, raters, [1.2, 0.3, 0, 2.2, 2.3, 0])
    found: Any = compare_table(table, reference="consensus").raters["Ines"].statistics
    assert found["adjacent_agreement"].value == pytest.approx(2 / 3)
    assert found["gross_misses"].value == pytest.approx(1 / 3)
    both = agreement(table).statistics["adjacent_agreement"].as_dict()
    assert both["value"] == found["adjacent_agreement"].value


def test_a_table_speaks_of_subjects() -> None:
    table = table_of(rows_of("consensus", KEY[:1]) + rows_of("Ines", KEY[:1]))
    one = compare_table(table, reference="consensus", scale=SCALE).as_dict()
    bias = one["raters"]["Ines"]["statistics"]["bias"]
    assert bias["no_interval"]["message"] == "An interval needs at least two subjects."
    assert bias["method"] == "delete-one-subject jackknife, t"
    assert "vignettes" not in str(one)


def test_plain_values_of_a_comparison() -> None:
    rows = rows_of("consensus", KEY[:2]) + rows_of("Ines", lenient(KEY[:2]))
    found = compare_table(table_of(rows), reference="consensus", confidence=0.9).as_dict()
    assert (found["reference"], found["scale"], found["confidence"]) == (
        "consensus",
        [0, 1, 2, 3, 4],
        0.9,
    )
    assert found["warnings"][0].startswith("No scale was given")
    ines = found["raters"]["Ines"]
    assert (ines["units"], ines["subjects"]) == (16, 2)
    limits = ines["statistics"]["limits_of_agreement"]
    assert limits["value"][0] < ines["statistics"]["bias"]["value"] < limits["value"][1]
    assert ines["effects"]["severity"]["value"] == ines["statistics"]["bias"]["value"]
    assert ines["effects"]["severity"]["se"] == ines["statistics"]["bias"]["se"]
    assert [row["category"] for row in ines["scale_use"]] == [0, 1, 2, 3, 4]
    assert ines["scale_use"][0]["count"] == 0
    assert ines["scale_use"][0]["difference"]["value"] == pytest.approx(-3 / 16)
