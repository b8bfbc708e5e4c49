"""`flask drift`: Noor turns severe in the second half of her year; the command says since when."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.measurement.conftest import Run, Write
from tests.measurement.test_commands import assert_refused, parsed
from tests.test_commands import flask as type_flask
from training.measurement.commands import drift
from training.psychometrics.drift.run_lengths import decision_interval_for, width_for

NOOR = ("--reference", "Consensus", "--rater", "Noor", "--order", "day")
STEADY = (0, 1, 0, -1, 0, 1, 0, -1)
"""Her sums of differences over two items in the meetings of the baseline."""


def year(turned: float = -1.0, *, after: int = 8, days: str = "2026-01-{:02}") -> str:
    """Eight steady meetings and some more, by date; written down from the last to the first."""
    rows = ["subject,rater,item,score,day"]
    for meeting in range(len(STEADY) + after, 0, -1):
        lean = STEADY[(meeting - 1) % 8] / 2 + (turned if meeting > 8 else 0.0)
        for item, key in (("listening", 2), ("openness", 3)):
            rows.append(f"Meeting {meeting},Consensus,{item},{key},")
            rows.append(f"Meeting {meeting},Noor,{item},{key + lean},{days.format(meeting)}")
    return "\n".join(rows)


@pytest.fixture
def turned(write: Write) -> Path:
    return write(year(), "year.csv")


def test_noor_is_more_severe_since_the_ninth_meeting(run: Run, turned: Path) -> None:
    result = run(drift, turned, *NOOR)
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    assert "Baseline 8 subjects, Meeting 1 to Meeting 8" in said
    assert "Watched 8 subjects, Meeting 9 to Meeting 16" in said
    signed, _, absolute = said.partition("Absolute error")
    assert "more severe than before, probably since subject 1." in signed
    assert "subject 3 is Meeting 11, subject 1 is Meeting 9" in signed
    assert "once in 168 subjects on average" in signed
    assert "less accurate than before" in absolute
    assert "vignette" not in said
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_json_holds_both_charts_of_both_errors_and_the_change(run: Run, turned: Path) -> None:
    result = parsed(run(drift, turned, *NOOR, "--json").stdout)
    assert result["before"] == [f"Meeting {n}" for n in range(1, 9)]
    signed, absolute = result["errors"]["signed"], result["errors"]["absolute"]
    assert signed["before"] == [each / 2 for each in STEADY]
    assert absolute["before"] == [abs(each) / 2 for each in STEADY]
    assert [chart["chart"] for chart in signed["charts"]] == ["cusum", "ewma"]
    cusum, _ = signed["charts"]
    assert cusum["baseline"]["vignettes"] == 8
    assert cusum["signal"]["since_subject"] == "Meeting 9"
    assert signed["change"]["value"] == pytest.approx(-1.0)
    assert signed["change"]["high"] < 0
    assert signed["change"]["method"] == "Welch's t over subjects"


def test_who_stays_the_same_is_not_flagged(run: Run, write: Write) -> None:
    said = run(drift, write(year(0.0)), *NOOR).stdout
    assert said.count("No signal in 8 subjects.") == 4


def test_a_run_length_sets_the_limits_of_both_charts(run: Run, turned: Path) -> None:
    result = parsed(run(drift, turned, *NOOR, "--run-length", "50", "--json").stdout)
    cusum, ewma = result["errors"]["signed"]["charts"]
    assert cusum["decision_interval"] == pytest.approx(decision_interval_for(50))
    assert ewma["width"] == pytest.approx(width_for(50))
    for chart in (cusum, ewma):
        assert chart["run_lengths"]["in_control"] == pytest.approx(50, rel=1e-4)


def test_numbers_are_ordered_as_numbers_and_the_baseline_is_as_long_as_is_said(
    run: Run, write: Write
) -> None:
    file = write(year(days="{}"))
    result = parsed(run(drift, file, *NOOR, "--baseline", "10", "--json").stdout)
    assert result["before"] == [f"Meeting {n}" for n in range(1, 11)]
    assert result["after"] == [f"Meeting {n}" for n in range(11, 17)]
    typed = run(drift, "-", *NOOR, "--json", typed=file.read_bytes())
    assert parsed(typed.stdout) == parsed(run(drift, file, *NOOR, "--json").stdout)


def test_a_baseline_without_variation_has_a_change_and_no_charts(run: Run, write: Write) -> None:
    rows = [f"m{n},{who},{score},{n}" for n in range(6) for who, score in (("Key", 2), ("Otto", 2))]
    rows += ["m6,Key,2,6", "m6,Otto,3,6"]
    file = write("\n".join(["subject,rater,score,n", *rows]))
    options = ("--reference", "Key", "--rater", "Otto", "--order", "n", "--baseline", "3")
    said = " ".join(run(drift, file, *options).stdout.split())
    assert said.count("! A baseline whose errors do not vary cannot tell drift from chance") == 2
    assert "change since baseline 0.250" in said
    assert "more subjects into it" in said


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (year(after=0), (), "leaves none to watch: take a smaller one, or more ratings."),
        (year(), ("--order", "week"), "line 1: missing columns: week"),
        (year(days="soon"), (), "'soon' is no time; write a number, or a date such as 2026-03-31"),
        (year(days="2026-01-40"), (), "'2026-01-40' is no time"),
        (year().replace("2026-01-03", "3"), (), "day holds numbers and dates"),
        (
            year().replace(",openness,3.0,2026-01-01", ",openness,3.0,2026-01-02"),
            (),
            "'Meeting 1' has another day above; correct one of them",
        ),
        (year(), ("--rater", "Consensus"), "'Consensus' is not there; there are 'Noor'"),
        (year(), ("--baseline", "1"), "--baseline"),
        (year(), ("--run-length", "9"), "--run-length"),
    ],
)
def test_what_cannot_be_watched_is_refused(
    run: Run, write: Write, content: str, options: tuple[str, ...], said: str
) -> None:
    result = run(drift, write(content), *NOOR, *options)
    assert_refused(result, said)


def test_it_is_registered_and_its_help_fits(run: Run, turned: Path, tmp_path: Path) -> None:
    help_text = run(drift, "--help").stdout
    assert "Examples:" in help_text
    assert max(map(len, help_text.splitlines())) <= 80
    result = type_flask(["drift", str(turned), *NOOR, "--json"], tmp_path)
    assert result.returncode == 0, result.stderr
    parsed(result.stdout)
