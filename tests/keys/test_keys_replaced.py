"""Which version of a key stands in whose place, and in which order changes are listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.certification import stories
from tests.keys.key_changes import FIRST, cases_in_database, ratify, upside_down
from tests.pack import CERTIFICATION, PRACTICE
from training.accounts.models import Person
from training.calibration import records as ratings
from training.calibration.models import Purpose, RatingSession
from training.clock import now
from training.database import db
from training.keys.changes import case_records, consequence_records
from training.keys.changes import records as change_records
from training.keys.changes.replacements import key_replacements
from training.keys.models import CaseAct, KeyChange
from training.library import records as library

DROPPED = {"rating": "dropped", "evidence": []}


def put(version: object, slug: str, by: Person, reason: str = "Agreed.") -> KeyChange:
    return change_records.put_in_use(slug, version, by=by, reason=reason)  # type: ignore[arg-type]


def test_every_version_on_the_way_is_replaced_by_the_one_in_use(
    app: Flask, cleo: Person, emeka: Person
) -> None:
    slug = PRACTICE[0]
    with app.app_context():
        authored = library.get_key(slug)
        assert key_replacements().by_id == {}
        second, third = (ratify(emeka, slug, {1: {"rating": rating}}) for rating in (1, 2))
        put(second, slug, cleo)
        found = key_replacements()
        assert {old: new.id for old, new in found.by_id.items()} == {authored.id: second}
        assert found.by_digest == {
            (slug, authored.digest): (
                found.by_id[authored.id].document,
                library.get_key(slug).digest,
            )
        }
        put(third, slug, cleo)
        found = key_replacements()
        assert {old: new.id for old, new in found.by_id.items()} == {
            authored.id: third,
            second: third,
        }
        assert set(found.replaced_ids(slug)) == {authored.id, second}
        assert found.replaced_ids(PRACTICE[1]) == ()
        # What is asked comes after what is in use, and changes nothing.
        asked = library.key_version(ratify(emeka, slug, {1: {"rating": 0}}))
        found = key_replacements([asked])
        assert set(found.replaced_ids(slug)) == {authored.id, second, third}
        assert {new.id for new in found.by_id.values()} == {asked.id}
        assert library.get_key(slug).id == third


def test_a_version_that_came_back_is_in_its_own_place(
    app: Flask, cleo: Person, emeka: Person
) -> None:
    slug = PRACTICE[0]
    with app.app_context():
        authored = library.get_key(slug)
        first = ratify(emeka, slug, {1: {"rating": 1}})
        put(first, slug, cleo)
        second = ratify(emeka, slug, {1: {"rating": 2}})
        put(second, slug, cleo)
        put(first, slug, cleo, "On second thought.")
        found = key_replacements()
        assert {old: new.id for old, new in found.by_id.items()} == {
            authored.id: first,
            second: first,
        }
        assert first not in found.by_id


def test_it_is_known_of_the_very_version_whether_it_had_dropped_an_item(
    app: Flask, cleo: Person, emeka: Person
) -> None:
    slug = PRACTICE[0]
    with app.app_context():
        authored = library.get_key(slug)
        without = ratify(emeka, slug, {4: DROPPED})
        dropped = library.key_version(without).digest
        put(without, slug, cleo)
        assert not key_replacements().has_dropped(slug, dropped)  # in use, and replaced by nothing
        put(ratify(emeka, slug, {4: {"rating": 2, "evidence": [4]}}), slug, cleo)
        found = key_replacements()
        assert found.has_dropped(slug, dropped)
        assert not found.has_dropped(slug, authored.digest)
        assert not found.has_dropped(PRACTICE[1], dropped)


def test_keys_wait_latest_first_until_they_are_put_in_use(
    app: Flask, cleo: Person, emeka: Person
) -> None:
    with app.app_context():
        versions = {}
        for days, slug in enumerate((PRACTICE[0], CERTIFICATION[0], PRACTICE[1])):
            with time_machine.travel(now() + timedelta(days=days), tick=False):
                versions[slug] = ratify(emeka, slug, {1: {"rating": 1}})
        waiting = change_records.waiting_keys()
        assert [key.slug for key in waiting] == [PRACTICE[1], CERTIFICATION[0], PRACTICE[0]]
        assert [key.document_id for key in waiting] == [versions[key.slug] for key in waiting]
        assert waiting[0].title == f"The story of {PRACTICE[1]}"
        assert {(key.panel_title, key.fits) for key in waiting} == {("Spring panel", True)}
        put(versions[PRACTICE[1]], PRACTICE[1], cleo)
        assert [key.slug for key in change_records.waiting_keys()] == [
            CERTIFICATION[0],
            PRACTICE[0],
        ]
        # One that was in use and had to make way does not wait again; what replaced it is in use.
        put(ratify(emeka, PRACTICE[1], {1: {"rating": 2}}), PRACTICE[1], cleo)
        assert len(change_records.waiting_keys()) == 2


def test_changes_with_open_cases_are_listed_first_and_then_the_latest(
    app: Flask, ines: Person, cleo: Person, emeka: Person
) -> None:
    with app.app_context():
        stories.decided_attempt(ines)
        start = now()
        changes = []
        for days, (slug, items) in enumerate(
            (
                (FIRST, upside_down(FIRST)),
                (PRACTICE[0], {1: {"rating": 1}}),
                (PRACTICE[1], {1: {"rating": 1}}),
            )
        ):
            version = ratify(emeka, slug, items)
            with time_machine.travel(start + timedelta(days=days), tick=False):
                changes.append(put(version, slug, cleo))
        turning, earlier, latest = (change.id for change in changes)

        def listed(limit: int = change_records.CHANGES_LISTED) -> list[tuple[object, int, int]]:
            found = change_records.latest_changes(limit)
            return [(each.change.id, each.cases, each.open_cases) for each in found]

        assert listed() == [(turning, 1, 1), (latest, 0, 0), (earlier, 0, 0)]
        assert listed(2) == listed()[:2]
        (case,) = cases_in_database()
        case_records.decide(case.id, act=CaseAct.STANDS, certifier=cleo, reason="It was close.")
        assert listed() == [(latest, 0, 0), (earlier, 0, 0), (turning, 1, 0)]


def test_only_what_was_submitted_by_a_replaced_key_is_told_of_the_new_one(
    app: Flask, ines: Person, otto: Person, cleo: Person, emeka: Person
) -> None:
    """Ines has practised and Otto has a draft; the other vignette keeps its key."""
    slug = PRACTICE[0]
    with app.app_context():
        stories.practise(ines, slugs=PRACTICE)
        draft = ratings.open_session(otto.id, slug, Purpose.PRACTICE)
        new_id = ratify(emeka, slug, {1: {"rating": 1}, 2: {"reason": "So."}})
        found = consequence_records.consequences_of(slug, new_id)
        assert (found.sessions_compared, len(found.practice)) == (1, 1)
        change = put(new_id, slug, cleo)
        told = {}
        for session in db.session.query(RatingSession).filter_by(person_id=ines.id):
            told[session.vignette_slug] = change_records.revision_note(session)
        assert told[PRACTICE[1]] is None
        note = told[slug]
        assert note is not None
        assert (note.revised_at, [item.number for item in note.items]) == (
            change.put_in_use_at,
            [1],
        )
        assert change_records.revision_note(draft) is None


def test_a_key_of_another_vignette_or_none_is_not_found(
    app: Flask, cleo: Person, emeka: Person
) -> None:
    with app.app_context():
        in_use = library.get_key(PRACTICE[0])
        found = change_records.find_key(PRACTICE[0], in_use.id)
        assert found is not None
        assert found.digest == in_use.digest
        assert change_records.find_key(PRACTICE[1], in_use.id) is None
        assert change_records.find_key(PRACTICE[0], emeka.id) is None
        assert not change_records.fits_in_use(replace(in_use, slug="gone"))
        with pytest.raises(library.UnknownDocumentError):
            put(emeka.id, PRACTICE[0], cleo)
