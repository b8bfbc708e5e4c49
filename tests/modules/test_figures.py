"""Pictures in lessons: that there are those that authors may name, and where they are shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from markupsafe import Markup

from tests.library.folders import LESSON, write_module, write_pack
from tests.pack import MODULES, PROGRAMME_INSTRUMENT, programme_pack, small_pack
from tests.pages import PersonClient
from training.accounts.models import Person
from training.config import PROJECT_ROOT
from training.library import records as library
from training.library.checking import check
from training.library.figures import FIGURES, lesson_parts, without_figures
from training.library.readability import median_grade
from training.library.reading import Pack, read_pack
from training.library.schema import Instrument
from training.safe_html import render_markdown

BrowserOf = Callable[[Person], PersonClient]
DRAWN = PROJECT_ROOT / "training" / "templates" / "figures"
LESSON_WITH_ALL = "## A section\n\n" + "\n\n".join(f"A bias.\n\n![[{name}]]" for name in FIGURES)
INLINE = {"style", "fill", "stroke", "onload"}


def with_lesson(pack: Pack, lesson: str) -> Pack:
    """The same modules, the first of them with another lesson."""
    changed = Pack()
    for kind, slug, document in pack.documents():
        if (kind, slug) == ("module", MODULES[0]):
            document = document.model_copy(update={"lesson": {"en": lesson}})
        changed.add(kind, slug, document, f"{kind}-{slug}")
    return changed


@pytest.fixture
def soup(app: Flask, ines: Person, browser_of: BrowserOf) -> BeautifulSoup:
    """A lesson with every picture, as Ines reads it."""
    with app.app_context():
        library.publish(with_lesson(small_pack(), LESSON_WITH_ALL), person_id=None)
    return browser_of(ines).get_page(f"/modules/{MODULES[0]}/orient").soup


def test_authors_may_name_every_picture_that_is_drawn() -> None:
    assert sorted(FIGURES) == sorted(file.stem for file in DRAWN.glob("*.svg"))


def test_every_picture_is_named_described_and_bare_of_style(soup: BeautifulSoup) -> None:
    figures = soup.select("article.lesson > figure.picture")
    assert len(figures) == len(FIGURES)
    for name, figure in zip(FIGURES, figures, strict=True):
        drawing = figure.select_one("svg[role=img]")
        assert drawing is not None, name
        assert drawing["aria-labelledby"] == f"{name}-title"
        assert drawing["aria-describedby"] == f"{name}-description"
        for part in ("title", "desc", "text"):
            assert any(each.get_text(strip=True) for each in drawing.select(part)), (name, part)
        assert figure.figcaption, name
        assert (figure.select_one("details table") is None) == (name == "seating-of-a-meeting")
        assert not [each for each in drawing.find_all() if INLINE & each.attrs.keys()], name
        assert_within(drawing)


def assert_within(drawing: Tag) -> None:
    """No text begins outside the drawing, and none is set below it."""
    _, _, width, height = map(float, str(drawing["viewbox"]).split())
    for text in drawing.select("text[x], tspan"):
        assert 0 <= float(str(text["x"])) <= width
        assert 0 < float(str(text["y"])) <= height
    assert width == 360  # as wide as a phone: letters stay letters there


def test_words_are_explained_in_the_text_and_never_in_a_picture(soup: BeautifulSoup) -> None:
    assert [button.get_text() for button in soup.select("article.lesson button.term")] == ["bias"]
    assert soup.select_one("article.lesson [popover]#term-bias")


def test_the_map_is_drawn_from_the_instrument_also_on_its_own_page(
    app: Flask, otto: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        library.publish(programme_pack(), person_id=None)
        versions = [
            library.get_instrument(slug) for slug in ("dialogic-practice", PROGRAMME_INSTRUMENT)
        ]
    browser = browser_of(otto)
    for version in versions:
        instrument: Instrument = version.document
        page = browser.get_page(f"/instruments/{instrument.slug}")
        links = sum(len(set(item.principles)) for item in instrument.items)
        assert len(page.soup.select(".picture-drawing .picture-link")) == links
        if not instrument.principles:
            continue
        assert "Principles and items: our own mapping." in page.text
        rows = page.soup.select("figure.picture tbody tr")
        assert len(rows) == len(instrument.items)
        named = [instrument.principle(slug).name for slug in instrument.items[0].principles]
        assert rows[0].td
        assert rows[0].td.get_text() == ", ".join(named)


def test_only_a_known_name_alone_in_a_paragraph_is_a_picture() -> None:
    line = "![[three-outcomes]]"
    for text, drawn in (
        (f"Before.\n\n{line}\n\nAfter.", [None, "three-outcomes", None]),
        (f"{line}\n\n![[scale-and-anchors]]", ["three-outcomes", "scale-and-anchors"]),
        (f"In a line {line} of text.", [None]),
        (f"`{line}`\n\n    {line}", [None]),
        ("![[../../secret]]\n\n![[parts]]", [None]),
        ("", []),
    ):
        html = render_markdown(text)
        parts = list(lesson_parts(html))
        assert [part.figure for part in parts] == drawn, text
        words = "".join(part.html or f"<p>![[{part.figure}]]</p>" for part in parts)
        assert re.sub(r"\s", "", words) == re.sub(r"\s", "", html)
        assert all(isinstance(part.html, Markup) for part in parts if part.figure is None)


def test_authors_are_told_of_pictures_that_will_not_show(tmp_path: Path) -> None:
    write_pack(tmp_path)
    lesson = write_module(tmp_path) / "lesson.en.md"
    line = "![[three-outcomes]]"

    def told(text: str) -> list[str]:
        lesson.write_text(f"{LESSON}\n\n{text}\n", encoding="utf-8")
        return [fault.message for fault in check(read_pack(tmp_path)) if "lesson.en" in fault.item]

    assert told(line) == []
    assert told("![[three-outcome]]")[0].startswith(
        "there is no picture 'three-outcome'; there are"
    )
    assert told(f"{line}\n\n{line}") == ["shows the picture 'three-outcomes' twice"]
    assert told(f"See {line}.") == [
        f"{line} should stand alone, with an empty line before and after"
    ]


def test_the_name_of_a_picture_is_no_word_of_the_lesson() -> None:
    text = "## One\n\nShe asked. He said so.\n\n"
    assert without_figures(text + "![[western-lapland-timeline]]") == text
    assert median_grade(text + "![[western-lapland-timeline]]") == median_grade(text)
