"""Publishing content folders, with cases for what was decided by keys that they replace."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select

from training.database import db, write_transaction
from training.keys.changes.consequence_records import judged_before_publishing
from training.keys.changes.records import record_changes
from training.keys.models import KeyChangeCase
from training.library import records as library
from training.library.reading import Pack
from training.library.records import Publication

REASON = "published with the content"


@dataclass(frozen=True, slots=True)
class PublishedContent:
    """What publishing did, and how many decisions wait for a certifier because of it."""

    publication: Publication
    cases: int


def publish(pack: Pack, *, person_id: uuid.UUID | None) -> PublishedContent:
    """Put every document of a pack in use, as library.records.publish does.

    Where that replaces a key on a vignette that stays as it was, the change is written down, and
    every decision that would end otherwise is a case for the certifiers.
    """
    judged = judged_before_publishing(pack)
    with write_transaction():
        publication = library.publish(pack, person_id=person_id)
        if not publication.replaced:
            return PublishedContent(publication, 0)
        changes = record_changes(publication.replaced, by=person_id, reason=REASON, judged=judged)
        cases = db.session.scalar(
            select(func.count())
            .select_from(KeyChangeCase)
            .where(KeyChangeCase.key_change_id.in_([change.id for change in changes]))
        )
    return PublishedContent(publication, cases or 0)
