"""Finding one document among hundreds: by its title, its name in addresses, its kind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.pack import CERTIFICATION, INSTRUMENT, PRACTICE
from tests.pages import Page, PersonClient
from training.accounts.models import Person
from training.administration import document_pages
from training.library import records as library

Browsers = Callable[[Person], PersonClient]
CONTENT, PREVIEWS = "/administration/content", "/administration/content/preview"


def found_on(page: Page) -> list[tuple[str, str]]:
    """Name in addresses and kind of the documents listed."""
    return [
        (row.select_one(".document-slug").get_text(), row.td.get_text(" ", strip=True))
        for row in page.soup.select("tbody tr")
    ]


def test_every_document_is_listed_by_its_title(
    app: Flask, ada: Person, browser_of: Browsers
) -> None:
    page = browser_of(ada).get_page(CONTENT)
    with app.app_context():
        assert len(found_on(page)) == len(library.documents_in_use())
        name = library.get_instrument(INSTRUMENT).document.name
    title = f"The story of {PRACTICE[0]}"
    named = [row.th.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]
    assert f"{name} {INSTRUMENT}" in named
    assert named.count(f"{title} {PRACTICE[0]}") == 2  # the vignette, and its key
    assert (PRACTICE[0], "Key practice") in found_on(page)
    assert (CERTIFICATION[0], "Vignette certification") in found_on(page)


@pytest.mark.parametrize("address", [CONTENT, PREVIEWS])
def test_words_and_kind_narrow_the_list_and_stay_in_the_form(
    ada: Person, browser_of: Browsers, address: str
) -> None:
    search = f"STORY  {PRACTICE[0]}"
    page = browser_of(ada).get_page(f"{address}?search={search}&kind=vignette")
    assert found_on(page) == [(PRACTICE[0], "Vignette practice")]
    assert page.soup.select_one("input[name=search]")["value"] == search
    assert page.soup.select_one("option[selected]")["value"] == "vignette"


@pytest.mark.parametrize("address", [CONTENT, PREVIEWS])
def test_where_nothing_matches_the_page_says_what_to_do(
    ada: Person, browser_of: Browsers, address: str
) -> None:
    page = browser_of(ada).get_page(f"{address}?search=no-such-thing")
    assert not found_on(page)
    assert "No document matches. Search for a part of its title" in page.text
    assert page.soup.select_one("input[name=search]")["value"] == "no-such-thing"


def test_keys_are_not_among_the_previews_whatever_is_asked(
    cleo: Person, browser_of: Browsers
) -> None:
    for question in ("", "?kind=key", "?kind=nothing", "?search=" + "x" * 500):
        page = browser_of(cleo).get_page(f"{PREVIEWS}{question}")
        assert not [kind for _slug, kind in found_on(page) if kind.startswith("Key")]
        assert "key" not in [option["value"] for option in page.soup.select("option")]


@pytest.mark.parametrize("address", [CONTENT, PREVIEWS])
def test_a_long_list_comes_in_pages_that_keep_what_was_sought(
    ada: Person, browser_of: Browsers, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(document_pages, "DOCUMENTS_ON_A_PAGE", 3)
    browser = browser_of(ada)
    question = f"{address}?search=story&kind=vignette"
    first = browser.get_page(question)
    following = first.soup.select_one("a[rel=next]")["href"]
    assert "search=story" in following
    assert "kind=vignette" in following
    second = browser.get_page(following)
    assert len(found_on(first)) == len(found_on(second)) == 3
    assert not set(found_on(first)) & set(found_on(second))
    assert "1 to 3 shown" in first.text
    assert "4 to 6 shown" in second.text
    assert found_on(browser.get_page(f"{question}&page=1")) == found_on(first)
