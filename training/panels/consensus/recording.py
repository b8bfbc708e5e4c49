"""The acts of round two: where an expert stands, what is agreed, what everybody looks at."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from training.accounts.models import Person
from training.audit import trail
from training.clock import now
from training.database import db, write_transaction
from training.mail.models import Letter
from training.mail.post import address_in_letter, write_letter_to
from training.panels.consensus.records import (
    Discussion,
    ItemInDiscussion,
    find_discussion,
    find_own_seat,
    is_chair,
)
from training.panels.consensus.rules import Consensus, Fault, Standpoint, faults_of, mark_of
from training.panels.locking import panel_to_discuss
from training.panels.models import ConsensusItem, KeySignature, PanelSeat, Position


class StaleEditError(ValueError):
    """Somebody recorded something else since; `stored` is what, None for nothing."""

    def __init__(self, stored: Consensus | Standpoint | None) -> None:
        super().__init__("the edit was made from an older version")
        self.stored = stored


class OverError(ValueError):
    """The key is ratified, or the panel is over: nothing is recorded any more."""


class NotYoursError(ValueError):
    """The act is the chair's, or another expert's."""


class FaultyConsensusError(ValueError):
    """The consensus does not fit where the experts stand; `faults` says how."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(", ".join(fault.kind.value for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody changes: which cell, from which version, and who they are.

    position      of the vignette in the panel, from 1.
    started_from  consensus.mark_of the version they had before them. It stands for this one cell:
                  five experts may write at once without being in each other's way.
    """

    panel_id: uuid.UUID
    position: int
    item: int
    started_from: str
    by: Person


def record_position(edit: Edit, place: int, standpoint: Standpoint) -> list[Letter]:
    """Write down where the expert of a place stands: by themselves or, for anybody, the chair.

    The same again changes nothing. Returns the letters to whoever had signed. Raises
    LookupError where there is no such cell or expert, NotYoursError, OverError, StaleEditError.
    """
    with write_transaction() as session:
        discussion, entry = _cell(edit)
        expert = entry.find_expert(place)
        if expert is None:
            raise LookupError(f"no expert {place} rated item {edit.item}")
        own = find_own_seat(discussion.panel, edit.by)
        is_own = own is not None and own.place == place
        if not (is_own or is_chair(discussion.panel, edit.by)):
            raise NotYoursError(str(place))
        if not _is_change(expert.position, standpoint, edit):
            return []
        row = _position(discussion, expert.seat, edit)
        row.score = standpoint.score
        row.is_not_rateable = standpoint.score is None
        row.reason = standpoint.reason
        row.changed_by_id, row.changed_at = edit.by.id, now()
        session.add(row)
        return _changed(discussion, edit, expert=place)


def record_consensus(edit: Edit, consensus: Consensus) -> list[Letter]:
    """Write down what the panel agreed on one item, as its chair.

    Reasons of dissenters may follow later. The same again changes nothing. Returns and raises as
    record_position does, and FaultyConsensusError.
    """
    with write_transaction() as session:
        discussion, entry = _cell(edit)
        if not is_chair(discussion.panel, edit.by):
            raise NotYoursError(str(edit.item))
        if not _is_change(entry.consensus, consensus, edit):
            return []
        faults = faults_of(consensus, entry.stances, discussion.frame)
        in_the_way = tuple(fault for fault in faults if not fault.can_wait)
        if in_the_way:
            raise FaultyConsensusError(in_the_way)
        row = _consensus_item(discussion, edit)
        row.kind = consensus.kind
        row.lowest, row.highest = consensus.lowest, consensus.highest
        row.reason, row.evidence = consensus.reason, list(consensus.evidence)
        row.recorded_by_id, row.recorded_at = edit.by.id, now()
        session.add(row)
        return _changed(discussion, edit)


def show_to_everybody(panel_id: uuid.UUID, position: int, item: int, *, by: Person) -> None:
    """Let everybody look at this item. Raises LookupError, NotYoursError, OverError."""
    with write_transaction():
        discussion = discussion_to_change(panel_id, position)
        panel = discussion.panel
        if not is_chair(panel, by):
            raise NotYoursError(str(item))
        if item not in discussion.items:
            raise LookupError(str(item))
        if (panel.current_position, panel.current_item) != (position, item):
            panel.current_position, panel.current_item = position, item
            panel.revision += 1


def discussion_to_change(panel_id: uuid.UUID, position: int) -> Discussion:
    """A vignette of a panel, with the panel locked until the end of the act under way.

    Raises LookupError where there is none, OverError where nothing is changed any more.
    """
    discussion = find_discussion(panel_to_discuss(panel_id), position)
    if discussion is None:
        raise LookupError(str(position))
    if not discussion.is_open:
        raise OverError(str(position))
    return discussion


def remove_signatures(
    discussion: Discussion, fallen: Sequence[KeySignature], *, by: Person, reason: str
) -> list[Letter]:
    """Take away names that no longer hold, in the act under way; letters that tell their owners."""
    for signature in fallen:
        db.session.execute(delete(KeySignature).filter_by(id=signature.id))
        trail.note(
            trail.Act.KEY_SIGNATURE_WITHDRAWN,
            subject_of(discussion),
            person_id=by.id,
            signer=str(signature.person_id),
            digest=signature.digest,
            reason=reason,
        )
    return [_letter_to(signature.person, discussion) for signature in fallen]


def subject_of(discussion: Discussion) -> str:
    """What the trail calls the key that a panel makes."""
    return f"key of {discussion.row.vignette_slug}, panel {discussion.panel.id}"


def _cell(edit: Edit) -> tuple[Discussion, ItemInDiscussion]:
    discussion = discussion_to_change(edit.panel_id, edit.position)
    if edit.item not in discussion.items:
        raise LookupError(str(edit.item))
    return discussion, discussion.items[edit.item]


def _is_change(
    stored: Consensus | Standpoint | None, wanted: Consensus | Standpoint, edit: Edit
) -> bool:
    """Whether there is anything to write. Raises StaleEditError."""
    if stored == wanted:
        return False  # also the retry of an edit whose answer was lost
    if edit.started_from != mark_of(stored):
        raise StaleEditError(stored)
    return True


def _position(discussion: Discussion, seat: PanelSeat, edit: Edit) -> Position:
    where = {
        "panel_vignette_id": discussion.row.id,
        "seat_id": seat.id,
        "item_number": edit.item,
    }
    return db.session.scalar(select(Position).filter_by(**where)) or Position(**where)


def _consensus_item(discussion: Discussion, edit: Edit) -> ConsensusItem:
    where = {"panel_vignette_id": discussion.row.id, "item_number": edit.item}
    return db.session.scalar(select(ConsensusItem).filter_by(**where)) or ConsensusItem(**where)


def _changed(discussion: Discussion, edit: Edit, **details: int) -> list[Letter]:
    """What follows from every change: the revision grows, and names under the old text fall."""
    discussion.panel.revision += 1
    trail.note(
        trail.Act.CONSENSUS_RECORDED,
        subject_of(discussion),
        person_id=edit.by.id,
        item=edit.item,
        **details,
    )
    reason = f"item {edit.item} was changed"
    return remove_signatures(discussion, discussion.signatures, by=edit.by, reason=reason)


def _letter_to(signer: Person, discussion: Discussion) -> Letter:
    panel, position = discussion.panel, discussion.row.position
    return write_letter_to(
        signer,
        "key-signature-withdrawn",
        vignette=discussion.vignette.document.title,
        panel=panel.title,
        address=address_in_letter("consensus.ratify", panel_id=panel.id, position=position),
    )
