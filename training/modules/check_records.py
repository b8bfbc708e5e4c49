"""Knowledge checks: which questions somebody was asked, and the acts of asking and answering."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from training.accounts.records import lock_person
from training.clock import now
from training.database import db, write_transaction
from training.library import records as library
from training.library.records import Version
from training.library.schema import Module, Question
from training.modules import records
from training.modules.asking import order_to_show
from training.modules.mastery import CheckResult, draw_questions
from training.modules.models import KnowledgeCheck, QuestionAnswer
from training.modules.stages import Stage
from training.review.records import question_missed


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    """A question in one check: its place from 1, how it is shown, and what was answered."""

    position: int
    question: Question
    order: tuple[int, ...]
    answer: QuestionAnswer | None

    @property
    def is_answered(self) -> bool:
        return self.answer is not None


@dataclass(frozen=True, slots=True)
class Check:
    """One try at the questions of a module, with the wording it was asked in."""

    id: uuid.UUID
    number: int
    module: Version[Module]
    questions: tuple[DrawnQuestion, ...]

    @property
    def next_position(self) -> int | None:
        """The place of the first question without an answer; None when all have one."""
        return next((drawn.position for drawn in self.questions if not drawn.is_answered), None)

    @property
    def is_finished(self) -> bool:
        return self.next_position is None

    @property
    def result(self) -> CheckResult:
        """How many of the questions were answered right so far."""
        right = sum(bool(drawn.answer and drawn.answer.is_correct) for drawn in self.questions)
        return CheckResult(len(self.questions), right)

    def find_question(self, position: int) -> DrawnQuestion | None:
        return next((drawn for drawn in self.questions if drawn.position == position), None)

    def is_waiting_for(self, question_id: str) -> bool:
        """Whether this question was drawn and has no answer yet."""
        return any(
            drawn.question.id == question_id and not drawn.is_answered for drawn in self.questions
        )


def checks(person_id: uuid.UUID, module_slug: str) -> list[Check]:
    """A person's tries at the questions of a module, first one first."""
    rows = db.session.scalars(
        select(KnowledgeCheck)
        .filter_by(person_id=person_id, module_slug=module_slug)
        .order_by(KnowledgeCheck.number)
        .options(selectinload(KnowledgeCheck.answers))
        .execution_options(populate_existing=True)
    )
    return [_check(row) for row in rows]


def _check(row: KnowledgeCheck) -> Check:
    module = library.module_version(row.module_document_id)
    answers = {answer.question_id: answer for answer in row.answers}
    drawn = tuple(
        DrawnQuestion(
            position,
            module.document.question(entry["question"]),
            tuple(entry["order"]),
            answers.get(entry["question"]),
        )
        for position, entry in enumerate(row.questions, start=1)
    )
    return Check(row.id, row.number, module, drawn)


def start_check(person_id: uuid.UUID, module: Version[Module], *, seed: str | None = None) -> int:
    """Draw the questions of a new check and return its number.

    While one is under way it is that one's number: two clicks start one check. The seed is
    drawn unless it is given.
    """
    seed = seed or secrets.token_hex(16)
    with write_transaction() as session:
        lock_person(person_id)
        earlier = checks(person_id, module.slug)
        if earlier and not earlier[-1].is_finished:
            return earlier[-1].number
        number = len(earlier) + 1
        session.add(
            KnowledgeCheck(
                person_id=person_id,
                module_slug=module.slug,
                module_document_id=module.id,
                number=number,
                questions=_draw(module.document, earlier, seed),
            )
        )
    return number


def _draw(module: Module, earlier: Sequence[Check], seed: str) -> list[dict[str, object]]:
    latest = {
        drawn.question.id: drawn.answer is not None and drawn.answer.is_correct
        for check in earlier
        for drawn in check.questions
    }
    drawn_ids = draw_questions(
        [question.id for question in module.questions],
        seen=latest.keys(),
        missed={question_id for question_id, is_correct in latest.items() if not is_correct},
        seed=seed,
    )
    drawn = [module.question(question_id) for question_id in drawn_ids]
    return [
        {"question": question.id, "order": order_to_show(question, seed=f"{seed} {question.id}")}
        for question in drawn
    ]


def answer_question(person_id: uuid.UUID, check: Check, position: int, response: list[int]) -> bool:
    """Record the answer to a question; the last one finishes the check.

    The first answer counts: returns False, and records nothing, where there was one already.
    A check that ends with mastery completes the check stage in the same act.
    """
    with write_transaction() as session:
        lock_person(person_id)
        row = session.get_one(KnowledgeCheck, check.id, populate_existing=True)
        question_id = row.questions[position - 1]["question"]
        answers = {answer.question_id: answer for answer in _answers(check.id)}
        if question_id in answers:
            return False
        is_correct = check.module.document.question(question_id).is_right(response)
        answers[question_id] = QuestionAnswer(
            check_id=row.id,
            question_id=question_id,
            response={"answer": response},
            is_correct=is_correct,
        )
        session.add(answers[question_id])
        if not is_correct:
            question_missed(person_id, check.module.slug, question_id, on=now().date())
        if len(answers) == len(row.questions):
            row.finished_at = now()
            row.correct_answers = sum(answer.is_correct for answer in answers.values())
            if CheckResult(len(row.questions), row.correct_answers).is_mastered:
                records.complete_stage(person_id, check.module, Stage.CHECK)
    return True


def _answers(check_id: uuid.UUID) -> Sequence[QuestionAnswer]:
    return db.session.scalars(select(QuestionAnswer).filter_by(check_id=check_id)).all()
