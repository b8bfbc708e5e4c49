"""Which questions somebody was asked, what they answered, and how often it was right."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from sqlalchemy import Select, select

from training.database import db
from training.library import records as library
from training.library.schema import Module, Question
from training.modules.asking import ExplainedQuestion, explained
from training.modules.models import KnowledgeCheck, QuestionAnswer
from training.review.models import ReviewAnswer, ReviewCard
from training.review.records import modules_in_use, review_of


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer, with the wording it was given on.

    order         positions of the choices as they were shown.
    check_number  the try at the check in which it was given; None in a review.
    """

    module: Module
    question_id: str
    order: tuple[int, ...]
    response: tuple[int, ...]
    is_correct: bool
    answered_at: datetime
    check_number: int | None

    @property
    def question(self) -> Question:
        return self.module.question(self.question_id)

    @property
    def explained(self) -> ExplainedQuestion:
        return explained(self.question, self.order, self.response, is_correct=self.is_correct)


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question with all answers to it, the first one first.

    is_waiting  it is being asked again, so that what speaks for its choices is not shown now.
    """

    id: str
    answers: tuple[GivenAnswer, ...]
    is_waiting: bool

    @property
    def latest(self) -> GivenAnswer:
        return self.answers[-1]

    @property
    def was_missed(self) -> bool:
        """Whether an answer to it was ever wrong, or right only in part."""
        return not all(answer.is_correct for answer in self.answers)


@dataclass(frozen=True, slots=True)
class ModuleHistory:
    """The answered questions of one module, in the order in which they are written."""

    slug: str
    title: str
    questions: tuple[AnsweredQuestion, ...]

    @property
    def missed(self) -> tuple[AnsweredQuestion, ...]:
        return tuple(question for question in self.questions if question.was_missed)


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question in the list of all: how often it was answered, and how that went."""

    id: str
    stem: str
    answers: int
    missed: int
    is_right_now: bool  # the latest answer


@dataclass(frozen=True, slots=True)
class ModuleLines:
    """The answered questions of a module in the list of all."""

    slug: str
    title: str
    questions: tuple[QuestionLine, ...]

    @property
    def missed(self) -> tuple[QuestionLine, ...]:
        return tuple(question for question in self.questions if question.missed)


def history_of(person_id: uuid.UUID, slug: str, *, on: date) -> ModuleHistory | None:
    """What a person answered in a module, in checks and in reviews; None where that is nothing."""
    given = sorted(
        [*_given_in_checks(person_id, slug), *_given_in_reviews(person_id, slug)],
        key=lambda answer: answer.answered_at,
    )
    if not given:
        return None
    module, waiting = given[-1].module, _asked_now(person_id, slug, given, on)
    return ModuleHistory(
        slug,
        module.title,
        tuple(
            AnsweredQuestion(name, tuple(answers), name in waiting)
            for name, answers in _by_question(given, module).items()
        ),
    )


def _given_in_checks(person_id: uuid.UUID, slug: str) -> Iterator[GivenAnswer]:
    rows = db.session.execute(
        select(QuestionAnswer, KnowledgeCheck)
        .join(KnowledgeCheck)
        .where(KnowledgeCheck.person_id == person_id, KnowledgeCheck.module_slug == slug)
    )
    for answer, check in rows:
        orders = {entry["question"]: entry["order"] for entry in check.questions}
        yield GivenAnswer(
            library.module_version(check.module_document_id).document,
            answer.question_id,
            tuple(orders[answer.question_id]),
            tuple(answer.response["answer"]),
            answer.is_correct,
            answer.answered_at,
            check.number,
        )


def _given_in_reviews(person_id: uuid.UUID, slug: str) -> Iterator[GivenAnswer]:
    rows = db.session.execute(
        select(ReviewAnswer, ReviewCard.question_id)
        .join(ReviewCard)
        .where(ReviewCard.person_id == person_id, ReviewCard.module_slug == slug)
    )
    for answer, question_id in rows:
        yield GivenAnswer(
            library.module_version(answer.module_document_id).document,
            question_id,
            tuple(answer.order_shown),
            tuple(answer.response["answer"]),
            answer.is_correct,
            answer.answered_at,
            None,
        )


def _asked_now(
    person_id: uuid.UUID, slug: str, given: Sequence[GivenAnswer], on: date
) -> frozenset[str]:
    """The questions of a module that wait for an answer, in a check or in the set of the day."""
    under_way = db.session.scalars(
        select(KnowledgeCheck).filter_by(person_id=person_id, module_slug=slug, finished_at=None)
    )
    answered = {(answer.check_number, answer.question_id) for answer in given}
    drawn = {
        entry["question"]
        for check in under_way
        for entry in check.questions
        if (check.number, entry["question"]) not in answered
    }
    today = {
        question.card.question_id
        for question in review_of(person_id, on).today
        if question.module.slug == slug
    }
    return frozenset(drawn | today)


class Named(Protocol):
    @property
    def question_id(self) -> str: ...


AnyNamed = TypeVar("AnyNamed", bound=Named)


def _by_question(rows: Iterable[AnyNamed], module: Module) -> dict[str, list[AnyNamed]]:
    """What belongs to each question, in the order of the module; what it dropped comes last."""
    found: defaultdict[str, list[AnyNamed]] = defaultdict(list)
    for row in rows:
        found[row.question_id].append(row)
    written = [question.id for question in module.questions if question.id in found]
    return {name: found[name] for name in dict.fromkeys([*written, *sorted(found)])}


def modules_answered(person_id: uuid.UUID) -> list[ModuleLines]:
    """Every question a person has answered, by module. Three queries, however many there are."""
    rows = [*db.session.execute(_checked(person_id)), *db.session.execute(_reviewed(person_id))]
    by_module: defaultdict[str, list[_Answered]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.answered_at):
        by_module[row.module_slug].append(_Answered(*row))
    in_use = [slug for slug in modules_in_use() if slug in by_module]
    slugs = dict.fromkeys([*in_use, *sorted(by_module)])
    return [_module_lines(slug, by_module[slug]) for slug in slugs]


@dataclass(frozen=True, slots=True)
class _Answered:
    module_slug: str
    question_id: str
    module_document_id: uuid.UUID
    is_correct: bool
    answered_at: datetime


def _checked(person_id: uuid.UUID) -> Select[str, str, uuid.UUID, bool, datetime]:
    return (
        select(
            KnowledgeCheck.module_slug,
            QuestionAnswer.question_id,
            KnowledgeCheck.module_document_id,
            QuestionAnswer.is_correct,
            QuestionAnswer.answered_at,
        )
        .join(QuestionAnswer.check)
        .where(KnowledgeCheck.person_id == person_id)
    )


def _reviewed(person_id: uuid.UUID) -> Select[str, str, uuid.UUID, bool, datetime]:
    return (
        select(
            ReviewCard.module_slug,
            ReviewCard.question_id,
            ReviewAnswer.module_document_id,
            ReviewAnswer.is_correct,
            ReviewAnswer.answered_at,
        )
        .join(ReviewAnswer.card)
        .where(ReviewCard.person_id == person_id)
    )


def _module_lines(slug: str, answers: list[_Answered]) -> ModuleLines:
    module = _module_of(answers[-1])
    return ModuleLines(
        slug,
        module.title,
        tuple(
            QuestionLine(
                name,
                _module_of(given[-1]).question(name).stem,
                len(given),
                sum(not answer.is_correct for answer in given),
                given[-1].is_correct,
            )
            for name, given in _by_question(answers, module).items()
        ),
    )


def _module_of(answer: _Answered) -> Module:
    return library.module_version(answer.module_document_id).document
