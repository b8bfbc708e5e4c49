"""What certifiers do about a decision: sign, decline, ask for more; once, and with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import second_factors
from tests.certification import stories
from tests.certification.stories import careful, constant, uneven
from tests.databases import Beginning
from tests.pages import Page, PersonClient
from training.accounts.models import Person, Role
from training.accounts.records import grant_role
from training.certification.attempts.form import TooFewVignettesError
from training.certification.certificates.renewals import held_by
from training.certification.models import AttemptState, ReviewAct
from training.certification.reviews import acts as reviews
from training.certification.reviews.acts import AlreadyReviewedError, OutcomeError
from training.certification.reviews.duties import ConflictError
from training.clock import now
from training.cohorts.models import Cohort
from training.database import db
from training.mail.models import Letter

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]


def signing(app: Flask, certifier: Person) -> dict[str, object]:
    """What a certifier fills in to sign."""
    return {"confirmed": "y", **second_factors.reauthentication(app, certifier)}


def letters() -> list[Letter]:
    return list(db.session.scalars(select(Letter).order_by(Letter.written_at)))


@pytest.fixture
def beginning(request: pytest.FixtureRequest, beginning: Beginning | None) -> Beginning | None:
    raters = {"meets": careful, "unclear": uneven}
    asked = [raters[name] for name in request.fixturenames if name in raters]
    return stories.decided(asked[0]) if asked else beginning


@pytest.fixture
def meets(told: dict[str, Any]) -> str:
    """The address of Ines's decision, which meets the standard."""
    return f"/certifying/decisions/{told['decision_id']}"


@pytest.fixture
def unclear(act: Act, told: dict[str, Any]) -> str:
    """The address of Ines's decision, which needs more evidence; the pool has some."""
    act(stories.add_vignettes, 2)
    return f"/certifying/decisions/{told['decision_id']}"


def test_signing_says_what_it_does_and_asks_for_a_tick(
    act: Act, browser_of: Browsers, cleo: Person, meets: str
) -> None:
    browser = browser_of(cleo)
    page = browser.get_page(f"{meets}/signature")
    assert "Signing issues a certificate for 12 months." in page.text
    page = browser.post_page(f"{meets}/signature", {}, expect=422)
    assert "Confirm that you have read the dossier" in page.errors
    assert act(stories.certificates_in_database) == []


def test_signing_issues_a_certificate_and_tells_the_rater(
    app: Flask, act: Act, browser_of: Browsers, cleo: Person, ines: Person, meets: str
) -> None:
    browser = browser_of(cleo)
    page = browser.post_page(f"{meets}/signature", signing(app, cleo))
    assert page.location == meets
    (certificate,) = act(stories.certificates_in_database)
    assert certificate.person_id == ines.id
    assert certificate.signed_by_id == cleo.id
    assert not certificate.is_demonstration
    (attempt,) = act(stories.attempts_in_database, ines)
    assert attempt.state is AttemptState.CLOSED
    assert attempt.closed_at is not None
    (letter,) = act(letters)
    assert letter.recipient == "ines@example.org"
    assert certificate.number in letter.subject
    assert f"/certificates/{certificate.number}" in letter.body
    assert "It does not say that you practise Open Dialogue" in letter.body
    (signed,) = act(stories.acts_noted, "decision signed")
    (issued,) = act(stories.acts_noted, "certificate issued")
    assert signed.person_id == issued.person_id == cleo.id
    assert "digest" in signed.details
    with app.app_context():
        held = held_by(ines.id, attempt.standard_slug, at=now()).valid
        assert held is not None
        assert held.number == certificate.number


def test_a_second_signature_finds_the_first(
    app: Flask, act: Act, browser_of: Browsers, cleo: Person, dora: Person, meets: str
) -> None:
    first, second = browser_of(cleo), browser_of(dora)
    first.post_page(f"{meets}/signature", signing(app, cleo))
    page = second.post_page(f"{meets}/signature", signing(app, dora), follow=True)
    assert "Another certifier has acted on this decision in the meantime." in page.text
    assert "Signed · Cleo" in page.text
    assert len(act(stories.certificates_in_database)) == 1
    page = browser_of(dora).get_page(f"{meets}/refusal", expect=302)
    assert page.location == meets


