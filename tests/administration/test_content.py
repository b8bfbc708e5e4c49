"""The administrator and the documents: in use, checked, published."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from tests.keys.key_changes import ratify
from tests.library.folders import (
    edit_yaml,
    write_instrument,
    write_pack,
    write_vignette,
)
from tests.pages import Page, PersonClient
from training.accounts.models import Person
from training.administration.content import changes_of
from training.audit.models import AuditEntry
from training.database import db
from training.keys.changes.records import put_in_use
from training.library import records as library
from training.library.models import Document
from training.library.reading import canonical_text, digest_of, read_pack

Browser = Callable[[Person], PersonClient]
CHECK = "/administration/content/check"


def digest_on(page: Page) -> str:
    field = page.soup.select_one("input[name=digest]")
    assert field is not None
    return str(field["value"])


def versions(app: Flask) -> int:
    with app.app_context():
        return db.session.query(Document).count()


def test_documents_are_listed_without_their_content(ada: Person, browser_of: Browser) -> None:
    page = browser_of(ada).get_page("/administration/content")
    assert "practice-one" in page.text
    assert "Key" in page.text
    assert "canary" not in page.html
    first = page.soup.select("tbody tr")[0].get_text(" ")
    assert "Instrument" in first
    assert "dialogic-practice" in first


def test_before_anything_is_published(app: Flask, ada: Person, browser_of: Browser) -> None:
    from training.library.models import CurrentDocument

    with app.app_context():
        db.session.query(CurrentDocument).delete()
        db.session.commit()
    assert "Nothing is published yet." in browser_of(ada).get_page("/administration/content").text


def test_what_would_change_is_shown_before_it_does(
    app: Flask, small_content_folder: Path, ada: Person, browser_of: Browser
) -> None:
    page = browser_of(ada).get_page(CHECK)
    assert "The content folders have no faults." in page.text
    assert "Vignette: story" in page.text
    assert "Instrument: small-scale" in page.text
    assert "documents are in use but in no folder" in page.text
    assert "Publish 3 documents" in page.text
    assert "the reason of the key" not in page.html


def test_publishing_and_publishing_again(
    app: Flask, small_content_folder: Path, ada: Person, browser_of: Browser
) -> None:
    browser, before = browser_of(ada), versions(app)
    page = browser.post_page(CHECK, {"digest": digest_on(browser.get_page(CHECK))}, follow=True)
    assert "3 documents are published." in page.text
    assert versions(app) == before + 3
    with app.app_context():
        lines = db.session.query(AuditEntry).filter_by(act="content published", person_id=ada.id)
        assert {line.subject for line in lines} == {
            "instrument small-scale",
            "vignette story",
            "key story",
        }
    page = browser.get_page(CHECK)
    assert "what is in the folders is in use already" in page.text
    assert "3 documents are unchanged." in page.text
    assert not page.soup.select("input[name=digest]")
    browser.post_page(CHECK, {"digest": "whatever"}, expect=409)
    assert versions(app) == before + 3


def test_a_new_version_of_one_document(
    app: Flask, small_content_folder: Path, ada: Person, browser_of: Browser
) -> None:
    browser = browser_of(ada)
    browser.post_page(CHECK, {"digest": digest_on(browser.get_page(CHECK))})
    edit_yaml(small_content_folder / "vignettes/story/vignette.yaml", title="The story, told again")
    page = browser.get_page(CHECK)
    assert "1 document in a new version" in page.text
    assert "2 documents are unchanged." in page.text
    browser.post_page(CHECK, {"digest": digest_on(page)})
    with app.app_context():
        assert library.get_vignette("story").document.title == "The story, told again"
    page = browser.get_page("/administration/content?search=told+again&kind=vignette")
    (row,) = page.soup.select("tbody tr")
    versions = row.find("td", {"data-label": "Versions so far"})
    assert versions is not None
    assert versions.get_text() == "2"


def test_ada_is_told_that_a_ratified_key_does_not_fit_the_new_wording(
    app: Flask,
    small_content_folder: Path,
    ada: Person,
    cleo: Person,
    emeka: Person,
    browser_of: Browser,
) -> None:
    browser = browser_of(ada)
    browser.post_page(CHECK, {"digest": digest_on(browser.get_page(CHECK))})
    with app.app_context():
        authored = library.get_key("story").id
        ratified = ratify(emeka, "story", {})
        put_in_use("story", ratified, by=cleo, reason="A panel agreed.")
    edit_yaml(small_content_folder / "vignettes/story/vignette.yaml", title="The story, told again")
    page = browser.post_page(CHECK, {"digest": digest_on(browser.get_page(CHECK))}, follow=True)
    assert "the ratified keys of these are replaced by their authors': story." in page.text
    with app.app_context():
        assert library.get_key("story").id == authored


def test_faults_are_all_named_and_stop_publishing(
    app: Flask, small_content_folder: Path, ada: Person, browser_of: Browser
) -> None:
    browser, before = browser_of(ada), versions(app)
    digest = digest_on(browser.get_page(CHECK))
    edit_yaml(small_content_folder / "vignettes/story/vignette.yaml", title="")
    (small_content_folder / "instruments" / "broken.yaml").write_text("{")
    page = browser.get_page(CHECK)
    assert "faults" in page.text
    assert "vignettes/story/vignette.yaml" in page.text
    assert "title" in page.text
    assert "instruments/broken.yaml" in page.text
    assert not page.soup.select("input[name=digest]")
    browser.post_page(CHECK, {"digest": digest}, expect=409)
    assert versions(app) == before


def test_a_pack_with_faults_is_refused_though_it_is_the_one_shown(
    app: Flask, small_content_folder: Path, ada: Person, browser_of: Browser
) -> None:
    (small_content_folder / "instruments" / "broken.yaml").write_text("{")
    with app.app_context():
        changes = changes_of(read_pack(small_content_folder), {})
        before = versions(app)
    browser_of(ada).post_page(CHECK, {"digest": changes.digest}, expect=422)
    assert versions(app) == before


def test_folders_that_changed_meanwhile_are_shown_first(
    app: Flask, small_content_folder: Path, ada: Person, browser_of: Browser
) -> None:
    browser, before = browser_of(ada), versions(app)
    digest = digest_on(browser.get_page(CHECK))
    write_vignette(small_content_folder, "second-story")
    page = browser.post_page(CHECK, {"digest": digest}, expect=409)
    assert "The folders changed since this page was shown." in page.text
    assert "Publish 5 documents" in page.text
    assert versions(app) == before
    browser.post_page(CHECK, {"digest": digest_on(page)})
    assert versions(app) == before + 5


def test_an_empty_folder_changes_nothing(
    app: Flask, small_content_folder: Path, ada: Person, browser_of: Browser
) -> None:
    shutil.rmtree(small_content_folder / "vignettes")
    shutil.rmtree(small_content_folder / "instruments")
    page = browser_of(ada).get_page(CHECK)
    assert "Nothing: what is in the folders is in use already." in page.text
    assert not page.soup.select("input[name=digest]")


def test_changes_sort_every_document_once(tmp_path: Path) -> None:
    write_pack(tmp_path)
    write_instrument(tmp_path, "other-scale")
    pack = read_pack(tmp_path)
    instrument = digest_of(canonical_text(pack.instruments["small-scale"]))
    changes = changes_of(
        pack,
        {
            ("instrument", "small-scale"): instrument,
            ("vignette", "story"): "0" * 64,
            ("module", "gone"): "1" * 64,
        },
    )
    assert changes.new == (("instrument", "other-scale"), ("key", "story"))
    assert changes.changed == (("vignette", "story"),)
    assert changes.unchanged == (("instrument", "small-scale"),)
    assert changes.absent == (("module", "gone"),)
    assert changes_of(pack, {}).digest == changes.digest  # it stands for the pack alone
