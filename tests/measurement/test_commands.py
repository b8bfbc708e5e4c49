"""The four commands on a file of ratings: what they print, where, and how they end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from click import Command
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measurement.conftest import Run, Write, file_of, read_anchors, read_ratings
from tests.psychometrics import raters
from tests.test_commands import flask as type_flask
from training.config import PROJECT_ROOT
from training.measurement.commands import agreement, compare, facets, generalizability
from training.psychometrics.agreement import agreement as agreement_of
from training.psychometrics.facets.analysis import (
    Anchors,
    FacetsFit,
    bias_interactions,
    fit_facets,
)
from training.psychometrics.generalizability.study import generalizability as generalizability_of
from training.psychometrics.table_comparison import compare_table

SCALE = ("--scale", "0,1,2,3,4")
REFERENCE = ("--reference", "Consensus")
COMMANDS: dict[str, tuple[Command, tuple[str, ...]]] = {
    "agreement": (agreement, SCALE),
    "compare": (compare, (*REFERENCE, *SCALE)),
    "facets": (facets, SCALE),
    "generalizability": (generalizability, ()),
}
every_command = pytest.mark.parametrize(
    ("command", "options"), COMMANDS.values(), ids=COMMANDS.keys()
)


def no_constant(name: str) -> NoReturn:
    """JSON knows neither NaN nor Infinity, only Python's reader does."""
    raise AssertionError(f"{name} in the output")


def parsed(text: str) -> dict[str, Any]:
    """The object that the text is, as strictly as JSON is defined."""
    result = json.loads(text, parse_constant=no_constant)
    assert isinstance(result, dict)
    return result


def plain(result: dict[str, Any]) -> dict[str, Any]:
    """As JSON gives it back."""
    return parsed(json.dumps(result))


def assert_refused(result: Result, *said: str) -> None:
    """It ended with 2, said why on standard error, and printed nothing else."""
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    for words in said:
        assert words in result.stderr


# What is printed


@every_command
def test_a_report_fits_the_terminal(
    run: Run, autumn: Path, command: Command, options: tuple[str, ...]
) -> None:
    result = run(command, autumn, *options)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert "How to read it" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "nan" not in result.stdout.split()


@every_command
def test_json_is_strict_and_keeps_the_letters_of_names(
    run: Run, write: Write, command: Command, options: tuple[str, ...]
) -> None:
    file = write(file_of(Consensus=raters.KEY, Zoë=raters.careful(), Ines=raters.lenient()))
    result = run(command, file, *options, "--json")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert result.stdout.startswith('{\n  "')
    parsed(result.stdout)
    assert "Zoë" in result.stdout or command is generalizability  # which names nobody


def fitted(fit: FacetsFit) -> dict[str, Any]:
    """A fit as the command prints it, with its bias interactions."""
    return {**fit.as_dict(), "interactions": [one.as_dict() for one in bias_interactions(fit)]}


def test_json_holds_what_the_engine_says_unrounded(run: Run, autumn: Path) -> None:
    table, scale = read_ratings(autumn), (0, 1, 2, 3, 4)
    expected = {
        "agreement": agreement_of(table, scale=scale).as_dict(),
        "compare": compare_table(table, reference="Consensus", scale=scale).as_dict(),
        "facets": fitted(fit_facets(table, scale=scale)),
        "generalizability": generalizability_of(table, sessions=(3, 6)).as_dict(),
    }
    for name, (command, options) in COMMANDS.items():
        result = run(command, autumn, *options, "--json")
        assert parsed(result.stdout) == plain(expected[name]), name


@every_command
def test_standard_input_will_do_for_a_file(
    run: Run, autumn: Path, command: Command, options: tuple[str, ...]
) -> None:
    typed = run(command, "-", *options, typed=autumn.read_bytes())
    assert typed.exit_code == 0, typed.output
    assert typed.stdout == run(command, autumn, *options).stdout


