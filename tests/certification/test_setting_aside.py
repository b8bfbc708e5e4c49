"""An attempt that is set aside: it counts no more, and its vignettes stay known."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.certification import stories
from tests.certification.stories import careful, constant
from tests.certification.test_eligibility import attempt, held, remediation, requirement
from tests.certification.test_races import at_once
from tests.pack import STANDARD
from tests.pages import PersonClient
from training.accounts.models import Person
from training.certification.attempts import setting_aside, standing
from training.certification.attempts.eligibility import PastAttempt, RequirementKind
from training.certification.attempts.setting_aside import CannotBeSetAsideError, SettingAsideFault
from training.certification.judging.decision import Outcome
from training.certification.models import (
    Attempt,
    AttemptState,
    Certificate,
    Decision,
    SetAside,
    SettingAsideGround,
)
from training.certification.reviews import acts as reviews
from training.certification.reviews.acts import AlreadyReviewedError
from training.clock import now
from training.cohorts.models import Cohort
from training.database import db
from training.library import records as library

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]
REASON = "The key of one vignette was wrong."


def set_aside(decision_id: uuid.UUID, certifier: Person) -> SetAside:
    """What a certifier does who finds that a key was wrong."""
    return setting_aside.set_aside(
        attempt_of(decision_id),
        ground=SettingAsideGround.KEY_CHANGE,
        by=certifier.id,
        reason=REASON,
    )


def attempt_of(decision_id: uuid.UUID) -> Attempt:
    return db.session.get_one(Decision, decision_id).attempt


def unmet(person: Person) -> set[RequirementKind]:
    """What keeps somebody from opening an attempt now."""
    standard = library.find_standard(STANDARD)
    assert standard is not None
    found = standing.eligibility_of(person.id, standard, at=now())
    return {item.kind for item in found.unmet}


# The rule


@pytest.mark.parametrize(
    "earlier",
    [
        attempt(1, Outcome.DOES_NOT_MEET, is_closed=True),
        attempt(1, Outcome.MEETS, is_closed=True),
        attempt(1, Outcome.MEETS, is_closed=True, is_certified=True),
        attempt(1, None, is_closed=True),
    ],
)
def test_for_the_rule_it_was_never_made(earlier: PastAttempt) -> None:
    aside = PastAttempt(
        earlier.opened_at,
        earlier.concluded_at,
        earlier.outcome,
        earlier.is_closed,
        earlier.is_certified,
        is_set_aside=True,
    )
    assert held(attempts=[aside] * 3) == held()
    assert remediation(attempts=[aside]) == remediation()
    one_counts = held(attempts=[aside, attempt(40, is_closed=True)])
    assert requirement(one_counts, RequirementKind.ATTEMPTS_LEFT).done == 1


# The act


def test_it_costs_no_attempt_no_time_and_no_practice_and_is_no_evidence(
    act: Act, ines: Person, cleo: Person
) -> None:
    limits = {"maximum": 1, "within_months": 12, "cooling_off_days": 14, "pooled": True}
    act(stories.publish_standard, attempts=limits | {"remediation_practice": 2})
    decision_id = act(stories.decided_attempt, ines, constant)
    act(reviews.decline, decision_id, certifier=cleo, reason="No.")
    act(stories.add_vignettes, 8)
    assert act(unmet, ines) == {
        RequirementKind.ATTEMPTS_LEFT,
        RequirementKind.COOLING_OFF,
        RequirementKind.REMEDIATION,
    }

    act(set_aside, decision_id, cleo)
    assert act(unmet, ines) == set()
    second = act(stories.next_attempt, ines, careful)
    decision = act(db.session.get_one, Decision, second)
    assert {session["attempt"] for session in decision.evidence["sessions"]} == {2}
    assert decision.circumstances["history"][0]["state"] == "set-aside"
    rated = act(stories.sessions_of, act(attempt_of, decision_id).id)
    first_form = {session.vignette_slug for session in rated}
    assert not first_form & {session["vignette"] for session in decision.evidence["sessions"]}
    (line,) = act(stories.acts_noted, "attempt set aside")
    assert (line.person_id, line.details) == (cleo.id, {"ground": "key-change"})


def test_what_was_certified_and_set_aside_does_not_part_the_evidence(
    act: Act, ines: Person, cleo: Person, certificate: Certificate
) -> None:
    act(reviews.revoke, certificate.number, certifier=cleo, reason="Wrong key.")
    act(set_aside, certificate.decision_id, cleo)
    act(stories.add_vignettes, 8)
    second = act(stories.next_attempt, ines, careful)
    decision = act(db.session.get_one, Decision, second)
    assert {session["attempt"] for session in decision.evidence["sessions"]} == {2}


def test_some_attempts_cannot_be_set_aside(
    act: Act, ines: Person, otto: Person, cleo: Person, certificate: Certificate
) -> None:
    def fault(decision_id: uuid.UUID) -> SettingAsideFault:
        with pytest.raises(CannotBeSetAsideError) as refused:
            act(set_aside, decision_id, cleo)
        return refused.value.fault

    assert fault(certificate.decision_id) is SettingAsideFault.CERTIFIED
    act(reviews.revoke, certificate.number, certifier=cleo, reason="Wrong key.")
    act(set_aside, certificate.decision_id, cleo)
    assert fault(certificate.decision_id) is SettingAsideFault.SET_ASIDE

    unclear = act(stories.decided_attempt, otto, stories.uneven)
    act(stories.add_vignettes, 2)
    act(reviews.ask_for_more_evidence, unclear, certifier=cleo, reason="Not clear.")
    assert fault(unclear) is SettingAsideFault.UNDER_WAY
    assert len(act(stories.acts_noted, "attempt set aside")) == 1


@pytest.mark.begins(at=stories.decided(careful))
def test_what_waits_for_a_certifier_waits_no_more(
    told: dict[str, Any],
    act: Act,
    browser_of: Browsers,
    cohort: Cohort,
    tamar: Person,
    ines: Person,
    cleo: Person,
    dora: Person,
) -> None:
    decision_id = told["decision_id"]
    act(set_aside, decision_id, cleo)
    assert act(attempt_of, decision_id).state is AttemptState.CLOSED
    with pytest.raises(AlreadyReviewedError):
        act(reviews.sign, decision_id, certifier=dora)

    certifier = browser_of(dora)
    assert "Nothing waits for you." in certifier.get_page("/certifying").text
    dossier = f"/certifying/decisions/{decision_id}"
    page = certifier.get_page(dossier)
    assert "This attempt is set aside" in page.text
    assert "Cleo set it aside on" in page.text
    assert not page.has_link_to(f"{dossier}/signature")
    assert certifier.get_page(f"{dossier}/signature", expect=302).location == dossier

    rater = browser_of(ines)
    page = rater.get_page(f"/certification/attempts/{act(attempt_of, decision_id).id}")
    assert "A key that it was held against was changed later." in page.text
    assert REASON in page.text
    assert "No certifier signs or declines it any more." in page.text
    assert "set aside: it does not count" in rater.get_page("/certification").text
    page = browser_of(tamar).get_page(f"/cohorts/{cohort.id}")
    assert "Attempt 1: set aside: it does not count" in page.text


@pytest.mark.begins(at=stories.decided(careful))
def test_signing_and_setting_aside_at_once_leave_one_of_them(
    told: dict[str, Any], app: Flask, act: Act, ines: Person, cleo: Person, dora: Person
) -> None:
    decision_id = told["decision_id"]
    signed, aside = at_once(
        app,
        lambda: reviews.sign(decision_id, certifier=cleo),
        lambda: set_aside(decision_id, dora),
    )
    is_signed = not isinstance(signed, AlreadyReviewedError)
    assert is_signed == isinstance(aside, CannotBeSetAsideError)
    assert len(act(stories.certificates_in_database)) == is_signed
    assert len(act(stories.acts_noted, "attempt set aside")) == (not is_signed)
