"""The figures of a panel: by hand, against published tables, and against the engine's oracles."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from flask import Flask

from tests.pack import INSTRUMENT, PRACTICE
from tests.panels.stories import authored_scores, make_experts, panel_in_round_two
from tests.psychometrics.tables import FOUR_OBSERVERS, SIX_TARGETS
from training.accounts.models import Person
from training.clock import now
from training.database import write_transaction
from training.panels.agreement import (
    LOW_AGREEMENT,
    ExpertRating,
    LowReason,
    figures_of,
    group_agreement,
    low_agreement,
)
from training.panels.agreement_records import agreement_of_panel, agreement_of_ratified
from training.panels.models import Panel, PanelVignette
from training.psychometrics.rater_effects import Severity
from training.psychometrics.statistic import Reason

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from sklearn.metrics import cohen_kappa_score

SCALE = (0, 1, 2, 3, 4)

# Two vignettes, three items, three experts; None is "not rateable".
BY_HAND: Mapping[str, Sequence[tuple[int | None, ...]]] = {
    "first": [(3, 3, 4), (2, 2, 2), (1, 3, 4)],
    "second": [(0, 1, 1), (2, None, 3), (None, None, None)],
}


def ratings_of(table: Mapping[str, Sequence[tuple[int | None, ...]]]) -> list[ExpertRating]:
    return [
        ExpertRating(vignette, item, expert, score)
        for vignette, rows in table.items()
        for item, row in enumerate(rows, start=1)
        for expert, score in enumerate(row, start=1)
    ]


def one_item(scores: np.ndarray) -> list[ExpertRating]:
    """A published table of units and raters: each unit is a vignette with one item."""
    return [
        ExpertRating(f"unit {unit:02}", 1, rater, int(score))
        for unit, row in enumerate(scores)
        for rater, score in enumerate(row, start=1)
        if not np.isnan(score)
    ]


class TestByHand:
    def test_the_panel_together(self) -> None:
        found = figures_of(ratings_of(BY_HAND), scale=SCALE).overall
        assert (found.experts, found.vignettes, found.cells, found.ratings) == (3, 2, 6, 18)
        assert found.not_rateable == 4
        assert found.compared == 5  # where nobody found anything to rate, nothing is compared
        assert found.ranges == ((0, 1), (1, 3), (3, 1))
        assert (found.widest_range, found.cells_apart) == (3, 1)
        assert found.all_exact.value == pytest.approx(1 / 5)  # 2, 2, 2
        # One score beside "not rateable" is a miss, though the two scores are a point apart.
        assert found.all_within_one.value == pytest.approx(3 / 5)

    def test_the_first_expert_against_the_others(self) -> None:
        """Pairs (own, other): 3-3 3-4, 2-2 2-2, 1-3 1-4; 0-1 0-1, 2-NR 2-3; NR-NR twice."""
        found = figures_of(ratings_of(BY_HAND), scale=SCALE).experts[0]
        assert (found.expert, found.cells, found.not_rateable) == (1, 6, 1)
        assert found.exact.value == pytest.approx(3 / 10)
        assert found.within_one.value == pytest.approx(7 / 10)
        assert (found.exact.n, found.bias.n) == (5, 9)  # cells for the share, pairs for the mean
        assert found.bias.value == pytest.approx((0 - 1 + 0 + 0 - 2 - 3 - 1 - 1 - 1) / 9)
        # Observed: (0 + 1 + 0 + 0 + 4 + 9 + 1 + 1 + 1) / 9. Expected, all own with all others:
        # mean own squared 32 / 9, mean others squared 69 / 9, means 14 / 9 and 23 / 9.
        expected = 32 / 9 + 69 / 9 - 2 * (14 / 9) * (23 / 9)
        assert found.kappa.value == pytest.approx(1 - (17 / 9) / expected)

    def test_the_bias_is_the_mean_distance_from_the_mean_of_the_others(self) -> None:
        scores = np.array([(4, 3, 2, 1), (3, 3, 1, 2), (2, 2, 2, 0), (4, 4, 3, 3)])
        ratings = [
            ExpertRating(f"vignette {row // 2}", row % 2 + 1, place + 1, int(scores[row, place]))
            for row, place in np.ndindex(*scores.shape)
        ]
        for expert in figures_of(ratings, scale=SCALE).experts:
            own = scores[:, expert.expert - 1]
            others = np.delete(scores, expert.expert - 1, axis=1).mean(axis=1)
            assert expert.bias.value == pytest.approx((own - others).mean())

    def test_an_expert_is_no_part_of_what_they_are_compared_with(self) -> None:
        """What the first expert gave changes nothing between the second and the third."""
        two = [row for row in ratings_of(BY_HAND) if row.expert != 1]
        pair = figures_of(two, scale=SCALE).experts[0]
        second = figures_of(
            [*two, *(ExpertRating(row.vignette, row.item, 9, row.score) for row in two
                     if row.expert == 3)], scale=SCALE,
        ).experts[0]  # fmt: skip
        assert second.kappa.value == pytest.approx(pair.kappa.value)
        assert second.bias.value == pytest.approx(pair.bias.value)


class TestPublished:
    def test_alpha_and_ac2_of_four_observers(self) -> None:
        """Krippendorff (2011), example C: .815; irrCAC 0.4.3 for AC2, quadratic: .91400072."""
        found = group_agreement(one_item(FOUR_OBSERVERS), scale=range(1, 6))
        assert found.alpha_ordinal.value == pytest.approx(0.815, abs=5e-4)
        assert found.ac2_quadratic.value == pytest.approx(0.91400072, abs=5e-9)

    def test_icc_of_six_targets(self) -> None:
        """Shrout & Fleiss (1979): .29 and .62; R's psych: .02 to .76 and .07 to .93."""
        found = group_agreement(one_item(SIX_TARGETS), scale=range(1, 11))
        assert found.icc_a_1.value == pytest.approx(0.29, abs=0.005)
        assert (found.icc_a_1.low, found.icc_a_1.high) == pytest.approx((0.02, 0.76), abs=0.0051)
        assert found.icc_a_k.value == pytest.approx(0.62, abs=0.005)
        assert (found.icc_a_k.low, found.icc_a_k.high) == pytest.approx((0.07, 0.93), abs=0.0051)

    @pytest.mark.parametrize("seed", range(3))
    def test_kappa_is_schoutens_from_the_pairwise_kappas(self, seed: int) -> None:
        """One observer's kappa weighs each pair by its expected distance (Schouten 1982)."""
        scores = np.random.default_rng(seed).integers(0, 5, (24, 4))
        ratings = [
            ExpertRating(f"vignette {row // 6}", row % 6 + 1, place + 1, int(scores[row, place]))
            for row, place in np.ndindex(*scores.shape)
        ]
        found = figures_of(ratings, scale=SCALE).experts[1]
        own, observed, expected = scores[:, 1], [], []
        for other in (0, 2, 3):
            kappa = cohen_kappa_score(own, scores[:, other], labels=SCALE, weights="quadratic")
            squared = ((own[:, None] - scores[None, :, other]) ** 2).mean()
            observed.append((1 - kappa) * squared)
            expected.append(squared)
        assert found.kappa.value == pytest.approx(1 - sum(observed) / sum(expected))


