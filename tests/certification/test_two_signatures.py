"""A standard that asks for two signatures: two different certifiers, or no certificate."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests import second_factors
from tests.certification import stories
from tests.certification.stories import careful
from tests.certification.test_reviewing import letters, shown_again, signing
from tests.databases import Beginning
from tests.pages import PersonClient
from training.accounts import second_factor_records
from training.accounts.models import Person, Role
from training.accounts.records import grant_role
from training.certification.models import AttemptState, ReviewAct
from training.certification.reviews import acts as reviews
from training.certification.reviews import signatures
from training.certification.reviews.acts import AlreadyReviewedError, NotSignedError
from training.certification.reviews.duties import Conflict, ConflictError
from training.cohorts import records as cohorts
from training.cohorts.models import Cohort

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]


@pytest.fixture
def beginning(request: pytest.FixtureRequest, beginning: Beginning | None) -> Beginning | None:
    return stories.decided(signatures=2) if "decision_id" in request.fixturenames else beginning


@pytest.fixture
def decision_id(told: dict[str, Any]) -> uuid.UUID:
    """Ines's decision, which meets a standard that asks for two signatures."""
    decided: uuid.UUID = told["decision_id"]
    return decided


@pytest.fixture
def dossier(decision_id: uuid.UUID) -> str:
    return f"/certifying/decisions/{decision_id}"


def signers(act: Act, decision_id: uuid.UUID) -> list[str]:
    return [found.certifier.name for found in act(signatures.signatures_of, decision_id)]


def test_the_first_signature_issues_nothing_and_tells_nobody(
    app: Flask, act: Act, browser_of: Browsers, cleo: Person, ines: Person, dossier: str
) -> None:
    browser = browser_of(cleo)
    assert "asks for two signatures, of two different certifiers" in browser.get_page(dossier).text
    page = browser.get_page(f"{dossier}/signature")
    assert "yours is the first. Nothing is issued" in page.text
    page = browser.post_page(f"{dossier}/signature", signing(app, cleo), follow=True)
    assert "Your signature is recorded." in page.text
    assert "Signed first · Cleo" in page.text
    assert page.has_form_to(f"{dossier}/signature-withdrawal")
    assert not page.has_link_to(f"{dossier}/signature")
    assert not page.has_link_to(f"{dossier}/refusal")
    assert act(stories.certificates_in_database) == []
    assert act(stories.reviews_in_database) == []
    assert act(letters) == []
    (attempt,) = act(stories.attempts_in_database, ines)
    assert attempt.state is AttemptState.DECIDED
    (line,) = act(stories.acts_noted, "decision signed")
    assert (line.person_id, line.details["signature"], line.details["of"]) == (cleo.id, 1, 2)
    # Nor does the rater see that one of two has signed.
    hers = browser_of(ines).get_page(f"/certification/attempts/{attempt.id}")
    assert "Cleo" not in hers.text


def test_the_list_says_who_signed_first_and_what_is_missing(
    act: Act,
    browser_of: Browsers,
    cleo: Person,
    dora: Person,
    decision_id: uuid.UUID,
    dossier: str,
) -> None:
    act(reviews.sign, decision_id, certifier=cleo)
    mine = browser_of(cleo).get_page("/certifying")
    assert "You signed first. A second certifier is needed." in mine.text
    page = browser_of(dora).get_page("/certifying")
    assert "Cleo signed first. A second signature is needed." in page.text
    page = browser_of(dora).get_page(dossier)
    assert "A second signature is needed, from a certifier who neither trained" in page.text
    assert not page.has_form_to(f"{dossier}/signature-withdrawal")


def test_the_second_signature_issues_the_certificate_with_both_names(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    cleo: Person,
    dora: Person,
    stranger: PersonClient,
    decision_id: uuid.UUID,
    dossier: str,
) -> None:
    act(reviews.sign, decision_id, certifier=cleo)
    browser = browser_of(dora)
    page = browser.get_page(f"{dossier}/signature")
    assert "Yours is the second signature." in page.text
    assert "First signature Cleo" in page.text
    page = browser.post_page(f"{dossier}/signature", signing(app, dora), follow=True)
    assert "Signed first · Cleo" in page.text
    assert "Signed · Dora" in page.text
    (certificate,) = act(stories.certificates_in_database)
    assert certificate.signed_by_id == dora.id
    assert signers(act, decision_id) == ["Cleo", "Dora"]
    (review,) = act(stories.reviews_in_database)
    assert (review.act, review.certifier_id) == (ReviewAct.SIGNED, dora.id)
    assert len(act(letters)) == 1
    places = [line.details["signature"] for line in act(stories.acts_noted, "decision signed")]
    assert places == [1, 2]
    shown = stranger.get_page(f"/certificates/{certificate.number}").text
    assert "Cleo" in shown
    assert "Dora" in shown


