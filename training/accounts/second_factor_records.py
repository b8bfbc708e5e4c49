"""Questions about second factors, and the acts that set one up, use it and remove it."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, func, select, update

from training.accounts import second_factor
from training.accounts.models import Person, RecoveryCode, Role, SecondFactor
from training.accounts.records import (
    Identity,
    SignedIn,
    digest_of_token,
    end_sessions,
    lock_person,
    start_session,
)
from training.audit import trail
from training.clock import now
from training.database import db, write_transaction
from training.mail.models import Letter
from training.mail.post import write_letter_to

# Who decides about others, and who could give themselves every role.
ROLES_THAT_NEED_ONE = frozenset({Role.CERTIFIER, Role.ADMINISTRATOR})


class AlreadySetUpError(ValueError):
    """The person has a second factor already; it is removed before another is set up."""


def find_second_factor(person_id: uuid.UUID) -> SecondFactor | None:
    """The second factor that counts, or None; one that is not confirmed yet does not."""
    return db.session.scalar(
        select(SecondFactor)
        .filter_by(person_id=person_id)
        .where(SecondFactor.confirmed_at.is_not(None))
        .execution_options(populate_existing=True)
    )


def has_second_factor(person_id: uuid.UUID) -> bool:
    return find_second_factor(person_id) is not None


def lacks_second_factor(person: Person | Identity) -> bool:
    """Whether the person holds a role that needs a second factor and has none."""
    return person.has_role(*ROLES_THAT_NEED_ONE) and not has_second_factor(person.id)


def find_begun(person_id: uuid.UUID) -> SecondFactor | None:
    """The second factor that waits for its first code, or None."""
    return db.session.scalar(
        select(SecondFactor)
        .filter_by(person_id=person_id, confirmed_at=None)
        .execution_options(populate_existing=True)
    )


def recovery_codes_left(person_id: uuid.UUID) -> int:
    """How many recovery codes a person has not used yet."""
    statement = select(func.count()).select_from(RecoveryCode)
    return db.session.scalar(statement.filter_by(person_id=person_id, used_at=None)) or 0


def begin(person: Person) -> None:
    """Make the secret of a second factor that a code will confirm. Raises AlreadySetUpError."""
    with write_transaction() as session:
        lock_person(person.id)
        if has_second_factor(person.id):
            raise AlreadySetUpError(str(person.id))
        # A new secret each time: whoever saw one that was never confirmed has nothing.
        session.execute(delete(SecondFactor).filter_by(person_id=person.id))
        session.add(SecondFactor(person_id=person.id, secret=second_factor.new_secret()))


def confirm(person: Person, code: str, *, keep_session: uuid.UUID) -> tuple[str, ...] | None:
    """Let the second factor count from now on; the recovery codes, or None for a wrong code.

    Every other browser is signed out: it may have been opened with the password alone. Raises
    LookupError where nothing waits for a code.
    """
    with write_transaction():
        lock_person(person.id)
        begun = find_begun(person.id)
        if begun is None:
            raise LookupError(str(person.id))
        digits = second_factor.normalised_code(code)
        step = second_factor.find_step(begun.secret, digits, at=now(), after=begun.last_step)
        if step is None:
            return None
        begun.confirmed_at, begun.last_step = now(), step
        trail.note(trail.Act.SECOND_FACTOR_ADDED, f"person {person.id}", person_id=person.id)
        end_sessions(person.id, by=person.id, except_id=keep_session)
        return make_recovery_codes(person)


def add_known(person: Person, secret: str) -> None:
    """Give a second factor whose secret is known: to the people of a demonstration or a test."""
    with write_transaction() as session:
        lock_person(person.id)
        session.add(SecondFactor(person_id=person.id, secret=secret, confirmed_at=now()))
        trail.note(trail.Act.SECOND_FACTOR_ADDED, f"person {person.id}", person_id=person.id)


def make_recovery_codes(person: Person) -> tuple[str, ...]:
    """New recovery codes in place of the old ones. Only their digests are kept."""
    codes = second_factor.new_recovery_codes()
    with write_transaction() as session:
        lock_person(person.id)
        session.execute(delete(RecoveryCode).filter_by(person_id=person.id))
        session.add_all(
            RecoveryCode(person_id=person.id, code_digest=_digest(code)) for code in codes
        )
        trail.note(trail.Act.RECOVERY_CODES_MADE, f"person {person.id}", person_id=person.id)
    return codes


def use_code(person_id: uuid.UUID, typed: str) -> bool:
    """Whether this is a code of the person's app or a recovery code; either is spent with it."""
    with write_transaction():
        lock_person(person_id)
        factor = find_second_factor(person_id)
        code = second_factor.normalised_code(typed)
        if factor is None:
            return False
        step = second_factor.find_step(factor.secret, code, at=now(), after=factor.last_step)
        if step is not None:
            factor.last_step = step
            return True
        return _use_recovery_code(person_id, code)


def _use_recovery_code(person_id: uuid.UUID, code: str) -> bool:
    spent = db.session.execute(
        update(RecoveryCode)
        .filter_by(person_id=person_id, code_digest=_digest(code), used_at=None)
        .values(used_at=now())
    ).rowcount  # type: ignore[attr-defined]
    if spent:
        trail.note(trail.Act.RECOVERY_CODE_USED, f"person {person_id}", person_id=person_id)
    return bool(spent)


def sign_in_with_code(person: Person, typed: str, *, browser: str) -> SignedIn | None:
    """Spend a code and sign the person in with a browser; None for a code that is not right."""
    with write_transaction():
        if not use_code(person.id, typed):
            return None
        return start_session(person, browser=browser)


def note_refused_code(person_id: uuid.UUID) -> None:
    with write_transaction():
        trail.note(trail.Act.CODE_REFUSED, f"person {person_id}", person_id=person_id)


def remove(person: Person, *, by: uuid.UUID | None, reason: str = "") -> bool:
    """Take second factor and recovery codes away; False where there was none."""
    with write_transaction() as session:
        lock_person(person.id)
        if not has_second_factor(person.id):
            return False
        session.execute(delete(SecondFactor).filter_by(person_id=person.id))
        session.execute(delete(RecoveryCode).filter_by(person_id=person.id))
        details = {"reason": reason} if reason else {}
        trail.note(trail.Act.SECOND_FACTOR_REMOVED, f"person {person.id}", person_id=by, **details)
        return True


def remove_lost(person: Person, *, by: uuid.UUID | None, reason: str) -> Letter | None:
    """Remove the second factor that somebody lost, sign them out everywhere, and write to them.

    None where there was none. `by` is None for whoever works at the machine itself. Deliver the
    letter after it.
    """
    with write_transaction():
        if not remove(person, by=by, reason=reason):
            return None
        end_sessions(person.id, by=by)
        return write_letter_to(
            person,
            "second-factor-removed",
            reason=reason,
        )


def _digest(code: str) -> str:
    return digest_of_token(second_factor.normalised_code(code))
