"""What must hold for any ratings whatever."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.psychometrics.raters import SCALE
from training.psychometrics import (
    Cell,
    Comparison,
    Ratings,
    Statistic,
    bayesian_bootstrap,
    compare_with_consensus,
    rater_effects,
)

SCORES = st.one_of(st.none(), st.sampled_from(SCALE))
ROWS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(1, 5), SCORES, SCORES),
    max_size=30,
    unique_by=lambda row: row[:2],
)
FIGURES = [name for name in Comparison.__slots__ if name not in ("scale", "confidence")]


def compare(rows: list[Cell]) -> Comparison:
    return compare_with_consensus(Ratings.from_cells(rows), scale=SCALE)


def statistics(comparison: Comparison) -> dict[str, Statistic]:
    values = {name: getattr(comparison, name) for name in FIGURES}
    return {name: value for name, value in values.items() if isinstance(value, Statistic)}


def numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for part in value.values() for number in numbers(part)]
    if isinstance(value, list):
        return [number for part in value for number in numbers(part)]
    return [value] if isinstance(value, float) else []


@given(ROWS)
def test_nothing_that_is_no_number_ever_leaves(rows: list[Cell]) -> None:
    comparison = compare(rows)
    plain = comparison.as_dict() | rater_effects(comparison).as_dict()
    assert all(math.isfinite(number) for number in numbers(plain))
    json.dumps(plain, allow_nan=False)


@given(ROWS)
def test_what_is_missing_has_a_reason_and_what_is_there_has_none(rows: list[Cell]) -> None:
    for name, statistic in statistics(compare(rows)).items():
        assert (statistic.undefined is None) == statistic.has_interval, name


@given(ROWS)
def test_intervals_hold_their_value_and_shares_stay_shares(rows: list[Cell]) -> None:
    comparison = compare(rows)
    for name, statistic in statistics(comparison).items():
        if statistic.has_interval:
            assert statistic.low is not None
            assert statistic.high is not None
            assert statistic.value is not None
            assert statistic.low - 1e-9 <= statistic.value <= statistic.high + 1e-9, name
    for name in ("exact", "within_one", "gross_misses", "mismatches", "totals"):
        value = getattr(comparison, name).value
        assert value is None or 0.0 <= value <= 1.0


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows: list[Cell], random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert compare(shuffled) == compare(rows)


@given(ROWS, st.permutations(list("uvwxyz")))
def test_what_vignettes_are_called_never_matters(rows: list[Cell], names: list[str]) -> None:
    renamed = dict(zip("abcdef", names, strict=True))
    before = statistics(compare(rows))
    after = statistics(compare([(renamed[row[0]], *row[1:]) for row in rows]))
    for name, statistic in before.items():
        for field in ("value", "low", "high", "standard_error"):
            old, new = getattr(statistic, field), getattr(after[name], field)
            assert (old is None) == (new is None), (name, field)
            assert old is None or new == pytest.approx(old, abs=1e-6), (name, field)


@given(ROWS)
def test_mirroring_the_scale_mirrors_bias_and_nothing_else(rows: list[Cell]) -> None:
    def mirrored(score: float | None) -> float | None:
        return None if score is None else 4 - score

    before = compare(rows)
    after = compare([(v, i, mirrored(s), mirrored(r)) for v, i, s, r in rows])
    for name in ("exact", "within_one", "mae", "slope", "within_vignette_slope", "sd_ratio"):
        old, new = getattr(before, name).value, getattr(after, name).value
        assert new == (None if old is None else pytest.approx(old, abs=1e-9)), name
    if before.bias.value is not None:
        assert after.bias.value == pytest.approx(-before.bias.value, abs=1e-12)


# A score, the same score one point further from the key, and the key.
STEPS_AWAY = st.sampled_from(
    [
        (score, score + step, reference)
        for score in SCALE
        for reference in SCALE
        for step in (1, -1)
        if score + step in SCALE and abs(score + step - reference) > abs(score - reference)
    ]
)
VIGNETTE = st.sampled_from("abcdefg")


@given(ROWS, VIGNETTE, STEPS_AWAY)
def test_moving_one_score_away_from_the_key_never_looks_better(
    rows: list[Cell], vignette: str, step: tuple[int, int, int]
) -> None:
    score, further, reference = step
    before = compare([*rows, (vignette, 9, score, reference)])
    worse = compare([*rows, (vignette, 9, further, reference)])
    assert worse.exact.value <= before.exact.value
    assert worse.within_one.value <= before.within_one.value
    assert worse.gross_misses.value >= before.gross_misses.value
    assert worse.mae.value > before.mae.value
    assert worse.rmse.value > before.rmse.value


@given(ROWS, VIGNETTE, st.sampled_from(SCALE), st.sampled_from(SCALE))
def test_refusing_to_rate_never_looks_better(
    rows: list[Cell], vignette: str, score: int, reference: int
) -> None:
    before = compare([*rows, (vignette, 9, score, reference)])
    evaded = compare([*rows, (vignette, 9, None, reference)])
    assert evaded.exact.value <= before.exact.value
    assert evaded.within_one.value <= before.within_one.value
    assert evaded.mismatches.value > before.mismatches.value


GARBAGE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=2), st.just(object())
)


@given(st.lists(st.tuples(GARBAGE, GARBAGE, GARBAGE, GARBAGE), max_size=4))
def test_rubbish_is_refused_with_a_sentence_or_compared(rows: list[Any]) -> None:
    message = ""
    try:
        compare(rows)
    except ValueError as error:
        message = str(error)
    arguments = ("vignettes", "items", "scores", "references")
    assert not message or message.startswith(arguments)


@settings(max_examples=25)
@given(ROWS.filter(bool), st.permutations(list("uvwxyz")))
def test_bootstrap_draws_depend_on_the_scores_alone(rows: list[Cell], names: list[str]) -> None:
    renamed = dict(zip("abcdef", names, strict=True))

    def drawn(cells: list[Cell]) -> dict[str, np.ndarray]:
        return bayesian_bootstrap(
            Ratings.from_cells(cells), scale=SCALE, draws=20, seed=1, total_tolerance=0.1
        ).figures

    before, after = drawn(rows), drawn([(renamed[row[0]], *row[1:]) for row in rows])
    for name, values in before.items():
        np.testing.assert_array_equal(values, after[name])