@pytest.mark.parametrize("command", [agreement, compare])
def test_a_higher_confidence_makes_wider_intervals(
    run: Run, autumn: Path, command: Command
) -> None:
    options = [*SCALE, *(REFERENCE if command is compare else ()), "--json"]

    def width(confidence: str) -> float:
        output = run(command, autumn, *options, "--confidence", confidence).stdout
        result = parsed(output)
        assert result["confidence"] == float(confidence)
        figure = result.get("raters", {})["Asta"] if command is compare else result
        exact = figure["statistics"]["exact_agreement"]
        return float(exact["high"] - exact["low"])

    assert width("0.9") < width("0.95") < width("0.99")


def test_one_rater_is_shown_in_full_and_alone(run: Run, autumn: Path) -> None:
    everybody = run(compare, autumn, *REFERENCE, *SCALE)
    ines = run(compare, autumn, *REFERENCE, *SCALE, "--rater", " Ines ")
    assert "Tomasz" in everybody.stdout
    assert "Tomasz" not in ines.stdout
    assert "Kendall's tau-b" in ines.stdout
    assert "Kendall's tau-b" not in everybody.stdout
    as_json = run(compare, autumn, *REFERENCE, *SCALE, "--rater", "Ines", "--json")
    assert list(parsed(as_json.stdout)["raters"]) == ["Ines"]


def test_zoe_is_found_however_her_accent_is_typed(run: Run, write: Write) -> None:
    file = write(file_of(Zoë=raters.KEY, Ines=raters.lenient()))
    for typed in ("Zo\u00eb", "Zoe\u0308"):
        result = run(compare, file, "--reference", typed, *SCALE, "--json")
        assert parsed(result.stdout)["reference"] == "Zo\u00eb"


def test_a_scale_may_begin_below_zero(run: Run, write: Write) -> None:
    file = write("subject,rater,score\na,Asta,-1\nb,Asta,1\na,Noor,0\nb,Noor,1\nc,Noor,0\n")
    result = run(agreement, file, "--scale", "1,-1,0", "--json")
    assert parsed(result.stdout)["scale"] == [-1, 0, 1]


def test_without_a_scale_the_range_is_taken_and_said(run: Run, write: Write) -> None:
    file = write(file_of(Consensus=raters.KEY, Pavel=raters.central(), Asta=raters.careful()))
    for name, (command, options) in COMMANDS.items():
        if name == "generalizability":
            continue
        kept = [word for word in options if word not in SCALE]
        result = run(command, file, *kept)
        assert result.exit_code == 0, result.output
        assert "! No scale was given" in result.stdout
        warnings = parsed(run(command, file, *kept, "--json").stdout)["warnings"]
        assert sum("No scale was given" in warning for warning in warnings) == 1


def test_fixed_items_are_another_design(run: Run, autumn: Path) -> None:
    fixed = parsed(run(generalizability, autumn, "--items-fixed", "--json").stdout)
    assert fixed["items_fixed"] is True
    assert fixed["phi"] != parsed(run(generalizability, autumn, "--json").stdout)["phi"]


# Anchors


def test_anchored_measures_stay_where_they_are(run: Run, autumn: Path, write: Write) -> None:
    anchors = write("facet,name,measure\nrater,Asta,0.75\nitem,item 1,-0.5\n", "spring.csv")
    result = run(facets, autumn, *SCALE, "--anchor", anchors, "--json")
    fit = parsed(result.stdout)
    assert fit["raters"]["Asta"]["measure"] == 0.75
    assert fit["items"]["item 1"]["measure"] == -0.5
    values = read_anchors(anchors)
    expected = fit_facets(
        read_ratings(autumn),
        scale=(0, 1, 2, 3, 4),
        anchors=Anchors(subjects={}, items=values.items, raters=values.raters, thresholds=None),
    )
    assert fit == plain(fitted(expected))


def test_a_rater_who_treats_one_item_unlike_the_others_is_named(run: Run, write: Write) -> None:
    """Otto is as severe as Noor, but lenient on listening."""
    rows = [
        f"Meeting {subject},{rater},{item},{min(4, max(0, level + lean + (subject + place) % 2))}"
        for subject, level in enumerate((0, 1, 1, 2, 2, 3, 1, 2))
        for place, item in enumerate(("listening", "openness", "reflection", "transparency"))
        for rater, lean in (
            ("Consensus", 0),
            ("Noor", 0),
            ("Otto", 2 if item == "listening" else 0),
        )
    ]
    file = write("\n".join(["subject,rater,item,score", *rows]))
    fit = parsed(run(facets, file, *SCALE, "--json").stdout)
    surest = max(fit["interactions"], key=lambda one: abs(one["t"]))
    assert (surest["rater"], surest["item"]) == ("Otto", "listening")
    assert surest["measure"] > 0
    report = run(facets, file, *SCALE).stdout
    assert "Raters who treat an item unlike the others" in report


