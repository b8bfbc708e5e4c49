"""Revoking a certificate: for good, with a reason that everybody sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests import second_factors
from tests.certification import stories
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.accounts.records import grant_role
from training.certification.certificates.records import AlreadyRevokedError, revoke
from training.certification.models import Certificate
from training.certification.reviews import acts as reviews
from training.cohorts.models import Cohort

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]
REVOKE = {"reason": "Somebody else rated for her.", "confirmed": "y"}


def address_of(certificate: Certificate) -> str:
    return f"/certifying/certificates/{certificate.number}/revocation"


def test_a_certifier_finds_the_way_and_others_do_not(
    browser_of: Browsers,
    stranger: PersonClient,
    cleo: Person,
    ines: Person,
    certificate: Certificate,
) -> None:
    public = f"/certificates/{certificate.number}"
    assert browser_of(cleo).get_page(public).has_link_to(address_of(certificate))
    assert not browser_of(ines).get_page(public).has_link_to(address_of(certificate))
    assert not stranger.get_page(public).has_link_to(address_of(certificate))


def test_neither_the_holder_nor_a_trainer_is_led_to_where_they_may_not_revoke(
    act: Act,
    browser_of: Browsers,
    cohort: Cohort,
    tamar: Person,
    ines: Person,
    certificate: Certificate,
) -> None:
    for person in (tamar, ines):
        act(grant_role, person, Role.CERTIFIER, by=None)
        page = browser_of(person).get_page(f"/certificates/{certificate.number}")
        assert not page.has_link_to(address_of(certificate))


def test_the_dossier_and_the_list_say_what_became_of_the_certificate(
    act: Act, browser_of: Browsers, cleo: Person, dora: Person, certificate: Certificate
) -> None:
    dossier, browser = f"/certifying/decisions/{certificate.decision_id}", browser_of(cleo)
    assert "revoked" not in browser.get_page(dossier).text
    assert "revoked" not in browser.get_page("/certifying").text
    with time_machine.travel(certificate.valid_until + timedelta(seconds=1)):
        later = browser_of(cleo)
        for address in (dossier, "/certifying"):
            assert "– expired" in later.get_page(address).text
    act(reviews.revoke, certificate.number, certifier=dora, reason="Not <i>hers</i>.")
    page = browser.get_page(dossier)
    assert "The certificate is revoked" in page.text
    assert "Dora revoked it on" in page.text
    assert "Not <i>hers</i>." in page.text
    for address in (dossier, "/certifying"):
        assert "✗ revoked" in browser.get_page(address).text


def test_revoking_asks_for_reason_and_tick(
    act: Act, browser_of: Browsers, dora: Person, certificate: Certificate
) -> None:
    browser = browser_of(dora)
    page = browser.get_page(address_of(certificate))
    assert certificate.number in page.heading
    page = browser.post_page(address_of(certificate), {"reason": "Typed."}, expect=422)
    assert "Confirm that you want to revoke for good." in page.errors
    assert "Enter your password." in page.errors
    assert "Enter a code from your app." in page.errors
    assert page.soup.select_one("textarea").get_text().strip() == "Typed."  # type: ignore[union-attr]
    page = browser.post_page(address_of(certificate), {"confirmed": "y"}, expect=422)
    assert "it is shown to everybody who verifies" in page.errors
    (stored,) = act(stories.certificates_in_database)
    assert stored.revoked_at is None


def test_revoking_is_kept_told_and_noted(
    app: Flask, act: Act, browser_of: Browsers, dora: Person, certificate: Certificate
) -> None:
    browser = browser_of(dora)
    shown_again = second_factors.reauthentication(app, dora)
    page = browser.post_page(address_of(certificate), {**REVOKE, **shown_again})
    assert page.location == f"/certificates/{certificate.number}"
    (stored,) = act(stories.certificates_in_database)
    assert stored.revoked_at is not None
    assert stored.revoked_by_id == dora.id
    assert stored.revocation_reason == "Somebody else rated for her."
    (line,) = act(stories.acts_noted, "certificate revoked")
    assert line.person_id == dora.id
    assert line.subject == f"certificate {certificate.number}"


@pytest.mark.parametrize("wrong", ["own_password", "code"])
def test_a_wrong_password_or_code_revokes_nothing_and_loses_nothing(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    dora: Person,
    certificate: Certificate,
    wrong: str,
) -> None:
    browser = browser_of(dora)
    fields = {**REVOKE, **second_factors.reauthentication(app, dora), wrong: "000000"}
    page = browser.post_page(address_of(certificate), fields, expect=422)
    assert "not your password" in page.errors or "This code is not right" in page.errors
    assert "Somebody else rated for her." in page.html
    (stored,) = act(stories.certificates_in_database)
    assert stored.revoked_at is None


def test_the_first_reason_stands(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    cleo: Person,
    dora: Person,
    certificate: Certificate,
) -> None:
    act(reviews.revoke, certificate.number, certifier=cleo, reason="First.")
    browser = browser_of(dora)
    page = browser.get_page(address_of(certificate), expect=302)
    assert page.location == f"/certificates/{certificate.number}"
    shown_again = second_factors.reauthentication(app, dora)
    page = browser.post_page(address_of(certificate), {**REVOKE, **shown_again}, follow=True)
    assert "Its first reason and date stand." in page.text
    (stored,) = act(stories.certificates_in_database)
    assert stored.revocation_reason == "First."
    with app.app_context(), pytest.raises(AlreadyRevokedError):
        revoke(certificate.number, reason="Second.", by=dora.id)


def test_after_revoking_the_person_may_try_again(
    act: Act, browser_of: Browsers, cleo: Person, ines: Person, certificate: Certificate
) -> None:
    act(reviews.revoke, certificate.number, certifier=cleo, reason="First.")
    page = browser_of(ines).get_page("/certification")
    assert "revoked" in page.text
    assert "No certificate stands in the way." in page.text


def test_trainers_and_holders_do_not_revoke(
    act: Act,
    browser_of: Browsers,
    cohort: Cohort,
    tamar: Person,
    ines: Person,
    certificate: Certificate,
) -> None:
    for person in (tamar, ines):
        act(grant_role, person, Role.CERTIFIER, by=None)
        browser = browser_of(person)
        browser.get_page(address_of(certificate), expect=403)
        browser.post_page(address_of(certificate), REVOKE, expect=403)
    (stored,) = act(stories.certificates_in_database)
    assert stored.revoked_at is None


def test_strangers_other_roles_and_unknown_numbers_are_refused(
    browser_of: Browsers,
    stranger: PersonClient,
    cleo: Person,
    otto: Person,
    certificate: Certificate,
) -> None:
    address = address_of(certificate)
    assert stranger.get_page(address, expect=302).location.startswith("/sign-in")
    browser_of(otto).get_page(address, expect=403)
    browser_of(otto).post_page(address, REVOKE, expect=403)
    browser_of(cleo).get_page("/certifying/certificates/BBBB-CCCC-DDDD/revocation", expect=404)


def test_an_unknown_number_cannot_be_revoked(app: Flask, cleo: Person) -> None:
    with app.app_context(), pytest.raises(LookupError):
        revoke("BBBB-CCCC-DDDD", reason="None.", by=cleo.id)
