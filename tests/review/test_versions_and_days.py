"""Which wording an answer belongs to, when a question comes back, and how that is said."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from flask import Flask

from tests.modules.conftest import FIRST, SECOND
from tests.pack import small_pack
from tests.review.conftest import MONDAY, Reviewer
from tests.review.test_daily_set import publish
from training.accounts.models import Person
from training.library import records as library
from training.library.records import Version
from training.library.schema import Module
from training.modules.stages import Stage
from training.review import records, wording
from training.review.history_records import history_of, modules_answered
from training.review.models import ReviewCard
from training.review.records import Review, ReviewQuestion, waits_until
from training.review.rules import Memory, Outcome, memory_after, todays_set

TUESDAY = MONDAY + timedelta(days=1)


def card(due_on: date = MONDAY, **changes: object) -> ReviewCard:
    values = {"id": uuid.uuid4(), "module_slug": FIRST, "question_id": "question-1", "answers": 0}
    return ReviewCard(**(values | {"due_on": due_on, "stability": 1.0} | changes))


@pytest.mark.parametrize(("due", "days"), [(-9, 1), (0, 1), (1, 1), (2, 2), (180, 180)])
def test_what_does_not_fit_into_a_day_comes_back_on_the_next_at_the_earliest(
    due: int, days: int
) -> None:
    assert waits_until(card(MONDAY + timedelta(days=due)), MONDAY) == MONDAY + timedelta(days=days)


def test_what_a_day_holds_and_whether_there_was_ever_anything() -> None:
    module = Version(uuid.uuid4(), FIRST, "0" * 64, small_pack().modules[FIRST])
    first, second = (ReviewQuestion(card(answers=number), module) for number in (0, 4))
    review = Review((first, second), 3, ((TUESDAY, 2),))
    assert (review.next_question, review.questions, review.is_empty) == (first, 5, False)
    assert (first.number, second.number) == (1, 5)
    assert review.holds(second.card)
    assert not review.holds(card())
    nothing = Review((), 0, ())
    assert (nothing.next_question, nothing.questions, nothing.is_empty) == (None, 0, True)
    assert not Review((), 1, ()).is_empty
    assert not Review((), 0, ((TUESDAY, 1),)).is_empty


@pytest.mark.parametrize(
    ("days", "sentence", "in_a_list"),
    [
        (1, "It comes back tomorrow.", "tomorrow"),
        (2, "It comes back in 2 days, on 6 May 2026.", "6 May 2026, in 2 days"),
        (30, "It comes back in 30 days, on 3 June 2026.", "3 June 2026, in 30 days"),
    ],
)
def test_a_day_is_told_with_how_far_away_it_is(
    app: Flask, days: int, sentence: str, in_a_list: str
) -> None:
    with app.test_request_context():
        day = MONDAY + timedelta(days=days)
        assert wording.comes_back(day, MONDAY) == sentence
        assert wording.from_now(day, MONDAY) == in_a_list


@pytest.mark.parametrize(
    ("number", "response", "told"),
    [
        (7, [2, 0], ["Option 3 of 7", "Option 1 of 7"]),
        (9, [1, 2, 0], ["Step 2", "Step 3", "Step 1"]),
        (10, [2, 3], ["Turn 2", "Turn 3"]),
        (7, [], []),
    ],
)
def test_an_answer_is_told_in_the_words_of_its_question(
    app: Flask, number: int, response: list[int], told: list[str]
) -> None:
    question = small_pack().modules[FIRST].question(f"question-{number}")
    with app.test_request_context():
        assert wording.answered(question, response) == told


def test_a_question_is_due_on_its_day_and_not_on_the_day_before() -> None:
    cards = [card(MONDAY), card(TUESDAY)]
    assert todays_set(cards, MONDAY - timedelta(days=1), already_answered=0) == []
    assert todays_set(cards, MONDAY, already_answered=0) == cards[:1]
    assert todays_set(cards, TUESDAY, already_answered=0) == cards


def test_a_known_question_that_is_asked_late_stays_away_the_longer_for_it() -> None:
    before = Memory(stability=5.0, difficulty=5.0, met_on=MONDAY, due_on=MONDAY + timedelta(days=5))
    in_time, late = (
        memory_after(before, Outcome.RIGHT, before.due_on + timedelta(days=days))
        for days in (0, 20)
    )
    assert late.stability > in_time.stability > before.stability
    missed = memory_after(before, Outcome.MISSED, before.due_on)
    assert (missed.met_on, missed.due_on) == (
        before.due_on,
        before.due_on + timedelta(days=1),
    )
    assert missed.stability < before.stability
    assert missed.difficulty > before.difficulty


def test_only_a_version_of_the_same_module_that_asks_the_question_is_believed(
    app: Flask, reviewer: Reviewer, ines: Person
) -> None:
    def in_use(slug: str) -> Version[Module]:
        with app.app_context():
            version = library.find_module(slug)
        assert version is not None
        return version

    reviewer.has_missed(1)
    before = in_use(FIRST)
    publish(app, questions=small_pack().modules[FIRST].model_dump()["questions"][1:])
    without_it = in_use(FIRST)
    publish(app, title="First things, reworded")
    (missed,) = reviewer.cards()
    with app.app_context():
        asked = records.find_card(missed.id, ines.id)
        assert asked is not None
        assert asked.module.document.title == "First things, reworded"
        assert records.version_asked(asked, str(before.id)).id == before.id
        others = [str(version.id) for version in (without_it, in_use(SECOND))]
        for sent in (None, "", "nothing of the kind", str(uuid.uuid4()), *others):
            assert records.version_asked(asked, sent).id == asked.module.id, sent


def test_until_a_new_wording_is_answered_on_the_old_one_says_the_order(
    app: Flask, reviewer: Reviewer, ines: Person
) -> None:
    with reviewer.on(0):
        reviewer.has_done_until(Stage.CHECK).take_check(wrong=1)
    questions = small_pack().modules[FIRST].model_dump()["questions"]
    with app.app_context():
        (lines,) = modules_answered(ines.id)
        first, *others = [line.id for line in lines.questions]
        assert sum(line.missed for line in lines.questions) == 1
        assert [line.id for line in lines.missed] == [
            line.id for line in lines.questions if not line.is_right_now
        ]
        assert {line.answers for line in lines.questions} == {1}
    publish(app, questions=[each for each in questions if each["id"] != first])
    with app.app_context():
        # As long as nothing is answered on the new wording, the old one says the order.
        found = history_of(ines.id, FIRST, on=MONDAY)
        assert found is not None
        assert [question.id for question in found.questions] == [first, *others]
        assert history_of(ines.id, SECOND, on=MONDAY) is None
        assert modules_answered(uuid.uuid4()) == []
