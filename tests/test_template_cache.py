"""Compiled pages are kept between processes, and nothing depends on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import make_app
from training.config import Config

SECRET_KEY = {"SECRET_KEY": "only for tests, never elsewhere, at least 32 characters"}


def rendered_by_a_new_process(folder: Path, cache: Path | None) -> str:
    app = make_app(f"sqlite:///{folder / 'none.sqlite3'}", folder, template_cache_path=cache)
    with app.test_request_context():
        return app.jinja_env.get_template("macros/items.html").render()


def test_what_was_compiled_once_is_there_for_the_next_process(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    rendered = rendered_by_a_new_process(tmp_path, cache)
    kept = {file: file.stat().st_mtime_ns for file in cache.iterdir()}
    assert kept
    assert cache.stat().st_mode & 0o077 == 0  # what lies there is run
    assert rendered_by_a_new_process(tmp_path, cache) == rendered
    assert {file: file.stat().st_mtime_ns for file in cache.iterdir()} == kept


@pytest.mark.parametrize("place", [None, "a file/cache"], ids=["none", "cannot be made"])
def test_where_nothing_can_be_kept_pages_are_there_all_the_same(
    tmp_path: Path, place: str | None
) -> None:
    (tmp_path / "a file").write_text("no folder")
    cache = tmp_path / place if place else None
    assert rendered_by_a_new_process(tmp_path, cache) == rendered_by_a_new_process(
        tmp_path, tmp_path / "cache"
    )


def test_it_lies_in_the_instance_folder_unless_told_otherwise(tmp_path: Path) -> None:
    instance = {"INSTANCE_PATH": str(tmp_path)}
    at_first = Config.from_environment(SECRET_KEY | instance)
    assert at_first.template_cache_path == tmp_path / "template-cache"
    elsewhere = {"TEMPLATE_CACHE_PATH": str(tmp_path / "elsewhere")}
    told = Config.from_environment(SECRET_KEY | instance | elsewhere)
    assert told.template_cache_path == tmp_path / "elsewhere"
