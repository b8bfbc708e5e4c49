"""Invitations: writing them, accepting them, how they stand, withdrawing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from training.accounts.models import Person, Role
from training.accounts.records import (
    add_person,
    digest_of_token,
    grant_role,
    new_token,
    normalised_email,
)
from training.audit import trail
from training.clock import now
from training.cohorts.models import Cohort, CohortMember, Invitation
from training.cohorts.records import join, keep_open
from training.database import db, write_transaction
from training.mail.models import Letter
from training.mail.post import write_letter

INVITATIONS_SHOWN = 200
INVITATION_VALID_FOR = timedelta(days=30)


class InvitationState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class ListedInvitation:
    """An invitation as a list shows it: without anything that would let somebody in."""

    id: uuid.UUID
    email: str
    role: Role
    invited_at: datetime
    expires_at: datetime
    state: InvitationState

    @property
    def is_open(self) -> bool:
        return self.state is InvitationState.OPEN


@dataclass(frozen=True, slots=True)
class SentInvitations:
    """What inviting several people did."""

    letters: tuple[Letter, ...]
    left_out: tuple[str, ...]  # in the cohort already, or invited and not answered yet


def state_of(invitation: Invitation, *, at: datetime) -> InvitationState:
    """How an invitation stands at a moment."""
    if invitation.accepted_at is not None:
        return InvitationState.ACCEPTED
    if invitation.withdrawn_at is not None:
        return InvitationState.WITHDRAWN
    return InvitationState.OPEN if invitation.expires_at > at else InvitationState.LAPSED


def invitations(cohort_id: uuid.UUID | None) -> list[ListedInvitation]:
    """The latest invitations to a cohort, or with None those to the service; newest first."""
    moment = now()
    rows = db.session.scalars(
        select(Invitation)
        .where(Invitation.cohort_id == cohort_id)
        .order_by(Invitation.invited_at.desc(), Invitation.email)
        .limit(INVITATIONS_SHOWN)
    )
    return [
        ListedInvitation(
            row.id,
            row.email,
            row.role,
            row.invited_at,
            row.expires_at,
            state_of(row, at=moment),
        )
        for row in rows
    ]


def invite(
    email: str,
    role: Role,
    *,
    cohort: Cohort | None,
    by: Person,
    address_of: str,
) -> tuple[Invitation, Letter]:
    """Write an invitation and its letter.

    `address_of` is the page's address with "TOKEN" where the token belongs.
    """
    token = new_token()
    with write_transaction() as session:
        invitation = Invitation(
            token_digest=digest_of_token(token),
            email=normalised_email(email),
            role=role,
            cohort_id=cohort.id if cohort else None,
            invited_by_id=by.id,
            expires_at=now() + INVITATION_VALID_FOR,
        )
        session.add(invitation)
        session.flush()
        trail.note(
            trail.Act.INVITATION_SENT,
            f"invitation {invitation.id}",
            person_id=by.id,
            role=role.value,
        )
        letter = write_letter(
            invitation.email,
            "invitation",
            inviter=by.name,
            cohort=cohort.name if cohort else None,
            role=role.value,
            address=address_of.replace("TOKEN", token),
            days=INVITATION_VALID_FOR.days,
        )
    return invitation, letter


def find_invitation(token: str) -> Invitation | None:
    """The invitation a link stands for, while it can be accepted."""
    invitation = db.session.scalar(
        select(Invitation).filter_by(
            token_digest=digest_of_token(token), accepted_at=None, withdrawn_at=None
        )
    )
    return invitation if invitation and invitation.expires_at > now() else None


def _invitation_to_accept(token: str) -> Invitation | None:
    invitation = db.session.scalar(
        select(Invitation)
        .filter_by(token_digest=digest_of_token(token))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if invitation is None or invitation.accepted_at or invitation.withdrawn_at:
        return None
    return invitation if invitation.expires_at > now() else None


def accept_as_new_person(
    token: str, *, name: str, password_hash: str, locale: str = "en"
) -> Person | None:
    """Make the invited account; None when the link was used or lapsed in the meantime."""
    with write_transaction():
        invitation = _invitation_to_accept(token)
        if invitation is None:
            return None
        person = add_person(
            email=invitation.email,
            name=name,
            roles=(invitation.role,),
            by=invitation.invited_by_id,
            password_hash=password_hash,
            locale=locale,
        )
        _accept(invitation, person)
    return person


def accept_with_account(token: str, person: Person) -> bool:
    """Give an existing account what the invitation offers; False when it cannot be accepted."""
    with write_transaction():
        invitation = _invitation_to_accept(token)
        if invitation is None or invitation.email != person.email:
            return False
        grant_role(person, invitation.role, by=invitation.invited_by_id)
        _accept(invitation, person)
    return True


def _accept(invitation: Invitation, person: Person) -> None:
    invitation.accepted_at = now()
    invitation.accepted_by_id = person.id
    if invitation.cohort is not None:
        join(invitation.cohort, person)


def invite_several(
    addresses: Sequence[str], *, cohort: Cohort, by: Person, address_of: str
) -> SentInvitations:
    """Invite raters to a cohort, all of them or nobody; who needs no invitation is left out.

    Raises CohortClosedError.
    """
    letters, left_out = [], []
    with write_transaction():
        keep_open(cohort)
        known = _members_and_invited(cohort.id)
        for email in addresses:
            if email in known:
                left_out.append(email)
                continue
            _, letter = invite(email, Role.RATER, cohort=cohort, by=by, address_of=address_of)
            letters.append(letter)
    return SentInvitations(tuple(letters), tuple(left_out))


def _members_and_invited(cohort_id: uuid.UUID) -> set[str]:
    members = (
        select(Person.email)
        .join(CohortMember, CohortMember.person_id == Person.id)
        .where(CohortMember.cohort_id == cohort_id, CohortMember.left_at.is_(None))
    )
    invited = select(Invitation.email).where(
        Invitation.cohort_id == cohort_id,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now(),
    )
    return {*db.session.scalars(members), *db.session.scalars(invited)}


def is_to(cohort: Cohort, invitation_id: uuid.UUID) -> bool:
    """Whether an invitation, open or not, was to this cohort."""
    found = select(Invitation.id).filter_by(id=invitation_id, cohort_id=cohort.id)
    return db.session.scalar(found) is not None


def withdraw_invitation(
    invitation_id: uuid.UUID, *, cohort_id: uuid.UUID | None, by: Person
) -> bool:
    """Make an invitation's link useless; False where there is no open one to this cohort."""
    with write_transaction() as session:
        invitation = session.scalar(
            select(Invitation)
            .where(Invitation.id == invitation_id, Invitation.cohort_id == cohort_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if invitation is None or state_of(invitation, at=now()) is not InvitationState.OPEN:
            return False
        invitation.withdrawn_at = now()
        trail.note(trail.Act.INVITATION_WITHDRAWN, f"invitation {invitation.id}", person_id=by.id)
    return True
