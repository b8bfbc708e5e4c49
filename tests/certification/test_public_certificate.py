"""The public page of a certificate: what it says, what it never says, and its state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from tests.certification import stories
from tests.pack import STANDARD, small_pack
from tests.pages import PersonClient
from training.accounts.models import Person
from training.certification.certificates import texts as certificate_texts
from training.certification.certificates.public_certificate import public_certificate
from training.certification.certificates.records import (
    NUMBER_LETTERS,
    CertificateState,
    find_certificate,
    new_number,
    normalised_number,
    state_of,
)
from training.certification.models import Certificate
from training.certification.reviews import acts as reviews
from training.database import write_transaction
from training.library.schema import KeyStatus

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def address(certificate: Certificate) -> str:
    return f"/certificates/{certificate.number}"


def test_a_stranger_reads_what_it_says(
    stranger: PersonClient, certificate: Certificate, address: str
) -> None:
    page = stranger.get_page(address)
    assert page.heading == "Ines"
    assert certificate.number in page.text
    assert "Test body" in page.text
    assert "Signed by Cleo" in page.text
    assert "Rater of dialogic practice in network meetings, version 2026.1" in page.text
    assert (
        "is calibrated as a rater on the instrument Dialogic practice in a network meeting, version"
        in page.text
    )
    assert "against the authored key, until" in page.text
    assert "8 vignettes, unseen before" in page.text
    assert "This certificate is valid until" in page.text


def test_it_says_what_it_is_not(stranger: PersonClient, address: str) -> None:
    text = stranger.get_page(address).text
    assert "It is no practitioner's or therapist's certificate" in text
    assert "no authority, university or international body endorses it" in text
    assert "The lines are provisional" in text
    assert "The key is authored" in text


def test_every_gate_stands_there_with_its_interval(stranger: PersonClient, address: str) -> None:
    page = stranger.get_page(address)
    rows = [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")]
        for row in page.soup.select(".certificate-gates tbody tr")
    ]
    assert len(rows) == 12
    name, figure, interval, _picture, line, result = rows[0]
    assert name == "Same rating"
    assert figure.endswith("%")
    assert " to " in interval
    assert line == "Line: at least 60%"
    assert result == "✓ met"
    assert rows[-1][-1] == "– does not apply"


def test_nobodys_address_and_no_rating_is_on_it(stranger: PersonClient, address: str) -> None:
    page = stranger.get_page(address)
    assert "@" not in page.html
    assert "certification-1" not in page.html


def test_the_code_leads_here_and_can_be_read_without_seeing_it(
    stranger: PersonClient, certificate: Certificate, address: str
) -> None:
    page = stranger.get_page(address)
    (code,) = page.soup.select(".certificate-code[role=img]")
    words = f"QR code with the address of certificate {certificate.number}:"
    assert code["aria-label"] == f"{words} http://127.0.0.1:8000{address}"
    light, dark = code.select("svg path")
    assert light["fill"] == "#fff"
    assert dark["stroke"] == "#000"
    assert f"Verify at http://127.0.0.1:8000{address}" in page.text


def test_who_decided_when_and_on_which_keys(stranger: PersonClient, address: str) -> None:
    text = stranger.get_page(address).text
    assert "Decided" in text
    assert "Keys 8 authored" in text


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ((KeyStatus.AUTHORED,), "against the authored key, until"),
        ((KeyStatus.RATIFIED,), "against the consensus of an expert panel, until"),
        (tuple(KeyStatus), "against a key that is partly authored and partly a panel's, until"),
    ],
)
def test_it_says_whose_key_it_rests_on(
    app: Flask, certificate: Certificate, kinds: tuple[KeyStatus, ...], said: str
) -> None:
    with app.test_request_context():
        found = find_certificate(certificate.number)
        assert found is not None
        shown = replace(public_certificate(found, at=NOW), keys=tuple((kind, 4) for kind in kinds))
        assert said in certificate_texts.scope(shown)
        is_authored = any("The key is authored" in note for note in certificate_texts.notes(shown))
        assert is_authored == (KeyStatus.AUTHORED in kinds)


def test_figures_end_where_they_would_promise_too_much(
    app: Flask, certificate: Certificate
) -> None:
    with app.test_request_context():
        found = find_certificate(certificate.number)
        assert found is not None
        shown = public_certificate(found, at=NOW)
        for probability, said in (
            (1.0, "above 99%"),
            (0.9901, "above 99%"),
            (0.99, "99%"),
            (0.874, "87%"),
            (0.01, "1%"),
            (0.0099, "below 1%"),
            (0.0, "below 1%"),
        ):
            summary = replace(shown.summary, probability=probability)
            facts = certificate_texts.facts(replace(shown, summary=summary))
            (evidence,) = [fact.text for fact in facts if fact.label == "Evidence"]
            assert evidence == (
                "8 vignettes, unseen before; "
                f"probability that the true figures meet every line: {said}"
            )
        facts = certificate_texts.facts(
            replace(shown, summary=replace(shown.summary, probability=None))
        )
        (evidence,) = [fact.text for fact in facts if fact.label == "Evidence"]
        assert evidence == "8 vignettes, unseen before"


def test_a_probability_near_certainty_is_not_given_a_figure(
    act: Act, stranger: PersonClient, ines: Person, cleo: Person
) -> None:
    gates = small_pack().standards[STANDARD].model_dump(mode="json")["gates"]
    act(stories.publish_standard, gates=[gate for gate in gates if gate["kind"] == "exact"])
    decision_id = act(stories.decided_attempt, ines, lambda reference, _cell: reference)
    (certificate, _letter) = act(reviews.sign, decision_id, certifier=cleo)
    page = stranger.get_page(f"/certificates/{certificate.number}")
    assert "probability that the true figures meet every line: above 99%" in page.text


def test_lines_that_are_no_longer_provisional_are_not_called_so(
    act: Act, stranger: PersonClient, ines: Person, cleo: Person
) -> None:
    act(stories.publish_standard, provisional=False)
    decision_id = act(stories.decided_attempt, ines)
    (certificate, _letter) = act(reviews.sign, decision_id, certifier=cleo)
    page = stranger.get_page(f"/certificates/{certificate.number}")
    assert "The lines are provisional" not in page.text
    assert "It is no practitioner's or therapist's certificate" in page.text


def test_a_demonstration_is_labelled(
    app: Flask, stranger: PersonClient, certificate: Certificate, address: str
) -> None:
    assert "Demonstration" not in stranger.get_page(address).text
    with app.app_context(), write_transaction() as session:
        session.execute(
            update(Certificate).filter_by(id=certificate.id).values(is_demonstration=True)
        )
    assert "Demonstration: an invented person" in stranger.get_page(address).text
    assert "demonstration" in stranger.get_page("/register").text


def test_it_expires(stranger: PersonClient, certificate: Certificate, address: str) -> None:
    with time_machine.travel(certificate.valid_until + timedelta(seconds=1)):
        page = stranger.get_page(address)
    assert "This certificate expired on" in page.text
    assert "This certificate is valid until" not in page.text


def test_a_revoked_one_shows_the_reason_and_the_day(
    act: Act, stranger: PersonClient, cleo: Person, certificate: Certificate, address: str
) -> None:
    act(reviews.revoke, certificate.number, certifier=cleo, reason="Not <i>hers</i>.")
    page = stranger.get_page(address)
    assert "This certificate was revoked on" in page.text
    assert "Not <i>hers</i>." in page.text


def test_the_name_is_the_one_it_was_issued_with(
    app: Flask, stranger: PersonClient, ines: Person, address: str
) -> None:
    with app.app_context(), write_transaction() as session:
        session.get_one(Person, ines.id).name = "Ines Another"
    assert stranger.get_page(address).heading == "Ines"


def test_however_the_number_is_written_it_is_found(
    stranger: PersonClient, certificate: Certificate
) -> None:
    page = stranger.get_page(f"/certificates/{certificate.number.lower().replace('-', '')}")
    assert page.heading == "Ines"


@pytest.mark.parametrize("number", ["BBBB-CCCC-DDDD", "x", "0" * 500, "..%2F..", "ı"])
def test_an_unknown_number_is_not_found(stranger: PersonClient, number: str) -> None:
    stranger.get_page(f"/certificates/{number}", expect=404)


def test_raters_and_certifiers_see_the_same_certificate(
    browser_of: Browsers, ines: Person, cleo: Person, address: str
) -> None:
    for person in (ines, cleo):
        page = browser_of(person).get_page(address)
        assert page.soup.h1 is not None
        assert page.soup.h1.get_text() == "Ines"


def test_it_can_be_read_in_hindi(stranger: PersonClient, address: str) -> None:
    stranger.post_page("/language", {"language": "hi"})
    page = stranger.get_page(address)
    assert page.soup.html is not None
    assert page.soup.html["lang"] == "hi"
    assert page.heading == "Ines"


def certificate_with(valid_until: datetime, revoked_at: datetime | None) -> Certificate:
    return Certificate(valid_until=valid_until, revoked_at=revoked_at)


def test_the_state_at_its_edges() -> None:
    moment = timedelta(microseconds=1)
    assert state_of(certificate_with(NOW + moment, None), at=NOW) is CertificateState.VALID
    assert state_of(certificate_with(NOW, None), at=NOW) is CertificateState.EXPIRED
    revoked = certificate_with(NOW - moment, NOW)
    assert state_of(revoked, at=NOW) is CertificateState.REVOKED, "also when it has expired since"


def test_numbers_are_easy_to_read_and_hard_to_guess() -> None:
    numbers = {new_number() for _ in range(500)}
    assert len(numbers) == 500
    for number in numbers:
        groups = number.split("-")
        assert [len(group) for group in groups] == [4, 4, 4]
        assert set("".join(groups)) <= set(NUMBER_LETTERS)
    assert not set("AEIOU01L") & set(NUMBER_LETTERS)
    assert len(NUMBER_LETTERS) ** 12 > 10**17


numbers = st.text(alphabet=NUMBER_LETTERS, min_size=12, max_size=12)


@given(numbers, st.sampled_from(["", " ", "-", " - ", "."]), st.booleans())
def test_typing_it_differently_changes_nothing(number: str, between: str, is_lower: bool) -> None:
    printed = f"{number[:4]}-{number[4:8]}-{number[8:]}"
    typed = between.join([number[:4], number[4:8], number[8:]])
    assert normalised_number(f" {typed.lower() if is_lower else typed} ") == printed


@given(st.text(max_size=80))
def test_any_text_has_a_normal_form_that_stays(text: str) -> None:
    once = normalised_number(text)
    assert normalised_number(once) == once
