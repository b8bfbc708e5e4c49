"""The whole way: from the first module to a certificate that a stranger verifies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests import second_factors
from tests.certification import stories
from tests.certification.stories import careful, constant
from tests.pack import CERTIFICATION, STANDARD
from tests.pages import PersonClient
from training.accounts.models import Person
from training.audit import trail
from training.calibration.models import Purpose
from training.certification.judging.decision import Outcome
from training.certification.models import AttemptState, ReviewAct
from training.database import db
from training.mail.models import Letter

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]
NEW_ATTEMPT = f"/certification/{STANDARD}/new-attempt"


def test_ines_is_certified_and_a_stranger_verifies_it(
    app: Flask, act: Act, browser_of: Browsers, ines: Person, cleo: Person, stranger: PersonClient
) -> None:
    browser = browser_of(ines)
    assert not browser.get_page("/certification").has_link_to(NEW_ATTEMPT)
    act(stories.make_eligible, ines)
    assert browser.get_page("/certification").has_link_to(NEW_ATTEMPT)

    page = browser.post_page(NEW_ATTEMPT, {"honour": "y"})
    attempt_page = page.location
    (attempt,) = act(stories.attempts_in_database, ines)
    sessions = act(stories.sessions_of, attempt.id)
    assert sorted(session.vignette_slug for session in sessions) == sorted(CERTIFICATION)
    assert [session.position for session in sessions] == list(range(1, 9))
    assert {session.purpose for session in sessions} == {Purpose.CERTIFICATION}
    page = browser.get_page(attempt_page)
    assert "0 of 8 vignettes submitted" in page.text
    assert page.has_link_to(f"/rating-sessions/{sessions[0].id}")

    act(stories.submit_waiting, attempt.id, careful)
    page = browser.get_page(attempt_page)
    assert "Meets the standard" in page.text
    assert "A certifier who never trained you reads the figures now." in page.text

    certifier = browser_of(cleo)
    (decision,) = act(stories.decisions_of, attempt.id)
    dossier = f"/certifying/decisions/{decision.id}"
    assert certifier.get_page("/certifying").has_link_to(dossier)
    assert "Recomputed now: identical" in certifier.get_page(dossier).text
    shown_again = second_factors.reauthentication(app, cleo)
    certifier.post_page(f"{dossier}/signature", {"confirmed": "y", **shown_again})
    (certificate,) = act(stories.certificates_in_database)
    assert (certificate.holder_name, certificate.body_name) == ("Ines", "Test body")
    assert stories.moments_apart(certificate.issued_at, certificate.valid_until) == 365.25
    assert certificate.number in browser.get_page(attempt_page).text
    assert certificate.number in browser.get_page("/certification").text

    typed = certificate.number.lower().replace("-", " ")
    page = stranger.post_page("/verify", {"number": typed}, follow=True)
    assert page.heading == "Ines"
    assert "This certificate is valid until" in page.text
    assert certificate.number in stranger.get_page("/register").text

    revocation = f"/certifying/certificates/{certificate.number}/revocation"
    shown_again = second_factors.reauthentication(app, cleo)
    reason = {"reason": "It was not her.", "confirmed": "y"}
    certifier.post_page(revocation, {**reason, **shown_again})
    page = stranger.get_page(f"/certificates/{certificate.number}")
    assert "It was not her." in page.text
    assert "is not valid" in page.text
    with app.app_context():
        assert list(trail.verify()) == []
        subjects = [letter.subject for letter in db.session.scalars(select(Letter))]
    assert subjects == [
        f"Your certificate {certificate.number}",
        f"Your certificate {certificate.number} is revoked",
    ]


def test_a_rater_who_always_says_two_does_not_meet_the_standard(
    act: Act, browser_of: Browsers, ines: Person, cleo: Person
) -> None:
    decision_id = act(stories.decided_attempt, ines, constant)
    assert act(stories.outcome_of, decision_id) is Outcome.DOES_NOT_MEET
    (attempt,) = act(stories.attempts_in_database, ines)
    page = browser_of(ines).get_page(f"/certification/attempts/{attempt.id}")
    assert "Does not meet the standard" in page.text
    assert "What to do next" in page.text
    certifier = browser_of(cleo)
    certifier.post_page(
        f"/certifying/decisions/{decision_id}/signature", {"confirmed": "y"}, expect=409
    )
    assert act(stories.certificates_in_database) == []


def test_more_evidence_is_asked_given_and_counted(
    act: Act, browser_of: Browsers, ines: Person, cleo: Person
) -> None:
    decision_id = act(stories.decided_attempt, ines, stories.uneven)
    assert act(stories.outcome_of, decision_id) is Outcome.MORE_EVIDENCE
    act(stories.add_vignettes, 4)
    certifier, browser = browser_of(cleo), browser_of(ines)
    certifier.post_page(
        f"/certifying/decisions/{decision_id}/further-evidence",
        {"reason": "Two gates are not clear."},
    )
    (attempt,) = act(stories.attempts_in_database, ines)
    assert attempt.state is AttemptState.OPEN
    assert [s.position for s in act(stories.sessions_of, attempt.id)] == list(range(1, 11))
    page = browser.get_page(f"/certification/attempts/{attempt.id}")
    assert "8 of 10 vignettes submitted" in page.text
    assert "Two gates are not clear." in page.text

    act(stories.submit_waiting, attempt.id, careful)
    first, second = act(stories.decisions_of, attempt.id)
    assert (first.number, second.number) == (1, 2)
    assert second.figures["vignettes"] == second.figures["vignettes_in_attempt"] == 10
    (review,) = act(stories.reviews_in_database)
    assert review.act is ReviewAct.MORE_EVIDENCE
    assert certifier.get_page("/certifying").has_link_to(f"/certifying/decisions/{second.id}")
