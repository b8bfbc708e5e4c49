"""Whole simulated attempts, step by step as one person would make them; and what they draw from."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from tests.certification.level_plan import LEVEL_PLAN, SCALE, shipped_document, shipped_standard
from tests.pack import CERTIFICATION, STANDARD, small_pack
from training.certification.judging.decision import Outcome, conclude
from training.certification.judging.gate_arrays import lines_held, sums_of
from training.certification.judging.gates import judge
from training.certification.judging.standard import Form, Standard
from training.certification.simulation.attempts import (
    BLOCK,
    Plan,
    Step,
    Stream,
    after_step,
    draw_forms,
    no_tallies,
)
from training.certification.simulation.pool_keys import (
    KeyPool,
    NoKeysError,
    key_pool,
    keys_of_pack,
    pool_for,
)
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.simulated_raters import simulate_raters
from training.library.schema import Key, KeyStatus
from training.psychometrics import Comparison, compare_raters

PACK = small_pack()


def changed(**attempts: Any) -> Standard:
    """The shipped standard with other rules for attempts."""
    document = shipped_document()
    document["attempts"] |= attempts
    return Standard.model_validate(document)


class TestWholeAttempts:
    """Rebuilt from the seeds of a block, and judged one rater, one step at a time."""

    RATERS = 4

    @pytest.mark.parametrize("pooled", [True, False])
    def test_a_block_counts_what_its_raters_did(self, pooled: bool) -> None:
        kind = RaterKind.BORDERLINE
        standard = changed(maximum=3, pooled=pooled)
        pool = key_pool(LEVEL_PLAN, vignettes=standard.form.maximum)
        plan = Plan((standard,), (pool,), scale=SCALE, seed=2026, replications=self.RATERS)
        (found,) = after_step(plan, no_tallies(plan), Step(kind, 0))
        shown = self.rebuilt(plan, kind)
        expected = Counter({"raters": self.RATERS})
        for rater in range(self.RATERS):
            expected.update(self.one_rater(standard, [(s[rater], k[rater]) for s, k in shown]))
        assert expected["attempts"] > self.RATERS, "somebody tries again"
        counts = {name: count for name, count in asdict(found[kind].tally).items() if count}
        assert counts == {name: count for name, count in expected.items() if count}

    @staticmethod
    def rebuilt(plan: Plan, kind: RaterKind) -> list[tuple[np.ndarray, np.ndarray]]:
        """Scores and keys (raters, vignettes, items) of each attempt."""
        (standard,), (pool,) = plan.standards, plan.pools
        times_met = np.zeros((BLOCK, len(pool.keys)))
        shown = []
        for attempt in range(standard.attempts.maximum):
            numbers = (plan.seed, Stream.RATINGS, 0, attempt)
            random = np.random.default_rng([*numbers, Stream.FORMS, list(RaterKind).index(kind)])
            drawn = draw_forms(pool.levels, standard.form, times_met=times_met, random=random)
            for rater, places in enumerate(drawn):
                times_met[rater, places] += 1
            keys = pool.keys[drawn]
            scores = simulate_raters(kind, keys, scale=SCALE, raters=BLOCK, seed=numbers)
            shown.append((scores, keys))
        return shown

    def one_rater(
        self, standard: Standard, shown: list[tuple[np.ndarray, np.ndarray]]
    ) -> Counter[str]:
        form = standard.form
        counts: Counter[str] = Counter()
        classic = [self.compared(standard, [(s[:8], k[:8])]).within_one.value for s, k in shown]
        is_classic = [share is not None and share >= 0.8 for share in classic]
        counts["classic_first"], counts["classic_all"] = is_classic[0], any(is_classic)
        earlier: list[tuple[np.ndarray, np.ndarray]] = []
        for attempt, (scores, keys) in enumerate(shown):
            for vignettes in range(form.vignettes, form.maximum + 1, form.step):
                rated = (scores[:vignettes], keys[:vignettes])
                comparison = self.compared(standard, [*earlier, rated])
                gates = [judge(gate, comparison) for gate in standard.gates]
                outcome, *_ = conclude(standard, gates, vignettes)
                if attempt == 0 and vignettes == form.vignettes:
                    counts[f"form_{outcome.value}"] += 1
                if outcome is not Outcome.MORE_EVIDENCE:
                    break
            counts["attempts"] += 1
            counts["vignettes_all"] += vignettes
            if attempt == 0:
                counts["vignettes_first"] += vignettes
                counts[f"first_{outcome.value}"] += 1
            if outcome is Outcome.MEETS:
                break
            if standard.attempts.pooled:
                earlier.append(rated)
        counts[f"all_{outcome.value}"] += 1
        del counts["form_more_evidence"]  # follows from the other two
        return counts

    @staticmethod
    def compared(standard: Standard, rated: list[tuple[np.ndarray, np.ndarray]]) -> Comparison:
        scores, keys = (np.concatenate(part) for part in zip(*rated, strict=True))
        (comparison,) = compare_raters(
            scores[None],
            keys,
            vignettes=[f"{number:03}" for number in range(len(keys))],
            items=range(1, 13),
            scale=SCALE,
            confidence=standard.confidence,
            total_tolerance=standard.total_tolerance,
            critical_items=standard.critical_items,
        )
        return comparison


class TestTrueLines:
    def missed(self, kind: RaterKind, standard: Standard) -> tuple[str, ...] | None:
        pool = key_pool(LEVEL_PLAN, vignettes=standard.form.maximum)
        plan = Plan((standard,), (pool,), scale=SCALE, seed=1, replications=1)
        (found,) = after_step(plan, no_tallies(plan), Step(kind, None))
        return found[kind].missed_lines

    def test_a_line_that_no_rater_can_live_to_see_is_not_missed(self) -> None:
        """The ICC decides from 15 vignettes on; one attempt has 12, and pooled ones have more."""
        random = RaterKind.RANDOM
        assert "icc" in (self.missed(random, changed(maximum=2)) or ())
        for alone in (changed(maximum=1), changed(maximum=2, pooled=False)):
            assert "icc" not in (self.missed(random, alone) or ())
            assert "exact" in (self.missed(random, alone) or ())

    def test_a_record_is_noted_beside_counts_and_leaves_them(self) -> None:
        standard = shipped_standard()
        pool = key_pool(LEVEL_PLAN, vignettes=12)
        plan = Plan((standard,), (pool,), scale=SCALE, seed=1, replications=3)
        kind = RaterKind.SEVERE
        counted = after_step(plan, no_tallies(plan), Step(kind, 0))
        (both,) = after_step(plan, counted, Step(kind, None))
        assert both[kind].tally == counted[0][kind].tally
        assert counted[0][kind].missed_lines is None
        assert both[kind].missed_lines == ("exact", "bias", "totals")
        assert both[RaterKind.GOOD] == no_tallies(plan)[0][RaterKind.GOOD]

    @pytest.mark.parametrize(
        ("gate", "points", "on_the_line"),
        [
            ("exact", 1.0, 40),
            ("within_one", 2.0, 10),
            ("gross", 2.0, 4),
            ("bias", 1.0, 25),
            ("bias", -1.0, 25),
            ("rateability", np.nan, 5),
        ],
    )
    def test_a_record_reaches_a_line_it_stands_on(
        self, gate: str, points: float, on_the_line: int
    ) -> None:
        """So many of a hundred ratings are off by this much, or are called not rateable."""
        assert self.held(gate, points, on_the_line)
        assert not self.held(gate, points, on_the_line + 1)

    @staticmethod
    def held(gate: str, points: float, cells: int) -> bool:
        key = np.full((1, 10, 10), 2.0)
        scores = key.copy()
        scores.ravel()[:cells] += points
        standard = shipped_standard()
        kept = tuple(one for one in standard.gates if one.kind == gate)
        alone = standard.model_copy(update={"gates": kept})
        return lines_held(alone, sums_of(scores, key, scale=SCALE, total_tolerance=0.1))[gate]

    @pytest.mark.parametrize(("rows", "is_held"), [(2, True), (3, False)])
    def test_totals_of_a_record_are_counted_by_vignettes(self, rows: int, is_held: bool) -> None:
        key = np.full((1, 10, 12), 2.0)
        scores = key.copy()
        scores[:, :rows] += 1
        record = sums_of(scores, key, scale=SCALE, total_tolerance=0.1)
        assert lines_held(shipped_standard(), record)["totals"] is is_held

    def test_single_elements_of_a_record_are_looked_at_one_by_one(self) -> None:
        key = np.full((1, 8, 12), 2.0)
        for points, extra, is_held in ((1.0, 0.0, True), (1.0, 1.0, False)):
            scores = key.copy()
            scores[:, :, 4] += points
            scores[:, 0, 4] += extra  # one rating more makes its mean distance nine eighths
            record = sums_of(scores, key, scale=SCALE, total_tolerance=0.1)
            assert lines_held(shipped_standard(), record)["items"] is is_held

    @pytest.mark.parametrize(
        ("misses", "is_held"), [([7], True), ([7, 11], False), ([0, 1, 2], True)]
    )
    def test_critical_elements_of_a_record_may_be_missed_once_in_eight_vignettes(
        self, misses: list[int], is_held: bool
    ) -> None:
        key = np.full((1, 8, 12), 2.0)
        scores = key.copy()
        scores[:, 3, misses] = 0.0
        record = sums_of(scores, key, scale=SCALE, total_tolerance=0.1)
        assert lines_held(shipped_standard(), record)["critical"] is is_held


class TestForms:
    def test_strata_come_first_and_further_vignettes_after_the_form(self) -> None:
        """Of twelve vignettes one is low; with it the form of two has one other."""
        levels = np.array([1.0, *[2.0] * 11])
        form = Form.model_validate(
            {
                "vignettes": 2,
                "step": 1,
                "maximum": 4,
                "strata": [{"name": "low", "mean_below": 1.5, "at_least": 1}],
            }
        )
        drawn = draw_forms(
            levels, form, times_met=np.zeros((400, 12)), random=np.random.default_rng(3)
        )
        assert drawn.shape == (400, 4)
        assert all(0 in row[:2] for row in drawn.tolist())
        first = (drawn[:, 0] == 0).mean()
        assert 0.4 < first < 0.6, "the order within the form is random"

    def test_what_was_met_less_often_comes_first_within_a_stratum_too(self) -> None:
        levels = np.array([1.0, 1.0, 1.0, 3.0, 3.0, 3.0])
        strata = [
            {"name": "low", "mean_below": 1.5, "at_least": 1},
            {"name": "high", "mean_from": 3.0, "at_least": 1},
        ]
        form = Form.model_validate({"vignettes": 2, "step": 1, "maximum": 3, "strata": strata})
        times_met = np.tile([2.0, 1.0, 2.0, 1.0, 1.0, 0.0], (50, 1))
        drawn = draw_forms(levels, form, times_met=times_met, random=np.random.default_rng(3))
        assert {frozenset(row[:2]) for row in drawn.tolist()} == {frozenset({1, 5})}
        assert set(drawn[:, 2].tolist()) <= {3, 4}


class TestPools:
    def test_made_keys_come_from_all_published_ones_alike(self) -> None:
        keys = np.array([[0.0, 0.0, 1.0], [4.0, 4.0, 3.0]])
        pool = key_pool(keys, vignettes=8)
        assert (pool.published, pool.made) == (2, 6)
        assert Counter(pool.levels.round(2).tolist()) == {0.33: 4, 3.67: 4}
        assert key_pool(keys, vignettes=2).made == 0
        assert key_pool(keys, vignettes=3).made == 1

    def test_a_level_is_the_mean_of_what_can_be_rated(self) -> None:
        keys = np.array([[1.0, np.nan, 4.0], [np.nan] * 3, [0.0, 0.0, 3.0]])
        assert KeyPool(keys, 3).levels.tolist() == [2.5, 0.0, 1.0]

    def keys(self) -> dict[str, Key]:
        return {slug: PACK.keys[slug] for slug in CERTIFICATION}

    def test_keys_stand_in_the_order_of_the_instruments_items(self) -> None:
        standard = PACK.standards[STANDARD]
        instrument = PACK.instruments[standard.instrument]
        pool = pool_for(standard, self.keys().values(), instrument)
        assert (pool.published, pool.made) == (8, 4)
        np.testing.assert_array_equal(pool.keys[:8], LEVEL_PLAN)

    def test_a_key_that_leaves_out_an_item_is_passed_over(self) -> None:
        standard = PACK.standards[STANDARD]
        instrument = PACK.instruments[standard.instrument]
        first, *others = self.keys().values()
        shorter = first.model_copy(
            update={"items": {item: one for item, one in first.items.items() if item != 12}}
        )
        assert pool_for(standard, [shorter, *others], instrument).published == 7
        with pytest.raises(NoKeysError, match=rf"no key that {STANDARD} may use"):
            pool_for(standard, [shorter], instrument)
        with pytest.raises(NoKeysError):
            pool_for(standard, [], instrument)

    def test_a_standard_draws_from_the_certification_pool_and_its_own_instrument(self) -> None:
        standard = PACK.standards[STANDARD]
        found = keys_of_pack(PACK, standard)
        assert [key.vignette for key in found] == sorted(CERTIFICATION)
        elsewhere = standard.model_copy(update={"instrument": "none-such"})
        assert keys_of_pack(PACK, elsewhere) == []

    def test_where_only_ratified_keys_may_be_used_only_those_are(self) -> None:
        strict = changed_keys(authored_allowed=False)
        assert keys_of_pack(PACK, strict) == []
        pack = small_pack()
        slug = CERTIFICATION[2]
        pack.keys[slug] = pack.keys[slug].model_copy(update={"status": KeyStatus.RATIFIED})
        assert [key.vignette for key in keys_of_pack(pack, strict)] == [slug]
        del pack.keys[slug]
        assert keys_of_pack(pack, strict) == []
        assert len(keys_of_pack(pack, PACK.standards[STANDARD])) == 7


def changed_keys(**keys: bool) -> Standard:
    standard = PACK.standards[STANDARD]
    return standard.model_copy(update={"keys": standard.keys.model_copy(update=keys)})
