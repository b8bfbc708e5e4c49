"""`flask standards simulate`: what it prints, where, how it ends, and what it refuses."""

from __future__ import annotations

import json
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from tests.certification.level_plan import shipped_document
from tests.measurement.test_commands import assert_refused, parsed
from tests.test_commands import flask as type_flask
from training.certification.simulation import attempts as simulation
from training.certification.simulation.attempts import Plan, Step
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.simulation.tallies import Tallies
from training.certification.standard_commands import standards
from training.config import PROJECT_ROOT

SLUG = "dialogic-practice-rater"


def simulate(*words: object) -> Result:
    return CliRunner().invoke(standards, ["simulate", *map(str, words)])


@pytest.fixture(scope="module", autouse=True)
def _small_blocks() -> Iterator[None]:
    """These tests are about the command: what is simulated need not be precise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation, "BLOCK", 10)
        patch.setattr(simulation, "RECORD_ATTEMPTS", 40)
        yield


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    result = simulate(SLUG, "--replications", 40, "--json")
    assert result.exit_code == 0, result.output
    return parsed(result.stdout)


class TestOutput:
    def test_json_says_what_was_done_and_found(self, report: dict[str, Any]) -> None:
        assert report["standard"]["slug"] == SLUG
        assert (report["replications"], report["seed"], report["is_complete"]) == (40, 2026, True)
        assert report["keys"] == {"published": 26, "made": 0}  # none is made: the pool is full
        assert (report["changes"], report["as_published"]) == ({}, None)
        assert list(report["kinds"]) == [kind.value for kind in RaterKind]
        severe = report["kinds"]["severe"]
        assert severe["first_attempt"]["meets"] == 0.0
        assert severe["classic"]["meets_at_first"] == 1.0
        assert severe["truly_meets"] is False
        assert report["overall"]["accuracy"] > report["classic"]["accuracy"]

    def test_the_same_seed_gives_the_same_bytes(self) -> None:
        one, other = (simulate(SLUG, "--replications", 5, "--json") for _ in range(2))
        assert one.stdout == other.stdout
        assert simulate(SLUG, "--replications", 5, "--seed", 1, "--json").stdout != one.stdout

    def test_a_report_fits_the_terminal_and_progress_goes_elsewhere(self) -> None:
        result = simulate(SLUG, "--replications", 5, "--set", "gross.at_most=.05")
        assert result.exit_code == 0
        assert max(map(len, result.stdout.splitlines())) <= 80
        assert "gross.at_most from 0.04 to 0.05" in result.stdout
        assert "beside the standard as published" in result.stdout
        assert "simulated 100 %" in result.stderr
        assert "simulated" not in result.stdout.partition("How to read it")[0]

    def test_a_change_stands_beside_the_standard_as_it_is(self, report: dict[str, Any]) -> None:
        words = ("--set", "attempts.pooled=no", "--set", "halo.used=no")
        result = simulate(SLUG, "--replications", 40, "--json", *words)
        changed = parsed(result.stdout)
        assert changed["changes"] == {
            "attempts.pooled": ["yes", "no"],
            "halo.used": ["yes", "no"],
        }
        assert changed["as_published"]["kinds"] == report["kinds"]


class TestCancelling:
    def test_ctrl_c_keeps_what_was_done(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real, done = simulation.after_step, []

        def impatient(plan: Plan, tallies: Tallies, step: Step) -> Tallies:
            done.append(step)
            if len(done) > len(RaterKind) + 3:
                raise KeyboardInterrupt
            return real(plan, tallies, step)

        monkeypatch.setattr(simulation, "after_step", impatient)
        result = simulate(SLUG, "--replications", 20, "--json")
        assert result.exit_code == 130
        found = parsed(result.stdout)
        assert found["is_complete"] is False
        assert list(found["kinds"]) == ["excellent", "good", "fair"]
        assert "Cancelled after 30 of 280 raters." in result.stderr

    def test_ctrl_c_at_once_is_no_error_either(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def impatient(*_: object) -> Tallies:
            raise KeyboardInterrupt

        monkeypatch.setattr(simulation, "after_step", impatient)
        result = simulate(SLUG)
        assert result.exit_code == 130
        assert "cancelled" in result.stdout
        assert "Traceback" not in result.stderr


class TestRefusals:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("none-such",), "'none-such' is no standard here"),
            ((SLUG, "--replications", 0), "--replications"),
            ((SLUG, "--replications", 10**9), "--replications"),
            ((SLUG, "--seed", -1), "--seed"),
            ((SLUG, "--set", "gross.at_most"), "is not NAME=VALUE"),
            ((SLUG, "--set", "gross.at_most=2"), "--set gross.at_most: Input should be less"),
            ((SLUG, "--set", "a.b=1"), "there is nothing of this name to change"),
            ((SLUG, "--set", "form.step=1", "--set", "form.step=2"), "form.step is set twice"),
        ],
    )
    def test_of_what_cannot_be_done(self, words: tuple[object, ...], said: str) -> None:
        assert_refused(simulate(*words), said)

    def test_every_fault_of_a_change_is_told(self) -> None:
        words = ("--set", "gross.at_most=2", "--set", "exact.at_least=x", "--set", "form.step=5")
        result = simulate(SLUG, *words)
        assert_refused(result, "gross.at_most", "exact.at_least", "form:", "Nothing was computed")

    def test_a_standard_without_keys(self, tmp_path: Path) -> None:
        document = shipped_document() | {
            "slug": "ratified-only",
            "keys": {"authored_allowed": False},
        }
        (tmp_path / "standards").mkdir()
        (tmp_path / "standards" / "mine.yaml").write_text(yaml.safe_dump(document))
        result = simulate("ratified-only", "--content", tmp_path)
        assert_refused(result, "holds no key that ratified-only may use")

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"confidence": 3}, "Input should be less than"),
            ({"instrument": "none-such"}, "its instrument 'none-such' is not in the content"),
            ({"instrument_versions": {"at_least": "9999.1"}}, ", not 9999.1 and later"),
        ],
    )
    def test_a_standard_with_a_fault(
        self, tmp_path: Path, changes: dict[str, object], said: str
    ) -> None:
        (tmp_path / "standards").mkdir()
        mine = yaml.safe_dump(shipped_document() | {"slug": "mine"} | changes)
        (tmp_path / "standards" / "mine.yaml").write_text(mine)
        result = simulate("mine", "--content", tmp_path)
        assert_refused(result, said, "The content has faults. Nothing was computed.")


def test_it_needs_neither_database_nor_configuration(tmp_path: Path) -> None:
    result = type_flask(["standards", "simulate", SLUG, "--replications", "3", "--json"], tmp_path)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["replications"] == 3
    assert not list(tmp_path.glob("*.sqlite3"))


def test_on_a_terminal_one_line_counts_up_and_is_ended(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with open(ours, "rb", buffering=0) as screen, open(theirs, "wb") as terminal:
        words = ["standards", "simulate", SLUG, "--replications", "3", "--json"]
        result = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            stdout=subprocess.PIPE,
            stderr=terminal,
            check=True,
            cwd=PROJECT_ROOT,
            timeout=120,
        )
        written = screen.read(100_000).decode()
    assert written.startswith("\rsimulated ")
    assert written.endswith("\rsimulated 100 %\r\n")
    assert written.count("\n") == 1
    assert json.loads(result.stdout)["replications"] == 3
