"""A panel may accept two neighbouring scores, or drop an item: feedback, sums and evidence agree.

Practice-one's key says 3 for item 9. The panel of these stories accepts 2 and 3.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.calibration.rating_sheets import agreeing
from tests.pack import PRACTICE, small_pack, with_item
from tests.pages import PersonClient
from training.accounts.models import Person
from training.calibration import records
from training.calibration.feedback import Distance, Feedback, Kind, build_feedback
from training.calibration.history import cells_of
from training.calibration.history_records import past_ratings
from training.calibration.models import Purpose
from training.calibration.ratings import Rating
from training.calibration.wording import panel_text
from training.database import db, write_transaction
from training.keys.changes.records import put_in_use as put_key_in_use
from training.library import records as library
from training.library.models import CurrentDocument, DocumentKind
from training.library.reading import canonical_text
from training.library.schema import Key, KeyRating, KeyStatus, PanelNote, Spread

PACK = small_pack()
AUTHORED = PACK.keys["practice-one"]
BAND = with_item(AUTHORED, 9, band=(2, 3))
DROPPED = with_item(AUTHORED, 9, rating="dropped", evidence=())


def feedback_on_item_nine(own: Rating, key: Key) -> Feedback:
    return build_feedback(
        PACK.vignettes["practice-one"],
        key,
        PACK.instruments["dialogic-practice"],
        agreeing() | {9: own},
        [],
    )


@pytest.mark.parametrize(
    ("own", "difference", "distance"),
    [
        (0, -2, Distance.FURTHER),
        (1, -1, Distance.ONE_OFF),
        (2, 0, Distance.EXACT),
        (3, 0, Distance.EXACT),
        (4, 1, Distance.ONE_OFF),
    ],
)
def test_both_scores_of_a_band_are_exact_and_others_as_far_as_from_its_edge(
    own: int, difference: int, distance: Distance
) -> None:
    feedback = feedback_on_item_nine(Rating(own, evidence=(9,)), BAND)
    item = feedback.items[8]
    assert (item.difference, item.distance) == (difference, distance)
    assert item.is_agreed == (difference == 0)
    assert (item.consensus.value, item.consensus.label) == ("2–3", "Thin – Clear")
    assert [point.score for point in item.accepted] == [2, 3]
    assert feedback.sums.exact == 11 + (difference == 0)
    assert feedback.sums.sum_of_differences == difference


def test_the_neighbour_of_a_band_lies_outside_of_it() -> None:
    above = feedback_on_item_nine(Rating(4), BAND).items[8].neighbour
    below = feedback_on_item_nine(Rating(0), BAND).items[8].neighbour
    assert above is not None
    assert below is not None
    assert (above.score, below.score) == (4, 1)


def test_a_dropped_item_is_not_compared_and_nobody_is_told_to_begin_with_it() -> None:
    feedback = feedback_on_item_nine(Rating(0), DROPPED)
    item = feedback.items[8]
    assert (item.kind, item.distance) == (Kind.NOT_COMPARED, Distance.NOT_COMPARED)
    assert not item.needs_work
    assert item.next_step is None
    assert feedback.begin_with is None
    assert feedback.sums.compared_cells == feedback.sums.exact == 11


@given(st.integers(0, 3), st.integers(0, 4), st.none() | st.integers(0, 4))
def test_a_difference_leads_back_to_the_score_where_only_one_is_possible(
    low: int, own: int, other: int | None
) -> None:
    rating = KeyRating(rating=low, band=(low, low + 1), evidence=(1,), reason="Both are right.")
    reference = rating.reference_for(own)
    assert reference in rating.accepted
    found = rating.score_that_differs_by(own - reference)
    assert found == (None if own in rating.accepted else own)
    single = KeyRating(rating=low, evidence=(1,), reason="One is right.")
    assert single.reference_for(other) == low
    assert single.score_that_differs_by(own - low) == own


@pytest.mark.parametrize(
    "changes",
    [
        {"band": (2, 4)},
        {"band": (3, 2)},
        {"band": (0, 1)},  # the rating is 3
        {"rating": "NR", "band": (2, 3)},
        {"rating": "dropped", "band": (2, 3)},
        {"rating": "DROPPED"},
        {"spread": {"first": [1, 2, 3], "final": [1, 2]}},
    ],
)
def test_a_key_that_contradicts_itself_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        with_item(AUTHORED, 9, **changes)


def test_a_key_without_panel_is_the_document_it_always_was() -> None:
    written = json.loads(canonical_text(AUTHORED))
    assert set(written) == {"vignette", "instrument", "status", "cases", "items"}
    assert set(written["items"]["9"]) == {"rating", "evidence", "reason"}
    spread = Spread(first=(2, 3, "NR"), final=(3, 3, 3))
    rated = with_item(AUTHORED, 9, spread=spread.model_dump())
    assert Key.model_validate(json.loads(canonical_text(rated))) == rated


def test_what_is_stored_of_a_session_honours_bands_and_dropped_items(
    app: Flask, ines: Person
) -> None:
    put_in_use(app, ratified_key())
    with app.app_context():
        session = records.open_session(ines.id, PRACTICE[0], Purpose.PRACTICE)
        sheet = agreeing() | {9: Rating(2, evidence=(9,)), 4: Rating(4, evidence=(4,))}
        outcome = records.submit(session.id, sheet, revision=0, after={})
        agreement = outcome.session.agreement
        assert agreement is not None
        assert (agreement.exact, agreement.rated_cells) == (11, 11)
        assert "4" not in agreement.differences
        assert agreement.differences["9"] == 0
        cells = cells_of(past_ratings(ines.id, "dialogic-practice"))
        assert (PRACTICE[0], 9, 2, 2) in cells
        assert 4 not in {item for _, item, _, _ in cells}


RATIFIED = AUTHORED.model_copy(
    update={
        "status": KeyStatus.RATIFIED,
        "panel": PanelNote(
            panel="a panel",
            title="Spring panel",
            ratified_on=date(2026, 3, 4),
            experts=3,
            instrument_digest="0" * 64,
            vignette_digest="1" * 64,
        ),
    }
)


def ratified_key() -> Key:
    """Item 9 accepts 2 and 3, with a dissent; item 4 was dropped; the others have no spread."""
    dissents = [{"expert": 3, "rating": 4, "reason": "The invitation was <b>whole</b>."}]
    spread = {"first": [2, 3, 4], "final": [2, 3, 4], "dissents": dissents}
    key = with_item(RATIFIED, 9, band=(2, 3), spread=spread)
    moved = {"first": [1, 3, "NR"], "final": [1, 3, 3]}
    return with_item(key, 4, rating="dropped", evidence=(), spread=moved)


def put_in_use(app: Flask, key: Key) -> None:
    with app.app_context(), write_transaction():
        version = library.add_version(DocumentKind.KEY, key, PRACTICE[0], person_id=None)
        current = db.session.get_one(CurrentDocument, (DocumentKind.KEY, PRACTICE[0]))
        current.document_id = version.id


def test_after_practice_a_rater_sees_the_spread_the_dissent_and_what_was_dropped(
    app: Flask, ines: Person, browser_of: Callable[[Person], PersonClient]
) -> None:
    put_in_use(app, ratified_key())
    with app.app_context():
        session = records.open_session(ines.id, PRACTICE[0], Purpose.PRACTICE)
        sheet = agreeing() | {9: Rating(1, evidence=(9,))}
        assert records.submit(session.id, sheet, revision=0, after={}).is_submitted
    page = browser_of(ines).get_page(f"/rating-sessions/{session.id}/feedback")
    assert "3 experts rated independently and then agreed on it on 4 March 2026" in page.text
    assert "What the experts gave at first" in page.text
    assert "you: 1, outside of their range" in page.text
    nine = page.soup.select_one("#item-9")
    four = page.soup.select_one("#item-4")
    assert nine is not None
    assert four is not None
    assert "1 point lower" in nine.get_text()
    assert "Nobody moved in the discussion" in nine.get_text()
    assert "Expert 3 stays with 4: The invitation was <b>whole</b>." in nine.get_text()
    assert "Why there is no consensus" in four.get_text()
    assert "After the discussion: 1, 3, 3." in four.get_text()
    assert "Next step" not in four.get_text()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_demonstration": True}, "experts who are simulated"),
        ({"met_elsewhere": True}, "outside of this application"),
    ],
)
def test_how_a_panel_met_is_said(app: Flask, changes: dict[str, bool], words: str) -> None:
    assert RATIFIED.panel is not None
    with app.test_request_context():
        assert words in panel_text(RATIFIED.panel.model_copy(update=changes))


def test_feedback_stays_as_it_was_rated_and_tells_that_the_key_was_revised_since(
    app: Flask, ines: Person, cleo: Person, browser_of: Callable[[Person], PersonClient]
) -> None:
    with app.app_context():
        session = records.open_session(ines.id, PRACTICE[0], Purpose.PRACTICE)
        sheet = agreeing() | {9: Rating(2, evidence=(9,))}
        assert records.submit(session.id, sheet, revision=0, after={}).is_submitted
    address = f"/rating-sessions/{session.id}/feedback"
    before = browser_of(ines).get_page(address)
    assert "revised" not in before.text
    with app.app_context():
        key = with_item(with_item(AUTHORED, 9, band=(2, 3)), 4, rating="dropped", evidence=())
        version = library.add_version(DocumentKind.KEY, key, PRACTICE[0], person_id=None)
        put_key_in_use(PRACTICE[0], version.id, by=cleo, reason="A panel looked at it again.")
    after = browser_of(ines).get_page(address)
    assert "The key of this vignette was revised on" in after.text
    assert "Item 9 was 3" in after.text
    nine = after.soup.select_one("#item-9")
    assert nine is not None
    assert "1 point lower" in nine.get_text()  # as it was
