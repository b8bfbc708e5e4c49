"""`flask decide` on files of ratings: the raters of the brief, the JSON, what is refused."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.certification.level_plan import LEVEL_PLAN, SCALE, shipped_standard
from tests.measurement.conftest import Run, Write
from tests.measurement.test_commands import assert_refused, parsed
from tests.test_commands import flask as type_flask
from training.certification.decision_commands import decide
from training.certification.judging.decision import Evidence
from training.certification.judging.decision import decide as decide_on
from training.certification.judging.gate_documents import GateKind
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.simulated_raters import simulate_raters
from training.clock import now
from training.psychometrics import Ratings

STANDARD = ("--standard", "dialogic-practice-rater")
REFERENCE = ("--reference", "Key")
HEADER = "subject,rater,item,score"


def lines_of(rater: str, scores: np.ndarray, item: str = "{}") -> list[str]:
    return [
        f"Meeting {row + 1},{rater},{item.format(column + 1)},"
        f"{'NR' if np.isnan(score) else int(score)}"
        for (row, column), score in np.ndenumerate(scores)
    ]


def sheet(item: str = "{}", key: np.ndarray = LEVEL_PLAN, **raters: np.ndarray) -> str:
    rows = lines_of("Key", key, item)
    for name, scores in raters.items():
        rows += lines_of(name, scores, item)
    return "\n".join([HEADER, *rows, ""])


def one_of(kind: RaterKind, seed: int = 4, key: np.ndarray = LEVEL_PLAN) -> np.ndarray:
    (scores,) = simulate_raters(kind, key, scale=SCALE, raters=1, seed=seed)
    return scores


def decided(run: Run, file: Path) -> dict[str, Any]:
    result = run(decide, file, *STANDARD, *REFERENCE, "--json")
    assert result.exit_code == 0, result.output
    return parsed(result.stdout)


class TestNineRaters:
    """Section 4 of the brief, on the shipped level plan twice over: many cells."""

    KEY = np.vstack([LEVEL_PLAN, LEVEL_PLAN])

    @pytest.fixture(scope="class")
    @classmethod
    def outcomes(cls, run: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
        raters = {kind.value: one_of(kind, key=cls.KEY) for kind in RaterKind}
        raters["perfect"] = cls.KEY
        raters["nearly_always_up"] = np.where(
            np.arange(12) < 8, np.clip(cls.KEY + 1, 0, 4), cls.KEY
        )
        raters["upside_down"] = 4 - cls.KEY
        file = tmp_path_factory.mktemp("nine") / "ratings.csv"
        file.write_text(sheet(key=cls.KEY, **raters), encoding="utf-8")
        return decided(run, file)["raters"]  # type: ignore[no-any-return]

    def test_good_raters_meet_and_faulty_ones_do_not(self, outcomes: dict[str, Any]) -> None:
        meets = {name for name, one in outcomes.items() if one["outcome"] == "meets"}
        assert {"perfect", "excellent", "good", "fair"} <= meets
        assert meets <= {"perfect", "excellent", "good", "fair", "borderline"}

    @pytest.mark.parametrize(
        ("name", "gate"),
        [
            ("constant", "slope"),
            ("constant", "kappa"),
            ("lenient", "bias"),
            ("severe", "bias"),
            ("nearly_always_up", "bias"),
            ("central", "slope"),
            ("halo", "halo"),
            ("noisy", "exact"),
            ("gross_misses", "gross"),
            ("random", "exact"),
            ("upside_down", "slope"),
            ("evasive", "rateability"),
            ("drifting", "bias"),
        ],
    )
    def test_each_fails_where_its_fault_lies(
        self, outcomes: dict[str, Any], name: str, gate: str
    ) -> None:
        found = next(one for one in outcomes[name]["gates"] if one["gate"] == gate)
        assert found["status"] in ("not_met", "unclear")
        assert outcomes[name]["outcome"] == "does_not_meet"


class TestJson:
    def test_it_has_exactly_what_was_promised(self, run: Run, write: Write) -> None:
        result = decided(run, write(sheet(Noor=one_of(RaterKind.GOOD))))
        assert set(result) == {"standard", "raters"}
        assert result["standard"] == {
            "slug": "dialogic-practice-rater",
            "version": shipped_standard().version,
        }
        (noor,) = result["raters"].values()
        assert set(noor) == {"outcome", "probability", "vignettes", "cells", "gates"}
        assert (noor["vignettes"], noor["cells"]) == (8, 96)
        assert 0 < noor["probability"] < 1
        assert [gate["gate"] for gate in noor["gates"]] == [kind.value for kind in GateKind]
        for gate in noor["gates"]:
            assert list(gate) == ["gate", "status", "value", "low", "high", "threshold", "reason"]
            assert gate["reason"][0].isupper()
            assert gate["reason"].endswith(".")

    def test_it_is_the_decision_of_the_rules(self, run: Run, write: Write) -> None:
        scores = one_of(RaterKind.BORDERLINE)
        (found,) = decided(run, write(sheet(Noor=scores)))["raters"].values()
        ratings = Ratings.from_cells(
            (f"Meeting {row + 1}", column + 1, scores[row, column], LEVEL_PLAN[row, column])
            for row, column in np.ndindex(8, 12)
        )
        evidence = Evidence(ratings, vignettes_in_attempt=8, scale=SCALE)
        expected = decide_on(shipped_standard(), evidence, now=now())
        assert found["outcome"] == expected.outcome.value
        assert found["probability"] == expected.probability
        for gate, result in zip(found["gates"], expected.gates, strict=True):
            assert (gate["value"], gate["low"], gate["high"], gate["status"]) == (
                result.value,
                result.low,
                result.high,
                result.status.value,
            )

    def test_order_of_rows_and_names_of_raters_change_nothing(
        self,
        run: Run,
        write: Write,
    ) -> None:
        good, noisy = one_of(RaterKind.GOOD), one_of(RaterKind.NOISY)
        expected = decided(run, write(sheet(Asta=good, Bo=noisy)))["raters"]
        head, *rows = sheet(Zoe=good, Abel=noisy).splitlines()
        random.Random(3).shuffle(rows)
        found = decided(run, write("\n".join([head, *rows, ""])))["raters"]
        assert (found["Zoe"], found["Abel"]) == (expected["Asta"], expected["Bo"])
        assert list(found) == ["Abel", "Zoe"]

    def test_the_same_file_gives_the_same_bytes(self, run: Run, write: Write) -> None:
        file = write(sheet(Noor=one_of(RaterKind.FAIR)))
        one, other = (run(decide, file, *STANDARD, *REFERENCE, "--json") for _ in range(2))
        assert one.stdout == other.stdout

    @pytest.mark.parametrize("item", ["{}", "{:02}", "item {}", "Item-{}", "ITEM_{:03}"])
    def test_items_are_named_by_their_number(
        self,
        run: Run,
        write: Write,
        item: str,
    ) -> None:
        good = one_of(RaterKind.GOOD)
        expected = decided(run, write(sheet(Noor=good)))
        assert decided(run, write(sheet(item=item, Noor=good))) == expected


class TestAmounts:
    def test_a_short_record_needs_more_evidence(self, run: Run, write: Write) -> None:
        (found,) = decided(run, write(sheet(key=LEVEL_PLAN[:5], Noor=LEVEL_PLAN[:5])))[
            "raters"
        ].values()
        assert (found["outcome"], found["vignettes"]) == ("more_evidence", 5)

    def test_beyond_the_maximum_what_is_unclear_is_not_met(
        self,
        run: Run,
        write: Write,
    ) -> None:
        key = np.vstack([LEVEL_PLAN, LEVEL_PLAN])
        scores = one_of(RaterKind.GROSS_MISSES, seed=9, key=key)
        (found,) = decided(run, write(sheet(key=key, Noor=scores)))["raters"].values()
        assert (found["outcome"], found["vignettes"]) == ("does_not_meet", 16)
        icc = found["gates"][-1]
        assert (icc["gate"], icc["status"] == "not_applicable") == ("icc", False)

    def test_what_a_rater_left_out_counts_for_nothing_and_is_said(
        self,
        run: Run,
        write: Write,
    ) -> None:
        rows = sheet(Noor=one_of(RaterKind.GOOD)).splitlines()
        kept = [row for row in rows if not row.startswith("Meeting 1,Noor,1")]
        result = run(decide, write("\n".join(kept)), *STANDARD, *REFERENCE, "--json")
        assert parsed(result.stdout)["raters"]["Noor"]["cells"] == 92
        assert result.stderr == "'Noor' left out 4 ratings of the reference.\n"

    def test_nothing_in_common_is_no_error(self, run: Run, write: Write) -> None:
        text = sheet() + "Meeting 99,Noor,1,3\n"
        (found,) = decided(run, write(text))["raters"].values()
        assert (found["outcome"], found["vignettes"], found["cells"]) == ("more_evidence", 0, 0)
        assert found["probability"] is None
        assert found["gates"][0]["value"] is None

    def test_a_reference_alone_judges_nobody(self, run: Run, write: Write) -> None:
        file = write(sheet())
        assert decided(run, file)["raters"] == {}
        report = run(decide, file, *STANDARD, *REFERENCE)
        assert "Nobody but the reference rated" in report.stdout

    def test_constant_raters_and_constant_keys_are_no_errors(
        self,
        run: Run,
        write: Write,
    ) -> None:
        key = np.full((8, 12), 3.0)
        result = decided(run, write(sheet(key=key, Noor=key, Bo=np.full((8, 12), np.nan))))
        statuses = {g["gate"]: g["status"] for g in result["raters"]["Noor"]["gates"]}
        assert (statuses["slope"], statuses["kappa"]) == ("unclear", "not_applicable")
        assert result["raters"]["Bo"]["outcome"] == "does_not_meet"


class TestReport:
    def test_it_fits_the_terminal_and_says_why(self, run: Run, write: Write) -> None:
        file = write(sheet(Noor=one_of(RaterKind.GOOD), Sam=one_of(RaterKind.SEVERE)))
        result = run(decide, file, *STANDARD, *REFERENCE)
        assert (result.exit_code, result.stderr) == (0, "")
        assert max(map(len, result.stdout.splitlines())) <= 80
        assert "Noor: meets the standard" in result.stdout
        assert "Sam: does not meet the standard" in result.stdout
        assert "lies on the wrong side of it" in " ".join(result.stdout.split())

    def test_many_raters_are_one_line_each(self, run: Run, write: Write) -> None:
        raters = {kind.value: one_of(kind) for kind in RaterKind}
        result = run(decide, write(sheet(**raters)), *STANDARD, *REFERENCE)
        assert max(map(len, result.stdout.splitlines())) <= 80
        assert all(f"  {kind.value} " in result.stdout for kind in RaterKind)


class TestRefusals:
    def test_scores_off_the_scale(self, run: Run, write: Write) -> None:
        file = write(sheet(Noor=np.where(LEVEL_PLAN == 4, 5, LEVEL_PLAN)))
        result = run(decide, file, *STANDARD, *REFERENCE)
        assert_refused(result, "line 98: '5' is not on the scale 0, 1, 2, 3, 4")

    @pytest.mark.parametrize(
        ("items", "said"),
        [
            (("0", "13"), "'0' is no item of the instrument; write its number, 1 to 12"),
            (("1.0", "2"), "'1.0' is no item"),
            (("listening", "2"), "'listening' is no item"),
            (("1", "01"), "'01' and '1' are the same item; write it one way"),
            (("item 3", "3"), "'3' and 'item 3' are the same item"),
        ],
    )
    def test_items_that_are_not_the_instruments(
        self,
        run: Run,
        write: Write,
        items: tuple[str, str],
        said: str,
    ) -> None:
        rows = [f"M,{rater},{item},3" for rater in ("Key", "Noor") for item in items]
        file = write("\n".join([HEADER, *rows]))
        assert_refused(run(decide, file, *STANDARD, *REFERENCE), said)

    def test_no_items(self, run: Run, write: Write) -> None:
        file = write("subject,rater,score\nM,Key,3\nM,Noor,3\n")
        assert_refused(run(decide, file, *STANDARD, *REFERENCE), "there is no column item")

    def test_an_unknown_reference_or_standard(self, run: Run, write: Write) -> None:
        file = write(sheet(Noor=LEVEL_PLAN))
        unknown = run(decide, file, *STANDARD, "--reference", "Kay")
        assert_refused(unknown, "'Kay' is not there; there are 'Key', 'Noor'")
        unknown = run(decide, file, "--standard", "none-such", *REFERENCE)
        assert_refused(unknown, "'none-such' is no standard here", "dialogic-practice-rater")

    def test_a_file_that_is_not_there(self, run: Run, tmp_path: Path) -> None:
        result = run(decide, tmp_path / "none.csv", *STANDARD, *REFERENCE)
        assert_refused(result, "there is no such file")

    def test_content_with_faults(self, run: Run, write: Write, tmp_path: Path) -> None:
        (tmp_path / "mine" / "standards").mkdir(parents=True)
        (tmp_path / "mine" / "standards" / "x.yaml").write_text("slug: X\n")
        file = write(sheet(Noor=LEVEL_PLAN))
        result = run(decide, file, *STANDARD, *REFERENCE, "--content", tmp_path / "mine")
        assert_refused(result, "standards/x.yaml: slug", "The content has faults")


def test_it_needs_neither_database_nor_configuration(write: Write, tmp_path: Path) -> None:
    file = write(sheet(Noor=one_of(RaterKind.GOOD)))
    result = type_flask(["decide", str(file), *STANDARD, *REFERENCE, "--json"], tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout)["raters"]["Noor"]["outcome"] == "meets"
    assert not list(tmp_path.glob("*.sqlite3"))
