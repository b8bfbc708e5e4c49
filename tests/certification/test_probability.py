"""The probability of truly meeting the lines: ordered, bounded, and honest about what is unseen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import beta

from tests.certification.level_plan import (
    LEVEL_PLAN,
    SCALE,
    longer_plan,
    shipped_document,
    shipped_standard,
)
from training.certification.judging.probability import probability_of_meeting
from training.certification.judging.standard import Standard
from training.psychometrics import Ratings, beta_probability_above, compare_with_consensus

STANDARD = shipped_standard()


def probability(
    scores: np.ndarray, key: np.ndarray = LEVEL_PLAN, standard: Standard = STANDARD
) -> float | None:
    ratings = Ratings.from_cells(
        (f"meeting-{row:02}", column + 1, scores[row, column], key[row, column])
        for row in range(len(key))
        for column in range(key.shape[1])
    )
    comparison = compare_with_consensus(
        ratings, scale=SCALE, confidence=0.90, critical_items=standard.critical_items
    )
    return probability_of_meeting(standard, ratings, comparison)


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


def standard_of(**gates: dict[str, Any]) -> Standard:
    """The shipped standard with these of its gates alone, all required, and with these changes."""
    document = shipped_document()
    document["gates"] = [
        gate | {"required": True} | gates[gate["kind"]]
        for gate in document["gates"]
        if gate["kind"] in gates
    ]
    return Standard.model_validate(document)


class TestTwoMeetings:
    """With two meetings the first has a weight that is uniform from 0 to 1 (Rubin 1981).

    So the share of weights at which a line holds can be read off; 4,000 draws come within .03.
    """

    KEY = np.full((2, 12), 2.0)

    def found(
        self, first: dict[int, float], second: dict[int, float], **gates: Any
    ) -> float | None:
        """Scores by item that are not the key's 2, in either meeting."""
        scores = self.KEY.copy()
        for row, given in enumerate((first, second)):
            for item, score in given.items():
                scores[row, item - 1] = score
        return probability(scores, self.KEY, standard_of(**gates))

    EVERY = range(1, 13)

    @pytest.mark.parametrize("points", [1.0, -1.0])
    def test_a_mean_difference_that_is_the_weight_itself(self, points: float) -> None:
        off = dict.fromkeys(self.EVERY, 2.0 + points)
        assert self.found(off, {}, bias={}) == pytest.approx(0.25, abs=0.03)
        assert self.found({}, off, bias={"at_most": 0.5}) == pytest.approx(0.5, abs=0.03)

    def test_one_element_two_points_off(self) -> None:
        items = {"item_vignettes": 2}
        assert self.found({3: 4.0}, {}, items=items) == pytest.approx(0.5, abs=0.03)
        assert self.found({3: 3.0}, {3: 3.0}, items=items) == 1.0  # on the line at every weight

    def test_gates_hold_at_once_or_not_at_all(self) -> None:
        """The mean difference holds below a ninth, the first element from a half on."""
        first, second = dict.fromkeys(range(2, 13), 3.0), {1: 4.0}
        items = {"item_vignettes": 2}
        assert self.found(first, second, bias={}) == pytest.approx(1 / 9, abs=0.02)
        assert self.found(first, second, items=items) == pytest.approx(1 / 2, abs=0.03)
        assert self.found(first, second, bias={}, items=items) == 0.0

    @pytest.mark.parametrize(("per_vignettes", "share"), [(8, 1 / 8), (4, 1 / 4), (2, 1 / 2)])
    def test_a_critical_miss_in_one_of_two_meetings(self, per_vignettes: int, share: float) -> None:
        critical = {"per_vignettes": per_vignettes}
        found = self.found({11: 0.0, 1: 4.0}, {2: 0.0}, critical=critical)
        assert found == pytest.approx(share, abs=0.03)

    def test_a_critical_element_that_nobody_rated_takes_nothing_away(self) -> None:
        scores, key = self.KEY.copy(), self.KEY.copy()
        key[:, 11] = scores[:, 11] = np.nan
        scores[0, 10] = 0.0
        found = probability(scores, key, standard_of(critical={}))
        assert found == pytest.approx(1 / 8, abs=0.03)

    @pytest.mark.parametrize(
        ("kind", "share"),
        [
            ("exact", beta.sf(0.60, 24.5, 0.5)),
            ("within_one", beta.sf(0.90, 24.5, 0.5)),
            ("gross", beta.cdf(0.04, 0.5, 24.5)),
            ("rateability", beta.cdf(0.05, 0.5, 24.5)),
            ("totals", beta.sf(0.80, 2.5, 0.5)),
            ("bias", 1.0),
            ("items", 1.0),
            ("critical", 1.0),
        ],
    )
    def test_whoever_never_missed_is_held_below_what_so_few_ratings_can_say(
        self, kind: str, share: float
    ) -> None:
        """Jeffreys' posterior of 24 of 24 ratings, or 2 of 2 totals, against scipy's beta."""
        changes = {"item_vignettes": 2} if kind == "items" else {}
        assert self.found({}, {}, **{kind: changes}) == pytest.approx(share, abs=1e-12)

    def test_misses_lower_what_is_held_below(self) -> None:
        """One miss in twelve in both meetings: 22 of 24 at every weight, so only Jeffreys says."""
        one_off = {1: 4.0}
        assert self.found(one_off, one_off, within_one={}) == pytest.approx(
            beta.sf(0.90, 22.5, 2.5), abs=1e-12
        )
        assert self.found(one_off, one_off, gross={"at_most": 0.1}) == pytest.approx(
            beta.cdf(0.1, 2.5, 22.5), abs=1e-12
        )

    @pytest.mark.parametrize(
        ("kind", "line", "share"),
        [
            ("exact", {"at_least": 0.6}, beta.sf(0.6, 6.5, 4.5)),
            ("gross", {"at_most": 0.4}, beta.cdf(0.4, 4.5, 6.5)),
            ("bias", {"at_most": 0.8, "interval_within": 0.8}, 1.0),
        ],
    )
    def test_a_share_on_the_line_at_every_weight_reaches_it(
        self, kind: str, line: dict[str, float], share: float
    ) -> None:
        """Two of five elements are two points off: 0.6, 0.4 and 0.8 are not exact in binary."""
        key = np.full((2, 5), 2.0)
        scores = np.tile([4.0, 4.0, 2.0, 2.0, 2.0], (2, 1))
        found = probability(scores, key, standard_of(**{kind: line}))
        assert found == pytest.approx(share, abs=1e-12)


