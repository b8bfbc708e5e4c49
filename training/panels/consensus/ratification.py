"""Signing the consensus on a vignette; the second signature makes it a ratified key."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete

from training.accounts.models import Person
from training.audit import trail
from training.clock import now
from training.database import db, write_transaction
from training.keys.models import Occasion
from training.keys.sights import note_keys_seen_by
from training.library import records as library
from training.library.models import DocumentKind
from training.library.schema import Key, PanelNote
from training.panels.consensus.key_documents import build_key, digest_of_key
from training.panels.consensus.recording import discussion_to_change, remove_signatures, subject_of
from training.panels.consensus.records import Discussion, is_chair, is_member
from training.panels.consensus.rules import Lack
from training.panels.models import KeySignature, Panel, PanelOrigin, PanelState

SIGNATURES_NEEDED = 2  # the chair's and one more
ONE_DAY = timedelta(days=1)


class NotReadyError(ValueError):
    """Something is missing before the consensus can be signed; `lacks` says what."""

    def __init__(self, lacks: tuple[Lack, ...]) -> None:
        super().__init__(", ".join(lack.kind.value for lack in lacks))
        self.lacks = lacks


class ChangedSinceError(ValueError):
    """What would be signed is not what the signer had before them."""


class NotSignedError(ValueError):
    """There is no signature of this person to withdraw."""


class Obstacle(StrEnum):
    """Why somebody who may look at a consensus cannot sign it now."""

    NOT_ON_PANEL = "not-on-panel"
    SIGNED = "signed"
    CHAIR_IS_MISSING = "chair-is-missing"  # another expert has signed, and one is enough


class ObstacleError(ValueError):
    """This person cannot sign; `obstacle` says why."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.value)
        self.obstacle = obstacle


@dataclass(frozen=True, slots=True)
class Signed:
    """What signing did: whether the key is ratified now."""

    is_ratified: bool


def may_sign(panel: Panel, person: Person) -> bool:
    """Whether this person's name may stand under a key of the panel.

    The experts of a panel that met elsewhere need not have accounts: whoever vouches for it then
    signs beside the chair.
    """
    is_voucher = panel.origin is PanelOrigin.ELSEWHERE and panel.vouched_by_id == person.id
    return is_voucher or is_member(panel, person)


def obstacle_of(discussion: Discussion, person: Person) -> Obstacle | None:
    """Why this person cannot sign, or None: the chair can, and one more who sits on the panel."""
    panel = discussion.panel
    if not may_sign(panel, person):
        return Obstacle.NOT_ON_PANEL
    signers = {signature.person_id for signature in discussion.signatures}
    if person.id in signers:
        return Obstacle.SIGNED
    if signers and not is_chair(panel, person) and panel.chair_id not in signers:
        return Obstacle.CHAIR_IS_MISSING
    return None


def with_signatures_that_hold(discussion: Discussion) -> Discussion:
    """The discussion without the signatures that were given for another text or panel.

    Call it only where nothing is missing, and while it is open.
    """
    kept = tuple(each for each in discussion.signatures if _holds(discussion, each))
    return replace(discussion, signatures=kept)


def key_to_sign(discussion: Discussion, *, on: date) -> Key:
    """The key as it would be ratified on a day. Call it only where nothing is missing."""
    panel = discussion.panel
    note = PanelNote(
        panel=str(panel.id),
        title=panel.title,
        ratified_on=on,
        experts=discussion.experts,
        instrument_digest=discussion.instrument.digest,
        vignette_digest=discussion.vignette.digest,
        met_elsewhere=panel.origin is PanelOrigin.ELSEWHERE,
        is_demonstration=panel.is_demonstration,
    )
    agreed = {
        number: (entry.consensus, entry.stances)
        for number, entry in discussion.items.items()
        if entry.consensus is not None
    }
    return build_key(discussion.vignette.document, agreed, note)


