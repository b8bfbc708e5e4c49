"""What must hold of the many-facet Rasch model for any table whatever."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.psychometrics.test_facets import Row, simulated, table
from training.psychometrics.facets.analysis import (
    Anchors,
    FacetsError,
    FacetsFit,
    bias_interactions,
    fit_facets,
)

ROWS = st.lists(
    st.builds(
        Row,
        subject=st.sampled_from("abcd"),
        item=st.sampled_from("xyz"),
        rater=st.sampled_from(["Ines", "Otto", "Noor"]),
        score=st.one_of(st.none(), st.sampled_from([0.0, 1.0, 2.0, 3.0])),
    ),
    max_size=36,
    unique_by=lambda row: (row.subject, row.item, row.rater),
)
LOGITS = st.floats(-100, 100)
ANCHORS = st.builds(
    Anchors,
    subjects=st.dictionaries(st.sampled_from("abcd"), LOGITS),
    items=st.dictionaries(st.sampled_from("xyz"), LOGITS),
    raters=st.dictionaries(st.sampled_from(["Ines", "Otto", "Noor"]), LOGITS),
    thresholds=st.one_of(st.none(), st.tuples(LOGITS, LOGITS, LOGITS)),
)


def attempt(rows: list[Row], anchors: Anchors | None = None) -> FacetsFit | str:
    try:
        return fit_facets(table(rows), scale=range(4), anchors=anchors)
    except FacetsError as refusal:
        return type(refusal).__name__


def close(first: Any, second: Any) -> bool:
    """The same plain values but for rounding; what counts the steps taken is not compared."""
    if isinstance(first, dict):
        keys = first.keys() - {"iterations", "largest_residual", "p_value"}
        return all(close(first[key], second[key]) for key in keys)
    if isinstance(first, list):
        return len(first) == len(second) and all(map(close, first, second))
    if isinstance(first, float) and isinstance(second, float):
        return math.isclose(first, second, rel_tol=1e-5, abs_tol=1e-5)
    return bool(first == second)


# Probabilities whose sum is a rounding above 1.
AT_THE_END_OF_THE_SCALE = Anchors(
    subjects={"d": 10.8828125}, items={"x": 0.0}, raters={"Otto": 0.5}, thresholds=(-9.0, -1.0, 2.0)
)


@settings(max_examples=150)
@example([Row("d", "x", "Otto", 0.0)], AT_THE_END_OF_THE_SCALE)
@given(ROWS, st.one_of(st.none(), ANCHORS))
def test_numbers_or_a_documented_refusal(rows: list[Row], anchors: Anchors | None) -> None:
    fit = attempt(rows, anchors)
    if isinstance(fit, FacetsFit):
        json.dumps(fit.as_dict(), allow_nan=False)
        for interaction in bias_interactions(fit):
            json.dumps(interaction.as_dict(), allow_nan=False)


@settings(max_examples=150)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[Row], shuffler: random.Random) -> None:
    shuffled = shuffler.sample(rows, len(rows))
    first, second = attempt(rows), attempt(shuffled)
    if isinstance(first, FacetsFit):
        assert isinstance(second, FacetsFit)
        assert first.as_dict() == second.as_dict()
    else:
        assert first == second


@pytest.mark.parametrize("seed", range(10))
def test_new_names_change_nothing_but_the_names(seed: int) -> None:
    """The three facets swap their order of names; Zoe only gave the lowest score."""
    rows, _ = simulated(200 + seed, subjects=7, items=3, raters=4, missing=0.3)
    rows += [Row(row.subject, row.item, "Zoe", 0.0) for row in rows if row.rater == "Asta"]
    backwards = {name: f"{99 - place:02}" for place, name in enumerate(names(rows))}
    renamed = [
        Row(backwards[row.subject], backwards[str(row.item)], backwards[row.rater], row.score)
        for row in rows
    ]
    fit = fit_facets(table(rows), scale=range(5)).as_dict()
    other = fit_facets(table(renamed), scale=range(5)).as_dict()
    for facet in ("subjects", "items", "raters"):
        fit[facet] = {backwards[name]: element for name, element in fit[facet].items()}
    assert {**fit, "warnings": []} != {**other, "warnings": ["x"]}
    assert close({**fit, "warnings": []}, {**other, "warnings": []})


def names(rows: list[Row]) -> list[str]:
    return sorted({name for row in rows for name in (row.subject, str(row.item), row.rater)})


@pytest.mark.parametrize("seed", range(5))
def test_turning_the_scale_round_turns_the_signs_round(seed: int) -> None:
    """Severe becomes lenient: a mirror of the table gives the mirror of the measures."""
    rows, _ = simulated(220 + seed, subjects=8, items=3, raters=4, missing=0.2)
    mirrored = [Row(row.subject, row.item, row.rater, 4 - row.score) for row in rows]
    fit = fit_facets(table(rows), scale=range(5))
    mirror = fit_facets(table(mirrored), scale=range(5))
    for name, element in fit.raters.items():
        assert mirror.raters[name].measure == pytest.approx(-element.measure, abs=1e-6)
        assert mirror.raters[name].infit == pytest.approx(element.infit, abs=1e-6)
    turned = [-threshold.measure for threshold in reversed(mirror.thresholds)]
    assert [threshold.measure for threshold in fit.thresholds] == pytest.approx(turned, abs=1e-6)
    assert mirror.log_likelihood == pytest.approx(fit.log_likelihood)
