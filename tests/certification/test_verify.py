"""Verifying a number, and the public register."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert

from tests.pages import PersonClient
from training.accounts import tries
from training.accounts.models import Person, Try
from training.certification.certificates import public_certificate
from training.certification.certificates import views as public_views
from training.certification.certificates.records import CertificateState, new_number
from training.certification.models import Certificate, Decision
from training.certification.reviews import acts as reviews
from training.clock import now
from training.database import db, write_transaction

Act = Callable[..., Any]


def test_a_number_leads_to_its_certificate(
    stranger: PersonClient, certificate: Certificate
) -> None:
    stranger.get_page("/verify")
    for typed in (
        certificate.number,
        certificate.number.lower(),
        f"  {certificate.number.replace('-', ' ')} ",
    ):
        page = stranger.post_page("/verify", {"number": typed})
        assert page.location == f"/certificates/{certificate.number}"


def test_an_unknown_number_is_said_clearly_and_kept(stranger: PersonClient) -> None:
    page = stranger.post_page("/verify", {"number": 'k7qx "4mtd" 9bwz'}, expect=404)
    assert "No certificate has this number." in page.errors
    assert page.soup.select_one("#number")["value"] == 'k7qx "4mtd" 9bwz'  # type: ignore[index]


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Enter the number on the certificate."), ("B" * 61, "A number has 12 letters")],
)
def test_what_is_no_number_is_refused(stranger: PersonClient, typed: str, said: str) -> None:
    assert said in stranger.post_page("/verify", {"number": typed}, expect=422).errors


def test_guessing_is_limited(app: Flask, stranger: PersonClient, certificate: Certificate) -> None:
    with app.app_context(), write_transaction() as session:
        session.execute(
            insert(Try),
            [
                {
                    "id": uuid.uuid4(),
                    "kind": tries.VERIFY_PER_ADDRESS.kind,
                    "subject_digest": tries._digest("127.0.0.1"),
                    "tried_at": now() - timedelta(minutes=1),
                }
                for _ in range(tries.VERIFY_PER_ADDRESS.tries - 1)
            ],
        )
    stranger.post_page("/verify", {"number": "BBBB CCCC DDDD"}, expect=404)
    stranger.post_page("/verify", {"number": "BBBB CCCC DDDD"}, expect=429)
    stranger.post_page("/verify", {"number": certificate.number}, expect=429)
    stranger.get_page(f"/certificates/{certificate.number}")


def test_right_numbers_are_not_counted(
    app: Flask, stranger: PersonClient, certificate: Certificate
) -> None:
    for _ in range(3):
        stranger.post_page("/verify", {"number": certificate.number})
    with app.app_context():
        assert db.session.query(Try).count() == 0


def test_an_empty_register_says_so(stranger: PersonClient) -> None:
    assert "No certificate has been issued yet." in stranger.get_page("/register").text


def test_the_register_lists_holder_state_standard_and_dates(
    act: Act, stranger: PersonClient, cleo: Person, certificate: Certificate
) -> None:
    page = stranger.get_page("/register")
    (row,) = page.soup.select("tbody tr")
    text = " ".join(row.get_text(" ").split())
    assert certificate.number in text
    assert "Ines ✓ valid Rater of dialogic practice in network meetings" in text
    assert page.has_link_to(f"/certificates/{certificate.number}")
    assert "@" not in page.html
    act(reviews.revoke, certificate.number, certifier=cleo, reason="No.")
    page = stranger.get_page("/register")
    assert "✗ revoked" in page.text
    assert "No." not in page.text, "the reason stands on the certificate"


def add_certificates(like: Certificate, number: int) -> None:
    """Certificates of decisions like this one."""
    with write_transaction() as session:
        decision = session.get_one(Decision, like.decision_id)
        for position in range(number):
            copy = Decision(
                attempt_id=decision.attempt_id,
                number=position + 2,
                outcome=decision.outcome,
                figures=decision.figures,
                evidence=decision.evidence,
                digest=decision.digest,
                computed_at=decision.computed_at,
            )
            session.add(copy)
            session.flush()
            session.add(
                Certificate(
                    number=new_number(),
                    person_id=like.person_id,
                    holder_name=f"Person {position:02d}",
                    decision_id=copy.id,
                    signed_by_id=like.signed_by_id,
                    body_name=like.body_name,
                    issued_at=like.issued_at - timedelta(days=position + 1),
                    valid_until=like.valid_until - timedelta(days=position + 1),
                )
            )


def test_the_register_has_pages(act: Act, stranger: PersonClient, certificate: Certificate) -> None:
    act(add_certificates, certificate, public_certificate.PAGE_SIZE + 1)
    first = stranger.get_page("/register")
    assert len(first.soup.select("tbody tr")) == public_certificate.PAGE_SIZE
    assert "Ines" in first.text
    assert "Page 1 of 2" in first.text
    second = stranger.get_page("/register?page=2")
    assert len(second.soup.select("tbody tr")) == 2
    assert f"Person {public_certificate.PAGE_SIZE:02d}" in second.text
    assert second.has_link_to("/register?page=1")


def test_the_register_is_asked_for_one_state(
    act: Act, stranger: PersonClient, cleo: Person, certificate: Certificate
) -> None:
    act(add_certificates, certificate, 3)
    (revoked,) = stranger.get_page("/register").soup.select("tbody tr:last-child th")
    act(reviews.revoke, revoked.get_text().strip(), certifier=cleo, reason="No.")
    with time_machine.travel(certificate.valid_until - timedelta(hours=30)):
        rows = {
            state: [
                " ".join(row.get_text(" ").split())
                for row in stranger.get_page(f"/register?state={state}").soup.select("tbody tr")
            ]
            for state in CertificateState
        }
    assert [len(rows[state]) for state in CertificateState] == [2, 1, 1]
    for state, lines in rows.items():
        assert all(state.value in line for line in lines)
    page = stranger.get_page("/register?state=revoked")
    assert "State: revoked. 1 certificate, as of" in page.text
    (chosen,) = page.soup.select(".register-states [aria-current]")
    assert chosen.get_text().strip() == "revoked"


def test_a_state_nobody_is_in_says_so(stranger: PersonClient, certificate: Certificate) -> None:
    assert "No certificate is in this state." in stranger.get_page("/register?state=expired").text


@pytest.mark.parametrize("state", ["", "VALID", "lost", "<b>"])
def test_states_that_do_not_exist_are_not_found(stranger: PersonClient, state: str) -> None:
    stranger.get_page(f"/register?state={state}", expect=404)


def test_the_state_asked_for_stays_from_page_to_page(
    act: Act, stranger: PersonClient, certificate: Certificate
) -> None:
    act(add_certificates, certificate, public_certificate.PAGE_SIZE + 1)
    first = stranger.get_page("/register?state=valid")
    assert first.has_link_to("/register?page=2&state=valid")
    assert first.has_link_to("/register?whole=1&state=valid")
    whole = stranger.get_page("/register?whole=1&state=valid")
    assert len(whole.soup.select("tbody tr")) == public_certificate.PAGE_SIZE + 2
    assert "Page 1" not in whole.text


def test_what_is_printed_is_bounded_and_says_so(
    act: Act, stranger: PersonClient, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    act(add_certificates, certificate, 3)
    for module in (public_certificate, public_views):
        monkeypatch.setattr(module, "LONGEST_PRINT", 2)
    page = stranger.get_page("/register?whole=1")
    assert len(page.soup.select("tbody tr")) == 2
    assert "The latest 2 stand here." in page.text


@pytest.mark.parametrize("page", ["0", "-1", "2", "1000001", "9" * 40])
def test_pages_that_do_not_exist_are_not_found(stranger: PersonClient, page: str) -> None:
    stranger.get_page(f"/register?page={page}", expect=404)


def test_a_page_that_is_no_number_is_the_first(stranger: PersonClient) -> None:
    stranger.get_page("/register?page=last")
