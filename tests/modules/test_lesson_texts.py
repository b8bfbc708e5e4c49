"""The text of a lesson is rendered once for all who read it alike, and anew where it differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from flask import Flask, template_rendered

from tests.modules.test_figures import LESSON_WITH_ALL, with_lesson
from tests.pack import MODULES, small_pack
from tests.pages import PersonClient
from training.accounts.models import Person
from training.library import records as library
from training.library.reading import Pack

BrowserOf = Callable[[Person], PersonClient]
LESSON = f"/modules/{MODULES[0]}/orient"
SHARED = "modules/lesson_text.html"


@pytest.fixture
def rendered(app: Flask) -> Iterator[list[str]]:
    """The names of the templates that are rendered, in their order."""
    names: list[str] = []

    def note(_app: Flask, template: object, **_rest: object) -> None:
        names.append(str(getattr(template, "name", "")))

    with template_rendered.connected_to(note, app):
        yield names


def publish(app: Flask, pack: Pack) -> None:
    with app.app_context():
        library.publish(pack, person_id=None)


def article_of(browser: PersonClient) -> BeautifulSoup:
    article = browser.get_page(LESSON).soup.select_one("article.lesson")
    return BeautifulSoup(str(article), "html.parser")


def test_ines_and_otto_read_what_was_rendered_once(
    app: Flask, ines: Person, otto: Person, browser_of: BrowserOf, rendered: list[str]
) -> None:
    words = f"For Ines and Otto, {uuid4()}."  # what is kept outlives a story
    publish(app, with_lesson(small_pack(), f"{LESSON_WITH_ALL}\n\n{words}"))
    hers, his = article_of(browser_of(ines)), article_of(browser_of(otto))
    assert rendered.count(SHARED) == 1
    assert hers == his
    assert words in hers.get_text()
    assert [button.get_text() for button in his.select("button.term")] == ["bias"]
    assert len(his.select("figure.picture")) == LESSON_WITH_ALL.count("![[")


def test_whoever_chooses_another_language_reads_the_pictures_in_it(
    app: Flask, ines: Person, otto: Person, browser_of: BrowserOf, rendered: list[str]
) -> None:
    publish(app, with_lesson(small_pack(), f"{LESSON_WITH_ALL}\n\n{uuid4()}"))
    his = browser_of(otto)
    his.post("/language", data={"language": "hi"})
    for browser in (browser_of(ines), his, browser_of(ines), his):
        article_of(browser)
    assert rendered.count(SHARED) == 2


def test_a_lesson_that_was_published_anew_is_read_at_once(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    for words in ("The first wording.", "The second wording."):
        publish(app, with_lesson(small_pack(), f"## A section\n\n{words}"))
        assert words in article_of(browser_of(ines)).get_text()


def test_a_picture_follows_its_instrument_though_the_lesson_is_the_same(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    for name in ("A first name", "A second name"):
        publish(app, with_item_named(with_lesson(small_pack(), LESSON_WITH_ALL), name))
        rows = article_of(browser_of(ines)).select("figure.picture tbody th")
        assert f"1. {name}" in [row.get_text() for row in rows]


def with_item_named(pack: Pack, name: str) -> Pack:
    """The same documents, the first item of the instrument by another short name."""
    changed = Pack()
    for kind, slug, document in pack.documents():
        if kind == "instrument":
            first, *others = document.items
            items = (first.model_copy(update={"short_name": name}), *others)
            document = document.model_copy(update={"items": items})
        changed.add(kind, slug, document, f"{kind}-{slug}")
    return changed
