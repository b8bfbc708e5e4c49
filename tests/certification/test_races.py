"""Two people, or two tabs, at the same moment: one act, and the other is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from time import sleep
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.certification import stories
from tests.certification.stories import careful
from tests.databases import Beginning
from tests.pack import STANDARD
from training.accounts.models import Person, Role
from training.audit import trail
from training.calibration import records as calibration
from training.calibration.after_submission import AFTER_SUBMISSION
from training.calibration.models import RatingSession
from training.calibration.records import SubmitState
from training.certification.attempts import closing_dates
from training.certification.attempts import records as attempts
from training.certification.certificates.records import AlreadyRevokedError
from training.certification.models import AttemptState, Certificate
from training.certification.reviews import acts as reviews
from training.certification.reviews import signatures
from training.certification.reviews.acts import AlreadyReviewedError
from training.certification.reviews.duties import ConflictError
from training.clock import now
from training.database import db

Act = Callable[..., Any]
AT_ONCE = 4


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Do these at the same moment, each in a thread; results, or the errors, in order."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            barrier.wait(timeout=20)
            try:
                return act()
            except (ValueError, PermissionError) as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_two_tabs_open_one_attempt(app: Flask, act: Act, ines: Person) -> None:
    act(stories.make_eligible, ines)
    opened = at_once(app, *[lambda: attempts.open_attempt(ines.id, STANDARD).id] * AT_ONCE)
    assert len(set(opened)) == 1
    (attempt,) = act(stories.attempts_in_database, ines)
    assert len(act(stories.sessions_of, attempt.id)) == 8
    assert len(act(stories.acts_noted, "attempt opened")) == 1


@pytest.mark.begins(at=stories.decided(careful))
def test_two_certifiers_sign_and_one_certificate_is_issued(
    told: dict[str, Any], app: Flask, act: Act, ines: Person, cleo: Person, dora: Person
) -> None:
    decision_id = told["decision_id"]
    results = at_once(
        app,
        lambda: reviews.sign(decision_id, certifier=cleo),
        lambda: reviews.sign(decision_id, certifier=dora),
    )
    assert sum(isinstance(result, AlreadyReviewedError) for result in results) == 1
    assert len(act(stories.certificates_in_database)) == 1
    assert len(act(stories.reviews_in_database)) == 1
    with app.app_context():
        assert list(trail.verify()) == []


@pytest.mark.begins(at=stories.decided(careful))
def test_one_signs_while_the_other_declines(
    told: dict[str, Any], app: Flask, act: Act, ines: Person, cleo: Person, dora: Person
) -> None:
    decision_id = told["decision_id"]
    signed, declined = at_once(
        app,
        lambda: reviews.sign(decision_id, certifier=cleo),
        lambda: reviews.decline(decision_id, certifier=dora, reason="No."),
    )
    assert isinstance(signed, AlreadyReviewedError) != isinstance(declined, AlreadyReviewedError)
    issued = 0 if isinstance(signed, AlreadyReviewedError) else 1
    assert len(act(stories.certificates_in_database)) == issued


def test_the_last_vignettes_submitted_at_once_give_one_decision(
    app: Flask, act: Act, ines: Person
) -> None:
    attempt_id = act(stories.opened_attempt, ines)
    sessions = act(stories.sessions_of, attempt_id)
    for session in sessions[:-2]:
        act(stories.submit, session, careful)
    results = at_once(
        app,
        lambda: stories.submit(sessions[-2], careful),
        lambda: stories.submit(sessions[-1], careful),
    )
    assert results == [None, None]
    (decision,) = act(stories.decisions_of, attempt_id)
    assert decision.figures["vignettes"] == 8


def test_two_certifiers_revoke_and_the_first_reason_stands(
    app: Flask, act: Act, cleo: Person, dora: Person, certificate: Certificate
) -> None:
    results = at_once(
        app,
        lambda: reviews.revoke(certificate.number, certifier=cleo, reason="Cleo's."),
        lambda: reviews.revoke(certificate.number, certifier=dora, reason="Dora's."),
    )
    assert sum(isinstance(result, AlreadyRevokedError) for result in results) == 1
    assert len(act(stories.acts_noted, "certificate revoked")) == 1


@pytest.mark.parametrize("spare", [2, 3])
@pytest.mark.begins(at=stories.decided(stories.uneven))
def test_two_certifiers_ask_for_more_and_it_is_given_once(
    told: dict[str, Any], app: Flask, act: Act, ines: Person, cleo: Person, dora: Person, spare: int
) -> None:
    decision_id = told["decision_id"]
    act(stories.add_vignettes, spare)
    results = at_once(
        app,
        lambda: reviews.ask_for_more_evidence(decision_id, certifier=cleo, reason="More."),
        lambda: reviews.ask_for_more_evidence(decision_id, certifier=dora, reason="More."),
    )
    assert sum(isinstance(result, AlreadyReviewedError) for result in results) == 1
    (attempt,) = act(stories.attempts_in_database, ines)
    assert len(act(stories.sessions_of, attempt.id)) == 10


def limits(**changes: object) -> dict[str, object]:
    standing = {"maximum": 3, "within_months": 12, "cooling_off_days": 0, "pooled": True}
    return standing | changes


def test_two_tabs_open_the_last_attempt_once(app: Flask, act: Act, ines: Person) -> None:
    act(stories.publish_standard, attempts=limits(maximum=2))
    act(stories.decided_attempt, ines, stories.constant)
    act(stories.add_vignettes, 8)
    opened = at_once(app, *[lambda: attempts.open_attempt(ines.id, STANDARD).id] * AT_ONCE)
    assert len(set(opened)) == 1
    assert [attempt.number for attempt in act(stories.attempts_in_database, ines)] == [1, 2]
    act(stories.submit_waiting, opened[0], stories.constant)
    refused = at_once(app, *[lambda: attempts.open_attempt(ines.id, STANDARD).id] * AT_ONCE)
    assert all(isinstance(refusal, attempts.NotEligibleError) for refusal in refused)


def test_two_tabs_open_the_next_attempt_after_one_that_was_late(
    app: Flask, act: Act, ines: Person
) -> None:
    act(stories.publish_standard, attempts=limits(window_days=5))
    act(stories.opened_attempt, ines)
    act(stories.add_vignettes, 8)
    with time_machine.travel(now() + timedelta(days=6)):
        opened = at_once(app, *[lambda: attempts.open_attempt(ines.id, STANDARD).id] * AT_ONCE)
    assert len(set(opened)) == 1
    assert len(act(stories.acts_noted, "attempt lapsed")) == 1
    assert len(act(stories.attempts_in_database, ines)) == 2


@pytest.mark.parametrize("around", range(4))
def test_submitting_the_last_vignette_while_the_window_closes(
    app: Flask, act: Act, ines: Person, around: int
) -> None:
    """Either it was in time and the attempt is decided, or it was late and the attempt is over."""
    act(stories.publish_standard, attempts=limits(window_days=5))
    attempt_id = act(stories.opened_attempt, ines)
    sessions = act(stories.sessions_of, attempt_id)
    for session in sessions[:-1]:
        act(stories.submit, session, careful)
    closes_at = sessions[-1].closes_at
    with time_machine.travel(closes_at - timedelta(milliseconds=30 * around)):
        outcome, *_closed = at_once(
            app,
            lambda: submitted(sessions[-1]),
            *[lambda: [str(letter.id) for letter in closing_dates.close_lapsed_attempts()]] * 2,
        )
        act(closing_dates.close_lapsed_attempts)
    (attempt,) = act(stories.attempts_in_database, ines)
    last = act(stories.sessions_of, attempt_id)[-1]
    decisions = act(stories.decisions_of, attempt_id)
    if outcome is SubmitState.SUBMITTED:
        assert last.is_submitted
        assert last.submitted_at < closes_at
        assert (attempt.state, attempt.lapsed_at) == (AttemptState.DECIDED, None)
        assert len(decisions) == 1
    else:
        assert outcome is SubmitState.CLOSED
        assert not last.is_submitted
        assert not decisions
        with time_machine.travel(closes_at):
            act(closing_dates.close_lapsed_attempts)
        (attempt,) = act(stories.attempts_in_database, ines)
        assert (attempt.state, attempt.lapsed_at) == (AttemptState.CLOSED, closes_at)
    with app.app_context():
        assert list(trail.verify()) == []


def submitted(session: RatingSession) -> SubmitState:
    """Submit every item as the middle of the scale."""
    ratings = {item: stories.rating(2) for item in range(1, 13)}
    return calibration.submit(
        session.id, ratings, revision=session.revision, after=AFTER_SUBMISSION
    ).state


def test_the_window_is_lengthened_while_the_attempt_is_closed_as_late(
    app: Flask, act: Act, ines: Person, cleo: Person
) -> None:
    act(stories.publish_standard, attempts=limits(window_days=5))
    attempt_id = act(stories.opened_attempt, ines)
    closes_at = act(stories.sessions_of, attempt_id)[0].closes_at
    day = (closes_at + timedelta(days=9)).date()
    with time_machine.travel(closes_at - timedelta(milliseconds=40)):
        lengthened, *_ = at_once(
            app,
            lambda: closing_dates.set_closing_date(attempt_id, day, certifier=cleo, reason="Ill."),
            *[lambda: len(closing_dates.close_lapsed_attempts())] * 3,
        )
        sleep(0.1)
        act(closing_dates.close_lapsed_attempts)
        (attempt,) = act(stories.attempts_in_database, ines)
        was_late = isinstance(lengthened, closing_dates.NotUnderWayError)
        assert attempt.has_lapsed(now()) is was_late
        assert (attempt.closes_at > closes_at) is not was_late
        dates = {session.closes_at for session in act(stories.sessions_of, attempt_id)}
        assert dates == {attempt.closes_at}


class TestTwoSignatures:
    """The standard asks for two certifiers, and they act at the same moment."""

    @pytest.fixture
    def beginning(self) -> Beginning:
        return stories.decided(signatures=2)

    @pytest.fixture
    def decision_id(self, told: dict[str, Any]) -> uuid.UUID:
        decided: uuid.UUID = told["decision_id"]
        return decided

    def test_both_sign_and_one_certificate_carries_both_names(
        self, app: Flask, act: Act, cleo: Person, dora: Person, decision_id: uuid.UUID
    ) -> None:
        results = at_once(
            app,
            lambda: reviews.sign(decision_id, certifier=cleo),
            lambda: reviews.sign(decision_id, certifier=dora),
        )
        assert sum(result is None for result in results) == 1, "one was first"
        (certificate,) = act(stories.certificates_in_database)
        given = act(signatures.signatures_of, decision_id)
        assert [signature.place for signature in given] == [1, 2]
        assert {signature.certifier_id for signature in given} == {cleo.id, dora.id}
        assert certificate.signed_by_id == given[1].certifier_id
        (review,) = act(stories.reviews_in_database)
        assert review.certifier_id == given[1].certifier_id
        with app.app_context():
            assert list(trail.verify()) == []

    def test_one_person_in_two_tabs_is_one_person(
        self, app: Flask, act: Act, cleo: Person, decision_id: uuid.UUID
    ) -> None:
        results = at_once(app, *[lambda: reviews.sign(decision_id, certifier=cleo)] * AT_ONCE)
        assert sum(result is None for result in results) == 1
        assert sum(isinstance(result, ConflictError) for result in results) == AT_ONCE - 1
        assert len(act(signatures.signatures_of, decision_id)) == 1
        assert act(stories.certificates_in_database) == []

    def test_of_three_the_last_comes_too_late(
        self,
        app: Flask,
        act: Act,
        make_person: Callable[..., Person],
        cleo: Person,
        dora: Person,
        decision_id: uuid.UUID,
    ) -> None:
        ewa = make_person("Ewa", Role.CERTIFIER)
        results = at_once(
            app,
            *[
                partial(reviews.sign, decision_id, certifier=certifier)
                for certifier in (cleo, dora, ewa)
            ],
        )
        assert sum(result is None for result in results) == 1
        assert sum(isinstance(result, AlreadyReviewedError) for result in results) == 1
        assert len(act(stories.certificates_in_database)) == 1
        assert len(act(signatures.signatures_of, decision_id)) == 2

    def test_the_first_withdraws_while_the_second_signs(
        self, app: Flask, act: Act, cleo: Person, dora: Person, decision_id: uuid.UUID
    ) -> None:
        act(reviews.sign, decision_id, certifier=cleo)
        withdrawn, signed = at_once(
            app,
            lambda: reviews.withdraw_signature(decision_id, certifier=cleo),
            lambda: reviews.sign(decision_id, certifier=dora),
        )
        given = [s.certifier_id for s in act(signatures.signatures_of, decision_id)]
        if isinstance(withdrawn, AlreadyReviewedError):
            assert given == [cleo.id, dora.id]
            assert len(act(stories.certificates_in_database)) == 1
        else:
            assert signed is None
            assert given == [dora.id]
            assert act(stories.certificates_in_database) == []

    def test_a_second_signs_while_a_third_declines(
        self,
        app: Flask,
        act: Act,
        make_person: Callable[..., Person],
        cleo: Person,
        dora: Person,
        decision_id: uuid.UUID,
    ) -> None:
        ewa = make_person("Ewa", Role.CERTIFIER)
        act(reviews.sign, decision_id, certifier=cleo)
        signed, declined = at_once(
            app,
            lambda: reviews.sign(decision_id, certifier=dora),
            lambda: reviews.decline(decision_id, certifier=ewa, reason="No."),
        )
        is_late = [isinstance(result, AlreadyReviewedError) for result in (signed, declined)]
        assert sum(is_late) == 1
        assert len(act(stories.certificates_in_database)) == (0 if is_late[0] else 1)
        assert len(act(stories.reviews_in_database)) == 1
