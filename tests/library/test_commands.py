"""`flask content check`, `audit`, `new` and `publish`: what they say and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from tests.certification.level_plan import shipped_document
from tests.library.folders import (
    INSTRUMENT,
    edit_yaml,
    key_rating,
    write_module,
    write_pack,
    write_vignette,
    write_yaml,
)
from training.database import db
from training.library import records as library
from training.library.checking import check
from training.library.commands import content
from training.library.models import Document
from training.library.reading import read_pack

STORY = "vignettes/story/vignette.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pack(tmp_path)
    return tmp_path


def test_a_good_folder_is_checked_without_an_application(folder: Path) -> None:
    result = CliRunner().invoke(content, ["check", str(folder)])
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "A small scale: how often each item is at each level",
        "                           |      practice (1)",
        "                           |  0  1  2  3  4 NR",
        " 1 I1                      |  .  .  1  .  .  .",
        " 2 I2                      |  1  .  .  .  .  .",
        " 3 I3                      |  .  .  .  .  1  .",
        "3 documents, no faults.",
    ]


def test_the_shipped_content_is_checked_by_default() -> None:
    result = CliRunner().invoke(content, ["check"])
    assert result.exit_code == 0, result.output
    assert "no faults" in result.output


def test_faults_are_named_and_end_with_one(folder: Path) -> None:
    edit_yaml(folder / STORY, title=None, pool="swimming")
    result = CliRunner().invoke(content, ["check", str(folder)])
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert f"{STORY}: title: is missing" in lines
    assert lines[-1] == f"{len(lines) - 1} faults. Nothing was published."


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(content, ["check", str(tmp_path / "nowhere")])
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_a_folder_without_documents_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "instruments").mkdir()  # nothing in it
    result = CliRunner().invoke(content, ["check", str(tmp_path)])
    assert result.exit_code == 1
    assert "There are no documents here." in result.stderr


def test_publishing_names_what_is_new_and_counts_the_rest(app: Flask, folder: Path) -> None:
    runner = app.test_cli_runner()
    result = runner.invoke(content, ["publish", str(folder)])
    assert result.exit_code == 0, result.output
    assert "published vignette story" in result.output
    assert "3 published, 0 unchanged." in result.output
    result = runner.invoke(content, ["publish", str(folder)])
    assert result.output == "0 published, 3 unchanged.\n"
    with app.app_context():
        assert library.get_vignette("story").document.title == "The story"


def test_one_fault_stops_the_whole_pack(app: Flask, folder: Path) -> None:
    write_vignette(folder, "good-story")
    edit_yaml(folder / STORY, title=None)
    with app.app_context():
        before = db.session.query(Document).count()
    result = app.test_cli_runner().invoke(content, ["publish", str(folder)])
    assert result.exit_code == 1
    with app.app_context():
        assert db.session.query(Document).count() == before
        assert library.find_vignette("good-story") is None


def audited(*arguments: object) -> Result:
    return CliRunner().invoke(content, ["audit", *map(str, arguments)])


def test_an_audit_tells_of_each_document_what_a_reader_asks(folder: Path) -> None:
    place = write_module(folder)
    (place / "lesson.en.md").write_text("So it is. " * 10)
    edit_yaml(folder / "vignettes/story/key.yaml", cases=["warm-but-monologic"])
    result = audited(folder)
    assert result.exit_code == 0, result.output
    assert [line.split() for line in result.output.splitlines()] == [
        ["kind", "document", "instrument", "pool", "words", "minutes", "grade", "mean", "levels"],
        ["instrument", "small-scale", "-", "-", "117", "1", "-", "-", "-"],
        ["vignette", "first-steps-excerpt", INSTRUMENT, "excerpt", "18", "1", "-", "2.00", "2"],
        ["vignette", "story", INSTRUMENT, "practice", "54", "1", "-", "2.00", "2", "0", "4"],
        ["module", "first-steps", INSTRUMENT, "-", "30", "1", "-2.6", "-", "-"],
        ["!", "lesson:", "has", "30", "words,", "needs", "600"],
    ]
    told = json.loads(audited(folder, "--json").output)
    story = told["documents"][2]
    assert story["levels"] == {"1": 2, "2": 0, "3": 4}
    assert story["noticed"] == []
    assert told["documents"][3]["noticed"] == ["lesson: has 30 words, needs 600"]


def test_an_audit_tells_what_a_standard_is_about_and_which_items_an_excerpt_leaves_out(
    folder: Path,
) -> None:
    excerpt = write_module(folder) / "apply-1"
    edit_yaml(excerpt / "vignette.yaml", items=[2])
    edit_yaml(excerpt / "key.yaml", items={2: key_rating(2)})
    write_yaml(folder / "standards" / "mine.yaml", shipped_document() | {"instrument": INSTRUMENT})
    lines = [line.split() for line in audited(folder).output.splitlines()]
    (line,) = [words for words in lines if words[:2] == ["vignette", "first-steps-excerpt"]]
    assert line[-2:] == ["2.00", "2:2"]
    (line,) = [words for words in lines if words[0] == "standard"]
    assert line == ["standard", "dialogic-practice-rater", INSTRUMENT, *["-"] * 6]


def test_an_audit_tells_of_keys_and_of_what_cannot_be_read(folder: Path) -> None:
    edit_yaml(folder / "vignettes/story/key.yaml", items={1: {"rating": 2}})
    write_vignette(folder, "other")
    edit_yaml(folder / "vignettes/other/key.yaml", instrument="great-scale")
    result = audited(folder)
    assert "  ! key: instrument: the vignette is rated on 'small-scale'" in result.output
    assert "! vignettes/story/key.yaml: items 1: items.evidence: is missing" in result.output


def begun(folder: Path, *arguments: str) -> Result:
    options = ["--into", str(folder), "--instrument", INSTRUMENT]
    return CliRunner().invoke(content, ["new", *arguments, *options])


def test_new_files_have_only_the_faults_their_author_expects(folder: Path) -> None:
    result = begun(folder, "vignette", "two-oars")
    assert result.exit_code == 0, result.output
    assert "vignettes/two-oars: vignette.yaml, key.yaml." in result.output
    assert "that the key has no high and no low item" in result.output
    found = [str(fault) for fault in check(read_pack(folder))]
    assert [fault.partition(":")[2].partition(" (")[0] for fault in found] == [
        " level plan: has no high item",
        " level plan: has no low item",
        " 35 texts still say TO WRITE",
        " 3 texts still say TO WRITE",
    ]
    result = begun(folder, "module", "first-steps")
    assert result.exit_code == 0, result.output
    result = begun(folder, "module", "second-steps")
    assert (folder / "modules/02-second-steps/apply-2/key.yaml").exists()
    found = [str(fault) for fault in check(read_pack(folder)) if "modules/" in fault.file]
    assert {fault.rpartition(":")[2] for fault in found if "TO WRITE" not in fault} == {
        " has 68 words, needs 600"
    }
    text = (folder / "modules/02-second-steps/module.yaml").read_text(encoding="utf-8")
    assert "number: 2  # modules are taken in this order, without gaps" in text


def test_a_new_module_on_the_first_instrument_need_not_name_it(tmp_path: Path) -> None:
    words = ["new", "module", "further-steps", "--into", str(tmp_path)]
    result = CliRunner().invoke(content, words)
    assert result.exit_code == 0, result.output
    (file,) = tmp_path.glob("modules/*-further-steps/module.yaml")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("instrument:")] == []
    (module,) = read_pack(tmp_path).modules.values()
    assert module.instrument_slug == "dialogic-practice"


def test_a_dossier_and_a_pair_of_exercises_begin_from_what_their_author_is_told(
    folder: Path,
) -> None:
    result = begun(folder, "dossier", "the-van-diary")
    assert result.exit_code == 0, result.output
    dossier = read_pack(folder).vignettes["the-van-diary"]
    assert dossier.is_dossier
    assert [extract.is_table for extract in dossier.extracts or ()] == [True, True, *[False] * 3]
    result = begun(folder, "exercise", "the-van", "--item", "2")
    assert result.exit_code == 0, result.output
    assert "which items of the instrument have fewer than two pairs" in result.output
    pack = read_pack(folder)
    twins = [pack.vignettes[slug] for slug in ("the-van-1", "the-van-2")]
    assert [twin.contrast for twin in twins] == ["the-van-2", "the-van-1"]
    assert [pack.keys[twin.slug].items[2].score for twin in twins] == [1, 2]
    faults = [fault for fault in check(pack) if "TO WRITE" not in fault.message]
    # What stands beside meetings on one instrument is no dossier; a body would name another one.
    assert [fault.words for fault in faults if fault.file == "vignettes/story/vignette.yaml"] == [
        "extracts: is missing: the others on small-scale are dossiers"
    ]
    assert [str(fault) for fault in faults if fault.file == "exercises"] == [
        f"exercises: item {item}: {pairs} on small-scale, at least 2 are wanted"
        for item, pairs in ((1, "0 pairs"), (2, "1 pair"), (3, "0 pairs"))
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("vignette", "Two Oars"), "'Two Oars' does not do as a name: small letters"),
        (("vignette", "story"), "there is a vignette 'story' in vignettes/story/vignette.yaml"),
        (("vignette", "half-begun"), "half-begun is there already; nothing was written"),
        (
            ("vignette", "new", "--instrument", "x"),
            "no instrument 'x' here; there are: small-scale",
        ),
        (("dossier", "story"), "there is a vignette 'story' in vignettes/story/vignette.yaml"),
        (("exercise", "boat", "--item", "9"), "small-scale has no item 9; its items are 1 to 3"),
        (("exercise", "boat"), "exercises/boat-2 is there already; nothing was written"),
        (("sermon", "new"), "is not one of 'vignette', 'dossier', 'exercise', 'module'"),
    ],
)
def test_nobodys_work_is_overwritten(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    (folder / "vignettes/half-begun").mkdir()
    (folder / "exercises/boat-2").mkdir(parents=True)
    options = ["--into", str(folder), "--instrument", INSTRUMENT]
    result = CliRunner().invoke(content, ["new", *options, *arguments])
    assert result.exit_code != 0
    assert said in result.stderr
    assert sorted(each.name for each in folder.glob("vignettes/*")) == ["half-begun", "story"]
    assert [each.name for each in folder.glob("exercises/*")] == ["boat-2"]