def test_sessions_of_a_service_are_planned_for(run: Run, autumn: Path) -> None:
    study = parsed(run(generalizability, autumn, "--sessions", "4, 2", "--json").stdout)["study"]
    assert {row["sessions"] for row in study} == {None, 2, 4}
    report = run(generalizability, autumn, "--sessions", "3").stdout
    assert "3 sessions" in report


@pytest.mark.parametrize("sessions", ["", "0", "-1", "2,x", "1001", "1.5", "²"])
def test_what_is_no_number_of_sessions_is_refused(run: Run, autumn: Path, sessions: str) -> None:
    assert_refused(run(generalizability, autumn, "--sessions", sessions), "whole numbers")


def test_anchors_may_come_from_standard_input(run: Run, autumn: Path) -> None:
    typed = b"facet,name,measure\nthreshold,1,-1\nthreshold,2,0\nthreshold,3,0.5\nthreshold,4,1\n"
    result = run(facets, autumn, *SCALE, "--anchor", "-", "--json", typed=typed)
    assert parsed(result.stdout)["thresholds"] == [-1.0, 0.0, 0.5, 1.0]


def test_only_one_file_can_come_from_standard_input(run: Run) -> None:
    result = run(facets, "-", *SCALE, "--anchor", "-", typed=b"")
    assert_refused(result, "Only one file can come from standard input.")


def test_faulty_anchors_are_named_with_their_file(run: Run, autumn: Path, write: Write) -> None:
    anchors = write("facet,name,measure\nrater,Asta,high\n", "spring.csv")
    result = run(facets, autumn, *SCALE, "--anchor", anchors)
    assert_refused(result, f"{anchors}: line 2: 'high' is no measure", "Nothing was computed.")


def test_anchors_that_do_not_fit_the_scale_are_refused(
    run: Run, autumn: Path, write: Write
) -> None:
    anchors = write("facet,name,measure\nthreshold,1,0\n", "spring.csv")
    result = run(facets, autumn, *SCALE, "--anchor", anchors)
    assert_refused(result, "5 categories have 4 thresholds, but 1 are anchored")


# What is refused


@every_command
def test_faults_stand_on_standard_error_with_file_and_line(
    run: Run, write: Write, command: Command, options: tuple[str, ...]
) -> None:
    file = write("subject,rater,score\nMeeting 1,Consensus,good\nMeeting 1,,3\n")
    result = run(command, file, *options)
    assert_refused(result)
    assert result.stderr.splitlines() == [
        f"{file}: line 2: 'good' is no score; write a number such as 3 or 2.5, or leave the row "
        "out, or write NR for what could not be rated",
        f"{file}: line 3: the rater is empty; name it",
        "Nothing was computed.",
    ]


@every_command
def test_a_file_that_is_not_there_is_refused(
    run: Run, tmp_path: Path, command: Command, options: tuple[str, ...]
) -> None:
    assert_refused(run(command, tmp_path / "nowhere.csv", *options), "there is no such file")
    assert_refused(run(command, tmp_path, *options), "this is a folder; name a file in it")
    assert_refused(run(command, "-", *options, typed=b""), "standard input: the file is empty")
    assert_refused(run(command, *options), "Missing argument 'FILE'")


def test_many_faults_are_counted(run: Run, write: Write) -> None:
    file = write("subject,rater,score\n" + "".join(f"{n},Noor,x\n" for n in range(100)))
    lines = run(agreement, file).stderr.splitlines()
    assert len(lines) == 22
    assert lines[-2] == f"{file}: and 80 more"


