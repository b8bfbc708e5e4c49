"""Opening, saving and submitting: nothing lost, nothing twice, nothing changed afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.calibration.rating_sheets import agreeing
from tests.pack import PRACTICE, level, small_pack
from training.accounts.models import Person
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.calibration import records
from training.calibration.history import cells_of
from training.calibration.history_records import past_ratings
from training.calibration.models import Purpose, RatingSession, SessionAgreement, SessionState
from training.calibration.practice_records import items_given, practice_sums
from training.calibration.ratings import BLANK, Lack, LackKind, Rating
from training.calibration.records import SaveState, SubmitState
from training.clock import now
from training.database import db, write_transaction
from training.library import records as library
from training.library.reading import Pack
from training.psychometrics import ENGINE_VERSION

HALF = {1: Rating(3, evidence=(1, 4)), 2: Rating(is_not_rateable=True)}
OTHER = {1: Rating(0, note="Saw it differently.")}


def padded(ratings: dict[int, Rating]) -> dict[int, Rating]:
    return {item: ratings.get(item, BLANK) for item in range(1, 13)}


def session_of(session_id: uuid.UUID) -> RatingSession:
    return db.session.get_one(RatingSession, session_id)


def number_of(model: type[Any], **columns: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).filter_by(**columns)) or 0


def test_opening_twice_finds_the_same_session(
    app: Flask, ines: Person, open_for: Callable[..., uuid.UUID]
) -> None:
    first = open_for(ines, "practice-one")
    assert open_for(ines, "practice-one") == first
    assert open_for(ines, "practice-one", Purpose.PANEL) != first
    with app.app_context():
        assert number_of(RatingSession) == 2


def test_a_session_keeps_the_versions_it_was_opened_with(app: Flask, draft: uuid.UUID) -> None:
    old = small_pack()
    changed = Pack(files=dict(old.files))
    for kind in ("instruments", "vignettes", "keys", "modules", "standards"):
        setattr(changed, kind, dict(getattr(old, kind)))
    vignette = old.vignettes["practice-one"].model_copy(update={"title": "Another title"})
    changed.vignettes["practice-one"] = vignette
    with app.app_context():
        library.publish(changed, person_id=None)
        documents = records.documents_of(session_of(draft))
        assert documents.vignette.document.title == "The story of practice-one"
        assert library.get_vignette("practice-one").document.title == "Another title"


def test_an_unknown_vignette_cannot_be_opened(app: Flask, ines: Person) -> None:
    with app.app_context(), pytest.raises(library.UnknownDocumentError):
        records.open_session(ines.id, "no-such-vignette", Purpose.PRACTICE)


def test_opening_joins_the_act_around_it(app: Flask, ines: Person) -> None:
    with app.app_context():
        with pytest.raises(RuntimeError), write_transaction():
            records.open_session(ines.id, "certification-1", Purpose.CERTIFICATION, position=1)
            raise RuntimeError("the attempt could not be opened")
        assert number_of(RatingSession) == 0


def test_only_the_own_session_is_found(
    app: Flask, draft: uuid.UUID, ines: Person, otto: Person
) -> None:
    with app.app_context():
        assert records.find_own_session(draft, ines.id) is not None
        assert records.find_own_session(draft, otto.id) is None
        assert records.find_own_session(uuid.uuid4(), ines.id) is None
        assert records.find_submitted_session(draft, ines.id) is None


def test_a_draft_is_saved_as_it_is(
    app: Flask, draft: uuid.UUID, stored: Callable[[uuid.UUID], dict[int, Rating]]
) -> None:
    with app.app_context():
        outcome = records.save_ratings(draft, HALF, revision=0)
    assert (outcome.state, outcome.revision) == (SaveState.SAVED, 1)
    assert outcome.saved_at is not None
    assert stored(draft) == padded(HALF)


def test_a_rating_can_be_taken_back_while_it_is_a_draft(
    app: Flask, draft: uuid.UUID, stored: Callable[[uuid.UUID], dict[int, Rating]]
) -> None:
    with app.app_context():
        records.save_ratings(draft, HALF, revision=0)
        records.save_ratings(draft, {}, revision=1)
    assert stored(draft) == padded({})


def test_two_tabs_do_not_overwrite_each_other(
    app: Flask, draft: uuid.UUID, stored: Callable[[uuid.UUID], dict[int, Rating]]
) -> None:
    with app.app_context():
        records.save_ratings(draft, HALF, revision=0)  # the first tab
        outcome = records.save_ratings(draft, OTHER, revision=0)  # the second, opened before
    assert (outcome.state, outcome.revision) == (SaveState.STALE, 1)
    assert outcome.stored == padded(HALF)
    assert stored(draft) == padded(HALF)


def test_a_retry_after_a_lost_answer_counts_as_saved(app: Flask, draft: uuid.UUID) -> None:
    with app.app_context():
        first = records.save_ratings(draft, HALF, revision=0)
        again = records.save_ratings(draft, HALF, revision=0)
    assert (again.state, again.revision) == (SaveState.SAVED, first.revision)
    assert again.saved_at == first.saved_at


def test_submitting_freezes_counts_and_is_written_down(
    app: Flask, ines: Person, draft: uuid.UUID
) -> None:
    sheet = agreeing() | {4: Rating(3, evidence=(4,))}  # the key says 1
    with app.app_context():
        outcome = records.submit(draft, sheet, revision=0, after={})
        assert outcome.state is SubmitState.SUBMITTED
    with app.app_context():
        session = session_of(draft)
        assert session.state is SessionState.SUBMITTED
        assert session.submitted_at is not None
        agreement = db.session.get_one(SessionAgreement, draft)
        assert agreement.person_id == ines.id
        assert (agreement.rated_cells, agreement.exact, agreement.within_one) == (12, 11, 11)
        assert (agreement.gross_misses, agreement.sum_of_differences) == (1, 2)
        assert agreement.differences["4"] == 2
        assert agreement.engine_version == ENGINE_VERSION
        line = db.session.scalars(
            select(AuditEntry).filter_by(act=Act.RATING_SUBMITTED.value)
        ).one()
        assert (line.person_id, line.details["purpose"]) == (ines.id, "practice")


@pytest.mark.parametrize("is_sent_along", [True, False])
def test_what_counts_is_what_was_written_and_not_what_a_page_has_read(
    app: Flask, draft: uuid.UUID, *, is_sent_along: bool
) -> None:
    with app.app_context():
        records.save_ratings(draft, agreeing() | {4: Rating(3)}, revision=0)
        read_before = list(session_of(draft).ratings)
        if is_sent_along:
            outcome = records.submit(draft, agreeing(), revision=1, after={})
        else:
            records.save_ratings(draft, agreeing(), revision=1)
            outcome = records.submit(draft, None, revision=2, after={})
        assert (outcome.state, outcome.session.revision) == (SubmitState.SUBMITTED, 2)
        assert db.session.get_one(SessionAgreement, draft).exact == len(read_before) == 12


def test_submitting_twice_is_submitting_once(app: Flask, draft: uuid.UUID) -> None:
    with app.app_context():
        records.submit(draft, agreeing(), revision=0, after={})
        again = records.submit(draft, agreeing(), revision=0, after={})
        retry = records.submit(draft, None, revision=1, after={})
        assert again.state is retry.state is SubmitState.ALREADY_SUBMITTED
        assert again.is_submitted
        assert number_of(SessionAgreement) == 1
        assert number_of(AuditEntry, act=Act.RATING_SUBMITTED.value) == 1


def test_a_submitted_rating_never_changes(
    app: Flask, draft: uuid.UUID, stored: Callable[[uuid.UUID], dict[int, Rating]]
) -> None:
    with app.app_context():
        records.submit(draft, agreeing(), revision=0, after={})
        outcome = records.save_ratings(draft, OTHER, revision=1)
        assert outcome.state is SaveState.SUBMITTED
    assert stored(draft) == agreeing()


def test_an_incomplete_rating_stays_a_draft_and_keeps_what_was_sent(
    app: Flask, draft: uuid.UUID, stored: Callable[[uuid.UUID], dict[int, Rating]]
) -> None:
    sheet = {item: rating for item, rating in agreeing().items() if item != 7}
    with app.app_context():
        outcome = records.submit(draft, sheet, revision=0, after={})
        assert outcome.state is SubmitState.INCOMPLETE
        assert outcome.lacks == (Lack(LackKind.NO_RATING, 7),)
        assert number_of(SessionAgreement) == 0
    assert stored(draft) == padded(sheet)


def test_what_was_changed_elsewhere_is_not_submitted_unseen(app: Flask, draft: uuid.UUID) -> None:
    with app.app_context():
        records.save_ratings(draft, agreeing(), revision=0)
        records.save_ratings(draft, agreeing() | OTHER, revision=1)
        outcome = records.submit(draft, None, revision=1, after={})
        assert outcome.state is SubmitState.STALE
        assert not session_of(draft).is_submitted
        outcome = records.submit(draft, agreeing(), revision=1, after={})
        assert outcome.state is SubmitState.STALE


def test_what_follows_happens_in_the_same_act(app: Flask, draft: uuid.UUID) -> None:
    seen = []

    def look(session: RatingSession) -> None:
        seen.append((session.state, session.agreement.exact if session.agreement else None))

    with app.app_context():
        records.submit(draft, agreeing(), revision=0, after={Purpose.PRACTICE: look})
        records.submit(draft, agreeing(), revision=0, after={Purpose.PRACTICE: look})
    assert seen == [(SessionState.SUBMITTED, 12)]


def test_when_what_follows_fails_nothing_was_submitted(app: Flask, draft: uuid.UUID) -> None:
    def fail(_session: RatingSession) -> None:
        raise RuntimeError("the decision could not be computed")

    with app.app_context():
        with pytest.raises(RuntimeError):
            records.submit(draft, agreeing(), revision=0, after={Purpose.PRACTICE: fail})
        db.session.expire_all()
        assert not session_of(draft).is_submitted
        assert number_of(SessionAgreement) == number_of(AuditEntry, act=Act.RATING_SUBMITTED.value)
        assert number_of(SessionAgreement) == 0


def test_sums_are_of_first_answers_by_person_and_instrument(
    app: Flask,
    ines: Person,
    otto: Person,
    open_for: Callable[..., uuid.UUID],
    submit_for: Callable[..., None],
) -> None:
    submit_for(open_for(ines, "practice-one"), agreeing() | {4: Rating(3)})
    submit_for(open_for(ines, "practice-two"), agreeing("practice-two"))
    submit_for(open_for(otto, "practice-one"), agreeing())
    with app.app_context():
        repeat = records.open_session(ines.id, "practice-one", Purpose.PRACTICE, number=2)
        records.submit(repeat.id, agreeing(), revision=0, after={})
        sums = practice_sums([ines.id, otto.id])
        mine = sums[ines.id, "dialogic-practice"]
        assert (mine.sessions, mine.compared_cells, mine.exact) == (2, 24, 23)
        assert sums[otto.id, "dialogic-practice"].exact_share == 1.0
        assert practice_sums([]) == {}


def test_the_cells_of_practice_are_those_of_first_answers(
    app: Flask, ines: Person, draft: uuid.UUID, submit_for: Callable[..., None]
) -> None:
    submit_for(draft, agreeing() | {4: Rating(3)})
    with app.app_context():
        repeat = records.open_session(ines.id, "practice-one", Purpose.PRACTICE, number=2)
        records.submit(repeat.id, agreeing(), revision=0, after={})
        cells = cells_of(past_ratings(ines.id, "dialogic-practice"))
        assert len(cells) == 12
        assert cells[3] == ("practice-one", 4, 3, level("practice-one", 4))
        assert past_ratings(ines.id, "programme-fidelity") == []


def test_what_is_being_rated_is_told_for_its_purposes_and_until_its_time_is_over(
    app: Flask, ines: Person, otto: Person, submit_for: Callable[..., None]
) -> None:
    with app.app_context():
        soon, gone = now() + timedelta(hours=1), now() - timedelta(seconds=1)
        records.open_session(ines.id, PRACTICE[0], Purpose.PRACTICE)
        records.open_session(ines.id, "first-things-1", Purpose.APPLY, closes_at=soon)
        records.open_session(ines.id, "first-things-2", Purpose.APPLY, closes_at=gone)
        records.open_session(otto.id, "certification-1", Purpose.PRACTICE)
        done = records.open_session(ines.id, PRACTICE[1], Purpose.PRACTICE).id
    submit_for(done, agreeing(PRACTICE[1]))
    with app.app_context():
        assert records.vignettes_being_rated(ines.id) == {PRACTICE[0], "first-things-1"}
        assert records.vignettes_being_rated(ines.id, [Purpose.APPLY]) == {"first-things-1"}
        assert records.vignettes_being_rated(ines.id, [Purpose.PANEL]) == frozenset()
        assert records.vignettes_being_rated(otto.id) == {"certification-1"}


def test_items_given_counts_scores_and_not_rateable_and_nothing_else(
    app: Flask, draft: uuid.UUID
) -> None:
    with app.app_context():
        assert items_given([draft]) == {}
        sheet = {
            1: Rating(0, evidence=(1,)),
            2: Rating(is_not_rateable=True),
            3: Rating(note="A thought, and no score yet."),
        }
        records.save_ratings(draft, sheet, revision=0)
        assert items_given([draft, uuid.uuid4()]) == {draft: 2}
        assert items_given([]) == {}