def test_intervals_leave_out_whole_vignettes_and_one_vignette_has_none() -> None:
    generator = np.random.default_rng(5)
    ratings = [
        ExpertRating(f"vignette {vignette}", item, expert, min(4, level + int(error)))
        for vignette in range(4)
        for item in range(1, 7)
        for level in [(item + vignette) % 4]
        for expert, error in enumerate(generator.integers(0, 2, 4), start=1)
    ]
    several = figures_of(ratings, scale=SCALE)
    low, high = several.overall.ac2_quadratic.low, several.overall.ac2_quadratic.high
    assert low is not None
    assert high is not None
    assert "together" in several.overall.ac2_quadratic.method
    alone = figures_of([row for row in ratings if row.vignette == "vignette 1"], scale=SCALE)
    for figure in (
        alone.overall.all_exact,
        alone.overall.alpha_ordinal,
        alone.overall.ac2_quadratic,
        alone.experts[0].within_one,
        alone.experts[0].bias,
    ):
        assert figure.value is not None
        assert figure.low is None
        assert figure.undefined is not None
        assert figure.undefined.reason is Reason.TOO_FEW_UNITS
    assert alone.experts[0].severity is Severity.UNSURE


def test_what_cannot_be_computed_says_why() -> None:
    same = figures_of(ratings_of({"first": [(2, 2, 2)], "second": [(2, 2, 2)]}), scale=SCALE)
    assert same.overall.all_exact.value == 1.0
    for figure in (same.overall.alpha_ordinal, same.overall.icc_a_1, same.experts[0].kappa):
        assert figure.value is None
        assert figure.undefined is not None
        assert figure.undefined.reason is Reason.NO_VARIANCE
    assert same.experts[0].low == ()
    nothing = figures_of(ratings_of({"first": [(None, None, None)]}), scale=SCALE)
    assert nothing.overall.all_exact.value is None
    assert nothing.overall.widest_range is None
    assert figures_of([], scale=SCALE).experts == ()
    lonely = figures_of([ExpertRating("first", 1, 1, 3)], scale=SCALE)
    assert lonely.experts[0].within_one.value is None