@pytest.mark.parametrize("scale", ["3", "", "0,1,1", "0,x", "0;1;2", "0,nan", "0,1e9"])
def test_what_is_no_scale_is_refused(run: Run, autumn: Path, scale: str) -> None:
    for command in (agreement, facets):
        assert_refused(run(command, autumn, "--scale", scale), "Invalid value for '--scale'")


def test_scores_off_the_scale_are_named_with_their_lines(run: Run, autumn: Path) -> None:
    for command, options in COMMANDS.values():
        if "--scale" in options:
            result = run(command, autumn, *options, "--scale", "0,1,2,3")
            assert_refused(result, f"{autumn}: line 2: '4' is not on the scale 0, 1, 2, 3;")


@pytest.mark.parametrize("confidence", ["0", "1", "95", "nan", "inf", "-0.9", "high", "0.99999999"])
def test_a_confidence_that_is_none_is_refused(run: Run, autumn: Path, confidence: str) -> None:
    result = run(agreement, autumn, *SCALE, "--confidence", confidence)
    assert_refused(result, "Invalid value for '--confidence'")


def test_an_unknown_reference_is_refused_with_those_there_are(run: Run, autumn: Path) -> None:
    result = run(compare, autumn, "--reference", "consensus", *SCALE)
    assert_refused(result, "'consensus' is not there; there are 'Asta', 'Consensus', 'Ines', 'To")
    assert_refused(run(compare, autumn, *SCALE), "Missing option '--reference'")


def test_a_rater_to_show_must_be_another_than_the_reference(run: Run, autumn: Path) -> None:
    for name in ("Noor", "Consensus"):
        result = run(compare, autumn, *REFERENCE, *SCALE, "--rater", name)
        assert_refused(result, f"'{name}' is not there; there are 'Asta', 'Ines', 'Tomasz'.")


def test_of_very_many_raters_only_some_are_named(run: Run, write: Write) -> None:
    rows = [f"Meeting 1,Rater {number:03},3" for number in range(200)]
    file = write("\n".join(["subject,rater,score", *rows]))
    result = run(compare, file, "--reference", "Noor", *SCALE)
    assert_refused(result, "'Rater 019' and 180 more.")
    assert "Rater 020" not in result.stderr


def test_two_groups_who_share_nothing_cannot_be_measured_together(run: Run, write: Write) -> None:
    rows = [f"{meeting},{rater},{score}" for meeting, rater, score in APART]
    file = write("\n".join(["subject,rater,score", *rows]))
    result = run(facets, file, *SCALE)
    assert_refused(result, f"{file}: The ratings fall into 2 groups", "Nothing was computed.")


APART = [
    *(("a", "Asta", 1), ("b", "Asta", 2), ("c", "Asta", 3)),
    *(("a", "Noor", 2), ("b", "Noor", 1), ("c", "Noor", 3)),
    *(("x", "Ines", 1), ("y", "Ines", 2), ("z", "Ines", 3)),
    *(("x", "Otto", 2), ("y", "Otto", 1), ("z", "Otto", 3)),
]


def test_a_single_rater_is_no_study(run: Run, write: Write) -> None:
    file = write("subject,rater,score\na,Asta,1\nb,Asta,2\n")
    assert_refused(run(generalizability, file), f"{file}: Only one rater gave scores: let at least")


@pytest.mark.parametrize("score", ["NR", "3"])
def test_without_a_scale_there_is_none_to_be_read_off_one_score(
    run: Run, write: Write, score: str
) -> None:
    file = write(f"subject,rater,score\na,Asta,{score}\nb,Asta,{score}\n")
    result = run(facets, file)
    assert_refused(result, "Fewer than two different scores were given; name all with --scale.")


def test_alone_with_the_reference_there_is_nobody_to_compare(run: Run, write: Write) -> None:
    file = write("subject,rater,score\na,Consensus,1\nb,Consensus,2\n")
    result = run(compare, file, *REFERENCE, *SCALE)
    assert result.exit_code == 0
    assert "nobody to compare" in result.stdout
    assert_refused(run(compare, file, *REFERENCE, "--rater", "Noor"), "there are nobody")


# Terminals


