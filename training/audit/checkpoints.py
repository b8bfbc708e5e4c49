"""Signed checkpoints: proof, kept elsewhere, of where the trail once ended.

The chain alone shows every change but one: who can write to the database can cut lines off its end
and set the end anew. A checkpoint that was printed or copied away before finds that too.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from itsdangerous import Signer
from sqlalchemy import select

from training.audit import trail
from training.audit.models import CHAIN_START, AuditCheckpoint, AuditEntry, AuditHead
from training.clock import now
from training.database import db, write_transaction

FORMAT = "open-dialogue-checkpoint"
# Not a public-key signature: whoever can check it, with the SECRET_KEY, could also have made it.
METHOD = "HMAC-SHA256 with a key derived from SECRET_KEY"
SALT = "training.audit.checkpoint"
LARGEST_FILE = 10_000  # bytes; a checkpoint has some 400
LINES = range(2**31)  # what the column of PostgreSQL holds; 0 is the end of a trail without a line
FIELDS = ("sequence", "digest", "made_at", "method", "signature")


class NotACheckpointError(ValueError):
    """What was given is no checkpoint; the text says why."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The line the trail ended with at a moment, and the signature on it."""

    sequence: int
    digest: str
    made_at: datetime
    method: str
    signature: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order."""
        return {
            "format": FORMAT,
            "sequence": self.sequence,
            "digest": self.digest,
            "made_at": _written(self.made_at),
            "method": self.method,
            "signature": self.signature,
        }

    @property
    def is_signed_by_us(self) -> bool:
        """Whether the signature was made with the SECRET_KEY of today."""
        text = _signed_text(self.sequence, self.digest, self.made_at)
        return self.method == METHOD and _signer().verify_signature(text, self.signature)

    @property
    def is_contained(self) -> bool:
        """Whether the trail still holds this very line."""
        if self.sequence == 0:
            return self.digest == CHAIN_START
        digest = db.session.scalar(select(AuditEntry.digest).filter_by(sequence=self.sequence))
        return digest == self.digest


def make_checkpoint(*, person_id: uuid.UUID | None) -> Checkpoint:
    """Sign where the trail ends now, and keep it. The act itself is the next line."""
    with write_transaction() as session:
        head = session.scalars(
            select(AuditHead).with_for_update().execution_options(populate_existing=True)
        ).one()
        moment, digest = now(), head.digest or CHAIN_START
        signature = _signer().get_signature(_signed_text(head.sequence, digest, moment)).decode()
        checkpoint = Checkpoint(head.sequence, digest, moment, METHOD, signature)
        session.add(
            AuditCheckpoint(
                sequence=checkpoint.sequence,
                digest=checkpoint.digest,
                made_at=checkpoint.made_at,
                method=checkpoint.method,
                signature=checkpoint.signature,
            )
        )
        trail.note(trail.Act.CHECKPOINT_MADE, f"line {head.sequence}", person_id=person_id)
    return checkpoint


def stored_checkpoints() -> list[tuple[uuid.UUID, Checkpoint]]:
    """Every checkpoint that was made, latest first, each with its id."""
    rows = db.session.scalars(
        select(AuditCheckpoint).order_by(
            AuditCheckpoint.sequence.desc(), AuditCheckpoint.made_at.desc()
        )
    )
    return [(row.id, _checkpoint(row)) for row in rows]


def find_checkpoint(checkpoint_id: uuid.UUID) -> Checkpoint | None:
    row = db.session.get(AuditCheckpoint, checkpoint_id)
    return _checkpoint(row) if row else None


def _checkpoint(row: AuditCheckpoint) -> Checkpoint:
    return Checkpoint(row.sequence, row.digest, row.made_at, row.method, row.signature)


def as_text(checkpoint: Checkpoint) -> str:
    """A checkpoint as it is printed and kept in a file."""
    return json.dumps(checkpoint.as_dict(), indent=1) + "\n"


def checkpoint_in(content: bytes) -> Checkpoint:
    """A checkpoint from its file. Raises NotACheckpointError."""
    try:
        values = json.loads(content[: LARGEST_FILE + 1])
    except (ValueError, RecursionError):
        raise NotACheckpointError("the file is not JSON, or too long") from None
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise NotACheckpointError(f'the file does not say that it is a checkpoint ("{FORMAT}")')
    try:
        sequence, digest, made_at, method, signature = (values[name] for name in FIELDS)
        moment = datetime.fromisoformat(made_at)
    except (KeyError, TypeError, ValueError):
        raise NotACheckpointError(f"it needs {', '.join(FIELDS)}") from None
    texts = (digest, method, signature)
    if (
        type(sequence) is not int  # nor a bool, which isinstance would let pass
        or sequence not in LINES
        or not all(isinstance(text, str) for text in texts)
        or not _is_moment(moment)
    ):
        raise NotACheckpointError(f"one of {', '.join(FIELDS)} is not what it should be")
    return Checkpoint(sequence, digest, moment, method, signature)


def _is_moment(moment: datetime) -> bool:
    if moment.tzinfo is None:
        return False
    try:
        moment.astimezone(UTC)
    except OverflowError:  # before the year 1 or after the year 9999
        return False
    return True


def _signer() -> Signer:
    return Signer(
        current_app.config["SECRET_KEY"],
        salt=SALT,
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )


def _signed_text(sequence: int, digest: str, made_at: datetime) -> bytes:
    return json.dumps([FORMAT, sequence, digest, _written(made_at)]).encode()


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
