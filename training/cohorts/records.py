"""Cohorts: joining them, inviting to them, and who belongs to whom."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, Select, and_, bindparam, func, select

from training.accounts.models import Person, Role
from training.accounts.records import (
    add_person,
    grant_role,
    lock_person,
    suggest_track,
)
from training.audit import trail
from training.clock import now
from training.cohorts.models import Cohort, CohortMember, CohortTrainer, Invitation
from training.database import db, write_transaction
from training.tracks.records import tracks_for

# Without vowels, which spell words, and without what looks alike: 0 O 1 I L.
CODE_LETTERS = "BCDFGHJKMNPQRSTVWXZ23456789"
CODE_LENGTH = 8


class CohortClosedError(ValueError):
    """A trainer has closed the cohort: nobody joins it and nobody is invited to it."""


@dataclass(frozen=True, slots=True)
class LedCohort:
    """A cohort in its trainer's list."""

    cohort: Cohort
    raters: int


def new_code() -> str:
    """A code for joining a cohort, like "KXQR-7M4D": some 10^11 of them."""
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def _normalised_code(code: str) -> str:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return f"{letters[:4]}-{letters[4:]}"


def find_cohort_by_code(code: str) -> Cohort | None:
    """The open cohort a code belongs to; spaces, dashes and case do not matter."""
    return db.session.scalar(select(Cohort).filter_by(code=_normalised_code(code), closed_at=None))


def open_cohort(
    name: str,
    *,
    trainer: Person,
    track: str | None = None,
    cohort_id: uuid.UUID | None = None,
) -> Cohort:
    """Open a cohort led by this trainer, on the track to this standard or on the first one.

    Asked for once more under the same `cohort_id`, it is the one that was opened.
    """
    with write_transaction() as session:
        lock_person(trainer.id)
        if cohort_id is not None and session.get(Cohort, cohort_id) is not None:
            opened = find_led_cohort(cohort_id, trainer.id)
            if opened is not None:
                return opened
            cohort_id = None  # somebody else's, which no page of ours would have asked for
        cohort = Cohort(
            id=cohort_id or uuid.uuid4(), name=name.strip(), code=new_code(), track=track
        )
        session.add(cohort)
        session.flush()
        session.add(CohortTrainer(cohort_id=cohort.id, person_id=trainer.id))
        trail.note(trail.Act.COHORT_OPENED, f"cohort {cohort.id}", person_id=trainer.id)
    return cohort


def join(cohort: Cohort, person: Person) -> None:
    """Make a person a rater in a cohort; joining twice, or again, is joining once.

    Who has chosen no track is put on the cohort's.
    """
    with write_transaction() as session:
        lock_person(person.id)
        member = session.scalar(
            select(CohortMember).filter_by(cohort_id=cohort.id, person_id=person.id)
        )
        if member is not None and member.left_at is None:
            return
        if member is None:
            session.add(CohortMember(cohort_id=cohort.id, person_id=person.id))
        else:  # and nobody is idle for the time they were away
            member.joined_at, member.left_at = now(), None
        grant_role(person, Role.RATER, by=None)
        track = tracks_for(cohort.track).own
        if track is not None:
            suggest_track(person, track.slug)
        trail.note(trail.Act.COHORT_JOINED, f"cohort {cohort.id}", person_id=person.id)


def join_open(cohort: Cohort, person: Person) -> None:
    """Join by code, as long as the cohort is open. Raises CohortClosedError."""
    with write_transaction():
        lock_person(person.id)
        keep_open(cohort)
        join(cohort, person)


def keep_open(cohort: Cohort) -> None:
    """Keep a cohort from being closed until the transaction ends. Raises CohortClosedError."""
    closed_at = db.session.scalar(
        # Shared: any number may join at once, and whoever closes the cohort waits for them.
        select(Cohort.closed_at).filter_by(id=cohort.id).with_for_update(read=True)
    )
    if closed_at is not None:
        raise CohortClosedError(cohort.name)


