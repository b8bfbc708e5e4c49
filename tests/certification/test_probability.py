"""The probability of truly meeting the lines: ordered, bounded, and honest about what is unseen."""

from __future__ import annotations

import numpy as np
import pytest

from tests.certification.level_plan import LEVEL_PLAN, SCALE, longer_plan, shipped_standard
from training.certification.judging.probability import probability_of_meeting
from training.psychometrics import Ratings, beta_probability_above, compare_with_consensus

STANDARD = shipped_standard()


def probability(scores: np.ndarray, key: np.ndarray = LEVEL_PLAN) -> float | None:
    ratings = Ratings.from_cells(
        (f"meeting-{row:02}", column + 1, scores[row, column], key[row, column])
        for row in range(len(key))
        for column in range(key.shape[1])
    )
    comparison = compare_with_consensus(
        ratings, scale=SCALE, confidence=0.90, critical_items=STANDARD.critical_items
    )
    return probability_of_meeting(STANDARD, ratings, comparison)


def erring(deviation: float, seed: int, key: np.ndarray = LEVEL_PLAN) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0.0, deviation, key.shape)
    return np.clip(np.rint(key + noise), 0, 4)


def test_a_perfect_rater_is_not_certain_after_eight_meetings() -> None:
    # Eight totals out of eight: Jeffreys' Beta(8.5, 0.5) is the tightest ceiling.
    assert probability(LEVEL_PLAN) == pytest.approx(beta_probability_above(0.8, 8.5, 0.5))


def test_more_meetings_leave_less_doubt() -> None:
    key = longer_plan()
    assert probability(key, key) > probability(LEVEL_PLAN)  # type: ignore[operator]


def test_a_hopeless_rater_has_none() -> None:
    assert probability(4 - LEVEL_PLAN) == 0.0


def test_better_raters_have_more() -> None:
    means = [
        np.mean([probability(erring(deviation, seed)) for seed in range(12)])
        for deviation in (0.45, 0.60, 0.75, 1.0)
    ]
    assert means == sorted(means, reverse=True)
    assert means[0] > 0.8
    assert means[-1] < 0.1


def test_a_high_probability_keeps_its_word() -> None:
    """Raters whose error is .80 miss the exact line in truth; hardly one may be told .9."""
    said = [probability(erring(0.80, seed)) for seed in range(60)]
    assert np.mean([number > 0.9 for number in said if number is not None]) <= 0.05


@pytest.mark.parametrize("vignettes", [0, 1])
def test_it_needs_two_meetings(vignettes: int) -> None:
    assert probability(LEVEL_PLAN[:vignettes], LEVEL_PLAN[:vignettes]) is None


def test_it_needs_every_required_gate() -> None:
    same = np.full(LEVEL_PLAN.shape, 3.0)
    assert probability(same, same) is None


def test_it_is_the_same_every_time() -> None:
    scores = erring(0.7, seed=1)
    assert probability(scores) == probability(scores)
