"""A decision on ratified keys: bands and dropped items reach the frozen evidence and the gates."""

from __future__ import annotations

from flask import Flask

from tests.certification import stories
from tests.keys.contest_stories import seat_panel
from tests.pack import CERTIFICATION, PRACTICE, STANDARD, small_pack, with_item
from training.accounts.models import Person
from training.certification.attempts import records as attempts
from training.certification.attempts import standing
from training.certification.attempts.eligibility import Eligibility
from training.certification.attempts.pool import pool_of, unseen_vignettes
from training.certification.dossiers.dossier import dossier_of
from training.clock import now
from training.database import db, write_transaction
from training.keys.models import Occasion
from training.keys.sights import note_keys_seen
from training.library import records as library
from training.library.models import CurrentDocument, DocumentKind
from training.library.schema import Key, KeyStatus
from training.panels.models import PanelState

BANDED, SHORTENED = CERTIFICATION[0], CERTIFICATION[1]
PACK = small_pack()


def put_in_use(slug: str, key: Key) -> None:
    """As a certifier would, who has looked at what it changes."""
    ratified = key.model_copy(update={"status": KeyStatus.RATIFIED})
    with write_transaction():
        version = library.add_version(DocumentKind.KEY, ratified, slug, person_id=None)
        current = db.session.get_one(CurrentDocument, (DocumentKind.KEY, slug))
        current.document_id = version.id


def test_within_a_band_both_scores_are_right_and_a_dropped_item_counts_for_nothing(
    app: Flask, ines: Person
) -> None:
    """Ines gives one point less than the key on item 1, and NR where the panel dropped an item."""
    assert PACK.keys[BANDED].items[1].score == 4
    with app.app_context():
        put_in_use(BANDED, with_item(PACK.keys[BANDED], 1, band=(3, 4)))
        put_in_use(SHORTENED, with_item(PACK.keys[SHORTENED], 5, rating="dropped", evidence=()))
        stories.make_eligible(ines)
        attempt = attempts.open_attempt(ines.id, STANDARD)
        for session in attempt.sessions:
            is_banded = session.vignette_slug == BANDED
            stories.submit(
                session,
                lambda reference, cell, is_banded=is_banded: (
                    reference - 1 if is_banded and cell == 1 and reference else reference
                ),
            )
        decision = attempt.decisions[-1]
        sessions = {session["vignette"]: session for session in decision.evidence["sessions"]}
        assert sessions[BANDED]["bands"] == [[1, 3, 4]]
        assert [1, 3, 3] in sessions[BANDED]["cells"]
        assert sessions[SHORTENED]["dropped"] == [5]
        assert len(sessions[SHORTENED]["cells"]) == 11
        assert "bands" not in sessions[CERTIFICATION[2]]
        assert decision.figures["comparison"]["exact"]["value"] == 1.0
        dossier = dossier_of(decision)
        assert dossier.has_same_digest
        assert dossier.is_recomputed_identically
        assert dossier.rests_on_authored_keys
        assert KeyStatus.RATIFIED in dossier.key_statuses


def test_a_standard_that_demands_ratified_keys_never_draws_another_vignette(
    app: Flask, ines: Person
) -> None:
    demanding = PACK.standards[STANDARD].model_copy(
        update={
            "keys": PACK.standards[STANDARD].keys.model_copy(update={"authored_allowed": False})
        }
    )
    with app.app_context():
        assert pool_of(demanding) == []
        put_in_use(BANDED, PACK.keys[BANDED])
        put_in_use(PRACTICE[0], PACK.keys[PRACTICE[0]])  # of another pool
        assert [entry.vignette.slug for entry in pool_of(demanding)] == [BANDED]
        with write_transaction():
            version = library.add_version(
                DocumentKind.STANDARD, demanding, STANDARD, person_id=None
            )
            current = db.session.get_one(CurrentDocument, (DocumentKind.STANDARD, STANDARD))
            current.document_id = version.id
        stories.make_eligible(ines)
        in_use = library.find_standard(STANDARD)
        assert in_use is not None
        found: Eligibility = standing.eligibility_of(ines.id, in_use, at=now())
        assert not found.is_eligible


def test_who_has_seen_a_key_or_helps_to_make_it_is_never_given_its_vignette(
    app: Flask, ines: Person, cleo: Person
) -> None:
    """Ines sat on a panel that settled one of them without her, and sits on one at work."""
    with app.app_context():
        assert len(unseen_vignettes(ines.id, PACK.standards[STANDARD])) == len(CERTIFICATION)
        note_keys_seen(ines.id, [BANDED], Occasion.PANEL)
        seat_panel(cleo, [ines], state=PanelState.RATING, slug=SHORTENED)
        left = {
            entry.vignette.slug for entry in unseen_vignettes(ines.id, PACK.standards[STANDARD])
        }
        assert left == set(CERTIFICATION) - {BANDED, SHORTENED}
