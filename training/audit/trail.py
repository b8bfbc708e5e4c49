"""Noting acts and proving afterwards that the trail was not tampered with."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.audit.models import CHAIN_START, AuditEntry, AuditHead
from training.clock import now
from training.database import db, snapshot

HEAD_ID = 1


class Act(StrEnum):
    """Every act that is written down."""

    SIGNED_IN = "signed in"
    SIGN_IN_REFUSED = "sign-in refused"
    SIGNED_OUT = "signed out"
    SESSIONS_ENDED = "sessions ended"
    PERSON_ADDED = "person added"
    PROFILE_CHANGED = "profile changed"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 - the name of an act
    PASSWORD_RESET_ASKED = "password reset asked"  # noqa: S105 - the name of an act
    SECOND_FACTOR_ADDED = "second factor added"
    SECOND_FACTOR_REMOVED = "second factor removed"
    RECOVERY_CODES_MADE = "recovery codes made"
    RECOVERY_CODE_USED = "recovery code used"
    CODE_REFUSED = "code refused"
    ROLE_GRANTED = "role granted"
    ROLE_WITHDRAWN = "role withdrawn"
    PERSON_DEACTIVATED = "person deactivated"
    PERSON_REACTIVATED = "person reactivated"
    CONTENT_PUBLISHED = "content published"
    COHORT_OPENED = "cohort opened"
    COHORT_CHANGED = "cohort changed"
    COMMENT_WRITTEN = "comment written"
    RATERS_REMINDED = "raters reminded"
    INVITATION_SENT = "invitation sent"
    INVITATION_WITHDRAWN = "invitation withdrawn"
    COHORT_JOINED = "cohort joined"
    MODULE_COMPLETED = "module completed"
    RATING_SUBMITTED = "rating submitted"
    EXERCISE_ANSWERED = "exercise answered"
    QUESTION_REVIEWED = "question reviewed"
    ATTEMPT_OPENED = "attempt opened"
    ATTEMPT_LAPSED = "attempt lapsed"
    WINDOW_CHANGED = "closing date changed"
    DECISION_COMPUTED = "decision computed"
    DECISION_SIGNED = "decision signed"
    SIGNATURE_WITHDRAWN = "signature withdrawn"
    DECISION_DECLINED = "decision declined"
    MORE_EVIDENCE_ASKED = "more evidence asked"
    CERTIFICATE_ISSUED = "certificate issued"
    CERTIFICATE_REVOKED = "certificate revoked"
    ATTEMPT_SET_ASIDE = "attempt set aside"
    APPEAL_MADE = "appeal made"
    APPEAL_WITHDRAWN = "appeal withdrawn"
    APPEAL_DECIDED = "appeal decided"
    PANEL_OPENED = "panel opened"
    PANEL_CHANGED = "panel changed"
    PANEL_CANCELLED = "panel cancelled"
    PANEL_IMPORTED = "panel imported"
    EXPERT_INVITED = "expert invited"
    EXPERT_WITHDRAWN = "expert withdrawn"
    ROUND_ONE_CLOSED = "round one closed"
    CONSENSUS_RECORDED = "consensus recorded"
    KEY_SIGNED = "key signed"
    KEY_SIGNATURE_WITHDRAWN = "key signature withdrawn"
    KEY_RATIFIED = "key ratified"
    KEY_SEEN = "key seen"
    KEY_PUT_IN_USE = "key put in use"
    KEY_CHANGE_DECIDED = "key change decided"
    KEY_CONTESTED = "key contested"
    CONTEST_WITHDRAWN = "contest withdrawn"
    CONTEST_ANSWERED = "contest answered"
    CALENDAR_ADDRESS_MADE = "calendar address made"
    CALENDAR_ADDRESS_ENDED = "calendar address ended"
    DATA_EXPORTED = "data exported"
    CHECKPOINT_MADE = "checkpoint made"


@dataclass(frozen=True, slots=True)
class NotedEntry:
    """An act waiting for the end of its transaction."""

    happened_at: datetime
    person_id: uuid.UUID | None
    act: Act
    subject: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TrailFault:
    """The first line at which the chain does not hold, and how."""

    sequence: int
    message: str


def note(
    act: Act, subject: object, *, person_id: uuid.UUID | None, **details: str | int | bool | None
) -> None:
    """Write this act into the trail, in the transaction under way.

    The line is chained when the transaction ends, so that the end of the chain is locked last
    and for the shortest time. Outside a write transaction there is nothing to belong to, and a
    RuntimeError says so.
    """
    session = db.session()
    if not session.info.get("is_writing"):
        raise RuntimeError("an act is noted inside write_transaction()")
    entry = NotedEntry(now(), person_id, act, str(subject)[:300], dict(details))
    session.info.setdefault("noted", []).append(entry)


def append_noted_entries(session: Session) -> None:
    """Chain what was noted; called by the write transaction just before it commits."""
    noted: list[NotedEntry] = session.info.pop("noted", [])
    if not noted:
        return
    session.flush()
    head = session.scalars(
        select(AuditHead).with_for_update().execution_options(populate_existing=True)
    ).one()
    sequence, digest = head.sequence, head.digest or CHAIN_START
    for entry in noted:
        sequence += 1
        line = AuditEntry(
            sequence=sequence,
            happened_at=entry.happened_at,
            person_id=entry.person_id,
            act=entry.act.value,
            subject=entry.subject,
            details=entry.details,
            previous_digest=digest,
        )
        digest = line.digest = digest_of(line)
        session.add(line)
    session.flush()  # the head may only point to a line that is there
    head.sequence, head.digest = sequence, digest


def digest_of(line: AuditEntry) -> str:
    """The SHA-256 of a line's canonical text, which holds the digest of the line before."""
    canonical = json.dumps(
        [
            line.sequence,
            line.happened_at.astimezone(UTC).isoformat(timespec="microseconds"),
            str(line.person_id) if line.person_id else None,
            line.act,
            line.subject,
            line.details,
            line.previous_digest,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def number_of_lines() -> int:
    """How many lines the trail should have now."""
    return db.session.scalar(select(AuditHead.sequence)) or 0


def verify() -> Iterator[TrailFault]:
    """Yield every place where a line was changed, removed, added or put elsewhere."""
    with snapshot() as session:  # a line written meanwhile is in neither of the two
        head = session.scalars(select(AuditHead)).one_or_none()
        if head is None:
            yield TrailFault(0, "the row that says where the trail ends is gone")
            return
        lines = session.scalars(
            select(AuditEntry).order_by(AuditEntry.sequence).execution_options(yield_per=500)
        )
        yield from faults_of_chain(lines, head_sequence=head.sequence, head_digest=head.digest)


def faults_of_chain(
    lines: Iterable[AuditEntry], *, head_sequence: int, head_digest: str | None
) -> Iterator[TrailFault]:
    """The faults of a chain that should end at the given line."""
    sequence, digest = 0, CHAIN_START
    for line in lines:
        if line.sequence != sequence + 1:
            yield TrailFault(line.sequence, f"line {sequence + 1} is missing before this one")
        if line.previous_digest != digest:
            yield TrailFault(line.sequence, "it does not continue the line before it")
        if digest_of(line) != line.digest:
            yield TrailFault(line.sequence, "its content was changed after it was written")
        sequence, digest = line.sequence, line.digest
    if sequence != head_sequence or (digest if sequence else None) != head_digest:
        yield TrailFault(head_sequence, f"the trail should end here but ends at line {sequence}")
