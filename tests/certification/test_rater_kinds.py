"""Simulated raters, and whom the shipped standard certifies.

The shares hold for the seeds given; docs/decisions/0003 has the same figures with more raters.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.certification.level_plan import (
    LEVEL_PLAN,
    SCALE,
    longer_plan,
    shipped_document,
    shipped_standard,
)
from training.certification.decision import Evidence, Outcome, decide
from training.certification.rater_kinds import (
    FAULTY_KINDS,
    SOUND_KINDS,
    AttemptShares,
    RaterKind,
    _forms,
    simulate_attempts,
    simulate_raters,
)
from training.certification.standard import Standard
from training.clock import now
from training.psychometrics import Comparison, Ratings, compare_raters

STANDARD = shipped_standard()
MANY = 60


def simulated(kind: RaterKind, *, raters: int = MANY, seed: int = 2) -> np.ndarray:
    return simulate_raters(kind, LEVEL_PLAN, scale=SCALE, raters=raters, seed=seed)


def attempts(
    kind: RaterKind, key: np.ndarray, *, raters: int = 250, tries: int = 1
) -> AttemptShares:
    return simulate_attempts(
        STANDARD, key, kind, scale=SCALE, raters=raters, seed=2026, attempts=tries
    )


def pooled(kind: RaterKind) -> Comparison:
    """One comparison over many raters of a kind, to see what the kind is like."""
    key = np.tile(LEVEL_PLAN, (MANY, 1))
    scores = simulated(kind).reshape(key.shape)
    names = [f"{number:04}" for number in range(len(key))]
    (comparison,) = compare_raters(
        scores[None], key, vignettes=names, items=range(1, 13), scale=SCALE
    )
    return comparison


class TestKinds:
    @pytest.mark.parametrize("kind", RaterKind)
    def test_scores_are_on_the_scale_and_repeat_with_the_seed(self, kind: RaterKind) -> None:
        scores = simulated(kind)
        assert scores.shape == (MANY, *LEVEL_PLAN.shape)
        assert set(np.unique(scores[~np.isnan(scores)])) <= set(SCALE)
        np.testing.assert_array_equal(scores, simulated(kind))

    @pytest.mark.parametrize("kind", sorted(set(RaterKind) - {RaterKind.CONSTANT}))
    def test_another_seed_is_another_rater(self, kind: RaterKind) -> None:
        assert not np.array_equal(simulated(kind), simulated(kind, seed=3), equal_nan=True)

    def test_more_error_means_less_agreement(self) -> None:
        kinds = (*SOUND_KINDS, RaterKind.BORDERLINE, RaterKind.NOISY, RaterKind.RANDOM)
        shares = [pooled(kind).exact.value for kind in kinds]
        assert shares == sorted(shares, key=lambda share: -(share or 0.0))

    # What makes each kind of rater that kind, on a key that uses the whole scale.
    @pytest.mark.parametrize(
        ("kind", "figure", "low", "high"),
        [
            (RaterKind.GOOD, "exact", 0.70, 0.85),
            (RaterKind.GOOD, "bias", -0.05, 0.05),
            (RaterKind.CONSTANT, "slope", 0.0, 0.0),
            (RaterKind.LENIENT, "bias", 0.70, 0.95),
            (RaterKind.SEVERE, "bias", -0.95, -0.70),
            (RaterKind.CENTRAL, "slope", 0.30, 0.50),
            (RaterKind.HALO, "within_vignette_slope", 0.40, 0.60),
            (RaterKind.NOISY, "exact", 0.40, 0.55),
            (RaterKind.GROSS_MISSES, "gross_misses", 0.06, 0.10),
            (RaterKind.RANDOM, "kappa_quadratic", -0.05, 0.05),
            (RaterKind.EVASIVE, "mismatches", 0.15, 0.25),
        ],
    )
    def test_each_kind_is_what_its_name_says(
        self, kind: RaterKind, figure: str, low: float, high: float
    ) -> None:
        value = getattr(pooled(kind), figure).value
        assert low - 1e-9 <= value <= high + 1e-9

    def test_not_rateable_items_are_mostly_seen(self) -> None:
        scores = simulated(RaterKind.GOOD, raters=500)
        skipped = np.isnan(scores).mean(axis=0)
        not_rateable = np.isnan(LEVEL_PLAN)
        assert skipped[not_rateable].mean() == pytest.approx(0.95, abs=0.03)
        assert skipped[~not_rateable].mean() == pytest.approx(0.003, abs=0.003)

    @pytest.mark.parametrize("shape", [(12,), (3, 8, 12)])
    def test_keys_of_another_shape_are_refused(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match="key must be vignettes x items or 5 x vignettes"):
            simulate_raters(RaterKind.GOOD, np.zeros(shape), scale=SCALE, raters=5, seed=1)


class TestWhomTheStandardCertifies:
    """The aims: each faulty kind in at most .10 of attempts, a good rater in at least .90."""

    @pytest.mark.parametrize("kind", FAULTY_KINDS)
    def test_faulty_raters_hardly_ever_at_eight_vignettes(self, kind: RaterKind) -> None:
        assert attempts(kind, LEVEL_PLAN).meets <= 0.10

    @pytest.mark.parametrize("kind", FAULTY_KINDS)
    def test_faulty_raters_hardly_ever_with_further_vignettes(self, kind: RaterKind) -> None:
        shares = attempts(kind, longer_plan())
        assert shares.meets <= 0.10
        assert shares.more_evidence == 0.0

    @pytest.mark.parametrize("kind", SOUND_KINDS)
    def test_sound_raters_nearly_always(self, kind: RaterKind) -> None:
        shares = attempts(kind, longer_plan())
        assert shares.meets >= 0.90
        assert shares.mean_vignettes < 9

    def test_good_raters_are_never_sent_away_at_eight(self) -> None:
        assert attempts(RaterKind.GOOD, LEVEL_PLAN).does_not_meet == 0.0

    def test_borderline_raters_are_asked_for_more(self) -> None:
        shares = attempts(RaterKind.BORDERLINE, LEVEL_PLAN)
        assert shares.more_evidence > 0.4
        assert attempts(RaterKind.BORDERLINE, longer_plan()).mean_vignettes > 9.5

    def test_three_attempts_with_pooling_do_not_let_gross_misses_through(self) -> None:
        shares = attempts(RaterKind.GROSS_MISSES, longer_plan(), raters=150, tries=3)
        assert shares.meets <= 0.12

    def test_pooling_is_not_optional(self) -> None:
        document = shipped_document()
        document["attempts"]["pooled"] = False
        forgetful = Standard.model_validate(document)
        with_pooling = attempts(RaterKind.BORDERLINE, longer_plan(), raters=150, tries=3)
        without = simulate_attempts(
            forgetful,
            longer_plan(),
            RaterKind.BORDERLINE,
            scale=SCALE,
            raters=150,
            seed=2026,
            attempts=3,
        )
        assert without.meets > with_pooling.meets + 0.10


class TestSimulation:
    def test_shares_add_up_and_repeat(self) -> None:
        first = attempts(RaterKind.FAIR, LEVEL_PLAN, raters=40)
        assert first.meets + first.does_not_meet + first.more_evidence == pytest.approx(1.0)
        assert first == attempts(RaterKind.FAIR, LEVEL_PLAN, raters=40)

    def test_decisions_are_those_of_decide(self) -> None:
        raters = 30
        shares = attempts(RaterKind.BORDERLINE, LEVEL_PLAN, raters=raters)
        # The order of the vignettes is the rater's own, so the same forms are drawn again.
        keys = _forms(LEVEL_PLAN, raters, seed=2026, attempt=0)
        scores = simulate_raters(RaterKind.BORDERLINE, keys, scale=SCALE, raters=raters, seed=2026)
        outcomes = []
        for given, key in zip(scores, keys, strict=True):
            ratings = Ratings.from_cells(
                (str(row), column + 1, given[row, column], key[row, column])
                for row in range(8)
                for column in range(12)
            )
            evidence = Evidence(ratings, vignettes_in_attempt=8, scale=SCALE)
            outcomes.append(decide(STANDARD, evidence, now=now()).outcome)
        assert outcomes.count(Outcome.MEETS) / raters == shares.meets
        assert outcomes.count(Outcome.DOES_NOT_MEET) / raters == shares.does_not_meet

    def test_second_attempts_are_other_ratings(self) -> None:
        once = attempts(RaterKind.BORDERLINE, longer_plan(), raters=60)
        thrice = attempts(RaterKind.BORDERLINE, longer_plan(), raters=60, tries=3)
        assert thrice.meets > once.meets
        assert thrice.meets_at_first == once.meets_at_first
        assert thrice.mean_vignettes > once.mean_vignettes
        assert thrice.mean_vignettes <= 36

    def test_too_few_vignettes_are_refused(self) -> None:
        with pytest.raises(ValueError, match="key must have at least 8 vignettes, not 5"):
            attempts(RaterKind.GOOD, LEVEL_PLAN[:5])

    @pytest.mark.parametrize(("raters", "tries"), [(0, 1), (5, 0)])
    def test_nobody_and_never_are_refused(self, raters: int, tries: int) -> None:
        with pytest.raises(ValueError, match="must be at least 1"):
            attempts(RaterKind.GOOD, LEVEL_PLAN, raters=raters, tries=tries)
