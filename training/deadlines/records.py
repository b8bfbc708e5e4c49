"""The days that matter to a person, from every part of the application that knows of some.

A part that knows of further days adds a function to SOURCES: it takes the person and the moment,
and returns their dates that are still to come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import select

from training.accounts.models import Person, Role
from training.certification.attempts.eligibility import RENEWAL_WINDOW
from training.certification.models import Attempt, AttemptState, Certificate
from training.cohorts.guidance.due_date_records import own_due_dates
from training.cohorts.guidance.due_date_wording import module_titles, task_address, task_text
from training.database import db
from training.languages import gettext as _
from training.library import records as library
from training.panels.assignment_records import waiting_assignments


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """A moment at which something ends or may begin.

    name     of what it is about, the same whenever it is asked: calendars know an event by it.
    at       in UTC; when a closing date is moved, the event of this name moves.
    address  of the page to do something about it, within this service.
    """

    name: str
    at: datetime
    title: str
    about: str
    address: str


Source = Callable[[Person, datetime], Iterable[DatedEvent]]


def closing_attempts(person: Person, at: datetime) -> Iterator[DatedEvent]:
    """When the windows of the attempts under way close."""
    attempts = db.session.scalars(
        select(Attempt)
        .filter_by(person_id=person.id, state=AttemptState.OPEN)
        .where(Attempt.closes_at > at)
    )
    for attempt in attempts:
        standard = library.standard_version(attempt.standard_document_id).document
        if attempt.closes_at is not None:
            yield DatedEvent(
                f"attempt-{attempt.id}-closes",
                attempt.closes_at,
                _("Your assessment closes: %(standard)s", standard=standard.title),
                _("Submit every vignette before. What is not submitted then is not counted."),
                url_for("certification.attempt", attempt_id=attempt.id),
            )


def certificates(person: Person, at: datetime) -> Iterator[DatedEvent]:
    """When certificates expire, and from when on they may be renewed."""
    held = db.session.scalars(
        select(Certificate)
        .filter_by(person_id=person.id, revoked_at=None)
        .where(Certificate.valid_until > at)
    )
    for certificate in held:
        number, address = certificate.number, url_for("certification.overview")
        renewable_from = certificate.valid_until - RENEWAL_WINDOW
        if renewable_from > at:
            yield DatedEvent(
                f"certificate-{number}-renewable",
                renewable_from,
                _("Certificate %(number)s can be renewed from now on", number=number),
                _("Begin early enough that there is no gap between the two certificates."),
                address,
            )
        yield DatedEvent(
            f"certificate-{number}-expires",
            certificate.valid_until,
            _("Certificate %(number)s expires", number=number),
            _("After this moment it says nothing about how you rate."),
            address,
        )


def panel_assignments(person: Person, at: datetime) -> Iterator[DatedEvent]:
    """By when an expert's ratings for panels are due; one date for each panel."""
    if not person.has_role(Role.EXPERT):
        return
    panels = {
        assignment.panel_id: assignment
        for assignment in waiting_assignments(person.id)
        if assignment.due_at is not None and assignment.due_at > at
    }
    for panel_id, assignment in panels.items():
        if assignment.due_at is not None:
            yield DatedEvent(
                f"panel-{panel_id}-due",
                assignment.due_at,
                _("Your ratings for a panel are due: %(title)s", title=assignment.panel_title),
                _("Rate every vignette of the panel that waits for you."),
                url_for("panels.panel", panel_id=panel_id),
            )


def cohort_due_dates(person: Person, at: datetime) -> Iterator[DatedEvent]:
    """By when a rater's trainers want something done, until it is done."""
    waiting = [due for due in own_due_dates(person.id) if due.due_at > at and not due.is_done]
    titles = module_titles() if waiting else {}
    for due in waiting:
        yield DatedEvent(
            f"due-{due.id}",
            due.due_at,
            _("Due: %(what)s", what=task_text(due.task, titles)),
            _(
                "Your trainer in the cohort “%(cohort)s” asks for it. Nothing closes by it.",
                cohort=due.cohort,
            ),
            task_address(due.task),
        )


SOURCES: tuple[Source, ...] = (
    closing_attempts,
    certificates,
    panel_assignments,
    cohort_due_dates,
)


def events_of(person: Person, *, at: datetime) -> list[DatedEvent]:
    """Everything that is still to come for a person, the first one first."""
    found = [event for source in SOURCES for event in source(person, at)]
    return sorted(found, key=lambda event: (event.at, event.name))
