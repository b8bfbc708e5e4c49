"""Passwords: whether one is right, a new one, and the letters by which a lost one is replaced."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select, update

from training.accounts.models import PasswordReset, Person
from training.accounts.passwords import hash_password, is_outdated, is_right_password
from training.accounts.records import (
    digest_of_token,
    end_sessions,
    find_person_by_email,
    new_token,
    person_to_change,
)
from training.audit import trail
from training.clock import now
from training.database import db, write_transaction
from training.mail.models import Letter
from training.mail.post import write_letter_to

RESET_VALID_FOR = timedelta(hours=2)


def check_password(email: str, password: str) -> Person | None:
    """The active person whose address and password these are; takes as long for a stranger."""
    person = find_person_by_email(email)
    password_hash = person.password_hash if person and person.is_active else None
    return person if is_right_password(password_hash, password) else None


def renew_outdated_hash(person: Person, password: str) -> None:
    """Hash a right password again, which is at hand, where its hash was made at another cost."""
    if person.password_hash and is_outdated(person.password_hash):
        renewed = hash_password(password)
        with write_transaction() as session:
            session.get_one(Person, person.id).password_hash = renewed


def change_password(
    person: Person, password: str, *, by: uuid.UUID | None, keep_session: uuid.UUID | None = None
) -> None:
    """Set a new password and sign out everywhere else: whoever knew the old one is out."""
    password_hash = hash_password(password)  # before the transaction: it takes a while
    with write_transaction():
        person_to_change(person.id).password_hash = password_hash
        end_sessions(person.id, by=by, except_id=keep_session)
        trail.note(trail.Act.PASSWORD_CHANGED, f"person {person.id}", person_id=by)


def ask_for_reset(email: str, *, address_of: str, by: uuid.UUID | None = None) -> Letter | None:
    """Write the letter with the link; None where there is no such active person.

    `address_of` is the page's address with "TOKEN" where the token belongs. `by` is who asks for
    somebody else; without it the person asks, or whoever knows their address.
    """
    person = find_person_by_email(email)
    if person is None or not person.is_active:
        return None
    token = new_token()
    with write_transaction() as session:
        session.add(
            PasswordReset(
                token_digest=digest_of_token(token),
                person_id=person.id,
                expires_at=now() + RESET_VALID_FOR,
            )
        )
        about = {"for_somebody_else": True} if by not in (None, person.id) else {}
        trail.note(
            trail.Act.PASSWORD_RESET_ASKED,
            f"person {person.id}",
            person_id=by or person.id,
            **about,
        )
        return write_letter_to(
            person,
            "reset-password",
            address=address_of.replace("TOKEN", token),
            hours=int(RESET_VALID_FOR.total_seconds() // 3600),
        )


def find_reset(token: str) -> PasswordReset | None:
    """The reset a mailed link stands for, while it is unused and has not lapsed."""
    reset = db.session.scalar(
        select(PasswordReset).filter_by(token_digest=digest_of_token(token), used_at=None)
    )
    return reset if reset and reset.expires_at > now() else None


def use_reset(token: str, password: str) -> Person | None:
    """Set the new password once; None when the link was used or lapsed in the meantime."""
    password_hash = hash_password(password)
    with write_transaction() as session:
        reset = find_reset(token)
        if reset is None:
            return None
        person = person_to_change(reset.person_id)  # one link of a person at a time
        session.refresh(reset)
        if reset.used_at is not None:
            return None
        # Every other link that is still under way is spent with this one.
        session.execute(
            update(PasswordReset).filter_by(person_id=person.id, used_at=None).values(used_at=now())
        )
        person.password_hash = password_hash
        end_sessions(person.id, by=person.id)
        trail.note(trail.Act.PASSWORD_CHANGED, f"person {person.id}", person_id=person.id)
    return person
