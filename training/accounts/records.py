"""Questions about people and their sign-ins, and the acts that change them."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.exc import IntegrityError

from training.accounts.models import Person, Role, RoleGrant, SignInSession
from training.audit import trail
from training.clock import now
from training.database import db, read_rows, write_transaction

SIGNED_IN_FOR = timedelta(days=14)  # without being seen
SEEN_AGAIN_AFTER = timedelta(minutes=5)  # a write per page would be a write too many
TOKEN_BYTES = 32


class EmailTakenError(ValueError):
    """Somebody has an account with this address already."""


class LastAdministratorError(ValueError):
    """The service would be left without anybody to look after it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as far as every page needs it: values, not the object that acts change."""

    id: uuid.UUID
    name: str
    locale: str
    track: str | None
    roles: frozenset[Role]

    def has_role(self, *roles: Role) -> bool:
        """Whether the person holds at least one of these roles."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What Flask-Login calls a user: a person in one browser."""

    person: Identity
    session_id: uuid.UUID
    token: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return self.token


def new_token() -> str:
    """A secret for a link or a cookie; only its digest is stored."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def normalised_email(email: str) -> str:
    return email.strip().lower()


def find_person(person_id: uuid.UUID) -> Person | None:
    return db.session.get(Person, person_id)


def find_person_by_email(email: str) -> Person | None:
    return db.session.scalar(select(Person).filter_by(email=normalised_email(email)))


def people() -> list[Person]:
    """Everybody, by name."""
    return list(db.session.scalars(select(Person).order_by(Person.name, Person.email)).unique())


def demonstration_people() -> list[Person]:
    """The labelled demonstration accounts, in the order in which they were added."""
    return list(
        db.session.scalars(
            select(Person).filter_by(is_demonstration=True).order_by(Person.created_at)
        ).unique()
    )


# Asked with every request, so it is put together once, and of columns instead of objects.
_OPEN_SESSION = (
    select(
        SignInSession.id,
        SignInSession.last_seen_at,
        Person.id,
        Person.name,
        Person.locale,
        Person.track,
        RoleGrant.role,
    )
    .join(Person, Person.id == SignInSession.person_id)
    .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
    .where(
        SignInSession.token_digest == bindparam("digest"),
        SignInSession.ended_at.is_(None),
        Person.deactivated_at.is_(None),
    )
)


def find_signed_in(token: str) -> SignedIn | None:
    """Who is behind a cookie, unless the session was ended, has lapsed, or the person left."""
    rows = read_rows(_OPEN_SESSION, digest=digest_of_token(token)).all()  # one for each role
    moment = now()
    if not rows or rows[0].last_seen_at < moment - SIGNED_IN_FOR:
        return None
    session_id, last_seen_at, person_id, name, locale, track, _role = rows[0]
    if last_seen_at < moment - SEEN_AGAIN_AFTER:
        with write_transaction() as session:
            seen = update(SignInSession).filter_by(id=session_id).values(last_seen_at=moment)
            session.execute(seen)
    roles = frozenset(row.role for row in rows if row.role is not None)
    return SignedIn(Identity(person_id, name, locale, track, roles), session_id, token)


def start_session(person: Person, *, browser: str) -> SignedIn:
    """Sign a person in with a browser."""
    token = new_token()
    with write_transaction() as session:
        row = SignInSession(
            token_digest=digest_of_token(token),
            person_id=person.id,
            browser=browser[:300],
            last_seen_at=now(),
        )
        session.add(row)
        trail.note(trail.Act.SIGNED_IN, f"person {person.id}", person_id=person.id)
    identity = Identity(person.id, person.name, person.locale, person.track, person.roles)
    return SignedIn(identity, row.id, token)


def note_refused_sign_in(person_id: uuid.UUID | None) -> None:
    with write_transaction():
        subject = f"person {person_id}" if person_id else "no such account"
        trail.note(trail.Act.SIGN_IN_REFUSED, subject, person_id=person_id)


def end_session(signed_in: SignedIn) -> None:
    with write_transaction() as session:
        session.execute(
            update(SignInSession)
            .filter_by(id=signed_in.session_id, ended_at=None)
            .values(ended_at=now())
        )
        trail.note(
            trail.Act.SIGNED_OUT, f"person {signed_in.person.id}", person_id=signed_in.person.id
        )


def open_sessions(person_id: uuid.UUID) -> list[SignInSession]:
    """Where a person is signed in now, latest first."""
    return list(
        db.session.scalars(
            select(SignInSession)
            .filter_by(person_id=person_id, ended_at=None)
            .where(SignInSession.last_seen_at > now() - SIGNED_IN_FOR)
            .order_by(SignInSession.last_seen_at.desc())
        ).unique()
    )


def end_sessions(
    person_id: uuid.UUID, *, by: uuid.UUID | None, except_id: uuid.UUID | None = None
) -> int:
    """End every session of a person, but for one when given; returns how many were ended."""
    with write_transaction() as session:
        statement = update(SignInSession).filter_by(person_id=person_id, ended_at=None)
        if except_id is not None:
            statement = statement.where(SignInSession.id != except_id)
        ended = session.execute(statement.values(ended_at=now())).rowcount  # type: ignore[attr-defined]
        trail.note(trail.Act.SESSIONS_ENDED, f"person {person_id}", person_id=by, number=ended)
    return int(ended)


def add_person(
    *,
    email: str,
    name: str,
    roles: tuple[Role, ...],
    by: uuid.UUID | None,
    password_hash: str | None = None,
    locale: str = "en",
    is_demonstration: bool = False,
) -> Person:
    """Add somebody with their roles. Raises EmailTakenError."""
    with write_transaction() as session:
        if find_person_by_email(email) is not None:
            raise EmailTakenError(email)
        person = Person(
            email=normalised_email(email),
            name=name.strip(),
            password_hash=password_hash,
            locale=locale,
            is_demonstration=is_demonstration,
            grants=[RoleGrant(role=role, granted_by_id=by) for role in dict.fromkeys(roles)],
        )
        session.add(person)
        try:
            session.flush()
        except IntegrityError as error:  # the other of two that were added at once
            raise EmailTakenError(email) from error
        trail.note(trail.Act.PERSON_ADDED, f"person {person.id}", person_id=by or person.id)
        for grant in person.grants:
            _note_granted(person, grant.role, by)
    return person


def grant_role(person: Person, role: Role, *, by: uuid.UUID | None) -> None:
    """Give a role; giving it twice changes nothing."""
    with write_transaction() as session:
        stored = person_to_change(person.id)
        if role in stored.roles:
            return
        stored.grants.append(RoleGrant(role=role, granted_by_id=by))
        session.flush()
        _note_granted(stored, role, by)


def _note_granted(person: Person, role: Role, by: uuid.UUID | None) -> None:
    trail.note(trail.Act.ROLE_GRANTED, f"person {person.id}", person_id=by, role=role.value)


def withdraw_role(person: Person, role: Role, *, by: uuid.UUID | None) -> None:
    """Take a role away. Raises LastAdministratorError where nobody else could look after it all."""
    with write_transaction() as session:
        if role is Role.ADMINISTRATOR:
            _keep_an_administrator(person.id)
        stored = person_to_change(person.id)
        for grant in [grant for grant in stored.grants if grant.role is role]:
            stored.grants.remove(grant)
            trail.note(
                trail.Act.ROLE_WITHDRAWN, f"person {person.id}", person_id=by, role=role.value
            )
        session.flush()


def set_roles(
    person: Person,
    roles: frozenset[Role],
    *,
    by: uuid.UUID,
    shown: frozenset[Role] | None = None,
) -> None:
    """Give and take roles until the person holds exactly these.

    Whoever chose them from the roles `shown` gives and takes only what they changed: a role that
    somebody else gave or took in the meantime stays as it is now.
    """
    given = roles if shown is None else roles - shown
    taken = (frozenset(Role) if shown is None else shown) - roles
    with write_transaction():
        if Role.ADMINISTRATOR in taken:
            _keep_an_administrator(person.id)  # before the person is locked, as everywhere
        held = person_to_change(person.id).roles
        for role in sorted(given - held):
            grant_role(person, role, by=by)
        for role in sorted(taken & held):
            withdraw_role(person, role, by=by)


def deactivate(person: Person, *, by: uuid.UUID) -> None:
    """Close an account and sign it out everywhere; what the person did stays.

    Closing it twice changes nothing: the first day and the first line of the trail stand.
    """
    with write_transaction():
        _keep_an_administrator(person.id)
        stored = person_to_change(person.id)
        if not stored.is_active:
            return
        stored.deactivated_at = now()
        end_sessions(person.id, by=by)
        trail.note(trail.Act.PERSON_DEACTIVATED, f"person {person.id}", person_id=by)


def reactivate(person: Person, *, by: uuid.UUID) -> None:
    """Open a closed account again; opening an open one changes nothing."""
    with write_transaction():
        stored = person_to_change(person.id)
        if stored.is_active:
            return
        stored.deactivated_at = None
        trail.note(trail.Act.PERSON_REACTIVATED, f"person {person.id}", person_id=by)


def lock_person(person_id: uuid.UUID) -> None:
    """Let one act at a time decide about a person; inside a write transaction.

    The weaker lock lets everything else that refers to the person go on. What the act decides
    on is read after it: read together with the lock, it would be from before the wait.
    """
    db.session.execute(select(Person.id).filter_by(id=person_id).with_for_update(key_share=True))


def person_to_change(person_id: uuid.UUID) -> Person:
    """Somebody as they are now, and locked; inside a write transaction."""
    lock_person(person_id)
    statement = select(Person).filter_by(id=person_id).execution_options(populate_existing=True)
    return db.session.scalars(statement).unique().one()


def _keep_an_administrator(person_id: uuid.UUID) -> None:
    # All administrators' grants are locked, so that two of them cannot remove each other at once.
    grants = db.session.scalars(
        select(RoleGrant).filter_by(role=Role.ADMINISTRATOR).with_for_update()
    ).all()
    others = [grant.person_id for grant in grants if grant.person_id != person_id]
    if len(others) == len(grants):
        return  # the person is no administrator
    active = db.session.scalar(
        select(func.count())
        .select_from(Person)
        .where(Person.id.in_(others), Person.deactivated_at.is_(None))
    )
    if not active:
        raise LastAdministratorError(str(person_id))


def change_profile(person: Person, *, name: str, locale: str) -> None:
    with write_transaction():
        stored = person_to_change(person.id)
        stored.name, stored.locale = name.strip(), locale
        trail.note(trail.Act.PROFILE_CHANGED, f"person {person.id}", person_id=person.id)


def choose_track(person: Person, slug: str) -> None:
    """Put somebody on the track to this standard; what they did on another one stays."""
    with write_transaction():
        person_to_change(person.id).track = slug
        trail.note(
            trail.Act.PROFILE_CHANGED, f"person {person.id}", person_id=person.id, track=slug
        )


def suggest_track(person: Person, slug: str) -> None:
    """Put somebody who has chosen no track on this one. Joins an outer act."""
    with write_transaction():
        stored = person_to_change(person.id)
        stored.track = stored.track or slug
