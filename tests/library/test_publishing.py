"""Publishing: versions named by their content, which come and go but never change."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Executable, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from tests.library.folders import edit_yaml, write_pack, write_vignette
from tests.pack import CERTIFICATION, INSTRUMENT, MODULES, PRACTICE, STANDARD, small_pack
from tests.pages import PersonClient
from training.accounts.models import Person
from training.audit import trail
from training.audit.models import AuditEntry
from training.database import db, write_transaction
from training.library import records as library
from training.library.models import ContentMark, CurrentDocument, Document, DocumentKind
from training.library.reading import canonical_text, digest_of, read_pack
from training.library.records import UnknownDocumentError
from training.library.schema import Pool

BrowserOf = Callable[[Person], PersonClient]
STORY = "vignettes/story/vignette.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pack(tmp_path)
    return tmp_path


def test_a_pack_is_published_with_a_line_for_each_document(
    app: Flask, folder: Path, ada: Person
) -> None:
    with app.app_context():
        result = library.publish(read_pack(folder), person_id=ada.id)
        assert result.published == (
            ("instrument", "small-scale"),
            ("vignette", "story"),
            ("key", "story"),
        )
        assert result.unchanged == 0
        lines = db.session.scalars(
            select(AuditEntry).filter_by(act="content published", person_id=ada.id)
        ).all()
        assert {line.subject for line in lines} == {f"{k} {s}" for k, s in result.published}
        digests = {line.details["digest"] for line in lines}
        assert library.get_vignette("story").digest in digests
        assert list(trail.verify()) == []


def test_publishing_the_same_again_changes_nothing(app: Flask, folder: Path) -> None:
    with app.app_context():
        library.publish(read_pack(folder), person_id=None)
        versions, lines = db.session.query(Document).count(), db.session.query(AuditEntry).count()
        again = library.publish(read_pack(folder), person_id=None)
        assert (again.published, again.unchanged) == ((), 3)
        assert db.session.query(Document).count() == versions
        assert db.session.query(AuditEntry).count() == lines


def test_an_edit_is_a_new_version_beside_the_old_one(app: Flask, folder: Path) -> None:
    with app.app_context():
        library.publish(read_pack(folder), person_id=None)
        old = library.get_vignette("story")
        edit_yaml(folder / STORY, title="Told again")
        result = library.publish(read_pack(folder), person_id=None)
        assert (result.published, result.unchanged) == ((("vignette", "story"),), 2)
        new = library.get_vignette("story")
        assert new.document.title == "Told again"
        assert new.id != old.id
        assert new.digest != old.digest
        assert library.vignette_version(old.id).document.title == "The story"
        assert library.number_of_versions()[DocumentKind.VIGNETTE, "story"] == 2


def test_an_old_version_that_comes_back_is_the_old_version(app: Flask, folder: Path) -> None:
    with app.app_context():
        library.publish(read_pack(folder), person_id=None)
        old = library.get_vignette("story")
        edit_yaml(folder / STORY, title="Told again")
        library.publish(read_pack(folder), person_id=None)
        edit_yaml(folder / STORY, title="The story")
        result = library.publish(read_pack(folder), person_id=None)
        assert result.published == (("vignette", "story"),)
        assert library.get_vignette("story").id == old.id
        assert library.number_of_versions()[DocumentKind.VIGNETTE, "story"] == 2


def test_what_left_the_folders_stays_in_use(app: Flask, folder: Path) -> None:
    with app.app_context():
        before = {(each.kind, each.slug) for each in library.documents_in_use()}
        library.publish(read_pack(folder), person_id=None)
        after = {(each.kind, each.slug) for each in library.documents_in_use()}
        assert before < after


def test_a_stored_body_is_what_its_digest_says(app: Flask) -> None:
    with app.app_context():
        for document in db.session.scalars(select(Document)):
            assert digest_of(document.body) == document.digest
            model = library.MODELS[document.kind].model_validate(json.loads(document.body))
            assert canonical_text(model) == document.body


def test_a_version_is_stored_once(app: Flask) -> None:
    with app.app_context():
        first = db.session.scalars(select(Document)).first()
        assert first is not None
        twin = Document(kind=first.kind, slug=first.slug, digest=first.digest, body=first.body)
        db.session.add(twin)
        with pytest.raises(IntegrityError):
            db.session.commit()
        db.session.rollback()


def test_publishing_is_all_or_nothing(
    app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_details: object) -> None:
        raise OSError("the disk is full")

    with app.app_context():
        before = db.session.query(Document).count()
        monkeypatch.setattr(trail, "note", fail)
        with pytest.raises(OSError, match="the disk is full"):
            library.publish(read_pack(folder), person_id=None)
        assert db.session.query(Document).count() == before
        assert library.find_vignette("story") is None


def test_documents_are_found_by_slug_and_pool(app: Flask) -> None:
    with app.app_context():
        assert [module.slug for module in library.modules()] == list(MODULES)
        assert {each.slug for each in library.vignettes(Pool.PRACTICE)} == set(PRACTICE)
        assert {each.slug for each in library.vignettes(Pool.CERTIFICATION)} == set(CERTIFICATION)
        assert [each.slug for each in library.instruments()] == [INSTRUMENT]
        assert [each.slug for each in library.standards()] == [STANDARD]
        found = library.find_vignette(PRACTICE[0])
        assert found is not None
        assert len(found.short_digest) == 10
        assert found.digest.startswith(found.short_digest)


def test_what_is_not_there_is_none_or_says_so(app: Flask) -> None:
    with app.app_context():
        assert library.find_vignette("nothing") is None
        assert library.find_module("nothing") is None
        assert library.find_standard("nothing") is None
        assert library.find_instrument("nothing") is None
        with pytest.raises(UnknownDocumentError, match="no key 'nothing' is published"):
            library.get_key("nothing")


def test_a_version_of_one_kind_is_not_taken_for_another(app: Flask) -> None:
    with app.app_context():
        vignette = library.get_vignette(PRACTICE[0])
        with pytest.raises(UnknownDocumentError):
            library.key_version(vignette.id)  # a vignette never passes for its key
        assert library.vignette_version(vignette.id).slug == PRACTICE[0]
        assert library.instrument_version(library.get_instrument(INSTRUMENT).id).slug == INSTRUMENT
        assert library.standard_version(library.standards()[0].id).slug == STANDARD
        assert library.module_version(library.modules()[0].id).slug == MODULES[0]


def test_a_key_can_change_without_its_vignette(app: Flask, folder: Path) -> None:
    write_vignette(folder, "second-story")
    with app.app_context():
        library.publish(read_pack(folder), person_id=None)
        vignette, old = library.get_vignette("second-story"), library.get_key("second-story")
        edit_yaml(folder / "vignettes/second-story/key.yaml", status="ratified")
        library.publish(read_pack(folder), person_id=None)
        assert library.get_vignette("second-story").id == vignette.id
        assert library.get_key("second-story").id != old.id
        assert library.key_version(old.id).document.status.value == "authored"


def test_the_template_of_the_tests_is_published_once(app: Flask) -> None:
    with app.app_context():
        count = sum(1 for _ in small_pack().documents())
        assert db.session.query(CurrentDocument).count() == count
        assert len(library.documents_in_use()) == count


def test_whatever_changes_what_is_in_use_gives_it_another_mark(app: Flask) -> None:
    """A page read before is not shown again, whoever changed it and by which statement."""

    def mark_after(*statements: Executable) -> uuid.UUID:
        with write_transaction() as session:
            for statement in statements:
                session.execute(statement)
        return session.scalars(select(ContentMark.mark)).one()

    with app.app_context():
        unlike = library.get_key(PRACTICE[0]).id
        ours = CurrentDocument.slug == PRACTICE[1]
        marks = [
            mark_after(),
            mark_after(update(CurrentDocument).where(ours).values(document_id=unlike)),
            mark_after(delete(CurrentDocument).where(ours)),
            mark_after(
                insert(CurrentDocument).values(
                    kind=DocumentKind.KEY, slug=PRACTICE[1], document_id=unlike
                )
            ),
        ]
        assert len(set(marks)) == len(marks)
        assert mark_after() == marks[-1]


def test_a_page_shows_what_was_put_in_use_meanwhile(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    """A process keeps what it has read for as long as the mark stays."""
    browser = browser_of(ines)
    with app.app_context():
        title = library.get_vignette(PRACTICE[0]).document.title
    assert title in browser.get_page("/practice").text
    with app.app_context(), write_transaction() as session:
        session.execute(
            delete(CurrentDocument).filter_by(kind=DocumentKind.VIGNETTE, slug=PRACTICE[0])
        )
    assert title not in browser.get_page("/practice").text