@pytest.mark.parametrize("page_name", ["refusal", "further-evidence"])
def test_an_act_sent_twice_is_done_already_and_by_nobody_else(
    act: Act, browser_of: Browsers, cleo: Person, unclear: str, page_name: str
) -> None:
    browser, sent = browser_of(cleo), {"reason": "The lean is not clear."}
    browser.post_page(f"{unclear}/{page_name}", sent)
    page = browser.post_page(f"{unclear}/{page_name}", sent, follow=True)
    assert "It is done already" in page.text
    assert "Another certifier" not in page.text
    other = {"reason": "Written in a second tab."}
    page = browser.post_page(f"{unclear}/{page_name}", other, expect=409)
    assert "It is done already" in page.text
    assert shown_again(page) == "Written in a second tab."
    assert "It is done already" in browser.get_page(f"{unclear}/{page_name}", follow=True).text
    (review,) = act(stories.reviews_in_database)
    assert review.reason == sent["reason"]


@pytest.mark.parametrize("page_name", ["refusal", "further-evidence"])
def test_a_reason_is_not_lost_when_somebody_else_was_first(
    act: Act, browser_of: Browsers, cleo: Person, dora: Person, unclear: str, page_name: str
) -> None:
    browser = browser_of(cleo)
    browser.get_page(f"{unclear}/{page_name}")
    browser_of(dora).post_page(f"{unclear}/refusal", {"reason": "Dora was first."})
    for typed in ("An hour of <b>writing</b>.", "long " * 1001):
        page = browser.post_page(f"{unclear}/{page_name}", {"reason": typed}, expect=409)
        assert "Another certifier has acted on this decision in the meantime." in page.text
        assert shown_again(page) == typed.strip()
        assert page.has_link_to(unclear)
    (review,) = act(stories.reviews_in_database)
    assert review.reason == "Dora was first."


def shown_again(page: Page) -> str:
    """What somebody typed, in the field from which it can be copied."""
    field = page.soup.select_one("textarea#unsent[readonly]")
    return field.get_text().strip() if field else ""


def test_declining_needs_a_reason_and_keeps_what_was_typed(
    act: Act, browser_of: Browsers, cleo: Person, meets: str
) -> None:
    browser = browser_of(cleo)
    page = browser.post_page(f"{meets}/refusal", {"reason": "  "}, expect=422)
    assert "Write the reason" in page.errors
    page = browser.post_page(f"{meets}/refusal", {"reason": "long " * 1001}, expect=422)
    assert "Write at most 5,000 characters." in page.errors
    assert "long long" in page.soup.select_one("textarea").get_text()  # type: ignore[union-attr]
    assert act(stories.reviews_in_database) == []


def test_declining_closes_the_attempt_and_tells_the_rater(
    act: Act, browser_of: Browsers, cleo: Person, ines: Person, meets: str
) -> None:
    page = browser_of(cleo).get_page(f"{meets}/refusal")
    assert "The gates are met. Decline only for something" in page.text
    browser_of(cleo).post_page(f"{meets}/refusal", {"reason": "Two people rated & talked."})
    (review,) = act(stories.reviews_in_database)
    assert (review.act, review.reason) == (ReviewAct.DECLINED, "Two people rated & talked.")
    (attempt,) = act(stories.attempts_in_database, ines)
    assert attempt.state is AttemptState.CLOSED
    (letter,) = act(letters)
    assert "closed without a certificate" in letter.subject
    assert "Two people rated & talked." in letter.body, "a letter is text, not HTML"
    assert f"/certification/attempts/{attempt.id}" in letter.body
    assert len(act(stories.acts_noted, "decision declined")) == 1
    assert act(stories.certificates_in_database) == []


def test_asking_for_more_evidence_gives_further_vignettes(
    act: Act, browser_of: Browsers, cleo: Person, ines: Person, unclear: str
) -> None:
    page = browser_of(cleo).get_page(f"{unclear}/further-evidence")
    assert "The rater gets 2 further vignettes" in page.text
    assert "no figure and no direction" in page.text
    browser_of(cleo).post_page(f"{unclear}/further-evidence", {"reason": "Gross misses."})
    (attempt,) = act(stories.attempts_in_database, ines)
    assert attempt.state is AttemptState.OPEN
    assert len(act(stories.sessions_of, attempt.id)) == 10
    (letter,) = act(letters)
    assert letter.subject == "2 further vignettes wait for you"
    assert "Gross misses." in letter.body
    assert len(act(stories.acts_noted, "more evidence asked")) == 1


