"""From counts of simulated raters to what people read: shares, aims, tables, reports. By hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from tests.certification.level_plan import LEVEL_PLAN, SCALE, shipped_standard
from training.certification.simulation.attempts import Plan
from training.certification.simulation.operating_characteristics import (
    KindCharacteristics,
    OperatingCharacteristics,
    characteristics_of,
    consistency,
    report_of,
    wilson,
)
from training.certification.simulation.pool_keys import key_pool
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.report import simulation_report
from training.certification.simulation.result_table import COLUMNS, rows_of
from training.certification.simulation.tallies import KindTally, Tallies, Tally

STANDARD = shipped_standard()
GOOD, NOISY, BORDERLINE = RaterKind.GOOD, RaterKind.NOISY, RaterKind.BORDERLINE

# 200 raters each. The good: 150 meet at the form, 190 after the first attempt, 196 over all.
OF_GOOD = Tally(
    raters=200,
    form_meets=150,
    form_does_not_meet=10,
    first_meets=190,
    first_does_not_meet=10,
    all_meets=196,
    all_does_not_meet=4,
    vignettes_first=1700,
    vignettes_all=1800,
    attempts=220,
    classic_first=160,
    classic_all=180,
)
OF_NOISY = Tally(
    raters=200,
    form_meets=4,
    form_does_not_meet=100,
    first_meets=10,
    first_does_not_meet=190,
    all_meets=20,
    all_does_not_meet=180,
    vignettes_first=2000,
    vignettes_all=5000,
    attempts=590,
    classic_first=40,
    classic_all=100,
)


def plan_for(number: int = 1) -> Plan:
    pool = key_pool(LEVEL_PLAN, vignettes=12)
    return Plan((STANDARD,) * number, (pool,) * number, scale=SCALE, seed=7, replications=200)


def tallies_of(**kinds: KindTally) -> dict[RaterKind, KindTally]:
    return {RaterKind(name): tally for name, tally in kinds.items()}


def found(**kinds: KindTally) -> OperatingCharacteristics:
    (one,) = characteristics_of(plan_for(), (tallies_of(**kinds),))
    return one


def both() -> OperatingCharacteristics:
    return found(good=KindTally(OF_GOOD, ()), noisy=KindTally(OF_NOISY, ("exact", "gross")))


def row_of(kind: RaterKind, *, first: int = 0, over_all: int = 0) -> KindCharacteristics:
    """The row of a kind of which so many of a hundred meet."""
    tally = Tally(
        raters=100,
        first_meets=first,
        first_does_not_meet=100 - first,
        all_meets=over_all,
        all_does_not_meet=100 - over_all,
    )
    (row,) = found(**{kind.value: KindTally(tally, ())}).kinds
    return row


class TestOneKind:
    def test_counts_become_shares_of_its_raters(self) -> None:
        row = both().of(GOOD)
        assert row is not None
        assert (row.raters, row.truly_meets, row.missed_lines) == (200, True, ())
        assert asdict(row.at_form) == pytest.approx(
            {"meets": 0.75, "does_not_meet": 0.05, "more_evidence": 0.20}
        )
        assert asdict(row.first_attempt) == pytest.approx(
            {"meets": 0.95, "does_not_meet": 0.05, "more_evidence": 0.0}
        )
        assert asdict(row.all_attempts) == pytest.approx(
            {"meets": 0.98, "does_not_meet": 0.02, "more_evidence": 0.0}
        )
        assert (row.mean_vignettes, row.mean_vignettes_over_all) == (8.5, 9.0)
        assert row.mean_attempts == pytest.approx(1.1)
        assert (row.low, row.high) == pytest.approx(wilson(190, 200))

    def test_consistency_counts_pairs_that_end_alike(self) -> None:
        """Of 200 raters there are 19,900 pairs: 190 over 2 is 17,955, and 10 over 2 is 45."""
        row = both().of(GOOD)
        assert row is not None
        assert row.consistency == pytest.approx((17955 + 45) / 19900)
        # At the form three ways to end: 150, 10 and 40.
        assert row.consistency_at_form == pytest.approx((11175 + 45 + 780) / 19900)
        # The classic rule: 160 and 40.
        assert row.classic.consistency == pytest.approx((12720 + 780) / 19900)

    def test_accuracy_is_the_share_decided_as_the_kind_truly_is(self) -> None:
        good, noisy = both().of(GOOD), both().of(NOISY)
        assert good is not None
        assert noisy is not None
        assert (good.accuracy, good.accuracy_over_all) == pytest.approx((0.95, 0.98))
        assert not noisy.truly_meets
        assert noisy.missed_lines == ("exact", "gross")
        assert (noisy.accuracy, noisy.accuracy_over_all) == pytest.approx((0.95, 0.90))
        assert (good.classic.meets_at_first, good.classic.meets_over_all) == (0.8, 0.9)
        assert (good.classic.accuracy, good.classic.accuracy_over_all) == (0.8, 0.9)
        assert (noisy.classic.accuracy, noisy.classic.accuracy_over_all) == (0.8, 0.5)

    @pytest.mark.parametrize(
        ("kind", "first", "over_all", "is_as_aimed"),
        [
            (RaterKind.EXCELLENT, 90, 90, True),
            (RaterKind.FAIR, 89, 100, False),
            (RaterKind.NOISY, 10, 15, True),
            (RaterKind.HALO, 11, 15, False),
            (RaterKind.DRIFTING, 10, 16, False),
            (RaterKind.BORDERLINE, 50, 90, None),
        ],
    )
    def test_the_aims_are_reached_on_their_line(
        self, kind: RaterKind, first: int, over_all: int, is_as_aimed: bool | None
    ) -> None:
        row = row_of(kind, first=first, over_all=over_all)
        assert row.is_as_aimed is is_as_aimed
        assert row.as_dict()["is_as_aimed"] is is_as_aimed

    def test_who_alone_has_been_simulated_agrees_with_nobody_and_contradicts_nobody(self) -> None:
        assert consistency(1, 0, raters=1) == 1.0
        assert consistency(1, 1, raters=2) == 0.0
        assert consistency(1, raters=3) == pytest.approx(1 / 3)  # the other two end alike

    def test_shares_at_their_ends_have_intervals_that_end_there(self) -> None:
        assert wilson(0, 200)[0] == 0.0
        assert wilson(200, 200)[1] == 1.0
        assert 0.0 < wilson(1, 200)[0] < 0.005 < wilson(1, 200)[1] < 1.0


class TestOverAll:
    def test_kinds_count_alike_however_many_raters_each_has(self) -> None:
        few = Tally(raters=10, first_meets=2, all_meets=4, classic_first=6, classic_all=8)
        overall = found(
            good=KindTally(OF_GOOD, ()),
            fair=KindTally(few, ()),
            noisy=KindTally(OF_NOISY, ("exact",)),
        ).overall
        assert overall.false_fails == pytest.approx((0.05 + 0.8) / 2)
        assert overall.false_fails_over_all == pytest.approx((0.02 + 0.6) / 2)
        assert (overall.false_passes, overall.false_passes_over_all) == pytest.approx((0.05, 0.10))
        assert overall.accuracy == pytest.approx((0.95 + 0.2 + 0.95) / 3)
        assert overall.accuracy_over_all == pytest.approx((0.98 + 0.4 + 0.9) / 3)

    def test_the_classic_rule_is_held_against_the_same_truth(self) -> None:
        classic = both().classic_overall
        assert (classic.false_passes, classic.false_passes_over_all) == pytest.approx((0.2, 0.5))
        assert (classic.false_fails, classic.false_fails_over_all) == pytest.approx((0.2, 0.1))
        assert (classic.accuracy, classic.accuracy_over_all) == pytest.approx((0.8, 0.7))
        rows = [both().of(kind) for kind in (GOOD, NOISY)]
        shares = [row.classic.consistency for row in rows if row]
        assert classic.consistency == pytest.approx(sum(shares) / 2)

    def test_where_every_kind_is_sound_nobody_can_pass_falsely(self) -> None:
        overall = found(good=KindTally(OF_GOOD, ())).overall
        assert (overall.false_passes, overall.false_passes_over_all) == (None, None)
        overall = found(noisy=KindTally(OF_NOISY, ("exact",))).overall
        assert (overall.false_fails, overall.false_fails_over_all) == (None, None)

    def test_a_standard_is_as_aimed_unless_a_kind_misses_its_aim(self) -> None:
        """Noisy raters meet in .10 over all, which is within the aims; borderline has none."""
        assert both().is_as_aimed
        assert found(borderline=KindTally(OF_NOISY, ("exact",))).is_as_aimed
        assert not found(good=KindTally(OF_NOISY, ("exact",))).is_as_aimed

    def test_a_kind_of_which_only_the_record_is_made_has_no_row_yet(self) -> None:
        one = found(good=KindTally(OF_GOOD, ()), noisy=KindTally(Tally(), ("exact",)))
        assert [row.kind for row in one.kinds] == [GOOD]
        assert one.of(NOISY) is None


def result(*, is_beside: bool = False, is_complete: bool = True, **changes: Any) -> dict[str, Any]:
    """What the command prints, with the changes it notes."""
    tallies: Tallies = (
        tallies_of(good=KindTally(OF_GOOD, ()), noisy=KindTally(OF_GOOD, ("exact", "gross"))),
        tallies_of(good=KindTally(OF_NOISY, ()), noisy=KindTally(OF_NOISY, ("exact", "gross"))),
    )
    number = 2 if is_beside else 1
    report = report_of(plan_for(number), tallies[:number], is_complete=is_complete)
    return report | {"changes": {}} | changes


def line_with(text: str, *beginnings: str) -> list[str]:
    """The words of the first line below the first beginning that starts with the last one."""
    lines = iter(text.splitlines())
    for beginning in beginnings:
        line = next(line for line in lines if line.strip().startswith(beginning))
    return line.split()


class TestReport:
    def test_every_figure_stands_in_its_column(self) -> None:
        text = simulation_report(result())
        shares = line_with(text, "Share that meets", "good")[-7:]
        assert shares == ["0.750", "0.050", "0.200", "0.950", "0.980", "0.800", "0.900"]
        quality = line_with(text, "Consistency and accuracy", "good")[-5:]
        assert quality == ["yes", "8.5", "0.905", "0.950", "0.800"]
        assert line_with(text, "Consistency and accuracy", "noisy")[-5] == "no"
        assert line_with(text, "Over all kinds", "the standard")[-4:] == [
            "0.950",
            "0.980",
            "0.050",
            "0.500",
        ]
        assert line_with(text, "Over all kinds", "classic rule")[-4:] == [
            "0.800",
            "0.900",
            "0.200",
            "0.500",
        ]
        assert "as published" not in text

    def test_the_head_says_what_was_simulated(self) -> None:
        text = simulation_report(result(changes={"exact.lower_bound_at_least": ("", "0.5")}))
        head = " ".join(text.partition("Share that meets")[0].split())
        assert f"standard dialogic-practice-rater, version {STANDARD.version}" in head
        assert "changed exact.lower_bound_at_least from none to 0.5" in head
        assert "raters 200 of each kind, seed 7" in head
        assert "8 of the certification pool, and 4 made from them by shuffling" in head
        assert "cancelled" not in head
        assert "cancelled" in simulation_report(result(is_complete=False))

    def test_where_no_key_was_made_none_is_spoken_of(self) -> None:
        text = simulation_report(result(keys={"published": 24, "made": 0}))
        assert "24 of the certification pool" in text
        assert "made from them" not in text

    def test_kinds_that_miss_their_aim_are_named(self) -> None:
        """Here noisy raters meet as often as good ones; borderline ones have no aim to miss."""
        assert "The aims are missed for: noisy." in simulation_report(result())
        tallies = tallies_of(good=KindTally(OF_GOOD, ()), borderline=KindTally(OF_GOOD, ()))
        report = report_of(plan_for(), (tallies,), is_complete=True) | {"changes": {}}
        assert "The aims are missed" not in simulation_report(report)

    def test_beside_the_standard_as_published(self) -> None:
        text = simulation_report(result(is_beside=True))
        beside = line_with(text, "Share that meets, beside", "good")[-4:]
        assert beside == ["0.950", "0.050", "0.980", "0.100"]
        assert line_with(text, "Over all kinds", "as published")[-4:] == [
            "0.050",
            "0.100",
            "0.950",
            "0.500",
        ]

    def test_what_no_kind_has_is_a_dash(self) -> None:
        only_good = report_of(
            plan_for(), (tallies_of(good=KindTally(OF_GOOD, ())),), is_complete=True
        )
        text = simulation_report(only_good | {"changes": {}})
        assert line_with(text, "Over all kinds", "the standard")[-4:-2] == ["-", "-"]


class TestTable:
    def test_each_value_stands_below_its_name(self) -> None:
        (good, noisy) = rows_of(result())
        named = dict(zip(COLUMNS, good, strict=True))
        expected = {
            "standard": "tried",
            "kind": "good",
            "raters": 200,
            "truly_meets": True,
            "form_meets": 0.75,
            "form_does_not_meet": 0.05,
            "form_more_evidence": 0.20,
            "first_meets": 0.95,
            "first_low": wilson(190, 200)[0],
            "first_high": wilson(190, 200)[1],
            "all_meets": 0.98,
            "mean_vignettes": 8.5,
            "mean_vignettes_over_all": 9.0,
            "mean_attempts": 1.1,
            "consistency": 18000 / 19900,
            "accuracy": 0.95,
            "accuracy_over_all": 0.98,
            "classic_first_meets": 0.8,
            "classic_all_meets": 0.9,
            "classic_consistency": 13500 / 19900,
            "classic_accuracy": 0.8,
            "is_as_aimed": True,
        }
        for name, value in expected.items():
            assert named[name] == (pytest.approx(value) if isinstance(value, float) else value), (
                name
            )
        assert dict(zip(COLUMNS, noisy, strict=True))["is_as_aimed"] is False

    def test_the_standard_as_published_follows_the_one_that_was_tried(self) -> None:
        rows = [row[:2] for row in rows_of(result(is_beside=True))]
        assert rows == [
            ("tried", "good"),
            ("tried", "noisy"),
            ("as published", "good"),
            ("as published", "noisy"),
        ]
        assert {row[7] for row in rows_of(result(is_beside=True))} == {0.95, 0.05}


class TestTallies:
    def test_counts_of_slices_add_up_name_by_name(self) -> None:
        counts = asdict(OF_GOOD + OF_NOISY)
        assert counts == {
            name: value + asdict(OF_NOISY)[name] for name, value in asdict(OF_GOOD).items()
        }
        assert OF_GOOD + Tally() == OF_GOOD

    @pytest.mark.parametrize("missed", [None, (), ("exact", "halo")])
    def test_a_record_that_was_not_made_is_not_one_that_misses_nothing(
        self, missed: tuple[str, ...] | None
    ) -> None:
        stored = KindTally(OF_GOOD, missed).as_dict()
        assert stored["missed_lines"] == (None if missed is None else list(missed))
        assert KindTally.from_dict(stored) == KindTally(OF_GOOD, missed)
