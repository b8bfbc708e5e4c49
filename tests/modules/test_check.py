"""The knowledge check: asking, answering, explaining, trying again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.modules.conftest import FIRST, Learner, form_data, module_version, question_address
from tests.pages import PersonClient
from training.database import db, write_transaction
from training.library.schema import Question
from training.modules import check_records
from training.modules.models import KnowledgeCheck, QuestionAnswer
from training.modules.stages import Stage

CHECK = f"/modules/{FIRST}/check"
TRIES = f"{CHECK}/tries"


@pytest.fixture
def ready(learner: Learner) -> Learner:
    """Ines, whose check is open."""
    return learner.has_done_until(Stage.CHECK)


def begin_with(learner: Learner, *question_ids: str) -> None:
    """Let a check be under way that asks these questions, shown as they are written."""
    with learner.app.app_context(), write_transaction() as session:
        module = module_version(FIRST)
        session.add(
            KnowledgeCheck(
                person_id=learner.person.id,
                module_slug=FIRST,
                module_document_id=module.id,
                number=1,
                questions=[
                    {"question": name, "order": list(range(_question(name).positions))[::-1]}
                    for name in question_ids
                ],
            )
        )


def _question(name: str) -> Question:
    return module_version(FIRST).document.question(name)


def secrets_of(question: Question) -> list[str]:
    """What must not be met before the answer."""
    if question.kind == "order":
        return [question.explanation, *(step.explanation for step in question.steps)]
    if question.kind == "mark-the-turn":
        return list(question.explanations.values())
    return [option.explanation for option in question.options]


def test_ines_takes_the_check_and_masters_it(ready: Learner) -> None:
    page = ready.browser.get_page(CHECK)
    assert page.has_form_to(TRIES)
    assert "With 5 of 6 right the next stage opens." in page.text
    answer = ready.browser.post_page(TRIES)
    assert answer.location == f"{TRIES}/1"
    page = ready.browser.get_page(f"{TRIES}/1", follow=True)
    assert page.heading == "Question 1 of 6"
    for position in range(1, 7):
        ready.browser.get_page(question_address(1, position))
        answer = ready.answer(1, position, rightly=position > 1)
        assert answer.location == question_address(1, position)
        page = ready.browser.get_page(answer.location)
        verdict = "is not right." if position == 1 else "is right."
        assert f"Your answer {verdict}" in page.text
    assert page.has_link_to(f"{TRIES}/1")
    page = ready.browser.get_page(f"{TRIES}/1")
    assert page.heading == "5 of 6 right"
    assert page.text.count("✗ missed") == 1
    assert page.has_link_to(f"/modules/{FIRST}/apply")
    assert Stage.CHECK in ready.stages()
    with ready.app.app_context():
        row = db.session.scalars(select(KnowledgeCheck)).one()
        assert row.finished_at is not None
        assert row.correct_answers == 5


def test_below_mastery_the_stage_stays_open_and_other_questions_come(ready: Learner) -> None:
    first = ready.take_check(wrong=2)
    page = ready.browser.get_page(f"{TRIES}/{first}")
    assert "The next stage needs 5 of 6." in page.text
    assert page.has_form_to(TRIES)
    assert Stage.CHECK not in ready.stages()
    second = ready.take_check()
    before, after = ready.checks()
    seen = {drawn.question.id for drawn in before.questions}
    missed = {drawn.question.id for drawn in before.questions if not drawn.answer.is_correct}
    again = {drawn.question.id for drawn in after.questions}
    everything = {f"question-{number}" for number in range(1, 11)}
    assert again == (everything - seen) | missed
    assert second == 2
    assert Stage.CHECK in ready.stages()
    page = ready.browser.get_page(CHECK)
    assert "4 of 6 right not enough" in page.text
    assert "6 of 6 right enough" in page.text


@pytest.mark.parametrize("name", ["question-1", "question-7", "question-9", "question-10"])
def test_nothing_tells_the_answer_before_it_is_given(ready: Learner, name: str) -> None:
    begin_with(ready, name, "question-2")
    with ready.app.app_context():
        hidden = secrets_of(_question(name))
    drawn = ready.checks()[0].questions[0]
    for page in (
        ready.browser.get_page(CHECK),
        ready.browser.get_page(question_address(1, 1)),
        ready.browser.post_page(question_address(1, 1), {}, expect=422),
        ready.browser.post_page(question_address(1, 1), form_data(drawn, rightly=False)),
    ):
        assert not [text for text in hidden if text in page.html]
        assert "correct" not in page.html
    page = ready.browser.get_page(question_address(1, 1))
    assert not [text for text in hidden if text not in page.text]


@pytest.mark.parametrize("name", ["question-1", "question-7", "question-9", "question-10"])
@pytest.mark.parametrize("rightly", [True, False])
def test_every_kind_is_answered_and_explained(ready: Learner, name: str, rightly: bool) -> None:
    begin_with(ready, name)
    ready.answer(1, 1, rightly=rightly)
    page = ready.browser.get_page(question_address(1, 1))
    assert ("Your answer is right." if rightly else "Your answer is not right.") in page.text
    own = {
        "question-9": ["where you put it"] if rightly else ["you put it at"],
        "question-1": ["you chose it, and it is right" if rightly else "but it is not right"],
    }
    for words in own.get(name, ["you chose it"]):
        assert words in page.text
    with ready.app.app_context():
        answer = db.session.scalars(select(QuestionAnswer)).one()
        assert answer.is_correct is rightly


def test_the_answer_is_kept_as_positions_of_the_document(ready: Learner) -> None:
    begin_with(ready, "question-7", "question-9", "question-10")
    for position in (1, 2, 3):
        ready.answer(1, position)
    with ready.app.app_context():
        rows = db.session.scalars(select(QuestionAnswer))
        kept = {row.question_id: row.response["answer"] for row in rows}
    assert kept == {"question-7": [0, 1], "question-9": [0, 1, 2], "question-10": [2]}


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("question-1", {}, "Choose one answer."),
        ("question-1", {"answer": "9"}, "Not a valid choice."),
        ("question-1", {"answer": "first"}, "Invalid Choice"),
        ("question-7", {}, "Choose at least one."),
        ("question-7", {"answer": ["0", "17"]}, "not a valid choice"),
        ("question-10", {}, "Choose at least one."),
        ("question-9", {}, "Give step A a place. Give step B a place. Give step C a place."),
        ("question-9", {"place_0": "1", "place_1": "2"}, "Give step C a place."),
        ("question-9", {"place_0": "1", "place_1": "4", "place_2": "2"}, "Not a valid choice."),
        ("question-9", {"place_0": "1", "place_1": "3", "place_2": "3"}, "Step B shares place 3"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused_and_kept(
    ready: Learner, name: str, data: dict[str, object], message: str
) -> None:
    begin_with(ready, name)
    page = ready.browser.post_page(question_address(1, 1), data, expect=422)
    assert message in page.errors
    assert ready.checks()[0].next_position == 1
    chosen = [option["value"] for option in page.soup.select("select option[selected]")]
    kept = [data.get(f"place_{step}", "") for step in range(3)]
    if name == "question-9" and "4" not in kept:
        assert [value for value in chosen if value] == [value for value in kept if value]


def test_the_first_answer_counts(ready: Learner) -> None:
    begin_with(ready, "question-1", "question-2")
    ready.answer(1, 1, rightly=False)
    for _ in range(2):
        again = ready.answer(1, 1, rightly=True)
        assert again.location == question_address(1, 1)
    answer = ready.checks()[0].questions[0].answer
    assert answer is not None
    assert not answer.is_correct


def test_two_clicks_at_once_leave_one_answer(app: Flask, ready: Learner) -> None:
    begin_with(ready, "question-1", "question-2")
    check = ready.checks()[0]

    def answer(option: int) -> bool:
        with app.app_context():
            return check_records.answer_question(ready.person.id, check, 1, [option])

    with ThreadPoolExecutor(4) as threads:
        counted = list(threads.map(answer, [0, 1, 2, 3]))
    assert sorted(counted) == [False, False, False, True]
    with app.app_context():
        assert len(db.session.scalars(select(QuestionAnswer)).all()) == 1


def test_the_database_itself_refuses_a_second_answer(app: Flask, ready: Learner) -> None:
    begin_with(ready, "question-1", "question-2")
    ready.answer(1, 1)
    check = ready.checks()[0]
    second = QuestionAnswer(
        check_id=check.id, question_id="question-1", response={}, is_correct=True
    )
    with app.app_context(), pytest.raises(IntegrityError), write_transaction() as session:
        session.add(second)


def test_two_clicks_start_one_check(app: Flask, ready: Learner) -> None:
    def start(_: int) -> int:
        with app.app_context():
            return check_records.start_check(ready.person.id, module_version(FIRST))

    with ThreadPoolExecutor(3) as threads:
        assert set(threads.map(start, range(3))) == {1}
    assert len(ready.checks()) == 1


def test_ines_goes_on_where_she_left(ready: Learner) -> None:
    ready.browser.post_page(TRIES)
    ready.answer(1, 1)
    ready.answer(1, 2)
    page = ready.browser.get_page(CHECK)
    assert "Continue with question 3 of 6" in page.text
    page = ready.browser.get_page(f"{TRIES}/1", follow=True)
    assert page.heading == "Question 3 of 6"
    ready.browser.post_page(TRIES)
    assert len(ready.checks()) == 1


def test_questions_come_one_after_the_other(ready: Learner) -> None:
    ready.browser.post_page(TRIES)
    page = ready.browser.get_page(question_address(1, 4), follow=True)
    assert page.heading == "Question 1 of 6"
    ready.answer(1, 4)  # out of turn: nothing is recorded
    assert ready.checks()[0].next_position == 1
    assert not any(drawn.is_answered for drawn in ready.checks()[0].questions)


def test_a_question_asked_again_is_not_explained_from_the_earlier_try(ready: Learner) -> None:
    ready.take_check(wrong=2)
    missed = ready.checks()[0].questions[0]
    ready.browser.post_page(TRIES)
    page = ready.browser.get_page(question_address(1, missed.position), follow=True)
    assert "You are being asked this question again." in page.text
    with ready.app.app_context():
        hidden = secrets_of(missed.question)
    assert not [text for text in hidden if text in page.html]


def test_options_are_shown_in_another_order_than_written(ready: Learner) -> None:
    orders = set()
    for number in range(1, 5):
        ready.take_check(wrong=6)
        orders |= {drawn.order for drawn in ready.checks()[number - 1].questions}
    assert len({order for order in orders if len(order) == 4}) > 5


def test_the_page_shows_the_order_that_was_drawn(ready: Learner) -> None:
    begin_with(ready, "question-1")
    page = ready.browser.get_page(question_address(1, 1))
    labels = [label.get_text() for label in page.soup.select(".choice label")]
    assert labels == [f"Option {number} of 1" for number in (4, 3, 2, 1)]
    values = [radio["value"] for radio in page.soup.select(".choice input[type=radio]")]
    assert values == ["0", "1", "2", "3"]


def test_a_check_goes_on_in_the_wording_it_began_in(app: Flask, ready: Learner) -> None:
    ready.browser.post_page(TRIES)
    drawn = ready.checks()[0].questions[0]
    from tests.pack import small_pack
    from training.library import records as library
    from training.library.reading import Pack

    module = small_pack().modules[FIRST]
    questions = tuple(
        question.model_copy(update={"stem": f"New: {question.stem}"})
        for question in module.questions
    )
    pack = Pack()
    pack.add("module", FIRST, module.model_copy(update={"questions": questions}), FIRST)
    with app.app_context():
        library.publish(pack, person_id=None)
    page = ready.browser.get_page(question_address(1, 1))
    assert drawn.question.stem in page.text
    assert "New:" not in page.text
    for position in range(1, 7):
        ready.answer(1, position)
    assert Stage.CHECK in ready.stages()


def test_practising_again_after_mastery_takes_nothing_away(ready: Learner) -> None:
    ready.take_check()
    ready.take_check(wrong=6)
    assert Stage.CHECK in ready.stages()
    page = ready.browser.get_page(f"{TRIES}/2")
    assert page.heading == "0 of 6 right"
    assert page.has_link_to(f"/modules/{FIRST}/apply")


def test_ottos_check_is_not_ines(ready: Learner, other: Learner) -> None:
    other.has_done_until(Stage.CHECK).take_check()
    ready.browser.get_page(f"{TRIES}/1", expect=404)
    ready.browser.get_page(question_address(1, 1), expect=404)
    ready.browser.post_page(question_address(1, 1), {"answer": 0}, expect=404)


def test_what_was_never_asked_is_not_found(ready: Learner) -> None:
    ready.browser.get_page(f"{TRIES}/1", expect=404)
    ready.browser.post_page(TRIES)
    for address in (question_address(1, 0), question_address(1, 7), question_address(2, 1)):
        ready.browser.get_page(address, expect=404)


def test_strangers_answer_nothing(ready: Learner, stranger: PersonClient) -> None:
    ready.browser.post_page(TRIES)
    for address in (TRIES, question_address(1, 1)):
        assert stranger.post_page(address, {"answer": 0}).location.startswith("/sign-in")
    assert not ready.checks()[0].questions[0].is_answered


def test_a_click_from_elsewhere_starts_nothing(ready: Learner) -> None:
    assert ready.browser.post(TRIES, has_token=False).status_code == 400
    assert ready.checks() == []