def test_nobody_signs_twice(
    app: Flask, act: Act, browser_of: Browsers, cleo: Person, decision_id: uuid.UUID, dossier: str
) -> None:
    browser = browser_of(cleo)
    browser.post_page(f"{dossier}/signature", signing(app, cleo))
    page = browser.get_page(f"{dossier}/signature", expect=302)
    assert page.location == dossier
    page = browser.post_page(f"{dossier}/signature", signing(app, cleo), follow=True)
    assert "What is left is for a second certifier." in page.text
    with app.app_context(), pytest.raises(ConflictError) as refused:
        reviews.sign(decision_id, certifier=cleo)
    assert refused.value.conflict is Conflict.SIGNED_BEFORE
    assert act(stories.certificates_in_database) == []
    assert signers(act, decision_id) == ["Cleo"]


def test_whoever_signed_withdraws_before_declining(
    act: Act, browser_of: Browsers, cleo: Person, decision_id: uuid.UUID, dossier: str
) -> None:
    act(reviews.sign, decision_id, certifier=cleo)
    browser = browser_of(cleo)
    page = browser.post_page(f"{dossier}/refusal", {"reason": "I doubt it."}, expect=409)
    assert "What is left is for a second certifier." in page.text
    assert shown_again(page) == "I doubt it."
    assert act(stories.reviews_in_database) == []
    page = browser.post_page(f"{dossier}/signature-withdrawal", follow=True)
    assert "Your signature is withdrawn." in page.text
    assert page.has_link_to(f"{dossier}/signature")
    assert signers(act, decision_id) == []
    (line,) = act(stories.acts_noted, "signature withdrawn")
    assert (line.person_id, line.details["signer"]) == (cleo.id, str(cleo.id))
    browser.post_page(f"{dossier}/refusal", {"reason": "I doubt it."})
    (review,) = act(stories.reviews_in_database)
    assert review.act is ReviewAct.DECLINED


def test_after_withdrawing_one_may_sign_again_also_as_the_second(
    act: Act, cleo: Person, dora: Person, decision_id: uuid.UUID
) -> None:
    act(reviews.sign, decision_id, certifier=cleo)
    act(reviews.withdraw_signature, decision_id, certifier=cleo)
    assert act(reviews.sign, decision_id, certifier=dora) is None
    certificate, _letter = act(reviews.sign, decision_id, certifier=cleo)
    assert certificate.signed_by_id == cleo.id
    assert signers(act, decision_id) == ["Dora", "Cleo"]


def test_there_is_nothing_to_withdraw_once_it_is_done_or_never_was(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    cleo: Person,
    dora: Person,
    decision_id: uuid.UUID,
    dossier: str,
) -> None:
    page = browser_of(cleo).post_page(f"{dossier}/signature-withdrawal", follow=True)
    assert "There is no signature of yours" in page.text
    with app.app_context(), pytest.raises(NotSignedError):
        reviews.withdraw_signature(decision_id, certifier=cleo)
    act(reviews.sign, decision_id, certifier=cleo)
    act(reviews.sign, decision_id, certifier=dora)
    page = browser_of(cleo).post_page(f"{dossier}/signature-withdrawal", follow=True)
    assert "There is no signature of yours" in page.text
    with app.app_context(), pytest.raises(AlreadyReviewedError):
        reviews.withdraw_signature(decision_id, certifier=cleo)
    assert signers(act, decision_id) == ["Cleo", "Dora"]


def test_the_second_may_decline_with_a_reason(
    act: Act,
    browser_of: Browsers,
    cleo: Person,
    dora: Person,
    ines: Person,
    decision_id: uuid.UUID,
    dossier: str,
) -> None:
    act(reviews.sign, decision_id, certifier=cleo)
    browser = browser_of(dora)
    browser.post_page(f"{dossier}/refusal", {"reason": " "}, expect=422)
    page = browser.post_page(f"{dossier}/refusal", {"reason": "Rated in company."}, follow=True)
    assert "Signed first · Cleo" in page.text
    assert "Declined · Dora" in page.text
    assert act(stories.certificates_in_database) == []
    (attempt,) = act(stories.attempts_in_database, ines)
    assert attempt.state is AttemptState.CLOSED
    (letter,) = act(letters)
    assert "Rated in company." in letter.body
    assert "Cleo" not in letter.body


def test_neither_the_rater_nor_their_trainer_gives_the_second(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    cohort: Cohort,
    cleo: Person,
    tamar: Person,
    ines: Person,
    decision_id: uuid.UUID,
    dossier: str,
) -> None:
    act(reviews.sign, decision_id, certifier=cleo)
    for person in (tamar, ines):
        act(grant_role, person, Role.CERTIFIER, by=None)
        browser = browser_of(person)
        browser.get_page(f"{dossier}/signature", expect=403)
        browser.post_page(f"{dossier}/signature", signing(app, person), expect=403)
        browser.post_page(f"{dossier}/signature-withdrawal", expect=403)
        with app.app_context(), pytest.raises(ConflictError):
            reviews.sign(decision_id, certifier=person)
    assert act(stories.certificates_in_database) == []


