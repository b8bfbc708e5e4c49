"""Renewing a certificate: new ratings of vignettes never met, and two certificates that agree."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests import second_factors
from tests.at_once import at_once, inside
from tests.certification import stories
from tests.certification.pdf_reading import letters_of
from tests.pack import CERTIFICATION, STANDARD, canary, small_pack
from tests.pages import PersonClient
from training.accounts.models import Person
from training.certification.attempts import records as attempts
from training.certification.certificates import renewals
from training.certification.certificates.records import find_certificate
from training.certification.certificates.renewals import RevokedSinceError, find_renewed_by
from training.certification.models import Attempt, Certificate
from training.certification.reviews import acts as reviews
from training.clock import now
from training.database import db
from training.library import records as library
from training.library.reading import Pack
from training.library.schema import Pool

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]
IN_THE_WINDOW = timedelta(days=50)


def keep_for_renewals(number: int) -> list[str]:
    """Put vignettes into the pool that first attempts never touch."""
    pack, more = small_pack(), Pack()
    slugs = [f"kept-{101 + position}" for position in range(number)]
    for slug, model in zip(slugs, CERTIFICATION * 2, strict=False):
        vignette = pack.vignettes[model].model_copy(
            update={"slug": slug, "title": f"The story of {slug}", "pool": Pool.RECHECK}
        )
        more.add("vignette", slug, vignette, slug)
        more.add("key", slug, pack.keys[model].model_copy(update={"vignette": slug}), f"{slug} key")
    library.publish(more, person_id=None)
    return slugs


def drawn(person: Person) -> set[str]:
    """Open an attempt: the vignettes of its form."""
    attempt = attempts.open_attempt(person.id, STANDARD)
    return {session.vignette_slug for session in stories.sessions_of(attempt.id)}


def renewed_number(attempt_id: uuid.UUID) -> str | None:
    certificate = find_renewed_by(attempt_id)
    return certificate.number if certificate else None


def last_attempt(person: Person) -> Attempt:
    return max(stories.attempts_in_database(person), key=lambda attempt: attempt.number)


@pytest.fixture
def renewal(act: Act, ines: Person, cleo: Person, certificate: Certificate) -> Certificate:
    """The certificate with which Ines renewed hers, fifty days before it would have expired."""
    with time_machine.travel(certificate.valid_until - IN_THE_WINDOW):
        act(keep_for_renewals, 8)
        signed: Certificate = act(reviews.sign, act(stories.next_attempt, ines), certifier=cleo)[0]
    return signed


def test_vignettes_kept_for_renewals_come_first(
    act: Act, ines: Person, certificate: Certificate
) -> None:
    act(stories.add_vignettes, 8)
    kept = act(keep_for_renewals, 10)
    with time_machine.travel(certificate.valid_until - IN_THE_WINDOW):
        assert act(drawn, ines) <= set(kept)


def test_where_too_few_are_kept_others_never_met_are_added(
    act: Act, ines: Person, certificate: Certificate
) -> None:
    added, kept = act(stories.add_vignettes, 8), act(keep_for_renewals, 3)
    with time_machine.travel(certificate.valid_until - IN_THE_WINDOW):
        form = act(drawn, ines)
    assert len(form) == 8
    assert set(kept) <= form
    assert form - set(kept) <= set(added)


def test_where_none_are_kept_the_certification_pool_serves(
    act: Act, ines: Person, certificate: Certificate
) -> None:
    added = act(stories.add_vignettes, 8)
    with time_machine.travel(certificate.valid_until - IN_THE_WINDOW):
        assert act(drawn, ines) == set(added)
        assert act(renewed_number, act(last_attempt, ines).id) == certificate.number


def test_first_attempts_never_touch_what_is_kept(act: Act, otto: Person) -> None:
    act(keep_for_renewals, 10)
    act(stories.make_eligible, otto)
    assert act(drawn, otto) == set(CERTIFICATION)
    assert act(renewed_number, act(last_attempt, otto).id) is None


@pytest.mark.usefixtures("emeka")
def test_panels_are_opened_for_what_is_kept_so_that_its_keys_can_be_ratified(
    act: Act, browser_of: Browsers, cleo: Person
) -> None:
    act(keep_for_renewals, 1)
    assert "The story of kept-101" in browser_of(cleo).get_page("/panels/new").text


def test_the_page_says_what_is_renewed_and_the_trail_notes_it(
    act: Act, browser_of: Browsers, ines: Person, certificate: Certificate
) -> None:
    act(keep_for_renewals, 8)
    browser = browser_of(ines)
    assert certificate.number in browser.get_page("/certification").text
    with time_machine.travel(certificate.valid_until - IN_THE_WINDOW):
        browser = browser_of(ines)
        page = browser.get_page(f"/certification/{STANDARD}/new-attempt")
        assert f"It renews your certificate {certificate.number}, valid until" in page.text
        act(drawn, ines)
    first, second = act(stories.acts_noted, "attempt opened")
    assert "renews" not in first.details
    assert second.details["renews"] == certificate.number


def test_the_two_certificates_name_each_other(
    stranger: PersonClient, certificate: Certificate, renewal: Certificate
) -> None:
    old, new = f"/certificates/{certificate.number}", f"/certificates/{renewal.number}"
    page = stranger.get_page(old)
    assert "It was followed by another one:" in page.text
    assert page.has_link_to(new)
    page = stranger.get_page(new)
    assert f"Renews {certificate.number}, until" in page.text
    assert page.has_link_to(old)
    assert "followed" not in page.text
    for address, words in (
        (old, f"Followedby{renewal.number}"),
        (new, f"Renews{certificate.number}"),
    ):
        with stranger.get(f"{address}.pdf") as response:
            assert words in letters_of(response.get_data())


def test_the_old_one_keeps_its_date_and_the_new_one_has_its_own(
    act: Act, certificate: Certificate, renewal: Certificate
) -> None:
    assert act(find_certificate, certificate.number).valid_until == certificate.valid_until
    days = stories.moments_apart(certificate.valid_until, renewal.valid_until)
    assert days == pytest.approx(365.25 - 50, abs=0.1)


def test_only_what_was_rated_since_counts(app: Flask, renewal: Certificate) -> None:
    with app.app_context():
        stored = db.session.get_one(Certificate, renewal.id).decision.evidence
        slugs = {session["vignette"] for session in stored["sessions"]}
    assert len(slugs) == 8
    assert not slugs & set(CERTIFICATION)


def test_no_key_is_told(
    browser_of: Browsers, stranger: PersonClient, ines: Person, renewal: Certificate
) -> None:
    texts = [
        browser_of(ines).get_page("/certification").html,
        stranger.get_page(f"/certificates/{renewal.number}").html,
    ]
    assert not [bird for slug in CERTIFICATION if (bird := canary(slug, 1)) in "".join(texts)]


def test_what_has_expired_is_renewed_too(
    act: Act, browser_of: Browsers, ines: Person, certificate: Certificate
) -> None:
    act(keep_for_renewals, 8)
    with time_machine.travel(certificate.valid_until + timedelta(days=3)):
        page = browser_of(ines).get_page("/home")
        assert "Your certificate expired on" in page.text
        assert page.has_link_to(f"/certificates/{certificate.number}")
        act(drawn, ines)
        assert act(renewed_number, act(last_attempt, ines).id) == certificate.number


def test_home_leads_to_renewing_inside_the_window(
    act: Act, browser_of: Browsers, ines: Person, certificate: Certificate
) -> None:
    page = browser_of(ines).get_page("/home")
    assert "You hold a certificate, valid until" in page.text
    with time_machine.travel(certificate.valid_until - IN_THE_WINDOW):
        page = browser_of(ines).get_page("/home")
        assert "It cannot be renewed yet" in page.text
        assert "Begin early enough" not in page.text
        (button,) = page.soup.select(".next-step a.btn")
        assert button.get_text() == "See what is missing", "no vignette is left that she never met"
        act(keep_for_renewals, 8)
        page = browser_of(ines).get_page("/home")
        assert "It can be renewed now" in page.text
        (button,) = page.soup.select(".next-step a.btn")
        assert (button.get_text(), button["href"]) == ("Renew it", "/certification")
        act(drawn, ines)
        page = browser_of(ines).get_page("/home")
        assert "Your assessment is open." in page.text
        assert "Certificate, valid until" in page.text


def test_what_was_revoked_is_not_renewed(
    act: Act, ines: Person, cleo: Person, certificate: Certificate
) -> None:
    """Whoever it was taken from may try again, like anybody, and on the same vignettes."""
    act(reviews.revoke, certificate.number, certifier=cleo, reason="No.")
    kept, added = act(keep_for_renewals, 8), act(stories.add_vignettes, 8)
    form = act(drawn, ines)
    assert not form & set(kept)
    assert form == set(added)
    assert act(renewed_number, act(last_attempt, ines).id) is None


def test_a_renewal_is_not_signed_once_the_old_one_is_revoked(
    app: Flask,
    act: Act,
    browser_of: Browsers,
    ines: Person,
    cleo: Person,
    dora: Person,
    certificate: Certificate,
) -> None:
    act(keep_for_renewals, 8)
    with time_machine.travel(certificate.valid_until - IN_THE_WINDOW):
        decision_id = act(stories.next_attempt, ines)
        address = f"/certifying/decisions/{decision_id}"
        assert (
            f"Renews {certificate.number} , valid until" in browser_of(dora).get_page(address).text
        )
        act(reviews.revoke, certificate.number, certifier=cleo, reason="Somebody else rated.")
        with pytest.raises(RevokedSinceError):
            act(reviews.sign, decision_id, certifier=dora)
        assert "what was revoked is not renewed" in browser_of(dora).get_page(address).text
        signed = {"confirmed": "y", **second_factors.reauthentication(app, dora)}
        page = browser_of(dora).post_page(f"{address}/signature", signed, follow=True)
        assert "this attempt would renew was revoked. Decline it." in page.text
        assert len(act(stories.certificates_in_database)) == 1
        act(reviews.decline, decision_id, certifier=dora, reason="The old one was revoked.")
    (declined,) = act(stories.acts_noted, "decision declined")
    assert declined.person_id == dora.id


def test_signing_a_renewal_while_the_old_one_is_revoked(
    app: Flask, act: Act, ines: Person, cleo: Person, dora: Person, certificate: Certificate
) -> None:
    """Whoever comes first: never a certificate issued after what it renews was revoked."""
    act(keep_for_renewals, 8)
    with time_machine.travel(certificate.valid_until - IN_THE_WINDOW):
        decision_id = act(stories.next_attempt, ines)
        signed, revoked = at_once(
            inside(app, lambda: reviews.sign(decision_id, certifier=dora)),
            inside(app, lambda: reviews.revoke(certificate.number, certifier=cleo, reason="No.")),
        )
    assert not isinstance(revoked, Exception)
    stored = {one.number: one for one in act(stories.certificates_in_database)}
    revoked_at = stored.pop(certificate.number).revoked_at
    assert revoked_at is not None
    if isinstance(signed, RevokedSinceError):
        assert stored == {}
    else:
        (renewal,) = stored.values()
        assert renewal.issued_at <= revoked_at


def test_revoking_tells_of_the_one_that_followed(
    act: Act,
    browser_of: Browsers,
    stranger: PersonClient,
    cleo: Person,
    certificate: Certificate,
    renewal: Certificate,
) -> None:
    address = f"/certifying/certificates/{certificate.number}/revocation"
    page = browser_of(cleo).get_page(address)
    assert f"It was followed by certificate {renewal.number}" in page.text
    act(reviews.revoke, certificate.number, certifier=cleo, reason="No.")
    assert "✗ revoked" in stranger.get_page(f"/certificates/{certificate.number}").text
    assert "✓ valid" in stranger.get_page(f"/certificates/{renewal.number}").text


def test_when_the_renewal_is_revoked_the_person_starts_anew(
    act: Act, ines: Person, cleo: Person, certificate: Certificate, renewal: Certificate
) -> None:
    act(reviews.revoke, renewal.number, certifier=cleo, reason="No.")
    with time_machine.travel(certificate.valid_until - timedelta(days=20)):
        held = act(lambda: renewals.held_by(ines.id, STANDARD, at=now()))
    assert held.valid is not None
    assert held.valid.number == certificate.number
    assert held.to_renew is None
