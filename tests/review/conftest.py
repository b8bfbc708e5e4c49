"""Ines goes over what she missed; the days pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.modules.conftest import FIRST, Learner, form_data
from tests.pages import Page, PersonClient
from training.accounts.models import Person
from training.database import db, write_transaction
from training.library.schema import Question
from training.modules.check_records import DrawnQuestion
from training.review import records
from training.review.asking import order_shown
from training.review.models import ReviewAnswer, ReviewCard

MONDAY = date(2026, 5, 4)
BrowserOf = Callable[[Person], PersonClient]


class Reviewer(Learner):
    """Somebody who goes over questions, day by day."""

    def __init__(self, app: Flask, person: Person, browser_of: BrowserOf) -> None:
        super().__init__(app, person, browser_of(person))
        self.browser_of = browser_of

    @contextmanager
    def on(self, days_after_monday: int) -> Iterator[PersonClient]:
        """A browser at ten o'clock on a day, counted from that Monday."""
        moment = datetime.combine(MONDAY + timedelta(days=days_after_monday), time(10), UTC)
        with time_machine.travel(moment):
            self.browser = self.browser_of(self.person)
            yield self.browser

    def has_missed(self, *numbers: int, slug: str = FIRST, on: date = MONDAY) -> None:
        """Let these questions of a module have been missed on a day."""
        with self.app.app_context(), write_transaction():
            for number in numbers:
                records.question_missed(self.person.id, slug, f"question-{number}", on=on)

    def cards(self) -> list[ReviewCard]:
        with self.app.app_context():
            rows = db.session.scalars(select(ReviewCard).filter_by(person_id=self.person.id))
            return sorted(rows, key=lambda card: card.question_id)

    def review_answers(self) -> list[ReviewAnswer]:
        with self.app.app_context():
            return list(db.session.scalars(select(ReviewAnswer).order_by(ReviewAnswer.answered_at)))

    def asked_at(self, address: str) -> tuple[Question, tuple[int, ...]]:
        """The question that an address asks, and the order in which it shows its choices."""
        card_id = address.split("/")[3]
        with self.app.app_context():
            (card,) = [card for card in self.cards() if str(card.id) == card_id]
            module = records.modules_in_use()[card.module_slug].document
            question = module.question(card.question_id)
            return question, order_shown(card, question)

    def fields(self, address: str, *, rightly: bool) -> dict[str, object]:
        """What a browser sends for a right or a wrong answer."""
        page = self.browser.get_page(address)
        version = page.soup.select_one("input[name=version]")
        assert version is not None
        drawn = DrawnQuestion(1, *self.asked_at(address), None)
        return form_data(drawn, rightly=rightly) | {"version": str(version["value"])}

    def go_over(self, address: str, *, rightly: bool) -> Page:
        """Answer a question and read what speaks for its choices."""
        answer = self.browser.post_page(address, self.fields(address, rightly=rightly))
        assert answer.location == address
        return self.browser.get_page(address)

    def next_address(self) -> str:
        """Where the button of the overview leads."""
        (button,) = self.browser.get_page("/review").soup.select(".card a.btn-primary")
        return str(button["href"])


@pytest.fixture
def reviewer(app: Flask, ines: Person, browser_of: BrowserOf) -> Reviewer:
    """Ines, who may take the check of the first module."""
    return Reviewer(app, ines, browser_of)


@pytest.fixture
def other_reviewer(app: Flask, otto: Person, browser_of: BrowserOf) -> Reviewer:
    return Reviewer(app, otto, browser_of)