def test_a_first_signer_who_trains_the_rater_by_now_does_not_count(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    cleo: Person,
    dora: Person,
    ines: Person,
    decision_id: uuid.UUID,
) -> None:
    act(reviews.sign, decision_id, certifier=cleo)
    act(grant_role, cleo, Role.TRAINER, by=None)
    with app.app_context():
        cohorts.join(cohorts.open_cohort("Winter group", trainer=cleo), ines)
    assert act(reviews.sign, decision_id, certifier=dora) is None
    assert signers(act, decision_id) == ["Dora"]
    assert act(stories.certificates_in_database) == []
    (line,) = act(stories.acts_noted, "signature withdrawn")
    assert line.details["reason"] == "own-trainee"


def test_the_litany_of_withdrawing(
    browser_of: Browsers,
    stranger: PersonClient,
    ines: Person,
    tamar: Person,
    cleo: Person,
    dossier: str,
) -> None:
    address = f"{dossier}/signature-withdrawal"
    assert stranger.post_page(address).location.startswith("/sign-in")
    browser_of(ines).post_page(address, expect=403)
    browser_of(tamar).post_page(address, expect=403)
    browser_of(cleo).get_page(address, expect=405)
    unknown = "/certifying/decisions/00000000-0000-4000-8000-000000000000/signature-withdrawal"
    browser_of(cleo).post_page(unknown, expect=404)


def test_what_was_decided_under_one_signature_takes_one(
    act: Act, ines: Person, cleo: Person
) -> None:
    """A stricter standard holds for the attempts that are opened under it, not for earlier ones."""
    decision_id = act(stories.decided_attempt, ines, careful)
    act(stories.publish_standard, signatures=2)
    assert act(reviews.sign, decision_id, certifier=cleo) is not None


class TestShowingAgainWhoOneIs:
    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"own_password": "another one entirely"}, "This is not your password."),
            ({"own_password": ""}, "Enter your password."),
            ({"code": "000000"}, "This code is not right or was used before."),
            ({"code": ""}, "Enter a code from your app."),
            ({"code": "x" * 5000}, "A code has six digits"),
        ],
    )
    def test_without_it_nothing_is_signed_and_the_tick_stays(
        self,
        app: Flask,
        act: Act,
        browser_of: Browsers,
        cleo: Person,
        dossier: str,
        change: dict[str, object],
        error: str,
    ) -> None:
        browser = browser_of(cleo)
        fields = signing(app, cleo) | change
        page = browser.post_page(f"{dossier}/signature", fields, expect=422)
        assert error in page.errors
        assert page.soup.select_one("#confirmed[checked]")
        assert act(stories.acts_noted, "decision signed") == []

    def test_a_missing_tick_spends_no_code(
        self, app: Flask, browser_of: Browsers, cleo: Person, dossier: str
    ) -> None:
        browser = browser_of(cleo)
        fields = signing(app, cleo)
        without_tick = {name: value for name, value in fields.items() if name != "confirmed"}
        browser.post_page(f"{dossier}/signature", without_tick, expect=422)
        browser.post_page(f"{dossier}/signature", fields)

    def test_one_code_signs_once(
        self, app: Flask, act: Act, browser_of: Browsers, cleo: Person, otto: Person, dossier: str
    ) -> None:
        other = f"/certifying/decisions/{act(stories.decided_attempt, otto, careful)}"
        browser = browser_of(cleo)
        fields = signing(app, cleo)
        browser.post_page(f"{dossier}/signature", fields)
        page = browser.post_page(f"{other}/signature", fields, expect=422)
        assert "was used before" in page.errors

    def test_another_certifiers_code_and_password_do_not_sign(
        self,
        app: Flask,
        act: Act,
        browser_of: Browsers,
        cleo: Person,
        dora: Person,
        dossier: str,
    ) -> None:
        browser = browser_of(cleo)
        with app.app_context():
            second_factor_records.add_known(dora, "ANOTHERSECRETOFANOTHERPERSON2345")
        code = second_factors.code_of(app, dora)
        fields = signing(app, cleo) | {"code": code}
        page = browser.post_page(f"{dossier}/signature", fields, expect=422)
        assert "This code is not right" in page.errors
        assert act(stories.acts_noted, "decision signed") == []

    def test_guessing_at_a_browser_left_open_is_limited(
        self, app: Flask, act: Act, browser_of: Browsers, cleo: Person, dossier: str
    ) -> None:
        browser = browser_of(cleo)
        wrong = signing(app, cleo) | {"own_password": "not it, not it, not it"}
        for _ in range(10):
            browser.post_page(f"{dossier}/signature", wrong, expect=422)
        page = browser.post_page(f"{dossier}/signature", signing(app, cleo), expect=422)
        assert "Too many tries. Wait a quarter of an hour" in page.errors
        assert page.soup.select_one("#confirmed[checked]")
        assert act(stories.acts_noted, "decision signed") == []
