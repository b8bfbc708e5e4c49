"""Versions of keys as a panel would have ratified them, to begin stories about changes with."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.pack import CERTIFICATION
from training.accounts.models import Person
from training.clock import now
from training.database import db, write_transaction
from training.keys.models import KeyChangeCase
from training.library import records as library
from training.library.models import DocumentKind
from training.library.schema import Key, KeyStatus, PanelNote
from training.panels.models import Panel, PanelState, PanelVignette

FIRST = CERTIFICATION[0]
Items = Mapping[int, Mapping[str, Any]]


def key_with(slug: str, items: Items, **changes: Any) -> Key:
    """The key in use with other values for these items, as an author would write it."""
    document = library.get_key(slug).document.model_dump(mode="json")
    for item, values in items.items():
        document["items"][str(item)] |= values
    return Key.model_validate(document | changes)


def upside_down(slug: str) -> Items:
    """Ratings that nobody who agreed with the key agrees with: far off on every item."""
    return {
        item: {"rating": 0 if rating.score >= 2 else 4}
        for item, rating in library.get_key(slug).document.items.items()
        if rating.score is not None
    }


def ratify(chair: Person, slug: str, items: Items) -> uuid.UUID:
    """A panel's key of this vignette, stored and not in use; the id of the version."""
    vignette = library.get_vignette(slug)
    instrument = library.get_instrument(vignette.document.instrument)
    with write_transaction() as session:
        panel = Panel(
            title="Spring panel",
            instrument_document_id=instrument.id,
            chair_id=chair.id,
            opened_by_id=chair.id,
            state=PanelState.ENDED,
        )
        session.add(panel)
        session.flush()
        note = PanelNote(
            panel=str(panel.id),
            title=panel.title,
            ratified_on=date(2024, 5, 2),
            experts=5,
            instrument_digest=instrument.digest,
            vignette_digest=vignette.digest,
        )
        key = key_with(
            slug, items, status=KeyStatus.RATIFIED.value, panel=note.model_dump(mode="json")
        )
        version = library.add_version(DocumentKind.KEY, key, slug, person_id=chair.id)
        session.add(
            PanelVignette(
                panel_id=panel.id,
                position=1,
                vignette_slug=slug,
                vignette_document_id=vignette.id,
                key_document_id=version.id,
                ratified_at=now(),
            )
        )
    return version.id


def cases_in_database() -> list[KeyChangeCase]:
    return list(db.session.query(KeyChangeCase))
