"""Which wording was completed and when, and when a track is complete."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests.cohorts.learning import complete
from tests.pack import (
    MODULES,
    PROGRAMME_MODULES,
    PROGRAMME_STANDARD,
    STANDARD,
    programme_pack,
    small_pack,
)
from training.accounts.models import Person
from training.accounts.records import choose_track
from training.completion import texts
from training.completion.completion_pdf import completion_document
from training.completion.records import (
    CompletedModule,
    Completion,
    completed_modules,
    find_module_completion,
    find_track_completion,
    track_completions,
)
from training.database import db
from training.library import records as library
from training.library.reading import Pack
from training.library.schema import Module
from training.modules.stages import STAGES, Stage

MARCH = datetime(2026, 3, 1, 9, tzinfo=UTC)
FIRST, SECOND = MODULES


def module(slug: str, minutes: int, day: int) -> CompletedModule:
    return CompletedModule(slug, slug.capitalize(), "0123456789", minutes, MARCH.replace(day=day))


def reword(app: Flask, slug: str, **changes: object) -> str:
    """Publish a module with these changes; the short digest of the new version."""
    values = small_pack().modules[slug].model_dump() | changes
    pack = Pack()
    pack.add("module", slug, Module.model_validate(values), slug)
    library.publish(pack, person_id=None)
    version = library.find_module(slug)
    assert version is not None
    return version.short_digest


def test_a_track_took_as_long_as_its_modules_and_was_complete_with_the_latest() -> None:
    track = Completion("Ines", "A track", "slug", (module("one", 45, 9), module("two", 20, 4)))
    assert (track.minutes, track.completed_at) == (65, MARCH.replace(day=9))


def test_a_confirmation_says_one_module_of_a_track_otherwise_than_several(app: Flask) -> None:
    one = Completion("Ines", "A track", "slug", (module("one", 45, 9),))
    with app.test_request_context():
        sentences = [
            texts.sentence(each)
            for each in (
                Completion("Ines", "One", None, one.modules),
                one,
                Completion("Ines", "A track", "slug", (*one.modules, module("two", 20, 4))),
            )
        ]
        assert texts.study_time(one) == "45 minutes, as the authors estimate it"
    assert sentences == [
        "has completed the module “One” on 9 March 2026: read its lesson, passed its knowledge "
        "check and rated its excerpt.",
        "has completed 1 module, all of the track “A track”, on 9 March 2026: read its lesson, "
        "passed its knowledge check and rated its excerpt.",
        "has completed 2 modules, all of the track “A track”, the last one on 9 March 2026: read "
        "the lessons, passed the knowledge checks and rated the excerpts.",
    ]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Ines", "Ines"),
        ("  Ines\n\tLarsen  ", "Ines Larsen"),
        ("Ines \ud83d Larsen", "Ines ? Larsen"),  # half of a letter that is no letter
    ],
)
def test_a_name_is_printed_in_one_line(app: Flask, typed: str, printed: str) -> None:
    completion = Completion(typed, "One", None, (module("one", 45, 9), module("two", 60, 4)))
    with app.test_request_context():
        sheet = completion_document(completion, body="A body", is_demonstration=False)
    assert sheet["holder"] == printed
    assert sheet["demonstration"] == ""
    assert sheet["facts"] == [
        ["Completed", "9 March 2026"],
        ["Study time", "1 hour 45 minutes, as the authors estimate it"],
    ]
    assert sheet["rows"] == [
        ["One", "9 March 2026", "45 minutes", "0123456789"],
        ["Two", "4 March 2026", "1 hour", "0123456789"],
    ]


def test_a_module_is_complete_with_its_last_stage_in_the_wording_of_that_day(
    app: Flask, ines: Person
) -> None:
    with app.app_context():
        complete(ines, FIRST, [Stage.REFLECT], at=MARCH + timedelta(days=4))  # in whatever order
        complete(ines, FIRST, STAGES[:3], at=MARCH)
        assert completed_modules(ines.id) == {}
        assert find_module_completion(ines, FIRST) is None
        reworded = reword(app, FIRST, title="First things, reworded", minutes=35)
        complete(ines, FIRST, [Stage.APPLY], at=MARCH + timedelta(days=9))
        reword(app, FIRST, title="First things, once more", minutes=50)
        found = find_module_completion(ines, FIRST)
        assert found is not None
        assert found.modules == (
            CompletedModule(
                FIRST, "First things, reworded", reworded, 35, MARCH + timedelta(days=9)
            ),
        )
        assert (found.holder, found.title, found.track) == ("Ines", "First things, reworded", None)


def test_modules_stand_in_the_order_of_their_completion_and_a_track_in_its_own(
    app: Flask, ines: Person, otto: Person
) -> None:
    with app.app_context():
        complete(ines, SECOND, at=MARCH)
        assert track_completions(ines, completed_modules(ines.id)) == []
        complete(ines, FIRST, at=MARCH + timedelta(days=1))
        assert list(completed_modules(ines.id)) == [SECOND, FIRST]
        found = find_track_completion(ines, STANDARD)
        assert found is not None
        assert [each.slug for each in found.modules] == [FIRST, SECOND]
        assert found.completed_at == MARCH + timedelta(days=1)
        assert find_track_completion(ines, "nowhere") is None
        assert completed_modules(otto.id) == {}


def test_a_module_of_two_tracks_counts_on_both_whichever_one_is_on(
    app: Flask, ines: Person
) -> None:
    with app.app_context():
        library.publish(programme_pack(), person_id=None)
        for slug in PROGRAMME_MODULES:
            complete(ines, slug, at=MARCH)
        assert find_track_completion(ines, STANDARD) is None
        for track in (STANDARD, PROGRAMME_STANDARD):
            choose_track(ines, track)
            learner = db.session.get_one(Person, ines.id)
            assert learner.track == track
            found = find_track_completion(learner, PROGRAMME_STANDARD)
            assert found is not None
            assert [each.slug for each in found.modules] == list(PROGRAMME_MODULES)
        complete(ines, SECOND, at=MARCH)
        done = completed_modules(ines.id)
        assert {each.track for each in track_completions(ines, done)} == {
            STANDARD,
            PROGRAMME_STANDARD,
        }
