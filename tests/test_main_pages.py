"""The ten main pages: their pictures in docs/, and the table of what they weigh."""

from __future__ import annotations

from bench.main_pages import MAIN_PAGES
from bench.page_load import LIMITS, PageLoad, table
from bench.screenshots import FOLDER, MOST_BYTES, WINDOWS
from training.config import PROJECT_ROOT


def test_every_main_page_has_its_pictures_and_there_are_no_others() -> None:
    wanted = {f"{page.name}-{window}.png" for page in MAIN_PAGES for window in WINDOWS}
    assert len(MAIN_PAGES) == 10
    assert {file.name for file in FOLDER.iterdir()} == wanted
    assert [file.name for file in FOLDER.iterdir() if file.stat().st_size > MOST_BYTES] == []


def test_the_readme_shows_pictures_that_there_are() -> None:
    text = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    shown = [
        part.partition(".png")[0] for part in text.split("docs/pictures/")[1:] if ".png" in part
    ]
    assert len(shown) >= 6
    assert all((FOLDER / f"{name}.png").exists() for name in shown if "\n" not in name)


def test_what_is_too_much_is_marked() -> None:
    light = PageLoad("light", requests=3, cold=50.0, warm=4.0, shift=0.0)
    heavy = PageLoad("heavy", requests=7, cold=120.1, warm=20.0, shift=0.06)
    _head, of_light, of_heavy, limits = table([light, heavy]).splitlines()
    assert "!" not in of_light + limits
    assert of_heavy.split() == ["heavy", "7", "!", "120.1", "!", "20.0", "0.060", "!"]
    assert limits.split()[-4:] == ["6", "120.0", "20.0", "0.050"]
    assert LIMITS.name == "at most"
