"""`flask content check` and `flask content publish`: what they say and how they end."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from tests.library.folders import edit_yaml, write_pack, write_vignette
from training.database import db
from training.library import records as library
from training.library.commands import content
from training.library.models import Document

STORY = "vignettes/story/vignette.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pack(tmp_path)
    return tmp_path


def test_a_good_folder_is_checked_without_an_application(folder: Path) -> None:
    result = CliRunner().invoke(content, ["check", str(folder)])
    assert result.exit_code == 0
    assert result.output == "3 documents, no faults.\n"


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
