"""The glossary: what an entry must look like, and how Ines finds what a word means."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from tests.library.folders import write_pack
from tests.library.test_resources import entry, write_library
from tests.pages import Page, PersonClient
from training.accounts.models import Person
from training.config import PROJECT_ROOT
from training.library.checking import check
from training.library.glossary import by_letter, glossary_of, glossary_of_terms
from training.library.reading import read_pack, read_terms
from training.library.schema import Term

BrowserOf = Callable[[Person], PersonClient]
FEWEST_SHIPPED = 60
SHIPPED = glossary_of((PROJECT_ROOT / "content",))


def term(slug: str = "halo", **changes: Any) -> Term:
    return Term.model_validate(term_entry(slug, **changes))


def term_entry(slug: str = "halo", **changes: Any) -> dict[str, Any]:
    plain = {"slug": slug, "term": slug, "definition": f"What {slug} is. It glows, i.e. shines."}
    return plain | changes


def write_glossary(folder: Path, *entries: object) -> None:
    text = yaml.safe_dump(list(entries), allow_unicode=True)
    (folder / "glossary.yaml").write_text(text, encoding="utf-8")


def told(folder: Path) -> list[str]:
    return [str(fault) for fault in check(read_pack(folder)) if "glossary" in fault.file]


def test_a_glossary_without_faults_is_read_and_never_published(tmp_path: Path) -> None:
    write_pack(tmp_path)
    write_library(tmp_path, entry("myford"))
    hindi = {"text": "प्रभामंडल प्रभाव", "trap": "No saint is meant."}
    halo = term_entry("halo", also=["halo effect"], see=["bias"], hi=hindi, resource="myford")
    write_glossary(tmp_path, halo, term_entry("bias", tooltip=False))
    assert told(tmp_path) == []
    pack = read_terms(tmp_path)
    assert list(pack.terms) == ["halo", "bias"]
    assert pack.terms["halo"].forms == ("halo", "halo effect")
    assert list(pack.documents()) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"definition": "One. Two. Three. Four."}, "has 4 sentences, should have 1 to 3"),
        ({"definition": "not a sentence"}, "has 0 sentences"),
        ({"term": ""}, "term: is empty"),
        ({"slug": "Halo"}, "should be small letters"),
        ({"hi": {"text": ""}}, "is empty"),
        ({"see": ["halo"]}, "see: name other terms, each of them once"),
        ({"see": ["bias"]}, "see: the glossary has no term 'bias'"),
        ({"resource": "myford"}, "resource: the library has no resource 'myford'"),
        ({"also": ["Halo"]}, "also: names a form twice"),
        ({"tooltip": "perhaps"}, "tooltip: should be true or false"),
        ({"meaning": "x"}, "meaning: is not a field here; is it mistyped?"),
    ],
)
def test_each_fault_is_told_with_term_and_field(
    tmp_path: Path, changes: dict[str, Any], expected: str
) -> None:
    write_glossary(tmp_path, term_entry(**changes))
    (fault,) = told(tmp_path)
    assert fault.startswith("glossary.yaml: term ")
    assert expected in fault


def test_a_word_means_one_thing(tmp_path: Path) -> None:
    slope = term_entry("slope", also=["Bias"], definition="A hill.")
    write_glossary(tmp_path, term_entry("bias"), slope, term_entry("bias"))
    twice, shared = told(tmp_path)
    assert twice == "glossary.yaml: term bias: slug: 'bias' is also in glossary.yaml"
    assert shared == "glossary.yaml: term slope: also: 'Bias' is a form of 'bias' too"
    (tmp_path / "glossary.yaml").write_text("halo: alone", encoding="utf-8")
    assert told(tmp_path) == ["glossary.yaml: should be a list of terms"]


def test_a_definition_is_in_its_own_words(tmp_path: Path) -> None:
    words = "Every seat in the circle is held for somebody who could not come."
    write_glossary(tmp_path, *(term_entry(slug, definition=words) for slug in ("a", "b")))
    assert any("repeats" in fault for fault in told(tmp_path))


def test_terms_are_found_by_form_meaning_and_hindi_under_their_letters() -> None:
    bergstrom = term("study", term="Bergström study", also=["BS"], definition="Some years.")
    halo = term("halo", hi={"text": "प्रभामंडल प्रभाव"})
    terms = glossary_of_terms([halo, bergstrom, term("bias")]).terms
    assert [each.slug for each in terms] == ["study", "bias", "halo"]
    assert {k: len(v) for k, v in by_letter(terms).items()} == {"B": 2, "H": 1}
    for words, found in (
        ("BERGSTROM years", {"B": [bergstrom]}),
        ("bs", {"B": [bergstrom]}),
        ("प्रभामंडल", {"H": [halo]}),
        ("glows halo", {"H": [halo]}),
        ("halo years", {}),
    ):
        assert by_letter(terms, words) == found, words


def test_the_shipped_glossary_is_large_plain_and_in_normal_form() -> None:
    pack = read_terms(PROJECT_ROOT / "content")
    assert pack.faults == []
    assert len(pack.terms) >= FEWEST_SHIPPED
    proposals = [each.hi for each in pack.terms.values() if each.hi]
    assert len(proposals) >= FEWEST_SHIPPED
    assert sum(hindi.trap is not None for hindi in proposals) >= 6
    assert all(unicodedata.is_normalized("NFC", hindi.text) for hindi in proposals)


def terms_on(page: Page) -> list[str]:
    return [str(article["id"]) for article in page.soup.select("main article")]


def test_ines_looks_a_word_up(
    app: Flask, ines: Person, browser_of: BrowserOf, stranger: PersonClient
) -> None:
    assert stranger.get_page("/glossary", expect=302).location.startswith("/sign-in")
    browser = browser_of(ines)
    page = browser.get_page("/glossary")
    assert terms_on(page) == [each.slug for each in SHIPPED.terms]
    assert f"{len(SHIPPED.terms)} of {len(SHIPPED.terms)} terms" in page.text
    for link in page.soup.select(".glossary-letters a"):
        assert page.soup.select_one(str(link["href"])), link
    consent = page.soup.select_one("#consent")
    assert consent is not None
    assert "our proposal, unofficial" in consent.get_text()
    assert "Take care: Keep सहमति for this alone." in " ".join(consent.get_text(" ").split())
    assert page.has_link_to("/glossary#expert-consensus")  # also when a search has left it out
    assert page.has_link_to("/library#crpd-2006")

    page = browser.get_page("/glossary?q=always+one+point+too+kind")
    assert terms_on(page) == ["within-one"]
    page = browser.get_page("/glossary?q=%3Cb%3E+no+such+word")
    assert "Nothing matches." in page.text
    assert page.soup.select_one("input[name=q]")["value"] == "<b> no such word"  # type: ignore[index]
    assert len(terms_on(browser.get_page(f"/glossary?q={'+' * 300}"))) == len(SHIPPED.terms)
    for address in (
        "/library",
        "/modules",
        "/instruments",
        "/about",
        "/modules/first-things/orient",
    ):
        assert browser.get_page(address).has_link_to("/glossary"), address
