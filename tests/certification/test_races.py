"""Two people, or two tabs, at the same moment: one act, and the other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from tests.certification import stories
from tests.certification.stories import careful
from tests.pack import STANDARD
from training.accounts.models import Person
from training.audit import trail
from training.certification import attempts, reviews
from training.certification.certificates import AlreadyRevokedError
from training.certification.models import Certificate
from training.certification.reviews import AlreadyReviewedError
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


def test_two_certifiers_sign_and_one_certificate_is_issued(
    app: Flask, act: Act, ines: Person, cleo: Person, dora: Person
) -> None:
    decision_id = act(stories.decided_attempt, ines, careful)
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


def test_one_signs_while_the_other_declines(
    app: Flask, act: Act, ines: Person, cleo: Person, dora: Person
) -> None:
    decision_id = act(stories.decided_attempt, ines, careful)
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
def test_two_certifiers_ask_for_more_and_it_is_given_once(
    app: Flask, act: Act, ines: Person, cleo: Person, dora: Person, spare: int
) -> None:
    decision_id = act(stories.decided_attempt, ines, stories.uneven)
    act(stories.add_vignettes, spare)
    results = at_once(
        app,
        lambda: reviews.ask_for_more_evidence(decision_id, certifier=cleo, reason="More."),
        lambda: reviews.ask_for_more_evidence(decision_id, certifier=dora, reason="More."),
    )
    assert sum(isinstance(result, AlreadyReviewedError) for result in results) == 1
    (attempt,) = act(stories.attempts_in_database, ines)
    assert len(act(stories.sessions_of, attempt.id)) == 10
