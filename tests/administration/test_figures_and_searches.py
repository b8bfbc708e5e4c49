"""What administrators count and look for, asked of the records themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, update

from tests.library.folders import write_pack, write_vignette
from tests.pack import CERTIFICATION, INSTRUMENT, PRACTICE, STANDARD
from training.accounts.models import Person, Role
from training.accounts.records import deactivate
from training.administration import records
from training.administration.content import changes_of, check_content
from training.administration.records import (
    documents_in_use,
    health,
    people_page,
    trail_page,
)
from training.audit import trail
from training.audit.models import AuditEntry, AuditHead
from training.clock import now
from training.database import db, write_transaction
from training.library import records as library
from training.library.models import DocumentKind
from training.library.reading import Pack, canonical_text, digest_of, read_pack
from training.library.schema import Pool
from training.mail.models import Letter, LetterState


def test_people_are_looked_for_letter_by_letter(
    app: Flask, make_person: Callable[..., Person]
) -> None:
    for name in ("Under_Score", "Per%cent", "Back\\slash", "Zoë"):
        make_person(name)
    searches = {
        "_": ["Under_Score"],
        "%": ["Per%cent"],
        "\\": ["Back\\slash"],
        "r_s": ["Under_Score"],
        "rxs": [],
        "R%C": ["Per%cent"],
        "zoë": ["Zoë"],
        "OË": ["Zoë"],
        "score@example": ["Under_Score"],
    }
    with app.app_context():
        for search, names in searches.items():
            people, paging = people_page(search=search, role=None, asked_page=None)
            assert [person.name for person in people] == names, search
            assert paging.total == len(names), search


def test_people_of_one_page_stand_by_name_and_then_by_address(
    app: Flask, make_person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "PEOPLE_PER_PAGE", 2)
    people = [make_person(name, Role.RATER) for name in ("Bo", "Ada", "Cem")]
    with app.app_context(), write_transaction() as session:
        session.execute(update(Person).where(Person.id == people[2].id).values(name="Bo"))
    with app.app_context():
        for page, addresses in (
            (None, ["ada@example.org", "bo@example.org"]),
            ("2", ["cem@example.org"]),
            ("9", ["cem@example.org"]),
        ):
            found, paging = people_page(search="", role=Role.RATER, asked_page=page)
            assert [person.email for person in found] == addresses
            assert (paging.pages, paging.total) == (2, 3)


def test_the_figures_of_the_service(app: Flask, ada: Person, ines: Person, otto: Person) -> None:
    with app.app_context():
        deactivate(otto, by=ada.id)
        states = (LetterState.KEPT, LetterState.FAILED, LetterState.FAILED)
        with write_transaction() as session:
            for state in states:
                session.add(Letter(recipient="a@b.org", subject="s", body="b", state=state))
        found = health()
        assert (found.people, found.letters) == (2, {LetterState.KEPT: 1, LetterState.FAILED: 2})
        assert found.documents == len(library.documents_in_use())
        assert found.trail_lines == db.session.query(AuditEntry).count()
        assert found.last_act_at is not None
        assert found.last_act_at <= now()
        assert found.database in ("sqlite", "postgresql")
        db.session.execute(update(AuditHead).values(sequence=0, digest=None))
        db.session.execute(delete(AuditEntry))
        db.session.commit()
        assert (health().trail_lines, health().last_act_at) == (0, None)


def test_the_trail_is_narrowed_by_act_and_by_person_together(
    app: Flask, ada: Person, ines: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "TRAIL_LINES_PER_PAGE", 2)
    with app.app_context():
        for number in range(3):
            for person_id in (ada.id, ines.id, None):
                with write_transaction():
                    trail.note(trail.Act.DATA_EXPORTED, f"{number}", person_id=person_id)
        act = trail.Act.DATA_EXPORTED
        lines, paging = trail_page(act=act, person_id=ines.id, asked_page=None)
        assert [line.entry.subject for line in lines] == ["2", "1"]
        assert [line.person.name for line in lines if line.person] == ["Ines", "Ines"]
        lines, paging = trail_page(act=act, person_id=ines.id, asked_page="2")
        assert [line.entry.subject for line in lines] == ["0"]
        assert (paging.first, paging.last, paging.total) == (3, 3, 3)
        lines, paging = trail_page(act=act, person_id=None, asked_page=None)
        assert (lines[0].person, paging.total) == (None, 9)
        lines, _ = trail_page(act=trail.Act.KEY_SIGNED, person_id=None, asked_page=None)
        assert lines == []


def test_documents_are_found_by_every_word_wherever_it_stands(app: Flask) -> None:
    def found(words: str, kind: DocumentKind | None = None) -> list[tuple[str, str]]:
        documents = documents_in_use(words=words, kind=kind)
        return [(document.kind.value, document.slug) for document in documents]

    first = PRACTICE[0]
    with app.app_context():
        assert found(f"STORY {first}") == [("key", first), ("vignette", first)]
        assert found(f"{first} story", DocumentKind.KEY) == [("key", first)]
        assert found(f"story {first} {PRACTICE[1]}") == []
        assert found("  ", DocumentKind.INSTRUMENT) == [("instrument", INSTRUMENT)]
        assert len(found("")) == len(library.documents_in_use())
        by_slug = {(each.kind, each.slug): each for each in documents_in_use()}
    kinds = DocumentKind
    pools = {
        (kinds.VIGNETTE, first): Pool.PRACTICE,
        (kinds.KEY, CERTIFICATION[0]): Pool.CERTIFICATION,
        (kinds.MODULE, "first-things"): None,
        (kinds.STANDARD, STANDARD): None,
    }
    assert {place: by_slug[place].pool for place in pools} == pools
    assert {each.versions for each in by_slug.values()} == {1}
    assert (
        by_slug[kinds.STANDARD, STANDARD].short_digest
        == (by_slug[kinds.STANDARD, STANDARD].digest[:10])
    )


# The content folders, without a database


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    write_pack(tmp_path)
    write_vignette(tmp_path, "second-story")
    return read_pack(tmp_path)


def digests(pack: Pack) -> dict[tuple[str, str], str]:
    return {
        (kind, slug): digest_of(canonical_text(document))
        for kind, slug, document in pack.documents()
    }


def test_what_is_in_use_as_it_stands_leaves_nothing_to_publish(pack: Pack) -> None:
    changes = changes_of(pack, digests(pack))
    assert (changes.new, changes.changed, changes.absent, changes.kept) == ((), (), (), ())
    assert set(changes.unchanged) == set(digests(pack))
    assert not changes.is_any
    assert changes_of(pack, {}).new == tuple(digests(pack))
    assert changes_of(pack, {}).is_any
    assert changes_of(Pack(), digests(pack)).absent == tuple(sorted(digests(pack)))
    assert not changes_of(Pack(), digests(pack)).is_any


def test_a_key_that_a_panel_ratified_is_kept_and_not_changed(pack: Pack) -> None:
    in_use = digests(pack) | {("key", "story"): "0" * 64, ("key", "second-story"): "1" * 64}
    changes = changes_of(pack, in_use, ["story"])
    assert changes.kept == (("key", "story"),)
    assert changes.changed == (("key", "second-story"),)
    assert ("key", "story") not in changes.unchanged
    assert changes.is_any
    both = changes_of(pack, in_use, ["story", "second-story"])
    assert both.kept == (("key", "second-story"), ("key", "story"))
    assert not both.is_any


def test_one_digest_stands_for_all_documents_whatever_is_in_use(pack: Pack, tmp_path: Path) -> None:
    whole = changes_of(pack, {}).digest
    assert changes_of(pack, digests(pack), ["story"]).digest == whole
    write_vignette(tmp_path, "second-story", title="Told otherwise")
    assert changes_of(read_pack(tmp_path), {}).digest != whole
    write_vignette(tmp_path, "second-story")
    assert changes_of(read_pack(tmp_path), {}).digest == whole


def test_a_single_fault_keeps_everything_from_being_published(tmp_path: Path) -> None:
    write_pack(tmp_path)
    fine = check_content((tmp_path,), {}, lambda _pack: ())
    assert (fine.faults, fine.is_publishable) == ((), True)
    in_use = digests(fine.pack)
    assert not check_content((tmp_path,), in_use, lambda _pack: ()).is_publishable
    (tmp_path / "vignettes" / "story" / "key.yaml").unlink()
    faulty = check_content((tmp_path,), {}, lambda _pack: ())
    assert faulty.changes.is_any
    assert faulty.faults
    assert not faulty.is_publishable