def test_a_terminal_without_accents_shows_the_rest(autumn: Path) -> None:
    content = autumn.read_text().replace("Asta", "Zoë").encode()
    runner = CliRunner(charset="ascii")
    report = runner.invoke(agreement, ["-", *SCALE], input=content)
    assert report.exit_code == 0
    assert b"4: Consensus, Ines, Tomasz, Zo?" in report.stdout_bytes
    as_json = runner.invoke(agreement, ["-", *SCALE, "--json"], input=content)
    assert "Zoë" in as_json.stdout_bytes.decode("utf-8")


def test_a_name_cannot_command_the_terminal(run: Run, autumn: Path) -> None:
    content = autumn.read_text().replace("Asta", "\x1b[31mAsta\u202e")
    for command, options in COMMANDS.values():
        result = run(command, "-", *options, typed=content.encode())
        assert result.exit_code == 0, result.output
        assert "\x1b" not in result.output
        assert "\u202e" not in result.output


@every_command
def test_help_explains_the_file_and_fits(
    run: Run, command: Command, options: tuple[str, ...]
) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    for words in ("subject,rater,item,score", "Meeting 1,Noor,listening,2", "Examples:", "--json"):
        assert words in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_facets_explains_its_anchors(run: Run) -> None:
    assert "facet,name,measure\n    rater,Asta,-0.31\n" in run(facets, "--help").stdout


# As somebody types them


@pytest.mark.parametrize("name", COMMANDS)
def test_they_run_where_no_secret_key_and_no_database_are_set(
    tmp_path: Path, autumn: Path, name: str
) -> None:
    folder = tmp_path / "instance"
    folder.mkdir()
    result = type_flask([name, str(autumn), *COMMANDS[name][1], "--json"], folder)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    parsed(result.stdout)
    assert list(folder.iterdir()) == []


def test_faults_end_with_two_there_as_well(tmp_path: Path, write: Write) -> None:
    file = write("subject;rater;score\n")
    result = type_flask(["facets", str(file)], tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"{file}: line 1: missing columns: subject, rater, score;")
    assert "Traceback" not in result.stderr


def test_other_commands_do_not_wait_for_the_numbers_to_load() -> None:
    code = """
import sys
import training.measurement.commands
assert not {"numpy", "scipy", "flask_sqlalchemy"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT_ROOT)


# What must hold for any ratings whatever


SCORES = st.one_of(st.none(), st.sampled_from([0, 1, 2, 3, 4]), st.sampled_from([-1, 2.5, 1000]))


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A file of few people, with gaps; half of them with items, most of them on a scale."""
    has_items = draw(st.booleans())
    score = SCORES if draw(st.booleans()) else st.sampled_from([0, 1, 2, 3, 4])
    keys = st.tuples(
        st.sampled_from("abcde"),
        st.sampled_from(["Consensus", "Noor", "Ines"]),
        st.sampled_from("123") if has_items else st.just(""),
    )
    rows = draw(st.dictionaries(keys, score, min_size=1, max_size=40))
    lines = [",".join((*key, "NR" if value is None else str(value))) for key, value in rows.items()]
    return "\n".join([f"subject,rater,{'item' if has_items else 'x'},score", *lines])


@settings(max_examples=25)
@given(content=tables())
def test_any_ratings_are_reported_or_refused(content: str) -> None:
    for command, options in COMMANDS.values():
        for arguments in (options, ("--json",), ("--json", *options)):
            if command is compare and "--reference" not in arguments:
                arguments = (*arguments, *REFERENCE)
            result = CliRunner().invoke(command, ["-", *arguments], input=content.encode())
            assert result.exit_code in (0, 2), (arguments, result.exception)
            assert (result.stdout == "") == (result.exit_code == 2)
            assert (result.stderr == "") == (result.exit_code == 0)
            if result.exit_code == 2:
                continue
            if "--json" in arguments:
                parsed(result.stdout)
            else:
                assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_rater_who_scores_everything_alike_breaks_nothing(run: Run, write: Write) -> None:
    file = write(file_of(Consensus=np.full((6, 8), 2.0), Noor=raters.undecided()))
    for name, (command, options) in COMMANDS.items():
        result = run(command, file, *options)
        assert result.exit_code == (2 if name == "facets" else 0), result.output
