"""Counting a session against its key, as calibration.md defines it and the engine does."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.calibration.agreement import AgreementSums, compare_with_key
from training.psychometrics import Ratings, compare_with_consensus
from training.psychometrics.vignette_sums import GROSS_MISS as GROSS_MISS_OF_ENGINE

SCALE = (0, 1, 2, 3, 4)
scores = st.none() | st.sampled_from(SCALE)
sessions = st.lists(st.tuples(scores, scores), min_size=1, max_size=12)


def counted(cells: list[tuple[int | None, int | None]]) -> AgreementSums:
    own = {number: cell[0] for number, cell in enumerate(cells, start=1)}
    key = {number: cell[1] for number, cell in enumerate(cells, start=1)}
    return compare_with_key(own, key).sums


def test_a_worked_example() -> None:
    comparison = compare_with_key(
        {1: 3, 2: 4, 3: 0, 4: None, 5: None, 6: 2}, {1: 3, 2: 3, 3: 2, 4: None, 5: 1, 6: None}
    )
    assert comparison.differences == {1: 0, 2: 1, 3: -2}
    sums = comparison.sums
    assert (sums.rated_cells, sums.rateability_mismatches, sums.compared_cells) == (3, 2, 5)
    assert (sums.exact, sums.within_one, sums.gross_misses) == (1, 2, 1)
    assert sums.exact_share == pytest.approx(1 / 5)
    assert sums.within_one_share == pytest.approx(2 / 5)
    assert sums.bias == pytest.approx(-1 / 3)
    assert sums.mean_absolute_difference == pytest.approx(1.0)


def test_agreeing_on_not_rateable_leaves_nothing_to_average() -> None:
    sums = counted([(None, None)])
    assert sums.compared_cells == 0
    assert sums.exact_share is None
    assert sums.bias is None


def test_a_rater_one_point_too_high_is_never_exact_and_always_within_one() -> None:
    sums = counted([(score + 1, score) for score in (0, 1, 2, 3)])
    assert (sums.exact_share, sums.within_one_share, sums.bias) == (0.0, 1.0, 1.0)


def test_sheets_with_other_items_are_refused() -> None:
    with pytest.raises(ValueError, match="items differ"):
        compare_with_key({1: 2}, {2: 2})


@given(st.lists(sessions, min_size=1, max_size=4))
def test_the_sums_are_those_of_the_engine(
    vignettes: list[list[tuple[int | None, int | None]]],
) -> None:
    sums = reduce(lambda a, b: a + b, map(counted, vignettes))
    cells = [
        (f"vignette-{place}", item, own, key)
        for place, vignette in enumerate(vignettes)
        for item, (own, key) in enumerate(vignette, start=1)
    ]
    engine = compare_with_consensus(Ratings.from_cells(cells), scale=SCALE)
    assert sums.sessions == len(vignettes)
    assert sums.rated_cells == engine.jointly_rated
    assert sums.rateability_mismatches == engine.mismatched
    for own, theirs in (
        (sums.exact_share, engine.exact),
        (sums.within_one_share, engine.within_one),
        (sums.bias, engine.bias),
        (sums.mean_absolute_difference, engine.mae),
    ):
        assert own == pytest.approx(theirs.value)


def test_a_gross_miss_is_the_same_here_and_in_the_engine() -> None:
    assert counted([(0, GROSS_MISS_OF_ENGINE)]).gross_misses == 1
    assert counted([(0, GROSS_MISS_OF_ENGINE - 1)]).gross_misses == 0