class TestWhatApplies:
    def test_an_optional_gate_that_does_not_apply_is_not_asked(self) -> None:
        """Every element is two points off in every meeting, and nobody judges single elements."""
        key = np.full((4, 12), 2.0)
        for needed, expected in ((5, 1.0), (4, 0.0)):
            standard = standard_of(
                bias={"at_most": 3.0, "interval_within": 3.0},
                items={"item_vignettes": needed, "required": False},
            )
            assert probability(key + 2, key, standard) == expected

    def test_a_required_one_leaves_nothing_to_say(self) -> None:
        key = np.full((4, 12), 2.0)
        for needed, expected in ((5, None), (4, 1.0)):
            assert probability(key, key, standard_of(items={"item_vignettes": needed})) == expected
            bias = {"minimum_vignettes": needed}
            assert probability(key, key, standard_of(bias=bias)) == expected

    def test_critical_elements_apply_where_one_of_them_was_rated(self) -> None:
        key = np.full((2, 12), 2.0)
        key[:, [7, 10]] = np.nan
        assert probability(key, key, standard_of(critical={})) == 1.0
        key[:, 11] = np.nan
        assert probability(key, key, standard_of(critical={})) is None
        alone = standard_of(bias={}, critical={"required": False})
        assert probability(key, key, alone) == 1.0
