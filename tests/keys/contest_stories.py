"""Contests as they stand at some moment, to begin a story with. Call inside an app context."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from tests.calibration.rating_sheets import agreeing
from tests.pack import PRACTICE
from training.accounts.models import Person
from training.calibration import records as ratings
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import Purpose, RatingSession
from training.calibration.ratings import Rating
from training.database import db, write_transaction
from training.keys.contests import acts as contest_acts
from training.keys.contests import records as contest_records
from training.keys.models import Contest
from training.library import records as library
from training.panels.models import Assignment, Panel, PanelSeat, PanelState, PanelVignette

SLUG = PRACTICE[0]
REASON = "Piet answers with her own word in turn 5, so 2 fits better."


def practised(person: Person, slug: str = SLUG, **own: Rating) -> RatingSession:
    """A submitted practice session; `own` ratings by item ("item_4") beside those of the key."""
    sheet = agreeing(slug) | {int(name[5:]): rating for name, rating in own.items()}
    session = ratings.open_session(person.id, slug, Purpose.PRACTICE)
    outcome = ratings.submit(session.id, sheet, revision=0, after=AFTER_SUBMISSION)
    assert outcome.is_submitted, outcome.lacks
    return outcome.session


def contested(person: Person, item: int = 4, slug: str = SLUG) -> Contest:
    """A contest of somebody, who practises the vignette for it if they have not."""
    session = db.session.scalar(
        select(RatingSession).filter_by(person_id=person.id, vignette_slug=slug)
    )
    session = session or practised(person, slug)
    return contest_acts.contest_item(session, item, reason=REASON, turns=(5,))


def waiting_for(person: Person, asked_page: str | None = None) -> list[Contest]:
    """The contests that wait for this person, as their queue shows them."""
    groups = contest_records.waiting_groups(person)
    return contest_records.waiting_page(person, groups, asked_page)[0]


def seat_panel(
    chair: Person,
    experts: Sequence[Person],
    *,
    state: PanelState,
    slug: str = SLUG,
    key_id: uuid.UUID | None = None,
) -> Panel:
    """A panel in some state for one vignette, with what its experts have to rate."""
    with write_transaction() as session:
        version = library.get_vignette(slug)
        panel = Panel(
            title="Spring panel",
            instrument_document_id=library.get_instrument(version.document.instrument).id,
            chair_id=chair.id,
            opened_by_id=chair.id,
            state=state,
        )
        vignette = PanelVignette(
            panel=panel,
            position=1,
            vignette_slug=slug,
            vignette_document_id=version.id,
            key_document_id=key_id,
        )
        session.add_all([panel, vignette])
        for place, expert in enumerate(experts, start=1):
            seat = PanelSeat(panel=panel, place=place, person_id=expert.id, name=expert.name)
            session.add(Assignment(seat=seat, panel_vignette=vignette))
        return panel
