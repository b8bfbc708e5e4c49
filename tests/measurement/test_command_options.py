"""What the options of the commands take at their ends, and what is taken where none is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.measurement.conftest import Run, Write
from tests.measurement.test_commands import REFERENCE, SCALE, assert_refused, parsed
from training.measurement.commands import agreement, compare, facets, generalizability

# Two raters of three meetings: enough for every figure, and quick.
FEW = """\
subject,rater,score
a,Consensus,0
b,Consensus,1
c,Consensus,2
a,Noor,1
b,Noor,1
c,Noor,2
"""


@pytest.fixture
def few(write: Write) -> Path:
    return write(FEW, "few.csv")


@pytest.mark.parametrize("confidence", ["0.5", "0.9999", ".75", "9e-1"])
def test_a_confidence_from_a_half_to_nearly_one_is_taken(
    run: Run, few: Path, confidence: str
) -> None:
    result = run(agreement, few, *SCALE, "--confidence", confidence, "--json")
    assert result.exit_code == 0, result.output
    assert parsed(result.stdout)["confidence"] == float(confidence)


@pytest.mark.parametrize("confidence", ["0.4999", "0.99991"])
def test_what_lies_beyond_is_told_the_ends(run: Run, few: Path, confidence: str) -> None:
    for command, options in ((agreement, ()), (compare, REFERENCE)):
        result = run(command, few, *options, *SCALE, "--confidence", confidence)
        assert_refused(result, "it must lie between 0.5 and 0.9999")


def test_where_nothing_is_typed_intervals_hold_nineteen_of_twenty(run: Run, few: Path) -> None:
    for command, options in ((agreement, ()), (compare, REFERENCE)):
        silent = run(command, few, *options, *SCALE)
        assert silent.stdout == run(command, few, *options, *SCALE, "--confidence", "0.95").stdout
        assert "\n  Intervals   95 %\n" in silent.stdout


@pytest.mark.parametrize(
    ("typed", "sessions"),
    [
        ([], [3, 6]),
        (["--sessions", "3,6"], [3, 6]),
        (["--sessions", "1000, 1,3 ,1"], [1, 3, 1000]),
        (["--sessions", "07"], [7]),
    ],
)
def test_numbers_of_sessions_are_planned_once_each_and_in_order(
    run: Run, few: Path, typed: list[str], sessions: list[int]
) -> None:
    study = parsed(run(generalizability, few, *typed, "--json").stdout)["study"]
    assert list(dict.fromkeys(row["sessions"] for row in study)) == [None, *sessions]
    assert len(study) == 5 * (1 + len(sessions))


def test_of_twenty_raters_all_are_named(run: Run, write: Write) -> None:
    rows = [f"a,Rater {number:02},3" for number in range(20)]
    file = write("\n".join(["subject,rater,score", *rows]))
    result = run(compare, file, "--reference", "Noor", *SCALE)
    assert_refused(result, "'Rater 18', 'Rater 19'.")
    assert "more" not in result.stderr
    one_more = write("\n".join(["subject,rater,score", *rows, "a,Rater 20,3"]))
    assert_refused(run(compare, one_more, "--reference", "Noor", *SCALE), "'Rater 19' and 1 more.")


def test_every_line_of_a_refusal_names_where_it_comes_from(run: Run, few: Path) -> None:
    faulty = b"subject,rater,score\na,,x\n"
    lines = run(agreement, "-", typed=faulty).stderr.splitlines()
    assert [line.partition(": line 2: ")[0] for line in lines] == [
        "standard input",
        "standard input",
        "Nothing was computed.",
    ]
    anchors = run(facets, few, *SCALE, "--anchor", "-", typed=b"facet,name,measure\n")
    assert_refused(anchors, "standard input: there are no anchors; add rows below the header")


def test_faults_of_the_ratings_are_told_before_those_of_the_anchors(run: Run, write: Write) -> None:
    file, anchors = write("subject,rater\n"), write("nothing\n", "spring.csv")
    result = run(facets, file, *SCALE, "--anchor", anchors)
    assert_refused(result, f"{file}: line 1: missing columns: score")
    assert "spring.csv" not in result.stderr


def test_whoever_is_named_is_the_reference_and_differences_turn_with_it(
    run: Run, write: Write
) -> None:
    file = write(FEW + "a,Ines,0\nb,Ines,1\nc,Ines,3\n")
    both = parsed(run(compare, file, *REFERENCE, *SCALE, "--json").stdout)
    assert (both["reference"], list(both["raters"])) == ("Consensus", ["Ines", "Noor"])
    turned = parsed(run(compare, file, "--reference", "Noor", *SCALE, "--json").stdout)
    assert list(turned["raters"]) == ["Consensus", "Ines"]
    bias = both["raters"]["Noor"]["statistics"]["bias"]["value"]
    assert bias == pytest.approx(1 / 3)
    assert turned["raters"]["Consensus"]["statistics"]["bias"]["value"] == pytest.approx(-bias)


def test_two_different_scores_make_a_scale_and_that_is_said_before_other_warnings(
    run: Run, write: Write
) -> None:
    rows = [f"{subject},{rater},{score}" for subject, given in zip(
        "abcd", ("0110", "1001", "0111", "1000"), strict=True
    ) for rater, score in zip(("Asta", "Ines", "Noor", "Otto"), given, strict=True)]  # fmt: skip
    file = write("\n".join(["subject,rater,score", *rows, "e,Zoe,NR"]))
    fit = parsed(run(facets, file, "--json").stdout)
    assert fit["scale"] == [0, 1]
    assert fit["warnings"][0].startswith("No scale was given")
    assert fit["warnings"][1] == "No scores, no measure: subject e, rater Zoe."
    declared = parsed(run(facets, file, "--scale", "0,1", "--json").stdout)
    assert declared["warnings"] == fit["warnings"][1:]
    assert declared["raters"] == fit["raters"]
