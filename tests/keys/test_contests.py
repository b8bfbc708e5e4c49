"""Contests of keys: who may make them, who may answer them, once, and what they add up to."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.at_once import at_once, inside
from tests.calibration.rating_sheets import agreeing
from tests.keys.contest_stories import (
    REASON,
    SLUG,
    contested,
    practised,
    seat_panel,
    waiting_for,
)
from tests.pack import CERTIFICATION, MODULES, PRACTICE
from training.accounts.models import Person, Role
from training.accounts.records import find_person, withdraw_role
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.calibration import records as ratings
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import Purpose
from training.calibration.ratings import Rating
from training.database import db
from training.keys import sights
from training.keys.contests import acts as contest_acts
from training.keys.contests import records as contest_records
from training.keys.contests.access import Access, access_to
from training.keys.contests.acts import (
    OwnContestError,
    SettledError,
    TooManyContestsError,
    stamp_of,
)
from training.keys.contests.records import ContestCounts
from training.keys.models import Contest, ContestOutcome, ContestState, Occasion
from training.keys.reader_records import KeptKeyError, choose_to_see
from training.keys.readers import Barrier, KeyReader
from training.library import records as library
from training.mail.models import Letter
from training.panels.models import PanelState

READER, RATER, EXPERT = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
ANSWER = "The word is hers, but he says it before she does."


def reader(
    *, is_expert: bool = True, seen: tuple[str, ...] = (), kept: tuple[str, ...] = ()
) -> KeyReader:
    return KeyReader(READER, False, is_expert, frozenset(seen), frozenset(kept))


@pytest.mark.parametrize(
    ("who", "contested_by", "panel", "expected"),
    [
        (reader(), RATER, (), Barrier.UNSEEN),
        (reader(seen=("a",)), RATER, (), Access.OPEN),
        (reader(is_expert=False), RATER, (), Access.OPEN),  # a certifier and nothing else
        (reader(kept=("a",)), RATER, (), Barrier.PANEL),
        (reader(seen=("a",), kept=("a",)), RATER, (), Barrier.PANEL),
        (reader(), RATER, (READER, EXPERT), Access.OPEN),  # who made a key knows it
        (reader(kept=("a",)), RATER, (READER, EXPERT), Barrier.PANEL),
        (reader(seen=("a",)), RATER, (EXPERT,), Access.ELSEWHERE),
        (reader(is_expert=False), RATER, (EXPERT,), Access.ELSEWHERE),
        (reader(seen=("a",)), EXPERT, (EXPERT,), Access.OPEN),  # no panel is left but who asks
        (reader(seen=("a",)), READER, (), Access.OWN),
        (reader(seen=("a",)), READER, (READER, EXPERT), Access.OWN),
    ],
)
def test_who_may_read_which_contest(
    who: KeyReader,
    contested_by: uuid.UUID,
    panel: tuple[uuid.UUID, ...],
    expected: Access | Barrier,
) -> None:
    assert access_to(who, "a", contested_by=contested_by, panel=panel) is expected


def acts_noted(*acts: Act) -> Counter[str]:
    rows = db.session.scalars(select(AuditEntry.act).where(AuditEntry.act.in_(acts)))
    return Counter(rows)


def answered(contest: Contest, by: Person, outcome: ContestOutcome) -> Letter | None:
    return contest_acts.answer(contest.id, outcome, ANSWER, read=stamp_of(contest), by=by)


def test_a_contest_is_made_once_withdrawn_and_made_anew(
    app: Flask, ines: Person, cleo: Person
) -> None:
    with app.app_context():
        session = practised(ines)
        first = contested(ines)
        again = contest_acts.contest_item(session, 4, reason="Something else.", turns=())
        assert again.id == first.id
        assert again.reason == REASON
        contest_acts.withdraw(first.id, by=ines)
        contest_acts.withdraw(first.id, by=ines)
        assert again.state is ContestState.WITHDRAWN
        assert waiting_for(cleo) == []
        anew = contest_acts.contest_item(session, 4, reason="Something else.", turns=(6,))
        assert (anew.id, anew.reason, anew.turns) == (first.id, "Something else.", [6])
        assert anew.is_waiting
        assert acts_noted(Act.KEY_CONTESTED, Act.CONTEST_WITHDRAWN) == {
            Act.KEY_CONTESTED: 2,
            Act.CONTEST_WITHDRAWN: 1,
        }


def test_a_repeat_finds_the_contest_of_the_first_rating(app: Flask, ines: Person) -> None:
    with app.app_context():
        first = contested(ines)
        repeat = ratings.open_session(ines.id, SLUG, Purpose.PRACTICE, number=2)
        ratings.submit(repeat.id, agreeing(), revision=0, after=AFTER_SUBMISSION)
        assert contest_acts.contest_item(repeat, 4, reason="Again.", turns=()).id == first.id
        beside = contest_records.contests_beside(repeat)
        assert beside is not None
        assert beside[4].contested_at == first.contested_at


def test_three_wait_at_a_time_for_each_vignette(app: Flask, ines: Person, cleo: Person) -> None:
    with app.app_context():
        first, *_others = (contested(ines, item) for item in (1, 2, 3))
        with pytest.raises(TooManyContestsError):
            contested(ines, 4)
        contested(ines, 4, PRACTICE[1])
        answered(first, cleo, ContestOutcome.KEPT)
        assert contested(ines, 4).is_waiting


def test_only_keys_that_were_shown_and_certify_nobody_are_contested(
    app: Flask, ines: Person
) -> None:
    with app.app_context():
        draft = ratings.open_session(ines.id, SLUG, Purpose.PRACTICE)
        certification = ratings.open_session(ines.id, CERTIFICATION[0], Purpose.CERTIFICATION)
        misplaced = practised(ines, CERTIFICATION[1])  # no page opens one
        panel = ratings.open_session(ines.id, PRACTICE[1], Purpose.PANEL)
        for session, sheet in ((certification, CERTIFICATION[0]), (panel, PRACTICE[1])):
            ratings.submit(session.id, agreeing(sheet), revision=0, after={})
        for session in (draft, certification, misplaced, panel):
            assert not contest_records.may_be_contested(session)
            assert contest_records.contests_beside(session) is None
        excerpt = ratings.open_session(ines.id, f"{MODULES[0]}-1", Purpose.APPLY)
        both = {item: Rating(2, evidence=(item,)) for item in (3, 4)}
        ratings.submit(excerpt.id, both, revision=0, after=AFTER_SUBMISSION)
        assert contest_records.may_be_contested(excerpt)


def test_an_answer_is_given_once_by_somebody_else_to_what_they_read(
    app: Flask, ines: Person, cleo: Person
) -> None:
    with app.app_context():
        contest = contested(ines)
        with pytest.raises(OwnContestError):
            answered(contest, ines, ContestOutcome.KEPT)
        with pytest.raises(SettledError):  # it was written anew since
            contest_acts.answer(contest.id, ContestOutcome.KEPT, ANSWER, read="before", by=cleo)
        letter = answered(contest, cleo, ContestOutcome.FOR_PANEL)
        assert letter is not None
        assert answered(contest, cleo, ContestOutcome.FOR_PANEL) is None  # a double click
        assert contest.state is ContestState.FOR_PANEL
        for late in (
            lambda: answered(contest, cleo, ContestOutcome.KEPT),
            lambda: contest_acts.withdraw(contest.id, by=ines),
        ):
            with pytest.raises(SettledError):
                late()
        assert contest.answer == ANSWER
        assert letter.recipient == ines.email
        assert "4. Element 4" in letter.body
        assert ANSWER not in letter.body  # it speaks about a key, and others read the outbox
        assert cleo.name not in letter.body
        withdrawn = contested(ines, 5)
        contest_acts.withdraw(withdrawn.id, by=ines)
        with pytest.raises(SettledError):
            answered(withdrawn, cleo, ContestOutcome.KEPT)
        assert acts_noted(Act.CONTEST_ANSWERED) == {Act.CONTEST_ANSWERED: 1}


def test_the_panel_that_made_a_key_answers_for_it_while_one_of_it_is_left(
    app: Flask, ines: Person, emeka: Person, cleo: Person, make_person: Callable[..., Person]
) -> None:
    freya, goran = (make_person(name, Role.EXPERT) for name in ("Freya", "Goran"))
    with app.app_context():
        contest = contested(ines)
        seat_panel(freya, [emeka], state=PanelState.ENDED, key_id=contest.key_document_id)
        waiting = {
            person.name: contest_records.number_waiting_for(person)
            for person in (emeka, freya, goran, cleo, ines)
        }
        assert waiting == {"Emeka": 1, "Freya": 1, "Goran": 0, "Cleo": 0, "Ines": 0}
        for person in (emeka, freya):
            withdraw_role(person, Role.EXPERT, by=None)
        assert contest_records.number_waiting_for(cleo) == 1


def test_a_key_is_not_opened_while_a_panel_of_ones_own_is_at_work_on_it(
    app: Flask, ines: Person, emeka: Person, cleo: Person
) -> None:
    with app.app_context():
        contested(ines)
        panel = seat_panel(cleo, [emeka], state=PanelState.RATING)
        assert contest_records.barrier_to_waiting(emeka, SLUG) is Barrier.PANEL
        with pytest.raises(KeptKeyError):
            choose_to_see(emeka, SLUG, Occasion.CONTEST)
        assert SLUG not in sights.keys_seen(emeka.id)
        panel.state = PanelState.CONSENSUS
        db.session.commit()
        assert contest_records.barrier_to_waiting(emeka, SLUG) is Barrier.PANEL
        panel.state = PanelState.CANCELLED
        db.session.commit()
        assert contest_records.barrier_to_waiting(emeka, SLUG) is Barrier.UNSEEN
        choose_to_see(emeka, SLUG, Occasion.CONTEST)
        assert SLUG in sights.keys_seen(emeka.id)
        assert contest_records.number_waiting_for(emeka) == 1


def test_contests_add_up_by_item(app: Flask, ines: Person, otto: Person, cleo: Person) -> None:
    with app.app_context():
        answered(contested(ines, 4), cleo, ContestOutcome.FOR_PANEL)
        answered(contested(otto, 4), cleo, ContestOutcome.KEPT)
        contested(ines, 5)
        contest_acts.withdraw(contested(otto, 6).id, by=otto)
        key = library.get_key(SLUG)
        assert contest_records.counts_by_item([key.id]) == {
            (key.id, 4): ContestCounts(kept=1, for_panel=1),
            (key.id, 5): ContestCounts(waiting=1),
        }


def test_two_experts_answer_at_once_and_one_answer_stands(
    app: Flask, ines: Person, cleo: Person, make_person: Callable[..., Person]
) -> None:
    dana = make_person("Dana", Role.CERTIFIER)
    with app.app_context():
        contest = contested(ines)
        contest_id, read = contest.id, stamp_of(contest)

    def answer(by: Person, outcome: ContestOutcome) -> Callable[[], object]:
        def act() -> object:
            person = find_person(by.id)
            assert person is not None
            return contest_acts.answer(contest_id, outcome, by.name, read=read, by=person)

        return inside(app, act)

    results = at_once(answer(cleo, ContestOutcome.KEPT), answer(dana, ContestOutcome.FOR_PANEL))
    assert [type(result) for result in results].count(SettledError) == 1
    with app.app_context():
        stored = db.session.get_one(Contest, contest_id)
        first = cleo if isinstance(results[0], Letter) else dana
        assert (stored.answered_by_id, stored.answer) == (first.id, first.name)
        assert db.session.scalar(select(func.count()).select_from(Letter)) == 1


def test_a_double_click_contests_once_and_the_limit_holds(app: Flask, ines: Person) -> None:
    with app.app_context():
        session_id = practised(ines).id
        contested(ines, 1)
        contested(ines, 2)

    def click(item: int) -> Callable[[], uuid.UUID]:
        def act() -> uuid.UUID:
            session = ratings.find_submitted_session(session_id, ines.id)
            assert session is not None
            return contest_acts.contest_item(session, item, reason=REASON, turns=()).id

        return inside(app, act)

    results = at_once(click(3), click(3), click(4))
    made = [result for result in results if isinstance(result, uuid.UUID)]
    assert len(set(made)) == 1
    with app.app_context():
        assert contest_records.number_waiting_of(ines.id, SLUG) == 3
