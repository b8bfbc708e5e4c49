"""What demonstration people answered in the checks of their modules, some days ago."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from training.accounts.models import Person
from training.clock import now
from training.database import write_transaction
from training.demonstration.doings import finish_modules
from training.library.records import Version
from training.library.schema import MarkTheTurnQuestion, Module, OrderQuestion, Question
from training.modules.check_records import answer_question, checks, start_check
from training.modules.models import KnowledgeCheck
from training.modules.records import modules_with_progress
from training.review.models import ReviewCard
from training.tracks.records import tracks_for

DAYS_AGO = timedelta(days=3)


def learn_with_checks(rater: Person, number: int, *, missed: int) -> None:
    """Complete the first modules of the track, and miss the first questions of each check.

    That was some days ago, so that what was missed comes back by now.
    """
    finish_modules(rater, number)
    versions, progress = modules_with_progress(rater.id, tracks_for(rater.track))
    for module in progress.modules[:number]:
        _answer_check(rater, versions[module.slug], missed)
    _put_back(rater)


def _answer_check(rater: Person, module: Version[Module], missed: int) -> None:
    start_check(rater.id, module, seed=f"demonstration {module.slug}")
    check = checks(rater.id, module.slug)[-1]
    for drawn in check.questions:
        wrongly = drawn.position <= missed
        response = wrong_response(drawn.question) if wrongly else drawn.question.right_response
        answer_question(rater.id, check, drawn.position, response)


def wrong_response(question: Question) -> list[int]:
    """An answer that is not right: the steps backwards, or one choice that does not belong."""
    if isinstance(question, OrderQuestion):
        return question.right_response[::-1]
    choices = (
        [turn.number for turn in question.turns]
        if isinstance(question, MarkTheTurnQuestion)
        else range(question.positions)
    )
    return [next(choice for choice in choices if choice not in question.right_response)]


def _put_back(rater: Person) -> None:
    with write_transaction() as session:
        for check in session.scalars(select(KnowledgeCheck).filter_by(person_id=rater.id)):
            check.started_at -= DAYS_AGO
            check.finished_at = now() - DAYS_AGO
            for answer in check.answers:
                answer.answered_at -= DAYS_AGO
        for card in session.scalars(select(ReviewCard).filter_by(person_id=rater.id)):
            card.met_on -= DAYS_AGO
            card.due_on -= DAYS_AGO
