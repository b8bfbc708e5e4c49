"""What other parts ask about learning."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Flask

from tests.modules.conftest import FIRST, SECOND, Learner, module_version
from tests.modules.test_reading import queries_of
from training.accounts.models import Person
from training.modules import records
from training.modules.stages import Stage
from training.tracks.records import tracks_for


def test_progress_of_one_person_takes_two_queries(app: Flask, learner: Learner) -> None:
    learner.has_done_module().has_done(Stage.ORIENT, slug=SECOND)
    with app.app_context():
        tracks = tracks_for(None)
        records.learning_progress(learner.person.id, tracks)
        with queries_of(app) as statements:
            progress = records.learning_progress(learner.person.id, tracks)
    assert len(statements) == 2
    assert progress.modules_done == 1
    assert progress.next_step is not None
    assert (progress.next_step.module.slug, progress.next_step.stage) == (SECOND, Stage.OBSERVE)


def test_progress_of_many_people_takes_one_query(
    app: Flask, learner: Learner, other: Learner, make_person: Callable[..., Person]
) -> None:
    learner.has_done_module()
    other.has_done_until(Stage.APPLY)
    others: list[Person] = [make_person(f"Rater {n}") for n in range(5)]
    ids = [learner.person.id, other.person.id, *(person.id for person in others)]
    with app.app_context():
        course = records.course_on(tracks_for(None))
        records.progress_of_people(ids, course)
        with queries_of(app) as statements:
            found = records.progress_of_people(ids, course)
    assert len(statements) == 1
    assert set(found) == set(ids)
    ines, otto = found[learner.person.id], found[other.person.id]
    assert (ines.modules_done, ines.modules) == (1, 2)
    assert ines.current_module is not None
    assert (ines.current_module.slug, ines.current_stage) == (SECOND, Stage.ORIENT)
    assert otto.current_module is not None
    assert (otto.current_module.slug, otto.current_stage) == (FIRST, Stage.APPLY)
    assert not found[others[0].id].has_begun


def test_nobody_has_no_progress(app: Flask) -> None:
    with app.app_context():
        course = records.course_on(tracks_for(None))
        assert records.progress_of_people([], course) == {}
        unknown = uuid.uuid4()
        assert records.progress_of_people([unknown], course)[unknown].modules_done == 0


def test_a_new_wording_undoes_no_learning(app: Flask, learner: Learner) -> None:
    from tests.pack import small_pack
    from training.library import records as library
    from training.library.reading import Pack

    learner.has_done_module()
    pack = Pack()
    module = small_pack().modules[FIRST].model_copy(update={"title": "First things, again"})
    pack.add("module", FIRST, module, FIRST)
    with app.app_context():
        library.publish(pack, person_id=None)
        progress = records.learning_progress(learner.person.id, tracks_for(None))
    assert progress.modules[0].title == "First things, again"
    assert progress.modules[0].is_done


def test_names_come_from_the_instrument(app: Flask) -> None:
    with app.app_context():
        assert records.principle_names()["dialogism"] == "Dialogism"
        assert records.item_names(module_version(FIRST).document)[4] == "Element 4"


def test_without_its_instrument_a_module_has_no_names(app: Flask) -> None:
    with app.app_context():
        module = module_version(FIRST).document.model_copy(update={"excerpts": ("gone",)})
        assert records.item_names(module) == {}