def join_as_new_person(
    cohort: Cohort, *, name: str, email: str, password_hash: str, locale: str
) -> Person:
    """Make an account and join. Raises EmailTakenError and CohortClosedError."""
    with write_transaction():
        keep_open(cohort)
        person = add_person(
            email=email,
            name=name,
            roles=(Role.RATER,),
            by=None,
            password_hash=password_hash,
            locale=locale,
        )
        join(cohort, person)
    return person


def cohorts_of_member(person_id: uuid.UUID) -> list[Cohort]:
    """The cohorts a person learns in."""
    return list(
        db.session.scalars(
            select(Cohort)
            .join(CohortMember)
            .where(CohortMember.person_id == person_id, CohortMember.left_at.is_(None))
            .order_by(Cohort.name)
        )
    )


def cohorts_of_trainer(person_id: uuid.UUID) -> list[Cohort]:
    """The cohorts a person leads."""
    return list(
        db.session.scalars(
            select(Cohort)
            .join(CohortTrainer)
            .where(CohortTrainer.person_id == person_id)
            .order_by(Cohort.opened_at.desc())
        )
    )


def trainers_of(rater_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """By each of these raters, who leads or led a cohort in which they learn or learnt."""
    if not rater_ids:
        return {}
    trainers: dict[uuid.UUID, set[uuid.UUID]] = {rater_id: set() for rater_id in rater_ids}
    rows = db.session.execute(
        select(CohortMember.person_id, CohortTrainer.person_id)
        .join(CohortTrainer, CohortTrainer.cohort_id == CohortMember.cohort_id)
        .where(CohortMember.person_id.in_(trainers))
    )
    for rater_id, trainer_id in rows:
        trainers[rater_id].add(trainer_id)
    return {rater_id: frozenset(found) for rater_id, found in trainers.items()}


def has_trained(trainer_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    """Whether somebody leads or led a cohort in which the person learns or learnt."""
    return trainer_id in trainers_of([person_id])[person_id]


def led_cohorts(trainer_id: uuid.UUID) -> list[LedCohort]:
    """The cohorts a person leads with the number of their raters: open ones first, then latest."""
    is_member = and_(CohortMember.cohort_id == Cohort.id, CohortMember.left_at.is_(None))
    rows = db.session.execute(
        select(Cohort, func.count(CohortMember.id))
        .join(CohortTrainer, CohortTrainer.cohort_id == Cohort.id)
        .outerjoin(CohortMember, is_member)
        .where(CohortTrainer.person_id == trainer_id)
        .group_by(Cohort.id)
        .order_by(Cohort.closed_at.is_not(None), Cohort.opened_at.desc())
    )
    return [LedCohort(cohort, raters) for cohort, raters in rows]


def find_led_cohort(cohort_id: uuid.UUID, trainer_id: uuid.UUID) -> Cohort | None:
    """A cohort, if this person leads it."""
    return db.session.scalar(
        select(Cohort)
        .join(CohortTrainer, CohortTrainer.cohort_id == Cohort.id)
        .where(Cohort.id == cohort_id, CohortTrainer.person_id == trainer_id)
    )


def find_counted_cohort(cohort_id: uuid.UUID, trainer_id: uuid.UUID) -> LedCohort | None:
    """A cohort with the number of its raters, if this person leads it."""
    row = db.session.execute(
        _COUNTED_COHORT, {"cohort": cohort_id, "trainer": trainer_id}
    ).one_or_none()
    return LedCohort(*row) if row else None


def members(cohort_id: uuid.UUID | BindParameter[uuid.UUID]) -> Select[uuid.UUID, datetime]:
    """Asks for the raters of a cohort now and since when, in the order in which they joined.

    To be narrowed, joined and paged by whoever asks more.
    """
    return (
        select(CohortMember.person_id, CohortMember.joined_at)
        .where(CohortMember.cohort_id == cohort_id, CohortMember.left_at.is_(None))
        # The first of these is the same for all of them. With it PostgreSQL, too, reads a page
        # from the index instead of sorting the whole cohort.
        .order_by(CohortMember.left_at, CohortMember.joined_at, CohortMember.id)
    )


def has_been_in(cohort_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    """Whether somebody is in a cohort, or was."""
    found = select(CohortMember.id).filter_by(cohort_id=cohort_id, person_id=person_id)
    return db.session.scalar(found) is not None


def find_member(cohort_id: uuid.UUID, person_id: uuid.UUID) -> CohortMember | None:
    """Somebody's place in a cohort, while they are in it."""
    return db.session.scalar(
        select(CohortMember).filter_by(cohort_id=cohort_id, person_id=person_id, left_at=None)
    )


# Put together once: every look at a cohort's page asks it.
_COUNTED_COHORT = (
    select(
        Cohort,
        select(func.count())
        .select_from(CohortMember)
        .where(CohortMember.cohort_id == bindparam("cohort"), CohortMember.left_at.is_(None))
        .scalar_subquery(),
    )
    .join(CohortTrainer, CohortTrainer.cohort_id == Cohort.id)
    .where(Cohort.id == bindparam("cohort"), CohortTrainer.person_id == bindparam("trainer"))
)


def change_settings(cohort: Cohort, *, name: str, track: str | None, by: Person) -> None:
    """Give a cohort this name and this track; who is in it already keeps their own track."""
    with write_transaction():
        stored = _cohort_to_change(cohort.id)
        if name.strip() != stored.name:
            stored.name = name.strip()
            _note_change(cohort, by, "renamed")
        if track is not None and track != tracks_for(stored.track).slug:
            stored.track = track
            _note_change(cohort, by, "track changed", track=track)


def change_code(cohort: Cohort, *, by: Person) -> None:
    """Give the cohort a new code, or its first one again; the old one stops working at once."""
    with write_transaction():
        _cohort_to_change(cohort.id).code = new_code()
        _note_change(cohort, by, "code changed")


def switch_code_off(cohort: Cohort, *, by: Person) -> None:
    """Let nobody join by code any more; invitations still work."""
    with write_transaction():
        stored = _cohort_to_change(cohort.id)
        if stored.code is not None:
            stored.code = None
            _note_change(cohort, by, "code switched off")


def close(cohort: Cohort, *, by: Person) -> None:
    """Let nobody join any more, by code or by invitation; everything else stays as it is."""
    with write_transaction() as session:
        stored = _cohort_to_change(cohort.id)
        if stored.closed_at is not None:
            return
        stored.closed_at = now()
        open_invitations = select(Invitation).filter_by(
            cohort_id=cohort.id, accepted_at=None, withdrawn_at=None
        )
        for invitation in session.scalars(open_invitations.with_for_update()):
            invitation.withdrawn_at = now()
        _note_change(cohort, by, "closed")


def reopen(cohort: Cohort, *, by: Person) -> None:
    with write_transaction():
        stored = _cohort_to_change(cohort.id)
        if stored.closed_at is not None:
            stored.closed_at = None
            _note_change(cohort, by, "reopened")


def remove_member(cohort: Cohort, person_id: uuid.UUID, *, by: Person) -> None:
    """Take somebody out of a cohort; the account and everything that was rated stays."""
    with write_transaction():
        member = find_member(_cohort_to_change(cohort.id).id, person_id)
        if member is not None:
            member.left_at = now()
            _note_change(cohort, by, "rater removed", rater=str(person_id))


def _cohort_to_change(cohort_id: uuid.UUID) -> Cohort:
    return db.session.scalars(
        select(Cohort)
        .filter_by(id=cohort_id)
        # The weaker lock: whoever joins meanwhile only refers to the cohort.
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _note_change(cohort: Cohort, by: Person, change: str, **details: str) -> None:
    trail.note(
        trail.Act.COHORT_CHANGED, f"cohort {cohort.id}", person_id=by.id, change=change, **details
    )
