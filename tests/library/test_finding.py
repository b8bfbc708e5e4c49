"""Finding what is published: by slug, with its key, as it was written, and what it is called."""

from __future__ import annotations

import gc
import uuid

import pytest
from flask import Flask
from sqlalchemy import delete

from tests.pack import CERTIFICATION, INSTRUMENT, MODULES, PRACTICE, STANDARD, small_pack, with_item
from training.database import write_transaction
from training.library import records as library
from training.library.models import CurrentDocument, DocumentKind
from training.library.reading import canonical_text, digest_of
from training.library.reading_words import Either, ReadingWords
from training.library.records import UnknownDocumentError
from training.library.schema import Extract, Pool, Turn

KEY = small_pack().keys[PRACTICE[0]]


def withdraw(kind: DocumentKind, slug: str) -> None:
    """Take a document out of use, as an older service may have done."""
    with write_transaction() as session:
        session.execute(delete(CurrentDocument).filter_by(kind=kind, slug=slug))


def test_every_document_has_a_title_and_a_key_that_of_its_vignette(app: Flask) -> None:
    with app.app_context():
        titles = library.titles_in_use()
        assert titles[DocumentKind.INSTRUMENT, INSTRUMENT].startswith("Dialogic practice in a")
        assert titles[DocumentKind.MODULE, MODULES[1]] == "Second things"
        for slug in (PRACTICE[0], CERTIFICATION[7], "first-things-1"):
            title = titles[DocumentKind.VIGNETTE, slug]
            assert titles[DocumentKind.KEY, slug] == title
        assert (DocumentKind.STANDARD, STANDARD) in titles
        assert len(titles) == len(library.documents_in_use())
        in_order = [(each.kind.value, each.slug) for each in library.documents_in_use()]
        assert in_order == sorted(in_order)
        withdraw(DocumentKind.VIGNETTE, PRACTICE[0])
        assert library.titles_in_use()[DocumentKind.KEY, PRACTICE[0]] == PRACTICE[0]


def test_a_vignette_is_rated_with_its_key_or_not_at_all(app: Flask) -> None:
    with app.app_context():
        vignette, key = library.get_keyed_vignette(PRACTICE[0])
        assert (vignette.slug, key.slug, key.document.vignette) == (PRACTICE[0],) * 3
        withdraw(DocumentKind.KEY, PRACTICE[0])
        withdraw(DocumentKind.VIGNETTE, PRACTICE[1])
        for slug in (*PRACTICE, "nothing", MODULES[0], ""):
            with pytest.raises(UnknownDocumentError, match="with a key is published"):
                library.get_keyed_vignette(slug)


def test_those_that_are_asked_for_are_found_and_the_others_left_out(app: Flask) -> None:
    with app.app_context():
        asked = {PRACTICE[1], CERTIFICATION[2], "nothing", MODULES[0]}
        assert set(library.keys_of(asked)) == set(library.vignettes_of(asked))
        assert set(library.keys_of(asked)) == {PRACTICE[1], CERTIFICATION[2]}
        assert library.keys_of([]) == library.vignettes_of(()) == {}
        pools = [version.slug for version in library.vignettes(Pool.PRACTICE, Pool.CERTIFICATION)]
        assert pools == sorted((*PRACTICE, *CERTIFICATION))
        assert library.vignettes() == library.vignettes(Pool.RECHECK) == []


def test_a_list_says_of_a_vignette_what_the_vignette_says(app: Flask) -> None:
    with app.app_context():
        for head in library.vignettes(*Pool):
            version = library.get_vignette(head.slug)
            vignette, said = version.document, head.document
            assert (head.id, head.digest) == (version.id, version.digest)
            assert (said.slug, said.instrument, said.pool) == (
                (vignette.slug, vignette.instrument, vignette.pool)
            )
            assert (said.title, said.content_note) == (vignette.title, vignette.content_note)
            assert (said.items, said.contrast) == (vignette.items, vignette.contrast)
            assert said.is_dossier is vignette.is_dossier
            assert said.number_of_turns == len(vignette.turns)
            assert said.reading_minutes == vignette.reading_minutes
            assert said.rated_items((1, 2, 9)) == vignette.rated_items((1, 2, 9))
            assert library.get_vignette_head(head.slug) == head
        with pytest.raises(UnknownDocumentError, match="no vignette 'nothing' is published"):
            library.get_vignette_head("nothing")


