"""Somebody on their way through the modules."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.pages import Page, PersonClient
from training.accounts.models import Person
from training.audit.models import AuditEntry
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import Purpose, RatingSession
from training.calibration.ratings import Rating
from training.calibration.records import open_session, submit
from training.database import db
from training.library import records as library
from training.library.records import Version
from training.library.schema import ChoiceQuestion, MarkTheTurnQuestion, Module, OrderQuestion
from training.modules import records
from training.modules.check_records import Check, DrawnQuestion, checks
from training.modules.models import StageCompletion
from training.modules.stages import STAGES, Stage

FIRST, SECOND = "first-things", "second-things"


class Learner:
    """A person, their browser, and what a test may do and see on their behalf."""

    def __init__(self, app: Flask, person: Person, browser: PersonClient) -> None:
        self.app = app
        self.person = person
        self.browser = browser

    def has_done(self, *stages: Stage, slug: str = FIRST) -> Learner:
        """Let this person have done these stages of a module."""
        with self.app.app_context():
            for stage in stages:
                records.complete_stage(self.person.id, module_version(slug), stage)
        return self

    def has_done_until(self, stage: Stage, slug: str = FIRST) -> Learner:
        """Let this person have done everything before this stage."""
        return self.has_done(*STAGES[: STAGES.index(stage)], slug=slug)

    def has_done_module(self, slug: str = FIRST) -> Learner:
        return self.has_done(*STAGES, slug=slug)

    def stages(self, slug: str = FIRST) -> set[Stage]:
        with self.app.app_context():
            return records.stages_done(self.person.id).get(slug, set())

    def completions(self) -> int:
        with self.app.app_context():
            rows = db.session.scalars(select(StageCompletion).filter_by(person_id=self.person.id))
            return len(rows.all())

    def trail(self, act: str) -> list[str]:
        """The subjects of this person's acts of a kind."""
        with self.app.app_context():
            rows = db.session.scalars(
                select(AuditEntry).filter_by(person_id=self.person.id, act=act)
            )
            return [row.subject for row in rows]

    def checks(self, slug: str = FIRST) -> list[Check]:
        with self.app.app_context():
            return checks(self.person.id, slug)

    def answer(
        self, number: int, position: int, *, rightly: bool = True, expect: int = 302
    ) -> Page:
        """Answer a question of a check in the browser."""
        drawn = self.checks()[number - 1].questions[position - 1]
        address = question_address(number, position)
        return self.browser.post_page(address, form_data(drawn, rightly=rightly), expect=expect)

    def take_check(self, *, wrong: int = 0, slug: str = FIRST) -> int:
        """Start a check and answer it, the first ones wrongly; returns its number."""
        self.browser.post_page(f"/modules/{slug}/check/tries")
        check = self.checks(slug)[-1]
        for drawn in check.questions:
            data = form_data(drawn, rightly=drawn.position > wrong)
            self.browser.post_page(question_address(check.number, drawn.position, slug), data)
        return check.number

    def rate_excerpt(self, excerpt: str, *scores: int | None, number: int = 1) -> RatingSession:
        """Open and submit an excerpt with these scores for its items; None is not rateable."""
        ratings = {
            item: Rating(score, evidence=(1,))
            if score is not None
            else Rating(is_not_rateable=True, reason="There was no chance for it.")
            for item, score in zip((3, 4), scores, strict=True)
        }
        with self.app.app_context():
            opened = open_session(self.person.id, excerpt, Purpose.APPLY, number=number)
            outcome = submit(opened.id, ratings, revision=0, after=AFTER_SUBMISSION)
            assert outcome.is_submitted
            return opened


@pytest.fixture
def learner_of(app: Flask, browser_of: Callable[[Person], PersonClient]) -> Callable[..., Learner]:
    return lambda person: Learner(app, person, browser_of(person))


@pytest.fixture
def learner(learner_of: Callable[..., Learner], ines: Person) -> Learner:
    """Ines, who learns."""
    return learner_of(ines)


@pytest.fixture
def other(learner_of: Callable[..., Learner], otto: Person) -> Learner:
    """Otto, who learns too."""
    return learner_of(otto)


def module_version(slug: str) -> Version[Module]:
    version = library.find_module(slug)
    assert version is not None
    return version


def question_address(number: int, position: int, slug: str = FIRST) -> str:
    return f"/modules/{slug}/check/tries/{number}/questions/{position}"


def form_data(drawn: DrawnQuestion, *, rightly: bool) -> dict[str, object]:
    """What a browser sends for a right or a wrong answer, given the order that was shown."""
    question, order = drawn.question, drawn.order
    if isinstance(question, OrderQuestion):
        places = {position: position + 1 for position in order}
        if not rightly:
            places = {position: len(order) - position for position in order}
        return {f"place_{value}": places[position] for value, position in enumerate(order)}
    right = _right_values(question, order)
    wrong = [value for value in range(len(order)) if value not in right]
    return {"answer": right if rightly else wrong[:1]}


def _right_values(
    question: ChoiceQuestion | MarkTheTurnQuestion, order: tuple[int, ...]
) -> list[int]:
    if isinstance(question, MarkTheTurnQuestion):
        return [v for v, p in enumerate(order) if question.turns[p].number in question.correct]
    return [value for value, position in enumerate(order) if question.options[position].correct]