def test_low_agreement_is_said_by_which_figure_and_never_of_what_is_missing() -> None:
    assert low_agreement(0.79, 0.39) == (LowReason.WITHIN_ONE, LowReason.KAPPA)
    assert low_agreement(LOW_AGREEMENT.within_one, LOW_AGREEMENT.kappa) == ()
    assert low_agreement(None, None) == ()
    assert low_agreement(0.9, -0.2) == (LowReason.KAPPA,)
    assert low_agreement(0.9, 0.5, line=replace(LOW_AGREEMENT, kappa=0.6)) == (LowReason.KAPPA,)


def severe(slug: str) -> dict[int, int | None]:
    """Two points below the key, as far as the scale goes."""
    return {
        item: None if score is None else max(0, score - 2)
        for item, score in authored_scores(slug).items()
    }


def test_the_figures_come_from_the_stored_ratings_of_round_one(
    app: Flask, make_person: Callable[..., Person]
) -> None:
    experts = make_experts(make_person)
    odd = {(5, slug): severe(slug) for slug in PRACTICE}
    panel_id = panel_in_round_two(app, experts, chair=experts[0], slugs=PRACTICE, scores=odd)
    with app.app_context():
        found = agreement_of_panel(panel_id)
        assert [expert.expert for expert in found.experts if expert.low] == [5]
        assert found.experts[4].severity is Severity.SEVERE
        assert found.experts[0].low == ()
        assert len(found.items) == 12
        assert agreement_of_ratified(INSTRUMENT).panels is None  # no key came of it yet
        with pytest.raises(LookupError):
            agreement_of_panel(uuid.uuid4())


def test_ratified_keys_are_pooled_and_simulated_experts_kept_apart(
    app: Flask, make_person: Callable[..., Person]
) -> None:
    experts = make_experts(make_person)
    panel_in_round_two(app, experts, chair=experts[0])
    panel_in_round_two(app, experts[:3], chair=experts[0], slugs=PRACTICE[1:])
    simulated = panel_in_round_two(app, experts[:4], chair=experts[0], slugs=PRACTICE)
    with app.app_context():
        with write_transaction() as session:
            session.get_one(Panel, simulated).is_demonstration = True
            for vignette in session.query(PanelVignette):
                vignette.ratified_at = now()
        found = agreement_of_ratified(INSTRUMENT)
        assert found.panels is not None
        assert found.demonstration is not None
        assert (found.panels.panels, found.panels.sizes, found.panels.vignettes) == (2, (3, 5), 2)
        assert found.panels.group.alpha_ordinal.value == pytest.approx(1.0)
        assert found.panels.group.icc_a_1.undefined is not None
        assert (found.demonstration.panels, found.demonstration.sizes) == (1, (4,))
        assert found.demonstration.group.icc_a_1.value == pytest.approx(1.0)
        assert agreement_of_ratified("nothing").panels is None
