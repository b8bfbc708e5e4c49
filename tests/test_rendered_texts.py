"""What is published is rendered once for all processes, and nothing depends on it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests.databases import make_app
from tests.pack import small_pack
from training import rendered_texts
from training.kept_files import kept
from training.library import records as library
from training.library.reading import Pack
from training.rendered_texts import html_of
from training.safe_html import render_markdown

TEXT = "They *answered* him. <script>alert(1)</script>"
HOSTILE = "[a](javascript:alert(1)) ![b](x) <img src=x onerror=alert(1)>"


@pytest.fixture
def app_with_folder(tmp_path: Path) -> Flask:
    return make_app(
        f"sqlite:///{tmp_path / 'none.sqlite3'}", tmp_path, template_cache_path=tmp_path / "kept"
    )


def pack_with_other_lessons() -> Pack:
    pack = small_pack()
    modules = {
        slug: module.model_copy(update={"lesson": {"en": f"About *{slug}* in other words."}})
        for slug, module in pack.modules.items()
    }
    return replace(pack, modules=modules)


def files_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix in {".html", ".new"})


@pytest.mark.parametrize("text", [TEXT, HOSTILE, "", "\u0939\u093f\u0928\u094d\u0926\u0940"])
def test_a_text_is_kept_as_it_was_cleaned(
    app_with_folder: Flask, tmp_path: Path, text: str
) -> None:
    with app_with_folder.app_context():
        assert html_of(text) == render_markdown(text)
        (file,) = files_in(tmp_path / "kept")
        assert file.read_text(encoding="utf-8") == render_markdown(text)
        rendered_texts._html_of.cache_clear()
        assert html_of(text) == render_markdown(text)
        assert "<script" not in html_of(text)
        assert files_in(tmp_path / "kept") == [file]


def test_what_one_process_has_rendered_another_one_shows_without_a_cleaner(
    app_with_folder: Flask, tmp_path: Path
) -> None:
    with app_with_folder.app_context():
        html_of(TEXT)
    reader = (
        "import sys; from pathlib import Path; from flask import Flask;"
        "from training import kept_files, rendered_texts;"
        "app = Flask('reader'); kept_files.init_app(app, Path(sys.argv[1]));"
        "context = app.app_context(); context.push();"
        "print(rendered_texts.html_of(sys.argv[2]));"
        "print({'bleach', 'nh3', 'markdown_it'} & set(sys.modules))"
    )
    for text, loaded in ((TEXT, "set()"), (HOSTILE, "bleach")):
        done = subprocess.run(
            [sys.executable, "-c", reader, str(tmp_path / "kept"), text],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(rendered_texts.__file__).parents[1],
        )
        *html, modules = done.stdout.splitlines()
        assert "\n".join(html).strip() == str(render_markdown(text)).strip()
        assert loaded in modules


def test_another_cleaner_renders_everything_anew(
    app_with_folder: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app_with_folder.app_context():
        html_of(TEXT)
        rendered_texts._html_of.cache_clear()
        monkeypatch.setattr(rendered_texts, "_renderer", lambda: "a later version")
        html_of(TEXT)
    assert len(files_in(tmp_path / "kept")) == 2


def test_a_text_that_cannot_be_read_or_kept_is_rendered_all_the_same(
    app_with_folder: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app_with_folder.app_context():
        html_of(TEXT)
        (file,) = files_in(tmp_path / "kept")

        def full(*_arguments: object) -> None:
            raise OSError(28, os.strerror(28))

        file.unlink()
        rendered_texts._html_of.cache_clear()
        monkeypatch.setattr("training.kept_files.write_whole", full)
        assert html_of(TEXT) == render_markdown(TEXT)
        assert files_in(tmp_path / "kept") == []


def test_without_a_folder_each_process_renders_for_itself(app_with_folder: Flask) -> None:
    app_with_folder.extensions["kept_files"] = None
    with app_with_folder.app_context():
        assert html_of(TEXT) == render_markdown(TEXT)


def test_a_lesson_is_rendered_when_it_is_published(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not before: what an act that fails would have published is never rendered."""
    rendered: list[str] = []
    monkeypatch.setattr(library, "render_beforehand", rendered.extend)
    with app.app_context():
        pack = pack_with_other_lessons()
        with pytest.raises(RuntimeError, match="thought better"), library.write_transaction():
            library.publish(pack, person_id=None)
            assert rendered == []
            raise RuntimeError("somebody thought better of it")
        assert rendered == []
        library.publish(pack, person_id=None)
    assert rendered == [
        lesson for module in pack.modules.values() for lesson in module.lesson.values()
    ]


def test_half_of_a_file_is_not_left_lying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("training.kept_files.os.replace", full)
    assert kept(tmp_path / "a text.html", lambda: b"<p>They answered him.</p>").startswith(b"<p>")
    assert list(tmp_path.iterdir()) == []
