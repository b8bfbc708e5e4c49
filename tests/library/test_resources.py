"""The library of resources: what an entry must look like, and how Ines finds one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from tests.library.folders import edit_yaml, write_module, write_pack
from tests.pages import Page, PersonClient
from training.accounts.models import Person
from training.config import PROJECT_ROOT
from training.library.checking import check
from training.library.reading import Fault, read_pack, read_resources
from training.library.resources import Search, by_topic, plain, resources_of
from training.library.schema import Openness, Resource, ResourceKind, Topic

BrowserOf = Callable[[Person], PersonClient]
LIBRARY = Path("library") / "resources.yaml"
FEWEST_SHIPPED = 60
SHIPPED = resources_of((PROJECT_ROOT / "content",))


def entry(slug: str = "seikkula-2006", **changes: Any) -> dict[str, Any]:
    return {
        "id": slug,
        "title": "Five years",
        "authors": "Seikkula, J.",
        "year": 2006,
        "reference": "Seikkula, J. (2006). Five years. Psychotherapy Research.",
        "address": "https://doi.org/10.1080/10503300500268490",
        "kind": "paper",
        "topics": ["evidence"],
        "language": "en",
        "open": "closed",
        "verified": True,
        "annotation": "One region, five years (Seikkula et al. 2006). History was compared.",
    } | changes


def resource(slug: str = "seikkula-2006", **changes: Any) -> Resource:
    return Resource.model_validate(entry(slug, **changes))


def write_library(folder: Path, *entries: object) -> None:
    (folder / LIBRARY).parent.mkdir(exist_ok=True)
    (folder / LIBRARY).write_text(yaml.safe_dump(list(entries)), encoding="utf-8")


def told(folder: Path) -> list[str]:
    return [str(fault) for fault in read_resources(folder).faults]


def test_a_library_without_faults_is_read_in_its_order(tmp_path: Path) -> None:
    write_library(tmp_path, entry("b"), entry("a", year=None))
    pack = read_resources(tmp_path)
    assert pack.faults == []
    assert list(pack.resources) == ["b", "a"]
    assert list(pack.documents()) == []  # nothing of it is published


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"address": "http://doi.org/10.1"}, "address"),
        ({"address": "https://localhost"}, "address"),
        ({"year": 206}, "year"),
        ({"topics": []}, "topics"),
        ({"topics": ["rights", "rights"]}, "topics: names a topic twice"),
        ({"topics": ["cooking"]}, "topics"),
        ({"kind": "film"}, "kind"),
        ({"language": "English"}, "language"),
        ({"verified": "perhaps"}, "verified: should be true or false"),
        ({"annotation": "One sentence, et al. (2006)."}, "has 1 sentences, should have 2 to 4"),
        ({"annotation": "One. Two. Three. Four. Five."}, "has 5 sentences"),
        ({"stars": 5}, "stars: is not a field here; is it mistyped?"),
    ],
)
def test_each_fault_is_told_with_entry_and_field(
    tmp_path: Path, changes: dict[str, Any], expected: str
) -> None:
    write_library(tmp_path, entry(**changes))
    (fault,) = told(tmp_path)
    assert fault.startswith("library/resources.yaml: resource seikkula-2006")
    assert expected in fault


def test_an_id_stands_once_and_a_list_is_a_list(tmp_path: Path) -> None:
    write_library(tmp_path, entry(), entry(), "a word")
    twice, word = told(tmp_path)
    assert "'seikkula-2006' is also in library/resources.yaml" in twice
    assert word.startswith("library/resources.yaml: resource 3")
    (tmp_path / LIBRARY).write_text("title: alone", encoding="utf-8")
    assert told(tmp_path) == ["library/resources.yaml: should be a list of resources"]


def test_a_module_links_only_to_what_the_library_has(tmp_path: Path) -> None:
    write_pack(tmp_path)
    module = write_module(tmp_path) / "module.yaml"
    source = {"reference": "Seikkula, J. (2006). Five years.", "resource": "seikkula-2006"}
    edit_yaml(module, sources=[source])
    message = "the library has no resource 'seikkula-2006'"
    dead = Fault("modules/01-first-steps/module.yaml", "sources 1", "resource", message)
    assert dead in check(read_pack(tmp_path))
    write_library(tmp_path, entry())
    assert dead not in check(read_pack(tmp_path))


def test_a_note_that_recurs_is_a_fault(tmp_path: Path) -> None:
    write_pack(tmp_path)
    write_library(tmp_path, entry("a"), entry("b"))
    assert any("repeats" in str(fault) for fault in check(read_pack(tmp_path)))


def test_words_are_found_without_accents_and_in_any_order() -> None:
    bergstrom = resource(authors="Bergström, T.", title="Nineteen years")
    assert Search(words="YEARS bergstrom").finds(bergstrom)
    assert not Search(words="bergstrom twenty").finds(bergstrom)


def test_every_mark_narrows_the_search() -> None:
    one = resource(topics=["evidence", "rights"], open="partly", verified=False)
    for search, is_found in (
        (Search(), True),
        (Search(topic=Topic.RIGHTS), True),
        (Search(topic=Topic.FIDELITY), False),
        (Search(kind=ResourceKind.PAPER, openness=Openness.PARTLY, is_verified=False), True),
        (Search(kind=ResourceKind.BOOK), False),
        (Search(openness=Openness.OPEN), False),
        (Search(is_verified=True), False),
    ):
        assert search.finds(one) == is_found, search
    assert by_topic([one], Search()) == {Topic.EVIDENCE: [one]}
    assert by_topic([one], Search(topic=Topic.RIGHTS)) == {Topic.RIGHTS: [one]}


def test_the_shipped_library_is_large_and_covers_every_topic() -> None:
    pack = read_resources(PROJECT_ROOT / "content")
    assert pack.faults == []
    assert len(pack.resources) >= FEWEST_SHIPPED
    assert {topic for each in pack.resources.values() for topic in each.topics} == set(Topic)


def entries_on(page: Page) -> list[str]:
    return [str(article["id"]) for article in page.soup.select("main article")]


def test_ines_reads_the_library_and_narrows_it(
    ines: Person, browser_of: BrowserOf, stranger: PersonClient
) -> None:
    assert stranger.get_page("/library", expect=302).location.startswith("/sign-in")
    browser = browser_of(ines)
    page = browser.get_page("/library")
    assert sorted(entries_on(page)) == sorted(each.id for each in SHIPPED)
    assert f"{len(SHIPPED)} of {len(SHIPPED)} resources" in page.text
    assert "Not checked by us against the full text" in page.text
    assert "On another site: doi.org" in page.text

    page = browser.get_page("/library?words=bergstrom&topic=evidence&kind=paper&checked=yes")
    assert "bergstrom-2018-nineteen" in entries_on(page)
    assert "bergstrom-2017-services" not in entries_on(page)  # its reference alone is known
    for name, value in (("topic", "evidence"), ("kind", "paper"), ("checked", "yes"), ("open", "")):
        chosen = page.soup.select_one(f"select[name={name}] option[selected]")
        assert (str(chosen["value"]) if chosen else "") == value

    page = browser.get_page("/library?words=no+such+thing")
    assert "Nothing matches." in page.text
    assert page.soup.select_one("input[value='no such thing']")
    page = browser.get_page(f"/library?topic=cooking&kind=film&checked=2&words={'x' * 300}")
    assert "Nothing matches." in page.text


def test_the_library_is_reached_from_manuals_and_about(
    app: Flask, otto: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(otto)
    for address in ("/instruments", "/instruments/dialogic-practice"):
        assert browser.get_page(address).has_link_to("/library?topic=fidelity")
    for address in ("/about", "/modules", "/modules/first-things/orient"):
        assert browser.get_page(address).has_link_to("/library")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bergström", "bergstrom"),
        ("ÅBERG", "aberg"),
        ("Straße", "strasse"),
        ("naïve façade", "naive facade"),
        ("सहमति", "सहमति"),  # its vowel signs are letters of it
        ("", ""),
    ],
)
def test_what_is_typed_without_marks_is_what_is_searched(text: str, found: str) -> None:
    assert plain(text) == found


def test_under_each_topic_resources_stand_by_their_references_and_topics_in_their_order() -> None:
    def listed(slug: str, reference: str, *topics: str) -> Resource:
        return resource(slug, reference=reference, topics=list(topics))

    aberg = listed("aberg", "Åberg, A. (2001). One.", "rights", "evidence")
    brown = listed("brown", "brown, B. (2000). Two.", "rights")
    clark = listed("clark", "Clark, C. (1999). Three.", "evidence")
    found = by_topic([clark, brown, aberg], Search())
    assert found == {Topic.EVIDENCE: [clark], Topic.RIGHTS: [aberg, brown]}
    assert list(found) == [Topic.EVIDENCE, Topic.RIGHTS]
    of_evidence = by_topic([clark, brown, aberg], Search(topic=Topic.EVIDENCE))
    assert of_evidence == {Topic.EVIDENCE: [aberg, clark]}
    assert by_topic([clark, brown], Search(words="nowhere")) == {}
    assert by_topic([], Search()) == {}


def test_a_word_is_found_wherever_it_stands_in_an_entry() -> None:
    one = resource(
        title="Of Lamps",
        authors="Holm, R.",
        reference="Holm 2006 Quay Press.",
        annotation="It glows. It is.",
    )
    for words in ("lamps", "HOLM", "quay", "glows", "holm lamps glows quay", "amp"):
        assert Search(words=words).finds(one), words
    for words in ("lamps harbour", "paper", "2007"):
        assert not Search(words=words).finds(one), words
    assert Search(is_verified=True, openness=Openness.CLOSED, kind=ResourceKind.PAPER).finds(one)
    assert not Search(is_verified=False).finds(one)
