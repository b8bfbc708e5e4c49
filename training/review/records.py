"""What somebody goes over again today, and the acts that let questions come back."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, or_, select

from training.accounts.records import lock_person
from training.audit import trail
from training.clock import now
from training.database import db, read_rows, write_transaction
from training.library import records as library
from training.library.records import UnknownDocumentError, Version
from training.library.schema import Module, Question
from training.review.models import ReviewAnswer, ReviewCard
from training.review.rules import Memory, Outcome, memory_after, todays_set

Modules = Mapping[str, Version[Module]]


@dataclass(frozen=True, slots=True)
class ReviewQuestion:
    """A card together with the module in use that has its question."""

    card: ReviewCard
    module: Version[Module]

    @property
    def number(self) -> int:
        """Which answer in reviews the next one is, from 1."""
        return self.card.answers + 1


@dataclass(frozen=True, slots=True)
class Review:
    """The questions that come back to a person, as they stand on a day.

    today     what is to be gone over, in its order; at most eight with those answered already.
    answered  how many were gone over today.
    coming    how many come back on which later day, the first day first.
    """

    today: tuple[ReviewQuestion, ...]
    answered: int
    coming: tuple[tuple[date, int], ...]

    @property
    def next_question(self) -> ReviewQuestion | None:
        return self.today[0] if self.today else None

    @property
    def questions(self) -> int:
        """How many questions make up the set of today, answered or not."""
        return len(self.today) + self.answered

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever missed."""
        return not (self.today or self.answered or self.coming)

    def holds(self, card: ReviewCard) -> bool:
        """Whether a card waits for its answer today."""
        return any(question.card.id == card.id for question in self.today)


def review_of(person_id: uuid.UUID, on: date) -> Review:
    """What comes back to a person, seen on a day. Two queries."""
    modules = modules_in_use()
    rows = db.session.scalars(select(ReviewCard).filter_by(person_id=person_id))
    cards = [row for row in rows if has_question(modules.get(row.module_slug), row.question_id)]
    answered = sum(card.reviewed_on == on for card in cards)
    today = todays_set(cards, on, already_answered=answered)
    chosen = {card.id for card in today}
    days = Counter(waits_until(card, on) for card in cards if card.id not in chosen)
    return Review(
        tuple(ReviewQuestion(card, modules[card.module_slug]) for card in today),
        answered,
        tuple(sorted(days.items())),
    )


def waits_until(card: ReviewCard, on: date) -> date:
    """When a card comes back that is not among the questions of a day: on the next day at least."""
    return max(card.due_on, on + timedelta(days=1))


# Put together once: every home page asks it.
_DUE_OR_REVIEWED = select(
    ReviewCard.module_slug,
    ReviewCard.question_id,
    ReviewCard.due_on,
    ReviewCard.stability,
    ReviewCard.reviewed_on,
).where(
    ReviewCard.person_id == bindparam("person"),
    or_(ReviewCard.due_on <= bindparam("day"), ReviewCard.reviewed_on == bindparam("day")),
)


def number_for_today(person_id: uuid.UUID, on: date) -> int:
    """How many questions a person still goes over today. One query, two when there are any."""
    rows = read_rows(_DUE_OR_REVIEWED, person=person_id, day=on).all()
    due = [row for row in rows if row.due_on <= on]
    if not due:
        return 0
    modules = modules_in_use()
    due = [row for row in due if has_question(modules.get(row.module_slug), row.question_id)]
    answered = sum(row.reviewed_on == on for row in rows)
    return len(todays_set(due, on, already_answered=answered))


def modules_in_use() -> Modules:
    """The modules in use, by slug and in their order."""
    return {version.slug: version for version in library.modules()}


def has_question(module: Version[Module] | None, question_id: str) -> bool:
    """Whether a version of a module asks this question."""
    return module is not None and any(q.id == question_id for q in module.document.questions)


def find_card(card_id: uuid.UUID, person_id: uuid.UUID) -> ReviewQuestion | None:
    """A person's own card, where the question is still in use."""
    card = db.session.scalar(select(ReviewCard).filter_by(id=card_id, person_id=person_id))
    module = library.find_module(card.module_slug) if card else None
    if card is None or module is None or not has_question(module, card.question_id):
        return None
    return ReviewQuestion(card, module)


def find_answer(card: ReviewCard, number: int) -> ReviewAnswer | None:
    return db.session.scalar(select(ReviewAnswer).filter_by(card_id=card.id, number=number))


def version_asked(asked: ReviewQuestion, sent: str | None) -> Version[Module]:
    """The version in which a question was asked, as the form says it; else the one in use.

    So an answer is never held against a wording that was not read.
    """
    try:
        version = library.module_version(uuid.UUID(sent or ""))
    except (ValueError, UnknownDocumentError):
        return asked.module
    is_of_it = version.slug == asked.module.slug and has_question(version, asked.card.question_id)
    return version if is_of_it else asked.module


def question_missed(person_id: uuid.UUID, module_slug: str, question_id: str, *, on: date) -> None:
    """Let a question come back that was missed in a check, or missed again.

    Joins the act that records the answer, in which the person is locked.
    """
    with write_transaction() as session:
        own = {"person_id": person_id, "module_slug": module_slug, "question_id": question_id}
        card = session.scalar(select(ReviewCard).filter_by(**own))
        if card is None:
            card = ReviewCard(**own)
            session.add(card)
            _remember(card, memory_after(None, Outcome.MISSED, on))
        else:
            _remember(card, memory_after(memory_of(card), Outcome.MISSED, on))


def answer_question(
    own: ReviewCard,
    version: Version[Module],
    *,
    number: int,
    order: Sequence[int],
    response: list[int],
    on: date,
) -> bool:
    """Record an answer in a review, and when the question comes back.

    The first answer of a number counts: returns False, and records nothing, where there is one
    already or where it is not the next one's turn.
    """
    with write_transaction() as session:
        lock_person(own.person_id)
        card = session.get_one(ReviewCard, own.id, populate_existing=True)
        if number != card.answers + 1:
            return False
        question: Question = version.document.question(card.question_id)
        is_correct = question.is_right(response)
        outcome = Outcome.RIGHT if is_correct else Outcome.MISSED
        _remember(card, memory_after(memory_of(card), outcome, on))
        card.answers, card.reviewed_on = number, on
        session.add(
            ReviewAnswer(
                card_id=card.id,
                number=number,
                module_document_id=version.id,
                order_shown=list(order),
                response={"answer": response},
                is_correct=is_correct,
                answered_at=now(),
                due_on=card.due_on,
            )
        )
        trail.note(
            trail.Act.QUESTION_REVIEWED,
            f"question {card.question_id} of module {card.module_slug}",
            person_id=card.person_id,
            is_correct=is_correct,
        )
    return True


def memory_of(card: ReviewCard) -> Memory:
    return Memory(card.stability, card.difficulty, card.met_on, card.due_on)


def _remember(card: ReviewCard, memory: Memory) -> None:
    card.stability, card.difficulty = memory.stability, memory.difficulty
    card.met_on, card.due_on = memory.met_on, memory.due_on