def sign(panel_id: uuid.UUID, position: int, *, signer: Person, digest: str) -> Signed:
    """Put a name under the consensus on a vignette; the second one ratifies it.

    digest  of the key document that the signer had before them, dated today or, where they opened
            it before midnight, yesterday: a change since is not signed by accident.

    The key and the signature carry today's date all the same. A signature holds for the very text
    it was given under. Where that is another one by now, or its giver has left the panel, it
    falls. Raises LookupError, OverError, NotReadyError, ObstacleError, ChangedSinceError.
    """
    with write_transaction():
        discussion = discussion_to_change(panel_id, position)
        if discussion.lacks:
            raise NotReadyError(discussion.lacks)
        moment = now()
        if not _was_before_them(discussion, digest, moment.date()):
            raise ChangedSinceError(digest)
        key = key_to_sign(discussion, on=moment.date())
        _drop_what_does_not_hold(discussion, signer)
        discussion = with_signatures_that_hold(discussion)
        obstacle = obstacle_of(discussion, signer)
        if obstacle is not None:
            raise ObstacleError(obstacle)
        given = _add_signature(discussion, signer, digest_of_key(key), moment)
        if given == SIGNATURES_NEEDED:
            _ratify(discussion, key, signer, moment)
        return Signed(given == SIGNATURES_NEEDED)


def _was_before_them(discussion: Discussion, digest: str, today: date) -> bool:
    """Whether this is what the page shows today, or showed yesterday: only the date differs."""
    days = (today, today - ONE_DAY)
    return digest in {digest_of_key(key_to_sign(discussion, on=day)) for day in days}


def withdraw_signature(panel_id: uuid.UUID, position: int, *, signer: Person) -> None:
    """Take back a signature that another one has to follow.

    Raises LookupError, NotSignedError, and OverError once the key is ratified.
    """
    with write_transaction():
        discussion = discussion_to_change(panel_id, position)
        signed = [each for each in discussion.signatures if each.person_id == signer.id]
        if not signed:
            raise NotSignedError(str(signer.id))
        (signature,) = signed
        db.session.execute(delete(KeySignature).filter_by(id=signature.id))
        discussion.panel.revision += 1
        trail.note(
            trail.Act.KEY_SIGNATURE_WITHDRAWN,
            subject_of(discussion),
            person_id=signer.id,
            signer=str(signer.id),
            digest=signature.digest,
            reason="withdrawn by the signer",
        )


def _drop_what_does_not_hold(discussion: Discussion, by: Person) -> None:
    fallen = [each for each in discussion.signatures if not _holds(discussion, each)]
    remove_signatures(discussion, fallen, by=by, reason="it was given for another text or panel")


def _holds(discussion: Discussion, signature: KeySignature) -> bool:
    key = key_to_sign(discussion, on=signature.signed_at.date())
    return may_sign(discussion.panel, signature.person) and digest_of_key(key) == signature.digest


def _add_signature(discussion: Discussion, signer: Person, digest: str, moment: datetime) -> int:
    place = len(discussion.signatures) + 1
    db.session.add(
        KeySignature(
            panel_vignette_id=discussion.row.id,
            person_id=signer.id,
            place=place,
            digest=digest,
            signed_at=moment,
        )
    )
    discussion.panel.revision += 1
    db.session.flush()
    trail.note(
        trail.Act.KEY_SIGNED,
        subject_of(discussion),
        person_id=signer.id,
        digest=digest,
        signature=place,
        of=SIGNATURES_NEEDED,
    )
    return place


def _ratify(discussion: Discussion, key: Key, signer: Person, moment: datetime) -> None:
    """Keep the key for good; to put it in use is an act of its own, of a certifier."""
    panel, row = discussion.panel, discussion.row
    version = library.add_version(DocumentKind.KEY, key, row.vignette_slug, person_id=signer.id)
    row.key_document_id, row.ratified_at = version.id, moment
    trail.note(
        trail.Act.KEY_RATIFIED,
        subject_of(discussion),
        person_id=signer.id,
        digest=version.digest,
        experts=discussion.experts,
    )
    seated = {seat.person_id for seat in panel.seats if seat.person_id is not None}
    note_keys_seen_by({panel.chair_id, *seated}, [row.vignette_slug], Occasion.PANEL)
    if all(each.ratified_at is not None for each in panel.vignettes):
        panel.state, panel.ended_at = PanelState.ENDED, moment