def test_who_lists_all_vignettes_keeps_no_transcript(app: Flask) -> None:
    def turns_alive() -> int:
        return sum(isinstance(each, Turn) for each in gc.get_objects())

    with app.app_context():
        library._head_version.cache_clear()
        gc.collect()
        before = turns_alive()
        assert sum(head.document.number_of_turns for head in library.vignettes(*Pool)) > 100
        gc.collect()
        assert turns_alive() == before
        transcript = library.get_vignette(PRACTICE[0]).document.turns
        assert turns_alive() >= len(transcript) > 0


def test_a_version_is_kept_beside_what_is_in_use_once_and_as_it_was_written(app: Flask) -> None:
    with app.app_context():
        before = library.get_key(PRACTICE[0])
        changed = with_item(KEY, 9, rating=1)
        kept, again = (
            library.add_version(DocumentKind.KEY, changed, PRACTICE[0], person_id=None)
            for _ in range(2)
        )
        assert kept.id == again.id != before.id
        assert kept.digest == digest_of(canonical_text(changed))
        assert library.get_key(PRACTICE[0]) == before
        assert library.key_version(kept.id).document == changed
        assert library.number_of_versions()[DocumentKind.KEY, PRACTICE[0]] == 2
        assert library.number_of_versions()[DocumentKind.KEY, PRACTICE[1]] == 1
        values = library.published_values(kept.id)
        assert values["items"]["9"]["rating"] == 1
        assert set(values) == {"vignette", "instrument", "status", "cases", "items"}
        stranger = uuid.uuid4()
        with pytest.raises(UnknownDocumentError, match=str(stranger)):
            library.published_values(stranger)
        with pytest.raises(UnknownDocumentError, match=f"no key version {stranger}"):
            library.key_version(stranger)


def test_a_meeting_has_turns_and_a_service_passages(app: Flask) -> None:
    turns, passages = ReadingWords(is_dossier=False), ReadingWords(is_dossier=True)
    with app.test_request_context():
        of_meetings = [
            str(getattr(turns, name))
            for name, each in vars(ReadingWords).items()
            if isinstance(each, Either)
        ]
        assert len(of_meetings) > 15
        for text in of_meetings:
            assert "passage" not in text.lower()
            assert "dossier" not in text.lower()
        assert turns.listed([7]) == "turn 7"
        assert turns.listed([9, 4, 8, 7]) == "turns 4, 7–9"
        assert passages.listed([2, 3]) == "passages 2, 3"
        assert (turns.on(1), turns.on(2), passages.on(1)) == ("On turn", "On turns", "On passage")
        assert (turns.counted(1), turns.counted(0)) == ("1 turn", "0 turns")
        assert passages.counted(1) == "1 passage"
        assert turns.evidence_of([]) == "No evidence turns"
        assert turns.evidence_of([4, 5]) == "Evidence: turns 4, 5"
        assert turns.is_missing(27, 26) == "There is no turn 27. The last turn is 26."
        assert passages.is_no_number("x") == (
            "“x” is no passage number. Write numbers with commas: 4, 7."
        )
        one = Extract(title="A call", source="log", first=3, last=3)
        several = Extract(title="A nurse", source="staff", first=3, last=9)
        assert passages.range_of(one) == "passage 3"
        assert passages.range_of(several) == "passages 3 to 9"
        assert [passages.source_of(each) for each in (one, several)] == ["log", "staff"]