def test_asking_for_more_needs_a_reason(
    act: Act, browser_of: Browsers, cleo: Person, unclear: str
) -> None:
    page = browser_of(cleo).post_page(f"{unclear}/further-evidence", {}, expect=422)
    assert "Write the reason" in page.errors
    assert act(stories.reviews_in_database) == []


@pytest.mark.begins(at=stories.decided(uneven))
def test_with_an_empty_pool_nothing_happens_and_the_page_says_why(
    told: dict[str, Any], act: Act, browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    address = f"/certifying/decisions/{told['decision_id']}"
    browser = browser_of(cleo)
    page = browser.get_page(f"{address}/further-evidence")
    assert "The pool holds no further vignettes" in page.text
    assert page.soup.select("main form") == []
    page = browser.post_page(f"{address}/further-evidence", {"reason": "More."}, expect=409)
    assert shown_again(page) == "More."
    assert "The pool holds nothing more that this rater has not met." in page.text
    assert act(stories.reviews_in_database) == [], "the act was undone as a whole"
    assert act(stories.acts_noted, "more evidence asked") == []
    (attempt,) = act(stories.attempts_in_database, ines)
    assert attempt.state is AttemptState.DECIDED


def test_more_evidence_is_only_for_what_is_unclear(
    act: Act, browser_of: Browsers, cleo: Person, meets: str, otto: Person
) -> None:
    browser = browser_of(cleo)
    browser.get_page(f"{meets}/further-evidence", expect=409)
    browser.post_page(f"{meets}/further-evidence", {"reason": "More."}, expect=409)
    misses = f"/certifying/decisions/{act(stories.decided_attempt, otto, constant)}"
    browser.post_page(f"{misses}/signature", {"confirmed": "y"}, expect=409)
    browser.post_page(f"{misses}/further-evidence", {"reason": "More."}, expect=409)
    assert act(stories.reviews_in_database) == []


def test_trainers_of_the_person_are_refused(
    act: Act, browser_of: Browsers, cohort: Cohort, tamar: Person, meets: str
) -> None:
    act(grant_role, tamar, Role.CERTIFIER, by=None)
    browser = browser_of(tamar)
    browser.post_page(f"{meets}/signature", {"confirmed": "y"}, expect=403)
    browser.post_page(f"{meets}/refusal", {"reason": "No."}, expect=403)
    assert act(stories.reviews_in_database) == []


def test_the_person_themselves_is_refused(
    act: Act, browser_of: Browsers, ines: Person, meets: str
) -> None:
    act(grant_role, ines, Role.CERTIFIER, by=None)
    browser = browser_of(ines)
    browser.post_page(f"{meets}/signature", {"confirmed": "y"}, expect=403)
    browser.post_page(f"{meets}/refusal", {"reason": "No."}, expect=403)
    assert act(stories.certificates_in_database) == []


def test_raters_and_strangers_sign_nothing(
    act: Act, browser_of: Browsers, stranger: PersonClient, otto: Person, meets: str
) -> None:
    browser_of(otto).post_page(f"{meets}/signature", {"confirmed": "y"}, expect=403)
    page = stranger.post_page(f"{meets}/signature", {"confirmed": "y"})
    assert page.location.startswith("/sign-in")
    assert act(stories.certificates_in_database) == []


def test_the_records_refuse_what_the_pages_refuse(
    app: Flask, act: Act, cohort: Cohort, tamar: Person, cleo: Person, ines: Person, otto: Person
) -> None:
    meets = act(stories.decided_attempt, ines, careful)
    misses = act(stories.decided_attempt, otto, constant)
    with app.app_context():
        for trainer_or_self in (tamar, ines):
            with pytest.raises(ConflictError):
                reviews.sign(meets, certifier=trainer_or_self)
        with pytest.raises(OutcomeError):
            reviews.sign(misses, certifier=cleo)
        with pytest.raises(OutcomeError):
            reviews.ask_for_more_evidence(meets, certifier=cleo, reason="More.")
        reviews.sign(meets, certifier=cleo)
        with pytest.raises(AlreadyReviewedError):
            reviews.decline(meets, certifier=cleo, reason="No.")


@pytest.mark.begins(at=stories.decided(uneven))
def test_too_small_a_pool_is_an_error_of_its_own(
    app: Flask, told: dict[str, Any], cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    with app.app_context(), pytest.raises(TooFewVignettesError):
        reviews.ask_for_more_evidence(decision_id, certifier=cleo, reason="More.")
