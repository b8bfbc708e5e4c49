"""While a panel rates, nobody hears another's rating and nobody hears the key, on any route.

Every reason, note and key reason carries a canary. A panel is in round one on a practice and a
certification vignette: Emeka is in, Freya has a draft, Goran has not begun, Noor chairs without a
seat. Then everybody looks everywhere, with one role, with every pair of roles, and with all.
"""

from __future__ import annotations

import itertools
import logging
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from tests.pack import CERTIFICATION, ITEMS, MODULES, PRACTICE, evidence
from tests.pages import PersonClient
from tests.panels.stories import panel_canary
from tests.test_canaries import addresses, all_shown_to
from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.audit.models import AuditEntry
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import RatingSession
from training.calibration.ratings import Rating
from training.calibration.records import save_ratings, submit
from training.clock import now
from training.database import db
from training.library import records as library
from training.mail.models import Letter
from training.panels import round_one
from training.panels.models import Assignment, Panel, PanelSeat, PanelState
from training.panels.records import open_panel

pytestmark = pytest.mark.usefixtures("small_content_folder")
SLUGS = (PRACTICE[0], CERTIFICATION[0])
SONG = re.compile(r"(?:panel-)?canary-([a-z]+)[a-z0-9-]*-\d\d-sings")
PAIRS = [frozenset(pair) for pair in itertools.combinations(Role, 2)]


def name_of(roles: frozenset[Role]) -> str:
    return " and ".join(sorted(role.value for role in roles))


@dataclass(frozen=True)
class RoundOne:
    """The panel, and those of whom the stories tell."""

    panel_id: uuid.UUID
    emeka: Person
    freya: Person
    goran: Person
    noor: Person


@pytest.fixture
def round_one_panel(app: Flask, make_person: Callable[..., Person], ada: Person) -> RoundOne:
    people = [make_person(name, Role.EXPERT) for name in ("Emeka", "Freya", "Goran", "Noor")]
    emeka, freya, goran, noor = people
    with app.app_context():
        panel = open_panel(
            "Spring panel",
            SLUGS,
            chair=noor,
            experts=[emeka, freya, goran],
            due=now().date(),
            by=ada,
        )
        for session in _sessions_of(panel.id, emeka):
            sheet = _sheet("Emeka", session.vignette_slug)
            assert submit(session.id, sheet, revision=0, after=AFTER_SUBMISSION).is_submitted
        for session in _sessions_of(panel.id, freya):
            save_ratings(session.id, _sheet("Freya", session.vignette_slug), revision=0)
        return RoundOne(panel.id, *people)


def _sessions_of(panel_id: uuid.UUID, expert: Person) -> list[RatingSession]:
    assignments = db.session.scalars(
        select(Assignment)
        .join(PanelSeat)
        .where(PanelSeat.panel_id == panel_id, PanelSeat.person_id == expert.id)
    ).all()
    opened = [round_one.open_assignment(assignment.id, expert.id) for assignment in assignments]
    return [session for session in opened if session is not None]


def _sheet(expert: str, slug: str) -> dict[int, Rating]:
    return {
        item: Rating(2, evidence=tuple(evidence(item)), note=panel_canary(expert, slug, item))
        for item in ITEMS
    }


def parts_of_addresses(app: Flask) -> dict[str, list[str]]:
    """Everything of this story that may stand in an address."""
    with app.app_context():

        def ids(model: type) -> list[str]:
            return [str(row) for row in db.session.scalars(select(model.id))]  # type: ignore[attr-defined]

        keys = [str(library.get_key(slug).id) for slug in SLUGS]
        return {
            "session_id": ids(RatingSession),
            "panel_id": ids(Panel),
            "assignment_id": ids(Assignment),
            "letter_id": ids(Letter),
            "person_id": ids(Person)[:1],
            "document_id": keys,
            "slug": [*SLUGS, MODULES[0], "dialogic-practice", "dialogic-practice-rater"],
            "stage": ["apply"],
            "kind": ["vignette", "module"],
            "position": ["1"],
            "place": ["1"],
            "item": ["9"],
            "number": ["1"],
            "filename": ["css/app.css"],
        }


def singers_heard(app: Flask, client: PersonClient) -> dict[str, str]:
    """Whose canaries sing, experts and vignettes, and one address at which each does."""
    heard: dict[str, str] = {}
    for address, text in all_shown_to(client, addresses(app, parts_of_addresses(app))):
        for singer in SONG.findall(text):
            heard.setdefault(singer, address)
    return heard


def test_on_the_panel_everybody_hears_themselves_alone_whatever_else_they_are(
    app: Flask,
    round_one_panel: RoundOne,
    browser_of: Callable[[Person], PersonClient],
    caplog: pytest.LogCaptureFixture,
) -> None:
    story = round_one_panel
    # Emeka's are in and are shown to nobody, herself included; Freya goes on with her draft.
    own: dict[Person, set[str]] = {
        story.emeka: set(),
        story.freya: {"freya"},
        story.goran: set(),
        story.noor: set(),
    }
    with caplog.at_level(logging.DEBUG, logger="training"):
        for roles in (frozenset({Role.EXPERT}), frozenset(Role)):
            for person, expected in own.items():
                with app.app_context():
                    accounts.set_roles(person, roles, by=story.noor.id)
                heard = singers_heard(app, browser_of(person))
                assert heard.keys() == expected, (person.name, name_of(roles), heard)
    assert not SONG.search(caplog.text)


@pytest.mark.usefixtures("round_one_panel")
def test_from_outside_no_pair_of_roles_hears_anybody(
    app: Flask,
    make_person: Callable[..., Person],
    browser_of: Callable[[Person], PersonClient],
    stranger: PersonClient,
    caplog: pytest.LogCaptureFixture,
    database_kind: str,
) -> None:
    # Which page opens to which roles is no matter of the database: the pairs look on one.
    pairs = PAIRS if database_kind == "sqlite" else []
    with caplog.at_level(logging.DEBUG, logger="training"):
        assert singers_heard(app, stranger) == {}
        for number, roles in enumerate([*pairs, frozenset(Role)]):
            person = make_person(f"Person {number}", *roles)
            assert singers_heard(app, browser_of(person)) == {}, name_of(roles)
    assert not SONG.search(caplog.text)


def test_trail_and_letters_hold_nothing_of_what_was_rated(
    app: Flask, round_one_panel: RoundOne
) -> None:
    assert round_one_panel.panel_id
    with app.app_context():
        lines = [
            f"{line.subject} {line.details}" for line in db.session.scalars(select(AuditEntry))
        ]
        letters = [f"{each.subject} {each.body}" for each in db.session.scalars(select(Letter))]
        assert lines
        assert letters
        assert not SONG.search("\n".join([*lines, *letters]))


def test_the_canaries_do_sing_once_round_one_is_over_but_the_key_never_does(
    app: Flask, round_one_panel: RoundOne, browser_of: Callable[[Person], PersonClient]
) -> None:
    """The other stories would pass in silence if nothing ever sang."""
    story = round_one_panel
    with app.app_context():
        for expert, name in ((story.freya, "Freya"), (story.goran, "Goran")):
            for session in _sessions_of(story.panel_id, expert):
                sheet = _sheet(name, session.vignette_slug)
                outcome = submit(
                    session.id, sheet, revision=session.revision, after=AFTER_SUBMISSION
                )
                assert outcome.is_submitted
        assert db.session.get_one(Panel, story.panel_id).state is PanelState.CONSENSUS
    for person in (story.goran, story.noor):
        heard = singers_heard(app, browser_of(person))
        assert heard.keys() == {"emeka", "freya", "goran"}, heard
