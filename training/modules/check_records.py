"""Knowledge checks: which questions somebody was asked, and the acts of asking and answering."""

from __future__ import annotations

import secrets
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from training.accounts.records import lock_person
from training.clock import now
from training.database import read_rows, write_transaction
from training.library import records as library
from training.library.records import Version
from training.library.schema import Module, Question
from training.modules import records
from training.modules.asking import order_to_show
from training.modules.mastery import CheckResult, draw_questions
from training.modules.models import KnowledgeCheck, QuestionAnswer
from training.modules.stages import Stage
from training.review.records import question_missed


class GivenAnswer(NamedTuple):
    """What was chosen, as positions of options, and whether it was right."""

    chosen: Sequence[int]
    is_correct: bool


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    """A question in one check: its place from 1, how it is shown, and what was answered."""

    position: int
    question: Question
    order: tuple[int, ...]
    answer: GivenAnswer | None

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


# Put together once, and of columns instead of objects: every question asks for both.
_IS_OF_MODULE = (
    KnowledgeCheck.person_id == bindparam("person"),
    KnowledgeCheck.module_slug == bindparam("module"),
)
_CHECKS = (
    select(
        KnowledgeCheck.id,
        KnowledgeCheck.number,
        KnowledgeCheck.module_document_id,
        KnowledgeCheck.questions,
    )
    .where(*_IS_OF_MODULE)
    .order_by(KnowledgeCheck.number)
)
_ANSWERS = (
    select(
        QuestionAnswer.check_id,
        QuestionAnswer.question_id,
        QuestionAnswer.response,
        QuestionAnswer.is_correct,
    )
    .join(QuestionAnswer.check)
    .where(*_IS_OF_MODULE)
)


def checks(person_id: uuid.UUID, module_slug: str) -> list[Check]:
    """A person's tries at the questions of a module, first one first."""
    asked = {"person": person_id, "module": module_slug}
    rows = read_rows(_CHECKS, **asked).all()
    given: defaultdict[uuid.UUID, dict[str, GivenAnswer]] = defaultdict(dict)
    for check_id, question_id, response, is_correct in read_rows(_ANSWERS, **asked):
        given[check_id][question_id] = GivenAnswer(response["answer"], is_correct)
    return [_check(*row, given[row.id]) for row in rows]


def _check(
    check_id: uuid.UUID,
    number: int,
    document_id: uuid.UUID,
    questions: Sequence[dict[str, Any]],
    answers: Mapping[str, GivenAnswer],
) -> Check:
    module = library.module_version(document_id)
    drawn = tuple(
        DrawnQuestion(
            position,
            module.document.question(entry["question"]),
            tuple(entry["order"]),
            answers.get(entry["question"]),
        )
        for position, entry in enumerate(questions, start=1)
    )
    return Check(check_id, number, module, drawn)


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


_RIGHT_OR_WRONG = select(QuestionAnswer.question_id, QuestionAnswer.is_correct).where(
    QuestionAnswer.check_id == bindparam("check")
)


def answer_question(person_id: uuid.UUID, check: Check, position: int, response: list[int]) -> bool:
    """Record the answer to a question; the last one finishes the check.

    The first answer counts: returns False, and records nothing, where there was one already.
    A check that ends with mastery completes the check stage in the same act.
    """
    with write_transaction() as session:
        lock_person(person_id)
        row = session.get_one(KnowledgeCheck, check.id, populate_existing=True)
        question_id = row.questions[position - 1]["question"]
        answers = dict(read_rows(_RIGHT_OR_WRONG, check=check.id).all())
        if question_id in answers:
            return False
        is_correct = check.module.document.question(question_id).is_right(response)
        answers[question_id] = is_correct
        session.add(
            QuestionAnswer(
                check_id=row.id,
                question_id=question_id,
                response={"answer": response},
                is_correct=is_correct,
            )
        )
        if not is_correct:
            question_missed(person_id, check.module.slug, question_id, on=now().date())
        if len(answers) == len(row.questions):
            row.finished_at = now()
            row.correct_answers = sum(answers.values())
            if CheckResult(len(row.questions), row.correct_answers).is_mastered:
                records.complete_stage(person_id, check.module, Stage.CHECK)
    return True
