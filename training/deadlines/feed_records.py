"""Secret addresses for calendars: making one, ending it, finding whose it is."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, select

from training.accounts.models import Person
from training.accounts.records import digest_of_token, lock_person, new_token
from training.audit import trail
from training.clock import now
from training.database import db, write_transaction
from training.deadlines.models import CalendarFeed


def find_feed(person_id: uuid.UUID) -> CalendarFeed | None:
    return db.session.get(CalendarFeed, person_id)


def make_feed(person_id: uuid.UUID) -> str:
    """Make the secret of a new address and return it, this once; an earlier one ends."""
    token = new_token()
    with write_transaction() as session:
        lock_person(person_id)
        feed = session.get(CalendarFeed, person_id, populate_existing=True)
        if feed is None:
            feed = CalendarFeed(person_id=person_id)
            session.add(feed)
        feed.token_digest, feed.made_at = digest_of_token(token), now()
        trail.note(trail.Act.CALENDAR_ADDRESS_MADE, "own dates", person_id=person_id)
    return token


def end_feed(person_id: uuid.UUID) -> None:
    """Let the address lead nowhere; where there is none, nothing happens."""
    with write_transaction() as session:
        lock_person(person_id)
        ended = session.execute(delete(CalendarFeed).filter_by(person_id=person_id))
        if ended.rowcount:  # type: ignore[attr-defined]
            trail.note(trail.Act.CALENDAR_ADDRESS_ENDED, "own dates", person_id=person_id)


def find_reader(token: str) -> Person | None:
    """The person whose dates a secret address shows, while they are active."""
    return db.session.scalar(
        select(Person)
        .join(CalendarFeed, CalendarFeed.person_id == Person.id)
        .where(CalendarFeed.token_digest == digest_of_token(token))
        .where(Person.deactivated_at.is_(None))
    )
